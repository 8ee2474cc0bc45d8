//! Percent-encoding of the parts of a URL (RFC 3986, 2.1).

use std::fmt::Write as _;

use super::error::{Part, SettingsError};

/// Decodes `%40` and the like.
///
/// In a password a `%` that begins no escape stands for itself, so that a generated password works as it was pasted;
/// elsewhere it is an error, as in libpq. `%00` is an error everywhere.
pub(super) fn decode(text: &str, part: Part) -> Result<String, SettingsError> {
    let error = || SettingsError::PercentEncoding { part };
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        let escape = (first == b'%').then(|| escaped_byte(after)).flatten();
        rest = match escape {
            Some(0) => return Err(error()),
            Some(byte) => {
                decoded.push(byte);
                after.get(2..).unwrap_or_default()
            }
            None if first == b'%' && part != Part::Password => return Err(error()),
            None => {
                decoded.push(first);
                after
            }
        };
    }
    match String::from_utf8(decoded) {
        Ok(decoded) => Ok(decoded),
        // A pasted `100%ef` looks like an escape, but no text decodes to that byte.
        Err(_) if part == Part::Password => Ok(text.to_owned()),
        Err(_) => Err(error()),
    }
}

fn escaped_byte(after_percent: &[u8]) -> Option<u8> {
    let digit = |index: usize| (*after_percent.get(index)? as char).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// Encodes everything but what RFC 3986 calls unreserved, and the characters of `keep`.
pub(super) fn encode(text: &str, keep: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let character = byte as char;
        if character.is_ascii_alphanumeric() || "-._~".contains(character) || keep.contains(character) {
            encoded.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::settings::error::Part;

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(decode("p%40ss%2f%C3%A9", Part::User).unwrap(), "p@ss/é");
        assert_eq!(decode("plain", Part::Host).unwrap(), "plain");
    }

    #[test]
    fn a_stray_percent_is_an_error_but_in_a_password() {
        for text in ["100%", "%4", "%zz", "a%4gb", "%ff"] {
            assert!(decode(text, Part::Database).is_err(), "{text}");
            assert_eq!(decode(text, Part::Password).unwrap(), text);
        }
        assert_eq!(decode("%25%", Part::Password).unwrap(), "%%");
    }

    #[test]
    fn a_zero_byte_is_refused_everywhere() {
        assert!(decode("a%00b", Part::Password).is_err());
        assert!(decode("a%00b", Part::User).is_err());
    }

    #[test]
    fn what_is_encoded_decodes_again() {
        let text = "a b@c/d?e#f%g:é";
        assert_eq!(encode(text, ""), "a%20b%40c%2Fd%3Fe%23f%25g%3A%C3%A9");
        assert_eq!(decode(&encode(text, ""), Part::User).unwrap(), text);
        assert_eq!(encode("/tmp/x", "/"), "/tmp/x");
    }
}
