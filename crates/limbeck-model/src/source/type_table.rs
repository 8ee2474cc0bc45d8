//! Which Rust types mean which SQL types. `docs/types.md` lists them all, which tests hold it to.

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
    /// `Range<T>` and the like: the range type over `T`.
    Range,
}

const TIMESTAMPTZ: Meaning = Meaning::Sql("timestamp with time zone");
const TIMESTAMP: Meaning = Meaning::Sql("timestamp without time zone");
const DATE: Meaning = Meaning::Sql("date");
const TIME: Meaning = Meaning::Sql("time without time zone");
const JSONB: Meaning = Meaning::Sql("jsonb");
const NUMERIC: Meaning = Meaning::Sql("numeric");
const UUID: Meaning = Meaning::Sql("uuid");
const INTERVAL: Meaning = Meaning::Sql("interval");

/// By path. The standard library is written `std`, also where the source says `core` or `alloc`; what `sqlx::types`
/// re-exports is found under the crate that it comes from.
const TYPES: &[(&str, Meaning)] = &[
    ("bigdecimal::BigDecimal", NUMERIC),
    ("bit_vec::BitVec", Meaning::Sql("bit varying")),
    ("bstr::BString", Meaning::Sql("bytea")),
    ("bytes::Bytes", Meaning::Sql("bytea")),
    ("bytes::BytesMut", Meaning::Sql("bytea")),
    ("chrono::DateTime", TIMESTAMPTZ),
    ("chrono::Duration", INTERVAL),
    ("chrono::NaiveDate", DATE),
    ("chrono::NaiveDateTime", TIMESTAMP),
    ("chrono::NaiveTime", TIME),
    ("chrono::TimeDelta", INTERVAL),
    ("chrono::naive::NaiveDate", DATE),
    ("chrono::naive::NaiveDateTime", TIMESTAMP),
    ("chrono::naive::NaiveTime", TIME),
    ("chrono::prelude::DateTime", TIMESTAMPTZ),
    ("chrono::prelude::NaiveDate", DATE),
    ("chrono::prelude::NaiveDateTime", TIMESTAMP),
    ("chrono::prelude::NaiveTime", TIME),
    ("cidr::IpCidr", Meaning::Sql("cidr")),
    ("cidr::IpInet", Meaning::Sql("inet")),
    ("cidr::Ipv4Cidr", Meaning::Sql("cidr")),
    ("cidr::Ipv4Inet", Meaning::Sql("inet")),
    ("cidr::Ipv6Cidr", Meaning::Sql("cidr")),
    ("cidr::Ipv6Inet", Meaning::Sql("inet")),
    ("compact_str::CompactString", Meaning::Sql("text")),
    ("eui48::MacAddress", Meaning::Sql("macaddr")),
    ("geo_types::LineString", Meaning::Sql("path")),
    ("geo_types::Point", Meaning::Sql("point")),
    ("geo_types::Rect", Meaning::Sql("box")),
    ("ipnet::IpNet", Meaning::Sql("inet")),
    ("ipnet::Ipv4Net", Meaning::Sql("inet")),
    ("ipnet::Ipv6Net", Meaning::Sql("inet")),
    ("ipnetwork::IpNetwork", Meaning::Sql("inet")),
    ("ipnetwork::Ipv4Network", Meaning::Sql("inet")),
    ("ipnetwork::Ipv6Network", Meaning::Sql("inet")),
    ("jiff::SignedDuration", INTERVAL),
    ("jiff::Span", INTERVAL),
    ("jiff::Timestamp", TIMESTAMPTZ),
    ("jiff::civil::Date", DATE),
    ("jiff::civil::DateTime", TIMESTAMP),
    ("jiff::civil::Time", TIME),
    ("jiff_diesel::Date", DATE),
    ("jiff_diesel::DateTime", TIMESTAMP),
    ("jiff_diesel::Time", TIME),
    ("jiff_diesel::Timestamp", TIMESTAMPTZ),
    ("jiff_sqlx::Date", DATE),
    ("jiff_sqlx::DateTime", TIMESTAMP),
    ("jiff_sqlx::Span", INTERVAL),
    ("jiff_sqlx::Time", TIME),
    ("jiff_sqlx::Timestamp", TIMESTAMPTZ),
    ("mac_address::MacAddress", Meaning::Sql("macaddr")),
    ("pgvector::HalfVector", Meaning::Sql("halfvec")),
    ("pgvector::SparseVector", Meaning::Sql("sparsevec")),
    ("pgvector::Vector", Meaning::Sql("vector")),
    ("postgres_range::Range", Meaning::Range),
    ("postgres_types::Date", Meaning::Transparent),
    ("postgres_types::Json", JSONB),
    ("postgres_types::PgLsn", Meaning::Sql("pg_lsn")),
    ("postgres_types::Timestamp", Meaning::Transparent),
    ("rust_decimal::Decimal", NUMERIC),
    ("rust_decimal::prelude::Decimal", NUMERIC),
    ("sea_orm::prelude::BigDecimal", NUMERIC),
    ("sea_orm::prelude::ChronoDate", DATE),
    ("sea_orm::prelude::ChronoDateTime", TIMESTAMP),
    ("sea_orm::prelude::ChronoDateTimeLocal", TIMESTAMPTZ),
    ("sea_orm::prelude::ChronoDateTimeUtc", TIMESTAMPTZ),
    ("sea_orm::prelude::ChronoDateTimeWithTimeZone", TIMESTAMPTZ),
    ("sea_orm::prelude::ChronoTime", TIME),
    ("sea_orm::prelude::Date", DATE),
    ("sea_orm::prelude::DateTime", TIMESTAMP),
    ("sea_orm::prelude::DateTimeLocal", TIMESTAMPTZ),
    ("sea_orm::prelude::DateTimeUtc", TIMESTAMPTZ),
    ("sea_orm::prelude::DateTimeWithTimeZone", TIMESTAMPTZ),
    ("sea_orm::prelude::Decimal", NUMERIC),
    ("sea_orm::prelude::IpNetwork", Meaning::Sql("inet")),
    ("sea_orm::prelude::Json", JSONB),
    ("sea_orm::prelude::PgVector", Meaning::Sql("vector")),
    ("sea_orm::prelude::Time", TIME),
    ("sea_orm::prelude::TimeDate", DATE),
    ("sea_orm::prelude::TimeDateTime", TIMESTAMP),
    ("sea_orm::prelude::TimeDateTimeWithTimeZone", TIMESTAMPTZ),
    ("sea_orm::prelude::TimeTime", TIME),
    ("sea_orm::prelude::Uuid", UUID),
    ("serde_json::Value", JSONB),
    ("serde_json::value::RawValue", JSONB),
    ("serde_json::value::Value", JSONB),
    ("smol_str::SmolStr", Meaning::Sql("text")),
    ("sqlx::postgres::types::Oid", Meaning::Sql("oid")),
    ("sqlx::postgres::types::PgBox", Meaning::Sql("box")),
    ("sqlx::postgres::types::PgCiText", Meaning::Sql("citext")),
    ("sqlx::postgres::types::PgCircle", Meaning::Sql("circle")),
    ("sqlx::postgres::types::PgCube", Meaning::Sql("cube")),
    ("sqlx::postgres::types::PgHstore", Meaning::Sql("hstore")),
    ("sqlx::postgres::types::PgInterval", INTERVAL),
    ("sqlx::postgres::types::PgLQuery", Meaning::Sql("lquery")),
    ("sqlx::postgres::types::PgLSeg", Meaning::Sql("lseg")),
    ("sqlx::postgres::types::PgLTree", Meaning::Sql("ltree")),
    ("sqlx::postgres::types::PgLine", Meaning::Sql("line")),
    ("sqlx::postgres::types::PgMoney", Meaning::Sql("money")),
    ("sqlx::postgres::types::PgPath", Meaning::Sql("path")),
    ("sqlx::postgres::types::PgPoint", Meaning::Sql("point")),
    ("sqlx::postgres::types::PgPolygon", Meaning::Sql("polygon")),
    ("sqlx::postgres::types::PgRange", Meaning::Range),
    (
        "sqlx::postgres::types::PgTimeTz",
        Meaning::Sql("time with time zone"),
    ),
    ("sqlx::types::BString", Meaning::Sql("bytea")),
    ("sqlx::types::BigDecimal", NUMERIC),
    ("sqlx::types::BitVec", Meaning::Sql("bit varying")),
    ("sqlx::types::Decimal", NUMERIC),
    ("sqlx::types::Json", JSONB),
    ("sqlx::types::JsonRawValue", JSONB),
    ("sqlx::types::JsonValue", JSONB),
    ("sqlx::types::Text", Meaning::Sql("text")),
    ("sqlx::types::Uuid", UUID),
    ("sqlx::types::json::Json", JSONB),
    ("sqlx::types::json::JsonValue", JSONB),
    ("std::borrow::Cow", Meaning::Transparent),
    ("std::boxed::Box", Meaning::Transparent),
    ("std::net::IpAddr", Meaning::Sql("inet")),
    ("std::net::Ipv4Addr", Meaning::Sql("inet")),
    ("std::net::Ipv6Addr", Meaning::Sql("inet")),
    ("std::num::NonZero", Meaning::Transparent),
    ("std::num::NonZeroI16", Meaning::Sql("smallint")),
    ("std::num::NonZeroI32", Meaning::Sql("integer")),
    ("std::num::NonZeroI64", Meaning::Sql("bigint")),
    ("std::ops::Range", Meaning::Range),
    ("std::ops::RangeFrom", Meaning::Range),
    ("std::ops::RangeInclusive", Meaning::Range),
    ("std::ops::RangeTo", Meaning::Range),
    ("std::ops::RangeToInclusive", Meaning::Range),
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
    ("std::time::Duration", INTERVAL),
    ("std::time::SystemTime", TIMESTAMPTZ),
    ("std::vec::Vec", Meaning::Sequence),
    ("time::Date", DATE),
    ("time::Duration", INTERVAL),
    ("time::OffsetDateTime", TIMESTAMPTZ),
    ("time::PrimitiveDateTime", TIMESTAMP),
    ("time::Time", TIME),
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

/// The range type that PostgreSQL has over a subtype, by the name that it prints.
pub(super) fn range_over(subtype: &str) -> Option<&'static str> {
    Some(match subtype {
        "integer" => "int4range",
        "bigint" => "int8range",
        "numeric" => "numrange",
        "date" => "daterange",
        "timestamp without time zone" => "tsrange",
        "timestamp with time zone" => "tstzrange",
        _ => return None,
    })
}

