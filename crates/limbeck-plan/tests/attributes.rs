//! Attributes that a case folder cannot hold: what takes a superuser, and what is damaged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_plan::{Plan, Planned};
use support::{Bench, Hints};

const HEAP2: &str = "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;";

fn statements(plan: &Plan) -> Vec<&str> {
    plan.actions
        .iter()
        .flat_map(|action| action.statements.iter().map(String::as_str))
        .collect()
}

#[tokio::test]
async fn access_methods() {
    let bench = Bench::start().await;
    let state = async |rest: &str| bench.state(&format!("{HEAP2}\n{rest}")).await;
    let before = state(
        "CREATE TABLE t (a integer, b integer) USING heap2 WITH (fillfactor = 70);
        CREATE TABLE u (a integer);
        CREATE MATERIALIZED VIEW m USING heap2 AS SELECT 1 AS a;
        CREATE INDEX m_a ON m (a);",
    )
    .await;
    let after = state(
        "CREATE TABLE t (a bigint, b integer) WITH (fillfactor = 70);
        CREATE TABLE u (a integer) USING heap2;
        CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
        CREATE INDEX m_a ON m (a);",
    )
    .await;
    let nothing = state("").await;
    let at = state("").await;
    let hints = Hints::default();
    let (_, at) = bench.go(at, &before, &hints).await.unwrap();
    if bench.server_version_num() < 150_000 {
        let plan = bench.plan(&before, &after, &hints).await.unwrap();
        assert_eq!(
            plan.unsupported,
            ["t", "u"].map(|table| format!(
                "table public.{table} cannot be given another access method before PostgreSQL 15"
            ))
        );
        assert!(statements(&plan).contains(&"DROP MATERIALIZED VIEW public.m"));
    } else {
        let (plan, at) = bench.go(at, &after, &hints).await.unwrap();
        assert_eq!(
            statements(&plan),
            [
                "ALTER TABLE public.t\n    SET ACCESS METHOD heap,\n    ALTER COLUMN a TYPE bigint",
                "ALTER TABLE public.u SET ACCESS METHOD heap2",
                "ALTER MATERIALIZED VIEW public.m SET ACCESS METHOD heap",
            ]
        );
        let (_, at) = bench.go(at, &before, &hints).await.unwrap();
        bench.go(at, &nothing, &hints).await.unwrap();
    }
}

#[tokio::test]
async fn a_half_built_index_is_built_anew() {
    let bench = Bench::start().await;
    let sql = |name: &str| {
        format!(
            "CREATE TABLE t (a integer, b integer);
            CREATE UNIQUE INDEX t_a ON t (a) WITH (fillfactor = 70);
            CREATE INDEX {name} ON t (b);
            ALTER TABLE t CLUSTER ON {name};"
        )
    };
    let broken = "UPDATE pg_index SET indisvalid = false WHERE indrelid = 't'::regclass;";
    let good = bench.state(&sql("t_b")).await;
    let hints = Hints::default();
    let at = bench.state(&format!("{}\n{broken}", sql("t_b"))).await;
    let to_broken = bench.plan(&good, &at, &hints).await.unwrap();
    // Nobody wants one: what is good stays.
    assert!(to_broken.actions.is_empty(), "{}", to_broken.sql());
    let (plan, _) = bench.go(at, &good, &hints).await.unwrap();
    assert_eq!(
        statements(&plan),
        [
            "DROP INDEX public.t_a",
            "DROP INDEX public.t_b",
            "CREATE UNIQUE INDEX t_a ON public.t (a) WITH (fillfactor = 70)",
            "CREATE INDEX t_b ON public.t (b)",
            "ALTER TABLE public.t CLUSTER ON t_b",
        ]
    );
    assert_eq!(
        plan.sql()
            .lines()
            .filter(|line| line.contains("invalid"))
            .collect::<Vec<_>>(),
        ["t_a", "t_b"].map(|index| format!("-- index public.{index} is invalid, and built again"))
    );
    // Neither is it renamed, nor made a constraint's.
    let at = bench.state(&format!("{}\n{broken}", sql("\"Old\""))).await;
    let key = bench
        .state("CREATE TABLE t (a integer CONSTRAINT t_key UNIQUE WITH (fillfactor = 70), b integer); CREATE INDEX t_b ON t (b);")
        .await;
    let (plan, _) = bench.go(at, &key, &hints).await.unwrap();
    assert_eq!(
        statements(&plan),
        [
            "DROP INDEX public.\"Old\"",
            "DROP INDEX public.t_a",
            "ALTER TABLE public.t ADD CONSTRAINT t_key UNIQUE (a) WITH (fillfactor = 70)",
            "CREATE INDEX t_b ON public.t (b)",
        ]
    );
}

