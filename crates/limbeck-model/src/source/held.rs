//! What aliases and newtypes hold.

use syn::parse::{ParseStream, Parser};
use syn::{Data, DeriveInput, Field, Fields, Generics, Type};

/// The type behind an alias or within a newtype.
pub(super) struct Held {
    pub(super) ty: Box<Type>,
    /// The names of its type parameters, in order.
    pub(super) parameters: Vec<String>,
}

/// What `type Name<…> = …;` stands for.
pub(super) fn alias(text: &str) -> Option<Held> {
    let parser = |input: ParseStream<'_>| {
        syn::Attribute::parse_outer(input)?;
        input.parse::<syn::Visibility>()?;
        input.parse::<syn::Token![type]>()?;
        input.parse::<syn::Ident>()?;
        let generics: Generics = input.parse()?;
        input.parse::<syn::Token![=]>()?;
        let ty = input.parse()?;
        input.parse::<syn::Token![;]>()?;
        Ok(Held {
            ty: Box::new(ty),
            parameters: parameters(&generics),
        })
    };
    parser.parse_str(text).ok()
}

/// What `struct Name<…>(…);` holds: its one field, markers apart. A struct of one named field is a newtype where it
/// says so to a driver or to serde (`transparent`).
pub(super) fn newtype(text: &str) -> Option<Held> {
    let input: DeriveInput = syn::parse_str(text).ok()?;
    let parameters = parameters(&input.generics);
    let Data::Struct(data) = input.data else {
        return None;
    };
    let fields = match data.fields {
        Fields::Unnamed(fields) => fields.unnamed,
        Fields::Named(fields) if is_transparent(&input.attrs) => fields.named,
        Fields::Named(_) | Fields::Unit => return None,
    };
    let mut fields = fields.into_iter().filter(|field| !is_marker(field));
    match (fields.next(), fields.next()) {
        (Some(field), None) => Some(Held {
            ty: Box::new(field.ty),
            parameters,
        }),
        _ => None,
    }
}

fn parameters(generics: &Generics) -> Vec<String> {
    generics
        .type_params()
        .map(|parameter| parameter.ident.to_string())
        .collect()
}

/// `PhantomData<…>`, which holds nothing.
fn is_marker(field: &Field) -> bool {
    match &field.ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "PhantomData"),
        _ => false,
    }
}

fn is_transparent(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| {
            ["sqlx", "serde", "repr", "postgres"]
                .iter()
                .any(|name| attribute.path().is_ident(name))
        })
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| {
            list.tokens
                .clone()
                .into_iter()
                .any(|token| matches!(token, proc_macro2::TokenTree::Ident(word) if word == "transparent"))
        })
}
