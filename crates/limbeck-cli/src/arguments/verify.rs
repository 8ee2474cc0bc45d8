//! `verify`.

use clap::Args;

/// Look at everything that Limbeck needs, and tell what to do about what is wrong
///
/// Settings, folders, revisions, models, the database and one's rights on it, the throwaway server. Exits with 1
/// when a check fails.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {}
