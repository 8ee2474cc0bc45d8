//! The same run as a script, and on scratch.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use limbeck_history::Direction;
use limbeck_migrate::{Event, RunOptions, Stamp, XArguments, replay, replay_step, script, stamp_script};
use limbeck_server::testing::installation;
use support::{Fixture, file, history, show, table, three};

/// `psql` beside the server, else that of the path.
async fn psql() -> Option<PathBuf> {
    let beside = installation().await.bin.join("psql");
    [beside, PathBuf::from("psql")].into_iter().find(|program| {
        Command::new(program)
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success())
    })
}

fn apply(psql: &PathBuf, fixture: &Fixture, script: &str) -> Output {
    let mut command = Command::new(psql);
    let settings = &fixture.settings;
    command
        .args([
            "-X",
            "-v",
            "ON_ERROR_STOP=1",
            "-f",
            "-",
            "-h",
            &settings.host(),
            "-p",
            &settings.port().to_string(),
        ])
        .args(["-U", settings.user(), "-d", settings.database()])
        .env_remove("PGOPTIONS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn mixed() -> limbeck_history::History {
    history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:require up one \"it's :a full 'table'\"
SELECT count(*) FROM a;
-- limbeck:up one
SET search_path = pg_catalog;
CREATE TABLE public.b1 (id int, note text DEFAULT 'a:b \\n :limbeck_token $limbeck$');
COMMENT ON TABLE public.b1 IS E'back\\\\slash';
CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $limbeck$ SELECT ':x' $limbeck$;
-- limbeck:down one
DROP FUNCTION f;
DROP TABLE b1; -- no semicolon after
-- limbeck:up index transaction=no creates=\"index public.b1_id\"
CREATE INDEX CONCURRENTLY b1_id ON b1 (id)
-- limbeck:down index transaction=no drops=\"index public.b1_id\"
DROP INDEX CONCURRENTLY b1_id
-- limbeck:up two lock_timeout=2s
CREATE TABLE b2 (id int)
-- limbeck:down two
DROP TABLE b2
",
        ),
        table("c", "a", "c"),
        file("m", "b, c", ""),
    ])
}

#[tokio::test]
async fn a_script_leaves_what_the_run_leaves() {
    let Some(psql) = psql().await else {
        eprintln!("skipped: there is no psql beside the server or on the path");
        return;
    };
    let (online, offline) = (Fixture::new().await, Fixture::new().await);
    let history = mixed();
    let journals = async |place: &str| {
        let [online, offline] = [online.journal().await, offline.journal().await];
        assert_eq!(online, offline, "{place}");
    };
    for (direction, from, to) in [
        (Direction::Up, "base", "b"),
        (Direction::Up, "b", "head"),
        (Direction::Down, "head", "a"),
        (Direction::Up, "a", "head"),
        (Direction::Down, "head", "base"),
        (Direction::Up, "base", "head"),
    ] {
        let text = script(&history, direction, from, to, &offline.options).unwrap();
        let output = apply(&psql, &offline, &text);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.status.success(), "{from}:{to}: {said}\n{text}");
        let report = match direction {
            Direction::Up => online.upgrade(&history, to).await.unwrap(),
            Direction::Down => online.downgrade(&history, to).await.unwrap(),
        };
        assert!(!report.is_empty());
        journals(&format!("{from}:{to}")).await;
        assert_eq!(online.tables().await, offline.tables().await);
        // Steps say what they say; Limbeck's own statements say nothing.
        assert_eq!(said, "", "{from}:{to}");
        let again = match direction {
            Direction::Up => offline.upgrade(&history, to).await.unwrap(),
            Direction::Down => offline.downgrade(&history, to).await.unwrap(),
        };
        assert!(again.is_empty(), "{from}:{to}: the script left something to do");
    }
}

#[tokio::test]
async fn a_script_checks_where_it_starts() {
    let Some(psql) = psql().await else {
        eprintln!("skipped: there is no psql beside the server or on the path");
        return;
    };
    let fixture = Fixture::new().await;
    fixture.upgrade(&three(), "a").await.unwrap();
    let said = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        text.lines()
            .filter(|line| !line.starts_with("CONTEXT"))
            .map(|line| line.replace("psql:<stdin>:", ""))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let text = script(&three(), Direction::Up, "b", "head", &fixture.options).unwrap();
    let output = apply(&psql, &fixture, &text);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("the database is not where this script starts from"),
        "{}",
        said(&output)
    );
    assert!(
        said(&output).contains("It is at {a}, and the script starts from {b}."),
        "{}",
        said(&output)
    );
    let text = script(&three(), Direction::Up, "base", "head", &fixture.options).unwrap();
    assert!(!apply(&psql, &fixture, &text).status.success());

    // The dead script's lease is taken over; a living holder's is not.
    fixture.upgrade(&three(), "b").await.unwrap();
    let holder = fixture.session().await;
    holder
        .execute(
            "UPDATE limbeck.lease SET owner = 'bob', pid = pg_backend_pid(), expires_at = now() + '1 h',
               backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())",
        )
        .await
        .unwrap();
    let text = script(&three(), Direction::Up, "b", "head", &fixture.options).unwrap();
    let output = apply(&psql, &fixture, &text);
    assert!(
        said(&output).contains("another runner is at work"),
        "{}",
        said(&output)
    );
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nb3");
    holder.close().await;
    assert!(apply(&psql, &fixture, &text).status.success());
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nb3\nc");
}

