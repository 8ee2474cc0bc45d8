//! Where structs and `.sql` files go.

use std::path::{Component, Path, PathBuf};

use super::GenerateOptions;
use crate::commands::baseline::split;
use crate::commands::written::Written;
use crate::declared::Sources;
use crate::{Error, Events, Project};

/// The folders that files go into, relative to the project.
pub(super) struct Target {
    pub(super) models: PathBuf,
    pub(super) schema: PathBuf,
    dry_run: bool,
}

impl Target {
    /// What was asked for, or what is usual.
    pub(super) fn of(project: &Project, options: &GenerateOptions) -> Result<Self, Error> {
        let models = match &options.into {
            Some(into) => project.relative(&project.root().join(into)),
            None => usual(project),
        };
        if models.is_absolute() || models.components().any(|part| part == Component::ParentDir) {
            return Err(
                Error::usage(format!("`{}` does not lie in the project", models.display()))
                    .hint("name a folder below that of limbeck.toml"),
            );
        }
        Ok(Self {
            models,
            schema: split::configured(project)?,
            dry_run: options.dry_run,
        })
    }

    /// Whether nothing is to be written.
    pub(super) fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// The module of the structs.
    pub(super) fn module(&self) -> Option<&str> {
        self.models.file_name().and_then(|name| name.to_str())
    }

    /// Refuses to write over files.
    pub(super) fn refuse_existing<'p>(
        &self,
        project: &Project,
        paths: impl Iterator<Item = &'p PathBuf>,
    ) -> Result<(), Error> {
        if self.dry_run {
            return Ok(());
        }
        const MOST: usize = 10;
        // A module is one file or one folder: beside its file, nobody reads the folder.
        let module = self.models.with_extension("rs");
        let there: Vec<String> = std::iter::once(module.clone())
            .chain(paths.filter(|path| **path != module).cloned())
            .filter(|path| std::fs::symlink_metadata(project.root().join(path)).is_ok())
            .map(|path| format!("`{}`", path.display()))
            .collect();
        if there.is_empty() {
            return Ok(());
        }
        let mut shown = there.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
        if there.len() > MOST {
            shown.push_str(&format!(" and {} more", there.len() - MOST));
        }
        let verb = if there.len() == 1 { "is" } else { "are" };
        Err(Error::usage(format!(
            "{shown} {verb} there already, and nothing is written over"
        ))
        .hint("choose another folder with `--into`, or move what is there away")
        .hint("`--into -` prints instead of writing"))
    }

    /// What is left to do: a module that no other names is not found, neither by Rust nor by Limbeck.
    pub(super) fn next(&self, project: &Project) -> Vec<String> {
        let Some(name) = self.module() else {
            return Vec::new();
        };
        let parent = self.models.parent().unwrap_or(Path::new(""));
        let roots = ["lib.rs", "main.rs", "mod.rs"].map(|file| parent.join(file));
        let found = roots.iter().find(|path| project.root().join(path).is_file());
        let Some(root) = found else {
            return vec![format!(
                "name `{}` where limbeck.toml says `models`, or reach it by `mod {name};` from a crate's root",
                self.models.display()
            )];
        };
        let text = std::fs::read_to_string(project.root().join(root)).unwrap_or_default();
        let is_named = text.lines().any(|line| {
            let line = line.trim();
            let line = line.rsplit_once(") ").map_or(line, |(_, line)| line);
            let line = line.strip_prefix("pub ").unwrap_or(line);
            line.strip_prefix("mod ")
                .and_then(|rest| rest.strip_suffix(';'))
                .map(str::trim)
                == Some(name)
        });
        if is_named {
            Vec::new()
        } else {
            vec![format!("add `pub mod {name};` to `{}`", root.display())]
        }
    }
}

/// `models` in the first folder of sources that limbeck.toml names, or in `src`.
fn usual(project: &Project) -> PathBuf {
    let sources = Sources::of(project).models;
    let folder = sources
        .iter()
        .map(PathBuf::from)
        .find(|path| project.root().join(path).is_dir());
    let Some(folder) = folder else {
        return ["src", "models"].iter().collect();
    };
    let of_crate = folder.join("src");
    if project.root().join(&of_crate).is_dir() {
        of_crate.join("models")
    } else if folder.file_name().is_some_and(|name| name == "models") {
        folder
    } else {
        folder.join("models")
    }
}

/// Writes all files, or none.
pub(super) fn write<'f>(
    project: &Project,
    files: impl Iterator<Item = &'f (PathBuf, String)>,
    events: Events<'_>,
) -> Result<(), Error> {
    let mut written = Written::default();
    for (path, text) in files {
        if let Err(error) = written.write(project, &project.root().join(path), text, events) {
            written.take_back();
            return Err(error);
        }
    }
    Ok(())
}
