//! Mistakes in attributes.

use proc_macro2::Span;
use quote::ToTokens;

/// A mistake in what a model says, with the tokens it lies at and what to do about it.
#[derive(Debug, Clone)]
pub struct AttributeError {
    error: syn::Error,
    hint: Option<String>,
}

impl AttributeError {
    /// A mistake at `span`.
    pub fn new(span: Span, message: impl std::fmt::Display) -> Self {
        Self {
            error: syn::Error::new(span, message),
            hint: None,
        }
    }

    /// A mistake over several tokens.
    pub fn over(tokens: &impl ToTokens, message: impl std::fmt::Display) -> Self {
        Self {
            error: syn::Error::new_spanned(tokens, message),
            hint: None,
        }
    }

    /// The same mistake with what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is wrong: one sentence without a final period.
    #[must_use]
    pub fn message(&self) -> String {
        self.error.to_string()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Where it lies. Within the compiler only the first token of several.
    #[must_use]
    pub fn span(&self) -> Span {
        self.error.span()
    }

    /// The mistake as the compiler shows it, the hint on a line of its own.
    #[must_use]
    pub fn into_syn_error(self) -> syn::Error {
        match self.hint {
            None => self.error,
            Some(hint) => {
                let mut tokens = self.error.to_compile_error().into_iter();
                let start = tokens.next().map_or_else(Span::call_site, |token| token.span());
                let end = tokens.last().map_or(start, |token| token.span());
                let ends = [start, end].map(|span| proc_macro2::Ident::new("_", span));
                let ends: proc_macro2::TokenStream =
                    ends.into_iter().map(proc_macro2::TokenTree::from).collect();
                syn::Error::new_spanned(ends, format!("{}\nhint: {hint}", self.error))
            }
        }
    }
}

impl From<syn::Error> for AttributeError {
    fn from(error: syn::Error) -> Self {
        Self { error, hint: None }
    }
}
