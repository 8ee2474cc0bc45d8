//! Where and how the tables of models are stored, and what they inherit, from the structs to the database and back, on a
//! real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_server::testing;
use support::{Bed, lives};

/// Tablespaces that the scratch server does not have are made there; nobody who does not speak of one moves anything.
#[tokio::test]
async fn tablespaces_and_storage_of_indexes() {
    const FOUND: &str = "SELECT format('%s %s %s', c.relname, coalesce(s.spcname, '-'), \
           coalesce(array_to_string(c.reloptions, ','), '-')) \
         FROM pg_class c LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace \
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') ORDER BY c.relname";
    let server = testing::shared_scratch().await;
    server.ensure_tablespace("fast disk").await.unwrap();
    server.ensure_tablespace("slow").await.unwrap();
    let state = |table: &str, key: &str, index: &str| {
        format!(
            "use limbeck::Table;\n#[derive(Table)]\n#[table(name = \"a\"{table})]\n#[table(unique(n{key}))]\n\
             struct A {{\n    #[column(index(n{index}))]\n    n: i32,\n}}\n"
        )
        .replace("index(n, ", "index(")
        .replace("index(n)", "index")
    };
    lives(
        FOUND,
        &[
            (&state("", "", ""), &["a - -", "a_n_idx - -", "a_n_key - -"]),
            (
                &state(
                    ", tablespace = \"fast disk\", using = heap",
                    ", with(fillfactor = 70), tablespace = \"slow\"",
                    ", with(deduplicate_items = false), tablespace = \"fast disk\"",
                ),
                &[
                    "a fast disk -",
                    "a_n_idx fast disk deduplicate_items=false",
                    "a_n_key slow fillfactor=70",
                ],
            ),
            // Nobody speaks of them: they stay.
            (
                &state(", comment = \"x\"", "", ""),
                &[
                    "a fast disk -",
                    "a_n_idx fast disk deduplicate_items=false",
                    "a_n_key slow fillfactor=70",
                ],
            ),
            (
                &state(
                    ", tablespace = \"pg_default\"",
                    ", with()",
                    ", with(fillfactor = 80), tablespace = \"slow\"",
                ),
                &["a - -", "a_n_idx slow fillfactor=80", "a_n_key slow -"],
            ),
        ],
    )
    .await;
}

/// A `.sql` file speaks as well as a struct does.
#[tokio::test]
async fn settings_of_a_struct_s_table_may_stand_in_sql() {
    let bed = Bed::of_structs("use limbeck::Table;\n#[derive(Table)]\n#[table(name = \"a\", index(n))]\nstruct A {\n    n: String,\n}\n").await;
    bed.revision("Plain").await;
    bed.write(
        "database/schema/a.sql",
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY;\nALTER TABLE a SET (fillfactor = 70);\n\
         ALTER TABLE a ALTER COLUMN n SET STORAGE EXTERNAL;\nALTER INDEX a_n_idx SET (fillfactor = 60);\n",
    );
    bed.revision("Told").await;
    bed.upgrade("head").await;
    assert!(!bed.check().await.is_different());
    assert_eq!(
        bed.query(
            "SELECT format('%s %s %s', relname, relrowsecurity, reloptions) FROM pg_class \
             WHERE relname IN ('a', 'a_n_idx') ORDER BY 1"
        )
        .await,
        ["a t {fillfactor=70}", "a_n_idx f {fillfactor=60}"]
    );
    bed.downgrade("base").await;
}

