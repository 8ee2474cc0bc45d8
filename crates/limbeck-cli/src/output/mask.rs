//! Passwords of URLs, taken out of every text that is about to be shown.
//!
//! Types further in keep passwords out of texts already. This is for what never reached them: a URL among the
//! arguments at a place where none belongs.

use std::borrow::Cow;

const MASK: &str = "********";

/// How names of secrets begin, in connection strings, in the queries of their URLs and in variables of the environment:
/// `password`, `sslpassword`, `PGPASSWORD`, and mistyped ones.
const KEYS: [&str; 3] = ["passw", "passphrase", "pwd"];

/// The text with the password of every URL in it replaced by asterisks.
pub(crate) fn mask_passwords(text: &str) -> Cow<'_, str> {
    let has_key = find_key(text).is_some();
    let has_value = BEFORE_URLS.iter().any(|before| text.contains(before));
    if !text.contains("://") && !has_key && !has_value {
        return Cow::Borrowed(text);
    }
    let mut masked = if has_key {
        mask_parameter(text)
    } else {
        text.to_owned()
    };
    if has_value {
        masked = masked.split_inclusive('\n').map(mask_url_key).collect();
    }
    if masked.contains("://") {
        masked = mask_user_information(&masked);
    }
    if masked == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(masked)
    }
}

/// What a URL stands behind in `limbeck.toml`, where its key is mistyped too.
const BEFORE_URLS: [&str; 2] = ["url = ", "= \""];

/// Masks a line of `limbeck.toml` whose URL lacks its beginning: `url = "user:password@host/database"`.
fn mask_url_key(line: &str) -> String {
    let value = BEFORE_URLS
        .iter()
        .find_map(|before| line.find(before).map(|at| at + before.len()));
    if let Some(start) = value
        && let Some(secret) = find_key(&line[start..]).map(|at| start + at)
        && !line[secret..].trim_end().is_empty()
    {
        // Whatever follows may be more of it.
        let end = line.trim_end().len();
        return format!("{}{MASK}{}", &line[..secret], &line[end..]);
    }
    if let Some(start) = value.filter(|start| !line[*start..].contains("://"))
        && let (Some(colon), Some(at)) = (line[start..].find(':'), line.rfind('@'))
        && start + colon < at
    {
        return format!("{}{MASK}{}", &line[..=start + colon], &line[at..]);
    }
    line.to_owned()
}

/// The same for a text that shows an argument as it was given, in quotes: it may be a URL without its beginning.
pub(crate) fn mask_arguments(text: &str) -> String {
    let masked = mask_passwords(text);
    let parts = masked.split('\'').enumerate();
    let shown = parts.map(|(n, part)| {
        if n % 2 == 0 {
            part.to_owned()
        } else {
            mask_argument(part)
        }
    });
    shown.collect::<Vec<_>>().join("'")
}

fn mask_argument(argument: &str) -> String {
    // Whatever follows may be more of it.
    if let Some(value) = find_key(argument).filter(|value| *value < argument.len()) {
        return format!("{}{MASK}", &argument[..value]);
    }
    match (argument.find(':'), argument.rfind('@')) {
        (Some(colon), Some(at)) if colon < at && !argument.contains("://") => {
            format!("{}{MASK}{}", &argument[..=colon], &argument[at..])
        }
        _ => argument.to_owned(),
    }
}

/// The same for every string in a document.
pub(crate) fn mask_in_json(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            if let Cow::Owned(masked) = mask_passwords(text) {
                *text = masked;
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(mask_in_json),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(mask_in_json),
        _ => {}
    }
}

/// Masks `scheme://user:password@host`. A password that was not percent-encoded may hold an `@` or a `/` itself,
/// so it lasts to the last `@` of the word; and one with a blank or a quote in it, to the last one of the line.
fn mask_user_information(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + 3);
        masked.push_str(before);
        let mut word = &after[..end_of_word(after)];
        if is_database(before) && !word.contains('@') && has_begun(word) {
            let line = after.lines().next().unwrap_or_default();
            word = line.rfind('@').map_or(word, |at| &line[..=at]);
        }
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

fn is_database(before: &str) -> bool {
    before.ends_with("postgresql://") || before.ends_with("postgres://")
}

/// Whether a password has begun in `user:pass`, and no port.
fn has_begun(word: &str) -> bool {
    let port = |after: &str| {
        let digits = after.find(|character: char| !character.is_ascii_digit());
        digits.is_none_or(|end| after[end..].starts_with(['/', '?', ',']))
    };
    word.split_once(':').is_some_and(|(_, after)| !port(after))
}

