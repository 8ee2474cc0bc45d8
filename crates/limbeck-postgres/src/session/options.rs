//! What a session is opened for.

use std::time::Duration;

use super::pins::Pins;
use super::pooling::PoolingKind;

/// How to open a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOptions {
    /// `application_name`, as `pg_stat_activity` shows it, where the connection string names none.
    pub application_name: String,
    /// The settings to pin.
    pub pins: Pins,
    /// The longest wait for one host, from the first packet to the end of authentication, where the connection
    /// string has no `connect_timeout`. Zero waits for ever.
    pub connect_timeout: Duration,
    /// How sessions with these settings come to their server processes, where that was found out before; then it is not
    /// looked for again.
    pub pooling: Option<PoolingKind>,
}

impl SessionOptions {
    /// Long enough for a suspended Neon compute to wake, in the usual case.
    pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    /// A session for reading the catalogue.
    pub fn reading(application_name: impl Into<String>) -> Self {
        Self::new(application_name, Pins::Reading)
    }

    /// A session for running statements under a search path, written as `SET search_path` takes it.
    pub fn running(application_name: impl Into<String>, search_path: impl Into<String>) -> Self {
        Self::new(
            application_name,
            Pins::Running {
                search_path: search_path.into(),
            },
        )
    }

    fn new(application_name: impl Into<String>, pins: Pins) -> Self {
        Self {
            application_name: application_name.into(),
            pins,
            connect_timeout: Self::DEFAULT_CONNECT_TIMEOUT,
            pooling: None,
        }
    }

    /// The same, where it was found out before how sessions come to their server processes.
    #[must_use]
    pub fn pooled(self, pooling: PoolingKind) -> Self {
        Self {
            pooling: Some(pooling),
            ..self
        }
    }
}
