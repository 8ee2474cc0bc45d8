//! Structs and enums with parameters, of which none is one thing in a database.

use syn::{DeriveInput, GenericParam};

use super::AttributeError;

/// The mistake of having some. `cannot` says of what, as in `cannot be a table`.
pub(super) fn refused(input: &DeriveInput, cannot: &str, hint: &str) -> Option<AttributeError> {
    let parameters = &input.generics.params;
    if parameters.is_empty() {
        return None;
    }
    let are_lifetimes = parameters
        .iter()
        .all(|parameter| matches!(parameter, GenericParam::Lifetime(_)));
    let (what, hint) = if are_lifetimes {
        (
            "it borrows",
            "a model owns what it holds: write `String` for `&str`, and leave the lifetime out",
        )
    } else {
        ("it has generic parameters", hint)
    };
    let message = format!("`{}` {cannot}: {what}", input.ident);
    Some(AttributeError::over(&input.generics, message).with_hint(hint))
}
