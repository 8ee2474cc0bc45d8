//! Every mistake that the derive can tell of has a case in `crates/limbeck/tests/ui`, where the compiler shows it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

fn folder(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The texts of all files in a folder with such an extension.
fn texts(path: &str, extension: &str) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = std::fs::read_dir(folder(path))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    texts.sort();
    assert!(!texts.is_empty());
    texts
}

/// The messages in the code of a parser: strings of several words that are no hints, no documentation and no tests.
fn messages(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "with_hint" || word == "known" => {
                // A hint in parentheses; the words that are known.
                tokens.next_if(|next| matches!(next, TokenTree::Group(_)));
            }
            TokenTree::Ident(word) if word == "HINT" => {
                // `const HINT: &str = "…";`
                if matches!(tokens.peek(), Some(TokenTree::Punct(colon)) if colon.as_char() == ':') {
                    for token in tokens.by_ref() {
                        if matches!(&token, TokenTree::Punct(end) if end.as_char() == ';') {
                            break;
                        }
                    }
                }
            }
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                // An attribute; documentation is one, and what follows `#[cfg(test)]` is no code of ours.
                tokens.next_if(|next| matches!(next, TokenTree::Punct(_)));
                let Some(TokenTree::Group(attribute)) = tokens.next() else {
                    continue;
                };
                if attribute.stream().to_string() == "cfg (test)" {
                    return;
                }
            }
            TokenTree::Group(group) => messages(group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<LitStr>(&literal.to_string()) {
                    let text = text.value();
                    let is_sql = !text.contains(char::is_lowercase);
                    if text.trim().contains(' ') && !text.contains("hint:") && !is_sql {
                        found.insert(text);
                    }
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// Whether a message with `{…}` for what varies occurs in a text.
fn occurs(message: &str, text: &str) -> bool {
    let mut parts = Vec::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        parts.push(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    parts.push(rest);
    text.lines().any(|line| {
        let mut line = line;
        parts.iter().all(|part| match line.find(part) {
            Some(at) => {
                line = &line[at + part.len()..];
                true
            }
            None => false,
        })
    })
}

#[test]
fn every_message_of_the_derives_has_a_case() {
    let shown: String = texts("../limbeck/tests/ui", "stderr")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let mut missing = Vec::new();
    for (name, code) in texts("src/attributes", "rs") {
        let mut found = BTreeSet::new();
        messages(code.parse().unwrap(), &mut found);
        missing.extend(
            found
                .into_iter()
                .filter(|message| !occurs(message, &shown))
                .map(|message| format!("{name}: {message}")),
        );
    }
    assert!(
        missing.is_empty(),
        "crates/limbeck/tests/ui shows none of these: {missing:#?}"
    );
}
