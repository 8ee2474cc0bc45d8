//! What steps lock, as PostgreSQL itself shows it: they are run on a scratch database that is where the database is.

use std::collections::BTreeMap;

use limbeck_history::{StepSide, XArguments};
use limbeck_migrate::Pending;
use limbeck_postgres::{DatabaseError, Session};
use serde::Serialize;

use crate::recorded::Recorded;
use crate::workbench::Workbench;
use crate::{Error, Event, Events, Project, error};

/// A table that a step locks until it commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedLock {
    /// The table, as SQL.
    pub table: String,
    /// The strongest lock, in PostgreSQL's words: `AccessExclusiveLock`
    /// (<https://www.postgresql.org/docs/current/explicit-locking.html>).
    pub mode: String,
    /// Whether others can read the table meanwhile. None of these locks lets them write.
    pub blocks_reads: bool,
    /// Whether the table's rows are all written anew.
    pub rewrites: bool,
}

/// The locks that bar others from writing, the weakest first.
const STRONG: [&str; 4] = [
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
];

/// What each pending step locks of what is there before it, in the order of the steps; `None` where that cannot be
/// seen.
pub(crate) async fn of(
    project: &Project,
    recorded: &Recorded,
    pending: &[Pending],
    events: Events<'_>,
) -> Result<Vec<Option<Vec<PlannedLock>>>, Error> {
    let history = recorded.history(project).await?;
    let bench = Workbench::open(project, events).await?;
    error::same_major(recorded.session.server_version_num(), bench.server_version_num())?;
    events(Event::Phase("running the steps on a scratch database".to_owned()));
    let state = Box::pin(bench.replayed(project, &history.order_all())).await?;
    let owner = bench.owner_session(&state.database).await?;
    let superuser = bench.session(&state.database).await?;
    let mut locks = Vec::new();
    for pending in pending {
        for (_, side) in &pending.steps {
            let is_visible = side.options.transaction && side.options.rust.is_none();
            locks.push(match is_visible {
                true => seen(project, &owner, side).await?,
                false => None,
            });
            bench
                .run_step(project, &owner, &superuser, &pending.revision, side)
                .await?;
        }
    }
    Ok(locks)
}

/// A table before a step.
struct Before {
    name: String,
    /// The file that holds its rows: another one when they are written anew.
    file: String,
}

/// What a step locks, looked at in its transaction, which is rolled back.
async fn seen(
    project: &Project,
    session: &Session,
    side: &StepSide,
) -> Result<Option<Vec<PlannedLock>>, Error> {
    let before = tables(session).await.map_err(error::from_database)?;
    let result = try_out(session, side, &project.overrides().x, &before).await;
    session.execute("ROLLBACK").await.map_err(error::from_database)?;
    // A role may be missing on the scratch server, or the step be a superuser's. It runs in a moment anyway.
    Ok(result.ok())
}

async fn try_out(
    session: &Session,
    side: &StepSide,
    x: &XArguments,
    before: &BTreeMap<String, Before>,
) -> Result<Vec<PlannedLock>, DatabaseError> {
    limbeck_migrate::try_side(session, side, x).await?;
    let query = "SELECT relation, mode FROM pg_catalog.pg_locks
WHERE locktype = 'relation' AND granted AND pid = pg_catalog.pg_backend_pid()";
    let mut strongest: BTreeMap<String, usize> = BTreeMap::new();
    for row in session.query_text(query).await? {
        let mut columns = row.into_iter().flatten();
        let (Some(table), Some(mode)) = (columns.next(), columns.next()) else {
            continue;
        };
        if let Some(rank) = STRONG.iter().position(|strong| *strong == mode)
            && before.contains_key(&table)
        {
            let known = strongest.entry(table).or_default();
            *known = rank.max(*known);
        }
    }
    let after = tables(session).await?;
    let mut locks: Vec<PlannedLock> = strongest
        .into_iter()
        .filter_map(|(table, rank)| {
            let mode = STRONG.get(rank)?;
            let was = before.get(&table)?;
            Some(PlannedLock {
                table: was.name.clone(),
                mode: (*mode).to_owned(),
                blocks_reads: *mode == "AccessExclusiveLock",
                rewrites: after.get(&table).is_some_and(|is| is.file != was.file),
            })
        })
        .collect();
    locks.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(locks)
}

/// The tables and materialised views that people made, by their OIDs.
async fn tables(session: &Session) -> Result<BTreeMap<String, Before>, DatabaseError> {
    let query = "SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname), c.relfilenode
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
    let rows = session.query_text(query).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let mut columns = row.into_iter().flatten();
            Some((
                columns.next()?,
                Before {
                    name: columns.next()?,
                    file: columns.next()?,
                },
            ))
        })
        .collect())
}
