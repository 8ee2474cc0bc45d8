//! The statements of `.sql` files in random orders, on a real PostgreSQL: what they come to, and how many tries it takes.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "tests")]

use std::fmt::Write as _;

use limbeck_catalog::{Catalog, ReadOptions};
use limbeck_postgres::{Pins, SessionOptions};
use limbeck_server::testing;
use limbeck_sql::{StatementKind, first_words, statements};

use super::{Site, counted};
use crate::declared::Declared;

/// What a text comes to, how many statements it has, and how many were sent.
async fn applied(text: &str) -> (Catalog, usize, usize) {
    let scratch = testing::shared_scratch().await;
    let database = scratch.create_database().await.unwrap();
    let options = SessionOptions::running("test", "public");
    let session = limbeck_postgres::connect(database.settings(), &options)
        .await
        .unwrap();
    let pins = Pins::Running {
        search_path: "public".to_owned(),
    };
    let site = Site {
        scratch,
        session: &session,
        pins: pins.message(session.server_major()),
    };
    let declared = Declared::file("schema.sql".into(), text).unwrap();
    let (refused, tries) = counted(&site, &declared.statements).await.unwrap();
    let left: Vec<String> = refused
        .iter()
        .map(|one| format!("{} in {}", one.error, one.statement.sql))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    let catalog = limbeck_catalog::read(session.client(), &ReadOptions::default())
        .await
        .unwrap();
    (catalog, declared.statements.len(), tries)
}

/// The statements of a text in a random order, behind all that it sets.
///
/// What means something else in another order stays behind the rest: a partition that is attached before its own index is
/// made gets one by itself, of the very name that the statement then finds taken, and a view that `pg_dump` makes twice,
/// since a key that it needs comes between, is what it was made to last.
fn shuffled(text: &str, seed: u64) -> String {
    let mut state = seed;
    let all = statements(text);
    let all = all.iter().filter(|one| one.kind == StatementKind::Sql);
    let (settings, rest): (Vec<_>, Vec<_>) = all.map(|one| one.text).partition(|text| {
        let words = first_words(text);
        words.first().is_some_and(|word| word == "SET") || text.contains("set_config(")
    });
    let has_partitions = text.contains("ATTACH PARTITION");
    let is_of_partitions = |text: &str| {
        text.contains("INDEX") || text.contains("ATTACH PARTITION") || text.starts_with("ALTER TABLE ONLY")
    };
    let (kept, mut rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|text| {
        text.starts_with("CREATE OR REPLACE VIEW") || has_partitions && is_of_partitions(text)
    });
    for last in (1..rest.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        rest.swap(last, usize::try_from((state >> 33) % (last as u64 + 1)).unwrap());
    }
    settings
        .into_iter()
        .chain(rest)
        .chain(kept)
        .map(|text| format!("{text};\n"))
        .collect()
}

/// How often each statement may be sent, on average. One that is refused waits for all whose names it mentions, so that a
/// second try mostly does; names that mislead cost some more.
const MOST_TRIES: usize = 3;

async fn comes_to_the_same(name: &str, text: &str, seeds: std::ops::Range<u64>) {
    let (catalog, count, _) = applied(text).await;
    for seed in seeds {
        let (other, _, tries) = applied(&shuffled(text, seed)).await;
        eprintln!("{name}, seed {seed}: {count} statements, {tries} tries");
        let differs = |id: &&limbeck_catalog::ObjectId| catalog.objects.get(*id) != other.objects.get(*id);
        let ids = catalog.objects.keys().chain(other.objects.keys());
        let different: Vec<String> = ids.filter(differs).map(ToString::to_string).collect();
        assert_eq!(different, Vec::<String>::new(), "{name}, seed {seed}");
        assert!(
            tries <= MOST_TRIES * count,
            "{name}, seed {seed}: {tries} tries of {count}"
        );
    }
}

/// Tables with keys and indexes apart from them, chains of views and functions, checks and defaults that call some.
fn generated() -> String {
    let mut sql = String::from("SET check_function_bodies = off;\nCREATE SCHEMA app;\n");
    for n in 0..20 {
        let before = n.max(1) - 1;
        let _ = write!(
            sql,
            "CREATE TYPE app.mood_{n} AS ENUM ('a', 'b');
             CREATE TABLE app.t{n} (id int NOT NULL, other int, mood app.mood_{n} DEFAULT 'a', name text);
             ALTER TABLE ONLY app.t{n} ADD CONSTRAINT t{n}_pkey PRIMARY KEY (id);
             ALTER TABLE app.t{n} ADD CONSTRAINT t{n}_other_fkey FOREIGN KEY (other) REFERENCES app.t{before} (id);
             ALTER TABLE app.t{n} ADD CONSTRAINT t{n}_check CHECK (app.f{before}(other) > 0);
             CREATE INDEX t{n}_idx ON app.t{n} (app.f{n}(other));
             CREATE FUNCTION app.f{n}(a int) RETURNS int LANGUAGE sql IMMUTABLE RETURN {call};
             CREATE VIEW app.v{n} AS SELECT t.id, t.name, count(*) AS n FROM app.t{n} t JOIN {from} USING (id) GROUP BY t.id;
             COMMENT ON VIEW app.v{n} IS 'The one of {n}';
             CREATE FUNCTION app.noted_{n}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
             CREATE TRIGGER noted BEFORE UPDATE ON app.t{n} FOR EACH ROW EXECUTE FUNCTION app.noted_{n}();
             GRANT SELECT ON app.v{n} TO a_role_of_{n};\n",
            call = if n == 0 { "a + 1".to_owned() } else { format!("app.f{before}(a)") },
            from = if n == 0 { "app.t1".to_owned() } else { format!("app.v{before}") },
        );
    }
    sql
}

#[tokio::test]
async fn statements_in_random_orders_come_to_one_schema() {
    comes_to_the_same("generated", &generated(), 1..4).await;
}

/// The same with real schemas, where they lie beside this repository.
#[tokio::test]
async fn real_schemas_in_random_orders_come_to_the_same() {
    let only = std::env::var("LIMBECK_CORPUS").unwrap_or_default();
    for name in [
        "concourse",
        "documenso",
        "lago",
        "lemmy",
        "musicbrainz",
        "openstreetmap",
        "synapse",
    ] {
        // The large ones take their time.
        let is_asked_for = only == "all" || only.split(',').any(|one| one == name);
        if !is_asked_for && !matches!(name, "concourse" | "lemmy") {
            continue;
        }
        let path = format!(
            "{}/../../../shared/corpus/real/{name}.sql",
            env!("CARGO_MANIFEST_DIR")
        );
        match std::fs::read_to_string(&path) {
            Ok(text) => comes_to_the_same(name, &text, 1..3).await,
            Err(_) => eprintln!("skipped: the corpus does not lie beside this repository ({name})"),
        }
    }
}
