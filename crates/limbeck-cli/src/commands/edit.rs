//! `edit`.

use std::path::Path;
use std::process::Command;

use limbeck_project::commands::{self, Edited};
use limbeck_project::{Diagnostic, Error, Failure};
use serde_json::json;

use crate::arguments::EditArguments;
use crate::context::Context;
use crate::environment::{EDITOR, VISUAL};
use crate::error::{CommandError, failed, usage};
use crate::exit::Exit;

pub(crate) async fn run(context: &Context, arguments: &EditArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let editable = commands::editable(&project, &arguments.revision, &context.events()).await?;
    context.output.finish();
    let shown = project.relative(&editable.path);
    edit(&editor(context, &shown)?, &editable.path)?;
    let edited = commands::edited(&project, &editable)?;
    let output = &context.output;
    if output.is_json() {
        output.json(&json!({
            "path": shown,
            "changed": edited != Edited::Unchanged,
            "steps_changed": edited == Edited::InSteps,
        }))?;
        return Ok(Exit::Done);
    }
    let shown = shown.display();
    match edited {
        Edited::Unchanged => output.say(format_args!("`{shown}` is as it was")),
        Edited::InWords => output.say(format_args!(
            "`{shown}` is a revision, and its steps are as they were"
        )),
        Edited::InSteps => {
            output.say(format_args!("`{shown}` is a revision, and its steps changed"));
            output.note(
                "a database that has it applied tells that it was edited; `limbeck accept` takes it where the schema \
                 stays what it is",
            );
        }
    }
    Ok(Exit::Done)
}

/// What the user edits with, as a shell understands it.
fn editor(context: &Context, shown: &Path) -> Result<String, CommandError> {
    let variables = &context.host.variables;
    let editor = [VISUAL, EDITOR]
        .into_iter()
        .filter_map(|name| variables.get(name))
        .find(|editor| !editor.trim().is_empty());
    editor.cloned().ok_or_else(|| {
        usage(
            Diagnostic::new("neither `VISUAL` nor `EDITOR` is set, so there is no editor to open")
                .hint(format!("set one of them, or open `{}` yourself", shown.display())),
        )
    })
}

/// Opens a file, and waits until the editor has ended. The variable may hold options too, as in `code --wait`, so a
/// shell takes it apart, as it does for Git.
fn edit(editor: &str, path: &Path) -> Result<(), CommandError> {
    let status = Command::new("/bin/sh")
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg("sh")
        .arg(path)
        .status()
        .map_err(|cause| failed("the editor cannot be started", cause))?;
    if status.success() {
        return Ok(());
    }
    let diagnostic = Diagnostic::new(format!("the editor `{editor}` failed: {status}"))
        .hint("`VISUAL`, else `EDITOR`, says which editor is opened");
    Err(Error::new(Failure::Failed, diagnostic).into())
}
