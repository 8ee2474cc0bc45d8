//! The example: the sources of `examples/meal-plan`, as they are there.

use std::fs;
use std::io;
use std::path::Path;

/// Each file below `src/`. They lie outside this crate's folder, so a packaged crate needs a copy of them.
const FILES: &[(&str, &str)] = &[(
    "src/lib.rs",
    include_str!("../../../../../examples/meal-plan/src/lib.rs"),
)];

/// The change that the demo makes to a model.
pub(super) const CHANGE: Change = Change {
    path: "src/lib.rs",
    message: "Add a subtitle to recipes",
    after: "",
    added: "",
};

/// Lines that are added to a file.
pub(super) struct Change {
    /// The file.
    pub(super) path: &'static str,
    /// What it does, as the revision's message.
    pub(super) message: &'static str,
    /// The line after which they are added, whole; the only one of its kind.
    after: &'static str,
    /// The lines.
    added: &'static str,
}

impl Change {
    /// Makes the change.
    pub(super) fn apply(&self, path: &Path) -> io::Result<()> {
        let before = fs::read_to_string(path)?;
        fs::write(path, self.applied_to(&before))
    }

    fn applied_to(&self, text: &str) -> String {
        text.replacen(self.after, &format!("{}\n{}", self.after, self.added), 1)
    }

    /// The change as a person reads it.
    pub(super) fn as_diff(&self) -> String {
        let added: String = self.added.lines().map(|line| format!("\n+{line}")).collect();
        format!("{}\n {}{added}", self.path, self.after)
    }
}

/// How many tables the example declares.
pub(super) fn tables() -> usize {
    FILES
        .iter()
        .map(|(_, text)| text.matches("#[derive(Table").count())
        .sum()
}

/// Writes the example into a folder that is not there yet.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (path, text) in FILES {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::*;

    fn example() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/meal-plan")
    }

    fn files_below(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files_below(&path, found);
            } else {
                found.insert(path.strip_prefix(example()).unwrap().display().to_string());
            }
        }
    }

    #[test]
    fn every_file_of_the_example_is_listed() {
        let mut there = BTreeSet::new();
        files_below(&example().join("src"), &mut there);
        let listed: BTreeSet<String> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(listed, there);
    }

    #[test]
    fn the_change_has_its_place() {
        let (_, text) = FILES.iter().find(|(path, _)| *path == CHANGE.path).unwrap();
        assert_eq!(text.lines().filter(|line| *line == CHANGE.after).count(), 1);
        assert!(CHANGE.applied_to(text).contains(CHANGE.added));
    }

    #[test]
    fn the_example_is_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("a demo");
        write(&folder).unwrap();
        for (path, text) in FILES {
            assert_eq!(fs::read_to_string(folder.join(path)).unwrap(), *text);
        }
    }
}
