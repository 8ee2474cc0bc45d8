//! Small matters of wording.

use std::time::Duration;

/// `1 revision`, `2 revisions`.
pub(crate) fn count(number: usize, singular: &str) -> String {
    match (number, singular.strip_suffix('y')) {
        (1, _) => format!("1 {singular}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {singular}s"),
    }
}

/// `0.03 s`, `12.4 s`, `3 min 5 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 1.0 {
        format!("{seconds:.2} s")
    } else if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}

/// A word as it is typed in a shell: in double quotes where it needs quotes.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:=,+@%".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in word.chars() {
        if "\"\\$`".contains(character) {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals() {
        assert_eq!(count(0, "revision"), "0 revisions");
        assert_eq!(count(1, "revision"), "1 revision");
        assert_eq!(count(2, "history"), "2 histories");
    }

    #[test]
    fn durations() {
        assert_eq!(duration(Duration::from_millis(34)), "0.03 s");
        assert_eq!(duration(Duration::from_millis(12_449)), "12.4 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 5 s");
    }

    #[test]
    fn words_of_a_shell() {
        assert_eq!(shell_word("--autogenerate"), "--autogenerate");
        assert_eq!(shell_word("Initial schema"), "\"Initial schema\"");
        assert_eq!(shell_word("a$b"), "\"a\\$b\"");
        assert_eq!(shell_word(""), "\"\"");
    }
}
