//! Targets and ranges of revisions as arguments. What they mean is known to the history; here they are only
//! told from mistyped options, since `-1` is a target.

/// Takes a target or range.
pub(crate) fn parse(value: &str) -> Result<String, String> {
    let mut characters = value.chars();
    if characters.next() == Some('-') && !characters.next().is_some_and(|second| second.is_ascii_digit()) {
        return Err("there is no such option, and no revision is named so".to_owned());
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_targets_are_taken() {
        for target in ["-1", "+2", "head", "base:head", "-2:head", "8f3c+1"] {
            assert_eq!(parse(target).as_deref(), Ok(target));
        }
    }

    #[test]
    fn options_are_not() {
        for target in ["-", "-x", "--force"] {
            assert!(parse(target).is_err(), "{target}");
        }
    }
}
