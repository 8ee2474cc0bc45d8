//! What the models declare, resolved.

use std::ops::Range;
use std::path::PathBuf;

use limbeck_sql::QualifiedName;

use super::{ModelError, Origin};

/// All that the models of a project declare.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// The tables, by schema and name.
    pub tables: Vec<DeclaredTable>,
    /// The enum types, by schema and name.
    pub enums: Vec<DeclaredEnum>,
    /// The composite types, domains and range types, by schema and name.
    pub types: Vec<DeclaredType>,
    /// The structs over views, by schema and name.
    pub views: Vec<DeclaredView>,
    /// The DDL, in an order that runs on an empty database: schemas, enum types, other types, tables, indexes, foreign
    /// keys, comments.
    pub statements: Vec<Declared>,
    /// What the models say was renamed.
    pub renames: Vec<DeclaredRename>,
    /// The source files that were read, relative to the project's root where they lie below it, sorted.
    pub files: Vec<PathBuf>,
    /// What is no mistake, and yet likely not meant.
    pub warnings: Vec<ModelError>,
}

/// A table that a model declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredTable {
    /// The table.
    pub name: QualifiedName,
    /// The struct, with its modules: `crate::database::users::User`.
    pub model: String,
    /// The struct's name in its file.
    pub origin: Origin,
    /// The columns, in order.
    pub columns: Vec<DeclaredColumn>,
    /// The columns of the primary key, in key order; none without one.
    pub primary_key: Vec<String>,
    /// The columns of each unique constraint, and of each unique index over plain columns and every row.
    pub unique: Vec<Vec<String>>,
    /// The foreign keys, in order.
    pub references: Vec<DeclaredReference>,
    /// The comment.
    pub comment: Option<String>,
    /// Which optional settings the model speaks of: `unlogged`, `options`, `tablespace`, `using`, `row_security`,
    /// `replica_identity`, `partition_by`. The others are to stay as they are.
    pub said: Vec<&'static str>,
    /// The indexes, those of constraints among them, of whose storage the model speaks.
    pub indexes: Vec<DeclaredIndex>,
}

/// An index of whose storage a model speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredIndex {
    /// Its name; where the model gives none, the one that PostgreSQL gives it unless another index has that already.
    pub name: String,
    /// Which settings the model speaks of: `with`, `tablespace`. The others are to stay as they are.
    pub said: Vec<&'static str>,
}

/// A column that a model declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredColumn {
    /// The column's name.
    pub name: String,
    /// The struct's field.
    pub field: String,
    /// The type, as it is written in DDL.
    pub data_type: String,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The comment.
    pub comment: Option<String>,
    /// Which optional settings the field speaks of: `storage`, `compression`, `statistics`. The others are to stay as
    /// they are.
    pub said: Vec<&'static str>,
    /// The field.
    pub origin: Origin,
}

/// A foreign key that a model declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredReference {
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The referenced table.
    pub table: QualifiedName,
    /// The referenced columns, in the order of `columns`.
    pub referenced_columns: Vec<String>,
}

/// An enum type that a model declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredEnum {
    /// The type.
    pub name: QualifiedName,
    /// The enum, with its modules.
    pub model: String,
    /// The enum's name in its file.
    pub origin: Origin,
    /// The labels, in order.
    pub labels: Vec<String>,
}

/// A composite type, a domain or a range type that a model declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredType {
    /// The type.
    pub name: QualifiedName,
    /// `composite type`, `domain` or `range type`.
    pub sort: &'static str,
    /// The struct, with its modules.
    pub model: String,
    /// The struct's name in its file.
    pub origin: Origin,
}

/// A struct over a view, which stands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredView {
    /// The view.
    pub name: QualifiedName,
    /// The struct, with its modules.
    pub model: String,
    /// The view's name in the attribute.
    pub origin: Origin,
    /// The columns that the struct reads, in the order of the fields.
    pub columns: Vec<DeclaredViewColumn>,
}

/// A column of a view that a field reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredViewColumn {
    /// The column's name.
    pub name: String,
    /// The struct's field.
    pub field: String,
    /// The type that the field means.
    pub data_type: String,
    /// Whether the field takes NULL.
    pub nullable: bool,
    /// The field.
    pub field_origin: Origin,
    /// What says the column's name.
    pub origin: Origin,
    /// What says the type.
    pub type_origin: Origin,
}

/// A statement of DDL and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The statement, without a semicolon.
    pub sql: String,
    /// The table or type that the statement makes or alters; `None` for a schema.
    pub object: Option<QualifiedName>,
    /// What the statement as a whole comes from.
    pub origin: Origin,
    /// What its parts come from, in order.
    pub parts: Vec<DeclaredPart>,
}

/// A part of a statement and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredPart {
    /// The bytes of the statement.
    pub range: Range<usize>,
    /// What they come from.
    pub origin: Origin,
}

impl Declared {
    /// The same, about a table or type.
    pub(super) fn of(self, object: &QualifiedName) -> Self {
        Self {
            object: Some(object.clone()),
            ..self
        }
    }

    /// What the byte at `offset` of the statement comes from: where an error that PostgreSQL reports there belongs.
    #[must_use]
    pub fn origin_at(&self, offset: usize) -> &Origin {
        self.parts
            .iter()
            .filter(|part| part.range.contains(&offset))
            .min_by_key(|part| part.range.len())
            .map_or(&self.origin, |part| &part.origin)
    }
}

/// Something that a model says had another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredRename {
    /// What it is.
    pub kind: RenameKind,
    /// The names that led to it, outermost first. Only the last differs from `to`: a column's old name stands under
    /// the present name of its table, and a label's under that of its type.
    pub from: Vec<String>,
    /// The names that lead to it.
    pub to: Vec<String>,
    /// The attribute's value.
    pub origin: Origin,
}

/// What was renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RenameKind {
    /// A table: schema, name.
    Table,
    /// A column: schema, table, name. Also an attribute of a composite type, that in the table's place.
    Column,
    /// An enum type, a composite type or a range type: schema, name.
    Type,
    /// A domain: schema, name.
    Domain,
    /// A label of an enum type: schema, type, label.
    EnumValue,
    /// A label that goes, and the one that rows with it take: schema, type, label.
    EnumValueRemoved,
}

impl RenameKind {
    /// The kind as PostgreSQL's commands name it, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Column => "column",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::EnumValue => "enum value",
            Self::EnumValueRemoved => "removed enum value",
        }
    }
}

impl std::fmt::Display for RenameKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
