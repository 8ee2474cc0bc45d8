//! Attributes that said what one revision was to do, and have nothing to say once it is written.

use std::fmt;
use std::path::PathBuf;

use limbeck_catalog::Catalog;
use limbeck_model::source::{DeclaredRename, RenameKind};
use serde::{Deserialize, Serialize};

use crate::Project;
use crate::autogenerate::renamed_before;

/// An attribute of a model that can go: the history has come to what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpentAttribute {
    /// The attribute's word: `renamed_from` or `removed`.
    pub attribute: String,
    /// What it speaks of: `table`, `column`, `type`, `domain` or `enum value`.
    pub kind: String,
    /// The name of that, of a renamed one the new name: `public.users.full_name`.
    pub name: String,
    /// The file, relative to the project.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl SpentAttribute {
    fn of(project: &Project, declared: &DeclaredRename) -> Self {
        let (attribute, kind, name) = match declared.kind {
            RenameKind::EnumValueRemoved => ("removed", RenameKind::EnumValue, &declared.from),
            kind => ("renamed_from", kind, &declared.to),
        };
        Self {
            attribute: attribute.to_owned(),
            kind: kind.to_string(),
            name: name.join("."),
            path: project.relative(&declared.origin.file),
            line: declared.origin.line,
        }
    }

    fn says_what(&self, other: &Self) -> bool {
        (&self.attribute, &self.kind, &self.name) == (&other.attribute, &other.kind, &other.name)
    }
}

impl fmt::Display for SpentAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            attribute,
            kind,
            name,
            path,
            line,
        } = self;
        let path = path.display();
        write!(f, "{path}:{line}: `{attribute}` can go: the history has ")?;
        if attribute == "removed" {
            write!(f, "no {kind} `{name}` any more")
        } else {
            write!(f, "the {kind} `{name}` by its new name already")
        }
    }
}

/// All attributes that will be spent some day.
pub(crate) fn all(project: &Project, declared: &[DeclaredRename]) -> Vec<SpentAttribute> {
    let attributes = declared.iter();
    attributes
        .map(|declared| SpentAttribute::of(project, declared))
        .collect()
}

/// Those that are, by the state that the history leads to.
pub(crate) fn spent(
    project: &Project,
    declared: &[DeclaredRename],
    history: &Catalog,
) -> Vec<SpentAttribute> {
    renamed_before(declared, history)
        .map(|declared| SpentAttribute::of(project, declared))
        .collect()
}

/// Where spent attributes stand by now: what they say is remembered for longer than where.
pub(crate) fn place(spent: &mut [SpentAttribute], all: &[SpentAttribute]) {
    for attribute in spent {
        if let Some(found) = all.iter().find(|found| found.says_what(attribute)) {
            attribute.clone_from(found);
        }
    }
}
