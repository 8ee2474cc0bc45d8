//! A stream to write to, with or without colours.

use std::io::{self, Write};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};

/// A stream, and whether it takes colours.
pub(crate) struct Stream {
    raw: Box<dyn Write + Send>,
    takes_colours: bool,
}

impl Stream {
    pub(crate) fn stdout(choice: ColorChoice) -> Self {
        Self {
            raw: Box::new(io::stdout()),
            takes_colours: takes_colours(choice, || AutoStream::choice(&io::stdout())),
        }
    }

    pub(crate) fn stderr(choice: ColorChoice) -> Self {
        Self {
            raw: Box::new(io::stderr()),
            takes_colours: takes_colours(choice, || AutoStream::choice(&io::stderr())),
        }
    }

    /// A stream without colours.
    pub(crate) fn plain(raw: impl Write + Send + 'static) -> Self {
        Self {
            raw: Box::new(raw),
            takes_colours: false,
        }
    }

    /// Writes a text, less its colours where they are not wanted.
    pub(crate) fn write_styled(&mut self, text: &str) -> io::Result<()> {
        if self.takes_colours {
            self.write_verbatim(text.as_bytes())
        } else {
            self.write_verbatim(strip_str(text).to_string().as_bytes())
        }
    }

    /// Writes bytes as they are.
    pub(crate) fn write_verbatim(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.raw.write_all(bytes)?;
        self.raw.flush()
    }
}

fn takes_colours(choice: ColorChoice, automatic: impl FnOnce() -> ColorChoice) -> bool {
    match choice {
        ColorChoice::Auto => automatic() != ColorChoice::Never,
        ColorChoice::Always | ColorChoice::AlwaysAnsi => true,
        ColorChoice::Never => false,
    }
}
