//! Statements without the values that stand in them, to be shown to people who may not see these.

use crate::{TokenKind, tokens};

/// What stands where a value was.
const VALUE: &str = "?";

/// A statement in one line, with `?` for each string, dollar-quoted text and number, and without comments.
///
/// The text may be cut off anywhere, as `pg_stat_activity` does it; what it ends inside of is taken for a value. Where a
/// plain string holds a backslash, whoever wrote the text may have read it otherwise (`standard_conforming_strings`), so
/// everything from there on is left out. (`E'…'` is read in one way only, and `U&'…'` is refused where the setting is off.)
#[must_use]
pub fn without_literals(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut is_apart = false;
    for token in tokens(sql) {
        if token.kind.is_blank() {
            is_apart = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut is_apart) {
            text.push(' ');
        }
        let found = sql.get(token.range.clone()).unwrap_or_default();
        let is_value = matches!(
            token.kind,
            TokenKind::String
                | TokenKind::DollarString
                | TokenKind::Number
                | TokenKind::CopyData
                | TokenKind::CopyEnd
                | TokenKind::MetaCommand
        );
        if !is_value && token.is_closed {
            text.push_str(found);
            continue;
        }
        // A string that goes on on a further line is one value.
        if !text.trim_end().ends_with(VALUE) || token.kind != TokenKind::String {
            text.push_str(VALUE);
        } else if text.ends_with(' ') {
            text.pop();
        }
        if token.kind == TokenKind::String && !found.starts_with(['e', 'E', 'u', 'U']) && found.contains('\\')
        {
            text.push_str(" …");
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_left_out() {
        for (sql, expected) in [
            ("SELECT 1", "SELECT ?"),
            (
                "UPDATE users SET name = 'it''s', pin = 1234.5e3 WHERE id = $1",
                "UPDATE users SET name = ?, pin = ? WHERE id = $1",
            ),
            ("ALTER ROLE ada PASSWORD 'secret'", "ALTER ROLE ada PASSWORD ?"),
            (
                r"SELECT E'a\'secret', U&'\0041', B'101', x'ff'",
                "SELECT ?, ?, ?, ?",
            ),
            ("SELECT $$secret$$, $a$sec$$ret$a$", "SELECT ?, ?"),
            ("SELECT 'one'\n'two' FROM t", "SELECT ? FROM t"),
            (
                "-- secret\nSELECT /* secret /* too */ */ a,\n\n  \"B c\" FROM t1 -- secret",
                "SELECT a, \"B c\" FROM t1",
            ),
            ("", ""),
        ] {
            assert_eq!(without_literals(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_is_cut_off_is_left_out() {
        for sql in [
            "SELECT 'secr",
            "SELECT $$secr",
            "SELECT E'secr",
            "SELECT $t$secr",
            "SELECT \"secr",
        ] {
            assert_eq!(without_literals(sql), "SELECT ?", "{sql}");
        }
        assert_eq!(without_literals("SELECT a /* secr"), "SELECT a");
    }

    #[test]
    fn a_backslash_that_may_be_read_two_ways_ends_the_text() {
        assert_eq!(
            without_literals(r"INSERT INTO t VALUES ('a\', 'secret', 2)"),
            "INSERT INTO t VALUES (? …"
        );
    }
}
