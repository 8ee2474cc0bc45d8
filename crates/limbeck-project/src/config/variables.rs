//! `${NAME}` in a URL.

use std::collections::BTreeMap;

/// Puts the values of variables into a text: `${NAME}` becomes the value of `NAME`; `$$` is a dollar sign.
///
/// # Errors
/// The name of the first variable that is not set, or is empty.
pub fn expand(text: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        if let Some(name_and_rest) = after.strip_prefix('{')
            && let Some((name, after)) = name_and_rest.split_once('}')
        {
            match variables.get(name).filter(|value| !value.is_empty()) {
                Some(value) => expanded.push_str(value),
                None => return Err(name.to_owned()),
            }
            rest = after;
        } else {
            expanded.push('$');
            rest = after.strip_prefix('$').unwrap_or(after);
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_become_their_values() {
        let variables = BTreeMap::from([
            ("A".to_owned(), "x$y".to_owned()),
            ("EMPTY".to_owned(), String::new()),
        ]);
        let expand = |text| expand(text, &variables);
        assert_eq!(
            expand("postgres://${A}@h/${A}"),
            Ok("postgres://x$y@h/x$y".to_owned())
        );
        assert_eq!(expand("a$b$$c${"), Ok("a$b$c${".to_owned()));
        assert_eq!(expand("${B}"), Err("B".to_owned()));
        assert_eq!(expand("${EMPTY}"), Err("EMPTY".to_owned()));
    }
}
