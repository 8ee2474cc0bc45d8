//! Taking the lease from a holder that is no more.

use limbeck_postgres::DatabaseError;
use limbeck_sql::quote_literal;

use super::{Taken, may_be_holder, run_take, taking, try_lock, value};
use crate::error::MigrateError;
use crate::journal::{Clock, EventRow, Journal, Token};
use crate::line::Line;
use crate::options::RunOptions;
use crate::position::Holder;
use crate::tables::Tables;

/// How long to wait for a server process to end.
pub(super) const TERMINATION_MS: u32 = 5_000;

/// How a take-over ended.
pub(super) enum TakeOver {
    Taken(Taken),
    /// Another one was faster.
    Lost,
    /// The former holder may still do something, for this reason.
    Refused(String),
}

/// Takes a lease from a holder that is no more. Raising the token waits for a transaction of its that still runs,
/// because that holds the row; what it runs outside a transaction is ended.
pub(super) async fn take_over(
    session: &Line<'_>,
    tables: &Tables,
    options: &RunOptions,
    holder: &Holder,
) -> Result<TakeOver, MigrateError> {
    let lease = tables.name("lease");
    let is_abandoned = format!(
        "token = {} AND (expires_at < pg_catalog.clock_timestamp() OR pid IS NOT NULL AND NOT EXISTS
    (SELECT FROM pg_catalog.pg_stat_get_activity(pid) AS a
      WHERE {}))",
        holder.token,
        may_be_holder(&lease)
    );
    let claim = Claim {
        token: holder.token,
        condition: &is_abandoned,
        why: "its lease has run out",
        event: Some(holder),
    };
    claim.make(session, tables, options).await
}

/// A lease that is to be taken although it is somebody's.
pub(super) struct Claim<'a> {
    /// The token that it has.
    pub(super) token: i64,
    /// What must hold of its row, as SQL.
    pub(super) condition: &'a str,
    /// Why it may be taken, as what is refused begins.
    pub(super) why: &'a str,
    /// Whom the journal tells of as the one it was taken from.
    pub(super) event: Option<&'a Holder>,
}

impl Claim<'_> {
    /// Takes it, where nothing can come of its former holder any more.
    pub(super) async fn make(
        &self,
        session: &Line<'_>,
        tables: &Tables,
        options: &RunOptions,
    ) -> Result<TakeOver, MigrateError> {
        let (lease, scope, why) = (tables.name("lease"), tables.scope(), self.why);
        // Read before the row is changed: afterwards it names our own process.
        let former = format!(
            "SELECT pid, backend_start::text FROM {lease} WHERE scope = {scope} AND token = {}",
            self.token
        );
        let Some(former) = session
            .query_text(&former)
            .await
            .map_err(taking)?
            .into_iter()
            .next()
        else {
            return Ok(TakeOver::Lost);
        };
        let undo = if session.is_shared() {
            // The locks that the server process has are not ours to give back.
            "ROLLBACK"
        } else {
            // The advisory lock is the session's: a rollback does not give it back.
            "ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()"
        };
        session
            .execute("BEGIN; SET LOCAL lock_timeout = '2s'")
            .await
            .map_err(taking)?;
        match self.raise(session, tables, options, &former).await {
            Ok(TakeOver::Taken(taken)) => {
                let journal = Journal {
                    tables,
                    options,
                    token: Token::Known(taken.token),
                    clock: Clock::Transaction,
                    has_own_process: session.has_own_process(),
                };
                let event = self.event.map_or_else(String::new, |holder| {
                    journal.event(&EventRow {
                        kind: "takeover",
                        outcome: "done",
                        detail: serde_json::to_value(holder).ok(),
                        ..EventRow::default()
                    })
                });
                session
                    .execute(&format!("{event};\nCOMMIT"))
                    .await
                    .map_err(taking)?;
                Ok(TakeOver::Taken(taken))
            }
            Ok(other) => {
                session.execute(undo).await.map_err(taking)?;
                Ok(other)
            }
            Err(error) => {
                if error.is_connection_lost() {
                    return Err(taking(error));
                }
                session.execute(undo).await.map_err(taking)?;
                match error.sqlstate() {
                    // lock_not_available: a transaction of the former holder still runs, and holds the row.
                    Some("55P03") => Ok(TakeOver::Refused(format!(
                        "{why}, but a step of it still runs in the server and is waited for"
                    ))),
                    // insufficient_privilege.
                    Some("42501") => Ok(TakeOver::Refused(format!(
                        "{why}, but the current role may not end its server process{}",
                        pid_of(&former).map_or_else(String::new, |pid| format!(" {pid}"))
                    ))),
                    _ => Err(taking(error)),
                }
            }
        }
    }

    /// Raises the token, and ends what the former holder may still run outside a transaction.
    async fn raise(
        &self,
        session: &Line<'_>,
        tables: &Tables,
        options: &RunOptions,
        former: &[Option<String>],
    ) -> Result<TakeOver, DatabaseError> {
        let Some(mut taken) = run_take(session, tables, options, self.condition, "").await? else {
            return Ok(TakeOver::Lost);
        };
        if let [Some(pid), Some(backend_start)] = former {
            let terminate = format!(
                "SELECT pg_catalog.pg_terminate_backend(a.pid, {TERMINATION_MS})
FROM pg_catalog.pg_stat_get_activity({pid}) AS a
WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.backend_start = {}",
                quote_literal(backend_start)
            );
            if value(session, &terminate).await?.as_deref() == Some("f") {
                return Ok(TakeOver::Refused(format!(
                    "{}, but its server process {pid} does not end",
                    self.why
                )));
            }
        }
        if !taken.is_locked {
            // The former holder had it until now.
            let lock = format!("SELECT {}", try_lock(session, tables));
            taken.is_locked = value(session, &lock).await?.as_deref() == Some("t");
        }
        if !taken.is_locked {
            // Whoever has it may be the holder after all: its token must stay as it is.
            return Ok(TakeOver::Refused(
            "its lease may be taken, but a session still holds the advisory lock that goes with it; find it by `SELECT \
             pid FROM pg_locks WHERE locktype = 'advisory'`"
                .to_owned(),
        ));
        }
        Ok(TakeOver::Taken(taken))
    }
}

/// The process that a lease's row names.
fn pid_of(former: &[Option<String>]) -> Option<&str> {
    former.first().and_then(Option::as_deref)
}
