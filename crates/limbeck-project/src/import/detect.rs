//! Which tool's history lies in a folder.

use std::path::{Path, PathBuf};

use super::{Tool, diesel, files, foreign, refinery, sqlx};
use crate::project::read_text;
use crate::{Error, Project};

/// Folders in which people keep migrations.
const FOLDERS: [&str; 4] = [
    "migrations",
    "database/migrations",
    "db/migrations",
    "src/migrations",
];

/// A tool's history in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) tool: Tool,
    /// For Alembic that of `alembic.ini`, for all others that of the migrations.
    pub(crate) folder: PathBuf,
}

/// The histories of other tools in a project's usual folders.
pub(crate) fn in_project(root: &Path) -> Vec<Place> {
    let mut places = Vec::new();
    let named = named_by_config(root);
    let folders = FOLDERS.iter().map(|folder| root.join(folder));
    for folder in named.into_iter().chain(folders) {
        for place in in_folder(&folder) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    if let Some(place) = alembic(root)
        && !places.contains(&place)
    {
        places.push(place);
    }
    places
}

/// The histories in one folder.
pub(crate) fn in_folder(folder: &Path) -> Vec<Place> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let any = |is: fn(&str) -> bool| paths.iter().any(|path| path.is_file() && is(&files::name(path)));
    let mut tools = Vec::new();
    if any(sqlx::is_migration) && foreign::in_folder(folder).is_none() {
        tools.push(Tool::Sqlx);
    }
    if any(refinery::is_migration) {
        tools.push(Tool::Refinery);
    }
    if paths
        .iter()
        .any(|path| path.is_dir() && diesel::is_migration(path))
    {
        tools.push(Tool::Diesel);
    }
    let mut places: Vec<Place> = tools
        .into_iter()
        .map(|tool| Place {
            tool,
            folder: folder.to_owned(),
        })
        .collect();
    places.extend(alembic(folder));
    places
}

/// Alembic's `alembic.ini`, in the folder itself, or above the folder of its scripts.
fn alembic(folder: &Path) -> Option<Place> {
    let is_scripts = folder.join("env.py").is_file() && folder.join("versions").is_dir();
    let here = Some(folder).filter(|folder| has_alembic(folder));
    let above = folder.parent().filter(|above| is_scripts && has_alembic(above));
    here.or(above).map(|folder| Place {
        tool: Tool::Alembic,
        folder: folder.to_owned(),
    })
}

fn has_alembic(folder: &Path) -> bool {
    folder.join("alembic.ini").is_file()
        || read_text(&folder.join("pyproject.toml")).is_ok_and(|text| text.contains("[tool.alembic"))
}

/// The folders that `sqlx.toml` and `diesel.toml` name.
fn named_by_config(root: &Path) -> Vec<PathBuf> {
    let value = |file: &str, section: &str, key: &str| {
        let table: toml::Table = read_text(&root.join(file)).ok()?.parse().ok()?;
        Some(root.join(files::setting(&table, section, key)?.as_str()?))
    };
    [
        value("sqlx.toml", "migrate", "migrations-dir"),
        value("diesel.toml", "migrations_directory", "dir"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The one history that is meant. `present` are the tools that the database knows, which tell where the files leave it
/// open.
///
/// # Errors
/// When there is none, or several.
pub(crate) fn one(
    project: &Project,
    tool: Option<Tool>,
    folder: Option<&Path>,
    present: &[Tool],
) -> Result<Place, Error> {
    let root = project.root();
    if let (Some(tool), Some(folder)) = (tool, folder)
        && tool != Tool::Alembic
    {
        return Ok(Place {
            tool,
            folder: folder.to_owned(),
        });
    }
    let found = folder.map_or_else(|| in_project(root), in_folder);
    let mut found: Vec<Place> = found
        .into_iter()
        .filter(|place| tool.is_none_or(|tool| tool == place.tool))
        .collect();
    if found.len() > 1 && found.iter().any(|place| present.contains(&place.tool)) {
        found.retain(|place| present.contains(&place.tool));
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(nothing(project, tool, folder, present)),
        _ => {
            let told = found
                .iter()
                .map(|place| {
                    let folder = told(project, &place.folder);
                    format!("`limbeck import {} {}`", place.tool, folder.display())
                })
                .collect::<Vec<_>>()
                .join(" or ");
            Err(Error::usage("there are histories of several tools here")
                .hint(format!("say which one: {told}")))
        }
    }
}

/// A folder as it is typed.
fn told(project: &Project, folder: &Path) -> PathBuf {
    let folder = project.relative(folder);
    if folder.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        folder
    }
}

fn nothing(project: &Project, tool: Option<Tool>, folder: Option<&Path>, present: &[Tool]) -> Error {
    if tool.is_none_or(|tool| tool == Tool::Sqlx) && (folder.is_some() || present.is_empty()) {
        let usual = || FOLDERS.iter().map(|folder| project.root().join(folder)).collect();
        let folders: Vec<PathBuf> = folder.map_or_else(usual, |folder| vec![folder.to_owned()]);
        let found = folders.iter().find_map(|folder| foreign::in_folder(folder));
        if let Some((path, other)) = found {
            return foreign::refused(project, &path, other);
        }
    }
    let what = tool.map_or_else(|| "another migration tool".to_owned(), |tool| tool.to_string());
    let Some(folder) = folder else {
        let error = Error::usage(format!("there is no history of {what} here"));
        let of_database = present.first().filter(|_| tool.is_none());
        return match of_database.copied().or(tool) {
            Some(tool) => error.hint(format!("name its folder: `limbeck import {tool} path/to/migrations`")),
            None => error.hint(
                "name tool and folder: `limbeck import sqlx path/to/migrations` (the tools are sqlx, refinery, \
                 diesel and alembic)",
            ),
        };
    };
    let folder = told(project, folder);
    let message = if folder.is_absolute() && folder.is_dir() || project.root().join(&folder).is_dir() {
        format!("there is no history of {what} in `{}`", folder.display())
    } else {
        format!("there is no folder `{}`", folder.display())
    };
    Error::usage(message).hint(
        "it is the folder of the `.sql` files (sqlx, refinery), of the folders with `up.sql` (diesel), or of \
         `alembic.ini`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_goose_are_not_taken_for_those_of_sqlx() {
        let folder = tempfile::tempdir().unwrap();
        let migrations = folder.path().join("migrations");
        std::fs::create_dir(&migrations).unwrap();
        std::fs::write(migrations.join("1_a.sql"), "CREATE TABLE a ();\n").unwrap();
        let place = Place {
            tool: Tool::Sqlx,
            folder: migrations.clone(),
        };
        assert_eq!(in_project(folder.path()), [place]);
        std::fs::write(migrations.join("2_b.sql"), "-- +goose Up\n").unwrap();
        assert!(in_project(folder.path()).is_empty());
    }
}
