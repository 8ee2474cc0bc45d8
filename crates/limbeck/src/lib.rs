//! Schema migrations for Rust and PostgreSQL: what a crate of models needs.
//!
//! A model is a plain struct. `#[derive(Table)]` says which table it is; the program `limbeck` reads the source,
//! compares it with the history of revisions, and writes the next revision. Nothing of this happens at run time: this
//! crate adds two small traits to your program and nothing else, and works beside `serde`, `sqlx`, `tokio-postgres`,
//! `diesel` or whatever else you use.
//!
//! ```
//! use limbeck::{PgEnum, Table};
//! # mod uuid { #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)] pub struct Uuid; }
//! # use uuid::Uuid;
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Eq, PgEnum)]
//! #[pg_enum(name = "meal_slot", rename_all = "snake_case")]
//! pub enum MealSlot {
//!     Breakfast,
//!     Lunch,
//!     Dinner,
//!     #[pg_enum(rename = "late_snack")]
//!     Snack,
//! }
//!
//! /// A person who can sign in.
//! #[derive(Debug, Clone, Table, serde::Serialize, serde::Deserialize)]
//! #[table(name = "users", comments)]
//! pub struct User {
//!     #[column(primary_key, default = sql("gen_random_uuid()"))]
//!     id: Uuid,
//!     /// As typed; compared without case.
//!     #[column(type = "varchar(320)", index(expr = "lower(email)", unique))]
//!     email: String,
//!     display_name: Option<String>,
//! }
//!
//! #[derive(Debug, Clone, Table)]
//! #[table(name = "recipes", unique(author_id, slug))]
//! #[table(check(name = "recipes_serve_someone", expr = "servings BETWEEN 1 AND 100"))]
//! pub struct Recipe {
//!     #[column(primary_key, identity = always)]
//!     id: i64,
//!     #[column(references = User::id, on_delete = cascade)]
//!     author_id: Uuid,
//!     slug: String,
//!     #[column(renamed_from = "name")]
//!     title: String,
//!     #[column(default = 4)]
//!     servings: i16,
//!     slot: Option<MealSlot>,
//! }
//!
//! // Queries can name tables and columns without typing mistakes:
//! let sql = format!("SELECT {} FROM {} WHERE {} = $1", User::COLUMNS.email, User::TABLE, User::COLUMNS.id);
//! assert_eq!(sql, r#"SELECT "email" FROM "public"."users" WHERE "id" = $1"#);
//! assert_eq!(MealSlot::Snack.label(), "late_snack");
//! ```
//!
//! A reference such as `references = User::id` is checked by the compiler: rename the field, and the build stops at
//! the attribute.
//!
//! # Columns
//!
//! Every field is a column of the field's name. `Option<T>` allows NULL, everything else is `NOT NULL`.
//!
//! | Rust | PostgreSQL |
//! |---|---|
//! | `bool` | `boolean` |
//! | `i8`, `i16`, `i32`, `i64` | `"char"`, `smallint`, `integer`, `bigint` |
//! | `f32`, `f64` | `real`, `double precision` |
//! | `String`, `&'static str` | `text` |
//! | `Vec<u8>`, `&'static [u8]`, `[u8; N]` | `bytea` |
//! | `Vec<T>`, `[T; N]` | `T[]` |
//! | `Range<T>` and its like of `std::ops`, `(Bound<T>, Bound<T>)` | the range type over `T` |
//! | `Box<T>`, `Rc<T>`, `Arc<T>`, `Cow<'static, T>` | as `T` |
//! | an enum with `#[derive(PgEnum)]` | its enum type |
//! | a struct with `#[derive(PgType)]` | its composite type, domain or range type |
//! | a newtype (`struct Email(String)`), an alias (`type Id = i64`), also with parameters | as what it holds |
//!
//! Beyond these: what maps of `std::net` and `std::time`, `uuid`, `chrono`, `time`, `jiff`, `rust_decimal`, `bigdecimal`,
//! `serde_json`, `bytes`, `bit-vec`, `ipnet`, `ipnetwork`, `cidr`, `pgvector`, `geo-types`, and what `sqlx`, `postgres-types`
//! and `sea-orm` have or re-export. `docs/types.md` lists every one.
//!
//! Types are found by their resolved path, through `use` declarations and re-exports, not by their last name. For any
//! other type say `#[column(type = "…")]`, or name it once in `limbeck.toml` under `[types]`. PostgreSQL has no
//! unsigned integers, and Limbeck does not guess one.
//!
//! # `#[table(…)]`
//!
//! | argument | meaning |
//! |---|---|
//! | `name = "…"` | the table's name, required |
//! | `schema = "…"` | its schema, `public` without |
//! | `comments` | doc comments of the struct and its fields become `COMMENT ON` |
//! | `comment = "…"` | the table's comment |
//! | `primary_key(a, b)` | the primary key; options as for `unique` but `nulls_not_distinct` |
//! | `unique(a, b, name = "…", nulls_not_distinct, without_overlaps, deferrable, include(c))` | a unique constraint; also `with(fillfactor = 70)` and `tablespace = "…"`, for its index |
//! | `check = "…"`, `check(name = "…", expr = "…", no_inherit, not_valid, not_enforced)` | a check constraint |
//! | `exclude(a with "=", b with "&&", using = gist, where = "…", name = "…", deferrable)` | an exclusion constraint; also `with(…)` and `tablespace` |
//! | `index(a, b desc nulls last, "lower(c)", …)` | an index, see below |
//! | `foreign_key(columns(a, b), references = Other(x, y), …)` | a foreign key; options as on a field, and `name`, `match_full`, `period` |
//! | `rename_all = "camelCase"` | the columns' names, by serde's rules |
//! | `inherits = Model`, `inherits(A, B)` | the tables that it inherits from, checked by the compiler |
//! | `unlogged`, `options(fillfactor = 70)` | how the table is stored |
//! | `tablespace = "…"`, `using = heap` | where, and by which access method |
//! | `row_security`, `row_security = forced` | row level security, for the owner too |
//! | `replica_identity = full`, `nothing`, `default`, `"an_index"` | by what rows are told apart in logical replication |
//! | `partition_by = range(day)`, `list(…)`, `hash(…)` | how the table is partitioned |
//! | `partition(name = "…", values = "FROM (…) TO (…)")`, `partition(name = "…", default)` | a partition; also `options(…)`, `tablespace`, `using`, `partition_by` and `partition(…)` |
//! | `renamed_from = "…"` | the name that the table had |
//!
//! `docs/attributes.md` says more of each, with an example, and `docs/models.md` is the guide. What a table or column is
//! told of storage, row security, replication and partitions stays as it is in a database where a model does not speak of
//! it.
//!
//! Lists name *fields*; expressions are SQL and name *columns*. What may occur several times may be repeated, in one
//! attribute or in several. Without a name, constraints and indexes get PostgreSQL's own default names, or those of the
//! convention under `[naming]` in `limbeck.toml`.
//!
//! An index takes keys (a field, or an expression as a string, each with `desc`, `asc`, `nulls first`, `nulls last`,
//! `opclass("…")`, `collation("…")` behind it) and `name = "…"`, `unique`, `using = gin`, `where = "…"`,
//! `include(a)`, `nulls_not_distinct`, `with(fillfactor = 70)`, `tablespace = "…"`. `expr = "…"` is another way to write one expression.
//!
//! # `#[column(…)]`
//!
//! | argument | meaning |
//! |---|---|
//! | `type = "…"` | the SQL type, where the Rust type does not say it |
//! | `name = "…"` | the column's name, where it is not the field's |
//! | `nullable`, `nullable = false` | whether NULL is allowed, where `Option` does not say it |
//! | `primary_key` | the primary key; on several fields, one key of them all |
//! | `identity`, `identity = always`, `identity = by_default` | counts by itself; by default `by_default` |
//! | `identity(always, start = 100, increment = 5, minimum, maximum, cache, cycle)` | the same with what its sequence is told |
//! | `default = 4`, `default = "draft"`, `default = true` | a literal |
//! | `default = sql("now()")` | an SQL expression |
//! | `generated = "…"`, `generated(expr = "…", virtual)` | a stored generated column, a virtual one |
//! | `skip` | the field is no column |
//! | `flatten`, `flatten, prefix = "…"` | the columns of a struct with `#[derive(Columns)]` stand here; also of an `Option` or a `Box` of it |
//! | `unique`, `unique(…)` | a unique constraint, options as on the table |
//! | `check = "…"`, `check(name = "…", expr = "…")` | a check constraint |
//! | `index`, `index(…)` | an index, options as on the table; `expr = "…"` instead of the column itself |
//! | `references = Model::field` | a foreign key; `Self::field` refers to the table itself |
//! | `on_delete`, `on_update` `= cascade`, `restrict`, `set_null`, `set_default`, `no_action` | what happens to referencing rows |
//! | `deferrable`, `deferrable = initially_deferred` | the foreign key is checked later |
//! | `not_valid`, `not_enforced` | the foreign key does not look at rows that were there before, at no row |
//! | `storage = external`, `compression = lz4`, `statistics = 500` | how values are stored, and how much is learnt of them |
//! | `collation = "…"` | the collation |
//! | `comment = "…"` | the comment |
//! | `renamed_from = "…"` | the name that the column had |
//!
//! # `#[pg_enum(…)]`
//!
//! On the enum: `name = "…"` (required), `schema`, `rename_all` (serde's rules: `lowercase`, `UPPERCASE`,
//! `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE`), `comment`,
//! `comments`, `renamed_from`. On a variant: `rename`, `renamed_from`.
//!
//! `removed(old = "new")` says of a label that went what its rows become; a label that is no identifier stands in quotes:
//! `removed("high tea" = "dinner")`.
//!
//! `as = "text"`, or `as = "varchar(20)"`, makes no type: columns are text, with a check that they hold one of the labels, and
//! arrays one that all their elements do. The enum needs no `name` then.
//!
//! # `#[view(…)]`
//!
//! A struct over a view or a materialized view, which itself stands in a `.sql` file. The program holds its columns against
//! the view's: a column that is missing or of another type is an error at the field. Columns that the struct does not have
//! are fine, and so is `Option` or none: PostgreSQL does not know of a view's column whether it may be NULL.
//!
//! ```
//! use limbeck::View;
//!
//! #[derive(View)]
//! #[view(name = "active_users", schema = "app")]
//! pub struct ActiveUser {
//!     id: i64,
//!     #[column(name = "mail")]
//!     email: Option<String>,
//! }
//!
//! let sql = format!("SELECT {} FROM {}", ActiveUser::COLUMNS.email, ActiveUser::VIEW);
//! assert_eq!(sql, r#"SELECT "mail" FROM "app"."active_users""#);
//! ```
//!
//! Arguments are `name` (required), `schema` and `rename_all`; on a field `#[column(name, type, skip)]`, and `flatten` with
//! `prefix`, as of a table's.
//!
//! # `#[pg_type(…)]`
//!
//! A struct with named fields is a composite type, one with a single field without a name is a domain, and that with
//! `range` a range type:
//!
//! ```
//! use limbeck::PgType;
//!
//! #[derive(PgType)]
//! #[pg_type(name = "email", check(name = "email_has_an_at", expr = "VALUE ~ '@'"))]
//! pub struct Email(String);
//!
//! #[derive(PgType)]
//! #[pg_type(name = "contact")]
//! pub struct Contact {
//!     email: Email,
//!     telephone: Option<String>,
//! }
//!
//! #[derive(PgType)]
//! #[pg_type(name = "weight", range(subtype_diff = "float8mi"))]
//! pub struct Weight(std::ops::Range<f64>);
//! ```
//!
//! | argument | of | meaning |
//! |---|---|---|
//! | `name = "…"` | all | the type's name, required |
//! | `schema`, `comment`, `comments`, `renamed_from` | all | as of a table |
//! | `type = "…"` | domains, ranges | what it is over, where the Rust type does not say it |
//! | `collation = "…"` | domains, ranges | the collation |
//! | `check = "…"`, `check(name = "…", expr = "…")` | domains | a check of `VALUE`, as often as needed |
//! | `not_null` | domains | NULL is refused |
//! | `default = …` | domains | the default, as of a column |
//! | `range`, `range(opclass = "…", subtype_diff = "…", canonical = "…", multirange = "…")` | ranges | makes a range type |
//!
//! On a field of a composite type: `name`, `type`, `collation`, `comment`, `renamed_from`. Attributes of composite types
//! may always be NULL.

