//! Extensions: created, moved to another schema, dropped.

use limbeck_catalog::{Definition, Extension, ObjectId};
use limbeck_sql::quote_identifier;

use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;
use crate::{Loss, Verb};

/// `CREATE EXTENSION`.
pub(crate) fn creation(id: &ObjectId, extension: &Extension) -> String {
    format!(
        "CREATE EXTENSION {} WITH SCHEMA {}",
        id.sql_name(),
        quote_identifier(&extension.schema)
    )
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
