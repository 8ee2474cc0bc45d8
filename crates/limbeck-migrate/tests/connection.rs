//! Migrations on a connection of the application, and as calls in a running one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use limbeck_history::Direction;
use limbeck_migrate::{ErrorClass, ErrorKind, Migrations, OnApply, RunOptions, Stamp};
use limbeck_postgres::Session;
use support::{Fixture, file, show, table};

fn migrations(files: &[(String, String)]) -> Migrations {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let options = RunOptions {
        wait: Duration::ZERO,
        ..RunOptions::default()
    };
    Migrations::new(&files).unwrap().with_options(options)
}

fn two() -> Migrations {
    migrations(&[table("a", "", "a"), table("b", "a", "b")])
}

/// What of the session a run could have changed.
async fn session_of(session: &Session) -> Vec<Vec<Option<String>>> {
    let query = "SELECT name, setting FROM pg_settings WHERE context IN ('user', 'superuser') AND name !~ '^plpgsql' UNION ALL
        SELECT 'role', current_setting('role') UNION ALL SELECT 'user', current_user::text ORDER BY 1";
    session.query_text(query).await.unwrap()
}

#[tokio::test]
async fn a_client_is_migrated_in_a_transaction_of_its_own() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let role = format!("limbeck_role_{}", std::process::id());
    session
        .execute(&format!(
            "CREATE ROLE {role} SUPERUSER; SET search_path = pg_catalog; SET TimeZone = 'Asia/Tokyo'; SET work_mem = '7MB';
             SET ROLE {role}"
        ))
        .await
        .unwrap();
    let before = session_of(&session).await;
    let migrations = migrations(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one
SET search_path = pg_catalog;
SET work_mem = '9MB';
SET maintenance_work_mem = '9MB';
SET ROLE pg_monitor;
-- limbeck:down one
-- limbeck:up two
CREATE TABLE seen AS SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone,
  current_setting('work_mem') AS memory, current_user AS who;
-- limbeck:down two
DROP TABLE seen;
",
        ),
    ]);
    let report = migrations.on(session.client()).upgrade().await.unwrap();
    assert_eq!(report.committed.len(), 3);
    assert_eq!(session_of(&session).await, before);
    assert_eq!(
        session
            .query_text("SELECT path, zone, memory, who FROM public.seen")
            .await
            .unwrap(),
        [["public", "UTC", "7MB", &role].map(|text| Some(text.to_owned()))]
    );
    // It is committed, and the lease is free.
    assert_eq!(fixture.tables().await, "a\nseen");
    assert_eq!(fixture.rows("SELECT owner FROM limbeck.lease").await, "-");
    assert!(
        migrations
            .on(session.client())
            .upgrade()
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        migrations
            .on(session.client())
            .downgrade_to("base")
            .await
            .unwrap()
            .committed
            .len(),
        3
    );
    assert_eq!(session_of(&session).await, before);
    assert_eq!(fixture.tables().await, "");
    session
        .execute(&format!(
            "RESET ROLE; DROP OWNED BY {role} CASCADE; DROP ROLE {role}"
        ))
        .await
        .unwrap();
}

#[tokio::test]
async fn in_the_callers_transaction_committing_is_the_callers() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let migrations = two();
    session
        .execute("BEGIN; CREATE TABLE mine (id int); SET LOCAL search_path = pg_catalog; SET LOCAL work_mem = '7MB'")
        .await
        .unwrap();
    let before = session_of(&session).await;
    migrations.on(session.client()).upgrade_to("+1").await.unwrap();
    migrations.on(session.client()).upgrade_to("+1").await.unwrap();
    assert_eq!(session_of(&session).await, before);
    // Nobody sees anything of it yet.
    assert_eq!(fixture.tables().await, "");
    session.execute("ROLLBACK").await.unwrap();
    assert_eq!(fixture.tables().await, "");
    assert_eq!(fixture.rows("SELECT to_regnamespace('limbeck')").await, "-");

    let settled = session_of(&session).await;
    session
        .execute("BEGIN; CREATE TABLE mine (id int)")
        .await
        .unwrap();
    migrations.on(session.client()).upgrade().await.unwrap();
    session.execute("COMMIT").await.unwrap();
    assert_eq!(session_of(&session).await, settled);
    assert_eq!(fixture.tables().await, "a\nb\nmine");
    assert_eq!(
        fixture
            .rows("SELECT kind, revision, outcome FROM limbeck.event ORDER BY id")
            .await,
        "step|a|done\nstep|b|done"
    );
}

