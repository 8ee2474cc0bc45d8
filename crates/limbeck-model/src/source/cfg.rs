//! Conditional compilation: what is certainly left out of a build, and what `cfg_attr` adds.
//!
//! `test` does not hold. Which features do is known where the project says so; without that each may. Whatever else a
//! `cfg` asks for (a system, a flag) may hold, and is taken to.

use std::collections::BTreeSet;

use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, LitBool, Meta, Token};

/// What is known of a crate's build.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    /// The features that are on; `None` where nobody says.
    features: Option<BTreeSet<String>>,
}

impl Conditions {
    /// Of a crate of which nothing is known.
    pub(super) const UNKNOWN: Self = Self { features: None };

    /// Those of a crate with exactly these features.
    pub(super) fn of(features: BTreeSet<String>) -> Self {
        Self {
            features: Some(features),
        }
    }

    /// Whether attributes leave their item out.
    pub(super) fn leave_out(&self, attributes: &[Attribute]) -> bool {
        attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
            .filter_map(|attribute| attribute.parse_args::<Predicate>().ok())
            .any(|predicate| self.hold(&predicate) == Some(false))
    }
}

/// What a `cfg` asks for.
enum Predicate {
    /// `true` or `false`.
    Literal(bool),
    Other(Meta),
}

impl Parse for Predicate {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitBool) {
            return Ok(Self::Literal(input.parse::<LitBool>()?.value));
        }
        input.parse().map(Self::Other)
    }
}

/// The inside of `cfg_attr(…)`: what it asks for, and the attributes.
fn conditional(input: ParseStream<'_>) -> syn::Result<(Predicate, Punctuated<Meta, Token![,]>)> {
    let predicate = input.parse()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok((predicate, Punctuated::parse_terminated(input)?))
}

impl Conditions {
    /// The attributes with those of `cfg_attr` in its place.
    pub(super) fn expand(&self, attributes: Vec<Attribute>) -> Vec<Attribute> {
        let mut expanded = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            if !attribute.path().is_ident("cfg_attr") {
                expanded.push(attribute);
                continue;
            }
            let Ok((predicate, metas)) = attribute.parse_args_with(conditional) else {
                continue;
            };
            if self.hold(&predicate) == Some(false) {
                continue;
            }
            let added = metas
                .into_iter()
                .map(|meta| Attribute {
                    meta,
                    ..attribute.clone()
                })
                .collect();
            expanded.extend(self.expand(added));
        }
        expanded
    }

    /// The item as the derive would see it: `cfg_attr` expanded, fields and variants that are left out gone.
    pub(super) fn strip(&self, mut input: DeriveInput) -> DeriveInput {
        input.attrs = self.expand(input.attrs);
        match &mut input.data {
            Data::Struct(data) => self.strip_fields(&mut data.fields),
            Data::Enum(data) => {
                let variants = std::mem::take(&mut data.variants);
                data.variants = variants
                    .into_iter()
                    .map(|mut variant| {
                        variant.attrs = self.expand(variant.attrs);
                        variant
                    })
                    .filter(|variant| !self.leave_out(&variant.attrs))
                    .collect();
            }
            Data::Union(_) => {}
        }
        input
    }

    fn strip_fields(&self, fields: &mut Fields) {
        let (Fields::Named(syn::FieldsNamed { named: list, .. })
        | Fields::Unnamed(syn::FieldsUnnamed { unnamed: list, .. })) = fields
        else {
            return;
        };
        *list = std::mem::take(list)
            .into_iter()
            .map(|mut field| {
                field.attrs = self.expand(field.attrs);
                field
            })
            .filter(|field| !self.leave_out(&field.attrs))
            .collect();
    }

    /// Whether a predicate holds, where that is certain.
    fn hold(&self, predicate: &Predicate) -> Option<bool> {
        let predicate = match predicate {
            Predicate::Literal(holds) => return Some(*holds),
            Predicate::Other(predicate) => predicate,
        };
        // What cannot be read may hold.
        let arguments = |meta: &Meta| match meta {
            Meta::List(list) => Punctuated::<Predicate, Token![,]>::parse_terminated
                .parse2(list.tokens.clone())
                .map_or_else(
                    |_| vec![None],
                    |list| list.iter().map(|one| self.hold(one)).collect(),
                ),
            _ => Vec::new(),
        };
        let path = predicate.path();
        if path.is_ident("test") {
            Some(false)
        } else if path.is_ident("feature") {
            let features = self.features.as_ref()?;
            match predicate {
                Meta::NameValue(syn::MetaNameValue {
                    value:
                        syn::Expr::Lit(syn::ExprLit {
                            lit: syn::Lit::Str(name),
                            ..
                        }),
                    ..
                }) => Some(features.contains(&name.value())),
                _ => None,
            }
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
            ("true", Some(true)),
            ("any(true, unix)", Some(true)),
            ("all(not(false), not(true))", Some(false)),
            ("any(7, test)", None),
        ];
        for (text, expected) in cases {
            let conditions = Conditions::default();
            assert_eq!(
                conditions.hold(&syn::parse_str(text).unwrap()),
                expected,
                "{text}"
            );
        }
    }
}
