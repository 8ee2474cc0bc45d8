//! Models from source files, and DDL from models.
//!
//! The module tree of each crate is followed from its first file. Only what can matter is parsed: items are cut out
//! by their brackets (`slicer`), structs and enums that may be models go through `syn` and the attribute parser
//! that the derive uses too, everything else is passed over. Types are then resolved over all files (`use`, aliases,
//! newtypes, enums), references are checked, and DDL is written.

mod cfg;
mod check;
mod column_names;
mod ddl;
mod declared;
mod drivers;
mod error;
mod features;
mod find;
mod flatten;
mod held;
mod hidden;
mod imports;
mod inputs;
mod lexer;
mod manifest;
mod model_names;
mod named;
mod naming;
mod notices;
mod origin;
mod render;
mod resolve;
mod roots;
mod settings_ddl;
mod slicer;
mod sql_files;
mod sql_type;
mod tree;
mod type_ddl;
mod type_order;
mod type_table;
mod types;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use cfg::Conditions;
use features::Features;
use manifest::{Manifest, Manifests};
use roots::CrateRoot;
use tree::{ModuleId, Tree};

pub use declared::{
    Declared, DeclaredColumn, DeclaredEnum, DeclaredIndex, DeclaredPart, DeclaredReference, DeclaredRename,
    DeclaredTable, DeclaredType, DeclaredView, DeclaredViewColumn, Models, RenameKind,
};
pub use error::{ModelError, module_without_file};
pub use inputs::{Inputs, KnownInputs};
pub use named::columns_among;
pub use naming::{NameTemplate, NameTemplateError, Named, Naming};
pub use origin::Origin;
pub use sql_files::{SqlFile, read_sql};
pub use sql_type::is_same_type;

/// Which statements models come to. It belongs in the key of whatever keeps what models declare: another version may
/// make other statements of the same sources.
pub const SOURCE_VERSION: u32 = 5;

/// What may be said about reading models besides where they are.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// SQL types by the path of a Rust type: `acme::Money` to `numeric(12,2)`. A type of the files that are read is
    /// known by its path from `crate`, or from the crate's name.
    pub types: BTreeMap<String, String>,
    /// The features of the crates that are on, `crate/feature` for one of that crate alone; what they, and dependencies
    /// between crates, turn on by the manifests is on too. With `None` each feature may be, and all that a feature guards
    /// is read.
    pub features: Option<Vec<String>>,
    /// How constraints and indexes are named that a model gives no name.
    pub naming: Naming,
}

/// Reads the models of a project. Each of `models` is a crate's folder (with `lib.rs` or `main.rs`, or with a `src`
/// that has), a folder of source files, a file, or a pattern of such, relative to `root`. What is asked of the file
/// system is noted in `inputs`.
///
/// No model at all is no error here: [`Models::tables`] and [`Models::enums`] are empty then.
///
/// # Errors
///
/// All mistakes at once, by file and place: entries that lead nowhere, files that cannot be read or parsed, modules
/// without a file, mistakes in attributes, types without an SQL type, references that lead nowhere, two tables of one
/// name.
pub fn read(
    root: &Path,
    models: &[String],
    options: &SourceOptions,
    inputs: &Inputs,
) -> Result<Models, Vec<ModelError>> {
    configured_types(options)?;
    let manifests = Manifests::new(inputs);
    let crates = roots::find(root, models, &manifests, inputs)?;
    let builds = Builds::of(&crates, &manifests, options);
    let mut tree = Tree::new(root);
    let (mut only, mut read) = (BTreeMap::new(), Vec::new());
    for part in crates {
        let Some(module) = tree.read_crate(&part.file, builds.conditions(&part.file), inputs) else {
            continue;
        };
        if let Some(name) = roots::crate_name(&part.file, &manifests, inputs) {
            tree.crates.insert(name, module);
        }
        read.extend(manifests.of_file(&part.file).map(|manifest| (module, manifest)));
        if let Some(selected) = part.only {
            for file in &selected {
                if tree.file_at(file).is_none() {
                    tree.read_crate(file, builds.conditions(file), inputs);
                }
            }
            if let Some(module) = tree.module(module) {
                only.insert(module.file, selected);
            }
        }
    }
    tree.renamed = renamed(&tree.crates, &read, &manifests);
    let mut errors = builds.unknown_features();
    errors.append(&mut tree.errors);
    let mut warnings = std::mem::take(&mut tree.warnings);
    let others = find::others(&tree, &only);
    let mut found = find::find(&tree, &others, &mut errors, &mut warnings);
    tree.columns = std::mem::take(&mut found.columns_at);
    flatten::flatten(&tree, &mut found, options, &mut errors);
    let mut checked = check::check(&tree, &found, options, &mut errors, &mut warnings);
    notices::look(&tree, &found, &checked, &mut errors, &mut warnings);
    sort(&mut errors);
    // A set of columns is looked at wherever it is flattened.
    errors.dedup();
    sort(&mut warnings);
    warnings.dedup();
    if !errors.is_empty() {
        return Err(errors);
    }
    named::name(&mut found, &mut checked, &options.naming);
    let mut models = render::render(&tree, &found, &checked);
    models.warnings = warnings;
    Ok(models)
}

