//! Aggregates, rules, policies, event triggers, extended statistics and publications, with every attribute.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{
    Aggregate, AggregateFinish, AggregateKind, AggregateTransition, Definition, EventTrigger, FinishModify,
    MovingAggregate, OWNER, Parallel, Policy, PolicyCommand, Publication, PublishedOperation, PublishedTable,
    Rule, Statistics, StatisticsKind,
};
use limbeck_sql::QualifiedName;
use support::{catalog, comment, definition, id, needs, unread};

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn built_in(name: &str) -> QualifiedName {
    QualifiedName::new("pg_catalog", name)
}

fn transition(function: QualifiedName, state: &str) -> AggregateTransition {
    AggregateTransition {
        function,
        state: state.to_owned(),
        space: 0,
        initial: None,
        finish: None,
    }
}

#[tokio::test]
async fn aggregates() {
    let catalog = catalog(
        r#"CREATE FUNCTION "Add.it"(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
        CREATE AGGREGATE plain(n int) (SFUNC = "Add.it", STYPE = int, INITCOND = '0', SSPACE = 8, PARALLEL = SAFE,
            COMBINEFUNC = int4pl, SORTOP = >, FINALFUNC = int4abs, FINALFUNC_MODIFY = SHAREABLE,
            MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = int);
        CREATE AGGREGATE rows(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
        CREATE AGGREGATE place(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi,
            STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
        COMMENT ON AGGREGATE rows(*) IS 'all'; CREATE VIEW v AS SELECT rows(*) FROM (VALUES (1)) AS t;"#,
    )
    .await;
    assert_eq!(
        definition(&catalog, "aggregate public.plain(integer)"),
        &Definition::Aggregate(Aggregate {
            arguments: "n integer".to_owned(),
            result: "integer".to_owned(),
            kind: AggregateKind::Plain,
            transition: AggregateTransition {
                space: 8,
                initial: Some("0".to_owned()),
                finish: Some(AggregateFinish {
                    function: built_in("int4abs"),
                    extra: false,
                    modify: FinishModify::Shareable,
                }),
                ..transition(QualifiedName::new("public", "Add.it"), "integer")
            },
            moving: Some(MovingAggregate {
                transition: transition(built_in("int4pl"), "integer"),
                inverse: built_in("int4mi"),
            }),
            combine: Some(built_in("int4pl")),
            serialize: None,
            deserialize: None,
            sort_operator: Some(">".to_owned()),
            parallel: Parallel::Safe,
        })
    );
    let Definition::Aggregate(place) = definition(&catalog, r#"aggregate public.place("any")"#) else {
        panic!()
    };
    assert_eq!(place.arguments, r#"VARIADIC "any" ORDER BY VARIADIC "any""#);
    assert_eq!(place.kind, AggregateKind::HypotheticalSet);
    assert!(place.transition.finish.as_ref().unwrap().extra);
    assert_eq!(comment(&catalog, "aggregate public.rows()"), Some("all"));
    assert_eq!(
        needs(&catalog, "aggregate public.plain(integer)"),
        ["schema public", r#"function public."Add.it"(integer, integer)"#]
    );
    assert_eq!(
        needs(&catalog, "view public.v"),
        ["schema public", "aggregate public.rows()"]
    );
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn window_functions_are_functions() {
    let catalog = catalog(
        "CREATE FUNCTION place() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
        CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    .await;
    for (name, is_window) in [("place", true), ("plain", false)] {
        let Definition::Routine(routine) = definition(&catalog, &format!("function public.{name}()")) else {
            panic!()
        };
        assert_eq!(routine.window, is_window);
        assert_eq!(routine.definition.contains("WINDOW"), is_window);
    }
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn rules() {
    let catalog = catalog(
        r#"CREATE TABLE t (a int, b int); CREATE TABLE log (a int); CREATE VIEW v AS SELECT a FROM t;
        CREATE RULE "Log.it" AS ON UPDATE TO t WHERE NEW.b > 0 DO ALSO INSERT INTO log VALUES (OLD.a);
        CREATE RULE way AS ON INSERT TO v DO INSTEAD NOTHING;
        ALTER TABLE t ENABLE ALWAYS RULE "Log.it"; COMMENT ON RULE way ON v IS 'none';"#,
    )
    .await;
    assert_eq!(
        definition(&catalog, r#"rule public.t."Log.it""#),
        &Definition::Rule(Rule {
            definition: "CREATE RULE \"Log.it\" AS\n    ON UPDATE TO public.t\n   WHERE (new.b > 0) DO  \
                         INSERT INTO public.log (a)\n  VALUES (old.a)"
                .to_owned(),
            enabled: 'A',
        })
    );
    assert_eq!(comment(&catalog, "rule public.v.way"), Some("none"));
    assert_eq!(
        needs(&catalog, r#"rule public.t."Log.it""#),
        [
            "table public.t",
            "column public.log.a",
            "column public.t.a",
            "column public.t.b"
        ]
    );
    assert_eq!(needs(&catalog, "rule public.v.way"), ["view public.v"]);
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn policies() {
    let catalog = catalog(
        r#"CREATE ROLE "Zoe"; CREATE ROLE adam; CREATE TABLE t (a int, b int);
        CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
        CREATE POLICY "My.p" ON t AS RESTRICTIVE FOR UPDATE TO "Zoe", adam USING (a > f()) WITH CHECK (b > 0);
        CREATE POLICY own ON t TO CURRENT_USER, adam;
        CREATE POLICY plain ON t; COMMENT ON POLICY plain ON t IS 'nothing';"#,
    )
    .await;
    assert_eq!(
        definition(&catalog, r#"policy public.t."My.p""#),
        &Definition::Policy(Policy {
            permissive: false,
            command: PolicyCommand::Update,
            roles: set(&["Zoe", "adam"]),
            using: Some("(a > public.f())".to_owned()),
            with_check: Some("(b > 0)".to_owned()),
        })
    );
    assert_eq!(
        definition(&catalog, "policy public.t.plain"),
        &Definition::Policy(Policy {
            permissive: true,
            command: PolicyCommand::All,
            roles: BTreeSet::new(),
            using: None,
            with_check: None,
        })
    );
    let Definition::Policy(own) = definition(&catalog, "policy public.t.own") else {
        panic!()
    };
    assert_eq!(own.roles, set(&[OWNER, "adam"]));
    assert_eq!(comment(&catalog, "policy public.t.plain"), Some("nothing"));
    assert_eq!(
        needs(&catalog, r#"policy public.t."My.p""#),
        [
            "table public.t",
            "column public.t.a",
            "column public.t.b",
            "function public.f()"
        ]
    );
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn event_triggers() {
    let catalog = catalog(
        r#"CREATE FUNCTION "E.e"() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
        CREATE EVENT TRIGGER "Watch.it" ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP INDEX') EXECUTE FUNCTION "E.e"();
        ALTER EVENT TRIGGER "Watch.it" ENABLE REPLICA; COMMENT ON EVENT TRIGGER "Watch.it" IS 'drops';"#,
    )
    .await;
    assert_eq!(
        definition(&catalog, r#"event trigger "Watch.it""#),
        &Definition::EventTrigger(EventTrigger {
            event: "sql_drop".to_owned(),
            tags: set(&["DROP INDEX", "DROP TABLE"]),
            function: QualifiedName::new("public", "E.e"),
            enabled: 'R',
        })
    );
    assert_eq!(comment(&catalog, r#"event trigger "Watch.it""#), Some("drops"));
    assert_eq!(
        needs(&catalog, r#"event trigger "Watch.it""#),
        [r#"function public."E.e"()"#]
    );
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn extended_statistics() {
    let catalog = catalog(
        r#"CREATE TABLE t (z int, "A.a" text, b int); CREATE SCHEMA app;
        CREATE STATISTICS app."All.of" ON z, "A.a" FROM t; ALTER STATISTICS app."All.of" SET STATISTICS 0;
        CREATE STATISTICS several (mcv, ndistinct) ON (b + z), lower("A.a"), b FROM t;
        CREATE STATISTICS one ON (b * 2) FROM t; COMMENT ON STATISTICS one IS 'twice';"#,
    )
    .await;
    let all = Statistics {
        relation: id("table public.t"),
        kinds: StatisticsKind::ALL.into(),
        columns: set(&["A.a", "z"]),
        expressions: Vec::new(),
        target: Some(0),
    };
    assert_eq!(
        definition(&catalog, r#"statistics app."All.of""#),
        &Definition::Statistics(all.clone())
    );
    assert_eq!(
        definition(&catalog, "statistics public.several"),
        &Definition::Statistics(Statistics {
            kinds: [StatisticsKind::Mcv, StatisticsKind::Ndistinct].into(),
            columns: set(&["b"]),
            expressions: vec!["(b + z)".to_owned(), "lower(\"A.a\")".to_owned()],
            target: None,
            ..all.clone()
        })
    );
    assert_eq!(
        definition(&catalog, "statistics public.one"),
        &Definition::Statistics(Statistics {
            kinds: BTreeSet::new(),
            columns: BTreeSet::new(),
            expressions: vec!["(b * 2)".to_owned()],
            target: None,
            ..all
        })
    );
    assert_eq!(comment(&catalog, "statistics public.one"), Some("twice"));
    assert_eq!(
        needs(&catalog, r#"statistics app."All.of""#),
        [
            "schema app",
            "table public.t",
            r#"column public.t."A.a""#,
            "column public.t.z"
        ]
    );
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn publications() {
    let catalog = catalog(
        r#"CREATE TABLE t (a int PRIMARY KEY, b int); CREATE PUBLICATION "My.p" FOR TABLE t
            WITH (publish = 'insert, truncate', publish_via_partition_root);
        CREATE PUBLICATION everything FOR ALL TABLES; COMMENT ON PUBLICATION everything IS 'all';"#,
    )
    .await;
    let mine = Publication {
        all_tables: false,
        tables: [(id("table public.t"), PublishedTable::default())].into(),
        schemas: BTreeSet::new(),
        operations: [PublishedOperation::Insert, PublishedOperation::Truncate].into(),
        via_partition_root: true,
        generated_columns: false,
    };
    assert_eq!(
        definition(&catalog, r#"publication "My.p""#),
        &Definition::Publication(mine.clone())
    );
    assert_eq!(
        definition(&catalog, "publication everything"),
        &Definition::Publication(Publication {
            all_tables: true,
            tables: BTreeMap::new(),
            operations: PublishedOperation::ALL.into(),
            via_partition_root: false,
            ..mine
        })
    );
    assert_eq!(comment(&catalog, "publication everything"), Some("all"));
    assert_eq!(needs(&catalog, r#"publication "My.p""#), ["table public.t"]);
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn publications_since_15() {
    let scratch = limbeck_server::testing::scratch().await;
    if scratch.server_version_num() < 150_000 {
        return;
    }
    let catalog = catalog(
        r#"CREATE SCHEMA "My.s"; CREATE TABLE t (a int PRIMARY KEY, "B.b" int, c int);
        CREATE PUBLICATION p FOR TABLE t (a, "B.b") WHERE (a > 0); CREATE PUBLICATION q FOR TABLES IN SCHEMA "My.s";"#,
    )
    .await;
    let Definition::Publication(p) = definition(&catalog, "publication p") else {
        panic!()
    };
    let published = PublishedTable {
        columns: set(&["B.b", "a"]),
        filter: Some("(a > 0)".to_owned()),
    };
    assert_eq!(p.tables, [(id("table public.t"), published)].into());
    let Definition::Publication(q) = definition(&catalog, "publication q") else {
        panic!()
    };
    assert_eq!(q.schemas, set(&["My.s"]));
    assert_eq!(
        needs(&catalog, "publication p"),
        ["table public.t", r#"column public.t."B.b""#, "column public.t.a"]
    );
    assert_eq!(unread(&catalog), [""; 0]);
}
