//! `revision`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::reference::examples;
use super::target::TargetParser;

const EXAMPLES: &[(&str, &str)] = &[
    (
        "limbeck revision -m \"Add a view\"",
        "an empty one, to fill by hand",
    ),
    (
        "limbeck revision --autogenerate -m \"Add plans\"",
        "from the models",
    ),
    (
        "limbeck revision --autogenerate --allow-drop",
        "the same, and data may be lost",
    ),
    (
        "limbeck revision --head billing@head -m \"Add invoices\"",
        "on a branch, where there are several",
    ),
];

/// Write the next revision, by hand or from the models
///
/// With `--autogenerate` the models are compared with the state that the history leads to, and the difference is
/// written as steps up and down. The file is written only after it was run up and down on a throwaway
/// PostgreSQL, empty and with rows. Without it, an empty revision is written for you to fill.
///
/// Prints the path of the file.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct RevisionArguments {
    /// What the revision does, in a few words
    #[arg(short, long, default_value = "")]
    pub(crate) message: String,

    /// Write the steps from the difference between models and history
    #[arg(long)]
    pub(crate) autogenerate: bool,

    /// What to compare the models with
    #[arg(long, value_enum, value_name = "STATE", requires = "autogenerate")]
    pub(crate) against: Option<Against>,

    /// The revision's identifier, instead of a random one
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,

    /// The parent, where the history has several heads; `base` begins a new history beside the others
    ///
    /// Any name: an identifier, the beginning of one, `LABEL@head`. With `--autogenerate` the other heads are
    /// recorded as what the revision depends on, since its steps are written for the state that all lead to.
    #[arg(long, value_name = "REVISION", allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) head: Option<String>,

    /// Allow a parent that is no head: a new branch begins there
    #[arg(long)]
    pub(crate) splice: bool,

    /// Name the branch that begins here. Repeatable
    #[arg(long = "branch-label", value_name = "LABEL")]
    pub(crate) branch_labels: Vec<String>,

    /// A revision of another branch that must be applied before this one. Repeatable
    #[arg(long, value_name = "REVISION", allow_hyphen_values = true, value_parser = TargetParser)]
    pub(crate) depends_on: Vec<String>,

    /// The folder to write the file into, of those that revisions are read from
    #[arg(long, value_name = "FOLDER")]
    pub(crate) version_path: Option<PathBuf>,

    /// Consent to steps that lose data
    #[arg(long, requires = "autogenerate")]
    pub(crate) allow_drop: bool,

    /// What a NOT NULL column holds in rows that are there already, such as public.users.name="'?'"
    ///
    /// An SQL expression. `down:` before the column says it for the way down. Repeatable.
    #[arg(long = "fill", value_name = "COLUMN=EXPRESSION", requires = "autogenerate")]
    pub(crate) fills: Vec<String>,

    /// What is a rename and no drop, such as column:public.users.name=full_name
    ///
    /// `table:`, `column:`, `type:`, `sequence:`, `index:`, `constraint:` and so on. Repeatable.
    #[arg(long = "rename", value_name = "KIND:NAME=NEW", requires = "autogenerate")]
    pub(crate) renames: Vec<String>,
}

/// What the models are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Against {
    /// The state that the history leads to
    History,
    /// The live database
    Database,
}

impl From<Against> for limbeck_project::commands::Against {
    fn from(against: Against) -> Self {
        match against {
            Against::History => Self::History,
            Against::Database => Self::Database,
        }
    }
}
