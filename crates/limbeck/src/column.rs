//! Typed names of columns.

use std::fmt;
use std::marker::PhantomData;

use crate::name::Quoted;

/// The column of table or view `T` that holds values of type `V`. Displayed as an identifier of SQL: `"created_at"`.
pub struct Column<T, V> {
    table: &'static str,
    name: &'static str,
    of: PhantomData<fn() -> (T, V)>,
}

/// The column of that name. The derive calls this, a function of no type, since the compiler finds such sooner; a name
/// that is no column of `T` is not noticed here.
#[doc(hidden)]
#[must_use]
pub const fn column<T, V>(table: &'static str, name: &'static str) -> Column<T, V> {
    Column {
        table,
        name,
        of: PhantomData,
    }
}

impl<T, V> Column<T, V> {
    /// The name as the catalogue holds it, without quotes.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The name of the table or view that the column belongs to, without quotes and schema.
    #[must_use]
    pub const fn table(&self) -> &'static str {
        self.table
    }

    /// The column qualified by its table, as SQL: `"users"."created_at"`.
    #[must_use]
    pub const fn qualified(&self) -> QualifiedColumn {
        QualifiedColumn {
            table: self.table,
            column: self.name,
        }
    }
}

impl<T, V> Clone for Column<T, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, V> Copy for Column<T, V> {}

impl<T, V> PartialEq for Column<T, V> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl<T, V> Eq for Column<T, V> {}

impl<T, V> fmt::Debug for Column<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.name).finish()
    }
}

impl<T, V> fmt::Display for Column<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Quoted(self.name).fmt(f)
    }
}

/// A column and its table; displayed as SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualifiedColumn {
    table: &'static str,
    column: &'static str,
}

impl fmt::Display for QualifiedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Quoted(self.table), Quoted(self.column))
    }
}
