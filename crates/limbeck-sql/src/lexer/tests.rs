use proptest::prelude::*;

use super::*;

fn kinds(sql: &str) -> Vec<(TokenKind, &str)> {
    tokens(sql)
        .into_iter()
        .filter(|token| token.kind != TokenKind::Whitespace)
        .map(|token| (token.kind, &sql[token.range]))
        .collect()
}

#[test]
fn strings_of_every_form_end_where_postgresql_ends_them() {
    use TokenKind::{QuotedIdentifier, String, Word};
    for (sql, first) in [
        ("'a''b' x", (String, "'a''b'")),
        (r"'a\' x", (String, r"'a\'")),
        (r"E'a\'b' x", (String, r"E'a\'b'")),
        (r"e'a\\' x", (String, r"e'a\\'")),
        (r"U&'\0041''' x", (String, r"U&'\0041'''")),
        ("B'01' x", (String, "B'01'")),
        ("X'1F' x", (String, "X'1F'")),
        ("N'a' x", (String, "N'a'")),
        ("\"a\"\"b\" x", (QuotedIdentifier, "\"a\"\"b\"")),
        ("U&\"a;\" x", (QuotedIdentifier, "U&\"a;\"")),
        ("\"a\\\" x", (QuotedIdentifier, "\"a\\\"")),
    ] {
        assert_eq!(kinds(sql), [first, (Word, "x")], "{sql}");
    }
}

#[test]
fn identifiers_are_named_as_the_catalogue_has_them() {
    let named = |sql: &str| tokens(sql).first().and_then(|token| token.identifier(sql));
    for (sql, name) in [
        ("Users", Some("users")),
        ("\"Users\"", Some("Users")),
        ("\"a\"\"b\"", Some("a\"b")),
        // In UTF-8, PostgreSQL folds ASCII letters only.
        ("ÄPFEL", Some("Äpfel")),
        ("\"never closed", None),
        ("U&\"\\0061\"", None),
        ("'users'", None),
        ("$1", None),
    ] {
        assert_eq!(named(sql).as_deref(), name, "{sql}");
    }
}

#[test]
fn escapes_hold_where_a_string_goes_on_on_another_line() {
    use TokenKind::{LineComment, String, Symbol, Word};
    assert_eq!(
        kinds("E'a' -- it's\n -- one\n'b\\'' x"),
        [
            (String, "E'a'"),
            (LineComment, "-- it's"),
            (LineComment, "-- one"),
            (String, "'b\\''"),
            (Word, "x")
        ]
    );
    assert_eq!(
        kinds("e'a'\n'b\\''\n'c\\''"),
        [(String, "e'a'"), (String, "'b\\''"), (String, "'c\\''")]
    );
    for ends in [
        "E'a' 'b\\' x",
        "E'a' /*\n*/ 'b\\' x",
        "'a'\n'b\\' x",
        "E'a'\n||\n'b\\' x",
        "x'a'\n'b\\' x",
    ] {
        assert_eq!(kinds(ends).last(), Some(&(Word, "x")), "{ends}");
    }
    assert_eq!(kinds("E'a'\n||")[1], (Symbol, "||"));
}

#[test]
fn only_a_word_of_its_own_is_a_prefix() {
    use TokenKind::{String, Word};
    assert_eq!(kinds(r"type'a\'"), [(Word, "type"), (String, r"'a\'")]);
    assert_eq!(kinds("u & 'a'")[0], (Word, "u"));
}

#[test]
fn dollar_quotes_end_at_their_own_tag() {
    use TokenKind::{DollarString, Parameter, Symbol, Word};
    assert_eq!(kinds("$$a;'$$ x"), [(DollarString, "$$a;'$$"), (Word, "x")]);
    assert_eq!(
        kinds("$a$ $$ $b$ $a$ x"),
        [(DollarString, "$a$ $$ $b$ $a$"), (Word, "x")]
    );
    assert_eq!(kinds("$a$ $$a$ x"), [(DollarString, "$a$ $$a$"), (Word, "x")]);
    assert_eq!(kinds("$ü1$;$ü1$"), [(DollarString, "$ü1$;$ü1$")]);
    assert_eq!(kinds("$1"), [(Parameter, "$1")]);
    assert_eq!(kinds("$a x"), [(Symbol, "$"), (Word, "a"), (Word, "x")]);
    assert_eq!(kinds("a$$b"), [(Word, "a$$b")]);
    assert_eq!(kinds("$A$ $a$ $A$"), [(DollarString, "$A$ $a$ $A$")]);
}

