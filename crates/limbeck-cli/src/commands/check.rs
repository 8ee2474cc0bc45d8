//! `check`.

use limbeck_project::commands::{self, CheckReport};
use serde_json::json;

use super::actions;
use crate::arguments::CheckArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::text::count;

pub(crate) async fn run(context: &Context, _arguments: &CheckArguments) -> Result<Exit, CommandError> {
    let report = commands::check(&context.project()?, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&json!({
            "different": report.is_different(),
            "differences": report.differences,
            "declared_set_changed": report.declared_set_changed,
            "unmanaged": report.unmanaged,
            "unread": report.unread,
            "spent": report.spent,
        }))?;
    } else {
        show(context, &report)?;
    }
    Ok(if report.is_different() {
        Exit::Different
    } else {
        Exit::Done
    })
}

fn show(context: &Context, report: &CheckReport) -> Result<(), CommandError> {
    let output = &context.output;
    if !report.is_different() {
        output.say("Models and history agree");
    } else if report.differences.is_empty() {
        output.say("Models and history agree, but the set of declared objects has changed");
        output
            .hint("`limbeck revision --autogenerate -m \"…\"` writes that down, in a revision without steps");
    } else {
        let differences = actions::without_details(&report.differences);
        output.say(format_args!(
            "{} that no revision covers:",
            count(differences.len(), "difference")
        ));
        for difference in differences {
            output.result(format_args!("{}\n", actions::lines(difference)))?;
        }
        output.hint("`limbeck revision --autogenerate -m \"…\"` writes the revision");
    }
    for object in &report.unmanaged {
        output.note(&format!(
            "`{object}` is in the history alone and is kept; declare it to have it managed"
        ));
    }
    for spent in &report.spent {
        output.note(&spent.to_string());
    }
    Ok(())
}
