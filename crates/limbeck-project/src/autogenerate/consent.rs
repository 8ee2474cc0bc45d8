//! What only people decide: renames, fills, losses.

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};
use limbeck_model::source::{DeclaredRename, RenameKind};
use limbeck_plan::{Plan, Rename, possible_renames};

use super::text_arguments::{self, Fills};
use super::{Comparison, Question};
use crate::{Consult, Diagnostic, Drop, Error, Failure};

/// The renames that are declared, given, or answered.
pub(super) fn renames(question: &Question<'_>, current: &Catalog, wanted: &Catalog) -> Vec<Rename> {
    let mut renames = question.renames.to_vec();
    for declared in &question.declared.renames {
        if let Some(rename) = as_rename(declared)
            && applies(&rename, current, wanted)
            && !renames.iter().any(|given| clash(given, &rename))
        {
            renames.push(rename);
        }
    }
    for candidate in possible_renames(current, wanted) {
        let is_free = !renames.iter().any(|given| clash(given, &candidate));
        if let Rename::Object { from, to } = &candidate
            && is_free
            && question.consult.is_rename(from, to)
        {
            renames.push(candidate);
        }
    }
    renames
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
pub(super) fn applies(rename: &Rename, current: &Catalog, wanted: &Catalog) -> bool {
    match rename {
        Rename::Object { from, to } => {
            current.objects.contains_key(from)
                && !current.objects.contains_key(to)
                && !wanted.objects.contains_key(from)
        }
        Rename::EnumLabel { enum_type, from, to } => {
            let labels = |catalog: &Catalog| match catalog.definition(enum_type) {
                Some(Definition::Enum(definition)) => definition.labels.clone(),
                _ => Vec::new(),
            };
            let (before, after) = (labels(current), labels(wanted));
            before.contains(from) && !before.contains(to) && after.contains(to) && !after.contains(from)
        }
    }
}

/// The same rename on the way down.
pub(super) fn reversed(rename: &Rename) -> Rename {
    match rename {
        Rename::Object { from, to } => Rename::object(to.clone(), from.clone()),
        Rename::EnumLabel { enum_type, from, to } => Rename::enum_label(enum_type.clone(), to, from),
    }
}

fn as_rename(declared: &DeclaredRename) -> Option<Rename> {
    let kind = match declared.kind {
        RenameKind::Table => Kind::Table,
        RenameKind::Column => Kind::Column,
        RenameKind::Type => Kind::Type,
        RenameKind::EnumValue => {
            let [schema, name, from] = declared.from.as_slice() else { return None };
            let to = declared.to.last()?;
            return Some(Rename::enum_label(ObjectId::in_schema(Kind::Type, schema, name), from, to));
        }
    };
    let id = |path: &[String]| ObjectId { kind, path: path.to_vec(), signature: None };
    Some(Rename::object(id(&declared.from), id(&declared.to)))
}

/// What a plan destroys.
fn drops(plan: &Plan) -> Vec<Drop> {
    plan.actions
        .iter()
        .filter_map(|action| {
            let loses = action.loses.as_ref()?;
            Some(Drop { object: action.object.clone(), loses: loses.to_string() })
        })
        .collect()
}

/// The losses of a plan, if they are consented to.
pub(crate) fn consented_drops(plan: &Plan, allowed: bool, consult: &dyn Consult) -> Result<Vec<Drop>, Error> {
    let drops = drops(plan);
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

/// Asks for the fills that a comparison lacks. Returns whether there are new ones, so that planning again is worth
/// it.
pub(crate) fn missing_fills(
    comparison: &Comparison,
    unfilled_down: &[ObjectId],
    fills: &mut Fills,
    consult: &dyn Consult,
) -> Result<bool, Error> {
    let mut missing = Vec::new();
    let mut found = false;
    for (columns, down) in [(comparison.plan.unfilled.as_slice(), false), (unfilled_down, true)] {
        for column in columns {
            match consult.fill(column, down) {
                Some(expression) => {
                    let side = if down { &mut fills.down } else { &mut fills.up };
                    side.push(limbeck_plan::Fill { column: column.clone(), expression });
                    found = true;
                }
                None => missing.push((column, down)),
            }
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    let mut diagnostic =
        Diagnostic::new("a column that may not be NULL comes to a table that may hold rows, and nothing fills it");
    for (column, down) in &missing {
        let way = if *down { " (on the way down)" } else { "" };
        diagnostic.notes.push(format!("{column}{way}"));
    }
    let arguments: Vec<String> =
        missing.iter().map(|(column, down)| text_arguments::fill_argument(column, *down)).collect();
    Err(Error::new(Failure::Refused, diagnostic)
        .hint(format!("give an SQL expression for the rows that are there: {}", arguments.join(" ")))
        .hint("or give the column a default, or make it an `Option`"))
}
