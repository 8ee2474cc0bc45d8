//! The embedded server: a durable PostgreSQL for one project, to try Limbeck or to develop without installing
//! anything.
//!
//! Its data lies in the user's data folder under a name made from the project's path, never in the project:
//! projects lie on mounts that know no permissions and in paths too long for sockets. The first call starts
//! the server, later ones find it running; it stays up until it is stopped. Limbeck connects through a socket
//! that only this user can reach; applications connect on the loopback address with a password.

mod place;
mod port;
mod process;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use limbeck_postgres::{Password, SessionOptions, Settings, connect};

use crate::account::Account;
use crate::cluster::{Cluster, MAINTENANCE_DATABASE, SUPERUSER};
use crate::directories::Directories;
use crate::error::ServerError;
use crate::event::{Event, Events};
use crate::installation::{self, Installation, InstallationError, Search};
use crate::{folder, lock, postmaster, program, random};
use place::{Place, Record};
use process::Postmaster;

/// The database that is there from the beginning.
pub const DATABASE: &str = "app";

/// The address that applications connect to.
const LOOPBACK: &str = "127.0.0.1";

/// Beyond this the log is put aside when the server starts.
const LOG_SIZE: u64 = 10 * 1024 * 1024;

/// Who may connect: on the socket whoever can reach it, on the loopback address with the password.
const ACCESS: &str = "local all all trust\n\
                      host all all 127.0.0.1/32 scram-sha-256\n\
                      host all all ::1/128 scram-sha-256\n";

/// Room for big migrations in one transaction; everything else is PostgreSQL's default, durability included.
const OPTIONS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_permissions=0700",
    "max_locks_per_transaction=512",
    "logging_collector=off",
    "log_destination=stderr",
    "cluster_name=limbeck",
];

/// A running embedded server.
#[derive(Debug, Clone)]
pub struct EmbeddedServer {
    /// How Limbeck connects to the project's database: through the socket.
    pub settings: Settings,
    /// How the application connects to it: on the loopback address, with the password.
    pub tcp_settings: Settings,
    /// The data directory.
    pub data_directory: PathBuf,
    /// The server's log.
    pub log_file: PathBuf,
    /// The server's major version.
    pub major: u32,
    /// The server's process.
    pub process: i32,
}

/// Whether a project has an embedded server.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Status {
    /// None was ever started.
    Missing,
    /// It has data and is not running.
    Stopped {
        /// The data directory.
        data_directory: PathBuf,
        /// The major version of the data.
        major: u32,
    },
    /// It is running.
    Running(EmbeddedServer),
}

/// Connects to the project's server; starts it first where needed, with binaries found by `search`. The major
/// version of data that is there already wins over the wanted one.
///
/// # Errors
/// When no binaries are found, or the server does not start.
pub async fn ensure(
    search: &Search,
    project: &Path,
    directories: &Directories,
    events: Events<'_>,
) -> Result<EmbeddedServer, InstallationError> {
    if let Status::Running(server) = status(project, directories)? {
        return Ok(server);
    }
    let installation = find(search, project, directories, events).await?;
    Ok(start(&installation, project, directories, events).await?)
}

/// Finds binaries for the project's server: of its data's major version when it has data, else of the wanted
/// one.
///
/// # Errors
/// As [`crate::find`]; when there is data, the error says so.
pub async fn find(
    search: &Search,
    project: &Path,
    directories: &Directories,
    events: Events<'_>,
) -> Result<Installation, InstallationError> {
    let place = Place::of(project, directories)?;
    let Some(data) = place.major()? else {
        return installation::find(search, directories, events).await;
    };
    let search = Search {
        major: Some(data),
        any_major: false,
        ..search.clone()
    };
    installation::find(&search, directories, events)
        .await
        .map_err(|error| InstallationError::ForData {
            data_directory: place.data(),
            data,
            source: Box::new(error),
        })
}

/// Starts the project's server with these binaries, or returns it when it is running already.
///
/// # Errors
/// [`ServerError::DataMajor`] when its data is of another major version; otherwise when a folder cannot be
/// used or the server does not start.
pub async fn start(
    installation: &Installation,
    project: &Path,
    directories: &Directories,
    events: Events<'_>,
) -> Result<EmbeddedServer, ServerError> {
    let account = Account::for_servers()?;
    let place = Place::of(project, directories)?;
    take_along(&place, directories, events).await?;
    folder::create_reachable(&place.folder, &account)?;
    let _lock = lock::lock(&place.lock(), events).await?;
    if let Some(postmaster) = Postmaster::settled(&place.data()).await? {
        if postmaster.answers() {
            return running(&place, &postmaster);
        }
        // Somebody cleaned up the folder of its socket.
        postmaster.stop().await?;
    }
    folder::remove_unfinished(&place.folder);
    match place.major()? {
        None => create(installation, &account, &place, events).await?,
        Some(data) if data == installation.version.major => {}
        Some(data) => {
            return Err(ServerError::DataMajor {
                data_directory: place.data(),
                data,
                binaries: installation.version,
            });
        }
    }
    let recorded = place.record()?.map(|record| record.port);
    let port = port::choose(recorded, &place.hash);
    if let Some(from) = recorded.filter(|recorded| *recorded != port) {
        events(Event::PortChanged { from, to: port });
    }
    place.write_record(&Record::new(project, port)?)?;

    events(Event::Starting {
        version: installation.version,
    });
    put_aside(&place.log())?;
    Postmaster::disown_stale(&place.data())?;
    let command = command(installation, &account, &place, port)?;
    let mut child = postmaster::spawn(command, &place.log())?;
    let started = postmaster::ready(&mut child, installation, &place.data(), &place.log()).await;
    if started.is_err() {
        postmaster::kill(&mut child);
    }
    started?;
    let postmaster = Postmaster::settled(&place.data())
        .await?
        .ok_or_else(|| ServerError::Start {
            version: installation.version,
            log: program::tail(&fs::read(place.log()).unwrap_or_default()),
        })?;
    if place.password()?.is_none() {
        set_password(&place, &postmaster).await?;
    }
    running(&place, &postmaster)
}

