//! Structs whose columns are a table's too: `#[column(flatten)]`.

use proc_macro2::{Ident, Span};
use syn::Type;

use super::Spanned;

/// A field whose struct's columns are spliced into the table.
#[derive(Clone)]
pub struct FlattenModel {
    /// The field.
    pub field: Ident,
    /// Its type, which derives `Columns`, or an `Option` of it.
    pub ty: Type,
    /// What the names of the columns begin with.
    pub prefix: Option<Spanned<String>>,
    /// How many of the struct's own columns come before.
    pub position: usize,
    /// Where it is said.
    pub span: Span,
}
