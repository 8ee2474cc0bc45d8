//! Composite types (`pg_type`, `pg_class`) and their attributes (`pg_attribute`).

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

/// A composite type that is no table's row type. Its attributes are objects of their own, of the kind `column`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompositeType {
    /// The names of the attributes in their order, which `ROW(…)` and texts of values go by.
    pub attributes: Vec<String>,
}

/// An attribute of a composite type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// The type as `format_type` prints it.
    pub data_type: String,
    /// The collation, where it is not the type's own.
    pub collation: Option<QualifiedName>,
}
