//! What a server answers instead of a result, and what happens when it no longer answers.

use std::error::Error as _;
use std::{fmt, io};

use serde::Serialize;
use tokio_postgres::error::{DbError, ErrorPosition};

/// SQLSTATEs that decisions are made by (PostgreSQL's Appendix A). Texts are never compared: they are translated.
pub mod sqlstate {
    /// `invalid_authorization_specification`: an unknown role, or no line of `pg_hba.conf` for it.
    pub const INVALID_AUTHORIZATION: &str = "28000";
    /// `invalid_password`.
    pub const INVALID_PASSWORD: &str = "28P01";
    /// `invalid_catalog_name`: the database does not exist.
    pub const INVALID_CATALOG_NAME: &str = "3D000";
    /// `too_many_connections`.
    pub const TOO_MANY_CONNECTIONS: &str = "53300";
    /// `cannot_connect_now`: the server starts, stops or recovers.
    pub const CANNOT_CONNECT_NOW: &str = "57P03";
    /// `admin_shutdown`: the session was ended by an administrator or by the server's end.
    pub const ADMIN_SHUTDOWN: &str = "57P01";
    /// `crash_shutdown`: another session crashed, and the server recovers.
    pub const CRASH_SHUTDOWN: &str = "57P02";
    /// `idle_session_timeout`.
    pub const IDLE_SESSION_TIMEOUT: &str = "57P05";
    /// `idle_in_transaction_session_timeout`.
    pub const IDLE_IN_TRANSACTION_SESSION_TIMEOUT: &str = "25P03";
    /// `query_canceled`: by a cancel request or by `statement_timeout`.
    pub const QUERY_CANCELED: &str = "57014";
    /// `lock_not_available`: `lock_timeout`, or `NOWAIT`.
    pub const LOCK_NOT_AVAILABLE: &str = "55P03";
    /// `insufficient_privilege`.
    pub const INSUFFICIENT_PRIVILEGE: &str = "42501";
    /// `no_active_sql_transaction`.
    pub const NO_ACTIVE_SQL_TRANSACTION: &str = "25P01";
    /// `in_failed_sql_transaction`.
    pub const IN_FAILED_SQL_TRANSACTION: &str = "25P02";
    /// `duplicate_database`.
    pub const DUPLICATE_DATABASE: &str = "42P04";
    /// `unique_violation`; also of a row in a catalogue that another session has made meanwhile.
    pub const UNIQUE_VIOLATION: &str = "23505";
    /// `duplicate_object`: a role, type or the like of this name is there.
    pub const DUPLICATE_OBJECT: &str = "42710";
    /// `protocol_violation`; poolers refuse startup parameters by it.
    pub const PROTOCOL_VIOLATION: &str = "08P01";
}

/// An error that the server reported, or the loss of the connection to it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DatabaseError(Box<Fields>);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    sqlstate: Option<String>,
    severity: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    internal_position: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    internal_query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraint: Option<String>,
    #[serde(skip)]
    routine: Option<String>,
    connection_lost: bool,
    /// Whether the connection was given up on this side.
    #[serde(skip)]
    is_given_up: bool,
}

