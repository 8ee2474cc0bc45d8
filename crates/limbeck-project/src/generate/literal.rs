//! Texts as Rust writes them.

/// A string literal. Lines stay lines, and what would need escapes is raw.
pub(super) fn text(text: &str) -> String {
    let is_strange = |c: char| c.is_control() && c != '\n';
    if text.contains(is_strange) {
        return format!("{text:?}");
    }
    if !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// The lines of a doc comment that comes back as this text; `None` where none does.
pub(super) fn doc_comment(text: &str) -> Option<String> {
    let comes_back = !text.trim().is_empty()
        && text.trim_matches('\n') == text
        && text
            .split('\n')
            .all(|line| line.trim_end() == line && !line.contains(char::is_control));
    comes_back.then(|| {
        text.split('\n')
            .map(|line| {
                if line.is_empty() {
                    "///\n".to_owned()
                } else {
                    format!("/// {line}\n")
                }
            })
            .collect()
    })
}

/// An SQL expression without the parentheses around the whole.
pub(super) fn bare(expression: &str) -> &str {
    use limbeck_sql::{TokenKind, tokens};
    let mut depth = 0_usize;
    let mut pair = None;
    let all: Vec<_> = tokens(expression)
        .into_iter()
        .filter(|token| !token.kind.is_blank())
        .collect();
    for (n, token) in all.iter().enumerate() {
        match token.kind {
            TokenKind::OpenParenthesis => {
                if n == 0 {
                    pair = Some(token.range.end);
                } else if depth == 0 {
                    return expression;
                }
                depth += 1;
            }
            TokenKind::CloseParenthesis => {
                depth = depth.saturating_sub(1);
                if depth == 0 && n + 1 < all.len() {
                    return expression;
                }
            }
            _ if depth == 0 => return expression,
            _ => {}
        }
    }
    let inner = pair.zip(all.last()).filter(|_| depth == 0);
    inner
        .and_then(|(start, last)| expression.get(start..last.range.start))
        .filter(|inner| !inner.trim().is_empty())
        .unwrap_or(expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_read_back() {
        for value in [
            "plain",
            "a \"b\"",
            "a\\b",
            "a\nb",
            "\"#\"##",
            "tab\there",
            "\r",
            "ü'",
        ] {
            let literal: syn::LitStr = syn::parse_str(&text(value)).unwrap();
            assert_eq!(literal.value(), value);
        }
        assert_eq!(text("{\"a\": 1}"), "r#\"{\"a\": 1}\"#");
    }

    #[test]
    fn parentheses_around_the_whole_go() {
        assert_eq!(bare("(a > 0)"), "a > 0");
        assert_eq!(bare("(a > 0) AND (b > 0)"), "(a > 0) AND (b > 0)");
        assert_eq!(bare("((a > 0) AND (b > 0))"), "(a > 0) AND (b > 0)");
        assert_eq!(bare("(a)::text"), "(a)::text");
        assert_eq!(bare("lower(a)"), "lower(a)");
        assert_eq!(bare("(a = ')')"), "a = ')'");
    }

    #[test]
    fn only_what_comes_back_is_a_doc_comment() {
        assert_eq!(doc_comment("Who eats."), Some("/// Who eats.\n".to_owned()));
        assert_eq!(
            doc_comment("One\n\nTwo"),
            Some("/// One\n///\n/// Two\n".to_owned())
        );
        assert_eq!(doc_comment("ends with a space "), None);
        assert_eq!(doc_comment("\nbegins"), None);
        assert_eq!(doc_comment("a\rb"), None);
        assert_eq!(doc_comment(" "), None);
    }
}
