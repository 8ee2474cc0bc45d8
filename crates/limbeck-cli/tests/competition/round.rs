//! A round: a database of its own, and many runners at once.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use limbeck_postgres::{Session, SessionOptions, connect};

use crate::history::BEFORE;
use crate::runner::{Fate, Runner};
use crate::server::{PASSWORD, TlsServer};
use crate::state::{end, rows};
use crate::support::TestFolder;
use crate::{Random, history};

/// The role that runs: no superuser.
const ROLE: &str = "trusted";
/// The lease of the runners; what is paused stays so for longer.
const LEASE: Duration = Duration::from_secs(2);
/// A round that takes longer is stuck.
const STUCK: Duration = Duration::from_secs(400);

/// What happens in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Undisturbed,
    Killed,
    Paused,
    KilledAndPaused,
    /// Upgrades against downgrades, some killed, some paused.
    BothDirections,
    /// Somebody stamps the database as being at the head meanwhile.
    Stamped,
}

impl Kind {
    /// How many are killed and how many are paused, of so many.
    fn hits(self, runners: usize) -> (usize, usize) {
        match self {
            Self::Undisturbed | Self::Stamped => (0, 0),
            Self::Killed => (runners / 4, 0),
            Self::Paused => (0, runners / 4),
            Self::KilledAndPaused | Self::BothDirections => (runners.div_ceil(6), runners.div_ceil(6)),
        }
    }
}

/// What came of a round, or of all.
#[derive(Debug, Default)]
pub struct Outcome {
    pub kind: Option<Kind>,
    pub runners: usize,
    pub killed: usize,
    pub paused: usize,
    pub took_over: usize,
    pub codes: BTreeMap<String, usize>,
    pub seconds: f64,
    pub most_connections: usize,
    /// The user and system time of a runner in seconds: in the middle, and the most.
    pub cpu: (f64, f64),
    pub problems: Vec<String>,
}

impl Outcome {
    pub fn add(&mut self, other: &Self) {
        self.runners += other.runners;
        self.killed += other.killed;
        self.paused += other.paused;
        self.took_over += other.took_over;
        for (code, count) in &other.codes {
            *self.codes.entry(code.clone()).or_default() += count;
        }
        self.seconds += other.seconds;
        self.most_connections = self.most_connections.max(other.most_connections);
        self.cpu = (self.cpu.0.max(other.cpu.0), self.cpu.1.max(other.cpu.1));
        self.problems.extend(other.problems.iter().cloned());
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(kind) = self.kind {
            write!(formatter, "{kind:?}, ")?;
        }
        let codes: Vec<_> = self
            .codes
            .iter()
            .map(|(code, count)| format!("{code}: {count}"))
            .collect();
        write!(
            formatter,
            "{} runners, {} killed, {} paused, lease taken over {} times, exit codes {{{}}}, {:.1} s, at most {} connections, \
             CPU of a runner {:.2} s in the middle, {:.2} s at most{}",
            self.runners,
            self.killed,
            self.paused,
            self.took_over,
            codes.join(", "),
            self.seconds,
            self.most_connections,
            self.cpu.0,
            self.cpu.1,
            if self.problems.is_empty() { "" } else { ": WRONG" }
        )
    }
}

/// A database, and what runs on it.
pub struct Round<'a> {
    folder: &'a TestFolder,
    url: String,
    watcher: Session,
}

/// What one runner alone has left.
pub struct Alone {
    end: String,
    applied: Vec<String>,
    done: Vec<String>,
}

/// Each line that a step has left, in order of the lines.
const APPLIED: &str = "SELECT revision, step, direction FROM public.applied ORDER BY 1, 2, n";
/// Each step that is on record as done.
const DONE: &str = "SELECT revision, step, direction FROM limbeck.event WHERE kind = 'step' AND outcome = 'done' \
                    ORDER BY 1, 2, id";

