//! Small pieces of SQL text.

use std::time::Duration;

use limbeck_sql::quote_literal;

/// A text in dollar quotes, with a tag that does not occur in it.
pub(crate) fn block(body: &str) -> String {
    let tag = (0_u32..)
        .map(|n| {
            if n == 0 {
                "$limbeck$".to_owned()
            } else {
                format!("$limbeck{n}$")
            }
        })
        .find(|tag| !body.contains(tag.as_str()))
        .unwrap_or_default();
    format!("{tag}\n{body}\n{tag}")
}

/// A literal, or `NULL`.
pub(crate) fn literal_or_null(text: Option<&str>) -> String {
    text.map_or_else(|| "NULL".to_owned(), quote_literal)
}

/// An array of `text`.
pub(crate) fn text_array<I>(items: I) -> String
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let items: Vec<String> = items
        .into_iter()
        .map(|item| quote_literal(item.as_ref()))
        .collect();
    format!("ARRAY[{}]::pg_catalog.text[]", items.join(", "))
}

/// A list for `IN (…)`.
pub(crate) fn list<I>(items: I) -> String
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let items: Vec<String> = items
        .into_iter()
        .map(|item| quote_literal(item.as_ref()))
        .collect();
    format!("({})", items.join(", "))
}

/// A timeout in PostgreSQL's milliseconds. Zero is none, as in PostgreSQL; what is shorter than one is one.
pub(crate) fn timeout(duration: Option<Duration>) -> String {
    let duration = duration.unwrap_or_default();
    let milliseconds = duration.as_millis().max(u128::from(!duration.is_zero()));
    format!("'{milliseconds}ms'")
}

/// An interval's text.
pub(crate) fn interval(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}

/// The time at which the session's own backend was started: with its process identifier, what tells it from any
/// other backend.
const OWN_BACKEND_START: &str =
    "(SELECT backend_start FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()))";

/// The server process that runs the statement, as SQL; `NULL` where it is not known to be the session's own.
pub(crate) fn own_process(is_own: bool) -> &'static str {
    if is_own {
        "pg_catalog.pg_backend_pid()"
    } else {
        "NULL"
    }
}

/// When that began.
pub(crate) fn own_process_start(is_own: bool) -> &'static str {
    if is_own { OWN_BACKEND_START } else { "NULL" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_do_not_occur_in_the_body() {
        assert_eq!(block("BEGIN END"), "$limbeck$\nBEGIN END\n$limbeck$");
        assert_eq!(block("a $limbeck$ b"), "$limbeck1$\na $limbeck$ b\n$limbeck1$");
    }

    #[test]
    fn arrays_and_lists() {
        assert_eq!(
            text_array(["a", "it's"]),
            "ARRAY['a', 'it''s']::pg_catalog.text[]"
        );
        assert_eq!(text_array(Vec::<String>::new()), "ARRAY[]::pg_catalog.text[]");
        assert_eq!(list(["a", "b"]), "('a', 'b')");
    }

    #[test]
    fn timeouts_never_round_to_none() {
        assert_eq!(timeout(None), "'0ms'");
        assert_eq!(timeout(Some(Duration::ZERO)), "'0ms'");
        assert_eq!(timeout(Some(Duration::from_micros(10))), "'1ms'");
        assert_eq!(timeout(Some(Duration::from_secs(5))), "'5000ms'");
    }
}
