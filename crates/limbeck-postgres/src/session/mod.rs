//! A session: one connection with its settings pinned, driven by a task of its own.

mod cancel;
mod messages;
mod notice;
mod options;
mod pins;
mod pooling;

use std::future::poll_fn;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, Connection, Row};

use crate::authentication::Authentication;
use crate::database_error::DatabaseError;
use crate::settings::Host;
use crate::tls::{ServerIdentity, TlsInfo, Wire};

pub(crate) use cancel::CancelKey;
pub use cancel::Canceller;
pub use messages::Messages;
pub use notice::{Notice, NoticeCallback};
pub use options::SessionOptions;
pub use pins::Pins;
pub use pooling::{Learnt, Pooling, PoolingKind};

use notice::Mailbox;

/// A connection to a server.
///
/// Its messages are the simple protocol's or unnamed statements, so that nothing is left behind in a server that a
/// pooler hands on. Dropped, it closes the connection; [`Session::close`] also waits for that.
pub struct Session {
    client: Client,
    mailbox: Arc<Mailbox>,
    driver: JoinHandle<()>,
    canceller: Canceller,
    tls: Option<TlsInfo>,
    authentication: Authentication,
    server_version: String,
    server_version_num: u32,
    pooling: Pooling,
    /// The process that answers, where it is the session's own until its end.
    server_process: Option<i32>,
    /// What goes before each message, where the server process is others' too.
    first: Option<String>,
    left_out: Option<String>,
}

/// An error in the middle of a message of several commands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct MessageError {
    /// What the server reported.
    pub error: DatabaseError,
    /// How many commands had finished before it. Whether their work stands depends on the transaction.
    pub finished_commands: usize,
}

/// Why a message that holds `COPY … FROM STDIN` or `TO STDOUT` ends in an error.
const COPY: &str = "the message holds a COPY from or to the client, which is not supported here";

impl Session {
    pub(crate) fn new(
        client: Client,
        connection: Connection<Wire, Wire>,
        canceller: Canceller,
        tls: Option<TlsInfo>,
        authentication: Authentication,
    ) -> Self {
        let server_version = connection
            .parameter("server_version")
            .unwrap_or_default()
            .to_owned();
        let mailbox = Arc::new(Mailbox::default());
        let server_process = Some(canceller.backend_pid());
        let driver = tokio::spawn(drive(connection, Arc::clone(&mailbox)));
        Self {
            client,
            mailbox,
            driver,
            canceller,
            tls,
            authentication,
            server_version_num: version_number(&server_version),
            server_version,
            pooling: Pooling::new(PoolingKind::Direct, Learnt::Process),
            server_process,
            first: None,
            left_out: None,
        }
    }

    /// Notes how the session comes to its server process, which is `answers` now, and pins it accordingly.
    pub(crate) fn pooled(&mut self, pooling: Pooling, answers: i32, pins: &Pins) {
        self.pooling = pooling;
        let is_shared = pooling.kind.is_shared();
        // No process has the number 0: the server has not told.
        self.server_process = Some(answers).filter(|process| !is_shared && *process != 0);
        self.first = is_shared.then(|| pins.transaction_message(self.server_major()));
    }

    /// Notes that the server did not take `options`.
    pub(crate) fn without_options(&mut self, left_out: Option<String>) {
        self.left_out = left_out;
    }

    /// The driver's client, for what is not offered here. Its errors become [`DatabaseError`] by `From`.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// `server_version_num`: 150018 for 15.18. Zero when the server does not say.
    pub fn server_version_num(&self) -> u32 {
        self.server_version_num
    }

    /// `server_version`: `15.18 (Debian 15.18-0+deb12u1)`.
    pub fn server_version(&self) -> &str {
        &self.server_version
    }

    /// The major version: 15.
    pub fn server_major(&self) -> u32 {
        self.server_version_num / 10_000
    }

    /// The process that serves this session, as told when it began. Behind a pooler it is one of the pooler's
    /// inventions.
    pub fn backend_pid(&self) -> i32 {
        self.canceller.backend_pid()
    }

    /// The process that serves this session until its end, as it answers itself: behind a proxy or a pooler in session
    /// mode too. `None` where a pooler hands processes round.
    pub fn server_process(&self) -> Option<i32> {
        self.server_process
    }

    /// The host that answered, one of those of its settings.
    pub fn host(&self) -> &Host {
        self.canceller.host()
    }

    /// How the session comes to its server process. Where others have that between two transactions, the settings are
    /// pinned for each message of [`execute`](Self::execute) and [`query_text`](Self::query_text), and for nothing else.
    pub fn pooling(&self) -> Pooling {
        self.pooling
    }

    /// The `options` of the connection string, where a pooler did not take them and the session has begun without.
    pub fn left_out_options(&self) -> Option<&str> {
        self.left_out.as_deref()
    }

