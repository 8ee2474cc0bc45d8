//! `models generate`: what comes back is what there was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::path::Path;

use limbeck_project::commands::{
    By, DiffOptions, GenerateOptions, GenerateReport, TimeTypes, diff, generate,
};
use limbeck_project::{Error, Overrides, Project};
use support::Bed;

/// A project that has nothing but a file of SQL to be made from.
fn project(config: &str, sql: &str) -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("a project ").tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("limbeck.toml", config);
    write("database/migrations/versions/.keep", "");
    write("src/lib.rs", "pub mod models;\n");
    write("from.sql", sql);
    folder
}

async fn try_generate(folder: &Path, options: GenerateOptions) -> Result<GenerateReport, Error> {
    let project = Project::open(folder, &Overrides::default(), &Bed::host()).unwrap();
    let options = GenerateOptions {
        from: options.from.or_else(|| Some("from.sql".to_owned())),
        ..options
    };
    generate(&project, folder, &options, &support::ignore).await
}

/// Makes structs of a schema, and holds what they come to against it by `diff`.
async fn comes_back(folder: &Path, options: GenerateOptions) -> GenerateReport {
    let report = try_generate(folder, options)
        .await
        .unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(difference(folder).await, "");
    report
}

async fn difference(folder: &Path) -> String {
    let options = DiffOptions {
        sides: Some(("models:".to_owned(), "from.sql".to_owned())),
        ..DiffOptions::default()
    };
    let report = diff(
        folder,
        &Overrides::default(),
        &Bed::host(),
        &options,
        &support::ignore,
    )
    .await;
    report.unwrap_or_else(|error| panic!("{error:#?}")).sql
}

/// A schema of the corpus, or nothing with a word about it.
fn corpus(name: &str) -> Option<String> {
    let path = format!(
        "{}/../../../shared/corpus/real/{name}.sql",
        env!("CARGO_MANIFEST_DIR")
    );
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(_) => {
            eprintln!("skipped: the corpus does not lie beside this repository ({name})");
            None
        }
    }
}

async fn corpus_comes_back(name: &str) {
    let Some(text) = corpus(name) else { return };
    let folder = project("", &text);
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    let whole: Vec<_> = report
        .sql
        .iter()
        .filter(|left| left.object.kind == limbeck_project::Kind::Table)
        .collect();
    eprintln!(
        "{name}: {} structs, {} left to SQL; tables among them: {whole:#?}",
        report.structs,
        report.sql.len()
    );
}

#[tokio::test]
async fn concourse() {
    corpus_comes_back("concourse").await;
}

#[tokio::test]
async fn documenso() {
    corpus_comes_back("documenso").await;
}

#[tokio::test]
async fn lago() {
    corpus_comes_back("lago").await;
}

#[tokio::test]
async fn lemmy() {
    corpus_comes_back("lemmy").await;
}

#[tokio::test]
async fn musicbrainz() {
    corpus_comes_back("musicbrainz").await;
}

#[tokio::test]
async fn openstreetmap() {
    corpus_comes_back("openstreetmap").await;
}

#[tokio::test]
async fn synapse() {
    corpus_comes_back("synapse").await;
}

/// Every kind of object, and names that are hard to say in Rust.
const ODD: &str = include_str!("generate/odd.sql");

