//! Types and labels, as drivers call them.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields};

use super::{DRIVERS, Driver, Said, differs, rule, said, value};
use crate::attributes::{AttributeError, EnumModel, RenameRule, TypeModel, TypeSort};

/// Of an enum type and its labels.
pub(in crate::source) fn of_enum(input: &DeriveInput, model: &EnumModel) -> Vec<AttributeError> {
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
                    let theirs = rule.map_or_else(|| own.clone(), |(rule, _)| driver.case.apply(rule, &own));
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
        labels.all(|label| driver.case.apply(rule, &label.variant.unraw().to_string()) == label.label.value)
    };
    match driver.case.rules().find(|(_, rule)| fits(*rule)) {
        Some((name, _)) => format!("write `#[{attribute}(rename_all = \"{name}\")]`"),
        None => format!(
            "name each label there too: `#[{attribute}({} = \"…\")]` on the variant",
            driver.label.unwrap_or_default()
        ),
    }
}

/// Of a composite type, a domain or a range type.
pub(in crate::source) fn of_type(input: &DeriveInput, model: &TypeModel) -> Vec<AttributeError> {
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
