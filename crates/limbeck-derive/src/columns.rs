//! `#[derive(Columns)]`.

use limbeck_model::attributes::TableModel;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::DeriveInput;
use syn::ext::IdentExt;

use crate::expanded;
use crate::table::{Flattened, paths, references};

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    expanded(TableModel::parse_columns(input), implementation)
}

fn implementation(model: &TableModel) -> TokenStream {
    let ident = &model.ident;
    let columns = format_ident!("__{}Columns", ident.unraw());
    let fields = || model.columns.iter().map(|column| column.field.field());
    let (declared, made) = (fields(), fields());
    let types = model.columns.iter().map(|column| &column.ty);
    let names = model.columns.iter().map(|column| &column.name.value);
    let flattened = Flattened::of(&model.flattened, &quote!(__T), Some(&quote!(__P)));
    let (markers, members, values) = (&flattened.markers, &flattened.members, &flattened.values);
    let references = references(model);
    let paths = paths(
        model,
        &quote!(<#ident as ::limbeck::Columns<::limbeck::NoTable, ()>>::COLUMNS),
    );
    quote! {
        const _: () = {
            #markers
            #[allow(unused_imports, reason = "generated")]
            use ::limbeck::{Column as __Column, column as __column};
            #[doc(hidden)]
            #[allow(dead_code, missing_docs, non_camel_case_types, non_snake_case, private_interfaces, reason = "generated")]
            pub struct #columns<__T: ::limbeck::Relation, __P: ::limbeck::Prefix> {
                #(pub #declared: __Column<__T, #types>,)*
                #members
                __prefix: ::core::marker::PhantomData<fn() -> (__T, __P)>,
            }
            #[automatically_derived]
            impl<__T: ::limbeck::Relation, __P: ::limbeck::Prefix> ::limbeck::Columns<__T, __P> for #ident {
                type Columns = #columns<__T, __P>;
                const COLUMNS: #columns<__T, __P> = #columns {
                    #(#made: __column(
                        __T::RELATION,
                        const { &::limbeck::PrefixedName::new(__P::PREFIX, #names) }.as_str(),
                    ),)*
                    #values
                    __prefix: ::core::marker::PhantomData,
                };
            }
            #references
            #paths
        };
    }
}
