//! A `.sql` file: the statements that it declares, and what no schema has.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use limbeck_sql::{Statement, StatementKind, TokenKind, Tokens, first_words, statements};

use super::{DeclaredStatement, Place, PlaceText, at};
use crate::{Error, Failure};

/// The statements of a file, each with the settings that the file made before it.
///
/// # Errors
/// All that a server would not take, or would take for something that no schema has, each with its place.
pub(super) fn read(path: &Path, text: &str) -> Result<Vec<DeclaredStatement>, Error> {
    // Some editors begin a file with the mark that tells in which order the bytes of UTF-16 come.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // As in revision files: who checked a file out last, on which system, changes nothing of what it declares.
    let text = &*if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    };
    let shared: Arc<str> = Arc::from(text);
    let place = |range| Place {
        path: path.to_owned(),
        text: PlaceText::Known(shared.clone()),
        range,
        is_sql: true,
        parts: Vec::new(),
    };
    if let Some(error) = torn(text, &place) {
        return Err(error);
    }
    let mut settings = Arc::new(Vec::new());
    let mut declared = Vec::new();
    let mut mistakes = Vec::new();
    for statement in statements(text) {
        let own = place(statement.range.clone());
        match sort(&statement) {
            Sort::Nothing => {}
            Sort::Setting => Arc::make_mut(&mut settings).push(statement.text.to_owned()),
            Sort::Declaration => declared.push(DeclaredStatement {
                sql: statement.text.to_owned(),
                place: own,
                settings: settings.clone(),
                by_hand: false,
            }),
            Sort::Mistake(message, hint) => {
                mistakes.push(at(Failure::Usage, message, own.snippet("", None, "")).hint(hint));
            }
        }
    }
    match Error::together(mistakes) {
        Some(error) => Err(error),
        None => Ok(declared),
    }
}

/// What a statement is to a schema.
enum Sort {
    /// What only says how the others are run.
    Nothing,
    /// What holds for those that follow.
    Setting,
    /// What makes a part of the schema.
    Declaration,
    /// What no schema has: what is wrong, and what to do.
    Mistake(String, &'static str),
}

fn sort(statement: &Statement<'_>) -> Sort {
    if statement.kind == StatementKind::MetaCommand {
        let command = statement.text.split_whitespace().next().unwrap_or_default();
        let hint = match command {
            "\\restrict" | "\\unrestrict" => return Sort::Nothing,
            "\\i" | "\\ir" | "\\include" | "\\include_relative" => {
                "leave it out: every `.sql` file under `schema` in limbeck.toml is read, in whatever order works"
            }
            "\\copy" => "leave it out: it loads rows, and a schema has none",
            _ => "leave it out, or write its effect as SQL",
        };
        return Sort::Mistake(format!("`{command}` is a command of psql, not SQL"), hint);
    }
    if statement.copy_data.is_some() {
        return Sort::Mistake(
            "`COPY … FROM stdin` loads rows, and a schema has none".to_owned(),
            "for a dump, use `pg_dump --schema-only`",
        );
    }
    let words = first_words(statement.text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["BEGIN" | "COMMIT" | "END" | "SAVEPOINT" | "RELEASE", ..] | ["START", "TRANSACTION", ..] => {
            Sort::Nothing
        }
        ["ROLLBACK" | "ABORT", ..] => Sort::Mistake(
            "this would take back what stands before it, and each statement of a schema is run by itself"
                .to_owned(),
            "leave it out, with what it is to take back",
        ),
        ["SET" | "RESET", ..] => Sort::Setting,
        ["SELECT", ..] if is_set_config(statement.text) => Sort::Setting,
        [
            word @ ("INSERT" | "UPDATE" | "DELETE" | "MERGE" | "TRUNCATE" | "COPY" | "WITH"),
            ..,
        ] => Sort::Mistake(
            format!("`{word}` is about rows, and a schema has none: no revision would be made of it"),
            "write a revision of it by hand: `limbeck revision -m \"…\"`; for a dump, use `pg_dump --schema-only`",
        ),
        [
            verb @ ("CREATE" | "ALTER" | "DROP"),
            what @ ("DATABASE" | "TABLESPACE"),
            ..,
        ]
        | [verb @ "ALTER", what @ "SYSTEM", ..] => Sort::Mistake(
            format!("`{verb} {what}` is about the whole server, and no part of a schema"),
            "leave it out, and run it on the server itself",
        ),
        _ => Sort::Declaration,
    }
}

/// What makes the rest of a text something else than was meant: a quote or comment without an end, and a byte that no
/// SQL holds.
fn torn(text: &str, place: &impl Fn(Range<usize>) -> Place) -> Option<Error> {
    let told = |range, message: &str, hint: &str| {
        let snippet = place(range).snippet("", None, "");
        Some(at(Failure::Usage, message, snippet).hint(hint))
    };
    if let Some(nul) = text.find('\0') {
        return told(
            nul..nul + 1,
            "a byte here is zero, which SQL cannot hold",
            "remove it; where each second byte is zero, the file is UTF-16: save it as UTF-8",
        );
    }
    let open = Tokens::new(text).find(|token| !token.is_closed)?;
    let start = open.range.start;
    let (what, length) = match open.kind {
        TokenKind::String => ("string", 1),
        TokenKind::QuotedIdentifier => ("quoted name", 1),
        TokenKind::BlockComment => ("comment", 2),
        TokenKind::DollarString => {
            let tag = text.get(start + 1..).and_then(|rest| rest.find('$'));
            ("dollar quote", tag.map_or(1, |length| length + 2))
        }
        _ => return None,
    };
    told(
        start..start + length,
        &format!("this {what} is never closed"),
        "close it: all that follows in the file belongs to it",
    )
}

/// Whether a `SELECT` is what `pg_dump` writes to set the search path.
fn is_set_config(sql: &str) -> bool {
    let sql = sql.to_ascii_lowercase();
    let call = sql.trim_start_matches("select").trim_start();
    call.starts_with("set_config(") || call.starts_with("pg_catalog.set_config(")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        match read(Path::new("a.sql"), text) {
            Ok(declared) => declared
                .iter()
                .map(|one| format!("{} {:?}", one.sql, one.settings))
                .collect(),
            Err(error) => error
                .diagnostics()
                .iter()
                .map(|one| {
                    let at = one.snippets.first().unwrap();
                    let shown = at.source.get(at.range.clone()).unwrap();
                    format!("{}:{} {shown} {}", at.line, at.column, one.message)
                })
                .collect(),
        }
    }

