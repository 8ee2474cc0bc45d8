//! Cuts a source file into its items.
//!
//! An item ends at its `;` or behind its braces. Braces within angle brackets (`Matrix<{ N * 2 }>`) belong to a
//! const argument and end nothing. What this cuts is compared with what `syn` parses by a test over real crates.

use std::ops::Range;

use super::lexer::{LexError, Lexer, Token};

/// What sort of item a slice holds, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemKind {
    Struct,
    Enum,
    TypeAlias,
    Use,
    ExternCrate,
    /// With a body or without.
    Module,
    /// A macro's definition or invocation.
    Macro,
    /// Functions, implementations, traits, constants, …
    Other,
}

/// An item in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) kind: ItemKind,
    /// The name that the item gives to something; empty where it gives none.
    pub(super) name: String,
    /// Its attributes and doc comments.
    pub(super) attributes: Range<usize>,
    /// From its first attribute to its end.
    pub(super) range: Range<usize>,
    /// What lies between the braces of an inline module.
    pub(super) body: Option<Range<usize>>,
}

/// The items in a range of the text: a whole file, or the body of an inline module.
pub(super) fn items(text: &str, range: Range<usize>) -> Result<Vec<Slice>, LexError> {
    let mut lexer = Lexer::new(text, range);
    let mut found = Vec::new();
    while let Some(slice) = item(text, &mut lexer)? {
        found.push(slice);
    }
    Ok(found)
}

fn item(text: &str, lexer: &mut Lexer<'_>) -> Result<Option<Slice>, LexError> {
    let mut start = None;
    // Attributes and doc comments, up to the item's first word.
    let (first, header) = loop {
        let Some((token, range)) = lexer.token()? else {
            return Ok(None);
        };
        match token {
            Token::Trivia => {}
            Token::OuterDoc => start = start.or(Some(range.start)),
            Token::Punctuation(b'#') => {
                let mut inner = false;
                loop {
                    match lexer.significant()? {
                        Some((Token::Punctuation(b'!'), _)) => inner = true,
                        Some((Token::Punctuation(b'['), open)) => {
                            lexer.group(b'[', open.start)?;
                            break;
                        }
                        _ => return error(range.start, "expected an attribute"),
                    }
                }
                if !inner {
                    start = start.or(Some(range.start));
                }
            }
            // Behind an item it is allowed, and means nothing.
            Token::Punctuation(b';') => {}
            Token::Punctuation(b')' | b']' | b'}') => {
                return error(range.start, "this bracket closes nothing");
            }
            _ => break (token, range),
        }
    };
    let start = start.unwrap_or(header.start);
    lexer.position = header.start;
    let attributes = start..header.start;
    if first != Token::Word && first != Token::Punctuation(b':') && first != Token::Punctuation(b'<') {
        return error(header.start, "expected an item");
    }
    let (kind, name, ends_at_semicolon) = classify(text, lexer)?;
    let (end, braces) = end_of_item(lexer, ends_at_semicolon)?;
    Ok(Some(Slice {
        kind,
        name,
        attributes,
        range: start..end,
        body: braces.filter(|_| kind == ItemKind::Module),
    }))
}

fn error<T>(offset: usize, message: &'static str) -> Result<T, LexError> {
    Err(LexError { offset, message })
}

/// Reads the words up to the item's name: its kind, that name, and whether only a semicolon can end it.
fn classify(text: &str, lexer: &mut Lexer<'_>) -> Result<(ItemKind, String, bool), LexError> {
    loop {
        let Some((token, range)) = lexer.significant()? else {
            return Ok((ItemKind::Other, String::new(), false));
        };
        if token != Token::Word {
            lexer.position = range.start;
            return Ok((ItemKind::Macro, String::new(), false));
        }
        let word = text.get(range).unwrap_or("");
        match word {
            "pub" => {
                // `pub(crate)`, but not the tuple of a macro's argument: no item begins with a parenthesis.
                let mut ahead = lexer.clone();
                if let Some((Token::Punctuation(b'('), open)) = ahead.significant()? {
                    ahead.group(b'(', open.start)?;
                    *lexer = ahead;
                }
            }
            "unsafe" | "async" | "default" | "auto" | "safe" => {}
            "struct" => return Ok((ItemKind::Struct, name(text, lexer)?, false)),
            "enum" => return Ok((ItemKind::Enum, name(text, lexer)?, false)),
            "type" => return Ok((ItemKind::TypeAlias, name(text, lexer)?, true)),
            "mod" => return Ok((ItemKind::Module, name(text, lexer)?, false)),
            "use" => return Ok((ItemKind::Use, String::new(), true)),
            "static" => return Ok((ItemKind::Other, String::new(), true)),
            "const" => {
                let next = peek(text, lexer)?;
                if !matches!(next, "fn" | "unsafe" | "extern" | "async" | "trait" | "impl") {
                    return Ok((ItemKind::Other, String::new(), true));
                }
            }
            "extern" => {
                if peek(text, lexer)? == "crate" {
                    return Ok((ItemKind::ExternCrate, String::new(), true));
                }
                // The ABI.
                let mut ahead = lexer.clone();
                if let Some((Token::Literal, _)) = ahead.significant()? {
                    *lexer = ahead;
                }
                let mut ahead = lexer.clone();
                if let Some((Token::Punctuation(b'{'), _)) = ahead.significant()? {
                    return Ok((ItemKind::Other, String::new(), false));
                }
            }
            "fn" | "impl" | "trait" => return Ok((ItemKind::Other, String::new(), false)),
            "union" if !matches!(peek(text, lexer)?, "" | "!" | ":") => {
                return Ok((ItemKind::Other, name(text, lexer)?, false));
            }
            _ => return Ok((ItemKind::Macro, String::new(), false)),
        }
    }
}

