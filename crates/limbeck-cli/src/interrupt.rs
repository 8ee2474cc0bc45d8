//! Ctrl-C and SIGTERM, and SIGHUP, which comes when the terminal is closed.
//!
//! While a run is on a database, the first signal asks it to stop between steps; the second leaves at once. Without
//! a run, the first one leaves at once: nothing has been begun that would have to be ended.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use limbeck_project::Interrupt;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Exit;
use crate::output::Progress;

const WAITING: &str = "Stopping as soon as the database is in a known state; once more leaves at once";

/// What listens to signals.
#[derive(Clone, Default)]
pub(crate) struct Signals(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The run that is on, if any.
    run: Option<Interrupt>,
    /// The first signal that came.
    received: Option<Exit>,
}

/// How long the progress line may take to go.
const TIDYING: Duration = Duration::from_millis(100);

impl Signals {
    /// Begins to listen, on a thread of its own: a signal must be heard while the others compute.
    pub(crate) fn listen(progress: Progress) -> io::Result<Self> {
        let signals = Self::default();
        let heard = signals.clone();
        let runtime = Builder::new_current_thread().enable_io().build()?;
        // Before anything else is begun: until then a signal ends the program without a word.
        let (mut interrupts, mut terminations, mut hangups) = {
            let _context = runtime.enter();
            let hangups = if is_hangup_ignored() {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            };
            (
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                hangups,
            )
        };
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async {
                loop {
                    let exit = tokio::select! {
                        _ = interrupts.recv() => Exit::Interrupted,
                        _ = terminations.recv() => Exit::Terminated,
                        _ = hung_up(hangups.as_mut()) => Exit::Terminated,
                    };
                    match heard.hear(exit) {
                        Reaction::Wait => progress.suspend(|| {
                            let _ = writeln!(anstream::stderr(), "{WAITING}");
                        }),
                        Reaction::Leave => {
                            tidy_up(&progress);
                            leave(exit);
                        }
                    }
                }
            })
        })?;
        Ok(signals)
    }

    /// Tells that a run on a database begins; it lasts as long as what is returned.
    pub(crate) fn begin_run(&self) -> Run {
        let interrupt = Interrupt::default();
        self.state().run = Some(interrupt.clone());
        Run {
            signals: self.clone(),
            interrupt,
        }
    }

    /// With which code an interrupted run leaves.
    pub(crate) fn exit(&self) -> Exit {
        self.state().received.unwrap_or(Exit::Interrupted)
    }

    fn hear(&self, exit: Exit) -> Reaction {
        let mut state = self.state();
        let is_first = state.received.is_none();
        state.received.get_or_insert(exit);
        match (&state.run, is_first) {
            (Some(run), true) => {
                run.interrupt();
                Reaction::Wait
            }
            _ => Reaction::Leave,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether SIGHUP is to pass by, as under `nohup`; listening to it would undo that. Where the system does not tell, it is
/// left as it is.
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The first bit is signal 1.
    mask.is_none_or(|mask| mask & 1 == 1)
}

/// Comes when the terminal is closed; never, where that is to pass by.
async fn hung_up(hangups: Option<&mut Signal>) -> Option<()> {
    match hangups {
        Some(hangups) => hangups.recv().await,
        None => std::future::pending().await,
    }
}

/// A run on a database.
pub(crate) struct Run {
    signals: Signals,
    interrupt: Interrupt,
}

impl Run {
    /// What the run watches.
    pub(crate) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.signals.state().run = None;
    }
}

/// Takes the progress line away. A question holds the line for as long as it waits for an answer, and nobody will
/// give one now.
fn tidy_up(progress: &Progress) {
    let progress = progress.clone();
    let tidying = thread::spawn(move || progress.finish());
    let began = Instant::now();
    while !tidying.is_finished() && began.elapsed() < TIDYING {
        thread::sleep(Duration::from_millis(5));
    }
}

/// What a signal leads to.
#[derive(Debug, PartialEq, Eq)]
enum Reaction {
    /// The run ends by itself, soon.
    Wait,
    /// Leave at once.
    Leave,
}

#[expect(clippy::disallowed_methods, clippy::exit, reason = "this is the command line")]
fn leave(exit: Exit) {
    std::process::exit(i32::from(exit.code()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_run_the_first_signal_leaves() {
        assert_eq!(Signals::default().hear(Exit::Interrupted), Reaction::Leave);
    }

    #[test]
    fn a_run_is_asked_once_and_left_at_the_second_signal() {
        let signals = Signals::default();
        let run = signals.begin_run();
        assert!(!run.interrupt().is_interrupted());
        assert_eq!(signals.hear(Exit::Terminated), Reaction::Wait);
        assert!(run.interrupt().is_interrupted());
        assert_eq!(signals.hear(Exit::Interrupted), Reaction::Leave);
        assert_eq!(signals.exit(), Exit::Terminated);
    }

    #[test]
    fn after_a_run_the_first_signal_leaves() {
        let signals = Signals::default();
        drop(signals.begin_run());
        assert_eq!(signals.hear(Exit::Interrupted), Reaction::Leave);
    }
}
