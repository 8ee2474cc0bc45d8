//! What only people decide: renames, fills, losses.

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};
use limbeck_model::source::{DeclaredRename, RenameKind};
use limbeck_plan::{Plan, Rename, Verb, possible_renames};

use super::text_arguments::{self, Fills};
use super::{Comparison, Question, Unfilled};
use crate::{Consult, Diagnostic, Drop, Error, Failure};

/// The renames that are declared, given, or answered.
pub(super) fn renames(question: &Question<'_>, current: &Catalog, wanted: &Catalog) -> Vec<Rename> {
    let mut renames = with_declared(question.renames, &question.declared.renames, current, wanted);
    for candidate in possible_renames(current, wanted) {
        let is_free = !renames.iter().any(|given| clash(given, &candidate));
        if let Rename::Object { from, to } = &candidate
            && is_free
            && question.consult.is_rename(from, to)
        {
            renames.push(candidate);
        }
    }
    let with_new_tables = renames.iter().map(|rename| below_new_name(rename, &renames));
    with_new_tables.collect()
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
        _ => one == other,
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

/// What models say was renamed, and is in the history by its new name alone: its revision was written, and the attribute
/// says nothing any more.
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
        Some(Rename::EnumLabelRemoved { .. }) | None => false,
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

/// What a plan destroys.
fn drops(plan: &Plan) -> Vec<Drop> {
    plan.actions
        .iter()
        .filter_map(|action| {
            let loses = action.loses.as_ref()?;
            Some(Drop {
                object: action.object.clone(),
                loses: loses.to_string(),
            })
        })
        .collect()
}

/// What a plan drops and makes again, with what hangs on it and is not known here: that does not come back.
fn rebuilt_with_unread(comparison: &Comparison) -> Vec<Drop> {
    let changes = comparison.plan.actions.iter().flat_map(|action| &action.changes);
    let rebuilt = changes
        .filter(|change| change.verb == Verb::Drop)
        .map(|change| &change.object)
        .filter(|object| comparison.wanted.state.catalog.objects.contains_key(*object));
    rebuilt
        .filter_map(|object| {
            let name = object.sql_name();
            let hangs_on_it = |text: &str| {
                let rest = text.strip_prefix(name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let lost: Vec<String> = comparison
                .current
                .catalog
                .unread
                .iter()
                .filter(|unread| hangs_on_it(&unread.name))
                .map(ToString::to_string)
                .collect();
            (!lost.is_empty()).then(|| Drop {
                object: object.clone(),
                loses: format!("{}, since it is made anew", lost.join(", ")),
            })
        })
        .collect()
}

/// The losses of a plan, if they are consented to.
pub(crate) fn consented_drops(
    comparison: &Comparison,
    allowed: bool,
    consult: &dyn Consult,
) -> Result<Vec<Drop>, Error> {
    let mut drops = drops(&comparison.plan);
    drops.extend(rebuilt_with_unread(comparison));
    if drops.is_empty() || allowed || consult.allow_drops(&drops) {
        return Ok(drops);
    }
    let mut diagnostic = Diagnostic::new("the revision would lose data, and nobody consented to that");
    for drop in &drops {
        diagnostic.notes.push(format!("{}: {}", drop.object, drop.loses));
    }
    Err(Error::new(Failure::Refused, diagnostic)
        .hint("if this is meant, run the command again with `--allow-drop`")
        .hint("if something is only renamed, say so: `renamed_from = \"…\"` in the model, or `--rename column:users.name=full_name`"))
}

/// Asks for the fills of one way. Returns whether there are new ones, so that planning again is worth it. What nobody
/// fills of a column that is there must have a value in every row: the step requires that.
pub(crate) fn missing_fills(
    unfilled: &[Unfilled],
    down: bool,
    fills: &mut Fills,
    consult: &dyn Consult,
) -> Result<bool, Error> {
    let mut missing = Vec::new();
    let mut found = false;
    for Unfilled { column, is_new } in unfilled {
        match consult.fill(column, down) {
            Some(expression) => {
                let side = if down { &mut fills.down } else { &mut fills.up };
                side.push(limbeck_plan::Fill {
                    column: column.clone(),
                    expression,
                });
                found = true;
            }
            None if *is_new => missing.push(column),
            None => {}
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    let mut diagnostic = Diagnostic::new(
        "a column that may not be NULL comes to a table that may hold rows, and nothing fills it",
    );
    for column in &missing {
        let way = if down { " (on the way down)" } else { "" };
        diagnostic.notes.push(format!("{column}{way}"));
    }
    let arguments: Vec<String> = missing
        .iter()
        .map(|column| text_arguments::fill_argument(column, down))
        .collect();
    Err(Error::new(Failure::Refused, diagnostic)
        .hint(format!(
            "give an SQL expression for the rows that are there: {}",
            arguments.join(" ")
        ))
        .hint("or give the column a default, or make it an `Option`"))
}
