//! Stamps: of several branches, of what is not known here, and what they leave alone.

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
use limbeck_migrate::{ErrorClass, ErrorKind, Stamp};
use support::{Fixture, file, history, show, table, three};

/// `a`, then `b` and `c` beside each other, `d` after `b`; `x` has a base of its own; `y` after `x` depends on `c`.
fn branches() -> History {
    let depending =
        |(name, text): (String, String)| (name, text.replace("-- created", "-- depends_on: c\n-- created"));
    history(&[
        table("a", "", "a"),
        table("b", "a", "b"),
        table("c", "a", "c"),
        table("d", "b", "d"),
        table("x", "", "x"),
        depending(table("y", "x", "y")),
    ])
}

async fn heads(fixture: &Fixture) -> String {
    fixture
        .rows("SELECT string_agg(revision, ' ' ORDER BY revision) FROM limbeck.head")
        .await
}

#[tokio::test]
async fn a_stamp_moves_one_branch_and_keeps_the_others() {
    let fixture = Fixture::new().await;
    let history = branches();
    for (target, left) in [
        ("b", "b"),
        ("x", "b x"),
        ("d", "d x"),
        ("c", "c d x"),
        ("b", "b c x"),
        // `y` depends on `c`.
        ("y", "b c y"),
        ("c", "b c x"),
        ("a", "a x"),
        ("heads", "c d y"),
        ("x", "c d x"),
        ("base", "-"),
    ] {
        let report = fixture.stamp(&history, target).await.unwrap();
        assert_eq!(heads(&fixture).await, left, "{target}");
        let told: Vec<_> = report.to.iter().map(ToString::to_string).collect();
        assert_eq!(told.join(" "), left.replace('-', ""), "{target}");
    }
    assert_eq!(fixture.tables().await, "");
}

#[tokio::test]
async fn several_targets_are_one_stamp() {
    let fixture = Fixture::new().await;
    let history = branches();
    let report = fixture
        .stamp_as(&history, &Stamp::at(["d", "c", "x"]))
        .await
        .unwrap();
    assert_eq!(heads(&fixture).await, "c d x");
    let written: Vec<_> = report
        .committed
        .iter()
        .map(|one| one.revision.to_string())
        .collect();
    assert_eq!(written, ["a", "b", "c", "d", "x"]);
    assert_eq!(
        fixture
            .rows("SELECT count(*) FROM limbeck.event WHERE kind = 'stamp'")
            .await,
        "1"
    );
    // One that is unknown spoils all of it.
    let error = fixture
        .stamp_as(&history, &Stamp::at(["b", "nothing"]))
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::HistoryConflict);
    assert_eq!(heads(&fixture).await, "c d x");
}

