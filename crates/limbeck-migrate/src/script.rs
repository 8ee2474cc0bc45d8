//! `--sql`: the same run as a script for `psql`.
//!
//! The script makes the own tables where they are missing, checks where the database is, takes the lease, checks the
//! token in each step, writes the same rows, and gives the lease back. The token is kept in a variable of `psql` and
//! handed to each step as a setting of the session. Nothing prolongs its lease but its own steps; when `psql` dies, its
//! session is gone, and the next runner sees that.

use std::collections::BTreeSet;

use limbeck_history::{Direction, History, RevisionId, Step, StepSide};
use limbeck_postgres::Pins;
use limbeck_sql::statements;

use crate::error::{ErrorKind, MigrateError};
use crate::journal::sqlstate::{LEASE_HELD, WRONG_START};
use crate::journal::{Journal, Outcome, Token};
use crate::lease::{SCRIPT_LEASE, give_back, is_free, prolong, row, take};
use crate::message::Message;
use crate::options::RunOptions;
use crate::place::Place;
use crate::position::Position;
use crate::route::{self, Leg};
use crate::screen::may_change_session;
use crate::session::restore;
use crate::sql::{block, text_array};
use crate::step_message::{after_outside, before_outside, nonce_of, stepless, transactional};
use crate::tables::{FORMAT, Tables};

/// The oldest major version that is supported: its pins hold in every later one.
const OLDEST_MAJOR: u32 = 14;

/// Writes the run from one target to another as a script for `psql -v ON_ERROR_STOP=1 -f`.
///
/// Nothing is asked of a database: `from` says where it is, and the script checks that first. Applied, it leaves the
/// rows that the run itself would have left.
///
/// # Errors
///
/// A target is unknown; a step is the application's (`rust=`), has no way down, or holds what no step can.
pub fn script(
    history: &History,
    direction: Direction,
    from: &str,
    to: &str,
    options: &RunOptions,
) -> Result<String, MigrateError> {
    let (start, target) = history.script_ends(from, to)?;
    let heads = history.heads_of(&start);
    let position = Position {
        exists: !start.is_empty(),
        heads: heads.clone(),
        applied: start
            .iter()
            .filter_map(|id| Some((id.clone(), history.get(id)?.checksum.clone())))
            .collect(),
        ..Position::default()
    };
    let legs = match direction {
        Direction::Up => route::up(history, &position, &target)?,
        Direction::Down => route::down(history, &position, &target)?,
    };
    route::check(&legs)?;
    refuse_rust(&legs)?;
    let tables = Tables::new(&options.version_schema, &options.scope);
    let journal = Journal {
        tables: &tables,
        options,
        token: Token::Setting,
    };
    let mut script = Script {
        text: String::new(),
        journal: &journal,
        is_dirty: false,
    };
    script.header(direction, from, to, &legs);
    if start.is_empty() {
        script.statement(&tables.create());
    }
    script.take_lease(&heads);
    for leg in &legs {
        script.leg(leg);
    }
    script.comment("The lease is given back.");
    script.statement(&give_back(&tables, "token = :limbeck_token"));
    Ok(script.text)
}

/// What the application does cannot be written down.
fn refuse_rust(legs: &[Leg]) -> Result<(), MigrateError> {
    for leg in legs {
        for (step, side) in leg.sides() {
            if let Some(function) = &side.options.rust {
                return Err(ErrorKind::RustStep {
                    revision: leg.revision.id.clone(),
                    step: step.name.clone(),
                    function: function.clone(),
                    direction: leg.direction,
                    place: Place::of_side(&leg.revision, side),
                }
                .into());
            }
        }
    }
    Ok(())
}

struct Script<'a> {
    text: String,
    journal: &'a Journal<'a>,
    /// Whether an earlier step may have changed the session.
    is_dirty: bool,
}

