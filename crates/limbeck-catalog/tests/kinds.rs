//! Each kind of object with every attribute, and names that need care.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::collections::BTreeMap;

use limbeck_catalog::{
    Catalog, CheckConstraint, Column, ColumnSettings, ColumnStorage, Compression, Constraint,
    ConstraintIndex, ConstraintKind, Deferrable, Definition, EnumType, ExclusionConstraint, Extension,
    ForeignKey, Generated, GeneratedKind, Identity, IdentityKind, Index, IndexKey, IndexSettings,
    KeyConstraint, KeyOrder, KeyStatistics, MatchType, NotNullConstraint, ReferentialAction, ReplicaIdentity,
    Routine, Schema, Sequence, SequenceOptions, StorageStrategy, Table, Trigger, View,
};
use limbeck_sql::QualifiedName;
use support::{catalog, comment, definition, id, needs, objects, unread};

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn column(data_type: &str) -> Column {
    Column {
        data_type: data_type.to_owned(),
        not_null: false,
        not_null_constraint: None,
        default: None,
        generated: None,
        identity: None,
        collation: None,
        settings: ColumnSettings::default(),
    }
}

fn key(name: &str) -> IndexKey {
    IndexKey {
        key: name.to_owned(),
        is_expression: false,
        collation: None,
        operator_class: None,
        operator_class_options: Vec::new(),
        order: KeyOrder {
            descending: false,
            nulls_first: false,
        },
    }
}

fn expression(text: &str) -> IndexKey {
    IndexKey {
        is_expression: true,
        ..key(text)
    }
}

fn index(relation: &str, keys: Vec<IndexKey>) -> Index {
    Index {
        relation: id(relation),
        method: "btree".to_owned(),
        unique: false,
        nulls_not_distinct: false,
        keys,
        include: Vec::new(),
        predicate: None,
        settings: IndexSettings::default(),
        only: false,
        partition_of: None,
        valid: true,
    }
}