#[tokio::test]
async fn a_failure_leaves_the_callers_transaction_as_it_was() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let failing = migrations(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one\nCREATE TABLE b (id int);\nSELECT missing;\n",
        ),
    ]);
    session
        .execute("BEGIN; CREATE TABLE mine (id int); SET LOCAL work_mem = '7MB'")
        .await
        .unwrap();
    let before = session_of(&session).await;
    let error = failing.on(session.client()).upgrade().await.unwrap_err();
    insta::assert_snapshot!("failure_on_a_connection", show(&error));
    assert_eq!(session_of(&session).await, before);
    session
        .execute("INSERT INTO mine VALUES (1); COMMIT")
        .await
        .unwrap();
    assert_eq!(fixture.tables().await, "mine");
    // Without a transaction of the caller's there is none afterwards.
    failing.on(session.client()).upgrade().await.unwrap_err();
    assert_eq!(fixture.tables().await, "mine");
    assert_eq!(
        session.execute("SAVEPOINT s").await.unwrap_err().sqlstate(),
        Some("25P01")
    );
    // A transaction that has failed before is told so, and is left alone.
    session.execute("BEGIN; SELECT missing").await.unwrap_err();
    let error = failing.on(session.client()).upgrade().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TransactionFailed), "{error}");
}

#[tokio::test]
async fn what_cannot_run_on_a_connection_is_refused() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let outside = migrations(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up index transaction=no\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n",
        ),
    ]);
    let error = outside.on(session.client()).upgrade().await.unwrap_err();
    insta::assert_snapshot!("outside_on_a_connection", show(&error));
    let setting = migrations(&[file(
        "a",
        "",
        "-- limbeck:up one\nCREATE TABLE a (id int);\nSET work_mem = '9MB';\n",
    )]);
    session.execute("BEGIN").await.unwrap();
    let error = setting.on(session.client()).upgrade().await.unwrap_err();
    insta::assert_snapshot!("setting_in_the_callers_transaction", show(&error));
    session.execute("ROLLBACK").await.unwrap();
    assert_eq!(fixture.tables().await, "");
    assert_eq!(fixture.rows("SELECT to_regnamespace('limbeck')").await, "-");
    setting.on(session.client()).upgrade().await.unwrap();
    assert_eq!(fixture.tables().await, "a");
}

#[tokio::test]
async fn nothing_is_left_set_for_the_session_of_a_caller() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let before = session_of(&session).await;
    let with = |is_local: bool| {
        migrations(&[file(
            "a",
            "",
            &format!("-- limbeck:up one\nSELECT pg_catalog.set_config('search_path', '', {is_local});\n"),
        )])
    };
    let hooked = |sql: &'static str| {
        two().with_options(RunOptions {
            on_apply: Some(OnApply::new(move |_| Ok(sql.to_owned()))),
            wait: Duration::ZERO,
            ..RunOptions::default()
        })
    };
    session.execute("BEGIN").await.unwrap();
    let error = with(false).on(session.client()).upgrade().await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::NotInOneTransaction { .. }),
        "{error}"
    );
    for sql in [
        "SET search_path = pg_catalog",
        "SELECT set_config('work_mem', '9MB', false)",
    ] {
        let error = hooked(sql).on(session.client()).upgrade().await.unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("it sets something for the whole session, which is the caller's"),
            "{error}"
        );
    }
    with(true).on(session.client()).upgrade().await.unwrap();
    session.execute("COMMIT").await.unwrap();
    assert_eq!(session_of(&session).await, before);
    // In a transaction of the run's own all of it is undone.
    let other = Fixture::new().await;
    let session = other.session().await;
    let before = session_of(&session).await;
    hooked("SET search_path = pg_catalog")
        .on(session.client())
        .upgrade()
        .await
        .unwrap();
    assert_eq!(session_of(&session).await, before);
}

