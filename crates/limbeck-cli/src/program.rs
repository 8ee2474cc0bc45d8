//! The program's course: arguments, surroundings, the command, its exit code.

use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anstream::{AutoStream, ColorChoice};
use clap::Parser;
use clap::error::ErrorKind as UsageErrorKind;
use limbeck_project::config::ALL_DATABASES;
use limbeck_project::{Diagnostic, Error, Failure, Hooks, Host, Overrides, XArguments};

use crate::arguments::{Arguments, Color, Format, Global};
use crate::commands;
use crate::context::Context;
use crate::environment;
use crate::error::{CommandError, failed, usage};
use crate::exit::Exit;
use crate::interrupt::Signals;
use crate::output::{Glyphs, Output, mask_arguments};
use crate::{consult, host, logging};

/// Runs the command that the arguments name.
pub(crate) fn run() -> Exit {
    let given: Vec<OsString> = env::args_os().collect();
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error, &given),
    };
    let host = host::look_around();
    let glyphs = Glyphs::of_locale(|name| host.variables.get(name).map(String::as_str));
    let output = Output::new(&arguments.global, glyphs);
    let signals = match Signals::listen(output.progress().clone()) {
        Ok(signals) => signals,
        Err(error) => {
            return conclude(
                &output,
                Exit::Interrupted,
                Err(failed("signals cannot be heard", error)),
            );
        }
    };
    match context(&arguments.global, host, output, signals) {
        Ok(mut context) => {
            let result = execute(&mut context, &arguments);
            conclude(&context.output, context.signals.exit(), result)
        }
        Err((output, error)) => conclude(&output, Exit::Interrupted, Err(error)),
    }
}

fn execute(context: &mut Context, arguments: &Arguments) -> Result<Exit, CommandError> {
    let log = context
        .host
        .variables
        .get(environment::LIMBECK_LOG)
        .map(String::as_str);
    let colours = match arguments.global.color {
        Color::Auto => AutoStream::choice(&io::stderr()) != ColorChoice::Never,
        Color::Always => true,
        Color::Never => false,
    };
    logging::start(arguments.global.verbose, log, colours)?;
    // Nothing here computes for long, and a thread costs more to start than most commands take.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed("the program cannot start", error))?;
    runtime.block_on(commands::run(context, arguments))
}

fn context(
    global: &Global,
    host: Host,
    output: Output,
    signals: Signals,
) -> Result<Context, (Output, CommandError)> {
    let directory = match working_folder(global.directory.as_deref()) {
        Ok(directory) => directory,
        Err(error) => return Err((output, error)),
    };
    let overrides = match overrides(global) {
        Ok(overrides) => overrides,
        Err(error) => return Err((output, error)),
    };
    let may_ask = !global.no_input && !is_set(&host, environment::CI) && global.format == Format::Human;
    let consult = consult::somebody(may_ask, output.progress());
    let ask = consult::somebody_for_a_run(may_ask, output.progress());
    Ok(Context {
        consult,
        ask,
        overrides,
        output,
        host,
        directory,
        signals,
        committed: AtomicBool::new(false),
    })
}

/// What the options say over the configuration.
pub(crate) fn overrides(global: &Global) -> Result<Overrides, CommandError> {
    let mut x = XArguments::default();
    for argument in &global.x {
        // Not told by the parser of arguments, which would show the value.
        x.add(argument)
            .map_err(|cause| usage(Diagnostic::new(format!("`-x`: {cause}")).hint(cause.hint())))?;
    }
    let is_one = |name: &&String| !name.is_empty() && *name != ALL_DATABASES;
    let mut databases = global.databases.iter().filter(is_one);
    Ok(Overrides {
        environment: global.environment.clone().filter(|name| !name.is_empty()),
        database_url: global.database_url.clone(),
        // Which of several is said for each in turn.
        database: databases.next().filter(|_| global.databases.len() == 1).cloned(),
        x,
        hooks: Hooks::default(),
        wait_for_server: global.wait_for_server,
        offline: global.offline,
    })
}

