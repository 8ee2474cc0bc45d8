//! The derives of Limbeck's models. Use them through the crate `limbeck`, which documents every attribute.
//!
//! They run the same attribute parser as the reader of sources, so that a mistake shows at its token in the editor,
//! and expand to little: one implementation, one struct of typed columns, and one field access for each reference,
//! by which the compiler checks that the field exists.

mod columns;
mod implementation;
mod input;
mod pg_enum;
mod pg_type;
mod table;
mod view;

use limbeck_model::attributes::{AttributeError, Spanned};
use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a table: implements `limbeck::Table`.
///
/// The attributes `#[table(…)]` and `#[column(…)]` are described in the documentation of the crate `limbeck`.
#[proc_macro_derive(Table, attributes(table, column))]
pub fn derive_table(input: TokenStream) -> TokenStream {
    of_struct(input, table::expand)
}

/// Makes a struct a set of columns that tables flatten: implements `limbeck::Columns`.
///
/// The attributes `#[columns(…)]` and `#[column(…)]` are described in the documentation of the crate `limbeck`.
#[proc_macro_derive(Columns, attributes(columns, column))]
pub fn derive_columns(input: TokenStream) -> TokenStream {
    of_struct(input, columns::expand)
}

/// Makes an enum an enum type: implements `limbeck::PgEnum`.
///
/// The attribute `#[pg_enum(…)]` is described in the documentation of the crate `limbeck`.
#[proc_macro_derive(PgEnum, attributes(pg_enum))]
pub fn derive_pg_enum(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    pg_enum::expand(&input).into()
}

/// Makes a struct a composite type, a domain or a range type: implements `limbeck::PgType`.
///
/// The attribute `#[pg_type(…)]` is described in the documentation of the crate `limbeck`.
#[proc_macro_derive(PgType, attributes(pg_type))]
pub fn derive_pg_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    pg_type::expand(&input).into()
}

/// Makes a struct read a view: implements `limbeck::View`.
///
/// The attributes `#[view(…)]` and `#[column(…)]` are described in the documentation of the crate `limbeck`.
#[proc_macro_derive(View, attributes(view, column))]
pub fn derive_view(input: TokenStream) -> TokenStream {
    of_struct(input, view::expand)
}

/// What is expanded from a derive that is for structs.
fn of_struct(input: TokenStream, expand: fn(&DeriveInput) -> proc_macro2::TokenStream) -> TokenStream {
    match input::parse(input.into()) {
        Ok(input) => expand(&input).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

/// The implementation, also of a model with mistakes where it can be given: the models that refer to it shall not fail
/// too. Each mistake is a `compile_error!`.
fn expanded<M>(
    (model, errors): (Option<M>, Vec<AttributeError>),
    implementation: impl FnOnce(&M) -> proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let errors = errors
        .into_iter()
        .map(|error| error.into_syn_error().to_compile_error());
    errors.chain(model.as_ref().map(implementation)).collect()
}

/// The schema of a model: `public` where none is said.
fn schema(said: Option<&Spanned<String>>) -> &str {
    said.map_or("public", |schema| schema.value.as_str())
}
