//! Names of objects, as users write them in attributes.

use proc_macro2::{Ident, Span};
use syn::LitStr;
use syn::ext::IdentExt;

use super::{AttributeError, RenameRule, Spanned};

/// The longest name that PostgreSQL keeps, in bytes (`NAMEDATALEN` less one). What is longer it would cut.
pub const NAME_BYTES: usize = 63;

/// Checks a name that PostgreSQL is to keep as it is.
pub(super) fn check(name: &str, span: Span) -> Result<(), AttributeError> {
    if name.is_empty() {
        return Err(AttributeError::new(span, "a name cannot be empty"));
    }
    if name.contains('\0') {
        return Err(AttributeError::new(span, "a name cannot hold a NUL character"));
    }
    if name.len() > NAME_BYTES {
        let message = format!(
            "`{name}` is {} bytes long, and PostgreSQL keeps {NAME_BYTES} of a name",
            name.len()
        );
        return Err(AttributeError::new(span, message)
            .with_hint("choose a shorter name: PostgreSQL would cut this one without an error"));
    }
    Ok(())
}

/// The name that a field gives its column: its own, by the struct's rule.
pub(super) fn of_field(
    field: &Ident,
    rule: Option<RenameRule>,
    errors: &mut Vec<AttributeError>,
) -> Spanned<String> {
    let name = field.unraw().to_string();
    let name = rule.map_or_else(|| name.clone(), |rule| rule.apply_to_field(&name));
    if let Err(error) = check(&name, field.span()) {
        errors.push(error);
    }
    Spanned::new(name, field.span())
}

/// A name given as a string literal.
pub(super) fn from_literal(literal: &LitStr) -> Result<Spanned<String>, AttributeError> {
    let name = literal.value();
    check(&name, literal.span())?;
    Ok(Spanned::new(name, literal.span()))
}
