//! Histories of other migration tools, as they lie in a folder and in a database.
//!
//! Each tool has a file that reads its folder into [`Migration`]s. What they have in common follows from there: the
//! table is read ([`record`]), held against the files ([`agreement`]), and what agrees becomes revisions
//! ([`drafts`]), which are proven on scratch ([`trial`]).

pub(crate) mod agreement;
mod alembic;
mod checksum;
pub(crate) mod detect;
mod diesel;
pub(crate) mod drafts;
pub(crate) mod exclude;
mod files;
pub(crate) mod foreign;
mod pieces;
pub(crate) mod provenance;
pub(crate) mod record;
mod refinery;
mod sqlx;
pub(crate) mod tables;
mod tool;
pub(crate) mod trial;

use std::path::{Path, PathBuf};

pub use tool::Tool;

use crate::{Error, Events, Project};

/// A tool's history, as its folder tells it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) tool: Tool,
    /// The folder, as it is told to people.
    pub(crate) folder: PathBuf,
    /// The table that the tool keeps what it did in, where its files name one.
    pub(crate) table: Option<String>,
    /// Parents first.
    pub(crate) migrations: Vec<Migration>,
    /// Ways down that could not be had, with the reason.
    pub(crate) without_down: Vec<(PathBuf, String)>,
}

/// One migration of another tool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Migration {
    /// What the tool's table calls it.
    pub(crate) version: String,
    /// The version as the file's name writes it.
    pub(crate) written: String,
    /// What it does, in words; may be empty.
    pub(crate) name: String,
    /// The file, as it is told to people.
    pub(crate) path: PathBuf,
    /// The way up.
    pub(crate) up: Script,
    /// The way down, where there is one.
    pub(crate) down: Option<Script>,
    /// What the tool's table holds of it once it is applied: any of these.
    pub(crate) checksums: Vec<String>,
    /// When it was written, UTC, as a header writes it.
    pub(crate) created: Option<String>,
    /// The versions that it follows.
    pub(crate) parents: Vec<String>,
    /// The versions of other branches that it needs.
    pub(crate) depends_on: Vec<String>,
    pub(crate) branch_labels: Vec<String>,
}

/// One direction of a migration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Script {
    pub(crate) sql: String,
    /// Whether the tool runs it in a transaction.
    pub(crate) transaction: bool,
}

impl Source {
    /// The folder of a tool that knows no graph: each migration follows the one before it.
    ///
    /// # Errors
    /// When two have one version, or there is none; `example` is what one could be called.
    fn in_a_line(
        tool: Tool,
        folder: PathBuf,
        mut migrations: Vec<Migration>,
        example: &str,
    ) -> Result<Self, Error> {
        files::unique(&migrations)?;
        files::some(&migrations, &folder, example)?;
        one_after_the_other(&mut migrations);
        Ok(Self {
            tool,
            folder,
            table: None,
            migrations,
            without_down: Vec::new(),
        })
    }
}

impl Migration {
    /// The migration in words: its file.
    pub(crate) fn told(&self) -> String {
        format!("`{}`", self.path.display())
    }
}

/// Reads a tool's folder.
///
/// # Errors
/// When a file cannot be read, two have one version, or a migration is none that can be brought over.
pub(crate) async fn read(
    project: &Project,
    tool: Tool,
    folder: &Path,
    alembic: Option<&Path>,
    events: Events<'_>,
) -> Result<Source, Error> {
    match tool {
        Tool::Sqlx => sqlx::read(project, folder),
        Tool::Refinery => refinery::read(project, folder),
        Tool::Diesel => diesel::read(project, folder),
        Tool::Alembic => alembic::read(project, folder, alembic, events).await,
    }
}

/// Puts migrations that have no graph of their own one after the other.
fn one_after_the_other(migrations: &mut [Migration]) {
    let mut before: Option<String> = None;
    for migration in migrations {
        migration.parents = before.into_iter().collect();
        before = Some(migration.version.clone());
    }
}

/// `20240131120000` as `2024-01-31T12:00:00Z`; nothing where the digits are no time.
fn time_of_digits(digits: &str) -> Option<String> {
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    );
    limbeck_history::is_created(&text).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_time_or_none() {
        assert_eq!(
            time_of_digits("20240131120000").as_deref(),
            Some("2024-01-31T12:00:00Z")
        );
        for none in ["00000000000000", "20241331120000", "1", "2024013112000x"] {
            assert_eq!(time_of_digits(none), None, "{none}");
        }
    }
}
