//! The identity of an object: its kind and its qualified name.

use std::fmt;
use std::str::FromStr;

use limbeck_sql::{QualifiedName, quote_identifier};
use serde::{Deserialize, Serialize};

/// What sort of object an [`ObjectId`] names. The order of the variants is the order in which catalogues list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Kind {
    /// A schema (`pg_namespace`).
    Schema,
    /// An extension (`pg_extension`).
    Extension,
    /// A collation (`pg_collation`).
    Collation,
    /// An enum, a composite type or a range type (`pg_type`).
    Type,
    /// A domain (`pg_type`).
    Domain,
    /// A foreign-data wrapper (`pg_foreign_data_wrapper`).
    ForeignDataWrapper,
    /// A foreign server (`pg_foreign_server`).
    Server,
    /// A user mapping of a foreign server (`pg_user_mapping`): the server's name and the user's.
    UserMapping,
    /// A sequence that is not behind an identity column (`pg_class`, `pg_sequence`).
    Sequence,
    /// A table: ordinary, partitioned, or a partition (`pg_class`).
    Table,
    /// A foreign table (`pg_class`, `pg_foreign_table`).
    ForeignTable,
    /// A column of a table, or an attribute of a composite type (`pg_attribute`).
    Column,
    /// A constraint of a table or a domain (`pg_constraint`).
    Constraint,
    /// An index that no constraint owns (`pg_index`).
    Index,
    /// Extended statistics (`pg_statistic_ext`).
    Statistics,
    /// A view (`pg_class`, `pg_rewrite`).
    View,
    /// A materialised view (`pg_class`, `pg_rewrite`).
    MaterializedView,
    /// A function, a window function too (`pg_proc`).
    Function,
    /// A procedure (`pg_proc`).
    Procedure,
    /// An aggregate function (`pg_proc`, `pg_aggregate`).
    Aggregate,
    /// A cast (`pg_cast`): no name, and the two types as its signature.
    Cast,
    /// A text search dictionary (`pg_ts_dict`).
    TextSearchDictionary,
    /// A text search configuration (`pg_ts_config`).
    TextSearchConfiguration,
    /// A trigger of a table or view, constraint triggers among them, but not those that PostgreSQL makes for foreign
    /// keys (`pg_trigger`).
    Trigger,
    /// A rule of a table or view, but not the one that makes a view (`pg_rewrite`).
    Rule,
    /// A policy of a table (`pg_policy`).
    Policy,
    /// An event trigger (`pg_event_trigger`).
    EventTrigger,
    /// A publication (`pg_publication`).
    Publication,
    /// Privileges that later objects are born with (`pg_default_acl`): the grantee, and as its signature whose objects
    /// and which.
    DefaultPrivileges,
    /// What one grantee may do with an object, where that is not what every such object is born with (`relacl` and its
    /// like): the grantee, and the object as its signature.
    Privileges,
}

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Self; 30] = [
        Self::Schema,
        Self::Extension,
        Self::Collation,
        Self::Type,
        Self::Domain,
        Self::ForeignDataWrapper,
        Self::Server,
        Self::UserMapping,
        Self::Sequence,
        Self::Table,
        Self::ForeignTable,
        Self::Column,
        Self::Constraint,
        Self::Index,
        Self::Statistics,
        Self::View,
        Self::MaterializedView,
        Self::Function,
        Self::Procedure,
        Self::Aggregate,
        Self::Cast,
        Self::TextSearchDictionary,
        Self::TextSearchConfiguration,
        Self::Trigger,
        Self::Rule,
        Self::Policy,
        Self::EventTrigger,
        Self::Publication,
        Self::DefaultPrivileges,
        Self::Privileges,
    ];

    /// The kind as PostgreSQL's own commands name it, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Collation => "collation",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::ForeignDataWrapper => "foreign data wrapper",
            Self::Server => "server",
            Self::UserMapping => "user mapping",
            Self::Sequence => "sequence",
            Self::Table => "table",
            Self::ForeignTable => "foreign table",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::Statistics => "statistics",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Aggregate => "aggregate",
            Self::Cast => "cast",
            Self::TextSearchDictionary => "text search dictionary",
            Self::TextSearchConfiguration => "text search configuration",
            Self::Trigger => "trigger",
            Self::Rule => "rule",
            Self::Policy => "policy",
            Self::EventTrigger => "event trigger",
            Self::Publication => "publication",
            Self::DefaultPrivileges => "default privileges",
            Self::Privileges => "privileges",
        }
    }

    /// How many names lead to an object of this kind: none for a cast, 1 for a schema, 2 within a schema, 3 within a
    /// relation.
    #[must_use]
    pub fn depth(self) -> usize {
        match self {
            Self::Cast => 0,
            Self::Schema
            | Self::Extension
            | Self::ForeignDataWrapper
            | Self::Server
            | Self::EventTrigger
            | Self::Publication
            | Self::DefaultPrivileges
            | Self::Privileges => 1,
            Self::Column | Self::Constraint | Self::Trigger | Self::Rule | Self::Policy => 3,
            _ => 2,
        }
    }

    /// Whether objects of this kind are told apart by more than names: by argument types, or by what they are about.
    #[must_use]
    pub fn has_signature(self) -> bool {
        matches!(
            self,
            Self::Function
                | Self::Procedure
                | Self::Aggregate
                | Self::Cast
                | Self::DefaultPrivileges
                | Self::Privileges
        )
    }

    /// Whether objects of this kind lie in no schema.
    #[must_use]
    pub fn is_global(self) -> bool {
        matches!(
            self,
            Self::Extension
                | Self::ForeignDataWrapper
                | Self::Server
                | Self::UserMapping
                | Self::Cast
                | Self::EventTrigger
                | Self::Publication
                | Self::DefaultPrivileges
                | Self::Privileges
        )
    }

    /// Whether objects of this kind lie in a relation, which is all but the last of their names.
    #[must_use]
    pub fn is_in_relation(self) -> bool {
        self.depth() == 3
    }

    /// Whether objects of this kind are relations, and so share one namespace of their schema.
    #[must_use]
    pub fn is_relation(self) -> bool {
        matches!(
            self,
            Self::Sequence
                | Self::Table
                | Self::ForeignTable
                | Self::Index
                | Self::View
                | Self::MaterializedView
        )
    }

    /// Whether objects of this kind are relations with columns of their own.
    #[must_use]
    pub fn has_columns(self) -> bool {
        matches!(
            self,
            Self::Table | Self::ForeignTable | Self::View | Self::MaterializedView
        )
    }

    /// Whether objects of this kind are functions in the wide sense.
    #[must_use]
    pub fn is_routine(self) -> bool {
        matches!(self, Self::Function | Self::Procedure | Self::Aggregate)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An object's identity. Displayed and parsed as `kind name.name(signature)`, identifiers quoted where needed:
/// `table public.users`, `column public.users."Name"`, `function public.slug(text, integer)`. That text is
/// also how it is serialised, and what a revision's `declares` lines hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ObjectId {
    /// What sort of object it is.
    pub kind: Kind,
    /// The names that lead to it, unquoted, outermost first; [`Kind::depth`] of them.
    pub path: Vec<String>,
    /// What names do not tell: the types of a routine's `IN`, `INOUT` and `VARIADIC` arguments as `format_type` prints
    /// them, separated by a comma and a blank (what `DROP FUNCTION` takes); of a cast `source AS target`; of privileges
    /// the identity of the object that they are on.
    pub signature: Option<String>,
}

