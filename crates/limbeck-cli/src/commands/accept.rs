//! `accept`.

use limbeck_project::commands::{self, AcceptReport};
use limbeck_project::{Error, Failure};
use serde_json::json;

use super::revisions::title;
use crate::arguments::AcceptArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::text::count;
use crate::output::{lines, style};

pub(crate) async fn run(context: &Context, arguments: &AcceptArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let settings = (&arguments.waiting).into();
    let running = context.signals.begin_run();
    let report = commands::accept(
        &project,
        &arguments.revisions,
        &settings,
        running.interrupt(),
        &context.events(),
    )
    .await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&json!({
            "accepted": report.is_accepted(),
            "revisions": report.revisions,
            "refusals": report.refusals,
        }))?;
    } else {
        show(context, &report)?;
    }
    if report.refusals.is_empty() {
        Ok(Exit::Done)
    } else {
        Err(Error::several(Failure::History, report.refusals).into())
    }
}

fn show(context: &Context, report: &AcceptReport) -> Result<(), CommandError> {
    let output = &context.output;
    if report.revisions.is_empty() {
        output.say("There is nothing to accept");
        return Ok(());
    }
    for revision in &report.revisions {
        output.result(format_args!(
            "{style}{}{style:#} {}\n{dim}{}{dim:#}\n{}",
            revision.id,
            title(&revision.message),
            revision.path.display(),
            lines::render(&revision.lines, "  "),
            style = style::REVISION,
            dim = style::DIM,
        ))?;
    }
    if report.is_accepted() {
        for revision in &report.revisions {
            for note in &revision.notes {
                output.note(&format!("`{}`: {note}", revision.id));
            }
        }
        output.say(format_args!(
            "The schema stays what it is: {} accepted",
            count(report.revisions.len(), "edit")
        ));
    }
    Ok(())
}
