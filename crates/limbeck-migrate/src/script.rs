//! `--sql`: the same run as a script for `psql`.
//!
//! The script makes the own tables where they are missing, checks where the database is, takes the lease, checks the
//! token in each step, writes the same rows, and gives the lease back. The token is kept in a variable of `psql` and
//! handed to each step as a setting of the session. Nothing prolongs its lease but its own steps; when `psql` dies, its
//! session is gone, and the next runner sees that.

use std::collections::BTreeSet;

use limbeck_history::{Direction, History, RevisionId, SelectorError, Step, StepSide, asks_database};
use limbeck_postgres::Pins;
use limbeck_sql::statements;

use crate::error::{ErrorKind, MigrateError};
use crate::journal::sqlstate::{LEASE_HELD, WRONG_START};
use crate::journal::{Clock, Journal, Outcome, Token};
use crate::lease::{SCRIPT_LEASE, give_back, is_free, prolong, row, take};
use crate::message::Message;
use crate::options::RunOptions;
use crate::place::Place;
use crate::position::Position;
use crate::route::{self, Leg};
use crate::run::{apply, hook_sql};
use crate::screen::{forgotten_by_words, may_change_settings};
use crate::sql::{block, text_array};
use crate::stamp::{Change, Stamp};
use crate::step_message::{
    Frame, Surroundings, after_outside, before_outside, nonce_of, reset_role, restore, stepless,
    transactional,
};
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
/// A target is unknown; a step is the application's (`rust=`), has no way down, or holds what no step can; a step
/// stands in the way of a run that is to be one transaction; the hook fails.
pub fn script(
    history: &History,
    direction: Direction,
    from: &str,
    to: &str,
    options: &RunOptions,
) -> Result<String, MigrateError> {
    let (start, target) = history.script_ends(from, to)?;
    let position = position(history, &start);
    let legs = match direction {
        Direction::Up => route::up(history, &position, &target)?,
        Direction::Down => route::down(history, &position, &target)?,
    };
    route::check(&legs)?;
    if options.single_transaction {
        route::check_one_transaction(&legs, false)?;
    }
    refuse_rust(&legs)?;
    let tables = Tables::new(&options.version_schema, &options.scope);
    let frame = if options.single_transaction {
        Frame::Part
    } else {
        Frame::Whole
    };
    let journal = journal(&tables, options, Surroundings::clock(frame));
    let mut script = Script::new(&journal, frame);
    let verb = match direction {
        Direction::Up => "Upgrade",
        Direction::Down => "Downgrade",
    };
    script.header(&format!("{verb} from {from} to {to}: {}.", count(legs.len())));
    if !position.exists {
        script.statement(&tables.create());
    }
    script.take_lease();
    script.check_start(&position.heads);
    script.heads = position.heads;
    if frame == Frame::Part {
        script.comment("All of it is one transaction.");
        script.begin_step();
        script.statement("BEGIN");
    }
    for leg in &legs {
        script.leg(leg)?;
    }
    if frame == Frame::Part {
        script.statement("COMMIT");
    }
    script.give_lease_back();
    Ok(script.text)
}

/// Writes a stamp as a script for `psql -v ON_ERROR_STOP=1 -f`. `from` says where the database is, and the script checks
/// that first, but where it purges: then everything of the scope is forgotten, wherever the database is. A number of
/// steps counts from `from`.
///
/// # Errors
///
/// A target is unknown, or depends on where the database is: a script asks none.
pub fn stamp_script(
    history: &History,
    from: &str,
    stamp: &Stamp,
    options: &RunOptions,
) -> Result<String, MigrateError> {
    let start = stamp_start(history, from, stamp)?;
    let position = position(history, &start);
    let change = Change::new(history, &position, stamp)?;
    let tables = Tables::new(&options.version_schema, &options.scope);
    let journal = journal(&tables, options, Clock::Transaction);
    let mut script = Script::new(&journal, Frame::Whole);
    let to = stamp.targets.join(", ");
    script.header(&if stamp.purge {
        format!("Stamp as being at {to}, whatever was on record.")
    } else {
        format!("Stamp from {from} to {to}.")
    });
    if stamp.purge || !position.exists {
        script.statement(&tables.create());
    }
    script.take_lease();
    if !stamp.purge {
        script.check_start(&position.heads);
    }
    script.comment("The revisions are put on record; nothing is run.");
    script.begin_step();
    script.statement("BEGIN");
    for statement in change.statements(&journal, &position) {
        script.statement(&statement);
    }
    script.statement("COMMIT");
    script.give_lease_back();
    Ok(script.text)
}

/// What is applied where a stamp's script begins. Refuses what depends on where the database is.
fn stamp_start(history: &History, from: &str, stamp: &Stamp) -> Result<BTreeSet<RevisionId>, SelectorError> {
    // A purge begins nowhere, so that there is nothing to count from.
    let targets = stamp.targets.iter().filter(|_| stamp.purge);
    let mut alone = targets.map(String::as_str).chain([from]);
    if let Some(selector) = alone.find(|selector| asks_database(selector)) {
        return Err(SelectorError::NeedsDatabase {
            selector: selector.to_owned(),
        });
    }
    for target in &stamp.targets {
        history.script_ends(from, target)?;
    }
    Ok(history.applied_at(&history.resolve(from, &BTreeSet::new())?))
}

/// Writes what makes the own tables as a script for `psql`.
#[must_use]
pub fn ensure_version_script(options: &RunOptions) -> String {
    let tables = Tables::new(&options.version_schema, &options.scope);
    let journal = journal(&tables, options, Clock::Transaction);
    let mut script = Script::new(&journal, Frame::Whole);
    script.header(&format!(
        "The tables of the schema {}, where they are missing.",
        limbeck_sql::quote_identifier(tables.schema())
    ));
    script.statement(&tables.create());
    script.text
}

