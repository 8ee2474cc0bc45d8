//! `diff`.

use clap::Args;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck diff", "what the models say and the history does not"),
    (
        "limbeck diff history: database:",
        "how the database differs from its history",
    ),
    (
        "pg_dump -s app | limbeck diff - models:",
        "from a dump to the models",
    ),
    ("limbeck diff empty: models:", "the whole schema"),
];

/// Print the SQL that turns one state into another
///
/// A side is a URL, the path of a `.sql` file (a `pg_dump` too), `-` for stdin, `models:`, `history:` or
/// `history:REVISION`, `database:`, or `empty:`. Everything is compared, owners with `--owners`, and
/// neither side is changed. Works outside a project too, where no side needs one.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct DiffArguments {
    /// Where to start; `history:` when neither is given
    #[arg(requires = "to")]
    pub(crate) from: Option<String>,

    /// Where to get to; `models:` when neither is given
    pub(crate) to: Option<String>,

    /// What is a rename and no drop, such as column:public.users.name=full_name; repeatable
    #[arg(long = "rename", value_name = "KIND:NAME=NEW")]
    pub(crate) renames: Vec<String>,

    /// What a NOT NULL column holds in rows that are there already, such as public.users.name="'?'"; repeatable
    #[arg(long = "fill", value_name = "COLUMN=EXPRESSION")]
    pub(crate) fills: Vec<String>,

    /// Compare databases of different major versions of PostgreSQL too
    #[arg(long)]
    pub(crate) force: bool,

    /// Compare owners too
    #[arg(long)]
    pub(crate) owners: bool,

    /// Leave with 3 when there is a difference
    #[arg(long)]
    pub(crate) exit_code: bool,
}
