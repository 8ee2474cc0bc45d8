//! Which Rust types mean which SQL types: the table behind the documentation of the crate `limbeck`.

/// What a type of a known path means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An SQL type, whatever the generic arguments are.
    Sql(&'static str),
    /// `Option<T>`: as `T`, and NULL is allowed.
    Nullable,
    /// `Vec<T>`: an array of `T`, or `bytea`.
    Sequence,
    /// `Box<T>` and the like: as `T`.
    Transparent,
}

const TIMESTAMPTZ: Meaning = Meaning::Sql("timestamp with time zone");
const TIMESTAMP: Meaning = Meaning::Sql("timestamp without time zone");
const DATE: Meaning = Meaning::Sql("date");
const TIME: Meaning = Meaning::Sql("time without time zone");
const JSONB: Meaning = Meaning::Sql("jsonb");
const NUMERIC: Meaning = Meaning::Sql("numeric");
const UUID: Meaning = Meaning::Sql("uuid");

/// By path. The standard library is written `std`, also where the source says `core` or `alloc`; what `sqlx::types`
/// re-exports is found under the crate that it comes from.
const TYPES: &[(&str, Meaning)] = &[
    ("bigdecimal::BigDecimal", NUMERIC),
    ("bit_vec::BitVec", Meaning::Sql("bit varying")),
    ("bytes::Bytes", Meaning::Sql("bytea")),
    ("chrono::DateTime", TIMESTAMPTZ),
    ("chrono::NaiveDate", DATE),
    ("chrono::NaiveDateTime", TIMESTAMP),
    ("chrono::NaiveTime", TIME),
    ("chrono::naive::NaiveDate", DATE),
    ("chrono::naive::NaiveDateTime", TIMESTAMP),
    ("chrono::naive::NaiveTime", TIME),
    ("chrono::prelude::DateTime", TIMESTAMPTZ),
    ("chrono::prelude::NaiveDate", DATE),
    ("chrono::prelude::NaiveDateTime", TIMESTAMP),
    ("chrono::prelude::NaiveTime", TIME),
    ("eui48::MacAddress", Meaning::Sql("macaddr")),
    ("ipnet::IpNet", Meaning::Sql("inet")),
    ("ipnet::Ipv4Net", Meaning::Sql("inet")),
    ("ipnet::Ipv6Net", Meaning::Sql("inet")),
    ("ipnetwork::IpNetwork", Meaning::Sql("inet")),
    ("jiff::Timestamp", TIMESTAMPTZ),
    ("jiff::civil::Date", DATE),
    ("jiff::civil::DateTime", TIMESTAMP),
    ("jiff::civil::Time", TIME),
    ("mac_address::MacAddress", Meaning::Sql("macaddr")),
    ("postgres_types::Json", JSONB),
    ("rust_decimal::Decimal", NUMERIC),
    ("rust_decimal::prelude::Decimal", NUMERIC),
    ("sea_orm::prelude::BigDecimal", NUMERIC),
    ("sea_orm::prelude::Date", DATE),
    ("sea_orm::prelude::DateTime", TIMESTAMP),
    ("sea_orm::prelude::DateTimeLocal", TIMESTAMPTZ),
    ("sea_orm::prelude::DateTimeUtc", TIMESTAMPTZ),
    ("sea_orm::prelude::DateTimeWithTimeZone", TIMESTAMPTZ),
    ("sea_orm::prelude::Decimal", NUMERIC),
    ("sea_orm::prelude::Json", JSONB),
    ("sea_orm::prelude::Time", TIME),
    ("sea_orm::prelude::TimeDate", DATE),
    ("sea_orm::prelude::TimeDateTime", TIMESTAMP),
    ("sea_orm::prelude::TimeDateTimeWithTimeZone", TIMESTAMPTZ),
    ("sea_orm::prelude::TimeTime", TIME),
    ("sea_orm::prelude::Uuid", UUID),
    ("serde_json::Value", JSONB),
    ("sqlx::types::BigDecimal", NUMERIC),
    ("sqlx::types::BitVec", Meaning::Sql("bit varying")),
    ("sqlx::types::Decimal", NUMERIC),
    ("sqlx::types::Json", JSONB),
    ("sqlx::types::JsonValue", JSONB),
    ("sqlx::types::Uuid", UUID),
    ("sqlx::types::json::Json", JSONB),
    ("sqlx::types::json::JsonValue", JSONB),
    ("std::borrow::Cow", Meaning::Transparent),
    ("std::boxed::Box", Meaning::Transparent),
    ("std::net::IpAddr", Meaning::Sql("inet")),
    ("std::net::Ipv4Addr", Meaning::Sql("inet")),
    ("std::net::Ipv6Addr", Meaning::Sql("inet")),
    ("std::option::Option", Meaning::Nullable),
    ("std::primitive::bool", Meaning::Sql("boolean")),
    ("std::primitive::f32", Meaning::Sql("real")),
    ("std::primitive::f64", Meaning::Sql("double precision")),
    ("std::primitive::i16", Meaning::Sql("smallint")),
    ("std::primitive::i32", Meaning::Sql("integer")),
    ("std::primitive::i64", Meaning::Sql("bigint")),
    // What tokio-postgres and sqlx both read into an `i8`.
    ("std::primitive::i8", Meaning::Sql("\"char\"")),
    ("std::primitive::str", Meaning::Sql("text")),
    ("std::rc::Rc", Meaning::Transparent),
    ("std::string::String", Meaning::Sql("text")),
    ("std::sync::Arc", Meaning::Transparent),
    ("std::time::SystemTime", TIMESTAMPTZ),
    ("std::vec::Vec", Meaning::Sequence),
    ("time::Date", DATE),
    ("time::OffsetDateTime", TIMESTAMPTZ),
    ("time::PrimitiveDateTime", TIMESTAMP),
    ("time::Time", TIME),
    ("tokio_postgres::types::Json", JSONB),
    ("uuid::Uuid", UUID),
];

