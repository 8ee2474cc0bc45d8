//! What attributes of the application's driver call a table, a column, a type or a label, where that is another name
//! than ours: such a query compiles, and fails when it runs.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Meta, Token};

use crate::attributes::{AttributeError, EnumModel, RenameRule, TableModel, TypeModel, TypeSort};

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
    /// What leaves a field out.
    skip: Option<&'static str>,
    /// What puts the columns of another struct in a field's place.
    flatten: Option<&'static str>,
    /// What leaves a field out of inserted rows.
    skip_insertion: Option<&'static str>,
}

const DRIVERS: [Driver; 4] = [
    Driver {
        attribute: "sqlx",
        table: None,
        data_type: Some("type_name"),
        column: "rename",
        label: Some("rename"),
        rename_all: Some("rename_all"),
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

/// Of a table and its columns.
pub(super) fn of_table(input: &DeriveInput, model: &TableModel) -> Vec<AttributeError> {
    let mut notices = Vec::new();
    let Data::Struct(data) = &input.data else {
        return notices;
    };
    let is_used = |driver: &&Driver| {
        let of_fields = data.fields.iter().flat_map(|field| &field.attrs);
        let mut attributes = input.attrs.iter().chain(of_fields);
        attributes.any(|attribute| attribute.path().is_ident(driver.attribute))
    };
    for driver in DRIVERS.iter().filter(is_used) {
        let of_struct = said(&input.attrs, driver.attribute);
        let table = &model.name.value;
        if let Some((theirs, span)) = value(&of_struct, driver.table)
            && theirs != table
        {
            let hint = format!("write `#[table(name = \"{theirs}\")]`, or name theirs `{table}`");
            notices.push(differs(driver, span, theirs, "table", table, hint));
        }
        let rule = rule(&of_struct, driver);
        let mut by_rule = None;
        for field in &data.fields {
            let Some(ident) = &field.ident else { continue };
            let of_field = said(&field.attrs, driver.attribute);
            if of_field.is_empty() && rule.is_none() {
                continue;
            }
            let column = model.column(&ident.clone().into());
            let theirs = value(&of_field, Some(driver.column));
            let Some(column) = column else {
                continue;
            };
            let ours = &column.name.value;
            let attribute = driver.attribute;
            if let Some(span) = flag(&of_field, driver.skip) {
                let message = format!("`{attribute}` leaves this field out, and it is the column `{ours}`");
                notices.push(
                    AttributeError::new(span, message)
                        .with_hint("write `#[column(skip)]`, if the table has no such column"),
                );
            } else if let Some(span) = flag(&of_field, driver.flatten) {
                let message =
                    format!("`{attribute}` takes this field apart, and it is the one column `{ours}`");
                notices.push(
                    AttributeError::new(span, message)
                        .with_hint("if its fields are columns of this table, they belong into this struct"),
                );
            } else if let Some((theirs, span)) = theirs {
                if theirs != ours {
                    let hint = format!("write `#[column(name = \"{theirs}\")]`, or name theirs `{ours}`");
                    notices.push(differs(driver, span, theirs, "column", ours, hint));
                }
            } else if let Some((rule, span)) = rule
                && by_rule.is_none()
            {
                let theirs = rule.apply_to_field(&ident.unraw().to_string());
                if theirs != *ours {
                    by_rule = Some((theirs, span, ours, rule));
                }
            }
            if let Some(span) = flag(&of_field, driver.skip_insertion)
                && column.default.is_none()
                && column.identity.is_none()
                && column.generated.is_none()
                && !is_option(&field.ty)
            {
                let message = format!("`{attribute}` never inserts `{ours}`, which has no value of its own");
                notices.push(AttributeError::new(span, message).with_hint(
                    "give the column a default, make it `identity` or `generated`, or its type an `Option`",
                ));
            }
        }
        if let Some((theirs, span, ours, rule)) = by_rule {
            let hint = format!(
                "write `#[table(rename_all = \"{}\")]`, or remove theirs",
                rule_name(rule)
            );
            let message = format!(
                "by this rule `{}` looks for the column `{theirs}`, and it is named `{ours}`",
                driver.attribute
            );
            notices.push(AttributeError::new(span, message).with_hint(hint));
        }
    }
    notices
}

/// Of an enum type and its labels.
pub(super) fn of_enum(input: &DeriveInput, model: &EnumModel) -> Vec<AttributeError> {
    let mut notices = Vec::new();
    let Data::Enum(data) = &input.data else {
        return notices;
    };
    for driver in DRIVERS.iter().filter(|driver| driver.label.is_some()) {
        let of_enum = said(&input.attrs, driver.attribute);
        // Labels that are text have no type whose name could differ.
        if model.stored_as.is_none() {
            let schema = model.schema.as_ref().map(|schema| schema.value.as_str());
            notices.extend(data_type(driver, &of_enum, "pg_enum", schema, &model.name.value));
        }
        let rule = rule(&of_enum, driver);
        let mut unnamed = None;
        for (variant, label) in data.variants.iter().zip(&model.labels) {
            let ours = &label.label.value;
            let of_variant = said(&variant.attrs, driver.attribute);
            let own = variant.ident.unraw().to_string();
            match value(&of_variant, driver.label) {
                Some((theirs, span)) if theirs != ours => {
                    let hint = format!("write `#[pg_enum(rename = \"{theirs}\")]`, or name theirs `{ours}`");
                    notices.push(differs(driver, span, theirs, "label", ours, hint));
                }
                Some(_) => {}
                // SeaORM names no label by itself.
                None if driver.attribute == "sea_orm" => {}
                None => {
                    let theirs = rule.map_or_else(|| own.clone(), |(rule, _)| rule.apply(&own));
                    if theirs != *ours && unnamed.is_none() {
                        unnamed = Some((theirs, ours));
                    }
                }
            }
        }
        let first = input
            .attrs
            .iter()
            .find(|attribute| attribute.path().is_ident(driver.attribute));
        if let (Some((theirs, ours)), Some(attribute)) = (unnamed, first) {
            let span = rule.map_or_else(|| path_span(attribute), |(_, span)| span);
            notices.push(differs(
                driver,
                span,
                &theirs,
                "label",
                ours,
                way_to_labels(driver, model),
            ));
        }
    }
    notices
}

fn path_span(attribute: &Attribute) -> Span {
    use syn::spanned::Spanned;
    attribute.path().span()
}

/// The rule under which a driver would name all labels as they are, else the word for one.
fn way_to_labels(driver: &Driver, model: &EnumModel) -> String {
    let attribute = driver.attribute;
    let fits = |rule: RenameRule| {
        let mut labels = model.labels.iter();
        labels.all(|label| rule.apply(&label.variant.unraw().to_string()) == label.label.value)
    };
    match RenameRule::ALL.iter().find(|(_, rule)| fits(*rule)) {
        Some((name, _)) => format!("write `#[{attribute}(rename_all = \"{name}\")]`"),
        None => format!(
            "name each label there too: `#[{attribute}({} = \"…\")]` on the variant",
            driver.label.unwrap_or_default()
        ),
    }
}

/// Of a composite type, a domain or a range type.
pub(super) fn of_type(input: &DeriveInput, model: &TypeModel) -> Vec<AttributeError> {
    let mut notices = Vec::new();
    let Data::Struct(data) = &input.data else {
        return notices;
    };
    for driver in DRIVERS.iter().filter(|driver| driver.attribute != "sea_orm") {
        let of_struct = said(&input.attrs, driver.attribute);
        let schema = model.schema.as_ref().map(|schema| schema.value.as_str());
        notices.extend(data_type(
            driver,
            &of_struct,
            "pg_type",
            schema,
            &model.name.value,
        ));
        let (TypeSort::Composite(attributes), Fields::Named(fields)) = (&model.sort, &data.fields) else {
            continue;
        };
        for (field, attribute) in fields.named.iter().zip(attributes) {
            let ours = &attribute.name.value;
            if let Some((theirs, span)) = value(&said(&field.attrs, driver.attribute), Some(driver.column))
                && theirs != ours
            {
                let hint = format!("write `#[pg_type(name = \"{theirs}\")]`, or name theirs `{ours}`");
                notices.push(differs(driver, span, theirs, "attribute", ours, hint));
            }
        }
    }
    notices
}

/// What names the type.
fn data_type(
    driver: &Driver,
    said: &[Said],
    attribute: &str,
    schema: Option<&str>,
    ours: &str,
) -> Option<AttributeError> {
    let (theirs, span) = value(said, driver.data_type)?;
    // It may come with its schema, and with quotes.
    let plain = theirs.replace('"', "");
    let is_same = plain == ours || plain == format!("{}.{ours}", schema.unwrap_or("public"));
    (!is_same).then(|| {
        let hint = format!("write `#[{attribute}(name = \"{theirs}\")]`, or name theirs `{ours}`");
        differs(driver, span, theirs, "type", ours, hint)
    })
}

/// The rule by which a driver names what has no name of its own.
fn rule(said: &[Said], driver: &Driver) -> Option<(RenameRule, Span)> {
    let (name, span) = value(said, driver.rename_all)?;
    Some((RenameRule::from_name(name)?, span))
}

fn rule_name(rule: RenameRule) -> &'static str {
    let known = RenameRule::ALL.iter().find(|(_, known)| *known == rule);
    known.map_or("", |(name, _)| name)
}

fn is_option(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}