/// What `[types]` says stands where a type stands in DDL, and nowhere else.
fn configured_types(options: &SourceOptions) -> Result<(), Vec<ModelError>> {
    let refused = options
        .types
        .iter()
        .filter(|(_, name)| !crate::attributes::is_one_type(name));
    let errors: Vec<ModelError> = refused
        .map(|(path, name)| {
            ModelError::of_setting(
                format!("`{name}`, named for `{path}` under `[types]`, is not one SQL type"),
                "write a type as `CREATE TABLE` takes it: `\"acme::Money\" = \"numeric(12, 2)\"`",
            )
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The crates that others know by names of their own: `core = { package = "acme-core", path = "…" }`.
fn renamed(
    crates: &BTreeMap<String, ModuleId>,
    read: &[(ModuleId, Rc<Manifest>)],
    manifests: &Manifests<'_>,
) -> BTreeMap<(ModuleId, String), ModuleId> {
    let mut renamed = BTreeMap::new();
    // A crate alone has nobody to call it otherwise.
    for (module, manifest) in read.iter().filter(|_| crates.len() > 1) {
        for dependency in manifests.dependencies(manifest) {
            let of = read
                .iter()
                .find(|(_, of)| dependency.folder.as_ref() == Some(&of.folder));
            let called = of.and_then(|(_, of)| crates.get(&of.library_name()));
            let name = dependency.key.replace('-', "_");
            if let Some(called) = called.filter(|called| crates.get(&name) != Some(called)) {
                renamed.insert((*module, name), *called);
            }
        }
    }
    renamed
}

/// What is known of the builds of the crates that are read.
struct Builds<'a> {
    manifests: &'a Manifests<'a>,
    packages: Vec<Rc<Manifest>>,
    /// The features that are named, and those that are on by them; nothing where nobody names any.
    features: Option<(&'a [String], Features)>,
}

impl<'a> Builds<'a> {
    fn of(crates: &[CrateRoot], manifests: &'a Manifests<'a>, options: &'a SourceOptions) -> Self {
        let named = options.features.as_deref();
        let mut packages: Vec<Rc<Manifest>> = Vec::new();
        let files = crates.iter().filter(|_| named.is_some());
        for package in files.filter_map(|part| manifests.of_file(&part.file)) {
            if !packages.iter().any(|known| known.folder == package.folder) {
                packages.push(package);
            }
        }
        let features = named.map(|named| (named, features::resolve(manifests, &packages, named)));
        Self {
            manifests,
            packages,
            features,
        }
    }

    /// Of the crate that a file belongs to.
    fn conditions(&self, file: &Path) -> Conditions {
        let Some((named, features)) = &self.features else {
            return Conditions::default();
        };
        Conditions::of(match self.manifests.of_file(file) {
            Some(manifest) => features.of(&manifest),
            None => named.iter().cloned().collect(),
        })
    }

    fn unknown_features(&self) -> Vec<ModelError> {
        let named = self.features.as_ref();
        named.map_or_else(Vec::new, |(named, _)| features::unknown(&self.packages, named))
    }
}

/// By file and place.
fn sort(errors: &mut [ModelError]) {
    errors.sort_by(|a, b| {
        let place = |error: &ModelError| {
            error
                .origin
                .as_ref()
                .map(|origin| (origin.file.clone(), origin.span.start, origin.span.end))
        };
        place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message))
    });
}
