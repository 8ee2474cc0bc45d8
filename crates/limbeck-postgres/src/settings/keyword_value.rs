//! The keyword/value form of a connection string (libpq's `conninfo_parse`): `host=localhost dbname='my db'`.

use std::iter::Peekable;
use std::str::Chars;

use super::error::SettingsError;
use super::uri::Pairs;

/// Keys and values in the order of the string.
pub(super) fn split(text: &str) -> Result<Pairs, SettingsError> {
    let mut pairs = Pairs::new();
    let mut rest = text.chars().peekable();
    loop {
        skip_spaces(&mut rest);
        if rest.peek().is_none() {
            return Ok(pairs);
        }
        let key = key(&mut rest)?;
        skip_spaces(&mut rest);
        let value = if rest.next_if_eq(&'\'').is_some() {
            quoted(&mut rest)?
        } else {
            bare(&mut rest)?
        };
        pairs.push((key, value));
    }
}

fn skip_spaces(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(char::is_ascii_whitespace).is_some() {}
}

fn key(rest: &mut Peekable<Chars<'_>>) -> Result<String, SettingsError> {
    let mut key = String::new();
    while let Some(character) =
        rest.next_if(|character| *character != '=' && !character.is_ascii_whitespace())
    {
        key.push(character);
    }
    skip_spaces(rest);
    match rest.next() {
        Some('=') => Ok(key),
        _ => Err(SettingsError::KeywordValue {
            reason: "a keyword has no `=` after it",
        }),
    }
}

fn quoted(rest: &mut Peekable<Chars<'_>>) -> Result<String, SettingsError> {
    let unterminated = SettingsError::KeywordValue {
        reason: "a quoted value does not end",
    };
    let mut value = String::new();
    loop {
        match rest.next() {
            Some('\'') => return Ok(value),
            Some('\\') => value.push(rest.next().ok_or_else(|| unterminated.clone())?),
            Some(character) => value.push(character),
            None => return Err(unterminated),
        }
    }
}

fn bare(rest: &mut Peekable<Chars<'_>>) -> Result<String, SettingsError> {
    let mut value = String::new();
    while let Some(character) = rest.next_if(|character| !character.is_ascii_whitespace()) {
        match character {
            '\\' => value.push(rest.next().ok_or(SettingsError::KeywordValue {
                reason: "a backslash at the end stands before nothing",
            })?),
            _ => value.push(character),
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[track_caller]
    fn pairs(text: &str) -> Vec<(String, String)> {
        split(text).unwrap()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn values_are_bare_or_quoted() {
        assert_eq!(
            pairs(r" host = localhost  password='it\'s a \\ b' dbname=my\ db user=''"),
            [
                pair("host", "localhost"),
                pair("password", r"it's a \ b"),
                pair("dbname", "my db"),
                pair("user", "")
            ]
        );
        assert_eq!(pairs("password=a=b"), [pair("password", "a=b")]);
    }

    #[test]
    fn unfinished_strings_are_errors() {
        for wrong in ["host", "host=a b", "host='a", r"host=a\", "host= 'a' b"] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }
}
