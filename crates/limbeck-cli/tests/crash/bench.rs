//! Disturbing a command at a point, running it again, and looking what came of it.

use std::pin::pin;
use std::process::Stdio;
use std::time::Duration;

use limbeck_postgres::Settings;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use crate::outcome::Outcome;
use crate::points::{How, Point};
use crate::proxy::{Address, Cut, Fault, Hold, Proxy, Seen};
use crate::scenarios::{Done, FAILS_ONCE, Scenario};
use crate::server::{Server, session};
use crate::support::TestFolder;
use crate::support::project::project_without_database;

/// How often a command is run until it must have come to its end. One that fails by its own doing needs two more.
const RUNS: usize = 6;
/// When a point counts as hanging.
const LIMIT: Duration = Duration::from_secs(120);

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// By itself: no run failed.
    ByItself,
    /// When it was run again.
    Again,
}

impl Came {
    fn of(failures: &[String]) -> Self {
        // One fails by its own doing, whatever else happens.
        if failures.iter().all(|failure| failure.contains(FAILS_ONCE)) {
            Self::ByItself
        } else {
            Self::Again
        }
    }
}

/// A server, and on it what each scenario begins with and comes to when nothing disturbs it.
pub struct Bench {
    pub server: Server,
    pub scenarios: Vec<Prepared>,
}

pub struct Prepared {
    pub scenario: Scenario,
    template: String,
    undisturbed: Outcome,
    /// The messages when the library runs the command.
    pub traffic: Vec<Seen>,
    folder: TestFolder,
}

impl Bench {
    /// Prepares the scenarios.
    pub async fn new(server: Server, scenarios: Vec<Scenario>) -> Self {
        let mut prepared = Vec::new();
        for scenario in scenarios {
            let template = server.create(None).await;
            scenario.prepare(&template).await;
            let template = template.database().to_owned();
            let database = server.create(Some(&template)).await;
            let proxy = Proxy::start(server.socket()).await;
            proxy.record();
            let mut failures = Vec::new();
            run_again(&scenario, &proxy.settings(&database), None, &mut failures)
                .await
                .unwrap_or_else(|error| panic!("{}, undisturbed: {error}", scenario.name));
            let folder = project_without_database();
            for (name, text) in &scenario.files {
                folder.write(&format!("database/migrations/versions/{name}"), text);
            }
            prepared.push(Prepared {
                undisturbed: Outcome::read(&database).await,
                traffic: first_beats(proxy.seen()),
                template,
                folder,
                scenario,
            });
            server.drop(&database).await;
        }
        Self {
            server,
            scenarios: prepared,
        }
    }

    /// The messages when the program runs a scenario's command, and that it comes to the same.
    pub async fn program_traffic(&self, scenario: usize) -> Vec<Seen> {
        let prepared = &self.scenarios[scenario];
        let database = self.server.create(Some(&prepared.template)).await;
        let proxy = Proxy::start(self.server.socket()).await;
        proxy.record();
        let mut failures = Vec::new();
        prepared
            .program_again(&proxy.settings(&database), &mut failures)
            .await
            .unwrap();
        let difference = prepared.undisturbed.difference(&Outcome::read(&database).await);
        assert!(
            difference.is_empty(),
            "{}, undisturbed, by the program:\n{difference}",
            prepared.scenario.name
        );
        self.server.drop(&database).await;
        proxy.seen()
    }

    /// A database as a scenario finds it.
    pub async fn before(&self, scenario: usize) -> Settings {
        self.server.create(Some(&self.scenarios[scenario].template)).await
    }

    /// The messages of a run that goes on by itself after a cut.
    pub async fn traffic_after(&self, scenario: usize, cut: &Address) -> Vec<Seen> {
        let prepared = &self.scenarios[scenario];
        let database = self.before(scenario).await;
        let proxy = Proxy::start(self.server.socket()).await;
        proxy.record();
        proxy.lay(cut.clone(), Fault::Cut(Cut::After));
        let _ = prepared.scenario.run(&proxy.settings(&database)).await;
        self.server.drop(&database).await;
        proxy.seen()
    }

    /// Disturbs a run at a point. Tells what is not as it should be.
    pub async fn disturb(&self, point: &Point) -> Result<Came, String> {
        let point_at = |failures: &[String], problem: &str| {
            let name = self.scenarios[point.scenario].scenario.name;
            let failures: String = failures
                .iter()
                .map(|failure| format!("    a run failed: {failure}\n"))
                .collect();
            format!("{name}: {point}\n{failures}    {}", problem.trim_start())
        };
        let mut failures = Vec::new();
        match tokio::time::timeout(LIMIT, self.disturbed(point, &mut failures)).await {
            Ok(Ok(came)) => Ok(came),
            Ok(Err(problem)) => Err(point_at(&failures, &problem)),
            Err(_) => Err(point_at(&failures, &format!("not over after {LIMIT:?}"))),
        }
    }