/// The next word as text, without moving; a single byte where it is none.
fn peek<'a>(text: &'a str, lexer: &Lexer<'_>) -> Result<&'a str, LexError> {
    let next = lexer.clone().significant()?;
    Ok(next.and_then(|(_, range)| text.get(range)).unwrap_or(""))
}

fn name(text: &str, lexer: &mut Lexer<'_>) -> Result<String, LexError> {
    match lexer.significant()? {
        Some((Token::Word, range)) => {
            let word = text.get(range).unwrap_or("");
            Ok(word.strip_prefix("r#").unwrap_or(word).to_owned())
        }
        Some((_, range)) => error(range.start, "expected a name"),
        None => Ok(String::new()),
    }
}

/// Where the item ends, and what lies between its braces where it ends with those.
fn end_of_item(
    lexer: &mut Lexer<'_>,
    ends_at_semicolon: bool,
) -> Result<(usize, Option<Range<usize>>), LexError> {
    let mut angles = 0_usize;
    let mut previous = 0_u8;
    while let Some((token, range)) = lexer.significant()? {
        let Token::Punctuation(byte) = token else {
            previous = 0;
            continue;
        };
        match byte {
            b';' => return Ok((range.end, None)),
            b'(' | b'[' => {
                lexer.group(byte, range.start)?;
            }
            b'{' => {
                let close = lexer.group(b'{', range.start)?;
                if !ends_at_semicolon && angles == 0 {
                    return Ok((close + 1, Some(range.end..close)));
                }
            }
            b')' | b']' | b'}' => return error(range.start, "this bracket closes nothing"),
            b'<' => angles += 1,
            // Not that of `->`.
            b'>' if previous != b'-' => angles = angles.saturating_sub(1),
            _ => {}
        }
        previous = byte;
    }
    error(lexer.position, "the file ends within an item")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(ItemKind, String)> {
        let items = items(text, 0..text.len()).unwrap();
        items.into_iter().map(|item| (item.kind, item.name)).collect()
    }

    #[test]
    fn items_end_where_they_end() {
        let text = r##"
            #![allow(dead_code)]
            //! Inner.
            use std::{fmt, io::{self, Write}};
            pub(crate) struct A<const N: usize> where [(); { N }]: Sized { a: Vec<u8> }
            struct B(pub Vec<[u8; 3]>);
            struct C;
            const X: [u8; 2] = { [1, 2] };
            const fn f<'a>(a: &'a str) -> Result<B, A<{ 1 + 2 }>> where B: Fn(A<1>) -> C { '{'; "}"; 1 > 2 }
            impl<T> Trait<{ N }> for A<3> { fn x() {} }
            macro_rules! m { ($a:ident) => { struct $a; } }
            m!(a);
            m! { struct D { } }
            pub mod inner { struct E; }
            mod outer;
            extern "C" { fn c(); }
            pub unsafe extern "C" fn d() {}
            extern crate alloc as a;
            type T<'a> = Box<dyn Fn(&'a str) -> Vec<u8> + 'a>;
            #[doc = "}"] /** doc */ pub enum r#enum { A = 1 << 2, B { x: u8 } }
            static S: &str = r#"}"#;
            union U { a: u8 }
            unsafe auto trait Z {}
        "##;
        use ItemKind::*;
        let expected = [
            (Use, ""),
            (Struct, "A"),
            (Struct, "B"),
            (Struct, "C"),
            (Other, ""),
            (Other, ""),
            (Other, ""),
            (Macro, ""),
            (Macro, ""),
            (Macro, ""),
            (Module, "inner"),
            (Module, "outer"),
            (Other, ""),
            (Other, ""),
            (ExternCrate, ""),
            (TypeAlias, "T"),
            (Enum, "enum"),
            (Other, ""),
            (Other, "U"),
            (Other, ""),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(kind, name)| (kind, name.to_owned()))
            .collect();
        assert_eq!(cut(text), expected);
    }

    #[test]
    fn brackets_that_do_not_match_are_errors_with_their_place() {
        for (text, offset) in [("fn f() { (}", 10), ("struct A {", 9), ("}", 0), ("struct A", 8)] {
            let error = items(text, 0..text.len()).unwrap_err();
            assert_eq!(error.offset, offset, "{text}: {}", error.message);
        }
    }

    /// The kind and the end of each item as `syn` sees them, inner modules included.
    fn parsed(items: &[syn::Item], found: &mut Vec<(ItemKind, String, usize)>) {
        use syn::spanned::Spanned;
        for item in items {
            let named = |ident: &syn::Ident| syn::ext::IdentExt::unraw(ident).to_string();
            let (kind, name) = match item {
                syn::Item::Struct(item) => (ItemKind::Struct, named(&item.ident)),
                syn::Item::Enum(item) => (ItemKind::Enum, named(&item.ident)),
                syn::Item::Type(item) => (ItemKind::TypeAlias, named(&item.ident)),
                syn::Item::Mod(item) => (ItemKind::Module, named(&item.ident)),
                syn::Item::Use(_) => (ItemKind::Use, String::new()),
                // `use { ::a, ::b };`
                syn::Item::Verbatim(tokens) if tokens.to_string().contains("use {") => {
                    (ItemKind::Use, String::new())
                }
                syn::Item::ExternCrate(_) => (ItemKind::ExternCrate, String::new()),
                syn::Item::Macro(_) => (ItemKind::Macro, String::new()),
                syn::Item::Union(item) => (ItemKind::Other, named(&item.ident)),
                _ => (ItemKind::Other, String::new()),
            };
            found.push((kind, name, item.span().byte_range().end));
            if let syn::Item::Mod(syn::ItemMod {
                content: Some((_, items)),
                ..
            }) = item
            {
                parsed(items, found);
            }
        }
    }

    fn sliced(text: &str, range: Range<usize>, found: &mut Vec<(ItemKind, String, usize)>) {
        for item in items(text, range).unwrap() {
            found.push((item.kind, item.name, item.range.end));
            if let Some(body) = item.body {
                sliced(text, body, found);
            }
        }
    }

    /// Pieces of Rust that mean other things beside each other: prefixes, quotes, hashes, lifetimes, comments, brackets.
    const PIECES: &[&str] = &[
        "r",
        "b",
        "c",
        "br",
        "cr",
        "rb",
        "\"",
        "\"",
        "'",
        "'",
        "#",
        "##",
        "\\",
        "\\\"",
        "\\'",
        "a",
        "'a",
        "'a'",
        "'\\''",
        "'{'",
        "b'}'",
        "b'\\\\'",
        "\"{\"",
        "r\"\\\"",
        "r#\"}\"#",
        "r##\"\"#\"##",
        "br#\"]\"#",
        "c\"\\\"}\"",
        "cr\"(\"",
        "r#type",
        "'r#a",
        "/",
        "//",
        "/*",
        "*/",
        "/**",
        "///",
        "//!",
        "\n",
        " ",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "1",
        "1.",
        "0x",
        "1e3",
        "_",
        "é",
        "\u{2028}",
        "\u{85}",
        "->",
        "=>",
        "<",
        ">",
        "::",
        ";",
        ",",
        "!",
        "$a",
        "..=",
        "&'a",
        "u8",
        "\r\n",
        "\t",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4000))]

        /// Whatever stands between the brackets of a macro: where `syn` takes it, the items end in the same places.
        #[test]
        fn any_tokens_end_where_syn_says(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..14)) {
            let text = format!("m! {{ {} }}\nstruct Z;", pieces.concat());
            // There `proc-macro2` reads `'r"…"` as a quote and a raw string, and `rustc` as a lifetime and a string.
            let is_misread = ["r", "b", "c", "br", "cr"].iter().any(|prefix| {
                ["\"", "#", "'"].iter().any(|quote| text.contains(&format!("'{prefix}{quote}")))
            });
            if !is_misread && let Ok(syntax) = syn::parse_file(&text) {
                let (mut expected, mut found) = (Vec::new(), Vec::new());
                parsed(&syntax.items, &mut expected);
                sliced(&text, 0..text.len(), &mut found);
                proptest::prop_assert_eq!(found, expected, "{}", text);
            }
        }
    }

    /// Those of this workspace, or of any folder: `LIMBECK_SOURCES=~/.cargo/registry/src`.
    #[test]
    #[allow(
        clippy::disallowed_methods,
        reason = "a test is told where to look by its environment"
    )]
    fn real_crates_are_cut_as_syn_parses_them() {
        let crates = std::env::var_os("LIMBECK_SOURCES").map_or_else(
            || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
            std::path::PathBuf::from,
        );
        let files = crate::source::Inputs::default()
            .files_below(&crates, "rs")
            .unwrap();
        let mut compared = 0;
        for file in files {
            let Ok(text) = std::fs::read_to_string(&file) else {
                continue;
            };
            let Ok(syntax) = syn::parse_file(&text) else {
                continue;
            };
            let (mut expected, mut found) = (Vec::new(), Vec::new());
            parsed(&syntax.items, &mut expected);
            // `syn` counts from behind it.
            let shebang = syntax.shebang.map_or(0, |line| line.len());
            expected.iter_mut().for_each(|(_, _, end)| *end += shebang);
            sliced(
                &text,
                crate::source::tree::prologue(&text, 0)..text.len(),
                &mut found,
            );
            assert_eq!(found, expected, "{}", file.display());
            compared += found.len();
        }
        assert!(compared > 500, "{compared} items");
    }
}
