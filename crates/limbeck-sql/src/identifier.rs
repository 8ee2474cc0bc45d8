//! Quoting and length of identifiers.

use std::borrow::Cow;

use crate::keywords::must_be_quoted;

/// The longest identifier that PostgreSQL keeps, in bytes: `NAMEDATALEN - 1`.
pub const MAXIMUM_IDENTIFIER_LENGTH: usize = 63;

/// Quotes an identifier where PostgreSQL needs it quoted, by the rule of `quote_ident`: it stays bare when it begins
/// with a lower-case ASCII letter or an underscore, goes on with those and digits, and is no keyword but an
/// unreserved one. The keywords are those of PostgreSQL 14 to 18 together, so that the text does not depend on the
/// server's major version.
#[must_use]
pub fn quote_identifier(identifier: &str) -> Cow<'_, str> {
    let mut bytes = identifier.bytes();
    let bare = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if bare && !must_be_quoted(identifier) {
        Cow::Borrowed(identifier)
    } else {
        Cow::Owned(format!("\"{}\"", identifier.replace('"', "\"\"")))
    }
}

/// The identifier as PostgreSQL keeps it: its first 63 bytes, never cutting a character in two
/// (`truncate_identifier` of `scansup.c`, in a UTF-8 database).
#[must_use]
pub fn truncate_identifier(identifier: &str) -> &str {
    clip(identifier, MAXIMUM_IDENTIFIER_LENGTH)
}

/// The longest prefix of whole characters within `length` bytes: PostgreSQL's `pg_mbcliplen`.
pub(crate) fn clip(text: &str, length: usize) -> &str {
    text.get(..text.floor_char_boundary(length)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_identifiers_stay_bare() {
        for bare in [
            "users", "_private", "a1", "name", "type", "key", "value", "user_id",
        ] {
            assert_eq!(quote_identifier(bare), bare);
        }
    }

    #[test]
    fn everything_else_is_quoted() {
        for (identifier, quoted) in [
            ("", "\"\""),
            ("Order", "\"Order\""),
            ("1st", "\"1st\""),
            ("a b", "\"a b\""),
            ("a$b", "\"a$b\""),
            ("a\"b", "\"a\"\"b\""),
            ("größe", "\"größe\""),
            ("user", "\"user\""),
            ("order", "\"order\""),
            ("position", "\"position\""),
            ("left", "\"left\""),
            ("json_value", "\"json_value\""),
            ("system_user", "\"system_user\""),
        ] {
            assert_eq!(quote_identifier(identifier), quoted);
        }
    }

    #[test]
    fn an_identifier_is_cut_at_a_character() {
        let short = "a".repeat(63);
        assert_eq!(truncate_identifier(&short), short);
        assert_eq!(truncate_identifier(&"a".repeat(64)), short);
        let umlauts = "ü".repeat(40);
        assert_eq!(truncate_identifier(&umlauts), "ü".repeat(31));
    }
}
