//! Dumps in a form that can be compared.

/// The entries of a dump, one for each object, in order of their text. The columns of a table are in order too: a
/// column that comes later stands last, wherever a model has it, and that is no difference.
#[must_use]
pub fn entries(dump: &str) -> Vec<String> {
    let mut entries: Vec<String> = dump
        .split("\n--\n-- Name: ")
        // What stands before the first object sets up the session of whoever runs the dump.
        .skip(1)
        .map(|entry| {
            let lines: Vec<&str> = entry
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with("--") && !line.starts_with("SET "))
                .collect();
            sorted_columns(lines).join("\n")
        })
        .collect();
    entries.sort();
    entries
}

/// Sorts the lines between `CREATE TABLE … (` and its closing parenthesis.
fn sorted_columns(mut lines: Vec<&str>) -> Vec<&str> {
    let start = lines
        .iter()
        .position(|line| line.starts_with("CREATE TABLE ") || line.starts_with("CREATE UNLOGGED TABLE "));
    let Some(start) = start else { return lines };
    let after = |line: &&str| line.starts_with(')');
    let end = lines
        .iter()
        .skip(start)
        .position(after)
        .map_or(lines.len(), |n| start + n);
    if let Some(columns) = lines.get_mut(start + 1..end) {
        for column in columns.iter_mut() {
            *column = column.trim_end_matches(',');
        }
        columns.sort_unstable();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = "\
--
-- PostgreSQL database dump
--

SET statement_timeout = 0;

--
-- Name: t; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.t (
    id integer NOT NULL,
    a text,
    b text
);


--
-- Name: m; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.m AS ENUM (
    'z',
    'a'
);


--
-- PostgreSQL database dump complete
--
";

    #[test]
    fn the_order_of_columns_and_objects_is_no_difference() {
        let elsewhere = DUMP.replace(
            "    id integer NOT NULL,\n    a text,\n    b text\n",
            "    a text,\n    b text,\n    id integer NOT NULL\n",
        );
        assert_ne!(elsewhere, DUMP);
        assert_eq!(entries(&elsewhere), entries(DUMP));
        assert_eq!(entries(DUMP).len(), 2);
    }

    #[test]
    fn everything_else_is() {
        for (from, to) in [
            ("b text", "b integer"),
            ("'z',\n    'a'", "'a',\n    'z'"),
            ("NOT NULL", ""),
            ("    a text,\n", ""),
        ] {
            let other = DUMP.replace(from, to);
            assert_ne!(entries(&other), entries(DUMP), "{from}");
        }
    }
}