impl ObjectId {
    /// An object of the database itself: a schema or an extension.
    pub fn global(kind: Kind, name: impl Into<String>) -> Self {
        Self {
            kind,
            path: vec![name.into()],
            signature: None,
        }
    }

    /// An object that lies in a schema.
    pub fn in_schema(kind: Kind, schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            kind,
            path: vec![schema.into(), name.into()],
            signature: None,
        }
    }

    /// An object that lies in a relation: a column, a constraint, a trigger.
    pub fn in_relation(kind: Kind, relation: &QualifiedName, name: impl Into<String>) -> Self {
        Self {
            kind,
            path: vec![relation.schema.clone(), relation.name.clone(), name.into()],
            signature: None,
        }
    }

    /// A routine, told apart by its argument types.
    pub fn routine(
        kind: Kind,
        schema: impl Into<String>,
        name: impl Into<String>,
        signature: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            path: vec![schema.into(), name.into()],
            signature: Some(signature.into()),
        }
    }

    /// The object's own name: the last of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The schema that it lies in; a schema's own name for a schema, and `None` for what lies in no schema.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        if self.kind.is_global() {
            None
        } else {
            self.path.first().map(String::as_str)
        }
    }

    /// The identity that an object of the same kind and name has in another relation; `None` where that is none, or the
    /// object lies in none.
    #[must_use]
    pub fn in_other(&self, relation: &Self) -> Option<Self> {
        let relation = relation.qualified_name().filter(|_| self.kind.is_in_relation())?;
        Some(Self::in_relation(self.kind, &relation, self.name()))
    }

    /// The qualified name of an object in a schema; of the relation for an object in a relation.
    #[must_use]
    pub fn qualified_name(&self) -> Option<QualifiedName> {
        if self.kind.is_global() {
            return None;
        }
        match self.path.as_slice() {
            [schema, name] | [schema, name, _] => Some(QualifiedName::new(schema, name)),
            _ => None,
        }
    }

    /// The identity without its kind, as SQL: `public.users`, `public.users.name`, `public.slug(text)`.
    #[must_use]
    pub fn sql_name(&self) -> String {
        let mut name = self
            .path
            .iter()
            .map(|part| quote_identifier(part))
            .collect::<Vec<_>>()
            .join(".");
        if let Some(signature) = &self.signature {
            name.push('(');
            name.push_str(signature);
            name.push(')');
        }
        name
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.sql_name())
    }
}

