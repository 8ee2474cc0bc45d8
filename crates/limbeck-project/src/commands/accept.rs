//! `accept`: an edited file takes the place of what was applied, where the schema stays what it is.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_history::{HeaderPlace, History, Revision, RevisionId};
use limbeck_migrate::Acceptance;
use serde::Serialize;

use super::RunSettings;
use super::run::{run_options, unless_interrupted};
use crate::recorded::Recorded;
use crate::replacement::{self, Edit};
use crate::{
    Diagnostic, DifferenceLine, Error, Event, Events, Failure, Interrupt, Project, Snippet, error,
    line_difference,
};

/// What came of edited files.
#[derive(Debug, Clone, Serialize)]
pub struct AcceptReport {
    /// The edited revisions that were looked at, in the order in which they run.
    pub revisions: Vec<EditReport>,
    /// Why they were not accepted; empty where they were. It is all of them or none.
    pub refusals: Vec<Diagnostic>,
}

/// An edited revision.
#[derive(Debug, Clone, Serialize)]
pub struct EditReport {
    /// Its identifier.
    pub id: String,
    /// Its message, as the file has it.
    pub message: String,
    /// Its file, relative to the project.
    pub path: std::path::PathBuf,
    /// The checksum that it was applied with.
    pub applied_checksum: String,
    /// The checksum of the file.
    pub file_checksum: String,
    /// The lines in which the file differs from what was applied: the latter's are the first.
    pub lines: Vec<DifferenceLine>,
    /// What there is to know of it besides.
    pub notes: Vec<String>,
}

impl AcceptReport {
    /// Whether the files count as applied now; `false` also where there was nothing to accept.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        !self.revisions.is_empty() && self.refusals.is_empty()
    }
}

