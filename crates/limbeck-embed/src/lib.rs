//! The folder of revisions as constants of an application.

use std::path::{Path, PathBuf};

use limbeck_history::{History, HistoryError};
use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as Tokens};
use quote::quote;
use syn::LitStr;

/// The revisions of a folder, as a constant expression of the type `&'static [(&'static str, &'static str)]`: the
/// name and the text of each file, in order of the names. `limbeck_history::History::from_files` makes a history of
/// them.
///
/// The path is relative to the folder of the crate's `Cargo.toml`. The revisions are read and their graph is checked
/// when the application is compiled, so a fault in a revision is an error of the compiler.
///
/// Cargo compiles again when one of these files changes. For it to notice a *new* file, tell it in a build script
/// of the application: `println!("cargo::rerun-if-changed=database/migrations/versions");`.
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    let literal = syn::parse_macro_input!(input as LitStr);
    expand(&literal)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

fn expand(literal: &LitStr) -> syn::Result<Tokens> {
    let folder = crate_folder(literal.span())?.join(literal.value());
    let history = History::read(&folder).map_err(|error| syn::Error::new(literal.span(), explain(&error)))?;
    let files = history
        .files()
        .iter()
        .map(|path| file(path, literal.span()))
        .collect::<syn::Result<Vec<Tokens>>>()?;
    // The constant fixes the type of an empty folder, too.
    Ok(quote! {
        {
            const REVISIONS: &[(&str, &str)] = &[#(#files),*];
            REVISIONS
        }
    })
}

/// `include_str!` rather than the text itself: that is how cargo learns of the file.
fn file(path: &Path, span: Span) -> syn::Result<Tokens> {
    let name = path.file_name().and_then(|name| name.to_str());
    match (name, path.to_str()) {
        (Some(name), Some(path)) => Ok(quote! { (#name, ::core::include_str!(#path)) }),
        _ => Err(syn::Error::new(
            span,
            format!("the path `{}` is not UTF-8", path.display()),
        )),
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a procedural macro learns from its environment alone which crate it works for"
)]
fn crate_folder(span: Span) -> syn::Result<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| syn::Error::new(span, "`CARGO_MANIFEST_DIR` is not set; compile with cargo"))
}

/// The error with its hint.
fn explain(error: &HistoryError) -> String {
    let mut text = error.to_string();
    if let Some(hint) = error.hint() {
        text.push_str("\nhint: ");
        text.push_str(&hint);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(folder: &str) -> LitStr {
        LitStr::new(folder, Span::call_site())
    }

    #[test]
    fn files_come_in_order_of_their_names() {
        let code = expand(&literal("tests/versions")).unwrap().to_string();
        let first = code.find("20261121T100000_a1_create_users.sql").unwrap();
        let second = code.find("20261121T110000_b2_add_email.sql").unwrap();
        assert!(first < second);
        assert!(code.contains("include_str !"));
    }

    #[test]
    fn a_broken_history_is_an_error_with_its_hint() {
        let error = expand(&literal("tests/broken")).unwrap_err().to_string();
        let expected = "revision `b2` revises `c3`, and there is no such revision";
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("20261121T110000_b2_add_age.sql"), "{error}");
        assert!(
            error
                .ends_with("\nhint: bring its file back, or change the header of the revision that names it"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = expand(&literal("tests/nowhere")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read `"), "{error}");
        assert!(error.contains("tests/nowhere"), "{error}");
    }
}
