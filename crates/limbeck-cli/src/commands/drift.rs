//! `drift`.

use std::collections::BTreeMap;

use limbeck_project::commands::{self, DriftKind, DriftReport, DriftedObject, StrayObject};
use serde_json::json;

use crate::arguments::DriftArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::text::count;
use crate::output::{lines, style};

pub(crate) async fn run(context: &Context, arguments: &DriftArguments) -> Result<Exit, CommandError> {
    let report = commands::drift(&context.project()?, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        let mut document = serde_json::to_value(&report).unwrap_or_default();
        if let Some(fields) = document.as_object_mut() {
            fields.insert("different".to_owned(), json!(report.is_different()));
        }
        output.json(&document)?;
    } else if arguments.sql {
        output.verbatim(&report.sql)?;
        warn(context, &report);
    } else {
        show(context, &report)?;
        warn(context, &report);
    }
    Ok(if report.is_different() {
        Exit::Different
    } else {
        Exit::Done
    })
}

fn show(context: &Context, report: &DriftReport) -> Result<(), CommandError> {
    let output = &context.output;
    if !report.exists {
        output.say("No revision was ever applied to this database: it has no history to compare with");
        return Ok(());
    }
    let at = match report.heads.as_slice() {
        [] => "base".to_owned(),
        heads => heads.join(", "),
    };
    for unfinished in &report.unfinished {
        output.note(&format!(
            "of the revision {unfinished}, the steps that stand count"
        ));
    }
    if !report.differences.is_empty() {
        output.say(format_args!(
            "{} not as the history at {at} says (- the database, + the history):",
            are(report.differences.len())
        ));
        for object in &report.differences {
            output.result(drifted(object))?;
        }
    }
    let (additions, strays): (Vec<_>, Vec<_>) = report
        .not_from_history
        .iter()
        .partition(|stray| stray.added_to.is_some());
    if !additions.is_empty() {
        output.say("Not from the history, added to what it made:");
        for stray in additions {
            output.result(added(stray))?;
        }
    }
    if !strays.is_empty() {
        output.say("Not from the history, and no drift:");
        output.result(beside(&strays))?;
    }
    if report.is_different() {
        if !report.sql.is_empty() {
            output.hint(
                "`limbeck drift --sql` prints the SQL that would undo it; what is not from the history stays",
            );
        }
        output.hint(
            "what should stay as it is belongs into a revision: write one, then `limbeck stamp` it here",
        );
    } else {
        output.say(format_args!("The database is what its history at {at} says"));
    }
    Ok(())
}

fn are(number: usize) -> String {
    format!(
        "{} {}",
        count(number, "object"),
        if number == 1 { "is" } else { "are" }
    )
}

fn warn(context: &Context, report: &DriftReport) {
    for sentence in &report.unsupported {
        context.output.warning(sentence);
    }
    for column in &report.unfilled {
        context.output.warning(&format!(
            "`{column}` takes no NULL, and nothing fills it: where the table holds rows, the SQL fails"
        ));
    }
}

fn drifted(drifted: &DriftedObject) -> String {
    let (sign, colour, how) = match drifted.what {
        DriftKind::Missing => ('-', style::DROP, "is missing".to_owned()),
        DriftKind::Changed => ('~', style::ALTER, "differs".to_owned()),
        DriftKind::Renamed => {
            let name = drifted.name_in_database.as_ref().map(ToString::to_string);
            let how = format!("bears another name: {}", name.unwrap_or_default());
            ('~', style::ALTER, how)
        }
        DriftKind::InTheWay => ('~', style::ALTER, "is in the way of another".to_owned()),
    };
    let mut text = format!("  {colour}{sign} {}{colour:#} {how}\n", drifted.object);
    if drifted.what != DriftKind::Missing {
        text.push_str(&lines::render(&drifted.lines, "      "));
    }
    text
}

fn added(stray: &StrayObject) -> String {
    let mut text = format!("  {style}+ {}{style:#}\n", stray.object, style = style::CREATE);
    for line in stray.database.iter().flat_map(|sql| sql.lines()) {
        text.push_str(&format!("      {style}{line}{style:#}\n", style = style::DIM));
    }
    text
}

/// Grants are told by who holds them: there may be hundreds.
fn beside(strays: &[&StrayObject]) -> String {
    let mut text = String::new();
    let mut grants: BTreeMap<String, usize> = BTreeMap::new();
    for stray in strays {
        let told = stray.object.to_string();
        match told
            .strip_prefix("privileges ")
            .and_then(|rest| rest.split_once('('))
        {
            Some((grantee, _)) => *grants.entry(grantee.to_owned()).or_default() += 1,
            None => text.push_str(&format!("  {told}\n")),
        }
    }
    for (grantee, number) in grants {
        text.push_str(&format!(
            "  privileges of {grantee} on {}\n",
            count(number, "object")
        ));
    }
    text
}