impl DatabaseError {
    /// The SQLSTATE, five characters. `None` where no server spoke: the connection was lost, or a value could not be
    /// sent or read.
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_deref()
    }

    /// Whether the SQLSTATE is this one; see [`sqlstate`](mod@sqlstate).
    pub fn is(&self, sqlstate: &str) -> bool {
        self.sqlstate() == Some(sqlstate)
    }

    /// The primary message, in the server's language.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The function of PostgreSQL's own source that reported it, never translated.
    pub fn routine(&self) -> Option<&str> {
        self.0.routine.as_deref()
    }

    /// `ERROR`, `FATAL` or `PANIC`, never translated.
    pub fn severity(&self) -> &str {
        &self.0.severity
    }

    /// The server's `DETAIL`.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The server's `HINT`.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Where in the message that was sent, in characters from 1.
    pub fn position(&self) -> Option<u32> {
        self.0.position
    }

    /// Where in [`DatabaseError::internal_query`], in characters from 1.
    pub fn internal_position(&self) -> Option<u32> {
        self.0.internal_position
    }

    /// The query that failed inside a function, as the server wrote it.
    pub fn internal_query(&self) -> Option<&str> {
        self.0.internal_query.as_deref()
    }

    /// The server's `CONTEXT`: which functions were running, innermost first.
    pub fn context(&self) -> Option<&str> {
        self.0.context.as_deref()
    }

    /// The schema of the object the error is about.
    pub fn schema(&self) -> Option<&str> {
        self.0.schema.as_deref()
    }

    /// The table the error is about.
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The column the error is about.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The data type the error is about.
    pub fn data_type(&self) -> Option<&str> {
        self.0.data_type.as_deref()
    }

    /// The constraint the error is about.
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// Whether the session is over: the server ended it (`FATAL`, `PANIC`) or the connection broke. What a message
    /// did that was not answered yet is then unknown.
    pub fn is_connection_lost(&self) -> bool {
        self.0.connection_lost
    }

    /// Whether the session is over for a reason that has nothing to do with what it was asked to do, so that another
    /// session may do the same: the network, a server that stops or crashes (class 08, `57P01`, `57P02`, `57P03`), or
    /// a timeout of an idle session (`57P05`, `25P03`). An administrator who ends the session (`57P01`) is not told from
    /// a server that stops.
    pub fn may_connect_again(&self) -> bool {
        self.0.connection_lost
            && !self.0.is_given_up
            && (self.severity() == "PANIC"
                || self.sqlstate().is_none_or(|code| {
                    code.starts_with("08")
                        || [
                            sqlstate::ADMIN_SHUTDOWN,
                            sqlstate::CRASH_SHUTDOWN,
                            sqlstate::CANNOT_CONNECT_NOW,
                            sqlstate::IDLE_SESSION_TIMEOUT,
                            sqlstate::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
                        ]
                        .contains(&code)
                }))
    }

    /// A connection that was given up on this side, for this reason.
    pub(crate) fn given_up(reason: impl fmt::Display) -> Self {
        let Self(mut fields) = Self::lost(reason);
        fields.is_given_up = true;
        Self(fields)
    }

    /// The loss of a connection, with what is known of its cause.
    pub(crate) fn lost(cause: impl fmt::Display) -> Self {
        Self(Box::new(Fields {
            severity: "FATAL".to_owned(),
            message: format!("the connection to the server was lost: {cause}"),
            connection_lost: true,
            ..Fields::default()
        }))
    }

    /// What went wrong on this side, with the session still usable.
    #[must_use]
    pub fn local(message: impl Into<String>) -> Self {
        Self(Box::new(Fields {
            severity: "ERROR".to_owned(),
            message: message.into(),
            ..Fields::default()
        }))
    }
}

impl From<&DbError> for DatabaseError {
    fn from(error: &DbError) -> Self {
        let severity = error
            .parsed_severity()
            .map_or_else(|| error.severity().to_owned(), |severity| severity.to_string());
        let (position, internal_position, internal_query) = match error.position() {
            Some(ErrorPosition::Original(position)) => (Some(*position), None, None),
            Some(ErrorPosition::Internal { position, query }) => (None, Some(*position), Some(query.clone())),
            None => (None, None, None),
        };
        Self(Box::new(Fields {
            sqlstate: Some(error.code().code().to_owned()),
            connection_lost: matches!(severity.as_str(), "FATAL" | "PANIC"),
            severity,
            message: error.message().to_owned(),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            position,
            internal_position,
            internal_query,
            context: error.where_().map(str::to_owned),
            schema: error.schema().map(str::to_owned),
            table: error.table().map(str::to_owned),
            column: error.column().map(str::to_owned),
            data_type: error.datatype().map(str::to_owned),
            routine: error.routine().map(str::to_owned),
            constraint: error.constraint().map(str::to_owned),
            is_given_up: false,
        }))
    }
}

impl From<tokio_postgres::Error> for DatabaseError {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            return Self::from(error);
        }
        if error.is_closed() {
            return Self::lost("the server closed it");
        }
        match error.source() {
            Some(source) if source.is::<io::Error>() => Self::lost(source),
            Some(source) => Self::local(format!("{error}: {source}")),
            None => Self::local(error.to_string()),
        }
    }
}

/// The message, and the SQLSTATE where there is one.
impl fmt::Display for DatabaseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())?;
        match self.sqlstate() {
            Some(sqlstate) => write!(formatter, " (SQLSTATE {sqlstate})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for DatabaseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::error::Error for DatabaseError {}
