//! Where the token that begins at a position ends.

use super::TokenKind;

/// A text whose tokens are sought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a str);

impl<'a> Text<'a> {
    fn byte(&self, position: usize) -> u8 {
        // A text may hold NUL, but no rule below begins or goes on with one.
        self.0.as_bytes().get(position).copied().unwrap_or(0)
    }

    pub(super) fn rest(&self, position: usize) -> &'a str {
        self.0.get(position..).unwrap_or_default()
    }

    /// The first position from `start` on whose byte does not satisfy `belongs`.
    fn run(&self, start: usize, belongs: impl Fn(u8) -> bool) -> usize {
        self.0
            .as_bytes()
            .get(start..)
            .and_then(|rest| rest.iter().position(|&b| !belongs(b)))
            .map_or(self.0.len(), |length| start + length)
    }

    pub(super) fn token_at(&self, start: usize) -> (TokenKind, usize, bool) {
        let first = self.byte(start);
        let second = self.byte(start + 1);
        let done = |kind, end| (kind, end, true);
        match first {
            _ if is_space(first) => done(TokenKind::Whitespace, self.run(start, is_space)),
            b'-' if second == b'-' => done(
                TokenKind::LineComment,
                self.run(start, |b| b != b'\n' && b != b'\r'),
            ),
            b'/' if second == b'*' => self.block_comment(start),
            b'\'' => self.string(start, false),
            b'e' | b'E' if second == b'\'' => self.string(start + 1, true),
            b'b' | b'B' | b'x' | b'X' | b'n' | b'N' if second == b'\'' => self.string(start + 1, false),
            b'u' | b'U' if second == b'&' && self.byte(start + 2) == b'\'' => self.string(start + 2, false),
            b'u' | b'U' if second == b'&' && self.byte(start + 2) == b'"' => {
                self.quoted_identifier(start + 2)
            }
            b'"' => self.quoted_identifier(start),
            b'$' => self.dollar(start),
            _ if is_identifier_start(first) => done(
                TokenKind::Word,
                self.run(start, |b| {
                    is_identifier_start(b) || b.is_ascii_digit() || b == b'$'
                }),
            ),
            b'0'..=b'9' => done(TokenKind::Number, self.number(start)),
            b'.' if second.is_ascii_digit() => done(TokenKind::Number, self.number(start)),
            b';' => done(TokenKind::Semicolon, start + 1),
            b'(' => done(TokenKind::OpenParenthesis, start + 1),
            b')' => done(TokenKind::CloseParenthesis, start + 1),
            b'\\' if self.is_at_line_start(start) => done(
                TokenKind::MetaCommand,
                self.run(start, |b| b != b'\n' && b != b'\r'),
            ),
            b':' if second == b':' => done(TokenKind::Symbol, start + 2),
            _ if is_operator(first) => done(TokenKind::Symbol, self.operator(start)),
            _ => done(TokenKind::Symbol, start + 1),
        }
    }

    fn is_at_line_start(&self, position: usize) -> bool {
        let before = self.0.get(..position).unwrap_or_default();
        before
            .rsplit(['\n', '\r'])
            .next()
            .is_none_or(|line| line.bytes().all(is_space))
    }

    /// An operator ends where a comment begins inside it.
    fn operator(&self, start: usize) -> usize {
        let mut end = start + 1;
        while is_operator(self.byte(end))
            && !matches!((self.byte(end), self.byte(end + 1)), (b'-', b'-') | (b'/', b'*'))
        {
            end += 1;
        }
        end
    }

    fn number(&self, start: usize) -> usize {
        let is_digit = |b: u8| b.is_ascii_digit() || b == b'_';
        if self.byte(start) == b'0' && matches!(self.byte(start + 1), b'x' | b'X' | b'o' | b'O' | b'b' | b'B')
        {
            let end = self.run(start + 2, |b| b.is_ascii_hexdigit() || b == b'_');
            return if end > start + 2 { end } else { start + 1 };
        }
        let mut end = self.run(start, is_digit);
        if self.byte(end) == b'.' && self.byte(end + 1) != b'.' {
            end = self.run(end + 1, is_digit);
        }
        if matches!(self.byte(end), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte(end + 1), b'+' | b'-'));
            if self.byte(end + 1 + sign).is_ascii_digit() {
                end = self.run(end + 1 + sign, is_digit);
            }
        }
        end
    }

    fn block_comment(&self, start: usize) -> (TokenKind, usize, bool) {
        let mut depth = 1_usize;
        let mut position = start + 2;
        while position < self.0.len() {
            match (self.byte(position), self.byte(position + 1)) {
                (b'*', b'/') => {
                    depth -= 1;
                    position += 2;
                    if depth == 0 {
                        return (TokenKind::BlockComment, position, true);
                    }
                }
                (b'/', b'*') => {
                    depth += 1;
                    position += 2;
                }
                _ => position += 1,
            }
        }
        (TokenKind::BlockComment, self.0.len(), false)
    }

    /// A string whose opening quote is at `quote`.
    pub(super) fn string(&self, quote: usize, has_escapes: bool) -> (TokenKind, usize, bool) {
        let mut position = quote + 1;
        while position < self.0.len() {
            match self.byte(position) {
                b'\\' if has_escapes => position += 2,
                b'\'' if self.byte(position + 1) == b'\'' => position += 2,
                b'\'' => return (TokenKind::String, position + 1, true),
                _ => position += 1,
            }
        }
        (TokenKind::String, self.0.len(), false)
    }

    /// The quote with which a string goes on after its closing quote: one that follows on a later line, with nothing
    /// but white space and line comments between (`quotecontinue` of `scan.l`).
    pub(super) fn continuation(&self, end: usize) -> Option<usize> {
        let mut position = self.run(end, |b| is_space(b) && b != b'\n' && b != b'\r');
        if self.rest(position).starts_with("--") {
            position = self.run(position, |b| b != b'\n' && b != b'\r');
        }
        if !matches!(self.byte(position), b'\n' | b'\r') {
            return None;
        }
        loop {
            position = self.run(position, is_space);
            if !self.rest(position).starts_with("--") {
                break;
            }
            position = self.run(position, |b| b != b'\n' && b != b'\r');
        }
        (self.byte(position) == b'\'').then_some(position)
    }

    fn quoted_identifier(&self, quote: usize) -> (TokenKind, usize, bool) {
        let mut position = quote + 1;
        while let Some(length) = self.rest(position).find('"') {
            position += length + 1;
            if self.byte(position) != b'"' {
                return (TokenKind::QuotedIdentifier, position, true);
            }
            position += 1;
        }
        (TokenKind::QuotedIdentifier, self.0.len(), false)
    }

    /// A dollar quote, a parameter, or a lone dollar sign.
    fn dollar(&self, start: usize) -> (TokenKind, usize, bool) {
        if self.byte(start + 1).is_ascii_digit() {
            return (
                TokenKind::Parameter,
                self.run(start + 1, |b| b.is_ascii_digit()),
                true,
            );
        }
        let tag = self.run(start + 1, |b| is_identifier_start(b) || b.is_ascii_digit());
        if self.byte(tag) != b'$' {
            return (TokenKind::Symbol, start + 1, true);
        }
        let delimiter = self.0.get(start..=tag).unwrap_or_default();
        match self.rest(tag + 1).find(delimiter) {
            Some(length) => (TokenKind::DollarString, tag + 1 + length + delimiter.len(), true),
            None => (TokenKind::DollarString, self.0.len(), false),
        }
    }
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_identifier_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b >= 0x80
}

fn is_operator(b: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&b)
}
