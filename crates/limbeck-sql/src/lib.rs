//! What Limbeck knows of PostgreSQL's SQL as text: identifiers and their quoting, literals, the rule by which
//! PostgreSQL names what a user left unnamed, and where one statement ends and the next begins.
//!
//! Nothing here knows what a statement *means*. Meaning is asked of a real PostgreSQL.

pub mod default_name;
mod extension;
mod identifier;
mod keywords;
mod lexer;
mod literal;
mod position;
mod qualified_name;
mod redact;
mod statements;

pub use extension::pinned_extension;
pub use identifier::{MAXIMUM_IDENTIFIER_LENGTH, quote_identifier, truncate_identifier};
pub use keywords::{is_reserved, must_be_quoted};
pub use lexer::{Token, TokenKind, Tokens, tokens};
pub use literal::quote_literal;
pub use position::{char_offset_to_byte, line_column};
pub use qualified_name::QualifiedName;
pub use redact::without_literals;
pub use statements::{Statement, StatementKind, first_words, statements};
