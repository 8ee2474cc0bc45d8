//! The lexer and the splitter: tokens tile the text, statements lie in order, and each is one statement by itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_fuzz as _;
use limbeck_sql::{StatementKind, TokenKind, statements, tokens};

fuzz_target!(|sql: &str| {
    let mut end = 0;
    for token in tokens(sql) {
        assert_eq!(token.range.start, end, "a gap or an overlap");
        assert!(token.range.end > end, "an empty token");
        end = token.range.end;
        let text = &sql[token.range];
        if token.kind == TokenKind::DollarString && token.is_closed {
            let tag = &text[..=text[1..].find('$').expect("a dollar quote has a tag") + 1];
            assert!(text.len() >= 2 * tag.len() && text.ends_with(tag), "{text:?}");
        }
    }
    assert_eq!(end, sql.len());

    let mut end = 0;
    for statement in statements(sql) {
        assert!(statement.range.start >= end && !statement.text.is_empty());
        assert_eq!(statement.text, &sql[statement.range.clone()]);
        end = statement.copy_data.map_or(statement.range.end, |data| {
            assert!(data.start >= statement.range.end);
            data.end
        });
        // A backslash at the start of a text is a command of `psql`; after a semicolon it is not.
        if statement.kind == StatementKind::Sql && !statement.text.starts_with('\\') {
            let kinds: Vec<_> = statements(statement.text).into_iter().map(|inner| inner.range).collect();
            assert_eq!(kinds, [0..statement.text.len()], "{:?}", statement.text);
        }
        drop(limbeck_sql::first_words(statement.text));
    }

    drop(limbeck_sql::quote_identifier(sql));
    let literal = limbeck_sql::quote_literal(sql);
    if !sql.contains('\0') {
        let inside = tokens(&literal).into_iter().filter(|token| !token.kind.is_blank()).count();
        assert_eq!(inside, 1, "{literal}");
    }
    assert!(limbeck_sql::truncate_identifier(sql).len() <= limbeck_sql::MAXIMUM_IDENTIFIER_LENGTH);
    for offset in [0, sql.len() / 2, sql.len(), sql.len() + 1] {
        let (line, column) = limbeck_sql::line_column(sql, offset);
        assert!(line >= 1 && column >= 1);
    }
    // What names objects in `exclude` and in the declared set.
    let _ = sql.parse::<limbeck_catalog::ObjectPattern>();
    if let Ok(id) = sql.parse::<limbeck_catalog::ObjectId>() {
        assert_eq!(id.to_string().parse(), Ok(id), "from {sql:?}");
    }
});
