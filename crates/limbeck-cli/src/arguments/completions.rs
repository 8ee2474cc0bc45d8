//! `completions`.

use clap::Args;
use clap_complete::Shell;

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    (
        "limbeck completions bash > ~/.local/share/bash-completion/completions/limbeck",
        "",
    ),
    ("limbeck completions zsh > ~/.zfunc/_limbeck", ""),
    (
        "limbeck completions fish > ~/.config/fish/completions/limbeck.fish",
        "",
    ),
];

/// Print the completions for a shell
#[derive(Debug, Args)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}
