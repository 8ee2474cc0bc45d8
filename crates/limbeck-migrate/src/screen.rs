//! What a step may not hold, told from its text before anything is sent.

use std::ops::Range;

use limbeck_history::StepSide;
use limbeck_sql::{Statement, StatementKind, TokenKind, statements, tokens};
use serde::Serialize;

/// Why a step cannot be run as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The step begins or ends a transaction.
    TransactionControl {
        /// The command: `COMMIT`.
        command: String,
    },
    /// The step holds `COPY … FROM STDIN` or `COPY … TO STDOUT`.
    CopyStream,
    /// The step holds a command of `psql`.
    MetaCommand {
        /// The command: `\set`.
        command: String,
    },
    /// The step resets every setting of its session.
    SessionReset {
        /// The command: `RESET ALL`.
        command: String,
    },
    /// A step outside a transaction holds none, or more than one statement.
    NotOneStatement {
        /// How many.
        count: usize,
    },
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TransactionControl { command } => {
                write!(
                    formatter,
                    "`{command}` in a step, which Limbeck runs in a transaction of its own"
                )
            }
            Self::CopyStream => formatter.write_str("a `COPY` from or to the client in a step"),
            Self::MetaCommand { command } => write!(formatter, "`{command}`, a command of `psql`, in a step"),
            Self::SessionReset { command } => {
                write!(
                    formatter,
                    "`{command}` in a step, which would undo the settings that Limbeck runs it with"
                )
            }
            Self::NotOneStatement { count: 0 } => {
                formatter.write_str("no statement in a step outside a transaction")
            }
            Self::NotOneStatement { count } => {
                write!(formatter, "{count} statements in a step outside a transaction")
            }
        }
    }
}

impl Refusal {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TransactionControl { .. } => {
                "take it out; to commit in between, begin another step with a marker `-- limbeck:up NAME`"
            }
            Self::CopyStream => {
                "write the rows as `INSERT INTO … VALUES`, or give the step to the application with `rust=NAME`"
            }
            Self::MetaCommand { .. } => "write it as SQL: steps are sent to the server, not to `psql`",
            Self::SessionReset { .. } => {
                "take it out, or reset single settings with `RESET NAME`; the next step begins with settings of its own"
            }
            Self::NotOneStatement { .. } => {
                "give each statement that cannot run in a transaction a step of its own"
            }
        }
    }
}

/// Finds the first thing in a side of a step that cannot be run, with its bytes in the revision file.
///
/// # Errors
///
/// The refusal and its place.
pub(crate) fn screen(side: &StepSide) -> Result<(), (Refusal, Range<usize>)> {
    let place = |range: &Range<usize>| side.offset + range.start..side.offset + range.end;
    let found = statements(&side.sql);
    if let Some((refusal, range)) = refused(&found) {
        return Err((refusal, place(&range)));
    }
    if !side.options.transaction && found.len() != 1 {
        let range = found.get(1).map_or(0..0, |second| second.range.clone());
        return Err((Refusal::NotOneStatement { count: found.len() }, place(&range)));
    }
    Ok(())
}

/// The first thing in what a hook adds that cannot be run.
pub(crate) fn screen_hook(sql: &str) -> Result<(), Refusal> {
    refused(&statements(sql)).map_or(Ok(()), |(refusal, _)| Err(refusal))
}

