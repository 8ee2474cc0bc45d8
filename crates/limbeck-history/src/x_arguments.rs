//! What a caller hands to templates and steps: `-x key=value`.

use std::collections::BTreeMap;
use std::fmt;

/// The longest key, in bytes.
const MAXIMUM_KEY: usize = 63;

/// Values by their keys, for templates (`{{ x.key }}`) and for steps (`current_setting('limbeck.x.key')`).
///
/// A value may be a secret, so none is shown by `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct XArguments(BTreeMap<String, String>);

/// Why something is no argument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidXArgument {
    /// There is no `=`.
    #[error("`{text}` has no `=`")]
    NoValue {
        /// What was given.
        text: String,
    },
    /// The key is no identifier.
    #[error("`{key}` is no key")]
    Key {
        /// What was given.
        key: String,
    },
    /// The key is there already.
    #[error("`{key}` is given twice")]
    Twice {
        /// The key.
        key: String,
    },
    /// The value has a character that PostgreSQL can keep in no text.
    #[error("the value of `{key}` has a null character")]
    Null {
        /// The key.
        key: String,
    },
}

impl InvalidXArgument {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoValue { text } if is_key(text) => {
                format!("write `-x {text}=VALUE`, or `-x {text}=` for an empty one")
            }
            Self::NoValue { .. } => "write `-x KEY=VALUE`".to_owned(),
            Self::Key { key } if is_key(&key.to_ascii_lowercase()) => format!(
                "PostgreSQL does not tell settings apart by case: write `{}`",
                key.to_ascii_lowercase()
            ),
            Self::Key { .. } => format!(
                "a key begins with a lower-case letter or an underscore, and goes on with such, with digits too, up to \
                 {MAXIMUM_KEY}"
            ),
            Self::Twice { .. } => "a key has one value".to_owned(),
            Self::Null { .. } => "take it out".to_owned(),
        }
    }
}

impl XArguments {
    /// Adds one, given as `key=value`; the value may hold further equals signs, and may be empty.
    ///
    /// # Errors
    ///
    /// It has no `=`, or as for [`insert`](Self::insert).
    pub fn add(&mut self, text: &str) -> Result<(), InvalidXArgument> {
        let Some((key, value)) = text.split_once('=') else {
            return Err(InvalidXArgument::NoValue {
                text: text.to_owned(),
            });
        };
        self.insert(key, value)
    }

    /// Adds one.
    ///
    /// # Errors
    ///
    /// The key is no identifier of lower-case ASCII letters, digits and underscores, or is there already; or the value
    /// has a null character.
    pub fn insert(&mut self, key: &str, value: &str) -> Result<(), InvalidXArgument> {
        let key = key.to_owned();
        if !is_key(&key) {
            return Err(InvalidXArgument::Key { key });
        }
        if value.contains('\0') {
            return Err(InvalidXArgument::Null { key });
        }
        if self.0.contains_key(&key) {
            return Err(InvalidXArgument::Twice { key });
        }
        self.0.insert(key, value.to_owned());
        Ok(())
    }

    /// The keys with their values, in order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As a template sees them.
    pub(crate) fn map(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

impl fmt::Debug for XArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Whether a text can be a key: a simple identifier of PostgreSQL, which it keeps as it is.
fn is_key(text: &str) -> bool {
    text.len() <= MAXIMUM_KEY
        && text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(texts: &[&str]) -> Result<XArguments, String> {
        let mut arguments = XArguments::default();
        for text in texts {
            arguments
                .add(text)
                .map_err(|error| format!("{error}; {}", error.hint()))?;
        }
        Ok(arguments)
    }

    #[test]
    fn a_value_is_all_after_the_first_equals_sign() {
        let arguments = added(&["tenant=a=b", "empty=", "_1=x"]).unwrap();
        let pairs: Vec<_> = arguments.iter().collect();
        assert_eq!(pairs, [("_1", "x"), ("empty", ""), ("tenant", "a=b")]);
    }

    #[test]
    fn what_is_no_argument_is_told() {
        let told = [
            &["tenant"][..],
            &["no key"],
            &["Tenant=a"],
            &["1a=b"],
            &["=b"],
            &["a=b", "a=c"],
            &["a=b\0"],
        ]
        .map(|texts| added(texts).unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @"
        `tenant` has no `=`; write `-x tenant=VALUE`, or `-x tenant=` for an empty one
        `no key` has no `=`; write `-x KEY=VALUE`
        `Tenant` is no key; PostgreSQL does not tell settings apart by case: write `tenant`
        `1a` is no key; a key begins with a lower-case letter or an underscore, and goes on with such, with digits too, up to 63
        `` is no key; a key begins with a lower-case letter or an underscore, and goes on with such, with digits too, up to 63
        `a` is given twice; a key has one value
        the value of `a` has a null character; take it out
        ");
    }

    #[test]
    fn values_are_not_shown() {
        assert_eq!(format!("{:?}", added(&["token=secret"]).unwrap()), "{\"token\"}");
    }
}
