//! The database held against what the imported history makes.

use std::collections::BTreeSet;

use limbeck_history::{History, RevisionId};
use limbeck_postgres::Settings;

use crate::import::tables;
use crate::import::trial::in_full;
use crate::workbench::{State, Workbench};
use crate::{Error, Event, Events, ObjectId, Project, error, live, prove, roles};

/// What the database has otherwise than the revisions that are applied make it. A comparison that fails says so and
/// hinders nothing: what is on record is what the tool says.
pub(super) async fn drift(
    project: &Project,
    bench: &Workbench<'_>,
    history: &History,
    applied: &BTreeSet<RevisionId>,
    database: &Settings,
    without: &[ObjectId],
    events: Events<'_>,
) -> Vec<String> {
    events(Event::Phase("comparing the database with the history".to_owned()));
    match compared(project, bench, history, applied, database, without, events).await {
        Ok(notes) => notes,
        Err(error) => {
            events(Event::Warning(format!(
                "the database was not compared with the history: {}",
                in_full(&error)
            )));
            Vec::new()
        }
    }
}

async fn compared(
    project: &Project,
    bench: &Workbench<'_>,
    history: &History,
    applied: &BTreeSet<RevisionId>,
    database: &Settings,
    without: &[ObjectId],
    events: Events<'_>,
) -> Result<Vec<String>, Error> {
    let session = live::connect(database, project.wait_for_server(), events).await?;
    let mut options = live::read_options(project)?;
    for table in without {
        options.exclude.extend(tables::pattern(table).parse().ok());
    }
    let live = limbeck_catalog::read(session.client(), &options)
        .await
        .map_err(error::from_read)?;
    drop(session);
    // Roles are the whole server's: what makes one cannot run there twice.
    let fresh = if roles::are_made_by_any(history.order_all()) {
        Some(Workbench::open(project, events).await?)
    } else {
        None
    };
    let bench = fresh.as_ref().unwrap_or(bench);
    let wanted: State = bench.history(project, history, applied).await?;
    let found = live::rebuilt(bench, live, live::Majors::Any).await?;
    match prove::must_be(bench, &found, &wanted, "the database differs").await {
        Ok(()) => Ok(Vec::new()),
        Err(error) if error.database_error().is_none() && !error.diagnostics().is_empty() => {
            let notes = error
                .diagnostics()
                .iter()
                .flat_map(|diagnostic| &diagnostic.notes);
            Ok(notes.cloned().collect())
        }
        Err(error) => Err(error),
    }
}
