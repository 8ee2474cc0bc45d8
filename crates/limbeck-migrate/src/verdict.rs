//! What an error of the server means for a run: it is tried again, it stops the run, or a person is asked.
//!
//! One table, by SQLSTATE (PostgreSQL's Appendix A, <https://www.postgresql.org/docs/current/errcodes-appendix.html>).
//! A code counts before its class; what is in neither stops the run. Texts are never looked at: they are translated.

use limbeck_postgres::DatabaseError;

use Verdict::{Ask, Reconnect, Retry, Stop};

/// What an error of the server means for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The transaction is rolled back, and the whole step is sent again, until a deadline.
    Retry,
    /// The session is over. What was sent last may have committed: after connecting again the journal tells.
    Reconnect,
    /// The run stops: the same would fail again.
    Stop,
    /// It may have been meant, or it may pass: a person at a terminal is asked once whether to send the step again. With
    /// nobody to ask the run stops.
    Ask,
}

impl Verdict {
    /// The verdict as the documentation writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Retry => "retry",
            Reconnect => "reconnect",
            Stop => "stop",
            Ask => "ask",
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// A SQLSTATE, or the two characters of a class.
    pub code: &'static str,
    /// PostgreSQL's name for it.
    pub name: &'static str,
    /// What it means for a run.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: &'static str,
}

const fn ruling(code: &'static str, name: &'static str, verdict: Verdict, reason: &'static str) -> Ruling {
    Ruling {
        code,
        name,
        verdict,
        reason,
    }
}

/// The table, in the order of the codes, each class before its codes.
pub const RULINGS: &[Ruling] = &[
    ruling("08", "connection_exception", Reconnect, "the connection broke"),
    ruling(
        "08004",
        "sqlserver_rejected_establishment_of_sqlconnection",
        Stop,
        "the server refuses the connection",
    ),
    ruling(
        "08P01",
        "protocol_violation",
        Stop,
        "server or pooler and Limbeck do not understand each other",
    ),
    ruling("0A", "feature_not_supported", Stop, "this server cannot do it"),
    ruling(
        "22",
        "data_exception",
        Stop,
        "a value does not fit: the data or the step has to be corrected",
    ),
    ruling(
        "23",
        "integrity_constraint_violation",
        Stop,
        "rows are in the way: the data has to be corrected",
    ),
    ruling(
        "25",
        "invalid_transaction_state",
        Stop,
        "the statement does not fit into the step's transaction",
    ),
    ruling(
        "25006",
        "read_only_sql_transaction",
        Stop,
        "the server is a standby, or was made read-only, or the step made its transaction so",
    ),
    ruling(
        "25P02",
        "in_failed_sql_transaction",
        Stop,
        "the transaction had failed before; the first error is the one to look at",
    ),
    ruling(
        "25P03",
        "idle_in_transaction_session_timeout",
        Reconnect,
        "the server ended the session, and its transaction with it",
    ),
    ruling(
        "25P04",
        "transaction_timeout",
        Stop,
        "the step takes longer than `transaction_timeout` lets it: it would again",
    ),
    ruling(
        "28",
        "invalid_authorization_specification",
        Stop,
        "the server does not let this role in",
    ),
    ruling(
        "2D000",
        "invalid_transaction_termination",
        Stop,
        "the step calls something that commits or rolls back",
    ),
    ruling(
        "3D000",
        "invalid_catalog_name",
        Stop,
        "the database does not exist, or was dropped meanwhile",
    ),
    ruling(
        "40",
        "transaction_rollback",
        Retry,
        "the transaction was the victim of another one",
    ),
    ruling(
        "40001",
        "serialization_failure",
        Retry,
        "another transaction changed the same rows",
    ),
    ruling(
        "40002",
        "transaction_integrity_constraint_violation",
        Stop,
        "rows are in the way at the commit: the data has to be corrected",
    ),
    ruling(
        "40003",
        "statement_completion_unknown",
        Reconnect,
        "nobody knows whether it was done: the journal tells",
    ),
    ruling(
        "40P01",
        "deadlock_detected",
        Retry,
        "it waited for another transaction, which waited for it",
    ),
    ruling(
        "42",
        "syntax_error_or_access_rule_violation",
        Stop,
        "the step has to be corrected, or the database is not as it expects",
    ),
    ruling("42501", "insufficient_privilege", Stop, "the role lacks a right"),
    ruling(
        "53",
        "insufficient_resources",
        Stop,
        "the server has run out of something",
    ),
    ruling(
        "53100",
        "disk_full",
        Stop,
        "the server's disk is full; nothing half-done stays",
    ),
    ruling(
        "53200",
        "out_of_memory",
        Stop,
        "out of memory, or of room for locks (`max_locks_per_transaction`)",
    ),
    ruling(
        "53300",
        "too_many_connections",
        Reconnect,
        "another session has to end first",
    ),
    ruling(
        "54",
        "program_limit_exceeded",
        Stop,
        "the step is beyond a limit of the server",
    ),
    ruling(
        "55",
        "object_not_in_prerequisite_state",
        Stop,
        "the object is not in a state that allows it",
    ),
    ruling(
        "55006",
        "object_in_use",
        Ask,
        "another session uses the object; it may have ended by now",
    ),
    ruling(
        "55P03",
        "lock_not_available",
        Retry,
        "another session holds a lock: it is waited for in pieces, so that nobody waits behind us for long",
    ),
    ruling(
        "55P04",
        "unsafe_new_enum_value_usage",
        Stop,
        "a new label of an enum is usable once it is committed",
    ),
    ruling(
        "57",
        "operator_intervention",
        Ask,
        "somebody or something has intervened",
    ),
    ruling(
        "57014",
        "query_canceled",
        Ask,
        "somebody has cancelled the statement, or `statement_timeout` has; our own cancelling, after Ctrl-C, is no error",
    ),
    ruling(
        "57P01",
        "admin_shutdown",
        Reconnect,
        "the server stops, or an administrator has ended the session",
    ),
    ruling(
        "57P02",
        "crash_shutdown",
        Reconnect,
        "the server recovers from a crash",
    ),
    ruling(
        "57P03",
        "cannot_connect_now",
        Reconnect,
        "the server starts, stops or recovers",
    ),
    ruling("57P04", "database_dropped", Stop, "the database was dropped"),
    ruling(
        "57P05",
        "idle_session_timeout",
        Reconnect,
        "the server ended the session for being idle",
    ),
    ruling("58", "system_error", Stop, "the server's machine has a fault"),
    ruling(
        "72000",
        "snapshot_too_old",
        Retry,
        "what the transaction would have seen is gone",
    ),
    ruling(
        "F0",
        "config_file_error",
        Stop,
        "the server's configuration is broken",
    ),
    ruling("HV", "fdw_error", Stop, "a foreign server has a fault"),
    ruling(
        "LB001",
        "lease_lost",
        Stop,
        "another runner has taken the lease; nothing of the step was kept",
    ),
    ruling("LB002", "require_failed", Stop, "a `require` found something"),
    ruling(
        "LB003",
        "transaction_ended",
        Stop,
        "the step ended its own transaction: part of it may stand",
    ),
    ruling(
        "P0",
        "plpgsql_error",
        Stop,
        "a function, a trigger or an event trigger raised it",
    ),
    ruling(
        "XX",
        "internal_error",
        Stop,
        "a fault of the server, or damaged data",
    ),
];