#[tokio::test]
async fn runners_and_connections_keep_out_of_each_others_way() {
    let fixture = Fixture::new().await;
    let migrations = two();
    migrations.ensure_version(&fixture.settings).await.unwrap();
    // A runner that is at work.
    let holder = fixture.session().await;
    holder
        .execute(
            "UPDATE limbeck.lease SET owner = 'bob', pid = pg_backend_pid(), expires_at = now() + '1 h',
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())",
        )
        .await
        .unwrap();
    let session = fixture.session().await;
    let error = migrations.on(session.client()).upgrade().await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Busy);
    assert!(error.to_string().contains("bob"), "{error}");
    let free = "UPDATE limbeck.lease SET owner = NULL, pid = NULL, backend_start = NULL, expires_at = NULL";
    holder.execute(free).await.unwrap();
    holder.close().await;

    // A caller's transaction that is at work: a runner is kept out by the lease's row, and another caller's too.
    session.execute("BEGIN").await.unwrap();
    migrations.on(session.client()).upgrade_to("a").await.unwrap();
    let error = migrations.upgrade(&fixture.settings).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Busy);
    let other = fixture.session().await;
    let error = migrations.on(other.client()).upgrade().await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Busy);
    // Whoever waits goes on from there.
    let patient = migrations.clone().with_options(RunOptions {
        wait: Duration::from_secs(30),
        ..RunOptions::default()
    });
    let commit = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        session.execute("COMMIT").await.unwrap();
    };
    let (on_line, by_itself, ()) = tokio::join!(
        patient.on(other.client()).upgrade_to("b"),
        patient.upgrade(&fixture.settings),
        commit
    );
    let steps = [
        on_line.unwrap().committed.len(),
        by_itself.unwrap().committed.len(),
    ];
    assert_eq!(steps.iter().sum::<usize>(), 1, "{steps:?}");
    assert_eq!(fixture.tables().await, "a\nb");
}

#[tokio::test]
async fn of_two_that_make_the_tables_one_waits() {
    let fixture = Fixture::new().await;
    let migrations = two();
    let (first, second) = (fixture.session().await, fixture.session().await);
    first.execute("BEGIN").await.unwrap();
    migrations.on(first.client()).upgrade_to("a").await.unwrap();
    // The second is told so, and does not hang at what the first has made.
    let error = migrations.on(second.client()).upgrade().await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Busy, "{error}");
    assert_eq!(
        second.execute("SAVEPOINT s").await.unwrap_err().sqlstate(),
        Some("25P01")
    );
    let patient = migrations.clone().with_options(RunOptions {
        wait: Duration::from_secs(30),
        ..RunOptions::default()
    });
    let commit = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        first.execute("COMMIT").await.unwrap();
    };
    let (report, ()) = tokio::join!(patient.on(second.client()).upgrade(), commit);
    assert_eq!(report.unwrap().committed.len(), 1);
    assert_eq!(fixture.tables().await, "a\nb");
}

