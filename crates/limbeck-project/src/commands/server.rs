//! `server`: the embedded server, and the PostgreSQL installations that can be had.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use serde::Serialize;

use limbeck_server::embedded::{self, Status};
use limbeck_server::{Installation, Search};

use crate::project::DatabaseTarget;
use crate::workbench::BIN_VARIABLE;
use crate::{Error, Event, Events, Host, Overrides, Project, error, live, workbench};

/// The embedded server of a project.
#[derive(Debug, Clone, Serialize)]
pub struct ServerReport {
    /// Whether it runs.
    pub state: ServerState,
    /// Its major version.
    pub major: Option<u32>,
    /// Where its data lies.
    pub data_directory: PathBuf,
    /// Where its log lies.
    pub log_file: PathBuf,
    /// How to reach it on loopback, the password masked.
    pub url: Option<String>,
    /// The same with the password, for the application's own configuration. Never shown unless asked for.
    #[serde(skip)]
    pub url_with_password: Option<String>,
}

/// Whether a server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerState {
    /// It runs.
    Running,
    /// It does not run; its data is kept.
    Stopped,
    /// There has never been one.
    Absent,
}

/// A PostgreSQL that can be started.
#[derive(Debug, Clone, Serialize)]
pub struct InstallationReport {
    /// Its version, such as `17.5`.
    pub version: String,
    /// The folder of its programs.
    pub bin: PathBuf,
    /// Where it comes from: `machine`, `cache`, …
    pub origin: String,
}

/// Starts the project's embedded server, or finds it running.
///
/// # Errors
/// When no PostgreSQL can be had, or it does not start.
pub async fn server_start(project: &Project, events: Events<'_>) -> Result<ServerReport, Error> {
    crate::embedded::start(project, events).await?;
    server_status(project).await
}

/// Stops the project's embedded server; its data stays.
///
/// # Errors
/// When it does not stop.
pub async fn server_stop(project: &Project) -> Result<ServerReport, Error> {
    embedded::stop(project.root(), &project.host().directories).await.map_err(error::from_server)?;
    server_status(project).await
}

/// Tells whether the project's embedded server runs.
///
/// # Errors
/// When its folder cannot be read.
pub async fn server_status(project: &Project) -> Result<ServerReport, Error> {
    let status: Status =
        embedded::status(project.root(), &project.host().directories).await.map_err(error::from_server)?;
    Ok(ServerReport {
        state: if status.running {
            ServerState::Running
        } else if status.major.is_some() {
            ServerState::Stopped
        } else {
            ServerState::Absent
        },
        major: status.major,
        data_directory: status.data_directory.clone(),
        log_file: status.log_file.clone(),
        url: status.tcp_settings.as_ref().map(ToString::to_string),
        url_with_password: status.tcp_settings.as_ref().map(limbeck_postgres::Settings::to_url_with_password),
    })
}

/// The command that opens `psql` on the project's database, with its password in the command's environment.
///
/// # Errors
/// When there is no `psql`, or the embedded server does not start.
pub async fn server_psql(
    project: &Project,
    arguments: &[OsString],
    events: Events<'_>,
) -> Result<Command, Error> {
    let settings = match project.database_target()?.0 {
        DatabaseTarget::Embedded => crate::embedded::start(project, events).await?.settings().clone(),
        DatabaseTarget::Url(_) => live::settings(project, events).await?,
    };
    let installation = workbench::installation(&workbench::search(project), project.host(), events).await?;
    let program = installation
        .program("psql")
        .ok_or_else(|| {
            Error::failed(format!("PostgreSQL {} in `{}` comes without `psql`", installation.version, installation.bin.display()))
                .hint("install PostgreSQL's client programs, and put them on the PATH")
        })?;
    let mut command = Command::new(program);
    for (variable, value) in settings.libpq_variables() {
        command.env(variable, value);
    }
    command.args(arguments);
    Ok(command)
}

/// Lists the PostgreSQL installations that are there. Works outside a project.
#[must_use]
pub fn server_list(overrides: &Overrides, host: &Host) -> Vec<InstallationReport> {
    limbeck_server::list(&outside(None, overrides, host), &host.directories).iter().map(report).collect()
}

/// Fetches the PostgreSQL of a major version, or finds it. Works outside a project.
///
/// # Errors
/// When it cannot be had.
pub async fn server_install(
    major: u32,
    overrides: &Overrides,
    host: &Host,
    events: Events<'_>,
) -> Result<InstallationReport, Error> {
    let search = outside(Some(major), overrides, host);
    let installation = limbeck_server::find(&search, &host.directories, &|event| events(Event::Server(event)))
        .await
        .map_err(error::from_installation)?;
    Ok(report(&installation))
}

fn outside(major: Option<u32>, overrides: &Overrides, host: &Host) -> Search {
    Search {
        major,
        bin: host.variables.get(BIN_VARIABLE).filter(|bin| !bin.is_empty()).map(Into::into),
        path: host.path.clone(),
        offline: overrides.offline,
        any_major: false,
    }
}

fn report(installation: &Installation) -> InstallationReport {
    InstallationReport {
        version: installation.version.to_string(),
        bin: installation.bin.clone(),
        origin: installation.origin.to_string(),
    }
}