/// The first statement that cannot be run, with its bytes.
fn refused(found: &[Statement<'_>]) -> Option<(Refusal, Range<usize>)> {
    found
        .iter()
        .find_map(|statement| Some((refuse(statement)?, statement.range.clone())))
}

/// The first statement of a step, or query that it requires, that sets something for the session, with its bytes in the
/// revision file: `SET`, `RESET`, `DISCARD` and `set_config`, but not what ends with the transaction. What a function's
/// body sets is not seen.
pub(crate) fn sets_session(side: &StepSide) -> Option<Range<usize>> {
    let requires = side
        .requires
        .iter()
        .map(|require| (require.sql.as_str(), require.offset));
    requires
        .chain([(side.sql.as_str(), side.offset)])
        .find_map(|(sql, offset)| {
            let range = setting(sql)?;
            Some(offset + range.start..offset + range.end)
        })
}

/// Whether what a hook adds sets something for the session.
pub(crate) fn hook_sets_session(sql: &str) -> bool {
    setting(sql).is_some()
}

/// The first statement that sets something for the session.
fn setting(sql: &str) -> Option<Range<usize>> {
    statements(sql).into_iter().find_map(|statement| {
        let words = statement.first_words();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let sets = match words.as_slice() {
            ["SET", "LOCAL" | "CONSTRAINTS" | "TRANSACTION", ..] => false,
            ["SET" | "RESET" | "DISCARD", ..] => true,
            _ => calls_set_config(statement.text),
        };
        sets.then_some(statement.range)
    })
}

/// Whether a statement calls `set_config` with a third argument that is not plainly `true`.
fn calls_set_config(sql: &str) -> bool {
    let found = tokens(sql);
    let found: Vec<(TokenKind, &str)> = found
        .iter()
        .filter(|token| !token.kind.is_blank())
        .map(|token| (token.kind, sql.get(token.range.clone()).unwrap_or_default()))
        .collect();
    found.iter().enumerate().any(|(index, (kind, text))| {
        let is_named = match kind {
            TokenKind::Word => text.eq_ignore_ascii_case("set_config"),
            TokenKind::QuotedIdentifier => *text == "\"set_config\"",
            _ => false,
        };
        let rest = found.get(index + 1..).unwrap_or_default();
        is_named && matches!(rest.first(), Some((TokenKind::OpenParenthesis, _))) && !is_local_call(rest)
    })
}

/// Whether the third of the arguments that the tokens begin with, in parentheses, is the word `true`.
fn is_local_call(tokens: &[(TokenKind, &str)]) -> bool {
    let mut depth = 0_usize;
    let mut arguments: Vec<Vec<&str>> = vec![Vec::new()];
    for (kind, text) in tokens {
        match kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && *text == "," {
            arguments.push(Vec::new());
        } else if let Some(last) = arguments.last_mut() {
            last.push(text);
        }
    }
    matches!(arguments.get(2).map(Vec::as_slice), Some([word]) if word.eq_ignore_ascii_case("true"))
}

/// Whether a step's text could leave the session's settings or its role other than it found them. Errs on the side of
/// yes: `SET`, `RESET`, `set_config` and `DISCARD` may hide in a function's body.
pub(crate) fn may_change_settings(sql: &str) -> bool {
    holds(sql, b"set") || holds(sql, b"discard")
}

/// Whether a step's text could leave its session other than it found it. Errs on the side of yes: what it calls may do
/// anything.
pub(crate) fn may_change_session(sql: &str) -> bool {
    let words = [
        &b"temp"[..],
        b"prepare",
        b"deallocate",
        b"listen",
        b"cursor",
        b"load",
        b"advisory",
    ];
    may_change_settings(sql)
        || words.iter().any(|word| holds(sql, word))
        || statements(sql).iter().any(|statement| {
            let first = statement.first_words().into_iter().next().unwrap_or_default();
            matches!(
                first.as_str(),
                "SELECT" | "WITH" | "DO" | "CALL" | "EXECUTE" | "VALUES"
            )
        })
}

/// The statements that undo what a step's text could leave in its session besides its settings and its role, as far as
/// the text tells.
pub(crate) fn forgotten_by_words(sql: &str) -> Vec<String> {
    let undone = [
        (&b"cursor"[..], "CLOSE ALL"),
        (b"prepare", "DEALLOCATE ALL"),
        (b"listen", "UNLISTEN *"),
        (b"temp", "DISCARD TEMP"),
    ];
    let undone = undone.iter().filter(|(word, _)| holds(sql, word));
    undone.map(|(_, statement)| (*statement).to_owned()).collect()
}

/// What a step's statements change in the session that is undone with the step itself (its role), or that nothing undoes
/// (`LOAD`).
pub(crate) fn changes_told_by_words(sql: &str) -> Vec<String> {
    let mut changed: Vec<String> = statements(sql)
        .iter()
        .filter_map(|statement| {
            let words = statement.first_words();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["LOAD", ..] => Some("LOAD".to_owned()),
                ["SET", "SESSION", rest @ ..] | ["SET", rest @ ..]
                    if matches!(
                        rest,
                        ["ROLE" | "AUTHORIZATION", ..] | ["SESSION", "AUTHORIZATION", ..]
                    ) =>
                {
                    Some("role".to_owned())
                }
                _ => None,
            }
        })
        .collect();
    changed.sort();
    changed.dedup();
    changed
}

/// Whether a step's text could end its transaction where [`screen`] does not see it. Errs on the side of yes.
pub(crate) fn may_end_transaction(sql: &str) -> bool {
    [&b"commit"[..], b"rollback", b"abort", b"prepare"]
        .iter()
        .any(|word| holds(sql, word))
}

