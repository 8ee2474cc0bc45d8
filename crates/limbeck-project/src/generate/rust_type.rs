//! Which Rust type an SQL type has in a struct: `docs/types.md` the other way round.

use limbeck_sql::{TokenKind, tokens};

/// The crate that dates and times are of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimeTypes {
    /// `chrono`.
    #[default]
    Chrono,
    /// `time`.
    Time,
    /// `jiff`; with sqlx `jiff_sqlx`.
    Jiff,
}

/// What decides which types a struct can hold: which derives it has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drivers {
    pub(super) time: TimeTypes,
    /// A derive of sqlx.
    pub(super) sqlx: bool,
    /// A derive of serde.
    pub(super) serde: bool,
}

/// A Rust type, and the SQL type that has to be said beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RustType {
    /// The whole path.
    pub(super) path: String,
    /// What `type = "…"` says, where the Rust type alone means another SQL type.
    pub(super) said: Option<String>,
}

/// An SQL type taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SqlType<'a> {
    /// As PostgreSQL prints it, without the `[]` of an array.
    pub(super) element: &'a str,
    /// The same without modifiers.
    pub(super) base: String,
    pub(super) is_array: bool,
}

impl<'a> SqlType<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let (element, is_array) = match text.strip_suffix("[]") {
            Some(element) => (element, true),
            None => (text, false),
        };
        let mut base = String::new();
        let mut depth = 0_usize;
        for token in tokens(element) {
            match token.kind {
                TokenKind::OpenParenthesis => depth += 1,
                TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
                _ if depth == 0 => base.push_str(element.get(token.range).unwrap_or_default()),
                _ => {}
            }
        }
        Self {
            element,
            base,
            is_array,
        }
    }
}

