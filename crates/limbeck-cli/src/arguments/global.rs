//! The options that every command has.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use limbeck_project::parse_duration;

use crate::environment;

/// The options that every command has.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The environment of limbeck.toml to use
    #[arg(
        short,
        long,
        global = true,
        value_name = "NAME",
        env = environment::LIMBECK_ENVIRONMENT,
        hide_env_values = true
    )]
    pub(crate) environment: Option<String>,

    /// The database, before what limbeck.toml and the environment say
    #[arg(short = 'D', long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,

    /// Which of several databases to work on
    ///
    /// A name of the sections `[databases.NAME]` in limbeck.toml.
    /// Repeatable, and `all` for every one, with `upgrade`, `current`, `check`, `verify` and `status`.
    #[arg(
        long = "database",
        global = true,
        value_name = "NAME",
        env = environment::LIMBECK_DATABASE,
        hide_env_values = true
    )]
    pub(crate) databases: Vec<String>,

    /// How long to wait for a server that sleeps, starts or restarts [default: 30s]
    ///
    /// At the beginning, also where nothing listens yet, and when the connection is lost in the midst of a run; `0s` does
    /// not wait. `[run] wait_for_server` in limbeck.toml sets it for good.
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) wait_for_server: Option<Duration>,

    /// A value for templates and steps; repeatable
    ///
    /// In the template of revisions it is `{{ x.key }}`, in a step `current_setting('limbeck.x.key', true)`. Keys are
    /// lower-case identifiers.
    #[arg(
        short = 'x',
        global = true,
        value_name = "KEY=VALUE",
        allow_hyphen_values = true
    )]
    pub(crate) x: Vec<String>,

    /// Work as if started in this folder
    #[arg(short = 'C', long, global = true, value_name = "FOLDER")]
    pub(crate) directory: Option<PathBuf>,

    /// How results are written
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "human",
        value_enum
    )]
    pub(crate) format: Format,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_enum)]
    pub(crate) color: Color,

    /// Tell more; twice: log what is done
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Tell only results, warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Fetch nothing from the network but the database
    #[arg(long, global = true)]
    pub(crate) offline: bool,

    /// Ask nothing, even at a terminal
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// One JSON document on stdout, JSON lines on stderr
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// At a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}
