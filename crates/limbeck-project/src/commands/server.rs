//! `server`: the embedded server, and the PostgreSQL installations that can be had.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use serde::Serialize;

use limbeck_postgres::{RootCertificate, Settings, SslMode, connection_variables};
use limbeck_server::embedded::{self, Status};
use limbeck_server::{Installation, Origin};

use crate::{Error, Event, Events, Host, Overrides, Project, error, live, workbench};

/// The embedded server of a project.
#[derive(Debug, Clone, Serialize)]
pub struct ServerReport {
    /// Whether it runs.
    pub state: ServerState,
    /// Its major version.
    pub major: Option<u32>,
    /// Where its data lies.
    pub data_directory: Option<PathBuf>,
    /// Where its log lies, while it runs.
    pub log_file: Option<PathBuf>,
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
    server_status(project)
}

/// Stops the project's embedded server; its data stays.
///
/// # Errors
/// When it does not stop.
pub async fn server_stop(project: &Project, events: Events<'_>) -> Result<ServerReport, Error> {
    let directories = &project.host().directories;
    embedded::stop(project.root(), directories, &|event| events(Event::Server(event)))
        .await
        .map_err(error::from_server)?;
    server_status(project)
}

/// Tells whether the project's embedded server runs.
///
/// # Errors
/// When its folder cannot be read.
pub fn server_status(project: &Project) -> Result<ServerReport, Error> {
    let nothing = ServerReport {
        state: ServerState::Absent,
        major: None,
        data_directory: None,
        log_file: None,
        url: None,
        url_with_password: None,
    };
    Ok(
        match embedded::status(project.root(), &project.host().directories).map_err(error::from_server)? {
            Status::Stopped {
                data_directory,
                major,
            } => ServerReport {
                state: ServerState::Stopped,
                major: Some(major),
                data_directory: Some(data_directory),
                ..nothing
            },
            Status::Running(server) => ServerReport {
                state: ServerState::Running,
                major: Some(server.major),
                data_directory: Some(server.data_directory),
                log_file: Some(server.log_file),
                url: Some(server.tcp_settings.to_string()),
                url_with_password: Some(server.tcp_settings.to_url_with_password()),
            },
            _ => nothing,
        },
    )
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
    let settings = live::settings(project, events).await?;
    let installation = workbench::installation(&workbench::search(project), project.host(), events).await?;
    let program = installation.program("psql").ok_or_else(|| {
        Error::failed(format!(
            "PostgreSQL {} in `{}` comes without `psql`",
            installation.version,
            installation.bin.display()
        ))
        .hint("install PostgreSQL's client programs, and put them on the PATH")
    })?;
    let mut command = Command::new(program);
    // Whatever the environment says of connections is about others.
    let of_connections = connection_variables().filter(|variable| *variable != "PGCLIENTENCODING");
    for variable in of_connections {
        command.env_remove(variable);
    }
    command
        .arg("--dbname")
        .arg(url_for_psql(&settings, installation.version.major))
        .args(arguments);
    if let Some(password) = settings.password() {
        // By a variable and not in the URL, which every user of the machine can see.
        command.env("PGPASSWORD", password.expose());
    }
    Ok(command)
}

/// The URL without its password, as the psql of a major version understands it.
fn url_for_psql(settings: &Settings, major: u32) -> String {
    let settings = settings.with_password(None);
    let without_roots = settings.ssl_mode() == SslMode::VerifyFull && settings.root_certificate().is_none();
    let settings = match (without_roots, major >= 16) {
        (true, true) => settings
            .with_ssl_mode(SslMode::VerifyFull)
            .with_root_certificate(Some(RootCertificate::System)),
        // It cannot take the roots of the system, and would look for a file of its own.
        (true, false) => settings.with_ssl_mode(SslMode::Require),
        (false, _) => settings,
    };
    settings.to_url_with_password()
}

/// Lists the PostgreSQL installations that are there. Works outside a project.
#[must_use]
pub fn server_list(overrides: &Overrides, host: &Host) -> Vec<InstallationReport> {
    limbeck_server::list(
        &workbench::search_outside(None, overrides, host),
        &host.directories,
    )
    .iter()
    .map(report)
    .collect()
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
    let search = workbench::search_outside(Some(major), overrides, host);
    let installation =
        limbeck_server::find(&search, &host.directories, &|event| events(Event::Server(event)))
            .await
            .map_err(error::from_installation)?;
    Ok(report(&installation))
}

fn report(installation: &Installation) -> InstallationReport {
    InstallationReport {
        version: installation.version.to_string(),
        bin: installation.bin.clone(),
        origin: match installation.origin {
            Origin::Configured => "configured",
            Origin::Machine => "machine",
            Origin::Cache => "cache",
            Origin::Fetched => "fetched",
        }
        .to_owned(),
    }
}