/// What a SQLSTATE means; `None` where the table has neither it nor its class, which stops a run.
#[must_use]
pub fn ruling_of(sqlstate: &str) -> Option<&'static Ruling> {
    let find = |code: &str| RULINGS.iter().find(|ruling| ruling.code == code);
    find(sqlstate).or_else(|| find(sqlstate.get(..2)?))
}

/// What an error means for a run. A session that has ended is one to reconnect, whatever was said last, unless the table
/// knows that this would be of no use.
#[must_use]
pub fn verdict(error: &DatabaseError) -> Verdict {
    let known = error.sqlstate().and_then(ruling_of);
    match known.map(|ruling| ruling.verdict) {
        // 53300 is told at connecting; in a session of ours it is a function's own.
        Some(Reconnect) | None if error.is_connection_lost() => Reconnect,
        Some(Reconnect) | None => Stop,
        // FATAL with a code that is otherwise harmless: the session is over all the same.
        Some(Retry | Ask) if error.is_connection_lost() => Reconnect,
        Some(verdict) => verdict,
    }
}

/// Why, in words; `None` for what the table does not know.
pub(crate) fn reason(error: &DatabaseError) -> Option<&'static str> {
    error.sqlstate().and_then(ruling_of).map(|ruling| ruling.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_names_each_code_once() {
        let codes: Vec<&str> = RULINGS.iter().map(|ruling| ruling.code).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
        for ruling in RULINGS {
            assert!(matches!(ruling.code.len(), 2 | 5), "{ruling:?}");
            let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            assert!(ruling.name.bytes().all(is_word), "{ruling:?}");
            assert!(!ruling.reason.ends_with('.'), "{ruling:?}");
        }
    }

    /// With `LIMBECK_BLESS=1` the page is written anew.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test, which is told to write")]
    fn the_documentation_has_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/locks-and-errors.md");
        let page = std::fs::read_to_string(path).unwrap();
        let (begin, end) = ("<!-- errors -->\n", "<!-- end of errors -->");
        let start = page.find(begin).unwrap() + begin.len();
        let end = page.find(end).unwrap();
        let mut table = String::from("\n| SQLSTATE | | what follows | why |\n|---|---|---|---|\n");
        for ruling in RULINGS {
            let code = match ruling.code.len() {
                2 => format!("class {}", ruling.code),
                _ => ruling.code.to_owned(),
            };
            table.push_str(&format!(
                "| {code} | {} | {} | {} |\n",
                ruling.name,
                ruling.verdict.word(),
                ruling.reason
            ));
        }
        table.push('\n');
        if std::env::var_os("LIMBECK_BLESS").is_some() {
            std::fs::write(path, format!("{}{table}{}", &page[..start], &page[end..])).unwrap();
            return;
        }
        assert_eq!(&page[start..end], table, "LIMBECK_BLESS=1 writes it anew");
    }

    #[test]
    fn a_code_counts_before_its_class() {
        let word = |sqlstate| ruling_of(sqlstate).map(|ruling| (ruling.code, ruling.verdict.word()));
        assert_eq!(word("55P03"), Some(("55P03", "retry")));
        assert_eq!(word("55000"), Some(("55", "stop")));
        assert_eq!(word("23505"), Some(("23", "stop")));
        assert_eq!(word("57014"), Some(("57014", "ask")));
        assert_eq!(word("57P01"), Some(("57P01", "reconnect")));
        assert_eq!(word("08006"), Some(("08", "reconnect")));
        assert_eq!(word("ZZ999"), None);
        assert_eq!(word(""), None);
        assert_eq!(word("ü"), None);
    }
}
