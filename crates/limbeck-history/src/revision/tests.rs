use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::*;

const EXAMPLE: &str = r#"-- Add meal plans
--
-- With everything that a file can hold.
--
-- limbeck: 1
-- revision: 8f3c2a91d0b4
-- revises: 27c6a30d7c24, 5ab1c07f21e0
-- created: 2026-11-21T10:00:00Z
-- branch_labels: plans
-- depends_on: 99aa
-- replaces: 11, 22

-- A comment outside of everything.

-- limbeck:require up plans "users without an ""e-mail"" address"
SELECT count(*) FROM users WHERE email IS NULL;

-- limbeck:up plans
CREATE TABLE plans (id bigint, note text DEFAULT 'it''s;
-- limbeck:down inside a string');
-- limbeck:down plans allow=drop lock_timeout=2s statement_timeout=10min retry=3
DROP TABLE plans;

-- limbeck:up by_day transaction=no creates="index public.plans_day_idx"
CREATE INDEX CONCURRENTLY plans_day_idx ON plans (day);
-- limbeck:down by_day transaction=no drops="index public.plans_day_idx"
DROP INDEX CONCURRENTLY plans_day_idx;

-- limbeck:up slugs rust=fill_slugs

-- limbeck:declares
-- + table public.plans
-- - index public.users_email_idx
"#;

fn parse(text: &str) -> Result<Revision, RevisionError> {
    Revision::parse(Path::new("versions/a.sql"), text.as_bytes())
}

fn ids(ids: &[RevisionId]) -> Vec<&str> {
    ids.iter().map(RevisionId::as_str).collect()
}

#[test]
fn a_file_with_everything_is_read() {
    let revision = parse(EXAMPLE).unwrap();
    assert_eq!(revision.id.as_str(), "8f3c2a91d0b4");
    assert_eq!(
        revision.message,
        "Add meal plans\n\nWith everything that a file can hold."
    );
    assert_eq!(revision.title(), "Add meal plans");
    assert_eq!(ids(&revision.parents), ["27c6a30d7c24", "5ab1c07f21e0"]);
    assert_eq!(ids(&revision.depends_on), ["99aa"]);
    assert_eq!(ids(&revision.replaces), ["11", "22"]);
    assert_eq!(revision.branch_labels, ["plans"]);
    assert_eq!(revision.created, "2026-11-21T10:00:00Z");
    assert_eq!(revision.format, 1);
    assert_eq!(revision.file_name(), "a.sql");
    assert!(!revision.is_reversible());
    let steps: Vec<_> = revision
        .steps
        .iter()
        .map(|step| (step.number, step.name.as_str()))
        .collect();
    assert_eq!(steps, [(1, "plans"), (2, "by_day"), (3, "slugs")]);
    assert_eq!(
        revision.declares,
        [
            Declaration {
                added: true,
                object: "table public.plans".to_owned()
            },
            Declaration {
                added: false,
                object: "index public.users_email_idx".to_owned()
            },
        ]
    );
}

#[test]
fn the_sides_of_a_step_carry_their_sql_and_place() {
    let revision = parse(EXAMPLE).unwrap();
    let [plans, by_day, slugs] = revision.steps.as_slice() else {
        panic!("three steps")
    };
    let up = plans.up.as_ref().unwrap();
    assert!(
        up.sql.starts_with("CREATE TABLE plans") && up.sql.ends_with("inside a string');"),
        "{}",
        up.sql
    );
    assert_eq!(&revision.text[up.offset..up.offset + up.sql.len()], up.sql);
    assert_eq!(up.line, 19);
    assert_eq!(up.requires.len(), 1);
    assert_eq!(up.requires[0].message, "users without an \"e-mail\" address");
    assert_eq!(
        up.requires[0].sql,
        "SELECT count(*) FROM users WHERE email IS NULL;"
    );
    assert_eq!(up.requires[0].line, 16);
    let down = plans.down.as_ref().unwrap();
    assert_eq!(down.sql, "DROP TABLE plans;");
    assert!(down.requires.is_empty());
    assert_eq!(
        down.options,
        StepOptions {
            allow_drop: true,
            retry: Some(Retry::Times(3)),
            lock_timeout: Some(Duration::from_secs(2)),
            statement_timeout: Some(Duration::from_mins(10)),
            ..StepOptions::default()
        }
    );
    let up = by_day.up.as_ref().unwrap();
    assert!(!up.options.transaction);
    assert_eq!(up.options.creates.as_deref(), Some("index public.plans_day_idx"));
    let up = slugs.up.as_ref().unwrap();
    assert_eq!(
        (up.sql.as_str(), up.options.rust.as_deref()),
        ("", Some("fill_slugs"))
    );
    assert_eq!(slugs.down, None);
}

#[test]
fn options_are_written_as_they_are_read() {
    for options in [
        "",
        "allow=drop",
        "transaction=no creates=\"index public.\"\"Odd \"\"\"\"name\"\"\"",
        "transaction=no drops=\"index a.b\" retry=0",
        "transaction=no reindexes=\"index a.b\"",
        "transaction=no retry=safe",
        "transaction=no detaches=\"table a.b\"",
        "rust=fill_slugs",
        "lock_timeout=0 statement_timeout=1d",
        "lock_timeout=1500ms statement_timeout=90s",
    ] {
        let space = if options.is_empty() { "" } else { " " };
        let sql = if options.starts_with("rust") {
            ""
        } else {
            "SELECT 1;"
        };
        let text = format!("{}-- limbeck:up a{space}{options}\n{sql}\n", minimal());
        let revision = parse(&text).unwrap_or_else(|error| panic!("{options}: {error}"));
        assert_eq!(revision.steps[0].up.as_ref().unwrap().options.to_text(), options);
    }
}

fn minimal() -> String {
    "-- Message\n--\n-- limbeck: 1\n-- revision: a1\n-- revises:\n-- created: 2026-11-21T10:00:00Z\n\n"
        .to_owned()
}

#[test]
fn the_least_file_is_a_revision() {
    let text = "-- limbeck: 1\n-- revision: a1\n-- revises:\n-- created: 2026-11-21T10:00:00Z";
    let revision = parse(text).unwrap();
    assert_eq!(revision.message, "");
    assert!(revision.steps.is_empty() && revision.parents.is_empty() && revision.declares.is_empty());
}

#[test]
fn a_marker_may_follow_the_header_at_once() {
    let text = minimal().trim_end().to_owned() + "\n-- limbeck:up a\nSELECT 1;\n";
    assert_eq!(parse(&text).unwrap().steps.len(), 1);
}

#[test]
fn markers_inside_of_something_do_not_count() {
    for inside in [
        "/*\n-- limbeck:up b\n*/ SELECT 1;",
        "SELECT '\n-- limbeck:up b\n';",
        "SELECT $x$\n-- limbeck:up b\n$x$;",
        "SELECT \"\n-- limbeck:up b\n\";",
        "SELECT E'\\'\n-- limbeck:up b\n';",
        "SELECT 1; -- see the markers of limbeck: up is one",
    ] {
        let text = format!(
            "{}-- limbeck:up a\n{inside}\n-- limbeck:down a\nSELECT 2;\n",
            minimal()
        );
        let revision = parse(&text).unwrap_or_else(|error| panic!("{inside}: {error}"));
        assert_eq!(revision.steps.len(), 1, "{inside}");
        assert_eq!(revision.steps[0].up.as_ref().unwrap().sql, inside);
        assert_eq!(revision.steps[0].down.as_ref().unwrap().sql, "SELECT 2;");
    }
}

#[test]
fn quotes_in_the_file_do_not_change_what_is_found() {
    // The way without the lexer and the way with it must agree.
    let plain = format!(
        "{}-- limbeck:up a\nSELECT 1;\n-- limbeck:down a\nSELECT 2;\n",
        minimal()
    );
    let quoted = format!("{plain}SELECT '';\n");
    let (plain, quoted) = (parse(&plain).unwrap(), parse(&quoted).unwrap());
    assert_eq!(plain.steps[0].up, quoted.steps[0].up);
}

#[test]
fn the_downs_may_stand_together() {
    let text = format!(
        "{}-- limbeck:up b\nSELECT 2;\n-- limbeck:up a\nSELECT 1;\n-- limbeck:down a\nSELECT 3;\n-- limbeck:down b\n",
        minimal()
    );
    let revision = parse(&text).unwrap();
    let names: Vec<_> = revision
        .steps
        .iter()
        .map(|step| {
            (
                step.number,
                step.name.as_str(),
                step.down.as_ref().unwrap().sql.as_str(),
            )
        })
        .collect();
    assert_eq!(names, [(1, "b", ""), (2, "a", "SELECT 3;")]);
}

#[test]
fn line_ends_and_byte_order_mark_change_nothing() {
    let original = parse(EXAMPLE).unwrap();
    let windows = parse(&format!("\u{feff}{}", EXAMPLE.replace('\n', "\r\n"))).unwrap();
    assert_eq!(windows, original);
}

#[test]
fn the_checksum_is_of_what_is_run() {
    let original = parse(EXAMPLE).unwrap().checksum;
    assert_eq!(original.len(), 64);
    for (from, to) in [
        ("-- Add meal plans", "-- Another message"),
        ("8f3c2a91d0b4", "123"),
        ("27c6a30d7c24, ", ""),
        ("-- A comment outside of everything.", ""),
        ("-- - index public.users_email_idx", ""),
        ("DROP TABLE plans;", "DROP TABLE plans;   \t"),
        ("DROP TABLE plans;\n\n", "DROP TABLE plans;\n\n\n\n"),
        ("-- limbeck:up plans\n", "-- limbeck:up plans  \n\n"),
    ] {
        let changed = EXAMPLE.replacen(from, to, 1);
        assert_ne!(changed, EXAMPLE);
        assert_eq!(parse(&changed).unwrap().checksum, original, "{from}");
    }
    for (from, to) in [
        ("DROP TABLE plans;", "DROP TABLE  plans;"),
        ("DROP TABLE plans;", "DROP TABLE plans; -- why"),
        (" allow=drop", ""),
        ("rust=fill_slugs", "rust=other"),
        ("IS NULL", "IS NOT NULL"),
        ("without an", "with an"),
        ("inside a string", "  inside a string"),
    ] {
        let changed = EXAMPLE.replacen(from, to, 1);
        assert_ne!(changed, EXAMPLE);
        assert_ne!(parse(&changed).unwrap().checksum, original, "{from}");
    }
}

/// Written down so that no later version computes another checksum for a file of this format.
#[test]
fn checksums_stay_what_they_are() {
    let text = format!(
        "{}-- limbeck:up a\nSELECT 1;  \n\n-- limbeck:down a\n  SELECT 2;\n",
        minimal()
    );
    let revision = parse(&text).unwrap();
    let up = sha256("-- limbeck:up a\nSELECT 1;\n");
    let down = sha256("-- limbeck:down a\nSELECT 2;\n");
    assert_eq!(revision.steps[0].up.as_ref().unwrap().hash, up);
    assert_eq!(revision.steps[0].down.as_ref().unwrap().hash, down);
    assert_eq!(revision.checksum, sha256(&format!("{up}\n{down}\n")));
    assert_eq!(
        revision.checksum,
        "7550b9d47c701493cb3a59843b733c9cdef195a237ed17624449557b83cba2ca"
    );
}

fn sha256(text: &str) -> String {
    use sha2::{Digest, Sha256};
    hexadecimal(Sha256::new_with_prefix(text))
}

/// Every fault of a file, with the text that its author sees.
#[test]
fn faults_are_explained() {
    let header = "-- limbeck: 1\n-- revision: a1\n-- revises:\n-- created: 2026-11-21T10:00:00Z\n";
    let with = |body: &str| format!("{header}\n{body}");
    let replaced = |from: &str, to: &str| header.replace(from, to);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("blank", b"\n \n".to_vec()),
        ("not UTF-8", b"-- limbeck: 1\n-- \xff\n".to_vec()),
        ("UTF-16", b"\xff\xfe-\0-\0".to_vec()),
        ("NUL", with("-- limbeck:up a\nSELECT 1\0;\n").into()),
        (
            "git conflict",
            with("<<<<<<< HEAD\n-- limbeck:up a\n=======\n>>>>>>> other\n").into(),
        ),
        ("plain SQL", b"CREATE TABLE t ();\n".to_vec()),
        (
            "marker without header",
            b"-- Message\n-- limbeck:up a\nSELECT 1;\n".to_vec(),
        ),
        ("format no number", replaced("limbeck: 1", "limbeck: one").into()),
        (
            "newer format",
            replaced("limbeck: 1\n", "limbeck: 2\n-- colour: blue\n").into(),
        ),
        (
            "line no key",
            replaced("-- created", "-- see above\n-- created").into(),
        ),
        ("unknown key", replaced("-- revises", "-- revise").into()),
        (
            "strange key",
            replaced("-- revises", "-- colour: blue\n-- revises").into(),
        ),
        ("duplicate key", format!("{header}-- revision: a1\n").into()),
        ("no id", replaced("-- revision: a1\n", "").into()),
        ("no parents", replaced("-- revises:\n", "").into()),
        (
            "no date",
            replaced("-- created: 2026-11-21T10:00:00Z\n", "").into(),
        ),
        ("empty id", replaced("a1", "").into()),
        ("strange id", replaced("a1", "a-1").into()),
        ("reserved id", replaced("a1", "head").into()),
        ("strange parent", replaced("revises:", "revises: a2,, a3").into()),
        ("duplicate parent", replaced("revises:", "revises: a2, a2").into()),
        ("strange label", format!("{header}-- branch_labels: a b\n").into()),
        ("strange date", replaced("10:00:00Z", "25:00:00Z").into()),
        (
            "SQL before the first marker",
            with("-- fine\nSELECT 1;\n-- limbeck:up a\n").into(),
        ),
        (
            "indented marker",
            with("-- limbeck:up a\nSELECT 1;\n  -- limbeck:down a\nSELECT 2;\n").into(),
        ),
        (
            "marker without space",
            with("-- limbeck:up a\nSELECT 'x';\n--limbeck:down a\n").into(),
        ),
        (
            "marker in upper case",
            with("-- Limbeck:up a\nSELECT 1;\n").into(),
        ),
        (
            "marker with a space inside",
            with("-- limbeck: up a\nSELECT 1;\n").into(),
        ),
        ("unknown marker", with("-- limbeck:dwn a\n").into()),
        (
            "marker without a word",
            with("-- limbeck:up a\n-- limbeck:\n").into(),
        ),
        ("no name", with("-- limbeck:up\nSELECT 1;\n").into()),
        ("strange name", with("-- limbeck:up Plans!\n").into()),
        (
            "require without direction",
            with("-- limbeck:require plans \"x\"\nSELECT 1;\n").into(),
        ),
        (
            "require without anything",
            with("-- limbeck:require\nSELECT 1;\n").into(),
        ),
        (
            "require without message",
            with("-- limbeck:require up a\nSELECT 1;\n").into(),
        ),
        (
            "require with bare message",
            with("-- limbeck:require up a none\nSELECT 1;\n").into(),
        ),
        (
            "require with more",
            with("-- limbeck:require up a \"b\" c\nSELECT 1;\n").into(),
        ),
        (
            "unclosed message",
            with("-- limbeck:require up a \"b\nSELECT 1;\n").into(),
        ),
        ("declares with more", with("-- limbeck:declares table a\n").into()),
        (
            "unknown option",
            with("-- limbeck:up a transction=no\nSELECT 1;\n").into(),
        ),
        (
            "strange option",
            with("-- limbeck:up a colour=blue\nSELECT 1;\n").into(),
        ),
        (
            "option without value",
            with("-- limbeck:up a allow\nSELECT 1;\n").into(),
        ),
        (
            "option with empty value",
            with("-- limbeck:up a allow= drop\nSELECT 1;\n").into(),
        ),
        (
            "duplicate option",
            with("-- limbeck:up a allow=drop allow=drop\n").into(),
        ),
        (
            "value of allow",
            with("-- limbeck:up a allow=everything\n").into(),
        ),
        (
            "value of transaction",
            with("-- limbeck:up a transaction=yes\n").into(),
        ),
        ("value of rust", with("-- limbeck:up a rust=Fill-slugs\n").into()),
        (
            "value of creates",
            with("-- limbeck:up a transaction=no creates=idx\nSELECT 1;\n").into(),
        ),
        ("value of retry", with("-- limbeck:up a retry=+3\n").into()),
        (
            "value of lock_timeout",
            with("-- limbeck:up a lock_timeout=2seconds\n").into(),
        ),
        (
            "value of statement_timeout",
            with("-- limbeck:up a statement_timeout=1000d\n").into(),
        ),
        (
            "creates inside a transaction",
            with("-- limbeck:up a creates=\"index a.b\"\n").into(),
        ),
        (
            "creates and drops",
            with("-- limbeck:up a transaction=no creates=\"index a.b\" drops=\"index a.c\"\nX;\n").into(),
        ),
        (
            "rust without transaction",
            with("-- limbeck:up a rust=b transaction=no\n").into(),
        ),
        (
            "rust with SQL",
            with("-- limbeck:up a rust=b\nSELECT 1;\n").into(),
        ),
        (
            "two statements without transaction",
            with("-- limbeck:up a transaction=no\nSELECT 1;\nSELECT 2;\n").into(),
        ),
        (
            "no statement without transaction",
            with("-- limbeck:up a transaction=no\n").into(),
        ),
        (
            "unclosed quote",
            with("-- limbeck:up a\nSELECT 'x;\n-- limbeck:down a\n").into(),
        ),
        (
            "unclosed comment",
            with("-- limbeck:up a\nSELECT 1; /* x\n-- limbeck:down a\n").into(),
        ),
        (
            "data",
            with("-- limbeck:up a\nCOPY t FROM stdin;\n1\n\\.\n-- limbeck:down a\n").into(),
        ),
        (
            "duplicate step",
            with("-- limbeck:up a\nSELECT 1;\n-- limbeck:up a\nSELECT 2;\n").into(),
        ),
        (
            "down without up",
            with("-- limbeck:up plans\nSELECT 1;\n-- limbeck:down plan\nSELECT 2;\n").into(),
        ),
        (
            "require without step",
            with("-- limbeck:require down a \"x\"\nSELECT 1;\n-- limbeck:up a\n").into(),
        ),
        (
            "require without query",
            with("-- limbeck:require up a \"x\"\n-- limbeck:up a\n").into(),
        ),
        (
            "SQL below declares",
            with("-- limbeck:declares\n-- + table a.b\nSELECT 1;\n").into(),
        ),
        (
            "declaration without kind",
            with("-- limbeck:declares\n-- + users\n").into(),
        ),
        (
            "duplicate declaration",
            with("-- limbeck:declares\n-- + table a.b\n-- - table a.b\n").into(),
        ),
        (
            "marker below declares",
            with("-- limbeck:declares\n-- + table a.b\n-- limbeck:up a\n").into(),
        ),
    ];
    let mut report = String::new();
    for (name, bytes) in cases {
        let error = Revision::parse(Path::new("versions/a.sql"), &bytes)
            .map(|revision| format!("{revision:#?}"))
            .expect_err(name);
        let marks = format!("{}{}", " ".repeat(error.column - 1), "^".repeat(error.length));
        report.push_str(&format!(
            "# {name}\n{error}\n  {}\n  {marks}\n",
            error.source_line.escape_debug()
        ));
        if let Some(hint) = error.hint() {
            report.push_str(&format!("  hint: {hint}\n"));
        }
        report.push('\n');
    }
    insta::assert_snapshot!(report);
}

