//! Functions and procedures: created, replaced in place where their signature allows it, dropped.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Definition, Kind, Routine};
use limbeck_sql::quote_identifier;

use super::range_type;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::probe::{Answer, Questions, Side};
use crate::retype::wanted_types;
use crate::sides::{ObjectNumber, Sides};
use crate::{Verb, render};

/// Whether `CREATE OR REPLACE` takes it without a doubt.
pub(super) fn is_alterable(before: &Routine, after: &Routine) -> bool {
    is_of_a_kind(before, after) && before.arguments == after.arguments
}

/// Whether it gives the same, and in the same way.
fn is_of_a_kind(before: &Routine, after: &Routine) -> bool {
    before.result == after.result && before.window == after.window
}

/// Whether `CREATE OR REPLACE` takes other arguments: it takes more defaults and others, but refuses other names and
/// fewer defaults. `None` while the question is open.
pub(crate) fn takes_arguments(
    questions: &mut Questions<'_>,
    sides: &Sides<'_>,
    number: ObjectNumber,
    before: &Routine,
    after: &Routine,
) -> Option<bool> {
    if !is_of_a_kind(before, after) {
        return Some(false);
    }
    let mut setup = wanted_types(sides, number);
    setup.push("SET LOCAL check_function_bodies = off".to_owned());
    setup.push(after.definition.clone());
    let topic = format!("replace {}", sides.ids[number]);
    let answer = questions.ask(&topic, Side::Current, setup, "SELECT 'replaced'".to_owned())?;
    Some(matches!(answer, Answer::Text(_)))
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() && builder.fates.is_exchanged(number) {
        make_room(builder, number);
    } else if fate.goes() {
        let chapter = match fate {
            Fate::Dropped => Chapter::RoutineDrops,
            _ => Chapter::Clearing,
        };
        let place = Place {
            chapter,
            group: number,
            rank: Rank::Drop,
        };
        let statement = format!("DROP {} {}", id.kind.as_str().to_uppercase(), id.sql_name());
        let node = builder.node(
            number,
            Verb::Drop,
            place,
            Body::Pieces(vec![Piece::Statement(statement)]),
        );
        builder.removes(number, node);
    }
    let Some(Definition::Routine(after)) = sides.definition_after(number) else {
        return;
    };
    let definition = after.definition.trim_end();
    let place = builder.place(number, Rank::Table);
    if fate.comes() {
        let statement = match definition.strip_prefix("CREATE OR REPLACE ") {
            Some(rest) => format!("CREATE {rest}"),
            None => definition.to_owned(),
        };
        let node = builder.node(
            number,
            Verb::Create,
            place,
            Body::Pieces(vec![Piece::Statement(statement)]),
        );
        builder.creates(number, node);
    } else if sides.definition_before(number) != sides.definition_after(number) {
        let body = Body::Pieces(vec![Piece::Statement(definition.to_owned())]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Whole);
        builder.releases(number, node, Part::Whole);
        // An index wants it immutable, a check that it says so.
        builder.awaits(number, node);
    }
}

/// The old function stays as long as the type that calls it, under another name where the new one has the same.
fn make_room(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let mut old = id.clone();
    let takes_range = sides.needs_before[number]
        .iter()
        .any(|&needed| range_type::canonical(sides, needed, false) == Some(number));
    let mut moved = None;
    if !takes_range && let Some(name) = old.path.last_mut() {
        let is_taken = |candidate: &str| {
            sides.ids.iter().any(|other| {
                other.kind.is_routine() && other.schema() == id.schema() && other.name() == candidate
            })
        };
        *name = render::free_name(&format!("{name}_old"), &is_taken);
        let statement = format!(
            "ALTER {} {} RENAME TO {}",
            id.kind.as_str().to_uppercase(),
            id.sql_name(),
            quote_identifier(name)
        );
        let place = builder.place(number, Rank::Rename);
        let body = Body::Pieces(vec![Piece::Statement(statement)]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.frees_names(number, id, node);
        moved = Some(node);
    }
    let place = Place {
        chapter: Chapter::TypeDrops,
        group: number,
        rank: Rank::Drop,
    };
    let statement = format!("DROP {} {}", id.kind.as_str().to_uppercase(), old.sql_name());
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    let removal = builder.node(number, Verb::Drop, place, body);
    builder.removes_renamed(number, removal);
    if let Some(moved) = moved {
        builder.edge(moved, removal);
    }
}

/// Which routine had better be there before which other: one whose name stands in the other's text. PostgreSQL records
/// no dependencies of a body that is a string, but an index over the one runs the other.
pub(crate) fn calls(builder: &Builder<'_, '_>) -> Vec<(usize, usize)> {
    let sides = builder.sides;
    let arriving = (0..sides.ids.len())
        .filter(|&number| matches!(sides.ids[number].kind, Kind::Function | Kind::Procedure))
        .filter_map(|number| Some((number, builder.last_awaited(number)?)));
    let mut nodes_by_name: BTreeMap<&str, Vec<(ObjectNumber, usize)>> = BTreeMap::new();
    for (number, node) in arriving {
        let name = sides.ids[number].name();
        nodes_by_name.entry(name).or_default().push((number, node));
    }
    let mut edges = Vec::new();
    for &(caller, then) in nodes_by_name.values().flatten() {
        let Some(Definition::Routine(routine)) = sides.definition_after(caller) else {
            continue;
        };
        for word in words(&routine.definition) {
            let called = nodes_by_name.get(word.as_str()).into_iter().flatten();
            edges.extend(
                called
                    .filter(|&&(number, _)| number != caller)
                    .map(|&(_, first)| (first, then)),
            );
        }
    }
    edges
}

/// The words of a text, as they stand and folded as PostgreSQL folds names.
fn words(text: &str) -> BTreeSet<String> {
    text.split(|character: char| !character.is_alphanumeric() && !"_$".contains(character))
        .filter(|word| !word.is_empty())
        .flat_map(|word| [word.to_owned(), word.to_ascii_lowercase()])
        .collect()
}
