//! The command line: one file for each command. The doc comments are the help texts.

mod accept;
mod baseline;
mod branches;
mod check;
mod completions;
mod current;
mod demo;
mod diff;
mod downgrade;
mod drift;
mod edit;
mod ensure_version;
mod global;
mod heads;
mod history;
mod import;
mod init;
mod list_templates;
mod log;
mod merge;
mod models;
mod plan;
mod reference;
mod revision;
mod run;
mod server;
mod show;
mod stamp;
mod status;
mod target;
mod upgrade;
mod verify;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand};

pub(crate) use accept::AcceptArguments;
pub(crate) use baseline::BaselineArguments;
pub(crate) use branches::BranchesArguments;
pub(crate) use check::CheckArguments;
pub(crate) use completions::CompletionsArguments;
pub(crate) use current::CurrentArguments;
pub(crate) use demo::DemoArguments;
pub(crate) use diff::DiffArguments;
pub(crate) use downgrade::DowngradeArguments;
pub(crate) use drift::DriftArguments;
pub(crate) use edit::EditArguments;
pub(crate) use ensure_version::EnsureVersionArguments;
pub(crate) use global::{Color, Format, Global};
pub(crate) use heads::HeadsArguments;
pub(crate) use history::HistoryArguments;
pub(crate) use import::ImportArguments;
pub(crate) use init::InitArguments;
pub(crate) use list_templates::ListTemplatesArguments;
pub(crate) use log::LogArguments;
pub(crate) use merge::MergeArguments;
pub(crate) use models::{GenerateBy, GenerateTypes, ModelsCommand, ModelsGenerateArguments};
pub(crate) use plan::PlanArguments;
pub(crate) use revision::RevisionArguments;
pub(crate) use run::RunArguments;
pub(crate) use server::{PsqlArguments, ServerCommand};
pub(crate) use show::ShowArguments;
pub(crate) use stamp::StampArguments;
pub(crate) use status::StatusArguments;
pub(crate) use upgrade::UpgradeArguments;
pub(crate) use verify::VerifyArguments;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::Red.on_default().bold());

/// Schema migrations for Rust and PostgreSQL
///
/// Describe the schema once, as Rust structs or SQL files. Limbeck writes each revision as a reviewable SQL
/// file, proves it on a throwaway PostgreSQL, and moves any database up or down.
///
/// `limbeck demo` shows all of it in a minute, on a PostgreSQL of its own.
#[derive(Debug, Parser)]
#[command(
    name = "limbeck",
    bin_name = "limbeck",
    version,
    styles = STYLES,
    max_term_width = 100,
    after_help = "`limbeck --help` tells more: how check, drift, diff, plan and status differ, and the exit codes",
    after_long_help = reference::after_help(),
    disable_help_subcommand = true,
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(InitArguments),
    ListTemplates(ListTemplatesArguments),
    Revision(RevisionArguments),
    Baseline(BaselineArguments),
    Import(ImportArguments),
    Upgrade(UpgradeArguments),
    Downgrade(DowngradeArguments),
    Plan(PlanArguments),
    Status(StatusArguments),
    Current(CurrentArguments),
    History(HistoryArguments),
    Heads(HeadsArguments),
    Branches(BranchesArguments),
    Show(ShowArguments),
    Log(LogArguments),
    Edit(EditArguments),
    Merge(MergeArguments),
    Stamp(StampArguments),
    Accept(AcceptArguments),
    #[command(alias = "ensure_version")]
    EnsureVersion(EnsureVersionArguments),
    Check(CheckArguments),
    Drift(DriftArguments),
    Diff(DiffArguments),
    Verify(VerifyArguments),
    #[command(subcommand)]
    Models(ModelsCommand),
    #[command(subcommand)]
    Server(ServerCommand),
    Demo(DemoArguments),
    Completions(CompletionsArguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_relative_target_is_no_option() {
        let arguments = Arguments::try_parse_from(["limbeck", "downgrade", "-1", "--sql"]).unwrap();
        let Command::Downgrade(downgrade) = arguments.command else {
            panic!("another command")
        };
        assert_eq!(downgrade.target, "-1");
        assert!(downgrade.run.sql);
    }

    #[test]
    fn an_unknown_option_is_no_target() {
        assert!(Arguments::try_parse_from(["limbeck", "downgrade", "--force"]).is_err());
        assert!(Arguments::try_parse_from(["limbeck", "upgrade", "-x"]).is_err());
    }

    #[test]
    fn one_side_alone_is_no_diff() {
        assert!(Arguments::try_parse_from(["limbeck", "diff"]).is_ok());
        assert!(Arguments::try_parse_from(["limbeck", "diff", "empty:", "models:"]).is_ok());
        assert!(Arguments::try_parse_from(["limbeck", "diff", "empty:"]).is_err());
    }

    #[test]
    fn what_belongs_to_autogenerate_wants_autogenerate() {
        for option in [
            "--allow-drop",
            "--fill=a.b.c=1",
            "--rename=table:a=b",
            "--against=database",
        ] {
            assert!(
                Arguments::try_parse_from(["limbeck", "revision", option]).is_err(),
                "{option}"
            );
            assert!(
                Arguments::try_parse_from(["limbeck", "revision", "--autogenerate", option]).is_ok(),
                "{option}"
            );
        }
    }
}
