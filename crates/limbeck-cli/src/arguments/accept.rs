//! `accept`.

use clap::Args;

use super::reference::examples;
use super::run::WaitingArguments;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck accept", "every applied revision whose file was edited"),
    ("limbeck accept 8f3c", "the one that begins so"),
];

/// Accept the edited files of applied revisions, where the schema stays what it is
///
/// Shows what was edited, and replays the history on a scratch server as it was applied and as the files say
/// now. Where the schema is the same after each of them and at the end, and an edited way down leads back, the
/// database takes the files' texts for what was applied. Otherwise it tells what differs, changes nothing, and
/// exits with 8. Schemas are compared, and not rows. Nothing is run on the database.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct AcceptArguments {
    /// The revisions: identifiers or the beginnings of such; all that were edited when none is given
    #[arg(value_name = "REVISION")]
    pub(crate) revisions: Vec<String>,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}
