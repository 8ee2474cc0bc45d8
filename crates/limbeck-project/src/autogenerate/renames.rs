//! What is renamed: by the models' word, by an option, by a person's answer.

use std::borrow::Cow;
use std::collections::BTreeSet;

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};
use limbeck_model::source::{DeclaredRename, RenameKind};
use limbeck_plan::{Rename, possible_renames, renamed_identity, under_new_names};

use super::Question;

/// The renames of a comparison. Nothing is asked twice.
pub(super) struct Renames<'q> {
    question: &'q Question<'q>,
    asked: BTreeSet<Rename>,
    answered: Vec<Rename>,
}

impl<'q> Renames<'q> {
    pub(super) fn new(question: &'q Question<'q>) -> Self {
        Self {
            question,
            asked: BTreeSet::new(),
            answered: Vec::new(),
        }
    }

    /// The renames that are declared, given, or were answered.
    pub(super) fn known(&self, current: &Catalog, wanted: &Catalog) -> Vec<Rename> {
        let question = self.question;
        let mut renames = with_declared(question.renames, &question.declared.renames, current, wanted);
        for answered in &self.answered {
            if !renames.iter().any(|given| clash(given, answered)) {
                renames.push(answered.clone());
            }
        }
        let with_new_tables = renames.iter().map(|rename| below_new_name(rename, &renames));
        with_new_tables.collect()
    }

    /// The same, once a person was asked for what else looks as if it were renamed: again and again, while answers make
    /// more look so. What was made by hand is kept under its name.
    pub(super) fn asked(
        &mut self,
        current: &Catalog,
        wanted: &Catalog,
        by_hand: &BTreeSet<ObjectId>,
    ) -> Vec<Rename> {
        loop {
            let known = self.known(current, wanted);
            let mut candidates = likely(current, wanted, &known, by_hand);
            candidates.retain(|candidate| !self.asked.contains(candidate));
            if candidates.is_empty() {
                return known;
            }
            for chosen in self.question.consult.renames(&candidates) {
                if !self.answered.iter().any(|answered| clash(answered, &chosen)) {
                    self.answered.push(chosen);
                }
            }
            self.asked.extend(candidates);
        }
    }
}

/// What looks as if it were renamed, beside what is known to be.
fn likely(
    current: &Catalog,
    wanted: &Catalog,
    known: &[Rename],
    by_hand: &BTreeSet<ObjectId>,
) -> Vec<Rename> {
    let mut renamed = Cow::Borrowed(current);
    if !known.is_empty() {
        // A column may be renamed in a table that is. What is wrong with those that are known, the plan tells.
        let Ok(under_new_names) = under_new_names(current, wanted, known) else {
            return Vec::new();
        };
        renamed = Cow::Owned(under_new_names);
    }
    // What models do not speak of makes nothing of theirs another thing.
    let by_hand: BTreeSet<ObjectId> = by_hand
        .iter()
        .map(|id| renamed_identity(id, known))
        .filter(|id| !wanted.objects.contains_key(id))
        .collect();
    if !by_hand.is_empty() {
        let rest = renamed.declarable().difference(&by_hand).cloned().collect();
        renamed.to_mut().retain(&rest);
    }
    let back = reversed(known);
    let candidates = possible_renames(&renamed, wanted).into_iter();
    let candidates = candidates.map(|candidate| match candidate {
        Rename::Object { from, to } => Rename::object(renamed_identity(&from, &back), to),
        Rename::EnumLabel { enum_type, from, to } => {
            Rename::enum_label(renamed_identity(&enum_type, &back), from, to)
        }
        removed @ Rename::EnumLabelRemoved { .. } => removed,
    });
    candidates
        .filter(|candidate| !known.iter().any(|given| clash(given, candidate)))
        .collect()
}

/// The renames that are given, and those that models declare and nothing given speaks against.
pub(crate) fn with_declared(
    given: &[Rename],
    declared: &[DeclaredRename],
    current: &Catalog,
    wanted: &Catalog,
) -> Vec<Rename> {
    let mut renames = given.to_vec();
    // Tables first: a column's old name is looked for under its table's old name.
    let mut declared: Vec<&DeclaredRename> = declared.iter().collect();
    declared.sort_by_key(|declared| declared.kind);
    for declared in declared {
        if let Some(rename) = as_rename(declared, &renames)
            && applies(&rename, current, wanted)
            && !renames.iter().any(|given| clash(given, &rename))
        {
            renames.push(rename);
        }
    }
    renames
}

/// The same rename, what becomes of a column said below the new name of its table: `users.name=full_name` is
/// `people.full_name` in the end, where the table becomes `people`.
fn below_new_name(rename: &Rename, renames: &[Rename]) -> Rename {
    let Rename::Object { from, to } = rename else {
        return rename.clone();
    };
    let relation = |id: &ObjectId| (id.path.len() == 3).then(|| id.path[..2].to_vec());
    let Some(old) = relation(to).filter(|old| relation(from).as_ref() == Some(old)) else {
        return rename.clone();
    };
    let new = renames.iter().find_map(|rename| match rename {
        Rename::Object { from, to } if from.path == old && is_relation(from.kind) => Some(&to.path),
        _ => None,
    });
    let mut to = to.clone();
    if let Some(new) = new {
        to.path.splice(..2, new.iter().cloned());
    }
    Rename::object(from.clone(), to)
}

