//! The part of a schema that is written as SQL.

use std::path::{Path, PathBuf};

use super::ModelError;
use super::inputs::Inputs;
use super::origin::shown;
use super::roots::paths;

/// A file of the schema that is written as SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFile {
    /// The path, relative to the project's root where the file lies below it.
    pub path: PathBuf,
    /// The contents.
    pub text: String,
}

/// Reads the `.sql` files below folders, sorted by path, each once. An entry may also be a file, or a pattern. What is
/// asked of the file system is noted in `inputs`.
///
/// # Errors
///
/// When an entry does not exist, when a pattern matches nothing, and when a file cannot be read as UTF-8.
pub fn read_sql(root: &Path, folders: &[String], inputs: &Inputs) -> Result<Vec<SqlFile>, ModelError> {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| {
        ModelError::of_setting(
            format!("`{}` cannot be read: {error}", shown(root, path).display()),
            "check that it may be read, and save it as UTF-8",
        )
    };
    let mut found = Vec::new();
    for entry in folders {
        for path in paths(root, entry, "schema", inputs)? {
            if inputs.is_folder(&path) {
                let files = inputs.files_below(&path, "sql");
                found.extend(files.map_err(|error| unreadable(&path, &error))?);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found.dedup();
    found
        .into_iter()
        .map(|path| {
            let text = inputs.text(&path).map_err(|error| unreadable(&path, &error))?;
            Ok(SqlFile {
                path: shown(root, &path),
                text,
            })
        })
        .collect()
}
