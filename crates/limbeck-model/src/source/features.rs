//! Which features of crates are on, by their manifests, as a build has them.
//!
//! The rules are Cargo's: what a feature turns on (`name`, `dep:name`, `name/feature`, `name?/feature`), what an optional
//! dependency is a feature of, and what one package asks of another. Dependencies of tests and of build scripts count
//! apart from a build, and so they do not count here.
//! <https://doc.rust-lang.org/cargo/reference/features.html>

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::ModelError;
use super::manifest::{Dependency, Manifest, Manifests};

/// The features that are on of each package, by its folder.
pub(super) struct Features(BTreeMap<PathBuf, BTreeSet<String>>);

impl Features {
    /// Those of a package.
    pub(super) fn of(&self, manifest: &Manifest) -> BTreeSet<String> {
        self.0.get(&manifest.folder).cloned().unwrap_or_default()
    }
}

/// The features that are on in a build of some packages. What is named is on in each that has it; `package/feature` is
/// one of that package.
pub(super) fn resolve(manifests: &Manifests<'_>, packages: &[Rc<Manifest>], named: &[String]) -> Features {
    let mut build = Build {
        manifests,
        on: BTreeMap::new(),
        packages: BTreeMap::new(),
        active: BTreeSet::new(),
        weak: Vec::new(),
    };
    for package in packages {
        build.package(package);
    }
    for package in packages {
        for name in named {
            match name.split_once('/') {
                Some((of, feature)) if is_called(package, of) => build.feature(package, feature),
                Some(_) => {}
                None => build.feature(package, name),
            }
        }
    }
    // What a weak one turns on may make another dependency active.
    loop {
        let ready = |(folder, key, _): &(PathBuf, String, String)| {
            build.active.contains(&(folder.clone(), key.clone()))
        };
        let (now, later): (Vec<_>, Vec<_>) = std::mem::take(&mut build.weak).into_iter().partition(ready);
        build.weak = later;
        if now.is_empty() {
            break;
        }
        for (folder, key, feature) in now {
            build.feature_of_dependency(&folder, &key, &feature);
        }
    }
    Features(build.on)
}

struct Build<'a> {
    manifests: &'a Manifests<'a>,
    on: BTreeMap<PathBuf, BTreeSet<String>>,
    /// The packages that are built, with their dependencies.
    packages: BTreeMap<PathBuf, (Rc<Manifest>, Rc<[Dependency]>)>,
    /// The dependencies that are built, by package and name.
    active: BTreeSet<(PathBuf, String)>,
    /// What waits for a dependency: `name?/feature`.
    weak: Vec<(PathBuf, String, String)>,
}

