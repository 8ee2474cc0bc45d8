//! The statements of `.sql` files in any order come to one schema.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::Bed;

/// Things that need each other in every way that PostgreSQL knows.
const SCHEMA: &[&str] = &[
    "CREATE SCHEMA app",
    "CREATE TYPE app.mood AS ENUM ('fine', 'tired')",
    "CREATE DOMAIN app.name AS text CHECK (VALUE <> '')",
    "CREATE SEQUENCE app.numbers",
    "CREATE TABLE app.\"Persons\" (id bigint PRIMARY KEY DEFAULT nextval('app.numbers'), name app.name, mood app.mood)",
    "CREATE TABLE app.orders (id int PRIMARY KEY, person bigint REFERENCES app.\"Persons\", price numeric)",
    "CREATE TABLE app.archived (LIKE app.orders) PARTITION BY RANGE (id)",
    "CREATE TABLE app.archived_1 PARTITION OF app.archived FOR VALUES FROM (1) TO (100)",
    "CREATE INDEX orders_price_idx ON app.orders (price) WHERE app.is_dear(price)",
    "CREATE FUNCTION app.is_dear(numeric) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN $1 > app.limit_of()",
    "CREATE FUNCTION app.limit_of() RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 100::numeric'",
    "CREATE FUNCTION app.noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM app.totals; RETURN NEW; END $$",
    "CREATE TRIGGER noted AFTER INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.noted()",
    "CREATE VIEW app.dear AS SELECT * FROM app.orders WHERE app.is_dear(price)",
    "CREATE VIEW app.totals AS SELECT p.name, sum(o.price) FROM app.\"Persons\" p JOIN app.dear o ON o.person = p.id GROUP BY 1",
    "CREATE MATERIALIZED VIEW app.kept AS SELECT * FROM app.totals",
    "CREATE UNIQUE INDEX kept_name_idx ON app.kept (name)",
    "ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY own ON app.orders USING (app.is_dear(price))",
    "COMMENT ON VIEW app.totals IS 'What each has spent'",
    "GRANT SELECT ON app.totals TO PUBLIC",
];

#[tokio::test]
async fn statements_in_any_order_come_to_one_schema() {
    let bed = Bed::of_sql(&SCHEMA.join(";\n")).await;
    bed.write(
        "limbeck.toml",
        "models = []\nschema = [\"schema\"]\n[database]\nschemas = [\"app\"]\n",
    );
    bed.revision("All").await;
    assert!(!bed.check().await.is_different());
    let mut state: u64 = 42;
    for round in 0..4 {
        let mut shuffled: Vec<&str> = SCHEMA.iter().rev().copied().collect();
        if round > 0 {
            for last in (1..shuffled.len()).rev() {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                shuffled.swap(last, usize::try_from((state >> 33) % (last as u64 + 1)).unwrap());
            }
        }
        let text = shuffled.join(";\n");
        bed.schema(&text);
        let report = bed.check().await;
        assert!(!report.is_different(), "{text}\n{:#?}", report.differences);
    }
}

/// Keys, columns and tables that come after what they belong to count for what stands before it.
#[tokio::test]
async fn what_belongs_to_a_table_is_there_before_those_that_name_it() {
    let table = [
        "CREATE SCHEMA app",
        "CREATE TABLE app.t (id int, name text)",
        "ALTER TABLE app.t ADD x int",
        "ALTER TABLE app.t ADD PRIMARY KEY (id)",
        "CREATE INDEX t_x_idx ON app.t (x)",
    ];
    let others = [
        "CREATE VIEW app.counted AS SELECT t.id, t.name, count(*) FROM app.t GROUP BY t.id",
        "CREATE VIEW app.whole AS SELECT * FROM app.t",
        "CREATE TABLE app.alike (LIKE app.t INCLUDING ALL)",
        "GRANT SELECT ON ALL TABLES IN SCHEMA app TO PUBLIC",
    ];
    let bed = Bed::of_sql(&[&table[..], &others].concat().join(";\n")).await;
    bed.write(
        "limbeck.toml",
        "models = []\nschema = [\"schema\"]\n[database]\nschemas = [\"app\"]\n",
    );
    bed.revision("All").await;
    bed.schema(&[&others[..], &table].concat().join(";\n"));
    let report = bed.check().await;
    assert!(!report.is_different(), "{:#?}", report.differences);
}

/// What is never made is told once for each statement that needs it, in the order of the file.
#[tokio::test]
async fn what_nobody_makes_is_told_with_its_place() {
    let bed = Bed::of_sql("CREATE VIEW a AS SELECT * FROM b;\nCREATE VIEW b AS SELECT * FROM missing;\nCREATE VIEW c AS SELECT 1 AS one;\n").await;
    let error = bed.try_revision(support::autogenerate("All")).await.unwrap_err();
    let told: Vec<(String, usize)> = error
        .diagnostics()
        .iter()
        .map(|one| (one.message.clone(), one.snippets.first().map_or(0, |at| at.line)))
        .collect();
    assert_eq!(
        told,
        [
            ("relation \"b\" does not exist".to_owned(), 1),
            ("relation \"missing\" does not exist".to_owned(), 2),
        ]
    );
}
