//! Commands that are shown as they are typed, then run.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::Path;

use clap::Parser;
use limbeck_project::{Diagnostic, Error, Failure};

use crate::arguments::Arguments;
use crate::commands;
use crate::context::Context;
use crate::error::{CommandError, failed};
use crate::exit::Exit;
use crate::output::Output;
use crate::output::style;
use crate::output::text::{count, shell_word};

/// Runs commands in a folder, each shown before its output.
pub(super) struct Transcript<'a> {
    context: &'a Context,
}

/// Why the demo does not go on.
pub(super) enum Unexpected {
    /// A command left with another code than it should.
    Exit(Exit),
    /// A command failed.
    Error(CommandError),
}

impl From<CommandError> for Unexpected {
    fn from(error: CommandError) -> Self {
        Self::Error(error)
    }
}

impl<'a> Transcript<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Where the commands work.
    pub(super) fn folder(&self) -> &Path {
        &self.context.directory
    }

    /// Tells something.
    pub(super) fn tell(&self, text: impl Display) -> Result<(), CommandError> {
        Ok(self.context.output.result(format_args!("{text}\n"))?)
    }

    /// Begins a chapter.
    pub(super) fn chapter(&self, title: &str) -> Result<(), CommandError> {
        self.tell(format_args!("\n{style}# {title}{style:#}", style = style::GOOD))
    }

    /// Shows a command that the shell would run.
    pub(super) fn echo(&self, command: &str) -> Result<(), CommandError> {
        self.tell(format_args!(
            "\n{style}$ {command}{style:#}",
            style = style::COMMAND
        ))
    }

    /// Runs a command that succeeds.
    pub(super) async fn run(&self, words: &[&str]) -> Result<(), Unexpected> {
        self.run_to(words, Exit::Done).await
    }

    /// Runs a command that leaves with the given code.
    pub(super) async fn run_to(&self, words: &[&str], expected: Exit) -> Result<(), Unexpected> {
        self.echo(&command_line(words))?;
        let exit = execute(self.context, words).await?;
        if exit != Exit::Done {
            self.tell(format_args!("exit code {}: {}", exit.code(), exit.meaning()))?;
        }
        if exit == expected {
            Ok(())
        } else {
            Err(Unexpected::Exit(exit))
        }
    }

    /// Runs a command whose output goes to a file, and shows its first lines.
    pub(super) async fn run_into(&self, words: &[&str], file: &str, shown: usize) -> Result<(), Unexpected> {
        self.echo(&format!("{} > {file}", command_line(words)))?;
        let (output, captured) = Output::capture(self.context.output.glyphs());
        let context = self.context.elsewhere(
            self.folder(),
            self.context.host.clone(),
            self.context.overrides.clone(),
            output,
        );
        let exit = execute(&context, words).await?;
        if exit != Exit::Done {
            return Err(Unexpected::Exit(exit));
        }
        let text = captured.text();
        std::fs::write(self.folder().join(file), &text)
            .map_err(|error| failed(format!("`{file}` cannot be written"), error))?;

        self.echo(&format!("head -n {shown} {file}"))?;
        let lines: Vec<&str> = text.lines().collect();
        for line in lines.iter().take(shown) {
            self.tell(line)?;
        }
        let left_out = lines.len().saturating_sub(shown);
        if left_out > 0 {
            self.tell(format_args!(
                "{style}… and {} in {file}{style:#}",
                count(left_out, "more line"),
                style = style::DIM
            ))?;
        }
        Ok(())
    }
}

/// Runs a command as if it had been typed.
async fn execute(context: &Context, words: &[&str]) -> Result<Exit, CommandError> {
    let words = std::iter::once("limbeck")
        .chain(words.iter().copied())
        .map(OsString::from);
    let arguments = Arguments::try_parse_from(words)
        .map_err(|error| Error::new(Failure::Failed, Diagnostic::new(error.to_string())))?;
    Box::pin(commands::one(context, &arguments)).await
}

fn command_line(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().copied().map(shell_word).collect();
    format!("limbeck {}", words.join(" "))
}
