//! `stamp`: tell the database where it is, without running anything.

use super::RunSettings;
use super::run::{database_and_history, run_options};
use crate::{Error, Event, Events, Interrupt, Project, error};

/// Sets the database's heads to a target.
///
/// # Errors
/// When the database cannot be reached, or the target is unknown.
pub async fn stamp(
    project: &Project,
    target: &str,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<limbeck_migrate::Report, Error> {
    let (database, history) = database_and_history(project, events).await?;
    let options = run_options(project, settings);
    limbeck_migrate::stamp(&database, &history, target, &options, interrupt, &|event| {
        events(Event::Run(event));
    })
    .await
    .map_err(|cause| error::from_migrate(project, cause))
}
