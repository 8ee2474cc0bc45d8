//! The models on the pages of `docs/`: what they say they become is what a revision says, which goes up and down on a
//! real PostgreSQL; and `docs/attributes.md` leaves out no word.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

#[path = "../../limbeck/tests/support/examples.rs"]
mod examples;
mod support;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use examples::Example;
use limbeck_model::{Inputs, SourceOptions, read};
use limbeck_project::commands::RevisionOptions;
use limbeck_server::testing;
use support::{Bed, autogenerate, written};

/// What an example's last revision does on the way up, once it has been up and down.
async fn becomes(page: &str, example: &Example) -> String {
    let major = testing::shared_scratch().await.server_version_num() / 10_000;
    let place = format!("docs/{page}:{}", example.line);
    let bed = Bed::of_structs("").await;
    let mut up = String::new();
    for (n, state) in example.states.iter().enumerate() {
        let mut configuration = "schema = [\"schema\"]\n".to_owned();
        let says_where = state
            .get("limbeck.toml")
            .is_some_and(|content| content.starts_with("models = "));
        if !says_where {
            configuration.push_str("models = [\"src\"]\n");
        }
        bed.schema("");
        for (path, content) in state {
            match path.as_str() {
                "limbeck.toml" => configuration.push_str(content),
                _ => bed.write(path, content),
            }
        }
        configuration.push_str(&format!("[server]\nmajor = {major}\n"));
        bed.write("limbeck.toml", &configuration);
        let options = RevisionOptions {
            allow_drop: true,
            ..autogenerate(&format!("State {n}"))
        };
        let outcome = bed
            .try_revision(options)
            .await
            .unwrap_or_else(|error| panic!("{place}, state {n}: {error:#?}"));
        let text = bed.text(&written(outcome));
        up = way_up(&text);
        assert_eq!(bed.upgrade("head").await, 1, "{place}\n{text}");
        assert!(!bed.check().await.is_different(), "{place}, state {n}\n{text}");
    }
    assert_eq!(bed.downgrade("base").await, example.states.len(), "{place}");
    let left = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace \
                UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|limbeck|public)'";
    assert_eq!(bed.query(left).await, Vec::<String>::new(), "{place}");
    assert_eq!(bed.upgrade("head").await, example.states.len(), "{place}");
    assert!(!bed.check().await.is_different(), "{place}, once more");
    up
}

/// The steps of a revision's way up, without what they require.
fn way_up(text: &str) -> String {
    let mut up = String::new();
    let mut is_up = false;
    for line in text.lines() {
        if let Some(marker) = line.strip_prefix("-- limbeck:") {
            is_up = marker.starts_with("up ");
        } else if is_up {
            up.push_str(line);
            up.push('\n');
        }
    }
    format!("{}\n", up.trim())
}

/// Goes through a page's examples, two at a time, and holds or writes what they become.
fn hold(page: &str) {
    let examples = examples::of_page(page);
    let waiting = Mutex::new(examples.iter().rev().collect::<Vec<_>>());
    let told = Mutex::new(Vec::new());
    let failed = Mutex::new(Vec::new());
    let ran = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                let server = runtime.block_on(testing::shared_scratch());
                runtime.block_on(server.ensure_tablespace("fast")).unwrap();
                let version = server.server_version_num();
                loop {
                    let next = waiting.lock().unwrap().pop();
                    let Some(example) = next else { break };
                    if example.since * 10_000 <= version {
                        ran.fetch_add(1, Ordering::Relaxed);
                        let becomes = AssertUnwindSafe(|| runtime.block_on(becomes(page, example)));
                        // The others are told of too.
                        match catch_unwind(becomes) {
                            // From 18 on NOT NULL has a name, which some statements say: pages leave it out.
                            Ok(_) if version >= 180_000 && example.since < 18 => {}
                            Ok(up) => told.lock().unwrap().push((example, up)),
                            Err(_) => failed.lock().unwrap().push(example.line),
                        }
                    }
                }
            });
        }
    });
    let (mut told, failed) = (told.into_inner().unwrap(), failed.into_inner().unwrap());
    assert!(failed.is_empty(), "docs/{page}, the examples of lines {failed:?}");
    // Those that need a newer server are the few.
    assert!(ran.into_inner() * 4 > examples.len() * 3);
    if std::env::var_os("LIMBECK_BLESS").is_none() {
        for (example, up) in told {
            let place = format!("docs/{page}:{}", example.line);
            let (said, _) = &example.sql;
            assert_eq!(
                *said, up,
                "{place} does not say what comes of it; LIMBECK_BLESS=1 writes it"
            );
        }
        return;
    }
    let text = std::fs::read_to_string(examples::path(page)).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    told.sort_by_key(|(example, _)| std::cmp::Reverse(example.line));
    for (example, up) in &told {
        lines.splice(example.sql.1.clone(), up.lines());
    }
    std::fs::write(examples::path(page), lines.join("\n") + "\n").unwrap();
}

#[test]
fn attributes_become_what_their_page_says() {
    hold("attributes.md");
}

#[test]
fn models_become_what_their_guide_says() {
    hold("models.md");
}