#[tokio::test]
async fn every_call_that_makes_sense_without_a_project() {
    static NONE: Migrations = Migrations::embedded(&[]);
    let fixture = Fixture::new().await;
    let settings = &fixture.settings;
    assert!(NONE.upgrade_to(settings, "heads").await.unwrap().is_empty());
    NONE.check(settings).await.unwrap();

    let migrations = two();
    let heads: Vec<_> = migrations
        .heads()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(heads, ["b"]);
    assert_eq!(
        migrations
            .plan(settings, Direction::Up, "head")
            .await
            .unwrap()
            .len(),
        2
    );
    assert!(migrations.ensure_version(settings).await.unwrap().made);
    migrations.stamp(settings, &Stamp::at(["a"])).await.unwrap();
    let error = migrations.check(settings).await.unwrap_err();
    insta::assert_snapshot!("behind", show(&error));
    migrations.upgrade(settings).await.unwrap();
    migrations.check(settings).await.unwrap();
    // An application that is older than the database is content.
    self::migrations(&[table("a", "", "a")])
        .check(settings)
        .await
        .unwrap();
    assert_eq!(migrations.state(settings).await.unwrap().revisions.len(), 2);
    migrations.downgrade_to(settings, "-1").await.unwrap();
    assert!(
        migrations
            .script(Direction::Up, "a", "head")
            .unwrap()
            .contains("CREATE TABLE b")
    );
    assert!(
        migrations
            .stamp_script("a", &Stamp::at(["b"]))
            .unwrap()
            .contains("'stamped'")
    );

    let session = fixture.session().await;
    let connected = migrations.on(session.client());
    assert_eq!(connected.state().await.unwrap().revisions.len(), 1);
    assert_eq!(connected.plan(Direction::Up, "head").await.unwrap().len(), 1);
    assert!(matches!(
        connected.check().await.unwrap_err().kind(),
        ErrorKind::Behind { .. }
    ));
    let report = connected.stamp(&Stamp::at(["b"])).await.unwrap();
    assert_eq!(report.committed.len(), 1);
    connected.check().await.unwrap();
    assert_eq!(
        session.execute("SAVEPOINT s").await.unwrap_err().sqlstate(),
        Some("25P01")
    );
}

#[tokio::test]
async fn a_look_on_a_connection_only_reads() {
    let fixture = Fixture::new().await;
    let migrations = two();
    migrations.upgrade(&fixture.settings).await.unwrap();
    // Rows that only a transaction that cannot write sees.
    fixture
        .execute(
            "ALTER TABLE limbeck.revision RENAME TO kept;
             CREATE VIEW limbeck.revision AS SELECT * FROM limbeck.kept
               WHERE current_setting('transaction_read_only')::boolean",
        )
        .await;
    let session = fixture.session().await;
    let connected = migrations.on(session.client());
    assert_eq!(connected.state().await.unwrap().revisions.len(), 2);
    connected.check().await.unwrap();
    assert!(connected.plan(Direction::Up, "head").await.unwrap().is_empty());
    // Nothing of it stays with the session.
    session.execute("CREATE TABLE c (id int)").await.unwrap();
}

#[tokio::test]
async fn a_database_without_tables_is_looked_at_on_a_connection() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let migrations = two();
    let connected = migrations.on(session.client());
    for begin in ["SELECT 1", "BEGIN"] {
        session.execute(begin).await.unwrap();
        assert!(!connected.state().await.unwrap().exists, "{begin}");
        let error = connected.check().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Behind { .. }),
            "{begin}: {error}"
        );
    }
    session.execute("COMMIT").await.unwrap();
    assert_eq!(fixture.rows("SELECT to_regnamespace('limbeck')").await, "-");
}

#[tokio::test]
async fn futures_may_be_sent_to_other_threads() {
    let fixture = Fixture::new().await;
    let migrations = Arc::new(two());
    let (settings, shared) = (fixture.settings.clone(), Arc::clone(&migrations));
    let by_itself = tokio::spawn(async move {
        shared
            .upgrade_to(&settings, "a")
            .await
            .map(|report| report.committed.len())
    });
    assert_eq!(by_itself.await.unwrap().unwrap(), 1);
    let session = fixture.session().await;
    let on_line = tokio::spawn(async move {
        let report = migrations.on(session.client()).upgrade().await?;
        migrations.on(session.client()).check().await?;
        Ok::<_, limbeck_migrate::MigrateError>(report.committed.len())
    });
    assert_eq!(on_line.await.unwrap().unwrap(), 1);
}
