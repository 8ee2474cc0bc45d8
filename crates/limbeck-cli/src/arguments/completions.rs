//! `completions`.

use clap::Args;
use clap_complete::Shell;

/// Print the completions for a shell
///
/// For bash: limbeck completions bash > ~/.local/share/bash-completion/completions/limbeck
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}
