//! The settings that every session pins, so that a role's or a database's own change nothing.

/// The server process that runs the statement, as SQL.
const OWN_PROCESS: &str = "pg_catalog.pg_backend_pid()";

/// The setting that tells within a transaction that it is pinned.
const PINNED: &str = "limbeck.pinned";

/// Which settings a session pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pins {
    /// For reading: every name that is printed is qualified, every value is printed as `pg_dump` has it printed.
    Reading,
    /// For running statements that people wrote.
    Running {
        /// `search_path`, written as `SET search_path` takes it: `"$user", public`.
        search_path: String,
    },
}

/// A setting, the value pinned, and the first major version that has it.
type Pin = (&'static str, &'static str, u32);

/// How values are printed and read, and that nothing but us ends a statement. No setting here needs a superuser.
/// As in `pg_dump` (`setup_connection`), but that `DateStyle` has its order too, which decides how `1/2/2026` is read.
const BOTH: &[Pin] = &[
    ("TimeZone", "UTC", 0),
    ("DateStyle", "ISO, MDY", 0),
    ("IntervalStyle", "postgres", 0),
    ("extra_float_digits", "3", 0),
    ("bytea_output", "hex", 0),
    ("xmloption", "content", 0),
    ("xmlbinary", "base64", 0),
    ("quote_all_identifiers", "off", 0),
    ("standard_conforming_strings", "on", 0),
    ("transform_null_equals", "off", 0),
    ("array_nulls", "on", 0),
    ("client_min_messages", "notice", 0),
    ("statement_timeout", "0", 0),
    ("lock_timeout", "0", 0),
    ("idle_in_transaction_session_timeout", "0", 0),
    ("idle_session_timeout", "0", 14),
    ("transaction_timeout", "0", 17),
];

/// Catalogue queries look dear to the planner; compiling them takes longer than running them.
const READING: &[Pin] = &[("jit", "off", 11)];

/// What decides how a new table is stored and what a statement sees.
const RUNNING: &[Pin] = &[
    ("default_tablespace", "", 0),
    ("temp_tablespaces", "", 0),
    ("default_table_access_method", "heap", 12),
    ("default_toast_compression", "pglz", 14),
    ("default_transaction_isolation", "read committed", 0),
    ("default_transaction_deferrable", "off", 0),
    ("row_security", "on", 0),
    ("createrole_self_grant", "", 16),
];

impl Pins {
    /// One message that pins everything, for a server of that major version.
    pub fn message(&self, major: u32) -> String {
        self.pinned(major, false)
    }

    /// The same until the running transaction ends, whoever's it is.
    pub fn local_message(&self, major: u32) -> String {
        self.pinned(major, true)
    }

    /// The first message of a session. It pins everything for the session where that has the server process `told` when
    /// it began; otherwise somebody is in between, who may hand the process to others, and the pins end with the message.
    /// The last value of its row is the process that ran it.
    pub(crate) fn opening_message(&self, major: u32, told: i32) -> String {
        let is_elsewhere = format!("{OWN_PROCESS} OPERATOR(pg_catalog.<>) {told}");
        format!("SELECT {}, {OWN_PROCESS}", self.calls(major, &is_elsewhere))
    }

    /// What precedes a message of a session whose server process is others' between two transactions: pins everything
    /// until the transaction ends, which the message may be itself, unless that has been done in it. One command.
    pub(crate) fn transaction_message(&self, major: u32) -> String {
        format!(
            "SELECT pg_catalog.set_config('{PINNED}', 'on', true), {}
WHERE COALESCE(pg_catalog.current_setting('{PINNED}', true), '') OPERATOR(pg_catalog.<>) 'on'",
            self.calls(major, "true")
        )
    }

    /// The pins as calls in a row; `is_local` is an expression.
    fn calls(&self, major: u32, is_local: &str) -> String {
        let (search_path, own) = self.parts();
        let search_path = ("search_path", search_path, 0);
        let pins = std::iter::once(&search_path).chain(BOTH).chain(own);
        let calls = pins.filter(|(_, _, since)| major >= *since);
        let calls = calls.map(|(name, value, _)| {
            format!("pg_catalog.set_config('{name}', {}, {is_local})", literal(value))
        });
        calls.collect::<Vec<_>>().join(", ")
    }

    /// Every setting that is pinned on a server of that major version, and its value.
    pub fn settings(&self, major: u32) -> Vec<(&'static str, String)> {
        let (search_path, own) = self.parts();
        let pins = BOTH.iter().chain(own).filter(|(_, _, since)| major >= *since);
        std::iter::once(("search_path", search_path.to_owned()))
            .chain(pins.map(|(name, value, _)| (*name, (*value).to_owned())))
            .collect()
    }

    fn parts(&self) -> (&str, &'static [Pin]) {
        match self {
            Self::Reading => ("pg_catalog", READING),
            Self::Running { search_path } => (search_path.as_str(), RUNNING),
        }
    }

    fn pinned(&self, major: u32, is_local: bool) -> String {
        let (search_path, own) = self.parts();
        let set = if is_local { "SET LOCAL" } else { "SET" };
        // A list of names is one string to `set_config`, but would be one name to `SET`.
        let mut message = format!(
            "SELECT pg_catalog.set_config('search_path', {}, {is_local})",
            literal(search_path)
        );
        for (name, value, since) in BOTH.iter().chain(own) {
            if major >= *since {
                message.push_str(&format!("; {set} {name} = {}", literal(value)));
            }
        }
        message
    }
}

/// A string constant that reads the same whatever `standard_conforming_strings` is: it is pinned by this very
/// message, which is parsed as a whole before.
fn literal(text: &str) -> String {
    if text.contains('\\') {
        format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Pins, literal};

    #[test]
    fn the_messages() {
        let running = Pins::Running {
            search_path: "\"$user\", public".to_owned(),
        };
        insta::assert_snapshot!("reading_18", Pins::Reading.message(18).replace("; ", ";\n"));
        insta::assert_snapshot!("running_18", running.message(18).replace("; ", ";\n"));
        insta::assert_snapshot!("running_13", running.message(13).replace("; ", ";\n"));
    }

    #[test]
    fn the_first_message_pins_for_the_session_of_its_own_process_alone() {
        let opening = Pins::Reading.opening_message(14, 4711);
        let calls = opening.matches("set_config(").count();
        let local = "pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) 4711)";
        assert_eq!(opening.matches(local).count(), calls);
        // The same settings as the message that pins for good, which has a call for the search path.
        let message = Pins::Reading.message(14);
        assert_eq!(calls, message.matches("SET ").count() + 1);
        assert!(opening.ends_with(", pg_catalog.pg_backend_pid()"), "{opening}");
        let transaction = Pins::Reading.transaction_message(14);
        assert_eq!(transaction.matches(", true)").count(), calls + 2);
    }

    #[test]
    fn a_transaction_pins_the_same() {
        let reading = Pins::Reading;
        assert_eq!(
            reading.local_message(18),
            reading
                .message(18)
                .replace("SET ", "SET LOCAL ")
                .replace(", false)", ", true)")
        );
    }

    #[test]
    fn a_literal_holds_quotes_and_backslashes() {
        assert_eq!(literal("a"), "'a'");
        assert_eq!(literal("a'b"), "'a''b'");
        assert_eq!(literal(r"a\'b"), r"E'a\\''b'");
    }
}