/// Whether objects of a kind hold columns.
fn is_relation(kind: Kind) -> bool {
    matches!(kind, Kind::Table | Kind::View | Kind::MaterializedView)
}

/// Whether two renames say something of the same object.
fn clash(one: &Rename, other: &Rename) -> bool {
    match (one, other) {
        (Rename::Object { from: a, to: b }, Rename::Object { from: c, to: d }) => a == c || b == d,
        (
            Rename::EnumLabel { enum_type, from, to },
            Rename::EnumLabel {
                enum_type: other,
                from: other_from,
                to: other_to,
            },
        ) => enum_type == other && (from == other_from || to == other_to),
        (
            Rename::EnumLabel { enum_type, from, .. } | Rename::EnumLabelRemoved { enum_type, from, .. },
            Rename::EnumLabel {
                enum_type: other,
                from: other_from,
                ..
            }
            | Rename::EnumLabelRemoved {
                enum_type: other,
                from: other_from,
                ..
            },
        ) => enum_type == other && from == other_from,
        _ => false,
    }
}

/// A rename that a model declares stays in the source after its revision. It applies while the old name is there
/// and the new one is not.
fn applies(rename: &Rename, current: &Catalog, wanted: &Catalog) -> bool {
    match rename {
        Rename::Object { from, to } => {
            current.objects.contains_key(from)
                && !current.objects.contains_key(to)
                && !wanted.objects.contains_key(from)
        }
        Rename::EnumLabel { enum_type, from, to } => match current.definition(enum_type) {
            Some(Definition::Enum(before)) => before.labels.contains(from) && !before.labels.contains(to),
            _ => false,
        },
        // That the wanted type has the other label, the model was held to.
        Rename::EnumLabelRemoved { enum_type, from, .. } => {
            matches!(current.definition(enum_type), Some(Definition::Enum(before)) if before.labels.contains(from))
        }
    }
}

/// What models say was renamed and is in the history by its new name alone, and what they say went and is not there: its
/// revision was written, and the attribute says nothing any more.
pub(crate) fn renamed_before<'d>(
    declared: &'d [DeclaredRename],
    current: &Catalog,
) -> impl Iterator<Item = &'d DeclaredRename> {
    declared.iter().filter(|declared| match as_rename(declared, &[]) {
        Some(Rename::Object { from, to }) => {
            current.objects.contains_key(&to) && !current.objects.contains_key(&from)
        }
        Some(Rename::EnumLabel { enum_type, from, to }) => match current.definition(&enum_type) {
            Some(Definition::Enum(before)) => before.labels.contains(&to) && !before.labels.contains(&from),
            _ => false,
        },
        Some(Rename::EnumLabelRemoved { enum_type, from, .. }) => {
            matches!(current.definition(&enum_type), Some(Definition::Enum(before)) if !before.labels.contains(&from))
        }
        None => false,
    })
}

/// The same renames on the way down. A label is renamed under the name that its type has before, which is the
/// new one then.
pub(super) fn reversed(renames: &[Rename]) -> Vec<Rename> {
    let becomes = |id: &ObjectId| {
        let renamed = renames.iter().find_map(|rename| match rename {
            Rename::Object { from, to } if from == id => Some(to.clone()),
            _ => None,
        });
        renamed.unwrap_or_else(|| id.clone())
    };
    let reversed = renames.iter().filter_map(|rename| match rename {
        Rename::Object { from, to } => Some(Rename::object(to.clone(), from.clone())),
        Rename::EnumLabel { enum_type, from, to } => Some(Rename::enum_label(becomes(enum_type), to, from)),
        // Nothing tells which rows had it.
        Rename::EnumLabelRemoved { .. } => None,
    });
    reversed.collect()
}

/// A declared rename as the planner takes it: with the names of the current state in `from`.
fn as_rename(declared: &DeclaredRename, so_far: &[Rename]) -> Option<Rename> {
    let before = |id: ObjectId| {
        let renamed = so_far.iter().find_map(|rename| match rename {
            Rename::Object { from, to } if *to == id => Some(from.clone()),
            _ => None,
        });
        renamed.unwrap_or(id)
    };
    let kind = match declared.kind {
        RenameKind::Table => Kind::Table,
        RenameKind::Column => Kind::Column,
        RenameKind::Type => Kind::Type,
        RenameKind::Domain => Kind::Domain,
        RenameKind::EnumValue | RenameKind::EnumValueRemoved => {
            let [schema, name, from] = declared.from.as_slice() else {
                return None;
            };
            let enum_type = before(ObjectId::in_schema(Kind::Type, schema, name));
            let to = declared.to.last()?;
            return Some(match declared.kind {
                RenameKind::EnumValueRemoved => Rename::enum_label_removed(enum_type, from, to),
                _ => Rename::enum_label(enum_type, from, to),
            });
        }
        _ => return None,
    };
    let id = |path: &[String]| ObjectId {
        kind,
        path: path.to_vec(),
        signature: None,
    };
    let mut from = id(&declared.from);
    if let (RenameKind::Column, [schema, table, name]) = (declared.kind, declared.from.as_slice()) {
        let table = before(ObjectId::in_schema(Kind::Table, schema, table)).qualified_name()?;
        from = ObjectId::in_relation(Kind::Column, &table, name);
    }
    Some(Rename::object(from, id(&declared.to)))
}
