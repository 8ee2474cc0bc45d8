//! What models say, from the structs through a revision to the database and back, on a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::lives;

#[tokio::test]
async fn types_of_structs() {
    const TYPES: &str = "SELECT format('%s %s %s', t.typtype, t.typname, coalesce( \
           (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) \
            FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped), \
           (SELECT format_type(rngsubtype, NULL) FROM pg_range WHERE rngtypid = t.oid), \
           (SELECT string_agg(pg_get_constraintdef(oid), ', ' ORDER BY conname) FROM pg_constraint \
            WHERE contypid = t.oid AND contype = 'c'))) \
         FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid \
         WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('c', 'd', 'r') AND t.typcategory <> 'A' \
           AND coalesce(c.relkind = 'c', true) ORDER BY t.typname";
    let head = "use limbeck::{PgType, Table};\nuse std::ops::Range;\n";
    let table = "#[derive(Table)]\n#[table(name = \"places\")]\nstruct Place {\n  #[column(primary_key)]\n  code: Code,\n  \
                 address: Address,\n  weights: Weights,\n}\n";
    let first = format!(
        "{head}{table}
         #[derive(PgType)] #[pg_type(name = \"code\", check = \"VALUE <> ''\", not_null)] struct Code(String);
         #[derive(PgType)] #[pg_type(name = \"address\")] struct Address {{ street: String, code: Code }}
         #[derive(PgType)] #[pg_type(name = \"weights\", range(subtype_diff = \"float8mi\"))] struct Weights(Range<f64>);"
    );
    let second = format!(
        "{head}{table}
         #[derive(PgType)] #[pg_type(name = \"post_code\", renamed_from = \"code\", check = \"VALUE <> '-'\", not_null)]
         struct Code(String);
         #[derive(PgType)] #[pg_type(name = \"addresses\", renamed_from = \"address\", comment = \"Where\")]
         struct Address {{ #[pg_type(renamed_from = \"street\")] road: String, code: Code, more: Vec<i32> }}
         #[derive(PgType)] #[pg_type(name = \"weights\", range(subtype_diff = \"float8mi\"))] struct Weights(Range<f64>);"
    );
    lives(
        TYPES,
        &[
            (
                &first,
                &[
                    "c address street text, code code",
                    "d code CHECK ((VALUE <> ''::text))",
                    "r weights double precision",
                ],
            ),
            (
                &second,
                &[
                    "c addresses road text, code post_code, more integer[]",
                    "d post_code CHECK ((VALUE <> '-'::text))",
                    "r weights double precision",
                ],
            ),
        ],
    )
    .await;
}

/// Settings are changed, are taken back, and stay as they are where nobody speaks of them.
#[tokio::test]
async fn settings_of_structs() {
    const SETTINGS: &str = "SELECT format('%s %s %s %s %s %s %s', c.relname, c.relpersistence, c.relrowsecurity, \
           c.relforcerowsecurity, c.relreplident, coalesce(array_to_string(c.reloptions, ','), '-'), \
           (SELECT string_agg(format('%s:%s:%s', attstorage, attcompression, coalesce(attstattarget, -1)), ' ' ORDER BY attnum) \
            FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0)) \
         FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    let state = |table: &str, column: &str| {
        format!(
            "use limbeck::Table;\n#[derive(Table)]\n#[table(name = \"a\"{table})]\nstruct A {{\n    #[column(type = \"text\"{column})]\n    \
             a: String,\n}}\n"
        )
    };
    let said = state(
        ", unlogged, row_security = forced, replica_identity = full, options(fillfactor = 70)",
        ", storage = external, compression = pglz, statistics = 500",
    );
    let one = state(
        ", replica_identity = nothing",
        ", statistics = 20, default = \"x\"",
    );
    let back = state(
        ", unlogged = false, row_security = false, replica_identity = default, options()",
        ", storage = extended",
    );
    lives(
        SETTINGS,
        &[
            (&state("", ""), &["a p f f d - x::-1"]),
            (&said, &["a u t t f fillfactor=70 e:p:500"]),
            (&one, &["a u t t n fillfactor=70 e:p:20"]),
            (&back, &["a p f f d - x:p:20"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn constraints_identity_and_partitions_of_structs() {
    const FOUND: &str = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
           WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'x') AND conparentid = 0 \
         UNION ALL SELECT relname || coalesce(' ' || pg_get_expr(relpartbound, oid), '') FROM pg_class \
           WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \
         UNION ALL SELECT format('starts at %s by %s', seqstart, seqincrement) FROM pg_sequence \
           WHERE seqrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) ORDER BY 1";
    let first = "use limbeck::Table;
        #[derive(Table)] #[table(name = \"logs\", partition_by = range(day))]
        #[table(partition(name = \"logs_2026\", values = \"FROM ('2026-01-01') TO ('2027-01-01')\"))]
        struct Log { day: chrono::NaiveDate }
        #[derive(Table)] #[table(name = \"stays\")]
        #[table(exclude(during with \"&&\", name = \"one\"), check(name = \"c\", expr = \"id > 0\", not_valid))]
        struct Stay { #[column(identity(always, start = 100))] id: i64, during: std::ops::Range<i32>,
                      #[column(skip)] cached: u64 }";
    let second = first
        .replace(
            "partition(name",
            "partition(name = \"logs_rest\", default), partition(name",
        )
        .replace("start = 100", "start = 100, increment = 5")
        .replace("&&", "=")
        .replace(", not_valid", ", no_inherit");
    lives(
        FOUND,
        &[
            (
                first,
                &[
                    "c CHECK ((id > 0)) NOT VALID",
                    "logs",
                    "logs_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                    "one EXCLUDE USING gist (during WITH &&)",
                    "starts at 100 by 1",
                    "stays",
                ],
            ),
            (
                &second,
                &[
                    "c CHECK ((id > 0)) NO INHERIT",
                    "logs",
                    "logs_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                    "logs_rest DEFAULT",
                    "one EXCLUDE USING gist (during WITH =)",
                    "starts at 100 by 5",
                    "stays",
                ],
            ),
        ],
    )
    .await;
}
