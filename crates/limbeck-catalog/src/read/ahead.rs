//! Queries that are sent ahead, so that a reading does not wait for each answer before it asks for the next.
//!
//! What is asked for depends on the server's version and the options alone, and on the schemas that are looked into. So
//! the reading is gone through once without any rows, which gathers its queries. Then some are always on their way, and
//! the reading takes their rows in the same order. Rows stay where they are until they are taken: the connection does
//! not read on meanwhile.

use std::pin::Pin;

use futures_util::{Stream, StreamExt, stream};
use tokio_postgres::Client;
use tokio_postgres::types::{Oid, Type};

use super::ReadError;
use super::rows::Rows;

/// How many queries are on their way at most.
const AHEAD: usize = 16;

/// A query whose only parameter, `$1`, is the OIDs of the schemas that are looked into.
pub(super) struct Query {
    what: &'static str,
    sql: String,
}

/// Where the rows of queries come from.
pub(super) enum Source<'a> {
    /// From nowhere: the queries are gathered.
    Gathered(Vec<Query>),
    /// From the server, in the order in which they were gathered.
    Sent(Pin<Box<dyn Stream<Item = Result<Rows, ReadError>> + Send + 'a>>),
}

impl<'a> Source<'a> {
    /// Sends what was gathered, some queries at a time.
    pub(super) fn send(client: &'a Client, queries: Vec<Query>, schemas: &[Oid]) -> Self {
        let schemas = schemas.to_vec();
        let rows = stream::iter(queries)
            .map(move |query| {
                let schemas = schemas.clone();
                async move {
                    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 1] =
                        [(&schemas, Type::OID_ARRAY)];
                    Rows::start(client, query.what, &query.sql, &parameters).await
                }
            })
            .buffered(AHEAD);
        Self::Sent(Box::pin(rows))
    }

    /// The rows of the next query.
    pub(super) async fn rows(&mut self, what: &'static str, sql: &str) -> Result<Rows, ReadError> {
        match self {
            Self::Gathered(queries) => {
                let sql = sql.to_owned();
                queries.push(Query { what, sql });
                Ok(Rows::none(what))
            }
            Self::Sent(sent) => match sent.next().await.transpose()? {
                Some(rows) if rows.what() == what => Ok(rows),
                _ => Err(ReadError::inconsistent("the order of queries", what)),
            },
        }
    }

    /// The queries that were gathered.
    pub(super) fn into_queries(self) -> Vec<Query> {
        match self {
            Self::Gathered(queries) => queries,
            Self::Sent(_) => Vec::new(),
        }
    }
}
