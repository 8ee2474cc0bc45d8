//! Just enough of Rust's lexical structure to find where things end: comments, literals, brackets.
//!
//! Function bodies make up most of a crate, and nothing in them matters here. Skipping them by bytes is about ten
//! times as fast as building their syntax trees.

use std::ops::Range;

/// Where the text stops being Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LexError {
    /// The byte at which it shows.
    pub(super) offset: usize,
    /// What is wrong there.
    pub(super) message: &'static str,
}

/// One piece of a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// Blanks, and comments that are not documentation of what follows.
    Trivia,
    /// `///` and `/** */`.
    OuterDoc,
    /// An identifier, a keyword, a number, or the letters of a raw identifier.
    Word,
    /// A string, a character, a byte string, …
    Literal,
    /// A lifetime or a label.
    Lifetime,
    /// Any other byte; brackets among them.
    Punctuation(u8),
}

/// Walks over `text` from a byte that begins a token.
#[derive(Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    /// Where the next token begins.
    pub(super) position: usize,
    end: usize,
}

impl<'a> Lexer<'a> {
    /// Over a range of the text.
    pub(super) fn new(text: &'a str, range: Range<usize>) -> Self {
        Self {
            text,
            position: range.start,
            end: range.end.min(text.len()),
        }
    }

    fn byte(&self, offset: usize) -> Option<u8> {
        if offset >= self.end {
            return None;
        }
        self.text.as_bytes().get(offset).copied()
    }

    fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..self.end).unwrap_or("")
    }

    fn error<T>(&self, offset: usize, message: &'static str) -> Result<T, LexError> {
        Err(LexError { offset, message })
    }

    /// The next token and its range.
    pub(super) fn token(&mut self) -> Result<Option<(Token, Range<usize>)>, LexError> {
        let start = self.position;
        let Some(byte) = self.byte(start) else {
            return Ok(None);
        };
        let (token, end) = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => (Token::Trivia, self.blanks(start)),
            b'/' if self.byte(start + 1) == Some(b'/') => self.line_comment(start),
            b'/' if self.byte(start + 1) == Some(b'*') => self.block_comment(start)?,
            b'"' => (Token::Literal, self.string(start + 1)?),
            b'\'' => self.quote(start)?,
            0x80.. if self.rest(start).starts_with(is_blank) => {
                let blank = self.rest(start).chars().next().map_or(1, char::len_utf8);
                (Token::Trivia, start + blank)
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.. => self.word(start)?,
            _ => (Token::Punctuation(byte), start + 1),
        };
        let end = if token == Token::Literal {
            self.word_end(end)
        } else {
            end
        };
        self.position = end;
        Ok(Some((token, start..end)))
    }

    /// The next token that means something to the grammar.
    pub(super) fn significant(&mut self) -> Result<Option<(Token, Range<usize>)>, LexError> {
        loop {
            match self.token()? {
                Some((Token::Trivia | Token::OuterDoc, _)) => {}
                other => return Ok(other),
            }
        }
    }

    /// Moves behind the bracket that closes the one just read at `open`, and gives where the closing one stands.
    ///
    /// Most of a crate lies between brackets, and of that only brackets, quotes and comments matter. So bytes are looked at,
    /// not tokens.
    pub(super) fn group(&mut self, open: u8, at: usize) -> Result<usize, LexError> {
        let mut stack = vec![(open, at)];
        // What lies before is told, and begins no literal.
        let mut told = self.position;
        let mut offset = self.position;
        while let Some(byte) = self.next_of_note(&mut offset) {
            match byte {
                b'(' | b'[' | b'{' => stack.push((byte, offset)),
                b')' | b']' | b'}' => {
                    if stack.pop().map(|(open, _)| closing(open)) != Some(byte) {
                        return self.error(offset, "this bracket closes nothing");
                    }
                    if stack.is_empty() {
                        self.position = offset + 1;
                        return Ok(offset);
                    }
                }
                b'/' => match self.byte(offset + 1) {
                    Some(b'/') => {
                        (_, offset) = self.line_comment(offset);
                        told = offset;
                        continue;
                    }
                    Some(b'*') => {
                        (_, offset) = self.block_comment(offset)?;
                        told = offset;
                        continue;
                    }
                    _ => {}
                },
                b'\'' => {
                    let (_, end) = self.quote(offset)?;
                    // With a suffix, which begins no literal either.
                    offset = self.word_end(end);
                    told = offset;
                    continue;
                }
                // A string, or the hashes of a raw one.
                _ => {
                    let is_raw = matches!(self.word_before(offset, told), "r" | "br" | "cr");
                    let end = match byte {
                        _ if is_raw => self.raw_string(offset)?,
                        b'"' => Some(self.string(offset + 1)?),
                        _ => None,
                    };
                    if let Some(end) = end {
                        offset = self.word_end(end);
                        told = offset;
                        continue;
                    }
                }
            }
            offset += 1;
        }
        let offset = stack.last().map_or(at, |(_, offset)| *offset);
        self.error(offset, "this bracket is never closed")
    }

    /// Moves `offset` on to the next byte that may be a bracket or begin a literal or a comment.
    fn next_of_note(&self, offset: &mut usize) -> Option<u8> {
        let rest = self.text.as_bytes().get(*offset..self.end)?;
        let next = rest.iter().position(|byte| {
            matches!(
                byte,
                b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'\'' | b'#' | b'/'
            )
        })?;
        *offset += next;
        rest.get(next).copied()
    }

    /// The word that ends at a byte, and does not begin before another one.
    fn word_before(&self, end: usize, start: usize) -> &'a str {
        let before = self.text.get(start..end).unwrap_or("");
        // Only the shortest matter.
        let length: usize = before
            .chars()
            .rev()
            .take(3)
            .take_while(|character| is_of_word(*character))
            .map(char::len_utf8)
            .sum();
        self.text.get(end - length..end).unwrap_or("")
    }

    fn blanks(&self, start: usize) -> usize {
        let rest = self.rest(start).as_bytes();
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        start + blanks
    }

    fn line_comment(&self, start: usize) -> (Token, usize) {
        let rest = self.rest(start);
        let end = rest.find('\n').map_or(self.end, |newline| start + newline);
        let token = if rest.starts_with("///") && !rest.starts_with("////") {
            Token::OuterDoc
        } else {
            Token::Trivia
        };
        (token, end)
    }

    fn block_comment(&self, start: usize) -> Result<(Token, usize), LexError> {
        let rest = self.rest(start);
        let is_doc = rest.starts_with("/**") && !rest.starts_with("/***") && !rest.starts_with("/**/");
        let mut depth = 0_usize;
        let mut offset = start;
        while let Some(byte) = self.byte(offset) {
            match (byte, self.byte(offset + 1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    offset += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    offset += 2;
                    if depth == 0 {
                        return Ok((if is_doc { Token::OuterDoc } else { Token::Trivia }, offset));
                    }
                }
                _ => offset += 1,
            }
        }
        self.error(start, "this comment is never closed")
    }

    /// A string with escapes whose opening quote is consumed.
    fn string(&self, start: usize) -> Result<usize, LexError> {
        let mut offset = start;
        while let Some(byte) = self.byte(offset) {
            match byte {
                b'"' => return Ok(offset + 1),
                b'\\' => offset += 2,
                _ => offset += 1,
            }
        }
        self.error(start - 1, "this string is never closed")
    }

    /// `#*"…"#*`, from behind the letter.
    fn raw_string(&self, start: usize) -> Result<Option<usize>, LexError> {
        let hashes = self.rest(start).bytes().take_while(|byte| *byte == b'#').count();
        let open = start + hashes;
        if self.byte(open) != Some(b'"') {
            return Ok(None);
        }
        let mut offset = open + 1;
        while let Some(quote) = self.rest(offset).find('"') {
            let after = offset + quote + 1;
            if self
                .rest(after)
                .bytes()
                .take(hashes)
                .filter(|byte| *byte == b'#')
                .count()
                == hashes
            {
                return Ok(Some(after + hashes));
            }
            offset = after;
        }
        self.error(start, "this raw string is never closed")
    }

    /// A character or a lifetime.
    fn quote(&self, start: usize) -> Result<(Token, usize), LexError> {
        if self.byte(start + 1) == Some(b'\\') {
            let mut offset = start + 1;
            while let Some(byte) = self.byte(offset) {
                match byte {
                    b'\'' => return Ok((Token::Literal, offset + 1)),
                    b'\\' => offset += 2,
                    _ => offset += 1,
                }
            }
            return self.error(start, "this character is never closed");
        }
        let mut characters = self.rest(start + 1).chars();
        let width = characters.next().map_or(0, char::len_utf8);
        if width > 0 && characters.next() == Some('\'') {
            return Ok((Token::Literal, start + 1 + width + 1));
        }
        Ok((Token::Lifetime, self.word_end(start + 1)))
    }

    fn word_end(&self, start: usize) -> usize {
        let rest = self.rest(start);
        let length = rest
            .bytes()
            .position(|byte| byte != b'_' && !byte.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let end = start + length;
        if self.byte(end).is_none_or(|byte| byte.is_ascii()) {
            return end;
        }
        let rest = self.rest(end);
        end + rest
            .find(|character| !is_of_word(character))
            .unwrap_or(rest.len())
    }

    /// A word, or the literal that it is the prefix of.
    fn word(&self, start: usize) -> Result<(Token, usize), LexError> {
        let end = self.word_end(start);
        let word = self.text.get(start..end).unwrap_or("");
        match (word, self.byte(end)) {
            ("r" | "br" | "cr", Some(b'"' | b'#')) => {
                if let Some(end) = self.raw_string(end)? {
                    return Ok((Token::Literal, end));
                }
                if word == "r" {
                    return Ok((Token::Word, self.word_end(end + 1)));
                }
            }
            ("b" | "c", Some(b'"')) => return Ok((Token::Literal, self.string(end + 1)?)),
            ("b", Some(b'\'')) => return self.quote(end),
            _ => {}
        }
        Ok((Token::Word, end))
    }
}

