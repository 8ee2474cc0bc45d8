//! What models say, and the DDL that it means.
//!
//! [`attributes`] holds the one parser of `#[table(…)]`, `#[column(…)]` and `#[pg_enum(…)]`. The derive runs it in
//! the compiler, so that a mistake shows in the editor; the feature `source` runs the same parser over the `.rs`
//! files of a crate, resolves types and references there, and renders DDL whose every part knows the place it came
//! from.
//!
//! A model is read, never run: nothing of the user's crate has to compile.

pub mod attributes;
#[cfg(feature = "source")]
pub mod source;

#[cfg(feature = "source")]
pub use source::{
    Declared, DeclaredColumn, DeclaredEnum, DeclaredPart, DeclaredReference, DeclaredRename, DeclaredTable,
    DeclaredType, DeclaredView, DeclaredViewColumn, Inputs, KnownInputs, ModelError, Models, Origin,
    RenameKind, SourceOptions, SqlFile, read, read_sql,
};
