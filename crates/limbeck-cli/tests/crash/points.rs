//! The points of a run at which it is disturbed, and how.

use std::collections::BTreeSet;
use std::fmt;

use crate::proxy::{Address, Cut, From, Seen};

/// What happens at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// The network cuts the connection.
    Cut(Cut),
    /// The network cuts the connection by which a run goes on after a cut, before its message or after it.
    CutAgain { after: bool },
    /// The runner is killed, before its message is passed on or after.
    Killed { after: bool },
    /// The runner is told to stop, by Ctrl-C or by SIGTERM, while its message is on its way.
    Told { to_terminate: bool },
    /// The server is stopped at once, before the message reaches it or after.
    Stopped { after: bool },
}

impl fmt::Display for How {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cut(Cut::Before) => "cut before",
            Self::Cut(Cut::Within) => "cut within",
            Self::Cut(Cut::After) => "cut after",
            Self::Cut(Cut::Silently) => "cut silently after",
            Self::CutAgain { after: false } => "cut again before",
            Self::CutAgain { after: true } => "cut again after",
            Self::Killed { after: false } => "killed before",
            Self::Killed { after: true } => "killed after",
            Self::Told { to_terminate: false } => "interrupted at",
            Self::Told { to_terminate: true } => "terminated at",
            Self::Stopped { after: false } => "server stopped before",
            Self::Stopped { after: true } => "server stopped after",
        })
    }
}

/// One point: a message of a scenario's run, and what happens there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The scenario, by its place among all.
    pub scenario: usize,
    pub how: How,
    pub address: Address,
    /// What happens before, where it is a second fault.
    pub first: Option<Address>,
    /// What a person recognises the message by.
    pub message: String,
}

/// `cut before the runner's message 12 of session 1 (BEGIN; SET LOCAL …)`.
impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self.address.from {
            From::Runner => "runner",
            From::Server => "server",
        };
        let (message, session) = (self.address.message, self.address.session);
        write!(
            formatter,
            "{} the {whose}'s message {message} of session {session} ({})",
            self.how, self.message
        )?;
        match &self.first {
            Some(first) => write!(
                formatter,
                ", after message {} of session {}",
                first.message, first.session
            ),
            None => Ok(()),
        }
    }
}

/// How each message of the runner is disturbed, and each of the server. After a message of the server is before the
/// next one, or before the runner's next.
pub const CUTS: fn(&Seen) -> Vec<How> = |seen| match seen.address.from {
    From::Server => vec![How::Cut(Cut::Before), How::Cut(Cut::Within)],
    From::Runner if seen.tag == b'Q' => [Cut::Before, Cut::Within, Cut::After, Cut::Silently]
        .map(How::Cut)
        .to_vec(),
    From::Runner => [Cut::Before, Cut::Within, Cut::After].map(How::Cut).to_vec(),
};

/// The runner is killed before each of its messages is passed on, after that, and before each answer of the server has
/// come to its end.
pub const KILLS: fn(&Seen) -> Vec<How> = |seen| match (seen.address.from, seen.tag) {
    (From::Runner, _) => vec![How::Killed { after: false }, How::Killed { after: true }],
    (From::Server, b'Z') => vec![How::Killed { after: false }],
    (From::Server, _) => Vec::new(),
};

/// The runner is told to stop.
pub const SIGNALS: fn(&Seen) -> Vec<How> = |seen| match seen.address.from {
    From::Runner if seen.address.message % 3 != 1 => vec![How::Told {
        to_terminate: seen.address.message % 3 == 0,
    }],
    _ => Vec::new(),
};

/// The server is stopped at each query.
pub const STOPS: fn(&Seen) -> Vec<How> = |seen| match seen.tag {
    b'Q' => vec![How::Stopped { after: false }, How::Stopped { after: true }],
    _ => Vec::new(),
};

/// The connection by which a run goes on is cut before each of its messages and after it.
pub const CUTS_AGAIN: fn(&Seen) -> Vec<How> = |seen| match seen.address.from {
    From::Runner if seen.address.session == 2 => {
        vec![How::CutAgain { after: false }, How::CutAgain { after: true }]
    }
    _ => Vec::new(),
};

/// The points of a run that was not disturbed, in the sessions of this name. Saying goodbye is not among its messages:
/// whether that still comes through depends on who is faster. How a server greets is the same for every command, and
/// disturbed in the first scenario only.
pub fn of(scenario: usize, application: &str, seen: &[Seen], hows: fn(&Seen) -> Vec<How>) -> Vec<Point> {
    let mut greeted = BTreeSet::new();
    let mut points = Vec::new();
    for seen in seen.iter().filter(|seen| seen.address.application == application) {
        let Address { session, from, .. } = &seen.address;
        if seen.tag == b'Q' {
            greeted.insert(*session);
        }
        let is_greeting = *from == From::Server && !greeted.contains(session);
        if seen.tag == b'X' || is_greeting && scenario > 0 {
            continue;
        }
        points.extend(hows(seen).into_iter().map(|how| Point {
            scenario,
            how,
            address: seen.address.clone(),
            first: None,
            message: title(seen),
        }));
    }
    points
}

fn title(seen: &Seen) -> String {
    if seen.tag == 0 {
        return "startup".to_owned();
    }
    if seen.text.is_empty() {
        return format!("`{}`", char::from(seen.tag));
    }
    let short: String = seen.text.chars().take(60).collect();
    format!("`{short}`")
}
