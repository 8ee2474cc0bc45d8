//! sqlx: `<VERSION>_<DESCRIPTION>.sql`, or the same with `.up.sql` and `.down.sql`. See `sqlx::migrate::MigrationSource`.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Migration, Script, Source, Tool, checksum, files, foreign, time_of_digits};
use crate::{Diagnostic, Error, Failure, Project, Snippet};

/// A script that begins so is run outside a transaction.
const NO_TRANSACTION: &str = "-- no-transaction";

/// What a file's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    /// The version, as it is written.
    written: String,
    description: String,
    is_down: bool,
}

/// What a file's name says; nothing where it is no migration's.
fn named(name: &str) -> Option<Named> {
    let (version, rest) = name.split_once('_')?;
    version.parse::<i64>().ok()?;
    let (description, is_down) = match (rest.strip_suffix(".up.sql"), rest.strip_suffix(".down.sql")) {
        (Some(description), _) => (description, false),
        (_, Some(description)) => (description, true),
        _ => (rest.strip_suffix(".sql")?, false),
    };
    Some(Named {
        written: version.to_owned(),
        description: description.replace('_', " "),
        is_down,
    })
}

/// Whether a name is that of a migration of sqlx.
pub(super) fn is_migration(name: &str) -> bool {
    named(name).is_some()
}

pub(super) fn read(project: &Project, folder: &Path) -> Result<Source, Error> {
    // The tool looks for it in the crate, and the folder is a part of that.
    let config = folder
        .ancestors()
        .map(|above| above.join("sqlx.toml"))
        .find(|path| path.is_file())
        .unwrap_or_else(|| project.root().join("sqlx.toml"));
    let config = files::toml(project, &config)?;
    let ignored: Vec<char> = files::setting(&config, "migrate", "ignored-chars")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str()?.chars().next())
        .collect();
    let mut migrations = Vec::new();
    let mut downs = BTreeMap::new();
    for path in files::entries(project, folder)? {
        let Some(named) = named(&files::name(&path)).filter(|_| path.is_file()) else {
            continue;
        };
        let text = files::text(project, &path)?;
        if let Some(tool) = foreign::tool_of(&text) {
            return Err(foreign::refused(project, &path, tool));
        }
        let version = version(&named.written);
        let script = Script {
            transaction: !text.starts_with(NO_TRANSACTION),
            sql: files::sql(&text),
        };
        if named.is_down {
            downs.insert(version, (path, script));
            continue;
        }
        let hashed: String = text.chars().filter(|c| !ignored.contains(c)).collect();
        migrations.push(Migration {
            created: time_of_digits(&named.written),
            version,
            written: named.written,
            name: named.description,
            path: project.relative(&path),
            up: script,
            checksums: vec![checksum::sha384(&hashed)],
            ..Migration::default()
        });
    }
    migrations.sort_by_key(|migration| migration.version.parse::<i64>().unwrap_or_default());
    for migration in &mut migrations {
        migration.down = downs.remove(&migration.version).map(|(_, script)| script);
    }
    if let Some((path, _)) = downs.into_values().next() {
        let path = project.relative(&path);
        let diagnostic = Diagnostic::new(format!("`{}` has no way up beside it", path.display()));
        return Err(Error::new(Failure::History, diagnostic.at(Snippet::file(path)))
            .hint("restore the file that ends with `.up.sql`, or remove this one"));
    }
    let source = Source::in_a_line(
        Tool::Sqlx,
        project.relative(folder),
        migrations,
        "20240131120000_create_users.sql",
    )?;
    Ok(Source {
        table: files::setting(&config, "migrate", "table-name")
            .and_then(toml::Value::as_str)
            .map(str::to_owned),
        ..source
    })
}

/// The version as the table holds it: a number.
fn version(written: &str) -> String {
    written
        .parse::<i64>()
        .map_or_else(|_| written.to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_version_description_and_direction() {
        let told = |name: &str| named(name).map(|named| (named.written, named.description, named.is_down));
        let some = |version: &str, description: &str, is_down| {
            Some((version.to_owned(), description.to_owned(), is_down))
        };
        assert_eq!(told("0001_create_users.sql"), some("0001", "create users", false));
        assert_eq!(
            told("20240131120000_a.up.sql"),
            some("20240131120000", "a", false)
        );
        assert_eq!(told("7_a_b.down.sql"), some("7", "a b", true));
        for none in [
            "README.md",
            "V1__a.sql",
            "a_b.sql",
            "1.sql",
            "1_a.txt",
            "1_a.sql.bak",
        ] {
            assert_eq!(told(none), None, "{none}");
        }
        assert_eq!(version("0001"), "1");
    }
}
