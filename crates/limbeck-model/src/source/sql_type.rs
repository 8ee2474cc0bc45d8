//! SQL types by their many names.

/// What sort of values a type holds, as far as literals tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    Text,
    Integer,
    /// With a fraction.
    Number,
    Boolean,
    Other,
}

/// The name that PostgreSQL prints for a type, without its modifiers: `int8` and `bigint` are one, and so are
/// `varchar(20)` and `character varying(30)`.
pub(super) fn base(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let (head, array) = match lower.trim_end().strip_suffix("[]") {
        Some(element) => (element.trim_end().to_owned(), "[]"),
        None => (lower, ""),
    };
    let mut without = String::new();
    let mut depth = 0_usize;
    for character in head.chars() {
        match character {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                // `timestamp(3)with time zone` is two words.
                without.push(' ');
            }
            _ if depth == 0 => without.push(character),
            _ => {}
        }
    }
    let words = without.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.strip_prefix("pg_catalog.").unwrap_or(&words);
    let canonical = match words {
        "int8" | "bigserial" | "serial8" => "bigint",
        "int4" | "int" | "serial" | "serial4" => "integer",
        "int2" | "smallserial" | "serial2" => "smallint",
        "float8" | "float" => "double precision",
        "float4" => "real",
        "bool" => "boolean",
        "varchar" => "character varying",
        "char" | "bpchar" => "character",
        "decimal" => "numeric",
        "timestamptz" => "timestamp with time zone",
        "timestamp" => "timestamp without time zone",
        "timetz" => "time with time zone",
        "time" => "time without time zone",
        "varbit" => "bit varying",
        other => other,
    };
    format!("{canonical}{array}")
}

/// The category of a type's values.
pub(super) fn category(name: &str) -> Category {
    match base(name).as_str() {
        "text" | "character varying" | "character" | "citext" | "name" | "public.citext" => Category::Text,
        "smallint" | "integer" | "bigint" => Category::Integer,
        "numeric" | "real" | "double precision" | "money" => Category::Number,
        "boolean" => Category::Boolean,
        _ => Category::Other,
    }
}

/// Whether values of two types, or of arrays of them, are read alike: names of one type, and texts of any length.
#[must_use]
pub fn is_same_type(one: &str, other: &str) -> bool {
    match (one.trim().strip_suffix("[]"), other.trim().strip_suffix("[]")) {
        (None, None) => agreement(one, other) == Agreement::Same,
        (Some(one), Some(other)) => agreement(one, other) == Agreement::Same,
        _ => false,
    }
}

/// How the types of a foreign key's two ends go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    Same,
    /// PostgreSQL takes it, and values of one may not fit the other.
    Widening,
    Different,
}

/// Compares the types of a referencing and a referenced column.
pub(super) fn agreement(one: &str, other: &str) -> Agreement {
    let (left, right) = (base(one), base(other));
    // A type in another schema may be named with or without it; PostgreSQL will say.
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).replace('"', "");
    if left == right || ((left.contains('.') != right.contains('.')) && last(&left) == last(&right)) {
        return Agreement::Same;
    }
    match (category(one), category(other)) {
        (Category::Text, Category::Text) => Agreement::Same,
        (Category::Integer, Category::Integer) => Agreement::Widening,
        _ => Agreement::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_type_are_one() {
        for (one, other) in [
            ("INT8", "bigint"),
            ("varchar(320)", "character  varying(20)"),
            ("timestamp(3) with time zone", "timestamptz"),
            ("numeric(8, 2)[]", "decimal[]"),
            ("pg_catalog.text", "text"),
        ] {
            assert_eq!(base(one), base(other), "{one} and {other}");
        }
        assert_ne!(base("date"), base("timestamp"));
    }

    #[test]
    fn ends_of_a_foreign_key() {
        assert_eq!(agreement("varchar(10)", "text"), Agreement::Same);
        assert_eq!(agreement("public.slot", "slot"), Agreement::Same);
        assert_eq!(agreement("integer", "bigint"), Agreement::Widening);
        assert_eq!(agreement("uuid", "text"), Agreement::Different);
        assert_eq!(agreement("a.slot", "b.slot"), Agreement::Different);
    }
}
