//! What PostgreSQL has from 18.

use limbeck::Table;
use std::ops::Range;

#[derive(Table)]
#[table(name = "rooms", primary_key(room, during, without_overlaps), unique(during, without_overlaps, name = "u"))]
struct Room {
    room: Range<i32>,
    during: Range<chrono::NaiveDate>,
    #[column(generated(expr = "lower(room)", virtual))]
    first: Option<i32>,
}

#[derive(Table)]
#[table(name = "bookings")]
#[table(foreign_key(columns(room, during), references = Room(room, during), period))]
struct Booking {
    room: Range<i32>,
    during: Range<chrono::NaiveDate>,
}

#[derive(Table)]
#[table(name = "imported", check(expr = "size > 0", not_enforced), check(expr = "size < 9", no_inherit, not_enforced))]
#[table(foreign_key(columns(room, during), references = Room(room, during), period, not_enforced))]
struct Imported {
    size: i32,
    #[column(unique, references = Self::code, on_delete = cascade, not_enforced, not_valid)]
    code: i32,
    room: Range<i32>,
    during: Range<chrono::NaiveDate>,
}
