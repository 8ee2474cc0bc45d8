//! `revision`.

use std::path::Path;

use limbeck_project::commands::{self, RevisionOptions, RevisionOutcome, WrittenRevision};

use super::actions;
use crate::arguments::RevisionArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::style;

pub(crate) async fn run(context: &Context, arguments: &RevisionArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let options = RevisionOptions {
        message: arguments.message.clone(),
        autogenerate: arguments.autogenerate,
        against: arguments.against.map(Into::into).unwrap_or_default(),
        rev_id: arguments.rev_id.clone(),
        head: arguments.head.clone(),
        allow_drop: arguments.allow_drop,
        fills: arguments.fills.clone(),
        renames: arguments.renames.clone(),
    };
    let outcome = commands::revision(&project, &options, context.consult.as_ref(), &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&outcome)?;
        return Ok(Exit::Done);
    }
    match outcome {
        RevisionOutcome::Nothing => output.say("Models and history agree; there is nothing to write"),
        RevisionOutcome::Written(written) => show(context, project.root(), &written)?,
    }
    Ok(Exit::Done)
}

fn show(context: &Context, root: &Path, written: &WrittenRevision) -> Result<(), CommandError> {
    let output = &context.output;
    let revises = if written.revises.is_empty() {
        "nothing".to_owned()
    } else {
        written.revises.join(", ")
    };
    output.say(format_args!(
        "Wrote revision {style}{}{style:#}, which revises {revises}",
        written.id,
        style = style::REVISION
    ));
    for difference in actions::without_details(&written.differences) {
        output.say(actions::lines(difference));
    }
    for table in &written.proven_empty {
        output.note(&format!(
            "no row could be made up for `{table}`, so it was proven empty"
        ));
    }
    // Relative to where the person is, so that the path can be handed to an editor.
    let path = root.join(&written.path);
    let path = path.strip_prefix(&context.directory).unwrap_or(&path);
    output.result(format_args!("{}\n", path.display()))?;
    Ok(())
}
