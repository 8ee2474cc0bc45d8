//! `stamp`: tell the database where it is, without running anything.

use limbeck_migrate::{Stamp, StampReport};

use super::RunSettings;
use super::run::{database_and_history, run_options};
use crate::{Error, Event, Events, Interrupt, Project, error};

/// Tells the database where it is: each target and all that it needs is on record as applied afterwards, what needs a
/// target is not, and other branches stay as they are.
///
/// # Errors
/// When the database cannot be reached, a target is unknown, or the database has revisions that no file knows and the
/// stamp does not purge.
pub async fn stamp(
    project: &Project,
    stamp: &Stamp,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<StampReport, Error> {
    for target in &stamp.targets {
        if let Some((_, to)) = target.split_once(':') {
            let to = if to.is_empty() { "head" } else { to };
            return Err(Error::usage(format!(
                "`{target}` is a range, and a stamp asks the database where it is"
            ))
            .hint(format!("write `limbeck stamp {to}`; a range is for `--sql`")));
        }
    }
    let (database, history) = database_and_history(project, events).await?;
    let options = run_options(project, settings);
    limbeck_migrate::stamp(&database, &history, stamp, &options, interrupt, &|event| {
        events(Event::Run(event));
    })
    .await
    .map_err(|cause| error::from_migrate(project, cause))
}

/// The same as a script for `psql`. The first target may be a range `from:to`; without it, the script begins at base.
///
/// # Errors
/// When a target is unknown or depends on where the database is, or a later one is a range.
pub fn stamp_script(project: &Project, stamp: &Stamp, settings: &RunSettings) -> Result<String, Error> {
    let mut targets = stamp.targets.clone();
    let mut from = "base".to_owned();
    if let Some(first) = targets.first_mut()
        && let Some((begin, end)) = first.clone().split_once(':')
    {
        if stamp.purge {
            return Err(Error::usage(format!(
                "`{first}` says where the database is, and `--purge` forgets that"
            ))
            .hint("leave out what stands before the colon, and the colon"));
        }
        if !begin.is_empty() {
            begin.clone_into(&mut from);
        }
        *first = if end.is_empty() { "head" } else { end }.to_owned();
    }
    if let Some(range) = targets.iter().find(|target| target.contains(':')) {
        return Err(Error::usage(format!(
            "`{range}` is a range, and only the first target may be one"
        ))
        .hint("write `limbeck stamp --sql FROM:TO TO …`"));
    }
    let history = project.history()?;
    let stamp = Stamp {
        targets,
        purge: stamp.purge,
    };
    limbeck_migrate::stamp_script(&history, &from, &stamp, &run_options(project, settings))
        .map_err(|cause| error::from_migrate(project, cause))
}