#[tokio::test]
async fn a_script_that_fails_leaves_its_steps_and_can_be_gone_on_from() {
    let Some(psql) = psql().await else {
        eprintln!("skipped: there is no psql beside the server or on the path");
        return;
    };
    let fixture = Fixture::new().await;
    fixture.execute("CREATE TABLE b2 (id int)").await;
    let text = script(&three(), Direction::Up, "base", "head", &fixture.options).unwrap();
    let output = apply(&psql, &fixture, &text);
    assert!(!output.status.success());
    assert_eq!(fixture.tables().await, "a\nb1\nb2");
    fixture.execute("DROP TABLE b2").await;
    fixture.upgrade(&three(), "head").await.unwrap();
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nb3\nc");
}

#[test]
fn the_text_of_a_script() {
    let options = limbeck_migrate::RunOptions {
        version: "0.0.0".to_owned(),
        ..limbeck_migrate::RunOptions::default()
    };
    insta::assert_snapshot!(
        "script_up",
        script(&mixed(), Direction::Up, "base", "head", &options).unwrap()
    );
    insta::assert_snapshot!(
        "script_down",
        script(&three(), Direction::Down, "c", "b", &options).unwrap()
    );
}

#[test]
fn a_script_cannot_hold_a_step_of_the_application() {
    let history = history(&[file("a", "", "-- limbeck:up one rust=fill\n")]);
    let error = script(
        &history,
        Direction::Up,
        "base",
        "head",
        &limbeck_migrate::RunOptions::default(),
    )
    .unwrap_err();
    insta::assert_snapshot!("rust_in_a_script", show(&error));
}

#[tokio::test]
async fn a_replay_leaves_the_schema_and_nothing_else() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let history = mixed();
    replay(
        &session,
        history.order_all(),
        Direction::Up,
        &XArguments::default(),
        &|_| (),
    )
    .await
    .unwrap();
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nc");
    assert_eq!(fixture.rows("SELECT to_regnamespace('limbeck')").await, "-");
    assert_eq!(
        session.query_text("SHOW search_path").await.unwrap(),
        [[Some("public".to_owned())]]
    );
    let mut order = history.order_all();
    order.reverse();
    let events = std::sync::Mutex::new(Vec::new());
    replay(
        &session,
        order,
        Direction::Down,
        &XArguments::default(),
        &|event: Event| {
            events.lock().unwrap().push(event);
        },
    )
    .await
    .unwrap();
    assert_eq!(fixture.tables().await, "");
    assert_eq!(events.lock().unwrap().len(), 8);
}

#[tokio::test]
async fn a_replayed_step_fails_in_the_same_place() {
    let fixture = Fixture::new().await;
    let session = fixture.session().await;
    let files = [file(
        "a",
        "",
        "-- limbeck:require up one \"rows\"\nSELECT count(*) FROM pg_class;\n-- limbeck:up one\nCREATE TABLE a (id int);\nSELECT nope;\n",
    )];
    let history = history(&files);
    let revision = history.get("a").unwrap();
    let side = revision.steps[0].up.as_ref().unwrap();
    let error = replay_step(&session, revision, side, &XArguments::default())
        .await
        .unwrap_err();
    insta::assert_snapshot!("replayed_step", show(&error));
    assert_eq!(error.sqlstate(), Some("42703"));
    // The session is as usable as before.
    session.execute("SELECT 1").await.unwrap();
    assert_eq!(fixture.tables().await, "");
}

#[tokio::test]
async fn an_application_brings_its_revisions_along() {
    let fixture = Fixture::new().await;
    let (name, text) = table("a", "", "a");
    let migrations = limbeck_migrate::Migrations::new(&[(&name, &text)]).unwrap();
    assert_eq!(
        migrations
            .upgrade(&fixture.settings)
            .await
            .unwrap()
            .committed
            .len(),
        1
    );
    assert!(migrations.upgrade(&fixture.settings).await.unwrap().is_empty());
    migrations.downgrade_to(&fixture.settings, "base").await.unwrap();
    assert_eq!(fixture.tables().await, "");
}

