//! `#[derive(Table)]`.

use limbeck_model::attributes::{ForeignKeyModel, TableModel};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::DeriveInput;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::compile_errors;

/// The implementation, also of a model with mistakes where it can be given: the models that refer to it shall not
/// fail too.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let (model, errors) = TableModel::parse(input);
    let errors = compile_errors(errors);
    let implementation = model.as_ref().map(implementation);
    quote!(#errors #implementation)
}

fn implementation(model: &TableModel) -> TokenStream {
    let ident = &model.ident;
    let columns = format_ident!("{}Columns", ident.unraw());
    let name = &model.name.value;
    let schema = model
        .schema
        .as_ref()
        .map_or("public", |schema| schema.value.as_str());
    let fields = || model.columns.iter().map(|column| &column.field);
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
    quote! {
        const _: () = {
            // Short names, since each token is compiled.
            #[allow(unused_imports, reason = "generated")]
            use ::limbeck::{Column as __Column, column as __column};
            #[doc(hidden)]
            #[allow(dead_code, missing_docs, non_snake_case, private_interfaces, reason = "generated")]
            pub struct #columns {
                #(pub #declared: __Column<#ident, #types>,)*
            }
            #[automatically_derived]
            impl ::limbeck::Table for #ident {
                type Columns = #columns;
                const NAME: &'static str = #name;
                const SCHEMA: &'static str = #schema;
                const COLUMNS: #columns = #columns {
                    #(#made: __column(#name, #names),)*
                };
            }
            #(#references)*
            #(#parents)*
        };
    }
}

/// An access to each field that is referred to: a renamed or removed one stops the build, at the attribute.
fn references(model: &TableModel, key: &ForeignKeyModel) -> TokenStream {
    let ident = &model.ident;
    // `Self` means the model, and here there is no implementation for it to stand in.
    let target = if key.target.is_ident("Self") {
        quote!(#ident)
    } else {
        let path = &key.target;
        quote!(#path)
    };
    let accesses = key.target_fields.iter().map(|field| {
        quote_spanned! {field.span()=>
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
