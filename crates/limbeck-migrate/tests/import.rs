//! Taking over what another tool has applied.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_history::History;
use limbeck_migrate::{ErrorClass, Import, ImportedRevision, LogFilter, MigrateError, Report};
use support::{Fixture, three};

fn of(ids: &[&str]) -> Import {
    Import {
        tool: "sqlx".to_owned(),
        revisions: ids
            .iter()
            .map(|id| ImportedRevision {
                id: id.parse().unwrap(),
                applied_at: Some("2024-01-31T12:00:00Z".to_owned()),
                detail: serde_json::json!({ "tool": "sqlx", "version": id }),
            })
            .collect(),
        unchanged: None,
    }
}

async fn import(fixture: &Fixture, history: &History, import: &Import) -> Result<Report, MigrateError> {
    let events = |event| fixture.events.lock().unwrap().push(event);
    limbeck_migrate::import(
        &fixture.settings,
        history,
        import,
        &fixture.options,
        &fixture.interrupt,
        &events,
    )
    .await
}

const REVISIONS: &str = "SELECT id, origin, origin_detail->>'version', (applied_at AT TIME ZONE 'UTC')::text FROM limbeck.revision ORDER BY 1";

#[tokio::test]
async fn what_was_applied_is_on_record_and_the_rest_follows() {
    let fixture = Fixture::new().await;
    let history = three();
    fixture.execute("CREATE TABLE a (); CREATE TABLE b ();").await;
    let report = import(&fixture, &history, &of(&["b", "a"])).await.unwrap();
    assert_eq!(
        report.to.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["b"]
    );
    assert_eq!(report.committed.len(), 2);
    assert_eq!(
        fixture.rows(REVISIONS).await.trim(),
        "a|imported|a|2024-01-31 12:00:00\nb|imported|b|2024-01-31 12:00:00"
    );
    // A second time, and once more revisions have followed, there is nothing to do.
    assert!(
        import(&fixture, &history, &of(&["a", "b"]))
            .await
            .unwrap()
            .is_empty()
    );
    fixture.upgrade(&history, "head").await.unwrap();
    assert!(
        import(&fixture, &history, &of(&["a", "b"]))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        fixture
            .rows("SELECT kind, count(*) FROM limbeck.event GROUP BY 1 ORDER BY 1")
            .await
            .trim(),
        "import|1\nstep|1"
    );
    // The entries of a revision are also those that put it on record with others.
    let session = fixture.session().await;
    let kinds = async |revision: &str| -> Vec<String> {
        let filter = LogFilter {
            revision: Some(revision.to_owned()),
            ..LogFilter::default()
        };
        let entries = limbeck_migrate::log(&session, &fixture.options, &filter)
            .await
            .unwrap()
            .unwrap();
        entries.into_iter().map(|entry| entry.kind).collect()
    };
    assert_eq!(kinds("a").await, ["import"]);
    assert_eq!(kinds("c").await, ["step"]);
    // Older entries of an import have a number there.
    fixture
        .execute("UPDATE limbeck.event SET detail = detail || '{\"revisions\": 2}' WHERE kind = 'import'")
        .await;
    assert_eq!(kinds("a").await, Vec::<String>::new());
    // Where the revision came from is forgotten with it.
    fixture.stamp(&history, "base").await.unwrap();
    fixture.stamp(&history, "a").await.unwrap();
    assert_eq!(
        fixture
            .rows("SELECT id, origin, origin_detail IS NULL FROM limbeck.revision")
            .await
            .trim(),
        "a|stamped|t"
    );
}

#[tokio::test]
async fn what_cannot_be_recorded_is_refused_and_leaves_nothing() {
    let fixture = Fixture::new().await;
    let history = three();
    let unknown = import(&fixture, &history, &of(&["z"])).await.unwrap_err();
    assert!(
        unknown.to_string().contains("there is no revision `z`"),
        "{unknown}"
    );
    let hole = import(&fixture, &history, &of(&["b"])).await.unwrap_err();
    assert!(
        hole.to_string().contains("revision `a` is not imported"),
        "{hole}"
    );
    assert_eq!(
        fixture
            .rows("SELECT to_regnamespace('limbeck') IS NULL")
            .await
            .trim(),
        "t"
    );
    fixture
        .execute("CREATE TABLE other (version int); INSERT INTO other VALUES (1)")
        .await;
    let mut moved = of(&["a"]);
    moved.unchanged = Some((
        "SELECT max(version)::text FROM public.other".to_owned(),
        "0".to_owned(),
    ));
    let error = import(&fixture, &history, &moved).await.unwrap_err();
    assert!(
        error.to_string().contains("sqlx has changed its table"),
        "{error}"
    );
    assert_eq!(error.class(), ErrorClass::Failed);
    assert_eq!(
        fixture.rows("SELECT count(*) FROM limbeck.revision").await.trim(),
        "0"
    );
    moved.unchanged = Some((
        "SELECT max(version)::text FROM public.other".to_owned(),
        "1".to_owned(),
    ));
    import(&fixture, &history, &moved).await.unwrap();
    let more = import(&fixture, &history, &of(&["a", "b"])).await.unwrap_err();
    assert_eq!(more.class(), ErrorClass::HistoryConflict);
    assert!(more.to_string().contains("on record already: `a`"), "{more}");
    // The lease is free again.
    fixture.execute("CREATE TABLE a ()").await;
    fixture.upgrade(&history, "head").await.unwrap();
}
