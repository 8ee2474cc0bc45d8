//! The project's embedded server.

use limbeck_postgres::{Settings, sqlstate};
use limbeck_server::embedded::{self, EmbeddedServer};
use limbeck_sql::{quote_identifier, quote_literal};

use crate::workbench::search;
use crate::{Error, Event, Events, Project, error, live};

/// Starts the embedded server, or finds it running.
pub(crate) async fn start(project: &Project, events: Events<'_>) -> Result<EmbeddedServer, Error> {
    let directories = &project.host().directories;
    embedded::ensure(&search(project), project.root(), directories, &|event| {
        events(Event::Server(event));
    })
    .await
    .map_err(error::from_installation)
}

/// How to connect to the project's database on it. One of several databases has the name that limbeck.toml gives it, and
/// is made where it is not there.
pub(crate) async fn settings(project: &Project, events: Events<'_>) -> Result<Settings, Error> {
    let server = start(project, events).await?;
    let Some(name) = &project.config().database_name else {
        return Ok(server.settings);
    };
    let session = live::connect(&server.settings, project.wait_for_server(), events).await?;
    let known = format!(
        "SELECT 1 FROM pg_database WHERE datname = {}",
        quote_literal(name)
    );
    let is_there = !session
        .query_text(&known)
        .await
        .map_err(error::from_database)?
        .is_empty();
    if !is_there {
        let made = session
            .execute(&format!("CREATE DATABASE {}", quote_identifier(name)))
            .await;
        // Another command made it just now.
        if let Err(cause) = made
            && !cause.is(sqlstate::DUPLICATE_DATABASE)
        {
            return Err(error::from_database(cause));
        }
    }
    Ok(server.settings.with_database(name))
}
