//! Migrations of another tool as revisions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use limbeck_history::{Draft, RevisionId};

use super::{Migration, Source, Tool, pieces, provenance};
use crate::{Diagnostic, Error, Failure, Snippet};

/// A migration as a revision that is not written yet.
#[derive(Debug, Clone)]
pub(crate) struct Drafted {
    pub(crate) draft: Draft,
    /// The file of the other tool, as it is told to people.
    pub(crate) from: PathBuf,
    /// What its table calls it.
    pub(crate) version: String,
}

/// The revisions that a tool's migrations become: the same migrations give the same revisions, but for the time of those
/// whose versions tell none. `now` is that time.
///
/// # Errors
/// When two versions make one identifier, or a parent is none of the migrations.
pub(crate) fn drafts(source: &Source, now: &str) -> Result<Vec<Drafted>, Error> {
    let mut ids: BTreeMap<&str, RevisionId> = BTreeMap::new();
    let mut taken: BTreeMap<RevisionId, &Migration> = BTreeMap::new();
    for migration in &source.migrations {
        let id = identifier(&migration.written)?;
        if let Some(other) = taken.insert(id.clone(), migration) {
            let diagnostic = Diagnostic::new(format!("two migrations would both become the revision `{id}`"))
                .at(Snippet::file(other.path.clone()))
                .at(Snippet::file(migration.path.clone()));
            return Err(Error::new(Failure::History, diagnostic).hint("give one of them another version"));
        }
        ids.insert(&migration.version, id);
    }
    let known = |migration: &Migration, versions: &[String]| -> Result<Vec<RevisionId>, Error> {
        let id = |version: &String| {
            ids.get(version.as_str()).cloned().ok_or_else(|| {
                let message = format!("{} follows `{version}`, which is not there", migration.told());
                Error::new(Failure::History, Diagnostic::new(message))
                    .hint("restore the file of that migration")
            })
        };
        versions.iter().map(id).collect()
    };
    let created = created(&source.migrations, now);
    let mut drafts = Vec::new();
    source.migrations.iter().try_for_each(no_markers)?;
    for (migration, created) in source.migrations.iter().zip(created) {
        let title = match migration.name.trim() {
            "" => format!("Migration {}", migration.version),
            name => name.to_owned(),
        };
        let message = format!("{title}\n\n{}", provenance::lines(source.tool, migration));
        let id = identifier(&migration.written)?;
        let mut draft = Draft::new(id, message, created);
        draft.parents = known(migration, &migration.parents)?;
        draft.depends_on = known(migration, &migration.depends_on)?;
        draft.branch_labels.clone_from(&migration.branch_labels);
        draft.steps = pieces::steps(&migration.up, migration.down.as_ref());
        drafts.push(Drafted {
            draft,
            from: migration.path.clone(),
            version: migration.version.clone(),
        });
    }
    Ok(drafts)
}

/// A line that begins as a marker of a revision file does would be one there.
fn no_markers(migration: &Migration) -> Result<(), Error> {
    const MARKER: &str = "-- limbeck:";
    let scripts = std::iter::once(&migration.up).chain(&migration.down);
    if !scripts
        .flat_map(|script| script.sql.lines())
        .any(|line| line.starts_with(MARKER))
    {
        return Ok(());
    }
    let diagnostic = Diagnostic::new(format!(
        "{} has a line that begins with `{MARKER}`, which marks a step in a revision file",
        migration.told()
    ));
    Err(Error::new(
        Failure::Failed,
        diagnostic.at(Snippet::file(migration.path.clone())),
    )
    .hint("put two spaces after the `--`; where that changes a checksum, import a copy with `--no-database`"))
}

/// The identifier that a version becomes: itself, where it can be one.
pub(crate) fn identifier(written: &str) -> Result<RevisionId, Error> {
    if let Ok(id) = written.parse() {
        return Ok(id);
    }
    let plain: String = written
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    // A word that selects revisions names none.
    [plain.clone(), format!("r_{plain}")]
        .into_iter()
        .find_map(|text| text.parse().ok())
        .ok_or_else(|| {
            Error::usage(format!(
                "the version `{written}` cannot be the name of a revision"
            ))
            .hint("a name has 1 to 64 ASCII letters, digits and underscores")
        })
}

