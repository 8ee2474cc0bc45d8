//! `models generate`.

use std::collections::BTreeMap;
use std::path::Path;

use limbeck_project::Kind;
use limbeck_project::commands::{self, By, GenerateOptions, GenerateReport, TimeTypes};

use crate::arguments::{GenerateBy, GenerateTypes, ModelsGenerateArguments};
use crate::commands::diff::{STANDARD_INPUT, read_standard_input};
use crate::context::Context;
use crate::error::CommandError;
use crate::output::text;

pub(super) async fn run(context: &Context, arguments: &ModelsGenerateArguments) -> Result<(), CommandError> {
    let project = context.project()?;
    let standard_input = match arguments.from.as_deref() {
        Some(STANDARD_INPUT) => Some(read_standard_input()?),
        _ => None,
    };
    let is_printed = arguments.into.as_deref() == Some(Path::new("-"));
    let options = GenerateOptions {
        from: arguments.from.clone(),
        standard_input,
        into: arguments.into.clone().filter(|_| !is_printed),
        dry_run: is_printed,
        derives: arguments.derive.clone(),
        by: match arguments.by {
            GenerateBy::Table => By::Table,
            GenerateBy::Schema => By::Schema,
            GenerateBy::File => By::File,
        },
        types: match arguments.types {
            GenerateTypes::Chrono => TimeTypes::Chrono,
            GenerateTypes::Time => TimeTypes::Time,
            GenerateTypes::Jiff => TimeTypes::Jiff,
        },
        views: arguments.views,
    };
    let report = commands::generate(&project, &context.directory, &options, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
        return Ok(());
    }
    for one in &report.texts {
        let mark = if one.path.extension().is_some_and(|extension| extension == "sql") {
            "--"
        } else {
            "//"
        };
        output.verbatim(&format!("{mark} {}\n{}\n", one.path.display(), one.text))?;
    }
    tell(context, &report);
    Ok(())
}

fn tell(context: &Context, report: &GenerateReport) {
    let output = &context.output;
    for table in &report.left_out {
        output.say(format_args!(
            "Left out {table}, which is another migration tool's"
        ));
    }
    if !report.other_schemas.is_empty() {
        output.say(format_args!(
            "Not looked at: {}; `schemas` under `[database]` in limbeck.toml names those that are",
            report.other_schemas.join(", ")
        ));
    }
    let verb = if report.texts.is_empty() { "Wrote" } else { "Made" };
    let mut parts = vec![format!(
        "{} in {}",
        text::count(report.structs, "struct"),
        text::count(report.models.len(), "file")
    )];
    if !report.schema.is_empty() {
        parts.push(text::count(report.schema.len(), ".sql file"));
    }
    output.say(format_args!(
        "{verb} {}: they come to the same schema",
        parts.join(" and ")
    ));
    for (reason, objects) in by_reason(report) {
        output.say(format_args!("In SQL, since {reason}: {objects}"));
    }
    for next in report.next.iter().filter(|_| report.texts.is_empty()) {
        output.hint(next);
    }
}

/// What stands in SQL, by why. Of what structs never say the number is told, of what is a table's each.
fn by_reason(report: &GenerateReport) -> BTreeMap<&str, String> {
    let mut kinds: BTreeMap<&str, (usize, Vec<String>)> = BTreeMap::new();
    for left in &report.sql {
        let (count, names) = kinds.entry(&left.reason).or_default();
        *count += 1;
        if matches!(
            left.object.kind,
            Kind::Table | Kind::Column | Kind::Constraint | Kind::Index | Kind::Type | Kind::Domain
        ) {
            names.push(left.object.to_string());
        }
    }
    const MOST: usize = 5;
    kinds
        .into_iter()
        .map(|(reason, (count, names))| {
            let told = if names.is_empty() || names.len() > MOST {
                count.to_string()
            } else {
                names.join(", ")
            };
            (reason, told)
        })
        .collect()
}
