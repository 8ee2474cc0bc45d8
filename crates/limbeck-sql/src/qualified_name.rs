//! The name of an object together with the schema that it lies in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::quote_identifier;

/// A schema-qualified name; displayed with each part quoted where needed, as in `public."Order"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QualifiedName {
    /// The schema, as stored in the catalogue (unquoted).
    pub schema: String,
    /// The object's own name, as stored in the catalogue (unquoted).
    pub name: String,
}

impl QualifiedName {
    /// A name from its two parts, as stored in the catalogue.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
        }
    }
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}",
            quote_identifier(&self.schema),
            quote_identifier(&self.name)
        )
    }
}
