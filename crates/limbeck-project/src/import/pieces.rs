//! A script of another tool as steps: what must stand outside a transaction, one statement each, and what ran between.

use limbeck_history::{DraftStep, StepOptions};
use limbeck_sql::{Statement, TokenKind, Tokens, statements, tokens};

use super::Script;

/// What commits at once.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    sql: String,
    transaction: bool,
    /// Whether it drops or empties something.
    loses: bool,
}

/// What a statement is for the boundaries of transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Begin,
    Commit,
    /// It cannot run in a transaction.
    Outside,
    /// What it makes can be used once it is committed.
    Commits,
    Ordinary,
}

/// The steps of a migration. Going back, they come in the opposite order, so the parts of a way down are laid from the
/// last to the first.
pub(super) fn steps(up: &Script, down: Option<&Script>) -> Vec<DraftStep> {
    let ups = pieces(up);
    let downs = down.map(pieces);
    let count = ups.len().max(downs.as_ref().map_or(0, Vec::len));
    let nothing = || Piece {
        sql: String::new(),
        transaction: true,
        loses: false,
    };
    (0..count)
        .map(|n| {
            let up = ups.get(n).cloned().unwrap_or_else(nothing);
            let down = downs.as_ref().map(|downs| {
                let place = downs.len().checked_sub(n + 1);
                place
                    .and_then(|place| downs.get(place))
                    .cloned()
                    .unwrap_or_else(nothing)
            });
            let options = |piece: &Piece| StepOptions {
                transaction: piece.transaction,
                allow_drop: piece.loses,
                ..StepOptions::default()
            };
            DraftStep {
                name: if count == 1 {
                    "migration".to_owned()
                } else {
                    format!("migration_{}", n + 1)
                },
                up_options: options(&up),
                up: up.sql,
                down_options: down.as_ref().map(options).unwrap_or_default(),
                down: down.map(|down| down.sql),
                ..DraftStep::default()
            }
        })
        .collect()
}

/// The parts of a script that commit for themselves. `BEGIN` and `COMMIT` are such boundaries and are left out; all
/// else, comments included, is kept as it is.
fn pieces(script: &Script) -> Vec<Piece> {
    let sql = script.sql.as_str();
    let mut pieces = Vec::new();
    let mut open = Open::default();
    let mut is_inside = script.transaction;
    let mut from = 0;
    for statement in statements(sql) {
        let end = end_of(sql, &statement);
        let before = sql.get(from..statement.range.start).unwrap_or_default();
        let whole = sql.get(statement.range.start..end).unwrap_or_default();
        from = end;
        match role(&statement) {
            Role::Begin => {
                open.text.push_str(before);
                open.close(&mut pieces);
                is_inside = true;
            }
            Role::Commit => {
                open.text.push_str(before);
                open.close(&mut pieces);
                is_inside = false;
            }
            Role::Outside => {
                open.close(&mut pieces);
                open.text.push_str(before);
                let sql = format!("{}{whole}", open.take());
                pieces.push(Piece {
                    sql: sql.trim().to_owned(),
                    transaction: false,
                    loses: loses(&statement),
                });
            }
            role @ (Role::Commits | Role::Ordinary) => {
                open.text.push_str(before);
                open.text.push_str(whole);
                open.has_statements = true;
                open.loses |= loses(&statement);
                if role == Role::Commits && !is_inside {
                    open.close(&mut pieces);
                }
            }
        }
    }
    open.text.push_str(sql.get(from..).unwrap_or_default());
    let rest = open.text.trim().to_owned();
    if open.has_statements || pieces.is_empty() {
        pieces.push(Piece {
            sql: rest,
            transaction: true,
            loses: open.loses,
        });
    }
    pieces
}

/// A piece that more may come to.
#[derive(Debug, Default)]
struct Open {
    text: String,
    has_statements: bool,
    loses: bool,
}

impl Open {
    /// Ends the piece; comments alone wait for the next one.
    fn close(&mut self, pieces: &mut Vec<Piece>) {
        if self.has_statements {
            let loses = self.loses;
            pieces.push(Piece {
                sql: self.take().trim().to_owned(),
                transaction: true,
                loses,
            });
        }
    }

    fn take(&mut self) -> String {
        std::mem::take(self).text
    }
}

