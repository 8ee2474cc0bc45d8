//! `ensure-version`.

use limbeck_project::commands::{self, RunSettings};

use super::outcome;
use crate::arguments::EnsureVersionArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, arguments: &EnsureVersionArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    if arguments.sql {
        outcome::show_script(context, &commands::ensure_version_script(&project))?;
        return Ok(Exit::Done);
    }
    let running = context.signals.begin_run();
    let settings = RunSettings {
        allow_pooler: arguments.pooler.allow_pooler,
        ..RunSettings::default()
    };
    let report =
        commands::ensure_version(&project, &settings, running.interrupt(), &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else if report.made {
        output.say(format_args!(
            "The tables of the schema `{}` are made",
            report.schema
        ));
    } else {
        output.say(format_args!(
            "The tables of the schema `{}` are there already",
            report.schema
        ));
    }
    Ok(Exit::Done)
}
