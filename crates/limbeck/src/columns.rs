//! Sets of columns that several tables have.

use std::marker::PhantomData;

use crate::Table;

/// A struct whose fields are columns of the tables and views that flatten it: `#[column(flatten)] audit: Audit`. Derive
/// it.
///
/// `T` is the table or view, and `P` what the names of the columns begin with in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of columns",
    label = "cannot be flattened",
    note = "derive `limbeck::Columns` for it"
)]
pub trait Columns<T: Relation, P: Prefix = ()> {
    /// A struct with a [`Column`](crate::Column) for each field, under the field's name.
    type Columns;
    /// The columns by field.
    const COLUMNS: Self::Columns;
}

/// An `Option` of a set allows NULL in each column.
impl<T: Relation, P: Prefix, C: Columns<T, P>> Columns<T, P> for Option<C> {
    type Columns = C::Columns;
    const COLUMNS: Self::Columns = C::COLUMNS;
}

impl<T: Relation, P: Prefix, C: Columns<T, P>> Columns<T, P> for Box<C> {
    type Columns = C::Columns;
    const COLUMNS: Self::Columns = C::COLUMNS;
}

/// What columns are of: a table, or a view, whose derive implements it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table and no view",
    label = "not a model",
    note = "derive `limbeck::Table` or `limbeck::View` for it"
)]
pub trait Relation {
    const RELATION: &'static str;
}

impl<T: Table> Relation for T {
    const RELATION: &'static str = T::NAME;
}

/// The table that a set of columns is checked with where it is declared.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct NoTable;

impl Table for NoTable {
    type Columns = ();
    const NAME: &'static str = "";
    const SCHEMA: &'static str = "";
    const COLUMNS: () = ();
}

/// What the names of flattened columns begin with. The derives implement it.
#[doc(hidden)]
pub trait Prefix {
    const PREFIX: &'static str;
}

impl Prefix for () {
    const PREFIX: &'static str = "";
}

/// A prefix within a prefix.
#[doc(hidden)]
#[derive(Debug)]
pub struct Joined<A, B>(PhantomData<(A, B)>);

impl<A: Prefix, B: Prefix> Prefix for Joined<A, B> {
    const PREFIX: &'static str = const { &PrefixedName::new(A::PREFIX, B::PREFIX) }.as_str();
}

/// How long a name may be: the bytes that PostgreSQL keeps of one.
const NAME_BYTES: usize = 63;

/// The name of a column with its prefix, put together by the compiler.
#[doc(hidden)]
#[derive(Debug)]
pub struct PrefixedName {
    bytes: [u8; NAME_BYTES],
    length: usize,
}

impl PrefixedName {
    /// Put together. A name that is too long does not compile.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(prefix: &str, name: &str) -> Self {
        let empty = Self {
            bytes: [0; NAME_BYTES],
            length: 0,
        };
        empty.and(prefix).and(name)
    }

    const fn and(mut self, text: &str) -> Self {
        let mut rest = text.as_bytes();
        while let Some((first, others)) = rest.split_first() {
            let (_, free) = self.bytes.split_at_mut(self.length);
            let Some((next, _)) = free.split_first_mut() else {
                panic!("the name of a column with its prefix is longer than PostgreSQL's 63 bytes");
            };
            *next = *first;
            self.length += 1;
            rest = others;
        }
        self
    }

    /// As text.
    #[doc(hidden)]
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let (used, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(used) {
            Ok(name) => name,
            Err(_) => "",
        }
    }
}
