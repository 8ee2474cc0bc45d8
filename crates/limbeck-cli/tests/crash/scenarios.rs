//! What is run: histories with steps of every kind, and the commands that write.
//!
//! Each step in a transaction adds a row to `t.log`, which nothing keeps unique: a step that was run twice has two.

use std::collections::BTreeSet;

use limbeck_history::{History, RevisionId};
use limbeck_migrate::{
    Acceptance, Import, ImportedRevision, Interrupt, MigrateError, OnApply, RunOptions, Stamp, accept,
    downgrade, ensure_version, import, stamp, state, upgrade,
};
use limbeck_postgres::{SessionOptions, Settings, connect};

/// A command that is disturbed, and where.
pub struct Scenario {
    pub name: &'static str,
    /// SQL that stands before anything is run.
    before: &'static str,
    /// What leads to where the scenario begins.
    prepared: Vec<(Command, History)>,
    pub command: Command,
    pub files: Vec<(String, String)>,
    history: History,
    options: RunOptions,
    /// The name of the sessions that are disturbed.
    pub disturbs: &'static str,
    /// Whether the program can do it, and does it without a server of its own.
    pub is_for_program: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Upgrade,
    Downgrade,
    /// On two branches.
    Stamp,
    /// After everything is forgotten.
    StampAnew,
    EnsureVersion,
    Accept,
    Import,
}

impl Command {
    /// The arguments of the program.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Upgrade => &["upgrade", "head"],
            Self::Downgrade => &["downgrade", "base"],
            Self::Stamp => &["stamp", "left", "right"],
            Self::StampAnew => &["stamp", "--purge", "left", "right"],
            Self::EnsureVersion => &["ensure-version"],
            Self::Accept => &["accept", "--all"],
            Self::Import => &["import"],
        }
    }
}

/// What a command has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Something,
    NothingLeft,
}

impl Scenario {
    fn new(name: &'static str, command: Command, files: Vec<(String, String)>) -> Self {
        let history = history(&files);
        Self {
            name,
            before: LOG,
            prepared: Vec::new(),
            command,
            files,
            history,
            options: RunOptions {
                version: "0.0.0".to_owned(),
                ..RunOptions::default()
            },
            disturbs: "limbeck",
            is_for_program: true,
        }
    }

    /// The same after a command has run.
    fn after(mut self, command: Command) -> Self {
        let history = history(&self.files);
        self.prepared.push((command, history));
        self
    }

    fn with(mut self, change: impl FnOnce(&mut RunOptions)) -> Self {
        change(&mut self.options);
        self.is_for_program = false;
        self
    }

    fn within(mut self, before: &'static str) -> Self {
        self.before = before;
        self
    }

    /// Brings an empty database to where the scenario begins.
    pub async fn prepare(&self, database: &Settings) {
        let session = connect(database, &SessionOptions::running("test", "public"))
            .await
            .unwrap();
        session.execute(self.before).await.unwrap();
        session.close().await;
        for (command, history) in &self.prepared {
            let mut tries = 0;
            while self.go(*command, history, database).await.ok() != Some(Done::NothingLeft) {
                tries += 1;
                assert!(tries < 5, "{}: {command:?} does not come to its end", self.name);
            }
        }
    }

    /// Runs the command once.
    pub async fn run(&self, database: &Settings) -> Result<Done, MigrateError> {
        self.go(self.command, &self.history, database).await
    }

