//! The live database: connecting, and reading its state.

use std::collections::BTreeSet;
use std::time::Duration;

use limbeck_catalog::{Catalog, Fingerprint, ReadOptions};
use limbeck_plan::{Answers, Options, Plan, Planned, Request};
use limbeck_postgres::{ConnectError, Patience, Pins, Session, SessionOptions, Settings};

use crate::apply::is_missing_object;
use crate::project::DatabaseTarget;
use crate::workbench::{self, Bodies, State, Workbench};
use crate::{Error, Event, Events, Project, error};

/// How long a connection may take. A sleeping compute needs a few seconds to wake.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// The settings of the project's database; an embedded server is started where it does not run.
pub(crate) async fn settings(project: &Project, events: Events<'_>) -> Result<Settings, Error> {
    let (target, origin) = project.database_target()?;
    if let Some(variable) = origin.variable() {
        events(Event::Note(format!("the database is that of `{variable}`")));
    }
    target_settings(project, target, events).await
}

/// The settings of a target; an embedded server is started where it does not run.
async fn target_settings(
    project: &Project,
    target: DatabaseTarget,
    events: Events<'_>,
) -> Result<Settings, Error> {
    match target {
        DatabaseTarget::Embedded => crate::embedded::settings(project, events).await,
        DatabaseTarget::Url(settings) => {
            for ignored in settings.ignored() {
                events(Event::Note(format!("in the connection's settings, {ignored}")));
            }
            if let Some((pooled, host)) = settings.replaced_host() {
                events(Event::Run(limbeck_migrate::Event::DirectHost { pooled, host }));
                return Ok(settings.direct());
            }
            Ok(*settings)
        }
    }
}

/// Connects to a database for reading. A server that sleeps, starts or restarts is waited for.
pub(crate) async fn connect(
    settings: &Settings,
    wait: Duration,
    events: Events<'_>,
) -> Result<Session, Error> {
    let options = SessionOptions {
        application_name: "limbeck".to_owned(),
        pins: Pins::Reading,
        connect_timeout: CONNECT_TIMEOUT,
        pooling: None,
    };
    let tell = |error: &ConnectError| {
        events(Event::Run(limbeck_migrate::Event::ConnectingAgain {
            reason: error.to_string(),
            limit: wait,
        }));
    };
    let session = limbeck_postgres::connect_patiently(settings, &options, Patience::first(wait), &tell)
        .await
        .map_err(error::from_connect)?;
    if session.left_out_options().is_some() {
        events(Event::Note(format!(
            "the pooler `{}` does not take the `options` of the connection string, which are left out",
            session.host().text()
        )));
    }
    if let Some(event) = limbeck_migrate::Event::of_session(settings, &session) {
        events(Event::Run(event));
    }
    Ok(session)
}

/// Reads a database. Only the configured schemas are looked at, and those that are given besides.
pub(crate) async fn read(
    project: &Project,
    settings: &Settings,
    besides: &BTreeSet<String>,
    events: Events<'_>,
) -> Result<Catalog, Error> {
    let session = connect(settings, project.wait_for_server(), events).await?;
    read_in(project, &session, besides).await
}

/// Reads the database of a session, as [`read`].
pub(crate) async fn read_in(
    project: &Project,
    session: &Session,
    besides: &BTreeSet<String>,
) -> Result<Catalog, Error> {
    let mut options = read_options(project)?;
    options
        .schemas
        .get_or_insert_default()
        .extend(besides.iter().cloned());
    limbeck_catalog::read(session.client(), &options)
        .await
        .map_err(error::from_read)
}

/// The fingerprint of the schema of a session's database.
pub(crate) async fn fingerprint(session: &Session) -> Result<Fingerprint, Error> {
    limbeck_catalog::fingerprint(session.client())
        .await
        .map_err(error::from_read)
}

/// What is read of a live database: the configured schemas alone.
pub(crate) fn read_options(project: &Project) -> Result<ReadOptions, Error> {
    Ok(ReadOptions {
        schemas: Some(project.config().database.schemas.iter().cloned().collect()),
        ..workbench::read_options(project)?
    })
}

/// The live database's state, with a scratch database made to be like it, so that what is planned from it can be
/// proven.
pub(crate) async fn state(
    bench: &Workbench<'_>,
    project: &Project,
    events: Events<'_>,
) -> Result<State, Error> {
    let settings = settings(project, events).await?;
    let catalog = read(project, &settings, &BTreeSet::new(), events).await?;
    rebuilt(bench, catalog, Majors::Same).await
}

/// Whether what was read on another major version may be rebuilt on this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Majors {
    Same,
    Any,
}

/// A scratch database that is like a catalogue which was read elsewhere.
pub(crate) async fn rebuilt(
    bench: &Workbench<'_>,
    mut catalog: Catalog,
    majors: Majors,
) -> Result<State, Error> {
    let other = error::same_major(catalog.server_version_num, bench.server_version_num());
    let is_other = other.is_err();
    if majors == Majors::Same {
        other?;
    }
    catalog.server_version_num = bench.server_version_num();
    let empty = bench.empty().await?;
    // The facts that were read stay what is compared; the database is only there to be asked. Nothing of it can
    // be asked yet, so every question goes to the empty one.
    let plan = build_plan(&empty.catalog, &catalog)?;
    let session = bench
        .carry_out(&empty.database, &plan.actions, Bodies::Unchecked)
        .await
        .map_err(|error| with_what_was_not_read(error, &catalog))?;
    if is_other {
        // Another major prints texts differently: what counts is how this one prints them.
        catalog = bench.read(&session).await?;
    }
    drop(session);
    Ok(State {
        catalog,
        database: empty.database,
    })
}

/// The plan that makes everything. Nothing is there before, so there is nothing to ask about.
fn build_plan(empty: &Catalog, wanted: &Catalog) -> Result<Plan, Error> {
    let answers = Answers::new();
    let request = Request {
        current: empty,
        wanted,
        renames: &[],
        fills: &[],
        answers: &answers,
        options: Options::default(),
    };
    match limbeck_plan::plan(&request).map_err(error::from_plan)? {
        Planned::Plan(plan) => Ok(plan),
        Planned::Questions(_) => Err(Error::failed(
            "the planner asked about objects that are not there",
        )),
    }
}

/// Tells what may be missing where a catalogue cannot be rebuilt: what it refers to and does not hold.
fn with_what_was_not_read(error: Error, catalog: &Catalog) -> Error {
    if !error.database_error().is_some_and(is_missing_object) {
        return error;
    }
    let mut error = error.hint(
        "what is missing may lie in a schema that is not looked at: name it in `schemas` under `[database]`",
    );
    for unread in &catalog.unread {
        error = error.hint(error::not_looked_at(&unread.to_string()));
    }
    error
}
