//! How a session comes to its server process.

use std::fmt;

use serde::Serialize;

/// How a session comes to its server process: told at its beginning, and never guessed from a port.
///
/// Directly, the process that answers is the one that the server named when the session began. Behind a proxy or a
/// pooler it is another one, which only leads to a second look; [`Pooling::learnt`] says what that went by.
///
/// ```
/// # fn example(session: &limbeck_postgres::Session) -> String {
/// let pooling = session.pooling();
/// if pooling.kind.is_shared() {
///     return format!("no migrations here: {} (told by {})", pooling.kind, pooling.learnt);
/// }
/// # String::new()
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pooling {
    /// What is between the session and the server.
    pub kind: PoolingKind,
    /// What it was learnt by.
    pub learnt: Learnt,
}

/// What is between a session and its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PoolingKind {
    /// Nothing, or nothing that shows.
    Direct,
    /// A proxy, or a pooler in session mode: the session keeps one server process until its end.
    Session,
    /// A pooler that hands server processes to others between two transactions.
    Transaction,
    /// A pooler that hands server processes to others between two statements, and takes no transactions.
    Statement,
    /// Something, and its connections are too few or too slow to tell what.
    Unknown,
}

/// What tells how a session comes to its server process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Learnt {
    /// The server process that answers: it is the one that was named when the session began.
    Process,
    /// The host's name, which is one of Neon's.
    Name,
    /// A second connection beside the session: whether the same server process served both.
    Behaviour,
    /// The caller, who had looked before.
    Caller,
}

impl PoolingKind {
    /// Whether the server process may be another's between two transactions of the session: what a session sets, locks
    /// or prepares does not hold there, and reaches others.
    #[must_use]
    pub fn is_shared(self) -> bool {
        matches!(self, Self::Transaction | Self::Statement | Self::Unknown)
    }
}

impl Pooling {
    pub(crate) fn new(kind: PoolingKind, learnt: Learnt) -> Self {
        Self { kind, learnt }
    }
}

/// In a few words: `a pooler in transaction mode`.
impl fmt::Display for PoolingKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Direct => "direct",
            Self::Session => "a proxy or a pooler in session mode",
            Self::Transaction => "a pooler in transaction mode",
            Self::Statement => "a pooler in statement mode",
            Self::Unknown => "a proxy or pooler of an unknown mode",
        })
    }
}

/// In a few words: `the server process`.
impl fmt::Display for Learnt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Process => "the server process that answers",
            Self::Name => "the host's name",
            Self::Behaviour => "a second connection beside the first",
            Self::Caller => "an earlier look",
        })
    }
}
