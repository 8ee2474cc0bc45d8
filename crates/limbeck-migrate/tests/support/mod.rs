//! What the tests of runs share: a database each, revisions from texts, rows as text.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    unreachable_pub,
    reason = "tests; no test uses all of it"
)]

pub mod network;

use std::sync::Mutex;
use std::time::Duration;

use limbeck_history::History;
use limbeck_migrate::{Event, Interrupt, MigrateError, Report, RunOptions, Stamp, StampReport};
use limbeck_postgres::{Session, SessionOptions, Settings, connect};
use limbeck_server::testing::shared_scratch;

/// A database of its own, and what a run on it is told.
pub struct Fixture {
    pub settings: Settings,
    pub options: RunOptions,
    pub interrupt: Interrupt,
    pub events: Mutex<Vec<Event>>,
}

impl Fixture {
    pub async fn new() -> Self {
        let scratch = shared_scratch().await;
        let database = scratch.create_database().await.unwrap();
        Self {
            settings: database.settings().clone(),
            options: RunOptions {
                version: "0.0.0".to_owned(),
                os_user: Some("ada".to_owned()),
                host: Some("test".to_owned()),
                wait: Duration::from_secs(20),
                ..RunOptions::default()
            },
            interrupt: Interrupt::new(),
            events: Mutex::new(Vec::new()),
        }
    }