#[expect(clippy::disallowed_methods, reason = "this is the command line")]
fn working_folder(chosen: Option<&Path>) -> Result<PathBuf, CommandError> {
    let here = env::current_dir().map_err(|error| failed("the working folder cannot be read", error))?;
    let Some(chosen) = chosen else { return Ok(here) };
    let folder = here.join(chosen);
    if folder.is_dir() {
        return Ok(folder);
    }
    Err(usage(
        Diagnostic::new(format!("there is no folder `{}`", chosen.display()))
            .hint("`-C` names a folder that exists"),
    ))
}

fn is_set(host: &Host, variable: &str) -> bool {
    host.variables
        .get(variable)
        .is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// Shows how the command ended.
fn conclude(output: &Output, interrupted: Exit, result: Result<Exit, CommandError>) -> Exit {
    output.finish();
    match result {
        Ok(exit) => exit,
        Err(CommandError::Failed(error)) => {
            let exit = match error.failure() {
                Failure::Interrupted => interrupted,
                failure => Exit::from(failure),
            };
            output.error(&error, exit);
            exit
        }
        // Who reads no further (`limbeck history | head -1`) is content.
        Err(CommandError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Exit::Done,
        Err(CommandError::Output(error)) => {
            let diagnostic = Diagnostic::new("the result cannot be written").note(error.to_string());
            output.error(&Error::new(Failure::Failed, diagnostic), Exit::Failed);
            Exit::Failed
        }
    }
}

/// Shows help, the version, or what is wrong with the arguments. None of them may show a password.
fn refuse(error: &clap::Error, given: &[OsString]) -> Exit {
    let exit = match error.kind() {
        UsageErrorKind::DisplayHelp | UsageErrorKind::DisplayVersion => Exit::Done,
        _ => Exit::Usage,
    };
    let color = option(given, "--color").and_then(|when| match when.as_str() {
        "always" => Some(Color::Always),
        "never" => Some(Color::Never),
        _ => None,
    });
    let format = match option(given, "--format").as_deref() {
        Some("json") => Format::Json,
        _ => Format::Human,
    };
    let output = Output::bare(format, color.unwrap_or(Color::Auto));
    let text = error.render().ansi().to_string();
    if exit == Exit::Done {
        return conclude(
            &output,
            exit,
            output.result(&text).map(|()| exit).map_err(CommandError::from),
        );
    }
    if output.is_json() {
        let message = error.render().to_string();
        let (message, usage) = message.split_once("\n\n").unwrap_or((&message, ""));
        let message = message.strip_prefix("error: ").unwrap_or(message);
        let mut diagnostic = Diagnostic::new(mask_arguments(message));
        if let Some(line) = usage.lines().find(|line| line.starts_with("Usage: ")) {
            diagnostic = diagnostic.note(line);
        }
        output.error(&Error::new(Failure::Usage, diagnostic), exit);
    } else {
        output.problem(&mask_arguments(text.trim_end()));
    }
    exit
}

/// The value of an option, looked up by hand since the arguments could not be parsed.
fn option(given: &[OsString], name: &str) -> Option<String> {
    let mut given = given
        .iter()
        .filter_map(|argument| argument.to_str())
        .take_while(|argument| *argument != "--");
    while let Some(argument) = given.next() {
        if argument == name {
            return given.next().map(str::to_owned);
        }
        if let Some(value) = argument
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('='))
        {
            return Some(value.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_found_among_arguments_that_do_not_parse() {
        let given: Vec<OsString> = ["limbeck", "--format=json", "--color", "never", "--", "--format"]
            .into_iter()
            .map(OsString::from)
            .collect();
        assert_eq!(option(&given, "--format").as_deref(), Some("json"));
        assert_eq!(option(&given, "--color").as_deref(), Some("never"));
        assert_eq!(option(&given, "--against"), None);
    }
}
