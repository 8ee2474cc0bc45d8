//! What attributes of the application's driver call a table, a column, a type or a label, where that is another name
//! than ours: such a query compiles, and fails when it runs.

mod case;
mod columns;
mod types;

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Meta, Token};

use crate::attributes::{AttributeError, RenameRule};

pub(super) use columns::{of_columns, of_table, of_view};
pub(super) use types::{of_enum, of_type};

/// The words of one driver's attributes.
struct Driver {
    /// The attribute.
    attribute: &'static str,
    /// What names the table, on the struct.
    table: Option<&'static str>,
    /// What names the type, on the struct or enum.
    data_type: Option<&'static str>,
    /// What names the column, on the field.
    column: &'static str,
    /// What names the label, on the variant.
    label: Option<&'static str>,
    /// By which rule the others are named, on the struct or enum.
    rename_all: Option<&'static str>,
    /// How its rules find the words of a name.
    case: Case,
    /// What leaves a field out.
    skip: Option<&'static str>,
    /// What puts the columns of another struct in a field's place.
    flatten: Option<&'static str>,
    /// What leaves a field out of inserted rows.
    skip_insertion: Option<&'static str>,
}

/// How a driver's rules find the words of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// As serde does, and so do we: at underscores in a field's name, at capital letters in a variant's.
    Serde,
    /// As the crate `heck` does, with all rules but `SCREAMING-KEBAB-CASE`.
    Heck,
    /// As the crate `heck` does.
    HeckWithAll,
}

const DRIVERS: [Driver; 4] = [
    Driver {
        attribute: "sqlx",
        table: None,
        data_type: Some("type_name"),
        column: "rename",
        label: Some("rename"),
        rename_all: Some("rename_all"),
        case: Case::Heck,
        skip: Some("skip"),
        flatten: Some("flatten"),
        skip_insertion: None,
    },
    Driver {
        attribute: "diesel",
        table: Some("table_name"),
        data_type: None,
        column: "column_name",
        label: None,
        rename_all: None,
        case: Case::Serde,
        skip: None,
        flatten: Some("embed"),
        skip_insertion: Some("skip_insertion"),
    },
    Driver {
        attribute: "postgres",
        table: None,
        data_type: Some("name"),
        column: "name",
        label: Some("name"),
        rename_all: Some("rename_all"),
        case: Case::Serde,
        skip: None,
        flatten: None,
        skip_insertion: None,
    },
    Driver {
        attribute: "sea_orm",
        table: Some("table_name"),
        data_type: Some("enum_name"),
        column: "column_name",
        label: Some("string_value"),
        rename_all: Some("rename_all"),
        case: Case::HeckWithAll,
        skip: Some("ignore"),
        flatten: None,
        skip_insertion: None,
    },
];

/// What one argument of a driver's attribute says.
struct Said {
    word: String,
    /// What stands behind `=`: a string's contents, the last name of a path.
    value: Option<String>,
    span: Span,
}

/// All arguments of the attributes of one name. What is not of the usual shape says nothing.
fn said(attributes: &[Attribute], name: &str) -> Vec<Said> {
    let mut found = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
    {
        if let Meta::List(list) = &attribute.meta {
            // What was understood before something else came is kept.
            let _ = list.parse_args_with(|input: ParseStream<'_>| {
                while !input.is_empty() {
                    found.push(argument(input)?);
                    input.parse::<Option<Token![,]>>()?;
                }
                Ok(())
            });
        }
    }
    found
}

fn argument(input: ParseStream<'_>) -> syn::Result<Said> {
    let word = input.call(Ident::parse_any)?;
    let mut said = Said {
        word: word.to_string(),
        value: None,
        span: word.span(),
    };
    if input.parse::<Option<Token![=]>>()?.is_some() {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            said.value = Some(literal.value());
            said.span = literal.span();
        } else if let Ok(path) = input.fork().parse::<syn::Path>() {
            input.parse::<syn::Path>()?;
            if let Some(last) = path.segments.last() {
                said.value = Some(last.ident.unraw().to_string());
                said.span = last.ident.span();
            }
        }
    }
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(said)
}

/// The value of a word among what is said.
fn value<'s>(said: &'s [Said], word: Option<&str>) -> Option<(&'s str, Span)> {
    let found = said.iter().find(|said| Some(said.word.as_str()) == word)?;
    Some((found.value.as_deref()?, found.span))
}

fn flag(said: &[Said], word: Option<&str>) -> Option<Span> {
    let found = said.iter().find(|said| Some(said.word.as_str()) == word)?;
    Some(found.span)
}

/// A notice with both names and the word that makes them agree.
fn differs(
    driver: &Driver,
    span: Span,
    theirs: &str,
    what: &str,
    ours: &str,
    hint: String,
) -> AttributeError {
    let attribute = driver.attribute;
    AttributeError::new(
        span,
        format!("`{attribute}` calls this `{theirs}`, and the {what} is named `{ours}`"),
    )
    .with_hint(hint)
}

/// The rule by which a driver names what has no name of its own.
fn rule(said: &[Said], driver: &Driver) -> Option<(RenameRule, Span)> {
    let (name, span) = value(said, driver.rename_all)?;
    Some((driver.case.rule(name)?, span))
}
