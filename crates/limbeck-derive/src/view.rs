//! `#[derive(View)]`.

use limbeck_model::attributes::ViewModel;
use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::expanded;
use crate::implementation::{Implementation, constant};

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    expanded(ViewModel::parse(input), implementation)
}

fn implementation(model: &ViewModel) -> TokenStream {
    let fields = model.columns.iter().map(|column| {
        let name = &column.name.value;
        (&column.field, name.as_str(), &column.ty)
    });
    let implementation = Implementation {
        ident: &model.ident,
        of: "View",
        name: &model.name.value,
        schema: model.schema.as_ref(),
        fields: fields.collect(),
        members: TokenStream::new(),
        values: TokenStream::new(),
    };
    constant([implementation.tokens()])
}
