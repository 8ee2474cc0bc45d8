//! `list-templates`.

use clap::Args;

/// List the templates for `init --template`
#[derive(Debug, Args)]
pub(crate) struct ListTemplatesArguments {}
