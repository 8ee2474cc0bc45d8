//! What only PostgreSQL can answer.
//!
//! The planner is pure. Where only a server can tell (are these two texts equal once they have been run again? does
//! this change of type need `USING`?) it returns probes. The caller runs each on a scratch database and calls again
//! with the answers.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The identity of a probe: what it asks, of what, on which side. The same request asks the same probes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProbeId(pub String);

impl fmt::Display for ProbeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which state the scratch database must be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The state to start from.
    Current,
    /// The state to reach.
    Wanted,
}

impl Side {
    /// The side as it stands in the identity of a probe.
    fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Wanted => "wanted",
        }
    }
}

/// One question. The caller opens a transaction on a scratch database that holds `side`, with the search path that the
/// plan will run with, runs `setup` and then `read`, and rolls back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Under which the answer is given.
    pub id: ProbeId,
    /// The state that the scratch database must hold.
    pub side: Side,
    /// Statements to run first, in order. The first one that fails is the answer.
    pub setup: Vec<String>,
    /// A query of one row with one column of type text, which is not null.
    pub read: String,
}

/// What PostgreSQL said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// What `read` gave.
    Text(String),
    /// A statement failed.
    Failed {
        /// The error's SQLSTATE, five characters.
        sqlstate: String,
        /// The error's message.
        message: String,
    },
}

/// The answers to all probes so far.
pub type Answers = BTreeMap<ProbeId, Answer>;

/// Looks answers up, and gathers the probes that have none yet.
pub(crate) struct Questions<'a> {
    answers: &'a Answers,
    /// The statements that give objects of the current side the names they have in the wanted state.
    renames: Vec<String>,
    open: BTreeMap<ProbeId, Probe>,
}

impl<'a> Questions<'a> {
    pub(crate) fn new(answers: &'a Answers) -> Self {
        Self {
            answers,
            renames: Vec::new(),
            open: BTreeMap::new(),
        }
    }

    /// Has probes of the current side run these statements first.
    pub(crate) fn rename_first(&mut self, statements: impl IntoIterator<Item = String>) {
        self.renames.extend(statements);
    }

    /// The answer to a question, or `None` while it is open.
    pub(crate) fn ask(
        &mut self,
        topic: &str,
        side: Side,
        setup: Vec<String>,
        read: String,
    ) -> Option<&'a Answer> {
        let id = ProbeId(format!("{topic} {}", side.as_str()));
        let answer = self.answers.get(&id);
        if answer.is_none() {
            let mut statements = Vec::new();
            if side == Side::Current {
                statements.extend(self.renames.iter().cloned());
            }
            statements.extend(setup);
            // Only now: what `setup` runs may call functions that count on the session's path.
            statements.push("SET LOCAL search_path = pg_catalog".to_owned());
            self.open.insert(
                id.clone(),
                Probe {
                    id,
                    side,
                    setup: statements,
                    read,
                },
            );
        }
        answer
    }

    /// The probes without an answer, in order.
    pub(crate) fn into_open(self) -> Vec<Probe> {
        self.open.into_values().collect()
    }
}
