//! How the implementation for a table or a view is written.
//!
//! Most of it is written as text, which the compiler reads at once: tokens that are put together one by one cost a
//! hundred times as much in a derive that is built without optimisation. What the user wrote stays tokens, with its
//! places: the names and the types of fields.

use std::fmt::Write;

use limbeck_model::attributes::Spanned;
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;
use syn::ext::IdentExt;

/// What implements `limbeck::Table` or `limbeck::View`, and the struct of its columns.
pub(crate) struct Implementation<'a> {
    pub(crate) ident: &'a Ident,
    /// The trait.
    pub(crate) of: &'static str,
    pub(crate) name: &'a str,
    /// Without one that of the trait.
    pub(crate) schema: Option<&'a Spanned<String>>,
    /// Each column's field, name and type.
    pub(crate) fields: Vec<(&'a Ident, &'a str, &'a Type)>,
    /// Further fields of the struct of columns, and their values.
    pub(crate) members: TokenStream,
    pub(crate) values: TokenStream,
}

impl Implementation<'_> {
    pub(crate) fn tokens(self) -> TokenStream {
        let Self {
            ident,
            of,
            name,
            schema,
            ..
        } = self;
        let columns = format!("__{}Columns", ident.unraw());
        // Short names and none that is not needed, since each token is compiled.
        let names = if self.fields.is_empty() {
            String::new()
        } else {
            format!(
                "type __Column<__V> = ::limbeck::Column<{ident}, __V>; use ::limbeck::column as __column;"
            )
        };
        let declared = format!(
            "{names} \
             #[doc(hidden)] \
             #[allow(dead_code, missing_docs, non_camel_case_types, non_snake_case, private_interfaces, reason = \"generated\")] \
             pub struct {columns}"
        );
        let implemented = format!("#[automatically_derived] impl ::limbeck::{of} for {ident}");
        let schema = schema.map_or_else(String::new, |schema| {
            format!("const SCHEMA: &'static str = {:?};", schema.value)
        });
        let constants = format!(
            "type Columns = {columns}; \
             const NAME: &'static str = {name:?}; \
             {schema} \
             const COLUMNS: {columns} = {columns}"
        );
        let mut values = String::new();
        for (field, column, _) in &self.fields {
            // Writing to a string cannot fail.
            let _ = write!(values, "{field}: __column({name:?}, {column:?}),");
        }
        let members = [self.members_of_fields(), self.members];
        let values = [text(&values), self.values];
        let semicolon = TokenTree::from(Punct::new(';', Spacing::Alone)).into();
        let constants = [text(&constants), braces(values.into_iter().collect()), semicolon];
        let parts = [
            text(&declared),
            braces(members.into_iter().collect()),
            text(&implemented),
            braces(constants.into_iter().collect()),
        ];
        parts.into_iter().collect()
    }

    /// `pub id: __Column<i64>,` for each field.
    fn members_of_fields(&self) -> TokenStream {
        let here = Span::call_site();
        let [public, column] = ["pub", "__Column"].map(|word| TokenTree::from(Ident::new(word, here)));
        let [colon, open, close, comma] =
            [':', '<', '>', ','].map(|sign| TokenTree::from(Punct::new(sign, Spacing::Alone)));
        let mut tokens: Vec<TokenTree> = Vec::with_capacity(10 * self.fields.len());
        for (field, _, ty) in &self.fields {
            let field = TokenTree::from((*field).clone());
            tokens.extend([public.clone(), field, colon.clone(), column.clone(), open.clone()]);
            tokens.extend(ty.to_token_stream());
            tokens.extend([close.clone(), comma.clone()]);
        }
        tokens.into_iter().collect()
    }
}

/// `const _: () = { … };`, in which names are nobody else's.
pub(crate) fn constant(parts: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let parts = [
        text("const _: () ="),
        braces(parts.into_iter().collect()),
        TokenTree::from(Punct::new(';', Spacing::Alone)).into(),
    ];
    parts.into_iter().collect()
}

fn braces(tokens: TokenStream) -> TokenStream {
    TokenTree::from(Group::new(Delimiter::Brace, tokens)).into()
}

/// The tokens of a text, read by the compiler itself: `proc_macro2` would read it a second time.
fn text(text: &str) -> TokenStream {
    text.parse::<proc_macro::TokenStream>().map_or_else(
        |error| syn::Error::new(Span::call_site(), error).to_compile_error(),
        TokenStream::from,
    )
}
