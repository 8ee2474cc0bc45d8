//! Structs whose columns are a table's too: `#[column(flatten)]`.

use proc_macro2::{Ident, Span};
use syn::{Field, Type};

use super::{AttributeError, Spanned};

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

impl FlattenModel {
    /// A field that says so in a word.
    pub(super) fn of(field: &Field, ident: &Ident, word: &Ident, prefix: Option<Spanned<String>>) -> Self {
        Self {
            field: ident.clone(),
            ty: field.ty.clone(),
            prefix,
            position: 0,
            span: word.span(),
        }
    }

    /// The mistake of saying of the field what is said of a column.
    pub(super) fn with_other_arguments(&self) -> AttributeError {
        AttributeError::new(
            self.span,
            "what is flattened takes no other argument but `prefix`",
        )
        .with_hint("its own fields say what their columns are")
    }
}

/// The mistake of a prefix without a struct to flatten.
pub(super) fn prefix_alone(prefix: &Spanned<String>) -> AttributeError {
    AttributeError::new(prefix.span, "`prefix` without `flatten`").with_hint(
        "a column has a name: `name = \"…\"`; a struct of columns is flattened: `flatten, prefix = \"…\"`",
    )
}
