//! What a database says of itself, and the history as the database has it.

use limbeck_history::History;
use limbeck_migrate::{RunOptions, State};
use limbeck_postgres::{Session, Settings};

use crate::commands::RunSettings;
use crate::commands::{database_and_history, run_options};
use crate::{Error, Events, Project, error, live};

/// A project's files beside what its database says of itself.
pub(crate) struct Recorded {
    pub(crate) settings: Settings,
    pub(crate) session: Session,
    pub(crate) options: RunOptions,
    /// The files.
    pub(crate) files: History,
    pub(crate) state: State,
}

impl Recorded {
    /// Reads both.
    pub(crate) async fn read(project: &Project, events: Events<'_>) -> Result<Self, Error> {
        let (settings, files) = database_and_history(project, events).await?;
        let session = live::connect(&settings, project.wait_for_server(), events).await?;
        Self::on(project, settings, session, files).await
    }

    /// What the database of a session says of itself.
    pub(crate) async fn on(
        project: &Project,
        settings: Settings,
        session: Session,
        files: History,
    ) -> Result<Self, Error> {
        let options = run_options(project, &RunSettings::default());
        let state = limbeck_migrate::state(&session, &options)
            .await
            .map_err(|cause| error::from_migrate(project, cause))?;
        Ok(Self {
            settings,
            session,
            options,
            files,
            state,
        })
    }

    /// The applied revisions as they were applied, and of those that are only begun what stands.
    pub(crate) async fn history(&self, project: &Project) -> Result<History, Error> {
        limbeck_migrate::recorded(&self.session, &self.options, &self.state, &self.files)
            .await
            .map_err(|cause| error::from_migrate(project, cause))
    }
}
