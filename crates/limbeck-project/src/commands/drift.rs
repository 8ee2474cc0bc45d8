//! `drift`: what the database is not that its own history says it is.

use limbeck_plan::definition;
use serde::Serialize;

use super::check::{unread, warn_of_invalid, warn_of_unread};
use crate::drift::{self, Drift};
use crate::recorded::Recorded;
use crate::{DifferenceLine, Error, Events, ObjectId, Project, line_difference};

/// How a database differs from its history.
#[derive(Debug, Clone, Serialize)]
pub struct DriftReport {
    /// Whether any revision was ever applied. Without one nothing is compared.
    pub exists: bool,
    /// Where the database is: the history up to here is what it is compared with.
    pub heads: Vec<String>,
    /// Revisions that are neither wholly applied nor wholly undone; the steps that stand count.
    pub unfinished: Vec<String>,
    /// What is not as the history says.
    pub differences: Vec<DriftedObject>,
    /// What the history did not make. It is never dropped.
    pub not_from_history: Vec<StrayObject>,
    /// The SQL that would make the database what its history says; what the history did not make stays.
    pub sql: String,
    /// Columns that take no NULL and are missing from a table that is there: where it holds rows, the SQL fails.
    pub unfilled: Vec<ObjectId>,
    /// What no SQL can mend, a sentence each.
    pub unsupported: Vec<String>,
    /// What exists on either side but has no kind here.
    pub unread: Vec<String>,
}

/// An object that is not as the history says.
#[derive(Debug, Clone, Serialize)]
pub struct DriftedObject {
    /// The object.
    pub object: ObjectId,
    /// How it differs.
    pub what: DriftKind,
    /// The name that the object has in the database, where that is another one.
    pub name_in_database: Option<ObjectId>,
    /// The SQL that makes what the database holds.
    pub database: Option<String>,
    /// The SQL that makes what the history says.
    pub history: Option<String>,
    /// The lines in which they differ: those of the database first.
    pub lines: Vec<DifferenceLine>,
}

/// How an object differs from what the history says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// It is not there.
    Missing,
    /// It is there and otherwise.
    Changed,
    /// It is there under another name.
    Renamed,
    /// It is there in the stead of another: a table has one primary key.
    InTheWay,
}

/// An object that the history did not make.
#[derive(Debug, Clone, Serialize)]
pub struct StrayObject {
    /// The object.
    pub object: ObjectId,
    /// The object of the history that it was added to, such as the table of a column or an index. That counts as drift.
    pub added_to: Option<ObjectId>,
    /// The SQL that makes it, where it was added to an object of the history.
    pub database: Option<String>,
}

impl DriftReport {
    /// Whether the database is not what its history says: something is missing or otherwise, or was added to an object
    /// of the history. What stands beside the history is no drift.
    #[must_use]
    pub fn is_different(&self) -> bool {
        !self.differences.is_empty()
            || !self.unsupported.is_empty()
            || self.not_from_history.iter().any(|stray| stray.added_to.is_some())
    }
}

/// Compares the database with the history that it says it has: what was applied, whatever the files say by now.
/// The database is only read.
///
/// # Errors
/// When the database cannot be reached or read, its history cannot be replayed, or no scratch server can be had.
pub async fn drift(project: &Project, events: Events<'_>) -> Result<DriftReport, Error> {
    let recorded = Recorded::read(project, events).await?;
    let mut report = DriftReport {
        exists: recorded.state.exists,
        heads: recorded.state.heads.iter().map(ToString::to_string).collect(),
        unfinished: recorded.state.unfinished_in_words(),
        differences: Vec::new(),
        not_from_history: Vec::new(),
        sql: String::new(),
        unfilled: Vec::new(),
        unsupported: Vec::new(),
        unread: Vec::new(),
    };
    if !recorded.state.exists {
        return Ok(report);
    }
    let drift = Box::pin(drift::compare(project, &recorded, events)).await?;
    report.unread = unread(&drift.found, &drift.wanted);
    warn_of_invalid([&drift.found, &drift.wanted], events);
    warn_of_unread(&report.unread, events);
    report.differences = drift
        .objects()
        .into_iter()
        .map(|object| drifted(&drift, object))
        .collect();
    report.not_from_history = drift
        .strays
        .objects
        .iter()
        .map(|stray| StrayObject {
            object: stray.object.clone(),
            added_to: stray.added_to.clone(),
            // There may be hundreds beside the history.
            database: stray
                .added_to
                .as_ref()
                .and_then(|_| definition(&drift.found, &stray.object)),
        })
        .collect();
    report.sql = drift.plan.sql();
    let new = drift
        .plan
        .unfilled
        .iter()
        .filter(|column| drift.plan.creates(column));
    report.unfilled = new.cloned().collect();
    report.unsupported.clone_from(&drift.plan.unsupported);
    Ok(report)
}

fn drifted(drift: &Drift, object: ObjectId) -> DriftedObject {
    let name_in_database = drift.strays.renamed.get(&object).cloned();
    let found = name_in_database.as_ref().unwrap_or(&object);
    let database = definition(&drift.found, found);
    let history = definition(&drift.wanted, &object);
    let what = match (&name_in_database, &database, &history) {
        (Some(_), _, _) => DriftKind::Renamed,
        (None, None, _) => DriftKind::Missing,
        (None, Some(_), Some(_)) => DriftKind::Changed,
        (None, Some(_), None) => DriftKind::InTheWay,
    };
    DriftedObject {
        lines: line_difference(
            database.as_deref().unwrap_or_default(),
            history.as_deref().unwrap_or_default(),
        ),
        object,
        what,
        name_in_database,
        database,
        history,
    }
}