/// Masks `password=…`, as connection strings, queries of URLs and variables have it, bare or in quotes.
fn mask_parameter(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = find_key(rest) {
        let (before, after) = rest.split_at(start);
        masked.push_str(before);
        let end = match after.strip_prefix(['\'', '"']) {
            Some(inside) => {
                let (quote, _) = after.split_at(after.len() - inside.len());
                masked.push_str(quote);
                rest = inside;
                end_of_quoted(inside, quote)
            }
            None => {
                rest = after;
                after
                    .find('&')
                    .map_or(end_of_word(after), |end| end.min(end_of_word(after)))
            }
        };
        if end > 0 {
            masked.push_str(MASK);
        }
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

/// Where the value of a key begins: after the key in whatever case, the `=`, and the blanks around it.
fn find_key(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    loop {
        let rest = lower.get(from..)?;
        let (at, key) = KEYS
            .into_iter()
            .filter_map(|key| Some((rest.find(key)?, key)))
            .min_by_key(|(at, _)| *at)?;
        let after = rest.get(at + key.len()..)?;
        let named =
            after.trim_start_matches(|character: char| character.is_ascii_alphanumeric() || character == '_');
        let blank = named.trim_start_matches(' ');
        if let Some(value) = blank.strip_prefix('=') {
            // Without blanks before it, none belong after it either.
            let value = if blank.len() < named.len() {
                value.trim_start_matches(' ')
            } else {
                value
            };
            return Some(text.len() - value.len());
        }
        from += at + key.len();
    }
}

/// The length of what is in quotes: to the quote that ends it, or else to the end of the line.
fn end_of_quoted(text: &str, quote: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '\n' => return at,
            '\\' if !escaped => escaped = true,
            _ if !escaped && text[at..].starts_with(quote) => return at,
            _ => escaped = false,
        }
    }
    text.len()
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
    fn one_in_quotes_is_masked_whole() {
        for (text, masked) in [
            (
                "host=h password='it\\'s a' user=u",
                "host=h password='********' user=u",
            ),
            (
                "host=h password='a b' user=u\"",
                "host=h password='********' user=u\"",
            ),
            ("password = secret user=u", "password = ******** user=u"),
            ("PGPASSWORD=secret\nA=b", "PGPASSWORD=********\nA=b"),
            ("sslpassword='a", "sslpassword='********"),
            ("the password = ", "the password = "),
            ("host=h passwrd=secret", "host=h passwrd=********"),
            ("?PWD=secret&a=b", "?PWD=********&a=b"),
        ] {
            assert_eq!(mask_passwords(text), masked);
        }
    }

    #[test]
    fn one_with_a_blank_or_a_quote_is_masked_whole() {
        assert_eq!(
            mask_passwords("url = \"postgresql://u:my pass'word@h/d\""),
            "url = \"postgresql://u:********@h/d\""
        );
        for port in [
            "postgresql://h:5432/d of a@b",
            "postgresql://h:5432 of a@b",
            "postgresql://h:1,g:2/d a@b",
        ] {
            assert_eq!(mask_passwords(port), port);
        }
    }

    #[test]
    fn one_in_a_url_without_its_beginning_is_masked() {
        assert_eq!(
            mask_passwords("2 | url = \"u:se@cret@h/d\n  |  ^\nurl = \"h:1/d\" # a@b: c"),
            "2 | url = \"u:********@h/d\n  |  ^\nurl = \"h:********@b: c"
        );
        assert_eq!(mask_passwords("urll = \"u:secret@h\""), "urll = \"u:********@h\"");
        assert_eq!(
            mask_passwords("url = \"host=h password=se cret\n | ^"),
            "url = \"host=h password=********\n | ^"
        );
        assert_eq!(mask_passwords("url = \"${A}\""), "url = \"${A}\"");
    }

    #[test]
    fn an_argument_that_begins_with_a_user_is_masked() {
        assert_eq!(
            mask_arguments("unexpected argument 'u:secret@h/d' found: a:b@c"),
            "unexpected argument 'u:********@h/d' found: a:b@c"
        );
        assert_eq!(
            mask_arguments("argument 'host=h password=se cret=1' found"),
            "argument 'host=h password=********' found"
        );
        assert_eq!(
            mask_arguments("it's 'a' and 'x://u:s@h'"),
            "it's 'a' and 'x://u:********@h'"
        );
    }

    #[test]
    fn a_document_stays_one() {
        let mut document =
            serde_json::json!({ "a": ["password='s", { "b": "postgresql://u:my p@h" }], "c": "x@y" });
        mask_in_json(&mut document);
        let masked = serde_json::json!({ "a": ["password='********", { "b": "postgresql://u:********@h" }], "c": "x@y" });
        assert_eq!(document, masked);
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
