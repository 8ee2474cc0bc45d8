//! `stamp`.

use limbeck_project::commands::{self, RunSettings};
use limbeck_project::{Stamp, StampReport};

use super::outcome;
use super::revisions::title;
use crate::arguments::StampArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::text::count;

pub(crate) async fn run(context: &Context, arguments: &StampArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let stamp = Stamp {
        targets: arguments.targets.clone(),
        purge: arguments.purge,
    };
    let settings = RunSettings {
        tag: arguments.tag.tag.clone(),
        ..RunSettings::from(&arguments.waiting)
    };
    if arguments.sql {
        outcome::show_script(context, &commands::stamp_script(&project, &stamp, &settings)?)?;
        return Ok(Exit::Done);
    }
    let running = context.signals.begin_run();
    let report = commands::stamp(
        &project,
        &stamp,
        &settings,
        running.interrupt(),
        &context.events(),
    )
    .await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
        return Ok(Exit::Done);
    }
    if arguments.purge {
        tell_forgotten(context, &report);
    }
    if report.is_empty() {
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

/// What a purge has forgotten, one by one: nobody else can tell any more.
fn tell_forgotten(context: &Context, report: &StampReport) {
    let output = &context.output;
    if report.forgotten.is_empty() {
        return;
    }
    output.say(format_args!(
        "Forgotten: {}",
        count(report.forgotten.len(), "revision")
    ));
    for revision in &report.forgotten {
        let line = format!(
            "  {} {} ({})",
            revision.id,
            title(&revision.message),
            revision.file_name
        );
        output.say(line);
    }
}
