//! `merge`: several heads become one.
//!
//! A merge revision has no steps. What it says is that the order in which the branches were applied makes no
//! difference, and that is tried: they are replayed on scratch in one order and in the others, and the states
//! compared.

use std::collections::BTreeSet;
use std::path::PathBuf;

use limbeck_catalog::Catalog;
use limbeck_history::{Draft, History, Revision, RevisionId, Target};
use serde::Serialize;

use super::revision::{created, placement};
use crate::revision_file::RevisionFile;
use crate::workbench::{State, Workbench};
use crate::{Diagnostic, Error, Event, Events, Failure, Project, error, prove, roles};

/// What `merge` is told.
#[derive(Debug, Clone, Default)]
pub struct MergeOptions {
    /// The revisions to merge, by any names; all heads where none is given.
    pub revisions: Vec<String>,
    /// The message (`-m`); the revisions are named where it is empty.
    pub message: String,
    /// The identifier, instead of a random one.
    pub rev_id: Option<String>,
    /// The labels of the branch that begins with it.
    pub branch_labels: Vec<String>,
    /// Whether revisions that others revise already may be merged.
    pub splice: bool,
    /// The folder that its file lies in, relative to the project; one of those that are read.
    pub version_path: Option<PathBuf>,
}

/// A merge that was written.
#[derive(Debug, Clone, Serialize)]
pub struct MergeReport {
    /// Its identifier.
    pub id: String,
    /// The revisions that it merges.
    pub revises: Vec<String>,
    /// The file, relative to the project.
    pub path: PathBuf,
    /// In how many orders the branches were replayed.
    pub orders: usize,
}

/// Writes a revision that merges others.
///
/// # Errors
/// When there is nothing to merge, or the order in which the branches are applied makes a difference. Then nothing is
/// written.
pub async fn merge(
    project: &Project,
    options: &MergeOptions,
    events: Events<'_>,
) -> Result<MergeReport, Error> {
    let history = project.history()?;
    let parents = parents(&history, options)?;
    let id = placement::identifier(project, &history, options.rev_id.as_deref())?;
    let names: Vec<String> = parents.iter().map(ToString::to_string).collect();
    let message = match options.message.trim() {
        "" => format!("Merge {}", names.join(", ")),
        message => message.to_owned(),
    };
    let mut draft = Draft::new(id, message, created(project)?);
    draft.branch_labels = placement::labels(project, &history, &draft.id, &options.branch_labels)?;
    draft.parents = parents;
    let folder = placement::folder(project, &history, &draft.parents, options.version_path.as_deref())?;
    let file = RevisionFile::make(project, &draft, &folder, events).await?;
    // A hook may have changed it, and no proof reads it again.
    Revision::parse(&file.path, file.text.as_bytes())
        .map_err(|cause| error::from_revision(project, cause))?;
    let orders = orders(&draft.parents);
    events(Event::Phase("replaying the branches in each order".to_owned()));
    Box::pin(refuse_differences(project, &history, &orders, events)).await?;
    file.write(project, events)?;
    Ok(MergeReport {
        id: draft.id.to_string(),
        revises: names,
        path: project.relative(&file.path),
        orders: orders.len(),
    })
}

/// The revisions to merge, each once, in the order in which they were given. None is below another.
fn parents(history: &History, options: &MergeOptions) -> Result<Vec<RevisionId>, Error> {
    let all = ["heads".to_owned()];
    let names = if options.revisions.is_empty() {
        all.as_slice()
    } else {
        &options.revisions
    };
    let parents = placement::dependencies(history, names)?;
    let [_, _, ..] = parents.as_slice() else {
        let message = match history.heads().len() {
            0 | 1 => "there is one head at most, and so nothing to merge",
            _ => "a merge joins two revisions or more",
        };
        return Err(Error::usage(message).hint("`limbeck heads` lists what can be merged"));
    };
    for parent in &parents {
        if let Some(other) = parents.iter().find(|other| history.follows(parent, other)) {
            let message = format!("`{parent}` follows `{other}` already, so there is nothing to merge");
            return Err(Error::new(Failure::History, Diagnostic::new(message))
                .hint("merge revisions of which neither follows the other"));
        }
        if let Some(parent) = history.get(parent) {
            placement::refuse_inner(history, parent, options.splice)?;
        }
    }
    Ok(parents)
}

