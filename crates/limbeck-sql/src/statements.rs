//! Where one statement ends and the next begins.

use std::ops::Range;

use crate::{Token, TokenKind, Tokens};

/// One statement of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// What it is.
    pub kind: StatementKind,
    /// The statement from its first to its last token, without the semicolon and without comments around it.
    pub text: &'a str,
    /// The bytes of `text` in the whole text.
    pub range: Range<usize>,
    /// The bytes of the data that follows a `COPY … FROM stdin`, without the line `\.`.
    pub copy_data: Option<Range<usize>>,
}

/// What a statement is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// SQL, for the server.
    Sql,
    /// A command of `psql` such as `\restrict`, which a server does not understand.
    MetaCommand,
}

impl Statement<'_> {
    /// See [`first_words`].
    #[must_use]
    pub fn first_words(&self) -> Vec<String> {
        first_words(self.text)
    }
}

/// The statements of a text, without the empty ones.
///
/// A semicolon ends a statement outside quotes, comments, parentheses (the actions of a rule) and the body of a
/// routine in standard SQL (`BEGIN ATOMIC … END`). A command of `psql` ends the statement before it. As in `psql`, a
/// column of such a body whose label is a bare `end` or `case`, without `AS`, is taken for the keyword.
#[must_use]
pub fn statements(sql: &str) -> Vec<Statement<'_>> {
    let mut found: Vec<Statement<'_>> = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut nesting = Nesting::default();
    let finish = |range: Range<usize>, kind| Statement {
        kind,
        text: sql.get(range.clone()).unwrap_or_default(),
        range,
        copy_data: None,
    };
    for token in Tokens::new(sql) {
        match token.kind {
            kind if kind.is_blank() => {}
            TokenKind::Semicolon if !nesting.is_inside() => {
                found.extend(open.take().map(|range| finish(range, StatementKind::Sql)));
                nesting = Nesting::default();
            }
            TokenKind::MetaCommand => {
                found.extend(open.take().map(|range| finish(range, StatementKind::Sql)));
                nesting = Nesting::default();
                found.push(finish(token.range, StatementKind::MetaCommand));
            }
            TokenKind::CopyData => {
                if let Some(statement) = found.last_mut() {
                    statement.copy_data = Some(token.range);
                }
            }
            TokenKind::CopyEnd => {
                if let Some(statement) = found.last_mut() {
                    let end = token.range.start;
                    statement.copy_data.get_or_insert(end..end);
                }
            }
            _ => {
                nesting.follow(sql, &token);
                let start = open.map_or(token.range.start, |range| range.start);
                open = Some(start..token.range.end);
            }
        }
    }
    found.extend(open.map(|range| finish(range, StatementKind::Sql)));
    found
}

/// The words with which a statement begins, in upper case, up to the first token that is no word. `CREATE UNIQUE
/// INDEX "a" …` gives `CREATE`, `UNIQUE`, `INDEX`.
#[must_use]
pub fn first_words(statement: &str) -> Vec<String> {
    Tokens::new(statement)
        .filter(|token| !token.kind.is_blank())
        .take_while(|token| token.kind == TokenKind::Word)
        .map(|token| {
            statement
                .get(token.range)
                .unwrap_or_default()
                .to_ascii_uppercase()
        })
        .collect()
}

/// How deep inside a statement a token stands.
#[derive(Debug, Default)]
struct Nesting {
    parentheses: usize,
    /// `BEGIN ATOMIC` and, inside it, `CASE`, each ended by its `END`.
    blocks: usize,
    routine: Routine,
    before: Before,
}

/// How far the statement's beginning has been recognised as `CREATE [OR REPLACE] {FUNCTION | PROCEDURE}`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Routine {
    #[default]
    Start,
    Create,
    Yes,
    No,
}

/// The token before, where it changes what the next word means.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Before {
    #[default]
    Other,
    Begin,
    /// `AS` or a dot: any keyword may follow as a name.
    Label,
}

impl Nesting {
    fn is_inside(&self) -> bool {
        self.parentheses > 0 || self.blocks > 0
    }

    fn follow(&mut self, sql: &str, token: &Token) {
        let text = sql.get(token.range.clone()).unwrap_or_default();
        let is_word = token.kind == TokenKind::Word;
        let is = |word: &str| is_word && text.eq_ignore_ascii_case(word);
        self.routine = match self.routine {
            Routine::Start if is("create") => Routine::Create,
            Routine::Create if is("or") || is("replace") => Routine::Create,
            Routine::Create if is("function") || is("procedure") => Routine::Yes,
            Routine::Yes => Routine::Yes,
            _ => Routine::No,
        };
        let before = std::mem::take(&mut self.before);
        match token.kind {
            TokenKind::OpenParenthesis => self.parentheses += 1,
            TokenKind::CloseParenthesis => self.parentheses = self.parentheses.saturating_sub(1),
            TokenKind::Symbol if text == "." => self.before = Before::Label,
            TokenKind::Word if self.routine == Routine::Yes && before != Before::Label => {
                if is("as") {
                    self.before = Before::Label;
                } else if is("begin") {
                    self.before = Before::Begin;
                } else if (is("atomic") && before == Before::Begin) || (is("case") && self.blocks > 0) {
                    self.blocks += 1;
                } else if is("end") {
                    self.blocks = self.blocks.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