#[tokio::test]
async fn a_stamp_accepts_what_was_edited_on_its_way_alone() {
    let fixture = Fixture::new().await;
    fixture.upgrade(&branches(), "heads").await.unwrap();
    let edited = |ids: &[&str]| {
        let files: Vec<_> = branches()
            .order_all()
            .into_iter()
            .map(|revision| {
                let text = if ids.contains(&revision.id.as_str()) {
                    revision.text.replace("id int", "id bigint")
                } else {
                    revision.text.clone()
                };
                (revision.file_name(), text)
            })
            .collect();
        history(&files)
    };
    let both = edited(&["d", "x"]);
    fixture.stamp(&both, "d").await.unwrap();
    assert_eq!(
        fixture
            .rows("SELECT string_agg(id, ' ' ORDER BY id) FROM limbeck.revision WHERE origin = 'stamped'")
            .await,
        "d"
    );
    let error = fixture.upgrade(&both, "heads").await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Edited { revisions } if revisions.len() == 1),
        "{error}"
    );
    fixture.stamp(&both, "y").await.unwrap();
    assert!(fixture.upgrade(&both, "heads").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_begun_on_another_branch_is_still_begun() {
    let fixture = Fixture::new().await;
    let begun = |id: &str, parent: &str| {
        file(
            id,
            parent,
            &format!(
                "-- limbeck:up one\nCREATE TABLE {id} (id int);\n-- limbeck:down one\nDROP TABLE {id};\n\
                 -- limbeck:up two\nSELECT missing;\n-- limbeck:down two\n"
            ),
        )
    };
    let history = history(&[table("a", "", "a"), begun("b", "a"), begun("c", "a")]);
    fixture.upgrade(&history, "b").await.unwrap_err();
    fixture.upgrade(&history, "c").await.unwrap_err();
    let steps = "SELECT string_agg(revision, ' ' ORDER BY revision) FROM limbeck.step WHERE revision <> 'a'";
    assert_eq!(fixture.rows(steps).await, "b c");
    fixture.stamp(&history, "b").await.unwrap();
    assert_eq!(fixture.rows(steps).await, "c");
    fixture.stamp(&history, "a").await.unwrap();
    assert_eq!(fixture.rows(steps).await, "-");
}

#[tokio::test]
async fn a_purge_gets_out_of_what_nobody_knows() {
    let fixture = Fixture::new().await;
    let mut other = fixture.another();
    other.options.scope = "other".to_owned();
    other.stamp(&three(), "a").await.unwrap();
    fixture
        .upgrade(&history(&[table("p", "", "p"), table("q", "p", "q")]), "head")
        .await
        .unwrap();

    let history = history(&[table("n", "", "n"), table("o", "n", "o")]);
    let before = fixture.journal().await;
    let error = fixture.stamp(&history, "o").await.unwrap_err();
    insta::assert_snapshot!("stamp_of_an_unknown_database", show(&error));
    // What a target asks of the database is refused even then.
    let error = fixture
        .stamp_as(&history, &Stamp::at(["+1"]).purging())
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::HistoryConflict);
    assert_eq!(fixture.journal().await, before);

    let report = fixture
        .stamp_as(&history, &Stamp::at(["o"]).purging())
        .await
        .unwrap();
    let forgotten: Vec<_> = report
        .forgotten
        .iter()
        .map(|revision| format!("{} {}", revision.id, revision.file_name))
        .collect();
    assert_eq!(forgotten, ["p p.sql", "q q.sql"]);
    assert_eq!(
        fixture
            .rows("SELECT scope, revision FROM limbeck.head ORDER BY 1")
            .await,
        "main|o\nother|a"
    );
    assert_eq!(
        fixture
            .rows("SELECT scope, id, origin FROM limbeck.revision ORDER BY 1, 2")
            .await,
        "main|n|stamped\nmain|o|stamped\nother|a|stamped"
    );
    assert_eq!(
        fixture
            .rows("SELECT count(*) FROM limbeck.step WHERE scope = 'main'")
            .await,
        "0"
    );
    // What has happened stays told.
    assert_eq!(
        fixture
            .rows("SELECT count(*) FROM limbeck.event WHERE scope = 'main' AND kind = 'step'")
            .await,
        "2"
    );
    assert!(fixture.upgrade(&history, "head").await.unwrap().is_empty());
    // Purging to base leaves nothing of the scope.
    let report = fixture
        .stamp_as(&history, &Stamp::at(["base"]).purging())
        .await
        .unwrap();
    assert_eq!(report.forgotten.len(), 2);
    assert_eq!(fixture.rows("SELECT scope FROM limbeck.revision").await, "other");
}

#[tokio::test]
async fn the_own_tables_alone() {
    let mut fixture = Fixture::new().await;
    fixture.options.version_schema = "My \"own\" tables; --".to_owned();
    fixture.options.scope = "it's \\ mine".to_owned();
    let ensure = async || {
        limbeck_migrate::ensure_version(&fixture.settings, &fixture.options, &fixture.interrupt, &|_| ())
            .await
            .unwrap()
    };
    assert!(ensure().await.made);
    assert!(!ensure().await.made);
    let schema = "\"My \"\"own\"\" tables; --\"";
    assert_eq!(
        fixture
            .rows(&format!(
                "SELECT (SELECT count(*) FROM {schema}.meta), (SELECT count(*) FROM {schema}.head)"
            ))
            .await,
        "1|0"
    );
    // All of it works under such names.
    let history = branches();
    fixture.upgrade(&history, "heads").await.unwrap();
    fixture.downgrade(&history, "a").await.unwrap();
    fixture
        .stamp_as(&history, &Stamp::at(["b", "x"]).purging())
        .await
        .unwrap();
    assert_eq!(
        fixture
            .rows(&format!("SELECT scope, revision FROM {schema}.head ORDER BY 2"))
            .await,
        "it's \\ mine|b\nit's \\ mine|x"
    );
    let found = limbeck_migrate::state(&fixture.session().await, &fixture.options)
        .await
        .unwrap();
    assert_eq!(found.heads.len(), 2);
}
