//! Taking one's own lease again, after the connection was lost that had it.

use std::time::Instant;

use limbeck_postgres::{Backoff, DatabaseError};

use super::take_over::{Claim, TERMINATION_MS, TakeOver};
use super::{LAST_STEP, POLL, prolong, taking};
use crate::error::{ErrorKind, Interruption, MigrateError};
use crate::event::{Event, Events};
use crate::interrupt::Interrupt;
use crate::line::Line;
use crate::options::RunOptions;
use crate::position::Holder;
use crate::sql::interval;
use crate::tables::Tables;

/// Raises the token of the lease that was taken with this one, and gives the new one; `None` where another runner has
/// the lease by now. Afterwards nothing can come of the lost connection any more: a transaction of it that still ran
/// has ended, and so has its server process. What the journal says from then on stands.
pub(crate) async fn retake(
    session: &Line<'_>,
    tables: &Tables,
    options: &RunOptions,
    token: i64,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Option<i64>, MigrateError> {
    let condition = format!("token = {token}");
    let claim = Claim {
        token,
        condition: &condition,
        why: "the connection to it was lost",
        event: None,
    };
    let began = Instant::now();
    let mut backoff = Backoff::new(POLL.0, POLL.1);
    let mut is_told = false;
    loop {
        let Some(former) = Former::look(session, tables, token).await.map_err(taking)? else {
            return Ok(None);
        };
        let reason = match claim.make(session, tables, options).await? {
            TakeOver::Taken(taken) => return Ok(Some(taken.token)),
            TakeOver::Lost => return Ok(None),
            TakeOver::Refused(reason) => reason,
        };
        // What still runs is on its way to its end, as it would be with its connection.
        if !former.runs && began.elapsed() >= options.wait {
            return Err(ErrorKind::Busy {
                holder: former.holder,
                reason: Some(reason),
            }
            .into());
        }
        if !is_told {
            events(Event::Waiting {
                holder: former.holder,
            });
            is_told = true;
        }
        // Nobody else beats for it now.
        session
            .execute(&prolong(tables, &condition, &interval(options.lease)))
            .await
            .map_err(taking)?;
        tokio::select! {
            () = tokio::time::sleep(backoff.pause()) => {}
            () = interrupt.interrupted() => return Err(ErrorKind::Interrupted(Interruption::Early).into()),
        }
    }
}

/// The session that was lost, as the server still has it.
struct Former {
    /// What the lease says of it; `None` where it was given back.
    holder: Option<Holder>,
    /// Whether it visibly runs a statement.
    runs: bool,
}

impl Former {
    /// Looks at it, and ends it where it only waits for its client, which will never speak again. `None` where the lease
    /// has another token.
    async fn look(session: &Line<'_>, tables: &Tables, token: i64) -> Result<Option<Self>, DatabaseError> {
        let waits = "(a.state <> 'active' OR a.wait_event_type = 'Client')";
        let query = format!(
            "SELECT owner, lease.pid, {last_step},
  CASE WHEN {waits} THEN pg_catalog.pg_terminate_backend(a.pid, {TERMINATION_MS}) END,
  a.state IS NOT NULL AND NOT {waits}
FROM {lease} AS lease
LEFT JOIN pg_catalog.pg_stat_activity AS a
  ON a.pid = lease.pid AND a.backend_start = lease.backend_start AND a.pid <> pg_catalog.pg_backend_pid()
WHERE scope = {scope} AND token = {token}",
            last_step = LAST_STEP.replace("{step}", &tables.name("step")),
            lease = tables.name("lease"),
            scope = tables.scope(),
        );
        let Some(row) = session.query_text(&query).await?.into_iter().next() else {
            return Ok(None);
        };
        let mut columns = row.into_iter();
        let mut next = || columns.next().flatten();
        let (owner, pid, last_step, _, runs) = (next(), next(), next(), next(), next());
        Ok(Some(Self {
            holder: owner.map(|owner| Holder {
                token,
                owner,
                pid: pid.and_then(|pid| pid.parse().ok()),
                last_step,
            }),
            runs: runs.as_deref() == Some("t"),
        }))
    }
}
