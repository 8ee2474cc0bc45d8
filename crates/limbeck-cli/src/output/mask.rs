//! Passwords of URLs, taken out of every text that is about to be shown.
//!
//! Types further in keep passwords out of texts already. This is for what never reached them: a URL among the
//! arguments at a place where none belongs.

use std::borrow::Cow;

const MASK: &str = "********";

/// The text with the password of every URL in it replaced by asterisks.
pub(crate) fn mask_passwords(text: &str) -> Cow<'_, str> {
    if !text.contains("://") && !text.contains("password=") {
        return Cow::Borrowed(text);
    }
    let mut masked = mask_parameter(text, "password=");
    if masked.contains("://") {
        masked = mask_user_information(&masked);
    }
    if masked == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(masked)
    }
}

/// Masks `scheme://user:password@host`. A password that was not percent-encoded may hold an `@` or a `/` itself,
/// so it lasts to the last `@` of the word.
fn mask_user_information(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + 3);
        masked.push_str(before);
        let word = &after[..end_of_word(after)];
        rest = &after[word.len()..];
        match (word.find(':'), word.rfind('@')) {
            (Some(colon), Some(at)) if colon < at && !is_placeholder(&word[colon + 1..at]) => {
                masked.push_str(&word[..=colon]);
                masked.push_str(MASK);
                masked.push_str(&word[at..]);
            }
            _ => masked.push_str(word),
        }
    }
    masked.push_str(rest);
    masked
}

/// Masks `password=…`, as connection strings and queries of URLs have it.
fn mask_parameter(text: &str, key: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(key) {
        let (before, after) = rest.split_at(start + key.len());
        masked.push_str(before);
        let end = after
            .find('&')
            .map_or(end_of_word(after), |end| end.min(end_of_word(after)));
        if end > 0 {
            masked.push_str(MASK);
        }
        rest = &after[end..];
    }
    masked.push_str(rest);
    masked
}

/// What stands for a password where a hint tells how a URL is written.
fn is_placeholder(password: &str) -> bool {
    password == "password" || password == "PASSWORD"
}

fn end_of_word(text: &str) -> usize {
    text.find(|character: char| character.is_whitespace() || "'\"`".contains(character))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_masked() {
        assert_eq!(
            mask_passwords(
                "unexpected argument 'postgresql://anna:secret@db.example/app?sslmode=require' found"
            ),
            "unexpected argument 'postgresql://anna:********@db.example/app?sslmode=require' found"
        );
    }

    #[test]
    fn one_that_was_not_encoded_is_masked_whole() {
        assert_eq!(
            mask_passwords("postgres://anna:p@ss/w:rd@host/db"),
            "postgres://anna:********@host/db"
        );
    }

    #[test]
    fn one_in_the_query_is_masked() {
        assert_eq!(
            mask_passwords("postgres://host/db?password=secret&sslmode=disable"),
            "postgres://host/db?password=********&sslmode=disable"
        );
        assert_eq!(
            mask_passwords("host=x password=secret user=y"),
            "host=x password=******** user=y"
        );
    }

    #[test]
    fn what_has_no_password_is_left_alone() {
        for text in [
            "no URL",
            "postgres://anna@host:5432/db",
            "https://example.org/a:b",
            "password=",
        ] {
            assert_eq!(mask_passwords(text), text);
        }
    }

    #[test]
    fn each_url_of_a_text_is_masked() {
        assert_eq!(
            mask_passwords("a://u:1@h b://v:2@h"),
            "a://u:********@h b://v:********@h"
        );
    }
}
