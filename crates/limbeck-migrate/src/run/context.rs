//! What a run works with, and how it takes the lease.

use std::time::Instant;

use limbeck_postgres::{DatabaseError, Patience, Settings};

use super::{Commits, Leased, Observer, Upkeep};
use crate::error::{ErrorKind, MigrateError};
use crate::event::{Event, Events};
use crate::heartbeat::Heartbeat;
use crate::hygiene::FORGET;
use crate::interrupt::Interrupt;
use crate::journal::{Clock, Journal, Token};
use crate::lease;
use crate::line::Line;
use crate::options::RunOptions;
use crate::pooled;
use crate::position::Position;
use crate::resume::TIMES;
use crate::step_message::{reset_role, restore};
use crate::tables::Tables;

/// What a run works with, from its first connection to its last message.
pub(crate) struct Context<'a> {
    pub(crate) session: Line<'a>,
    pub(crate) tables: Tables,
    pub(crate) options: &'a RunOptions,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) events: Events<'a>,
}

impl<'a> Context<'a> {
    /// Connects, and reads where the database is.
    pub(crate) async fn connect(
        settings: &Settings,
        options: &'a RunOptions,
        interrupt: &'a Interrupt,
        events: Events<'a>,
    ) -> Result<(Self, Position), MigrateError> {
        let patience = Patience::first(options.wait_for_server);
        let session = crate::session::open(settings, options, patience, interrupt, events).await?;
        if let Some(event) = Event::of_session(settings, &session) {
            events(event);
        }
        let mut context = Self {
            session: Line::Own(session),
            tables: Tables::new(&options.version_schema, &options.scope),
            options,
            interrupt,
            events,
        };
        // Nothing was run yet, so it can be read again by another connection.
        for _ in 1..TIMES {
            match Position::read(&context.session, &context.tables).await {
                Ok(position) => return Ok((context, position)),
                Err(error) => match error.kind().lost_connection() {
                    Some(lost) => {
                        events(Event::ConnectionLost {
                            reason: lost.message().to_owned(),
                            revision: None,
                            step: None,
                        });
                    }
                    None => return Err(error),
                },
            }
            context.connect_again(settings).await?;
        }
        let position = Position::read(&context.session, &context.tables).await?;
        Ok((context, position))
    }
}

impl Context<'_> {
    /// The same with a session of its own that was opened anew, after the former one was lost.
    pub(crate) async fn connect_again(&mut self, settings: &Settings) -> Result<(), MigrateError> {
        let patience = Patience::again(self.options.wait_for_server);
        self.session = Line::Own(
            crate::session::open(settings, self.options, patience, self.interrupt, self.events).await?,
        );
        Ok(())
    }

    pub(crate) fn journal(&self, token: i64) -> Journal<'_> {
        Journal {
            tables: &self.tables,
            options: self.options,
            token: Token::Known(token),
            clock: Clock::Transaction,
            has_own_process: self.session.has_own_process(),
        }
    }

    /// Makes the own tables where they are missing, and takes the lease.
    pub(crate) async fn begin(
        &self,
        settings: &Settings,
        exists: bool,
        commits: Commits,
    ) -> Result<Leased<'_>, MigrateError> {
        pooled::refuse(&self.session, settings, self.options)?;
        let began = Instant::now();
        let taken = if exists {
            None
        } else {
            let taken = lease::make_and_take(&self.session, &self.tables, self.options).await;
            taken.map_err(|error| self.making(error))?
        };
        let token = match taken {
            Some(token) => token,
            None => {
                lease::acquire(
                    &self.session,
                    &self.tables,
                    self.options,
                    self.interrupt,
                    self.events,
                )
                .await?
            }
        };
        let mut leased = self.lead(settings, token, commits);
        leased.waited = began.elapsed();
        Ok(leased)
    }

    /// The run that holds the lease by this token, and its heartbeat.
    pub(crate) fn lead(&self, settings: &Settings, token: i64, commits: Commits) -> Leased<'_> {
        let (search_path, major) = (&self.options.search_path, self.session.server_major());
        let upkeep = if self.session.is_shared() {
            pooled::upkeep(search_path, major)
        } else {
            let forgotten = FORGET.iter().map(|sql| (*sql).to_owned());
            Upkeep {
                restore: forgotten.chain(restore(search_path, major)).collect(),
                role: reset_role(),
                is_callers: false,
                is_every_message: false,
            }
        };
        let pooling = self.session.pooling().map(|pooling| pooling.kind);
        // Another host of the list may be another server.
        let settings = &self
            .session
            .host()
            .map_or_else(|| settings.clone(), |host| settings.with_host(host));
        let heartbeat = Heartbeat::start(settings, &self.tables, self.options, token, pooling);
        let mut leased = Leased::new(self, token, commits, upkeep);
        leased.heartbeat = Some(heartbeat);
        leased.observer = Some(Observer::new(settings, &self.options.application));
        leased
    }

    /// Makes the own tables where they are missing.
    pub(crate) async fn make_tables(&self) -> Result<(), MigrateError> {
        let result = self
            .session
            .execute(&format!("BEGIN;\n{};\nCOMMIT", self.tables.create()))
            .await;
        let Err(error) = result else { return Ok(()) };
        if !error.is_connection_lost() {
            // Ends the failed transaction; there is nothing to undo.
            self.session
                .execute("ROLLBACK")
                .await
                .map_err(|error| self.making(error))?;
        }
        // Another runner made them just now.
        if Tables::is_made_by_another(&error) {
            return Ok(());
        }
        Err(self.making(error))
    }

    fn making(&self, error: DatabaseError) -> MigrateError {
        ErrorKind::Database {
            doing: format!("making the tables of the schema `{}`", self.tables.schema()),
            error,
        }
        .into()
    }
}
