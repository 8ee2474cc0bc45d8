//! The part that each key of an index adds to the index's default name.

use crate::identifier::clip;
use crate::{MAXIMUM_IDENTIFIER_LENGTH, Token, TokenKind, tokens};

/// One key of an index, as far as its default name is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexKey<'a> {
    /// A column, by its name as stored in the catalogue (unquoted).
    Column(&'a str),
    /// An expression, as SQL text, with or without its outer parentheses.
    Expression(&'a str),
}

/// `ChooseIndexColumnNames`: each key's own name, made unique among the keys by a number.
pub(super) fn names(keys: &[IndexKey<'_>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(keys.len());
    for key in keys {
        let wanted = match key {
            IndexKey::Column(column) => (*column).to_owned(),
            IndexKey::Expression(expression) => {
                expression_name(expression).unwrap_or_else(|| "expr".to_owned())
            }
        };
        let mut name = wanted.clone();
        let mut number = 0_u32;
        while names.contains(&name) {
            number += 1;
            let suffix = number.to_string();
            let room = MAXIMUM_IDENTIFIER_LENGTH.saturating_sub(suffix.len());
            name = format!("{}{suffix}", clip(&wanted, room));
        }
        names.push(name);
    }
    names
}

/// `FigureIndexColname`, for what can be told by the tokens alone: a call, a column, `CASE`, `ARRAY`, and each of
/// them subscripted, collated, cast or at a time zone. All else is `expr`, PostgreSQL's own name for an expression
/// without one.
fn expression_name(expression: &str) -> Option<String> {
    let tokens: Vec<Token> = tokens(expression)
        .into_iter()
        .filter(|token| !token.kind.is_blank())
        .collect();
    name_of(expression, &tokens).map(|(name, _)| name)
}

/// How sure PostgreSQL is of a name: a cast's own name gives way to a stronger one of what is cast.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    Weak,
    Strong,
}

fn name_of(text: &str, tokens: &[Token]) -> Option<(String, Strength)> {
    let tokens = without_parentheses(tokens);
    if let Some(position) = last_outside(tokens, |token| is_word(text, token, "collate")) {
        let (operand, collation) = (tokens.get(..position)?, tokens.get(position + 1..)?);
        let is_single = is_single_operand(text, operand) && has_no_operator(text, collation);
        return is_single.then(|| name_of(text, operand))?;
    }
    if let Some(position) = last_outside(tokens, |token| slice(text, token) == "::") {
        let (operand, type_name) = (tokens.get(..position)?, tokens.get(position + 1..)?);
        let is_single = is_single_operand(text, operand) && has_no_operator(text, type_name);
        return is_single.then(|| cast_name(text, operand, type_name))?;
    }
    if let Some(position) = last_outside(tokens, |token| is_word(text, token, "at")) {
        let is_single = is_single_operand(text, tokens.get(..position)?)
            && is_single_operand(text, tokens.get(position + 3..)?);
        return is_single.then(|| ("timezone".to_owned(), Strength::Strong));
    }
    let first = tokens.first()?;
    match word(text, first).as_deref() {
        Some("case") if is_word(text, tokens.last()?, "end") => {
            // The result of `ELSE` gives its name, if it has a strong one.
            return match otherwise(text, tokens).and_then(|result| name_of(text, result)) {
                Some((name, Strength::Strong)) => Some((name, Strength::Strong)),
                _ => Some(("case".to_owned(), Strength::Weak)),
            };
        }
        Some("cast") => {
            let inside = tokens.get(2..tokens.len() - 1)?;
            let position = last_outside(inside, |token| is_word(text, token, "as"))?;
            return cast_name(text, inside.get(..position)?, inside.get(position + 1..)?);
        }
        Some("array") if is_symbol(text, tokens.get(1)?, "[") && is_symbol(text, tokens.last()?, "]") => {
            return Some(("array".to_owned(), Strength::Strong));
        }
        _ => {}
    }
    let (name, length) = qualified(text, tokens)?;
    match tokens.get(length) {
        None => Some((name, Strength::Strong)),
        Some(token) if token.kind == TokenKind::OpenParenthesis => (matching(tokens, length)
            == Some(tokens.len() - 1))
        .then(|| (called_name(text, &name, tokens), Strength::Strong)),
        Some(token) => (is_symbol(text, token, "[") && is_single_operand(text, tokens))
            .then_some((name, Strength::Strong)),
    }
}

/// A cast is named by what it casts, or else by its type.
fn cast_name(text: &str, operand: &[Token], type_name: &[Token]) -> Option<(String, Strength)> {
    match name_of(text, operand) {
        Some((name, Strength::Strong)) => Some((name, Strength::Strong)),
        _ => type_identifier(text, type_name).map(|name| (name, Strength::Weak)),
    }
}

/// The last part of a dotted name at the start of the tokens, and how many tokens the whole name takes.
fn qualified(text: &str, tokens: &[Token]) -> Option<(String, usize)> {
    let mut length = 1;
    while tokens
        .get(length)
        .is_some_and(|token| is_symbol(text, token, "."))
    {
        length += 2;
    }
    Some((tokens.get(length - 1)?.identifier(text)?, length))
}

/// What follows the `ELSE` of a `CASE` that takes up all tokens.
fn otherwise<'t>(text: &str, tokens: &'t [Token]) -> Option<&'t [Token]> {
    let mut depth = 0_usize;
    let mut found = None;
    for (position, token) in tokens.iter().enumerate() {
        match word(text, token).as_deref() {
            Some("case") => depth += 1,
            Some("end") => depth = depth.saturating_sub(1),
            Some("else") if depth == 1 => found = Some(position),
            _ => {}
        }
    }
    tokens.get(found? + 1..tokens.len() - 1)
}