/// Where a database is that has exactly these revisions.
fn position(history: &History, start: &BTreeSet<RevisionId>) -> Position {
    Position {
        exists: !start.is_empty(),
        heads: history.heads_of(start),
        applied: start
            .iter()
            .filter_map(|id| Some((id.clone(), history.get(id)?.checksum.clone())))
            .collect(),
        ..Position::default()
    }
}

fn journal<'a>(tables: &'a Tables, options: &'a RunOptions, clock: Clock) -> Journal<'a> {
    Journal {
        tables,
        options,
        token: Token::Setting,
        clock,
        has_own_process: true,
    }
}

fn count(revisions: usize) -> String {
    if revisions == 1 {
        "1 revision".to_owned()
    } else {
        format!("{revisions} revisions")
    }
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
    frame: Frame,
    /// Whether an earlier step may have changed the session.
    is_dirty: bool,
    /// The statements that undo what else the last step may have left in the session.
    forgotten: Vec<String>,
    /// The database's heads after what is written.
    heads: BTreeSet<RevisionId>,
}

impl<'a> Script<'a> {
    fn new(journal: &'a Journal<'a>, frame: Frame) -> Self {
        Self {
            text: String::new(),
            journal,
            frame,
            is_dirty: false,
            forgotten: Vec::new(),
            heads: BTreeSet::new(),
        }
    }
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

    fn header(&mut self, title: &str) {
        // A version schema's name may have a line end in it, which must not end the comment.
        self.line(&format!("-- {}", title.replace(['\n', '\r'], " ")));
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

    /// Makes the lease's row, and takes it, waiting for nobody.
    fn take_lease(&mut self) {
        let tables = self.journal.tables;
        let lease = tables.name("lease");
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
            true,
        ));
        self.line("\\gset limbeck_");
    }

    fn give_lease_back(&mut self) {
        self.comment("The lease is given back.");
        self.statement(&give_back(self.journal.tables, "token = :limbeck_token"));
    }

    /// Checks where the database is.
    fn check_start(&mut self, heads: &BTreeSet<RevisionId>) {
        let tables = self.journal.tables;
        let [head, step, revision] = ["head", "step", "revision"].map(|table| tables.name(table));
        let scope = tables.scope();
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

    fn leg(&mut self, leg: &Leg) -> Result<(), MigrateError> {
        self.comment(&format!(
            "Revision {} ({}): {}",
            leg.revision.id,
            leg.direction,
            leg.revision.title()
        ));
        if leg.steps.is_empty() {
            let hook = self.hook(leg, None, &leg.outcome)?;
            self.begin_message();
            let message = stepless(&self.around(hook), leg);
            self.message(&message);
        }
        for (index, (step, side)) in leg.sides().enumerate() {
            let is_last = index + 1 == leg.steps.len();
            let outcome = if is_last {
                leg.outcome.clone()
            } else {
                Outcome::Going
            };
            self.step(leg, step, side, &outcome)?;
        }
        Ok(())
    }

    fn step(
        &mut self,
        leg: &Leg,
        step: &Step,
        side: &StepSide,
        outcome: &Outcome,
    ) -> Result<(), MigrateError> {
        self.comment(&format!("Step {}", step.name));
        let hook = self.hook(leg, Some((step, side)), outcome)?;
        self.begin_message();
        let nonce = nonce_of(&leg.revision, step, leg.direction);
        let is_dirty = may_change_settings(&side.sql) || may_change_settings(&hook);
        let forgotten = forgotten_by_words(&side.sql);
        if side.options.transaction {
            let message = transactional(&self.around(hook), leg, step, side, outcome, &nonce);
            self.message(&message);
            self.is_dirty = is_dirty;
        } else {
            let before = before_outside(&self.around(String::new()), leg, step, side, true);
            self.message(&before);
            let mut message = Message::default();
            message.source(&side.sql, side.offset);
            self.message(&message);
            self.is_dirty = false;
            self.forgotten.clear();
            let after = after_outside(&self.around(hook), leg, step, outcome);
            for message in &after {
                self.message(message);
            }
            self.is_dirty = true;
        }
        self.forgotten = forgotten;
        Ok(())
    }

    /// What surrounds the next step.
    fn around(&self, hook: String) -> Surroundings<'_> {
        Surroundings {
            journal: self.journal,
            frame: self.frame,
            restore: self.restore(),
            role: reset_role(),
            hook,
        }
    }

    /// What the hook adds. Raises the heads to those after the step.
    fn hook(
        &mut self,
        leg: &Leg,
        step: Option<(&Step, &StepSide)>,
        outcome: &Outcome,
    ) -> Result<String, MigrateError> {
        apply(&mut self.heads, outcome);
        let options = self.journal.options;
        match &options.on_apply {
            Some(hook) => Ok(hook_sql(hook, leg, step, outcome, &self.heads, options)?),
            None => Ok(String::new()),
        }
    }

    /// Before a message that is a transaction, the lease is prolonged; within one it cannot be.
    fn begin_message(&mut self) {
        if self.frame == Frame::Whole {
            self.begin_step();
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
        let mut statements = self.forgotten.clone();
        if !self.is_dirty {
            return statements;
        }
        statements.extend(restore(&self.journal.options.search_path, OLDEST_MAJOR));
        // `RESET ALL` has taken the token too.
        statements.push("SELECT pg_catalog.set_config('limbeck.token', :'limbeck_token', false)".to_owned());
        statements
    }
}