impl Build<'_> {
    fn package(&mut self, manifest: &Rc<Manifest>) {
        if self.packages.contains_key(&manifest.folder) {
            return;
        }
        let dependencies: Rc<[Dependency]> = self.manifests.dependencies(manifest).into();
        self.packages.insert(
            manifest.folder.clone(),
            (Rc::clone(manifest), Rc::clone(&dependencies)),
        );
        for dependency in dependencies.iter().filter(|dependency| !dependency.is_optional) {
            self.dependency(&manifest.folder, &dependency.key);
        }
    }

    /// Builds a dependency of a package, with what is asked of it.
    fn dependency(&mut self, folder: &Path, key: &str) {
        if !self.active.insert((folder.to_path_buf(), key.to_owned())) {
            return;
        }
        let Some((_, dependencies)) = self.packages.get(folder).cloned() else {
            return;
        };
        for dependency in dependencies.iter().filter(|dependency| dependency.key == key) {
            let Some(found) = self.manifest_of(dependency) else {
                continue;
            };
            self.package(&found);
            if dependency.has_default_features {
                self.feature(&found, "default");
            }
            for feature in &dependency.features {
                self.feature(&found, feature);
            }
        }
    }

    fn manifest_of(&self, dependency: &Dependency) -> Option<Rc<Manifest>> {
        self.manifests.in_folder(dependency.folder.as_ref()?)
    }

    /// Turns a feature of a package on. One that it does not have is none.
    fn feature(&mut self, manifest: &Rc<Manifest>, name: &str) {
        let values = manifest.feature(name);
        let is_dependency = values.is_none() && self.is_implicit(manifest, name);
        if values.is_none() && !is_dependency {
            return;
        }
        let on = self.on.entry(manifest.folder.clone()).or_default();
        if !on.insert(name.to_owned()) {
            return;
        }
        if is_dependency {
            self.dependency(&manifest.folder, name);
        }
        for value in values.into_iter().flatten() {
            if let Some(dependency) = value.strip_prefix("dep:") {
                self.dependency(&manifest.folder, dependency);
            } else if let Some((key, feature)) = value.split_once("?/") {
                self.weak
                    .push((manifest.folder.clone(), key.to_owned(), feature.to_owned()));
            } else if let Some((key, feature)) = value.split_once('/') {
                self.dependency(&manifest.folder, key);
                // The optional dependency is a feature itself, or another may have its name.
                if self.is_optional(manifest, key) {
                    self.feature(manifest, key);
                }
                self.feature_of_dependency(&manifest.folder, key, feature);
            } else {
                self.feature(manifest, &value);
            }
        }
    }

    fn is_optional(&self, manifest: &Manifest, key: &str) -> bool {
        self.packages
            .get(&manifest.folder)
            .is_some_and(|(_, dependencies)| {
                let mut dependencies = dependencies.iter();
                dependencies.any(|dependency| dependency.key == key && dependency.is_optional)
            })
    }

    fn is_implicit(&self, manifest: &Manifest, name: &str) -> bool {
        self.is_optional(manifest, name) && manifest.is_implicit(name)
    }

    fn feature_of_dependency(&mut self, folder: &Path, key: &str, feature: &str) {
        let Some((_, dependencies)) = self.packages.get(folder).cloned() else {
            return;
        };
        for dependency in dependencies.iter().filter(|dependency| dependency.key == key) {
            if let Some(found) = self.manifest_of(dependency) {
                self.package(&found);
                self.feature(&found, feature);
            }
        }
    }
}

/// Features that are named, and that no crate has.
pub(super) fn unknown(packages: &[Rc<Manifest>], named: &[String]) -> Vec<ModelError> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for package in packages {
        // `default` is there without being declared.
        for feature in package.features().into_iter().chain(["default".to_owned()]) {
            known.insert(format!("{}/{feature}", package.name()));
            known.insert(feature);
        }
    }
    if known.is_empty() {
        return Vec::new();
    }
    let is_known = |name: &str| match name.split_once('/') {
        Some((of, feature)) => packages.iter().any(|package| {
            is_called(package, of)
                && (feature == "default" || package.features().iter().any(|known| known == feature))
        }),
        None => known.contains(name),
    };
    let unknown = named.iter().filter(|name| !is_known(name));
    unknown
        .map(|name| {
            let of = name.split_once('/').map(|(of, _)| of);
            if let Some(of) = of.filter(|of| !packages.iter().any(|package| is_called(package, of))) {
                let names: Vec<String> = packages
                    .iter()
                    .map(|package| format!("`{}`", package.name()))
                    .collect();
                return ModelError::of_setting(
                    format!("`{name}`, named under `features`, is of `{of}`, a crate that is not read"),
                    format!("the crates that are read are {}", names.join(", ")),
                );
            }
            let near = crate::attributes::nearest(name, known.iter().map(String::as_str));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "it stands under `[features]` of a crate's Cargo.toml".to_owned(),
            };
            let message = format!("`{name}`, named under `features`, is a feature of no crate that is read");
            ModelError::of_setting(message, hint)
        })
        .collect()
}

fn is_called(package: &Manifest, name: &str) -> bool {
    package.name() == name || package.name().replace('-', "_") == name
}
