//! `demo`.

use std::path::PathBuf;

use clap::Args;

/// Show everything on a real example, with a PostgreSQL of its own
///
/// Makes a folder with the models of a meal-plan service and does what you would do: init, autogenerate,
/// upgrade, change a model, and so on, each command before its real output. The folder stays, to go on with.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// The folder to make; one that exists is left alone
    #[arg(default_value = "limbeck-demo")]
    pub(crate) folder: PathBuf,
}
