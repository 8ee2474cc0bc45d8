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
    /// A type of one's own: an enum for now (`pg_type`).
    Type,
    /// A sequence that is not behind an identity column (`pg_class`, `pg_sequence`).
    Sequence,
    /// An ordinary table (`pg_class`).
    Table,
    /// A column of a table (`pg_attribute`).
    Column,
    /// A constraint of a table (`pg_constraint`).
    Constraint,
    /// An index that no constraint owns (`pg_index`).
    Index,
    /// A view (`pg_class`, `pg_rewrite`).
    View,
    /// A materialised view (`pg_class`, `pg_rewrite`).
    MaterializedView,
    /// A function (`pg_proc`).
    Function,
    /// A procedure (`pg_proc`).
    Procedure,
    /// A trigger of a table or view, constraint triggers among them, but not those that PostgreSQL makes for foreign
    /// keys (`pg_trigger`).
    Trigger,
}

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Self; 13] = [
        Self::Schema,
        Self::Extension,
        Self::Type,
        Self::Sequence,
        Self::Table,
        Self::Column,
        Self::Constraint,
        Self::Index,
        Self::View,
        Self::MaterializedView,
        Self::Function,
        Self::Procedure,
        Self::Trigger,
    ];

    /// The kind as PostgreSQL's own commands name it, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Type => "type",
            Self::Sequence => "sequence",
            Self::Table => "table",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Trigger => "trigger",
        }
    }

    /// How many names lead to an object of this kind: 1 for a schema, 2 within a schema, 3 within a relation.
    #[must_use]
    pub fn depth(self) -> usize {
        match self {
            Self::Schema | Self::Extension => 1,
            Self::Column | Self::Constraint | Self::Trigger => 3,
            _ => 2,
        }
    }

    /// Whether objects of this kind are told apart by their argument types too.
    #[must_use]
    pub fn has_signature(self) -> bool {
        matches!(self, Self::Function | Self::Procedure)
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
    /// The types of a routine's `IN`, `INOUT` and `VARIADIC` arguments as `format_type` prints them, separated by a
    /// comma and a blank: what `DROP FUNCTION` takes.
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

    /// The schema that it lies in; `None` for extensions, and a schema's own name for a schema.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        if self.kind == Kind::Extension {
            None
        } else {
            self.path.first().map(String::as_str)
        }
    }

    /// The qualified name of an object in a schema; of the relation for an object in a relation.
    #[must_use]
    pub fn qualified_name(&self) -> Option<QualifiedName> {
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
        let (path, rest) = parse_path(rest).ok_or_else(|| ParseObjectIdError::Name(rest.to_owned()))?;
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
fn parse_path(mut text: &str) -> Option<(Vec<String>, &str)> {
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
