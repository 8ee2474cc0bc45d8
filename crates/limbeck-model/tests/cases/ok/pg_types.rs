//! Composite types, domains and range types, in an order that has to be found.

use limbeck::{PgEnum, PgType, Table};
use std::marker::PhantomData;
use std::ops::Range;

/// Where a person lives.
#[derive(PgType)]
#[pg_type(name = "address", comments)]
struct Address {
    /// With its number.
    street: String,
    post_code: PostCode,
    #[pg_type(name = "where", type = "point")]
    place: Unknown,
    #[pg_type(collation = "C", renamed_from = "nation", comment = "Two letters")]
    country: Option<String>,
    others: Vec<Coordinates>,
    kind: Kind,
}

#[derive(PgType)]
#[pg_type(
    name = "post_code",
    schema = "app",
    check = "VALUE ~ '^[0-9]+$'",
    check(name = "post_code_is_short", expr = "length(VALUE) < 10"),
    not_null,
    default = "0",
    collation = "C",
    comment = "Digits",
    renamed_from = "zip"
)]
struct PostCode(Text);

type Text = String;

#[derive(PgType)]
#[pg_type(name = "zone_code", default = "00")]
struct ZoneCode(PostCode);

#[derive(PgType)]
#[pg_type(name = "coordinates", renamed_from = "position")]
struct Coordinates {
    x: f64,
    y: f64,
}

#[derive(PgType)]
#[pg_type(name = "price", type = "numeric(12, 2)", check = "VALUE >= 0")]
struct Price(i64);

#[derive(PgType)]
#[pg_type(name = "weights", range(subtype_diff = "float8mi", opclass = "float8_ops", multirange = "many_weights"))]
struct Weights(Range<f64>);

#[derive(PgType)]
#[pg_type(name = "words", range, type = "text", collation = "C")]
struct Words((std::ops::Bound<String>, std::ops::Bound<String>));

#[derive(PgEnum)]
#[pg_enum(name = "kind")]
enum Kind {
    Home,
}

struct Id<T>(uuid::Uuid, PhantomData<T>);
struct Wrapped<T> (T);
type Shared<T> = std::sync::Arc<Wrapped<T>>;
#[sqlx(transparent)]
struct Named {
    value: i32,
}

mod inner {
    pub(crate) struct Local(i16);
}

#[derive(Table)]
#[table(name = "people")]
struct Person {
    #[column(primary_key)]
    id: Id<Person>,
    address: Address,
    former: Vec<Address>,
    #[column(default = "1234")]
    code: PostCode,
    zone: Option<ZoneCode>,
    prices: Vec<Price>,
    weights: Weights,
    words: Option<Words>,
    stays: Range<chrono::NaiveDate>,
    any: (std::ops::Bound<i64>, std::ops::Bound<i64>),
    shared: Shared<inner::Local>,
    nullable: Shared<Option<inner::Local>>,
    named: Named,
}

#[derive(Table)]
#[table(name = "zones")]
struct Zone {
    #[column(primary_key)]
    code: ZoneCode,
    // A domain agrees with what it is over.
    #[column(references = Self::code)]
    parent: Option<String>,
}