mod column;
mod columns;
mod name;

#[doc(hidden)]
pub use column::column;
pub use column::{Column, QualifiedColumn};
pub use columns::Columns;
#[doc(hidden)]
pub use columns::{Joined, NoTable, Prefix, PrefixedName, Relation};
pub use limbeck_derive::{Columns, PgEnum, PgType, Table, View};
pub use name::TableName;

/// A struct that is a table. Derive it: the program `limbeck` reads the derive's attributes, not implementations.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table",
    label = "not a model",
    note = "derive `limbeck::Table` for it"
)]
pub trait Table {
    /// A struct with a [`Column`] for each field, under the field's name.
    type Columns;
    /// The table's name, without schema and quotes.
    const NAME: &'static str;
    /// The schema that the table lies in.
    const SCHEMA: &'static str = "public";
    /// The columns by field: `User::COLUMNS.email`.
    const COLUMNS: Self::Columns;
    /// The table's name in its schema, to write in SQL.
    const TABLE: TableName = TableName {
        schema: Self::SCHEMA,
        name: Self::NAME,
    };
}

/// A struct that reads a view or a materialized view. Derive it, as [`Table`]: the program `limbeck` holds it against the
/// view.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reads no view",
    label = "not a model",
    note = "derive `limbeck::View` for it"
)]
pub trait View {
    /// A struct with a [`Column`] for each field, under the field's name.
    type Columns;
    /// The view's name, without schema and quotes.
    const NAME: &'static str;
    /// The schema that the view lies in.
    const SCHEMA: &'static str = "public";
    /// The columns by field: `ActiveUser::COLUMNS.email`.
    const COLUMNS: Self::Columns;
    /// The view's name in its schema, to write in SQL.
    const VIEW: TableName = TableName {
        schema: Self::SCHEMA,
        name: Self::NAME,
    };
}

/// A struct that is a composite type, a domain or a range type. Derive it, as [`Table`].
pub trait PgType {
    /// The type's name, without schema and quotes.
    const NAME: &'static str;
    /// The schema that the type lies in.
    const SCHEMA: &'static str;
}

/// An enum that is an enum type. Derive it, as [`Table`].
pub trait PgEnum: Sized {
    /// The type's name, without schema and quotes.
    const NAME: &'static str;
    /// The schema that the type lies in.
    const SCHEMA: &'static str;
    /// The labels, in the order of the variants, which is their sort order in the database.
    const LABELS: &'static [&'static str];

    /// The variant's label in the database.
    fn label(&self) -> &'static str;

    /// The variant of a label.
    fn from_label(label: &str) -> Option<Self>;
}
