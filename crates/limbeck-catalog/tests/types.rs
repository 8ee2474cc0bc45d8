//! Types other than enums, collations, casts and text search, with every attribute.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_catalog::{
    Attribute, Cast, CastContext, CastMethod, Catalog, Collation, CollationProvider, CompositeType,
    Definition, Domain, DomainConstraint, RangeType, TextSearchConfiguration, TextSearchDictionary,
};
use limbeck_sql::QualifiedName;
use support::{catalog, comment, definition, id, needs, objects, unread};

fn name(schema: &str, name: &str) -> QualifiedName {
    QualifiedName::new(schema, name)
}

fn assert_all_is_read(catalog: &Catalog) {
    assert!(unread(catalog).is_empty(), "{:?}", unread(catalog));
}

#[tokio::test]
async fn domains() {
    let catalog = catalog(
        r#"CREATE DOMAIN "D.x" AS varchar(5) COLLATE "C" DEFAULT 'a' NOT NULL CONSTRAINT "Not b" CHECK (VALUE <> 'b');
        COMMENT ON DOMAIN "D.x" IS 'x'; COMMENT ON CONSTRAINT "Not b" ON DOMAIN "D.x" IS 'y';
        CREATE FUNCTION ok(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
        CREATE DOMAIN over AS "D.x"[]; ALTER DOMAIN over ADD CHECK (ok(VALUE[1])) NOT VALID;
        CREATE TABLE t (a over, b over[]);"#,
    )
    .await;
    assert_all_is_read(&catalog);
    let expected = Domain {
        data_type: "character varying(5)".to_owned(),
        collation: Some(name("pg_catalog", "C")),
        default: Some("'a'::character varying".to_owned()),
        not_null: true,
        not_null_name: None,
        not_null_comment: None,
    };
    assert_eq!(
        *definition(&catalog, r#"domain public."D.x""#),
        Definition::Domain(expected)
    );
    assert_eq!(comment(&catalog, r#"domain public."D.x""#), Some("x"));
    let check = r#"constraint public."D.x"."Not b""#;
    assert_eq!(comment(&catalog, check), Some("y"));
    assert_eq!(
        *definition(&catalog, "constraint public.over.over_check"),
        Definition::DomainConstraint(DomainConstraint {
            expression: "ok(((VALUE)[1])::text)".replace("ok(", "public.ok("),
            validated: false
        })
    );
    assert_eq!(
        needs(&catalog, "constraint public.over.over_check"),
        ["domain public.over", "function public.ok(text)"]
    );
    assert_eq!(
        needs(&catalog, "domain public.over"),
        ["schema public", r#"domain public."D.x""#]
    );
    for column in ["column public.t.a", "column public.t.b"] {
        assert_eq!(needs(&catalog, column), ["domain public.over", "table public.t"]);
    }
}

#[tokio::test]
async fn composite_types() {
    let catalog = catalog(
        r#"CREATE TYPE "C" AS (b integer, "A" varchar(3) COLLATE "C", gone text, z date[]);
        ALTER TYPE "C" DROP ATTRIBUTE gone;
        COMMENT ON TYPE "C" IS 'x'; COMMENT ON COLUMN "C"."A" IS 'y';
        CREATE TYPE empty AS (); CREATE TYPE outer_type AS (c "C", cs "C"[]);
        CREATE FUNCTION f() RETURNS "C" LANGUAGE sql AS 'SELECT NULL::public."C"';
        CREATE VIEW v AS SELECT (f()).b AS b;"#,
    )
    .await;
    assert_all_is_read(&catalog);
    let attributes = |names: &[&str]| {
        Definition::Composite(CompositeType {
            attributes: names.iter().map(|&name| name.to_owned()).collect(),
        })
    };
    assert_eq!(
        *definition(&catalog, r#"type public."C""#),
        attributes(&["b", "A", "z"])
    );
    assert_eq!(*definition(&catalog, "type public.empty"), attributes(&[]));
    assert_eq!(
        *definition(&catalog, r#"column public."C"."A""#),
        Definition::Attribute(Attribute {
            data_type: "character varying(3)".to_owned(),
            collation: Some(name("pg_catalog", "C")),
        })
    );
    assert_eq!(comment(&catalog, r#"type public."C""#), Some("x"));
    assert_eq!(comment(&catalog, r#"column public."C"."A""#), Some("y"));
    assert_eq!(
        needs(&catalog, "column public.outer_type.cs"),
        [r#"type public."C""#, "type public.outer_type"]
    );
    assert!(needs(&catalog, "view public.v").contains(&r#"column public."C".b"#.to_owned()));
    assert!(
        !catalog
            .declarable()
            .iter()
            .any(|id| id.to_string().starts_with("column "))
    );
}

#[tokio::test]
async fn range_types() {
    let catalog = catalog(
        r#"CREATE FUNCTION apart(time, time) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1.0::float8';
        CREATE TYPE times AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = apart);
        CREATE TYPE "Names" AS RANGE (SUBTYPE = text, SUBTYPE_OPCLASS = text_pattern_ops, COLLATION = "C",
            MULTIRANGE_TYPE_NAME = "Many");
        CREATE TABLE t (a "Many", b "Names"[] DEFAULT ARRAY["Names"('a', 'b')], c times_multirange);
        COMMENT ON TYPE times IS 'x'; COMMENT ON TYPE times_multirange IS 'y';"#,
    )
    .await;
    assert_all_is_read(&catalog);
    assert_eq!(
        *definition(&catalog, "type public.times"),
        Definition::Range(RangeType {
            subtype: "time without time zone".to_owned(),
            operator_class: None,
            collation: None,
            canonical: None,
            subtype_diff: Some(name("public", "apart")),
            multirange: name("public", "times_multirange"),
            multirange_comment: Some("y".to_owned()),
        })
    );
    assert_eq!(
        *definition(&catalog, r#"type public."Names""#),
        Definition::Range(RangeType {
            subtype: "text".to_owned(),
            operator_class: Some(name("pg_catalog", "text_pattern_ops")),
            collation: Some(name("pg_catalog", "C")),
            canonical: None,
            subtype_diff: None,
            multirange: name("public", "Many"),
            multirange_comment: None,
        })
    );
    assert_eq!(comment(&catalog, "type public.times"), Some("x"));
    for column in ["column public.t.a", "column public.t.b"] {
        assert_eq!(
            needs(&catalog, column),
            [r#"type public."Names""#, "table public.t"]
        );
    }
    // What a range type brings is no object of its own.
    assert!(!objects(&catalog).iter().any(|object| {
        object.starts_with("cast ") || object.starts_with("function ") && !object.contains("apart")
    }));
}

#[tokio::test]
async fn collations() {
    let catalog = catalog(
        r#"CREATE COLLATION "Plain" FROM "C"; CREATE COLLATION two (lc_collate = 'C', lc_ctype = 'POSIX');
        CREATE TABLE t (a text COLLATE two); COMMENT ON COLLATION two IS 'x';
        DO $$ BEGIN
            CREATE COLLATION loose (provider = icu, locale = 'und', deterministic = false);
        EXCEPTION WHEN feature_not_supported THEN NULL; -- a server without ICU
        END $$;"#,
    )
    .await;
    assert_all_is_read(&catalog);
    let libc = |collate: &str, ctype: &str| {
        Definition::Collation(Collation {
            provider: CollationProvider::Libc {
                collate: collate.to_owned(),
                ctype: ctype.to_owned(),
            },
            deterministic: true,
            rules: None,
        })
    };
    assert_eq!(
        *definition(&catalog, r#"collation public."Plain""#),
        libc("C", "C")
    );
    assert_eq!(*definition(&catalog, "collation public.two"), libc("C", "POSIX"));
    if let Some(loose) = catalog.definition(&id("collation public.loose")) {
        let expected = Collation {
            provider: CollationProvider::Icu {
                locale: "und".to_owned(),
            },
            deterministic: false,
            rules: None,
        };
        assert_eq!(*loose, Definition::Collation(expected));
    }
    assert_eq!(comment(&catalog, "collation public.two"), Some("x"));
    assert_eq!(
        needs(&catalog, "column public.t.a"),
        ["collation public.two", "table public.t"]
    );
}

#[tokio::test]
async fn casts() {
    let catalog = catalog(
        r#"CREATE TYPE "E" AS ENUM ('a'); CREATE FUNCTION to_int("E", integer) RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE CAST ("E" AS int) WITH FUNCTION to_int("E", integer) AS ASSIGNMENT;
        CREATE CAST (text AS box) WITH INOUT AS IMPLICIT; CREATE CAST (lseg AS box) WITHOUT FUNCTION;
        COMMENT ON CAST (text AS box) IS 'x';"#,
    )
    .await;
    assert_all_is_read(&catalog);
    let cast = |method, context| Definition::Cast(Cast { method, context });
    let of_enum = r#"cast (public."E" AS integer)"#;
    assert_eq!(
        *definition(&catalog, of_enum),
        cast(
            CastMethod::Function(r#"public.to_int(public."E", integer)"#.to_owned()),
            CastContext::Assignment
        )
    );
    assert_eq!(
        needs(&catalog, of_enum),
        [
            r#"type public."E""#,
            r#"function public.to_int(public."E", integer)"#
        ]
    );
    assert_eq!(
        *definition(&catalog, "cast (text AS box)"),
        cast(CastMethod::InOut, CastContext::Implicit)
    );
    assert_eq!(
        *definition(&catalog, "cast (lseg AS box)"),
        cast(CastMethod::Binary, CastContext::Explicit)
    );
    assert_eq!(comment(&catalog, "cast (text AS box)"), Some("x"));
}

#[tokio::test]
async fn text_search() {
    let catalog = catalog(
        r#"CREATE TEXT SEARCH DICTIONARY "D" (TEMPLATE = simple, StopWords = english, Accept = false);
        CREATE TEXT SEARCH DICTIONARY bare (TEMPLATE = simple);
        CREATE TEXT SEARCH CONFIGURATION c (PARSER = "default");
        ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word, asciiword WITH "D", simple;
        COMMENT ON TEXT SEARCH DICTIONARY bare IS 'x'; COMMENT ON TEXT SEARCH CONFIGURATION c IS 'y';"#,
    )
    .await;
    assert_all_is_read(&catalog);
    let options = [("accept", "'false'"), ("stopwords", "'english'")];
    let dictionary = |options: &[(&str, &str)]| {
        Definition::TextSearchDictionary(TextSearchDictionary {
            template: name("pg_catalog", "simple"),
            options: options
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        })
    };
    assert_eq!(
        *definition(&catalog, r#"text search dictionary public."D""#),
        dictionary(&options)
    );
    assert_eq!(
        *definition(&catalog, "text search dictionary public.bare"),
        dictionary(&[])
    );
    let dictionaries = vec![name("public", "D"), name("pg_catalog", "simple")];
    assert_eq!(
        *definition(&catalog, "text search configuration public.c"),
        Definition::TextSearchConfiguration(TextSearchConfiguration {
            parser: name("pg_catalog", "default"),
            mappings: ["asciiword", "word"]
                .map(|token| (token.to_owned(), dictionaries.clone()))
                .into(),
        })
    );
    assert_eq!(
        needs(&catalog, "text search configuration public.c"),
        ["schema public", r#"text search dictionary public."D""#]
    );
    assert_eq!(comment(&catalog, "text search dictionary public.bare"), Some("x"));
    assert_eq!(comment(&catalog, "text search configuration public.c"), Some("y"));
}
