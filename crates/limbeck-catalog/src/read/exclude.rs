//! Patterns of what a reading leaves out.

use std::fmt;
use std::str::FromStr;

/// A pattern of objects that are never looked at.
///
/// `schema.name` stands for relations, types, sequences and routines of that name, with what belongs to them;
/// `schema` alone for a schema with everything in it, and for what lies in no schema (an extension, a publication, …)
/// under that name. `*` stands for any run of
/// characters within one name. Names are taken as they are stored: not folded to lower case. One that holds a dot or
/// an asterisk is put into double quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludePattern {
    text: String,
    schema: NamePattern,
    name: Option<NamePattern>,
}

/// A pattern for one name: the literal runs around its asterisks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NamePattern {
    literals: Vec<String>,
}

/// Why a text is no [`ExcludePattern`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no pattern: write `schema.name` or `schema`, with `*` for any characters")]
pub struct ParseExcludePatternError {
    /// The text.
    pub pattern: String,
}

impl ExcludePattern {
    /// Whether the pattern stands for a schema with all that lies in it.
    #[must_use]
    pub fn matches_schema(&self, schema: &str) -> bool {
        self.name.is_none() && self.schema.matches(schema)
    }

    /// Whether the pattern stands for an object in a schema.
    #[must_use]
    pub fn matches(&self, schema: &str, name: &str) -> bool {
        self.schema.matches(schema) && self.name.as_ref().is_none_or(|pattern| pattern.matches(name))
    }
}

impl NamePattern {
    fn matches(&self, name: &str) -> bool {
        let [first, rest @ ..] = self.literals.as_slice() else {
            return false;
        };
        let Some(mut text) = name.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return text.is_empty();
        };
        for literal in middle {
            match text.find(literal.as_str()) {
                Some(at) => text = text.get(at + literal.len()..).unwrap_or(""),
                None => return false,
            }
        }
        text.ends_with(last.as_str())
    }
}

impl FromStr for ExcludePattern {
    type Err = ParseExcludePatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseExcludePatternError {
            pattern: text.to_owned(),
        };
        let (schema, rest) = parse_name(text.trim()).ok_or_else(error)?;
        let name = match rest.strip_prefix('.') {
            None if rest.is_empty() => None,
            None => return Err(error()),
            Some(rest) => match parse_name(rest).ok_or_else(error)? {
                (name, "") => Some(name),
                _ => return Err(error()),
            },
        };
        Ok(Self {
            text: text.trim().to_owned(),
            schema,
            name,
        })
    }
}

/// Reads one name off the front of a pattern.
fn parse_name(text: &str) -> Option<(NamePattern, &str)> {
    if let Some(mut rest) = text.strip_prefix('"') {
        let mut name = String::new();
        loop {
            let (before, after) = rest.split_once('"')?;
            name.push_str(before);
            match after.strip_prefix('"') {
                Some(more) => {
                    name.push('"');
                    rest = more;
                }
                None if name.is_empty() => return None,
                None => return Some((NamePattern { literals: vec![name] }, after)),
            }
        }
    }
    let (name, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    if name.is_empty() || name.contains(['"', ' ']) {
        return None;
    }
    let literals = name.split('*').map(str::to_owned).collect();
    Some((NamePattern { literals }, rest))
}

impl fmt::Display for ExcludePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, schema: &str, name: &str) -> bool {
        pattern.parse::<ExcludePattern>().unwrap().matches(schema, name)
    }

    #[test]
    fn an_asterisk_stands_for_any_run_of_characters() {
        assert!(matches("public.spatial_ref_sys", "public", "spatial_ref_sys"));
        assert!(!matches("public.spatial_ref_sys", "public", "spatial_ref_sys2"));
        assert!(matches("public.*", "public", "users"));
        assert!(matches("*.audit_*_log", "app", "audit_2026_log"));
        assert!(!matches("*.audit_*_log", "app", "audit_log"));
        assert!(matches("public.a*a", "public", "aa"));
        assert!(!matches("public.a*a", "public", "a"));
        assert!(matches("public.*a*b*", "public", "xxaxxbxx"));
        assert!(!matches("public.*b*a*", "public", "xxaxxbxx"));
    }

    #[test]
    fn a_name_alone_is_a_schema_with_all_in_it() {
        assert!(matches("audit", "audit", "anything"));
        assert!(!matches("audit", "public", "audit"));
        let pattern: ExcludePattern = "tenant_*".parse().unwrap();
        assert!(pattern.matches_schema("tenant_7"));
        assert!(
            !"tenant_*.x"
                .parse::<ExcludePattern>()
                .unwrap()
                .matches_schema("tenant_7")
        );
    }

    #[test]
    fn quoted_names_are_taken_literally() {
        assert!(matches("\"a.b\".\"c*\"\"d\"", "a.b", "c*\"d"));
        assert!(!matches("public.\"c*\"", "public", "cc"));
        assert!(matches("public.Users", "public", "Users"));
        assert!(!matches("public.Users", "public", "users"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", ".", "a.", ".b", "a.b.c", "\"a", "\"\".b", "a b", "\"a\"b"] {
            assert!(text.parse::<ExcludePattern>().is_err(), "{text}");
        }
    }
}
