//! `show`.

use limbeck_project::commands::{self, ShowReport};
use serde_json::json;

use super::revisions;
use crate::arguments::ShowArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, arguments: &ShowArguments) -> Result<Exit, CommandError> {
    let reports = commands::show(&context.project()?, &arguments.revision, &context.events()).await?;
    let output = &context.output;
    output.finish();
    match reports.as_slice() {
        [report] if output.is_json() => output.json(report)?,
        reports if output.is_json() => output.json(&json!({ "revisions": reports }))?,
        reports => {
            for (n, report) in reports.iter().enumerate() {
                if n > 0 {
                    output.verbatim("\n")?;
                }
                show(context, report)?;
            }
        }
    }
    Ok(Exit::Done)
}

/// The file goes to stdout as it is; where the revision stands is conversation.
fn show(context: &Context, report: &ShowReport) -> Result<(), CommandError> {
    let output = &context.output;
    output.detail(revisions::line(&report.revision).trim_end());
    for detail in revisions::details(&report.revision) {
        output.detail(format_args!("    {detail}"));
    }
    if !report.revised_by.is_empty() {
        output.detail(format_args!("    revised by: {}", report.revised_by.join(", ")));
    }
    if !report.steps.is_empty() {
        output.detail(format_args!("    steps: {}", report.steps.join(", ")));
    }
    output.detail(format_args!("    checksum: {}", report.checksum));
    output.verbatim(&report.text)?;
    Ok(())
}
