//! Quoting of string literals.

/// The literal whose value is this text, by the rule of `quote_literal`: quotes are doubled, and a text with a
/// backslash becomes an `E'…'` string with its backslashes doubled, so that it reads the same under either setting
/// of `standard_conforming_strings`.
///
/// A text cannot hold the character NUL in PostgreSQL; a server refuses such a literal.
#[must_use]
pub fn quote_literal(text: &str) -> String {
    let escaped = text.contains('\\');
    let mut literal = String::with_capacity(text.len() + 3);
    if escaped {
        literal.push('E');
    }
    literal.push('\'');
    for character in text.chars() {
        if character == '\'' || character == '\\' {
            literal.push(character);
        }
        literal.push(character);
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_are_doubled() {
        assert_eq!(quote_literal("plain"), "'plain'");
        assert_eq!(quote_literal(""), "''");
        assert_eq!(quote_literal("it's"), "'it''s'");
        assert_eq!(quote_literal(r"a\b"), r"E'a\\b'");
        assert_eq!(quote_literal(r"\'"), r"E'\\'''");
    }
}
