//! Patterns of what a reading leaves out.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use limbeck_sql::QualifiedName;

use crate::{Catalog, Definition, Kind, ObjectId};

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

/// Code that decides what a reading leaves out, where patterns do not say enough.
///
/// It is asked of every object that was read, and of no other: columns, constraints, indexes and the like as well. With
/// a relation goes all that lies in it or on it, with a schema all that lies in that, with a table the sequences of its
/// columns.
///
/// ```
/// use limbeck_catalog::{ExcludePredicate, Kind};
///
/// // Partitions that an application makes by itself, one for each month.
/// let by_month = ExcludePredicate::new(|id| id.kind == Kind::Table && id.name().starts_with("events_2"));
/// let events: limbeck_catalog::ObjectId = "table public.events_2026_11".parse().unwrap();
/// assert!(by_month.excludes(&events));
/// ```
#[derive(Clone)]
pub struct ExcludePredicate(Arc<dyn Fn(&ObjectId) -> bool + Send + Sync>);

impl ExcludePredicate {
    /// Leaves out what the function says yes to.
    pub fn new(predicate: impl Fn(&ObjectId) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(predicate))
    }

    /// Whether an object is left out.
    #[must_use]
    pub fn excludes(&self, id: &ObjectId) -> bool {
        (self.0)(id)
    }
}

impl fmt::Debug for ExcludePredicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExcludePredicate")
    }
}

/// Two are equal when they are the same function, and not only functions alike.
impl PartialEq for ExcludePredicate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ExcludePredicate {}

/// Takes what a predicate says yes to out of a catalogue, with what belongs to it.
pub(super) fn leave_out(catalog: &mut Catalog, predicate: &ExcludePredicate) {
    let mut gone: BTreeSet<ObjectId> = catalog
        .objects
        .keys()
        .filter(|id| predicate.excludes(id))
        .cloned()
        .collect();
    if gone.is_empty() {
        return;
    }
    let schemas: BTreeSet<&str> = gone
        .iter()
        .filter(|id| id.kind == Kind::Schema)
        .map(ObjectId::name)
        .collect();
    let relations: BTreeSet<QualifiedName> = gone
        .iter()
        .filter(|id| id.kind.is_relation())
        .filter_map(ObjectId::qualified_name)
        .collect();
    let is_gone = |id: &ObjectId| {
        id.schema().is_some_and(|schema| schemas.contains(schema))
            || id.kind.is_in_relation() && id.qualified_name().is_some_and(|name| relations.contains(&name))
            || gone.contains(id)
    };
    let with_them: Vec<ObjectId> = catalog
        .objects
        .iter()
        .filter(|(id, object)| {
            is_gone(id)
                || match &object.definition {
                    Definition::Index(index) => is_gone(&index.relation),
                    Definition::Sequence(sequence) => sequence.owned_by.as_ref().is_some_and(is_gone),
                    _ => false,
                }
        })
        .map(|(id, _)| id.clone())
        .collect();
    gone.extend(with_them);
    catalog.objects.retain(|id, _| !gone.contains(id));
    catalog.column_order.retain(|id, _| !gone.contains(id));
    catalog.index_columns.retain(|id, _| !gone.contains(id));
    catalog
        .dependencies
        .retain(|edge| !gone.contains(&edge.dependent) && !gone.contains(&edge.referenced));
    let names: BTreeSet<String> = gone.iter().map(ObjectId::sql_name).collect();
    catalog.unread.retain(|unread| !names.contains(&unread.name));
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
