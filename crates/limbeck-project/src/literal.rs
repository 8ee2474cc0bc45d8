//! From a byte of a string to the byte of the literal that says it.

/// Where in a string literal of Rust (`"…"`, `r#"…"#`) the byte of its value stands that `offset` counts to, if that is
/// what the literal says.
pub(crate) fn place_in_literal(literal: &str, value: &str, offset: usize) -> Option<usize> {
    let hashes = literal.strip_prefix('r').map(|rest| {
        let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
        "#".repeat(hashes)
    });
    if let Some(hashes) = hashes {
        let start = 2 + hashes.len();
        let body = literal.get(start..)?.strip_suffix(&format!("\"{hashes}"))?;
        return (body == value).then_some(start + offset);
    }
    let body = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut said = String::with_capacity(value.len());
    let mut found = None;
    let mut rest = body;
    while !rest.is_empty() {
        if found.is_none() && said.len() >= offset {
            found = Some(1 + body.len() - rest.len());
        }
        let (character, length) = next(rest)?;
        said.extend(character);
        rest = rest.get(length..)?;
    }
    (said == value).then(|| found.unwrap_or(1 + body.len()))
}

/// The first character that a text within quotes says, if any, and how many bytes say it.
fn next(text: &str) -> Option<(Option<char>, usize)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first != '\\' {
        return Some((Some(first), first.len_utf8()));
    }
    let plain = |character| Some((Some(character), 2));
    match characters.next()? {
        'n' => plain('\n'),
        'r' => plain('\r'),
        't' => plain('\t'),
        '0' => plain('\0'),
        'x' => {
            let code = u8::from_str_radix(text.get(2..4)?, 16).ok()?;
            Some((Some(char::from(code)), 4))
        }
        'u' => {
            let digits = text.get(2..)?.strip_prefix('{')?.split('}').next()?;
            let code = u32::from_str_radix(&digits.replace('_', ""), 16).ok()?;
            Some((Some(char::from_u32(code)?), 4 + digits.len()))
        }
        // The line goes on behind the blanks of the next one.
        '\n' => {
            let rest = text.get(1..)?;
            Some((None, 1 + rest.len() - rest.trim_start().len()))
        }
        other => Some((Some(other), 1 + other.len_utf8())),
    }
}

#[cfg(test)]
mod tests {
    use super::place_in_literal;

    #[test]
    fn a_byte_of_the_value_is_found_in_the_literal() {
        for (literal, value, at) in [
            (r#""a + bad""#, "a + bad", "bad"),
            (r##"r#"a "x" + bad"#"##, "a \"x\" + bad", "bad"),
            (r#""\"Größe\" \u{e9}\x41\t+ bad""#, "\"Größe\" éA\t+ bad", "bad"),
            ("\"a \\\n    + bad\"", "a + bad", "bad"),
        ] {
            let place = place_in_literal(literal, value, value.find(at).unwrap()).unwrap();
            assert!(
                literal[place..].starts_with(at),
                "{literal}: {}",
                &literal[place..]
            );
        }
        assert_eq!(place_in_literal("\"ab\"", "ab", 2), Some(3));
        for (literal, value) in [
            ("\"a\"", "b"),
            ("a", "a"),
            ("\"a", "a"),
            ("\"\\", "\\"),
            ("r", ""),
        ] {
            assert_eq!(place_in_literal(literal, value, 0), None, "{literal}");
        }
    }
}
