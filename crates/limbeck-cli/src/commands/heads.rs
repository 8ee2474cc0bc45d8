//! `heads`.

use limbeck_project::commands;
use serde_json::json;

use super::revisions;
use crate::arguments::HeadsArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) fn run(context: &Context, arguments: &HeadsArguments) -> Result<Exit, CommandError> {
    let heads = commands::heads(&context.project()?, arguments.resolve_dependencies)?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&json!({ "heads": heads }))?;
    } else if heads.is_empty() {
        output.say("There is no revision yet");
    } else {
        revisions::show(context, &heads, false)?;
    }
    Ok(Exit::Done)
}
