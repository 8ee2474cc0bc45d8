//! What Limbeck knows of PostgreSQL's SQL as text: identifiers and their quoting, literals, the rule by which
//! PostgreSQL names what a user left unnamed, and where one statement ends and the next begins.
//!
//! Nothing here knows what a statement *means*. Meaning is asked of a real PostgreSQL.

mod identifier;
mod qualified_name;

pub use identifier::quote_identifier;
pub use qualified_name::QualifiedName;
