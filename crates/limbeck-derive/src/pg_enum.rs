//! `#[derive(PgEnum)]`.

use limbeck_model::attributes::EnumModel;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::expanded;

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    expanded(EnumModel::parse(input), implementation)
}

fn implementation(model: &EnumModel) -> TokenStream {
    let ident = &model.ident;
    let name = model.type_name();
    let schema = model.type_schema();
    let labels: Vec<&String> = model.labels.iter().map(|label| &label.label.value).collect();
    let variants: Vec<_> = model.labels.iter().map(|label| &label.variant).collect();
    // A reference to an enum without variants still counts as inhabited.
    let label = if variants.is_empty() {
        quote!(match *self {})
    } else {
        quote!(match self { #(Self::#variants => #labels,)* })
    };
    quote! {
        #[automatically_derived]
        impl ::limbeck::PgEnum for #ident {
            const NAME: &'static str = #name;
            const SCHEMA: &'static str = #schema;
            const LABELS: &'static [&'static str] = &[#(#labels),*];
            fn label(&self) -> &'static str {
                #label
            }
            fn from_label(label: &str) -> ::core::option::Option<Self> {
                match label {
                    #(#labels => ::core::option::Option::Some(Self::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    }
}