/// The function behind the SQL standard's spellings.
fn called_name(text: &str, name: &str, tokens: &[Token]) -> String {
    let first_argument = tokens.get(2).and_then(|token| word(text, token));
    match (name, first_argument.as_deref()) {
        ("trim", Some("leading")) => "ltrim",
        ("trim", Some("trailing")) => "rtrim",
        ("trim", _) => "btrim",
        _ => name,
    }
    .to_owned()
}

/// Whether no operator stands between what the tokens name, so that a suffix applies to all of them.
fn is_single_operand(text: &str, tokens: &[Token]) -> bool {
    let mut depth = 0_usize;
    let mut operands = 0_usize;
    let mut is_type = false;
    for (position, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::OpenParenthesis => {
                operands += usize::from(position == 0);
                depth += 1;
            }
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            TokenKind::Symbol if is_symbol(text, token, "[") => depth += 1,
            TokenKind::Symbol if is_symbol(text, token, "]") => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            TokenKind::Symbol if is_symbol(text, token, ".") && !is_type => operands = 0,
            TokenKind::Symbol if is_symbol(text, token, ".") => {}
            TokenKind::Symbol if is_symbol(text, token, "::") => is_type = true,
            TokenKind::Symbol => return false,
            // A type may be of several words.
            _ if is_type => {}
            _ => operands += 1,
        }
    }
    operands == 1
}

fn has_no_operator(text: &str, tokens: &[Token]) -> bool {
    tokens
        .iter()
        .all(|token| token.kind != TokenKind::Symbol || matches!(slice(text, token), "." | "[" | "]" | ","))
}

/// The last name of a type, without its modifier; PostgreSQL's own name for the SQL standard's spellings.
fn type_identifier(text: &str, tokens: &[Token]) -> Option<String> {
    let (name, length) = qualified(text, tokens)?;
    if length > 1 || tokens.first()?.kind == TokenKind::QuotedIdentifier {
        return Some(name);
    }
    let has = |wanted: &str| tokens.iter().any(|token| is_word(text, token, wanted));
    let own = match name.as_str() {
        "int" | "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "real" => "float4",
        "double" | "float" => "float8",
        "boolean" => "bool",
        "decimal" | "dec" => "numeric",
        "bit" if has("varying") => "varbit",
        "character" | "char" | "nchar" | "national" if has("varying") => "varchar",
        "character" | "char" | "nchar" | "national" => "bpchar",
        "timestamp" if has("with") => "timestamptz",
        "time" if has("with") => "timetz",
        _ => return Some(name),
    };
    Some(own.to_owned())
}

fn without_parentheses(mut tokens: &[Token]) -> &[Token] {
    while tokens
        .first()
        .is_some_and(|token| token.kind == TokenKind::OpenParenthesis)
        && matching(tokens, 0) == Some(tokens.len() - 1)
    {
        tokens = tokens.get(1..tokens.len() - 1).unwrap_or_default();
    }
    tokens
}

/// The index of the parenthesis that closes the one at `open`.
fn matching(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(position);
                }
            }
            _ => {}
        }
    }
    None
}

fn last_outside(tokens: &[Token], is_wanted: impl Fn(&Token) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    let mut found = None;
    for (position, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            _ if depth == 0 && is_wanted(token) => found = Some(position),
            _ => {}
        }
    }
    found
}