impl From<ObjectId> for String {
    fn from(id: ObjectId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for ObjectId {
    type Error = ParseObjectIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Why a text is no object identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseObjectIdError {
    /// It does not begin with a kind that is known here.
    #[error("`{0}` does not begin with a kind of object (`table`, `index`, `type`, …)")]
    Kind(String),
    /// A name is missing, or a quote is not closed.
    #[error("`{0}` is not a name: parts are separated by dots, and quoted where they are not plain")]
    Name(String),
    /// The number of names does not fit the kind.
    #[error("{kind} takes {expected} name(s) separated by dots, not {found}")]
    Depth {
        /// The kind that was named.
        kind: Kind,
        /// How many names it takes.
        expected: usize,
        /// How many were given.
        found: usize,
    },
}

impl FromStr for ObjectId {
    type Err = ParseObjectIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (kind, rest) = Kind::ALL
            .iter()
            .filter_map(|kind| {
                let rest = text.strip_prefix(kind.as_str())?.strip_prefix(' ')?;
                Some((*kind, rest.trim_start()))
            })
            .max_by_key(|(kind, _)| kind.as_str().len())
            .ok_or_else(|| ParseObjectIdError::Kind(text.to_owned()))?;
        let (path, rest) = if kind.depth() == 0 {
            (Vec::new(), rest)
        } else {
            parse_path(rest).ok_or_else(|| ParseObjectIdError::Name(rest.to_owned()))?
        };
        let signature = match rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(signature) if kind.has_signature() => Some(signature.to_owned()),
            None if rest.is_empty() && !kind.has_signature() => None,
            _ => return Err(ParseObjectIdError::Name(text.to_owned())),
        };
        if path.len() != kind.depth() {
            return Err(ParseObjectIdError::Depth {
                kind,
                expected: kind.depth(),
                found: path.len(),
            });
        }
        Ok(Self {
            kind,
            path,
            signature,
        })
    }
}

/// Splits `a."b.c".d(rest` into its names and the rest.
pub(crate) fn parse_path(mut text: &str) -> Option<(Vec<String>, &str)> {
    let mut path = Vec::new();
    loop {
        let (part, rest) = match text.strip_prefix('"') {
            Some(quoted) => parse_quoted(quoted)?,
            None => {
                let end = text.find(['.', '(', '"']).unwrap_or(text.len());
                let (part, rest) = text.split_at(end);
                if part.is_empty() || part.contains(char::is_whitespace) {
                    return None;
                }
                (part.to_lowercase(), rest)
            }
        };
        path.push(part);
        match rest.strip_prefix('.') {
            Some(next) => text = next,
            None if rest.is_empty() || rest.starts_with('(') => return Some((path, rest)),
            None => return None,
        }
    }
}

/// Reads a quoted identifier whose opening quote is consumed.
fn parse_quoted(text: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        part.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                part.push('"');
                rest = more;
            }
            None if part.is_empty() => return None,
            None => return Some((part, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_reads_back() {
        for text in [
            "schema app",
            "extension \"uuid-ossp\"",
            "table public.users",
            "column public.\"Or.der\".\"a\"\"b\"",
            "materialized view public.daily",
            "function public.slug(text, integer)",
            "function public.now()",
            "trigger public.users.touch",
            "cast (public.weight AS integer)",
            "user mapping files.\"Reader\"",
            "privileges reader(function public.slug(text))",
            "foreign table public.t",
            "text search dictionary public.d",
        ] {
            let id: ObjectId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_identity_is_refused() {
        for text in [
            "",
            "table",
            "table users",
            "users",
            "table public.users.name",
            "table public.",
            "table a.\"b",
            "function a.b",
            "table a.b()",
        ] {
            assert!(text.parse::<ObjectId>().is_err(), "{text}");
        }
    }
}
