//! What looks like models and schemas, before anything is read for certain.

use std::path::{Path, PathBuf};

/// The first file of a folder that holds a struct that looks like a model.
pub(crate) fn model_file(folder: &Path) -> Option<PathBuf> {
    file_with(folder, "rs", &|text| {
        text.contains("Table") && text.contains("#[derive(")
    })
}

/// The first file of a folder, at any depth, that has an extension and whose text is as wanted.
pub(crate) fn file_with(folder: &Path, extension: &str, wanted: &dyn Fn(&str) -> bool) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().find_map(|path| {
        if path.is_dir() && !path.is_symlink() {
            return file_with(&path, extension, wanted);
        }
        let is_wanted = path.extension().is_some_and(|found| found == extension)
            && std::fs::read_to_string(&path).is_ok_and(|text| wanted(&text));
        is_wanted.then_some(path)
    })
}
