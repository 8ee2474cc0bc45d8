//! Messages of the simple protocol over a client of the driver, whoever's it is.

use std::borrow::Cow;
use std::pin::pin;

use futures_util::StreamExt as _;
use tokio_postgres::{Client, Error, SimpleQueryMessage};

/// Messages of the simple protocol over a client of the driver: [`Session`](super::Session)'s own, or one that an
/// application has made for itself.
///
/// Errors are the driver's; [`DatabaseError`](crate::DatabaseError) is made of them by `From`.
#[derive(Clone, Copy)]
pub struct Messages<'c> {
    client: &'c Client,
    /// A command that goes before what is sent, and its row with it.
    first: Option<&'c str>,
}

impl<'c> Messages<'c> {
    /// Messages over this client.
    pub fn of(client: &'c Client) -> Self {
        Self { client, first: None }
    }

    /// The same, each after a command that pins the settings of its transaction.
    pub(super) fn after(self, first: Option<&'c str>) -> Self {
        Self { first, ..self }
    }

    /// What is sent for a message, and after how many of its commands the one of ours stands. What ends a transaction
    /// goes first: in one that has failed, nothing else would run.
    fn with_first<'m>(&self, sql: &'m str) -> (Cow<'m, str>, Option<usize>) {
        let Some(first) = self.first else {
            return (Cow::Borrowed(sql), None);
        };
        let word = sql.trim_start();
        if !word.starts_with("ROLLBACK") && !word.starts_with("COMMIT") {
            return (Cow::Owned(format!("{first};\n{sql}")), Some(0));
        }
        match sql.split_once(';') {
            Some((end, rest)) if !rest.trim().is_empty() => {
                (Cow::Owned(format!("{end};\n{first};\n{rest}")), Some(1))
            }
            _ => (Cow::Borrowed(sql), None),
        }
    }

    /// Sends one message of any number of commands and waits for its end.
    ///
    /// # Errors
    ///
    /// The first error of the server; what followed it in the message was not run.
    pub async fn execute(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(&self.with_first(sql).0).await
    }

    /// Sends one message of any number of commands as it stands, and tells how many finished.
    ///
    /// # Errors
    ///
    /// The first error of the server, and how many commands had finished before it.
    pub async fn run(&self, sql: &str) -> Result<usize, (Error, usize)> {
        let mut finished = 0;
        let stream = self.client.simple_query_raw(sql).await;
        let mut stream = pin!(stream.map_err(|error| (error, 0))?);
        while let Some(message) = stream.next().await {
            match message {
                Ok(SimpleQueryMessage::CommandComplete(_)) => finished += 1,
                Ok(_) => {}
                Err(error) => return Err((error, finished)),
            }
        }
        Ok(finished)
    }

    /// Sends one message and gives the rows of all its results, in order, as the server prints their values.
    ///
    /// # Errors
    ///
    /// The first error of the server, or a value that is not UTF-8.
    pub async fn rows(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        let (rows, end) = self.rows_before_end(sql).await;
        end.map(|()| rows)
    }

    /// Sends one message and gives the rows of its results up to its end, and how it ended: before an error there may
    /// have been rows.
    pub async fn rows_before_end(&self, sql: &str) -> (Vec<Vec<Option<String>>>, Result<(), Error>) {
        let mut rows = Vec::new();
        let mut finished = 0;
        let (sql, ours) = self.with_first(sql);
        let stream = match self.client.simple_query_raw(&sql).await {
            Ok(stream) => stream,
            Err(error) => return (rows, Err(error)),
        };
        let mut stream = pin!(stream);
        while let Some(message) = stream.next().await {
            match message {
                Ok(SimpleQueryMessage::Row(row)) if ours != Some(finished) => {
                    let values = (0..row.len()).map(|column| Ok(row.try_get(column)?.map(str::to_owned)));
                    match values.collect::<Result<_, Error>>() {
                        Ok(values) => rows.push(values),
                        Err(error) => return (rows, Err(error)),
                    }
                }
                Ok(SimpleQueryMessage::CommandComplete(_)) => finished += 1,
                Ok(_) => {}
                Err(error) => return (rows, Err(error)),
            }
        }
        (rows, Ok(()))
    }
}

impl std::fmt::Debug for Messages<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Messages").finish_non_exhaustive()
    }
}
