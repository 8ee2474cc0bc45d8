//! Where revision files lie: one folder, or several, with the folders inside or without.

use std::collections::BTreeSet;
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};

use super::HistoryError;

/// The folders that revision files lie in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locations {
    /// The folders. One that is given twice, or that lies in another, is read once.
    pub folders: Vec<PathBuf>,
    /// Whether the folders inside are read as well.
    pub recursive: bool,
}

impl Locations {
    /// One folder, without those inside.
    #[must_use]
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self {
            folders: vec![path.into()],
            recursive: false,
        }
    }

    /// What may be a revision file: each entry whose name ends in `.sql` and does not begin with a dot, in order of
    /// the names. Other files are not looked at, nor are folders whose names begin with a dot, nor what is beyond a
    /// link to a folder.
    ///
    /// # Errors
    ///
    /// A folder cannot be read.
    pub fn entries(&self) -> Result<Vec<DirEntry>, HistoryError> {
        let mut walk = Walk {
            recursive: self.recursive,
            may_meet_twice: self.recursive || self.folders.len() > 1,
            visited: BTreeSet::new(),
            found: Vec::new(),
        };
        for folder in &self.folders {
            walk.folder(folder)?;
        }
        let mut found = walk.found;
        found.sort_by_cached_key(|entry| (entry.file_name(), entry.path()));
        Ok(found)
    }
}

/// A walk through folders.
struct Walk {
    recursive: bool,
    /// Whether one folder may be met in two ways.
    may_meet_twice: bool,
    /// The folders that were met, as the system names them.
    visited: BTreeSet<PathBuf>,
    found: Vec<DirEntry>,
}

impl Walk {
    fn folder(&mut self, folder: &Path) -> Result<(), HistoryError> {
        let unreadable = |source: io::Error| HistoryError::Unreadable {
            path: folder.to_owned(),
            source,
        };
        if self.may_meet_twice {
            let real = folder.canonicalize().map_err(unreadable)?;
            if !self.visited.insert(real) {
                return Ok(());
            }
        }
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if self.recursive && entry.file_type().map_err(unreadable)?.is_dir() {
                self.folder(&entry.path())?;
                continue;
            }
            let extension = name.as_encoded_bytes().rsplit(|b| *b == b'.').next();
            if extension.is_some_and(|extension| extension.eq_ignore_ascii_case(b"sql")) {
                // A link may lead to a file as well; a folder of such a name fails to be read, and is named.
                self.found.push(entry);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for path in paths {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        root
    }

    fn names(root: &Path, folders: &[&str], recursive: bool) -> Vec<String> {
        let locations = Locations {
            folders: folders.iter().map(|folder| root.join(folder)).collect(),
            recursive,
        };
        let entries = locations.entries().unwrap();
        let path = |entry: &DirEntry| entry.path().strip_prefix(root).unwrap().display().to_string();
        entries.iter().map(path).collect()
    }

    #[test]
    fn folders_inside_are_read_where_that_is_said() {
        let root = tree(&[
            "v/1.sql",
            "v/2024/2.sql",
            "v/2024/06/0.SQL",
            "v/.old/3.sql",
            "v/a.md",
        ]);
        assert_eq!(names(root.path(), &["v"], false), ["v/1.sql"]);
        assert_eq!(
            names(root.path(), &["v"], true),
            ["v/2024/06/0.SQL", "v/1.sql", "v/2024/2.sql"]
        );
    }

    #[test]
    fn several_folders_are_one_list_and_none_is_read_twice() {
        let root = tree(&["a/2.sql", "b/1.sql", "a/in/3.sql"]);
        assert_eq!(names(root.path(), &["a", "b"], false), ["b/1.sql", "a/2.sql"]);
        assert_eq!(names(root.path(), &["a", "b/../a"], false), ["a/2.sql"]);
        assert_eq!(
            names(root.path(), &["a", "a/in", "b"], true),
            ["b/1.sql", "a/2.sql", "a/in/3.sql"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_is_no_way() {
        let root = tree(&["v/1.sql"]);
        std::os::unix::fs::symlink(root.path().join("v"), root.path().join("v/again")).unwrap();
        assert_eq!(names(root.path(), &["v"], true), ["v/1.sql"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let root = tree(&["v/1.sql"]);
        let locations = Locations {
            folders: vec![root.path().join("v"), root.path().join("w")],
            recursive: false,
        };
        let error = locations.entries().unwrap_err().to_string();
        assert!(error.contains("/w`"), "{error}");
    }
}