/// The types of `pg_catalog` and of extensions: what PostgreSQL prints, the Rust type, and whether that alone says it.
fn built_in(base: &str, drivers: Drivers) -> Option<(&'static str, bool)> {
    let Drivers { time, sqlx, serde } = drivers;
    // What only sqlx knows has no serde of its own.
    let of_sqlx = |path| if sqlx && !serde { Some((path, true)) } else { None };
    let range = |plain, of_sqlx| match (sqlx, serde) {
        (false, _) => Some((plain, true)),
        (true, false) => Some((of_sqlx, true)),
        (true, true) => None,
    };
    let jiff = |with_sqlx, without| if sqlx { (with_sqlx, true) } else { (without, true) };
    Some(match base {
        "boolean" => ("bool", true),
        "\"char\"" => ("i8", true),
        "smallint" => ("i16", true),
        "integer" => ("i32", true),
        "bigint" => ("i64", true),
        "real" => ("f32", true),
        "double precision" => ("f64", true),
        "text" => ("String", true),
        "character varying" | "character" | "name" | "citext" => ("String", false),
        "bytea" => ("Vec<u8>", true),
        "uuid" => ("uuid::Uuid", true),
        "numeric" => ("rust_decimal::Decimal", true),
        "jsonb" => ("serde_json::Value", true),
        "json" => ("serde_json::Value", false),
        "inet" => ("ipnetwork::IpNetwork", true),
        "cidr" => ("ipnetwork::IpNetwork", false),
        "macaddr" => ("mac_address::MacAddress", true),
        "bit varying" => ("bit_vec::BitVec", true),
        "bit" => ("bit_vec::BitVec", false),
        "oid" if sqlx => return of_sqlx("sqlx::postgres::types::Oid"),
        "oid" => ("u32", false),
        "vector" => ("pgvector::Vector", false),
        "halfvec" => ("pgvector::HalfVector", false),
        "sparsevec" => ("pgvector::SparseVector", false),
        "timestamp with time zone" => match time {
            TimeTypes::Chrono => ("chrono::DateTime<chrono::Utc>", true),
            TimeTypes::Time => ("time::OffsetDateTime", true),
            TimeTypes::Jiff => jiff("jiff_sqlx::Timestamp", "jiff::Timestamp"),
        },
        "timestamp without time zone" => match time {
            TimeTypes::Chrono => ("chrono::NaiveDateTime", true),
            TimeTypes::Time => ("time::PrimitiveDateTime", true),
            TimeTypes::Jiff => jiff("jiff_sqlx::DateTime", "jiff::civil::DateTime"),
        },
        "date" => match time {
            TimeTypes::Chrono => ("chrono::NaiveDate", true),
            TimeTypes::Time => ("time::Date", true),
            TimeTypes::Jiff => jiff("jiff_sqlx::Date", "jiff::civil::Date"),
        },
        "time without time zone" => match time {
            TimeTypes::Chrono => ("chrono::NaiveTime", true),
            TimeTypes::Time => ("time::Time", true),
            TimeTypes::Jiff => jiff("jiff_sqlx::Time", "jiff::civil::Time"),
        },
        "interval" => match time {
            _ if sqlx => return of_sqlx("sqlx::postgres::types::PgInterval"),
            TimeTypes::Chrono if serde => return None,
            TimeTypes::Chrono => ("chrono::TimeDelta", true),
            TimeTypes::Time => ("time::Duration", true),
            TimeTypes::Jiff => ("jiff::Span", true),
        },
        "int4range" => return range("std::ops::Range<i32>", "sqlx::postgres::types::PgRange<i32>"),
        "int8range" => return range("std::ops::Range<i64>", "sqlx::postgres::types::PgRange<i64>"),
        "numrange" => {
            return range(
                "std::ops::Range<rust_decimal::Decimal>",
                "sqlx::postgres::types::PgRange<rust_decimal::Decimal>",
            );
        }
        "daterange" if time == TimeTypes::Chrono => {
            return range(
                "std::ops::Range<chrono::NaiveDate>",
                "sqlx::postgres::types::PgRange<chrono::NaiveDate>",
            );
        }
        "tsrange" if time == TimeTypes::Chrono => {
            return range(
                "std::ops::Range<chrono::NaiveDateTime>",
                "sqlx::postgres::types::PgRange<chrono::NaiveDateTime>",
            );
        }
        "tstzrange" if time == TimeTypes::Chrono => {
            return range(
                "std::ops::Range<chrono::DateTime<chrono::Utc>>",
                "sqlx::postgres::types::PgRange<chrono::DateTime<chrono::Utc>>",
            );
        }
        "money" => return of_sqlx("sqlx::postgres::types::PgMoney"),
        "hstore" => return of_sqlx("sqlx::postgres::types::PgHstore"),
        "ltree" => return of_sqlx("sqlx::postgres::types::PgLTree"),
        "lquery" => return of_sqlx("sqlx::postgres::types::PgLQuery"),
        "cube" => return of_sqlx("sqlx::postgres::types::PgCube"),
        "point" => return of_sqlx("sqlx::postgres::types::PgPoint"),
        "line" => return of_sqlx("sqlx::postgres::types::PgLine"),
        "lseg" => return of_sqlx("sqlx::postgres::types::PgLSeg"),
        "box" => return of_sqlx("sqlx::postgres::types::PgBox"),
        "path" => return of_sqlx("sqlx::postgres::types::PgPath"),
        "polygon" => return of_sqlx("sqlx::postgres::types::PgPolygon"),
        "circle" => return of_sqlx("sqlx::postgres::types::PgCircle"),
        _ => return None,
    })
}

/// Types of extensions, by their names in whatever schema.
const OF_EXTENSIONS: [&str; 8] = [
    "citext",
    "cube",
    "halfvec",
    "hstore",
    "lquery",
    "ltree",
    "sparsevec",
    "vector",
];

