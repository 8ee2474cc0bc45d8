//! Patterns of what a reading leaves out, or keeps alone.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use limbeck_sql::QualifiedName;

use super::ReadOptions;
use crate::{Catalog, Definition, Kind, Object, ObjectId};

/// A pattern of objects.
///
/// `schema.name` stands for relations, types, sequences and routines of that name, with what belongs to them;
/// `schema` alone for a schema with everything in it, and for what lies in no schema (an extension, a publication, …)
/// under that name. With a kind before it, it stands for objects of that kind alone, by all the names that lead to them:
/// `table public.spatial_*`, `index *.tmp_*`, `trigger public.users.*`. `*` stands for any run of
/// characters within one name. Names are taken as they are stored: not folded to lower case. One that holds a dot or
/// an asterisk is put into double quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectPattern {
    text: String,
    kind: Option<Kind>,
    /// Outermost first. Without a kind there are one or two.
    names: Vec<NamePattern>,
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
/// assert!(by_month.excludes(&events, None));
/// ```
#[derive(Clone)]
pub struct ExcludePredicate(Arc<Predicate>);

type Predicate = dyn Fn(&ObjectId, Option<&Object>) -> bool + Send + Sync;

impl ExcludePredicate {
    /// Leaves out what the function says yes to.
    pub fn new(predicate: impl Fn(&ObjectId) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |id, _| predicate(id)))
    }

    /// Leaves out what the function says yes to, which sees definitions too.
    pub fn of_objects(predicate: impl Fn(&ObjectId, &Object) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |id, object| {
            object.is_some_and(|object| predicate(id, object))
        }))
    }

    /// Whether an object is left out, as far as can be told of what is known of it.
    #[must_use]
    pub fn excludes(&self, id: &ObjectId, object: Option<&Object>) -> bool {
        (self.0)(id, object)
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

/// Takes out of a catalogue what is not to be looked at, with what belongs to it, where that could not be told before it
/// was read.
pub(super) fn leave_out(catalog: &mut Catalog, options: &ReadOptions) {
    let by_kind: Vec<&ObjectPattern> = options
        .exclude
        .iter()
        .filter(|pattern| pattern.kind.is_some())
        .collect();
    let is_excluded = |id: &ObjectId, object: &Object| {
        let predicate = options.exclude_if.as_ref();
        by_kind.iter().any(|pattern| pattern.matches_object(id))
            || predicate.is_some_and(|predicate| predicate.excludes(id, Some(object)))
    };
    let excluded = catalog
        .objects
        .iter()
        .filter(|(id, object)| is_excluded(id, object));
    let mut gone: BTreeSet<ObjectId> = excluded.map(|(id, _)| id.clone()).collect();
    if !options.include.is_empty() {
        gone.extend(not_included(catalog, &options.include));
    }
    if gone.is_empty() {
        return;
    }
    add_belongings(catalog, &mut gone);
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

/// What lies in a schema, and neither matches a pattern nor belongs to what does.
fn not_included(catalog: &Catalog, include: &[ObjectPattern]) -> Vec<ObjectId> {
    let lies_in_schema = |id: &ObjectId| !id.kind.is_global() && id.kind != Kind::Schema;
    let is_included = |id: &ObjectId| include.iter().any(|pattern| pattern.matches_object(id));
    let ids = catalog.objects.keys().filter(|id| lies_in_schema(id));
    let mut kept: BTreeSet<ObjectId> = ids.clone().filter(|id| is_included(id)).cloned().collect();
    add_belongings(catalog, &mut kept);
    ids.filter(|id| !kept.contains(id)).cloned().collect()
}

/// Adds what belongs to objects, and what belongs to that: the privileges on a column of a table.
fn add_belongings(catalog: &Catalog, objects: &mut BTreeSet<ObjectId>) {
    loop {
        let holders = Holders::of(objects);
        let with_them: Vec<ObjectId> = catalog
            .objects
            .iter()
            .filter(|(id, object)| !objects.contains(*id) && holders.hold(id, &object.definition))
            .map(|(id, _)| id.clone())
            .collect();
        if with_them.is_empty() {
            return;
        }
        objects.extend(with_them);
    }
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

/// Why a text is no [`ObjectPattern`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no pattern: write {expected}, with `*` for any characters")]
pub struct ParseObjectPatternError {
    /// The text.
    pub pattern: String,
    /// What it should have been.
    expected: String,
}

impl ObjectPattern {
    /// Whether the pattern stands for a schema with all that lies in it.
    #[must_use]
    pub fn matches_schema(&self, schema: &str) -> bool {
        match (self.kind, self.names.as_slice()) {
            (None, [pattern]) => pattern.matches(schema),
            _ => false,
        }
    }

    /// Whether the pattern, one without a kind, stands for an object in a schema.
    #[must_use]
    pub fn matches(&self, schema: &str, name: &str) -> bool {
        match (self.kind, self.names.as_slice()) {
            (None, [of_schema]) => of_schema.matches(schema),
            (None, [of_schema, of_name]) => of_schema.matches(schema) && of_name.matches(name),
            _ => false,
        }
    }

    /// Whether the pattern stands for an object.
    #[must_use]
    pub fn matches_object(&self, id: &ObjectId) -> bool {
        match (self.kind, id.path.as_slice()) {
            (Some(kind), path) => {
                kind == id.kind
                    && path.len() == self.names.len()
                    && self
                        .names
                        .iter()
                        .zip(path)
                        .all(|(pattern, name)| pattern.matches(name))
            }
            (None, [schema, name, ..]) if !id.kind.is_global() => self.matches(schema, name),
            (None, [name]) => self.matches_schema(name),
            (None, _) => false,
        }
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

impl FromStr for ObjectPattern {
    type Err = ParseObjectPatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (kind, names_text) = split_kind(text);
        let error = || ParseObjectPatternError {
            pattern: text.to_owned(),
            expected: match kind {
                None => "`schema.name`, `schema` or a kind before it, as `table schema.name`".to_owned(),
                Some(kind) => match kind.depth() {
                    1 => format!("`{kind} name`"),
                    3 => format!("`{kind} schema.relation.name`"),
                    _ => format!("`{kind} schema.name`"),
                },
            },
        };
        let mut names = Vec::new();
        let mut rest = names_text;
        loop {
            let (name, after) = parse_name(rest).ok_or_else(error)?;
            names.push(name);
            match after.strip_prefix('.') {
                Some(more) => rest = more,
                None if after.is_empty() => break,
                None => return Err(error()),
            }
        }
        let fits = match kind {
            None => names.len() <= 2,
            Some(kind) => names.len() == kind.depth(),
        };
        if !fits {
            return Err(error());
        }
        Ok(Self {
            text: text.to_owned(),
            kind,
            names,
        })
    }
}

/// The kind that a pattern begins with, and what follows it.
fn split_kind(text: &str) -> (Option<Kind>, &str) {
    let found = Kind::ALL.into_iter().find_map(|kind| {
        let rest = text.strip_prefix(kind.as_str())?.strip_prefix(' ')?;
        Some((kind, rest.trim_start()))
    });
    found.map_or((None, text), |(kind, rest)| (Some(kind), rest))
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

impl fmt::Display for ObjectPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, schema: &str, name: &str) -> bool {
        pattern.parse::<ObjectPattern>().unwrap().matches(schema, name)
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
        let pattern: ObjectPattern = "tenant_*".parse().unwrap();
        assert!(pattern.matches_schema("tenant_7"));
        assert!(
            !"tenant_*.x"
                .parse::<ObjectPattern>()
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
    fn a_kind_before_it_narrows_it() {
        let stands_for = |pattern: &str, id: &str| {
            let pattern: ObjectPattern = pattern.parse().unwrap();
            pattern.matches_object(&id.parse().unwrap())
        };
        assert!(stands_for(
            "table public.spatial_*",
            "table public.spatial_ref_sys"
        ));
        assert!(!stands_for("table public.spatial_*", "view public.spatial_view"));
        assert!(stands_for("index *.tmp_*", "index app.tmp_1"));
        assert!(stands_for("trigger public.*.audit", "trigger public.users.audit"));
        assert!(!stands_for(
            "trigger public.*.audit",
            "trigger public.users.other"
        ));
        assert!(stands_for(
            "materialized view public.*",
            "materialized view public.m"
        ));
        assert!(stands_for(
            "function public.f*",
            "function public.fold(text, integer)"
        ));
        assert!(stands_for("extension pg_*", "extension pg_trgm"));
        // Without a kind, what belongs to a table goes by the table.
        assert!(stands_for("public.users", "column public.users.name"));
        assert!(stands_for("app", "index app.i"));
        assert!(!stands_for("pg_trgm", "table public.pg_trgm"));
        assert!(!matches("table public.users", "public", "users"));
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        let told = [
            "a.b.c",
            "table users",
            "trigger public.t",
            "extension a.b",
            "tabel a.b",
        ]
        .map(|text| text.parse::<ObjectPattern>().unwrap_err().to_string());
        insta::assert_snapshot!(told.join("\n"), @"
        `a.b.c` is no pattern: write `schema.name`, `schema` or a kind before it, as `table schema.name`, with `*` for any characters
        `table users` is no pattern: write `table schema.name`, with `*` for any characters
        `trigger public.t` is no pattern: write `trigger schema.relation.name`, with `*` for any characters
        `extension a.b` is no pattern: write `extension name`, with `*` for any characters
        `tabel a.b` is no pattern: write `schema.name`, `schema` or a kind before it, as `table schema.name`, with `*` for any characters
        ");
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "", ".", "a.", ".b", "a.b.c", "\"a", "\"\".b", "a b", "\"a\"b", "table a",
        ] {
            assert!(text.parse::<ObjectPattern>().is_err(), "{text}");
        }
    }
}
