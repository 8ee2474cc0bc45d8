//! Names of revisions that depend on where the database is.

use std::collections::BTreeSet;

use limbeck_history::{History, RevisionId, asks_database};

use crate::recorded::Recorded;
use crate::{Error, Events, Project};

/// The history, and the database's heads where a name depends on them. Else no database is asked.
pub(super) async fn history_for(
    project: &Project,
    name: &str,
    events: Events<'_>,
) -> Result<(History, BTreeSet<RevisionId>), Error> {
    if asks_database(name) {
        let Recorded { files, state, .. } = Recorded::read(project, events).await?;
        return Ok((files, state.heads));
    }
    Ok((project.history()?, BTreeSet::new()))
}
