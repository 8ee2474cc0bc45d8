//! Where a new revision hangs in the graph, which names it has, and in which folder it lies.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use limbeck_history::{History, Revision, RevisionId, SelectorError, Target, check_label, new_id};

use crate::{Diagnostic, Error, Failure, Project, Snippet, error};

/// The identifier that was given, or a new one. It is no other revision's, and no label.
pub(in crate::commands) fn identifier(
    project: &Project,
    history: &History,
    given: Option<&str>,
) -> Result<RevisionId, Error> {
    let Some(given) = given else {
        return Ok(new_id());
    };
    let id = given.parse::<RevisionId>().map_err(|cause| {
        let error = Error::usage(cause.to_string());
        match cause.hint() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })?;
    match history.with_name(given) {
        None => Ok(id),
        Some(other) if other.id == id => {
            Err(
                taken(project, format!("there is a revision `{id}` already"), other)
                    .hint("choose another identifier"),
            )
        }
        Some(other) => Err(taken(
            project,
            format!("`{id}` is the branch label of `{}`", other.id),
            other,
        )
        .hint("choose another identifier")),
    }
}

/// The labels that were given, each once. None is another revision's name.
pub(in crate::commands) fn labels(
    project: &Project,
    history: &History,
    id: &RevisionId,
    given: &[String],
) -> Result<Vec<String>, Error> {
    let mut labels: Vec<String> = Vec::new();
    for label in given {
        if let Err(cause) = check_label(label) {
            let error = Error::usage(format!("`{label}` is no valid branch label"));
            return Err(match cause.hint() {
                Some(hint) => error.hint(hint),
                None => error,
            });
        }
        if label == id.as_str() {
            return Err(Error::usage(format!(
                "`{label}` cannot be both the identifier and the label of a revision"
            ))
            .hint("choose another label"));
        }
        if let Some(other) = history.with_name(label) {
            let what = if other.id.as_str() == label {
                format!("the branch label `{label}` is the identifier of a revision")
            } else {
                format!("the branch label `{label}` is taken by `{}`", other.id)
            };
            return Err(taken(project, what, other).hint("choose another label"));
        }
        if !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    Ok(labels)
}

/// A name that another revision has.
fn taken(project: &Project, message: String, other: &Revision) -> Error {
    let diagnostic = Diagnostic::new(message).at(Snippet::file(project.relative(&other.path)));
    Error::new(Failure::Usage, diagnostic)
}

/// The revisions that a new one follows: the one head; what was asked for with `--head`; or none, for a new base.
pub(in crate::commands) fn parents(
    history: &History,
    head: Option<&str>,
    splice: bool,
) -> Result<Vec<RevisionId>, Error> {
    let Some(head) = head else {
        let heads = history.heads();
        if heads.len() > 1 {
            let names: Vec<String> = heads.iter().map(|id| format!("`{id}`")).collect();
            return Err(Error::new(
                Failure::History,
                Diagnostic::new(format!("the history has several heads: {}", names.join(", "))),
            )
            .hint("choose the parent with `--head ID`, or join them: `limbeck merge heads`"));
        }
        return Ok(heads.into_iter().collect());
    };
    // A label before `base` chooses no base: a branch's is a revision's place, and not nothing.
    if head.trim() == "base" {
        return Ok(Vec::new());
    }
    let parent = history.resolve_one(head).map_err(|cause| match cause {
        SelectorError::NoRevision => Error::new(Failure::History, Diagnostic::new(cause.to_string()))
            .hint("leave `--head` out: the first revision follows none"),
        SelectorError::Several { .. } => {
            error::from_selector(cause).hint("or join them: `limbeck merge heads`")
        }
        cause => error::from_selector(cause),
    })?;
    refuse_inner(history, parent, splice)?;
    Ok(vec![parent.id.clone()])
}

/// What follows a revision that is no head makes a new branch, which must be asked for.
pub(in crate::commands) fn refuse_inner(
    history: &History,
    parent: &Revision,
    splice: bool,
) -> Result<(), Error> {
    if splice || history.children(&parent.id).next().is_none() {
        return Ok(());
    }
    let children: Vec<String> = history
        .children(&parent.id)
        .map(|child| format!("`{}`", child.id))
        .collect();
    let verb = if children.len() == 1 { "revises" } else { "revise" };
    Err(Error::new(
        Failure::History,
        Diagnostic::new(format!(
            "`{}` is no head: {} {verb} it",
            parent.id,
            children.join(", ")
        )),
    )
    .hint("add `--splice` to begin a new branch there, or name a head: `limbeck heads` lists them"))
}

/// The revisions that a new one depends on, each once, in the order in which they were given.
pub(in crate::commands) fn dependencies(
    history: &History,
    given: &[String],
) -> Result<Vec<RevisionId>, Error> {
    let mut ids: Vec<RevisionId> = Vec::new();
    for name in given {
        // `heads` of a branch may be several, and one may depend on all.
        let found = match history.resolve_one(name) {
            Ok(revision) => vec![revision.id.clone()],
            Err(SelectorError::Several { candidates, .. }) => candidates.into_iter().collect(),
            Err(cause) => return Err(error::from_selector(cause)),
        };
        for id in found {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    Ok(ids)
}

/// The heads that are neither among some revisions nor below them.
pub(in crate::commands) fn other_heads(history: &History, known: &[RevisionId]) -> Vec<RevisionId> {
    let below = history.applied_at(&Target::At(known.iter().cloned().collect::<BTreeSet<_>>()));
    let heads = history.heads();
    heads.into_iter().filter(|head| !below.contains(head)).collect()
}

/// The folder of a new revision: the one that was given; else the one that its parent's file lies in; else the first.
pub(in crate::commands) fn folder(
    project: &Project,
    history: &History,
    parents: &[RevisionId],
    given: Option<&Path>,
) -> Result<PathBuf, Error> {
    let locations = project.locations();
    if let Some(given) = given {
        return given_folder(project, given);
    }
    let of_parent = parents
        .iter()
        .filter_map(|id| history.get(id))
        .find_map(|parent| {
            let holds_it = |folder: &&PathBuf| parent.path.starts_with(folder);
            locations
                .folders
                .iter()
                .filter(holds_it)
                .max_by_key(|folder| folder.components().count())
        });
    let folder = of_parent.or_else(|| locations.folders.first()).cloned();
    Ok(folder.unwrap_or_else(|| project.versions()))
}

/// A folder that was given is one of those that are read; where folders inside are read too, it may be one of them,
/// and new.
fn given_folder(project: &Project, given: &Path) -> Result<PathBuf, Error> {
    let locations = project.locations();
    let folder = project.root().join(given);
    let holds = |location: &PathBuf| match (real(&folder), real(location)) {
        (Some(folder), Some(location)) => {
            folder == location || (locations.recursive && folder.starts_with(location))
        }
        _ => false,
    };
    if locations.folders.iter().any(holds) {
        return Ok(folder);
    }
    let names: Vec<String> = locations
        .folders
        .iter()
        .map(|folder| format!("`{}`", project.relative(folder).display()))
        .collect();
    let mut diagnostic = Diagnostic::new(format!(
        "`{}` is none of the folders that revisions are read from: {}",
        project.relative(&folder).display(),
        names.join(", ")
    ));
    diagnostic.hints.push(
        "add it to `version_locations` under `[revisions]` in limbeck.toml; with \
         `recursive_version_locations = true` folders inside count as well"
            .to_owned(),
    );
    Err(Error::new(Failure::Usage, diagnostic))
}

/// A path as the system names it, as far as it is there; `None` where the rest leads upwards.
fn real(path: &Path) -> Option<PathBuf> {
    let there = path
        .ancestors()
        .find_map(|known| Some((known, known.canonicalize().ok()?)));
    let (known, real) = there?;
    let rest = path.strip_prefix(known).ok()?;
    let is_plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
    is_plain.then(|| real.join(rest))
}
