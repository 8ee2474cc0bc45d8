//! Runs on a connection of the application: one transaction, its own or the caller's, and the session as it was.
//!
//! Whether a transaction is open is asked by making a savepoint: outside of one that is an error (25P01) and changes
//! nothing, and inside it is what a run that fails goes back to. The lease is taken in the same transaction. Others wait
//! for it at the lease's row, for a little while at a time, and at an advisory lock that ends with the transaction.

use std::time::{Duration, Instant};

use limbeck_history::{Direction, History};
use limbeck_postgres::tokio_postgres::Client;
use limbeck_postgres::{DatabaseError, Pins, sqlstate};
use limbeck_sql::{quote_literal, statements};

use crate::error::{ErrorKind, MigrateError};
use crate::event::Events;
use crate::interrupt::Interrupt;
use crate::lease::{acquire_in_transaction, busy, lock_in_transaction, value};
use crate::line::Line;
use crate::options::RunOptions;
use crate::pooled::note_settings;
use crate::position::Position;
use crate::report::Report;
use crate::route::check_one_transaction;
use crate::run::{Commits, Context, Leased, Upkeep, heads_after};
use crate::stamp::{Stamp, StampReport, prepare, recording};
use crate::state::State;
use crate::tables::Tables;
use crate::upgrade::{Destination, Request};

/// The savepoint that a run in the caller's transaction goes back to.
const SAVEPOINT: &str = "limbeck_run";
/// The setting that holds the session's settings as they were found.
const FOUND: &str = "limbeck.found";
/// The pause between two looks at a lease that another runner holds.
const POLL: Duration = Duration::from_millis(250);

/// A connection of the application, to be migrated on.
pub(crate) struct Connection<'a> {
    context: Context<'a>,
}

/// What a run on a connection is for.
enum Task<'a> {
    Run(Request<'a>),
    Stamp(&'a History, &'a Stamp),
}

enum Done {
    Run(Report),
    Stamp(StampReport),
}

/// The transaction of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The run has begun it.
    Own,
    /// The caller has; the run is within a savepoint.
    Callers,
}

impl<'a> Connection<'a> {
    /// Looks which server it is.
    pub(crate) async fn new(
        client: &'a Client,
        options: &'a RunOptions,
        interrupt: &'a Interrupt,
        events: Events<'a>,
    ) -> Result<Self, MigrateError> {
        let asked = Line::Client { client, major: 0 };
        let number = value(&asked, "SHOW server_version_num")
            .await
            .map_err(failed_or_asking)?;
        let number: u32 = number.and_then(|number| number.parse().ok()).unwrap_or_default();
        Ok(Self {
            context: Context {
                session: Line::Client {
                    client,
                    major: number / 10_000,
                },
                tables: Tables::new(&options.version_schema, &options.scope),
                options,
                interrupt,
                events,
            },
        })
    }

    pub(crate) async fn state(&self) -> Result<State, MigrateError> {
        // A standby takes nothing else.
        let scope = self.open("READ ONLY").await?;
        let state = crate::state::read_in_transaction(&self.context.session, &self.context.tables).await;
        // Nothing was changed, and a query that failed is undone.
        let closed = self.undo(scope).await;
        let state = state?;
        closed?;
        Ok(state)
    }

    pub(crate) async fn run(
        &self,
        history: &History,
        target: &str,
        direction: Direction,
    ) -> Result<Report, MigrateError> {
        let request = Request {
            history,
            destination: Destination::Named(target),
            direction,
        };
        match self.patiently(&Task::Run(request)).await? {
            Done::Run(report) => Ok(report),
            Done::Stamp(_) => Err(ErrorKind::Graph("a run that came to a stamp".to_owned()).into()),
        }
    }

    pub(crate) async fn stamp(&self, history: &History, stamp: &Stamp) -> Result<StampReport, MigrateError> {
        match self.patiently(&Task::Stamp(history, stamp)).await? {
            Done::Stamp(report) => Ok(report),
            Done::Run(_) => Err(ErrorKind::Graph("a stamp that came to a run".to_owned()).into()),
        }
    }

