//! What can be wrong with a connection string.

use std::fmt;
use std::path::PathBuf;

/// The part of a connection string in which something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The user's name.
    User,
    /// The password.
    Password,
    /// A host.
    Host,
    /// The database's name.
    Database,
    /// What follows the question mark.
    Parameters,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::User => "user",
            Self::Password => "password",
            Self::Host => "host",
            Self::Database => "database",
            Self::Parameters => "parameters",
        })
    }
}

/// What is wrong with a connection string.
///
/// No text holds the password, nor what could be a part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// There is nothing in it.
    #[error("the connection string is empty")]
    Empty,
    /// It is neither a URL nor made of keywords and values.
    #[error("this is no connection string: it begins with neither `postgresql://` nor `keyword=`")]
    NotAConnectionString,
    /// It is a URL of something else.
    #[error("the URL begins with `{scheme}`, not with `postgresql://`")]
    Scheme {
        /// The scheme, with its colon.
        scheme: String,
    },
    /// It stands between quotes, or is a whole command line.
    #[error("the connection string is wrapped in {wrapping}")]
    Wrapped {
        /// What stands around it.
        wrapping: &'static str,
    },
    /// A variable that a shell or a `.env` reader should have replaced.
    #[error("the variable `{name}` in the connection string was not replaced by its value")]
    UnexpandedVariable {
        /// The variable's name.
        name: String,
    },
    /// A character that ends a part of the URL stands inside one, most often in a password.
    #[error("a `{character}` in the {part} of the URL is not encoded")]
    Unencoded {
        /// The character.
        character: char,
        /// Where it seems to belong.
        part: Part,
    },
    /// A `%` that begins no escape, or escapes that are no UTF-8 text.
    #[error("a `%` in the {part} of the URL begins no valid escape")]
    PercentEncoding {
        /// Where.
        part: Part,
    },
    /// No host.
    #[error("the connection string names no host")]
    HostMissing,
    /// A host that cannot be one.
    #[error("the host is not valid: {reason}")]
    HostInvalid {
        /// Why.
        reason: &'static str,
    },
    /// No user, and no default for it.
    #[error("the connection string names no user")]
    UserMissing,
    /// A port that is no number between 1 and 65535.
    #[error("the port of host `{host}` is no number between 1 and 65535")]
    PortInvalid {
        /// The host before the port.
        host: String,
    },
    /// As many ports or addresses as hosts are needed, or one port for all.
    #[error("the connection string has {hosts} hosts, but `{key}` for {count}")]
    CountMismatch {
        /// `port` or `hostaddr`.
        key: &'static str,
        /// How many hosts there are.
        hosts: usize,
        /// How many values there are.
        count: usize,
    },
    /// A parameter of the URL without `=`.
    #[error("a parameter after the `?` of the URL has no value")]
    ParameterWithoutValue,
    /// A key that PostgreSQL does not know.
    #[error("unknown key {} in the connection string", .key.as_ref().map_or_else(|| "(not shown)".to_owned(), |key| format!("`{key}`")))]
    UnknownKey {
        /// The key; `None` where it may be a piece of a password.
        key: Option<String>,
        /// What to do.
        advice: String,
    },
    /// A key that is there twice.
    #[error("the key `{key}` is there twice")]
    RepeatedKey {
        /// The key.
        key: &'static str,
    },
    /// A key, or a value of it, that cannot be honoured here.
    #[error("`{key}` cannot be used: {reason}")]
    Refused {
        /// The key, with its value where that matters.
        key: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// A value with the character NUL in it, which ends every text on the way to a server.
    #[error("the value of `{key}` holds the character NUL")]
    Nul {
        /// The key.
        key: &'static str,
    },
    /// A value that the key does not take.
    #[error("`{value}` is no value for `{key}`, which takes {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
    /// Two keys that exclude each other.
    #[error("{reason}")]
    Contradiction {
        /// Which, and what to write.
        reason: String,
    },
    /// A service that no service file has.
    #[error("no service file has the service `{name}`")]
    ServiceMissing {
        /// The service.
        name: String,
    },
    /// A file that the connection string names cannot be read or understood.
    #[error("cannot use `{}` as {key}: {reason}", .path.display())]
    File {
        /// The key that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// What is wrong is not in the connection string itself.
    #[error("{error}, in {origin}")]
    Elsewhere {
        /// The variable, or the service file with its section.
        origin: String,
        /// What is wrong.
        error: Box<SettingsError>,
    },
    /// A keyword without `=`, or a value without its closing quote.
    #[error("the keywords and values cannot be told apart: {reason}")]
    KeywordValue {
        /// Why.
        reason: &'static str,
    },
}

impl SettingsError {
    /// The same error, told of a variable or a file, where that is where the value comes from.
    pub(super) fn in_origin(self, origin: Option<&str>) -> Self {
        match origin {
            Some(origin) => Self::Elsewhere {
                origin: origin.to_owned(),
                error: Box::new(self),
            },
            None => self,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Empty | Self::NotAConnectionString => {
                "write postgresql://USER:PASSWORD@HOST:5432/DATABASE".to_owned()
            }
            Self::Scheme { scheme } => super::mistake::scheme_hint(scheme),
            Self::Wrapped { .. } => "leave only the URL itself".to_owned(),
            Self::UnexpandedVariable { name } => format!("set `{name}`, or write its value instead"),
            Self::Unencoded { character, .. } => {
                format!("write %{:02X} instead of `{character}`", u32::from(*character))
            }
            Self::PercentEncoding { .. } => "write %25 for a `%` that stands for itself".to_owned(),
            Self::HostMissing => {
                "name it, as in postgresql://USER@localhost/DATABASE, or a unix socket's folder, as in \
                 postgresql://USER@/DATABASE?host=/var/run/postgresql"
                    .to_owned()
            }
            Self::HostInvalid { .. } => {
                "write a name, an IPv4 address, an IPv6 address in brackets, or a unix socket's folder"
                    .to_owned()
            }
            Self::UserMissing => "name it before the host, as in postgresql://USER@HOST/DATABASE".to_owned(),
            Self::PortInvalid { .. } => {
                "if that is a password, write `@` and the host after it, and %2F, %3F, %23 for `/`, `?`, `#` in it"
                    .to_owned()
            }
            Self::CountMismatch { key, .. } => format!("give one `{key}` for each host"),
            Self::ParameterWithoutValue => "write KEY=VALUE, with `&` between two of them".to_owned(),
            Self::UnknownKey { advice, .. } => advice.clone(),
            Self::Nul { .. } => "write the value anew: something put a byte into it that cannot be seen".to_owned(),
            Self::RepeatedKey { .. } => "keep one of them".to_owned(),
            Self::KeywordValue { .. } => {
                "put a value with spaces between single quotes, and a backslash before a quote in it"
                    .to_owned()
            }
            Self::Elsewhere { error, .. } => return error.hint(),
            Self::ServiceMissing { .. } => "check the service's name, or name its file by servicefile".to_owned(),
            Self::File { .. } | Self::Refused { .. } | Self::Value { .. } | Self::Contradiction { .. } => return None,
        })
    }
}
