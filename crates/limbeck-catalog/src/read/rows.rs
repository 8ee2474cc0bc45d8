//! Rows of a query, read as they arrive, and their fields in the order of the query's columns.

use std::pin::Pin;

use futures_util::TryStreamExt;
use tokio_postgres::types::{FromSqlOwned, ToSql, Type};
use tokio_postgres::{Client, Row, RowStream};

use super::ReadError;

/// The rows of one query.
pub(super) struct Rows {
    what: &'static str,
    stream: Option<Pin<Box<RowStream>>>,
}

impl Rows {
    /// No rows.
    pub(super) fn none(what: &'static str) -> Self {
        Self { what, stream: None }
    }

    /// What is read.
    pub(super) fn what(&self) -> &'static str {
        self.what
    }

    /// Sends a query with typed parameters, without a prepared statement that a pooler might lose.
    pub(super) async fn start(
        client: &Client,
        what: &'static str,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Self, ReadError> {
        let stream = client
            .query_typed_raw(sql, parameters.iter().map(|(value, kind)| (*value, kind.clone())))
            .await
            .map_err(|error| ReadError::query(what, error))?;
        Ok(Self {
            what,
            stream: Some(Box::pin(stream)),
        })
    }

    /// The next row.
    pub(super) async fn next(&mut self) -> Result<Option<Fields>, ReadError> {
        let Some(stream) = &mut self.stream else {
            return Ok(None);
        };
        let row = stream
            .try_next()
            .await
            .map_err(|error| ReadError::query(self.what, error))?;
        Ok(row.map(|row| Fields {
            what: self.what,
            row,
            at: 0,
        }))
    }
}

/// The fields of a row, taken one after the other.
pub(super) struct Fields {
    what: &'static str,
    row: Row,
    at: usize,
}

impl Fields {
    /// The next field.
    pub(super) fn take<T: FromSqlOwned>(&mut self) -> Result<T, ReadError> {
        let value = self
            .row
            .try_get(self.at)
            .map_err(|error| ReadError::query(self.what, error))?;
        self.at += 1;
        Ok(value)
    }

    /// The next field, of PostgreSQL's one-byte type `"char"`. Empty is `'\0'`.
    pub(super) fn take_char(&mut self) -> Result<char, ReadError> {
        Ok(char::from(self.take::<i8>()?.cast_unsigned()))
    }
}
