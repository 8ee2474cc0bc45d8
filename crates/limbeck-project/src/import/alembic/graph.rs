//! What `alembic history --verbose` prints.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::project::read_text;

/// One revision of Alembic.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Entry {
    pub(super) revision: String,
    pub(super) parents: Vec<String>,
    pub(super) depends_on: Vec<String>,
    /// Those of its branch, whichever revision they were given to.
    labels: Vec<String>,
    pub(super) path: PathBuf,
    pub(super) title: String,
    pub(super) created: Option<String>,
}

impl Entry {
    /// The labels that this revision itself was given, as its file says.
    pub(super) fn own_labels(&self) -> Vec<String> {
        if self.labels.is_empty() {
            return Vec::new();
        }
        let text = read_text(&self.path).unwrap_or_default();
        let given = branch_labels(&text);
        let is_given = |label: &&String| given.contains(*label);
        self.labels.iter().filter(is_given).cloned().collect()
    }
}

/// The strings that a revision's file assigns to `branch_labels`: on one line or, between brackets, on several.
fn branch_labels(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !line.starts_with("branch_labels"));
    let text = lines.collect::<Vec<_>>().join("\n");
    // What stands before is its type.
    let Some((_, value)) = text.split_once('=') else {
        return Vec::new();
    };
    let mut labels: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    let mut rest = value.chars();
    while let Some(character) = rest.next() {
        match character {
            '\'' | '"' => labels.push(rest.by_ref().take_while(|next| *next != character).collect()),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '#' | '\n' if depth == 0 => break,
            '#' => {
                let (_, next_lines) = rest.as_str().split_once('\n').unwrap_or_default();
                rest = next_lines.chars();
            }
            _ => {}
        }
    }
    labels
}

/// The revisions, as they are printed.
pub(super) fn parse(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("Rev: ") {
            entries.push(Entry {
                revision: rest.split_whitespace().next().unwrap_or_default().to_owned(),
                ..Entry::default()
            });
            continue;
        }
        let Some(entry) = entries.last_mut() else {
            continue;
        };
        if let Some(told) = line.strip_prefix("    ") {
            if entry.title.is_empty() {
                told.trim().clone_into(&mut entry.title);
            }
            if let Some(date) = told.strip_prefix("Create Date: ") {
                entry.created = created(date);
            }
            continue;
        }
        let Some((key, value)) = line.split_once(": ") else {
            continue;
        };
        let list = || -> Vec<String> {
            let names = value.split(',').map(str::trim);
            names
                .filter(|name| !name.is_empty() && *name != "<base>")
                .map(str::to_owned)
                .collect()
        };
        match key {
            "Parent" | "Merges" => entry.parents = list(),
            "Also depends on" => entry.depends_on = list(),
            "Branch names" => entry.labels = list(),
            "Path" => entry.path = PathBuf::from(value),
            _ => {}
        }
    }
    entries
}

/// `2026-11-22 00:33:08.133665` as a header writes it.
fn created(date: &str) -> Option<String> {
    let text = format!("{}Z", date.get(..19)?.replace(' ', "T"));
    limbeck_history::is_created(&text).then_some(text)
}

/// What a dependency may be called.
pub(super) struct Labels<'e> {
    entries: &'e [Entry],
    by_label: BTreeMap<String, &'e str>,
}

impl<'e> Labels<'e> {
    pub(super) fn of(entries: &'e [Entry]) -> Self {
        let labels = entries.iter().flat_map(|entry| {
            entry
                .own_labels()
                .into_iter()
                .map(|label| (label, entry.revision.as_str()))
        });
        Self {
            entries,
            by_label: labels.collect(),
        }
    }

    /// Identifiers for names: a label stands for the revision that has it, and the beginning of an identifier for the
    /// whole.
    pub(super) fn resolved(&self, names: &[String]) -> Vec<String> {
        let one = |name: &String| {
            let ids = || self.entries.iter().map(|entry| entry.revision.as_str());
            let found = ids()
                .find(|id| id == name)
                .or_else(|| self.by_label.get(name).copied())
                .or_else(|| ids().find(|id| id.starts_with(name.as_str())));
            found.unwrap_or(name).to_owned()
        };
        names.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Alembic 1.20 prints it.
    const HISTORY: &str = "\
Rev: eee5 (head) (mergepoint)
Merges: ccc3, ddd4
Branch names: feat
Path: /nowhere/versions/eee5_merge.py

    merge
    
    Revision ID: eee5
    Revises: ccc3, ddd4
    Create Date: 2026-11-22 00:33:08.133665

Rev: fff6 (head)
Parent: <base>
Also depends on: bbb
Branch names: other
Path: /nowhere/versions/fff6_other.py

    other base

    Create Date: sometime
";

    #[test]
    fn a_history_is_read() {
        let entries = parse(HISTORY);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].revision, "eee5");
        assert_eq!(entries[0].parents, ["ccc3", "ddd4"]);
        assert_eq!(entries[0].title, "merge");
        assert_eq!(entries[0].created.as_deref(), Some("2026-11-22T00:33:08Z"));
        assert_eq!(entries[0].path, PathBuf::from("/nowhere/versions/eee5_merge.py"));
        assert!(entries[1].parents.is_empty());
        assert_eq!(entries[1].depends_on, ["bbb"]);
        assert_eq!(entries[1].created, None);
        assert!(parse("").is_empty());
    }

    #[test]
    fn labels_are_given_on_one_line_or_on_several() {
        for (text, labels) in [
            ("branch_labels = None\ndepends_on = 'a'\n", ""),
            ("branch_labels = 'a' # and 'b'\ndepends_on = 'c'\n", "a"),
            (
                "revision = 'x'\nbranch_labels = ('a', \"b\")\ndepends_on = 'c'\n",
                "a b",
            ),
            (
                "branch_labels: Union[str, Sequence[str], None] = (\n    'a',  # not ')\n    \"b\",\n)\ndepends_on = 'c'\n",
                "a b",
            ),
            ("branch_labels = ['a',\r\n  'b']\r\ndepends_on = 'c'", "a b"),
            ("def upgrade():\n    pass\n", ""),
        ] {
            assert_eq!(branch_labels(text).join(" "), labels, "{text}");
        }
    }

    #[test]
    fn dependencies_may_be_called_by_a_beginning() {
        let entries = parse(HISTORY);
        let names = ["fff6", "eee", "unknown"].map(str::to_owned);
        assert_eq!(Labels::of(&entries).resolved(&names), ["fff6", "eee5", "unknown"]);
    }
}
