//! Fields as lists name them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::{AttributeError, arguments};

/// A field, or one of a flattened struct by the fields that lead to it: `audit.created_at`.
#[derive(Debug, Clone)]
pub struct FieldPath {
    outer: Vec<Ident>,
    field: Ident,
    /// The field's name, without `r#`: paths are compared for each field of each table.
    name: String,
    /// Where it is written.
    pub span: Span,
}

impl FieldPath {
    /// What follows the first field, as in `audit.created_at`.
    pub(super) fn parse_behind(first: Ident, input: ParseStream<'_>) -> Result<Self, AttributeError> {
        let mut path = Self::from(first);
        while input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            let field = input.call(Ident::parse_any).map_err(|error| {
                AttributeError::from(error)
                    .with_hint("name a field of the flattened struct: `audit.created_at`")
            })?;
            path.span = arguments::joined(path.span, field.span());
            path.name = field.unraw().to_string();
            path.outer.push(std::mem::replace(&mut path.field, field));
        }
        Ok(path)
    }

    /// The field itself.
    #[must_use]
    pub fn field(&self) -> &Ident {
        &self.field
    }

    /// The flattened fields that lead to it, outermost first; none for a field of the struct itself.
    #[must_use]
    pub fn outer(&self) -> &[Ident] {
        &self.outer
    }

    /// The first of its fields, which is one of the struct itself.
    #[must_use]
    pub fn first(&self) -> &Ident {
        self.outer.first().unwrap_or(&self.field)
    }

    /// Makes it the same field, seen from a struct that holds this one in `field`.
    pub fn put_within(&mut self, field: &Ident) {
        self.outer.insert(0, field.clone());
    }
}

impl From<Ident> for FieldPath {
    fn from(field: Ident) -> Self {
        Self {
            outer: Vec::new(),
            name: field.unraw().to_string(),
            span: field.span(),
            field,
        }
    }
}

impl PartialEq for FieldPath {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Ident, &Ident)| a.unraw() == b.unraw();
        self.name == other.name
            && self.outer.len() == other.outer.len()
            && self.outer.iter().zip(&other.outer).all(same)
    }
}

impl Eq for FieldPath {}

impl std::fmt::Display for FieldPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for field in &self.outer {
            write!(f, "{}.", field.unraw())?;
        }
        f.write_str(&self.name)
    }
}

/// As an expression takes it: `audit.created_at`.
impl ToTokens for FieldPath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (outer, field) = (&self.outer, &self.field);
        tokens.extend(quote!(#(#outer.)* #field));
    }
}
