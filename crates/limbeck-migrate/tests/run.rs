//! Up, down, partly, and nothing to do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::{Fixture, file, history, show, table, three};

#[tokio::test]
async fn up_and_down_and_up_again() {
    let fixture = Fixture::new().await;
    let history = three();
    let report = fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(
        report
            .revisions()
            .map(|step| step.revision.to_string())
            .collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    assert_eq!(report.committed.len(), 5);
    assert!(report.from.is_empty());
    assert_eq!(
        report
            .to
            .iter()
            .map(limbeck_history::RevisionId::as_str)
            .collect::<Vec<_>>(),
        ["c"]
    );
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nb3\nc");
    insta::assert_snapshot!("journal_after_up", fixture.journal().await);

    let report = fixture.downgrade(&history, "-1").await.unwrap();
    assert_eq!(
        report
            .to
            .iter()
            .map(limbeck_history::RevisionId::as_str)
            .collect::<Vec<_>>(),
        ["b"]
    );
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nb3");
    fixture.downgrade(&history, "base").await.unwrap();
    assert_eq!(fixture.tables().await, "");
    assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.revision").await, "0");
    assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.step").await, "0");
    assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.head").await, "0");

    fixture.upgrade(&history, "+1").await.unwrap();
    assert_eq!(fixture.tables().await, "a");
    fixture.upgrade(&history, "b").await.unwrap();
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "b");
}

#[tokio::test]
async fn nothing_to_do_makes_nothing() {
    let fixture = Fixture::new().await;
    let report = fixture.upgrade(&history(&[]), "heads").await.unwrap();
    assert!(report.is_empty());
    let report = fixture.downgrade(&three(), "base").await.unwrap();
    assert!(report.is_empty());
    assert_eq!(fixture.rows("SELECT to_regnamespace('limbeck')").await, "-");

    fixture.upgrade(&three(), "head").await.unwrap();
    let token = "SELECT token FROM limbeck.lease";
    let before = fixture.rows(token).await;
    let report = fixture.upgrade(&three(), "head").await.unwrap();
    assert!(report.is_empty());
    assert_eq!(report.to.len(), 1);
    assert_eq!(
        fixture.rows(token).await,
        before,
        "the lease was taken for nothing"
    );
}

#[tokio::test]
async fn a_revision_without_steps_is_recorded() {
    let fixture = Fixture::new().await;
    let history = history(&[
        table("a", "", "a"),
        table("b", "a", "b"),
        table("c", "a", "c"),
        file("m", "b, c", ""),
    ]);
    fixture.upgrade(&history, "head").await.unwrap();
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "m");
    fixture.downgrade(&history, "-1").await.unwrap();
    assert_eq!(
        fixture.rows("SELECT revision FROM limbeck.head ORDER BY 1").await,
        "b\nc"
    );
    fixture.downgrade(&history, "a").await.unwrap();
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
}

#[tokio::test]
async fn a_partly_applied_revision_goes_on_or_back() {
    let broken = [
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one
CREATE TABLE b1 (id int);
-- limbeck:down one
DROP TABLE b1;
-- limbeck:up two
CREATE TABLE b2 (id int);
-- limbeck:down two
DROP TABLE b2;
-- limbeck:up three
CREATE TABLE b3 (id missing);
-- limbeck:down three
DROP TABLE b3;
",
        ),
    ];
    let mut mended = broken.clone();
    mended[1].1 = mended[1].1.replace("id missing", "id int");

    let fixture = Fixture::new().await;
    let error = fixture.upgrade(&history(&broken), "head").await.unwrap_err();
    insta::assert_snapshot!("stopped_in_the_third_step", show(&error));
    assert_eq!(fixture.tables().await, "a\nb1\nb2");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
    let session = fixture.session().await;
    let state = limbeck_migrate::state(&session, &fixture.options).await.unwrap();
    assert_eq!(state.unfinished_in_words(), ["b (up as far as step 2, two)"]);
    assert!(state.holder.is_none());

    // Back: exactly what was committed is undone, and the database is at `a`.
    let report = fixture.downgrade(&history(&broken), "-1").await.unwrap();
    assert_eq!(
        report
            .committed
            .iter()
            .map(|step| step.step.clone().unwrap())
            .collect::<Vec<_>>(),
        ["two", "one"]
    );
    assert_eq!(fixture.tables().await, "a");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");

    // On: the steps that stand are not run again.
    fixture.upgrade(&history(&broken), "head").await.unwrap_err();
    let report = fixture.upgrade(&history(&mended), "head").await.unwrap();
    assert_eq!(
        report
            .committed
            .iter()
            .map(|step| step.step.clone().unwrap())
            .collect::<Vec<_>>(),
        ["three"]
    );
    assert_eq!(fixture.tables().await, "a\nb1\nb2\nb3");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "b");
}

