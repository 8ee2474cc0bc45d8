//! A scratch server, on a real PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::path::Path;

use limbeck_postgres::{Session, SessionOptions, Settings, connect};
use limbeck_server::testing::{directories, installation, scratch};
use limbeck_server::{Kept, Scratch, testing};

async fn session(settings: &Settings) -> Session {
    connect(settings, &SessionOptions::running("test", "public"))
        .await
        .unwrap()
}

async fn value(session: &Session, query: &str) -> String {
    let rows = session.query_text(query).await.unwrap();
    rows.first()
        .and_then(|row| row.first())
        .and_then(Clone::clone)
        .unwrap_or_default()
}

fn folder_of(scratch: &Scratch) -> String {
    scratch.settings("postgres").host().into_owned()
}

#[tokio::test]
async fn databases_are_made_copied_and_dropped() {
    let scratch = scratch().await;
    let first = scratch.create_database().await.unwrap();
    session(first.settings())
        .await
        .execute("CREATE TABLE t AS SELECT 42 AS answer")
        .await
        .unwrap();
    let copy = scratch.create_database_from(&first).await.unwrap();
    assert_ne!(first.name(), copy.name());
    scratch.drop_database(first.clone()).await.unwrap();
    let copy = session(copy.settings()).await;
    assert_eq!(value(&copy, "SELECT answer FROM t").await, "42");
    let gone = connect(first.settings(), &SessionOptions::reading("test")).await;
    assert!(gone.unwrap_err().to_string().contains("does not exist"));
    assert_eq!(
        value(&copy, "SHOW server_version_num").await,
        scratch.server_version_num().to_string()
    );
}

#[tokio::test]
async fn the_server_and_its_folder_vanish_when_dropped() {
    let scratch = scratch().await;
    let folder = folder_of(&scratch);
    let pid = std::fs::read_to_string(format!("{folder}/data/postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap().to_owned();
    assert!(Path::new("/proc").join(&pid).exists() || !cfg!(target_os = "linux"));
    drop(scratch);
    assert!(!Path::new(&folder).exists());
    assert!(!Path::new("/proc").join(&pid).exists());
}

#[tokio::test]
async fn the_owner_role_is_no_superuser_and_may_do_what_hosts_allow() {
    let scratch = scratch().await;
    let owner = scratch.owner_role().to_owned();
    let database = scratch.create_database_owned_by(&owner).await.unwrap();
    let session = session(&database.settings().with_user(owner)).await;
    let role = value(
        &session,
        "SELECT concat_ws(' ', rolsuper, rolcreatedb, rolcreaterole) FROM pg_roles WHERE rolname = current_user",
    )
    .await;
    assert_eq!(role, "f t t");
    session
        .execute("CREATE TABLE t (id int); CREATE SCHEMA s; CREATE ROLE reader")
        .await
        .unwrap();
    let refused = session
        .execute("CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'pg_backend_pid'")
        .await;
    assert_eq!(refused.unwrap_err().sqlstate(), Some("42501"));
    drop(session);
    let copy = scratch.create_database_from(&database).await.unwrap();
    assert_eq!(copy.owner(), Some(scratch.owner_role()));
}

#[tokio::test]
async fn roles_are_made_once_whatever_their_name() {
    let scratch = scratch().await;
    for name in ["app", "app", "we\"ird 'name'", "we\"ird 'name'"] {
        scratch.ensure_role(name).await.unwrap();
    }
    let session = session(&scratch.settings("postgres")).await;
    let query =
        "SELECT count(*) FROM pg_roles WHERE rolname IN ('app', 'we\"ird ''name''') AND NOT rolcanlogin";
    assert_eq!(value(&session, query).await, "2");
}

#[tokio::test]
async fn five_thousand_tables_fit_into_one_transaction() {
    let scratch = scratch().await;
    let database = scratch.create_database().await.unwrap();
    let session = session(database.settings()).await;
    let many = "DO $$ BEGIN FOR i IN 1..5000 LOOP EXECUTE format(\
                'CREATE TABLE t%s (id bigint PRIMARY KEY, name text)', i); \
                END LOOP; END $$";
    session.execute(many).await.unwrap();
}

#[tokio::test]
async fn without_room_in_memory_the_temporary_folder_is_used_whatever_its_path() {
    let mut directories = directories();
    directories.shared_memory = None;
    directories.temporary = directories
        .temporary
        .join("with a space, and far too long for the path of a socket of any system, here or there");
    let scratch = Scratch::start(&installation().await, &directories, &|_| ())
        .await
        .unwrap();
    let socket = folder_of(&scratch);
    assert!(Path::new(&socket).exists() && socket.len() < 60, "{socket}");
    let inside = || std::fs::read_dir(&directories.temporary).unwrap().count();
    assert_eq!(inside(), 1);
    scratch.create_database().await.unwrap();
    drop(scratch);
    assert_eq!(inside(), 0);
    assert!(!Path::new(&socket).exists());
}

#[tokio::test]
async fn scratch_databases_on_anothers_server_are_dropped_in_the_end() {
    let server = scratch().await;
    let other = server.settings("postgres");
    let scratch = Scratch::attach(other.clone()).await.unwrap();
    let first = scratch.create_database().await.unwrap();
    let copy = scratch.create_database_from(&first).await.unwrap();
    assert!(copy.name().starts_with("limbeck_scratch_"), "{}", copy.name());
    scratch.ensure_role("stub").await.unwrap();
    session(copy.settings())
        .await
        .execute("CREATE TABLE t (); GRANT SELECT ON t TO stub")
        .await
        .unwrap();
    let left = "SELECT (SELECT count(*) FROM pg_database WHERE datname LIKE 'limbeck%') \
                + (SELECT count(*) FROM pg_roles WHERE rolname = 'stub')";
    let session = session(&other).await;
    assert_eq!(value(&session, left).await, "3");
    drop(scratch);
    assert_eq!(value(&session, left).await, "0");

    let scratch = Scratch::attach(other).await.unwrap();
    scratch.create_database().await.unwrap();
    scratch.close().await.unwrap();
    assert_eq!(value(&session, left).await, "0");

    session.execute("CREATE ROLE humble LOGIN").await.unwrap();
    let refused = Scratch::attach(server.settings("postgres").with_user("humble"))
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the role `humble` may not create databases on the server for scratch databases"
    );
}

#[tokio::test]
async fn the_client_programs_bear_witness_where_there_are_any() {
    let scratch = scratch().await;
    let database = scratch.create_database().await.unwrap();
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        script.path(),
        "CREATE TABLE witnessed (id int);\nSELECT 1 / 0;\nCREATE TABLE never ();\n",
    )
    .unwrap();
    match testing::psql(database.settings(), script.path()).await {
        Some(output) => {
            assert_eq!(output.status.code(), Some(3));
            assert!(String::from_utf8_lossy(&output.stderr).contains("division by zero"));
        }
        None => {
            assert_eq!(installation_program("psql").await, None);
            session(database.settings())
                .await
                .execute("CREATE TABLE witnessed (id int)")
                .await
                .unwrap();
        }
    }
    match testing::pg_dump(database.settings()).await {
        Some(dump) => {
            assert!(
                dump.contains("CREATE TABLE public.witnessed (\n    id integer\n);"),
                "{dump}"
            );
            assert!(!dump.contains("never") && !dump.contains("restrict"), "{dump}");
        }
        None => assert_eq!(installation_program("pg_dump").await, None),
    }
}

