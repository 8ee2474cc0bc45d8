//! Marker lines: where they are, and what they say.

use std::ops::Range;

use limbeck_sql::{TokenKind, Tokens};

use super::parse::{Fault, Source};
use super::{RevisionErrorKind, StepOptions};

/// The words that follow `-- limbeck:`.
pub(super) const WORDS: [&str; 4] = ["up", "down", "require", "declares"];

const PREFIX: &str = "-- limbeck:";

/// A direction of a step, as a marker writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Up,
    Down,
}

impl Side {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// What a marker says.
#[derive(Debug)]
pub(super) enum Marker<'a> {
    Step {
        side: Side,
        name: &'a str,
        options: StepOptions,
    },
    Require {
        side: Side,
        name: &'a str,
        message: String,
    },
    Declares,
}

/// A text in the double quotes of a marker's line.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The lines of all markers from `start` on, in order.
///
/// Lexing all SQL of a long history would take most of the time of a run that has nothing to do. So from one line
/// that may be a marker to the next it is first looked whether anything could hide the next one, and only where that
/// cannot be told by counting quotes is the rest lexed.
pub(super) fn find(source: Source<'_>, start: usize) -> Result<Vec<Range<usize>>, Fault> {
    let mut found = Vec::new();
    let mut position = start;
    loop {
        let rest = source.text.get(position..).unwrap_or_default();
        let candidate = rest
            .find("imbeck:")
            .map(|hit| line_around(source.text, position + hit));
        let end = candidate.as_ref().map_or(source.text.len(), |line| line.start);
        if !is_plain(source.text.get(position..end).unwrap_or_default()) {
            break;
        }
        let Some(line) = candidate else {
            return Ok(found);
        };
        let text = source.text.get(line.clone()).unwrap_or_default();
        match text.find("--") {
            Some(comment) if is_plain(text.get(..comment).unwrap_or_default()) => {
                found.extend(check(source, line.start + comment..line.end)?);
                position = line.end;
            }
            Some(_) => break,
            None if is_plain(text) => position = line.end,
            None => break,
        }
    }
    lex(source, position, found)
}

/// The markers found so far and those from `start` on, which is outside of quotes and comments. What follows a marker
/// is a text of its own, whatever stands before it.
fn lex(
    source: Source<'_>,
    mut start: usize,
    mut found: Vec<Range<usize>>,
) -> Result<Vec<Range<usize>>, Fault> {
    'section: loop {
        for token in Tokens::new(source.text.get(start..).unwrap_or_default()) {
            let range = start + token.range.start..start + token.range.end;
            match token.kind {
                TokenKind::LineComment => {
                    if let Some(marker) = check(source, range)? {
                        start = marker.end;
                        found.push(marker);
                        continue 'section;
                    }
                }
                TokenKind::CopyData | TokenKind::CopyEnd => {
                    return Err(source.fault(
                        range.start.saturating_sub(1),
                        1,
                        RevisionErrorKind::CopyFromStdin,
                    ));
                }
                _ if !token.is_closed => {
                    return Err(source.fault(range.start, 1, RevisionErrorKind::Unclosed));
                }
                _ => {}
            }
        }
        return Ok(found);
    }
}

/// Whether SQL that begins outside of quotes and comments surely also ends outside: it holds no comment and nothing
/// that could begin a dollar quote, an escape or data for `COPY`, and its quotes, of one kind only, come in pairs.
fn is_plain(sql: &str) -> bool {
    // One simple pass for each is faster than one pass for all: the compiler makes them wide.
    let count = |wanted: u8| sql.bytes().filter(|&b| b == wanted).count();
    let is_paired = match (count(b'\''), count(b'"')) {
        (quotes, 0) | (0, quotes) => quotes.is_multiple_of(2),
        _ => false,
    };
    // Two letters in a row are looked for in the same way; a search for a word costs more to set up than to run here.
    let has = |first: u8, second: u8| {
        let mut pairs = sql.as_bytes().windows(2);
        pairs.any(|pair| matches!(pair, [a, b] if a.to_ascii_lowercase() == first && b.to_ascii_lowercase() == second))
    };
    is_paired
        && count(b'$') + count(b'\\') == 0
        && !has(b'-', b'-')
        && !has(b'/', b'*')
        && !(has(b'd', b'i') && sql.to_ascii_lowercase().contains("stdin"))
}