/// When each was written. One whose version tells no time has that of the next which does, so that a listing stays in
/// order; where none follows, they are a second apart, the last of them now.
fn created(migrations: &[Migration], now: &str) -> Vec<String> {
    let mut times = Vec::new();
    let mut next: Option<String> = None;
    let mut seconds = 0;
    for migration in migrations.iter().rev() {
        let time = migration.created.clone().or_else(|| next.clone());
        next.clone_from(&time);
        times.push(time.unwrap_or_else(|| {
            seconds += 1;
            limbeck_history::earlier(now, seconds - 1).unwrap_or_else(|| now.to_owned())
        }));
    }
    times.reverse();
    times
}

/// The tool's own word for a migration in a message.
pub(crate) fn noun(tool: Tool) -> &'static str {
    match tool {
        Tool::Alembic => "revision",
        Tool::Sqlx | Tool::Refinery | Tool::Diesel => "migration",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Script, one_after_the_other};

    fn migration(written: &str, created: Option<&str>) -> Migration {
        Migration {
            version: written.trim_start_matches('0').to_owned(),
            written: written.to_owned(),
            name: "create users".to_owned(),
            path: PathBuf::from(format!("migrations/{written}_create_users.sql")),
            up: Script {
                sql: "CREATE TABLE users ();".to_owned(),
                transaction: true,
            },
            checksums: vec!["12".to_owned()],
            created: created.map(str::to_owned),
            ..Migration::default()
        }
    }

    fn source(mut migrations: Vec<Migration>) -> Source {
        one_after_the_other(&mut migrations);
        Source {
            tool: Tool::Sqlx,
            folder: PathBuf::from("migrations"),
            table: None,
            migrations,
            without_down: Vec::new(),
        }
    }

    #[test]
    fn migrations_become_a_chain() {
        let source = source(vec![migration("0001", None), migration("0002", None)]);
        let drafts = drafts(&source, "2026-11-22T10:00:00Z").unwrap();
        let told: Vec<_> = drafts
            .iter()
            .map(|drafted| {
                let parents = drafted.draft.parents.iter().map(ToString::to_string);
                (
                    drafted.draft.id.to_string(),
                    parents.collect::<Vec<_>>(),
                    drafted.draft.created.clone(),
                )
            })
            .collect();
        let own = str::to_owned;
        assert_eq!(
            told,
            [
                (own("0001"), vec![], own("2026-11-22T09:59:59Z")),
                (own("0002"), vec![own("0001")], own("2026-11-22T10:00:00Z")),
            ]
        );
        assert_eq!(
            drafts[0].draft.message,
            "create users\n\nImported from sqlx, version 1, `migrations/0001_create_users.sql`\nchecksum 12"
        );
    }

    #[test]
    fn a_version_without_a_time_comes_before_the_next() {
        let migrations = [
            migration("00000000000000", None),
            migration("20240131120000", Some("2024-01-31T12:00:00Z")),
            migration("9", None),
        ];
        assert_eq!(
            created(&migrations, "2026-11-22T10:00:00Z"),
            [
                "2024-01-31T12:00:00Z",
                "2024-01-31T12:00:00Z",
                "2026-11-22T10:00:00Z"
            ]
        );
    }

    #[test]
    fn versions_become_identifiers() {
        for (version, id) in [
            ("0001", "0001"),
            ("V1", "V1"),
            ("a-b.c", "a_b_c"),
            ("head", "r_head"),
        ] {
            assert_eq!(identifier(version).unwrap().as_str(), id);
        }
        assert!(identifier(&"a".repeat(1025)).is_err());
        let clash = drafts(
            &source(vec![migration("a-b", None), migration("a_b", None)]),
            "2026-11-22T10:00:00Z",
        );
        assert!(clash.unwrap_err().to_string().contains("`a_b`"));
    }
}
