//! `check`: is there a difference between models and history that no revision covers?

use std::collections::BTreeSet;

use limbeck_catalog::{Catalog, READER_VERSION};
use limbeck_history::History;
use limbeck_plan::{Plan, Requirement};
use serde::{Deserialize, Serialize};

use crate::autogenerate::{Comparison, Fills, Question, compare};
use crate::cache::{self, Cache};
use crate::declared::Declared;
use crate::known::Known;
use crate::workbench::{self, Workbench};
use crate::{Error, Event, Events, NobodyToAsk, ObjectId, Project, SpentAttribute, error, spent};

/// What `check` found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckReport {
    /// What a new revision would do.
    pub differences: Vec<Difference>,
    /// What is in the history alone, and is kept: made by hand, declared by no model.
    pub unmanaged: Vec<ObjectId>,
    /// What exists but has no kind here: `policy public.…`.
    pub unread: Vec<String>,
    /// Whether only the set of declared objects changed.
    pub declared_set_changed: bool,
    /// Attributes of models whose revision is written, and that can go.
    pub spent: Vec<SpentAttribute>,
}

impl CheckReport {
    /// Whether there is a difference.
    #[must_use]
    pub fn is_different(&self) -> bool {
        !self.differences.is_empty() || self.declared_set_changed
    }
}

/// One thing that a new revision would do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Difference {
    /// `create`, `alter`, `rename` or `drop`.
    pub verb: String,
    /// The object.
    pub object: ObjectId,
    /// The SQL, a statement each.
    pub statements: Vec<String>,
    /// What is lost, in words.
    pub loses: Option<String>,
    /// What rows must not be for it to succeed.
    pub requires: Vec<Requirement>,
    /// What there is to know of it besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether a table may be rewritten.
    pub rewrites: bool,
}

/// Compares models and history. With nothing changed since the last time, no server is touched.
///
/// # Errors
/// When the models or the history are wrong, or no scratch server can be had.
pub async fn check(project: &Project, events: Events<'_>) -> Result<CheckReport, Error> {
    let history = project.history()?;
    let cache = cache(project);
    if let Some(known) = Known::recall(project)
        && let Some(key) = key(project, &known.declared, &history, events).await?
        && let Some(mut report) = cache.get::<CheckReport>(&key)
    {
        known.warn(events);
        spent::place(&mut report.spent, &known.renames);
        warn_of_unread(&report.unread, events);
        return Ok(report);
    }
    let declared = Declared::read(project, events)?;
    Known::keep(project, &declared);
    let key = key(project, &declared.hash(), &history, events).await?;
    if let Some(key) = &key
        && let Some(mut report) = cache.get::<CheckReport>(key)
    {
        spent::place(&mut report.spent, &spent::all(project, &declared.renames));
        warn_of_unread(&report.unread, events);
        return Ok(report);
    }
    let heads = history.heads();
    let bench = Workbench::open_on(project, &history, &declared, events).await?;
    events(Event::Phase("comparing models and history".to_owned()));
    let question = Question {
        declared: &declared,
        history: &history,
        heads: &heads,
        renames: &[],
        fills: &Fills::default(),
        consult: &NobodyToAsk,
    };
    let comparison = Box::pin(compare(
        &bench,
        &question,
        bench.history(project, &history, &heads),
    ))
    .await?;
    let report = CheckReport {
        differences: differences(&comparison.plan),
        unmanaged: comparison.wanted.unmanaged.iter().cloned().collect(),
        unread: unread(&comparison.current.catalog, &comparison.wanted.state.catalog),
        declared_set_changed: comparison.wanted.declared != comparison.managed,
        spent: spent::spent(project, &declared.renames, &comparison.current.catalog),
    };
    if let Some(key) = &key {
        cache.put(key, &report);
    }
    Box::pin(bench.keep(project, &declared, &comparison.current)).await;
    warn_of_unread(&report.unread, events);
    Ok(report)
}

fn cache(project: &Project) -> Cache {
    Cache::new(&project.host().directories.cache, "checks")
}

/// Remembers that models and history agree: a revision was just written that was proven to lead to what is declared.
pub(super) async fn remember(
    project: &Project,
    declared: &Declared,
    comparison: &Comparison,
    events: Events<'_>,
) -> Result<(), Error> {
    let history = project.history()?;
    Known::keep(project, declared);
    if let Some(key) = key(project, &declared.hash(), &history, events).await? {
        let report = CheckReport {
            differences: Vec::new(),
            unmanaged: comparison.wanted.unmanaged.iter().cloned().collect(),
            unread: unread(&comparison.current.catalog, &comparison.wanted.state.catalog),
            declared_set_changed: false,
            spent: spent::spent(project, &declared.renames, &comparison.wanted.state.catalog),
        };
        cache(project).put(&key, &report);
    }
    Ok(())
}

/// Everything that a report follows from, the hash of what is declared among it. `None` where the scratch server is not
/// ours to know, or a program's filter decides.
async fn key(
    project: &Project,
    declared: &str,
    history: &History,
    events: Events<'_>,
) -> Result<Option<String>, Error> {
    // What code decides cannot be told by a key.
    if project.config().scratch_url.is_some() || project.overrides().hooks.filter.is_some() {
        return Ok(None);
    }
    let installation = workbench::installation(&workbench::search(project), project.host(), events).await?;
    let config = project.config();
    Ok(Some(cache::key([
        env!("CARGO_PKG_VERSION"),
        &READER_VERSION.to_string(),
        &installation.version.to_string(),
        &installation.bin.display().to_string(),
        declared,
        &history.chain_hash(&history.heads()),
        &history.managed().into_iter().collect::<Vec<_>>().join("\n"),
        &config.database.search_path,
        &config.database.version_schema,
        &config.database.include.join("\n"),
        &config.database.exclude.join("\n"),
        &cache::of_arguments(&project.overrides().x),
        &config.autogenerate.concurrently.to_string(),
    ])))
}

/// A plan as differences.
pub(super) fn differences(plan: &Plan) -> Vec<Difference> {
    plan.actions
        .iter()
        .map(|action| Difference {
            verb: action.verb.to_string(),
            object: action.object.clone(),
            statements: action.statements.clone(),
            loses: action.loses.as_ref().map(ToString::to_string),
            requires: action.requires.clone(),
            note: action.note.clone(),
            rewrites: action.rewrites,
        })
        .collect()
}

/// What either side has that is not looked at.
pub(super) fn unread(one: &Catalog, other: &Catalog) -> Vec<String> {
    let both = one.unread.union(&other.unread);
    both.map(ToString::to_string).collect()
}

/// Names what is not looked at.
pub(super) fn warn_of_unread(unread: &[String], events: Events<'_>) {
    for unread in unread {
        events(Event::Warning(error::not_looked_at(unread)));
    }
}

/// Names the indexes that are no good.
pub(super) fn warn_of_invalid<'a>(catalogs: impl IntoIterator<Item = &'a Catalog>, events: Events<'_>) {
    let invalid: BTreeSet<&ObjectId> = catalogs.into_iter().flat_map(Catalog::invalid_indexes).collect();
    for index in invalid {
        events(Event::Warning(format!(
            "`{index}` is invalid, as a failed `CREATE INDEX CONCURRENTLY` leaves one: PostgreSQL does not use it, \
             and it counts as missing"
        )));
    }
}