impl<'a> Round<'a> {
    pub async fn begin(server: &TlsServer, folder: &'a TestFolder, database: &str) -> Self {
        server
            .admin(&format!("CREATE DATABASE {database} OWNER {ROLE}"))
            .await;
        let settings = server.socket().with_database(database);
        let watcher = connect(&settings, &SessionOptions::running("watcher", "public"))
            .await
            .unwrap();
        watcher
            .execute(&format!(
                "ALTER SCHEMA public OWNER TO {ROLE}; {BEFORE} ALTER TABLE public.applied OWNER TO {ROLE}"
            ))
            .await
            .unwrap();
        Self {
            folder,
            url: format!(
                "postgresql://{ROLE}:{PASSWORD}@localhost:{}/{database}?hostaddr=127.0.0.1&sslmode=disable",
                server.port
            ),
            watcher,
        }
    }

    /// One runner and nobody else.
    pub async fn alone(self) -> Alone {
        self.upgrade("head").await.unwrap();
        let done = rows(&self.watcher, DONE).await;
        assert!(done.len() > history::REVISIONS);
        Alone {
            end: end(&self.watcher).await,
            applied: rows(&self.watcher, APPLIED).await,
            done,
        }
    }

    /// One runner to a target, and to its end; else what it has told.
    async fn upgrade(&self, target: &str) -> Result<(), String> {
        let mut runner = Runner::start(self.folder, &self.url, 99, &["upgrade", target]);
        while runner.is_running() {
            runner.look();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if runner.end.as_deref() == Some("0") {
            Ok(())
        } else {
            Err(runner.told())
        }
    }

    /// So many at once; then everything is looked at.
    pub async fn compete(self, kind: Kind, runners: usize, alone: &Alone, random: &mut Random) -> Outcome {
        let began = Instant::now();
        let mut outcome = Outcome {
            kind: Some(kind),
            runners,
            ..Outcome::default()
        };
        if kind == Kind::BothDirections {
            // Else those that go down have nothing to do.
            self.upgrade("r25").await.unwrap();
        }
        let entries_before = self.entries().await;
        let mut field: Vec<Runner> = (0..runners).map(|number| self.runner(kind, number)).collect();
        let (kills, pauses) = kind.hits(runners);
        // After how many entries of the journal each hit falls, and whether it kills.
        let mut hits: Vec<(usize, bool)> = (0..kills + pauses)
            .map(|number| (random.below(alone.done.len() / 2), number < kills))
            .collect();
        hits.sort_unstable();
        while field.iter().any(Runner::is_running) {
            for runner in &mut field {
                runner.look();
                if runner.wake_at.is_some_and(|at| at <= Instant::now()) {
                    runner.wake();
                }
            }
            let entries = self.entries().await - entries_before;
            if hits.first().is_some_and(|(at, _)| entries >= *at) {
                let (_, kills) = hits.remove(0);
                self.hit(&mut field, kills, random, &mut outcome).await;
            }
            let connections = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
            let connections: usize = rows(&self.watcher, connections).await[0].parse().unwrap();
            outcome.most_connections = outcome.most_connections.max(connections);
            if began.elapsed() > STUCK {
                outcome.problems.push(self.stuck(&field).await);
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for runner in &field {
            let code = runner.end.clone().unwrap_or_else(|| "none".to_owned());
            // Whom a kill reached too late has ended as it would have. Whose lease was taken while it slept takes it again.
            let expected: &[&str] = match runner.fate {
                Fate::Lives | Fate::Paused => &["0"],
                Fate::Killed => &["0", "signal 9"],
            };
            if !expected.contains(&code.as_str()) {
                let message = format!(
                    "{} {:?} ({:?}) ended with {code}:\n{}",
                    runner.name,
                    runner.arguments,
                    runner.fate,
                    runner.told()
                );
                outcome.problems.push(message);
            }
            *outcome.codes.entry(code).or_default() += 1;
        }
        let mut cpu: Vec<u64> = field.iter().map(|runner| runner.ticks).collect();
        cpu.sort_unstable();
        let seconds = |ticks: u64| ticks as f64 / 100.0;
        outcome.cpu = (seconds(cpu[cpu.len() / 2]), seconds(cpu[cpu.len() - 1]));
        self.judge(kind, &field, alone, &mut outcome).await;
        outcome.seconds = began.elapsed().as_secs_f64();
        outcome
    }

    fn runner(&self, kind: Kind, number: usize) -> Runner {
        let waiting = ["--wait", "300s", "--lease", "2s"];
        let command: &[&str] = match number {
            1 => &["ensure-version"],
            3 if kind == Kind::Stamped => &["stamp", "head"],
            number if kind == Kind::BothDirections && number % 2 == 0 => &["downgrade", "base"],
            _ => &["upgrade"],
        };
        // Making the own tables takes no lease.
        let arguments = if number == 1 {
            command.to_vec()
        } else {
            [command, &waiting].concat()
        };
        Runner::start(self.folder, &self.url, number, &arguments)
    }

    async fn is_made(&self) -> bool {
        rows(&self.watcher, "SELECT to_regclass('limbeck.event') IS NOT NULL").await == ["t"]
    }

    /// How many entries the journal has.
    async fn entries(&self) -> usize {
        if !self.is_made().await {
            return 0;
        }
        let entries = rows(&self.watcher, "SELECT count(*) FROM limbeck.event").await;
        entries[0].parse().unwrap()
    }

    /// Kills or pauses whoever holds the lease, or now and then any other.
    async fn hit(&self, field: &mut [Runner], kills: bool, random: &mut Random, outcome: &mut Outcome) {
        let holder = if self.is_made().await {
            let holder = "SELECT split_part(owner, '@', 1) FROM limbeck.lease WHERE owner IS NOT NULL";
            rows(&self.watcher, holder).await.pop()
        } else {
            None
        };
        let free: Vec<usize> = (0..field.len()).filter(|&index| field[index].is_free()).collect();
        // Somebody must be left to end the work.
        if free.len() < 3 {
            return;
        }
        let holder = free
            .iter()
            .find(|&&index| Some(&field[index].name) == holder.as_ref());
        let index = match holder {
            Some(&holder) if random.below(4) > 0 => holder,
            _ => free[random.below(free.len())],
        };
        if kills {
            field[index].kill();
            outcome.killed += 1;
        } else {
            let pause = LEASE * 3 / 2 + Duration::from_millis(random.below(2_000) as u64);
            field[index].pause(Instant::now() + pause);
            outcome.paused += 1;
        }
    }

    /// What a round is like that does not come to its end.
    async fn stuck(&self, field: &[Runner]) -> String {
        let activity = "SELECT pid, application_name, state, wait_event_type, wait_event, pg_blocking_pids(pid), left(query, 200) \
                        FROM pg_stat_activity WHERE datname = current_database()";
        let lease = "SELECT * FROM limbeck.lease";
        let running = field.iter().filter(|runner| runner.is_running());
        let told: Vec<String> = running
            .map(|runner| format!("{} {:?}: {}", runner.name, runner.fate, runner.told()))
            .collect();
        format!(
            "stuck after {STUCK:?}\n{}\n{}\n{}",
            told.join("\n"),
            rows(&self.watcher, activity).await.join("\n"),
            rows(&self.watcher, lease).await.join("\n")
        )
    }

    async fn judge(&self, kind: Kind, field: &[Runner], alone: &Alone, outcome: &mut Outcome) {
        let watcher = &self.watcher;
        let mut wrong = |what: &str, is: &[String]| {
            outcome
                .problems
                .push(format!("{kind:?}: {what}:\n{}", is.join("\n")));
        };
        let sessions = "SELECT pid, application_name, state, query FROM pg_stat_activity \
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
        let since = Instant::now();
        let mut left = rows(watcher, sessions).await;
        while !left.is_empty() && since.elapsed() < Duration::from_secs(30) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            left = rows(watcher, sessions).await;
        }
        if !left.is_empty() {
            wrong("sessions are left", &left);
        }
        // One that was killed after the last step may have left its name, which bars nobody: its process is gone.
        let lease = "SELECT * FROM limbeck.lease WHERE owner IS NOT NULL \
                     AND (pid IS NULL OR EXISTS (SELECT FROM pg_stat_get_activity(pid)))";
        let lease = rows(watcher, lease).await;
        if !lease.is_empty() {
            wrong("the lease is held", &lease);
        }
        let made = rows(watcher, "SELECT count(*), max(format) FROM limbeck.meta").await;
        if made != ["1|1"] {
            wrong("the own tables were not made once", &made);
        }
        let took_over = "SELECT count(*) FROM limbeck.event WHERE kind = 'takeover'";
        outcome.took_over = rows(watcher, took_over).await[0].parse().unwrap();
        let mut wrong = |what: &str, is: &[String]| {
            outcome
                .problems
                .push(format!("{kind:?}: {what}:\n{}", is.join("\n")));
        };
        if kind == Kind::Stamped {
            let heads = rows(watcher, "SELECT revision FROM limbeck.head").await;
            if heads != [format!("r{}", history::REVISIONS)] {
                wrong("the heads are not the head", &heads);
            }
            let unlike = "SELECT id, origin FROM limbeck.revision AS r WHERE (origin = 'applied') <> EXISTS
                            (SELECT FROM limbeck.event AS e WHERE e.revision = r.id AND e.kind = 'step' AND e.outcome = 'done')";
            let unlike = rows(watcher, unlike).await;
            if !unlike.is_empty() {
                wrong("what was stamped and what ran is not told apart", &unlike);
            }
        } else if kind == Kind::BothDirections {
            // Whoever came last has decided where the database is.
            if let Err(told) = self.upgrade("head").await {
                wrong("the last upgrade failed", &[told]);
            }
        }
        for (what, query, alone) in [("applied", APPLIED, &alone.applied), ("done", DONE, &alone.done)] {
            let is = rows(watcher, query).await;
            let problems = match kind {
                Kind::Stamped => twice(&is),
                Kind::BothDirections => out_of_turn(&is, alone),
                _ if is != *alone => difference(alone, &is),
                _ => Vec::new(),
            };
            if !problems.is_empty() {
                wrong(
                    &format!("steps that are {what} are not those of one runner alone"),
                    &problems,
                );
            }
        }
        if kind != Kind::Stamped {
            let is = end(watcher).await;
            if is != alone.end {
                let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
                wrong(
                    "the end is not that of one runner alone",
                    &difference(&lines(&alone.end), &lines(&is)),
                );
            }
        }
        for runner in field.iter().filter(|runner| runner.told().contains("panicked")) {
            wrong("a panic", &[runner.told()]);
        }
    }
}

/// Lines that are there more than once.
fn twice(lines: &[String]) -> Vec<String> {
    lines
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0].clone())
        .collect()
}

