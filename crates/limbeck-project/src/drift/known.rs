//! What the last comparison came to, for as long as nobody has changed the schema since.

use limbeck_catalog::{Fingerprint, READER_VERSION};
use serde::{Deserialize, Serialize};

use crate::Project;
use crate::cache::{self, Cache};
use crate::recorded::Recorded;

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// How many objects are not as the history says.
    pub(crate) differences: usize,
    /// How many were added to objects of the history.
    pub(crate) additions: usize,
    /// When it was compared, by the server's clock.
    pub(crate) at: String,
}

impl Known {
    /// What is known of a database whose schema has this fingerprint.
    pub(crate) fn recall(project: &Project, recorded: &Recorded, fingerprint: &Fingerprint) -> Option<Self> {
        // What code decides cannot be told by a key.
        if project.overrides().hooks.filter.is_some() {
            return None;
        }
        cache(project).get(&key(project, recorded, fingerprint))
    }

    pub(super) fn keep(&self, project: &Project, recorded: &Recorded, fingerprint: &Fingerprint) {
        if project.overrides().hooks.filter.is_some() {
            return;
        }
        cache(project).put(&key(project, recorded, fingerprint), self);
    }
}

fn cache(project: &Project) -> Cache {
    Cache::new(&project.host().directories.cache, "drift")
}

/// Everything that a comparison follows from. A fingerprint is of one database alone, for it covers OIDs.
fn key(project: &Project, recorded: &Recorded, fingerprint: &Fingerprint) -> String {
    let config = project.config();
    let database = &config.database;
    let state = &recorded.state;
    let applied: Vec<String> = state
        .revisions
        .iter()
        .map(|(id, revision)| format!("{id} {}", revision.checksum))
        .collect();
    let heads: Vec<String> = state.heads.iter().map(ToString::to_string).collect();
    cache::key([
        env!("CARGO_PKG_VERSION"),
        &READER_VERSION.to_string(),
        &recorded.settings.to_string(),
        &fingerprint.to_string(),
        &applied.join("\n"),
        &heads.join("\n"),
        &state.unfinished_in_words().join("\n"),
        &database.version_schema,
        &database.scope,
        &database.search_path,
        &database.schemas.join("\n"),
        &database.include.join("\n"),
        &database.exclude.join("\n"),
        &cache::of_arguments(&project.overrides().x),
        &config
            .server
            .major
            .map_or_else(String::new, |major| major.to_string()),
    ])
}
