//! refinery: `V1__name.sql`, and `U1__name.sql` for those that may come late. See `refinery_core::util`.

use std::path::Path;

use super::{Migration, Script, Source, Tool, checksum, files, time_of_digits};
use crate::{Diagnostic, Error, Failure, Project, Snippet};

/// What a file's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    /// `V` or `U`.
    prefix: char,
    version: i64,
    /// The version's digits.
    written: String,
    /// As the checksum takes it: with its underscores.
    name: String,
    is_rust: bool,
}

fn named(name: &str) -> Option<Named> {
    let prefix = name.chars().next().filter(|prefix| matches!(prefix, 'V' | 'U'))?;
    let (version, rest) = name.get(1..)?.split_once("__")?;
    let (name, is_rust) = match rest.strip_suffix(".sql") {
        Some(name) => (name, false),
        None => (rest.strip_suffix(".rs")?, true),
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_version = version.bytes().all(|byte| byte.is_ascii_digit());
    Some(Named {
        prefix,
        version: version.parse().ok().filter(|_| is_version)?,
        written: version.to_owned(),
        name: name.to_owned(),
        is_rust,
    })
    .filter(|_| is_name)
}

/// Whether a name is that of a migration of refinery.
pub(super) fn is_migration(name: &str) -> bool {
    named(name).is_some()
}

pub(super) fn read(project: &Project, folder: &Path) -> Result<Source, Error> {
    let mut found = Vec::new();
    for path in files::all_files(project, folder)? {
        if let Some(named) = named(&files::name(&path)) {
            found.push((named, path));
        }
    }
    found.sort_by_key(|(named, _)| named.version);
    let mut migrations = Vec::new();
    for (named, path) in found {
        let told = project.relative(&path);
        if named.is_rust {
            let diagnostic = Diagnostic::new(format!(
                "`{}` is a migration in Rust, and its SQL is known only when it is run",
                told.display()
            ));
            return Err(Error::new(Failure::Failed, diagnostic.at(Snippet::file(told)))
                .hint("write what its `migration()` returns into a `.sql` file of the same name, and import then")
                .hint("or begin with the database as it is: `limbeck baseline`"));
        }
        let text = files::text(project, &path)?;
        migrations.push(Migration {
            version: named.version.to_string(),
            written: format!("{}{}", named.prefix, named.written),
            name: named.name.replace('_', " "),
            path: told,
            up: Script {
                sql: files::sql(&text),
                transaction: true,
            },
            checksums: checksum::refinery(&named.name, named.version, &text),
            created: time_of_digits(&named.written),
            ..Migration::default()
        });
    }
    Source::in_a_line(
        Tool::Refinery,
        project.relative(folder),
        migrations,
        "V1__create_users.sql",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_prefix_version_and_name() {
        let told = |name: &str| named(name).map(|named| (named.prefix, named.version, named.name));
        assert_eq!(told("V1__init.sql"), Some(('V', 1, "init".to_owned())));
        assert_eq!(told("U20__a_b.sql"), Some(('U', 20, "a_b".to_owned())));
        assert_eq!(told("V003__c.rs"), Some(('V', 3, "c".to_owned())));
        for none in [
            "V1_init.sql",
            "X1__a.sql",
            "V1.2__a.sql",
            "V__a.sql",
            "V1__.sql",
            "V1__a b.sql",
            "mod.rs",
        ] {
            assert_eq!(told(none), None, "{none}");
        }
    }
}
