//! The names of columns in SQL expressions.
//!
//! An expression alternates between operands and what joins them, and only an operand is a column. So two states tell
//! most of what words are: `month` in `month + 1` is an operand, and in `INTERVAL '1' YEAR TO MONTH` none. The grammar is
//! that of `a_expr` in PostgreSQL's `gram.y`; the expressions are those of one row, so that no query stands in them.

use std::ops::Range;

use limbeck_sql::{Token, TokenKind, is_reserved, tokens};

/// A name in an expression that may be a column's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// The bytes of the name, and of what qualifies it.
    pub(super) range: Range<usize>,
    /// As the catalogue has it, without what qualifies it.
    pub(super) name: String,
    pub(super) sort: NameSort,
}

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameSort {
    /// A column by its name alone.
    Column,
    /// A column behind the name of its table.
    Qualified,
    /// A column, or a word that a function knows.
    Doubtful,
}

/// The names in an expression that may be columns. Functions, types, collations, arguments by name, fields of times and
/// keywords are none.
pub(super) fn in_expression(expression: &str) -> Vec<Name> {
    let mut tokens = tokens(expression);
    tokens.retain(|token| !token.kind.is_blank());
    let mut reader = Reader {
        text: expression,
        tokens,
        at: 0,
        wants_operand: true,
        calls: Vec::new(),
        found: Vec::new(),
    };
    while let Some(kind) = reader.kind(reader.at) {
        reader.step(kind);
    }
    reader.found
}

/// What SQL reads as a value where it is not quoted, also where a table or a column is meant.
pub(super) const VALUES: [&str; 12] = [
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "system_user",
    "user",
];

/// Other reserved words that are operands, or the end of one.
const CONSTANTS: [&str; 5] = ["default", "end", "false", "null", "true"];

/// What stands behind an operand and wants another.
const JOINS: [&str; 20] = [
    "and",
    "asymmetric",
    "between",
    "else",
    "escape",
    "for",
    "from",
    "ilike",
    "in",
    "like",
    "or",
    "overlaps",
    "passing",
    "placing",
    "symmetric",
    "then",
    "uescape",
    "value",
    "when",
    "similar",
];

/// What else may stand behind an operand.
const BEHIND: [&str; 16] = [
    "absent",
    "as",
    "at",
    "collate",
    "end",
    "format",
    "is",
    "isnull",
    "not",
    "notnull",
    "null",
    "on",
    "operator",
    "returning",
    "with",
    "without",
];

/// Functions whose arguments begin with words of their own: `xmlparse(DOCUMENT text)`.
const WITH_WORDS: [&str; 10] = [
    "json",
    "json_array",
    "json_exists",
    "json_object",
    "json_query",
    "json_value",
    "xmlexists",
    "xmlparse",
    "xmlroot",
    "xmlserialize",
];

/// Functions that take words where an operand may stand too: `normalize(text, NFC)`, and whether a word is one.
const WORDS: [(&str, &[&str]); 2] = [
    ("normalize", &["nfc", "nfd", "nfkc", "nfkd"]),
    ("xmlroot", &["no", "value", "yes"]),
];

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// Whether an operand is due, else what joins operands.
    wants_operand: bool,
    /// What is called at each open parenthesis; nothing of those that only group.
    calls: Vec<String>,
    found: Vec<Name>,
}