    async fn go(
        &self,
        command: Command,
        history: &History,
        database: &Settings,
    ) -> Result<Done, MigrateError> {
        let (options, interrupt, events) = (&self.options, &Interrupt::new(), &|_| ());
        let is_empty = match command {
            Command::Upgrade => upgrade(database, history, "head", options, interrupt, events)
                .await?
                .is_empty(),
            Command::Downgrade => downgrade(database, history, "base", options, interrupt, events)
                .await?
                .is_empty(),
            Command::Stamp | Command::StampAnew => {
                let mut to = Stamp::at(["left", "right"]);
                to.purge = command == Command::StampAnew;
                let report = stamp(database, history, &to, options, interrupt, events).await?;
                // A purge writes everything anew each time.
                report.is_empty() || to.purge
            }
            Command::EnsureVersion => !ensure_version(database, options, interrupt, events).await?.made,
            Command::Accept => {
                let session = crate::server::session(database).await;
                let state = state(&session, options).await?;
                session.close().await;
                let edited: Vec<_> = state
                    .edited(history)
                    .iter()
                    .map(|edited| Acceptance {
                        revision: history.get(&edited.id).unwrap().clone(),
                        applied: edited.applied.clone(),
                    })
                    .collect();
                if !edited.is_empty() {
                    accept(database, &edited, options, interrupt, events).await?;
                }
                edited.is_empty()
            }
            Command::Import => {
                let revisions = history.order_all().into_iter().map(|revision| ImportedRevision {
                    id: revision.id.clone(),
                    applied_at: Some("2026-01-01T00:00:00Z".to_owned()),
                    detail: serde_json::json!({ "n": 1 }),
                });
                let imported = Import {
                    tool: "another".to_owned(),
                    revisions: revisions.collect(),
                    unchanged: None,
                };
                import(database, history, &imported, options, interrupt, events)
                    .await?
                    .is_empty()
            }
        };
        Ok(if is_empty {
            Done::NothingLeft
        } else {
            Done::Something
        })
    }

    /// Takes the lease and gives it back, which must be possible at once, and changes nothing else.
    pub async fn take_lease(&self, database: &Settings) -> Result<(), MigrateError> {
        let options = RunOptions {
            wait: std::time::Duration::from_secs(5),
            ..self.options.clone()
        };
        let session = crate::server::session(database).await;
        let heads: BTreeSet<RevisionId> = state(&session, &options).await?.heads;
        session.close().await;
        let targets: Vec<String> = match heads.len() {
            0 => vec!["base".to_owned()],
            _ => heads.iter().map(ToString::to_string).collect(),
        };
        let (interrupt, events) = (&Interrupt::new(), &|_| ());
        stamp(
            database,
            &self.history,
            &Stamp::at(targets),
            &options,
            interrupt,
            events,
        )
        .await?;
        Ok(())
    }
}

const LOG: &str = "CREATE SCHEMA t; CREATE TABLE t.log (what text)";

/// Every scenario.
pub fn all() -> Vec<Scenario> {
    let (everyday, outside, slow, whole) = (everyday(), outside(), slow(), whole());
    let in_one = |options: &mut RunOptions| options.single_transaction = true;
    let hook = |options: &mut RunOptions| {
        options.on_apply = Some(OnApply::new(|applying| {
            let (id, direction) = (&applying.revision.id, applying.direction);
            let step = applying.step.map_or("", |step| step.name.as_str());
            Ok(format!(
                "INSERT INTO t.log VALUES ('hook {id} {step} {direction}')"
            ))
        }));
    };
    vec![
        Scenario::new("everyday up", Command::Upgrade, everyday.clone()),
        Scenario::new("everyday down", Command::Downgrade, everyday.clone()).after(Command::Upgrade),
        Scenario::new("outside up", Command::Upgrade, outside.clone()).within(OUTSIDE),
        Scenario::new("outside down", Command::Downgrade, outside)
            .within(OUTSIDE)
            .after(Command::Upgrade),
        Scenario::new("slow builds up", Command::Upgrade, slow.clone()).within(SLOW),
        Scenario::new("slow builds down", Command::Downgrade, slow)
            .within(SLOW)
            .after(Command::Upgrade),
        Scenario::new("one transaction up", Command::Upgrade, whole.clone()).with(in_one),
        Scenario::new("one transaction down", Command::Downgrade, whole.clone())
            .after(Command::Upgrade)
            .with(in_one),
        Scenario::new("hook up", Command::Upgrade, whole.clone()).with(hook),
        Scenario::new("hook down", Command::Downgrade, whole.clone())
            .after(Command::Upgrade)
            .with(hook),
        heartbeat(),
        Scenario::new("stamp", Command::Stamp, everyday.clone()),
        Scenario::new("stamp anew", Command::StampAnew, everyday.clone()).after(Command::Upgrade),
        Scenario::new("ensure-version", Command::EnsureVersion, everyday.clone()),
        edited(everyday),
        Scenario::new("import", Command::Import, whole).with(|_| ()),
    ]
}

