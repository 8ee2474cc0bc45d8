//! The shape that all attributes share: `word`, `name = value` and `name(…)`, separated by commas.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Attribute, LitBool, LitStr, Meta, Token};

use super::{AttributeError, FieldPath, Spanned, name};

/// What a parser of one argument returns.
pub(super) type Parsed = Result<(), AttributeError>;

/// Runs `argument` at each comma-separated argument of `input`. After a mistake it goes on behind the next comma.
pub(super) fn each(
    input: ParseStream<'_>,
    errors: &mut Vec<AttributeError>,
    mut argument: impl FnMut(ParseStream<'_>, &mut Vec<AttributeError>) -> Parsed,
) {
    while !input.is_empty() {
        let result = argument(input, errors).and_then(|()| {
            if input.is_empty() || input.peek(Token![,]) {
                Ok(())
            } else {
                Err(input.error("expected `,`").into())
            }
        });
        if let Err(error) = result {
            errors.push(error);
        }
        skip_past_comma(input);
    }
}

/// Moves behind the next comma, or to the end.
fn skip_past_comma(input: ParseStream<'_>) {
    while !input.is_empty() {
        let comma = input.peek(Token![,]);
        if input.parse::<proc_macro2::TokenTree>().is_err() || comma {
            return;
        }
    }
}

/// Runs `argument` over the arguments of each attribute called `name`, as in `#[name(…)]`.
pub(super) fn of_attributes(
    attributes: &[Attribute],
    name: &str,
    errors: &mut Vec<AttributeError>,
    mut argument: impl FnMut(ParseStream<'_>, &mut Vec<AttributeError>) -> Parsed,
) {
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
    {
        let Meta::List(list) = &attribute.meta else {
            errors.push(
                AttributeError::over(
                    &attribute.meta,
                    format!("`{name}` takes its arguments in parentheses"),
                )
                .with_hint(format!("write `#[{name}(…)]`")),
            );
            continue;
        };
        let parsed = list.parse_args_with(|input: ParseStream<'_>| {
            each(input, errors, &mut argument);
            Ok(())
        });
        if let Err(error) = parsed {
            errors.push(error.into());
        }
    }
}

/// The word that an argument begins with; Rust's keywords count, as in `type = "…"`.
pub(super) fn word(input: ParseStream<'_>) -> Result<Ident, AttributeError> {
    Ok(input.call(Ident::parse_any)?)
}

/// The contents of the parentheses behind a word, and where they close.
pub(super) fn parentheses<'a>(
    input: ParseStream<'a>,
    of: &Ident,
) -> Result<(ParseBuffer<'a>, Span), AttributeError> {
    if !input.peek(syn::token::Paren) {
        return Err(
            AttributeError::new(of.span(), format!("`{of}` takes its arguments in parentheses"))
                .with_hint(format!("write `{of}(…)`")),
        );
    }
    fn parse<'a>(input: ParseStream<'a>) -> syn::Result<(ParseBuffer<'a>, Span)> {
        let content;
        let parentheses = syn::parenthesized!(content in input);
        Ok((content, parentheses.span.close()))
    }
    Ok(parse(input)?)
}

/// `= "…"`.
pub(super) fn string(input: ParseStream<'_>, of: &Ident) -> Result<LitStr, AttributeError> {
    if !input.peek(Token![=]) {
        return Err(AttributeError::new(of.span(), format!("`{of}` takes a string"))
            .with_hint(format!("write `{of} = \"…\"`")));
    }
    input.parse::<Token![=]>()?;
    let value = input.fork();
    value.parse::<LitStr>().map_err(|error| {
        AttributeError::from(syn::Error::new(
            error.span(),
            format!("`{of}` takes a string in double quotes"),
        ))
    })?;
    Ok(input.parse()?)
}

/// `= "…"`, an SQL text that cannot be empty.
pub(super) fn sql(input: ParseStream<'_>, of: &Ident) -> Result<Spanned<String>, AttributeError> {
    let literal = string(input, of)?;
    sql_literal(&literal, of)
}

/// An SQL text that cannot be empty.
pub(super) fn sql_literal(literal: &LitStr, of: &Ident) -> Result<Spanned<String>, AttributeError> {
    let value = literal.value();
    if value.trim().is_empty() {
        return Err(AttributeError::new(literal.span(), format!("`{of}` is empty")));
    }
    Ok(Spanned::new(value, literal.span()))
}

/// `= "…"`, the name of one SQL type, with its modifiers: `numeric(12, 2)`.
pub(super) fn data_type(input: ParseStream<'_>, of: &Ident) -> Result<Spanned<String>, AttributeError> {
    let literal = string(input, of)?;
    let text = sql_literal(&literal, of)?;
    if is_one_type(&literal.value()) {
        return Ok(text);
    }
    Err(AttributeError::new(
        literal.span(),
        format!("`{}` is not one SQL type", literal.value()),
    )
    .with_hint("write a type as `CREATE TABLE` takes it: `type = \"numeric(12, 2)\"`"))
}

