//! Everything that is shown: results on stdout, conversation on stderr.
//!
//! As JSON, a command's result is one document on stdout, and what stderr says (warnings, the error) is one JSON
//! object a line.

mod diagnostic;
mod event;
mod glyphs;
pub(crate) mod graph;
pub(crate) mod lines;
mod mask;
mod progress;
mod step_progress;
mod stream;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod text;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstream::ColorChoice;
use limbeck_project::{Error, Event, RunEvent};
use serde::Serialize;
use serde_json::json;

use crate::arguments::{Color, Format, Global};
use crate::exit::Exit;

pub(crate) use diagnostic::render as render_error;
pub(crate) use glyphs::Glyphs;
pub(crate) use mask::{mask_arguments, mask_passwords};
pub(crate) use progress::Progress;

use step_progress::LastTold;
use stream::Stream;

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    Quiet,
    Normal,
    Verbose,
}

/// Where everything is shown.
pub(crate) struct Output {
    format: Format,
    verbosity: Verbosity,
    glyphs: Glyphs,
    draws_graphs: bool,
    results: Mutex<Stream>,
    /// The results of one database after the other, where they are to make one document.
    collected: Mutex<Option<Collected>>,
    conversation: Conversation,
    progress: Progress,
    /// What was told last of a step that lasts, where no line is drawn.
    last_told: Mutex<LastTold>,
    /// The notes that are told once.
    told: Mutex<BTreeSet<String>>,
}

/// Results that are not shown yet.
#[derive(Default)]
struct Collected {
    databases: Vec<serde_json::Value>,
    /// That of the database that is worked on.
    result: Option<serde_json::Value>,
}

/// Where the conversation goes.
enum Conversation {
    /// To stderr, as usual.
    Stream(Mutex<Stream>),
    /// Among the results, so that both make one transcript.
    AmongResults,
}