/// Looks at applied revisions whose files were edited: all, or those that are selected. The history is replayed on
/// scratch with the texts that were applied and with those of the files. Where the schema is the same after each of
/// them and at the heads, and changed ways down lead back, the database keeps the files' texts from now on. What a
/// revision follows, needs and is labelled stays what it was: other revisions count on it.
///
/// # Errors
/// When the database cannot be reached, a selected revision is unknown, not applied or not whole, its applied text
/// cannot be had, no scratch server can be had, or another runner is at work for too long.
pub async fn accept(
    project: &Project,
    selectors: &[String],
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<AcceptReport, Error> {
    let recorded = unless_interrupted(interrupt, Recorded::read(project, events)).await?;
    let selected = selected(project, &recorded, selectors, events)?;
    if selected.is_empty() {
        return Ok(AcceptReport {
            revisions: Vec::new(),
            refusals: Vec::new(),
        });
    }
    let applied = recorded.history(project).await?;
    let mut revisions = Vec::new();
    let mut refusals = Vec::new();
    for before in applied.order_all() {
        if let Some(Selected { file, .. }) = selected.get(&before.id) {
            revisions.push(report(project, file, before));
            refusals.extend(changed_header(project, file, before));
        }
    }
    if !refusals.is_empty() {
        return Ok(AcceptReport { revisions, refusals });
    }
    let edited = with_files(&applied, &selected)?;
    events(Event::Phase(
        "replaying the history as it was applied and as it was edited".to_owned(),
    ));
    let edit = Edit {
        applied: &applied,
        edited: &edited,
        of: selected.keys().cloned().collect(),
    };
    let trial = Box::pin(replacement::try_out(project, &edit, events));
    let verdict = unless_interrupted(interrupt, trial).await?;
    for report in &mut revisions {
        report.notes = verdict.notes.get(&report.id).cloned().unwrap_or_default();
    }
    if verdict.refusals.is_empty() {
        let acceptances: Vec<Acceptance> = edited
            .order_all()
            .into_iter()
            .filter_map(|revision| {
                Some(Acceptance {
                    revision: revision.clone(),
                    applied: selected.get(&revision.id)?.applied.clone(),
                })
            })
            .collect();
        let options = run_options(project, settings);
        limbeck_migrate::accept(&recorded.settings, &acceptances, &options, interrupt, &|event| {
            events(Event::Run(event));
        })
        .await
        .map_err(|cause| error::from_migrate(project, cause))?;
    }
    Ok(AcceptReport {
        revisions,
        refusals: verdict.refusals,
    })
}

/// An edited file, and the checksum that it was applied with.
struct Selected {
    file: Revision,
    applied: String,
}

/// The edited revisions that are meant.
fn selected(
    project: &Project,
    recorded: &Recorded,
    selectors: &[String],
    events: Events<'_>,
) -> Result<BTreeMap<RevisionId, Selected>, Error> {
    let Recorded { files, state, .. } = recorded;
    let mut selected: BTreeMap<RevisionId, Selected> = state
        .edited(files)
        .into_iter()
        .filter_map(|edited| {
            let file = files.get(&edited.id)?.clone();
            Some((
                edited.id,
                Selected {
                    file,
                    applied: edited.applied,
                },
            ))
        })
        .collect();
    if !selectors.is_empty() {
        let mut named = BTreeMap::new();
        for selector in selectors {
            let revision = files.resolve_one(selector).map_err(error::from_selector)?;
            match selected.remove(&revision.id) {
                Some(edited) => {
                    named.insert(revision.id.clone(), edited);
                }
                None if named.contains_key(&revision.id) => {}
                None if state.revisions.contains_key(&revision.id) => {
                    events(Event::Note(format!(
                        "the file of revision `{}` is as it was applied",
                        revision.id
                    )));
                }
                None => return Err(not_applied(project, revision)),
            }
        }
        selected = named;
    }
    let unfinished = selected
        .values()
        .find(|selected| state.steps.iter().any(|step| step.revision == selected.file.id));
    match unfinished {
        Some(selected) => Err(not_whole(project, &selected.file)),
        None => Ok(selected),
    }
}

fn not_applied(project: &Project, revision: &Revision) -> Error {
    let message = format!("revision `{}` is not applied to this database", revision.id);
    let diagnostic = Diagnostic::new(message).at(Snippet::file(project.relative(&revision.path)));
    Error::new(Failure::History, diagnostic)
        .hint("what is not applied can be edited as you like; `limbeck upgrade` applies it as it is then")
}

fn not_whole(project: &Project, revision: &Revision) -> Error {
    let message = format!("revision `{}` is applied in part only", revision.id);
    let diagnostic = Diagnostic::new(message).at(Snippet::file(project.relative(&revision.path)));
    Error::new(Failure::History, diagnostic)
        .hint("finish what was begun with the file as it was applied, then edit and accept")
}

/// What of the header must not change, and did: the database has the graph as it was applied.
fn changed_header(project: &Project, file: &Revision, applied: &Revision) -> Vec<Diagnostic> {
    let names = |ids: &[RevisionId]| ids.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
    let labels = |revision: &Revision| {
        revision
            .branch_labels
            .iter()
            .cloned()
            .collect::<BTreeSet<String>>()
    };
    [
        ("revises", names(&file.parents), names(&applied.parents)),
        ("depends_on", names(&file.depends_on), names(&applied.depends_on)),
        ("branch_labels", labels(file), labels(applied)),
    ]
    .into_iter()
    .filter(|(_, is, was)| is != was)
    .map(|(key, _, was)| {
        let place = HeaderPlace::key(file, key);
        let was = was.into_iter().collect::<Vec<_>>().join(", ");
        let line = if was.is_empty() && key != "revises" {
            format!("without `-- {key}`")
        } else {
            format!("`{}`", format!("-- {key}: {was}").trim_end())
        };
        Diagnostic::new(format!(
            "the edit of revision `{}` changes `{key}` in its header",
            file.id
        ))
        .at(error::header_snippet(project, &place))
        .hint(format!("make the header as it was applied: {line}"))
    })
    .collect()
}

/// The applied history with the files in the place of what was applied.
fn with_files(applied: &History, selected: &BTreeMap<RevisionId, Selected>) -> Result<History, Error> {
    let revisions = applied
        .order_all()
        .into_iter()
        .map(|revision| {
            let file = selected.get(&revision.id).map(|selected| &selected.file);
            file.unwrap_or(revision).clone()
        })
        .collect();
    History::from_revisions(revisions).map_err(|cause| {
        Error::new(
            Failure::History,
            Diagnostic::new(format!(
                "with the edited files the applied revisions do not form one history: {cause}"
            )),
        )
        .hint("an edit may change what a revision does, not what it follows")
    })
}

fn report(project: &Project, file: &Revision, applied: &Revision) -> EditReport {
    EditReport {
        id: file.id.to_string(),
        message: file.message.clone(),
        path: project.relative(&file.path),
        applied_checksum: applied.checksum.clone(),
        file_checksum: file.checksum.clone(),
        lines: line_difference(&applied.text, &file.text),
        notes: Vec::new(),
    }
}
