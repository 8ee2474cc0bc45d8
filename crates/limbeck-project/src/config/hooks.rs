//! The sections `[[post_write_hooks]]`: programs that look at a new revision file before it is proven.

use std::time::Duration;

use super::ConfigError;
use super::document::Section;
use crate::parse_duration;

/// What stands for the file in a hook's command.
pub(crate) const PATH: &str = "{path}";

/// How long a hook may take, where it does not say.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// A program that is run on each new revision file: one section `[[post_write_hooks]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostWriteHook {
    /// What it is called in messages.
    pub name: String,
    /// The program and its arguments, in which `{path}` stands for the file.
    pub command: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
}

impl PostWriteHook {
    /// Reads one section. `None` where it cannot be understood; then that was told.
    pub(super) fn read(section: &Section<'_>, errors: &mut Vec<ConfigError>) -> Option<Self> {
        section.only(&["name", "command", "timeout"], errors);
        let command = section.strings("command", errors);
        if command.is_none() && !section.has("command") {
            errors.push(section.missing("command", "as in `command = [\"pg_format\", \"-i\", \"{path}\"]`"));
        }
        let command = command?;
        let program = command.first().filter(|program| !program.is_empty());
        let Some(program) = program else {
            errors.push(section.wrong("command", "must begin with a program"));
            return None;
        };
        if command
            .iter()
            .any(|argument| argument.contains("REVISION_SCRIPT_FILENAME"))
        {
            let message = "`REVISION_SCRIPT_FILENAME` is how Alembic writes the file";
            errors.push(section.refused("command", message, "write `{path}`".to_owned()));
            return None;
        }
        if !command.iter().skip(1).any(|argument| argument.contains(PATH)) {
            errors.push(section.refused(
                "command",
                "`{path}` is missing among the arguments",
                "it stands for the new file, which lies in a folder of its own until it is proven".to_owned(),
            ));
            return None;
        }
        let name = section.string("name", errors).unwrap_or_else(|| program.clone());
        let mut timeout = DEFAULT_TIMEOUT;
        if let Some(text) = section.string("timeout", errors) {
            match parse_duration(&text) {
                Ok(duration) if !duration.is_zero() => timeout = duration,
                Ok(_) => errors.push(section.wrong("timeout", "must be longer than nothing")),
                Err(what) => errors.push(section.wrong("timeout", &format!("is no span of time: {what}"))),
            }
        }
        Some(Self {
            name,
            command,
            timeout,
        })
    }
}