/// Whether a path is that of a range's bound.
pub(super) fn is_bound(path: &str) -> bool {
    matches!(
        path,
        "std::ops::Bound" | "core::ops::Bound" | "std::collections::Bound"
    )
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
    if path == "jiff::Zoned" {
        return Some("PostgreSQL keeps moments without their time zones: use `jiff::Timestamp`");
    }
    if path == "pgvector::Bit" {
        return Some("name its length: `#[column(type = \"bit(…)\")]`");
    }
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
    for (prefix, own) in RE_EXPORTED {
        let Some(rest) = path.strip_prefix(prefix) else {
            continue;
        };
        let renamed = format!("{own}{rest}");
        let is_own = TYPES
            .binary_search_by(|(known, _)| (*known).cmp(&renamed))
            .is_ok();
        if !is_own && rest.contains("::") {
            return normal(rest);
        }
        return renamed;
    }
    path
}

/// Modules of other crates' types, and the names that the table knows them by. What lies in modules below them is found
/// under the crate that it comes from.
const RE_EXPORTED: [(&str, &str); 10] = [
    ("sqlx::types::", "sqlx::types::"),
    ("sqlx_core::types::", "sqlx::types::"),
    ("sqlx::postgres::types::", "sqlx::postgres::types::"),
    ("sqlx_postgres::types::", "sqlx::postgres::types::"),
    ("sea_orm::prelude::", "sea_orm::prelude::"),
    ("sea_orm::entity::prelude::", "sea_orm::prelude::"),
    ("sea_orm::sqlx::types::", "sqlx::types::"),
    ("postgres_types::", "postgres_types::"),
    ("tokio_postgres::types::", "postgres_types::"),
    ("postgres::types::", "postgres_types::"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(TYPES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(PRELUDE.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn the_documentation_names_every_type() {
        let text = include_str!("../../../../docs/types.md");
        let missing: Vec<&str> = TYPES
            .iter()
            .map(|(path, _)| *path)
            .filter(|path| {
                let own = path.strip_prefix("std::primitive::").unwrap_or(path);
                let found = |end: &str| {
                    ["`", "`Box<", "`&'static "]
                        .iter()
                        .any(|start| text.contains(&format!("{start}{own}{end}")))
                };
                !found("`") && !found("<") && !found(">")
            })
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
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
            ("sqlx::types::Text", Some(Meaning::Sql("text"))),
            ("sqlx::types::ipnetwork::IpNetwork", Some(Meaning::Sql("inet"))),
            ("sea_orm::prelude::DateTime", Some(TIMESTAMP)),
            ("sea_orm::entity::prelude::DateTimeUtc", Some(TIMESTAMPTZ)),
            ("sea_orm::entity::prelude::Uuid", Some(UUID)),
            ("sqlx::types::Strange", None),
            ("tokio_postgres::types::Json", Some(JSONB)),
            ("postgres::types::PgLsn", Some(Meaning::Sql("pg_lsn"))),
        ] {
            assert_eq!(meaning(path), expected, "{path}");
        }
    }
}
