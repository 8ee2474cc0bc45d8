//! What is read of partitioned tables, partitions and inheritance children.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_catalog::{Catalog, Definition, Index, PartitionStrategy, Table, Trigger};
use support::{catalog, comment, definition, id, objects};

fn table<'a>(catalog: &'a Catalog, name: &str) -> &'a Table {
    match definition(catalog, name) {
        Definition::Table(table) => table,
        other => panic!("{other:?}"),
    }
}

fn index<'a>(catalog: &'a Catalog, name: &str) -> &'a Index {
    match definition(catalog, name) {
        Definition::Index(index) => index,
        other => panic!("{other:?}"),
    }
}

fn trigger<'a>(catalog: &'a Catalog, name: &str) -> &'a Trigger {
    match definition(catalog, name) {
        Definition::Trigger(trigger) => trigger,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn keys_and_bounds() {
    let catalog = catalog(
        r#"CREATE SCHEMA s; CREATE TABLE s."T" (a text, "B" int, c text)
            PARTITION BY RANGE (a COLLATE "C" text_pattern_ops, "B", lower(c) COLLATE "C", (coalesce(c, ',') || ')'));
        CREATE TABLE p PARTITION OF s."T" FOR VALUES FROM ('a', 1, 'x', 'y') TO ('b', 1, 'x', MAXVALUE)
            PARTITION BY HASH ("B");
        CREATE TABLE q PARTITION OF p FOR VALUES WITH (MODULUS 4, REMAINDER 3);
        CREATE TABLE r PARTITION OF s."T" DEFAULT; CREATE TABLE l (a int) PARTITION BY LIST (a);"#,
    )
    .await;
    let key = table(&catalog, r#"table s."T""#).partition_key.as_ref().unwrap();
    assert_eq!(key.strategy, PartitionStrategy::Range);
    let parts: Vec<(&str, bool)> = key
        .keys
        .iter()
        .map(|part| (part.key.as_str(), part.is_expression))
        .collect();
    assert_eq!(
        parts,
        [
            ("a", false),
            ("B", false),
            (r#"lower(c) COLLATE "C""#, true),
            ("((COALESCE(c, ','::text) || ')'::text))", true)
        ]
    );
    assert_eq!(key.keys[0].collation.as_ref().unwrap().name, "C");
    assert_eq!(
        key.keys[0].operator_class.as_ref().unwrap().name,
        "text_pattern_ops"
    );
    assert_eq!(key.keys[1].collation, None);
    let of = table(&catalog, "table public.p").partition_of.as_ref().unwrap();
    assert_eq!(of.parent, id(r#"table s."T""#));
    assert_eq!(
        of.bound,
        "FOR VALUES FROM ('a', 1, 'x', 'y') TO ('b', 1, 'x', MAXVALUE)"
    );
    let of = table(&catalog, "table public.q").partition_of.as_ref().unwrap();
    assert_eq!(of.bound, "FOR VALUES WITH (modulus 4, remainder 3)");
    let of = table(&catalog, "table public.r").partition_of.as_ref().unwrap();
    assert_eq!(of.bound, "DEFAULT");
    let strategy = |name: &str| table(&catalog, name).partition_key.as_ref().unwrap().strategy;
    assert_eq!(strategy("table public.p"), PartitionStrategy::Hash);
    assert_eq!(strategy("table public.l"), PartitionStrategy::List);
}

#[tokio::test]
async fn parts_of_keys_indexes_and_triggers() {
    let catalog = catalog(
        "CREATE TABLE r (id int PRIMARY KEY);
        CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES r, c int REFERENCES t, CHECK (b > 0)) PARTITION BY LIST (a);
        CREATE INDEX i ON t (b); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
        CREATE INDEX own ON t1 (c); CREATE INDEX alone ON ONLY t (c);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
        ALTER TABLE t1 DISABLE TRIGGER g; COMMENT ON INDEX t1_b_idx IS 'part';",
    )
    .await;
    assert_eq!(
        objects(&catalog)
            .into_iter()
            .filter(|id| id.contains("t1"))
            .collect::<Vec<_>>(),
        [
            "table public.t1",
            "column public.t1.a",
            "column public.t1.b",
            "column public.t1.c",
            "constraint public.t1.t1_pkey",
            "constraint public.t1.t_b_check",
            "constraint public.t1.t_b_fkey",
            "constraint public.t1.t_c_fkey",
            "index public.t1_b_idx",
            "trigger public.t1.g",
        ]
    );
    let part_of = |name: &str| definition(&catalog, name).partition_of().map(ToString::to_string);
    assert_eq!(
        part_of("constraint public.t1.t1_pkey").as_deref(),
        Some("constraint public.t.t_pkey")
    );
    assert_eq!(
        part_of("constraint public.t1.t_c_fkey").as_deref(),
        Some("constraint public.t.t_c_fkey")
    );
    assert_eq!(part_of("constraint public.t1.t_b_check"), None);
    assert_eq!(
        part_of("index public.t1_b_idx").as_deref(),
        Some("index public.i")
    );
    assert_eq!(part_of("index public.own"), None);
    assert_eq!(
        part_of("trigger public.t1.g").as_deref(),
        Some("trigger public.t.g")
    );
    assert!(index(&catalog, "index public.alone").only);
    assert!(!index(&catalog, "index public.i").only);
    assert_eq!(trigger(&catalog, "trigger public.t1.g").enabled, 'D');
    assert_eq!(comment(&catalog, "index public.t1_b_idx"), Some("part"));
    // What a partition has from its table is not declared by itself.
    let declared = catalog.declarable();
    let of_partition: Vec<String> = declared
        .iter()
        .map(ToString::to_string)
        .filter(|id| id.contains("t1"))
        .collect();
    assert_eq!(of_partition, ["table public.t1"]);
}

#[tokio::test]
async fn a_managed_table_with_partitions_that_nobody_declared() {
    let catalog = catalog(
        "CREATE TABLE t (a int PRIMARY KEY, b int CHECK (b > 0)) PARTITION BY LIST (a); CREATE INDEX ON t (b);",
    )
    .await;
    let declared = catalog.declarable();
    let mut with_partitions = support::catalog(
        "CREATE TABLE t (a int PRIMARY KEY, b int CHECK (b > 0)) PARTITION BY LIST (a); CREATE INDEX ON t (b);
        CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2);",
    )
    .await;
    with_partitions.retain(&declared);
    assert_eq!(catalog, with_partitions);
}

#[tokio::test]
async fn inheritance() {
    let catalog = catalog(
        "CREATE TABLE b (x int, CHECK (x > 0)); CREATE TABLE a (y int); CREATE TABLE c (z int, y int) INHERITS (b, a);
        CREATE TABLE d () INHERITS (c);",
    )
    .await;
    assert_eq!(
        table(&catalog, "table public.c").inherits,
        [id("table public.b"), id("table public.a")]
    );
    let inherited: Vec<String> = catalog.inherited.iter().map(ToString::to_string).collect();
    assert_eq!(
        inherited,
        [
            "column public.c.x",
            "column public.d.x",
            "column public.d.y",
            "column public.d.z",
            "constraint public.c.b_x_check",
            "constraint public.d.b_x_check",
        ]
    );
}

#[tokio::test]
async fn foreign_tables_have_parents_too() {
    let catalog = catalog(
        r#"CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
        CREATE TABLE plain (a int); CREATE FOREIGN TABLE child (b int) INHERITS (plain) SERVER s;
        CREATE TABLE l (a int, CONSTRAINT c CHECK (a > 0)) PARTITION BY LIST (a);
        CREATE FOREIGN TABLE part PARTITION OF l FOR VALUES IN (1) SERVER s;
        CREATE FOREIGN TABLE above (x int) SERVER s; CREATE TABLE under () INHERITS (above);"#,
    )
    .await;
    let parents = |name: &str| definition(&catalog, name).parents();
    let child = parents("foreign table public.child");
    assert_eq!(child.inherits, [id("table public.plain")]);
    assert_eq!(child.partition_of, None);
    let part = parents("foreign table public.part").partition_of.unwrap();
    assert_eq!(
        (part.parent.to_string(), part.bound.as_str()),
        ("table public.l".to_owned(), "FOR VALUES IN (1)")
    );
    assert_eq!(
        parents("table public.under").inherits,
        [id("foreign table public.above")]
    );
    for inherited in [
        "column public.child.a",
        "column public.part.a",
        "constraint public.part.c",
    ] {
        assert!(catalog.inherited.contains(&id(inherited)), "{inherited}");
    }
    assert!(!catalog.inherited.contains(&id("column public.child.b")));
    assert!(catalog.unread.is_empty(), "{:?}", catalog.unread);
}

#[tokio::test]
async fn columns_of_partitioned_indexes_keep_their_names() {
    let catalog = catalog(
        "CREATE TABLE l (a int, was text) PARTITION BY LIST (a);
        CREATE INDEX l_idx ON l (was, lower(was)); ALTER TABLE l ADD CONSTRAINT once UNIQUE (a, was);
        ALTER TABLE l RENAME COLUMN was TO now; CREATE TABLE part PARTITION OF l FOR VALUES IN (1);",
    )
    .await;
    let columns = |name: &str| catalog.index_columns.get(&id(name)).cloned().unwrap_or_default();
    assert_eq!(columns("index public.l_idx"), ["was", "lower"]);
    assert_eq!(columns("constraint public.l.once"), ["a", "was"]);
    assert_eq!(catalog.index_columns.len(), 2);
}

#[tokio::test]
async fn what_children_follow_is_told_once() {
    let before = catalog(
        "CREATE TABLE p (a int, gone int, own int) PARTITION BY LIST (a);
        CREATE TABLE c PARTITION OF p FOR VALUES IN (1);",
    )
    .await;
    let after = catalog(
        "CREATE TABLE p (a int, own bigint, more text, CONSTRAINT positive CHECK (a > 0)) PARTITION BY LIST (a);
        CREATE TABLE c PARTITION OF p FOR VALUES IN (1); CREATE INDEX p_own_idx ON p (own);
        ALTER TABLE c ADD CONSTRAINT itself CHECK (own > 1);",
    )
    .await;
    let found: Vec<String> = before
        .differences(&after)
        .into_iter()
        .map(|difference| format!("{:?} {}", difference.what, difference.object))
        .collect();
    assert_eq!(
        found,
        [
            "Removed column public.p.gone",
            "Added column public.p.more",
            "Changed column public.p.own",
            "Added constraint public.c.itself",
            "Added constraint public.p.positive",
            "Added index public.p_own_idx",
        ]
    );
}
