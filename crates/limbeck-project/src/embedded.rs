//! The project's embedded server.

use limbeck_server::embedded::{self, EmbeddedServer};

use crate::workbench::search;
use crate::{Error, Event, Events, Project, error};

/// Starts the embedded server, or finds it running.
pub(crate) async fn start(project: &Project, events: Events<'_>) -> Result<EmbeddedServer, Error> {
    let directories = &project.host().directories;
    embedded::ensure(&search(project), project.root(), directories, &|event| {
        events(Event::Server(event));
    })
    .await
    .map_err(error::from_installation)
}
