//! What is going on, at a terminal, for what takes over a second.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Before this, nothing is drawn.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// A line at the bottom of the terminal that tells what is going on.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Dropped or used to tell the waiting thread that nothing is to be drawn any more.
    stop: Arc<Mutex<Option<Sender<()>>>>,
}

impl Progress {
    /// No progress at all.
    pub(crate) fn none() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            stop: Arc::default(),
        }
    }

    /// Progress on stderr, from a second on.
    pub(crate) fn at_terminal() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(spinner());
        let (stop, stopped) = channel();
        let progress = Self {
            bar,
            stop: Arc::new(Mutex::new(Some(stop))),
        };
        let bar = progress.bar.clone();
        // Without the thread there is no progress to see, which is no reason to fail.
        let _ = thread::Builder::new()
            .name("progress".to_owned())
            .spawn(move || appear(&bar, &stopped));
        progress
    }

    /// Whether there is a terminal to draw on.
    pub(crate) fn is_drawn(&self) -> bool {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Tells what is going on now.
    pub(crate) fn phase(&self, text: &str) {
        if self.bar.length().is_some() {
            self.bar.unset_length();
            self.bar.set_style(spinner());
        }
        self.bar.set_message(text.to_owned());
    }

    /// Tells how many bytes of how many have come.
    pub(crate) fn bytes(&self, text: &str, done: u64, total: u64) {
        if self.bar.length() != Some(total) {
            self.bar.set_length(total);
            self.bar.set_style(bytes());
        }
        self.bar.set_position(done);
        self.bar.set_message(text.to_owned());
    }

    /// Takes the line away while something else is written.
    pub(crate) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the line away for good.
    pub(crate) fn finish(&self) {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.bar.finish_and_clear();
    }
}

fn appear(bar: &ProgressBar, stopped: &Receiver<()>) {
    if stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.enable_steady_tick(TICK);
    }
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn bytes() -> ProgressStyle {
    ProgressStyle::with_template("{spinner:.cyan} {msg} [{bar:30.cyan}] {bytes}/{total_bytes}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
