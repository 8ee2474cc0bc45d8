//! The manifests of crates, as far as they say what is read: `Cargo.toml`. Cargo itself is not asked.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use toml::{Table, Value};

use super::inputs::Inputs;

/// The manifest of a package.
#[derive(Debug)]
pub(super) struct Manifest {
    /// Where it lies, without links.
    pub(super) folder: PathBuf,
    table: Table,
    /// What `workspace = true` stands for, and the folder that its paths start from.
    inherited: Option<(Table, PathBuf)>,
}

/// A dependency of a package that its builds have, those for one system among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency {
    /// By which name the package knows it.
    pub(super) key: String,
    /// The folder of its package, where that is on this disk.
    pub(super) folder: Option<PathBuf>,
    pub(super) is_optional: bool,
    pub(super) has_default_features: bool,
    pub(super) features: Vec<String>,
}

/// The manifests that are looked at, each read once.
#[derive(Debug)]
pub(super) struct Manifests<'a> {
    inputs: &'a Inputs,
    /// By folder; `None` where there is none, or none that can be read.
    tables: RefCell<BTreeMap<PathBuf, Option<Rc<Table>>>>,
    packages: RefCell<BTreeMap<PathBuf, Option<Rc<Manifest>>>>,
}

impl<'a> Manifests<'a> {
    pub(super) fn new(inputs: &'a Inputs) -> Self {
        Self {
            inputs,
            tables: RefCell::default(),
            packages: RefCell::default(),
        }
    }

    /// The manifest of the package that a file belongs to: the nearest one upwards.
    pub(super) fn of_file(&self, file: &Path) -> Option<Rc<Manifest>> {
        let folder = file
            .ancestors()
            .skip(1)
            .find(|folder| self.table(folder).is_some())?;
        self.in_folder(folder)
    }

    /// The manifest of the package in a folder. That of a workspace alone is none.
    pub(super) fn in_folder(&self, folder: &Path) -> Option<Rc<Manifest>> {
        if let Some(known) = self.packages.borrow().get(folder) {
            return known.clone();
        }
        let manifest = self.read(folder).map(Rc::new);
        let mut packages = self.packages.borrow_mut();
        packages.insert(folder.to_path_buf(), manifest.clone());
        manifest
    }

    fn read(&self, folder: &Path) -> Option<Manifest> {
        let table = self.table(folder)?;
        let package = table.get("package")?.as_table()?;
        let inherited = self.workspace(folder, &table, package);
        Some(Manifest {
            folder: self.inputs.canonical(folder).ok()?,
            table: (*table).clone(),
            inherited,
        })
    }

    /// The `[workspace]` of a package: its own, the one that it names, or the nearest one upwards.
    fn workspace(&self, folder: &Path, table: &Table, package: &Table) -> Option<(Table, PathBuf)> {
        let of = |table: &Table| table.get("workspace").and_then(Value::as_table).cloned();
        if let Some(own) = of(table) {
            return Some((own, folder.to_path_buf()));
        }
        // Most packages inherit nothing, and nobody has to look for what they do not.
        if !inherits(table) {
            return None;
        }
        if let Some(named) = package.get("workspace").and_then(Value::as_str) {
            let folder = folder.join(named);
            return Some((of(&*self.table(&folder)?)?, folder));
        }
        folder.ancestors().skip(1).find_map(|folder| {
            let found = of(&*self.table(folder)?)?;
            Some((found, folder.to_path_buf()))
        })
    }

    fn table(&self, folder: &Path) -> Option<Rc<Table>> {
        if let Some(known) = self.tables.borrow().get(folder) {
            return known.clone();
        }
        let path = folder.join("Cargo.toml");
        let text = self.inputs.is_file(&path).then(|| self.inputs.text(&path).ok());
        let table = text
            .flatten()
            .and_then(|text| text.parse::<Table>().ok())
            .map(Rc::new);
        let mut tables = self.tables.borrow_mut();
        tables.insert(folder.to_path_buf(), table.clone());
        table
    }

    /// The dependencies of a package, with the folders of those that lie on this disk.
    pub(super) fn dependencies(&self, manifest: &Manifest) -> Vec<Dependency> {
        let mut found = Vec::new();
        for (key, value) in manifest.dependency_tables().flatten() {
            let mut dependency = Dependency {
                key: key.clone(),
                folder: None,
                is_optional: false,
                has_default_features: true,
                features: Vec::new(),
            };
            let mut path = None;
            if let Some(own) = value.as_table() {
                dependency.is_optional = flag(own, "optional").unwrap_or(false);
                dependency.features = strings(own.get("features"));
                let defaults = default_features(own);
                if flag(own, "workspace") == Some(true) {
                    let shared = manifest.shared(key);
                    let shared = shared
                        .as_ref()
                        .and_then(|(value, from)| Some((value.as_table()?, from)));
                    if let Some((shared, from)) = shared {
                        dependency.features.extend(strings(shared.get("features")));
                        // A member turns them on again, and never off.
                        dependency.has_default_features =
                            default_features(shared).unwrap_or(true) || defaults == Some(true);
                        path = text(shared, "path").map(|path| from.join(path));
                    }
                } else {
                    dependency.has_default_features = defaults.unwrap_or(true);
                    path = text(own, "path").map(|path| manifest.folder.join(path));
                }
            }
            dependency.folder = path.and_then(|path| self.inputs.canonical(&path).ok());
            found.push(dependency);
        }
        found
    }
}

