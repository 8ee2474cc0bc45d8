//! Migrations inside an application: the revisions that were compiled into it.

use limbeck_history::{History, HistoryError};
use limbeck_postgres::Settings;

use crate::error::MigrateError;
use crate::event::Event;
use crate::interrupt::Interrupt;
use crate::options::RunOptions;
use crate::report::Report;

/// The revisions of an application, compiled into it by [`embed!`](crate::embed).
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use limbeck_migrate::{Migrations, Settings};
///
/// // In an application: `limbeck_migrate::embed!("database/migrations/versions")`.
/// const REVISIONS: &[(&str, &str)] = &[];
/// let settings = Settings::parse("postgresql://localhost/app")?;
/// let report = Migrations::new(REVISIONS)?.upgrade(&settings).await?;
/// println!("{} steps", report.committed.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Migrations {
    history: History,
    options: RunOptions,
}

impl Migrations {
    /// The revisions of a folder: the name and the text of each file.
    ///
    /// # Errors
    ///
    /// A file is no revision, or the files form no graph. What `embed!` gives has been checked already.
    pub fn new(files: &[(&str, &str)]) -> Result<Self, HistoryError> {
        Ok(Self {
            history: History::from_files(files)?,
            options: RunOptions::default(),
        })
    }

    /// The same revisions with other options.
    #[must_use]
    pub fn with_options(self, options: RunOptions) -> Self {
        Self { options, ..self }
    }

    /// The revisions.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Moves a database up to the head.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](crate::upgrade()).
    pub async fn upgrade(&self, settings: &Settings) -> Result<Report, MigrateError> {
        self.upgrade_to(settings, "head", &Interrupt::new(), &|event| {
            tracing::debug!(?event);
        })
        .await
    }

    /// Moves a database up to a target, interruptible, and telling what happens.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](crate::upgrade()).
    pub async fn upgrade_to(
        &self,
        settings: &Settings,
        target: &str,
        interrupt: &Interrupt,
        events: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<Report, MigrateError> {
        crate::upgrade(settings, &self.history, target, &self.options, interrupt, events).await
    }

    /// Moves a database down to a target.
    ///
    /// # Errors
    ///
    /// As for [`downgrade`](crate::downgrade()).
    pub async fn downgrade_to(
        &self,
        settings: &Settings,
        target: &str,
        interrupt: &Interrupt,
        events: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<Report, MigrateError> {
        crate::downgrade(settings, &self.history, target, &self.options, interrupt, events).await
    }
}
