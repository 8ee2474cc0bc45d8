//! What every command is given.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use limbeck_project::{Ask, Consult, Error, Event, Host, NobodyToAsk, Overrides, Project};

use crate::interrupt::Signals;
use crate::output::Output;

/// What every command is given: its surroundings, and where to show what it finds.
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) host: Host,
    pub(crate) overrides: Overrides,
    /// Where the command works: the working folder, or that of `-C`.
    pub(crate) directory: PathBuf,
    pub(crate) consult: Box<dyn Consult>,
    /// The same person, for a run.
    pub(crate) ask: Option<Ask>,
    pub(crate) signals: Signals,
    /// Whether a run has committed something.
    pub(crate) committed: AtomicBool,
}

impl Context {
    /// The project that the command works in.
    pub(crate) fn project(&self) -> Result<Project, Error> {
        Project::open(&self.directory, &self.overrides, &self.host)
    }

    /// The project, where it does not matter which of several databases is meant.
    pub(crate) fn project_of_any_database(&self) -> Result<Project, Error> {
        let mut overrides = self.overrides.clone();
        if overrides.database.is_none() {
            let names = Project::databases(&self.directory, &overrides)?;
            overrides.database = names.into_iter().next();
        }
        Project::open(&self.directory, &overrides, &self.host)
    }

    /// What shows events.
    pub(crate) fn events(&self) -> impl Fn(Event) + Send + Sync + '_ {
        |event| {
            tracing::debug!(?event);
            self.output.event(&event);
        }
    }

    /// Another context of the same program, with nobody to ask.
    pub(crate) fn elsewhere(
        &self,
        directory: &Path,
        host: Host,
        overrides: Overrides,
        output: Output,
    ) -> Self {
        Self {
            output,
            host,
            overrides,
            directory: directory.to_owned(),
            consult: Box::new(NobodyToAsk),
            ask: None,
            signals: self.signals.clone(),
            committed: AtomicBool::new(false),
        }
    }
}
