//! A convention for the names of constraints and indexes, on a real PostgreSQL.

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
use support::Bed;

const MODELS: &str = r#"use limbeck::{PgEnum, Table};

#[derive(PgEnum)]
#[pg_enum(as = "text", rename_all = "lowercase")]
enum Mood {
    Merry,
    Sad,
}

#[derive(Table)]
#[table(name = "days")]
struct Day {
    #[column(check = "mood <> ''")]
    mood: Mood,
    others: Option<Vec<Mood>>,
    #[column(check = "extract(year FROM DATE '2026-01-01' + month) > 0")]
    month: i32,
    year: i32,
}

#[derive(Table)]
#[table(name = "users", unique(tenant, id, include(name)), check(expr = "length(name) > 0 AND name <> email"))]
#[table(check(name = "users_said", expr = "tenant > 0"), check(expr = "true"))]
#[table(index(tenant, "lower(name)"), index(name desc, where = "tenant > 1"), index(name, using = hash))]
#[table(index(email, unique, name = "users_by_email"))]
struct User {
    #[column(primary_key, identity)]
    id: i64,
    tenant: i64,
    #[column(unique)]
    name: String,
    #[column(check = "email ~ '@'", check = "email <> '@'")]
    email: String,
    #[column(references = Self::id, on_delete = set_null, index)]
    invited_by: Option<i64>,
}

#[derive(Table)]
#[table(name = "stays", schema = "app", exclude(during with "&&"))]
#[table(foreign_key(columns(tenant, guest), references = User(tenant, id), deferrable))]
struct Stay {
    #[column(primary_key)]
    id: i32,
    tenant: i64,
    guest: i64,
    during: std::ops::Range<i32>,
    a_column_whose_name_is_as_long_as_names_may_possibly_be_at_all: i32,
    #[column(index, check = "another_column_whose_name_is_as_long_as_names_may_possibly_be > 0")]
    another_column_whose_name_is_as_long_as_names_may_possibly_be: i32,
}

#[derive(Table)]
#[table(name = "visits", primary_key(day, id), partition_by = range(day), index(page), unique(day, id, page))]
#[table(partition(name = "visits_1", values = "FROM (1) TO (100)"))]
#[table(partition(name = "visits_2", values = "FROM (100) TO (200)", partition_by = list(id), partition(name = "visits_2_a", default)))]
struct Visit {
    day: i32,
    id: i64,
    #[column(check = "page <> ''")]
    page: String,
    #[column(references = User::id)]
    user: i64,
}
"#;

const NAMING: &str = r#"
[naming]
primary_key = "pk_{table}"
unique = "uq_{table}_{columns}"
foreign_key = "fk_{table}_{column_0}_{referred_schema}_{referred_table}_{referred_columns}"
check = "ck_{table}_{columns}"
exclusion = "ex_{schema}_{table}_{columns}"
index = "ix_{table}_{columns}"
"#;

/// The names of constraints and indexes, with a mark that stays with each as long as it is not built anew.
const FOUND: &str = "SELECT format('%s %s', oid, conname) FROM pg_constraint \
       WHERE connamespace IN ('public'::regnamespace, 'app'::regnamespace) AND contype IN ('p', 'u', 'f', 'c', 'x') \
     UNION ALL SELECT format('%s %s', c.oid, relname) FROM pg_class c \
       WHERE relnamespace IN ('public'::regnamespace, 'app'::regnamespace) AND relkind IN ('i', 'I')";

const NAMES: &str = "SELECT conname FROM pg_constraint WHERE conparentid = 0 AND coninhcount = 0 AND conrelid <> 0 \
       AND connamespace IN ('public'::regnamespace, 'app'::regnamespace) AND contype <> 'n' \
     UNION SELECT i.relname FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid \
       WHERE relnamespace IN ('public'::regnamespace, 'app'::regnamespace) AND NOT relispartition";