/// The Rust type for an SQL type as PostgreSQL prints it. `own` knows the types that structs and enums declare, and
/// what domains are over.
pub(super) fn rust_type(text: &str, drivers: Drivers, own: &dyn Fn(&str) -> Own) -> RustType {
    let sql = SqlType::of(text);
    let array = |path: String| {
        if sql.is_array {
            format!("Vec<{path}>")
        } else {
            path
        }
    };
    let (path, is_said) = match own(sql.element) {
        Own::Declared(path) => (path, true),
        Own::Over(of) => (rust_type(&of, drivers, own).path, false),
        Own::No => {
            let plain = sql
                .base
                .strip_prefix("public.")
                .filter(|name| OF_EXTENSIONS.contains(name));
            match built_in(plain.unwrap_or(&sql.base), drivers) {
                // A type of an extension may lie in a schema that nobody looks in.
                Some((path, says)) => {
                    let is_said = says && plain.is_none() && sql.base == sql.element;
                    (path.to_owned(), is_said)
                }
                None => ("String".to_owned(), false),
            }
        }
    };
    RustType {
        path: array(path),
        said: (!is_said).then(|| spoken(text)),
    }
}

/// What the project knows of a type.
pub(super) enum Own {
    /// A model, by its path.
    Declared(String),
    /// No model, but a domain over another type.
    Over(String),
    /// Nothing.
    No,
}

/// A type as people write it: `varchar(320)` for `character varying(320)`.
pub(super) fn spoken(text: &str) -> String {
    const SHORT: [(&str, &str, &str); 7] = [
        ("character varying", "", "varchar"),
        ("character", "", "char"),
        ("bit varying", "", "varbit"),
        ("timestamp", " with time zone", "timestamptz"),
        ("timestamp", " without time zone", "timestamp"),
        ("time", " with time zone", "timetz"),
        ("time", " without time zone", "time"),
    ];
    let sql = SqlType::of(text);
    let array = if sql.is_array { "[]" } else { "" };
    for (start, end, short) in SHORT {
        let modifier = sql
            .element
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end))
            .filter(|modifier| modifier.is_empty() || (modifier.starts_with('(') && modifier.ends_with(')')));
        if let Some(modifier) = modifier
            // `char` alone is of one character, and what is printed as `character` is `bpchar`.
            && !(short == "char" && modifier.is_empty())
        {
            return format!("{short}{modifier}{array}");
        }
    }
    let plain = text.strip_prefix("public.").filter(|rest| {
        let base = SqlType::of(rest).base;
        OF_EXTENSIONS.contains(&base.as_str())
    });
    plain.unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, drivers: Drivers) -> (String, Option<String>) {
        let own = |name: &str| match name {
            "public.mood" => Own::Declared("Mood".to_owned()),
            "public.email" => Own::Over("character varying(320)".to_owned()),
            _ => Own::No,
        };
        let found = rust_type(text, drivers, &own);
        (found.path, found.said)
    }

    #[test]
    fn sql_types_have_rust_types() {
        let none = Drivers::default();
        for (sql, path, said) in [
            ("integer", "i32", None),
            ("integer[]", "Vec<i32>", None),
            ("bytea[]", "Vec<Vec<u8>>", None),
            ("character varying(320)", "String", Some("varchar(320)")),
            ("character varying", "String", Some("varchar")),
            ("character(2)[]", "Vec<String>", Some("char(2)[]")),
            ("numeric(12,2)", "rust_decimal::Decimal", Some("numeric(12,2)")),
            (
                "timestamp(3) without time zone",
                "chrono::NaiveDateTime",
                Some("timestamp(3)"),
            ),
            ("timestamp with time zone", "chrono::DateTime<chrono::Utc>", None),
            ("public.citext", "String", Some("citext")),
            ("public.vector(3)", "pgvector::Vector", Some("vector(3)")),
            ("public.mood", "Mood", None),
            ("public.mood[]", "Vec<Mood>", None),
            ("public.email", "String", Some("public.email")),
            ("tsvector", "String", Some("tsvector")),
            ("\"char\"", "i8", None),
            ("app.\"Odd type\"", "String", Some("app.\"Odd type\"")),
        ] {
            assert_eq!(of(sql, none), (path.to_owned(), said.map(str::to_owned)), "{sql}");
        }
        let sqlx = Drivers { sqlx: true, ..none };
        assert_eq!(of("interval", sqlx).0, "sqlx::postgres::types::PgInterval");
        let both = Drivers { serde: true, ..sqlx };
        assert_eq!(
            of("interval", both),
            ("String".to_owned(), Some("interval".to_owned()))
        );
    }
}
