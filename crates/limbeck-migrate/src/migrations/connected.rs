//! Migrations on a connection of the application.

use limbeck_history::Direction;
use limbeck_postgres::tokio_postgres::Client;

use super::Migrations;
use crate::connection::Connection;
use crate::error::MigrateError;
use crate::event::Events;
use crate::pending::Pending;
use crate::report::Report;
use crate::stamp::{Stamp, StampReport};
use crate::state::State;

/// The revisions of an application and a connection of it; see [`Migrations::on`].
#[derive(Clone, Copy)]
pub struct Connected<'a> {
    migrations: &'a Migrations,
    client: &'a Client,
}

impl<'a> Connected<'a> {
    pub(super) fn new(migrations: &'a Migrations, client: &'a Client) -> Self {
        Self { migrations, client }
    }

    /// Moves the database up to the head.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](crate::upgrade()); a step cannot be part of one transaction; the caller's transaction has failed
    /// already. Nothing of the run is left.
    pub async fn upgrade(self) -> Result<Report, MigrateError> {
        self.upgrade_to("head").await
    }

    /// Moves the database up to a target.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](Self::upgrade).
    pub async fn upgrade_to(self, target: &str) -> Result<Report, MigrateError> {
        self.run(target, Direction::Up).await
    }

    /// Moves the database down to a target.
    ///
    /// # Errors
    ///
    /// As for [`downgrade`](crate::downgrade()) and for [`upgrade`](Self::upgrade).
    pub async fn downgrade_to(self, target: &str) -> Result<Report, MigrateError> {
        self.run(target, Direction::Down).await
    }

    async fn run(self, target: &str, direction: Direction) -> Result<Report, MigrateError> {
        let migrations = self.migrations;
        let events = migrations.teller();
        let connection = connect(migrations, self.client, &events).await?;
        connection.run(migrations.history()?, target, direction).await
    }

    /// Tells the database where it is without running anything.
    ///
    /// # Errors
    ///
    /// As for [`stamp`](crate::stamp()); the caller's transaction has failed already.
    pub async fn stamp(self, stamp: &Stamp) -> Result<StampReport, MigrateError> {
        let migrations = self.migrations;
        let events = migrations.teller();
        let connection = connect(migrations, self.client, &events).await?;
        connection.stamp(migrations.history()?, stamp).await
    }

    /// What the database says of itself.
    ///
    /// # Errors
    ///
    /// As for [`state`](crate::state()); the caller's transaction has failed already.
    pub async fn state(self) -> Result<State, MigrateError> {
        let migrations = self.migrations;
        let events = migrations.teller();
        let connection = connect(migrations, self.client, &events).await?;
        connection.state().await
    }

    /// What a run to a target would do.
    ///
    /// # Errors
    ///
    /// As for [`pending`](crate::pending()) and for [`state`](Self::state).
    pub async fn plan(self, direction: Direction, target: &str) -> Result<Vec<Pending>, MigrateError> {
        crate::pending(
            self.migrations.history()?,
            &self.state().await?,
            direction,
            target,
        )
    }

    /// Makes sure that the database has every revision of the application.
    ///
    /// # Errors
    ///
    /// As for [`Migrations::check`] and for [`state`](Self::state).
    pub async fn check(self) -> Result<(), MigrateError> {
        self.migrations.is_up_to_date(&self.state().await?)
    }
}

/// The connection, ready for a run.
async fn connect<'c>(
    migrations: &'c Migrations,
    client: &'c Client,
    events: Events<'c>,
) -> Result<Connection<'c>, MigrateError> {
    Connection::new(client, migrations.options(), migrations.interrupt(), events).await
}

impl std::fmt::Debug for Connected<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Connected")
            .field("migrations", self.migrations)
            .finish_non_exhaustive()
    }
}
