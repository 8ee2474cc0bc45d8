//! Who may do what, who owns what, and what is said about parts of objects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_catalog::{Catalog, Definition, Part, Privileges, ReadOptions};
use support::{catalog, database, empty_database, id, needs, unread};

/// Everything that is no plain privilege: `+` granted, `*` with grant option, `-` revoked.
fn privileges(catalog: &Catalog) -> Vec<String> {
    catalog
        .objects
        .iter()
        .filter_map(|(id, object)| match &object.definition {
            Definition::Privileges(privileges) | Definition::DefaultPrivileges(privileges) => {
                Some(format!("{id}:{}", described(privileges)))
            }
            _ => None,
        })
        .collect()
}

fn described(privileges: &Privileges) -> String {
    let signs = [
        ('+', &privileges.granted),
        ('*', &privileges.grantable),
        ('-', &privileges.revoked),
    ];
    let mut text = String::new();
    for (sign, set) in signs {
        for privilege in set {
            text.push_str(&format!(" {sign}{privilege}"));
        }
    }
    text
}

#[tokio::test]
async fn privileges_are_the_difference_from_what_objects_are_born_with() {
    let catalog = catalog(
        r#"CREATE ROLE reader; CREATE ROLE "Mr. X"; CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO reader;
        CREATE TABLE t (a int, "B" int, id int GENERATED ALWAYS AS IDENTITY);
        GRANT INSERT, SELECT ON t TO reader; GRANT UPDATE ("B"), SELECT (a) ON t TO "Mr. X";
        GRANT DELETE ON t TO reader WITH GRANT OPTION; REVOKE TRUNCATE ON t FROM CURRENT_USER;
        CREATE TABLE back (a int); GRANT SELECT ON back TO reader; REVOKE SELECT ON back FROM reader;
        CREATE VIEW v AS SELECT a AS x FROM t; GRANT SELECT (x) ON v TO PUBLIC;
        CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; GRANT SELECT ON m TO reader;
        CREATE SEQUENCE s; GRANT USAGE, UPDATE ON SEQUENCE s TO reader; GRANT SELECT ON SEQUENCE t_id_seq TO reader;
        CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;
        CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON PROCEDURE p TO reader WITH GRANT OPTION;
        CREATE TYPE e AS ENUM ('a'); REVOKE USAGE ON TYPE e FROM PUBLIC; REVOKE USAGE ON TYPE t FROM PUBLIC;"#,
    )
    .await;
    assert_eq!(unread(&catalog), [""; 0]);
    assert_eq!(
        privileges(&catalog),
        [
            "privileges \"Mr. X\"(column public.t.\"B\"): +UPDATE",
            "privileges \"Mr. X\"(column public.t.a): +SELECT",
            "privileges pg_owner(table public.t): -TRUNCATE",
            "privileges public(column public.v.x): +SELECT",
            "privileges public(function public.f(integer)): -EXECUTE",
            "privileges public(type public.e): -USAGE",
            "privileges public(type public.t): -USAGE",
            "privileges reader(materialized view public.m): +SELECT",
            "privileges reader(procedure public.p()): *EXECUTE",
            "privileges reader(schema app): +USAGE",
            "privileges reader(sequence public.s): +UPDATE +USAGE",
            "privileges reader(sequence public.t_id_seq): +SELECT",
            "privileges reader(table public.t): +SELECT +INSERT *DELETE",
        ]
    );
    assert_eq!(
        needs(&catalog, "privileges reader(table public.t)"),
        ["table public.t"]
    );
    assert_eq!(
        needs(&catalog, "privileges public(column public.v.x)"),
        ["view public.v"]
    );
    assert_eq!(
        needs(&catalog, "privileges \"Mr. X\"(column public.t.a)"),
        ["column public.t.a"]
    );
    assert_eq!(
        needs(&catalog, "privileges reader(sequence public.t_id_seq)"),
        ["column public.t.id"]
    );
    assert_eq!(
        needs(&catalog, "privileges public(type public.t)"),
        ["table public.t"]
    );
}

#[tokio::test]
async fn the_schema_public_is_as_it_is_born_however_it_came_about() {
    let plain = catalog("").await;
    assert_eq!(privileges(&plain), [""; 0]);
    let before = if plain.server_version_num < 150_000 {
        "USAGE, CREATE"
    } else {
        "USAGE"
    };
    let again = catalog(&format!(
        "DROP SCHEMA public; CREATE SCHEMA public; GRANT {before} ON SCHEMA public TO PUBLIC"
    ))
    .await;
    assert_eq!(privileges(&again), [""; 0]);
    let closed = catalog("CREATE ROLE writer; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO writer").await;
    let lost = if plain.server_version_num < 150_000 {
        " -CREATE -USAGE"
    } else {
        " -USAGE"
    };
    assert_eq!(
        privileges(&closed),
        [
            format!("privileges public(schema public):{lost}"),
            "privileges writer(schema public): +CREATE".to_owned()
        ]
    );
    let dropped = catalog("DROP SCHEMA public; CREATE SCHEMA public").await;
    assert_eq!(
        privileges(&dropped),
        [format!("privileges public(schema public):{lost}")]
    );
}

