//! `init`.

use limbeck_project::commands::{self, InitOptions, Template};

use crate::arguments::InitArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::style;

pub(crate) async fn run(context: &Context, arguments: &InitArguments) -> Result<Exit, CommandError> {
    let folder = match arguments.folder.to_str() {
        Some(".") => context.directory.clone(),
        _ => context.directory.join(&arguments.folder),
    };
    let options = InitOptions {
        folder,
        url: arguments.url.clone(),
        template: Template::find(&arguments.template, &context.directory)?,
    };
    let report = commands::init(&options, &context.host, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
        return Ok(Exit::Done);
    }
    for path in &report.created {
        output.say(format_args!(
            "  {style}+ {}{style:#}",
            path.display(),
            style = style::CREATE
        ));
    }
    for path in &report.kept {
        output.detail(format_args!(
            "  {style}= {}{style:#} is there already",
            path.display(),
            style = style::DIM
        ));
    }
    if report.created.is_empty() {
        output.say("Everything is there already; nothing was changed");
    }
    for next in &report.next {
        output.hint(next);
    }
    Ok(Exit::Done)
}
