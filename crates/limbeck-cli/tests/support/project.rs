//! A small project to break.

use super::TestFolder;

/// The model of a table, as a user writes it.
pub const USER: &str = r#"use limbeck::Table;

/// A person who can sign in.
#[derive(Table)]
#[table(name = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}
"#;

/// A project whose database is at `url`, with one model and no revision.
pub fn project(url: &str) -> TestFolder {
    let folder = TestFolder::new();
    folder.write("limbeck.toml", configuration(url));
    folder.write("src/lib.rs", "pub mod user;\n");
    folder.write("src/user.rs", USER);
    folder.write("database/migrations/versions/.gitkeep", "");
    folder
}

/// A project without a database.
pub fn project_without_database() -> TestFolder {
    project("")
}

pub fn configuration(url: &str) -> String {
    let url = if url.is_empty() {
        String::new()
    } else {
        format!("\n[database]\nurl = \"{url}\"\n")
    };
    format!("migrations = \"database/migrations\"\nmodels = [\"src\"]\n{url}")
}

/// Two branches that meet, and a base of its own that needs one of them:
///
/// ```text
///     a1 --- b1[left] --- c1 --- m0
///       \                       /
///        --- b2[right] ---------
///                     .
///                      ... x1[other] --- x2
/// ```
pub fn forest(folder: &TestFolder) {
    for (id, header) in [
        ("a1", "-- revises:\n"),
        ("b1", "-- revises: a1\n-- branch_labels: left\n"),
        ("b2", "-- revises: a1\n-- branch_labels: right\n"),
        ("c1", "-- revises: b1\n"),
        ("x1", "-- revises:\n-- depends_on: b2\n-- branch_labels: other\n"),
        ("x2", "-- revises: x1\n"),
    ] {
        let (up, down) = (
            format!("CREATE TABLE {id} ();\nSELECT '{id}';"),
            format!("DROP TABLE {id};"),
        );
        file(folder, id, header, &up, &down);
    }
    folder.write(
        &path("m0"),
        "-- Merge\n--\n-- limbeck: 1\n-- revision: m0\n-- revises: c1, b2\n-- created: 2026-11-21T10:00:00Z\n",
    );
}

/// Writes a revision file of one step, with lines of its own in the header.
pub fn file(folder: &TestFolder, id: &str, header: &str, up: &str, down: &str) {
    folder.write(
        &path(id),
        format!(
            "-- Revision {id}\n--\n-- limbeck: 1\n-- revision: {id}\n{header}-- created: 2026-11-21T10:00:00Z\n\n\
             -- limbeck:up main\n{up}\n-- limbeck:down main\n{down}\n"
        ),
    );
}

/// Writes a revision file of one step.
pub fn revision(folder: &TestFolder, id: &str, revises: &str, up: &str, down: &str) {
    file(folder, id, &format!("-- revises: {revises}\n"), up, down);
}

/// The path of a revision file.
pub fn path(id: &str) -> String {
    format!("database/migrations/versions/20261121_100000_{id}.sql")
}
