//! A value together with the place it was written at.

use proc_macro2::Span;

/// A value and the span of what said it.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value said at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}
