//! Spans of time as people write them: `500ms`, `5s`, `2min`; a number alone is seconds.

use std::time::Duration;

/// Understands a span of time: `500ms`, `5s`, `2min`; a number alone is seconds.
///
/// # Errors
/// What is wrong, to be told after the text.
pub fn parse_duration(value: &str) -> Result<Duration, String> {
    let digits = value
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let Ok(number) = number.parse::<u64>() else {
        return Err("it begins with a whole number: `500ms`, `5s`, `2min`".to_owned());
    };
    match unit.trim() {
        "ms" => Ok(Duration::from_millis(number)),
        "" | "s" => Ok(Duration::from_secs(number)),
        "m" | "min" => number
            .checked_mul(60)
            .map(Duration::from_secs)
            .ok_or_else(|| "that is too long".to_owned()),
        _ => Err("the unit is `ms`, `s` or `min`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse_duration("7"), Ok(Duration::from_secs(7)));
        assert_eq!(parse_duration("2min"), Ok(Duration::from_secs(120)));
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for value in ["", "s", "-5s", "5 hours", "1.5s", "18446744073709551615min"] {
            assert!(parse_duration(value).is_err(), "{value}");
        }
    }
}
