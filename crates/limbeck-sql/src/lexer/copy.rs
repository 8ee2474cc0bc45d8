//! The data that follows a `COPY … FROM stdin;` in a script: it is no SQL, and only the statement before it tells.

use super::TokenKind;

/// What is known of the current statement being such a `COPY`.
#[derive(Debug, Clone, Default)]
pub(super) struct Copy {
    stage: Stage,
    depth: usize,
}

/// What comes next in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// SQL.
    Sql,
    /// SQL, but data begins after this line.
    RestOfLine,
    /// Data.
    Data,
    /// The line that ends the data.
    End,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// Before the first word of a statement.
    #[default]
    Start,
    /// Inside a statement of another kind.
    Other,
    /// Inside a `COPY`.
    Copy,
    /// Right after its `FROM`.
    From,
    /// It reads from the client.
    FromClient,
    /// It has ended; the data begins on the next line.
    Ended,
    /// The data begins here.
    Data,
    /// The data has ended, and its end marker stands here.
    End,
}

impl Copy {
    pub(super) fn next(&self) -> Next {
        match self.stage {
            Stage::Ended => Next::RestOfLine,
            Stage::Data => Next::Data,
            Stage::End => Next::End,
            _ => Next::Sql,
        }
    }

    /// Takes note of a token.
    pub(super) fn follow(&mut self, kind: TokenKind, text: &str) {
        let is = |word: &str| kind == TokenKind::Word && text.eq_ignore_ascii_case(word);
        let outside = self.depth == 0;
        self.stage = match (self.stage, kind) {
            (Stage::Ended, TokenKind::Whitespace) if text.ends_with('\n') => Stage::Data,
            (_, TokenKind::CopyData) => Stage::End,
            (_, TokenKind::CopyEnd | TokenKind::MetaCommand) => Stage::Start,
            (stage, kind) if kind.is_blank() => stage,
            (stage, TokenKind::OpenParenthesis) => {
                self.depth += 1;
                if stage == Stage::Start {
                    Stage::Other
                } else {
                    stage
                }
            }
            (stage, TokenKind::CloseParenthesis) => {
                self.depth = self.depth.saturating_sub(1);
                stage
            }
            (Stage::FromClient, TokenKind::Semicolon) if outside => Stage::Ended,
            (_, TokenKind::Semicolon) if outside => Stage::Start,
            (Stage::Start, _) if is("copy") => Stage::Copy,
            (Stage::Start | Stage::Ended, _) => Stage::Other,
            (Stage::Copy, _) if outside && is("from") => Stage::From,
            // The grammar takes either word with either direction.
            (Stage::From, _) if is("stdin") || is("stdout") => Stage::FromClient,
            (Stage::From, _) => Stage::Copy,
            (stage, _) => stage,
        };
        if self.stage == Stage::Start {
            self.depth = 0;
        }
    }
}

/// The length of the data at the start of a text: up to the line `\.`, or all of it.
pub(super) fn data_length(text: &str) -> usize {
    text.split_inclusive('\n')
        .take_while(|line| line.trim_end_matches(['\n', '\r']) != "\\.")
        .map(str::len)
        .sum()
}
