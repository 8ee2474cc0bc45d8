//! Extensions: created, moved to another schema, dropped.

use limbeck_catalog::{Definition, Extension, ObjectId};
use limbeck_sql::quote_identifier;

use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::probe::{Answer, Questions, Side};
use crate::retype::wanted_types;
use crate::sides::{ObjectNumber, Sides};
use crate::{Loss, Verb};

/// `CREATE EXTENSION`.
pub(crate) fn creation(id: &ObjectId, extension: &Extension) -> String {
    format!(
        "CREATE EXTENSION {} WITH SCHEMA {}",
        id.sql_name(),
        quote_identifier(&extension.schema)
    )
}

/// Whether an extension comes with its wanted comment by itself; `None` while the question is open.
pub(crate) fn has_own_comment(
    questions: &mut Questions<'_>,
    sides: &Sides<'_>,
    number: ObjectNumber,
) -> Option<bool> {
    let id = sides.ids[number];
    let (Some(Definition::Extension(extension)), Some(comment)) = (
        sides.definition_after(number),
        sides.after[number].and_then(|object| object.comment.as_ref()),
    ) else {
        return Some(true);
    };
    let mut setup = wanted_types(sides, number);
    setup.push(creation(id, extension));
    let read = format!(
        "SELECT coalesce(obj_description(oid, 'pg_extension'), '') FROM pg_extension WHERE extname = {}",
        limbeck_sql::quote_literal(id.name())
    );
    let answer = questions.ask(&format!("comment of {id}"), Side::Current, setup, read)?;
    Some(matches!(answer, Answer::Text(own) if own == comment))
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    match (
        fate,
        sides.definition_before(number),
        sides.definition_after(number),
    ) {
        (Fate::Created, _, Some(Definition::Extension(extension))) => {
            let body = Body::Pieces(vec![Piece::Statement(creation(id, extension))]);
            let place = builder.place(number, Rank::Table);
            let node = builder.node(number, Verb::Create, place, body);
            builder.creates(number, node);
        }
        (Fate::Dropped, ..) => {
            let statement = format!("DROP EXTENSION {}", id.sql_name());
            let place = Place {
                chapter: Chapter::ExtensionDrops,
                group: number,
                rank: Rank::Drop,
            };
            let node = builder.node(
                number,
                Verb::Drop,
                place,
                Body::Pieces(vec![Piece::Statement(statement)]),
            );
            builder.nodes[node].loses = Some(Loss::Extension {
                extension: id.clone(),
            });
            builder.removes(number, node);
        }
        (Fate::Altered, Some(Definition::Extension(before)), Some(Definition::Extension(after)))
            if before.schema != after.schema =>
        {
            let statement = format!(
                "ALTER EXTENSION {} SET SCHEMA {}",
                id.sql_name(),
                quote_identifier(&after.schema)
            );
            let place = builder.place(number, Rank::Table);
            let node = builder.node(
                number,
                Verb::Alter,
                place,
                Body::Pieces(vec![Piece::Statement(statement)]),
            );
            builder.arrives(number, node, Part::Whole);
            builder.awaits(number, node);
            builder.releases(number, node, Part::Whole);
        }
        _ => {}
    }
}
