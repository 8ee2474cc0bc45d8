use limbeck_history::{Direction, Revision};
use limbeck_postgres::{Session, SessionOptions, connect};
use limbeck_server::testing::shared_scratch;

use super::*;
use crate::failure;
use crate::journal::{Heads, Token};
use crate::tables::Tables;

fn leg(sql: &str) -> Leg {
    let text = format!(
        "-- A\n--\n-- limbeck: 1\n-- revision: a\n-- revises:\n-- created: 2026-01-01T00:00:00Z\n\n\
         -- limbeck:require up one \"rows\"\nSELECT 0;\n-- limbeck:up one\n{sql}\n"
    );
    let revision = Revision::parse("a.sql".as_ref(), text.as_bytes()).unwrap();
    let heads = Heads {
        removed: Vec::new(),
        added: vec![revision.id.clone()],
    };
    Leg {
        direction: Direction::Up,
        steps: revision.steps.clone(),
        stored: None,
        outcome: Outcome::Applied { heads },
        revision,
    }
}

/// A step's message as it would be sent if nothing were told from its text before.
fn message(leg: &Leg) -> Message {
    let tables = Tables::new("limbeck", "main");
    let options = RunOptions {
        version: "0.0.0".to_owned(),
        ..RunOptions::default()
    };
    let journal = Journal {
        tables: &tables,
        options: &options,
        token: Token::Known(1),
        clock: Clock::Transaction,
        has_own_process: true,
    };
    let around = Surroundings {
        journal: &journal,
        frame: Frame::Whole,
        restore: Vec::new(),
        role: reset_role(),
        hook: String::new(),
    };
    let (step, side) = leg.sides().next().unwrap();
    transactional(&around, leg, step, side, &leg.outcome, "a/1/up/1")
}

async fn session() -> Session {
    let scratch = shared_scratch().await;
    let database = scratch.create_database().await.unwrap();
    let session = connect(database.settings(), &SessionOptions::running("test", "public"))
        .await
        .unwrap();
    session
        .execute(&Tables::new("limbeck", "main").create())
        .await
        .unwrap();
    session
        .execute("UPDATE limbeck.lease SET token = 1, owner = 'test'")
        .await
        .unwrap();
    session
}

async fn left(session: &Session) -> Vec<Option<String>> {
    let query = "SELECT to_regclass('x'), to_regclass('y'), (SELECT count(*) FROM limbeck.step),
                   (SELECT count(*) FROM limbeck.revision)";
    session.query_text(query).await.unwrap().remove(0)
}

#[test]
fn a_step_is_one_message() {
    insta::assert_snapshot!(message(&leg("CREATE TABLE x (id int) -- the end")).sql());
}

#[tokio::test]
async fn the_message_commits_the_step_with_its_rows() {
    let session = session().await;
    session
        .run_message(message(&leg("CREATE TABLE x (id int)")).sql())
        .await
        .unwrap();
    let one = || Some("1".to_owned());
    assert_eq!(left(&session).await, [Some("x".to_owned()), None, one(), one()]);
}

#[tokio::test]
async fn a_transaction_that_ends_inside_the_step_is_found() {
    for end in [
        "COMMIT",
        "COMMIT; BEGIN",
        "ROLLBACK; BEGIN",
        "COMMIT AND CHAIN",
        "ROLLBACK AND CHAIN",
    ] {
        let session = session().await;
        let leg = leg(&format!(
            "CREATE TABLE x (id int);\n{end};\nCREATE TABLE y (id int);"
        ));
        let message = message(&leg);
        let error = session.run_message(message.sql()).await.unwrap_err();
        assert_eq!(error.error.sqlstate(), Some("LB003"), "{end}: {error}");
        let (step, side) = leg.sides().next().unwrap();
        let kind = failure::of_step(&leg.revision, step, side, Direction::Up, &message, error);
        assert_eq!(
            kind.to_string(),
            "step `one` of revision `a` ended its own transaction"
        );
        session.execute("ROLLBACK").await.unwrap();
        // What was committed stands and cannot be undone; no row claims that the step was done.
        let x = end.starts_with("COMMIT").then(|| "x".to_owned());
        let none = || Some("0".to_owned());
        assert_eq!(left(&session).await, [x, None, none(), none()], "{end}");
    }
}

#[tokio::test]
async fn without_the_lease_nothing_of_the_step_runs() {
    let session = session().await;
    session
        .execute("UPDATE limbeck.lease SET token = 2")
        .await
        .unwrap();
    let error = session
        .run_message(message(&leg("CREATE TABLE x (id int)")).sql())
        .await
        .unwrap_err();
    assert_eq!(error.error.sqlstate(), Some("LB001"));
    session.execute("ROLLBACK").await.unwrap();
    assert_eq!(left(&session).await[0], None);
}
