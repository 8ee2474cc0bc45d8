//! Statements about databases and roles, each on a connection of its own.
//!
//! A connection over a socket takes 3 ms; one that was kept would belong to the runtime it was opened in, and
//! a scratch server may outlive that.

use std::time::Duration;

use limbeck_postgres::{Pins, Session, SessionOptions, Settings, connect, sqlstate};

use crate::error::ServerError;

/// The maintenance database of a server.
#[derive(Debug)]
pub(super) struct Administration(Settings);

impl Administration {
    pub(super) fn new(settings: Settings) -> Self {
        Self(settings)
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0
    }

    pub(super) async fn connect(&self) -> Result<Session, ServerError> {
        let options = SessionOptions {
            application_name: "limbeck scratch".to_owned(),
            pins: Pins::Reading,
            connect_timeout: Duration::from_secs(30),
            pooling: None,
        };
        Ok(connect(&self.0, &options).await?)
    }

    pub(super) async fn execute(&self, statement: &str) -> Result<(), ServerError> {
        Ok(self.connect().await?.execute(statement).await?)
    }

    pub(super) async fn drop_database(&self, name: &str) -> Result<(), ServerError> {
        self.execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name)))
            .await
    }
}

/// Runs statements unless a query finds what they make. Returns whether they made it.
pub(super) async fn ensure(session: &Session, exists: &str, make: &[&str]) -> Result<bool, ServerError> {
    if !session.query_text(exists).await?.is_empty() {
        return Ok(false);
    }
    for statement in make {
        match session.execute(statement).await {
            Ok(()) => {}
            // Another session was faster.
            Err(error) if error.is(sqlstate::DUPLICATE_OBJECT) || error.is(sqlstate::UNIQUE_VIOLATION) => {
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// A name as an identifier.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a literal; right because sessions are pinned to `standard_conforming_strings`.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