#[tokio::test]
async fn default_privileges_are_read_by_role_schema_and_grantee() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        r#"CREATE ROLE reader; CREATE ROLE app; CREATE SCHEMA "In";
        ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO reader;
        ALTER DEFAULT PRIVILEGES IN SCHEMA "In" GRANT SELECT ON SEQUENCES TO reader WITH GRANT OPTION;
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
        ALTER DEFAULT PRIVILEGES REVOKE TRUNCATE ON TABLES FROM CURRENT_USER;
        ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public GRANT USAGE ON TYPES TO reader;
        ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT USAGE ON SCHEMAS TO PUBLIC;"#,
    )
    .await;
    let read = support::read(&session).await;
    assert_eq!(unread(&read), [""; 0]);
    let own = [
        "default privileges pg_owner(on tables): -TRUNCATE",
        "default privileges public(on functions): -EXECUTE",
        "default privileges reader(in schema \"In\" on sequences): *SELECT",
        "default privileges reader(on tables): +SELECT +INSERT",
    ];
    let mut expected: Vec<String> = own.iter().map(|&text| text.to_owned()).collect();
    expected.insert(
        1,
        "default privileges public(for role app on schemas): +USAGE".to_owned(),
    );
    expected.insert(
        3,
        "default privileges reader(for role app in schema public on types): +USAGE".to_owned(),
    );
    assert_eq!(privileges(&read), expected);
    assert_eq!(
        needs(&read, "default privileges reader(in schema \"In\" on sequences)"),
        ["schema \"In\""]
    );
    let options = ReadOptions {
        own_roles: ["app".to_owned()].into(),
        ..ReadOptions::default()
    };
    let read = limbeck_catalog::read(session.client(), &options).await.unwrap();
    assert!(
        read.objects
            .contains_key(&id("default privileges reader(in schema public on types)"))
    );
}

#[tokio::test]
async fn parts_bear_comments() {
    let catalog = catalog(
        r#"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, c int UNIQUE); CREATE VIEW v AS SELECT c AS "C c" FROM t;
        CREATE MATERIALIZED VIEW m AS SELECT c FROM t;
        CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
        COMMENT ON COLUMN v."C c" IS 'a'; COMMENT ON COLUMN m.c IS 'b'; COMMENT ON TYPE t IS 'e'; COMMENT ON CONSTRAINT tr ON t IS 'f';
        CREATE TYPE r AS RANGE (SUBTYPE = int); COMMENT ON TYPE r_multirange IS 'g'; COMMENT ON TYPE t[] IS 'array';"#,
    )
    .await;
    let of = |object: &str, part: Part| {
        let parts = &catalog.objects[&id(object)].parts;
        assert_eq!(parts.len(), 1, "{object}");
        parts[&part].comment.clone().unwrap()
    };
    assert_eq!(of("view public.v", Part::Column("C c".to_owned())), "a");
    assert_eq!(
        of("materialized view public.m", Part::Column("c".to_owned())),
        "b"
    );
    assert_eq!(of("table public.t", Part::RowType), "e");
    assert_eq!(of("trigger public.t.tr", Part::Constraint), "f");
    let limbeck_catalog::Definition::Range(range) = &catalog.objects[&id("type public.r")].definition else {
        panic!("no range type");
    };
    assert_eq!(range.multirange_comment.as_deref(), Some("g"));
    assert_eq!(
        unread(&catalog),
        ["comment on a part of an object: public.t (_t)"]
    );
}

#[tokio::test]
async fn owners_are_read_where_they_are_asked_for() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = empty_database(&scratch).await;
    session
        .execute(
            "CREATE ROLE app; CREATE TABLE t (id serial PRIMARY KEY); CREATE TYPE e AS ENUM (); CREATE SCHEMA s;
            CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE INDEX i ON t (id);
            ALTER TABLE t OWNER TO app; ALTER FUNCTION f OWNER TO app; ALTER SCHEMA s OWNER TO app;",
        )
        .await
        .unwrap();
    let options = ReadOptions {
        owners: true,
        ..ReadOptions::default()
    };
    let read = limbeck_catalog::read(session.client(), &options).await.unwrap();
    let owner = |object: &str| read.objects[&id(object)].owner.as_deref();
    assert_eq!(owner("table public.t"), Some("app"));
    assert_eq!(owner("function public.f()"), Some("app"));
    assert_eq!(owner("schema s"), Some("app"));
    assert_eq!(owner("type public.e"), Some(limbeck_catalog::OWNER));
    for part in [
        "sequence public.t_id_seq",
        "index public.i",
        "column public.t.id",
        "extension plpgsql",
    ] {
        assert_eq!(owner(part), None, "{part}");
    }
    let plain = support::read(&session).await;
    assert!(plain.objects.values().all(|object| object.owner.is_none()));
}