impl Output {
    /// The program's own stdout and stderr.
    pub(crate) fn new(global: &Global, glyphs: Glyphs) -> Self {
        let choice = ColorChoice::from(global.color);
        let verbosity = match (global.quiet, global.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, _) => Verbosity::Verbose,
        };
        let shows_progress =
            io::stderr().is_terminal() && verbosity != Verbosity::Quiet && global.format == Format::Human;
        Self {
            format: global.format,
            verbosity,
            glyphs,
            draws_graphs: io::stdout().is_terminal(),
            results: Mutex::new(Stream::stdout(choice)),
            collected: Mutex::default(),
            conversation: Conversation::Stream(Mutex::new(Stream::stderr(choice))),
            progress: if shows_progress {
                Progress::at_terminal()
            } else {
                Progress::none()
            },
            last_told: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// Stdout and stderr before the arguments are understood.
    pub(crate) fn bare(format: Format, color: Color) -> Self {
        let choice = ColorChoice::from(color);
        Self {
            format,
            verbosity: Verbosity::Normal,
            glyphs: Glyphs::Ascii,
            draws_graphs: false,
            results: Mutex::new(Stream::stdout(choice)),
            collected: Mutex::default(),
            conversation: Conversation::Stream(Mutex::new(Stream::stderr(choice))),
            progress: Progress::none(),
            last_told: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// The same, but with the conversation among the results.
    pub(crate) fn transcript(global: &Global, glyphs: Glyphs) -> Self {
        Self {
            conversation: Conversation::AmongResults,
            ..Self::new(global, glyphs)
        }
    }

    /// The same as a transcript, but the results are kept instead of shown, and no conversation is held.
    pub(crate) fn capture(glyphs: Glyphs) -> (Self, Captured) {
        let captured = Captured::default();
        let output = Self {
            format: Format::Human,
            verbosity: Verbosity::Quiet,
            glyphs,
            draws_graphs: false,
            results: Mutex::new(Stream::plain(captured.clone())),
            collected: Mutex::default(),
            conversation: Conversation::Stream(Mutex::new(Stream::plain(io::sink()))),
            progress: Progress::none(),
            last_told: Mutex::default(),
            told: Mutex::default(),
        };
        (output, captured)
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.verbosity >= Verbosity::Verbose
    }

    pub(crate) fn glyphs(&self) -> Glyphs {
        self.glyphs
    }

    /// Whether the history is drawn as a graph.
    pub(crate) fn draws_graphs(&self) -> bool {
        self.draws_graphs
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Writes a result, with its colours where they are wanted.
    pub(crate) fn result(&self, text: impl Display) -> io::Result<()> {
        let text = text.to_string();
        self.with_results(|results| results.write_styled(&text))
    }

    /// Writes a result byte for byte: a script, a file.
    pub(crate) fn verbatim(&self, text: &str) -> io::Result<()> {
        self.with_results(|results| results.write_verbatim(text.as_bytes()))
    }

    /// Writes a result as JSON.
    pub(crate) fn json(&self, value: &impl Serialize) -> io::Result<()> {
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(collected) = &mut *collected {
            collected.result = Some(serde_json::to_value(value).map_err(io::Error::other)?);
            return Ok(());
        }
        let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
        self.verbatim(&format!("{text}\n"))
    }

    /// Keeps JSON results from now on, until all are shown as one document.
    pub(crate) fn collect(&self) {
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        *collected = Some(Collected::default());
    }

    /// Takes what was kept as the result of a database.
    pub(crate) fn end_of(&self, database: &str, exit: Exit) {
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(collected) = &mut *collected {
            let result = collected.result.take();
            collected.databases.push(json!({
                "database": database,
                "exit_code": exit.code(),
                "result": result,
            }));
        }
    }

    /// Shows what was kept, if anything is.
    pub(crate) fn show_collected(&self) -> io::Result<()> {
        let collected = self
            .collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match collected {
            Some(Collected { databases, .. }) => self.json(&json!({ "databases": databases })),
            None => Ok(()),
        }
    }

    /// Says something that is no result.
    pub(crate) fn say(&self, text: impl Display) {
        if self.verbosity >= Verbosity::Normal && !self.is_json() {
            self.line(text);
        }
    }

    /// Says what only those want to know who asked for more.
    pub(crate) fn detail(&self, text: impl Display) {
        if self.is_verbose() && !self.is_json() {
            self.line(text);
        }
    }

    /// Tells what a person should know.
    pub(crate) fn note(&self, text: &str) {
        let text = mask_passwords(text);
        if self.is_json() {
            if self.is_verbose() {
                self.json_line("note", &text);
            }
        } else {
            self.say(format_args!("{style}note{style:#}: {text}", style = style::NOTE));
        }
    }

    /// Tells it, unless that was told already: a command may connect several times.
    pub(crate) fn note_once(&self, text: String) {
        let is_new = self
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(text.clone());
        if is_new {
            self.note(&text);
        }
    }

    /// Tells what to do next.
    pub(crate) fn hint(&self, text: &str) {
        self.say(format_args!("{style}hint{style:#}: {text}", style = style::HINT));
    }

    /// Warns. Even a quiet program does.
    pub(crate) fn warning(&self, text: &str) {
        let text = mask_passwords(text);
        if self.is_json() {
            self.json_line("warning", &text);
        } else {
            self.line(format_args!(
                "{style}warning{style:#}: {text}",
                style = style::WARNING
            ));
        }
    }

    /// Shows why the command failed.
    pub(crate) fn error(&self, error: &Error, exit: Exit) {
        if self.is_json() {
            self.json_error(&json!({
                "kind": error.failure(),
                "exit_code": exit.code(),
                "message": error.to_string(),
                "diagnostics": error.diagnostics(),
            }));
        } else {
            let text = render_error(error);
            self.line(mask_passwords(text.trim_end()));
        }
    }

    /// Shows a text that tells what is wrong.
    pub(crate) fn problem(&self, text: &str) {
        self.line(text);
    }

    /// Shows what is going on. As JSON, every event of a run is a line.
    pub(crate) fn event(&self, event: &Event) {
        match event {
            Event::Run(event) if self.is_json() && self.verbosity >= Verbosity::Normal => {
                self.json_event(event);
            }
            event => event::show(self, event),
        }
    }

    /// Writes an event as JSON, where events are written.
    pub(crate) fn json_event(&self, event: &impl Serialize) {
        if self.is_json()
            && self.verbosity >= Verbosity::Normal
            && let Ok(mut document) = serde_json::to_value(event)
        {
            mask::mask_in_json(&mut document);
            self.line(document);
        }
    }

    /// Shows how far a step has come that lasts: drawn at a terminal, else as a line now and then.
    fn step_progress(&self, event: &RunEvent) {
        if self.progress.is_drawn() {
            let text = step_progress::told(event).unwrap_or_default();
            return self.progress.phase(&text);
        }
        let mut last = self.last_told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = last.line(event) {
            self.say(line);
        }
    }

    /// Ends the drawing of progress; what is said afterwards stays.
    pub(crate) fn finish(&self) {
        self.progress.finish();
    }

    fn json_error(&self, error: &serde_json::Value) {
        let mut document = json!({ "error": error });
        mask::mask_in_json(&mut document);
        self.line(document);
    }

    fn json_line(&self, key: &str, text: &str) {
        self.line(json!({ key: text }));
    }

    /// Nobody can be told that stderr is closed.
    fn line(&self, text: impl Display) {
        match &self.conversation {
            Conversation::AmongResults => {
                let _ = self.result(format_args!("{text}\n"));
            }
            Conversation::Stream(stream) => self.progress.suspend(|| {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = stream.write_styled(&format!("{text}\n"));
            }),
        }
    }

    fn with_results<T>(&self, write: impl FnOnce(&mut Stream) -> T) -> T {
        self.progress
            .suspend(|| write(&mut self.results.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What a command would have written.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
