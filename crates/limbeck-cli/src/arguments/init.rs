//! `init`.

use std::path::PathBuf;

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck init", "with the variable that `.env` has"),
    ("limbeck init --url embedded:", "with a PostgreSQL of its own"),
    ("limbeck init --template sql", "with the schema in `.sql` files"),
];

/// Make a project's files; what is there stays as it is
///
/// Writes `limbeck.toml`, the folder of the revisions with a README for the team, `.env.example`, and a first
/// model where there is none. Run again, it changes nothing.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct InitArguments {
    /// The project's folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,

    /// The database's URL for limbeck.toml: a variable such as '${DATABASE_URL}', or `embedded:`
    ///
    /// Without it, the variable that is found in `.env` is written.
    #[arg(long)]
    pub(crate) url: Option<String>,

    /// What the project is like: a name of `limbeck list-templates`, or a folder of your own
    ///
    /// A folder's `script.sql.jinja`, `README.md` and `QUICK_REFERENCE.md` go into the folder of the migrations, all else
    /// to its own path; what it lacks is as in `generic`.
    #[arg(long, value_name = "NAME|FOLDER", default_value = "generic")]
    pub(crate) template: String,
}
