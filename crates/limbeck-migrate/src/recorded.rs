//! The history of a database as the database has it: what was applied, whatever the files say by now.

use std::collections::BTreeSet;

use limbeck_history::{History, Revision, RevisionId};
use limbeck_postgres::Session;

use crate::error::{ErrorKind, MigrateError, UnknownRevision};
use crate::line::Line;
use crate::options::RunOptions;
use crate::state::State;
use crate::stored::copies;
use crate::tables::Tables;

/// The applied revisions as they were applied, and of those that are only begun what stands. Where a file is as it
/// was applied, the file is taken, else the database's copy.
///
/// In the revisions that are neither wholly applied nor wholly undone, only the steps are left that stand.
///
/// # Errors
///
/// The database's copies are needed and cannot be read or trusted, as on the way down; a revision is begun whose file
/// is not here; the revisions do not form one history.
pub async fn recorded(
    session: &Session,
    options: &RunOptions,
    state: &State,
    history: &History,
) -> Result<History, MigrateError> {
    let tables = Tables::new(&options.version_schema, &options.scope);
    let as_applied = |id: &RevisionId, checksum: &str| {
        let file = history.get(id);
        file.filter(|revision| revision.checksum == checksum)
    };
    let missing: BTreeSet<&RevisionId> = state
        .revisions
        .iter()
        .filter(|(id, applied)| as_applied(id, &applied.checksum).is_none())
        .map(|(id, _)| id)
        .collect();
    let mut copies = if missing.is_empty() {
        Default::default()
    } else {
        copies(&Line::Lent(session), &tables, &missing).await?
    };
    let mut revisions = Vec::with_capacity(state.revisions.len());
    let mut lost = Vec::new();
    for (id, applied) in &state.revisions {
        match as_applied(id, &applied.checksum)
            .cloned()
            .or_else(|| copies.remove(id))
        {
            Some(revision) => revisions.push(revision),
            None => lost.push(UnknownRevision::new(id, Some(applied))),
        }
    }
    let position = state.position();
    for id in position.begun() {
        match history.get(id) {
            Some(revision) => revisions.push(revision.clone()),
            None => lost.push(UnknownRevision::new(id, None)),
        }
    }
    if !lost.is_empty() {
        return Err(ErrorKind::Unknown { revisions: lost }.into());
    }
    let unfinished: BTreeSet<&RevisionId> = position.steps.iter().map(|step| &step.revision).collect();
    for revision in revisions
        .iter_mut()
        .filter(|revision| unfinished.contains(&revision.id))
    {
        leave_what_stands(revision, |number, id| position.stands(id, number));
    }
    History::from_revisions(revisions).map_err(|error| ErrorKind::Graph(error.to_string()).into())
}

fn leave_what_stands(revision: &mut Revision, stands: impl Fn(usize, &RevisionId) -> bool) {
    let id = revision.id.clone();
    revision.steps.retain(|step| stands(step.number, &id));
}
