//! Functions and procedures: created, replaced in place where their signature allows it, dropped.

use limbeck_catalog::{Definition, Routine};

use crate::Verb;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;

/// Whether `CREATE OR REPLACE` takes it: it refuses another result, other names of arguments, and fewer defaults.
pub(super) fn is_alterable(before: &Routine, after: &Routine) -> bool {
    before.result == after.result && before.arguments == after.arguments
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
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
