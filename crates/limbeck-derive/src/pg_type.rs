//! `#[derive(PgType)]`.

use limbeck_model::attributes::TypeModel;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::{expanded, schema};

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    expanded(TypeModel::parse(input), implementation)
}

fn implementation(model: &TypeModel) -> TokenStream {
    let ident = &model.ident;
    let name = &model.name.value;
    let schema = schema(model.schema.as_ref());
    quote! {
        #[automatically_derived]
        impl ::limbeck::PgType for #ident {
            const NAME: &'static str = #name;
            const SCHEMA: &'static str = #schema;
        }
    }
}
