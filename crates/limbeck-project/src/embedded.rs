//! The project's embedded server.

use limbeck_server::embedded::{self, EmbeddedServer};

use crate::workbench::{installation, search};
use crate::{Error, Event, Events, Project, error};

/// Starts the embedded server, or finds it running.
pub(crate) async fn start(project: &Project, events: Events<'_>) -> Result<EmbeddedServer, Error> {
    // A server that runs needs no programs: this is the common case, and the quick one.
    if let Some(server) = embedded::running(project.root(), &project.host().directories).await.map_err(error::from_server)? {
        return Ok(server);
    }
    let installation = installation(&search(project), project.host(), events).await?;
    embedded::start(&installation, project.root(), &project.host().directories, &|event| {
        events(Event::Server(event));
    })
    .await
    .map_err(error::from_server)
}
