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
