//! What a step has left behind in its session: found and named before the next step runs, which does not see it.

use limbeck_history::RevisionId;
use limbeck_postgres::{Notice, Pins};
use limbeck_sql::quote_literal;
use serde::Deserialize;

use crate::event::Event;
use crate::journal::sqlstate;
use crate::sql::{block, list};
use crate::tables::Tables;

/// What undoes what is no setting. The advisory locks are released one by one, since one of them is ours.
pub(crate) const FORGET: [&str; 5] = [
    "CLOSE ALL",
    "DEALLOCATE ALL",
    "UNLISTEN *",
    "DISCARD SEQUENCES",
    "DISCARD TEMP",
];

/// What a notice of [`audit`] holds, as JSON.
#[derive(Debug, Deserialize)]
struct Found {
    revision: RevisionId,
    step: String,
    changed: Vec<String>,
}

/// A statement that finds what a step has left in its session, and tells it by a notice. Advisory locks of the step are
/// released, and that of the run is taken again where the step has released it; with `is_one_transaction` these may be
/// the transaction's, and stay.
pub(crate) fn audit(
    tables: &Tables,
    pins: &Pins,
    major: u32,
    (revision, step): (&RevisionId, &str),
    is_one_transaction: bool,
) -> String {
    let pinned: Vec<String> = pins
        .settings(major)
        .into_iter()
        .map(|(name, value)| format!("({}, {})", quote_literal(name), quote_literal(&value)))
        .collect();
    // `SET` quotes the names of a list, the empty one too. Each step has timeouts of its own, and one outside a transaction has them for the session.
    let own = list(["lock_timeout", "statement_timeout"]);
    let foreign = if is_one_transaction {
        String::new()
    } else {
        format!(
            "
  FOR held IN SELECT classid, objid, objsubid, mode, {key} AS key FROM pg_catalog.pg_locks
    WHERE {ours} AND NOT (objsubid = 1 AND {key} = own)
  LOOP
    changed := changed || 'advisory locks'::pg_catalog.text;
    WHILE CASE
      WHEN held.objsubid = 1 AND held.mode = 'ExclusiveLock' THEN pg_catalog.pg_advisory_unlock(held.key)
      WHEN held.objsubid = 1 THEN pg_catalog.pg_advisory_unlock_shared(held.key)
      WHEN held.mode = 'ExclusiveLock' THEN pg_catalog.pg_advisory_unlock(held.classid::bigint::bit(32)::integer, held.objid::bigint::bit(32)::integer)
      ELSE pg_catalog.pg_advisory_unlock_shared(held.classid::bigint::bit(32)::integer, held.objid::bigint::bit(32)::integer)
    END AND EXISTS (SELECT FROM pg_catalog.pg_locks WHERE {ours} AND mode = held.mode
      AND (classid, objid, objsubid) = (held.classid, held.objid, held.objsubid))
    LOOP
    END LOOP;
  END LOOP;",
            key = LOCK_KEY,
            ours = OUR_LOCKS,
        )
    };
    let body = format!(
        "DECLARE
  own bigint := {key};
  held record;
  changed text[] := ARRAY(SELECT name FROM pg_catalog.pg_settings AS s
    WHERE source = 'session' AND name !~ '^(limbeck[.]|transaction_)' AND name NOT IN {own}
      AND NOT EXISTS (SELECT FROM (VALUES {pinned}) AS pinned (name, setting)
        WHERE pinned.name = s.name AND s.setting IN (pinned.setting, pg_catalog.quote_ident(pinned.setting)))
    ORDER BY name);
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema()) THEN
    changed := changed || 'temporary tables'::pg_catalog.text;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_prepared_statements) THEN
    changed := changed || 'prepared statements'::pg_catalog.text;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable) THEN
    changed := changed || 'cursors'::pg_catalog.text;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_listening_channels()) THEN
    changed := changed || 'LISTEN'::pg_catalog.text;
  END IF;{foreign}
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE {ours} AND objsubid = 1 AND {lock_key} = own) THEN
    PERFORM pg_catalog.pg_try_advisory_lock(own);
    changed := changed || 'the advisory lock of the run'::pg_catalog.text;
  END IF;
  IF changed <> ARRAY[]::text[] THEN
    PERFORM pg_catalog.set_config('client_min_messages', 'notice', true);
    RAISE NOTICE USING ERRCODE = '{code}', MESSAGE = 'the step changed its session',
      DETAIL = pg_catalog.jsonb_build_object('revision', {revision}::text, 'step', {step}::text, 'changed',
        ARRAY(SELECT DISTINCT c FROM pg_catalog.unnest(changed) AS c ORDER BY c));
  END IF;
END",
        key = tables.advisory_key(),
        pinned = pinned.join(", "),
        ours = OUR_LOCKS,
        lock_key = LOCK_KEY,
        code = sqlstate::SESSION_CHANGED,
        revision = quote_literal(revision.as_str()),
        step = quote_literal(step),
    );
    format!("DO {}", block(&body))
}

/// The advisory locks of the session, as a condition on `pg_locks`.
const OUR_LOCKS: &str = "locktype = 'advisory' AND granted AND pid = pg_catalog.pg_backend_pid()";
/// The key of an advisory lock that has one number, as an expression on `pg_locks`.
const LOCK_KEY: &str = "((classid::bigint << 32) | objid::bigint)";

/// The event that a notice of [`audit`] is; `None` for any other.
pub(crate) fn event_of(notice: &Notice) -> Option<Event> {
    if notice.sqlstate != sqlstate::SESSION_CHANGED {
        return None;
    }
    let found: Found = serde_json::from_str(notice.detail.as_deref()?).ok()?;
    Some(Event::SessionChanged {
        revision: found.revision,
        step: found.step,
        changed: found.changed,
    })
}
