//! Which features of which crates are on, as Cargo has it.
#![cfg(feature = "source")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

use limbeck_model::{Inputs, SourceOptions, read};

/// Reads the crates of a workspace, each with a table for each of its features that is on. A crate is its folder's name, and
/// its manifest what stands below `== folder`.
fn features_on(workspace: &str, models: &[&str], named: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut parts = workspace.split("== ");
    let root = parts.next().unwrap();
    if !root.trim().is_empty() {
        std::fs::write(folder.path().join("Cargo.toml"), root).unwrap();
    }
    for part in parts {
        let (name, manifest) = part.split_once('\n').unwrap();
        let source = folder.path().join(name).join("src");
        std::fs::create_dir_all(&source).unwrap();
        let package = name.replace('/', "-");
        let manifest = format!("[package]\nname = \"{package}\"\n{manifest}");
        std::fs::write(folder.path().join(name).join("Cargo.toml"), manifest).unwrap();
        let tables = ["default", "one", "two", "three", "helper", "extra"].map(|feature| {
            let table = format!("{package} {feature}");
            format!(
                "#[cfg(feature = \"{feature}\")] mod {feature} {{ #[derive(limbeck::Table)] #[table(name = \"{table}\")] struct T {{ a: i32 }} }}\n"
            )
        });
        std::fs::write(source.join("lib.rs"), tables.concat()).unwrap();
    }
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let options = SourceOptions {
        features: Some(owned(named)),
        ..SourceOptions::default()
    };
    match read(folder.path(), &owned(models), &options, &Inputs::default()) {
        Ok(models) => {
            let tables = models.tables.into_iter().map(|table| table.name.name);
            tables.collect::<Vec<_>>().join(", ")
        }
        Err(errors) => {
            let told = errors
                .iter()
                .map(|error| format!("{} | {}", error.message, error.hint().unwrap_or_default()));
            told.collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn what_a_dependency_asks_for_is_on() {
    for (what, workspace, expected) in [
        (
            "its features and its defaults",
            "== app\n[dependencies]\naudit = { path = \"../audit\", features = [\"extra\"] }\n\
             == audit\n[features]\ndefault = [\"one\"]\none = []\ntwo = []\nextra = [\"three\"]\nthree = []\n",
            "audit default, audit extra, audit one, audit three",
        ),
        (
            "no defaults",
            "== app\n[dependencies]\naudit = { path = \"../audit\", default-features = false }\n\
             == audit\n[features]\ndefault = [\"one\"]\none = []\n",
            "",
        ),
        (
            "no defaults here, and there some",
            "== app\n[dependencies]\naudit = { path = \"../audit\", default-features = false }\nother = { path = \"../other\" }\n\
             == audit\n[features]\ndefault = [\"one\"]\none = []\n\
             == other\n[target.'cfg(unix)'.dependencies]\naudit = { path = \"../audit\" }\n",
            "audit default, audit one",
        ),
        (
            "under another name, through a crate that is not read",
            "== app\n[dependencies]\nmiddle = { path = \"../middle\" }\n\
             == middle\n[dependencies]\nlog = { path = \"../audit\", package = \"audit\", features = [\"two\"] }\n\
             == audit\n[features]\none = []\ntwo = []\n",
            "audit two",
        ),
        (
            "not what tests and build scripts ask for",
            "== app\n[dev-dependencies]\naudit = { path = \"../audit\", features = [\"one\"] }\n\
             [build-dependencies]\naudit = { path = \"../audit\", features = [\"two\"] }\n\
             == audit\n[features]\none = []\ntwo = []\n",
            "",
        ),
        (
            "not what nobody builds",
            "== app\n[dependencies]\naudit = { path = \"../audit\", features = [\"one\"], optional = true }\n\
             == audit\n[features]\none = []\n",
            "",
        ),
        (
            "what the workspace says",
            "[workspace]\n[workspace.dependencies]\naudit = { path = \"audit\", features = [\"one\"], default-features = false }\n\
             == app\n[dependencies]\naudit = { workspace = true, features = [\"two\"] }\n\
             == audit\n[features]\ndefault = [\"three\"]\none = []\ntwo = []\nthree = []\n",
            "audit one, audit two",
        ),
        (
            "defaults that a member turns on again",
            "[workspace]\n[workspace.dependencies]\naudit = { path = \"audit\", default-features = false }\n\
             == app\n[dependencies]\naudit = { workspace = true, default-features = true }\n\
             == audit\n[features]\ndefault = [\"three\"]\nthree = []\n",
            "audit default, audit three",
        ),
        (
            "what a table of its own says",
            "== app\n[dependencies.audit]\npath = \"../audit\"\nfeatures = [\"one\", \"none\"]\n\
             == audit\n[features]\none = []\n",
            "audit one",
        ),
    ] {
        assert_eq!(features_on(workspace, &["app", "audit"], &[]), expected, "{what}");
    }
}

#[test]
fn what_a_feature_turns_on_elsewhere_is_on() {
    // An optional dependency, and what `one` turns on.
    let workspace = |one: &str, more: &str| {
        format!(
            "== app\n[dependencies]\nhelper = {{ path = \"../helper\", optional = true, default-features = false }}\n\
             audit = {{ path = \"../audit\" }}\n[features]\none = {one}\n{more}\n\
             == helper\n[features]\ntwo = []\nthree = [\"audit/extra\"]\n[dependencies]\naudit = {{ path = \"../audit\" }}\n\
             == audit\n[features]\nextra = []\n"
        )
    };
    for (one, more, named, expected) in [
        ("[\"audit/extra\"]", "", &["one"][..], "app one, audit extra"),
        ("[\"audit/extra\"]", "", &[], ""),
        // A dependency is a feature of its own name, unless one is named by `dep:`.
        ("[\"helper\"]", "", &["one"], "app helper, app one"),
        (
            "[\"helper/two\"]",
            "",
            &["one"],
            "app helper, app one, helper two",
        ),
        ("[\"dep:helper\"]", "", &["one"], "app one"),
        (
            "[\"helper/two\"]",
            "extra = [\"dep:helper\"]",
            &["one"],
            "app one, helper two",
        ),
        ("[]", "", &["helper"], "app helper"),
        (
            "[]",
            "two = [\"dep:helper\"]",
            &["app/helper"],
            "`app/helper`, named under `features`, is a feature of no crate that is read | it stands under `[features]` of a crate's Cargo.toml",
        ),
        // A weak one waits for another to build the dependency.
        ("[\"helper?/two\"]", "", &["one"], "app one"),
        (
            "[\"helper?/two\"]",
            "",
            &["one", "helper"],
            "app helper, app one, helper two",
        ),
        (
            "[\"helper?/three\"]",
            "two = [\"dep:helper\"]",
            &["one", "app/two"],
            "app one, app two, audit extra, helper three",
        ),
        // What is named is on in each crate that has it, or in one.
        ("[]", "two = []", &["two"], "app two, helper two"),
        ("[]", "two = []", &["helper/two"], "helper two"),
        (
            "[]",
            "two = []",
            &["app/two", "audit/extra"],
            "app two, audit extra",
        ),
    ] {
        let workspace = workspace(one, more);
        assert_eq!(
            features_on(&workspace, &["app", "helper", "audit"], named),
            expected,
            "{one} {more} {named:?}"
        );
    }
}

#[test]
fn features_that_no_crate_has() {
    let workspace = "== app\n[features]\none = []\n== audit\n[features]\nextra = []\n";
    let told = |named: &str| features_on(workspace, &["app", "audit"], &[named]);
    assert_eq!(
        told("extar"),
        "`extar`, named under `features`, is a feature of no crate that is read | did you mean `extra`?"
    );
    assert_eq!(
        told("audit/one"),
        "`audit/one`, named under `features`, is a feature of no crate that is read | it stands under `[features]` of a crate's Cargo.toml"
    );
    assert_eq!(
        told("logs/one"),
        "`logs/one`, named under `features`, is of `logs`, a crate that is not read | the crates that are read are `app`, `audit`"
    );
    assert_eq!(told("audit/default"), "");
}

/// The files of a package, and the tables that are read of it.
fn tables(files: &[(&str, &str)], models: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(
            &path,
            text.replace("TABLE", "#[derive(limbeck::Table)] #[table(name = "),
        )
        .unwrap();
    }
    let models: Vec<String> = models.iter().map(|entry| (*entry).to_owned()).collect();
    let options = SourceOptions {
        features: Some(vec!["one".to_owned()]),
        ..SourceOptions::default()
    };
    let read = read(folder.path(), &models, &options, &Inputs::default());
    let read = read.unwrap_or_else(|errors| panic!("{errors:?}"));
    let tables = read.tables.into_iter().map(|table| table.name.name);
    tables.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_crates_of_a_package_are_those_of_its_manifest() {
    let model = |name: &str| {
        format!("#[cfg(feature = \"one\")] TABLE\"{name}\")] pub struct {name} {{ pub id: i64 }}\n")
    };
    let manifest = "[package]\nname = \"acme\"\n[features]\none = []\n";
    let (lib, main, tool, big) = (model("lib"), model("main"), model("tool"), model("big"));
    let part = model("part");
    let files = |extra: &'static str| {
        [
            ("src/lib.rs", lib.as_str()),
            ("src/main.rs", main.as_str()),
            ("src/bin/tool.rs", tool.as_str()),
            ("src/bin/big/main.rs", big.as_str()),
            ("src/bin/big/part.rs", part.as_str()),
            ("Cargo.toml", extra),
        ]
    };
    let with = |more: &str| -> &'static str { Box::leak(format!("{manifest}{more}").into_boxed_str()) };
    for models in [&["."][..], &["src"]] {
        assert_eq!(tables(&files(with("")), models), "big lib main tool");
    }
    assert_eq!(tables(&files(with("")), &["src/bin/tool.rs"]), "tool");
    assert_eq!(tables(&files(with("")), &["src/bin/big"]), "big");
    let without = with("[lib]\nname = \"other\"\n");
    assert_eq!(tables(&files(without), &["."]), "big lib main tool");
    let said = with("[[bin]]\nname = \"tool\"\n");
    assert_eq!(tables(&files(said), &["."]), "big lib main tool");

    let named =
        "[package]\nname = \"acme\"\nautobins = false\n[features]\none = []\n[[bin]]\nname = \"acme\"\n";
    assert_eq!(tables(&files(named), &["."]), "lib main");

    // Files by other names, and far below.
    let manifest = with(
        "[lib]\nname = \"kernel\"\npath = \"rust/inner/models.rs\"\n[[bin]]\nname = \"run\"\npath = \"rust/run.rs\"\n",
    );
    let library = format!("pub mod deep;\n{lib}");
    let program = "#[cfg(feature = \"one\")] TABLE\"run\")] struct Run { #[column(references = kernel::lib::id)] lib: i64 }\n";
    let files = [
        ("Cargo.toml", manifest),
        ("rust/inner/models.rs", library.as_str()),
        ("rust/inner/deep.rs", part.as_str()),
        ("rust/run.rs", program),
        ("rust/inner/stray.rs", tool.as_str()),
    ];
    assert_eq!(tables(&files, &["."]), "lib part run");
    assert_eq!(tables(&files, &["rust/inner/deep.rs"]), "part");
    assert_eq!(tables(&files, &["rust/inner"]), "lib part tool");
}