fn holds(sql: &str, word: &[u8]) -> bool {
    sql.as_bytes()
        .windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word))
}

fn refuse(statement: &Statement<'_>) -> Option<Refusal> {
    if statement.kind == StatementKind::MetaCommand {
        let command = statement
            .text
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        return Some(Refusal::MetaCommand { command });
    }
    let words = statement.first_words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if statement.copy_data.is_some() || is_copy_stream(statement, &words) {
        return Some(Refusal::CopyStream);
    }
    if let ["RESET" | "DISCARD", "ALL", ..] = words.as_slice() {
        let command = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        return Some(Refusal::SessionReset { command });
    }
    let length = match words.as_slice() {
        ["ROLLBACK" | "ABORT", "TO", ..] | ["ROLLBACK", "WORK" | "TRANSACTION", "TO", ..] => return None,
        ["START" | "PREPARE", "TRANSACTION", ..] | ["COMMIT" | "ROLLBACK", "PREPARED", ..] => 2,
        ["BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "ABORT", ..] => 1,
        _ => return None,
    };
    let command = words.iter().take(length).copied().collect::<Vec<_>>().join(" ");
    Some(Refusal::TransactionControl { command })
}

/// `COPY … FROM STDIN`, `COPY … TO STDOUT`: the words stand next to each other at the top level of the statement.
fn is_copy_stream(statement: &Statement<'_>, words: &[&str]) -> bool {
    if words.first() != Some(&"COPY") {
        return false;
    }
    let found = tokens(statement.text);
    let mut depth = 0_usize;
    let mut before = "";
    for token in found.iter().filter(|token| !token.kind.is_blank()) {
        let text = statement.text.get(token.range.clone()).unwrap_or_default();
        match token.kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 => {
                let follows = |word: &str| before.eq_ignore_ascii_case(word);
                if (follows("from") && text.eq_ignore_ascii_case("stdin"))
                    || (follows("to") && text.eq_ignore_ascii_case("stdout"))
                {
                    return true;
                }
            }
            _ => {}
        }
        before = text;
    }
    false
}

#[cfg(test)]
mod tests {
    use limbeck_history::StepOptions;

    use super::*;

    fn side(sql: &str, transaction: bool) -> StepSide {
        StepSide {
            sql: sql.to_owned(),
            offset: 100,
            line: 10,
            options: StepOptions {
                transaction,
                ..StepOptions::default()
            },
            requires: Vec::new(),
            hash: String::new(),
        }
    }

    fn told(sql: &str) -> Option<String> {
        screen(&side(sql, true))
            .err()
            .map(|(refusal, range)| format!("{refusal} @ {}", &sql[range.start - 100..range.end - 100]))
    }

    #[test]
    fn transaction_control_is_found_at_the_top_level() {
        for (sql, command) in [
            ("begin", "BEGIN"),
            ("START TRANSACTION READ ONLY", "START TRANSACTION"),
            ("commit", "COMMIT"),
            ("END", "END"),
            ("Rollback", "ROLLBACK"),
            ("ABORT", "ABORT"),
            ("PREPARE TRANSACTION 'a'", "PREPARE TRANSACTION"),
            ("COMMIT PREPARED 'a'", "COMMIT PREPARED"),
            ("ROLLBACK PREPARED 'a'", "ROLLBACK PREPARED"),
            ("COMMIT AND CHAIN", "COMMIT"),
            ("/* hidden */ COMMIT -- here", "COMMIT"),
        ] {
            let text = format!("SELECT 1; {sql}; SELECT 2");
            let (refusal, range) = screen(&side(&text, true)).unwrap_err();
            assert_eq!(
                refusal,
                Refusal::TransactionControl {
                    command: command.to_owned()
                },
                "{sql}"
            );
            assert!(
                text[range.start - 100..range.end - 100]
                    .to_uppercase()
                    .starts_with(command),
                "{sql}"
            );
        }
    }

    #[test]
    fn resets_of_the_whole_session_are_refused() {
        for (sql, transaction) in [
            ("Reset all", true),
            ("DISCARD /* it */ ALL", true),
            ("DISCARD ALL", false),
        ] {
            let (refusal, range) = screen(&side(sql, transaction)).unwrap_err();
            assert!(matches!(refusal, Refusal::SessionReset { .. }), "{sql}");
            assert_eq!(range, 100..100 + sql.len());
        }
    }