    async fn disturbed(&self, point: &Point, failures: &mut Vec<String>) -> Result<Came, String> {
        let prepared = &self.scenarios[point.scenario];
        let database = self.server.create(Some(&prepared.template)).await;
        let proxy = Proxy::start(self.server.socket()).await;
        let through = proxy.settings(&database);
        match point.how {
            How::Cut(cut) => {
                proxy.lay(point.address.clone(), Fault::Cut(cut));
                // Who was cut off silently keeps its lease, until that runs out.
                let held_by = (cut == Cut::Silently).then_some(&database);
                run_again(&prepared.scenario, &through, held_by, failures).await?;
            }
            How::CutAgain { after } => {
                if let Some(first) = &point.first {
                    proxy.lay(first.clone(), Fault::Cut(Cut::After));
                }
                let cut = if after { Cut::After } else { Cut::Before };
                proxy.lay(point.address.clone(), Fault::Cut(cut));
                run_again(&prepared.scenario, &through, None, failures).await?;
            }
            How::Killed { after } => {
                let (reached, release) = lay_hold(&proxy, point, after);
                let mut child = prepared.spawn_until(reached, &through, failures).await?;
                child.kill().await.unwrap();
                drop(release);
                prepared.program_again(&through, failures).await?;
            }
            How::Told { to_terminate } => {
                let (reached, release) = lay_hold(&proxy, point, false);
                let mut child = prepared.spawn_until(reached, &through, failures).await?;
                tell(&mut child, to_terminate, release, failures).await?;
                prepared.program_again(&through, failures).await?;
            }
            How::Stopped { .. } => return Err("a server that others use does not stop".to_owned()),
        }
        // How often a run looks whether the server has ended what was cut off depends on the time.
        if !proxy.is_past() && point.first.is_none() {
            return Err("the run did not come there".to_owned());
        }
        self.look(prepared, &database).await?;
        Ok(Came::of(failures))
    }

    /// Stops the server at a point, and starts it again.
    pub async fn disturb_by_stopping(&mut self, point: &Point) -> Result<Came, String> {
        let How::Stopped { after } = point.how else {
            return Err("not a point for this".to_owned());
        };
        let prepared = &self.scenarios[point.scenario];
        let name = prepared.scenario.name;
        let database = self.server.create(Some(&prepared.template)).await;
        let proxy = Proxy::start(self.server.socket()).await;
        let through = proxy.settings(&database);
        let (reached, release) = lay_hold(&proxy, point, after);
        let mut failures = Vec::new();
        let ended = {
            let cluster = self.server.cluster();
            let mut stop = pin!(async {
                if reached.await.is_ok() {
                    cluster.stop_at_once();
                    drop(release);
                    cluster.start_again().await;
                }
            });
            let limited = tokio::time::timeout(
                LIMIT,
                Box::pin(async {
                    // The run that is disturbed need not be the first.
                    while !proxy.is_past() {
                        let mut run = pin!(prepared.scenario.run(&through));
                        let (ended, is_up) = tokio::select! {
                            ended = &mut run => (ended, false),
                            () = &mut stop => (run.await, true),
                        };
                        if !is_up && proxy.is_past() {
                            stop.as_mut().await;
                        }
                        match ended {
                            Ok(Done::NothingLeft) => break,
                            Ok(Done::Something) => {}
                            Err(error) => failures.push(error.to_string()),
                        }
                    }
                    run_again(&prepared.scenario, &through, None, &mut failures).await
                }),
            );
            match limited.await {
                Ok(ended) => ended,
                Err(_) => Err(format!("not over after {LIMIT:?}")),
            }
        };
        let looked = match ended {
            Ok(()) if !proxy.is_past() => Err("the run did not come there".to_owned()),
            Ok(()) => self.look(&self.scenarios[point.scenario], &database).await,
            Err(problem) => Err(problem),
        };
        looked.map(|()| Came::of(&failures)).map_err(|problem| {
            let failures: String = failures
                .iter()
                .map(|failure| format!("    a run failed: {failure}\n"))
                .collect();
            format!("{name}: {point}\n{failures}    {}", problem.trim_start())
        })
    }

    /// What came of it: the same as undisturbed, and a lease that can be taken.
    async fn look(&self, prepared: &Prepared, database: &Settings) -> Result<(), String> {
        let difference = prepared.undisturbed.difference(&Outcome::read(database).await);
        if !difference.is_empty() {
            return Err(difference);
        }
        let taken = prepared.scenario.take_lease(database).await;
        taken.map_err(|error| format!("the lease is held for good: {error}"))?;
        self.server.drop(database).await;
        Ok(())
    }
}