    #[test]
    fn what_a_schema_has_is_declared() {
        for (text, expected) in [
            ("", &[][..]),
            (" \r\n-- nothing\n/* at all */;;", &[]),
            ("\u{feff}CREATE TABLE a ()", &["CREATE TABLE a () []"]),
            (
                "BEGIN;\nCREATE TABLE a ();\nSAVEPOINT s;\nCREATE TABLE b ();\nCOMMIT;",
                &["CREATE TABLE a () []", "CREATE TABLE b () []"],
            ),
            (
                "\\restrict x\nSET a = 1;CREATE TABLE a ();SELECT pg_catalog.set_config('b', '', false);CREATE TABLE b ()",
                &[
                    "CREATE TABLE a () [\"SET a = 1\"]",
                    "CREATE TABLE b () [\"SET a = 1\", \"SELECT pg_catalog.set_config('b', '', false)\"]",
                ],
            ),
            ("SET a = 1;\r\nSELECT '\r\n'", &["SELECT '\n' [\"SET a = 1\"]"]),
            ("SELECT make_it('a')", &["SELECT make_it('a') []"]),
        ] {
            assert_eq!(told(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_no_schema_has_is_told_with_its_place() {
        for (text, expected) in [
            ("CREATE VIEW a AS SELECT 'x", "1:25 ' this string is never closed"),
            (
                "CREATE VIEW a AS\nSELECT \"x;\n",
                "2:8 \" this quoted name is never closed",
            ),
            ("SELECT 1; /* a /* b */\n", "1:11 /* this comment is never closed"),
            (
                "CREATE FUNCTION a() AS $body$ ü $$ $body",
                "1:24 $body$ this dollar quote is never closed",
            ),
            (
                "-- a\nSELECT 'ü\0'",
                "2:10 \0 a byte here is zero, which SQL cannot hold",
            ),
            (
                "\n\\copy a from 'b'",
                "2:1 \\copy a from 'b' `\\copy` is a command of psql, not SQL",
            ),
            (
                "create database x",
                "1:1 create database x `CREATE DATABASE` is about the whole server, and no part of a schema",
            ),
        ] {
            assert_eq!(told(text), [expected], "{text:?}");
        }
        let all = told("TRUNCATE a;\n\\i b\nCOPY a FROM stdin;\n1\n\\.\nROLLBACK;\nALTER SYSTEM RESET ALL;");
        let places: Vec<&str> = all.iter().map(|one| &one[..3]).collect();
        assert_eq!(places, ["1:1", "2:1", "3:1", "6:1", "7:1"]);
    }
}
