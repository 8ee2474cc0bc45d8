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
    match plain(text) {
        Some(import) => vec![import],
        None => tokens(text),
    }
}

/// `use a::b;`, which most are, without a lexer.
fn plain(text: &str) -> Option<Import> {
    let path = text.strip_prefix("use ")?.strip_suffix(';')?;
    let path: Vec<&str> = path.split("::").collect();
    let is_word = |word: &&str| {
        word.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && word.starts_with(|first: char| first.is_ascii_alphabetic())
    };
    let name = *path.last().filter(|name| **name != "self")?;
    path.iter().all(is_word).then(|| Import {
        name: Some(name.to_owned()),
        path: path.iter().map(|word| (*word).to_owned()).collect(),
        absolute: false,
    })
}

fn tokens(text: &str) -> Vec<Import> {
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

    #[test]
    fn what_is_read_without_a_lexer_is_what_a_lexer_reads() {
        for text in [
            "use a;",
            "use limbeck::Table;",
            "use crate::a_1::B2;",
            "use super::super::m::c;",
        ] {
            assert_eq!(
                plain(text).into_iter().collect::<Vec<_>>(),
                tokens(text),
                "{text}"
            );
        }
        for text in [
            "use ::a::b;",
            "pub use a::b;",
            "use a::b as c;",
            "use a::self;",
            "use a::r#type;",
            "use a::{b, c};",
            "use a::*;",
            "use a:: b;",
            "use a::é;",
            "use a::1;",
            "use a::;",
            "use a::_b;",
            "use a /* b */ ::c;",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