impl Manifest {
    /// The package's name.
    pub(super) fn name(&self) -> &str {
        self.table
            .get("package")
            .and_then(Value::as_table)
            .and_then(|package| text(package, "name"))
            .unwrap_or_default()
    }

    /// The name by which other crates know its library.
    pub(super) fn library_name(&self) -> String {
        let library = self.table.get("lib").and_then(Value::as_table);
        let name = library.and_then(|library| text(library, "name"));
        name.unwrap_or(self.name()).replace('-', "_")
    }

    /// The first file of its library, relative to its folder, be it there or not.
    pub(super) fn library(&self) -> &str {
        let library = self.table.get("lib").and_then(Value::as_table);
        library
            .and_then(|library| text(library, "path"))
            .unwrap_or("src/lib.rs")
    }

    /// The first files of the programs that it says more of, relative to its folder: those without a `path` among them.
    pub(super) fn programs(&self) -> Vec<(&str, Option<&str>)> {
        let programs = self.table.get("bin").and_then(Value::as_array);
        let programs = programs.into_iter().flatten().filter_map(Value::as_table);
        programs
            .map(|program| (text(program, "name").unwrap_or_default(), text(program, "path")))
            .collect()
    }

    /// Whether files in `src/bin` are programs without being named.
    pub(super) fn finds_programs(&self) -> bool {
        let package = self.table.get("package").and_then(Value::as_table);
        package.and_then(|package| flag(package, "autobins")) != Some(false)
    }

    /// What a feature turns on; `None` where `[features]` does not have it.
    pub(super) fn feature(&self, name: &str) -> Option<Vec<String>> {
        let features = self.table.get("features")?.as_table()?;
        features.get(name).map(|values| strings(Some(values)))
    }

    /// The features that it has, without that of being there: those it declares, and its optional dependencies, unless it
    /// names them by `dep:`.
    pub(super) fn features(&self) -> Vec<String> {
        let declared = self.table.get("features").and_then(Value::as_table);
        let declared: Vec<String> = declared.into_iter().flat_map(Table::keys).cloned().collect();
        let optional = self.dependency_tables().flatten().filter_map(|(key, value)| {
            let is_optional = value.as_table().and_then(|value| flag(value, "optional")) == Some(true);
            (is_optional && self.is_implicit(key)).then(|| key.clone())
        });
        let optional: Vec<String> = optional.collect();
        declared.into_iter().chain(optional).collect()
    }

    /// Whether an optional dependency is a feature of its own name: none names it by `dep:`.
    pub(super) fn is_implicit(&self, dependency: &str) -> bool {
        let declared = self.table.get("features").and_then(Value::as_table);
        let mut values = declared
            .into_iter()
            .flat_map(Table::values)
            .flat_map(|values| strings(Some(values)));
        !values.any(|value| value.strip_prefix("dep:") == Some(dependency))
    }

    fn dependency_tables(&self) -> impl Iterator<Item = &Table> {
        let of_systems = self.table.get("target").and_then(Value::as_table);
        let of_systems = of_systems.into_iter().flat_map(Table::values);
        let of_systems = of_systems.filter_map(|system| system.as_table()?.get("dependencies"));
        let all = self.table.get("dependencies").into_iter().chain(of_systems);
        all.filter_map(Value::as_table)
    }

    /// What the workspace says of a dependency, and the folder that its path starts from.
    fn shared(&self, key: &str) -> Option<(&Value, &Path)> {
        let (workspace, folder) = self.inherited.as_ref()?;
        let shared = workspace.get("dependencies")?.as_table()?.get(key)?;
        Some((shared, folder))
    }
}

/// Whether a dependency of a manifest is the workspace's.
fn inherits(table: &Table) -> bool {
    let is_shared = |value: &Value| value.as_table().and_then(|value| flag(value, "workspace")) == Some(true);
    let has_one = |table: &Value| {
        table
            .as_table()
            .is_some_and(|table| table.values().any(is_shared))
    };
    let of_systems = table.get("target").and_then(Value::as_table);
    let of_systems = of_systems.into_iter().flat_map(Table::values);
    let mut of_systems = of_systems.filter_map(|system| system.as_table()?.get("dependencies"));
    table.get("dependencies").is_some_and(has_one) || of_systems.any(has_one)
}

fn default_features(dependency: &Table) -> Option<bool> {
    flag(dependency, "default-features").or_else(|| flag(dependency, "default_features"))
}

fn flag(table: &Table, key: &str) -> Option<bool> {
    table.get(key).and_then(Value::as_bool)
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Value::as_str)
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}
