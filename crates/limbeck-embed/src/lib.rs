//! The folders of revisions as constants of an application.

use std::path::{Path, PathBuf};

use limbeck_history::{History, HistoryError, Locations};
use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as Tokens};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token};

/// The revisions of a folder, as a constant expression of the type `&'static [(&'static str, &'static str)]`: the
/// name and the text of each file, in order of the names. `limbeck_history::History::from_files` makes a history of
/// them.
///
/// Further folders follow after commas, and `recursive` at the end has the folders inside read too, as
/// `version_locations` and `recursive_version_locations` in `limbeck.toml` say it for the program:
/// `embed!("database/migrations/versions", "billing/versions", recursive)`.
///
/// Paths are relative to the folder of the crate's `Cargo.toml`. The revisions are read and their graph is checked
/// when the application is compiled, so a fault in a revision is an error of the compiler.
///
/// Cargo compiles again when one of these files changes. For it to notice a *new* file, tell it in a build script
/// of the application: `println!("cargo::rerun-if-changed=database/migrations/versions");`.
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    let folders = syn::parse_macro_input!(input as Folders);
    expand(&folders)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// What `embed!` is given: folders, and whether those inside count.
struct Folders {
    first: LitStr,
    others: Vec<LitStr>,
    recursive: bool,
}

impl Parse for Folders {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut folders = Self {
            first: input.parse()?,
            others: Vec::new(),
            recursive: false,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            if folders.recursive {
                return Err(input.error("nothing follows `recursive`"));
            }
            if input.peek(LitStr) {
                folders.others.push(input.parse()?);
                continue;
            }
            let word: Ident = input.parse()?;
            if word != "recursive" {
                return Err(syn::Error::new(
                    word.span(),
                    "expected a folder in quotes, or `recursive`",
                ));
            }
            folders.recursive = true;
        }
        Ok(folders)
    }
}

impl Folders {
    fn locations(&self) -> syn::Result<Locations> {
        let folders = std::iter::once(&self.first).chain(&self.others);
        let folders = folders
            .map(|folder| Ok(crate_folder(folder.span())?.join(folder.value())))
            .collect::<syn::Result<Vec<PathBuf>>>()?;
        Ok(Locations {
            folders,
            recursive: self.recursive,
        })
    }
}

fn expand(folders: &Folders) -> syn::Result<Tokens> {
    let span = folders.first.span();
    let history =
        History::read_all(&folders.locations()?).map_err(|error| syn::Error::new(span, explain(&error)))?;
    let files = history
        .files()
        .iter()
        .map(|path| file(path, span))
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

    fn expanded(arguments: &str) -> Result<String, String> {
        let folders = syn::parse_str::<Folders>(arguments).map_err(|error| error.to_string())?;
        expand(&folders)
            .map(|code| code.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn files_come_in_order_of_their_names() {
        let code = expanded("\"tests/versions\"").unwrap();
        let first = code.find("20261121T100000_a1_create_users.sql").unwrap();
        let second = code.find("20261121T110000_b2_add_email.sql").unwrap();
        assert!(first < second);
        assert!(code.contains("include_str !"));
    }

    #[test]
    fn a_broken_history_is_an_error_with_its_hint() {
        let error = expanded("\"tests/broken\"").unwrap_err();
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
        let error = expanded("\"tests/nowhere\"").unwrap_err();
        assert!(error.starts_with("cannot read `"), "{error}");
        assert!(error.contains("tests/nowhere"), "{error}");
    }
    #[test]
    fn folders_inside_are_read_where_that_is_said() {
        let alone = expanded("\"tests/several\"").unwrap_err();
        assert!(alone.contains("there is no such revision"), "{alone}");
        let code = expanded("\"tests/several\", recursive").unwrap();
        assert!(code.contains("20261121T120000_c3_add_invoices.sql"), "{code}");
    }

    #[test]
    fn further_folders_follow() {
        let code = expanded("\"tests/versions\", \"tests/several/billing\",").unwrap();
        let place = |name: &str| code.find(name).unwrap_or_else(|| panic!("{name} in {code}"));
        assert!(place("a1_create_users") < place("b2_add_email"));
        assert!(place("b2_add_email") < place("c3_add_invoices"));
    }

    #[test]
    fn other_arguments_are_refused() {
        for (arguments, expected) in [
            ("", "expected string literal"),
            ("\"a\" \"b\"", "expected `,`"),
            (
                "\"a\", recursively",
                "expected a folder in quotes, or `recursive`",
            ),
            ("\"a\", recursive, \"b\"", "nothing follows `recursive`"),
        ] {
            let error = expanded(arguments).unwrap_err();
            assert!(error.contains(expected), "{arguments}: {error}");
        }
    }
}