fn map(options: &[&str]) -> BTreeMap<String, String> {
    options
        .iter()
        .filter_map(|option| option.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// An index behind a constraint, with storage parameters.
fn stored(options: &[&str]) -> ConstraintIndex {
    let mut index = ConstraintIndex::default();
    index.settings.options = map(options);
    index
}

/// The constraint behind a `NOT NULL`, on a server that has any.
fn not_null(catalog: &Catalog, name: &str) -> Option<NotNullConstraint> {
    (catalog.server_version_num >= 180_000).then(|| NotNullConstraint {
        name: name.to_owned(),
        validated: true,
        no_inherit: false,
        comment: None,
    })
}

fn numbers(data_type: &str, maximum: i64) -> SequenceOptions {
    SequenceOptions {
        data_type: data_type.to_owned(),
        start: 1,
        increment: 1,
        minimum: 1,
        maximum,
        cache: 1,
        cycle: false,
    }
}

fn constraint(definition: ConstraintKind) -> Definition {
    Definition::Constraint(Constraint {
        definition,
        enforced: true,
        validated: true,
        deferrable: Deferrable::No,
        partition_of: None,
    })
}

#[tokio::test]
async fn what_is_set_of_storage_and_statistics() {
    let catalog = catalog(
        r#"CREATE TABLE t (a numeric, "B" text COMPRESSION pglz, c int, d text);
        ALTER TABLE t ALTER a SET STORAGE EXTERNAL, ALTER "B" SET STATISTICS 0, ALTER c SET STATISTICS 10000,
            ALTER c SET (n_distinct = -0.5, n_distinct_inherited = 5), ALTER d SET STORAGE PLAIN;
        ALTER TABLE t ALTER d SET STORAGE EXTENDED, ALTER d SET STATISTICS -1, ALTER d SET COMPRESSION DEFAULT;"#,
    )
    .await;
    let of = |name: &str| match definition(&catalog, &format!("column public.t.{name}")) {
        Definition::Column(column) => column.settings.clone(),
        other => panic!("{other:?}"),
    };
    let plain = ColumnSettings::default();
    let external = ColumnSettings {
        storage: Some(ColumnStorage {
            strategy: StorageStrategy::External,
            of_type: StorageStrategy::Main,
        }),
        ..plain.clone()
    };
    assert_eq!(of("a"), external);
    let compressed = ColumnSettings {
        compression: Some(Compression::Pglz),
        statistics_target: Some(0),
        ..plain.clone()
    };
    assert_eq!(of(r#""B""#), compressed);
    let known = ColumnSettings {
        statistics_target: Some(10_000),
        options: [
            ("n_distinct".to_owned(), "-0.5".to_owned()),
            ("n_distinct_inherited".to_owned(), "5".to_owned()),
        ]
        .into(),
        ..plain.clone()
    };
    assert_eq!(of("c"), known);
    assert_eq!(of("d"), plain);
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn an_empty_database_holds_public_and_plpgsql() {
    let catalog = catalog("SELECT 1").await;
    let ids: Vec<String> = catalog.objects.keys().map(ToString::to_string).collect();
    assert_eq!(ids, ["schema public", "extension plpgsql"]);
    assert_eq!(comment(&catalog, "schema public"), Some("standard public schema"));
    assert_eq!(unread(&catalog), strings(&[]));
    assert!(catalog.server_version_num >= 140_000);
}

#[tokio::test]
async fn schemas_and_extensions() {
    let catalog = catalog(
        r#"CREATE SCHEMA "My.App"; COMMENT ON SCHEMA "My.App" IS 'It''s "ours"';
        CREATE EXTENSION pg_trgm SCHEMA "My.App"; COMMENT ON EXTENSION pg_trgm IS 'fuzzy';
        CREATE TABLE t (name text); CREATE INDEX i ON t USING gin (name "My.App".gin_trgm_ops);"#,
    )
    .await;
    assert_eq!(
        definition(&catalog, r#"schema "My.App""#),
        &Definition::Schema(Schema {})
    );
    assert_eq!(comment(&catalog, r#"schema "My.App""#), Some("It's \"ours\""));
    assert!(matches!(
        definition(&catalog, "extension pg_trgm"),
        Definition::Extension(Extension { schema, version, pinned: false })
            if schema == "My.App" && version.starts_with("1.")
    ));
    assert_eq!(comment(&catalog, "extension pg_trgm"), Some("fuzzy"));
    assert_eq!(needs(&catalog, "extension pg_trgm"), [r#"schema "My.App""#]);
    assert!(needs(&catalog, "index public.i").contains(&"extension pg_trgm".to_owned()));
    // Its functions, types and operators are its own.
    assert!(
        !objects(&catalog)
            .iter()
            .any(|object| object.starts_with("function"))
    );
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn enum_types() {
    let catalog = catalog(
        r#"CREATE TYPE mood AS ENUM ('sad', 'ok');
        ALTER TYPE mood ADD VALUE 'it''s "fine"' BEFORE 'ok';
        CREATE TYPE "Empty.Type" AS ENUM (); COMMENT ON TYPE "Empty.Type" IS 'nothing';
        CREATE TABLE t (a mood, b mood[], c "Empty.Type");"#,
    )
    .await;
    assert_eq!(
        definition(&catalog, "type public.mood"),
        &Definition::Enum(EnumType {
            labels: strings(&["sad", "it's \"fine\"", "ok"])
        })
    );
    let empty = definition(&catalog, r#"type public."Empty.Type""#);
    assert_eq!(empty, &Definition::Enum(EnumType { labels: Vec::new() }));
    assert_eq!(comment(&catalog, r#"type public."Empty.Type""#), Some("nothing"));
    assert_eq!(needs(&catalog, "type public.mood"), ["schema public"]);
    assert_eq!(
        needs(&catalog, "column public.t.a"),
        ["type public.mood", "table public.t"]
    );
    assert_eq!(
        needs(&catalog, "column public.t.b"),
        ["type public.mood", "table public.t"]
    );
    let Definition::Column(array) = definition(&catalog, "column public.t.b") else {
        panic!()
    };
    assert_eq!(array.data_type, "public.mood[]");
}

#[tokio::test]
async fn sequences() {
    let catalog = catalog(
        "CREATE SEQUENCE plain;
        CREATE SEQUENCE odd AS smallint INCREMENT BY -2 MINVALUE -100 MAXVALUE 50 START 40 CACHE 7 CYCLE;
        COMMENT ON SEQUENCE odd IS 'downwards';
        CREATE TABLE t (id serial, big bigint GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 10),
                        small smallint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME \"The Seq\"));",
    )
    .await;
    let sequence = |options| Sequence {
        options,
        owned_by: None,
        unlogged: false,
    };
    assert_eq!(
        definition(&catalog, "sequence public.plain"),
        &Definition::Sequence(sequence(numbers("bigint", i64::MAX)))
    );
    assert_eq!(
        definition(&catalog, "sequence public.odd"),
        &Definition::Sequence(sequence(SequenceOptions {
            data_type: "smallint".to_owned(),
            start: 40,
            increment: -2,
            minimum: -100,
            maximum: 50,
            cache: 7,
            cycle: true,
        }))
    );
    assert_eq!(comment(&catalog, "sequence public.odd"), Some("downwards"));
    assert_eq!(
        definition(&catalog, "sequence public.t_id_seq"),
        &Definition::Sequence(Sequence {
            owned_by: Some(id("column public.t.id")),
            ..sequence(numbers("integer", i32::MAX.into()))
        })
    );
    assert_eq!(
        definition(&catalog, "column public.t.id"),
        &Definition::Column(Column {
            not_null: true,
            not_null_constraint: not_null(&catalog, "t_id_not_null"),
            default: Some("nextval('public.t_id_seq'::regclass)".to_owned()),
            ..column("integer")
        })
    );
    assert_eq!(
        needs(&catalog, "column public.t.id"),
        ["sequence public.t_id_seq", "table public.t"]
    );
    assert_eq!(needs(&catalog, "sequence public.t_id_seq"), ["schema public"]);
    // Sequences behind identity columns are part of these.
    assert_eq!(
        definition(&catalog, "column public.t.big"),
        &Definition::Column(Column {
            not_null: true,
            not_null_constraint: not_null(&catalog, "t_big_not_null"),
            identity: Some(Identity {
                kind: IdentityKind::Always,
                sequence: QualifiedName::new("public", "t_big_seq"),
                options: SequenceOptions {
                    start: 10,
                    increment: 10,
                    ..numbers("bigint", i64::MAX)
                },
                unlogged: false,
                comment: None,
            }),
            ..column("bigint")
        })
    );
    let Definition::Column(small) = definition(&catalog, "column public.t.small") else {
        panic!()
    };
    let identity = small.identity.as_ref().unwrap();
    assert_eq!(identity.kind, IdentityKind::ByDefault);
    assert_eq!(identity.sequence, QualifiedName::new("public", "The Seq"));
    assert_eq!(identity.options, numbers("smallint", i16::MAX.into()));
    let names: Vec<String> = objects(&catalog)
        .into_iter()
        .filter(|object| object.starts_with("sequence"))
        .collect();
    assert_eq!(
        names,
        [
            "sequence public.odd",
            "sequence public.plain",
            "sequence public.t_id_seq"
        ]
    );
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn tables_and_columns() {
    let long = "ß".repeat(31) + "x";
    let catalog = catalog(&format!(
        r#"CREATE SCHEMA "S.1";
        CREATE UNLOGGED TABLE "S.1"."Ta""ble.x" (
            "Col.1" varchar(320) COLLATE "C" NOT NULL DEFAULT 'it''s',
            "select" numeric(12,2) DEFAULT 0,
            {long} timestamp(3) with time zone DEFAULT '2026-01-01 00:00:00+02',
            twice int GENERATED ALWAYS AS (length("Col.1") * 2) STORED,
            plain text, "日本" int[] DEFAULT '{{1,2}}', span interval DEFAULT '1 day 02:00',
            bits bytea DEFAULT '\x00ff', float float8 DEFAULT 0.1, price money DEFAULT 1)
        WITH (fillfactor = 70, autovacuum_enabled = off, toast.autovacuum_enabled = off);
        ALTER TABLE "S.1"."Ta""ble.x" ADD COLUMN gone int, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        ALTER TABLE "S.1"."Ta""ble.x" DROP COLUMN gone;
        COMMENT ON TABLE "S.1"."Ta""ble.x" IS 'two
lines \ and a ''quote''';
        COMMENT ON COLUMN "S.1"."Ta""ble.x"."日本" IS 'Japan';
        CREATE TABLE nothing ();"#
    ))
    .await;
    let table = r#"table "S.1"."Ta""ble.x""#;
    assert_eq!(
        definition(&catalog, table),
        &Definition::Table(Table {
            unlogged: true,
            options: [
                ("autovacuum_enabled".to_owned(), "off".to_owned()),
                ("fillfactor".to_owned(), "70".to_owned()),
                ("toast.autovacuum_enabled".to_owned(), "off".to_owned()),
            ]
            .into(),
            row_security: true,
            force_row_security: true,
            ..Table::default()
        })
    );
    assert_eq!(comment(&catalog, table), Some("two\nlines \\ and a 'quote'"));
    assert_eq!(needs(&catalog, table), [r#"schema "S.1""#]);
    let of = |name: &str| match definition(&catalog, &format!(r#"column "S.1"."Ta""ble.x".{name}"#)) {
        Definition::Column(column) => column.clone(),
        other => panic!("{other:?}"),
    };
    let with_default = |data_type: &str, default: &str| Column {
        default: Some(default.to_owned()),
        ..column(data_type)
    };
    assert_eq!(
        of(r#""Col.1""#),
        Column {
            not_null: true,
            not_null_constraint: not_null(&catalog, "Ta\"ble.x_Col.1_not_null"),
            collation: Some(QualifiedName::new("pg_catalog", "C")),
            ..with_default("character varying(320)", "'it''s'::character varying")
        }
    );
    assert_eq!(of(r#""select""#), with_default("numeric(12,2)", "0"));
    assert_eq!(
        of(&format!("\"{long}\"")),
        with_default(
            "timestamp(3) with time zone",
            "'2025-12-31 22:00:00+00'::timestamp with time zone"
        )
    );
    assert_eq!(
        of("twice"),
        Column {
            generated: Some(Generated {
                kind: GeneratedKind::Stored,
                expression: "(length((\"Col.1\")::text) * 2)".to_owned(),
            }),
            ..column("integer")
        }
    );
    assert_eq!(of("plain"), column("text"));
    assert_eq!(of(r#""日本""#), with_default("integer[]", "'{1,2}'::integer[]"));
    assert_eq!(of("span"), with_default("interval", "'1 day 02:00:00'::interval"));
    assert_eq!(of("bits"), with_default("bytea", r"'\x00ff'::bytea"));
    assert_eq!(of("float"), with_default("double precision", "0.1"));
    assert_eq!(
        comment(&catalog, r#"column "S.1"."Ta""ble.x"."日本""#),
        Some("Japan")
    );
    assert_eq!(
        catalog.column_order[&id(table)],
        [
            "Col.1", "select", &long, "twice", "plain", "日本", "span", "bits", "float", "price"
        ]
    );
    assert_eq!(catalog.column_order[&id("table public.nothing")], strings(&[]));
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn keys_checks_and_foreign_keys() {
    let catalog = catalog(
        r#"CREATE TABLE "Parent" ("Id" int, b int, c int, note text,
            CONSTRAINT "The.Key" PRIMARY KEY ("Id", b) INCLUDE (note) WITH (fillfactor = 80),
            CONSTRAINT one UNIQUE (c) DEFERRABLE INITIALLY DEFERRED,
            CONSTRAINT two UNIQUE (c),
            CONSTRAINT positive CHECK (c > 0) NO INHERIT);
        CREATE TABLE child (a int, b int, c int, d int,
            CONSTRAINT full_key FOREIGN KEY (b, a) REFERENCES "Parent" (b, "Id") MATCH FULL
                ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE,
            CONSTRAINT self CHECK (a <> b));
        ALTER TABLE child ADD CONSTRAINT late FOREIGN KEY (c) REFERENCES "Parent" (c)
            ON DELETE SET DEFAULT ON UPDATE SET NULL NOT VALID;
        ALTER TABLE child ADD CONSTRAINT unchecked CHECK (d > 0) NOT VALID;
        COMMENT ON CONSTRAINT late ON child IS 'not yet';"#,
    )
    .await;
    assert_eq!(
        definition(&catalog, r#"constraint public."Parent"."The.Key""#),
        &constraint(ConstraintKind::PrimaryKey(KeyConstraint {
            columns: strings(&["Id", "b"]),
            without_overlaps: false,
            include: strings(&["note"]),
            nulls_not_distinct: false,
            index: stored(&["fillfactor=80"]),
        }))
    );
    assert_eq!(
        definition(&catalog, r#"constraint public."Parent".one"#),
        &Definition::Constraint(Constraint {
            definition: ConstraintKind::Unique(KeyConstraint {
                columns: strings(&["c"]),
                without_overlaps: false,
                include: Vec::new(),
                nulls_not_distinct: false,
                index: ConstraintIndex::default(),
            }),
            enforced: true,
            validated: true,
            deferrable: Deferrable::InitiallyDeferred,
            partition_of: None,
        })
    );
    assert_eq!(
        definition(&catalog, r#"constraint public."Parent".positive"#),
        &constraint(ConstraintKind::Check(CheckConstraint {
            expression: "(c > 0)".to_owned(),
            no_inherit: true,
        }))
    );
    assert_eq!(
        definition(&catalog, "constraint public.child.full_key"),
        &Definition::Constraint(Constraint {
            definition: ConstraintKind::ForeignKey(ForeignKey {
                columns: strings(&["b", "a"]),
                references: QualifiedName::new("public", "Parent"),
                referenced_columns: strings(&["b", "Id"]),
                period: false,
                match_type: MatchType::Full,
                on_update: ReferentialAction::Cascade,
                on_delete: ReferentialAction::Restrict,
                on_delete_columns: Vec::new(),
            }),
            enforced: true,
            validated: true,
            deferrable: Deferrable::InitiallyImmediate,
            partition_of: None,
        })
    );
    assert_eq!(
        definition(&catalog, "constraint public.child.late"),
        &Definition::Constraint(Constraint {
            definition: ConstraintKind::ForeignKey(ForeignKey {
                columns: strings(&["c"]),
                references: QualifiedName::new("public", "Parent"),
                referenced_columns: strings(&["c"]),
                period: false,
                match_type: MatchType::Simple,
                on_update: ReferentialAction::SetNull,
                on_delete: ReferentialAction::SetDefault,
                on_delete_columns: Vec::new(),
            }),
            enforced: true,
            validated: false,
            deferrable: Deferrable::No,
            partition_of: None,
        })
    );
    let Definition::Constraint(unchecked) = definition(&catalog, "constraint public.child.unchecked") else {
        panic!()
    };
    assert!(!unchecked.validated);
    assert_eq!(comment(&catalog, "constraint public.child.late"), Some("not yet"));
    // A constraint's index is the constraint.
    assert!(!objects(&catalog).iter().any(|object| object.starts_with("index")));
    assert_eq!(
        needs(&catalog, "constraint public.child.full_key"),
        [
            r#"table public."Parent""#,
            "table public.child",
            r#"column public."Parent"."Id""#,
            r#"column public."Parent".b"#,
            "column public.child.a",
            "column public.child.b",
            r#"constraint public."Parent"."The.Key""#,
        ]
        .into_iter()
        .filter(|needed| *needed != r#"table public."Parent""#)
        .collect::<Vec<_>>()
    );
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn constraints_since_15() {
    let catalog = catalog(
        "DO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 THEN
            EXECUTE 'CREATE TABLE p (a int, b int, PRIMARY KEY (a, b), CONSTRAINT u UNIQUE NULLS NOT DISTINCT (b))';
            EXECUTE 'CREATE TABLE c (a int, b int,
                CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p ON DELETE SET NULL (b))';
            EXECUTE 'CREATE UNIQUE INDEX i ON c (a) NULLS NOT DISTINCT';
            EXECUTE 'CREATE UNLOGGED SEQUENCE s';
        END IF; END $$",
    )
    .await;
    if catalog.server_version_num < 150_000 {
        eprintln!("skipped: needs PostgreSQL 15");
        return;
    }
    let Definition::Constraint(foreign_key) = definition(&catalog, "constraint public.c.f") else {
        panic!()
    };
    let ConstraintKind::ForeignKey(foreign_key) = &foreign_key.definition else {
        panic!()
    };
    assert_eq!(foreign_key.on_delete, ReferentialAction::SetNull);
    assert_eq!(foreign_key.on_delete_columns, ["b"]);
    let Definition::Constraint(unique) = definition(&catalog, "constraint public.p.u") else {
        panic!()
    };
    assert!(matches!(&unique.definition, ConstraintKind::Unique(key) if key.nulls_not_distinct));
    assert_eq!(
        definition(&catalog, "index public.i"),
        &Definition::Index(Index {
            unique: true,
            nulls_not_distinct: true,
            ..index("table public.c", vec![key("a")])
        })
    );
    assert!(
        matches!(definition(&catalog, "sequence public.s"), Definition::Sequence(sequence) if sequence.unlogged)
    );
}

#[tokio::test]
async fn exclusion_constraints() {
    let catalog = catalog(
        r#"CREATE SCHEMA ext; CREATE EXTENSION btree_gist SCHEMA ext;
        CREATE SCHEMA "My"; CREATE FUNCTION "My".same(int4range, int4range) RETURNS boolean LANGUAGE sql IMMUTABLE
            RETURN $1 && $2;
        CREATE TABLE booking (room int, during tsrange, note text,
            CONSTRAINT no_overlap EXCLUDE USING gist (room ext.gist_int4_ops WITH =, during WITH &&)
                INCLUDE (note) WITH (fillfactor = 60) WHERE (room > 0) DEFERRABLE,
            CONSTRAINT lower_once EXCLUDE (lower(note) text_pattern_ops DESC WITH OPERATOR(pg_catalog.=)));"#,
    )
    .await;
    let Definition::Constraint(no_overlap) = definition(&catalog, "constraint public.booking.no_overlap")
    else {
        panic!()
    };
    assert_eq!(no_overlap.deferrable, Deferrable::InitiallyImmediate);
    assert_eq!(
        no_overlap.definition,
        ConstraintKind::Exclusion(ExclusionConstraint {
            method: "gist".to_owned(),
            keys: vec![key("room"), key("during")],
            operators: strings(&["=", "&&"]),
            include: strings(&["note"]),
            predicate: Some("(room > 0)".to_owned()),
            index: stored(&["fillfactor=60"]),
        })
    );
    assert!(
        needs(&catalog, "constraint public.booking.no_overlap").contains(&"extension btree_gist".to_owned())
    );
    let Definition::Constraint(lower) = definition(&catalog, "constraint public.booking.lower_once") else {
        panic!()
    };
    assert_eq!(
        lower.definition,
        ConstraintKind::Exclusion(ExclusionConstraint {
            method: "btree".to_owned(),
            keys: vec![IndexKey {
                operator_class: Some(QualifiedName::new("pg_catalog", "text_pattern_ops")),
                order: KeyOrder {
                    descending: true,
                    nulls_first: true,
                },
                ..expression("lower(note)")
            }],
            operators: strings(&["="]),
            include: Vec::new(),
            predicate: None,
            index: ConstraintIndex::default(),
        })
    );
}

#[tokio::test]
async fn operators_of_a_schema_are_qualified() {
    let catalog = catalog(
        r#"CREATE SCHEMA "My";
        CREATE FUNCTION "My".eq(int, int) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
        CREATE OPERATOR "My".=== (LEFTARG = int, RIGHTARG = int, FUNCTION = "My".eq, COMMUTATOR = OPERATOR("My".===));
        CREATE OPERATOR FAMILY "My".f USING hash;
        CREATE OPERATOR CLASS "My".c FOR TYPE int USING hash FAMILY "My".f AS
            OPERATOR 1 "My".===, FUNCTION 1 hashint4(int);
        CREATE TABLE t (a int, CONSTRAINT once EXCLUDE USING hash (a "My".c WITH OPERATOR("My".===)));"#,
    )
    .await;
    let Definition::Constraint(once) = definition(&catalog, "constraint public.t.once") else {
        panic!()
    };
    let ConstraintKind::Exclusion(once) = &once.definition else {
        panic!()
    };
    assert_eq!(once.operators, [r#"OPERATOR("My".===)"#]);
    assert_eq!(once.keys[0].operator_class, Some(QualifiedName::new("My", "c")));
    assert_eq!(
        unread(&catalog),
        [
            r#"operator: "My".===(integer, integer)"#,
            r#"operator class: "My".c"#,
            r#"operator family: "My".f"#,
        ]
    );
}

#[tokio::test]
async fn indexes() {
    let catalog = catalog(
        r#"CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext;
        CREATE TYPE mood AS ENUM ('a');
        CREATE TABLE "T" (a int, b text, c text COLLATE "C", d varchar(10), e tsvector, f int[], g mood, h jsonb,
                          i char(4), j name, k inet, "L ON public.x USING btree (" int);
        CREATE INDEX plain ON "T" (a, b, c, d, g, f, k, j);
        CREATE UNIQUE INDEX orders ON "T" (a DESC, b ASC NULLS FIRST, c DESC NULLS LAST) INCLUDE (d, e)
            WITH (fillfactor = 50, deduplicate_items = off) WHERE a > 0 AND b IS NOT NULL;
        CREATE INDEX expressions ON "T" (lower(b), (a + 1) DESC, (b || c COLLATE "POSIX"), upper(c));
        CREATE INDEX collations ON "T" (b COLLATE "C", c COLLATE "default", lower(b) COLLATE "POSIX",
                                        lower(c) COLLATE "default", lower(c), a);
        CREATE INDEX classes ON "T" (b text_pattern_ops, d varchar_pattern_ops, d bpchar_ops, i text_ops, lower(b) bpchar_ops);
        CREATE INDEX "The.Gin" ON "T" USING gin (f, h jsonb_path_ops, e);
        CREATE INDEX trigrams ON "T" USING gist (b ext.gist_trgm_ops (siglen = 32));
        CREATE INDEX "i ON public.""T"" USING btree (" ON "T" (("L ON public.x USING btree (" + 1), lower(b) COLLATE "C");
        COMMENT ON INDEX "The.Gin" IS 'inverted';"#
            .replace("i text_ops, ", "")
            .as_str(),
    )
    .await;
    let of = |name: &str| match definition(&catalog, &format!("index public.{name}")) {
        Definition::Index(index) => index.clone(),
        other => panic!("{other:?}"),
    };
    let table = r#"table public."T""#;
    let class = |key: IndexKey, name: &str| IndexKey {
        operator_class: Some(QualifiedName::new("pg_catalog", name)),
        ..key
    };
    let collated = |key: IndexKey, name: &str| IndexKey {
        collation: Some(QualifiedName::new("pg_catalog", name)),
        ..key
    };
    let order = |key: IndexKey, descending, nulls_first| IndexKey {
        order: KeyOrder {
            descending,
            nulls_first,
        },
        ..key
    };
    let plain = ["a", "b", "c", "d", "g", "f", "k", "j"].map(key).to_vec();
    assert_eq!(of("plain"), index(table, plain));
    assert_eq!(
        of("orders"),
        Index {
            unique: true,
            include: strings(&["d", "e"]),
            settings: stored(&["deduplicate_items=off", "fillfactor=50"]).settings,
            predicate: Some("((a > 0) AND (b IS NOT NULL))".to_owned()),
            ..index(
                table,
                vec![
                    order(key("a"), true, true),
                    order(key("b"), false, true),
                    order(key("c"), true, false)
                ]
            )
        }
    );
    assert_eq!(
        of("expressions").keys,
        [
            expression("lower(b)"),
            order(expression("((a + 1))"), true, true),
            expression("((b || (c COLLATE \"POSIX\")))"),
            expression("upper(c)"),
        ]
    );
    assert_eq!(
        of("collations").keys,
        [
            collated(key("b"), "C"),
            collated(key("c"), "default"),
            collated(expression("lower(b)"), "POSIX"),
            collated(expression("lower(c)"), "default"),
            expression("lower(c)"),
            key("a"),
        ]
    );
    assert_eq!(
        of("classes").keys,
        [
            class(key("b"), "text_pattern_ops"),
            class(key("d"), "varchar_pattern_ops"),
            class(key("d"), "bpchar_ops"),
            class(expression("lower(b)"), "bpchar_ops"),
        ]
    );
    assert_eq!(
        of("\"The.Gin\""),
        Index {
            method: "gin".to_owned(),
            ..index(table, vec![key("f"), class(key("h"), "jsonb_path_ops"), key("e")])
        }
    );
    assert_eq!(comment(&catalog, r#"index public."The.Gin""#), Some("inverted"));
    assert_eq!(
        of("trigrams").keys,
        [IndexKey {
            operator_class: Some(QualifiedName::new("ext", "gist_trgm_ops")),
            operator_class_options: strings(&["siglen='32'"]),
            ..key("b")
        }]
    );
    assert_eq!(
        of(r#""i ON public.""T"" USING btree (""#).keys,
        [
            expression(r#"(("L ON public.x USING btree (" + 1))"#),
            collated(expression("lower(b)"), "C")
        ]
    );
    assert_eq!(
        needs(&catalog, "index public.orders"),
        [
            r#"table public."T""#,
            r#"column public."T".a"#,
            r#"column public."T".b"#,
            r#"column public."T".c"#,
            r#"column public."T".d"#,
            r#"column public."T".e"#
        ]
    );
    assert!(needs(&catalog, "index public.trigrams").contains(&"extension pg_trgm".to_owned()));
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn an_invalid_index_is_not_taken_for_a_good_one() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = support::database(&scratch, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)").await;
    let failed = session
        .execute("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)")
        .await;
    assert_eq!(failed.unwrap_err().sqlstate(), Some("23505"));
    let catalog = support::read(&session).await;
    assert_eq!(
        definition(&catalog, "index public.i"),
        &Definition::Index(Index {
            unique: true,
            only: false,
            partition_of: None,
            valid: false,
            ..index("table public.t", vec![key("a")])
        })
    );
}

#[tokio::test]
async fn views_and_materialised_views() {
    let catalog = catalog(
        r#"CREATE TABLE t (a int, "B.c" text);
        CREATE VIEW "V.1" WITH (security_barrier) AS SELECT a, "B.c" AS "x""y" FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;
        CREATE VIEW second AS SELECT "x""y" FROM "V.1"; ALTER VIEW second ALTER "x""y" SET DEFAULT lower('A');
        CREATE MATERIALIZED VIEW filled WITH (fillfactor = 60) AS SELECT count(*) AS n FROM second;
        CREATE MATERIALIZED VIEW "Empty" AS SELECT 1 AS n WITH NO DATA;
        CREATE UNIQUE INDEX on_view ON filled (n);
        COMMENT ON VIEW second IS 'again'; COMMENT ON MATERIALIZED VIEW filled IS 'kept';"#,
    )
    .await;
    let Definition::View(first) = definition(&catalog, r#"view public."V.1""#) else {
        panic!()
    };
    assert_eq!(
        first.options,
        map(&["check_option=local", "security_barrier=true"])
    );
    assert!(first.populated);
    assert!(first.query.contains("FROM public.t"), "{}", first.query);
    assert!(!first.query.ends_with(';'), "{}", first.query);
    assert_eq!(catalog.column_order[&id(r#"view public."V.1""#)], ["a", "x\"y"]);
    assert_eq!(
        definition(&catalog, "materialized view public.filled"),
        &Definition::View(View {
            query: " SELECT count(*) AS n\n   FROM public.second".to_owned(),
            options: map(&["fillfactor=60"]),
            column_defaults: BTreeMap::new(),
            populated: true,
            ..View::default()
        })
    );
    assert!(
        matches!(definition(&catalog, "view public.second"), Definition::View(view)
            if view.column_defaults == [("x\"y".to_owned(), "lower('A'::text)".to_owned())].into())
    );
    assert!(
        matches!(definition(&catalog, "materialized view public.\"Empty\""), Definition::View(view) if !view.populated)
    );
    assert_eq!(comment(&catalog, "view public.second"), Some("again"));
    assert_eq!(comment(&catalog, "materialized view public.filled"), Some("kept"));
    assert_eq!(
        definition(&catalog, "index public.on_view"),
        &Definition::Index(Index {
            unique: true,
            ..index("materialized view public.filled", vec![key("n")])
        })
    );
    assert_eq!(
        needs(&catalog, r#"view public."V.1""#),
        ["schema public", r#"column public.t."B.c""#, "column public.t.a"]
    );
    assert_eq!(
        needs(&catalog, "view public.second"),
        ["schema public", r#"view public."V.1""#]
    );
    assert_eq!(
        needs(&catalog, "index public.on_view"),
        ["materialized view public.filled"]
    );
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn where_and_how_tables_and_indexes_are_stored() {
    let catalog = catalog(
        r#"CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
        CREATE TABLE other (a int) USING heap2;
        CREATE TABLE t (c int NOT NULL UNIQUE, d int);
        CREATE INDEX i ON t ((c + d), d, (c * d)); CREATE INDEX j ON t (d);
        ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 9, ALTER COLUMN 3 SET STATISTICS 0;
        ALTER TABLE t CLUSTER ON j, REPLICA IDENTITY USING INDEX t_c_key;
        COMMENT ON INDEX t_c_key IS 'the only one';
        CREATE TABLE gone (c int NOT NULL); CREATE UNIQUE INDEX k ON gone (c);
        ALTER TABLE gone REPLICA IDENTITY USING INDEX k; DROP INDEX k;
        CREATE TABLE f (id int GENERATED ALWAYS AS IDENTITY); ALTER TABLE f REPLICA IDENTITY FULL;
        COMMENT ON SEQUENCE f_id_seq IS 'counts';
        CREATE MATERIALIZED VIEW m USING heap2 WITH (toast.autovacuum_enabled = off, fillfactor = 60)
            AS SELECT 'a'::text AS a, 1 AS b;
        ALTER MATERIALIZED VIEW m ALTER a SET STORAGE EXTERNAL, ALTER a SET STATISTICS 7;"#,
    )
    .await;
    let table = |name: &str| match definition(&catalog, &format!("table public.{name}")) {
        Definition::Table(table) => table.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(table("other").access_method.as_deref(), Some("heap2"));
    assert_eq!(table("t").access_method, None);
    assert_eq!(table("t").replica_identity, ReplicaIdentity::Index);
    assert_eq!(table("f").replica_identity, ReplicaIdentity::Full);
    // The index that was to tell rows apart is gone.
    assert_eq!(table("gone").replica_identity, ReplicaIdentity::Nothing);
    let index = |name: &str| match definition(&catalog, &format!("index public.{name}")) {
        Definition::Index(index) => index.settings.clone(),
        other => panic!("{other:?}"),
    };
    let statistics = [(1, 9), (3, 0)].map(|(key, target)| KeyStatistics { key, target });
    assert_eq!(
        index("i"),
        IndexSettings {
            statistics: statistics.to_vec(),
            ..IndexSettings::default()
        }
    );
    assert!(index("j").clustered);
    let Definition::Constraint(key) = definition(&catalog, "constraint public.t.t_c_key") else {
        panic!()
    };
    let key = key.definition.index().unwrap();
    assert!(key.settings.replica_identity);
    assert_eq!(key.comment.as_deref(), Some("the only one"));
    let Definition::Column(id) = definition(&catalog, "column public.f.id") else {
        panic!()
    };
    assert_eq!(id.identity.as_ref().unwrap().comment.as_deref(), Some("counts"));
    let Definition::View(view) = definition(&catalog, "materialized view public.m") else {
        panic!()
    };
    assert_eq!(
        view.options,
        map(&["fillfactor=60", "toast.autovacuum_enabled=off"])
    );
    assert_eq!(view.access_method.as_deref(), Some("heap2"));
    assert_eq!(view.column_settings["a"].statistics_target, Some(7));
    assert_eq!(view.column_settings.len(), 1);
    assert_eq!(unread(&catalog), ["access method: heap2"]);
}

#[tokio::test]
async fn constraints_since_18() {
    let catalog = catalog(
        r#"DO $$ BEGIN IF current_setting('server_version_num')::int >= 180000 THEN
            EXECUTE 'CREATE TABLE p (a int4range, during daterange, CONSTRAINT k PRIMARY KEY (a, during WITHOUT OVERLAPS))';
            EXECUTE 'CREATE TABLE c (a int4range, during daterange, n int CONSTRAINT "N n" NOT NULL NO INHERIT, m int,
                v int GENERATED ALWAYS AS (n + 1) VIRTUAL, CONSTRAINT e CHECK (n > 0) NOT ENFORCED,
                CONSTRAINT f FOREIGN KEY (a, PERIOD during) REFERENCES p (a, PERIOD during))';
            EXECUTE 'ALTER TABLE c ADD CONSTRAINT late NOT NULL m NOT VALID';
            EXECUTE 'COMMENT ON CONSTRAINT late ON c IS ''not yet''';
        END IF; END $$"#,
    )
    .await;
    if catalog.server_version_num < 180_000 {
        eprintln!("skipped: needs PostgreSQL 18");
        return;
    }
    let constraint = |name: &str| match definition(&catalog, &format!("constraint public.{name}")) {
        Definition::Constraint(constraint) => constraint.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(constraint("p.k").definition, ConstraintKind::PrimaryKey(key) if key.without_overlaps));
    assert!(matches!(constraint("c.f").definition, ConstraintKind::ForeignKey(key) if key.period));
    assert!(!constraint("c.e").enforced);
    let column = |name: &str| match definition(&catalog, &format!("column public.c.{name}")) {
        Definition::Column(column) => column.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        column("n").not_null_constraint,
        Some(NotNullConstraint {
            no_inherit: true,
            ..not_null(&catalog, "N n").unwrap()
        })
    );
    assert_eq!(
        column("m").not_null_constraint,
        Some(NotNullConstraint {
            validated: false,
            comment: Some("not yet".to_owned()),
            ..not_null(&catalog, "late").unwrap()
        })
    );
    assert_eq!(column("v").generated.unwrap().kind, GeneratedKind::Virtual);
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn functions_and_procedures() {
    let catalog = catalog(
        r#"CREATE TYPE "Mood.x" AS ENUM ('a'); CREATE TABLE t (n int);
        CREATE FUNCTION nix() RETURNS void LANGUAGE sql AS '';
        CREATE FUNCTION "Over.load"(a int, VARIADIC b text[] DEFAULT '{}') RETURNS SETOF t LANGUAGE sql STABLE
            AS $$ SELECT * FROM t $$;
        CREATE FUNCTION "Over.load"(INOUT a "Mood.x", OUT b int) LANGUAGE sql
            BEGIN ATOMIC SELECT "Over.load".a, count(*)::int FROM t; END;
        CREATE PROCEDURE work(IN a numeric(10,2), OUT b int) LANGUAGE plpgsql
            SET search_path = 'public' AS $$ BEGIN b := 1; END $$;
        COMMENT ON FUNCTION "Over.load"(int, text[]) IS 'many';
        COMMENT ON PROCEDURE work IS 'does';
        CREATE VIEW v AS SELECT (nix())::text AS x;"#,
    )
    .await;
    let Definition::Routine(Routine {
        definition: text,
        result,
        arguments,
        window: false,
    }) = definition(&catalog, r#"function public."Over.load"(integer, text[])"#)
    else {
        panic!()
    };
    assert!(
        text.starts_with(r#"CREATE OR REPLACE FUNCTION public."Over.load"(a integer"#),
        "{text}"
    );
    assert!(
        text.ends_with("AS $function$ SELECT * FROM t $function$"),
        "{text}"
    );
    assert_eq!(result.as_deref(), Some("SETOF public.t"));
    assert_eq!(arguments, "a integer, VARIADIC b text[] DEFAULT '{}'::text[]");
    assert_eq!(
        comment(&catalog, r#"function public."Over.load"(integer, text[])"#),
        Some("many")
    );
    let atomic = r#"function public."Over.load"(public."Mood.x")"#;
    let Definition::Routine(routine) = definition(&catalog, atomic) else {
        panic!()
    };
    assert!(
        routine.definition.contains("FROM public.t;"),
        "{}",
        routine.definition
    );
    assert_eq!(
        needs(&catalog, atomic),
        ["schema public", r#"type public."Mood.x""#, "table public.t"]
    );
    let procedure = definition(&catalog, "procedure public.work(numeric)");
    assert!(matches!(procedure, Definition::Routine(procedure) if procedure.result.is_none()));
    assert_eq!(comment(&catalog, "procedure public.work(numeric)"), Some("does"));
    assert_eq!(
        needs(&catalog, "view public.v"),
        ["schema public", "function public.nix()"]
    );
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn triggers() {
    let catalog = catalog(
        r#"CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t); CREATE VIEW v AS SELECT * FROM t;
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER "Touch.it" BEFORE UPDATE OF b ON t FOR EACH ROW WHEN (NEW.b > 0) EXECUTE FUNCTION f('x');
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION f();
        CREATE TRIGGER instead INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();
        ALTER TABLE t DISABLE TRIGGER "Touch.it"; ALTER TABLE t ENABLE ALWAYS TRIGGER late;
        COMMENT ON TRIGGER late ON t IS 'at the end';"#,
    )
    .await;
    assert_eq!(
        definition(&catalog, r#"trigger public.t."Touch.it""#),
        &Definition::Trigger(Trigger {
            definition: "CREATE TRIGGER \"Touch.it\" BEFORE UPDATE OF b ON public.t FOR EACH ROW \
                         WHEN ((new.b > 0)) EXECUTE FUNCTION public.f('x')"
                .to_owned(),
            is_constraint: false,
            enabled: 'D',
            partition_of: None,
        })
    );
    let Definition::Trigger(late) = definition(&catalog, "trigger public.t.late") else {
        panic!()
    };
    assert!(late.is_constraint);
    assert!(
        late.definition
            .starts_with("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON public.t DEFERRABLE")
    );
    assert_eq!(late.enabled, 'A');
    assert_eq!(comment(&catalog, "trigger public.t.late"), Some("at the end"));
    assert!(
        matches!(definition(&catalog, "trigger public.v.instead"), Definition::Trigger(trigger) if trigger.enabled == 'O')
    );
    assert_eq!(
        needs(&catalog, r#"trigger public.t."Touch.it""#),
        ["table public.t", "column public.t.b", "function public.f()"]
    );
    let all: Vec<String> = objects(&catalog)
        .into_iter()
        .filter(|object| object.starts_with("trigger") || object.starts_with("constraint"))
        .collect();
    assert_eq!(
        all,
        [
            "constraint public.t.t_b_fkey",
            "constraint public.t.t_pkey",
            r#"trigger public.t."Touch.it""#,
            "trigger public.t.late",
            "trigger public.v.instead"
        ]
    );
    assert_eq!(unread(&catalog), strings(&[]));
}

#[tokio::test]
async fn what_18_brought() {
    let catalog = catalog(
        "DO $$ BEGIN IF current_setting('server_version_num')::int >= 180000 THEN
            EXECUTE 'CREATE TABLE t (a int, b int NOT NULL, c int GENERATED ALWAYS AS (a + 1) VIRTUAL,
                d int CONSTRAINT own_name NOT NULL, e int, during daterange,
                CONSTRAINT lax CHECK (a > 0) NOT ENFORCED)';
            EXECUTE 'ALTER TABLE t ADD CONSTRAINT t_e_not_null NOT NULL e NOT VALID';
            EXECUTE 'COMMENT ON CONSTRAINT t_b_not_null ON t IS \'\'x\'\'';
            EXECUTE 'CREATE TABLE u (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS))';
        END IF; END $$",
    )
    .await;
    if catalog.server_version_num < 180_000 {
        eprintln!("skipped: needs PostgreSQL 18");
        return;
    }
    assert_eq!(
        definition(&catalog, "column public.t.c"),
        &Definition::Column(Column {
            generated: Some(Generated {
                kind: GeneratedKind::Virtual,
                expression: "(a + 1)".to_owned(),
            }),
            ..column("integer")
        })
    );
    assert!(
        matches!(definition(&catalog, "column public.t.b"), Definition::Column(column) if column.not_null)
    );
    let not_null = |column: &str| match definition(&catalog, column) {
        Definition::Column(column) => column.not_null_constraint.clone().unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(not_null("column public.t.b").comment.as_deref(), Some("x"));
    assert_eq!(not_null("column public.t.d").name, "own_name");
    assert!(!not_null("column public.t.e").validated);
    let constraint = |constraint: &str| match definition(&catalog, constraint) {
        Definition::Constraint(constraint) => constraint.clone(),
        other => panic!("{other:?}"),
    };
    assert!(!constraint("constraint public.t.lax").enforced);
    let ConstraintKind::PrimaryKey(key) = constraint("constraint public.u.u_pkey").definition else {
        panic!("no primary key");
    };
    assert!(key.without_overlaps);
    assert_eq!(unread(&catalog), Vec::<String>::new());
}
