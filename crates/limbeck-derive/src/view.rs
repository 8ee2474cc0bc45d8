//! `#[derive(View)]`.

use limbeck_model::attributes::ViewModel;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::DeriveInput;
use syn::ext::IdentExt;

use crate::{expanded, schema};

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    expanded(ViewModel::parse(input), implementation)
}

fn implementation(model: &ViewModel) -> TokenStream {
    let ident = &model.ident;
    let columns = format_ident!("__{}Columns", ident.unraw());
    let name = &model.name.value;
    let schema = schema(model.schema.as_ref());
    let fields: Vec<_> = model.columns.iter().map(|column| &column.field).collect();
    let types = model.columns.iter().map(|column| &column.ty);
    let names = model.columns.iter().map(|column| &column.name.value);
    quote! {
        const _: () = {
            #[doc(hidden)]
            #[allow(dead_code, missing_docs, non_camel_case_types, non_snake_case, private_interfaces, reason = "generated")]
            pub struct #columns {
                #(pub #fields: ::limbeck::Column<#ident, #types>,)*
            }
            #[automatically_derived]
            impl ::limbeck::View for #ident {
                type Columns = #columns;
                const NAME: &'static str = #name;
                const SCHEMA: &'static str = #schema;
                const COLUMNS: #columns = #columns {
                    #(#fields: ::limbeck::column(#name, #names),)*
                };
            }
        };
    }
}
