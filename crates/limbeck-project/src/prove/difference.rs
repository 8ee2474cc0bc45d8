//! What two states differ in, object by object, with both definitions.

use std::collections::BTreeSet;

use limbeck_catalog::Catalog;
use limbeck_plan::{Plan, Verb, definition};

use crate::workbench::{State, Workbench};
use crate::{Diagnostic, Error, Failure, ObjectId};

/// How many objects are told with their definitions; of the others their number is told.
const MOST: usize = 10;

/// Two states are alike when the planner finds nothing to do between them.
pub(crate) async fn must_be(
    bench: &Workbench<'_>,
    found: &State,
    wanted: &State,
    message: &str,
) -> Result<(), Error> {
    let Some(notes) = differences(bench, (found, "is"), (wanted, "should be")).await? else {
        return Ok(());
    };
    let mut diagnostic = Diagnostic::new(message);
    diagnostic.notes = notes;
    Err(Error::new(Failure::Failed, diagnostic)
        .hint("each object is told as it is and as it should be; if you changed nothing by hand, this is a defect of Limbeck"))
}

/// Each object in which two states differ, with its definition in both, each state being called by its name;
/// `None` where the states are alike.
pub(crate) async fn differences(
    bench: &Workbench<'_>,
    (found, one): (&State, &str),
    (wanted, other): (&State, &str),
) -> Result<Option<Vec<String>>, Error> {
    let plan = bench.plan(found, wanted, &[], &[]).await?;
    let notes = || named_notes(&plan, (&found.catalog, one), (&wanted.catalog, other));
    Ok((!plan.is_empty()).then(notes))
}

/// Each object that a plan is about, as it is and as it should be.
pub(crate) fn notes(plan: &Plan, found: &Catalog, wanted: &Catalog) -> Vec<String> {
    named_notes(plan, (found, "is"), (wanted, "should be"))
}

fn named_notes(
    plan: &Plan,
    (found, one): (&Catalog, &str),
    (wanted, other): (&Catalog, &str),
) -> Vec<String> {
    let objects = objects(plan, found, wanted);
    let width = one.chars().count().max(other.chars().count()) + 1;
    let line = |name: &str, catalog: &Catalog, object: &ObjectId| {
        let name = format!("{name}:");
        format!("\n  {name:<width$} {}", told(catalog, object, width + 3))
    };
    let mut notes: Vec<String> = objects
        .iter()
        .take(MOST)
        .map(|object| {
            let (found, wanted) = (line(one, found, object), line(other, wanted, object));
            format!("{object}{found}{wanted}")
        })
        .collect();
    if objects.len() > MOST {
        notes.push(format!("and {} more", objects.len() - MOST));
    }
    notes.extend(plan.unsupported.iter().cloned());
    notes
}

/// The objects that differ, without those that lie in others which come or go.
pub(crate) fn objects(plan: &Plan, found: &Catalog, wanted: &Catalog) -> BTreeSet<ObjectId> {
    let changes = plan.actions.iter().flat_map(|action| &action.changes);
    let objects: BTreeSet<ObjectId> = changes
        .filter(|change| {
            let (before, after) = (
                found.objects.get(&change.object),
                wanted.objects.get(&change.object),
            );
            // What is only made anew for the sake of another is the same on both sides.
            before != after || change.verb == Verb::Rename
        })
        .map(|change| change.object.clone())
        .collect();
    let is_alone = |id: &ObjectId| {
        let is_of_table = objects.iter().any(|other| {
            !other.kind.is_in_relation()
                && id.kind.is_in_relation()
                && other.qualified_name().is_some()
                && other.qualified_name() == id.qualified_name()
                && found.objects.contains_key(other) != wanted.objects.contains_key(other)
        });
        !is_of_table
    };
    objects.iter().filter(|id| is_alone(id)).cloned().collect()
}

fn told(catalog: &Catalog, object: &ObjectId, indent: usize) -> String {
    match definition(catalog, object) {
        Some(text) => text.replace('\n', &format!("\n{:indent$}", "")),
        None => "not there".to_owned(),
    }
}