/// What a query gives, in order.
async fn sorted(bed: &Bed, query: &str) -> Vec<String> {
    let mut rows = bed.query(query).await;
    rows.sort();
    rows
}

#[tokio::test]
async fn adopting_a_convention_renames_and_builds_nothing() {
    let major = testing::shared_scratch().await.server_version_num() / 10_000;
    let plain = format!(
        "models = [\"src\"]\n[server]\nmajor = {major}\n[database]\nschemas = [\"public\", \"app\"]\n"
    );
    let bed = Bed::of_structs(MODELS).await;
    bed.write("limbeck.toml", &plain);
    bed.revision("Plain").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO users (tenant, name, email) VALUES (7, 'Ada', 'ada@example.org')")
        .await;
    let before = sorted(&bed, FOUND).await;

    bed.write("limbeck.toml", &format!("{plain}{NAMING}"));
    let text = bed.text(&bed.revision("Adopt a convention").await);
    let statements = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("--"));
    let others: Vec<&str> = statements
        .filter(|line| !line.starts_with("ALTER ") || !line.contains(" RENAME "))
        .collect();
    assert_eq!(others, Vec::<&str>::new(), "{text}");
    bed.upgrade("head").await;
    assert!(!bed.check().await.is_different(), "{text}");
    let after = sorted(&bed, FOUND).await;
    let marks = |rows: &[String]| -> Vec<String> {
        rows.iter()
            .map(|row| row.split(' ').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(marks(&before), marks(&after), "something was built anew: {text}");
    let names = sorted(&bed, NAMES).await;
    let long = |start: &str| {
        names
            .iter()
            .filter(|name| name.starts_with(start) && name.len() == 63)
            .count()
    };
    for expected in [
        "ck_days_month",
        "ck_days_mood",
        "ck_days_mood1",
        "ck_days_others",
        "ck_users_",
        "ck_users_email",
        "ck_users_email1",
        "ck_users_name_email",
        "ck_visits_page",
        "ex_app_stays_during",
        "fk_stays_tenant_public_users_tenant_id",
        "fk_users_invited_by_public_users_id",
        "fk_visits_user_public_users_id",
        "ix_users_invited_by",
        "ix_users_name",
        "ix_users_name1",
        "ix_users_tenant_lower",
        "ix_visits_page",
        "pk_stays",
        "pk_users",
        "pk_visits",
        "uq_users_name",
        "uq_users_tenant_id",
        "uq_visits_day_id_page",
        "users_by_email",
        "users_said",
    ] {
        assert!(
            names.contains(&expected.to_owned()),
            "{expected} is not among {names:?}"
        );
    }
    assert_eq!(
        (long("ix_stays_another"), long("ck_stays_another")),
        (1, 1),
        "{names:?}"
    );
    assert_eq!(names.len(), 28, "{names:?}");

    bed.downgrade("-1").await;
    assert_eq!(sorted(&bed, FOUND).await, before);
    bed.upgrade("head").await;
    // And back again, in a revision of its own.
    bed.write("limbeck.toml", &plain);
    bed.revision("Leave the convention").await;
    bed.upgrade("head").await;
    assert_eq!(sorted(&bed, FOUND).await, before);
    assert!(!bed.check().await.is_different());
}

#[tokio::test]
async fn a_schema_begins_with_its_convention() {
    let major = testing::shared_scratch().await.server_version_num() / 10_000;
    let bed = Bed::of_structs(MODELS).await;
    bed.write(
        "limbeck.toml",
        &format!("models = [\"src\"]\n[server]\nmajor = {major}\n[database]\nschemas = [\"public\", \"app\"]\n{NAMING}"),
    );
    bed.revision("First").await;
    bed.upgrade("head").await;
    assert!(!bed.check().await.is_different());
    let names = sorted(&bed, NAMES).await;
    assert!(names.contains(&"pk_visits".to_owned()), "{names:?}");
    assert_eq!(names.len(), 28, "{names:?}");
    bed.downgrade("base").await;
}