/// Steps that write down what they were handed: in a transaction with a demand on it, after a step that resets the
/// session, and outside a transaction.
fn told() -> limbeck_history::History {
    let seen = |step: &str| {
        format!(
            "INSERT INTO seen VALUES ('{step}', current_setting('limbeck.x.tenant', true), current_setting('limbeck.x.none', true))"
        )
    };
    history(&[file(
        "a",
        "",
        &format!(
            "-- limbeck:require up one \"other tenants\"
SELECT count(*) FROM (SELECT 1) AS one WHERE current_setting('limbeck.x.tenant', true) <> 'it''s :a \\b'
-- limbeck:up one
CREATE TABLE seen (step text, tenant text, none text);
SET \"limbeck.x.tenant\" = 'changed';
{};
SET \"limbeck.x.tenant\" = 'changed';
-- limbeck:down one
DROP TABLE seen;
-- limbeck:up two
{};
-- limbeck:down two
-- limbeck:up three transaction=no retry=1
{}
-- limbeck:down three
-- limbeck:up four
{};
-- limbeck:down four
",
            seen("one").replace("current_setting('limbeck.x.tenant', true)", "'set'"),
            seen("two"),
            seen("three"),
            seen("four"),
        ),
    )])
}

#[tokio::test]
async fn steps_are_handed_what_the_caller_gives() {
    let mut x = XArguments::default();
    x.insert("tenant", "it's :a \\b").unwrap();
    let rows = "SELECT step, tenant, coalesce(none, '') FROM seen ORDER BY step";
    let expected = "four|it's :a \\b|\none|set|\nthree|it's :a \\b|\ntwo|it's :a \\b|";
    let history = told();

    let mut online = Fixture::new().await;
    online.options.x = x.clone();
    online.upgrade(&history, "head").await.unwrap();
    assert_eq!(online.rows(rows).await, expected);
    let kept = online
        .rows("SELECT event::text FROM limbeck.event UNION ALL SELECT step::text FROM limbeck.step")
        .await;
    assert!(kept.contains("applied") || kept.contains("done"), "{kept}");
    assert!(!kept.contains("it's"), "{kept}");

    let scratch = Fixture::new().await;
    let session = scratch.session().await;
    replay(&session, history.order_all(), Direction::Up, &x, &|_| ())
        .await
        .unwrap();
    assert_eq!(scratch.rows(rows).await, expected);

    let Some(psql) = psql().await else {
        eprintln!("skipped: there is no psql beside the server or on the path");
        return;
    };
    let offline = Fixture::new().await;
    let text = script(&history, Direction::Up, "base", "head", &online.options).unwrap();
    let output = apply(&psql, &offline, &text);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(offline.rows(rows).await, expected);
}

#[tokio::test]
async fn a_step_without_values_sees_none() {
    let fixture = Fixture::new().await;
    let history = history(&[file(
        "a",
        "",
        "-- limbeck:up one\nCREATE TABLE seen AS SELECT current_setting('limbeck.x.tenant', true) IS NULL AS none;\n",
    )]);
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(fixture.rows("SELECT none FROM seen").await, "t");
}

#[test]
fn a_stamps_script_asks_no_database() {
    let history = three();
    let written = |from: &str, stamp: &Stamp| {
        stamp_script(&history, from, stamp, &RunOptions::default()).map_err(|error| error.to_string())
    };
    for (from, stamp, selector) in [
        ("current", Stamp::at(["head"]), "current"),
        ("current-1", Stamp::at(["head"]), "current-1"),
        ("+1", Stamp::at(["head"]), "+1"),
        ("base", Stamp::at(["current"]), "current"),
        ("a", Stamp::at(["b", "current+1"]), "current+1"),
        // A purge has nothing to count from either.
        ("base", Stamp::at(["current"]).purging(), "current"),
        ("base", Stamp::at(["+1"]).purging(), "+1"),
    ] {
        let error = written(from, &stamp).unwrap_err();
        assert_eq!(
            error,
            format!("`{selector}` depends on where a database is, and none is asked here"),
            "{from}: {stamp:?}"
        );
    }
    // What counts from the other end is known.
    let counted = written("a", &Stamp::at(["+1"])).unwrap();
    let (_, rows) = counted.split_once("put on record").unwrap();
    assert!(rows.contains("'b'") && !rows.contains("'c'"), "{counted}");
    written("base", &Stamp::at(["head"]).purging()).unwrap();
}
