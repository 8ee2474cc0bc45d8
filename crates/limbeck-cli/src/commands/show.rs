//! `show`.

use limbeck_project::commands;

use crate::arguments::ShowArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) fn run(context: &Context, arguments: &ShowArguments) -> Result<Exit, CommandError> {
    let report = commands::show(&context.project()?, &arguments.revision)?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else {
        output.detail(format_args!("file: {}", report.revision.path.display()));
        output.detail(format_args!("checksum: {}", report.checksum));
        output.verbatim(&report.text)?;
    }
    Ok(Exit::Done)
}
