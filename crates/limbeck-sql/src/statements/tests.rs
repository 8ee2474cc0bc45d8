use proptest::prelude::*;

use super::*;
use crate::lexer::tests::pieces;

fn texts(sql: &str) -> Vec<&str> {
    statements(sql)
        .into_iter()
        .map(|statement| statement.text)
        .collect()
}

#[test]
fn semicolons_end_statements_only_outside() {
    assert_eq!(
        texts("a; b;\n-- c;\n c /* ; */ d ;; ;"),
        ["a", "b", "c /* ; */ d"]
    );
    assert_eq!(texts("a ';' \";\" $$;$$; b"), ["a ';' \";\" $$;$$", "b"]);
    assert_eq!(texts(""), [""; 0]);
    assert_eq!(texts("-- only a comment\n;"), [""; 0]);
}

#[test]
fn the_actions_of_a_rule_belong_to_it() {
    let rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (1); NOTIFY u;)";
    assert_eq!(texts(&format!("{rule}; SELECT 1;")), [rule, "SELECT 1"]);
}

#[test]
fn a_standard_body_belongs_to_its_routine() {
    for body in [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "create or replace procedure p() begin /* x */ atomic insert into t values (1); end",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END END; SELECT 1; END",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT t.end FROM t; SELECT 2 AS \"end\"; END",
        "CREATE FUNCTION f(begin int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT (CASE WHEN true THEN 1 END); END",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
    ] {
        assert_eq!(texts(&format!("{body}; SELECT 1")), [body, "SELECT 1"]);
    }
}

#[test]
fn begin_elsewhere_opens_nothing() {
    assert_eq!(texts("BEGIN; a; END; b"), ["BEGIN", "a", "END", "b"]);
    assert_eq!(texts("BEGIN ATOMIC; a"), ["BEGIN ATOMIC", "a"]);
    assert_eq!(
        texts("CREATE FUNCTION begin() RETURNS int RETURN 1; a"),
        ["CREATE FUNCTION begin() RETURNS int RETURN 1", "a"]
    );
    assert_eq!(
        texts("CREATE TABLE t (a int DEFAULT CASE WHEN true THEN 1 END); a").len(),
        2
    );
}

#[test]
fn a_range_is_the_text_without_what_surrounds_it() {
    let sql = "-- before\n  SELECT /* in */ 1 -- after\n;";
    let found = statements(sql);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].text, "SELECT /* in */ 1");
    assert_eq!(&sql[found[0].range.clone()], found[0].text);
}

#[test]
fn a_copy_carries_its_data() {
    let sql = "COPY t FROM stdin;\n1\tx;\n2\ty\n\\.\n\nCOPY u FROM stdin;\n\\.\nSELECT 1;\n";
    let found = statements(sql);
    assert_eq!(found.len(), 3);
    assert_eq!(&sql[found[0].copy_data.clone().unwrap()], "1\tx;\n2\ty\n");
    assert_eq!(&sql[found[1].copy_data.clone().unwrap()], "");
    assert_eq!(found[2].text, "SELECT 1");
    assert_eq!(found[2].copy_data, None);
    assert_eq!(statements("COPY t FROM '/file'; a")[0].copy_data, None);
}

#[test]
fn commands_of_psql_are_told_apart() {
    let found = statements("\\restrict abc\nSELECT 1\n\\gexec\nSELECT '\n\\x'");
    let found: Vec<_> = found.iter().map(|s| (s.kind, s.text)).collect();
    assert_eq!(
        found,
        [
            (StatementKind::MetaCommand, "\\restrict abc"),
            (StatementKind::Sql, "SELECT 1"),
            (StatementKind::MetaCommand, "\\gexec"),
            (StatementKind::Sql, "SELECT '\n\\x'"),
        ]
    );
}

#[test]
fn first_words_are_keywords_in_upper_case() {
    assert_eq!(
        first_words("/* x */ Create unique INDEX \"a\" ON b"),
        ["CREATE", "UNIQUE", "INDEX"]
    );
    assert_eq!(first_words("commit"), ["COMMIT"]);
    assert_eq!(first_words("(SELECT 1)"), [""; 0]);
}

proptest! {
    #[test]
    fn ranges_are_ordered_and_hold_their_text(sql in pieces()) {
        let mut end = 0;
        for statement in statements(&sql) {
            prop_assert!(statement.range.start >= end);
            prop_assert!(!statement.text.is_empty());
            prop_assert_eq!(&sql[statement.range.clone()], statement.text);
            end = statement.copy_data.map_or(statement.range.end, |data| data.end);
        }
    }

    #[test]
    fn nothing_but_blanks_and_semicolons_lies_between(sql in pieces()) {
        let found = statements(&sql);
        for token in crate::tokens(&sql) {
            let inside = found.iter().any(|s| s.range.start <= token.range.start && token.range.end <= s.range.end);
            let between = token.kind.is_blank()
                || matches!(token.kind, TokenKind::Semicolon | TokenKind::CopyData | TokenKind::CopyEnd);
            prop_assert!(inside || between, "{:?}", token);
        }
    }

    #[test]
    fn splitting_and_joining_preserves(words in prop::collection::vec("[a-z]{1,4}|'[a-z;]{0,3}'|\\$\\$;\\$\\$|\\([;a]?\\)", 1..10)) {
        let joined = words.join(";\n");
        prop_assert_eq!(texts(&joined), words.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
