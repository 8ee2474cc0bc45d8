//! The exit codes. They are stable: scripts and CI may rely on them.

use std::process::ExitCode;

use limbeck_project::Failure;

/// With what code the program leaves. A panic, which is always a bug, leaves with Rust's own 101.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    Different = 3,
    Refused = 4,
    Busy = 5,
    Unreachable = 6,
    Stopped = 7,
    History = 8,
    Interrupted = 130,
    Terminated = 143,
}

impl Exit {
    /// All of them, as the help lists them.
    pub(crate) const ALL: [Self; 11] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Different,
        Self::Refused,
        Self::Busy,
        Self::Unreachable,
        Self::Stopped,
        Self::History,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// What it means, in a line.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed; this call committed nothing",
            Self::Usage => "the arguments or the configuration are wrong",
            Self::Different => {
                "there is a difference (`check`, `drift`, `diff --exit-code`, `current --check-heads`)"
            }
            Self::Refused => "refused for want of consent",
            Self::Busy => "another runner is still busy after `--wait`",
            Self::Unreachable => "the database cannot be reached",
            Self::Stopped => "stopped after committing something; run it again to go on",
            Self::History => "the history conflicts: edited, unknown, ambiguous, several heads",
            Self::Interrupted => "interrupted (Ctrl-C)",
            Self::Terminated => "terminated (SIGTERM)",
        }
    }
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Failed => Self::Failed,
            Failure::Usage => Self::Usage,
            Failure::Refused => Self::Refused,
            Failure::Busy => Self::Busy,
            Failure::Unreachable => Self::Unreachable,
            Failure::Stopped => Self::Stopped,
            Failure::History => Self::History,
            Failure::Interrupted => Self::Interrupted,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_never_change() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 130, 143]);
    }

    #[test]
    fn the_readme_has_the_same_table() {
        let readme = include_str!("../../../README.md");
        for exit in Exit::ALL {
            let row = format!("| {} | {} |", exit.code(), exit.meaning());
            assert!(readme.lines().any(|line| line == row), "{row}");
        }
    }

    #[test]
    fn each_failure_has_its_code() {
        let failures = [
            (Failure::Failed, 1),
            (Failure::Usage, 2),
            (Failure::Refused, 4),
            (Failure::Busy, 5),
            (Failure::Unreachable, 6),
            (Failure::Stopped, 7),
            (Failure::History, 8),
            (Failure::Interrupted, 130),
        ];
        for (failure, code) in failures {
            assert_eq!(Exit::from(failure).code(), code, "{failure:?}");
        }
    }
}
