//! Where a revision was imported from, as two lines of its message tell it.
//!
//! So a database that is elsewhere (production's, another developer's) can be held against the revisions later, when the
//! other tool's folder is long gone.

use limbeck_history::{History, RevisionId};

use super::{Migration, Tool};

/// A revision that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) tool: Tool,
    /// What the tool's table calls it.
    pub(crate) version: String,
    /// What the tool's table holds of it: any of these, or anything where there is none.
    pub(crate) checksums: Vec<String>,
}

const FROM: &str = "Imported from ";
const CHECKSUM: &str = "checksum ";

/// The lines that tell it.
pub(super) fn lines(tool: Tool, migration: &Migration) -> String {
    let mut lines = format!(
        "{FROM}{tool}, version {}, `{}`",
        migration.version,
        migration.path.display()
    );
    if !migration.checksums.is_empty() {
        lines.push('\n');
        lines.push_str(CHECKSUM);
        lines.push_str(&migration.checksums.join(" or "));
    }
    lines
}

/// What a message tells. The lines stand at its end; a title or a note before them may begin as they do.
pub(crate) fn origin(message: &str) -> Option<Origin> {
    let lines: Vec<&str> = message.lines().collect();
    (0..lines.len())
        .rev()
        .find_map(|start| origin_at(lines.get(start..)?))
}

/// What the first of these lines tells, and the one after it.
fn origin_at(lines: &[&str]) -> Option<Origin> {
    let (first, after) = lines.split_first()?;
    let (tool, rest) = first.strip_prefix(FROM)?.split_once(", version ")?;
    let (version, _) = rest.split_once(", ")?;
    let checksums = after.first().and_then(|line| line.strip_prefix(CHECKSUM));
    Some(Origin {
        tool: tool.parse().ok()?,
        version: version.to_owned(),
        checksums: checksums
            .into_iter()
            .flat_map(|list| list.split(" or ").map(str::to_owned))
            .collect(),
    })
}

/// The imported revisions of a history, parents first.
pub(crate) fn origins(history: &History) -> Vec<(RevisionId, Origin)> {
    let revisions = history.order_all().into_iter();
    revisions
        .filter_map(|revision| Some((revision.id.clone(), origin(&revision.message)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn what_is_told_reads_back() {
        for checksums in [
            vec![],
            vec!["12".to_owned()],
            vec!["12".to_owned(), "34".to_owned()],
        ] {
            let migration = Migration {
                version: "20240131120000".to_owned(),
                path: PathBuf::from("migrations/a, version 1.sql"),
                checksums: checksums.clone(),
                ..Migration::default()
            };
            let message = format!("Create users\n\n{}", lines(Tool::Sqlx, &migration));
            let read = Origin {
                tool: Tool::Sqlx,
                version: "20240131120000".to_owned(),
                checksums,
            };
            assert_eq!(origin(&message), Some(read));
        }
        let migration = Migration {
            version: "2".to_owned(),
            path: PathBuf::from("migrations/2_imported.sql"),
            checksums: vec!["12".to_owned()],
            ..Migration::default()
        };
        for before in [
            "Imported from the old system",
            "Imported from sqlx, version 1, `a`\nchecksum 34",
        ] {
            let read = origin(&format!("{before}\n\n{}", lines(Tool::Sqlx, &migration))).unwrap();
            assert_eq!(
                (read.version.as_str(), read.checksums),
                ("2", vec!["12".to_owned()])
            );
        }
        for other in [
            "Create users",
            "Imported from a file",
            "Imported from flyway, version 1, `a`",
        ] {
            assert_eq!(origin(other), None);
        }
    }
}
