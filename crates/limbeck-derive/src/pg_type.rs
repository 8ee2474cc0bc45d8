//! `#[derive(PgType)]`.

use limbeck_model::attributes::TypeModel;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::compile_errors;

/// The implementation, also of a struct with mistakes where it can be given.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let (model, errors) = TypeModel::parse(input);
    let errors = compile_errors(errors);
    let implementation = model.as_ref().map(|model| {
        let ident = &model.ident;
        let name = &model.name.value;
        let schema = model
            .schema
            .as_ref()
            .map_or("public", |schema| schema.value.as_str());
        quote! {
            #[automatically_derived]
            impl ::limbeck::PgType for #ident {
                const NAME: &'static str = #name;
                const SCHEMA: &'static str = #schema;
            }
        }
    });
    quote!(#errors #implementation)
}
