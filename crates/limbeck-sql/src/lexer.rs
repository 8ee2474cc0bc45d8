//! PostgreSQL's lexical rules (`scan.l`, `psqlscan.l`), as far as they decide where something ends.
//!
//! `standard_conforming_strings` is taken to be on, as every session of Limbeck has it.

use std::ops::Range;

use copy::{Copy, Next};
use scan::Text;

mod copy;
mod scan;

/// What a token is, as far as boundaries are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Spaces, tabs and line ends.
    Whitespace,
    /// `-- …` up to, and without, the line end.
    LineComment,
    /// `/* … */`, nested ones included.
    BlockComment,
    /// A keyword or an unquoted identifier.
    Word,
    /// `"…"` or `U&"…"`.
    QuotedIdentifier,
    /// `'…'`, `E'…'`, `B'…'`, `X'…'`, `N'…'` or `U&'…'`. Where a string goes on on a further line, that is a token of
    /// its own; the rules of an `E'…'` hold in it.
    String,
    /// `$$…$$` or `$tag$…$tag$`.
    DollarString,
    /// A number.
    Number,
    /// `$1`.
    Parameter,
    /// `;`
    Semicolon,
    /// `(`
    OpenParenthesis,
    /// `)`
    CloseParenthesis,
    /// A whole operator, `::`, or one other character.
    Symbol,
    /// A command of `psql`: a backslash at the start of a line, up to the line's end.
    MetaCommand,
    /// The lines of data that follow `COPY … FROM stdin;`.
    CopyData,
    /// The line `\.` that ends such data.
    CopyEnd,
}

impl TokenKind {
    /// Whether the token is white space or a comment.
    #[must_use]
    pub fn is_blank(self) -> bool {
        matches!(self, Self::Whitespace | Self::LineComment | Self::BlockComment)
    }
}

/// One token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes in the text. The ranges of all tokens, in order, cover the text without gap or overlap.
    pub range: Range<usize>,
    /// False for a quote, comment or dollar quote that the text ends inside.
    pub is_closed: bool,
}

impl Token {
    /// What a word or a quoted identifier of `sql` names, as the catalogue has it: without its quotes, and without them
    /// in lower case. PostgreSQL folds ASCII letters only in a UTF-8 database (`downcase_identifier` of `scansup.c`).
    /// `None` for anything else, and for `U&"…"`, whose escapes are not read here.
    #[must_use]
    pub fn identifier(&self, sql: &str) -> Option<String> {
        let text = sql.get(self.range.clone())?;
        match self.kind {
            TokenKind::Word => Some(text.to_ascii_lowercase()),
            TokenKind::QuotedIdentifier => {
                let within = text.strip_prefix('"')?.strip_suffix('"')?;
                Some(within.replace("\"\"", "\""))
            }
            _ => None,
        }
    }
}

/// All tokens of a text.
#[must_use]
pub fn tokens(sql: &str) -> Vec<Token> {
    Tokens::new(sql).collect()
}

/// The tokens of a text, one after the other.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: Text<'a>,
    position: usize,
    copy: Copy,
    /// Where an `E''` string goes on: a quote there opens a string with escapes.
    escapes_at: Option<usize>,
}

impl<'a> Tokens<'a> {
    /// The tokens of this text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self {
            text: Text(text),
            position: 0,
            copy: Copy::default(),
            escapes_at: None,
        }
    }

    /// What begins at the current position: its kind, its length, and whether it is closed.
    fn scan(&self) -> (TokenKind, usize, bool) {
        let rest = self.text.rest(self.position);
        let line = || rest.find('\n').map_or(rest.len(), |n| n + 1);
        match self.copy.next() {
            Next::Data => {
                let length = copy::data_length(rest);
                if length > 0 {
                    return (TokenKind::CopyData, length, length < rest.len());
                }
                (TokenKind::CopyEnd, line(), true)
            }
            Next::End => (TokenKind::CopyEnd, line(), true),
            next => {
                let (kind, end, is_closed) = if self.escapes_at == Some(self.position) {
                    self.text.string(self.position, true)
                } else {
                    self.text.token_at(self.position)
                };
                let mut length = end.min(self.text.0.len()) - self.position;
                if next == Next::RestOfLine && kind == TokenKind::Whitespace {
                    length = length.min(line());
                }
                (kind, length, is_closed)
            }
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if self.position >= self.text.0.len() {
            return None;
        }
        let (kind, length, is_closed) = Tokens::scan(self);
        let range = self.position..self.position + length;
        let text = self.text.0.get(range.clone()).unwrap_or_default();
        self.copy.follow(kind, text);
        let has_escapes = self.escapes_at == Some(self.position) || text.starts_with(['e', 'E']);
        if kind == TokenKind::String && has_escapes {
            self.escapes_at = self.text.continuation(range.end);
        }
        self.position = range.end;
        Some(Token {
            kind,
            range,
            is_closed,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests;
