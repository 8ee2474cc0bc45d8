//! Diesel: a folder for each migration, `2024-01-31-120000_name`, with `up.sql`, `down.sql` and at will
//! `metadata.toml`. See `diesel_migrations::FileBasedMigrations`.

use std::path::Path;

use super::{Migration, Script, Source, Tool, files, time_of_digits};
use crate::{Diagnostic, Error, Failure, Project, Snippet};

/// Whether a folder is a migration of Diesel.
pub(super) fn is_migration(folder: &Path) -> bool {
    named(&files::name(folder)).is_some() && folder.join("up.sql").is_file()
}

/// The version, as the table holds it, and the name. A version is a time for Diesel's own program, and any text for
/// those who write the folders by hand.
fn named(name: &str) -> Option<(String, String)> {
    let (version, name) = name.split_once('_').unwrap_or((name, ""));
    let version: String = version.chars().filter(|c| *c != '-').collect();
    let is_version = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_version.then(|| (version, name.replace('_', " ")))
}

/// The time that a version tells. Diesel's own program writes four digits more since 2.3:
/// `2024-01-31-120000-0000_name`.
fn created(version: &str) -> Option<String> {
    let is_long = version.len() == 18 && version.bytes().all(|byte| byte.is_ascii_digit());
    let time = version.get(..14).filter(|_| is_long);
    time_of_digits(time.unwrap_or(version))
}

pub(super) fn read(project: &Project, folder: &Path) -> Result<Source, Error> {
    let mut migrations = Vec::new();
    for path in files::entries(project, folder)? {
        let Some((version, name)) = named(&files::name(&path)).filter(|_| path.is_dir()) else {
            continue;
        };
        let up = path.join("up.sql");
        if !up.is_file() && version.bytes().any(|byte| !byte.is_ascii_digit()) {
            continue;
        }
        if !up.is_file() {
            let told = project.relative(&path);
            let diagnostic = Diagnostic::new(format!("there is no `up.sql` in `{}`", told.display()));
            return Err(Error::new(Failure::History, diagnostic.at(Snippet::file(told)))
                .hint("restore the file, or remove the folder; a migration in Rust is known only when it is run"));
        }
        let metadata = path.join("metadata.toml");
        // A file that does not say so says no.
        let transaction = files::toml(project, &metadata)?
            .get("run_in_transaction")
            .and_then(toml::Value::as_bool)
            .unwrap_or(!metadata.is_file());
        let script = |path: &Path| -> Result<Script, Error> {
            Ok(Script {
                sql: files::sql(&files::text(project, path)?),
                transaction,
            })
        };
        let down = path.join("down.sql");
        migrations.push(Migration {
            created: created(&version),
            written: version.clone(),
            version,
            name,
            path: project.relative(&up),
            up: script(&up)?,
            down: if down.is_file() {
                Some(script(&down)?)
            } else {
                None
            },
            ..Migration::default()
        });
    }
    // As Diesel does: by the text of the version.
    migrations.sort_by(|one, other| one.version.cmp(&other.version));
    Source::in_a_line(
        Tool::Diesel,
        project.relative(folder),
        migrations,
        "2024-01-31-120000_create_users/up.sql",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_version_and_name() {
        assert_eq!(
            named("2024-01-31-120000_create_users"),
            Some(("20240131120000".to_owned(), "create users".to_owned()))
        );
        assert_eq!(
            named("00000000000000_diesel_initial_setup"),
            Some(("00000000000000".to_owned(), "diesel initial setup".to_owned()))
        );
        assert_eq!(
            named("2024-01-31-120000-0000_create_users"),
            Some(("202401311200000000".to_owned(), "create users".to_owned()))
        );
        for none in [".diesel_lock", "_a", "a b_c"] {
            assert_eq!(named(none), None, "{none}");
        }
    }

    #[test]
    fn versions_tell_when_a_migration_was_written() {
        for version in ["20240131120000", "202401311200000000"] {
            assert_eq!(
                created(version).as_deref(),
                Some("2024-01-31T12:00:00Z"),
                "{version}"
            );
        }
        for none in [
            "00000000000000",
            "000000000000000000",
            "2024013112000000",
            "20240131120000000x",
            "1",
        ] {
            assert_eq!(created(none), None, "{none}");
        }
    }
}
