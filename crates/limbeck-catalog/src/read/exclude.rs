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
    let ids = catalog.objects.keys();
    let mut gone: BTreeSet<ObjectId> = ids.filter(|id| predicate.excludes(id)).cloned().collect();
    if gone.is_empty() {
        return;
    }
    // What belongs to what belongs to it: the privileges on a column of a table.
    loop {
        let holders = Holders::of(&gone);
        let with_them: Vec<ObjectId> = catalog
            .objects
            .iter()
            .filter(|(id, object)| !gone.contains(*id) && holders.hold(id, &object.definition))
            .map(|(id, _)| id.clone())
            .collect();
        if with_them.is_empty() {
            break;
        }
        gone.extend(with_them);
    }
    let is_gone = |id: &ObjectId| gone.contains(id);
    catalog.objects.retain(|id, _| !is_gone(id));
    catalog.column_order.retain(|id, _| !is_gone(id));
    catalog.inherited.retain(|id| !is_gone(id));
    catalog.inherited_not_null.retain(|id| !is_gone(id));
    catalog.index_columns.retain(|id, _| !is_gone(id));
    catalog
        .dependencies
        .retain(|edge| !is_gone(&edge.dependent) && !is_gone(&edge.referenced));
    for object in catalog.objects.values_mut() {
        if let Definition::Publication(publication) = &mut object.definition {
            publication.tables.retain(|table, _| !is_gone(table));
        }
    }
    let names: BTreeSet<String> = gone.iter().map(ObjectId::sql_name).collect();
    catalog.unread.retain(|unread| !names.contains(&unread.name));
}

/// Objects with which others go.
struct Holders<'a> {
    all: &'a BTreeSet<ObjectId>,
    schemas: BTreeSet<&'a str>,
    servers: BTreeSet<&'a str>,
    /// Relations, types and domains: they share one namespace.
    relations: BTreeSet<QualifiedName>,
}

impl<'a> Holders<'a> {
    fn of(all: &'a BTreeSet<ObjectId>) -> Self {
        let names = |kind: Kind| all.iter().filter(move |id| id.kind == kind).map(ObjectId::name);
        let has_parts =
            |id: &&ObjectId| id.kind.is_relation() || matches!(id.kind, Kind::Type | Kind::Domain);
        Self {
            all,
            schemas: names(Kind::Schema).collect(),
            servers: names(Kind::Server).collect(),
            relations: all
                .iter()
                .filter(has_parts)
                .filter_map(ObjectId::qualified_name)
                .collect(),
        }
    }

    fn hold(&self, id: &ObjectId, definition: &Definition) -> bool {
        let is_in = |schema: &str| self.schemas.contains(schema);
        if id.schema().is_some_and(is_in)
            || id.kind.is_in_relation()
                && id
                    .qualified_name()
                    .is_some_and(|name| self.relations.contains(&name))
        {
            return true;
        }
        match definition {
            Definition::Index(index) => self.all.contains(&index.relation),
            Definition::Statistics(statistics) => self.all.contains(&statistics.relation),
            Definition::Sequence(sequence) => {
                let owner = sequence.owned_by.as_ref();
                owner.is_some_and(|owner| self.all.contains(owner))
            }
            Definition::UserMapping(_) => id
                .path
                .first()
                .is_some_and(|server| self.servers.contains(server.as_str())),
            Definition::Privileges(_) => {
                let object = id.object_of_privileges();
                object.is_some_and(|object| self.all.contains(&object))
            }
            Definition::DefaultPrivileges(_) => {
                let schema = id.default_privileges_scope().and_then(|scope| scope.schema);
                schema.is_some_and(|schema| is_in(&schema))
            }
            _ => false,
        }
    }
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
