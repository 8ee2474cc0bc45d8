//! `#[derive(Table)]`.

use limbeck_model::attributes::{ForeignKeyModel, TableModel};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::DeriveInput;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::{expanded, schema};

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    expanded(TableModel::parse(input), implementation)
}

fn implementation(model: &TableModel) -> TokenStream {
    let ident = &model.ident;
    let columns = format_ident!("__{}Columns", ident.unraw());
    let name = &model.name.value;
    let schema = schema(model.schema.as_ref());
    let fields = || model.columns.iter().map(|column| column.field.field());
    let declared = fields();
    let types = model.columns.iter().map(|column| &column.ty);
    let made = fields();
    let names = model.columns.iter().map(|column| &column.name.value);
    let references = model.foreign_keys.iter().map(|key| references(model, key));
    let parents = model.settings.inherits.iter().map(|path| {
        quote_spanned! {path.span()=>
            let _ = <#path as ::limbeck::Table>::NAME;
        }
    });
    let flattened = Flattened::of(model, &quote!(#ident), None);
    let (markers, members, values) = (&flattened.markers, &flattened.members, &flattened.values);
    let paths = paths(model, &quote!(<#ident as ::limbeck::Table>::COLUMNS));
    quote! {
        const _: () = {
            #markers
            // Short names, since each token is compiled.
            #[allow(unused_imports, reason = "generated")]
            use ::limbeck::{Column as __Column, column as __column};
            #[doc(hidden)]
            #[allow(dead_code, missing_docs, non_camel_case_types, non_snake_case, private_interfaces, reason = "generated")]
            pub struct #columns {
                #(pub #declared: __Column<#ident, #types>,)*
                #members
            }
            #[automatically_derived]
            impl ::limbeck::Table for #ident {
                type Columns = #columns;
                const NAME: &'static str = #name;
                const SCHEMA: &'static str = #schema;
                const COLUMNS: #columns = #columns {
                    #(#made: __column(#name, #names),)*
                    #values
                };
            }
            #(#references)*
            #(#parents)*
            #paths
        };
    }
}

/// An access to each field that is referred to: a renamed or removed one stops the build, at the attribute.
pub(crate) fn references(model: &TableModel, key: &ForeignKeyModel) -> TokenStream {
    let ident = &model.ident;
    // `Self` means the model, and here there is no implementation for it to stand in.
    let target = if key.target.is_ident("Self") {
        quote!(#ident)
    } else {
        let path = &key.target;
        quote!(#path)
    };
    let accesses = key.target_fields.iter().map(|field| {
        quote_spanned! {field.span=>
            let _ = <#target as ::limbeck::Table>::COLUMNS.#field;
        }
    });
    // A function that nobody calls is only checked; in a constant the columns would be computed.
    quote! {
        const _: () = {
            fn _refers() {
                #(#accesses)*
            }
        };
    }
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
    pub(crate) fn of(model: &TableModel, table: &TokenStream, outer: Option<&TokenStream>) -> Self {
        let mut flattened = Self {
            markers: TokenStream::new(),
            members: TokenStream::new(),
            values: TokenStream::new(),
        };
        for (n, flatten) in model.flattened.iter().enumerate() {
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
