//! The colours, each with one meaning.

use anstyle::{AnsiColor, Style};

/// What failed.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What should be looked at.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What is good to know.
pub(crate) const NOTE: Style = AnsiColor::Blue.on_default().bold();
/// What to do next.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().bold();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// A revision's identifier.
pub(crate) const REVISION: Style = AnsiColor::Yellow.on_default();
/// Heads, labels and the like beside an identifier.
pub(crate) const LABEL: Style = AnsiColor::Green.on_default();
/// What comes into being.
pub(crate) const CREATE: Style = AnsiColor::Green.on_default();
/// What changes.
pub(crate) const ALTER: Style = AnsiColor::Yellow.on_default();
/// What goes.
pub(crate) const DROP: Style = AnsiColor::Red.on_default();
/// A command to type.
pub(crate) const COMMAND: Style = Style::new().bold();
/// What is less important.
pub(crate) const DIM: Style = Style::new().dimmed();
