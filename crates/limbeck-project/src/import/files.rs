//! Reading the folders of other tools.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Migration;
use crate::project::read_text;
use crate::{Diagnostic, Error, Failure, Project, Snippet};

/// The entries of a folder, in order of their names.
pub(super) fn entries(project: &Project, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |cause: std::io::Error| {
        Error::usage(format!(
            "the folder `{}` cannot be read: {cause}",
            project.relative(folder).display()
        ))
        .hint("name the folder of the migrations: `limbeck import TOOL FOLDER`")
        .caused_by(cause)
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Every file below a folder, in order of their paths.
pub(super) fn all_files(project: &Project, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in entries(project, folder)? {
        if path.is_dir() {
            files.extend(all_files(project, &path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// A file's name as text.
pub(super) fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// A file's text, as the tool reads it: whole, with its byte order mark and its line ends.
pub(super) fn text(project: &Project, path: &Path) -> Result<String, Error> {
    read_text(path).map_err(|error| error.hint(format!("of `{}`", project.relative(path).display())))
}

/// The text as a step holds it.
pub(super) fn sql(text: &str) -> String {
    text.strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n")
}

/// Two files that say they are the same version.
pub(super) fn unique(migrations: &[Migration]) -> Result<(), Error> {
    let mut paths: BTreeMap<&str, &Path> = BTreeMap::new();
    for migration in migrations {
        if let Some(other) = paths.insert(&migration.version, &migration.path) {
            let diagnostic = Diagnostic::new(format!("two files have the version `{}`", migration.version))
                .at(Snippet::file(other.to_owned()))
                .at(Snippet::file(migration.path.clone()));
            return Err(Error::new(Failure::History, diagnostic).hint("give one of them another version"));
        }
    }
    Ok(())
}

/// A folder without any migration in it.
pub(super) fn some(migrations: &[Migration], folder: &Path, expected: &str) -> Result<(), Error> {
    if migrations.is_empty() {
        return Err(
            Error::usage(format!("there is no migration in `{}`", folder.display()))
                .hint(format!("files are expected there as `{expected}`")),
        );
    }
    Ok(())
}

/// A text of a TOML file beside the migrations; an empty table where there is none.
pub(super) fn toml(project: &Project, path: &Path) -> Result<toml::Table, Error> {
    if !path.is_file() {
        return Ok(toml::Table::new());
    }
    read_text(path)?.parse().map_err(|cause: toml::de::Error| {
        Error::usage(format!(
            "`{}` is no valid TOML: {}",
            project.relative(path).display(),
            cause.message()
        ))
    })
}

/// A string in a table in a table.
pub(super) fn setting<'t>(table: &'t toml::Table, section: &str, key: &str) -> Option<&'t toml::Value> {
    table.get(section)?.get(key)
}