fn slice<'a>(text: &'a str, token: &Token) -> &'a str {
    text.get(token.range.clone()).unwrap_or_default()
}

fn word(text: &str, token: &Token) -> Option<String> {
    (token.kind == TokenKind::Word).then(|| slice(text, token).to_ascii_lowercase())
}

fn is_word(text: &str, token: &Token, wanted: &str) -> bool {
    token.kind == TokenKind::Word && slice(text, token).eq_ignore_ascii_case(wanted)
}

fn is_symbol(text: &str, token: &Token, wanted: &str) -> bool {
    token.kind == TokenKind::Symbol && slice(text, token) == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_named_as_postgresql_names_it() {
        for (expression, name) in [
            (r#"lower(a)"#, r#"lower"#),
            (r#"(lower(a))"#, r#"lower"#),
            (r#"(lower(a) collate "C")"#, r#"lower"#),
            (r#"pg_catalog.lower(a)"#, r#"lower"#),
            (r#"(lower(a)||lower(b))"#, r#"expr"#),
            (r#"(n+1)"#, r#"expr"#),
            (r#"("Weird""Name")"#, r#"Weird"Name"#),
            (r#"coalesce(a,b)"#, r#"coalesce"#),
            (r#"(case when c then a else b end)"#, r#"b"#),
            (r#"(case when c then 'x' end)"#, r#"case"#),
            (r#"(case when c then 1 else 2 end)"#, r#"case"#),
            (r#"((data->>'k')::int)"#, r#"int4"#),
            (r#"(lower(a)::varchar(10))"#, r#"lower"#),
            (r#"trim(a)"#, r#"btrim"#),
            (r#"trim(leading 'x' from a)"#, r#"ltrim"#),
            (r#"((n+1)::numeric(10,2))"#, r#"numeric"#),
            (r#"(array[a,b])"#, r#"array"#),
            (r#"(a is null)"#, r#"expr"#),
            (r#"(a::varchar)"#, r#"a"#),
            (r#"cast(n as bigint)"#, r#"n"#),
            (r#"cast(n+1 as bigint)"#, r#"int8"#),
            (r#"extract(year from ts at time zone 'UTC')"#, r#"extract"#),
            (r#"(ts at time zone 'UTC')"#, r#"timezone"#),
            (r#"((ts at time zone 'UTC')::date)"#, r#"timezone"#),
            (r#"substring(a from 1 for 2)"#, r#"substring"#),
            (r#"position('x' in a)"#, r#"position"#),
            (r#"((data->'k')::text)"#, r#"text"#),
            (r#"(data['a'])"#, r#"data"#),
            (r#"nullif(a,b)"#, r#"nullif"#),
            (r#"greatest(a,b)"#, r#"greatest"#),
            (r#"(not c)"#, r#"expr"#),
            (r#"((a)::text || b)"#, r#"expr"#),
            (r#"((a || b)::double precision::text)"#, r#"text"#),
            (r#"(a collate "C")"#, r#"a"#),
            (r#"overlay(a placing b from 1)"#, r#"overlay"#),
            (r#"('x'::text)"#, r#"text"#),
            (r#"(a||b collate "C")"#, r#"expr"#),
            (r#"(lower(a)::text collate "C")"#, r#"lower"#),
            (r#"(-n)"#, r#"expr"#),
            (r#"(n::text::varchar)"#, r#"n"#),
            (r#"((a || b)::"char")"#, r#"char"#),
            (r#"((n + 1)::real)"#, r#"float4"#),
            (r#"((a||b)::bit varying)"#, r#"varbit"#),
            (r#"((a||b)::character varying(3))"#, r#"varchar"#),
            (r#"((a||b)::char(3))"#, r#"bpchar"#),
            (r#"(a in ('x'))"#, r#"expr"#),
            (r#"((c)::int)"#, r#"c"#),
            (r#"(case when c then a else lower(b) end)"#, r#"lower"#),
            (r#"date_trunc('day', ts at time zone 'UTC')"#, r#"date_trunc"#),
            (r#"(a like 'x%')"#, r#"expr"#),
            (r#"(a between b and b)"#, r#"expr"#),
        ] {
            assert_eq!(names(&[IndexKey::Expression(expression)]), [name], "{expression}");
        }
    }

    #[test]
    fn equal_names_get_numbers() {
        let keys = [
            IndexKey::Expression("a + b"),
            IndexKey::Expression("b + c"),
            IndexKey::Column("expr"),
        ];
        assert_eq!(names(&keys), ["expr", "expr1", "expr2"]);
    }
}
