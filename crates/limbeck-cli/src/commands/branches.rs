//! `branches`.

use limbeck_project::commands;

use super::revisions;
use crate::arguments::BranchesArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) fn run(context: &Context, _arguments: &BranchesArguments) -> Result<Exit, CommandError> {
    let report = commands::branches(&context.project()?)?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else if report.branches.is_empty() {
        output.say("No two revisions revise the same one");
    } else {
        for point in &report.branches {
            revisions::show_branch_point(context, point)?;
        }
    }
    Ok(Exit::Done)
}
