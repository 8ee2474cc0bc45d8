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

/// Writes a revision file of one step.
pub fn revision(folder: &TestFolder, id: &str, revises: &str, up: &str, down: &str) {
    folder.write(
        &path(id),
        format!(
            "-- Revision {id}\n--\n-- limbeck: 1\n-- revision: {id}\n-- revises: {revises}\n\
             -- created: 2026-11-21T10:00:00Z\n\n-- limbeck:up main\n{up}\n-- limbeck:down main\n{down}\n"
        ),
    );
}

/// The path of a revision file.
pub fn path(id: &str) -> String {
    format!("database/migrations/versions/20261121_100000_{id}.sql")
}
