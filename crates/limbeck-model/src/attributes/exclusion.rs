//! Exclusion constraints: `exclude(…)` on a table.

use proc_macro2::{Ident, Span};
use syn::LitStr;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::constraint::deferrable;
use super::index::method;
use super::{AttributeError, Deferrable, FieldPath, IndexKeyOf, IndexStorage, Spanned, arguments};

/// An exclusion constraint: no two rows for which all operators hold.
#[derive(Debug, Clone)]
pub struct ExclusionModel {
    /// Its name; PostgreSQL's choice without one.
    pub name: Option<Spanned<String>>,
    /// The index method; `gist` without one.
    pub using: Option<Spanned<String>>,
    /// What is compared, and by which operator.
    pub keys: Vec<(IndexKeyOf, Spanned<String>)>,
    /// For which rows it holds, in the names of columns.
    pub predicate: Option<Spanned<String>>,
    /// When it is checked, where that can wait.
    pub deferrable: Option<Deferrable>,
    /// How its index is stored.
    pub storage: IndexStorage,
    /// Where it is declared.
    pub span: Span,
}

const OPTIONS: &[&str] = &["name", "using", "where", "deferrable", "with", "tablespace"];

impl ExclusionModel {
    /// `(room with "=", during with "&&", …)` behind `exclude`.
    pub(super) fn parse(
        input: ParseStream<'_>,
        exclude: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> Result<Self, AttributeError> {
        const HINT: &str = "write a field and its operator: `exclude(room with \"=\", during with \"&&\")`";
        let before = errors.len();
        let (content, close) = arguments::parentheses(input, exclude)?;
        let mut model = Self {
            name: None,
            using: None,
            keys: Vec::new(),
            predicate: None,
            deferrable: None,
            storage: IndexStorage::default(),
            span: arguments::joined(exclude.span(), close),
        };
        let mut delay = None;
        arguments::each(&content, errors, |input, errors| {
            let of = if input.peek(LitStr) {
                let literal: LitStr = input.parse()?;
                IndexKeyOf::Expression(arguments::sql_literal(&literal, exclude)?)
            } else {
                let word = arguments::word(input)?;
                let field = FieldPath::parse_behind(word.clone(), input)?;
                let is_key = input.peek(syn::Ident) && input.fork().call(Ident::parse_any)? == "with";
                match word.to_string().as_str() {
                    _ if is_key => {}
                    _ if IndexStorage::is_next(&word, input) => {
                        return model.storage.parse(input, &word, errors);
                    }
                    "name" => return arguments::once(&mut model.name, &word, arguments::name(input, &word)?),
                    "using" => return arguments::once(&mut model.using, &word, method(input, &word)?),
                    "where" => {
                        return arguments::once(&mut model.predicate, &word, arguments::sql(input, &word)?);
                    }
                    "deferrable" => return arguments::once(&mut delay, &word, deferrable(input, &word)?),
                    _ if input.peek(syn::Token![=]) => {
                        return Err(arguments::unknown("option of `exclude`", &word, OPTIONS));
                    }
                    _ => {
                        let message = format!("`{field}` has no operator");
                        return Err(AttributeError::new(field.span, message).with_hint(HINT));
                    }
                }
                IndexKeyOf::Field(field)
            };
            let with = arguments::word(input)?;
            if with != "with" {
                return Err(
                    AttributeError::new(with.span(), "expected `with` and an operator").with_hint(HINT),
                );
            }
            let literal: LitStr = input
                .parse()
                .map_err(|error| AttributeError::from(error).with_hint(HINT))?;
            let operator = literal.value();
            let symbols = |c: char| "+-*/<>=~!@#%^&|`?".contains(c);
            let is_qualified = operator.starts_with("OPERATOR(") && operator.ends_with(')');
            if operator.is_empty() || !(operator.chars().all(symbols) || is_qualified) {
                let message = format!("`{operator}` is no operator");
                return Err(AttributeError::new(literal.span(), message).with_hint(HINT));
            }
            model.keys.push((of, Spanned::new(operator, literal.span())));
            Ok(())
        });
        model.deferrable = delay.flatten();
        if model.keys.is_empty() {
            let error = AttributeError::new(exclude.span(), "`exclude` compares nothing").with_hint(HINT);
            return Err(arguments::missing(errors, before, error));
        }
        Ok(model)
    }
}
