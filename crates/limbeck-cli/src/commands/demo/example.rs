//! The example: the sources of `examples/meal-plan`, as they are there.

use std::fs;
use std::io;
use std::path::Path;

/// A file of the example, with its path. They lie outside this crate's folder, so a packaged crate needs a copy of
/// them.
macro_rules! source {
    ($path:literal) => {
        (
            $path,
            include_str!(concat!("../../../../../examples/meal-plan/", $path)),
        )
    };
}

/// Each file below `database/` and `src/`.
const FILES: &[(&str, &str)] = &[
    source!("database/schema/functions.sql"),
    source!("database/schema/triggers.sql"),
    source!("database/schema/views.sql"),
    source!("src/database.rs"),
    source!("src/database/columns.rs"),
    source!("src/database/models.rs"),
    source!("src/database/models/household.rs"),
    source!("src/database/models/household_member.rs"),
    source!("src/database/models/ingredient.rs"),
    source!("src/database/models/invoice.rs"),
    source!("src/database/models/meal_plan.rs"),
    source!("src/database/models/meal_plan_entry.rs"),
    source!("src/database/models/recipe.rs"),
    source!("src/database/models/recipe_ingredient.rs"),
    source!("src/database/models/recipe_step.rs"),
    source!("src/database/models/recipe_tag.rs"),
    source!("src/database/models/shopping_list.rs"),
    source!("src/database/models/shopping_list_item.rs"),
    source!("src/database/models/subscription.rs"),
    source!("src/database/models/tag.rs"),
    source!("src/database/models/user.rs"),
    source!("src/database/types.rs"),
    source!("src/database/views.rs"),
    source!("src/lib.rs"),
];

/// Where the crate with the derives lies in a clone of the repository.
const LIMBECK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../limbeck");

/// The change that the demo makes to a model.
pub(super) const CHANGE: Change = Change {
    path: "src/database/models/recipe.rs",
    message: "Add cooking time to recipes",
    after: "    pub title: String,",
    added: "    /// How long it takes.
    #[column(check = \"cooking_minutes > 0\")]
    pub cooking_minutes: Option<i32>,",
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
    fs::write(
        folder.join("Cargo.toml"),
        manifest(fs::canonicalize(LIMBECK).ok().as_deref()),
    )
}

/// The manifest, so that the models compile too. Limbeck itself reads sources and needs none.
fn manifest(limbeck: Option<&Path>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let limbeck = match limbeck {
        Some(path) => format!("{{ path = {:?} }}", path.display().to_string()),
        None => format!("{version:?}"),
    };
    format!(
        "[package]\nname = \"meal-plan\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\njiff = {{ version = \"0.2\", default-features = false, features = [\"std\"] }}\n\
         limbeck = {limbeck}\nrust_decimal = {{ version = \"1\", default-features = false }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\nuuid = {{ version = \"1\", default-features = false }}\n\n\
         # A package of its own, wherever the folder lies.\n[workspace]\n"
    )
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
        files_below(&example().join("database"), &mut there);
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
    fn the_manifest_names_every_dependency_of_the_example() {
        let dependencies = |text: &str| -> BTreeSet<String> {
            let section = text
                .split("[dependencies]")
                .nth(1)
                .unwrap()
                .split("\n\n")
                .next()
                .unwrap();
            section
                .lines()
                .filter_map(|line| line.split_once(" = "))
                .map(|(name, _)| name.to_owned())
                .collect()
        };
        let example = fs::read_to_string(example().join("Cargo.toml")).unwrap();
        assert_eq!(dependencies(&manifest(None)), dependencies(&example));
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
