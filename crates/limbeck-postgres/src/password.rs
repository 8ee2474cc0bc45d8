//! A password that cannot be printed by accident.

use std::fmt;

use serde::{Serialize, Serializer};

/// What every text shows in place of a password.
pub(crate) const MASK: &str = "********";

/// A password, or another secret of a connection string.
///
/// `Debug`, `Display` and `Serialize` give `********`; [`Password::expose`] is the only way to its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for handing to a server or to a program the user starts, never for a text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl fmt::Display for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

impl From<String> for Password {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl From<&str> for Password {
    fn from(secret: &str) -> Self {
        Self(secret.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Password;

    #[test]
    fn no_text_shows_the_secret() {
        let password = Password::new("wolpertinger");
        let texts = [
            format!("{password}"),
            format!("{password:?}"),
            format!("{:#?}", Some(&password)),
            serde_json::to_string(&password).unwrap(),
        ];
        for text in texts {
            assert!(
                text.contains("********") && !text.contains("wolpertinger"),
                "{text}"
            );
        }
    }
}
