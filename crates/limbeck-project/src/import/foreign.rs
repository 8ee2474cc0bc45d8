//! Tools whose files are called as those of another one, and whose history cannot be brought over.

use std::path::{Path, PathBuf};

use limbeck_catalog::ObjectId;

use super::{Tool, files, sqlx};
use crate::project::read_text;
use crate::{Diagnostic, Error, Failure, Project, Snippet};

/// What a comment begins with that tells a direction, and the tool that reads it. One file goes both ways there: taken
/// for sqlx's, its way back would run right after its way up.
const MARKERS: [(&str, &str); 3] = [
    ("+goose", "goose"),
    ("+migrate", "sql-migrate"),
    ("migrate:up", "dbmate"),
];

/// The tools whose files others call as theirs, the tables of those others, and their names.
const TABLES: [(Tool, &str, &str); 4] = [
    (Tool::Sqlx, "goose_db_version", "goose"),
    (Tool::Sqlx, "gorp_migrations", "sql-migrate"),
    (
        Tool::Sqlx,
        "schema_migrations",
        "golang-migrate, dbmate or another tool",
    ),
    (Tool::Refinery, "flyway_schema_history", "Flyway"),
];

/// The tool whose comments a file has.
pub(super) fn tool_of(text: &str) -> Option<&'static str> {
    text.lines().find_map(|line| {
        let line = line.trim_start_matches('\u{feff}').trim_start();
        let comment = line.strip_prefix("--")?.trim_start();
        let (_, tool) = MARKERS
            .into_iter()
            .find(|(marker, _)| comment.starts_with(*marker))?;
        Some(tool)
    })
}

/// The first file in a folder that is called as sqlx's and has the comments of another tool, and that tool.
pub(super) fn in_folder(folder: &Path) -> Option<(PathBuf, &'static str)> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .into_iter()
        .filter(|path| path.is_file() && sqlx::is_migration(&files::name(path)))
        .find_map(|path| {
            let tool = tool_of(&read_text(&path).ok()?)?;
            Some((path, tool))
        })
}

/// The error that a file is another tool's.
pub(super) fn refused(project: &Project, path: &Path, tool: &str) -> Error {
    let told = project.relative(path);
    let diagnostic = Diagnostic::new(format!(
        "`{}` is a migration of {tool}, whose history cannot be imported",
        told.display()
    ));
    Error::new(Failure::History, diagnostic.at(Snippet::file(told)))
        .hint("begin with the database as it is: `limbeck baseline`")
}

/// Refuses a database that has no table of the tool, and one of another tool that calls its files so. `tables` are
/// those of migration tools.
pub(crate) fn refuse_table(tool: Tool, tables: &[ObjectId]) -> Result<(), Error> {
    let found = tables.iter().find_map(|table| {
        let (_, _, other) = TABLES
            .into_iter()
            .find(|(of, name, _)| *of == tool && table.name() == *name)?;
        Some((table, other))
    });
    let Some((table, other)) = found else {
        return Ok(());
    };
    let diagnostic = Diagnostic::new(format!(
        "the database has `{table}`, of {other}, and no `{}`: it was not {tool} that migrated it",
        tool.table()
    ));
    Err(Error::new(Failure::History, diagnostic)
        .hint("begin with the database as it is: `limbeck baseline`")
        .hint(format!(
            "if it was {tool}, with a table of another name, say it with `--table`; to bring the files alone, run \
             `limbeck import {tool} --no-database`"
        )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_tell_the_tool() {
        for (text, tool) in [
            (
                "-- +goose Up\nCREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;\n",
                Some("goose"),
            ),
            ("\u{feff}--+goose Up\n", Some("goose")),
            ("-- users\r\n\r\n-- migrate:up\r\n", Some("dbmate")),
            ("-- +migrate Up notransaction\n", Some("sql-migrate")),
            ("-- no-transaction\nSELECT 1;\n", None),
            ("-- to migrate: up\nSELECT '+goose';\n", None),
            ("", None),
        ] {
            assert_eq!(tool_of(text), tool, "{text}");
        }
    }

    #[test]
    fn a_folder_tells_the_tool() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("README.md", "-- +goose Up\n");
        write("1_a.sql", "CREATE TABLE a ();\n");
        assert_eq!(in_folder(folder.path()), None);
        write("3_c.sql", "-- migrate:up\n");
        write("2_b.sql", "-- +goose Up\n");
        assert_eq!(
            in_folder(folder.path()),
            Some((folder.path().join("2_b.sql"), "goose"))
        );
        assert_eq!(in_folder(&folder.path().join("nowhere")), None);
    }

    #[test]
    fn the_table_of_another_tool_is_refused() {
        let tables = |names: &[&str]| -> Vec<ObjectId> {
            let ids = names.iter().map(|name| format!("table public.{name}"));
            ids.map(|id| id.parse().unwrap()).collect()
        };
        let goose = tables(&["alembic_version", "goose_db_version"]);
        assert_eq!(
            refuse_table(Tool::Sqlx, &goose).unwrap_err().to_string(),
            "the database has `table public.goose_db_version`, of goose, and no `_sqlx_migrations`: it was not sqlx \
             that migrated it"
        );
        assert!(refuse_table(Tool::Sqlx, &tables(&["schema_migrations"])).is_err());
        assert!(refuse_table(Tool::Refinery, &tables(&["flyway_schema_history"])).is_err());
        assert!(refuse_table(Tool::Diesel, &goose).is_ok());
        assert!(refuse_table(Tool::Sqlx, &tables(&["alembic_version"])).is_ok());
        assert!(refuse_table(Tool::Sqlx, &[]).is_ok());
    }
}
