//! Targets and ranges of revisions as arguments. What they mean is known to the history; here they are only
//! told from mistyped options, since `-1` is a target.

use std::ffi::OsStr;

use clap::builder::{NonEmptyStringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

/// Takes a target or range, and refuses what looks like an option as an unknown option is refused.
#[derive(Clone)]
pub(crate) struct TargetParser;

impl TypedValueParser for TargetParser {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let value = NonEmptyStringValueParser::new().parse_ref(command, argument, value)?;
        if !looks_like_an_option(&value) {
            return Ok(value);
        }
        let mut error = clap::Error::new(ErrorKind::UnknownArgument).with_cmd(command);
        error.insert(ContextKind::InvalidArg, ContextValue::String(value));
        error.insert(
            ContextKind::Usage,
            ContextValue::StyledStr(command.clone().render_usage()),
        );
        Err(error)
    }
}

fn looks_like_an_option(value: &str) -> bool {
    let mut characters = value.chars();
    characters.next() == Some('-') && !characters.next().is_some_and(|second| second.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_targets_are_no_options() {
        for target in ["-1", "+2", "head", "base:head", "-2:head", "8f3c+1", ""] {
            assert!(!looks_like_an_option(target), "{target}");
        }
    }

    #[test]
    fn what_begins_with_a_dash_is() {
        for target in ["-", "-x", "--force"] {
            assert!(looks_like_an_option(target), "{target}");
        }
    }
}