    #[test]
    fn what_only_looks_like_it_passes() {
        for sql in [
            "RESET work_mem; RESET ROLE; ALTER ROLE a RESET ALL; DISCARD PLANS; SELECT 'RESET ALL'",
            "SAVEPOINT a; ROLLBACK TO a; ROLLBACK TO SAVEPOINT a; ROLLBACK WORK TO a; RELEASE a",
            "SELECT 'COMMIT; BEGIN'",
            "DO $$ BEGIN COMMIT; END $$",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
            "-- COMMIT;\nSELECT 1",
            "PREPARE p AS SELECT 1",
            "COPY t FROM '/tmp/stdin'",
            "COPY (SELECT x FROM stdin) TO '/tmp/a'",
            "COPY t TO PROGRAM 'cat'",
        ] {
            assert_eq!(told(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_outlives_the_transaction_is_told_from_what_does_not() {
        for sql in [
            "SET search_path = a",
            "set role b",
            "RESET work_mem",
            "DISCARD TEMP",
            "SELECT 1; SET x.y = 1",
            "SELECT pg_catalog.set_config('search_path', '', false)",
            "SELECT SET_CONFIG('a.b', left('xy', 1), 1 = 1)",
            "SELECT \"set_config\" ('a.b', 'c', /* not */ false)",
            "SELECT set_config('a.b', 'c', true), set_config('a.c', 'd', false)",
        ] {
            assert!(sets_session(&side(sql, true)).is_some(), "{sql}");
        }
        for sql in [
            "SET LOCAL a.b = 1",
            "SET CONSTRAINTS ALL DEFERRED",
            "ALTER TABLE t ALTER a SET NOT NULL",
            "SELECT 'SET'",
            "SELECT pg_catalog.set_config('a.b', left('x,y', 1), TRUE /* local */)",
            "SELECT 'set_config(1, 2, false)', set_config FROM t",
        ] {
            assert_eq!(sets_session(&side(sql, true)), None, "{sql}");
        }
    }

    #[test]
    fn streams_and_meta_commands() {
        assert_eq!(
            told("SELECT 1; COPY t (a, b) FROM stdin;\n1\t2\n\\.\n").unwrap(),
            "a `COPY` from or to the client in a step @ COPY t (a, b) FROM stdin"
        );
        assert!(told("COPY t FROM STDIN WITH (FORMAT csv)").is_some());
        assert!(told("COPY (SELECT 1) TO STDOUT").is_some());
        assert_eq!(
            told("SELECT 1;\n\\restrict abc\nSELECT 2").unwrap(),
            "`\\restrict`, a command of `psql`, in a step @ \\restrict abc"
        );
    }

    #[test]
    fn outside_a_transaction_one_statement_stands_alone() {
        assert_eq!(screen(&side("VACUUM users", false)), Ok(()));
        let (refusal, range) = screen(&side("VACUUM a; VACUUM b;", false)).unwrap_err();
        assert_eq!(
            (refusal, range),
            (Refusal::NotOneStatement { count: 2 }, 110..118)
        );
        let (refusal, _) = screen(&side("-- nothing", false)).unwrap_err();
        assert_eq!(refusal, Refusal::NotOneStatement { count: 0 });
    }

    #[test]
    fn changes_of_the_session_are_suspected_widely() {
        for sql in [
            "SET ROLE a",
            "select SET_CONFIG('a', 'b', false)",
            "reset all",
            "DISCARD TEMP",
            "ALTER TABLE t SET x",
        ] {
            assert!(may_change_session(sql), "{sql}");
        }
        assert!(!may_change_session("CREATE TABLE t (a int)"));
        for sql in [
            "SELECT f()",
            "DO $$ BEGIN END $$",
            "LISTEN a",
            "CREATE TEMPORARY TABLE t (a int)",
        ] {
            assert!(may_change_session(sql) && !may_change_settings(sql), "{sql}");
        }
    }

    #[test]
    fn what_words_tell_of_the_session() {
        assert_eq!(
            forgotten_by_words("CREATE TEMP TABLE t (a int); LISTEN b"),
            ["UNLISTEN *", "DISCARD TEMP"]
        );
        assert!(forgotten_by_words("CREATE TABLE t (a int); SET ROLE a").is_empty());
        assert_eq!(
            changes_told_by_words(
                "SET ROLE a; LOAD 'x'; RESET ROLE; SET SESSION AUTHORIZATION b; SET LOCAL ROLE c"
            ),
            ["LOAD", "role"]
        );
        assert!(changes_told_by_words("SET LOCAL ROLE a; SELECT 'SET ROLE a'").is_empty());
    }
}
