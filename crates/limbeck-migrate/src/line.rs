//! The line to the server: a session of the run's own, one that is lent, or a client of the application.

use limbeck_postgres::tokio_postgres::{Client, Error};
use limbeck_postgres::{DatabaseError, Host, MessageError, Messages, Notice, Pooling, Session};

/// The line to the server.
pub(crate) enum Line<'a> {
    /// A session that was opened for the run.
    Own(Session),
    /// A session that was opened elsewhere.
    Lent(&'a Session),
    /// A client that the application has made. Its notices are the application's, and it cannot be cancelled from
    /// here, since nothing tells how to reach its server again.
    Client {
        client: &'a Client,
        /// The server's major version.
        major: u32,
    },
}

impl Line<'_> {
    fn session(&self) -> Option<&Session> {
        match self {
            Self::Own(session) => Some(session),
            Self::Lent(session) => Some(session),
            Self::Client { .. } => None,
        }
    }

    fn messages(&self) -> Messages<'_> {
        match self {
            Self::Own(session) => session.messages(),
            Self::Lent(session) => session.messages(),
            Self::Client { client, .. } => Messages::of(client),
        }
    }

    /// How the session comes to its server process; `None` for a client of the application, of which nothing tells.
    pub(crate) fn pooling(&self) -> Option<Pooling> {
        self.session().map(Session::pooling)
    }

    /// Whether the server process may be another's between two transactions. A client of the application has but one.
    pub(crate) fn is_shared(&self) -> bool {
        self.pooling().is_some_and(|pooling| pooling.kind.is_shared())
    }

    /// Whether the server process is known to be the session's own until its end, so that it may be recorded.
    pub(crate) fn has_own_process(&self) -> bool {
        self.pooling().is_some_and(|pooling| !pooling.kind.is_shared())
    }

    /// The host that answered; `None` for a client of the application, of which nothing tells.
    pub(crate) fn host(&self) -> Option<&Host> {
        self.session().map(Session::host)
    }

    /// The `options` that the session has begun without, since a pooler did not take them.
    pub(crate) fn left_out_options(&self) -> Option<&str> {
        self.session().and_then(Session::left_out_options)
    }

    fn error(&self, error: Error) -> DatabaseError {
        match self.session() {
            Some(session) => session.error(error),
            None => DatabaseError::from(error),
        }
    }

    /// Sends one message and waits for its end.
    pub(crate) async fn execute(&self, sql: &str) -> Result<(), DatabaseError> {
        let result = self.messages().execute(sql).await;
        result.map_err(|error| self.error(error))
    }

    /// Sends one message as it stands, and tells how many of its commands finished.
    pub(crate) async fn run_message(&self, sql: &str) -> Result<usize, MessageError> {
        let result = self.messages().run(sql).await;
        result.map_err(|(error, finished_commands)| MessageError {
            error: self.error(error),
            finished_commands,
        })
    }

    /// Sends one message and gives its rows.
    pub(crate) async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        let result = self.messages().rows(sql).await;
        result.map_err(|error| self.error(error))
    }

    /// Sends one message and gives its rows up to its end, and how it ended.
    pub(crate) async fn rows_before_end(
        &self,
        sql: &str,
    ) -> (Vec<Vec<Option<String>>>, Result<(), DatabaseError>) {
        let (rows, end) = self.messages().rows_before_end(sql).await;
        (rows, end.map_err(|error| self.error(error)))
    }

    /// The notices since the last call.
    pub(crate) fn take_notices(&self) -> Vec<Notice> {
        self.session().map(Session::take_notices).unwrap_or_default()
    }

    /// The server's major version.
    pub(crate) fn server_major(&self) -> u32 {
        match self {
            Self::Own(session) => session.server_major(),
            Self::Lent(session) => session.server_major(),
            Self::Client { major, .. } => *major,
        }
    }

    /// The server process, where it is known to be the session's own. Somebody in between makes up another number, so
    /// it is the one that has answered.
    pub(crate) fn backend_pid(&self) -> Option<i32> {
        self.session().and_then(Session::server_process)
    }

    /// Cancels what runs now, where that is possible.
    pub(crate) async fn cancel(&self) {
        if let Some(session) = self.session() {
            // A cancel request that does not reach the server leaves only to wait.
            let _ = session.canceller().cancel().await;
        }
    }
}