/// Names that are in scope everywhere, with the paths that they stand for.
const PRELUDE: &[(&str, &str)] = &[
    ("Box", "std::boxed::Box"),
    ("Option", "std::option::Option"),
    ("String", "std::string::String"),
    ("Vec", "std::vec::Vec"),
    ("bool", "std::primitive::bool"),
    ("char", "std::primitive::char"),
    ("f32", "std::primitive::f32"),
    ("f64", "std::primitive::f64"),
    ("i128", "std::primitive::i128"),
    ("i16", "std::primitive::i16"),
    ("i32", "std::primitive::i32"),
    ("i64", "std::primitive::i64"),
    ("i8", "std::primitive::i8"),
    ("isize", "std::primitive::isize"),
    ("str", "std::primitive::str"),
    ("u128", "std::primitive::u128"),
    ("u16", "std::primitive::u16"),
    ("u32", "std::primitive::u32"),
    ("u64", "std::primitive::u64"),
    ("u8", "std::primitive::u8"),
    ("usize", "std::primitive::usize"),
];

/// What a path from outside the files that were read means.
pub(super) fn meaning(path: &str) -> Option<Meaning> {
    let path = normal(path);
    TYPES
        .binary_search_by(|(known, _)| (*known).cmp(&path))
        .ok()
        .and_then(|found| TYPES.get(found))
        .map(|(_, meaning)| *meaning)
}

/// The path that a name of the prelude, or a primitive type, stands for.
pub(super) fn prelude(name: &str) -> Option<&'static str> {
    PRELUDE
        .binary_search_by(|(known, _)| (*known).cmp(name))
        .ok()
        .and_then(|found| PRELUDE.get(found))
        .map(|(_, path)| *path)
}

/// What to do about a type that has no meaning, where that is worth more than the general advice.
pub(super) fn advice(path: &str) -> Option<&'static str> {
    Some(match path.strip_prefix("std::primitive::")? {
        "u8" => {
            "PostgreSQL has no unsigned integers: use `i16`, or name the type with `#[column(type = \"…\")]`"
        }
        "u16" => {
            "PostgreSQL has no unsigned integers: use `i32`, or name the type with `#[column(type = \"…\")]`"
        }
        "u32" | "usize" | "u64" => {
            "PostgreSQL has no unsigned integers: use `i64`, or name the type with `#[column(type = \"…\")]`"
        }
        "isize" => "an integer in the database has one size on every machine: use `i64`",
        "i128" | "u128" => {
            "PostgreSQL's integers end at 64 bits: name a type with `#[column(type = \"numeric(39)\")]`"
        }
        "char" => "use `String`, with `#[column(type = \"char(1)\")]` where it shall hold one character",
        _ => return None,
    })
}

/// The path by which the table knows a type.
fn normal(path: &str) -> String {
    let path = match path.split_once("::") {
        Some(("core" | "alloc", rest)) => format!("std::{rest}"),
        _ => path.to_owned(),
    };
    let re_exported = ["sqlx::types::", "sqlx_core::types::", "sea_orm::prelude::"];
    for prefix in re_exported {
        if let Some(rest) = path.strip_prefix(prefix) {
            let own = TYPES.binary_search_by(|(known, _)| (*known).cmp(&path)).is_ok();
            if !own && rest.contains("::") {
                return rest.to_owned();
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(TYPES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(PRELUDE.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn re_exports_lead_to_the_crate_they_come_from() {
        for (path, expected) in [
            ("sqlx::types::chrono::DateTime", Some(TIMESTAMPTZ)),
            ("sqlx::types::Uuid", Some(UUID)),
            ("sqlx::types::uuid::Uuid", Some(UUID)),
            ("alloc::string::String", Some(Meaning::Sql("text"))),
            ("jiff::civil::DateTime", Some(TIMESTAMP)),
            ("chrono::DateTime", Some(TIMESTAMPTZ)),
            ("acme::DateTime", None),
            ("sqlx::types::Text", None),
        ] {
            assert_eq!(meaning(path), expected, "{path}");
        }
    }
}
