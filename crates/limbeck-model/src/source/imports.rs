//! `use` and `extern crate`: which names a module takes from where.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Token, token};

/// One name that a module takes from elsewhere, or all of a module's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The name here; `None` for `*`.
    pub(super) name: Option<String>,
    /// Where it is taken from.
    pub(super) path: Vec<String>,
    /// Whether the path begins with `::`, and so with the name of a crate.
    pub(super) absolute: bool,
}

/// The imports of one `use` or `extern crate`. What cannot be parsed gives none: the compiler says more of it.
pub(super) fn parse(text: &str) -> Vec<Import> {
    let parser = |input: ParseStream<'_>| {
        let mut imports = Vec::new();
        visibility(input)?;
        if input.peek(Token![extern]) {
            input.parse::<Token![extern]>()?;
            input.parse::<Token![crate]>()?;
            let name = input.call(Ident::parse_any)?.unraw().to_string();
            let mut import = Import {
                name: Some(name.clone()),
                path: vec![name],
                absolute: true,
            };
            rename(input, &mut import)?;
            imports.push(import);
        } else {
            input.parse::<Token![use]>()?;
            let absolute = input.parse::<Option<Token![::]>>()?.is_some();
            tree(input, &[], absolute, &mut imports)?;
        }
        input.parse::<Token![;]>()?;
        Ok(imports)
    };
    parser.parse_str(text).unwrap_or_default()
}

fn visibility(input: ParseStream<'_>) -> syn::Result<()> {
    input.parse::<syn::Visibility>().map(drop)
}

fn tree(
    input: ParseStream<'_>,
    prefix: &[String],
    absolute: bool,
    imports: &mut Vec<Import>,
) -> syn::Result<()> {
    if input.peek(token::Brace) {
        let content;
        syn::braced!(content in input);
        while !content.is_empty() {
            tree(&content, prefix, absolute, imports)?;
            content.parse::<Option<Token![,]>>()?;
        }
        return Ok(());
    }
    if input.parse::<Option<Token![*]>>()?.is_some() {
        imports.push(Import {
            name: None,
            path: prefix.to_vec(),
            absolute,
        });
        return Ok(());
    }
    // `{::a, b}` may start anew.
    let absolute = input.parse::<Option<Token![::]>>()?.is_some() || absolute;
    let segment = input.call(Ident::parse_any)?.unraw().to_string();
    let mut path = prefix.to_vec();
    if input.peek(Token![::]) {
        input.parse::<Token![::]>()?;
        path.push(segment);
        return tree(input, &path, absolute, imports);
    }
    // `a::{self}` is `a`.
    if segment != "self" || path.is_empty() {
        path.push(segment);
    }
    let mut import = Import {
        name: path.last().cloned(),
        path,
        absolute,
    };
    rename(input, &mut import)?;
    imports.push(import);
    Ok(())
}

fn rename(input: ParseStream<'_>, import: &mut Import) -> syn::Result<()> {
    if input.parse::<Option<Token![as]>>()?.is_some() {
        import.name = Some(input.call(Ident::parse_any)?.unraw().to_string());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_flattened() {
        let shown = |text: &str| {
            parse(text)
                .into_iter()
                .map(|import| {
                    let start = if import.absolute { "::" } else { "" };
                    format!(
                        "{} = {start}{}",
                        import.name.unwrap_or("*".into()),
                        import.path.join("::")
                    )
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shown("pub(crate) use a::{self, b::{C as D, *}, r#type};"),
            ["a = a", "D = a::b::C", "* = a::b", "type = a::type"]
        );
        assert_eq!(shown("use ::uuid::Uuid;"), ["Uuid = ::uuid::Uuid"]);
        assert_eq!(
            shown("use super::models::User as _;"),
            ["_ = super::models::User"]
        );
        assert_eq!(shown("extern crate core as c;"), ["c = ::core"]);
        assert_eq!(shown("use {crate::a, b};"), ["a = crate::a", "b = b"]);
    }
}
