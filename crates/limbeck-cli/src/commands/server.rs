//! `server`.

use std::os::unix::process::CommandExt;

use limbeck_project::commands::{self, InstallationReport, ServerReport, ServerState};
use serde_json::json;

use crate::arguments::{PsqlArguments, ServerCommand};
use crate::context::Context;
use crate::error::{CommandError, failed};
use crate::exit::Exit;
use crate::output::table;

pub(crate) async fn run(context: &Context, command: &ServerCommand) -> Result<Exit, CommandError> {
    match command {
        ServerCommand::Start(_) => {
            let report =
                commands::server_start(&context.project_of_any_database()?, &context.events()).await?;
            show(context, &report, false)
        }
        ServerCommand::Stop(_) => {
            let report =
                commands::server_stop(&context.project_of_any_database()?, &context.events()).await?;
            show(context, &report, false)
        }
        ServerCommand::Status(arguments) => {
            let report = commands::server_status(&context.project_of_any_database()?)?;
            show(context, &report, arguments.show_password)
        }
        ServerCommand::Psql(arguments) => psql(context, arguments).await,
        ServerCommand::Install(arguments) => {
            let report = commands::server_install(
                arguments.major,
                &context.overrides,
                &context.host,
                &context.events(),
            )
            .await?;
            context.output.finish();
            if context.output.is_json() {
                context.output.json(&report)?;
            } else {
                context.output.verbatim(&table::lay_out(&[row(&report)]))?;
            }
            Ok(Exit::Done)
        }
        ServerCommand::List(_) => list(context),
    }
}

fn show(context: &Context, report: &ServerReport, show_password: bool) -> Result<Exit, CommandError> {
    let output = &context.output;
    output.finish();
    let url = if show_password {
        report.url_with_password.as_ref()
    } else {
        report.url.as_ref()
    };
    if output.is_json() {
        output.json(&json!({
            "state": report.state,
            "major": report.major,
            "data_directory": report.data_directory,
            "log_file": report.log_file,
            "url": url,
        }))?;
        return Ok(Exit::Done);
    }
    let state = match report.state {
        ServerState::Running => "running",
        ServerState::Stopped => "stopped",
        ServerState::Absent => "never started",
    };
    let mut rows = vec![vec!["state".to_owned(), state.to_owned()]];
    if let Some(major) = report.major {
        rows.push(vec!["version".to_owned(), format!("PostgreSQL {major}")]);
    }
    for (name, path) in [("data", &report.data_directory), ("log", &report.log_file)] {
        if let Some(path) = path {
            rows.push(vec![name.to_owned(), path.display().to_string()]);
        }
    }
    if let Some(url) = url {
        rows.push(vec!["url".to_owned(), url.clone()]);
    }
    output.verbatim(&table::lay_out(&rows))?;
    if url.is_some() && !show_password {
        output.hint("`limbeck server status --show-password` shows the URL whole, for the application");
    }
    Ok(Exit::Done)
}

async fn psql(context: &Context, arguments: &PsqlArguments) -> Result<Exit, CommandError> {
    let mut command =
        commands::server_psql(&context.project()?, &arguments.arguments, &context.events()).await?;
    context.output.finish();
    // `psql` takes this program's place, so that signals and the exit code are its own.
    let error = command.exec();
    Err(failed("`psql` does not start", error))
}

fn list(context: &Context) -> Result<Exit, CommandError> {
    let installations = commands::server_list(&context.overrides, &context.host);
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&json!({ "installations": installations }))?;
    } else if installations.is_empty() {
        output.say("There is no PostgreSQL yet");
        output.hint("`limbeck server install 17` gets one; any command that needs one does so too");
    } else {
        let rows: Vec<Vec<String>> = installations.iter().map(row).collect();
        output.verbatim(&table::lay_out(&rows))?;
    }
    Ok(Exit::Done)
}

fn row(installation: &InstallationReport) -> Vec<String> {
    vec![
        installation.version.clone(),
        installation.origin.clone(),
        installation.bin.display().to_string(),
    ]
}
