//! The few signs that are drawn, for terminals that know Unicode and for those that do not.

/// Which signs can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glyphs {
    Unicode,
    Ascii,
}

impl Glyphs {
    /// By the locale, as the C library understands it: `LC_ALL`, else `LC_CTYPE`, else `LANG`.
    pub(crate) fn of_locale<'a>(variable: impl Fn(&str) -> Option<&'a str>) -> Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        if locale.contains("utf-8") || locale.contains("utf8") {
            Self::Unicode
        } else {
            Self::Ascii
        }
    }

    /// Something is as it should be.
    pub(crate) fn good(self) -> &'static str {
        match self {
            Self::Unicode => "✓",
            Self::Ascii => "ok",
        }
    }

    /// Something is not as it should be.
    pub(crate) fn bad(self) -> &'static str {
        match self {
            Self::Unicode => "✗",
            Self::Ascii => "no",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &'static str)]) -> Glyphs {
        Glyphs::of_locale(|name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| *value)
        })
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(of(&[("LANG", "en_GB.UTF-8")]), Glyphs::Unicode);
        assert_eq!(of(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")]), Glyphs::Ascii);
        assert_eq!(of(&[("LANG", "C"), ("LC_CTYPE", "C.utf8")]), Glyphs::Unicode);
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "C.UTF-8")]), Glyphs::Unicode);
        assert_eq!(of(&[]), Glyphs::Ascii);
    }
}
