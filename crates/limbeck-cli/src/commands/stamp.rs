//! `stamp`.

use limbeck_project::commands;

use super::outcome;
use crate::arguments::StampArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, arguments: &StampArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let running = context.signals.begin_run();
    let settings = (&arguments.waiting).into();
    let report = commands::stamp(
        &project,
        &arguments.target,
        &settings,
        running.interrupt(),
        &context.events(),
    )
    .await?;
    outcome::show(context, &report, "The database is stamped so already")?;
    Ok(Exit::Done)
}
