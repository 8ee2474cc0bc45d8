//! What only the program knows: the environment, the folders of the user, who runs it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use limbeck_history::XArguments;
use limbeck_postgres::Defaults;
use limbeck_server::Directories;

use crate::Hooks;

/// The surroundings of a call.
#[derive(Debug, Clone)]
pub struct Host {
    /// The environment's variables. Those of a `.env` beside `limbeck.toml` are added; these win.
    pub variables: BTreeMap<String, String>,
    /// The search path for programs (`PATH`).
    pub path: Option<OsString>,
    /// Folders for caches, data and temporary files.
    pub directories: Directories,
    /// The name of the operating system's user, for the journal.
    pub os_user: Option<String>,
    /// The name of this machine, for the journal.
    pub host_name: Option<String>,
    /// What connection strings may leave out: where the user's passwords, services and certificates are, and the
    /// host where none is named. Its variables are not looked at; those above are.
    pub connection: Defaults,
}

/// What the command line, or a program that calls this library, says over the configuration.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The environment chosen by `-e` or `LIMBECK_ENVIRONMENT`.
    pub environment: Option<String>,
    /// The URL of `-D`; before everything else.
    pub database_url: Option<String>,
    /// Which of several databases is meant (`--database` or `LIMBECK_DATABASE`).
    pub database: Option<String>,
    /// Values for templates and steps (`-x`).
    pub x: XArguments,
    /// What the calling program decides by code.
    pub hooks: Hooks,
    /// How long to wait for a server that sleeps, starts or restarts (`--wait-for-server`).
    pub wait_for_server: Option<Duration>,
    /// Fetch nothing (`--offline`).
    pub offline: bool,
}
