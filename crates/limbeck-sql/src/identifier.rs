//! Quoting of identifiers.

use std::borrow::Cow;

/// Quotes an identifier where PostgreSQL needs it quoted, by the rule of `quote_ident`.
#[must_use]
pub fn quote_identifier(identifier: &str) -> Cow<'_, str> {
    let plain = identifier
        .bytes()
        .enumerate()
        .all(|(n, b)| b.is_ascii_lowercase() || b == b'_' || (n > 0 && (b.is_ascii_digit() || b == b'$')));
    if plain && !identifier.is_empty() {
        Cow::Borrowed(identifier)
    } else {
        Cow::Owned(format!("\"{}\"", identifier.replace('"', "\"\"")))
    }
}