#[tokio::test]
async fn a_half_built_index_of_a_constraint_is_named() {
    let bench = Bench::start().await;
    let at = bench
        .state(
            "CREATE TABLE t (a integer UNIQUE, during daterange, CONSTRAINT once EXCLUDE USING gist (during WITH &&));
            UPDATE pg_index SET indisvalid = false WHERE indrelid = 't'::regclass;",
        )
        .await;
    let unread: Vec<String> = at.catalog.unread.iter().map(ToString::to_string).collect();
    assert_eq!(
        unread,
        [
            "invalid index of a constraint public.once",
            "invalid index of a constraint public.t_a_key"
        ]
    );
}

#[tokio::test]
async fn an_extension_takes_the_version_that_is_wanted() {
    let bench = Bench::start().await;
    let hints = Hints::default();
    let old = bench.state("CREATE EXTENSION citext VERSION '1.4'").await;
    let newer = bench
        .state("CREATE EXTENSION citext VERSION '1.4'; ALTER EXTENSION citext UPDATE TO '1.5'")
        .await;
    let newest = bench
        .state("CREATE SCHEMA app; CREATE EXTENSION citext SCHEMA app VERSION '1.6'")
        .await;
    let any = bench.state("CREATE EXTENSION citext").await;
    let empty = bench.state("").await;
    // Where nobody says which, none is compared.
    assert!(bench.plan(&old, &any, &hints).await.unwrap().is_empty());
    let plan = bench.plan(&empty, &any, &hints).await.unwrap();
    assert_eq!(statements(&plan), ["CREATE EXTENSION citext WITH SCHEMA public"]);
    let at = bench.state("").await;
    let (plan, at) = bench.go(at, &old, &hints).await.unwrap();
    assert_eq!(
        statements(&plan),
        ["CREATE EXTENSION citext WITH SCHEMA public VERSION '1.4'"]
    );
    let (plan, at) = bench.go(at, &newer, &hints).await.unwrap();
    assert_eq!(statements(&plan), ["ALTER EXTENSION citext UPDATE TO '1.5'"]);
    let (plan, _) = bench.go(at, &newest, &hints).await.unwrap();
    assert_eq!(
        plan.sql(),
        "CREATE SCHEMA app;\n\n\
        -- the way back leaves the version as it is\n\
        ALTER EXTENSION citext SET SCHEMA app;\n\
        ALTER EXTENSION citext UPDATE TO '1.6';\n"
    );
    let back = bench.plan(&newer, &old, &hints).await.unwrap();
    assert_eq!(
        back.unsupported,
        ["extension citext cannot be taken from version 1.5 to 1.4: the server has no update path"]
    );
}

#[tokio::test]
async fn the_same_plan_each_time() {
    let bench = Bench::start().await;
    let mut sql = String::new();
    for n in 0..40 {
        sql.push_str(&format!(
            "CREATE TABLE t{n} (id bigint PRIMARY KEY, a bigint, b bigint);\n"
        ));
    }
    for n in 0..40 {
        let (next, hub) = ((n + 1) % 40, n % 3);
        sql.push_str(&format!(
            "ALTER TABLE t{n} ADD FOREIGN KEY (a) REFERENCES t{next}, ADD FOREIGN KEY (b) REFERENCES t{hub};\n"
        ));
    }
    let wanted = bench.state(&sql).await;
    let empty = bench.state("").await;
    let plan = bench.plan(&empty, &wanted, &Hints::default()).await.unwrap();
    let again = bench.plan(&empty, &wanted, &Hints::default()).await.unwrap();
    assert_eq!(Planned::Plan(plan.clone()), Planned::Plan(again));
    let apart = statements(&plan)
        .iter()
        .filter(|statement| statement.starts_with("ALTER TABLE"))
        .count();
    // Eighty keys, and one great circle through all tables with hubs in it.
    assert!(apart <= 5, "{}", plan.sql());
    let at = bench.state("").await;
    bench.go(at, &wanted, &Hints::default()).await.unwrap();
}
