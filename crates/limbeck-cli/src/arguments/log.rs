//! `log`.

use clap::{Args, ValueEnum};
use limbeck_project::commands::LogOptions;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    ("limbeck log", "the last things that were done"),
    ("limbeck log -r 8f3c", "what became of one revision"),
    (
        "limbeck log --since 2d --failed",
        "what failed in the last two days",
    ),
    ("limbeck log --all --format json", "everything, with every field"),
];

/// Show the journal: who did what to this database when, and how it ended
///
/// The newest first. Times are the server's, in UTC.
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct LogArguments {
    /// Only of this revision: an identifier or the beginning of one, also of one that no file knows; `head`
    #[arg(short, long, value_name = "REVISION")]
    pub(crate) revision: Option<String>,

    /// Only since then: `2h`, `7d`, or a time such as `2026-11-21 10:00`
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,

    /// Only of this kind; repeatable
    #[arg(long = "kind", value_name = "KIND", value_enum)]
    pub(crate) kinds: Vec<Kind>,

    /// Only what failed or was interrupted
    #[arg(long)]
    pub(crate) failed: bool,

    /// At most so many
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: u64,

    /// All of them
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,
}

/// What an entry of the journal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A step, up or down
    Step,
    /// A revision without steps
    Revision,
    /// `stamp`
    Stamp,
    /// `accept`
    Accept,
    /// What another tool had applied
    Import,
    /// A runner that took over from one that was gone
    Takeover,
    /// A session that was ended because a step waited for it
    CancelBlocker,
}

impl Kind {
    /// As the journal has it.
    fn word(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Revision => "revision",
            Self::Stamp => "stamp",
            Self::Accept => "accept",
            Self::Import => "import",
            Self::Takeover => "takeover",
            Self::CancelBlocker => "cancel_blocker",
        }
    }
}

impl From<&LogArguments> for LogOptions {
    fn from(arguments: &LogArguments) -> Self {
        Self {
            revision: arguments.revision.clone(),
            since: arguments.since.clone(),
            kinds: arguments
                .kinds
                .iter()
                .map(|kind| kind.word().to_owned())
                .collect(),
            failed: arguments.failed,
            limit: (!arguments.all).then_some(arguments.limit),
        }
    }
}