/// Whether a text stays where a type stands: no comma outside parentheses, no end of a statement, no comment.
pub(crate) fn is_one_type(text: &str) -> bool {
    if text.trim().is_empty() {
        return false;
    }
    let mut depth = 0_usize;
    let mut is_quoted = false;
    for character in text.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' => depth += 1,
            ')' if depth == 0 => return false,
            ')' => depth -= 1,
            ';' => return false,
            ',' if depth == 0 => return false,
            _ => {}
        }
    }
    depth == 0 && !is_quoted && !text.contains("--") && !text.contains("/*")
}

/// The number in the parentheses that a type ends with: 20 of `varchar(20)`.
pub(super) fn length(data_type: &str) -> Option<usize> {
    let (_, modifier) = data_type.trim().strip_suffix(')')?.split_once('(')?;
    modifier.trim().parse().ok()
}

/// `= "…"`, the name of an object.
pub(super) fn name(input: ParseStream<'_>, of: &Ident) -> Result<Spanned<String>, AttributeError> {
    name::from_literal(&string(input, of)?)
}

/// A flag: nothing, or `= true` or `= false`.
pub(super) fn flag(input: ParseStream<'_>) -> Result<bool, AttributeError> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        return Ok(input.parse::<LitBool>()?.value);
    }
    Ok(true)
}

/// `= word`, one of `choices`.
pub(super) fn choice<T: Copy>(
    input: ParseStream<'_>,
    of: &Ident,
    choices: &[(&str, T)],
) -> Result<T, AttributeError> {
    let known = || {
        choices
            .iter()
            .map(|(name, _)| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !input.peek(Token![=]) {
        return Err(AttributeError::new(of.span(), format!("`{of}` takes a value"))
            .with_hint(format!("write `{of} = …` with one of {}", known())));
    }
    input.parse::<Token![=]>()?;
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        return Err(
            AttributeError::new(literal.span(), format!("`{of}` takes a word, not a string"))
                .with_hint(format!("write it without quotes: one of {}", known())),
        );
    }
    let value = word(input)?;
    choices
        .iter()
        .find(|(name, _)| value == *name)
        .map(|(_, choice)| *choice)
        .ok_or_else(|| {
            unknown(
                &format!("value of `{of}`"),
                &value,
                &choices.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            )
        })
}

/// Puts a value where none may be yet.
pub(super) fn once<T>(slot: &mut Option<T>, of: &Ident, value: T) -> Parsed {
    if slot.is_some() {
        return Err(AttributeError::new(of.span(), format!("`{of}` is given twice")));
    }
    *slot = Some(value);
    Ok(())
}

/// A word that is not known here, with the nearest that is.
pub(super) fn unknown(what: &str, found: &Ident, known: &[&str]) -> AttributeError {
    let error = AttributeError::new(found.span(), format!("`{found}` is no {what}"));
    match nearest(&found.to_string(), known.iter().copied()) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error.with_hint(format!("known here: {}", quoted(known))),
    }
}

/// What is missing after mistakes have been found is likely what they are about: then the last of them, which its
/// caller reports again, else what is missing.
pub(super) fn missing(
    errors: &mut Vec<AttributeError>,
    before: usize,
    missing: AttributeError,
) -> AttributeError {
    if errors.len() > before {
        errors.pop().unwrap_or(missing)
    } else {
        missing
    }
}

/// The known word that is so near that it is likely meant.
pub(crate) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(found, word), word))
        .filter(|(distance, word)| {
            *distance <= 1 + word.chars().count() / 4 && *distance < word.chars().count()
        })
        .min()
        .map(|(_, word)| word)
}

/// `a`, `b`, `c`.
fn quoted(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The fields named in a list, as in `primary_key(a, b)`.
pub(super) fn field(input: ParseStream<'_>) -> Result<FieldPath, AttributeError> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        return Err(
            AttributeError::new(literal.span(), "expected the name of a field, not a string").with_hint(
                format!("write the field's name without quotes: `{}`", literal.value()),
            ),
        );
    }
    FieldPath::parse_behind(input.call(Ident::parse_any)?, input)
}

/// A list of fields in parentheses that is not empty.
pub(super) fn fields(
    input: ParseStream<'_>,
    of: &Ident,
    errors: &mut Vec<AttributeError>,
) -> Result<Vec<FieldPath>, AttributeError> {
    let (content, _) = parentheses(input, of)?;
    let before = errors.len();
    let mut found = Vec::new();
    each(&content, errors, |input, _| {
        found.push(field(input)?);
        Ok(())
    });
    if found.is_empty() {
        let error = AttributeError::new(of.span(), format!("`{of}` names no field"));
        return Err(missing(errors, before, error));
    }
    Ok(found)
}

/// The span from one token to another where the compiler can say it, else the first.
pub(super) fn joined(start: Span, end: Span) -> Span {
    start.join(end).unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::is_one_type;

    #[test]
    fn a_type_stays_where_a_type_stands() {
        for one in [
            "int",
            "numeric(12, 2)",
            "text[]",
            "app.\"My, Type\"",
            "timestamp(3) with time zone",
        ] {
            assert!(is_one_type(one), "{one}");
        }
        for more in [
            "int, evil int",
            "int; DROP TABLE t",
            "int)",
            "numeric(1",
            "int -- x",
            "int /* x",
            "\"int",
        ] {
            assert!(!is_one_type(more), "{more}");
        }
    }
}
