//! `server`.

use std::ffi::OsString;

use clap::{Args, Subcommand};

/// The embedded PostgreSQL of this project, and those that can be had
///
/// With `url = "embedded:"` in limbeck.toml, Limbeck starts a PostgreSQL for the project when it needs it, and
/// leaves it running.
#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    Start(StartArguments),
    Stop(StopArguments),
    Status(StatusArguments),
    Psql(PsqlArguments),
    Install(InstallArguments),
    List(ListArguments),
}

/// Start the embedded server, unless it runs
#[derive(Debug, Args)]
pub(crate) struct StartArguments {}

/// Stop the embedded server; its data stays
#[derive(Debug, Args)]
pub(crate) struct StopArguments {}

/// Show whether the embedded server runs, where its data lies and how to reach it
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// Show the password in the URL, for the application's own configuration
    #[arg(long)]
    pub(crate) show_password: bool,
}

/// Open `psql` on the project's database
#[derive(Debug, Args)]
pub(crate) struct PsqlArguments {
    /// Arguments for `psql`, after `--`
    #[arg(last = true, value_name = "ARGUMENTS")]
    pub(crate) arguments: Vec<OsString>,
}

/// Get the programs of a major version of PostgreSQL, where they are not there yet
#[derive(Debug, Args)]
pub(crate) struct InstallArguments {
    /// The major version
    #[arg(value_parser = clap::value_parser!(u32).range(14..=18))]
    pub(crate) major: u32,
}

/// List the PostgreSQL programs that are there
#[derive(Debug, Args)]
pub(crate) struct ListArguments {}