#[test]
fn comments_nest_and_cut_operators() {
    use TokenKind::{BlockComment, LineComment, Symbol, Word};
    assert_eq!(
        kinds("/* a /* b */ ; */ x"),
        [(BlockComment, "/* a /* b */ ; */"), (Word, "x")]
    );
    assert_eq!(kinds("/*/ */ x"), [(BlockComment, "/*/ */"), (Word, "x")]);
    assert_eq!(kinds("/***/ x"), [(BlockComment, "/***/"), (Word, "x")]);
    assert_eq!(kinds("+-- x"), [(Symbol, "+"), (LineComment, "-- x")]);
    assert_eq!(
        kinds("*/*a*/<="),
        [(Symbol, "*"), (BlockComment, "/*a*/"), (Symbol, "<=")]
    );
    assert_eq!(kinds("-- a\rx"), [(LineComment, "-- a"), (Word, "x")]);
}

#[test]
fn numbers_stop_before_what_is_not_theirs() {
    use TokenKind::{Number, String, Symbol, Word};
    assert_eq!(
        kinds("1.5e-10 .5 1_000 0xFF"),
        [
            (Number, "1.5e-10"),
            (Number, ".5"),
            (Number, "1_000"),
            (Number, "0xFF")
        ]
    );
    assert_eq!(kinds("1..2"), [(Number, "1"), (Symbol, "."), (Number, ".2")]);
    assert_eq!(kinds(r"1e'\''"), [(Number, "1"), (String, r"e'\''")]);
    assert_eq!(kinds("1::int"), [(Number, "1"), (Symbol, "::"), (Word, "int")]);
}

#[test]
fn what_is_left_open_is_said_to_be() {
    for open in [
        "'a", "E'a\\'", "E'a\\", "\"a", "$$a", "/* /* */", "U&'", "'a'\n'b",
    ] {
        let last = tokens(open).pop().unwrap();
        assert!(!last.is_closed, "{open}");
        assert_eq!(last.range.end, open.len(), "{open}");
    }
}

#[test]
fn data_of_a_copy_is_no_sql() {
    let sql = "COPY t (a) FROM stdin; -- data\nit's\t;\n\\N\n\\.\nSELECT 1";
    let found = kinds(sql);
    assert!(
        found.contains(&(TokenKind::CopyData, "it's\t;\n\\N\n")),
        "{found:?}"
    );
    assert!(found.contains(&(TokenKind::CopyEnd, "\\.\n")), "{found:?}");
    assert!(found.contains(&(TokenKind::Word, "SELECT")), "{found:?}");
    assert!(
        !kinds("COPY t TO stdout;\nx")
            .iter()
            .any(|(kind, _)| *kind == TokenKind::CopyData)
    );
    assert!(
        !kinds("COPY (SELECT 1 FROM stdin) TO stdout;\nx")
            .iter()
            .any(|(kind, _)| *kind == TokenKind::CopyData)
    );
}

#[test]
fn a_backslash_at_a_line_start_is_a_command_of_psql() {
    use TokenKind::{MetaCommand, Semicolon, Symbol, Word};
    assert_eq!(
        kinds("x;\n\\restrict it's\nx"),
        [
            (Word, "x"),
            (Semicolon, ";"),
            (MetaCommand, "\\restrict it's"),
            (Word, "x")
        ]
    );
    assert_eq!(kinds("x \\g")[1], (Symbol, "\\"));
}

/// Texts dense in what can open or close something.
pub(crate) fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "'", "''", "\"", "$$", "$a$", "$", "--", "/*", "*/", "\n", "\r\n", " ", ";", "(", ")", "\\", "\\.",
        "E'", "U&\"", "u&'", "a", "copy", "from", "stdin", "begin", "atomic", "case", "end", "create",
        "function", "1", "1e", ".", "::", "ü", "€", "0x", "+-", "\t", "[",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn tokens_cover_the_text(sql in pieces()) {
        let mut end = 0;
        for token in tokens(&sql) {
            prop_assert_eq!(token.range.start, end);
            prop_assert!(token.range.end > end);
            prop_assert!(sql.get(token.range.clone()).is_some());
            end = token.range.end;
        }
        prop_assert_eq!(end, sql.len());
    }

    #[test]
    fn any_text_at_all_is_covered(sql in any::<String>()) {
        let joined: String = tokens(&sql).into_iter().map(|token| &sql[token.range]).collect();
        prop_assert_eq!(joined, sql);
    }

    #[test]
    fn quoting_makes_one_token(text in any::<String>()) {
        let literal = crate::quote_literal(&text);
        prop_assert_eq!(tokens(&literal).len(), 1);
        let identifier = crate::quote_identifier(&text);
        let tokens = tokens(&identifier);
        prop_assert_eq!(tokens.len(), 1);
        if let Some(token) = tokens.first().filter(|token| token.kind == TokenKind::QuotedIdentifier) {
            prop_assert_eq!(token.identifier(&identifier), Some(text));
        }
    }
}