impl Reader<'_> {
    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn text(&self, at: usize) -> &str {
        let token = self.tokens.get(at);
        token
            .and_then(|token| self.text.get(token.range.clone()))
            .unwrap_or("")
    }

    fn identifier(&self, at: usize) -> Option<String> {
        self.tokens.get(at)?.identifier(self.text)
    }

    /// The word at a place, in lower case.
    fn word(&self, at: usize) -> Option<String> {
        self.identifier(at)
            .filter(|_| self.kind(at) == Some(TokenKind::Word))
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.word(at).is_some_and(|found| found == word)
    }

    fn is_string(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(TokenKind::String | TokenKind::DollarString))
    }

    fn step(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::OpenParenthesis => self.open(),
            TokenKind::CloseParenthesis => {
                self.calls.pop();
                self.pass(1, false);
            }
            TokenKind::String | TokenKind::DollarString | TokenKind::Number | TokenKind::Parameter => {
                self.pass(1, false);
            }
            TokenKind::Word | TokenKind::QuotedIdentifier if self.wants_operand => self.operand(kind),
            TokenKind::Word => self.behind(),
            TokenKind::QuotedIdentifier => self.pass(1, false),
            TokenKind::Symbol => match self.text(self.at) {
                // A part of a composite value, or all of a row.
                "." => self.pass(2, false),
                "::" => {
                    self.at += 1;
                    self.pass_name();
                }
                "]" => self.pass(1, false),
                "*" if self.wants_operand => self.pass(1, false),
                _ => self.pass(1, true),
            },
            _ => self.pass(1, true),
        }
    }

    fn pass(&mut self, tokens: usize, wants_operand: bool) {
        self.at += tokens;
        self.wants_operand = wants_operand;
    }

    /// Steps over the name of a type or a collation, with its schema.
    fn pass_name(&mut self) {
        self.at += 1;
        while self.text(self.at) == "." {
            self.at += 2;
        }
        self.wants_operand = false;
    }

    /// Steps over `OPERATOR(schema.name)`.
    fn pass_operator(&mut self) {
        while !matches!(self.kind(self.at), None | Some(TokenKind::CloseParenthesis)) {
            self.at += 1;
        }
        self.pass(1, true);
    }

    fn open(&mut self) {
        let called = self.at.checked_sub(1).and_then(|before| self.word(before));
        self.calls.push(called.unwrap_or_default());
        self.pass(1, true);
        match self.calls.last().map(String::as_str) {
            // The field of a time.
            Some("extract") => self.pass(1, false),
            // The name of an element is none of a column.
            Some("xmlelement" | "xmlpi") if self.is_word(self.at, "name") => self.pass(2, false),
            _ => {}
        }
    }

    /// A word where an operand is due.
    fn operand(&mut self, kind: TokenKind) {
        let (first, mut last) = (self.at, self.at);
        while self.text(last + 1) == "." && self.identifier(last + 2).is_some() {
            last += 2;
        }
        let behind = last + 1;
        if self.kind(behind) == Some(TokenKind::OpenParenthesis) {
            if self.is_word(last, "operator") {
                return self.pass_operator();
            }
            // A function, or a keyword.
            return self.pass(behind - first, true);
        }
        if self.is_literal_of_type(last) {
            return self.pass(behind - first, true);
        }
        if self.text(behind) == "." {
            // A whole row: `t.*`.
            return self.pass(behind - first, false);
        }
        if last > first {
            self.push(first, last, NameSort::Qualified);
            return self.pass(behind - first, false);
        }
        let word = self.word(first);
        if let Some(word) = &word
            && is_reserved(word)
        {
            let is_operand = VALUES.iter().chain(&CONSTANTS).any(|value| value == word);
            return self.pass(1, !is_operand);
        }
        let is_argument =
            self.text(behind) == "=>" || (self.text(behind) == ":" && self.text(behind + 1) == "=");
        if is_argument {
            return self.pass(1, true);
        }
        if kind == TokenKind::Word && self.is_word_of_function(behind) {
            return self.pass(1, true);
        }
        let call = self.calls.last().map_or("", String::as_str);
        let is_doubtful = WORDS.iter().any(|(function, words)| {
            call == *function && word.as_ref().is_some_and(|word| words.contains(&word.as_str()))
        });
        let sort = if is_doubtful {
            NameSort::Doubtful
        } else {
            NameSort::Column
        };
        self.push(first, last, sort);
        self.pass(1, false);
    }

    fn push(&mut self, first: usize, last: usize, sort: NameSort) {
        if let (Some(from), Some(to), Some(name)) = (
            self.tokens.get(first),
            self.tokens.get(last),
            self.identifier(last),
        ) {
            self.found.push(Name {
                range: from.range.start..to.range.end,
                name,
                sort,
            });
        }
    }

    /// Whether a string follows: `date '2026-01-01'`, `timestamp with time zone '…'`.
    fn is_literal_of_type(&self, at: usize) -> bool {
        const PARTS: [&str; 8] = [
            "char",
            "character",
            "precision",
            "time",
            "varying",
            "with",
            "without",
            "zone",
        ];
        let mut behind = at + 1;
        while self
            .word(behind)
            .is_some_and(|word| PARTS.contains(&word.as_str()))
        {
            behind += 1;
        }
        self.is_string(behind)
    }

    /// Whether a word is one that the function knows around it: an operand follows, where a column would want something
    /// to join it.
    fn is_word_of_function(&self, behind: usize) -> bool {
        let call = self.calls.last().map_or("", String::as_str);
        WITH_WORDS.contains(&call)
            && match self.kind(behind) {
                Some(TokenKind::Word) => self
                    .word(behind)
                    .is_some_and(|word| !JOINS.contains(&word.as_str()) && !BEHIND.contains(&word.as_str())),
                Some(TokenKind::QuotedIdentifier | TokenKind::Number | TokenKind::Parameter) => true,
                _ => false,
            }
    }

    /// A word behind an operand.
    fn behind(&mut self) {
        let Some(word) = self.word(self.at) else {
            return self.pass(1, false);
        };
        let before = |tokens: usize, word: &str| {
            self.at
                .checked_sub(tokens)
                .is_some_and(|at| self.is_word(at, word))
        };
        match word.as_str() {
            "as" | "collate" => {
                self.at += 1;
                self.pass_name();
            }
            "operator" if self.kind(self.at + 1) == Some(TokenKind::OpenParenthesis) => self.pass_operator(),
            "zone" => self.pass(1, before(1, "time") && before(2, "at")),
            "passing" if self.is_word(self.at + 1, "by") => self.pass(3, true),
            word => self.pass(1, JOINS.contains(&word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of an expression; `t.` before one that is qualified, `?` behind a doubtful one.
    fn columns(expression: &str) -> String {
        let names = in_expression(expression)
            .into_iter()
            .map(|found| match found.sort {
                NameSort::Column => {
                    let written = &expression[found.range];
                    assert_eq!(
                        written.trim_matches('"').to_ascii_lowercase(),
                        found.name.to_ascii_lowercase()
                    );
                    found.name
                }
                NameSort::Qualified => format!("t.{}", found.name),
                NameSort::Doubtful => format!("{}?", found.name),
            });
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn columns_are_told_from_all_else_that_words_are() {
        for (expression, expected) in [
            ("year > 2000", "year"),
            // Keywords that may name a column.
            ("json IS NOT NULL AND trim > substring", "json trim substring"),
            ("OPERATOR(pg_catalog.-) amount < 0", "amount"),
            ("system_user BETWEEN low AND high", "low high"),
            ("lower(zip) <> ''", "zip"),
            ("\"Zip\" IS NOT NULL AND ZIP = zip", "Zip zip zip"),
            ("'year' <> $$year$$ -- year\n AND /* year */ month > 0", "month"),
            // Fields of times.
            ("extract(year FROM at) > year", "at year"),
            ("EXTRACT ( \"year\" FROM year)", "year"),
            ("date_part('year', year)", "year"),
            ("at + INTERVAL '1' YEAR TO MONTH > month", "at month"),
            ("at::interval day to second(3) < day", "at day"),
            ("at AT TIME ZONE zone > time", "at zone time"),
            ("time AT LOCAL = local", "time local"),
            // Types.
            ("year::text || day::year", "year day"),
            ("CAST(year AS month) = CAST(day AS double precision)", "year day"),
            ("x::double precision = precision", "x precision"),
            ("x::timestamp(3) with time zone = time", "x time"),
            ("x::pg_catalog.int4[] = ARRAY[zone, x]", "x zone x"),
            ("x::character varying(10) COLLATE \"C\" < varying", "x varying"),
            ("name COLLATE pg_catalog.\"default\" > zone", "name zone"),
            (
                "date '2026-01-01' < date AND time with time zone '10:00' > x",
                "date x",
            ),
            ("interval '1 day' * days < interval", "days interval"),
            ("app.mood 'merry' = mood", "mood"),
            ("timestamp with time zone $$2026-01-01$$ < timestamp", "timestamp"),
            // Functions and their arguments.
            (
                "make_interval(years => year, days := day) > years",
                "year day years",
            ),
            ("pg_catalog.year(year)", "year"),
            ("\"year\"(\"year\")", "year"),
            (
                "substring(name FROM start FOR count) = zip",
                "name start count zip",
            ),
            (
                "substring(name SIMILAR pattern ESCAPE escape)",
                "name pattern escape",
            ),
            (
                "trim(BOTH sign FROM name) = trim(FROM leading_part)",
                "sign name leading_part",
            ),
            (
                "overlay(a PLACING b FROM c FOR d) = position(e IN f)",
                "a b c d e f",
            ),
            ("coalesce(year, month, row(day))", "year month day"),
            // What joins operands, and what stands behind them.
            ("year BETWEEN SYMMETRIC month AND day", "year month day"),
            (
                "year NOT BETWEEN month AND day OR day NOT IN (1, month)",
                "year month day day month",
            ),
            (
                "a NOT SIMILAR TO b ESCAPE c AND a SIMILAR TO to_b",
                "a b c a to_b",
            ),
            ("a NOT LIKE b AND (a, b) OVERLAPS (c, d)", "a b a b c d"),
            (
                "CASE year WHEN month THEN day ELSE zone END > time",
                "year month day zone time",
            ),
            (
                "a IS DISTINCT FROM b AND a IS NOT UNKNOWN AND a IS DOCUMENT",
                "a b a a",
            ),
            ("a IS JSON OBJECT WITH UNIQUE KEYS AND a IS NFC NORMALIZED", "a a"),
            ("a OPERATOR(pg_catalog.=) b AND a ISNULL", "a b a"),
            (
                "tags <@ ARRAY['a', other] AND tags[first] = ANY (others)",
                "tags other tags first others",
            ),
            ("-year + @ month = ~ day AND NOT done", "year month day done"),
            (
                "user = name AND current_date > date AND \"user\" = 'x'",
                "name date user",
            ),
            ("true AND null IS NULL OR a", "a"),
            // Composite values, and columns behind their table.
            ("(place).zip = zip AND (places[1]).zip > 'a'", "place zip places"),
            (
                "users.zip = zip AND app.users.\"Zip\" > users.*::text",
                "t.zip zip t.Zip",
            ),
            // Words that functions know.
            (
                "xmlelement(NAME zip, xmlattributes(zip AS zip), name) IS DOCUMENT",
                "zip name",
            ),
            (
                "xmlparse(DOCUMENT document) IS NOT NULL AND xmlserialize(CONTENT content AS text) = 'x'",
                "document content",
            ),
            ("xmlexists('//x' PASSING BY VALUE value)", "value"),
            (
                "json_value(value, '$.a' PASSING key AS key RETURNING text) = key",
                "value key key",
            ),
            ("json_object('name' VALUE name)", "name"),
            (
                "normalize(name, nfc) = normalize(nfc, NFKD)",
                "name nfc? nfc? nfkd?",
            ),
            // What does not end.
            ("year > (", "year"),
            ("users.", ""),
            ("extract(", ""),
            ("", ""),
        ] {
            assert_eq!(columns(expression), expected, "{expression}");
        }
    }
}
