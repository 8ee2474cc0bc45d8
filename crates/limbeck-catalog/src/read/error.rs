//! What can go wrong in reading a catalogue.

use tokio_postgres::error::SqlState;

/// Why a catalogue could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The server refused a query, or the connection broke.
    #[error("reading {what} from the database failed: {message}")]
    Query {
        /// What was being read: `tables`, `the dependencies`, …
        what: &'static str,
        /// What the server, or else the driver, says.
        message: String,
        /// The server's SQLSTATE; `None` where the connection broke.
        sqlstate: Option<String>,
        /// The server's `DETAIL`.
        detail: Option<String>,
        /// The server's `HINT`.
        hint: Option<String>,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// The schema changed during every reading.
    #[error("the schema was changed by another session while it was read, {tries} times in a row")]
    ConcurrentChange {
        /// How often it was read.
        tries: u32,
    },
    /// A server whose system catalogues are not known here.
    #[error("PostgreSQL {} is not known here; 14 to 18 are", version / 10_000)]
    UnknownVersion {
        /// The server's `server_version_num`.
        version: u32,
    },
    /// The system catalogues contradict themselves.
    #[error("the system catalogues are inconsistent: {object} refers to {missing}, which is not there")]
    Inconsistent {
        /// The object that refers.
        object: String,
        /// What it refers to.
        missing: String,
    },
}

impl ReadError {
    /// An error of the driver, met while reading `what`.
    pub(super) fn query(what: &'static str, source: tokio_postgres::Error) -> Self {
        let server = source.as_db_error();
        Self::Query {
            what,
            message: server.map_or_else(|| source.to_string(), |error| error.message().to_owned()),
            sqlstate: server.map(|error| error.code().code().to_owned()),
            detail: server.and_then(|error| error.detail()).map(str::to_owned),
            hint: server.and_then(|error| error.hint()).map(str::to_owned),
            source,
        }
    }

    /// System catalogues that contradict themselves.
    pub(super) fn inconsistent(object: impl ToString, missing: impl Into<String>) -> Self {
        Self::Inconsistent {
            object: object.to_string(),
            missing: missing.into(),
        }
    }

    /// The server's SQLSTATE, where the server refused.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Query { sqlstate, .. } => sqlstate.as_deref(),
            _ => None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Query {
                sqlstate: Some(sqlstate),
                ..
            } if is_of_damage(sqlstate) => Some(DAMAGED.to_owned()),
            Self::Query { sqlstate, hint, .. } => hint.clone().or_else(|| {
                (sqlstate.as_deref() == Some(SqlState::INSUFFICIENT_PRIVILEGE.code())).then(|| {
                    "every role may read the system catalogues unless that right was revoked; \
                     connect as another role, or grant it"
                        .to_owned()
                })
            }),
            Self::ConcurrentChange { .. } => {
                Some("wait until the other session's migration is done, then run this again".to_owned())
            }
            Self::UnknownVersion { version } => Some(if *version < 140_000 {
                "upgrade the server to a supported major".to_owned()
            } else {
                "a newer release of this program may know it".to_owned()
            }),
            Self::Inconsistent { .. } => Some(DAMAGED.to_owned()),
        }
    }
}

/// What to do about system catalogues that contradict themselves.
const DAMAGED: &str =
    "the database may be damaged; dump what can be dumped with `pg_dump` and restore it elsewhere";

/// Whether a query of system catalogues fails so only for what is wrong with them: an internal error, corrupted data,
/// or a value that no function should meet there.
fn is_of_damage(sqlstate: &str) -> bool {
    sqlstate.starts_with("XX") || sqlstate.starts_with("22")
}
