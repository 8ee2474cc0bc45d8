//! `stamp`: telling a database where it is, without running anything.

use std::collections::BTreeSet;
use std::time::Duration;

use limbeck_history::{Direction, History, Revision, RevisionId};
use limbeck_postgres::Settings;

use crate::error::{ErrorKind, MigrateError};
use crate::event::Events;
use crate::interrupt::Interrupt;
use crate::journal::{EventRow, Heads, Journal, sqlstate};
use crate::options::RunOptions;
use crate::position::Position;
use crate::report::{Committed, Report};
use crate::run::Context;
use crate::tables::Tables;
use crate::upgrade::direct;

/// Sets a database's heads to a target without running anything: afterwards exactly the target and all that it needs
/// are on record as applied, as their files say. Revisions whose files are not here and what was only begun are
/// forgotten; edited ones are accepted.
///
/// # Errors
///
/// The database cannot be reached, the target is unknown, or another runner is at work for too long.
pub async fn stamp(
    settings: &Settings,
    history: &History,
    target: &str,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Report, MigrateError> {
    let settings = &direct(settings, events);
    let context = Context {
        session: crate::session::open(settings, options, interrupt, events).await?,
        tables: Tables::new(&options.version_schema, &options.scope),
        options,
        interrupt,
        events,
    };
    let position = Position::read(&context.session, &context.tables).await?;
    // An unknown target is told before anything is made.
    Change::new(history, &position, target)?;
    let mut leased = context.begin(settings, position.exists).await?;
    let result = write(&context, &leased.journal(), history, target).await;
    match result {
        Ok((from, change)) => {
            leased.committed.extend(change.committed());
            let (committed, waited) = leased.end().await?;
            Ok(Report {
                from,
                to: change.heads,
                committed,
                waited,
            })
        }
        Err(error) => {
            // The first error is the one to tell.
            let _ = context.session.execute("ROLLBACK").await;
            let _ = leased.end().await;
            Err(error)
        }
    }
}

async fn write<'h>(
    context: &Context<'_>,
    journal: &Journal<'_>,
    history: &'h History,
    target: &str,
) -> Result<(BTreeSet<RevisionId>, Change<'h>), MigrateError> {
    let position = Position::read(&context.session, &context.tables).await?;
    let change = Change::new(history, &position, target)?;
    if !change.is_empty(&position) {
        let sql = change.statements(journal, &position).join(";\n");
        context
            .session
            .execute(&sql)
            .await
            .map_err(|error| match error.sqlstate() {
                Some(sqlstate::LEASE_LOST) => ErrorKind::LeaseLost,
                _ => ErrorKind::Database {
                    doing: "recording the revisions".to_owned(),
                    error,
                },
            })?;
    }
    Ok((position.heads, change))
}

/// What a stamp changes.
struct Change<'h> {
    heads: BTreeSet<RevisionId>,
    written: Vec<&'h Revision>,
    forgotten: Vec<RevisionId>,
}

impl<'h> Change<'h> {
    fn new(history: &'h History, position: &Position, target: &str) -> Result<Self, MigrateError> {
        // Heads that are unknown here are what a stamp may be for; a target that asks about them is refused.
        let target = history.resolve(target, &position.heads)?;
        let wanted = history.applied_at(&target);
        let is_new = |revision: &&Revision| position.applied.get(&revision.id) != Some(&revision.checksum);
        Ok(Self {
            heads: history.heads_of(&wanted),
            written: history.order(&wanted).into_iter().filter(is_new).collect(),
            forgotten: position
                .applied
                .keys()
                .filter(|id| !wanted.contains(*id))
                .cloned()
                .collect(),
        })
    }

    fn is_empty(&self, position: &Position) -> bool {
        self.written.is_empty()
            && self.forgotten.is_empty()
            && position.steps.is_empty()
            && self.heads == position.heads
    }

    fn statements(&self, journal: &Journal<'_>, position: &Position) -> Vec<String> {
        let mut statements = vec!["BEGIN".to_owned(), journal.fenced()];
        if !self.forgotten.is_empty() {
            let forgotten = || self.forgotten.iter().map(RevisionId::as_str);
            statements.push(journal.forget_revisions(forgotten()));
            statements.push(journal.forget_steps(forgotten()));
        }
        let begun: BTreeSet<&str> = position.steps.iter().map(|step| step.revision.as_str()).collect();
        if !begun.is_empty() {
            statements.push(journal.forget_steps(begun));
        }
        statements.extend(
            self.written
                .iter()
                .map(|revision| journal.insert_revision(revision, "stamped")),
        );
        statements.extend(journal.heads(&Heads {
            removed: position.heads.difference(&self.heads).cloned().collect(),
            added: self.heads.difference(&position.heads).cloned().collect(),
        }));
        statements.push(
            journal.event(&EventRow {
                kind: "stamp",
                outcome: "done",
                detail: serde_json::to_string(&serde_json::json!({
                    "from": position.heads,
                    "to": self.heads,
                }))
                .ok(),
                ..EventRow::default()
            }),
        );
        statements.push("COMMIT".to_owned());
        statements
    }

    fn committed(&self) -> impl Iterator<Item = Committed> {
        self.written.iter().map(|revision| Committed {
            revision: revision.id.clone(),
            message: revision.title().to_owned(),
            step: None,
            direction: Direction::Up,
            finished: true,
            duration: Duration::ZERO,
        })
    }
}
