//! Where models are looked for, and how one file finds another.
#![cfg(feature = "source")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::path::{Path, PathBuf};

use limbeck_model::{Inputs, KnownInputs, ModelError, Models, SourceOptions, read, read_sql};
use proptest::prelude::*;
use tempfile::TempDir;

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn entries(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|entry| (*entry).to_owned()).collect()
}

fn read_in(folder: &TempDir, models: &[&str]) -> Result<Models, Vec<ModelError>> {
    read(
        folder.path(),
        &entries(models),
        &SourceOptions::default(),
        &Inputs::default(),
    )
}

fn tables(models: &Models) -> Vec<&str> {
    models
        .tables
        .iter()
        .map(|table| table.name.name.as_str())
        .collect()
}

fn messages(errors: Vec<ModelError>) -> Vec<String> {
    errors
        .into_iter()
        .map(|error| format!("{} | {}", error.message, error.hint().unwrap_or_default()))
        .collect()
}

/// A model of one column.
fn model(name: &str) -> String {
    format!(
        "#[derive(limbeck::Table)] #[table(name = \"{name}\")] pub struct {} {{ pub id: i64 }}\n",
        capital(name)
    )
}

fn capital(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

#[test]
fn modules_are_followed_through_all_forms_of_paths() {
    let files = [
        (
            "src/lib.rs",
            format!(
                "mod a;\npub mod b;\nmod c {{ mod d; #[path = \"else.rs\"] mod e; }}\n#[path = \"odd/place.rs\"] mod f;\n{}",
                model("root")
            ),
        ),
        ("src/a.rs", format!("mod inner;\n{}", model("a"))),
        ("src/a/inner.rs", model("inner")),
        ("src/b/mod.rs", format!("mod deep;\n{}", model("b"))),
        ("src/b/deep.rs", model("deep")),
        ("src/c/d.rs", model("d")),
        ("src/c/else.rs", model("e")),
        ("src/odd/place.rs", format!("mod beside;\n{}", model("f"))),
        ("src/odd/beside.rs", model("beside")),
        ("src/unreached.rs", model("unreached")),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let folder = folder(&files);
    let models = read_in(&folder, &["src"]).unwrap();
    assert_eq!(
        tables(&models),
        ["a", "b", "beside", "d", "deep", "e", "f", "inner", "root"]
    );
    assert_eq!(models.files.len(), 9);
    assert!(models.files.contains(&PathBuf::from("src/odd/beside.rs")));
    assert_eq!(models.tables[4].model, "crate::b::deep::Deep");
    // The folder of the package leads to the same crate.
    assert_eq!(tables(&read_in(&folder, &["."]).unwrap()), tables(&models));
}

#[test]
fn a_program_beside_its_library_reads_nothing_twice() {
    let folder = folder(&[
        ("Cargo.toml", "[package]\nname = \"my-app\"\n"),
        ("src/lib.rs", &format!("pub mod users;\n{}", model("one"))),
        (
            "src/main.rs",
            "mod users;\nuse my_app::One;\nfn main() {}\n#[derive(limbeck::Table)] #[table(name = \"two\")] struct Two { #[column(references = One::id)] one: i64, #[column(references = users::Users::id)] user: i64 }\n",
        ),
        ("src/users.rs", &model("users")),
    ]);
    assert_eq!(
        tables(&read_in(&folder, &["src"]).unwrap()),
        ["one", "two", "users"]
    );
}

#[test]
fn crates_of_a_workspace_refer_to_each_other() {
    let folder = folder(&[
        (
            "core/Cargo.toml",
            "[package]\nname = \"acme-core\"\n\n[dependencies]\nname = \"1\"\n",
        ),
        ("core/src/lib.rs", "pub struct Money(i64);\npub mod users;\n"),
        (
            "core/src/users.rs",
            "pub type Id = i64;\n#[derive(limbeck::Table)] #[table(name = \"users\")] pub struct User { pub id: Id }\n",
        ),
        (
            "shop/src/lib.rs",
            "use acme_core::{Money, users::User};\n#[derive(limbeck::Table)] #[table(name = \"orders\")] struct Order { #[column(references = User::id)] user: acme_core::users::Id, price: Money }\n",
        ),
    ]);
    let mut options = SourceOptions::default();
    options
        .types
        .insert("acme_core::Money".to_owned(), "numeric(12,2)".to_owned());
    let models = read(
        folder.path(),
        &entries(&["shop", "core"]),
        &options,
        &Inputs::default(),
    );
    // A crate is known by its name only once it has been read, whatever the order.
    let models = models.unwrap();
    let order = &models.tables[0];
    assert_eq!(order.columns[1].data_type, "numeric(12,2)");
    assert_eq!(order.references[0].table.name, "users");

    // A crate may be known by another name than its own.
    let shop = folder.path().join("shop");
    std::fs::write(
        shop.join("Cargo.toml"),
        "[package]\nname = \"shop\"\n[dependencies]\nthe-core = { path = \"../core\", package = \"acme-core\" }\n",
    )
    .unwrap();
    let source = std::fs::read_to_string(shop.join("src/lib.rs")).unwrap();
    std::fs::write(shop.join("src/lib.rs"), source.replace("acme_core", "the_core")).unwrap();
    let both = entries(&["shop", "core"]);
    let models = read(folder.path(), &both, &options, &Inputs::default()).unwrap();
    assert_eq!(models.tables[0].references[0].table.name, "users");

    let errors = messages(read_in(&folder, &["shop"]).unwrap_err());
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(
        errors[0].contains("add that crate's folder to `models`"),
        "{errors:?}"
    );
}

#[test]
fn files_and_patterns_choose_models_and_still_resolve_in_their_crate() {
    let files = [
        ("src/lib.rs", format!("mod models;\n{}", model("outside"))),
        ("src/models/mod.rs", "pub mod user;\npub mod order;\npub type Id = i64;\n".to_owned()),
        ("src/models/user.rs", model("user")),
        ("src/models/order.rs", "use super::Id;\n#[derive(limbeck::Table)] #[table(name = \"order\")] struct Order { #[column(references = crate::Outside::id)] id: Id }\n".to_owned()),
        ("loose/alone.rs", model("alone")),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let folder = folder(&files);
    for (chosen, expected) in [
        (&["src/models/*.rs"][..], &["order", "user"][..]),
        (&["src/models"], &["order", "user"]),
        (&["src/models/user.rs"], &["user"]),
        (&["src/models/user.rs", "loose"], &["alone", "user"]),
        (&["**/alone.rs"], &["alone"]),
        (&["src", "src/models/*.rs"], &["order", "outside", "user"]),
    ] {
        assert_eq!(tables(&read_in(&folder, chosen).unwrap()), expected, "{chosen:?}");
    }
}

#[test]
fn a_setting_that_leads_nowhere_is_refused() {
    let folder = folder(&[("src/lib.rs", ""), ("empty/readme.md", "")]);
    let errors = read_in(&folder, &["sorce", "src/models/*.rs", "empty", "a[", "src"]).unwrap_err();
    insta::assert_snapshot!(messages(errors).join("\n"), @r"
    `sorce`, named under `models`, does not exist | correct `models` in limbeck.toml: paths are relative to its folder
    nothing matches `src/models/*.rs`, named under `models` | correct `models` in limbeck.toml: patterns are relative to its folder
    `empty`, named under `models`, holds no Rust files | name the folder that holds `lib.rs` or `main.rs`, or the files themselves
    `a[`, under `models`, is no pattern: invalid range pattern | `*` stands for a part of a name, `**` for any folders
    ");
    let error = read_sql(folder.path(), &entries(&["database/schema"]), &Inputs::default()).unwrap_err();
    insta::assert_snapshot!(messages(vec![error]).join("\n"), @"`database/schema`, named under `schema`, does not exist | correct `schema` in limbeck.toml: paths are relative to its folder");
}

#[test]
fn no_model_is_no_error_here() {
    let folder = folder(&[("src/lib.rs", "pub struct Plain { table: i32 }")]);
    let models = read_in(&folder, &["src"]).unwrap();
    assert!(models.tables.is_empty() && models.enums.is_empty() && models.statements.is_empty());
}

#[test]
fn mistakes_of_several_files_come_together_and_in_order() {
    let folder = folder(&[
        ("src/lib.rs", "mod b; mod a; mod missing;"),
        (
            "src/a.rs",
            "#[derive(limbeck::Table)]\nstruct A { id: i64 }\nfn f() {",
        ),
        (
            "src/b.rs",
            "#[derive(limbeck::Table)]\nstruct B { id: u64, #[column(references = crate::a::A::id)] of_torn_file: i64 }",
        ),
    ]);
    let errors = read_in(&folder, &["src"]).unwrap_err();
    let places: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {}", error.origin.as_ref().unwrap(), error.message))
        .collect();
    assert_eq!(
        places,
        [
            "src/a.rs:3:8 this bracket is never closed",
            "src/b.rs:2:8 `B` has no table name",
            "src/b.rs:2:16 the Rust type `u64` has no SQL type",
            "src/lib.rs:1:15 the module `missing` has no file",
        ]
    );
}

#[test]
fn what_is_no_utf_8_is_told() {
    let folder = folder(&[("src/lib.rs", "mod latin;")]);
    std::fs::write(folder.path().join("src/latin.rs"), b"// caf\xe9\n").unwrap();
    let errors = read_in(&folder, &["src"]).unwrap_err();
    assert!(
        errors[0].message.starts_with("`src/latin.rs` cannot be read"),
        "{}",
        errors[0].message
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_ends() {
    let folder = folder(&[("src/lib.rs", &format!("mod a;\n{}", model("root")))]);
    std::os::unix::fs::symlink(folder.path().join("src/lib.rs"), folder.path().join("src/a.rs")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("src"), folder.path().join("src/loop")).unwrap();
    assert_eq!(tables(&read_in(&folder, &["src"]).unwrap()), ["root"]);
    std::fs::create_dir(folder.path().join("sql")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("sql/up")).unwrap();
    assert!(
        read_sql(folder.path(), &entries(&["sql"]), &Inputs::default())
            .unwrap()
            .is_empty()
    );
}

#[cfg(unix)]
#[test]
fn a_link_in_a_circle_is_told_as_what_it_is() {
    let folder = folder(&[("src/lib.rs", "mod a;")]);
    let link = |path: &str| {
        let path = folder.path().join(path);
        std::os::unix::fs::symlink(&path, &path).unwrap();
    };
    link("src/a.rs");
    link("round");
    for (models, path) in [("src", "`src/a.rs`"), ("round", "`round`, named under `models`,")] {
        let errors = messages(read_in(&folder, &[models]).unwrap_err());
        let expected = format!("{path} cannot be read: ");
        assert!(errors[0].starts_with(&expected), "{errors:?}");
        assert!(
            errors[0].contains("links") && errors[0].contains("check where"),
            "{errors:?}"
        );
    }
}

#[test]
fn a_table_has_as_many_columns_as_postgresql_takes() {
    let table = |columns: usize| {
        let fields: String = (1..=columns).map(|n| format!("    c{n}: i16,\n")).collect();
        format!("#[derive(limbeck::Table)]\n#[table(name = \"wide\")]\nstruct Wide {{\n{fields}}}\n")
    };
    let folder = folder(&[("src/lib.rs", &table(1600))]);
    assert_eq!(read_in(&folder, &["src"]).unwrap().tables[0].columns.len(), 1600);
    std::fs::write(folder.path().join("src/lib.rs"), table(1601)).unwrap();
    let errors = read_in(&folder, &["src"]).unwrap_err();
    assert_eq!(
        errors[0].message,
        "`wide` has 1601 columns, and a table holds 1600 at most"
    );
    assert_eq!(errors[0].source_line.as_deref(), Some("    c1601: i16,"));
    assert!(errors[0].hint().is_some());
}

#[test]
fn two_crates_with_a_table_of_one_name_are_both_told() {
    let folder = folder(&[
        ("one/src/lib.rs", &model("users")),
        ("two/src/lib.rs", &format!("\n{}", model("users"))),
    ]);
    let errors = read_in(&folder, &["one", "two"]).unwrap_err();
    assert_eq!(errors.len(), 1);
    let places = [&errors[0].origin, &errors[0].beside].map(|place| place.as_ref().unwrap().to_string());
    assert_eq!(places, ["two/src/lib.rs:2:42", "one/src/lib.rs:1:42"]);
}

/// The tables that are read with features.
fn with_features(
    folder: &TempDir,
    models: &[&str],
    features: Option<&[&str]>,
) -> Result<Vec<String>, Vec<String>> {
    let options = SourceOptions {
        features: features.map(entries),
        ..SourceOptions::default()
    };
    let read = read(folder.path(), &entries(models), &options, &Inputs::default());
    let names = |models: Models| models.tables.into_iter().map(|table| table.name.name).collect();
    read.map(names).map_err(messages)
}

#[test]
fn features_are_those_that_are_named_and_what_they_turn_on() {
    let manifest = "[package]\nname = \"app\"\n[dependencies]\nacme = { version = \"1\", optional = true }\n\
                    [features]\ndefault = [\"one\"]\none = []\ntwo = [\n  \"three\", # and more\n  \"acme\",\n]\nthree = []\n";
    let guarded = |guard: &str, name: &str| format!("#[cfg({guard})]\n{}", model(name));
    let source = [
        model("always"),
        guarded("feature = \"one\"", "first"),
        guarded("not(feature = \"one\")", "other"),
        guarded("all(feature = \"two\", feature = \"three\")", "second"),
        guarded("any(feature = \"one\", feature = \"three\", test)", "either"),
        guarded("all(feature = \"two\", any())", "never"),
        guarded("all()", "all"),
        guarded("all(feature = \"two\", target_os = \"none\")", "systems"),
        "#[cfg_attr(feature = \"two\", derive(limbeck::Table), table(name = \"derived\"))] struct Derived { id: i64 }\n".to_owned(),
        "mod inner;\n#[cfg(feature = \"two\")] mod guarded { #[derive(limbeck::Table)] #[table(name = \"guarded\")] struct G { #[cfg(feature = \"one\")] id: i64 } }\n".to_owned(),
    ]
    .concat();
    let folder = folder(&[
        ("Cargo.toml", manifest),
        ("src/lib.rs", &source),
        (
            "src/inner.rs",
            &format!("//! Inner.\n#![cfg(feature = \"acme\")]\n{}", model("inner")),
        ),
    ]);
    let tables =
        |features: Option<&[&str]>| with_features(&folder, &["src"], features).map(|names| names.join(" "));
    // Nobody says: whatever may be there is read.
    assert_eq!(
        tables(None).unwrap(),
        "all always derived either first guarded inner other second systems"
    );
    assert_eq!(tables(Some(&[])).unwrap(), "all always other");
    assert_eq!(tables(Some(&["default"])).unwrap(), "all always either first");
    assert_eq!(
        tables(Some(&["two"])).unwrap(),
        "all always derived either guarded inner other second systems"
    );
    assert_eq!(tables(Some(&["acme"])).unwrap(), "all always inner other");
    assert_eq!(
        tables(Some(&["tow"])).unwrap_err(),
        ["`tow`, named under `features`, is a feature of no crate that is read | did you mean `two`?"]
    );
}

#[test]
fn each_crate_turns_its_own_features_on() {
    let source = |name: &str| format!("#[cfg(feature = \"rows\")]\n{}", model(name));
    let folder = folder(&[
        (
            "one/Cargo.toml",
            "[package]\nname = \"one\"\n[features]\nserver = [\"rows\"]\nrows = []\n",
        ),
        ("one/src/lib.rs", &source("one")),
        (
            "two/Cargo.toml",
            "[package]\nname = \"two\"\n[features]\nserver = []\nrows = []\n",
        ),
        ("two/src/lib.rs", &source("two")),
    ]);
    let tables = |features: &[&str]| with_features(&folder, &["one", "two"], Some(features)).unwrap();
    assert_eq!(tables(&["server"]), ["one"]);
    assert_eq!(tables(&["rows"]), ["one", "two"]);
}

#[test]
fn sql_files_come_sorted_and_once() {
    let folder = folder(&[
        ("schema/b.sql", "SELECT 2"),
        ("schema/a/z.sql", "SELECT 1"),
        ("schema/notes.md", ""),
        ("more.sql", "SELECT 3"),
    ]);
    let files = read_sql(
        folder.path(),
        &entries(&["schema", "schema/*.sql", "more.sql"]),
        &Inputs::default(),
    )
    .unwrap();
    let paths: Vec<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    assert_eq!(
        paths,
        [
            Path::new("more.sql"),
            Path::new("schema/a/z.sql"),
            Path::new("schema/b.sql")
        ]
    );
    assert_eq!(files[2].text, "SELECT 2");
}

#[test]
fn the_first_byte_and_line_shift_no_place() {
    let folder = folder(&[(
        "src/lib.rs",
        "\u{feff}#!/usr/bin/env run\r\n/// é\r\n#[derive(limbeck::Table)] #[table(nam = \"x\")]\r\nstruct A {}\r\n",
    )]);
    let errors = read_in(&folder, &["src"]).unwrap_err();
    let origin = errors[0].origin.as_ref().unwrap();
    assert_eq!((origin.line, origin.column), (3, 35));
    assert_eq!(
        errors[0].source_line.as_deref(),
        Some("#[derive(limbeck::Table)] #[table(nam = \"x\")]")
    );
}

/// What is asked of a folder whose models and `.sql` files are named in every way.
fn asked(folder: &TempDir) -> KnownInputs {
    let inputs = Inputs::default();
    let models = entries(&["src", "more/*.rs", "parts"]);
    read(folder.path(), &models, &SourceOptions::default(), &inputs).unwrap();
    read_sql(folder.path(), &entries(&["schema", "views/*.sql"]), &inputs).unwrap();
    inputs.known().unwrap()
}

fn of_every_sort() -> TempDir {
    folder(&[
        ("Cargo.toml", "[package]\nname = \"app\"\n"),
        ("src/lib.rs", "mod a;\nmod b;"),
        ("src/a/mod.rs", &model("a")),
        ("src/b.rs", &model("b")),
        ("more/c.rs", &model("c")),
        ("parts/d.rs", &model("d")),
        ("schema/deep/e.sql", "SELECT 1"),
        ("views/f.sql", "SELECT 2"),
        ("notes.md", "none"),
    ])
}

#[test]
fn what_was_asked_is_answered_alike_as_long_as_nothing_changes() {
    let folder = of_every_sort();
    let known = asked(&folder);
    assert!(known.are_unchanged());
    assert_eq!(known, asked(&folder));
    let touched = std::fs::File::options()
        .write(true)
        .open(folder.path().join("src/b.rs"))
        .unwrap();
    touched.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    std::fs::write(folder.path().join("notes.md"), "more").unwrap();
    std::fs::write(folder.path().join("src/not_a_module.rs"), model("x")).unwrap();
    std::fs::write(folder.path().join("schema/deep/readme.txt"), "").unwrap();
    assert!(known.are_unchanged());
}

#[test]
fn whatever_changes_what_is_read_is_noticed() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 14] = [
        ("a file is edited, and keeps its length and time", |path| {
            let path = path.join("src/b.rs");
            let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
            std::fs::write(&path, model("z")).unwrap();
            std::fs::File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_modified(modified)
                .unwrap();
        }),
        ("a module comes", |path| {
            std::fs::write(path.join("src/lib.rs"), "mod a;\nmod b;\nmod c;").unwrap();
        }),
        ("a module goes", |path| {
            std::fs::write(path.join("src/lib.rs"), "mod a;").unwrap();
        }),
        ("a file goes", |path| {
            std::fs::remove_file(path.join("src/b.rs")).unwrap();
        }),
        ("a file stands before another", |path| {
            std::fs::write(path.join("src/a.rs"), model("a")).unwrap();
        }),
        ("a pattern matches another file", |path| {
            std::fs::write(path.join("more/cc.rs"), "").unwrap();
        }),
        ("a pattern matches a file no more", |path| {
            std::fs::rename(path.join("more/c.rs"), path.join("more/c.txt")).unwrap();
        }),
        ("a folder holds another file", |path| {
            std::fs::create_dir(path.join("parts/deep")).unwrap();
            std::fs::write(path.join("parts/deep/g.rs"), "").unwrap();
        }),
        ("a crate begins above a file", |path| {
            std::fs::write(path.join("more/lib.rs"), "").unwrap();
        }),
        ("another program begins beside the library", |path| {
            std::fs::write(path.join("src/main.rs"), "").unwrap();
        }),
        ("the crate is called otherwise", |path| {
            std::fs::write(path.join("Cargo.toml"), "[package]\nname = \"abb\"\n").unwrap();
        }),
        ("SQL is edited", |path| {
            std::fs::write(path.join("schema/deep/e.sql"), "SELECT 3").unwrap();
        }),
        ("SQL comes", |path| {
            std::fs::write(path.join("schema/g.sql"), "").unwrap();
        }),
        ("SQL goes", |path| {
            std::fs::remove_file(path.join("views/f.sql")).unwrap();
        }),
    ];
    for (what, change) in changes {
        let folder = of_every_sort();
        let known = asked(&folder);
        assert!(known.are_unchanged(), "{what}");
        change(folder.path());
        assert!(!known.are_unchanged(), "{what}");
    }
}

/// Then none is read again. What is younger could be changed once more within a tick of the clock, and is.
#[cfg(unix)]
#[test]
fn files_that_were_left_alone_are_told_by_their_stamps() {
    use std::borrow::Cow;
    let folder = of_every_sort();
    let young = asked(&folder);
    assert!(matches!(young.still(), Some(Cow::Owned(still)) if still == young));
    std::thread::sleep(std::time::Duration::from_secs(5));
    let Some(Cow::Owned(known)) = young.still() else {
        panic!("the files are told by what they hold")
    };
    assert_eq!(known, asked(&folder));
    assert!(matches!(known.still(), Some(Cow::Borrowed(_))));

    let path = folder.path().join("src/b.rs");
    let text = std::fs::read(&path).unwrap();
    std::fs::write(&path, &text).unwrap();
    assert!(matches!(known.still(), Some(Cow::Owned(still)) if still == young));
    std::fs::write(&path, model("z")).unwrap();
    assert_eq!(known.still(), None);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_elsewhere_is_noticed() {
    let folder = folder(&[
        ("src/lib.rs", "mod a;"),
        ("one.rs", &model("a")),
        ("two.rs", &model("a")),
    ]);
    let link = folder.path().join("src/a.rs");
    std::os::unix::fs::symlink(folder.path().join("one.rs"), &link).unwrap();
    let inputs = Inputs::default();
    read(
        folder.path(),
        &entries(&["src"]),
        &SourceOptions::default(),
        &inputs,
    )
    .unwrap();
    let known = inputs.known().unwrap();
    assert!(known.are_unchanged());
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(folder.path().join("two.rs"), &link).unwrap();
    assert!(!known.are_unchanged());
}

#[test]
fn many_globs_come_to_an_end() {
    let globs: String = (0..12).map(|n| format!("use crate_{n}::inner::*;\n")).collect();
    let model = "#[derive(limbeck::Table)] #[table(name = \"t\")] pub struct T { pub id: Nowhere }\n";
    let here = folder(&[("models.rs", &format!("{globs}{model}"))]);
    let errors = read_in(&here, &["models.rs"]).unwrap_err();
    assert!(errors[0].message.contains("Nowhere"), "{errors:?}");

    // Modules that take everything from each other, one of them with the name.
    let names = ["a", "b", "c", "d", "e"];
    let modules: String = names
        .iter()
        .map(|name| {
            let others: String = names
                .iter()
                .filter(|other| *other != name)
                .map(|other| format!("pub use super::{other}::*; "))
                .collect();
            let own = if *name == "e" { "pub type Here = i64;" } else { "" };
            format!("pub mod {name} {{ {others}{own} }}\n")
        })
        .collect();
    for (name, found) in [("Here", true), ("Nowhere", false)] {
        let model = model.replace("Nowhere", name);
        let here = folder(&[("models.rs", &format!("{modules}{globs}use a::*;\n{model}"))]);
        let read = read_in(&here, &["models.rs"]);
        assert_eq!(read.is_ok(), found, "{name}: {read:?}");
    }
}

/// Models of every kind.
const EVERYTHING: [&str; 4] = [
    include_str!("cases/ok/columns.rs"),
    include_str!("cases/ok/pg_types.rs"),
    include_str!("cases/ok/foreign_keys.rs"),
    include_str!("cases/ok/settings.rs"),
];

/// Models, a piece of them taken out or put elsewhere, and something put in its place.
fn nearly_models() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "#[column(",
        "#[table(name = \"",
        "]",
        "}",
        "{",
        "(",
        "\"",
        "r#\"",
        "'",
        "/*",
        "//",
        "\n",
        "mod x;",
        "use a::b;",
        "<",
        "Option<",
        "::",
        "=",
        ",",
        "#",
        "derive(Table)",
        "\0",
        "é",
        "\u{feff}",
        "-",
        "0x",
        "b'",
        "1e",
    ]);
    let place = any::<prop::sample::Index>;
    let text = prop::sample::select(EVERYTHING.to_vec());
    (text, place(), place(), place(), pieces, any::<u8>(), 0..4_u8).prop_map(
        |(text, from, length, at, piece, byte, kind)| {
            let mut text = text.as_bytes().to_vec();
            let from = from.index(text.len());
            let length = length.index(40).min(text.len() - from);
            let cut: Vec<u8> = text.drain(from..from + length).collect();
            let at = at.index(text.len() + 1);
            let put = match kind {
                0 => &cut,
                1 => piece.as_bytes(),
                2 => std::slice::from_ref(&byte),
                _ => &[],
            };
            text.splice(at..at, put.iter().copied());
            text
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_models_or_mistakes(
        bytes in prop_oneof![nearly_models(), prop::collection::vec(any::<u8>(), 0..200)]
    ) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("models.rs"), bytes).unwrap();
        if let Err(errors) = read_in(&folder, &["models.rs"]) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                let _ = (error.to_string(), error.hint());
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_told_where_it_is_named() {
    let folder = folder(&[
        (
            "src/lib.rs",
            "mod latin;\nmod circle;\n#[path = \"none.rs\"] mod gone;\n",
        ),
        ("src/latin.rs", ""),
    ]);
    std::fs::write(folder.path().join("src/latin.rs"), b"// one\n// caf\xe9\n").unwrap();
    std::os::unix::fs::symlink("circle.rs", folder.path().join("src/circle.rs")).unwrap();
    let errors = read_in(&folder, &["src"]).unwrap_err();
    let places: Vec<String> = errors
        .iter()
        .map(|error| error.origin.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(places, ["src/lib.rs:1:1", "src/lib.rs:2:1", "src/lib.rs:3:21"]);
    let told = messages(errors);
    assert_eq!(
        told[0],
        "`src/latin.rs` cannot be read: it is not UTF-8 (line 2) | save it as UTF-8: Rust reads nothing else"
    );
    assert!(
        told[1].starts_with("`src/circle.rs` cannot be read: "),
        "{told:?}"
    );
    assert!(
        told[2].starts_with("the module `gone` has no file | create `src/none.rs`"),
        "{told:?}"
    );
}
