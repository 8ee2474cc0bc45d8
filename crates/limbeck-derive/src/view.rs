//! `#[derive(View)]`.

use limbeck_model::attributes::ViewModel;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::expanded;
use crate::implementation::{Implementation, constant};
use crate::table::Flattened;

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    expanded(ViewModel::parse(input), implementation)
}

fn implementation(model: &ViewModel) -> TokenStream {
    let (ident, name) = (&model.ident, &model.name.value);
    let flattened = Flattened::of(&model.flattened, &quote!(#ident), None);
    let fields = model.columns.iter().map(|column| {
        let field = column.field.field();
        (field, column.name.value.as_str(), &column.ty)
    });
    let implementation = Implementation {
        ident,
        of: "View",
        name,
        schema: model.schema.as_ref(),
        fields: fields.collect(),
        members: flattened.members,
        values: flattened.values,
    };
    // Of tables the crate has it.
    let relation = (!model.flattened.is_empty()).then(|| {
        quote! {
            #[automatically_derived]
            impl ::limbeck::Relation for #ident {
                const RELATION: &'static str = #name;
            }
        }
    });
    constant([
        flattened.markers,
        implementation.tokens(),
        relation.unwrap_or_default(),
    ])
}
