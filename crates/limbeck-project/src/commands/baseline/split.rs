//! A schema as files: one for each table and each view, one for all else of a kind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};
use limbeck_plan::{Action, Plan, sql_of};

use crate::declared::Declared;
use crate::{Diagnostic, Error, Failure, Project};

/// The folder of a project's `.sql` files where nothing is configured.
const DEFAULT: &str = "database/schema";

/// The folder that a project's `.sql` files go into, relative to it.
pub(in crate::commands) fn configured(project: &Project) -> Result<PathBuf, Error> {
    let folder = match project.config().schema.as_deref() {
        None => DEFAULT,
        Some(entries) => entries
            .iter()
            .map(String::as_str)
            .find(|entry| !entry.contains(['*', '?', '[']) && !entry.ends_with(".sql"))
            .ok_or_else(|| {
                Error::usage("limbeck.toml names no folder for `.sql` files")
                    .hint(format!("set `schema = [\"{DEFAULT}\"]`"))
            })?,
    };
    Ok(PathBuf::from(folder))
}

/// The folder that the files go into.
///
/// # Errors
/// When none is configured, or something is declared already: the files would declare it twice.
pub(super) fn folder(project: &Project) -> Result<PathBuf, Error> {
    let folder = configured(project)?;
    if project.config().schema.is_some() && !project.root().join(&folder).exists() {
        // An entry that matches nothing is refused, and this one is about to be there.
        return Ok(folder);
    }
    if let Ok(declared) = Declared::read(project, &|_| {})
        && let Some(statement) = declared.statements.first()
    {
        let snippet = statement.place.snippet(&statement.sql, None, "");
        return Err(Error::new(
            Failure::Usage,
            Diagnostic::new("the project declares tables already, and `--schema` would declare them twice").at(snippet),
        )
        .hint("leave out `--schema`; then `limbeck revision --autogenerate` tells what models and database differ in"));
    }
    Ok(folder)
}

/// What a plan makes, as files: their paths relative to the project, and their texts.
pub(super) fn files(plan: &Plan, catalog: &Catalog, folder: &Path) -> Vec<(PathBuf, String)> {
    let files = by_file(&plan.actions, catalog, folder).into_iter();
    files.map(|(path, actions)| (path, sql_of(actions))).collect()
}

/// Actions by the file that they go into, relative to the project.
pub(in crate::commands) fn by_file<'a>(
    of: impl IntoIterator<Item = &'a Action>,
    catalog: &Catalog,
    folder: &Path,
) -> Vec<(PathBuf, Vec<&'a Action>)> {
    let mut actions: BTreeMap<Home, Vec<&Action>> = BTreeMap::new();
    for action in of {
        actions
            .entry(home(catalog, &action.object))
            .or_default()
            .push(action);
    }
    let mut taken = std::collections::BTreeSet::new();
    actions
        .into_iter()
        .map(|(home, actions)| {
            let name = free(home.file_name(), &mut taken);
            (folder.join(name), actions)
        })
        .collect()
}

/// Which file an object goes into.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Home {
    /// That of all objects of a kind.
    Kind(Kind),
    /// That of a relation.
    Relation(Vec<String>),
}

impl Home {
    /// The name, in characters that every file system knows.
    fn file_name(&self) -> String {
        let name = match self {
            Self::Kind(kind) => plural(*kind),
            Self::Relation(path) => match path.as_slice() {
                [schema, name] if schema == "public" => name.clone(),
                path => path.join("."),
            },
        };
        name.chars()
            .map(|character| match character {
                plain if plain.is_alphanumeric() || matches!(plain, '_' | '-' | '.') => plain,
                _ => '_',
            })
            .collect()
    }
}

/// `policies`, `indexes`; `privileges` are several already.
pub(in crate::commands) fn plural(kind: Kind) -> String {
    let kind = kind.as_str();
    match kind.strip_suffix('y') {
        Some(base) => format!("{base}ies"),
        None if kind.ends_with('s') => kind.to_owned(),
        None if kind.ends_with('x') => format!("{kind}es"),
        None => format!("{kind}s"),
    }
}

fn home(catalog: &Catalog, id: &ObjectId) -> Home {
    let relation = match catalog.definition(id) {
        Some(Definition::Index(index)) => Some(index.relation.clone()),
        Some(Definition::Sequence(sequence)) => sequence.owned_by.clone(),
        _ => None,
    };
    let id = relation.as_ref().unwrap_or(id);
    let is_relation = id.kind.is_in_relation() || id.kind.is_relation() && id.kind != Kind::Sequence;
    match id.qualified_name() {
        Some(name) if is_relation => Home::Relation(vec![name.schema, name.name]),
        _ => Home::Kind(id.kind),
    }
}

/// A name that no other file has, on a file system that does not tell `A` from `a` either.
fn free(name: String, taken: &mut std::collections::BTreeSet<String>) -> String {
    let mut free = format!("{name}.sql");
    let mut number = 2_u32;
    while !taken.insert(free.to_lowercase()) {
        free = format!("{name}_{number}.sql");
        number += 1;
    }
    free
}
