//! The names of revisions and branches.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The words that select revisions, and so can be the name of none.
pub(crate) const RESERVED: [&str; 5] = ["head", "heads", "base", "bases", "current"];

/// The longest name of a revision or a branch, in bytes: what an index of PostgreSQL surely takes in one entry, beside
/// the scope (of 2,704 bytes).
const MAXIMUM_LENGTH: usize = 1024;

/// The identifier of a revision: ASCII letters, digits and underscores, at most 1,024, and none of `head`, `heads`,
/// `base`, `bases` and `current`. Those that Limbeck makes are 12 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RevisionId(String);

/// A text that cannot be the name of a revision or a branch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no valid identifier")]
pub struct InvalidName {
    /// The text.
    pub text: String,
}

impl InvalidName {
    /// What a name may be.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(if RESERVED.contains(&self.text.as_str()) {
            format!(
                "`{}` selects revisions, so no revision can have that name",
                self.text
            )
        } else {
            "use ASCII letters, digits and underscores, at most 1,024".to_owned()
        })
    }
}

impl RevisionId {
    /// The identifier with this text.
    ///
    /// # Errors
    ///
    /// The text cannot be an identifier.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
        Self::try_from(text.into())
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text can name a revision or a branch.
pub(crate) fn is_valid_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAXIMUM_LENGTH
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !RESERVED.contains(&text)
}

/// Refuses what cannot be a branch label: a label is what an identifier is.
///
/// # Errors
///
/// The text cannot be a label.
pub fn check_label(text: &str) -> Result<(), InvalidName> {
    if is_valid_name(text) {
        Ok(())
    } else {
        Err(InvalidName {
            text: text.to_owned(),
        })
    }
}

impl FromStr for RevisionId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for RevisionId {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        if is_valid_name(&text) {
            Ok(Self(text))
        } else {
            Err(InvalidName { text })
        }
    }
}

impl From<RevisionId> for String {
    fn from(id: RevisionId) -> Self {
        id.0
    }
}

impl Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RevisionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A new identifier: 12 random hexadecimal digits. 48 bits keep two developers from meeting by chance; should they,
/// [`History`](crate::History) names both files.
#[must_use]
pub fn new_id() -> RevisionId {
    // Keyed by the operating system's randomness once a thread, and by another key at each call.
    let random = RandomState::new().build_hasher().finish();
    RevisionId(format!("{:012x}", random >> 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_select_or_steer_are_refused() {
        for text in [
            "",
            "head",
            "base",
            "current",
            "a-b",
            "a@b",
            "a+1",
            "a:b",
            "a b",
            "ü",
            &"a".repeat(1025),
        ] {
            assert!(text.parse::<RevisionId>().is_err(), "{text}");
        }
        for text in [
            "8f3c2a91d0b4",
            "0001",
            "add_users",
            "Head",
            "a",
            "_",
            &"a".repeat(1024),
        ] {
            assert_eq!(text.parse::<RevisionId>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn new_identifiers_differ() {
        let ids: std::collections::BTreeSet<_> = (0..100).map(|_| new_id()).collect();
        assert_eq!(ids.len(), 100);
        assert!(ids.iter().all(|id| id.as_str().len() == 12));
    }

    #[test]
    fn deserialising_validates() {
        assert!(RevisionId::try_from("a:b".to_owned()).is_err());
    }
}
