//! `check`.

use clap::Args;

/// Is there a difference between models and history that no revision covers?
///
/// Needs no database. Exits with 3 when there is a difference, so that CI can hold it.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {}
