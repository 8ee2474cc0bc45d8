//! What `init` makes: one of the built-in templates, or a folder of the team's own.

use std::path::{Path, PathBuf};

use limbeck_history::{Draft, DraftStep, new_id};
use serde::Serialize;

use crate::config::{self, Config, nearest};
use crate::project::{config_errors, read_text};
use crate::{Error, error};

/// A template for new projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Template {
    /// One that comes with Limbeck.
    BuiltIn(BuiltIn),
    /// A folder.
    Folder(PathBuf),
}

/// The templates that come with Limbeck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// Models in the crate that is there.
    Generic,
    /// A schema in `.sql` files.
    Sql,
    /// Models in a crate of their own.
    Workspace,
    /// A database at Neon.
    Neon,
    /// Two databases.
    Multidb,
}

/// A built-in template, as `list-templates` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TemplateSummary {
    /// The name, for `init --template`.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
}

impl BuiltIn {
    const ALL: [Self; 5] = [
        Self::Generic,
        Self::Sql,
        Self::Workspace,
        Self::Neon,
        Self::Multidb,
    ];

    fn summary(self) -> TemplateSummary {
        let (name, description) = match self {
            Self::Generic => (
                "generic",
                "models in the crate that is there; taken where none is named",
            ),
            Self::Sql => ("sql", "the schema in `.sql` files, without structs"),
            Self::Workspace => ("workspace", "models in a crate of their own, `crates/models`"),
            Self::Neon => (
                "neon",
                "a database at Neon: the direct URL, and an environment for production",
            ),
            Self::Multidb => (
                "multidb",
                "two databases, each with revisions and a schema of its own",
            ),
        };
        TemplateSummary { name, description }
    }
}

/// The built-in templates.
#[must_use]
pub fn list_templates() -> Vec<TemplateSummary> {
    BuiltIn::ALL.into_iter().map(BuiltIn::summary).collect()
}

impl Template {
    /// The template of a name, or of a folder, which is relative to `base`.
    ///
    /// # Errors
    /// When there is neither.
    pub fn find(text: &str, base: &Path) -> Result<Self, Error> {
        if let Some(found) = BuiltIn::ALL.into_iter().find(|one| one.summary().name == text) {
            return Ok(Self::BuiltIn(found));
        }
        let folder = base.join(text);
        if folder.is_dir() {
            return Ok(Self::Folder(folder));
        }
        let names = BuiltIn::ALL.map(|one| one.summary().name);
        let error = Error::usage(format!("there is no template `{text}`, and no such folder"));
        Err(match nearest(text, &names) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!(
                "the templates are {}; `limbeck list-templates` tells what each is for",
                names.map(|name| format!("`{name}`")).join(", ")
            )),
        })
    }
}

/// Files of the team's own, in the order of their paths.
pub(super) struct OwnTemplate {
    pub(super) files: Vec<OwnFile>,
    /// The folder of the migrations, as the template's limbeck.toml says.
    pub(super) migrations: PathBuf,
}

/// A file to be copied.
pub(super) struct OwnFile {
    /// Where it belongs in the project.
    pub(super) path: PathBuf,
    /// Where it lies.
    pub(super) source: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// What belongs into the folder of the migrations, though it lies at the top of a template.
const OF_MIGRATIONS: [&str; 3] = ["script.sql.jinja", "README.md", "QUICK_REFERENCE.md"];

impl OwnTemplate {
    /// Reads a folder, and whether its limbeck.toml and its template of revisions can be understood.
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        let mut paths = Vec::new();
        walk(folder, Path::new(""), &mut paths)?;
        paths.sort();
        let has = |name: &str| paths.iter().any(|path| path == Path::new(name));
        if !has(config::FILE_NAME) && !has(OF_MIGRATIONS[0]) {
            return Err(Error::usage(format!(
                "`{}` is no template: it has neither a `{}` nor a `{}`",
                folder.display(),
                config::FILE_NAME,
                OF_MIGRATIONS[0]
            ))
            .hint("what else it holds is copied; what it lacks is as in the template `generic`"));
        }
        let migrations = if has(config::FILE_NAME) {
            let path = folder.join(config::FILE_NAME);
            let text = read_text(&path)?;
            Config::parse(&path, &text, None, None)
                .map_err(|errors| config_errors(&errors))?
                .migrations
        } else {
            Config::default().migrations
        };
        if has(OF_MIGRATIONS[0]) {
            try_script(&folder.join(OF_MIGRATIONS[0]))?;
        }
        let files = paths.into_iter().map(|path| {
            let source = folder.join(&path);
            let bytes = std::fs::read(&source).map_err(|cause| unreadable(&source, cause))?;
            let is_of_migrations = OF_MIGRATIONS.iter().any(|name| path == Path::new(name));
            let path = if is_of_migrations {
                migrations.join(path)
            } else {
                path
            };
            Ok(OwnFile { path, source, bytes })
        });
        Ok(Self {
            files: files.collect::<Result<_, Error>>()?,
            migrations: migrations.clone(),
        })
    }
}

/// Every file below a folder, but for what version control keeps there.
fn walk(root: &Path, below: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Error> {
    let folder = root.join(below);
    let entries = std::fs::read_dir(&folder).map_err(|cause| unreadable(&folder, cause))?;
    for entry in entries {
        let entry = entry.map_err(|cause| unreadable(&folder, cause))?;
        let path = below.join(entry.file_name());
        if root.join(&path).is_dir() {
            if entry.file_name() != ".git" {
                walk(root, &path, paths)?;
            }
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// Whether a template of revisions makes one. What only `-x` can give is given later.
fn try_script(path: &Path) -> Result<(), Error> {
    let text = read_text(path)?;
    let created = limbeck_history::created(None).unwrap_or_default();
    let mut draft = Draft::new(new_id(), "A revision", created);
    draft.steps = vec![DraftStep::new("schema", "SELECT 1;\n")];
    match limbeck_history::render(&draft, &text, &limbeck_history::XArguments::default()) {
        Err(cause) if cause.missing_argument().is_none() => Err(error::from_template(path, &text, &cause)),
        _ => Ok(()),
    }
}

fn unreadable(path: &Path, cause: std::io::Error) -> Error {
    Error::usage(format!("`{}` cannot be read: {cause}", path.display()))
        .hint("check who may read it")
        .caused_by(cause)
}
