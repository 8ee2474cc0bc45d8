//! `upgrade`.

use limbeck_project::commands;

use super::outcome;
use super::run_settings::settings;
use crate::arguments::UpgradeArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, arguments: &UpgradeArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let settings = settings(context, &arguments.run)?;
    let target = arguments.target.as_str();
    if arguments.run.sql {
        outcome::show_script(context, &commands::upgrade_script(&project, target, &settings)?)?;
    } else {
        let running = context.signals.begin_run();
        let report = commands::upgrade(
            &project,
            target,
            &settings,
            running.interrupt(),
            &context.events(),
        )
        .await?;
        outcome::show(
            context,
            &report,
            "The database is there already; there is nothing to upgrade",
        )?;
    }
    Ok(Exit::Done)
}