/// Attributes with a word that nobody knows, which is answered with those that are known.
const ASKED: &[(&str, &str)] = &[
    ("table", "#[derive(Table)] #[table(ASKED)] struct A { a: i32 }"),
    (
        "column",
        "#[derive(Table)] #[table(name = \"a\")] struct A { #[column(ASKED)] a: i32 }",
    ),
    (
        "identity",
        "#[derive(Table)] #[table(name = \"a\")] struct A { #[column(identity(ASKED))] a: i32 }",
    ),
    (
        "generated",
        "#[derive(Table)] #[table(name = \"a\")] struct A { #[column(generated(ASKED))] a: i32 }",
    ),
    (
        "on_delete",
        "#[derive(Table)] #[table(name = \"a\")] struct A { #[column(on_delete = ASKED)] a: i32 }",
    ),
    (
        "deferrable",
        "#[derive(Table)] #[table(name = \"a\")] struct A { #[column(deferrable = ASKED)] a: i32 }",
    ),
    (
        "storage",
        "#[derive(Table)] #[table(name = \"a\")] struct A { #[column(storage = ASKED)] a: i32 }",
    ),
    (
        "compression",
        "#[derive(Table)] #[table(name = \"a\")] struct A { #[column(compression = ASKED)] a: i32 }",
    ),
    (
        "unique",
        "#[derive(Table)] #[table(name = \"a\", unique(ASKED = 1))] struct A { a: i32 }",
    ),
    (
        "primary_key",
        "#[derive(Table)] #[table(name = \"a\", primary_key(ASKED = 1))] struct A { a: i32 }",
    ),
    (
        "check",
        "#[derive(Table)] #[table(name = \"a\", check(ASKED))] struct A { a: i32 }",
    ),
    (
        "exclude",
        "#[derive(Table)] #[table(name = \"a\", exclude(ASKED = 1))] struct A { a: i32 }",
    ),
    (
        "foreign_key",
        "#[derive(Table)] #[table(name = \"a\", foreign_key(ASKED))] struct A { a: i32 }",
    ),
    (
        "index",
        "#[derive(Table)] #[table(name = \"a\", index(ASKED = 1))] struct A { a: i32 }",
    ),
    (
        "index",
        "#[derive(Table)] #[table(name = \"a\", index(a ASKED))] struct A { a: i32 }",
    ),
    (
        "partition",
        "#[derive(Table)] #[table(name = \"a\", partition(ASKED))] struct A { a: i32 }",
    ),
    (
        "row_security",
        "#[derive(Table)] #[table(name = \"a\", row_security = ASKED)] struct A { a: i32 }",
    ),
    ("pg_enum", "#[derive(PgEnum)] #[pg_enum(ASKED)] enum A { B }"),
    (
        "pg_enum",
        "#[derive(PgEnum)] #[pg_enum(name = \"a\")] enum A { #[pg_enum(ASKED)] B }",
    ),
    (
        "rename_all",
        "#[derive(PgEnum)] #[pg_enum(name = \"a\", rename_all = \"ASKED\")] enum A { B }",
    ),
    ("view", "#[derive(View)] #[view(ASKED)] struct A { a: i32 }"),
    (
        "view",
        "#[derive(View)] #[view(name = \"a\")] struct A { #[column(ASKED)] a: i32 }",
    ),
    ("pg_type", "#[derive(PgType)] #[pg_type(ASKED)] struct A(i32);"),
    (
        "pg_type",
        "#[derive(PgType)] #[pg_type(name = \"a\")] struct A { #[pg_type(ASKED)] a: i32 }",
    ),
    (
        "range",
        "#[derive(PgType)] #[pg_type(name = \"a\", range(ASKED))] struct A(std::ops::Range<i32>);",
    ),
];

/// The words that an attribute takes, as its own error tells them.
fn known(source: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let source = source.replace("ASKED", "qqqqqqqqq");
    std::fs::write(
        folder.path().join("lib.rs"),
        format!("use limbeck::{{PgEnum, PgType, Table, View}};\n{source}\n"),
    )
    .unwrap();
    let errors = read(
        folder.path(),
        &["lib.rs".to_owned()],
        &SourceOptions::default(),
        &Inputs::default(),
    )
    .expect_err(&source);
    let hint = errors
        .iter()
        .find(|error| error.to_string().contains("qqqqqqqqq"))
        .unwrap_or_else(|| panic!("{source}: {errors:#?}"))
        .hint()
        .unwrap()
        .clone();
    assert!(
        hint.starts_with("known here: ") || hint.starts_with("the rules are "),
        "{source}: {hint}"
    );
    hint.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The words of a text: letters, digits and `_`, and `-` as in `kebab-case`.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
        .collect()
}

#[test]
fn no_word_of_an_attribute_is_left_out() {
    let page = std::fs::read_to_string(examples::path("attributes.md")).unwrap();
    let rows: String = page.lines().filter(|line| line.starts_with("| ")).collect();
    let in_code: String = rows
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|code| format!("{code} "))
        .collect();
    let in_tables = words(&in_code);
    let examples = examples::of_page("attributes.md");
    let shown: String = examples
        .iter()
        .flat_map(|example| &example.states)
        .flat_map(|state| state.values())
        .flat_map(|content| content.lines())
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let in_examples = words(&shown);
    let mut missing = Vec::new();
    for (of, source) in ASKED {
        for word in known(source) {
            if !in_tables.contains(word.as_str()) {
                missing.push(format!("`{word}` of `{of}` is in no table"));
            }
            // The rules are serde's, and one of them shows how they are said.
            if !in_examples.contains(word.as_str()) && *of != "rename_all" {
                missing.push(format!("`{word}` of `{of}` is in no example"));
            }
        }
    }
    assert!(missing.is_empty(), "docs/attributes.md: {missing:#?}");
}
