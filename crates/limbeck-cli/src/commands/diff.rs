//! `diff`.

use std::io::Read;

use limbeck_project::Diagnostic;
use limbeck_project::commands::{self, DiffOptions};

use crate::arguments::DiffArguments;
use crate::context::Context;
use crate::error::{CommandError, failed, usage};
use crate::exit::Exit;

/// The side that stands for standard input.
pub(super) const STANDARD_INPUT: &str = "-";

pub(crate) async fn run(context: &Context, arguments: &DiffArguments) -> Result<Exit, CommandError> {
    let sides = arguments.from.clone().zip(arguments.to.clone());
    let standard_input = match &sides {
        Some((from, to)) => standard_input(from, to)?,
        None => None,
    };
    let options = DiffOptions {
        sides,
        standard_input,
        renames: arguments.renames.clone(),
        fills: arguments.fills.clone(),
        force: arguments.force,
        owners: arguments.owners,
    };
    let report = commands::diff(
        &context.directory,
        &context.overrides,
        &context.host,
        &options,
        &context.events(),
    )
    .await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else if report.steps.is_empty() {
        output.say("There is no difference");
    } else {
        output.verbatim(&report.sql)?;
        if !report.sql.ends_with('\n') {
            output.verbatim("\n")?;
        }
    }
    for column in &report.unfilled {
        output.warning(&format!(
            "`{column}` takes no NULL, and nothing fills it: rows without a value make this fail; `--fill` gives them one"
        ));
    }
    Ok(if arguments.exit_code && !report.steps.is_empty() {
        Exit::Different
    } else {
        Exit::Done
    })
}

fn standard_input(from: &str, to: &str) -> Result<Option<String>, CommandError> {
    match (from == STANDARD_INPUT, to == STANDARD_INPUT) {
        (false, false) => return Ok(None),
        (true, true) => {
            return Err(usage(
                Diagnostic::new("standard input can be one side only")
                    .hint("write one side to a `.sql` file"),
            ));
        }
        _ => {}
    }
    read_standard_input().map(Some)
}

/// What standard input holds.
pub(super) fn read_standard_input() -> Result<String, CommandError> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| failed("standard input cannot be read", error))?;
    Ok(text)
}