fn line_around(text: &str, position: usize) -> Range<usize> {
    let start = text
        .get(..position)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |n| n + 1);
    let end = text
        .get(position..)
        .and_then(|after| after.find('\n'))
        .map_or(text.len(), |n| position + n);
    start..end
}

/// The comment again, if it is a marker; a fault, if it was meant as one.
fn check(source: Source<'_>, comment: Range<usize>) -> Result<Option<Range<usize>>, Fault> {
    let text = source.text.get(comment.clone()).unwrap_or_default();
    let before = source.text.get(..comment.start).unwrap_or_default();
    let is_at_start = before.is_empty() || before.ends_with('\n');
    let has_prefix = text
        .strip_prefix(PREFIX)
        .is_some_and(|word| !word.starts_with(char::is_whitespace));
    if is_at_start && has_prefix {
        return Ok(Some(comment));
    }
    let content = text.trim_start_matches('-').trim_start();
    let is_meant = content
        .get(..7)
        .filter(|word| word.eq_ignore_ascii_case("limbeck"))
        .and_then(|_| content.get(7..)?.trim_start().strip_prefix(':'))
        .and_then(|rest| rest.split_whitespace().next())
        .is_some_and(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)));
    if is_meant {
        return Err(source.fault(comment.start, text.len(), RevisionErrorKind::AlmostMarker));
    }
    Ok(None)
}

/// Reads a marker's line.
pub(super) fn parse<'a>(source: Source<'a>, line: &Range<usize>) -> Result<Marker<'a>, Fault> {
    let text = source.text.get(line.clone()).unwrap_or_default();
    let mut words = Words {
        source,
        position: line.start + PREFIX.len(),
        end: line.start + text.trim_end().len(),
    };
    let (word, offset) = words.word();
    let marker = match word {
        "up" => words.step(Side::Up)?,
        "down" => words.step(Side::Down)?,
        "require" => words.require()?,
        "declares" => Marker::Declares,
        _ => {
            let word = word.to_owned();
            let length = word.len();
            return Err(source.fault(offset, length, RevisionErrorKind::UnknownMarker { word }));
        }
    };
    words.finish()?;
    Ok(marker)
}

/// What is left of a marker's line.
struct Words<'a> {
    source: Source<'a>,
    position: usize,
    end: usize,
}

