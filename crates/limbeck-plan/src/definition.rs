//! An object as a person reads it: the SQL that makes it.

use limbeck_catalog::{Catalog, Definition, ObjectId};

use crate::{Answer, Answers, Options, Planned, Request, plan};

/// The statements that make an object of a catalogue, with what lies in it and its comment, each with its semicolon.
/// `None` where the catalogue does not hold it.
#[must_use]
pub fn definition(catalog: &Catalog, object: &ObjectId) -> Option<String> {
    let is_part = |id: &ObjectId, definition: &Definition| {
        let lies_in_it = !object.kind.is_in_relation()
            && id.kind.is_in_relation()
            && id.qualified_name() == object.qualified_name();
        let is_on_it = matches!(definition, Definition::Index(index) if index.relation == *object);
        id == object || lies_in_it || is_on_it
    };
    catalog.objects.get(object)?;
    let mut without = catalog.clone();
    without.objects.retain(|id, part| !is_part(id, &part.definition));
    let mut answers = Answers::new();
    // What is asked is only how costly the way is.
    for _ in 0..2 {
        let request = Request {
            current: &without,
            wanted: catalog,
            renames: &[],
            fills: &[],
            answers: &answers,
            options: Options::default(),
        };
        match plan(&request).ok()? {
            Planned::Plan(plan) => {
                let statements = plan.actions.iter().flat_map(|action| &action.statements);
                let lines: Vec<String> = statements.map(|statement| format!("{statement};")).collect();
                return Some(lines.join("\n"));
            }
            Planned::Questions(probes) => {
                let answer = |_| Answer::Text("false".to_owned());
                answers.extend(probes.into_iter().map(|probe| (probe.id, answer(()))));
            }
        }
    }
    None
}
