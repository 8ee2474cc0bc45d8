//! Fifty revisions with steps of every kind, each of which leaves a line in `public.applied`.

use std::fmt::Write as _;

use crate::support::TestFolder;
use crate::support::project::path;

/// What is there before any runner: not Limbeck's, and left alone by it.
pub const BEFORE: &str =
    "CREATE TABLE public.applied (n bigserial, revision text, step text, direction text);";

/// How many revisions there are.
pub const REVISIONS: usize = 50;

/// One step: its name, the options of its two sides, and their SQL. Outside a transaction there is one statement only.
struct Step {
    name: &'static str,
    options: [String; 2],
    sql: [String; 2],
}

/// A step in a transaction, both ways.
fn inside(name: &'static str, up: String, down: String) -> Step {
    Step {
        name,
        options: Default::default(),
        sql: [up, down],
    }
}

/// A step outside a transaction on the way up, and what undoes it.
fn outside(name: &'static str, goal: &str, up: String, down: Option<(&str, String)>) -> Step {
    let outside = |goal: &str| format!(" transaction=no{goal}");
    let (down_options, down) = match down {
        Some(("", sql)) => (String::new(), sql),
        Some((goal, sql)) => (outside(goal), sql),
        None => (String::new(), "SELECT 1;".to_owned()),
    };
    Step {
        name,
        options: [outside(goal), down_options],
        sql: [up, down],
    }
}

/// A step that only tells that it was here: what stands outside a transaction cannot.
fn mark(name: &'static str) -> Step {
    inside(name, "SELECT pg_sleep(0.005);".to_owned(), String::new())
}

fn steps(number: usize) -> Vec<Step> {
    let group = (number - 1) / 10;
    let index = |name: &str, unique: &str, column: &str| {
        outside(
            "build",
            &format!(" creates=\"index public.t{group}_{name}\""),
            format!("CREATE{unique} INDEX CONCURRENTLY t{group}_{name} ON t{group} ({column});"),
            Some((
                &format!(" drops=\"index public.t{group}_{name}\""),
                format!("DROP INDEX CONCURRENTLY t{group}_{name};"),
            )),
        )
    };
    match number % 10 {
        1 => vec![inside(
            "make",
            format!(
                "CREATE TABLE t{group} (id int, v text);\n\
                 INSERT INTO t{group} SELECT i, 'v' || i % 100 FROM generate_series(1, 2000) AS i;"
            ),
            format!("DROP TABLE t{group};"),
        )],
        2 => vec![mark("before"), index("v", "", "v"), mark("after")],
        3 => vec![index("id", " UNIQUE", "id"), mark("after")],
        4 => vec![inside(
            "type",
            format!("CREATE TYPE e{group} AS ENUM ('a', 'c');"),
            format!("DROP TYPE e{group};"),
        )],
        5 => vec![inside(
            "value",
            format!("ALTER TYPE e{group} ADD VALUE 'b' BEFORE 'c';"),
            format!("DROP TYPE e{group};\nCREATE TYPE e{group} AS ENUM ('a', 'c');"),
        )],
        6 => vec![
            outside(
                "again",
                &format!(" reindexes=\"index public.t{group}_v\""),
                format!("REINDEX INDEX CONCURRENTLY t{group}_v;"),
                None,
            ),
            mark("after"),
        ],
        7 => vec![
            inside(
                "column",
                format!("ALTER TABLE t{group} ADD COLUMN n int;"),
                format!("ALTER TABLE t{group} DROP COLUMN n;"),
            ),
            inside(
                "fill",
                format!("UPDATE t{group} SET n = id;\nSELECT pg_sleep(0.05);"),
                format!("UPDATE t{group} SET n = NULL;"),
            ),
            inside(
                "required",
                format!("ALTER TABLE t{group} ALTER COLUMN n SET NOT NULL;"),
                format!("ALTER TABLE t{group} ALTER COLUMN n DROP NOT NULL;"),
            ),
        ],
        8 => vec![inside(
            "partitions",
            format!(
                "CREATE TABLE p{group} (id int) PARTITION BY RANGE (id);\n\
                 CREATE TABLE p{group}_1 PARTITION OF p{group} FOR VALUES FROM (0) TO (1000);\n\
                 INSERT INTO p{group} SELECT generate_series(1, 99);"
            ),
            format!("DROP TABLE p{group};\nDROP TABLE IF EXISTS p{group}_1;"),
        )],
        9 => vec![
            mark("before"),
            outside(
                "detach",
                &format!(" detaches=\"table public.p{group}_1\""),
                format!("ALTER TABLE p{group} DETACH PARTITION p{group}_1 CONCURRENTLY;"),
                Some((
                    "",
                    format!(
                        "ALTER TABLE p{group} ATTACH PARTITION p{group}_1 FOR VALUES FROM (0) TO (1000);"
                    ),
                )),
            ),
        ],
        _ => vec![
            outside("clean", "", format!("VACUUM t{group};"), None),
            inside(
                "view",
                format!("CREATE VIEW w{group} AS SELECT id, n FROM t{group};"),
                format!("DROP VIEW w{group};"),
            ),
        ],
    }
}

/// Whether a step (`r12|2`) runs outside a transaction on the way up.
pub fn is_outside(step: &str) -> bool {
    let (revision, n) = step.split_once('|').unwrap();
    let number: usize = revision.trim_start_matches('r').parse().unwrap();
    // By its name it is a step that leaves a line, which one outside a transaction cannot.
    n.parse::<usize>()
        .is_ok_and(|n| steps(number)[n - 1].options[0].contains("transaction=no"))
}

/// Writes the revisions.
pub fn write(folder: &TestFolder) {
    for number in 1..=REVISIONS {
        let id = format!("r{number:02}");
        let parent = if number == 1 {
            String::new()
        } else {
            format!(" r{:02}", number - 1)
        };
        let mut text = format!(
            "-- Revision {number}\n--\n-- limbeck: 1\n-- revision: {id}\n-- revises:{parent}\n\
             -- created: 2026-11-21T10:00:00Z\n\n"
        );
        for step in steps(number) {
            for (index, direction) in ["up", "down"].into_iter().enumerate() {
                let (options, sql) = (&step.options[index], &step.sql[index]);
                let _ = write!(text, "-- limbeck:{direction} {}{options}\n{sql}\n", step.name);
                if options.is_empty() {
                    let _ = writeln!(
                        text,
                        "INSERT INTO public.applied (revision, step, direction) VALUES ('{id}', '{}', '{direction}');",
                        step.name
                    );
                }
            }
        }
        folder.write(&path(&id), text);
    }
}
