//! A step that lasts, as it is shown: a living line at a terminal, and otherwise a line when its phase changes and every
//! ten seconds.

use std::fmt::Write as _;
use std::time::Duration;

use limbeck_project::{RunEvent, StepProgress};

use super::mask_passwords;
use super::text::duration;

/// Without a terminal, a step that ends within this is told only when it has ended.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a step is told again that is in the same phase.
const PAUSE: Duration = Duration::from_secs(10);
/// How much of a statement is shown, in characters.
const WIDTH: usize = 60;

/// What was told last of a step, where there is no terminal.
#[derive(Debug, Default)]
pub(super) struct LastTold {
    step: String,
    state: String,
    elapsed: Duration,
}

impl LastTold {
    /// The line that is to be shown now; `None` where nothing is.
    pub(super) fn line(&mut self, event: &RunEvent) -> Option<String> {
        let RunEvent::Progress {
            elapsed, progress, ..
        } = event
        else {
            return None;
        };
        let step = subject(event)?;
        let state = state(progress);
        let is_same = self.step == step && self.state == state;
        // A step that is sent again begins anew.
        let since = elapsed.checked_sub(self.elapsed).unwrap_or(PAUSE);
        if *elapsed < PATIENCE || (is_same && since < PAUSE) {
            return None;
        }
        *self = Self {
            step,
            state,
            elapsed: *elapsed,
        };
        Some(format!("  {}, {} so far", told(event)?, duration(*elapsed)))
    }
}

/// The step, how far it is, and its statement, in one line.
pub(super) fn told(event: &RunEvent) -> Option<String> {
    let RunEvent::Progress {
        statement, progress, ..
    } = event
    else {
        return None;
    };
    let mut text = subject(event)?;
    if let Some(statement) = statement {
        let _ = write!(text, " {}", mask_passwords(&shortened(statement)));
    } else if let (Some(command), Some(table)) = (&progress.command, &progress.table) {
        let _ = write!(text, " {command} of {table}");
    }
    let state = state(progress);
    if !state.is_empty() {
        let _ = write!(text, ": {state}");
    }
    if let (Some(done), Some(total), Some(unit)) = (progress.done, progress.total, progress.unit) {
        if let Some(per_cent) = progress.per_cent {
            let _ = write!(text, ", {per_cent} %");
        }
        let _ = write!(text, " ({done} of {total} {})", unit.words());
    }
    Some(text)
}

/// `up 8f3c2a91d0b4 by_day`.
fn subject(event: &RunEvent) -> Option<String> {
    match event {
        RunEvent::Progress {
            revision,
            step,
            direction,
            ..
        } => Some(format!("{direction} {revision} {step}")),
        _ => None,
    }
}

/// The phase and what is waited for, in words; empty where the server tells neither.
fn state(progress: &StepProgress) -> String {
    let phase = progress.phase.clone();
    let lock = progress.lock.as_deref().map(|lock| match lock {
        // The end of other transactions is waited for by a lock on each.
        "virtualxid" | "transactionid" => "waiting for another transaction to end".to_owned(),
        "relation" => "waiting for a lock on a table".to_owned(),
        lock => format!("waiting for a lock ({lock})"),
    });
    [phase, lock].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A statement in one line, as far as it fits.
fn shortened(statement: &str) -> String {
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use limbeck_project::ProgressUnit;

    use super::*;

    fn event(seconds: u64, phase: &str, done: Option<u64>) -> RunEvent {
        RunEvent::Progress {
            revision: "8f3c2a91d0b4".parse().unwrap(),
            step: "by_day".to_owned(),
            direction: limbeck_project::RunDirection::Up,
            statement: Some(
                "CREATE INDEX CONCURRENTLY plans_day_idx\n  ON plans (day, something_long, and_more)"
                    .to_owned(),
            ),
            number: Some(1),
            statements: 1,
            elapsed: Duration::from_secs(seconds),
            progress: StepProgress {
                table: Some("public.plans".to_owned()),
                phase: Some(phase.to_owned()),
                done,
                total: done.map(|_| 80),
                unit: done.map(|_| ProgressUnit::Blocks),
                per_cent: done.map(|done| u8::try_from(done * 100 / 80).unwrap()),
                ..StepProgress::default()
            },
        }
    }

    #[test]
    fn a_line_at_each_phase_and_every_ten_seconds() {
        let mut last = LastTold::default();
        let mut lines = Vec::new();
        for (seconds, phase, done) in [
            (1, "initializing", None),
            (6, "building index", Some(8)),
            (7, "building index", Some(16)),
            (15, "building index", Some(20)),
            (16, "building index", Some(24)),
            (17, "waiting for old snapshots", None),
            (20, "waiting for old snapshots", None),
            // Sent again, it begins anew.
            (5, "waiting for old snapshots", None),
        ] {
            lines.extend(last.line(&event(seconds, phase, done)));
        }
        insta::assert_snapshot!(lines.join("\n"), @"
          up 8f3c2a91d0b4 by_day CREATE INDEX CONCURRENTLY plans_day_idx ON plans (day, somet...: building index, 10 % (8 of 80 blocks), 6.0 s so far
          up 8f3c2a91d0b4 by_day CREATE INDEX CONCURRENTLY plans_day_idx ON plans (day, somet...: building index, 30 % (24 of 80 blocks), 16.0 s so far
          up 8f3c2a91d0b4 by_day CREATE INDEX CONCURRENTLY plans_day_idx ON plans (day, somet...: waiting for old snapshots, 17.0 s so far
          up 8f3c2a91d0b4 by_day CREATE INDEX CONCURRENTLY plans_day_idx ON plans (day, somet...: waiting for old snapshots, 5.0 s so far
        ");
    }

    #[test]
    fn what_is_waited_for() {
        let lock = |lock: &str| {
            state(&StepProgress {
                lock: Some(lock.to_owned()),
                ..StepProgress::default()
            })
        };
        assert_eq!(lock("relation"), "waiting for a lock on a table");
        assert_eq!(lock("virtualxid"), "waiting for another transaction to end");
        assert_eq!(lock("advisory"), "waiting for a lock (advisory)");
        assert_eq!(state(&StepProgress::default()), "");
    }
}