fn written(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test]
async fn odd_names_and_every_kind_come_back() {
    for (by, derives) in [
        (By::Table, ""),
        (By::Schema, "sqlx::FromRow"),
        (By::File, "sqlx::FromRow,serde::Serialize"),
    ] {
        let folder = project("[database]\nschemas = [\"public\", \"app\"]\n", ODD);
        let options = GenerateOptions {
            by,
            derives: derives
                .split(',')
                .filter(|derive| !derive.is_empty())
                .map(str::to_owned)
                .collect(),
            ..GenerateOptions::default()
        };
        let report = comes_back(folder.path(), options.clone()).await;
        assert_eq!(report.next, Vec::<String>::new());
        // The same again, to the byte.
        let again = project("[database]\nschemas = [\"public\", \"app\"]\n", ODD);
        try_generate(again.path(), options).await.unwrap();
        for path in report.models.iter().chain(&report.schema) {
            let path = path.to_str().unwrap();
            assert_eq!(
                written(folder.path(), path),
                written(again.path(), path),
                "{path}"
            );
        }
        let in_sql = |object: &str| report.sql.iter().any(|left| left.object.to_string() == object);
        for object in [
            "table app.typed",
            "view public.names",
            "materialized view public.counts",
            "function public.plain(text)",
            "trigger public.orders.audit",
            "policy public.orders.own",
            "sequence public.free",
        ] {
            assert!(in_sql(object), "{object} of {:#?}", report.sql);
        }
        for object in [
            "table public.orders",
            "table public.\"Self\"",
            "type app.mood",
            "domain public.email",
        ] {
            assert!(!in_sql(object), "{object} of {:#?}", report.sql);
        }
    }
}

#[tokio::test]
async fn structs_say_what_attributes_can() {
    let folder = project("", include_str!("generate/plain.sql"));
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    assert_eq!(report.sql, []);
    let told = report.models.iter().map(|path| {
        let path = path.to_str().unwrap();
        format!("// {path}\n{}\n", written(folder.path(), path))
    });
    insta::assert_snapshot!("structs_say_what_attributes_can", told.collect::<String>());
}