#[test]
fn what_was_read_is_read_again_as_the_same() {
    for end in ["\r\n", "\r\r\n", "\r\r\r\n"] {
        let read = parse(&EXAMPLE.replace('\n', end)).unwrap();
        assert_eq!(read.text, EXAMPLE);
        assert_eq!(parse(&read.text).unwrap(), read);
    }
    let inside = parse(&EXAMPLE.replace("SELECT count", "SELECT\rcount")).unwrap();
    assert!(inside.text.contains("SELECT\rcount"));
}

/// A file with everything, a piece of it taken out or put elsewhere, and something put in its place.
fn nearly_a_file() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "\n-- limbeck:up again\n",
        "\n-- limbeck:down plans\n",
        "\n-- limbeck:require down by_day \"x\"\n",
        "\n-- limbeck:declares\n",
        "-- revises: \n",
        "\n\n",
        "\r\n",
        "\"",
        "'",
        "$$",
        "/*",
        " transaction=no",
        "\0",
        "\u{feff}",
        "\u{2028}",
        "é",
    ]);
    let place = any::<prop::sample::Index>;
    (place(), place(), place(), pieces, any::<[u8; 2]>(), 0..4_u8).prop_map(
        |(from, to, at, piece, bytes, kind)| {
            let mut text = EXAMPLE.as_bytes().to_vec();
            let (from, to) = (from.index(text.len()), to.index(text.len()));
            let cut: Vec<u8> = text.drain(from.min(to)..from.max(to)).collect();
            let at = at.index(text.len() + 1);
            let put = match kind {
                0 => &cut,
                1 => piece.as_bytes(),
                2 => &bytes[..],
                _ => &[],
            };
            text.splice(at..at, put.iter().copied());
            text
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_a_revision_or_a_fault_with_its_place(
        bytes in prop_oneof![nearly_a_file(), prop::collection::vec(any::<u8>(), 0..200)]
    ) {
        match Revision::parse(Path::new("versions/a.sql"), &bytes) {
            Err(error) => {
                prop_assert!(error.line >= 1 && error.column >= 1 && error.length >= 1);
                let _ = (error.to_string(), error.hint());
            }
            Ok(revision) => {
                for side in revision.steps.iter().flat_map(|step| [&step.up, &step.down]).flatten() {
                    prop_assert!(revision.text[side.offset..].starts_with(&side.sql));
                }
                prop_assert_eq!(&parse(&revision.text).unwrap(), &revision);
            }
        }
    }
}