#[tokio::test]
async fn inheritance_of_structs() {
    const FOUND: &str = "SELECT format('%s(%s)%s', c.relname, \
           (SELECT string_agg(attname || CASE WHEN attnotnull THEN '!' ELSE '' END, ' ' ORDER BY attname) \
            FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped), \
           (SELECT ' of ' || string_agg(inhparent::regclass::text, ' ' ORDER BY inhseqno) \
            FROM pg_inherits WHERE inhrelid = c.oid)) \
         FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY c.relname";
    let head = "use limbeck::Table;\n";
    let event = |more: &str| {
        format!(
            "#[derive(Table)] #[table(name = \"events\")] struct Event {{ id: i64, day: chrono::NaiveDate, {more} }}\n"
        )
    };
    // Its name comes before its parent's, and it repeats what it wants to read.
    let click = |inherits: &str, more: &str| {
        format!(
            "#[derive(Table)] #[table(name = \"clicks\"{inherits})] struct Click {{ #[column(primary_key)] id: i64, \
             day: chrono::NaiveDate, button: i32, {more} }}\n"
        )
    };
    let other = "#[derive(Table)] #[table(name = \"named\")] struct Named { name: Option<String> }\n";
    let parent = ", inherits = Event";
    lives(
        FOUND,
        &[
            (
                &format!("{head}{}{}{other}", event(""), click("", "")),
                &["clicks(button! day! id!)", "events(day! id!)", "named(name)"],
            ),
            (
                &format!("{head}{}{}{other}", event(""), click(parent, "")),
                &[
                    "clicks(button! day! id!) of events",
                    "events(day! id!)",
                    "named(name)",
                ],
            ),
            // A column for the parent comes to the child, whether it repeats it or not.
            (
                &format!(
                    "{head}{}{}{other}",
                    event("source: Option<String>, kind: Option<String>"),
                    click(parent, "source: Option<String>")
                ),
                &[
                    "clicks(button! day! id! kind source) of events",
                    "events(day! id! kind source)",
                    "named(name)",
                ],
            ),
            (
                &format!(
                    "{head}{}{}{other}",
                    event("source: Option<String>"),
                    click(", inherits(Event, Named)", "")
                ),
                &[
                    "clicks(button! day! id! name source) of events named",
                    "events(day! id! source)",
                    "named(name)",
                ],
            ),
            (
                &format!("{head}{}{}{other}", event(""), click("", "")),
                &["clicks(button! day! id!)", "events(day! id!)", "named(name)"],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn partitions_of_partitions() {
    const FOUND: &str = "SELECT concat_ws(' ', relname, pg_get_expr(relpartbound, oid), pg_get_partkeydef(oid), reloptions::text) \
         FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname";
    let state = |nested: &str| {
        format!(
            "use limbeck::Table;\n#[derive(Table)] #[table(name = \"logs\", partition_by = range(day))]\n\
             #[table(partition(name = \"logs_2026\", values = \"FROM ('2026-01-01') TO ('2027-01-01')\"{nested}))]\n\
             struct Log {{ day: chrono::NaiveDate, kind: String }}\n"
        )
    };
    let nested = ", partition_by = list(kind), partition(name = \"logs_2026_a\", values = \"IN ('a')\", options(fillfactor = 70))";
    let more = format!("{nested}, partition(name = \"logs_2026_rest\", default)");
    let logs = "logs RANGE (day)";
    let year = "logs_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') LIST (kind)";
    let first = "logs_2026_a FOR VALUES IN ('a') {fillfactor=70}";
    lives(
        FOUND,
        &[
            (&state(nested), &[logs, year, first]),
            (&state(&more), &[logs, year, first, "logs_2026_rest DEFAULT"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn constraints_that_are_not_enforced() {
    if testing::shared_scratch().await.server_version_num() < 180_000 {
        return;
    }
    const FOUND: &str = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
         WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f') ORDER BY 1";
    let state = |word: &str| {
        format!(
            "use limbeck::Table;\n#[derive(Table)] #[table(name = \"a\", check(expr = \"n > 0\"{word}))]\n\
             struct A {{ #[column(primary_key)] n: i32, #[column(references = Self::n{word})] of: i32 }}\n"
        )
    };
    let not = &[
        "a_n_check CHECK ((n > 0)) NOT ENFORCED",
        "a_of_fkey FOREIGN KEY (of) REFERENCES a(n) NOT ENFORCED",
    ];
    let both = &[
        "a_n_check CHECK ((n > 0))",
        "a_of_fkey FOREIGN KEY (of) REFERENCES a(n)",
    ];
    lives(
        FOUND,
        &[
            (&state(", not_enforced"), not),
            (&state(""), both),
            (&state(", not_enforced"), not),
        ],
    )
    .await;
}

/// A canonical function takes its own range type: it stands in a `.sql` file, between the type's mention and the type.
#[tokio::test]
async fn a_range_with_a_canonical_function() {
    let bed = Bed::of_structs(
        "use limbeck::{PgType, Table};\n#[derive(PgType)]\n#[pg_type(name = \"floors\", range(canonical = \"floors_canonical\"))]\n\
         struct Floors(std::ops::Range<i32>);\n#[derive(Table)]\n#[table(name = \"houses\")]\nstruct House {\n    floors: Floors,\n}\n",
    )
    .await;
    bed.write(
        "database/schema/floors.sql",
        "CREATE FUNCTION floors_canonical(floors) RETURNS floors LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';\n",
    );
    bed.revision("Houses").await;
    bed.upgrade("head").await;
    assert!(!bed.check().await.is_different());
    bed.run("INSERT INTO houses VALUES ('[1,2]')").await;
    assert_eq!(bed.query("SELECT floors::text FROM houses").await, ["[1,3)"]);
    bed.downgrade("base").await;
}

#[tokio::test]
async fn sets_of_columns() {
    const FOUND: &str = "SELECT found FROM (SELECT format('%s%s', attname, CASE WHEN attnotnull THEN '!' ELSE '' END) AS found FROM pg_attribute \
           WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped \
         UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
           WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'c') \
         UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'users'::regclass \
         ) AS all_of_it ORDER BY found COLLATE \"C\"";
    let state = |zip: &str, home: &str| {
        format!(
            "use limbeck::{{Columns, Table}};\n\
             #[derive(Columns)] struct Audit {{ #[column(index)] at: i64 }}\n\
             #[derive(Columns)] struct Address {{ {zip} }}\n\
             #[derive(Table)] #[table(name = \"users\", index(audit.at, home.zip))] struct User {{\n\
             #[column(primary_key)] id: i64, #[column(flatten)] audit: Audit,\n\
             #[column(flatten, prefix = \"home_\")] home: {home} }}\n"
        )
        .replace(
            "home.zip",
            if zip.contains("zip:") {
                "home.zip"
            } else {
                "home.code"
            },
        )
    };
    lives(
        FOUND,
        &[
            (
                &state("#[column(check = \"zip <> ''\")] zip: String", "Address"),
                &[
                    "at!",
                    "home_zip!",
                    "id!",
                    "users_at_home_zip_idx",
                    "users_at_idx",
                    "users_home_zip_check CHECK ((home_zip <> ''::text))",
                    "users_pkey",
                    "users_pkey PRIMARY KEY (id)",
                ],
            ),
            (
                &state(
                    "#[column(renamed_from = \"zip\")] code: String",
                    "Option<Address>",
                ),
                &[
                    "at!",
                    "home_code",
                    "id!",
                    "users_at_home_code_idx",
                    "users_at_idx",
                    "users_pkey",
                    "users_pkey PRIMARY KEY (id)",
                ],
            ),
        ],
    )
    .await;
}