#[tokio::test]
async fn a_partly_undone_revision_goes_on_or_comes_back() {
    let files = [
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up one
CREATE TABLE b1 (id int);
-- limbeck:down one
DROP TABLE b1;
DROP TABLE IF EXISTS obstacle;
-- limbeck:up two
CREATE TABLE b2 (id int);
-- limbeck:down two
DROP TABLE b2;
",
        ),
    ];
    let fixture = Fixture::new().await;
    fixture.upgrade(&history(&files), "head").await.unwrap();
    fixture.execute("CREATE VIEW v AS SELECT * FROM b1").await;
    let error = fixture.downgrade(&history(&files), "a").await.unwrap_err();
    insta::assert_snapshot!("stopped_on_the_way_down", show(&error));
    assert_eq!(fixture.tables().await, "a\nb1");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "b");

    let report = fixture.upgrade(&history(&files), "head").await.unwrap();
    assert_eq!(
        report
            .committed
            .iter()
            .map(|step| step.step.clone().unwrap())
            .collect::<Vec<_>>(),
        ["two"]
    );
    assert_eq!(fixture.tables().await, "a\nb1\nb2");

    fixture.downgrade(&history(&files), "a").await.unwrap_err();
    fixture.execute("DROP VIEW v").await;
    let report = fixture.downgrade(&history(&files), "a").await.unwrap();
    assert_eq!(
        report
            .committed
            .iter()
            .map(|step| step.step.clone().unwrap())
            .collect::<Vec<_>>(),
        ["one"]
    );
    assert_eq!(fixture.tables().await, "a");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.head").await, "a");
    assert_eq!(fixture.rows("SELECT revision FROM limbeck.step").await, "a");
}

#[tokio::test]
async fn a_step_that_cannot_go_back_is_told_before_anything_runs() {
    let files = [
        file("a", "", "-- limbeck:up one\nCREATE TABLE a (id int);\n"),
        table("b", "a", "b"),
    ];
    let fixture = Fixture::new().await;
    fixture.upgrade(&history(&files), "head").await.unwrap();
    let error = fixture.downgrade(&history(&files), "base").await.unwrap_err();
    insta::assert_snapshot!("no_way_down", show(&error));
    assert_eq!(fixture.tables().await, "a\nb");
}

#[tokio::test]
async fn a_step_finds_the_session_as_the_first_one_did() {
    let files = [file(
        "a",
        "",
        "-- limbeck:up one
CREATE ROLE limbeck_test_step;
GRANT CREATE ON SCHEMA public TO limbeck_test_step;
SET search_path = pg_catalog;
SET check_function_bodies = off;
SET ROLE limbeck_test_step;
CREATE TABLE public.theirs (id int);
-- limbeck:up two
CREATE TABLE seen AS SELECT current_user = session_user AS is_self, current_setting('search_path') AS path,
  current_setting('check_function_bodies') AS bodies, current_setting('lock_timeout') AS lock_timeout,
  current_setting('TimeZone') AS zone;
",
    )];
    let fixture = Fixture::new().await;
    let result = fixture.upgrade(&history(&files), "head").await;
    let seen = fixture.rows("SELECT * FROM seen").await;
    let owner = fixture
        .rows("SELECT tableowner FROM pg_tables WHERE tablename = 'theirs'")
        .await;
    fixture
        .execute("DROP OWNED BY limbeck_test_step; DROP ROLE limbeck_test_step")
        .await;
    result.unwrap();
    assert_eq!(
        (seen.as_str(), owner.as_str()),
        ("t|public|on|2min|UTC", "limbeck_test_step")
    );
}

#[tokio::test]
async fn scopes_share_a_schema_and_nothing_else() {
    let fixture = Fixture::new().await;
    let mut other = fixture.another();
    other.options.scope = "it's another".to_owned();
    fixture
        .upgrade(&history(&[table("a", "", "a")]), "head")
        .await
        .unwrap();
    other
        .upgrade(&history(&[table("b", "", "b")]), "head")
        .await
        .unwrap();
    assert_eq!(
        fixture
            .rows("SELECT scope, revision FROM limbeck.head ORDER BY 1")
            .await,
        "it's another|b\nmain|a"
    );
    assert_eq!(fixture.rows("SELECT count(*) FROM limbeck.meta").await, "1");
}

#[tokio::test]
async fn a_schema_of_another_name_that_exists_is_used() {
    let mut fixture = Fixture::new().await;
    fixture.options.version_schema = "My Tables".to_owned();
    fixture.execute("CREATE SCHEMA \"My Tables\"").await;
    fixture.upgrade(&three(), "head").await.unwrap();
    assert_eq!(fixture.rows("SELECT revision FROM \"My Tables\".head").await, "c");
}