/// The orders in which branches are tried: each branch comes first once, and the rest follows in both directions. Up
/// to three branches, these are all orders.
fn orders(ids: &[RevisionId]) -> Vec<Vec<RevisionId>> {
    let backwards: Vec<RevisionId> = ids.iter().rev().cloned().collect();
    let mut orders: Vec<Vec<RevisionId>> = Vec::new();
    for list in [ids, &backwards] {
        for first in 0..list.len() {
            let mut order = list.to_vec();
            order.rotate_left(first);
            if !orders.contains(&order) {
                orders.push(order);
            }
        }
    }
    orders
}

/// Replays the branches in each order, and refuses where the outcomes differ.
async fn refuse_differences(
    project: &Project,
    history: &History,
    orders: &[Vec<RevisionId>],
    events: Events<'_>,
) -> Result<(), Error> {
    let makes_roles = roles::are_made_by_any(history.order_all());
    let bench = Workbench::open(project, events).await?;
    let mut first: Option<(&[RevisionId], State)> = None;
    for order in orders {
        // Roles are the whole server's, and would be there already the second time.
        let own = match (makes_roles, &first) {
            (true, Some(_)) => Some(Workbench::open(project, events).await?),
            _ => None,
        };
        let state = replayed(own.as_ref().unwrap_or(&bench), project, history, order).await?;
        let Some((first_order, first_state)) = &first else {
            first = Some((order, state));
            continue;
        };
        let (one, other) = (in_words(first_order), in_words(order));
        if let Some(notes) = prove::differences(&bench, (first_state, &one), (&state, &other)).await? {
            let mut diagnostic = Diagnostic::new(
                "the branches cannot be merged: which one is applied first makes a difference; nothing was written",
            );
            diagnostic.notes = notes;
            return Err(Error::new(Failure::History, diagnostic).hint(
                "change the branch that is applied nowhere yet so that it does the same on top of the other, or give \
                 it the other as its parent",
            ));
        }
        if own.is_none() {
            bench.discard(state.database).await;
        }
    }
    Ok(())
}

/// The state that the branches lead to in an order.
async fn replayed(
    bench: &Workbench<'_>,
    project: &Project,
    history: &History,
    order: &[RevisionId],
) -> Result<State, Error> {
    let mut state = State {
        catalog: Catalog::default(),
        database: bench.database().await?,
    };
    let mut applied: BTreeSet<RevisionId> = BTreeSet::new();
    for (n, id) in order.iter().enumerate() {
        let target = Target::At(BTreeSet::from([id.clone()]));
        let path = history
            .upgrade_path(&history.heads_of(&applied), &target)
            .map_err(error::from_selector)?;
        let added = path.iter().map(|revision| revision.id.clone());
        applied.extend(added);
        let before = order.get(..n).unwrap_or_default();
        state = Box::pin(bench.replayed_on(project, state.database, &path))
            .await
            .map_err(|cause| does_not_follow(cause, before, &path))?;
    }
    Ok(state)
}

/// A branch that does not run after others; the first of an order has none before it, and its error stands as it is.
fn does_not_follow(cause: Error, before: &[RevisionId], path: &[&Revision]) -> Error {
    let Some(last) = path.last().filter(|_| !before.is_empty()) else {
        return cause;
    };
    let message = format!(
        "the branches cannot be merged: `{}` does not run after {}; nothing was written",
        last.id,
        in_words(before)
    );
    let diagnostic = Diagnostic::new(message)
        .hint("change the branch that is applied nowhere yet so that both can run, or give it the other as its parent");
    let diagnostics = std::iter::once(diagnostic).chain(cause.diagnostics().iter().cloned());
    Error::several(Failure::History, diagnostics.collect()).caused_by(cause)
}

fn in_words(order: &[RevisionId]) -> String {
    let names: Vec<String> = order.iter().map(|id| format!("`{id}`")).collect();
    names.join(", then ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders_of(ids: &str) -> Vec<String> {
        let ids: Vec<RevisionId> = ids.split(' ').map(|id| id.parse().unwrap()).collect();
        let joined = |order: &Vec<RevisionId>| order.iter().map(RevisionId::as_str).collect::<String>();
        orders(&ids).iter().map(joined).collect()
    }

    #[test]
    fn every_branch_is_tried_first_and_the_rest_both_ways() {
        assert_eq!(orders_of("a b"), ["ab", "ba"]);
        let three: BTreeSet<String> = orders_of("a b c").into_iter().collect();
        assert_eq!(three.len(), 6);
        assert_eq!(orders_of("a b c d").len(), 8);
    }
}