    /// The same database, told and interrupted apart.
    pub fn another(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            options: self.options.clone(),
            interrupt: Interrupt::new(),
            events: Mutex::new(Vec::new()),
        }
    }

    pub async fn upgrade(&self, history: &History, target: &str) -> Result<Report, MigrateError> {
        let events = |event| self.events.lock().unwrap().push(event);
        limbeck_migrate::upgrade(
            &self.settings,
            history,
            target,
            &self.options,
            &self.interrupt,
            &events,
        )
        .await
    }

    pub async fn downgrade(&self, history: &History, target: &str) -> Result<Report, MigrateError> {
        let events = |event| self.events.lock().unwrap().push(event);
        limbeck_migrate::downgrade(
            &self.settings,
            history,
            target,
            &self.options,
            &self.interrupt,
            &events,
        )
        .await
    }

    pub async fn stamp(&self, history: &History, target: &str) -> Result<StampReport, MigrateError> {
        self.stamp_as(history, &Stamp::at([target])).await
    }

    pub async fn stamp_as(&self, history: &History, stamp: &Stamp) -> Result<StampReport, MigrateError> {
        let events = |event| self.events.lock().unwrap().push(event);
        limbeck_migrate::stamp(
            &self.settings,
            history,
            stamp,
            &self.options,
            &self.interrupt,
            &events,
        )
        .await
    }

    pub async fn session(&self) -> Session {
        connect(&self.settings, &SessionOptions::running("test", "public"))
            .await
            .unwrap()
    }

    pub async fn execute(&self, sql: &str) {
        self.session().await.execute(sql).await.unwrap();
    }

    /// The rows of a query as lines, columns separated by bars.
    pub async fn rows(&self, query: &str) -> String {
        let rows = self.session().await.query_text(query).await.unwrap();
        rows.into_iter()
            .map(|row| {
                row.into_iter()
                    .map(|value| value.unwrap_or_else(|| "-".to_owned()))
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The tables of `public`.
    pub async fn tables(&self) -> String {
        self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            .await
    }

    /// The rows of the own tables, without what differs between two runs: times, processes, tokens.
    pub async fn journal(&self) -> String {
        let queries = [
            ("head", "SELECT scope, revision FROM limbeck.head ORDER BY 1, 2"),
            (
                "revision",
                "SELECT scope, id, parents, depends_on, labels, replaces, message, file_name, left(checksum, 8), format,
                   md5(body), origin, origin_detail FROM limbeck.revision ORDER BY 1, 2",
            ),
            (
                "step",
                "SELECT scope, revision, direction, n, name, left(sql_hash, 8), state, attempt, before - 'oid', cursor,
                   finished_at >= started_at FROM limbeck.step ORDER BY 1, 2, 4, 3",
            ),
            (
                "event",
                "SELECT scope, kind, revision, step, direction, os_user, host, application, version,
                   duration >= interval '0', outcome, sqlstate, detail FROM limbeck.event ORDER BY id",
            ),
            ("lease", "SELECT scope, owner, pid, backend_start, heartbeat_at, expires_at FROM limbeck.lease"),
        ];
        let mut text = String::new();
        for (name, query) in queries {
            text.push_str(&format!("[{name}]\n{}\n", self.rows(query).await));
        }
        text
    }

    /// Makes the database's copies and checksums those of the files.
    pub async fn stamp_checksum(&self, history: &History) {
        for revision in history.order_all() {
            let (checksum, body) = (
                limbeck_sql::quote_literal(&revision.checksum),
                limbeck_sql::quote_literal(&revision.text),
            );
            self.execute(&format!(
                "UPDATE limbeck.revision SET checksum = {checksum}, body = {body} WHERE id = '{}'",
                revision.id
            ))
            .await;
        }
    }

    pub fn told(&self, is: impl Fn(&Event) -> bool) -> usize {
        self.events
            .lock()
            .unwrap()
            .iter()
            .filter(|event| is(event))
            .count()
    }
}

/// A revision file: identifier, parents, and the sections.
pub fn file(id: &str, parents: &str, sections: &str) -> (String, String) {
    (
        format!("{id}.sql"),
        format!(
            "-- Revision {id}\n--\n-- limbeck: 1\n-- revision: {id}\n-- revises: {parents}\n-- created: \
             2026-01-01T00:00:00Z\n\n{sections}"
        ),
    )
}

pub fn history(files: &[(String, String)]) -> History {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    History::from_files(&files).unwrap()
}

/// One step that makes a table, and drops it.
pub fn table(id: &str, parents: &str, name: &str) -> (String, String) {
    file(
        id,
        parents,
        &format!(
            "-- limbeck:up {name}\nCREATE TABLE {name} (id int);\n-- limbeck:down {name}\nDROP TABLE {name};\n"
        ),
    )
}

/// a, b and c, one after the other, each with a table of its name; b has two steps more.
pub fn three() -> History {
    history(&[
        table("a", "", "a"),
        file(
            "b",
            "a",
            "-- limbeck:up b1
CREATE TABLE b1 (id int);
-- limbeck:down b1
DROP TABLE b1;
-- limbeck:up b2
CREATE TABLE b2 (id int);
INSERT INTO b2 VALUES (1), (2);
-- limbeck:down b2
DROP TABLE b2;
-- limbeck:up b3
CREATE TABLE b3 (id int);
-- limbeck:down b3
DROP TABLE b3;
",
        ),
        table("c", "b", "c"),
    ])
}

/// An error as a person gets it: the text, the place with its line, the hint, and the class.
pub fn show(error: &MigrateError) -> String {
    let mut text = format!("error: {error}\n");
    if let Some(place) = error.place() {
        let line = place.text.lines().nth(place.line - 1).unwrap_or_default();
        let length = place
            .text
            .get(place.span.clone())
            .map_or(0, |text| text.lines().next().unwrap_or("").chars().count());
        text.push_str(&format!(
            "  --> {place}\n  | {line}\n  | {}{}\n",
            " ".repeat(place.column - 1),
            "^".repeat(length.max(1))
        ));
    }
    if let Some(detail) = error.database_error().and_then(|error| error.detail()) {
        text.push_str(&format!("detail: {detail}\n"));
    }
    if let Some(hint) = error.hint() {
        text.push_str(&format!("hint: {hint}\n"));
    }
    let committed: Vec<_> = error
        .committed()
        .iter()
        .map(|step| format!("{} {}", step.revision, step.step.as_deref().unwrap_or("-")))
        .collect();
    text.push_str(&format!(
        "class: {:?}, committed: [{}]",
        error.class(),
        committed.join(", ")
    ));
    text
}
