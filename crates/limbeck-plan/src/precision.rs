//! Which changes of type round or cut without a word.
//!
//! PostgreSQL refuses a text that is too long and a number that is too large, but it rounds digits after the point, and
//! cuts a time to a date.

/// A type by its name without modifiers, and these: `numeric(10,2)`, `timestamp(3) with time zone`.
struct Type<'a> {
    name: String,
    modifiers: Vec<&'a str>,
}

impl<'a> Type<'a> {
    fn parse(text: &'a str) -> Self {
        let parts = text
            .split_once('(')
            .and_then(|(name, rest)| Some((name, rest.split_once(')')?)));
        match parts {
            Some((name, (modifiers, rest))) => Self {
                name: format!("{name}{rest}"),
                modifiers: modifiers.split(',').map(str::trim).collect(),
            },
            None => Self {
                name: text.to_owned(),
                modifiers: Vec::new(),
            },
        }
    }

    /// How many digits after the point a `numeric` has; `None` for any number of them.
    fn scale(&self) -> Option<i32> {
        match self.modifiers.as_slice() {
            [] => None,
            [_] => Some(0),
            [_, scale, ..] => scale.parse().ok(),
        }
    }

    /// How many digits of a second a time has.
    fn digits_of_second(&self) -> i32 {
        self.modifiers
            .first()
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(6)
    }

    fn is_integer(&self) -> bool {
        matches!(self.name.as_str(), "smallint" | "integer" | "bigint")
    }
}

/// Whether values can lose digits, or a part of a time, when a column takes another type.
pub(crate) fn is_lost(before: &str, after: &str) -> bool {
    let (before, after) = match (before.strip_suffix("[]"), after.strip_suffix("[]")) {
        (Some(before), Some(after)) => (before, after),
        _ => (before, after),
    };
    let (before, after) = (Type::parse(before), Type::parse(after));
    match (before.name.as_str(), after.name.as_str()) {
        ("numeric" | "real" | "double precision", _) if after.is_integer() => true,
        ("numeric", "numeric") => match (before.scale(), after.scale()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(before), Some(after)) => after < before,
        },
        ("numeric" | "double precision" | "bigint" | "integer", "real")
        | ("numeric" | "bigint", "double precision")
        | ("real" | "double precision", "numeric") => true,
        (from, "date" | "time without time zone" | "time with time zone")
            if from.starts_with("timestamp") =>
        {
            true
        }
        ("time with time zone", "time without time zone") => true,
        (from, to) if is_time(from) && is_time(to) => after.digits_of_second() < before.digits_of_second(),
        _ => false,
    }
}

fn is_time(name: &str) -> bool {
    name.starts_with("time") || name == "interval"
}

#[cfg(test)]
mod tests {
    use super::is_lost;

    #[test]
    fn what_rounds_or_cuts_is_known() {
        let cases = [
            ("numeric(10,2)", "integer", true),
            ("numeric(10,2)", "numeric(12,1)", true),
            ("numeric(10,2)", "numeric(8,2)", false),
            ("numeric(10,2)", "numeric", false),
            ("numeric", "numeric(10)", true),
            ("integer", "bigint", false),
            ("bigint", "integer", false),
            ("integer", "numeric(10,2)", false),
            ("double precision", "real", true),
            ("real", "double precision", false),
            ("timestamp with time zone", "date", true),
            ("date", "timestamp with time zone", false),
            (
                "timestamp without time zone",
                "timestamp(3) without time zone",
                true,
            ),
            (
                "timestamp(3) without time zone",
                "timestamp with time zone",
                false,
            ),
            ("interval", "interval(0)", true),
            ("numeric(10,2)[]", "integer[]", true),
            ("text", "character varying(10)", false),
        ];
        for (before, after, expected) in cases {
            assert_eq!(is_lost(before, after), expected, "{before} to {after}");
        }
    }
}
