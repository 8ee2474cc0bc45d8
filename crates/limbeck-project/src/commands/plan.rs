//! `plan`: what a run would do, from where the database is.

use limbeck_history::StepSide;
use serde::Serialize;

use super::RunSettings;
use super::run::{database_and_history, run_options};
use crate::{Error, Events, Project, Requirement, error, live};

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Up.
    Up,
    /// Down.
    Down,
}

/// What would run.
#[derive(Debug, Clone, Serialize)]
pub struct PlanReport {
    /// Which way.
    pub direction: Direction,
    /// Where the database is.
    pub current: Vec<String>,
    /// What would run, in order.
    pub revisions: Vec<PlannedRevision>,
}

/// A revision that would run.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedRevision {
    /// Its identifier.
    pub id: String,
    /// Its message.
    pub message: String,
    /// Its file's name.
    pub file_name: String,
    /// Its steps that would run, in order.
    pub steps: Vec<PlannedStep>,
}

/// A step that would run.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedStep {
    /// Its name.
    pub name: String,
    /// Whether it loses data (`allow=drop`).
    pub destructive: bool,
    /// Whether it runs in a transaction.
    pub transaction: bool,
    /// What has to be 0 before it runs: queries, and what they count.
    pub requires: Vec<Requirement>,
    /// Its SQL.
    pub sql: String,
}

/// Tells what `upgrade TARGET` (or `downgrade TARGET`) would run.
///
/// # Errors
/// As the run itself, before its first step.
pub async fn plan(
    project: &Project,
    direction: Direction,
    target: &str,
    events: Events<'_>,
) -> Result<PlanReport, Error> {
    let (settings, history) = database_and_history(project, events).await?;
    let session = live::connect(&settings).await?;
    let options = run_options(project, &RunSettings::default());
    let state = limbeck_migrate::state(&session, &options)
        .await
        .map_err(|cause| error::from_migrate(project, cause))?;
    let way = match direction {
        Direction::Up => limbeck_history::Direction::Up,
        Direction::Down => limbeck_history::Direction::Down,
    };
    let pending = limbeck_migrate::pending(&history, &state, way, target)
        .map_err(|cause| error::from_migrate(project, cause))?;
    let revisions = pending
        .into_iter()
        .map(|pending| PlannedRevision {
            id: pending.revision.id.to_string(),
            message: pending.revision.message.clone(),
            file_name: pending
                .revision
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            steps: pending
                .steps
                .into_iter()
                .map(|(step, side)| PlannedStep {
                    name: step.name.clone(),
                    destructive: side.options.allow_drop,
                    transaction: side.options.transaction,
                    requires: requires(&side),
                    sql: side.sql.trim().to_owned(),
                })
                .collect(),
        })
        .collect();
    Ok(PlanReport {
        direction,
        current: state.heads.iter().map(ToString::to_string).collect(),
        revisions,
    })
}

fn requires(side: &StepSide) -> Vec<Requirement> {
    let requires = side.requires.iter().map(|require| Requirement {
        message: require.message.clone(),
        query: require.sql.trim().trim_end_matches(';').to_owned(),
    });
    requires.collect()
}