/// Whether the project has a server and whether it runs. Starts nothing, writes nothing.
///
/// # Errors
/// When the project or its server's folder cannot be read.
pub fn status(project: &Path, directories: &Directories) -> Result<Status, ServerError> {
    let place = Place::of(project, directories)?;
    let Some(major) = place.major()? else {
        return Ok(Status::Missing);
    };
    match Postmaster::of(&place.data())? {
        Some(postmaster) if postmaster.is_ready() && postmaster.answers() && place.password()?.is_some() => {
            Ok(Status::Running(running(&place, &postmaster)?))
        }
        _ => Ok(Status::Stopped {
            data_directory: place.data(),
            major,
        }),
    }
}

/// Stops the project's server: sessions are ended, then a checkpoint is made. Returns whether it was running.
///
/// # Errors
/// When it is still running a minute later.
pub async fn stop(
    project: &Path,
    directories: &Directories,
    events: Events<'_>,
) -> Result<bool, ServerError> {
    let place = Place::of(project, directories)?;
    if !place.folder.is_dir() {
        return Ok(false);
    }
    let _lock = lock::lock(&place.lock(), events).await?;
    match Postmaster::settled(&place.data()).await? {
        Some(postmaster) => postmaster.stop().await.map(|()| true),
        None => Ok(false),
    }
}

/// A project's folder that was moved or renamed takes its server along.
async fn take_along(place: &Place, directories: &Directories, events: Events<'_>) -> Result<(), ServerError> {
    if place.folder.exists() {
        return Ok(());
    }
    let Some((from, former)) = place.former(directories) else {
        return Ok(());
    };
    let _lock = lock::lock(&former.lock(), events).await?;
    if let Some(postmaster) = Postmaster::settled(&former.data()).await? {
        postmaster.stop().await?;
    }
    fs::rename(&former.folder, &place.folder).map_err(ServerError::file("make the folder", &place.folder))?;
    events(Event::ProjectMoved { from });
    Ok(())
}

async fn create(
    installation: &Installation,
    account: &Account,
    place: &Place,
    events: Events<'_>,
) -> Result<(), ServerError> {
    let data = place.data();
    events(Event::CreatingCluster {
        data_directory: data.clone(),
    });
    let unfinished = folder::unfinished(&data);
    let cluster = Cluster {
        options: &["--auth=trust"],
        statements: &[format!("CREATE DATABASE {DATABASE}")],
        durable: true,
    };
    cluster.create(installation, account, &unfinished).await?;
    let access = unfinished.join("pg_hba.conf");
    fs::write(&access, ACCESS).map_err(ServerError::file("write", &access))?;
    place.forget_password()?;
    fs::rename(&unfinished, &data).map_err(ServerError::file("make the folder", &data))
}

fn command(
    installation: &Installation,
    account: &Account,
    place: &Place,
    port: u16,
) -> Result<Command, ServerError> {
    let mut command = program::command(&installation.bin, "postgres", account);
    command
        .arg("-D")
        .arg(place.data())
        .arg("-p")
        .arg(port.to_string());
    command.arg("-k").arg(place.socket_folder(account)?);
    for option in OPTIONS {
        command.args(["-c", option]);
    }
    Ok(command)
}

/// Gives the superuser a new password, and only then writes it down: what is written is always in force.
async fn set_password(place: &Place, postmaster: &Postmaster) -> Result<(), ServerError> {
    let password = random::password().map_err(ServerError::file("read", Path::new("/dev/urandom")))?;
    let settings = Settings::for_socket(
        &postmaster.socket_folder,
        postmaster.port,
        SUPERUSER,
        MAINTENANCE_DATABASE,
    );
    let session = connect(&settings, &SessionOptions::reading("limbeck server")).await?;
    session
        .execute(&format!("ALTER ROLE {SUPERUSER} PASSWORD '{password}'"))
        .await?;
    place.write_password(&password)
}

fn running(place: &Place, postmaster: &Postmaster) -> Result<EmbeddedServer, ServerError> {
    let damaged = |path: PathBuf, reason: &str| ServerError::Damaged {
        path,
        reason: reason.to_owned(),
    };
    let major = place
        .major()?
        .ok_or_else(|| damaged(place.data(), "it is no data directory"))?;
    let password = place
        .password()?
        .ok_or_else(|| damaged(place.folder.clone(), "the password is missing"))?;
    let socket = Settings::for_socket(&postmaster.socket_folder, postmaster.port, SUPERUSER, DATABASE);
    let tcp = Settings::for_host(LOOPBACK, postmaster.port, SUPERUSER, DATABASE);
    Ok(EmbeddedServer {
        settings: socket,
        tcp_settings: tcp.with_password(Some(Password::new(password))),
        data_directory: place.data(),
        log_file: place.log(),
        major,
        process: postmaster.process,
    })
}

/// Keeps one old log beside the current one.
fn put_aside(log: &Path) -> Result<(), ServerError> {
    match fs::metadata(log) {
        Ok(metadata) if metadata.len() > LOG_SIZE => {
            fs::rename(log, log.with_extension("log.old")).map_err(ServerError::file("rename", log))
        }
        _ => Ok(()),
    }
}
