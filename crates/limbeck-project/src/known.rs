//! What the sources of the models came to when they were last read, so that a `check` with nothing changed parses none.
//!
//! A file counts as the same by its stamp, as Git tells it, or by what it holds.

use std::borrow::Cow;

use limbeck_model::source::{KnownInputs, SOURCE_VERSION};
use serde::{Deserialize, Serialize};

use crate::cache::{self, Cache};
use crate::declared::{Declared, Sources};
use crate::{Event, Events, Project, SpentAttribute, spent};

/// What sources came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Known {
    inputs: KnownInputs,
    /// The hash of what they declare.
    pub(crate) declared: String,
    /// What is no mistake, and yet likely not meant.
    warnings: Vec<String>,
    /// The attributes that serve one revision.
    pub(crate) renames: Vec<SpentAttribute>,
}

impl Known {
    /// What the sources came to, if they are still the same.
    pub(crate) fn recall(project: &Project) -> Option<Self> {
        let mut known: Self = cache(project).get(&key(project))?;
        let still = known.inputs.still()?;
        if let Cow::Owned(inputs) = still
            && inputs != known.inputs
        {
            known.inputs = inputs;
            cache(project).put(&key(project), &known);
        }
        Some(known)
    }

    /// Keeps what sources came to.
    pub(crate) fn keep(project: &Project, declared: &Declared) {
        let Some(inputs) = declared.inputs.clone() else {
            return;
        };
        let known = Self {
            inputs,
            declared: declared.hash(),
            warnings: declared.warnings.clone(),
            renames: spent::all(project, &declared.renames),
        };
        cache(project).put(&key(project), &known);
    }

    /// Says again what was said when they were read.
    pub(crate) fn warn(&self, events: Events<'_>) {
        for warning in &self.warnings {
            events(Event::Warning(warning.clone()));
        }
    }
}

fn cache(project: &Project) -> Cache {
    Cache::new(&project.host().directories.cache, "sources")
}

/// Everything that the reading follows from besides the files.
fn key(project: &Project) -> String {
    key_of(project, env!("CARGO_PKG_VERSION"))
}

fn key_of(project: &Project, program: &str) -> String {
    let sources = Sources::of(project);
    let config = project.config();
    let types = config
        .types
        .iter()
        .flat_map(|(name, sql)| [name.as_str(), sql.as_str()]);
    let features = config.features.iter().flatten().map(String::as_str);
    let features =
        cache::key(std::iter::once(if config.features.is_some() { "said" } else { "" }).chain(features));
    let lists = [&sources.models, &sources.folders].map(|list| cache::key(list.iter().map(String::as_str)));
    cache::key([
        program,
        &SOURCE_VERSION.to_string(),
        &project.root().to_string_lossy(),
        &lists[0],
        &lists[1],
        &cache::key(types),
        &features,
        &format!("{:?}", config.naming),
        &config.database.version_schema,
    ])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{Host, Overrides};

    const CONFIG: &str = "models = [\"src\"]\nschema = [\"schema\"]\n";

    fn open(folder: &Path) -> Project {
        let host = Host {
            variables: std::collections::BTreeMap::new(),
            path: None,
            directories: limbeck_server::Directories {
                cache: folder.join("cache"),
                data: folder.join("data"),
                temporary: folder.join("temporary"),
                shared_memory: None,
            },
            os_user: None,
            host_name: None,
            connection: limbeck_postgres::Defaults::default(),
        };
        Project::open(folder, &Overrides::default(), &host).unwrap()
    }

    fn write(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn project(folder: &Path) -> Project {
        write(folder, "limbeck.toml", CONFIG);
        write(
            folder,
            "src/lib.rs",
            "mod a;\nmacro_rules! m { () => { #[table(name = \"x\")] struct X; } }",
        );
        write(
            folder,
            "src/a.rs",
            "#[derive(limbeck::Table)] #[table(name = \"a\")] struct A { id: i64 }",
        );
        write(folder, "schema/v.sql", "CREATE VIEW v AS SELECT 1 AS one;");
        open(folder)
    }

    #[test]
    fn what_is_kept_is_what_reading_comes_to() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        assert!(Known::recall(&project).is_none());
        let declared = Declared::read(&project, &|_| ()).unwrap();
        Known::keep(&project, &declared);
        let known = Known::recall(&project).unwrap();
        assert_eq!(known.declared, declared.hash());
        assert_eq!(known.warnings.len(), 1, "{:?}", known.warnings);
    }

    #[test]
    fn nothing_is_known_of_other_sources_settings_and_programs() {
        let changes: [(&str, &str, &str); 8] = [
            (
                "a model",
                "src/a.rs",
                "#[derive(limbeck::Table)] #[table(name = \"b\")] struct A { id: i64 }",
            ),
            (
                "SQL that comes",
                "schema/deep/w.sql",
                "CREATE VIEW w AS SELECT 2 AS two;",
            ),
            (
                "other models",
                "limbeck.toml",
                "models = [\"src/a.rs\"]\nschema = [\"schema\"]\n",
            ),
            ("other SQL", "limbeck.toml", "models = [\"src\"]\nschema = []\n"),
            (
                "a type",
                "limbeck.toml",
                &format!("{CONFIG}[types]\n\"acme::Money\" = \"numeric(12,2)\"\n"),
            ),
            ("features", "limbeck.toml", &format!("features = []\n{CONFIG}")),
            (
                "a convention of names",
                "limbeck.toml",
                &format!("{CONFIG}[naming]\nindex = \"ix_{{table}}_{{columns}}\"\n"),
            ),
            (
                "the schema of own tables",
                "limbeck.toml",
                &format!("{CONFIG}[database]\nversion_schema = \"own\"\n"),
            ),
        ];
        for (what, path, text) in changes {
            let folder = tempfile::tempdir().unwrap();
            let project = project(folder.path());
            Known::keep(&project, &Declared::read(&project, &|_| ()).unwrap());
            assert!(Known::recall(&project).is_some(), "{what}");
            write(folder.path(), path, text);
            assert!(Known::recall(&open(folder.path())).is_none(), "{what}");
        }
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        assert_ne!(key_of(&project, "0.1.0"), key_of(&project, "0.1.1"));
    }
}