/// Steps that did not go up and down in turn, or are not up in the end.
fn out_of_turn(lines: &[String], alone: &[String]) -> Vec<String> {
    let mut of_step: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines {
        let (step, direction) = line.rsplit_once('|').unwrap();
        of_step.entry(step).or_default().push(direction);
    }
    let mut problems: Vec<String> = of_step
        .iter()
        .filter(|(step, went)| {
            let goes_up = alone.iter().any(|line| line.starts_with(&format!("{step}|up")));
            let in_turn = went
                .iter()
                .enumerate()
                .all(|(n, way)| (*way == "up") == (n % 2 == 0));
            // Outside a transaction, one way that was begun and never ended is undone by the other, and leaves no event.
            let is_right = in_turn || history::is_outside(step);
            goes_up && !(is_right && went.last() == Some(&"up"))
        })
        .map(|(step, went)| format!("{step}: {}", went.join(" ")))
        .collect();
    problems.extend(
        alone
            .iter()
            .filter(|line| !of_step.contains_key(line.rsplit_once('|').unwrap().0))
            .map(|line| format!("{line} is missing")),
    );
    problems
}

fn difference(wanted: &[String], is: &[String]) -> Vec<String> {
    let only = |sign: &str, one: &[String], other: &[String]| {
        one.iter()
            .filter(|line| {
                let count = |lines: &[String]| lines.iter().filter(|other| other == line).count();
                count(one) > count(other)
            })
            .map(|line| format!("{sign} {line}"))
            .collect::<Vec<_>>()
    };
    [only("-", wanted, is), only("+", is, wanted)].concat()
}
