//! `accept`: an edited file takes the place of what was applied. Whether it may is for the caller to find out.

use std::collections::BTreeSet;

use limbeck_history::{Revision, RevisionId};
use limbeck_postgres::Settings;

use crate::error::{ErrorKind, MigrateError};
use crate::event::Events;
use crate::failure;
use crate::interrupt::Interrupt;
use crate::journal::{EventRow, Journal};
use crate::options::RunOptions;
use crate::position::Position;
use crate::run::{Commits, Context};
use crate::upgrade::direct;

/// An edited file that is to count as what was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Acceptance {
    /// The revision as its file says now.
    pub revision: Revision,
    /// The checksum that the database has of it.
    pub applied: String,
}

/// Records that edited files count as what was applied: their checksums and texts take the place of those in the
/// database, all of them or none, with an event each, under the lease. Nothing else changes, and nothing is run.
///
/// # Errors
///
/// The database cannot be reached, another runner is at work for too long, or what the database has of a revision
/// is not what the caller has seen.
pub async fn accept(
    settings: &Settings,
    acceptances: &[Acceptance],
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<(), MigrateError> {
    let settings = &direct(settings, events);
    let (context, position) = Context::connect(settings, options, interrupt, events).await?;
    // Nothing is made, and no lease taken, for what cannot be.
    check(&position, acceptances)?;
    let leased = context
        .begin(settings, position.exists, Commits::EachStep)
        .await?;
    if let Err(error) = write(&context, &leased.journal(), acceptances).await {
        leased.give_up().await;
        return Err(error);
    }
    leased.end().await?;
    Ok(())
}

/// Each revision must be applied, whole, and with the checksum that the caller has seen.
fn check(position: &Position, acceptances: &[Acceptance]) -> Result<(), MigrateError> {
    let unfinished: BTreeSet<&RevisionId> = position.steps.iter().map(|step| &step.revision).collect();
    let changed = acceptances.iter().find(|acceptance| {
        let id = &acceptance.revision.id;
        position.applied.get(id) != Some(&acceptance.applied) || unfinished.contains(id)
    });
    match changed {
        None => Ok(()),
        Some(acceptance) => Err(ErrorKind::ChangedMeanwhile {
            revision: acceptance.revision.id.clone(),
        }
        .into()),
    }
}

async fn write(
    context: &Context<'_>,
    journal: &Journal<'_>,
    acceptances: &[Acceptance],
) -> Result<(), MigrateError> {
    check(
        &Position::read(&context.session, &context.tables).await?,
        acceptances,
    )?;
    let mut statements = vec!["BEGIN".to_owned(), journal.fenced()];
    for Acceptance { revision, applied } in acceptances {
        let detail = serde_json::json!({
            "from": applied,
            "to": revision.checksum,
            "file_name": revision.file_name(),
        });
        statements.push(journal.replace_revision(revision));
        statements.push(journal.event(&EventRow {
            kind: "accept",
            revision: Some(revision.id.as_str()),
            outcome: "done",
            detail: Some(detail),
            ..EventRow::default()
        }));
    }
    statements.push("COMMIT".to_owned());
    context
        .session
        .execute(&statements.join(";\n"))
        .await
        .map_err(|error| failure::of_recording(error, "recording the accepted files"))
}
