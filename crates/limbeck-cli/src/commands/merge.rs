//! `merge`.

use limbeck_project::commands::{self, MergeOptions};

use super::revision::{show_path, version_path};
use crate::arguments::MergeArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::style;

pub(crate) async fn run(context: &Context, arguments: &MergeArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let options = MergeOptions {
        revisions: arguments.revisions.clone(),
        message: arguments.message.clone(),
        rev_id: arguments.rev_id.clone(),
        branch_labels: arguments.branch_labels.clone(),
        splice: arguments.splice,
        version_path: version_path(context, arguments.version_path.as_deref()),
    };
    let report = commands::merge(&project, &options, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
        return Ok(Exit::Done);
    }
    output.say(format_args!(
        "Wrote revision {style}{}{style:#}, which merges {}; they lead to the same in {} orders",
        report.id,
        report.revises.join(", "),
        report.orders,
        style = style::REVISION
    ));
    show_path(context, project.root(), &report.path)?;
    Ok(Exit::Done)
}
