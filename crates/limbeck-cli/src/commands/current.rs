//! `current`.

use limbeck_project::Origin;
use limbeck_project::commands::{self, AppliedRevision, CurrentReport};

use super::revisions::{head_label, title};
use crate::arguments::CurrentArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::style;
use crate::output::text::count;

pub(crate) async fn run(context: &Context, arguments: &CurrentArguments) -> Result<Exit, CommandError> {
    let report = commands::current(&context.project()?, &context.events()).await?;
    context.output.finish();
    if context.output.is_json() {
        context.output.json(&report)?;
    } else {
        show(context, &report)?;
    }
    if arguments.check_heads && !report.is_at_heads {
        return Ok(Exit::Different);
    }
    Ok(Exit::Done)
}

fn show(context: &Context, report: &CurrentReport) -> Result<(), CommandError> {
    let output = &context.output;
    if report.heads.is_empty() {
        output.say("No revision is applied to this database");
    }
    for revision in &report.heads {
        output.result(line(revision))?;
        if output.is_verbose() {
            for detail in details(revision) {
                output.result(format_args!("    {detail}\n"))?;
            }
        }
    }
    for revision in &report.unfinished {
        output.warning(&format!(
            "the revision {revision} has begun but not ended; `limbeck upgrade` goes on with it"
        ));
    }
    for revision in &report.heads {
        if !revision.known {
            output.warning(&format!("the file of the revision `{}` is not here", revision.id));
        } else if revision.edited {
            output.warning(&format!(
                "the file of the revision `{}` was changed after it was applied",
                revision.id
            ));
        }
    }
    if report.pending > 0 {
        let verb = if report.pending == 1 { "is" } else { "are" };
        output.say(format_args!(
            "{} {verb} not applied",
            count(report.pending, "revision")
        ));
        output.hint("`limbeck plan` shows what `limbeck upgrade` would run");
    }
    Ok(())
}

/// Its file, its parents, and how, when and by whom it came to be there.
fn details(revision: &AppliedRevision) -> Vec<String> {
    let parents = if revision.revises.is_empty() {
        "<base>".to_owned()
    } else {
        revision.revises.join(", ")
    };
    let how = match revision.origin {
        Origin::Applied => "applied",
        Origin::Stamped => "stamped",
        Origin::Imported => "imported",
    };
    let by = revision
        .applied_by
        .as_ref()
        .map_or_else(String::new, |by| format!(" by {by}"));
    vec![
        format!("file: {}", revision.path.display()),
        format!("revises: {parents}"),
        format!("{how}: {}{by}", revision.applied_at),
    ]
}

fn line(revision: &AppliedRevision) -> String {
    let mut line = format!("{style}{}{style:#}", revision.id, style = style::REVISION);
    if revision.is_head {
        line.push_str(&head_label());
    }
    let title = title(&revision.message);
    if !title.is_empty() {
        line.push(' ');
        line.push_str(title);
    }
    line.push('\n');
    line
}
