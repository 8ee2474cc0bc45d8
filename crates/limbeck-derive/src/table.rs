//! `#[derive(Table)]`.

use limbeck_model::attributes::{FlattenModel, TableModel};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Path};

use crate::expanded;
use crate::implementation::{Implementation, constant};

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    expanded(TableModel::parse(input), implementation)
}

fn implementation(model: &TableModel) -> TokenStream {
    let ident = &model.ident;
    let flattened = Flattened::of(&model.flattened, &quote!(#ident), None);
    let parents = model.settings.inherits.iter().map(|path| {
        quote_spanned! {path.span()=>
            let _ = <#path as ::limbeck::Table>::NAME;
        }
    });
    let fields = model.columns.iter().map(|column| {
        let field = column.field.field();
        (field, column.name.value.as_str(), &column.ty)
    });
    let implementation = Implementation {
        ident,
        of: "Table",
        name: &model.name.value,
        schema: model.schema.as_ref(),
        fields: fields.collect(),
        members: flattened.members,
        values: flattened.values,
    };
    let paths = paths(model, &quote!(<#ident as ::limbeck::Table>::COLUMNS));
    constant([
        flattened.markers,
        implementation.tokens(),
        references(model),
        parents.collect(),
        paths,
    ])
}

/// An access to each field that is referred to: a renamed or removed one stops the build, at the attribute.
pub(crate) fn references(model: &TableModel) -> TokenStream {
    let mut parameters = TokenStream::new();
    let mut accesses = TokenStream::new();
    for (n, key) in model.foreign_keys.iter().enumerate() {
        // `Self` means the model, and here there is no implementation for it to stand in.
        let own = Path::from(model.ident.clone());
        let target = if key.target.is_ident("Self") {
            &own
        } else {
            &key.target
        };
        let columns = format_ident!("_{n}");
        parameters
            .extend(quote_spanned!(key.target.span()=> #columns: <#target as ::limbeck::Table>::Columns,));
        for field in &key.target_fields {
            accesses.extend(quote_spanned!(field.span=> let _ = #columns.#field;));
        }
    }
    if parameters.is_empty() {
        return parameters;
    }
    // Nobody calls it: of the columns the compiler needs the type, and computes no value.
    quote!(fn _refers(#parameters) { #accesses })
}

/// An access to each field of a flattened struct that a list names: whether there is one, the compiler tells.
pub(crate) fn paths(model: &TableModel, columns: &TokenStream) -> TokenStream {
    let named = model.named_fields();
    let accesses = named.filter(|field| !field.outer().is_empty()).map(|field| {
        quote_spanned! {field.span=>
            let _ = #columns.#field;
        }
    });
    quote!(#(#accesses)*)
}

/// What the struct of columns has of those that are flattened.
pub(crate) struct Flattened {
    /// A type for each prefix.
    pub(crate) markers: TokenStream,
    pub(crate) members: TokenStream,
    pub(crate) values: TokenStream,
}

impl Flattened {
    /// Of a model whose columns are those of `table`, with what their names begin with already.
    pub(crate) fn of(flattened: &[FlattenModel], table: &TokenStream, outer: Option<&TokenStream>) -> Self {
        let fields = flattened;
        let mut flattened = Self {
            markers: TokenStream::new(),
            members: TokenStream::new(),
            values: TokenStream::new(),
        };
        for (n, flatten) in fields.iter().enumerate() {
            let (field, ty) = (&flatten.field, &flatten.ty);
            let prefix = flatten.prefix.as_ref().map(|prefix| {
                let marker = format_ident!("__Prefix{n}");
                let text = &prefix.value;
                flattened.markers.extend(quote! {
                    #[doc(hidden)]
                    #[allow(missing_docs, missing_debug_implementations, non_camel_case_types, reason = "generated")]
                    pub struct #marker;
                    impl ::limbeck::Prefix for #marker {
                        const PREFIX: &'static str = #text;
                    }
                });
                quote!(#marker)
            });
            let prefix = match (outer, prefix) {
                (Some(outer), Some(own)) => quote!(::limbeck::Joined<#outer, #own>),
                (Some(one), None) => one.clone(),
                (None, Some(own)) => own,
                (None, None) => quote!(()),
            };
            let columns = quote_spanned!(ty.span()=> <#ty as ::limbeck::Columns<#table, #prefix>>);
            flattened.members.extend(quote!(pub #field: #columns::Columns,));
            flattened.values.extend(quote!(#field: #columns::COLUMNS,));
        }
        flattened
    }
}
