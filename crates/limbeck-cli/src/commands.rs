//! What each command does here: call the project, show what comes back, say with which code to leave.

mod accept;
mod actions;
mod baseline;
mod branches;
mod check;
mod completions;
mod current;
mod databases;
mod demo;
mod diff;
mod downgrade;
mod drift;
mod edit;
mod ensure_version;
mod heads;
mod history;
mod import;
mod init;
mod list_templates;
mod log;
mod merge;
mod models;
mod outcome;
mod plan;
mod revision;
mod revisions;
mod run_settings;
mod server;
mod show;
mod stamp;
mod status;
mod upgrade;
mod verify;

use crate::arguments::{Arguments, Command};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Runs a command, on each of the databases that were chosen.
pub(crate) async fn run(context: &mut Context, arguments: &Arguments) -> Result<Exit, CommandError> {
    if databases::are_several(context, arguments) {
        return Box::pin(databases::run(context, arguments)).await;
    }
    Box::pin(one(context, arguments)).await
}

/// Runs a command on one database.
pub(crate) async fn one(context: &Context, arguments: &Arguments) -> Result<Exit, CommandError> {
    match &arguments.command {
        Command::Init(arguments) => init::run(context, arguments).await,
        Command::ListTemplates(arguments) => list_templates::run(context, arguments),
        Command::Revision(arguments) => revision::run(context, arguments).await,
        Command::Baseline(arguments) => baseline::run(context, arguments).await,
        Command::Import(arguments) => import::run(context, arguments).await,
        Command::Upgrade(arguments) => upgrade::run(context, arguments).await,
        Command::Downgrade(arguments) => downgrade::run(context, arguments).await,
        Command::Plan(arguments) => plan::run(context, arguments).await,
        Command::Status(arguments) => status::run(context, arguments).await,
        Command::Current(arguments) => current::run(context, arguments).await,
        Command::History(arguments) => history::run(context, arguments).await,
        Command::Heads(arguments) => heads::run(context, arguments),
        Command::Branches(arguments) => branches::run(context, arguments),
        Command::Show(arguments) => show::run(context, arguments).await,
        Command::Log(arguments) => log::run(context, arguments).await,
        Command::Edit(arguments) => edit::run(context, arguments).await,
        Command::Merge(arguments) => merge::run(context, arguments).await,
        Command::Stamp(arguments) => stamp::run(context, arguments).await,
        Command::Accept(arguments) => accept::run(context, arguments).await,
        Command::EnsureVersion(arguments) => ensure_version::run(context, arguments).await,
        Command::Check(arguments) => check::run(context, arguments).await,
        Command::Drift(arguments) => drift::run(context, arguments).await,
        Command::Diff(arguments) => diff::run(context, arguments).await,
        Command::Verify(arguments) => verify::run(context, arguments).await,
        Command::Models(command) => models::run(context, command).await,
        Command::Server(command) => server::run(context, command).await,
        // The demo runs other commands, so its future would hold its own.
        Command::Demo(demo) => Box::pin(demo::run(context, &arguments.global, demo)).await,
        Command::Completions(arguments) => completions::run(context, arguments),
    }
}