    /// Messages of the session, each with its settings pinned.
    pub fn messages(&self) -> Messages<'_> {
        Messages::of(&self.client).after(self.first.as_deref())
    }

    /// What is known of the TLS connection; `None` in clear.
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.tls.as_ref()
    }

    /// How the server let this session in.
    pub fn authentication(&self) -> Authentication {
        self.authentication
    }

    /// Whether nobody can sit in between: the server's certificate was checked, or the proof of the password was bound
    /// to the TLS connection.
    pub fn identifies_server(&self) -> bool {
        self.authentication.bound
            || self
                .tls
                .as_ref()
                .is_some_and(|tls| tls.identity != ServerIdentity::Unchecked)
    }

    /// Whether the connection is gone.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed() || self.driver.is_finished()
    }

    /// Sends one message of any number of commands and waits for its end.
    ///
    /// # Errors
    ///
    /// The first error of the server; what followed it in the message was not run.
    pub async fn execute(&self, sql: &str) -> Result<(), DatabaseError> {
        self.messages()
            .execute(sql)
            .await
            .map_err(|error| self.error(error))
    }

    /// Sends one message of any number of commands as it stands, and tells how many finished: all of them, or those before the
    /// one that failed. An empty command counts only where the whole message is empty.
    ///
    /// # Errors
    ///
    /// The first error of the server with the count of commands before it. A `COPY` from or to the client is an
    /// error that ends the session, since a message cannot carry its data.
    pub async fn run_message(&self, sql: &str) -> Result<usize, MessageError> {
        self.messages()
            .run(sql)
            .await
            .map_err(|(error, finished_commands)| MessageError {
                error: self.error(error),
                finished_commands,
            })
    }

    /// Runs one query with parameters, as an unnamed statement, and gives its rows. Behind a pooler that hands server
    /// processes round, its settings are not pinned.
    ///
    /// A column of a type that is not built in makes the driver look that type up, by named statements: cast it to
    /// text instead.
    ///
    /// # Errors
    ///
    /// What the server reports, or a parameter that does not fit its type.
    pub async fn query(
        &self,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, DatabaseError> {
        self.client
            .query_typed(sql, parameters)
            .await
            .map_err(|error| self.error(error))
    }

    /// Sends one message and gives the rows of all its results, in order, as the server prints their values.
    ///
    /// # Errors
    ///
    /// The first error of the server.
    pub async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        self.messages().rows(sql).await.map_err(|error| self.error(error))
    }

    /// What can cancel the session's running statement from anywhere else.
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// The notices since the last call, oldest first; at most 10,000 are kept. With a callback there are none.
    pub fn take_notices(&self) -> Vec<Notice> {
        self.mailbox.take_notices()
    }

    /// Hands each notice to `callback` when it comes; `None` keeps them for [`Session::take_notices`] again.
    pub fn on_notice(&self, callback: Option<NoticeCallback>) {
        self.mailbox.set_callback(callback);
    }

    /// Turns an error of the driver into ours, with the cause of a lost connection where the server told one.
    pub fn error(&self, error: tokio_postgres::Error) -> DatabaseError {
        if is_unexpected_message(&error) {
            // The server waits for the data of a COPY that will not come. Only the end of the session frees it.
            self.driver.abort();
            let error = DatabaseError::given_up(COPY);
            self.mailbox.end(error.clone());
            return error;
        }
        match DatabaseError::from(error) {
            // What the server said in answer tells more than how the connection ended after it.
            lost if lost.is_connection_lost() && lost.sqlstate().is_none() => {
                self.mailbox.why_ended().unwrap_or(lost)
            }
            error => error,
        }
    }

    /// Says goodbye and waits until the connection is closed.
    pub async fn close(self) {
        let Self { client, driver, .. } = self;
        drop(client);
        // The task ends by itself; a panic in a notice callback is all that could come out of it.
        let _ = driver.await;
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Session")
            .field("backend_pid", &self.backend_pid())
            .field("pooling", &self.pooling)
            .field("server_version", &self.server_version)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// The driver keeps the kind of its errors to itself; this is the one text of it that is looked at.
fn is_unexpected_message(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_none() && error.to_string() == "unexpected message from server"
}

/// Moves messages between the socket and the client, and notices into the mailbox, until the connection ends.
async fn drive(mut connection: Connection<Wire, Wire>, mailbox: Arc<Mailbox>) {
    loop {
        match poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notice(notice))) => mailbox.notice(Notice::from(&notice)),
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                mailbox.end(DatabaseError::from(error));
                return;
            }
            None => return,
        }
    }
}

/// `server_version_num` of what `server_version` begins with (`15.18`, `18beta1`); zero for anything else.
fn version_number(version: &str) -> u32 {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let major = digits(version);
    let minor = version
        .strip_prefix(major.as_str())
        .and_then(|rest| rest.strip_prefix('.'))
        .map(digits);
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number < 10_000);
    number(&major).unwrap_or(0) * 10_000 + minor.and_then(|minor| number(&minor)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::version_number;

    #[test]
    fn versions_are_numbers() {
        assert_eq!(version_number("15.18 (Debian 15.18-0+deb12u1)"), 150_018);
        assert_eq!(version_number("18.6"), 180_006);
        assert_eq!(version_number("18beta1"), 180_000);
        assert_eq!(version_number(""), 0);
        assert_eq!(version_number("unknown"), 0);
    }
}
