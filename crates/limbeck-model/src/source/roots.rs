//! Where models are looked for: the setting `models`, entry by entry.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::ModelError;
use super::inputs::Inputs;
use super::origin::shown;

/// A crate to read, or a file that belongs to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CrateRoot {
    /// The first file.
    pub(super) file: PathBuf,
    /// The canonical paths of the files whose models count; all with `None`.
    pub(super) only: Option<BTreeSet<PathBuf>>,
}

/// The crates that the entries lead to, in their order. Each entry is a crate's folder, a folder of source files, a
/// file, or a pattern of such.
pub(super) fn find(
    root: &Path,
    entries: &[String],
    inputs: &Inputs,
) -> Result<Vec<CrateRoot>, Vec<ModelError>> {
    let mut found = Found::new(inputs);
    for entry in entries {
        for path in paths(root, entry, "models", inputs).unwrap_or_else(|error| {
            found.errors.push(error);
            Vec::new()
        }) {
            found.add(root, &path);
        }
    }
    if found.errors.is_empty() {
        Ok(found.into_roots())
    } else {
        Err(found.errors)
    }
}

/// The paths that an entry of a setting names: itself, or what matches it as a pattern, sorted.
pub(super) fn paths(
    root: &Path,
    entry: &str,
    setting: &str,
    inputs: &Inputs,
) -> Result<Vec<PathBuf>, ModelError> {
    let path = root.join(entry);
    if inputs.exists(&path) {
        return Ok(vec![path]);
    }
    if let Err(error) = inputs.canonical(&path)
        && !matches!(
            error.kind(),
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
        )
    {
        return Err(ModelError::of_setting(
            format!("`{entry}`, named under `{setting}`, cannot be read: {error}"),
            "check where it leads, and that it may be read",
        ));
    }
    if !entry.contains(['*', '?', '[']) {
        return Err(ModelError::of_setting(
            format!("`{entry}`, named under `{setting}`, does not exist"),
            format!("correct `{setting}` in limbeck.toml: paths are relative to its folder"),
        ));
    }
    let pattern = format!("{}/{entry}", glob::Pattern::escape(&root.to_string_lossy()));
    let found = inputs.matches(&pattern).map_err(|error| {
        ModelError::of_setting(
            format!("`{entry}`, under `{setting}`, is no pattern: {}", error.msg),
            "`*` stands for a part of a name, `**` for any folders",
        )
    })?;
    if found.is_empty() {
        return Err(ModelError::of_setting(
            format!("nothing matches `{entry}`, named under `{setting}`"),
            format!("correct `{setting}` in limbeck.toml: patterns are relative to its folder"),
        ));
    }
    Ok(found)
}

struct Found<'a> {
    inputs: &'a Inputs,
    whole: Vec<PathBuf>,
    /// By the crate's first file.
    parts: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    errors: Vec<ModelError>,
}

impl<'a> Found<'a> {
    fn new(inputs: &'a Inputs) -> Self {
        Self {
            inputs,
            whole: Vec::new(),
            parts: BTreeMap::new(),
            errors: Vec::new(),
        }
    }

    fn add(&mut self, root: &Path, path: &Path) {
        if self.inputs.is_file(path) {
            self.add_file(root, path);
            return;
        }
        let roots = crate_roots(path, self.inputs);
        if !roots.is_empty() {
            self.whole.extend(roots);
            return;
        }
        match self.inputs.files_below(path, "rs") {
            Err(error) => self.errors.push(ModelError::of_setting(
                format!("`{}` cannot be read: {error}", shown(root, path).display()),
                "check that the folder may be read",
            )),
            Ok(files) if files.is_empty() => self.errors.push(ModelError::of_setting(
                format!(
                    "`{}`, named under `models`, holds no Rust files",
                    shown(root, path).display()
                ),
                "name the folder that holds `lib.rs` or `main.rs`, or the files themselves",
            )),
            Ok(files) => {
                for file in files {
                    self.add_file(root, &file);
                }
            }
        }
    }

    /// A file alone is read as part of its crate, where it has one: its names are looked up there.
    fn add_file(&mut self, root: &Path, file: &Path) {
        let Ok(canonical) = self.inputs.canonical(file) else {
            return;
        };
        let mut folders = file
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(root));
        let root = folders.find_map(|folder| {
            ["lib.rs", "main.rs"]
                .iter()
                .map(|name| folder.join(name))
                .find(|root| self.inputs.is_file(root))
        });
        let root = root.unwrap_or_else(|| file.to_path_buf());
        self.parts.entry(root).or_default().insert(canonical);
    }

    fn into_roots(self) -> Vec<CrateRoot> {
        let mut roots: Vec<CrateRoot> = Vec::new();
        for file in self.whole {
            if !roots.iter().any(|root| root.file == file) {
                roots.push(CrateRoot { file, only: None });
            }
        }
        for (file, only) in self.parts {
            if !roots.iter().any(|root| root.file == file) {
                roots.push(CrateRoot {
                    file,
                    only: Some(only),
                });
            }
        }
        roots
    }
}

/// The first files of the crates in a folder. The library goes first: a program beside it takes its modules from there.
fn crate_roots(folder: &Path, inputs: &Inputs) -> Vec<PathBuf> {
    for folder in [folder.to_path_buf(), folder.join("src")] {
        let roots: Vec<PathBuf> = ["lib.rs", "main.rs"]
            .iter()
            .map(|name| folder.join(name))
            .filter(|file| inputs.is_file(file))
            .collect();
        if !roots.is_empty() {
            return roots;
        }
    }
    Vec::new()
}

/// The name by which other crates know the library whose first file is `root`: `lib.name`, or `package.name` with
/// underscores. The two keys are looked for line by line; a manifest that hides them gives no name.
pub(super) fn crate_name(root: &Path, inputs: &Inputs) -> Option<String> {
    let manifest = root.parent()?.parent()?.join("Cargo.toml");
    let text = inputs.text(&manifest).ok()?;
    let (mut section, mut package, mut library) = (String::new(), None, None);
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
            section = name.trim().to_owned();
        } else if let Some((key, value)) = line.split_once('=')
            && key.trim() == "name"
        {
            let value = value.trim().trim_start_matches(['"', '\'']);
            let name = value.split(['"', '\'']).next().map(|name| name.replace('-', "_"));
            match section.as_str() {
                "package" => package = name,
                "lib" => library = name,
                _ => {}
            }
        }
    }
    library.or(package)
}
