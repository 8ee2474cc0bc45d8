//! `plan`: what a run would do, from where the database is.

use limbeck_history::{Step, StepSide};
use limbeck_migrate::{Interrupt, Pending, Runner, StoredBodyReason};
use serde::Serialize;

use super::RunSettings;
use super::run::{refuse_range, run_options};
use crate::recorded::Recorded;
use crate::{Error, Event, Events, Project, error, locks};

pub use crate::locks::PlannedLock;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Up.
    Up,
    /// Down.
    Down,
}

impl Direction {
    fn of_history(self) -> limbeck_history::Direction {
        match self {
            Self::Up => limbeck_history::Direction::Up,
            Self::Down => limbeck_history::Direction::Down,
        }
    }
}

/// What is to be found out.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    /// Which way.
    pub direction: Direction,
    /// How far: as for the run itself.
    pub target: String,
    /// Whether what steps require is counted now. The database is only read.
    pub count: bool,
    /// Whether the steps are run on scratch, to see what they lock.
    pub locks: bool,
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
    /// Why what the database keeps of it would be used, and no file: `missing`, `edited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredBodyReason>,
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
    /// Whether it has a way down.
    pub reversible: bool,
    /// The application's function that it is, for a step in Rust: a run from the command line stops before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rust: Option<String>,
    /// What has to be 0 before it runs.
    pub requires: Vec<PlannedRequirement>,
    /// The tables that it locks against others, where that was asked for and could be seen. `None` is not known: the
    /// step runs outside a transaction, is the application's, or could not be tried on scratch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locks: Option<Vec<PlannedLock>>,
    /// Its SQL.
    pub sql: String,
}

/// What has to be 0 before a step runs.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedRequirement {
    /// What is counted, in words.
    pub message: String,
    /// The query.
    pub query: String,
    /// What it counts now, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
    /// Why it cannot be counted now: an earlier step may have to make what it asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncounted: Option<String>,
}

/// Tells what `upgrade TARGET` (or `downgrade TARGET`) would run. Nothing is run on the database.
///
/// # Errors
/// As the run itself, before its first step; when steps are to be run on scratch, also where that fails.
pub async fn plan(project: &Project, options: &PlanOptions, events: Events<'_>) -> Result<PlanReport, Error> {
    let way = options.direction.of_history();
    refuse_range(
        match options.direction {
            Direction::Up => "plan",
            Direction::Down => "plan --down",
        },
        &options.target,
    )?;
    let recorded = Recorded::read(project, events).await?;
    // A step that cannot be part of one transaction, or go through a pooler, is a thing to see in a plan, not what hides it.
    let run_options = run_options(
        project,
        &RunSettings {
            single_transaction: Some(false),
            allow_pooler: Some(false),
            ..RunSettings::default()
        },
    );
    let interrupt = Interrupt::new();
    let run_events = |event| events(Event::Run(event));
    let from_migrate = |cause| error::from_migrate(project, cause);
    let runner = Runner::connect(&recorded.settings, &run_options, &interrupt, &run_events)
        .await
        .map_err(from_migrate)?;
    let pending = runner
        .pending(&recorded.files, way, &options.target)
        .await
        .map_err(from_migrate)?;
    let mut locks = if options.locks && !pending.is_empty() {
        Box::pin(locks::of(project, &recorded, &pending, events)).await?
    } else {
        Vec::new()
    }
    .into_iter();
    let mut revisions = Vec::with_capacity(pending.len());
    for pending in pending {
        let mut steps = Vec::with_capacity(pending.steps.len());
        for (step, side) in &pending.steps {
            let mut planned = planned(step, side);
            if options.count {
                count(&runner, side, &mut planned).await;
            }
            planned.locks = locks.next().flatten();
            steps.push(planned);
        }
        revisions.push(revision(&pending, steps));
    }
    Ok(PlanReport {
        direction: options.direction,
        current: recorded.state.heads.iter().map(ToString::to_string).collect(),
        revisions,
    })
}

fn revision(pending: &Pending, steps: Vec<PlannedStep>) -> PlannedRevision {
    PlannedRevision {
        id: pending.revision.id.to_string(),
        message: pending.revision.message.clone(),
        file_name: pending.revision.file_name(),
        stored: pending.stored,
        steps,
    }
}

fn planned(step: &Step, side: &StepSide) -> PlannedStep {
    let requires = side.requires.iter().map(|require| PlannedRequirement {
        message: require.message.clone(),
        query: require.sql.trim().trim_end_matches(';').to_owned(),
        count: None,
        uncounted: None,
    });
    PlannedStep {
        name: step.name.clone(),
        destructive: side.options.allow_drop,
        transaction: side.options.transaction,
        reversible: step.down.is_some(),
        rust: side.options.rust.clone(),
        requires: requires.collect(),
        locks: None,
        sql: side.sql.trim().to_owned(),
    }
}

async fn count(runner: &Runner<'_>, side: &StepSide, planned: &mut PlannedStep) {
    for (require, planned) in side.requires.iter().zip(&mut planned.requires) {
        match runner.count(require).await {
            Ok(count) => planned.count = Some(count),
            Err(error) => planned.uncounted = Some(error.message().to_owned()),
        }
    }
}
