//! `stamp`.

use limbeck_project::commands;

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
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else if report.from == report.to && report.is_empty() {
        output.say("The database is stamped so already");
    } else {
        let heads: Vec<String> = report.to.iter().map(ToString::to_string).collect();
        output.say(match heads.as_slice() {
            [] => "The database is stamped as having no revision".to_owned(),
            heads => format!("The database is stamped as being at {}", heads.join(", ")),
        });
    }
    Ok(Exit::Done)
}
