//! A tool's table held against its files: what disagrees refuses the import.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Applied, Record};
use super::{Migration, Tool, provenance};
use crate::{Diagnostic, Error, Failure};

/// A migration, as far as a table can be held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) version: String,
    /// In words, for people: its file.
    pub(crate) told: String,
    /// What the table may hold of it; anything where there is none.
    pub(crate) checksums: Vec<String>,
}

impl From<&Migration> for Known {
    fn from(migration: &Migration) -> Self {
        Self {
            version: migration.version.clone(),
            told: migration.told(),
            checksums: migration.checksums.clone(),
        }
    }
}

impl Known {
    /// A revision that was imported from a migration.
    pub(crate) fn imported(id: &limbeck_history::RevisionId, origin: &provenance::Origin) -> Self {
        Self {
            version: origin.version.clone(),
            told: format!("revision `{id}`"),
            checksums: origin.checksums.clone(),
        }
    }
}

/// The rows of the table, each of which is one of the migrations.
///
/// # Errors
/// All that disagrees: what is applied and has no file, what was edited after it was applied, what did not come to its
/// end, and what was passed over.
pub(crate) fn agree<'r>(tool: Tool, known: &[Known], record: &'r Record) -> Result<Vec<&'r Applied>, Error> {
    let by_version: BTreeMap<&str, &Known> = known.iter().map(|one| (one.version.as_str(), one)).collect();
    let mut wrong = Vec::new();
    for applied in &record.applied {
        match by_version.get(applied.version.as_str()) {
            _ if applied.failed => wrong.push(failed(tool, applied)),
            None => wrong.push(without_file(tool, applied)),
            Some(known) => wrong.extend(edited(tool, known, applied)),
        }
    }
    if tool != Tool::Alembic {
        wrong.extend(passed_over(tool, known, record));
    }
    if wrong.is_empty() {
        Ok(record.applied.iter().collect())
    } else {
        Err(Error::several(Failure::History, wrong))
    }
}

fn called(tool: Tool, applied: &Applied) -> String {
    let noun = super::drafts::noun(tool);
    match &applied.name {
        Some(name) => format!("{tool}'s {noun} `{}` ({name})", applied.version),
        None => format!("{tool}'s {noun} `{}`", applied.version),
    }
}

fn failed(tool: Tool, applied: &Applied) -> Diagnostic {
    Diagnostic::new(format!("{} did not come to its end", called(tool, applied))).hint(
        "undo what it has left behind, delete its row from the table, and apply it again with the other tool",
    )
}

fn without_file(tool: Tool, applied: &Applied) -> Diagnostic {
    Diagnostic::new(format!(
        "{} is applied, and there is no file of it",
        called(tool, applied)
    ))
    .hint("restore its file, or check out the commit that the database was migrated from")
    .hint("if it is gone for good, begin with the database as it is: `limbeck baseline`")
}

fn edited(tool: Tool, known: &Known, applied: &Applied) -> Option<Diagnostic> {
    let checksum = applied.checksum.as_ref()?;
    if known.checksums.is_empty() || known.checksums.contains(checksum) {
        return None;
    }
    Some(
        Diagnostic::new(format!("{} was changed after {tool} had applied it", known.told))
            .note(format!("applied: {checksum}"))
            .note(format!("here:    {}", known.checksums.join(" or ")))
            .hint("restore the file as it was applied (line ends count too), and make the change in a revision of its own"),
    )
}

/// Files that are not applied though later ones are.
fn passed_over(tool: Tool, known: &[Known], record: &Record) -> Vec<Diagnostic> {
    let applied: BTreeSet<&str> = record.applied.iter().map(|one| one.version.as_str()).collect();
    let last = known
        .iter()
        .rposition(|one| applied.contains(one.version.as_str()));
    let before = known.get(..last.unwrap_or_default()).unwrap_or_default();
    let later = last.and_then(|last| known.get(last)).map(|one| one.told.as_str());
    before
        .iter()
        .filter(|one| !applied.contains(one.version.as_str()))
        .map(|one| {
            Diagnostic::new(format!(
                "{} is not applied, though {} is, which comes after it",
                one.told,
                later.unwrap_or("a later one")
            ))
            .hint(format!(
                "apply it first, with `{}`, or take the file out",
                tool.upgrade()
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use limbeck_catalog::{Kind, ObjectId};

    use super::*;

    fn known(version: &str, checksum: &str) -> Known {
        Known {
            version: version.to_owned(),
            told: format!("`migrations/{version}_a.sql`"),
            checksums: vec![checksum.to_owned()],
        }
    }

    fn applied(version: &str, checksum: &str) -> Applied {
        Applied {
            version: version.to_owned(),
            name: Some("a".to_owned()),
            checksum: Some(checksum.to_owned()),
            ..Applied::default()
        }
    }

    fn told(applied: Vec<Applied>) -> Result<usize, String> {
        let record = Record {
            table: ObjectId::in_schema(Kind::Table, "public", "_sqlx_migrations"),
            applied,
            unchanged: (String::new(), String::new()),
        };
        let files = [known("1", "x"), known("2", "y"), known("3", "z")];
        agree(Tool::Sqlx, &files, &record)
            .map(|rows| rows.len())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_prefix_of_the_files_agrees() {
        assert_eq!(told(vec![]), Ok(0));
        assert_eq!(told(vec![applied("1", "x"), applied("2", "y")]), Ok(2));
    }

    #[test]
    fn each_disagreement_is_told() {
        assert_eq!(
            told(vec![applied("1", "w")]).unwrap_err(),
            "`migrations/1_a.sql` was changed after sqlx had applied it"
        );
        assert_eq!(
            told(vec![applied("1", "x"), applied("7", "y")]).unwrap_err(),
            "sqlx's migration `7` (a) is applied, and there is no file of it"
        );
        let dirty = Applied {
            failed: true,
            ..applied("1", "x")
        };
        assert_eq!(
            told(vec![dirty]).unwrap_err(),
            "sqlx's migration `1` (a) did not come to its end"
        );
        assert_eq!(
            told(vec![applied("1", "x"), applied("3", "z")]).unwrap_err(),
            "`migrations/2_a.sql` is not applied, though `migrations/3_a.sql` is, which comes after it"
        );
        assert_eq!(
            told(vec![applied("9", "x"), applied("3", "w")])
                .unwrap_err()
                .matches("; ")
                .count(),
            3
        );
    }
}
