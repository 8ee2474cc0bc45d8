//! Where models are looked for: the setting `models`, entry by entry.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::ModelError;
use super::inputs::Inputs;
use super::manifest::{Manifest, Manifests};
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
    manifests: &Manifests<'_>,
    inputs: &Inputs,
) -> Result<Vec<CrateRoot>, Vec<ModelError>> {
    let mut found = Found::new(manifests, inputs);
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
    manifests: &'a Manifests<'a>,
    inputs: &'a Inputs,
    whole: Vec<PathBuf>,
    /// By the crate's first file.
    parts: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    errors: Vec<ModelError>,
}

impl<'a> Found<'a> {
    fn new(manifests: &'a Manifests<'a>, inputs: &'a Inputs) -> Self {
        Self {
            manifests,
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
        let roots = self.crate_roots(path);
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
        let root = root
            .or_else(|| self.library_around(file))
            .unwrap_or_else(|| file.to_path_buf());
        self.parts.entry(root).or_default().insert(canonical);
    }

    /// The library of a file's package, where its first file has a name of its own and lies above.
    fn library_around(&self, file: &Path) -> Option<PathBuf> {
        let manifest = self.manifests.of_file(file)?;
        let folder = folder_of(file, &manifest, self.inputs)?;
        let library = folder.join(manifest.library());
        let is_above = library.parent().is_some_and(|above| file.starts_with(above));
        (is_above && self.inputs.is_file(&library)).then_some(library)
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

    /// The first files of the crates in a folder, which is a package's, or one of its source files. The library goes
    /// first: a program beside it takes its modules from there.
    fn crate_roots(&self, folder: &Path) -> Vec<PathBuf> {
        for package in [Some(folder), folder.parent()].into_iter().flatten() {
            let Some(manifest) = self.manifests.in_folder(package) else {
                continue;
            };
            let mut roots = self.targets(package, &manifest);
            roots.retain(|root| root.starts_with(folder));
            if !roots.is_empty() {
                return roots;
            }
        }
        for folder in [folder.to_path_buf(), folder.join("src")] {
            let roots: Vec<PathBuf> = ["lib.rs", "main.rs"]
                .iter()
                .map(|name| folder.join(name))
                .filter(|file| self.inputs.is_file(file))
                .collect();
            if !roots.is_empty() {
                return roots;
            }
        }
        Vec::new()
    }

    /// The first files of a package's library and programs, as Cargo finds them.
    fn targets(&self, folder: &Path, manifest: &Manifest) -> Vec<PathBuf> {
        let mut files = vec![folder.join(manifest.library())];
        for (name, path) in manifest.programs() {
            match path {
                Some(path) => files.push(folder.join(path)),
                None => {
                    files.extend([
                        folder.join(format!("src/bin/{name}.rs")),
                        folder.join(format!("src/bin/{name}/main.rs")),
                    ]);
                    if name == manifest.name() {
                        files.push(folder.join("src/main.rs"));
                    }
                }
            }
        }
        if manifest.finds_programs() {
            files.push(folder.join("src/main.rs"));
            let programs = folder.join("src/bin");
            if self.inputs.is_folder(&programs) {
                let below = self.inputs.files_below(&programs, "rs").unwrap_or_default();
                files.extend(below.into_iter().filter(|file| {
                    let within = file.parent();
                    let is_main =
                        file.ends_with("main.rs") && within.and_then(Path::parent) == Some(&programs);
                    within == Some(&programs) || is_main
                }));
            }
        }
        let mut roots: Vec<PathBuf> = Vec::new();
        for file in files {
            if self.inputs.is_file(&file) && !roots.contains(&file) {
                roots.push(file);
            }
        }
        roots
    }
}

/// The folder of a manifest as the path of a file has it, links and all.
fn folder_of(file: &Path, manifest: &Manifest, inputs: &Inputs) -> Option<PathBuf> {
    let mut above = file.ancestors().skip(1);
    let folder = above.find(|folder| {
        inputs
            .canonical(folder)
            .is_ok_and(|canonical| canonical == manifest.folder)
    });
    folder.map(Path::to_path_buf)
}

/// The name by which other crates know the library whose first file this is; `None` of a program.
pub(super) fn crate_name(file: &Path, manifests: &Manifests<'_>, inputs: &Inputs) -> Option<String> {
    let manifest = manifests.of_file(file)?;
    let library = manifest.folder.join(manifest.library());
    let is_library = inputs.canonical(file).ok()? == inputs.canonical(&library).ok()?;
    is_library.then(|| manifest.library_name())
}
