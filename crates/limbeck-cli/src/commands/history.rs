//! `history`.

use limbeck_project::commands::{self, HistoryOptions};

use super::revisions;
use crate::arguments::HistoryArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, arguments: &HistoryArguments) -> Result<Exit, CommandError> {
    let options = HistoryOptions {
        range: arguments.range.clone().or_else(|| arguments.rev_range.clone()),
        indicate_current: arguments.indicate_current,
    };
    let report = commands::history(&context.project()?, &options, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else if report.revisions.is_empty() {
        output.say(match options.range {
            Some(_) => "No revision lies in this range",
            None => "There is no revision yet",
        });
        output.hint(match options.range {
            Some(_) => "a range runs from the older revision to one that needs it",
            None => "`limbeck revision --autogenerate -m \"Initial schema\"` writes the first one",
        });
    } else {
        revisions::show(context, &report.revisions, output.draws_graphs())?;
    }
    for unknown in &report.unknown {
        output.warning(&format!(
            "the database is at `{unknown}`, and no file here has it"
        ));
    }
    Ok(Exit::Done)
}
