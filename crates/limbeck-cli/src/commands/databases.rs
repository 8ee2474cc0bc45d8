//! `--database all`, or given more than once: a command on several databases, one after the other.

use std::sync::atomic::Ordering;

use limbeck_project::{Diagnostic, Error, Failure, Project, UrlOrigin, config::ALL_DATABASES};

use super::one;
use crate::arguments::{Arguments, Command, Global, ServerCommand};
use crate::context::Context;
use crate::error::{CommandError, usage};
use crate::exit::Exit;
use crate::output::style;

/// Whether a command is about several databases: they were chosen, or `verify` looks at the whole project.
pub(super) fn are_several(context: &Context, arguments: &Arguments) -> bool {
    let chosen = &arguments.global.databases;
    if nobody_chose(&arguments.global) {
        let known = || Project::databases(&context.directory, &context.overrides);
        return matches!(arguments.command, Command::Verify(_)) && known().is_ok_and(|known| known.len() > 1);
    }
    // `LIMBECK_DATABASE` is set for all commands, also for those that it does not matter to.
    !needs_no_database(&arguments.command)
        && (chosen.len() > 1 || chosen.iter().any(|name| name == ALL_DATABASES))
}

/// Whether no database is named. An empty variable names none.
fn nobody_chose(global: &Global) -> bool {
    global.databases.iter().all(String::is_empty)
}

/// Whether a command does the same whichever database is chosen.
fn needs_no_database(command: &Command) -> bool {
    match command {
        Command::Init(_) | Command::ListTemplates(_) | Command::Demo(_) | Command::Completions(_) => true,
        Command::Server(command) => !matches!(command, ServerCommand::Psql(_)),
        _ => false,
    }
}

/// Runs a command on each. One that only looks goes on after a database that failed; `upgrade` stops there.
pub(super) async fn run(context: &mut Context, arguments: &Arguments) -> Result<Exit, CommandError> {
    let may_be_several = matches!(
        arguments.command,
        Command::Upgrade(_)
            | Command::Current(_)
            | Command::Check(_)
            | Command::Verify(_)
            | Command::Status(_)
    );
    if !may_be_several {
        return Err(usage(
            Diagnostic::new("this command works on one database, and several are chosen").hint(
                "name one with `--database NAME`; `upgrade`, `current`, `check`, `verify` and `status` take several",
            ),
        ));
    }
    if matches!(&arguments.command, Command::Upgrade(upgrade) if upgrade.run.sql) {
        // `psql` would run all that is on stdout on one of them.
        return Err(usage(
            Diagnostic::new("a script is for one database, and several are chosen")
                .hint("write one for each: `limbeck --database NAME upgrade --sql`"),
        ));
    }
    let names = names(context, &arguments.global)?;
    let output_is_shared = context.output.is_json();
    if output_is_shared {
        context.output.collect();
    }
    let mut ended = Exit::Done;
    let mut done: Vec<&str> = Vec::new();
    for name in &names {
        context.overrides.database = Some(name.clone());
        if output_is_shared {
            // Whose events follow.
            if matches!(arguments.command, Command::Upgrade(_)) {
                let event = serde_json::json!({ "event": "database", "database": name });
                context.output.json_event(&event);
            }
        } else {
            context
                .output
                .result(format_args!("{style}{name}{style:#}:\n", style = style::REVISION))?;
        }
        let exit = match Box::pin(one(context, arguments)).await {
            Ok(exit) => exit,
            Err(CommandError::Failed(error)) if matches!(arguments.command, Command::Upgrade(_)) => {
                context.output.show_collected()?;
                return Err(stopped(context, error, name, &done).into());
            }
            Err(CommandError::Failed(error)) => {
                let exit = Exit::from(error.failure());
                context.output.finish();
                context.output.error(&error, exit);
                exit
            }
            Err(error) => return Err(error),
        };
        context.output.end_of(name, exit);
        // A failure counts for more than a difference.
        if ended == Exit::Done || ended == Exit::Different && exit != Exit::Done {
            ended = exit;
        }
        done.push(name);
    }
    context.output.show_collected()?;
    Ok(ended)
}

/// The databases that were chosen, each once, every one of them known.
fn names(context: &Context, global: &Global) -> Result<Vec<String>, CommandError> {
    let known = Project::databases(&context.directory, &context.overrides)?;
    // Then it is `verify`, which only looks, at whatever the URL leads to.
    if nobody_chose(global) {
        return Ok(known);
    }
    let mut names: Vec<String> = Vec::new();
    for name in &global.databases {
        if name == ALL_DATABASES && !known.is_empty() {
            names.extend(known.iter().cloned());
        } else {
            names.push(name.clone());
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    for name in &names {
        // Before anything is done to the first.
        let mut overrides = context.overrides.clone();
        overrides.database = Some(name.clone());
        let project = Project::open(&context.directory, &overrides, &context.host)?;
        if names.len() > 1 {
            refuse_one_url(context, &project)?;
        }
    }
    Ok(names)
}

/// One URL would lead every history into the same database, wherever it was found: `.env` is looked at too.
fn refuse_one_url(context: &Context, project: &Project) -> Result<(), CommandError> {
    // Without a URL that can be understood nothing is done; the command itself tells why.
    let given = match project.database_target() {
        _ if context.overrides.database_url.is_some() => "`--database-url`",
        Ok((_, UrlOrigin::Variable)) => "`LIMBECK_DATABASE_URL`",
        Ok(_) | Err(_) => return Ok(()),
    };
    Err(usage(
        Diagnostic::new(format!(
            "{given} is the URL of one database, and several are chosen"
        ))
        .hint("leave it out, or name one database with `--database NAME`"),
    ))
}

/// Why an upgrade of several databases stopped, and what was done before.
fn stopped(context: &Context, error: Error, at: &str, done: &[&str]) -> Error {
    let has_committed = context.committed.load(Ordering::Relaxed);
    let failure = match error.failure() {
        Failure::Interrupted => Failure::Interrupted,
        _ if has_committed => Failure::Stopped,
        failure => failure,
    };
    let error = Error::several(failure, error.diagnostics().to_vec());
    let listed: Vec<String> = done.iter().map(|name| format!("`{name}`")).collect();
    if listed.is_empty() {
        return error.hint(format!(
            "this was the database `{at}`; nothing was done to those after it"
        ));
    }
    error.hint(format!(
        "this was the database `{at}`; {} came before it and stands, those after it were not begun",
        listed.join(", ")
    ))
}
