//! A runner: the program as a process of its own, which can be killed, paused and woken.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Child;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::TestFolder;

/// What has been done to a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Lives,
    Killed,
    /// It was paused at least once, and woken.
    Paused,
}

/// A process of the program.
pub struct Runner {
    pub name: String,
    pub arguments: Vec<String>,
    pub fate: Fate,
    /// When it is to be woken.
    pub wake_at: Option<Instant>,
    /// How it ended: `0`, `signal 9`.
    pub end: Option<String>,
    /// User and system time, in ticks of the kernel, when it was last looked at.
    pub ticks: u64,
    child: Child,
    output: PathBuf,
}

impl Runner {
    pub fn start(folder: &TestFolder, url: &str, number: usize, arguments: &[&str]) -> Self {
        let name = format!("runner-{number:02}");
        let output = folder.path().with_file_name("home").join(&name);
        let file = File::create(&output).unwrap();
        let child = folder
            .command(arguments)
            .env("COMPETITION_URL", url)
            .env("USER", &name)
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        Self {
            name,
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            fate: Fate::Lives,
            wake_at: None,
            end: None,
            ticks: 0,
            child,
            output,
        }
    }

    /// Looks whether it has ended.
    pub fn look(&mut self) {
        if self.end.is_some() {
            return;
        }
        if let Some(ticks) = self.read_ticks() {
            self.ticks = ticks;
        }
        if let Some(status) = self.child.try_wait().unwrap() {
            let code = status.code().map(|code| code.to_string());
            self.end = code.or_else(|| Some(format!("signal {}", status.signal().unwrap_or_default())));
        }
    }

    pub fn is_running(&self) -> bool {
        self.end.is_none()
    }

    /// Whether it can be done something to: it runs, and nothing is pending.
    pub fn is_free(&self) -> bool {
        self.is_running() && self.wake_at.is_none() && self.fate != Fate::Killed
    }

    pub fn kill(&mut self) {
        self.fate = Fate::Killed;
        self.signal(Signal::KILL);
    }

    pub fn pause(&mut self, until: Instant) {
        self.fate = Fate::Paused;
        self.wake_at = Some(until);
        self.signal(Signal::STOP);
    }

    pub fn wake(&mut self) {
        self.wake_at = None;
        self.signal(Signal::CONT);
    }

    /// What it has told.
    pub fn told(&self) -> String {
        fs::read_to_string(&self.output).unwrap_or_default()
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(Pid::from_raw)
            .unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Where the system tells.
    fn read_ticks(&self) -> Option<u64> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
        Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if self.end.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
