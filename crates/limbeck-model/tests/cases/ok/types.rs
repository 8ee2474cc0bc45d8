use bytes::Bytes;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use jiff::civil;
use limbeck::Table;
use rust_decimal::Decimal;
use serde_json as json;
use sqlx::types::*;
use std::borrow::Cow;
use std::sync::Arc;
use ::time::OffsetDateTime as Moment;

#[derive(Table)]
#[table(name = "types")]
struct Types<> {
    boolean: bool,
    tiny: i8,
    small: i16,
    integer: i32,
    big: i64,
    single: f32,
    double: f64,
    string: String,
    text: &'static str,
    boxed: Box<str>,
    cow: Cow<'static, str>,
    shared: Option<Arc<String>>,
    bytes: Vec<u8>,
    slice: &'static [u8],
    fixed: [u8; 32],
    bytes_crate: Bytes,
    nullable: Option<i32>,
    full_option: std::option::Option<core::primitive::i64>,
    array: Vec<String>,
    nullable_array: Option<Vec<i64>>,
    array_of_nullables: Vec<Option<bool>>,
    uuid: uuid::Uuid,
    uuid_by_glob: Uuid,
    chrono_moment: DateTime<Utc>,
    chrono_local: chrono::DateTime<chrono::Local>,
    chrono_datetime: NaiveDateTime,
    chrono_date: NaiveDate,
    chrono_time: NaiveTime,
    time_moment: Moment,
    time_datetime: ::time::PrimitiveDateTime,
    time_date: ::time::Date,
    time_time: ::time::Time,
    jiff_moment: jiff::Timestamp,
    jiff_datetime: civil::DateTime,
    jiff_date: jiff::civil::Date,
    jiff_time: civil::Time,
    system: std::time::SystemTime,
    decimal: Decimal,
    big_decimal: bigdecimal::BigDecimal,
    value: json::Value,
    typed_json: Json<Nutrition>,
    sqlx_chrono: sqlx::types::chrono::NaiveDate,
    address: std::net::IpAddr,
    network: ipnetwork::IpNetwork,
    network_2: ipnet::IpNet,
    #[column(type = "numeric(8,2)[]")]
    explicit: Option<Vec<Unknown>>,
    #[column(type = "xml", nullable)]
    explicit_null: Unknown,
    #[column(nullable = false)]
    never_null: Option<i32>,
}

struct Nutrition;
