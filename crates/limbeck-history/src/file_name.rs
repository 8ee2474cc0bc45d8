//! The name of a revision file, and the date that it begins with.

use std::borrow::Cow;
use std::time::SystemTime;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::revision::hexadecimal;
use crate::{Draft, FileNaming, RevisionId};

/// The name of a draft's file where nothing else is configured: date and time in UTC, identifier, and the first words of
/// the message, as `20261121T100000_8f3c2a91d0b4_add_meal_plans.sql`. The date comes first so that a listing is in order;
/// the identifier makes the name unique; and no name depends on case, so that every file system can hold it.
///
/// The name says nothing that the header does not: a file may be renamed. Of an identifier too long for a file's name
/// it has the beginning, and a hash that makes it unique.
#[must_use]
pub fn file_name(draft: &Draft) -> String {
    FileNaming::default().file_name(draft)
}

/// The longest identifier that stands in a file's name as it is, in bytes. Some file systems allow 143 bytes in all.
const MAXIMUM_ID: usize = 64;

/// An identifier as part of a file's name: itself, or its beginning and a hash where it is too long for that.
#[must_use]
pub fn name_part(id: &RevisionId) -> Cow<'_, str> {
    let id = id.as_str();
    if id.len() <= MAXIMUM_ID {
        return Cow::Borrowed(id);
    }
    let hash = hexadecimal(Sha256::new_with_prefix(id));
    let part = |text: &str, length| text.chars().take(length).collect::<String>();
    Cow::Owned(format!("{}_{}", part(id, MAXIMUM_ID - 13), part(&hash, 12)))
}

/// The first words of a message as part of a file name: its ASCII letters in lower case and digits, with one
/// underscore for all else between them, at most 40 bytes, cut after a whole word where that leaves any.
#[must_use]
pub fn slug(message: &str) -> String {
    slug_of(message, FileNaming::default().slug_length)
}

/// The same of at most `length` bytes.
pub(crate) fn slug_of(message: &str, length: usize) -> String {
    let mut slug = String::new();
    for word in message
        .lines()
        .next()
        .unwrap_or_default()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let separator = usize::from(!slug.is_empty());
        if slug.len() + separator + word.len() > length {
            if slug.is_empty() {
                slug.extend(word.chars().take(length).map(|c| c.to_ascii_lowercase()));
            }
            break;
        }
        if separator == 1 {
            slug.push('_');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    slug
}

/// A time as a header writes it: `2026-11-21T10:00:00Z`. Seconds since 1970 where they are given (reproducible
/// builds give them by `SOURCE_DATE_EPOCH`), else now. A number that is no date of the years 1970 to 9999 gives
/// nothing.
#[must_use]
pub fn created(seconds: Option<i64>) -> Option<String> {
    let seconds = match seconds {
        Some(seconds) => seconds,
        None => {
            let passed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
            i64::try_from(passed.as_secs()).ok()?
        }
    };
    let text = Timestamp::from_second(seconds)
        .ok()
        .filter(|_| seconds >= 0)?
        .to_string();
    is_created(&text).then_some(text)
}

/// A time as a header writes it, some seconds earlier; nothing where that would be before 1970.
#[must_use]
pub fn earlier(time: &str, seconds: i64) -> Option<String> {
    let time: Timestamp = time.parse().ok()?;
    created(Some(time.as_second().checked_sub(seconds)?))
}

/// Whether a text is a time as a header writes it.
#[must_use]
pub fn is_created(text: &str) -> bool {
    let has_shape = text.len() == 20
        && text
            .bytes()
            .zip("0000-00-00T00:00:00Z".bytes())
            .all(|(found, wanted)| {
                if wanted == b'0' {
                    found.is_ascii_digit()
                } else {
                    found == wanted
                }
            });
    has_shape && text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_the_first_words() {
        for (message, expected) in [
            ("Add meal plans", "add_meal_plans"),
            ("  Fix: users' e-mail!  ", "fix_users_e_mail"),
            ("größe", "gr_e"),
            ("日本", ""),
            ("", ""),
            ("first\nsecond", "first"),
            (
                "a message that is much longer than any file name should be",
                "a_message_that_is_much_longer_than_any",
            ),
        ] {
            assert_eq!(slug(message), expected, "{message}");
        }
        assert_eq!(slug(&"x".repeat(60)).len(), 40);
    }

    #[test]
    fn no_identifier_is_too_long_for_a_name() {
        let name = |id: &str| {
            file_name(&Draft::new(
                id.parse().unwrap(),
                "x".repeat(99),
                "2026-11-21T10:00:00Z",
            ))
        };
        assert_eq!(name("a"), format!("20261121T100000_a_{}.sql", "x".repeat(40)));
        let long = "a".repeat(64);
        assert!(name(&long).contains(&format!("_{long}_")));
        let (one, other) = (name(&format!("{long}1")), name(&format!("{long}2")));
        assert_eq!((one.len(), other.len()), (125, 125), "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn a_time_is_written_in_one_way_only() {
        assert_eq!(
            created(Some(1_795_255_200)).as_deref(),
            Some("2026-11-21T10:00:00Z")
        );
        assert_eq!(created(Some(-1)), None);
        assert_eq!(created(Some(i64::MAX)), None);
        assert!(created(None).is_some());
        for wrong in [
            "2026-11-21T10:00:00+01",
            "2026-13-21T10:00:00Z",
            "2026-11-21 10:00:00Z",
            "2026-02-30T10:00:00Z",
            "",
        ] {
            assert!(!is_created(wrong), "{wrong}");
        }
    }
}
