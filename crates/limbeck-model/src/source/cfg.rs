//! Conditional compilation: what is certainly left out of a build, and what `cfg_attr` adds.
//!
//! Only `test` is known: it does not hold. Whatever else a `cfg` asks for may hold, and is taken to.

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Token};

/// Whether attributes leave their item out.
pub(super) fn is_left_out(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.parse_args::<Meta>().ok())
        .any(|predicate| holds(&predicate) == Some(false))
}

/// The attributes with those of `cfg_attr` in its place.
pub(super) fn expand(attributes: Vec<Attribute>) -> Vec<Attribute> {
    let mut expanded = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        if !attribute.path().is_ident("cfg_attr") {
            expanded.push(attribute);
            continue;
        }
        let Ok(metas) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
            continue;
        };
        let mut metas = metas.into_iter();
        if metas
            .next()
            .is_none_or(|predicate| holds(&predicate) == Some(false))
        {
            continue;
        }
        let added = metas
            .map(|meta| Attribute {
                meta,
                ..attribute.clone()
            })
            .collect();
        expanded.extend(expand(added));
    }
    expanded
}

/// The item as the derive would see it: `cfg_attr` expanded, fields and variants that are left out gone.
pub(super) fn strip(mut input: DeriveInput) -> DeriveInput {
    input.attrs = expand(input.attrs);
    match &mut input.data {
        Data::Struct(data) => strip_fields(&mut data.fields),
        Data::Enum(data) => {
            let variants = std::mem::take(&mut data.variants);
            data.variants = variants
                .into_iter()
                .map(|mut variant| {
                    variant.attrs = expand(variant.attrs);
                    variant
                })
                .filter(|variant| !is_left_out(&variant.attrs))
                .collect();
        }
        Data::Union(_) => {}
    }
    input
}

fn strip_fields(fields: &mut Fields) {
    let (Fields::Named(syn::FieldsNamed { named: list, .. })
    | Fields::Unnamed(syn::FieldsUnnamed { unnamed: list, .. })) = fields
    else {
        return;
    };
    *list = std::mem::take(list)
        .into_iter()
        .map(|mut field| {
            field.attrs = expand(field.attrs);
            field
        })
        .filter(|field| !is_left_out(&field.attrs))
        .collect();
}

/// Whether a predicate holds, where that is certain.
fn holds(predicate: &Meta) -> Option<bool> {
    let arguments = |meta: &Meta| match meta {
        Meta::List(list) => Punctuated::<Meta, Token![,]>::parse_terminated
            .parse2(list.tokens.clone())
            .map(|metas| metas.iter().map(holds).collect::<Vec<_>>())
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    let path = predicate.path();
    if path.is_ident("test") {
        Some(false)
    } else if path.is_ident("not") {
        arguments(predicate)
            .first()
            .copied()
            .flatten()
            .map(|holds| !holds)
    } else if path.is_ident("all") {
        let all = arguments(predicate);
        if all.contains(&Some(false)) {
            Some(false)
        } else {
            all.iter().all(Option::is_some).then_some(true)
        }
    } else if path.is_ident("any") {
        let any = arguments(predicate);
        if any.contains(&Some(true)) {
            Some(true)
        } else {
            any.iter().all(Option::is_some).then_some(false)
        }
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_is_left_out() {
        let cases = [
            ("test", Some(false)),
            ("not(test)", Some(true)),
            ("feature = \"x\"", None),
            ("all(unix, test)", Some(false)),
            ("any(unix, test)", None),
            ("any(test, all(test, unix))", Some(false)),
            ("not(any(test, not(test)))", Some(false)),
        ];
        for (text, expected) in cases {
            assert_eq!(holds(&syn::parse_str(text).unwrap()), expected, "{text}");
        }
    }
}