/// The end of a statement with its semicolon, where it has one.
fn end_of(sql: &str, statement: &Statement<'_>) -> usize {
    let end = statement
        .copy_data
        .as_ref()
        .map_or(statement.range.end, |data| data.end);
    let rest = sql.get(end..).unwrap_or_default();
    // One after the other: the rest is as long as the script.
    Tokens::new(rest)
        .find(|token| !token.kind.is_blank())
        .filter(|token| token.kind == TokenKind::Semicolon)
        .map_or(end, |token| end + token.range.end)
}

fn role(statement: &Statement<'_>) -> Role {
    let words = words(statement);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let has = |word: &str| words.contains(&word);
    match words.as_slice() {
        ["BEGIN", ..] | ["START", "TRANSACTION", ..] => Role::Begin,
        ["COMMIT", "PREPARED", ..] => Role::Ordinary,
        ["COMMIT" | "END", ..] => Role::Commit,
        ["CREATE" | "DROP", "INDEX", "CONCURRENTLY", ..]
        | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..]
        | ["VACUUM", ..]
        | ["ALTER", "SYSTEM", ..]
        | ["CREATE" | "DROP", "DATABASE" | "TABLESPACE", ..]
        | ["REINDEX", "DATABASE" | "SYSTEM", ..] => Role::Outside,
        ["REINDEX", ..] if has("CONCURRENTLY") => Role::Outside,
        ["ALTER", "TABLE", ..] if has("DETACH") && has("CONCURRENTLY") => Role::Outside,
        ["ALTER", "TYPE", ..] if has("ADD") && has("VALUE") => Role::Commits,
        _ => Role::Ordinary,
    }
}

/// Whether a statement drops or empties something that rows live in.
fn loses(statement: &Statement<'_>) -> bool {
    let words = words(statement);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["TRUNCATE", ..]
        | ["DROP", "TABLE" | "SCHEMA" | "SEQUENCE" | "FOREIGN" | "OWNED" | "DATABASE", ..]
        | ["DROP", "MATERIALIZED", "VIEW", ..] => true,
        ["ALTER", "TABLE" | "FOREIGN", rest @ ..] => rest.windows(2).any(|pair| {
            matches!(pair, ["DROP", what] if !matches!(*what, "CONSTRAINT" | "DEFAULT" | "NOT" | "IDENTITY" | "EXPRESSION"))
        }),
        _ => false,
    }
}

