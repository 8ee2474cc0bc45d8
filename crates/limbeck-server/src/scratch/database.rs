//! A throwaway database.

use limbeck_postgres::Settings;

/// A throwaway database. [`crate::Scratch::drop_database`] drops it early; it vanishes with its server anyway.
#[derive(Debug, Clone)]
pub struct ScratchDatabase {
    settings: Settings,
    name: String,
    owner: Option<String>,
}

impl ScratchDatabase {
    pub(super) fn new(settings: Settings, name: String, owner: Option<String>) -> Self {
        Self {
            settings,
            name,
            owner,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How to connect to it, as the role that made it (a superuser on a server of our own).
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whom it belongs to, when that is not the role that made it.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }
}