impl<'a> Words<'a> {
    fn rest(&self) -> &'a str {
        self.source.text.get(self.position..self.end).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.position = self.end - self.rest().trim_start().len();
    }

    /// The next word up to a blank, perhaps empty, and its offset.
    fn word(&mut self) -> (&'a str, usize) {
        self.until(char::is_whitespace)
    }

    fn until(&mut self, is_end: impl Fn(char) -> bool) -> (&'a str, usize) {
        self.skip_blanks();
        let rest = self.rest();
        let length = rest.find(is_end).unwrap_or(rest.len());
        let offset = self.position;
        self.position += length;
        (rest.get(..length).unwrap_or_default(), offset)
    }

    /// The text in double quotes that begins here.
    fn quoted(&mut self) -> Result<String, Fault> {
        let rest = self.rest();
        let mut text = String::new();
        let mut characters = rest.char_indices().skip(1).peekable();
        while let Some((position, character)) = characters.next() {
            if character != '"' {
                text.push(character);
            } else if characters.next_if(|(_, next)| *next == '"').is_some() {
                text.push('"');
            } else {
                self.position += position + 1;
                return Ok(text);
            }
        }
        Err(self
            .source
            .fault(self.position, rest.len(), RevisionErrorKind::UnclosedValue))
    }

    fn finish(&mut self) -> Result<(), Fault> {
        let (word, offset) = self.word();
        if word.is_empty() {
            return Ok(());
        }
        let found = word.to_owned();
        Err(self
            .source
            .fault(offset, word.len(), RevisionErrorKind::AfterMarker { found }))
    }

    fn step_name(&mut self, marker: &'static str) -> Result<&'a str, Fault> {
        let (name, offset) = self.word();
        if name.is_empty() {
            let kind = RevisionErrorKind::MissingStepName { marker };
            return Err(self.source.fault(offset, 1, kind));
        }
        let is_name = name.len() <= 63
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_name {
            let kind = RevisionErrorKind::StepName {
                name: name.to_owned(),
            };
            return Err(self.source.fault(offset, name.len(), kind));
        }
        Ok(name)
    }

    fn step(&mut self, side: Side) -> Result<Marker<'a>, Fault> {
        let name = self.step_name(side.word())?;
        let options = self.options()?;
        Ok(Marker::Step { side, name, options })
    }

    fn require(&mut self) -> Result<Marker<'a>, Fault> {
        let (direction, offset) = self.word();
        let side = match direction {
            "up" => Side::Up,
            "down" => Side::Down,
            "" => {
                return Err(self.source.fault(
                    offset,
                    1,
                    RevisionErrorKind::MissingStepName { marker: "require" },
                ));
            }
            _ => {
                let found = direction.to_owned();
                let kind = RevisionErrorKind::RequireDirection { found };
                return Err(self.source.fault(offset, direction.len(), kind));
            }
        };
        let name = self.step_name("require")?;
        self.skip_blanks();
        if self.rest().is_empty() {
            return Err(self
                .source
                .fault(self.position, 1, RevisionErrorKind::MissingMessage));
        }
        if !self.rest().starts_with('"') {
            self.finish()?;
        }
        let offset = self.position;
        let message = self.quoted()?;
        if message.trim().is_empty() {
            return Err(self.source.fault(offset, 2, RevisionErrorKind::MissingMessage));
        }
        Ok(Marker::Require { side, name, message })
    }

    fn options(&mut self) -> Result<StepOptions, Fault> {
        let mut options = StepOptions::default();
        let mut seen: Vec<(&str, usize)> = Vec::new();
        loop {
            let (option, offset) = self.until(|c| c.is_whitespace() || c == '=');
            let fault = |kind| self.source.fault(offset, option.len().max(1), kind);
            if option.is_empty() && self.rest().is_empty() {
                break;
            }
            if !self.rest().starts_with('=') || option.is_empty() {
                let (known, option) = (super::options::NAMES.contains(&option), option.to_owned());
                return Err(fault(if known {
                    RevisionErrorKind::OptionWithoutValue { option }
                } else {
                    RevisionErrorKind::UnknownOption { option }
                }));
            }
            if seen.iter().any(|(name, _)| *name == option) {
                return Err(fault(RevisionErrorKind::DuplicateOption {
                    option: option.to_owned(),
                }));
            }
            seen.push((option, offset));
            self.position += 1;
            let value = if self.rest().starts_with('"') {
                self.quoted()?
            } else if self.rest().starts_with(char::is_whitespace) {
                String::new()
            } else {
                self.word().0.to_owned()
            };
            options
                .set(option, &value)
                .map_err(|kind| self.source.fault(offset, self.position - offset, kind))?;
        }
        options.check().map_err(|kind| {
            let place = match kind {
                RevisionErrorKind::OptionConflict { option, .. } => {
                    seen.iter().find(|(name, _)| *name == option).copied()
                }
                _ => None,
            };
            let (option, offset) = place.unwrap_or(("", self.position));
            self.source.fault(offset, option.len().max(1), kind)
        })?;
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counting_quotes_finds_what_lexing_finds(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "'", "''", "'", "\"", "$$", "--", "/*", "*/", "\\", "E'", "a", ";", " ", "\n", "\n",
                    "\n-- limbeck:up a\n", "\n-- limbeck:down a\n", "\n-- Limbeck: up a\n", "limbeck:", "-- limbeck:x",
                ]),
                0..30,
            )
        ) {
            let text = pieces.concat();
            let source = Source { path: Path::new("a.sql"), text: &text };
            prop_assert_eq!(find(source, 0), lex(source, 0, Vec::new()));
        }
    }
}
