//! `history`.

use limbeck_project::commands;

use super::revisions;
use crate::arguments::HistoryArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) fn run(context: &Context, arguments: &HistoryArguments) -> Result<Exit, CommandError> {
    let report = commands::history(&context.project()?, arguments.range.as_deref())?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else if report.revisions.is_empty() {
        output.say(match arguments.range {
            Some(_) => "No revision lies in this range",
            None => "There is no revision yet",
        });
        if arguments.range.is_none() {
            output.hint("`limbeck revision --autogenerate -m \"Initial schema\"` writes the first one");
        }
    } else {
        revisions::show(context, &report.revisions, output.draws_graphs())?;
    }
    Ok(Exit::Done)
}
