//! `baseline`.

use limbeck_project::commands::{self, BaselineOptions, BaselineReport};

use crate::arguments::BaselineArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::style;
use crate::output::text::count;

pub(crate) async fn run(context: &Context, arguments: &BaselineArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let options = BaselineOptions {
        message: arguments.message.clone(),
        rev_id: arguments.rev_id.clone(),
        schema: arguments.schema,
    };
    let running = context.signals.begin_run();
    let settings = (&arguments.waiting).into();
    let report = commands::baseline(
        &project,
        &options,
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
    show(context, &report);
    // Relative to where the person is, so that the path can be handed to an editor.
    let path = project.root().join(&report.path);
    let path = path.strip_prefix(&context.directory).unwrap_or(&path);
    output.result(format_args!("{}\n", path.display()))?;
    Ok(Exit::Done)
}

fn show(context: &Context, report: &BaselineReport) {
    let output = &context.output;
    output.say(format_args!(
        "Wrote revision {style}{}{style:#}, which makes what the database holds",
        report.id,
        style = style::REVISION
    ));
    // What lies in a table goes without saying.
    let objects = report
        .objects
        .iter()
        .filter(|object| !object.kind.is_in_relation());
    for object in objects {
        output.say(format_args!(
            "  {style}+ create {object}{style:#}",
            style = style::CREATE
        ));
    }
    if let Some(folder) = report.schema.first().and_then(|path| path.parent()) {
        output.say(format_args!(
            "Wrote {} to {}",
            count(report.schema.len(), "file"),
            folder.display()
        ));
    }
    output.say(format_args!("The database is stamped as being at {}", report.id));
    for table in &report.left_out {
        output.note(&format!(
            "`{table}` belongs to another migration tool and was left out"
        ));
    }
    for schema in &report.other_schemas {
        output.note(&format!(
            "the schema `{schema}` was not looked at, since `schemas` under `[database]` does not name it"
        ));
    }
    for table in &report.proven_empty {
        output.note(&format!(
            "no row could be made up for `{table}`, so it was proven empty"
        ));
    }
    if let Some(exclude) = &report.exclude {
        output.hint(&format!(
            "to leave that out from now on too, write `{exclude}` under `[database]` in limbeck.toml"
        ));
    }
}