fn is_of_word(character: char) -> bool {
    match character {
        '_' | '0'..='9' | 'a'..='z' | 'A'..='Z' => true,
        _ => !character.is_ascii() && !is_blank(character),
    }
}

/// The blanks of Rust that are no ASCII.
fn is_blank(character: char) -> bool {
    matches!(
        character,
        '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
    )
}

fn closing(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<&str> {
        let mut lexer = Lexer::new(text, 0..text.len());
        let mut found = Vec::new();
        while let Some((token, range)) = lexer.token().unwrap() {
            if token != Token::Trivia {
                found.push(&text[range]);
            }
        }
        found
    }

    #[test]
    fn literals_hide_what_they_hold() {
        let cases: [(&str, &[&str]); 10] = [
            (r#"a "}\"" b"#, &["a", r#""}\"""#, "b"]),
            (r##"r#"}"}"# x"##, &[r##"r#"}"}"#"##, "x"]),
            (r##"br"}" cr#""#"##, &[r#"br"}""#, r##"cr#""#"##]),
            ("r#type x", &["r#type", "x"]),
            ("'{' '\\'' 'a 'static", &["'{'", "'\\''", "'a", "'static"]),
            ("b'\\\\' b'}' 'é'", &["b'\\\\'", "b'}'", "'é'"]),
            ("/* { /* } */ */ x // {\ny", &["x", "y"]),
            ("/// doc\n//// none\nx", &["/// doc", "x"]),
            ("/** doc */ /**/ x", &["/** doc */", "x"]),
            ("1..2", &["1", ".", ".", "2"]),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_never_closed_is_an_error_where_it_opens() {
        for (text, offset) in [("x \"a", 2), ("/* a", 0), ("r#\"a\"", 1), ("'\\n", 0)] {
            let mut lexer = Lexer::new(text, 0..text.len());
            let error = loop {
                match lexer.token() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("{text} is accepted"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.offset, offset, "{text}");
        }
    }
}
