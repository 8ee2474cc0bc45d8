//! Names as SQL.

use std::fmt;

/// The name of a table in its schema; displayed as SQL: `"public"."users"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableName {
    /// The schema, without quotes.
    pub schema: &'static str,
    /// The table's own name, without quotes.
    pub name: &'static str,
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Quoted(self.schema), Quoted(self.name))
    }
}

/// An identifier in double quotes. Always quoted: that is right for every name, and needs no list of keywords.
pub(crate) struct Quoted(pub(crate) &'static str);

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for (n, part) in self.0.split('"').enumerate() {
            if n > 0 {
                f.write_str("\"\"")?;
            }
            f.write_str(part)?;
        }
        f.write_str("\"")
    }
}