    /// Tries again while another runner is at work, with nothing left behind in between.
    async fn patiently(&self, task: &Task<'_>) -> Result<Done, MigrateError> {
        let began = Instant::now();
        loop {
            let scope = self.open("READ WRITE").await?;
            let error = match self.within(scope, task, began).await {
                Ok(done) => {
                    self.keep(scope).await?;
                    return Ok(done);
                }
                Err(error) => error,
            };
            // The first error is the one to tell.
            let _ = self.undo(scope).await;
            let is_busy = matches!(error.kind(), ErrorKind::Busy { .. });
            if !is_busy
                || began.elapsed() >= self.context.options.wait
                || self.context.interrupt.is_interrupted()
            {
                return Err(error);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn within(&self, scope: Scope, task: &Task<'_>, began: Instant) -> Result<Done, MigrateError> {
        let Context {
            session,
            tables,
            options,
            ..
        } = &self.context;
        let upkeep = self.take_over(scope).await?;
        let position = Position::read_in_transaction(session, tables).await?;
        if let Task::Run(request) = task {
            let legs = request.way(&self.context, &position, &|_| ()).await?.legs;
            check_one_transaction(&legs, scope == Scope::Callers)?;
            if legs.is_empty() {
                self.hand_back(scope, &upkeep).await?;
                return Ok(Done::Run(Report {
                    from: position.heads.clone(),
                    to: position.heads,
                    committed: Vec::new(),
                    waited: Duration::ZERO,
                }));
            }
        }
        if !position.exists {
            // Of two makers, the second would wait for the end of the first's transaction, and fail then.
            if !lock_in_transaction(session, tables).await? {
                return Err(busy(None));
            }
            let made = session.execute(&tables.create()).await;
            made.map_err(|error| {
                // A runner by itself makes them without the lock; the next attempt finds them.
                if Tables::is_made_by_another(&error) {
                    return busy(None);
                }
                ErrorKind::Database {
                    doing: format!("making the tables of the schema `{}`", tables.schema()),
                    error,
                }
                .into()
            })?;
        }
        let token = acquire_in_transaction(session, tables, options).await?;
        let mut leased = Leased::new(&self.context, token, Commits::Caller, upkeep.clone());
        leased.waited = began.elapsed();
        let done = match task {
            Task::Run(request) => {
                // Another runner may have come first.
                let position = Position::read(session, tables).await?;
                let legs = request
                    .way(&self.context, &position, self.context.events)
                    .await?
                    .legs;
                check_one_transaction(&legs, scope == Scope::Callers)?;
                let (committed, waited) = leased.run(&legs, &position).await?;
                Done::Run(Report {
                    to: heads_after(&position.heads, &legs),
                    from: position.heads,
                    committed,
                    waited,
                })
            }
            Task::Stamp(history, stamp) => {
                let (mut report, statements) =
                    prepare(&self.context, &leased.journal(), history, stamp).await?;
                for statement in statements {
                    session.execute(&statement).await.map_err(recording)?;
                }
                (_, report.waited) = leased.end().await?;
                Done::Stamp(report)
            }
        };
        self.hand_back(scope, &upkeep).await?;
        Ok(done)
    }

    /// Begins a transaction with an access mode, or makes a savepoint in the one that is open.
    async fn open(&self, access: &str) -> Result<Scope, MigrateError> {
        let session = &self.context.session;
        match session.execute(&format!("SAVEPOINT {SAVEPOINT}")).await {
            Ok(()) => Ok(Scope::Callers),
            Err(error) if error.is(sqlstate::NO_ACTIVE_SQL_TRANSACTION) => {
                session
                    .execute(&format!("BEGIN ISOLATION LEVEL READ COMMITTED {access}"))
                    .await
                    .map_err(asking)?;
                Ok(Scope::Own)
            }
            Err(error) => Err(failed_or_asking(error)),
        }
    }

    async fn keep(&self, scope: Scope) -> Result<(), MigrateError> {
        let sql = match scope {
            Scope::Own => "COMMIT".to_owned(),
            Scope::Callers => format!("RELEASE SAVEPOINT {SAVEPOINT}"),
        };
        let kept = self.context.session.execute(&sql).await;
        kept.map_err(|error| {
            let doing = "committing the run".to_owned();
            MigrateError::from(ErrorKind::Database { doing, error }).of_one_transaction()
        })
    }

    async fn undo(&self, scope: Scope) -> Result<(), MigrateError> {
        let sql = match scope {
            Scope::Own => "ROLLBACK".to_owned(),
            Scope::Callers => format!("ROLLBACK TO SAVEPOINT {SAVEPOINT};\nRELEASE SAVEPOINT {SAVEPOINT}"),
        };
        self.context.session.execute(&sql).await.map_err(asking)
    }

    /// Notes the session's settings and its role, pins what a run pins, and tells how they come back.
    async fn take_over(&self, scope: Scope) -> Result<Upkeep, MigrateError> {
        let session = &self.context.session;
        session.execute(&note_settings(FOUND)).await.map_err(asking)?;
        let rows = session
            .query_text("SELECT session_user, pg_catalog.current_setting('role')")
            .await
            .map_err(asking)?;
        let mut columns = rows.into_iter().next().unwrap_or_default().into_iter().flatten();
        let is_local = scope == Scope::Callers;
        let mut role = Vec::new();
        for name in ["session_authorization", "role"] {
            if let Some(value) = columns.next() {
                // Nothing is written where nothing changed: setting the user of a session is a superuser's.
                let current = match name {
                    "role" => "pg_catalog.current_setting('role')",
                    _ => "session_user::pg_catalog.text",
                };
                let value = quote_literal(&value);
                role.push(format!(
                    "SELECT pg_catalog.set_config('{name}', {value}, {is_local}) WHERE {current} IS DISTINCT FROM {value}"
                ));
            }
        }
        let pins = Pins::Running {
            search_path: self.context.options.search_path.clone(),
        }
        .local_message(session.server_major());
        session.execute(&pins).await.map_err(asking)?;
        let mut restore = vec![restore_found(is_local)];
        restore.extend(
            statements(&pins)
                .into_iter()
                .map(|statement| statement.text.to_owned()),
        );
        restore.extend(role.iter().cloned());
        Ok(Upkeep {
            restore,
            role,
            is_callers: is_local,
            is_every_message: false,
        })
    }

    /// Leaves the session as it was found.
    async fn hand_back(&self, scope: Scope, upkeep: &Upkeep) -> Result<(), MigrateError> {
        let is_local = scope == Scope::Callers;
        let mut statements = vec![crate::step_message::constraints_as_defined()];
        statements.extend(upkeep.role.iter().cloned());
        statements.push(restore_found(is_local));
        self.context
            .session
            .execute(&statements.join(";\n"))
            .await
            .map_err(asking)
    }
}

fn failed_or_asking(error: DatabaseError) -> MigrateError {
    if error.is(sqlstate::IN_FAILED_SQL_TRANSACTION) {
        return ErrorKind::TransactionFailed.into();
    }
    asking(error)
}

/// Sets what is other than it was found as it was found: for the transaction where that is the caller's, so that what
/// the caller has set for it alone ends with it; else for the session.
fn restore_found(is_local: bool) -> String {
    format!(
        "SELECT pg_catalog.set_config(s.name, f.value, {is_local})
FROM pg_catalog.pg_settings AS s
JOIN pg_catalog.jsonb_each_text(pg_catalog.current_setting('{FOUND}')::pg_catalog.jsonb) AS f (name, value)
  ON f.name = s.name
WHERE s.setting IS DISTINCT FROM f.value"
    )
}

fn asking(error: DatabaseError) -> MigrateError {
    ErrorKind::Database {
        doing: "preparing the connection".to_owned(),
        error,
    }
    .into()
}