/// All words of a statement that stand outside quotes and parentheses, in upper case; what is quoted is `""`.
fn words(statement: &Statement<'_>) -> Vec<String> {
    let mut depth = 0_usize;
    let mut words = Vec::new();
    for token in tokens(statement.text) {
        match token.kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 => {
                let text = statement.text.get(token.range).unwrap_or_default();
                words.push(text.to_ascii_uppercase());
            }
            TokenKind::QuotedIdentifier if depth == 0 => words.push("\"\"".to_owned()),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(sql: &str, transaction: bool) -> Script {
        Script {
            sql: sql.to_owned(),
            transaction,
        }
    }

    fn told(sql: &str, transaction: bool) -> Vec<String> {
        let told = |piece: Piece| {
            let how = if piece.transaction { "" } else { "outside: " };
            let loses = if piece.loses { "loses: " } else { "" };
            format!("{how}{loses}{}", piece.sql)
        };
        pieces(&script(sql, transaction)).into_iter().map(told).collect()
    }

    #[test]
    fn a_script_in_a_transaction_is_one_piece() {
        let sql = "-- first\nCREATE TABLE a ();\n\n-- second\nCREATE TABLE b ();\n-- end";
        assert_eq!(told(sql, true), [sql]);
        assert_eq!(told("", true), [""]);
        assert_eq!(told("-- nothing yet\n", true), ["-- nothing yet"]);
    }

    #[test]
    fn each_statement_of_a_long_script_ends_with_its_own_semicolon() {
        // Were the rest read for each of them, this would not come to its end.
        let count = 20_000;
        let sql = "VACUUM /* a; */ a -- b;\n;".repeat(count);
        let told = told(&sql, false);
        assert_eq!(told.len(), count);
        for one in told {
            assert_eq!(one, "outside: VACUUM /* a; */ a -- b;\n;");
        }
    }

    #[test]
    fn what_cannot_run_in_a_transaction_stands_alone() {
        assert_eq!(
            told(
                "-- no-transaction\nCREATE TABLE a (i int); SELECT 1;\n-- the index\nCREATE UNIQUE INDEX CONCURRENTLY x \
                 ON a (i);\nVACUUM a; SELECT 2",
                false
            ),
            [
                "-- no-transaction\nCREATE TABLE a (i int); SELECT 1;",
                "outside: -- the index\nCREATE UNIQUE INDEX CONCURRENTLY x ON a (i);",
                "outside: VACUUM a;",
                "SELECT 2",
            ]
        );
        for outside in [
            "drop index concurrently if exists x",
            "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
            "ALTER SYSTEM SET work_mem = '1MB'",
        ] {
            assert_eq!(told(outside, true), [format!("outside: {outside}")]);
        }
        for inside in [
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "CREATE INDEX concurrently_made ON t (i)",
            "SELECT 'VACUUM'",
            "COMMENT ON TABLE t IS 'CREATE INDEX CONCURRENTLY'",
        ] {
            assert_eq!(told(inside, true), [inside]);
        }
    }

    #[test]
    fn transactions_of_its_own_are_pieces() {
        assert_eq!(
            told(
                "BEGIN;\nCREATE TABLE a ();\nCOMMIT;\nSTART TRANSACTION;\nCREATE TABLE b ();\nEND;\n",
                false
            ),
            ["CREATE TABLE a ();", "CREATE TABLE b ();"]
        );
        // A function's own words are none of the script's.
        let function = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;";
        assert_eq!(told(function, true), [function]);
        // What no step may hold stays where it is, for the proof to show.
        assert_eq!(told("SELECT 1; ROLLBACK;", true), ["SELECT 1; ROLLBACK;"]);
    }

    #[test]
    fn labels_are_committed_before_they_are_used_where_each_statement_was() {
        let sql = "ALTER TYPE mood ADD VALUE 'new'; INSERT INTO t VALUES ('new');";
        assert_eq!(
            told(sql, false),
            [
                "ALTER TYPE mood ADD VALUE 'new';",
                "INSERT INTO t VALUES ('new');"
            ]
        );
        assert_eq!(told(sql, true), [sql]);
    }

    #[test]
    fn losses_are_marked() {
        for loses in [
            "DROP TABLE a;",
            "truncate a;",
            "ALTER TABLE a ALTER b SET NOT NULL, DROP c;",
            "ALTER TABLE a DROP COLUMN \"c\";",
        ] {
            assert_eq!(told(loses, true), [format!("loses: {loses}")]);
        }
        for keeps in [
            "DROP INDEX x;",
            "ALTER TABLE a ALTER b DROP NOT NULL, DROP CONSTRAINT c;",
            "SELECT 'DROP TABLE a';",
        ] {
            assert_eq!(told(keeps, true), [keeps]);
        }
    }

    #[test]
    fn the_parts_of_a_way_down_go_the_opposite_way() {
        let up = script(
            "CREATE TABLE a (i int); CREATE INDEX CONCURRENTLY x ON a (i);",
            false,
        );
        let down = script("DROP INDEX CONCURRENTLY x; DROP TABLE a;", false);
        let told = |down: Option<&Script>| -> Vec<(String, String, Option<String>)> {
            let steps = steps(&up, down).into_iter();
            steps.map(|step| (step.name, step.up, step.down)).collect()
        };
        let own = str::to_owned;
        let ups = ["CREATE TABLE a (i int);", "CREATE INDEX CONCURRENTLY x ON a (i);"];
        let names = ["migration_1", "migration_2"];
        let both = |downs: [Option<&str>; 2]| -> Vec<(String, String, Option<String>)> {
            let three = names.into_iter().zip(ups).zip(downs);
            three
                .map(|((name, up), down)| (own(name), own(up), down.map(own)))
                .collect()
        };
        assert_eq!(
            told(Some(&down)),
            both([Some("DROP TABLE a;"), Some("DROP INDEX CONCURRENTLY x;")])
        );
        assert_eq!(
            told(Some(&script("DROP TABLE a;", true))),
            both([Some("DROP TABLE a;"), Some("")])
        );
        assert_eq!(told(None), both([None, None]));
        // More to go back than forth.
        let steps = steps(&script("SELECT 1;", true), Some(&down));
        assert_eq!(steps.len(), 2);
        assert_eq!(
            (steps[1].up.as_str(), steps[1].down_options.transaction),
            ("", false)
        );
    }
}
