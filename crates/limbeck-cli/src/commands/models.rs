//! `models`.

mod generate;

use limbeck_project::commands::{self, DiagramOptions, DiffOptions, ModelPlace, ModelReport, ModelsReport};
use serde_json::json;

use crate::arguments::ModelsCommand;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{table, text};

pub(crate) async fn run(context: &Context, command: &ModelsCommand) -> Result<Exit, CommandError> {
    let output = &context.output;
    match command {
        ModelsCommand::List(_) => {
            let report = read(context)?;
            if output.is_json() {
                output.json(&report)?;
            } else {
                output.verbatim(&table::lay_out(&rows(&report)))?;
                output.say(counts(&report));
            }
        }
        ModelsCommand::Json(_) => output.json(&read(context)?)?,
        ModelsCommand::Show(arguments) => {
            let report = commands::model(&context.project()?, &arguments.name, &context.events())?;
            output.finish();
            if output.is_json() {
                output.json(&report)?;
            } else {
                output.say(format_args!(
                    "{} {}, {}",
                    report.kind,
                    report.qualified_name(),
                    told(&report.place)
                ));
                if !report.referenced_by.is_empty() {
                    output.say(format_args!("Referenced by {}", report.referenced_by.join(", ")));
                }
                output.verbatim(&report.sql)?;
                output.verbatim(&table::lay_out(&columns(&report)))?;
            }
        }
        ModelsCommand::Diagram(arguments) => {
            let report = read(context)?;
            let options = DiagramOptions {
                tables: arguments.tables.clone(),
                schemas: arguments.schemas.clone(),
            };
            let diagram = commands::diagram(&report, &options)?;
            if output.is_json() {
                output.json(&json!({ "diagram": diagram }))?;
            } else {
                output.verbatim(&diagram)?;
            }
        }
        ModelsCommand::Sql(_) => sql(context).await?,
        ModelsCommand::Generate(arguments) => generate::run(context, arguments).await?,
    }
    Ok(Exit::Done)
}

fn read(context: &Context) -> Result<ModelsReport, CommandError> {
    let report = commands::models(&context.project()?, &context.events())?;
    context.output.finish();
    Ok(report)
}

async fn sql(context: &Context) -> Result<(), CommandError> {
    let options = DiffOptions {
        sides: Some(("empty:".to_owned(), "models:".to_owned())),
        ..DiffOptions::default()
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
        output.json(&json!({ "sql": report.sql }))?;
    } else {
        output.verbatim(&report.sql)?;
    }
    Ok(())
}

fn rows(report: &ModelsReport) -> Vec<Vec<String>> {
    let tables = report.tables.iter().map(|table| {
        vec![
            "table".to_owned(),
            table.qualified_name(),
            text::count(table.columns.len(), "column"),
            told(&table.place),
        ]
    });
    let types = report.types.iter().map(|one| {
        let labels = if one.labels.is_empty() {
            String::new()
        } else {
            text::count(one.labels.len(), "label")
        };
        vec![one.kind.clone(), one.qualified_name(), labels, told(&one.place)]
    });
    let views = report.views.iter().map(|view| {
        vec![
            "view".to_owned(),
            view.qualified_name(),
            text::count(view.columns.len(), "column"),
            told(&view.place),
        ]
    });
    let files = report.files.iter().map(|file| {
        vec![
            "SQL".to_owned(),
            String::new(),
            String::new(),
            file.display().to_string(),
        ]
    });
    tables.chain(types).chain(views).chain(files).collect()
}

/// What a struct over a view reads.
fn columns(report: &ModelReport) -> Vec<Vec<String>> {
    let columns = report.columns.iter().map(|column| {
        let nullable = if column.nullable { "NULL" } else { "" };
        vec![column.name.clone(), column.data_type.clone(), nullable.to_owned()]
    });
    columns.collect()
}

/// `User in src/users.rs:3`.
fn told(place: &ModelPlace) -> String {
    format!("{} in {}:{}", place.name(), place.file.display(), place.line)
}

fn counts(report: &ModelsReport) -> String {
    let mut parts = vec![text::count(report.tables.len(), "table")];
    if !report.types.is_empty() {
        parts.push(text::count(report.types.len(), "type"));
    }
    if !report.views.is_empty() {
        parts.push(text::count(report.views.len(), "view"));
    }
    if !report.files.is_empty() {
        parts.push(text::count(report.files.len(), ".sql file"));
    }
    parts.join(", ")
}
