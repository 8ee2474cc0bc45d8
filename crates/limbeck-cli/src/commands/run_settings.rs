//! What `upgrade` and `downgrade` are told, and whether there is somebody to ask.

use limbeck_project::commands::RunSettings;
use limbeck_project::{CancelBlockers, Diagnostic, Error, Failure};

use crate::arguments::RunArguments;
use crate::context::Context;

/// What a run is told. Refuses what needs a consent that nobody can give.
pub(super) fn settings(context: &Context, arguments: &RunArguments) -> Result<RunSettings, Error> {
    let mut settings = RunSettings::from(arguments);
    settings.ask.clone_from(&context.ask);
    if settings.cancel_blockers == CancelBlockers::Ask && settings.ask.is_none() {
        return Err(Error::new(
            Failure::Refused,
            Diagnostic::new(
                "`--cancel-blockers` asks before it ends anybody's session, and there is nobody to ask",
            ),
        )
        .hint("add `--yes` to end them without being asked"));
    }
    Ok(settings)
}