#[tokio::test]
async fn one_thing_that_attributes_do_not_say_is_an_alteration() {
    let folder = project(
        "",
        "CREATE TABLE t (id bigint PRIMARY KEY, a integer, CONSTRAINT c EXCLUDE USING btree (a int4_ops WITH =) INCLUDE (id));
         ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5);",
    );
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    assert!(written(folder.path(), "src/models/t.rs").contains("pub struct T {"));
    let sql = written(folder.path(), "database/schema/t.sql");
    assert!(
        sql.contains("SET (n_distinct = 5)") && !sql.contains("CREATE TABLE"),
        "{sql}"
    );
    let reasons: Vec<&str> = report.sql.iter().map(|left| left.reason.as_str()).collect();
    assert!(
        reasons
            .iter()
            .all(|reason| *reason == "attributes do not say all of it"),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn what_no_model_can_say_is_left_to_sql() {
    // A key between two types is one that the reader of models refuses.
    let folder = project(
        "",
        "CREATE TABLE a (id numeric PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, a integer REFERENCES a);
         CREATE TABLE c (b bigint REFERENCES b);",
    );
    comes_back(folder.path(), GenerateOptions::default()).await;
    let b = written(folder.path(), "src/models/b.rs");
    assert!(!b.contains("references"), "{b}");
    assert!(written(folder.path(), "database/schema/b.sql").contains("REFERENCES public.a"));
    assert!(written(folder.path(), "src/models/c.rs").contains("references = B::id"));
}

#[tokio::test]
async fn nothing_is_written_over() {
    let folder = project(
        "",
        "CREATE TABLE users (id bigint PRIMARY KEY); CREATE VIEW v AS SELECT id FROM users;",
    );
    let view = folder.path().join("database/schema/v.sql");
    std::fs::create_dir_all(view.parent().unwrap()).unwrap();
    std::fs::write(&view, "-- mine").unwrap();
    let error = try_generate(folder.path(), GenerateOptions::default())
        .await
        .unwrap_err();
    assert!(
        format!("{error:?}").contains("`database/schema/v.sql` is there already"),
        "{error:?}"
    );
    assert_eq!(std::fs::read_to_string(&view).unwrap(), "-- mine");
    assert!(!folder.path().join("src/models").exists());
    // What is only made is not in the way of anything.
    let options = GenerateOptions {
        dry_run: true,
        ..GenerateOptions::default()
    };
    let report = try_generate(folder.path(), options).await.unwrap();
    assert_eq!(report.texts.len(), report.models.len() + report.schema.len());
    assert!(!folder.path().join("src/models").exists());
}

#[tokio::test]
async fn wrong_requests_are_refused() {
    let folder = project("", "CREATE TABLE users (id bigint PRIMARY KEY);");
    for (options, told) in [
        (
            GenerateOptions {
                from: Some("models:".to_owned()),
                ..GenerateOptions::default()
            },
            "the models are there already",
        ),
        (
            GenerateOptions {
                from: Some("empty:".to_owned()),
                ..GenerateOptions::default()
            },
            "the schema is empty",
        ),
        (
            GenerateOptions {
                from: Some("gone.sql".to_owned()),
                ..GenerateOptions::default()
            },
            "there is no file `gone.sql`",
        ),
        (
            GenerateOptions {
                into: Some("../elsewhere".into()),
                ..GenerateOptions::default()
            },
            "does not lie in the project",
        ),
        (
            GenerateOptions {
                derives: vec!["sqlx::".to_owned()],
                ..GenerateOptions::default()
            },
            "`sqlx::` is no path of a derive",
        ),
    ] {
        let error = try_generate(folder.path(), options).await.unwrap_err();
        assert!(format!("{error:?}").contains(told), "{error:?}");
    }
    assert!(!folder.path().join("src/models").exists());
}

/// What is generated is Rust that compiles, beside the real sqlx and serde. They are built for it, once: their target
/// folder stays with that of the workspace.
#[tokio::test]
#[ignore = "builds sqlx, which takes minutes; `.ci/drivers` runs it"]
async fn what_is_generated_compiles() {
    let folder = project("[database]\nschemas = [\"public\", \"app\"]\n", ODD);
    let mut root = String::from("#![allow(dead_code, reason = \"nobody uses the models\")]\n");
    for (module, by, types, derives) in [
        ("plain", By::Table, TimeTypes::Chrono, ""),
        ("of_sqlx", By::Schema, TimeTypes::Chrono, "sqlx::FromRow"),
        (
            "of_both",
            By::File,
            TimeTypes::Chrono,
            "sqlx::FromRow,serde::Serialize,serde::Deserialize",
        ),
        (
            "of_time",
            By::Table,
            TimeTypes::Time,
            "sqlx::FromRow,serde::Serialize",
        ),
        ("of_jiff", By::Schema, TimeTypes::Jiff, ""),
    ] {
        let options = GenerateOptions {
            by,
            types,
            into: Some(Path::new("src").join(module)),
            derives: derives
                .split(',')
                .filter(|derive| !derive.is_empty())
                .map(str::to_owned)
                .collect(),
            ..GenerateOptions::default()
        };
        try_generate(folder.path(), options).await.unwrap();
        std::fs::remove_dir_all(folder.path().join("database/schema")).unwrap();
        root.push_str(&format!("pub mod {module};\n"));
    }
    let limbeck = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../limbeck")
        .canonicalize()
        .unwrap();
    let manifest = format!(
        r#"[package]
name = "generated"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
bit-vec = {{ version = "0.8", features = ["serde"] }}
chrono = {{ version = "0.4", features = ["serde"] }}
ipnetwork = {{ version = "0.21", features = ["serde"] }}
jiff = "0.2"
limbeck = {{ path = {limbeck:?} }}
mac_address = {{ version = "1.1", features = ["serde"] }}
rust_decimal = {{ version = "1", features = ["serde"] }}
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"
sqlx = {{ version = "0.9", default-features = false, features = ["derive", "postgres", "chrono", "time", "uuid", "rust_decimal", "ipnetwork", "mac_address", "bit-vec", "json"] }}
time = {{ version = "0.3", features = ["serde"] }}
uuid = {{ version = "1", features = ["serde"] }}
"#
    );
    std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.path().join("src/lib.rs"), root).unwrap();
    let outcome = std::process::Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated"))
        .env("RUSTFLAGS", "-D warnings")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{told}");
}
