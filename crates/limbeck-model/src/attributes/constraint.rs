//! Keys and checks.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::{LitStr, Token};

use super::arguments::{self, Parsed};
use super::{AttributeError, ColumnModel, FieldPath, IndexStorage, Spanned};

/// A primary key or a unique constraint.
#[derive(Debug, Clone)]
pub struct KeyModel {
    /// Its name; PostgreSQL's choice without one.
    pub name: Option<Spanned<String>>,
    /// The fields, in key order.
    pub fields: Vec<FieldPath>,
    /// The fields that its index only carries.
    pub include: Vec<FieldPath>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WITHOUT OVERLAPS` on its last field.
    pub without_overlaps: bool,
    /// When it is checked, where that can wait.
    pub deferrable: Option<Deferrable>,
    /// How its index is stored.
    pub storage: IndexStorage,
    /// Where it is declared.
    pub span: Span,
}

/// A check constraint.
#[derive(Debug, Clone)]
pub struct CheckModel {
    /// Its name; PostgreSQL's choice without one.
    pub name: Option<Spanned<String>>,
    /// The condition, in the names of columns.
    pub expression: Spanned<String>,
    /// `NO INHERIT`.
    pub no_inherit: bool,
    /// `NOT VALID`: rows that were there before are not looked at.
    pub not_valid: bool,
    /// `NOT ENFORCED`: no row is looked at.
    pub not_enforced: bool,
    /// Where it is declared.
    pub span: Span,
}

/// When a constraint that can wait is checked unless a transaction says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deferrable {
    /// `DEFERRABLE INITIALLY IMMEDIATE`.
    InitiallyImmediate,
    /// `DEFERRABLE INITIALLY DEFERRED`.
    InitiallyDeferred,
}

impl KeyModel {
    /// A key over one field without further words.
    pub(super) fn of_field(field: &Ident, span: Span) -> Self {
        Self {
            name: None,
            fields: vec![field.clone().into()],
            include: Vec::new(),
            nulls_not_distinct: false,
            without_overlaps: false,
            deferrable: None,
            storage: IndexStorage::default(),
            span,
        }
    }

    /// The primary key of all fields that say so, in their order.
    pub(crate) fn of_columns(columns: &[ColumnModel]) -> Option<Self> {
        let mut columns = columns.iter().filter(|column| column.primary_key.is_some());
        let first = columns.next()?;
        let mut key = Self::of_field(first.field.field(), first.primary_key?);
        key.fields = vec![first.field.clone()];
        key.fields.extend(columns.map(|column| column.field.clone()));
        Some(key)
    }

    /// `(…)` behind `unique` or `primary_key`; on a field (`of`) it is over that field, on a table it names fields.
    pub(super) fn parse(
        input: ParseStream<'_>,
        key: &Ident,
        of: Option<&Ident>,
        errors: &mut Vec<AttributeError>,
    ) -> Result<Self, AttributeError> {
        let options: &[&str] = if key == "unique" {
            &[
                "name",
                "include",
                "nulls_not_distinct",
                "without_overlaps",
                "deferrable",
                "with",
                "tablespace",
            ]
        } else {
            &[
                "name",
                "include",
                "without_overlaps",
                "deferrable",
                "with",
                "tablespace",
            ]
        };
        let before = errors.len();
        let (content, close) = arguments::parentheses(input, key)?;
        let mut model = Self::of_field(key, arguments::joined(key.span(), close));
        model.fields.clear();
        model.fields.extend(of.cloned().map(FieldPath::from));
        let mut flags = Vec::new();
        arguments::each(&content, errors, |input, errors| {
            if input.peek(LitStr) {
                return arguments::field(input).map(drop);
            }
            let word = arguments::word(input)?;
            let is_option = options.iter().any(|option| word == option)
                && (word != "name" || input.peek(Token![=]))
                && (word != "include" || input.peek(syn::token::Paren))
                && (!IndexStorage::WORDS.iter().any(|option| word == option)
                    || IndexStorage::is_next(&word, input));
            if !is_option {
                if of.is_some() || input.peek(Token![=]) {
                    return Err(arguments::unknown(&format!("option of `{key}`"), &word, options));
                }
                model.fields.push(FieldPath::parse_behind(word, input)?);
                return Ok(());
            }
            if flags.contains(&word) {
                return Err(AttributeError::new(
                    word.span(),
                    format!("`{word}` is given twice"),
                ));
            }
            flags.push(word.clone());
            match word.to_string().as_str() {
                "name" => model.name = Some(arguments::name(input, &word)?),
                "include" => model.include = arguments::fields(input, &word, errors)?,
                "deferrable" => model.deferrable = deferrable(input, &word)?,
                "with" | "tablespace" => return model.storage.parse(input, &word, errors),
                "without_overlaps" => model.without_overlaps = arguments::flag(input)?,
                _ => model.nulls_not_distinct = arguments::flag(input)?,
            }
            Ok(())
        });
        if model.fields.is_empty() {
            let error = AttributeError::new(key.span(), format!("`{key}` names no field"));
            return Err(arguments::missing(errors, before, error));
        }
        Ok(model)
    }
}

impl CheckModel {
    /// `= "…"` or `(name = "…", expr = "…")` behind `check`.
    pub(super) fn parse(
        input: ParseStream<'_>,
        check: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> Result<Self, AttributeError> {
        if input.peek(Token![=]) {
            let expression = arguments::sql(input, check)?;
            return Ok(Self {
                name: None,
                span: expression.span,
                expression,
                no_inherit: false,
                not_valid: false,
                not_enforced: false,
            });
        }
        if !input.peek(syn::token::Paren) {
            return Err(AttributeError::new(check.span(), "`check` takes a condition")
                .with_hint("write `check = \"…\"`, or `check(name = \"…\", expr = \"…\")` to name it"));
        }
        let before = errors.len();
        let (content, close) = arguments::parentheses(input, check)?;
        let (mut name, mut expression) = (None, None);
        let (mut no_inherit, mut not_valid, mut not_enforced) = (None, None, None);
        arguments::each(&content, errors, |input, _| {
            let word = arguments::word(input)?;
            match word.to_string().as_str() {
                "name" => arguments::once(&mut name, &word, arguments::name(input, &word)?),
                "expr" => arguments::once(&mut expression, &word, arguments::sql(input, &word)?),
                "no_inherit" => arguments::once(&mut no_inherit, &word, arguments::flag(input)?),
                "not_valid" => arguments::once(&mut not_valid, &word, arguments::flag(input)?),
                "not_enforced" => arguments::once(&mut not_enforced, &word, arguments::flag(input)?),
                _ => Err(arguments::unknown(
                    "option of `check`",
                    &word,
                    &["name", "expr", "no_inherit", "not_valid", "not_enforced"],
                )),
            }
        });
        let span = arguments::joined(check.span(), close);
        let Some(expression) = expression else {
            let error = AttributeError::new(check.span(), "`check` has no condition")
                .with_hint("give it one: `check(name = \"…\", expr = \"…\")`");
            return Err(arguments::missing(errors, before, error));
        };
        Ok(Self {
            name,
            expression,
            no_inherit: no_inherit.unwrap_or(false),
            not_valid: not_valid.unwrap_or(false),
            not_enforced: not_enforced.unwrap_or(false),
            span,
        })
    }
}

/// `deferrable`, or `deferrable = initially_deferred`.
pub(super) fn deferrable(input: ParseStream<'_>, of: &Ident) -> Result<Option<Deferrable>, AttributeError> {
    if !input.peek(Token![=]) {
        return Ok(Some(Deferrable::InitiallyImmediate));
    }
    let choices = [
        ("initially_deferred", Some(Deferrable::InitiallyDeferred)),
        ("initially_immediate", Some(Deferrable::InitiallyImmediate)),
        ("true", Some(Deferrable::InitiallyImmediate)),
        ("false", None),
    ];
    arguments::choice(input, of, &choices)
}

/// Puts a table's primary key where none may be yet.
pub(super) fn set_primary_key(slot: &mut Option<KeyModel>, key: KeyModel) -> Parsed {
    if slot.is_some() {
        return Err(AttributeError::new(
            key.span,
            "a table has only one primary key, and this is the second",
        )
        .with_hint("name all its fields in one `primary_key(…)`"));
    }
    *slot = Some(key);
    Ok(())
}