/// A step that outlasts its lease, which a heartbeat prolongs meanwhile. The others are over before the first beat.
fn heartbeat() -> Scenario {
    let step = "-- limbeck:up long
SELECT pg_sleep(2.5);
INSERT INTO t.log VALUES ('up long');
-- limbeck:up short
INSERT INTO t.log VALUES ('up short');
";
    let files = vec![file("aaaa", "", "", step)];
    let lease = std::time::Duration::from_secs(2);
    let mut scenario =
        Scenario::new("heartbeat", Command::Upgrade, files).with(|options| options.lease = lease);
    scenario.disturbs = "limbeck heartbeat";
    scenario
}

/// Every file says something else than when it was applied.
fn edited(files: Vec<(String, String)>) -> Scenario {
    let changed = files
        .iter()
        .map(|(name, text)| {
            (
                name.clone(),
                text.replace("INSERT INTO t.log", "/* again */ INSERT INTO t.log"),
            )
        })
        .collect();
    let mut scenario = Scenario::new("accept", Command::Accept, changed);
    scenario.prepared.push((Command::Upgrade, history(&files)));
    scenario.is_for_program = false;
    scenario
}

/// Steps in transactions: tables, rows, types, a view, functions; several steps in a revision, branches, a merge
/// without steps, what is required before.
fn everyday() -> Vec<(String, String)> {
    vec![
        file(
            "aaaa",
            "",
            "",
            "-- limbeck:up people
CREATE TABLE people (id int PRIMARY KEY, name text, counted int NOT NULL DEFAULT 0);
INSERT INTO people SELECT i, 'person ' || i FROM generate_series(1, 5) AS i;
INSERT INTO t.log VALUES ('up people');
-- limbeck:down people allow=drop
INSERT INTO t.log SELECT 'down people, of ' || count(*) FROM people;
DROP TABLE people;
-- limbeck:up mood
CREATE TYPE mood AS ENUM ('sad', 'fine');
ALTER TABLE people ADD COLUMN mood mood NOT NULL DEFAULT 'fine';
INSERT INTO t.log VALUES ('up mood');
-- limbeck:down mood
ALTER TABLE people DROP COLUMN mood;
DROP TYPE mood;
INSERT INTO t.log VALUES ('down mood');
-- limbeck:up counting
CREATE FUNCTION count_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.counted := OLD.counted + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER counting BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION count_again();
INSERT INTO t.log VALUES ('up counting');
-- limbeck:down counting
DROP TRIGGER counting ON people;
DROP FUNCTION count_again();
INSERT INTO t.log VALUES ('down counting');
",
        ),
        file(
            "bbb1",
            "aaaa",
            "-- branch_labels: left\n",
            "-- limbeck:up happy
ALTER TYPE mood ADD VALUE 'happy';
INSERT INTO t.log VALUES ('up happy');
-- limbeck:down happy
ALTER TABLE people ALTER COLUMN mood DROP DEFAULT;
ALTER TYPE mood RENAME TO mood_before;
CREATE TYPE mood AS ENUM ('sad', 'fine');
ALTER TABLE people ALTER COLUMN mood TYPE mood USING mood::text::mood;
ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'fine';
DROP TYPE mood_before;
INSERT INTO t.log VALUES ('down happy');
-- limbeck:up cheer
UPDATE people SET mood = 'happy' WHERE id <= 2;
INSERT INTO t.log VALUES ('up cheer');
-- limbeck:down cheer
UPDATE people SET mood = 'fine' WHERE mood = 'happy';
INSERT INTO t.log VALUES ('down cheer');
",
        ),
        file(
            "bbb2",
            "aaaa",
            "-- branch_labels: right\n",
            "-- limbeck:require up named \"people without a name\"
SELECT count(*) FROM people WHERE name IS NULL;
-- limbeck:up named retry=2
ALTER TABLE people ALTER COLUMN name SET NOT NULL;
SET search_path = t, public;
INSERT INTO log VALUES ('up named');
-- limbeck:down named
ALTER TABLE people ALTER COLUMN name DROP NOT NULL;
INSERT INTO t.log VALUES ('down named');
-- limbeck:up summary
CREATE VIEW summary AS SELECT mood, count(*) AS people FROM people GROUP BY mood;
COMMENT ON VIEW summary IS 'how people are';
INSERT INTO t.log VALUES ('up summary');
-- limbeck:down summary
DROP VIEW summary;
INSERT INTO t.log VALUES ('down summary');
",
        ),
        file("mmmm", "bbb1, bbb2", "", ""),
        file(
            "cccc",
            "mmmm",
            "",
            "-- limbeck:up friends
CREATE TABLE friends (
  person int NOT NULL REFERENCES people DEFERRABLE INITIALLY DEFERRED,
  friend int NOT NULL REFERENCES people DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO friends VALUES (6, 7);
INSERT INTO people VALUES (6, 'six'), (7, 'seven');
INSERT INTO t.log VALUES ('up friends');
-- limbeck:down friends allow=drop
DROP TABLE friends;
DELETE FROM people WHERE id >= 6;
INSERT INTO t.log VALUES ('down friends');
",
        ),
    ]
}

/// A table with rows, one that is partitioned, and a function whose values repeat the first time that an index is
/// built over them.
const OUTSIDE: &str = "CREATE SCHEMA t;
CREATE TABLE t.log (what text);
CREATE SEQUENCE t.luck;
CREATE FUNCTION t.unlucky_once(id int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE WHEN nextval('t.luck') <= 2 THEN 0 ELSE id END;
END $$;";

/// How the step fails whose values repeat.
pub const FAILS_ONCE: &str = "could not create unique index \"orders_lucky_idx\"";

/// Steps outside of transactions, of every kind, with steps in transactions between them.
fn outside() -> Vec<(String, String)> {
    vec![
        file(
            "aaaa",
            "",
            "",
            "-- limbeck:up orders
CREATE TABLE orders (id int PRIMARY KEY, day date NOT NULL, sum int NOT NULL);
INSERT INTO orders SELECT i, date '2026-01-01' + i, i * 10 FROM generate_series(1, 40) AS i;
CREATE TABLE parts (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
INSERT INTO parts VALUES (1), (2), (11);
INSERT INTO t.log VALUES ('up orders');
-- limbeck:down orders allow=drop
DROP TABLE orders;
DROP TABLE parts;
INSERT INTO t.log VALUES ('down orders');
-- limbeck:require up by_day \"orders of no day\"
SELECT count(*) FROM orders WHERE day IS NULL;
-- limbeck:up by_day transaction=no creates=\"index public.orders_day_idx\"
CREATE INDEX CONCURRENTLY orders_day_idx ON orders (day);
-- limbeck:down by_day transaction=no drops=\"index public.orders_day_idx\"
DROP INDEX CONCURRENTLY orders_day_idx;
-- limbeck:up noted
INSERT INTO t.log VALUES ('up noted');
-- limbeck:down noted
INSERT INTO t.log VALUES ('down noted');
",
        ),
        file(
            "bbbb",
            "aaaa",
            "",
            "-- limbeck:up lucky transaction=no creates=\"index public.orders_lucky_idx\"
CREATE UNIQUE INDEX CONCURRENTLY orders_lucky_idx ON orders (t.unlucky_once(id));
-- limbeck:down lucky transaction=no drops=\"index public.orders_lucky_idx\"
DROP INDEX CONCURRENTLY orders_lucky_idx;
-- limbeck:up anew transaction=no reindexes=\"index public.orders_day_idx\"
REINDEX INDEX CONCURRENTLY orders_day_idx;
-- limbeck:down anew transaction=no reindexes=\"index public.orders_pkey\"
REINDEX INDEX CONCURRENTLY orders_pkey;
",
        ),
        file(
            "cccc",
            "bbbb",
            "",
            "-- limbeck:up apart transaction=no detaches=\"table public.parts_2\"
ALTER TABLE parts DETACH PARTITION parts_2 CONCURRENTLY;
-- limbeck:down apart
ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES FROM (10) TO (20);
INSERT INTO t.log VALUES ('down apart');
-- limbeck:up clean transaction=no
VACUUM (ANALYZE) orders;
-- limbeck:down clean transaction=no
VACUUM orders;
-- limbeck:up all_anew transaction=no retry=3
REINDEX SCHEMA t;
-- limbeck:down all_anew
INSERT INTO t.log VALUES ('down all_anew');
-- limbeck:up last
UPDATE orders SET sum = sum + 1;
INSERT INTO t.log VALUES ('up last');
-- limbeck:down last
UPDATE orders SET sum = sum - 1;
INSERT INTO t.log VALUES ('down last');
",
        ),
    ]
}

/// A build over this takes a third of a second.
const SLOW: &str = "CREATE SCHEMA t;
CREATE TABLE t.log (what text);
CREATE FUNCTION t.slowly(id int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  PERFORM pg_sleep(0.015);
  RETURN id;
END $$;
CREATE TABLE public.slow (id int);
INSERT INTO public.slow SELECT generate_series(1, 20);";

/// The server is still at work on it when the command is run again.
fn slow() -> Vec<(String, String)> {
    vec![file(
        "aaaa",
        "",
        "",
        "-- limbeck:up build transaction=no creates=\"index public.slow_idx\"
CREATE UNIQUE INDEX CONCURRENTLY slow_idx ON slow (t.slowly(id));
-- limbeck:down build transaction=no drops=\"index public.slow_idx\"
DROP INDEX CONCURRENTLY slow_idx;
-- limbeck:up again transaction=no reindexes=\"index public.slow_idx\"
REINDEX INDEX CONCURRENTLY slow_idx;
-- limbeck:down again transaction=no reindexes=\"index public.slow_idx\"
REINDEX INDEX CONCURRENTLY slow_idx;
-- limbeck:up rows
INSERT INTO slow SELECT 100 + t.slowly(i) FROM generate_series(1, 10) AS i;
INSERT INTO t.log VALUES ('up rows');
-- limbeck:down rows
DELETE FROM slow WHERE t.slowly(id) > 100;
INSERT INTO t.log VALUES ('down rows');
",
    )]
}

/// What can be one transaction as a whole, with a constraint that is checked at its end.
fn whole() -> Vec<(String, String)> {
    vec![
        file(
            "aaaa",
            "",
            "",
            "-- limbeck:up one
CREATE TABLE parents (id int PRIMARY KEY);
CREATE TABLE children (id int PRIMARY KEY, parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
INSERT INTO t.log VALUES ('up one');
-- limbeck:down one allow=drop
DROP TABLE children;
DROP TABLE parents;
INSERT INTO t.log VALUES ('down one');
-- limbeck:up two
INSERT INTO children VALUES (1, 10);
INSERT INTO parents VALUES (10);
INSERT INTO t.log VALUES ('up two');
-- limbeck:down two
DELETE FROM parents;
DELETE FROM children;
INSERT INTO t.log VALUES ('down two');
",
        ),
        file("bbbb", "aaaa", "", ""),
        file(
            "cccc",
            "bbbb",
            "",
            "-- limbeck:up three
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO parents VALUES (20);
INSERT INTO children VALUES (2, 20);
INSERT INTO t.log VALUES ('up three');
-- limbeck:down three
DELETE FROM children WHERE parent = 20;
DELETE FROM parents WHERE id = 20;
INSERT INTO t.log VALUES ('down three');
",
        ),
    ]
}

/// A revision file: identifier, parents, further lines of the header, and the sections.
fn file(id: &str, parents: &str, header: &str, sections: &str) -> (String, String) {
    (
        format!("20260101_000000_{id}.sql"),
        format!(
            "-- Revision {id}\n--\n-- limbeck: 1\n-- revision: {id}\n-- revises: {parents}\n{header}-- created: \
             2026-01-01T00:00:00Z\n\n{sections}"
        ),
    )
}

fn history(files: &[(String, String)]) -> History {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    History::from_files(&files).unwrap()
}
