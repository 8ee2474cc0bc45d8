//! `ensure-version`: Limbeck's own tables, and nothing else.

use limbeck_migrate::EnsureReport;

use super::RunSettings;
use super::run::run_options;
use crate::{Error, Event, Events, Interrupt, Project, error, live};

/// Makes Limbeck's own tables where they are missing.
///
/// # Errors
/// When the database cannot be reached, or the role may not make them.
pub async fn ensure_version(
    project: &Project,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<EnsureReport, Error> {
    let database = live::settings(project, events).await?;
    let options = run_options(project, settings);
    limbeck_migrate::ensure_version(&database, &options, interrupt, &|event| {
        events(Event::Run(event));
    })
    .await
    .map_err(|cause| error::from_migrate(project, cause))
}

/// The same as a script for `psql`.
#[must_use]
pub fn ensure_version_script(project: &Project) -> String {
    limbeck_migrate::ensure_version_script(&run_options(project, &RunSettings::default()))
}