impl Script<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn comment(&mut self, comment: &str) {
        self.text.push('\n');
        for line in comment.lines() {
            // A line of a message cannot end the comment.
            self.line(format!("-- {line}").trim_end());
        }
    }

    fn statement(&mut self, statement: &str) {
        self.line(&format!("{statement};"));
    }

    fn message(&mut self, message: &Message) {
        self.text.push_str(message.sql());
    }

    fn header(&mut self, direction: Direction, from: &str, to: &str, legs: &[Leg]) {
        let verb = match direction {
            Direction::Up => "Upgrade",
            Direction::Down => "Downgrade",
        };
        let count = if legs.len() == 1 {
            "1 revision".to_owned()
        } else {
            format!("{} revisions", legs.len())
        };
        self.line(&format!("-- {verb} from {from} to {to}: {count}."));
        self.line("-- Apply it with: psql -X -v ON_ERROR_STOP=1 -f FILE");
        self.line("\\set ON_ERROR_STOP on");
        self.line("\\set QUIET on");
        self.line("\\set AUTOCOMMIT on");
        // As in the run itself, what queries give is not shown.
        self.line("\\o /dev/null");
        let pins = Pins::Running {
            search_path: self.journal.options.search_path.clone(),
        }
        .message(OLDEST_MAJOR);
        for pin in statements(&pins) {
            self.statement(pin.text);
        }
    }

    /// Makes the lease's row, waits for nobody, and checks where the database is.
    fn take_lease(&mut self, heads: &BTreeSet<RevisionId>) {
        let tables = self.journal.tables;
        let (lease, head, step, revision) = (
            tables.name("lease"),
            tables.name("head"),
            tables.name("step"),
            tables.name("revision"),
        );
        let scope = tables.scope();
        let meta = tables.name("meta");
        let free = is_free(tables);
        self.comment("The lease is taken: no other runner may be at work.");
        self.statement(&row(tables));
        let check = format!(
            "DECLARE newest integer := (SELECT pg_catalog.max(format) FROM {meta});
BEGIN
  IF newest > {FORMAT} THEN
    RAISE EXCEPTION USING ERRCODE = '{WRONG_START}', MESSAGE = 'the tables are of a newer release',
      DETAIL = pg_catalog.format('Their format is %s, and the script knows up to {FORMAT}.', newest);
  END IF;
  IF NOT EXISTS (SELECT FROM {lease} WHERE scope = {scope} AND {free}) THEN
    RAISE EXCEPTION USING ERRCODE = '{LEASE_HELD}', MESSAGE = 'another runner is at work',
      DETAIL = (SELECT owner FROM {lease} WHERE scope = {scope});
  END IF;
END"
        );
        self.statement(&format!("DO {}", block(&check)));
        self.line(&take(
            tables,
            &format!("{} script", self.journal.options.owner()),
            SCRIPT_LEASE,
            &free,
        ));
        self.line("\\gset limbeck_");
        self.comment("The database is where the script starts from.");
        let expected = text_array(heads);
        let check = format!(
            "DECLARE found text[];
BEGIN
  SELECT coalesce(pg_catalog.array_agg(revision ORDER BY revision COLLATE \"C\"), ARRAY[]::text[]) INTO found
    FROM {head} WHERE scope = {scope};
  IF found IS DISTINCT FROM {expected} THEN
    RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'the database is not where this script starts from',
      DETAIL = pg_catalog.format('It is at %s, and the script starts from %s.', found, {expected});
  END IF;
  IF EXISTS (SELECT FROM {step} AS s WHERE scope = {scope} AND NOT (direction = 'up' AND state = 'done' AND EXISTS
    (SELECT FROM {revision} AS r WHERE r.scope = s.scope AND r.id = s.revision))) THEN
    RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = 'a revision is partly applied',
      HINT = 'Run `limbeck upgrade` or `limbeck downgrade` first.';
  END IF;
END",
            code = WRONG_START,
        );
        self.statement(&format!("DO {}", block(&check)));
    }

    fn leg(&mut self, leg: &Leg) {
        self.comment(&format!(
            "Revision {} ({}): {}",
            leg.revision.id,
            leg.direction,
            leg.revision.title()
        ));
        if leg.steps.is_empty() {
            self.begin_step();
            let message = stepless(self.journal, leg, &self.restore());
            self.message(&message);
        }
        for (index, (step, side)) in leg.sides().enumerate() {
            let is_last = index + 1 == leg.steps.len();
            let outcome = if is_last {
                leg.outcome.clone()
            } else {
                Outcome::Going
            };
            self.step(leg, step, side, &outcome);
        }
    }

    fn step(&mut self, leg: &Leg, step: &Step, side: &StepSide, outcome: &Outcome) {
        self.comment(&format!("Step {}", step.name));
        self.begin_step();
        let nonce = nonce_of(&leg.revision, step, leg.direction);
        let restore = self.restore();
        if side.options.transaction {
            let message = transactional(self.journal, leg, step, side, outcome, &restore, &nonce);
            self.message(&message);
            self.is_dirty = may_change_session(&side.sql);
        } else {
            self.message(&before_outside(self.journal, leg, step, side, true, &restore));
            let mut message = Message::default();
            message.source(&side.sql, side.offset);
            self.message(&message);
            self.message(&after_outside(self.journal, leg, step, outcome));
            self.is_dirty = true;
        }
    }

    /// Prolongs the lease and hands the token to the step.
    fn begin_step(&mut self) {
        self.statement(&prolong(
            self.journal.tables,
            "token = :limbeck_token",
            SCRIPT_LEASE,
        ));
        self.statement("SELECT pg_catalog.set_config('limbeck.token', :'limbeck_token', false)");
    }

    fn restore(&self) -> Vec<String> {
        if !self.is_dirty {
            return Vec::new();
        }
        let mut statements = restore(&self.journal.options.search_path, OLDEST_MAJOR);
        // `RESET ALL` has taken the token too.
        statements.push("SELECT pg_catalog.set_config('limbeck.token', :'limbeck_token', false)".to_owned());
        statements
    }
}