/// The messages without those of a heartbeat after its first beat: how many there are depends on the time.
fn first_beats(mut seen: Vec<Seen>) -> Vec<Seen> {
    let (mut is_asked, mut is_over) = (false, false);
    seen.retain(|seen| {
        if !seen.address.application.ends_with("heartbeat") {
            return true;
        }
        let is_kept = !is_over;
        is_asked |= seen.text.contains("heartbeat_at");
        is_over |= is_asked && seen.tag == b'Z';
        is_kept
    });
    seen
}

/// As if the time of a lease that somebody holds had passed.
const EXPIRE: &str =
    "UPDATE limbeck.lease SET expires_at = clock_timestamp() - interval '1 s' WHERE owner IS NOT NULL";

/// Runs a command until it says that nothing is left. After a run that failed, the time of the lease in `held_by` passes.
async fn run_again(
    scenario: &Scenario,
    database: &Settings,
    held_by: Option<&Settings>,
    failures: &mut Vec<String>,
) -> Result<(), String> {
    for _ in 0..RUNS {
        match scenario.run(database).await {
            Ok(Done::NothingLeft) => return Ok(()),
            Ok(Done::Something) => {}
            Err(error) => {
                failures.push(error.to_string());
                if let Some(database) = held_by {
                    // Before anything was made, there is no lease.
                    let _ = session(database).await.execute(EXPIRE).await;
                }
            }
        }
    }
    Err(format!("there is still something left after {RUNS} runs"))
}

fn lay_hold(proxy: &Proxy, point: &Point, after: bool) -> (oneshot::Receiver<()>, oneshot::Sender<bool>) {
    let (reached, is_reached) = oneshot::channel();
    let (release, is_released) = oneshot::channel();
    proxy.lay(
        point.address.clone(),
        Fault::Hold(Hold {
            after,
            reached,
            release: is_released,
        }),
    );
    (is_reached, release)
}

/// Tells the program to stop, and lets its message pass once it has heard it.
async fn tell(
    child: &mut Child,
    to_terminate: bool,
    release: oneshot::Sender<bool>,
    failures: &mut Vec<String>,
) -> Result<(), String> {
    use rustix::process::{Pid, Signal, kill_process};

    let (signal, code) = if to_terminate {
        (Signal::TERM, 143)
    } else {
        (Signal::INT, 130)
    };
    let pid = i32::try_from(child.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    // It says that it has heard, or ends.
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut told = String::new();
    while !told.contains("once more leaves at once") && stderr.read_line(&mut told).await.unwrap() > 0 {}
    let _ = release.send(true);
    stderr.read_to_string(&mut told).await.unwrap();
    let status = child.wait().await.unwrap();
    if !status.success() {
        failures.push(told.clone());
    }
    match status.code() {
        Some(0) => Ok(()),
        Some(found) if found == code => Ok(()),
        // The statement came to its end before it was cancelled.
        Some(7) if told.contains(FAILS_ONCE) => Ok(()),
        _ => Err(format!("told to stop, it ended with {status}")),
    }
}

impl Prepared {
    /// Starts the program.
    fn spawn(&self, database: &Settings) -> Child {
        self.program(database)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Runs the program until it comes to a point, which need not be in its first run.
    async fn spawn_until(
        &self,
        mut reached: oneshot::Receiver<()>,
        database: &Settings,
        failures: &mut Vec<String>,
    ) -> Result<Child, String> {
        loop {
            let mut child = self.spawn(database);
            let status = tokio::select! {
                biased;
                Ok(()) = &mut reached => return Ok(child),
                status = child.wait() => status.unwrap(),
            };
            failures.push(format!("the program ended before: {status}"));
            if status.success() || failures.len() == RUNS {
                return Err("the run did not come there".to_owned());
            }
        }
    }

    fn program(&self, database: &Settings) -> Command {
        let mut command = self.folder.command(self.scenario.command.arguments());
        command.env("LIMBECK_DATABASE_URL", database.to_url_with_password());
        Command::from(command)
    }

    /// Runs the program until it succeeds.
    async fn program_again(&self, database: &Settings, failures: &mut Vec<String>) -> Result<(), String> {
        for _ in 0..RUNS {
            let output = self.program(database).kill_on_drop(true).output().await.unwrap();
            if output.status.success() {
                return Ok(());
            }
            failures.push(self.folder.told(&output));
        }
        Err(format!("there is still something left after {RUNS} runs"))
    }
}
