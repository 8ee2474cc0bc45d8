//! Progress.

use std::path::PathBuf;

/// What is going on. The texts are for people; nothing is to be parsed out of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A part of the work that may take a while begins: `reading the models`, `proving the revision`.
    Phase(String),
    /// Something that a person should know, but need not act upon: which variable the URL was taken from.
    Note(String),
    /// Something that a person should act upon or at least see: an object outside the known kinds.
    Warning(String),
    /// A line that a post-write hook printed.
    HookOutput {
        /// The hook's name.
        hook: String,
        /// The line.
        line: String,
    },
    /// A file was written.
    Wrote(PathBuf),
    /// From the servers that Limbeck starts.
    Server(limbeck_server::Event),
    /// From a run on a database.
    Run(limbeck_migrate::Event),
}

/// Takes events as they happen.
pub type Events<'a> = &'a (dyn Fn(Event) + Send + Sync);
