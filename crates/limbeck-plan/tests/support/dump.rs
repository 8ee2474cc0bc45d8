//! The second witness: what `pg_dump` prints.

use std::path::PathBuf;

use limbeck_server::ScratchDatabase;

/// The program `pg_dump`.
pub(crate) struct Dump {
    program: PathBuf,
}

impl Dump {
    pub(crate) fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// What it prints of a database's schema.
    pub(crate) async fn raw(&self, database: &ScratchDatabase) -> String {
        let output = tokio::process::Command::new(&self.program)
            .args(["--schema-only", "--no-owner"])
            // Without a provider there are none, and to look for them takes a fifth of the time.
            .args(["--no-security-labels", "--dbname"])
            .arg(database.settings().to_url_with_password())
            .output()
            .await
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same in comparable form: statements in order of their text, the columns of tables in order of their names.
    pub(crate) async fn print(&self, database: &ScratchDatabase) -> Vec<String> {
        let raw = self.raw(database).await;
        let mut statements: Vec<String> = limbeck_sql::statements(&raw)
            .iter()
            .filter(|statement| statement.kind != limbeck_sql::StatementKind::MetaCommand)
            .filter(|statement| !statement.text.starts_with("SET ") && !statement.text.starts_with("SELECT "))
            .map(|statement| {
                sorted_columns(&sorted_dictionary(&sorted_storage(&sorted_options(
                    statement.text,
                ))))
            })
            .collect();
        statements.sort();
        statements
    }
}

/// Storage parameters in order of their names; PostgreSQL keeps them as they were given.
fn sorted_storage(statement: &str) -> String {
    let Some((before, after)) = statement.split_once("WITH (") else {
        return statement.to_owned();
    };
    let Some((list, rest)) = after.split_once(')') else {
        return statement.to_owned();
    };
    let mut options: Vec<&str> = list.split(", ").collect();
    options.sort_unstable();
    format!("{before}WITH ({}){rest}", options.join(", "))
}

/// What is foreign, line by line: options are kept as they were given.
fn sorted_options(statement: &str) -> String {
    let is_foreign = [
        "CREATE FOREIGN ",
        "CREATE SERVER ",
        "CREATE USER MAPPING ",
        "ALTER FOREIGN TABLE ",
    ]
    .iter()
    .any(|start| statement.starts_with(start));
    if !is_foreign {
        return statement.to_owned();
    }
    let mut lines: Vec<&str> = statement
        .lines()
        .map(|line| line.trim().trim_end_matches(','))
        .collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// The options of a text search dictionary in order of their names; PostgreSQL puts what is altered last.
fn sorted_dictionary(statement: &str) -> String {
    if !statement.starts_with("CREATE TEXT SEARCH DICTIONARY ") {
        return statement.to_owned();
    }
    let text = statement.trim_end_matches([' ', ')']);
    let mut options: Vec<&str> = text.split([',', '\n']).map(str::trim).collect();
    options.sort_unstable();
    options.join("\n")
}

fn sorted_columns(statement: &str) -> String {
    if !statement.starts_with("CREATE TABLE ") && !statement.starts_with("CREATE UNLOGGED TABLE ") {
        return statement.to_owned();
    }
    let mut lines: Vec<&str> = statement.lines().map(|line| line.trim_end_matches(',')).collect();
    let end = lines.len().saturating_sub(1);
    if let Some(columns) = lines.get_mut(1..end) {
        columns.sort_unstable();
    }
    lines.join("\n")
}

/// What only one of two prints has.
pub(crate) fn difference(ours: &[String], theirs: &[String]) -> String {
    let only = |sign: char, these: &[String], those: &[String]| -> String {
        these
            .iter()
            .filter(|statement| !those.contains(statement))
            .map(|statement| format!("\n{sign} {statement}"))
            .collect()
    };
    only('+', ours, theirs) + &only('-', theirs, ours)
}
