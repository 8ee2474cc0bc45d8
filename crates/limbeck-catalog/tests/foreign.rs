//! Foreign-data wrappers, servers, user mappings and foreign tables; and that no secret is read.

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
    Catalog, Definition, ForeignDataWrapper, ForeignTable, ReadOptions, Server, UserMapping, fingerprint,
};
use limbeck_sql::QualifiedName;
use support::{catalog, comment, database, definition, needs, objects, read, unread};

fn options(options: &[(&str, &str)]) -> BTreeMap<String, String> {
    options
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[tokio::test]
async fn wrappers_servers_mappings_and_tables() {
    let catalog = catalog(
        r#"CREATE ROLE "Zoe"; CREATE FOREIGN DATA WRAPPER "My.w" VALIDATOR postgresql_fdw_validator;
        CREATE FOREIGN DATA WRAPPER w OPTIONS (debug 'true', "A.b" 'x=y');
        CREATE SERVER "My.s" TYPE 'kind' VERSION '2' FOREIGN DATA WRAPPER w OPTIONS (host 'h', port '');
        CREATE USER MAPPING FOR PUBLIC SERVER "My.s"; CREATE USER MAPPING FOR "Zoe" SERVER "My.s" OPTIONS ("user" 'me');
        CREATE FOREIGN TABLE "T.t" (a int OPTIONS (name 'x') NOT NULL CHECK (a > 0), b text DEFAULT 'c') SERVER "My.s"
            OPTIONS (tab 't');
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER tr BEFORE INSERT ON "T.t" FOR EACH ROW EXECUTE FUNCTION f();
        CREATE VIEW v AS SELECT a FROM "T.t"; COMMENT ON FOREIGN TABLE "T.t" IS 'far'; COMMENT ON SERVER "My.s" IS 'there';"#,
    )
    .await;
    assert_eq!(
        objects(&catalog),
        [
            r#"foreign data wrapper "My.w""#,
            "foreign data wrapper w",
            r#"server "My.s""#,
            r#"user mapping "My.s"."Zoe""#,
            r#"user mapping "My.s".public"#,
            r#"foreign table public."T.t""#,
            r#"column public."T.t".a"#,
            r#"column public."T.t".b"#,
            r#"constraint public."T.t"."T.t_a_check""#,
            "view public.v",
            "function public.f()",
            r#"trigger public."T.t".tr"#,
        ]
    );
    assert_eq!(
        definition(&catalog, r#"foreign data wrapper "My.w""#),
        &Definition::ForeignDataWrapper(ForeignDataWrapper {
            handler: None,
            validator: Some(QualifiedName::new("pg_catalog", "postgresql_fdw_validator")),
            options: BTreeMap::new(),
        })
    );
    assert_eq!(
        definition(&catalog, r#"server "My.s""#),
        &Definition::Server(Server {
            wrapper: "w".to_owned(),
            server_type: Some("kind".to_owned()),
            version: Some("2".to_owned()),
            options: options(&[("host", "h"), ("port", "")]),
        })
    );
    assert_eq!(
        definition(&catalog, r#"user mapping "My.s"."Zoe""#),
        &Definition::UserMapping(UserMapping {
            options: Some(options(&[("user", "me")])),
        })
    );
    assert_eq!(
        definition(&catalog, r#"foreign table public."T.t""#),
        &Definition::ForeignTable(ForeignTable {
            partition_of: None,
            inherits: Vec::new(),
            server: "My.s".to_owned(),
            options: options(&[("tab", "t")]),
        })
    );
    let Definition::Column(column) = definition(&catalog, r#"column public."T.t".a"#) else {
        panic!()
    };
    assert_eq!(column.settings.foreign_options, options(&[("name", "x")]));
    assert!(column.not_null);
    assert_eq!(comment(&catalog, r#"foreign table public."T.t""#), Some("far"));
    assert_eq!(comment(&catalog, r#"server "My.s""#), Some("there"));
    assert_eq!(needs(&catalog, r#"server "My.s""#), ["foreign data wrapper w"]);
    assert_eq!(
        needs(&catalog, r#"user mapping "My.s"."Zoe""#),
        [r#"server "My.s""#]
    );
    assert_eq!(
        needs(&catalog, r#"foreign table public."T.t""#),
        ["schema public", r#"server "My.s""#]
    );
    assert_eq!(
        needs(&catalog, "view public.v"),
        ["schema public", r#"column public."T.t".a"#]
    );
    assert_eq!(unread(&catalog), [""; 0]);
}

#[tokio::test]
async fn secrets_are_named_and_not_held() {
    let catalog = catalog(
        r#"CREATE FOREIGN DATA WRAPPER w OPTIONS (api_key 'hidden1');
        CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', dsn 'postgres://me:hidden2@h/d');
        CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ("user" 'me', password 'hidden3', jwt 'hidden4');
        CREATE FOREIGN TABLE t (a int OPTIONS (token 'hidden5', name 'x')) SERVER s OPTIONS (password 'hidden6');"#,
    )
    .await;
    let text = serde_json::to_string(&catalog).unwrap();
    assert!(!text.contains("hidden"), "{text}");
    assert_eq!(
        unread(&catalog),
        [
            "secret option of a column: public.t.a.token",
            "secret option of a foreign data wrapper: w.api_key",
            "secret option of a foreign table: public.t.password",
            "secret option of a server: s.dsn",
            "secret option of a user mapping: s.public.jwt",
            "secret option of a user mapping: s.public.password",
        ]
    );
}

#[tokio::test]
async fn the_role_that_reads_has_no_name() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        r#"CREATE ROLE limbeck_deployer; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
        CREATE USER MAPPING FOR CURRENT_USER SERVER s; CREATE USER MAPPING FOR limbeck_deployer SERVER s;"#,
    )
    .await;
    let mappings = |catalog: &Catalog| -> Vec<String> {
        let ids = catalog.objects.keys().map(ToString::to_string);
        ids.filter(|id| id.starts_with("user mapping")).collect()
    };
    assert_eq!(
        mappings(&read(&session).await),
        ["user mapping s.limbeck_deployer", "user mapping s.pg_owner"]
    );
    session
        .execute("DROP USER MAPPING FOR CURRENT_USER SERVER s")
        .await
        .unwrap();
    let options = ReadOptions {
        own_roles: ["limbeck_deployer".to_owned()].into(),
        ..ReadOptions::default()
    };
    let catalog = limbeck_catalog::read(session.client(), &options).await.unwrap();
    assert_eq!(mappings(&catalog), ["user mapping s.pg_owner"]);
}

#[tokio::test]
async fn a_mapping_that_cannot_be_seen_differs_from_none() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        r#"CREATE ROLE limbeck_other; CREATE ROLE limbeck_reader; CREATE FOREIGN DATA WRAPPER w;
        CREATE SERVER s FOREIGN DATA WRAPPER w;
        CREATE USER MAPPING FOR limbeck_other SERVER s OPTIONS ("user" 'me', password 'x');"#,
    )
    .await;
    let seen = read(&session).await;
    session
        .execute("SET SESSION AUTHORIZATION limbeck_reader")
        .await
        .unwrap();
    let unseen = limbeck_catalog::read(session.client(), &ReadOptions::default())
        .await
        .unwrap();
    assert_eq!(
        definition(&unseen, "user mapping s.limbeck_other"),
        &Definition::UserMapping(UserMapping { options: None })
    );
    assert_eq!(unread(&unseen), ["options of a user mapping: s.limbeck_other"]);
    assert_ne!(seen, unseen);
    fingerprint(session.client()).await.unwrap();
}

#[tokio::test]
async fn what_extensions_bring_is_theirs() {
    let scratch = limbeck_server::testing::scratch().await;
    let session = database(
        &scratch,
        "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h');
        CREATE SERVER brought FOREIGN DATA WRAPPER postgres_fdw; ALTER EXTENSION postgres_fdw ADD SERVER brought;",
    )
    .await;
    let catalog = read(&session).await;
    assert_eq!(objects(&catalog), ["extension postgres_fdw", "server s"]);
    assert_eq!(needs(&catalog, "server s"), ["extension postgres_fdw"]);
    assert_eq!(unread(&catalog), [""; 0]);
}