async fn installation_program(name: &str) -> Option<std::path::PathBuf> {
    installation().await.program(name)
}

#[tokio::test]
async fn what_is_kept_is_gone_on_from() {
    let installation = testing::installation().await;
    let directories = directories();
    let key = format!("test-{}", std::process::id());
    assert!(Kept::find(&installation, &directories, &key).is_none());
    let first = scratch().await;
    let folder = folder_of(&first);
    let other = first.create_database().await.unwrap();
    let database = first.create_database_owned_by(first.owner_role()).await.unwrap();
    session(database.settings())
        .await
        .execute("CREATE TABLE t AS SELECT 7 AS a")
        .await
        .unwrap();
    let outcome = first
        .keep(&database, &installation, &directories, &key, "first")
        .await;
    outcome.unwrap();
    assert!(!Path::new(&folder).exists());
    let kept = Kept::find(&installation, &directories, &key).unwrap();
    assert_eq!(kept.note(), "first");

    let from = async |kept: &Kept| {
        Scratch::start_from(kept, &installation, &directories, &|_| ())
            .await
            .unwrap()
    };
    let (second, database) = from(&kept).await.unwrap();
    let at_second = session(database.settings()).await;
    assert_eq!(value(&at_second, "SELECT a FROM t").await, "7");
    let owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()";
    assert_eq!(value(&at_second, owner).await, second.owner_role());
    let others = format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{}'",
        other.name()
    );
    assert_eq!(value(&at_second, &others).await, "0");
    at_second.execute("UPDATE t SET a = 8").await.unwrap();
    at_second
        .execute("ALTER SYSTEM SET work_mem = '1MB'")
        .await
        .unwrap();
    drop(at_second);
    // A copy of it is made as of any other, and what was kept is not touched by what is done on it.
    let copy = second.create_database_from(&database).await.unwrap();
    assert_eq!(
        value(&session(copy.settings()).await, "SELECT a FROM t").await,
        "8"
    );
    let (third, database) = from(&kept).await.unwrap();
    assert_eq!(
        value(&session(database.settings()).await, "SELECT a FROM t").await,
        "7"
    );
    drop(third);

    let database = copy;
    second
        .keep(&database, &installation, &directories, &key, "second")
        .await
        .unwrap();
    // Replaced meanwhile: the note would not say what is there.
    assert!(from(&kept).await.is_none());
    let kept = Kept::find(&installation, &directories, &key).unwrap();
    let (last, database) = from(&kept).await.unwrap();
    let at_last = session(database.settings()).await;
    assert_eq!(value(&at_last, "SELECT a FROM t").await, "8");
    assert_eq!(value(&at_last, "SHOW work_mem").await, "4MB");
    drop((at_last, last));
    std::fs::remove_dir_all(directories.cache.join("kept").join(&key)).unwrap();
}
