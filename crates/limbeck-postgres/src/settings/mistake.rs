//! Strings that are not quite connection strings, and what was probably meant.

use super::error::SettingsError;

/// Finds what is wrong with a string as a whole, before it is taken apart.
pub(super) fn find(text: &str) -> Result<(), SettingsError> {
    if text.is_empty() {
        return Err(SettingsError::Empty);
    }
    if text.starts_with(['"', '\'', '`']) {
        return Err(SettingsError::Wrapped { wrapping: "quotes" });
    }
    if text.starts_with("psql ") {
        return Err(SettingsError::Wrapped {
            wrapping: "a `psql` command",
        });
    }
    match unexpanded_variable(text) {
        Some(name) => Err(SettingsError::UnexpandedVariable {
            name: name.to_owned(),
        }),
        None => Ok(()),
    }
}

/// `${NAME}` anywhere, `$NAME` or `%NAME%` as the whole string.
fn unexpanded_variable(text: &str) -> Option<&str> {
    let whole = text
        .strip_prefix('$')
        .or_else(|| text.strip_prefix('%')?.strip_suffix('%'));
    let mut braced = text
        .split("${")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0));
    // `${NAME:-fallback}` is written for a shell.
    let name = |text: &'_ str| text.find([':', '-', '?', '+']).map_or(text.len(), |end| end);
    braced
        .by_ref()
        .filter_map(|inner| inner.get(..name(inner)))
        .chain(whole)
        .find(|name| is_variable_name(name))
}

fn is_variable_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// The scheme of a URL, with its colon and slashes, when the string begins with one.
///
/// `host=…` begins with none: before the first `=` there is no `://` and no known scheme.
pub(super) fn scheme(text: &str) -> Option<&str> {
    let end = text.find(':')?;
    let name = text.get(..end)?;
    let is_scheme = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character));
    if !is_scheme {
        return None;
    }
    let rest = text.get(end + 1..)?;
    if rest.starts_with("//") {
        return text.get(..end + 3);
    }
    // `user:password@host/db` begins like a scheme too; only these are certainly meant as one.
    let known = ["jdbc", "postgres", "postgresql", "pg", "sqlite", "mysql", "file"];
    known.contains(&name).then(|| text.get(..=end)).flatten()
}

pub(super) fn scheme_hint(scheme: &str) -> String {
    let name = scheme.trim_end_matches(['/', ':']);
    match name.split_once('+') {
        _ if name == "jdbc" => "leave out `jdbc:`, and write user and password before the host".to_owned(),
        Some(("postgresql" | "postgres", driver)) => format!("leave out `+{driver}`"),
        _ if matches!(name, "postgresql" | "postgres") => "write postgresql:// with two slashes".to_owned(),
        _ if matches!(
            name,
            "pg" | "pgsql" | "psql" | "postgre" | "postgress" | "postgis"
        ) =>
        {
            format!("write postgresql:// instead of {scheme}")
        }
        _ => "Limbeck works with PostgreSQL only; write postgresql://USER:PASSWORD@HOST:5432/DATABASE"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{scheme, unexpanded_variable};

    #[test]
    fn schemes_are_told_from_other_colons() {
        assert_eq!(scheme("postgresql://h/d"), Some("postgresql://"));
        assert_eq!(scheme("jdbc:postgresql://h/d"), Some("jdbc:"));
        assert_eq!(scheme("postgresql+asyncpg://h/d"), Some("postgresql+asyncpg://"));
        assert_eq!(scheme("postgres:h/d"), Some("postgres:"));
        assert_eq!(scheme("user:password@host/db"), None);
        assert_eq!(scheme("host=h password=a://b"), None);
        assert_eq!(scheme("host"), None);
    }

    #[test]
    fn variables_are_found_and_passwords_left_alone() {
        assert_eq!(
            unexpanded_variable("postgresql://u:${DB_PASSWORD}@h/d"),
            Some("DB_PASSWORD")
        );
        assert_eq!(
            unexpanded_variable("postgresql://u@${HOST:-localhost}/d"),
            Some("HOST")
        );
        assert_eq!(unexpanded_variable("$DATABASE_URL"), Some("DATABASE_URL"));
        assert_eq!(unexpanded_variable("%DATABASE_URL%"), Some("DATABASE_URL"));
        assert_eq!(unexpanded_variable("postgresql://u:a$b@h/d"), None);
        assert_eq!(unexpanded_variable("postgresql://u:a${!}b@h/d"), None);
        assert_eq!(unexpanded_variable("postgresql://u:${@h/d"), None);
    }
}
