//! Schemas: created and dropped.

use limbeck_catalog::ObjectId;

use crate::Verb;
use crate::build::{Body, Builder, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;

/// `CREATE SCHEMA`.
pub(crate) fn creation(id: &ObjectId) -> String {
    format!("CREATE SCHEMA {}", id.sql_name())
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let id = builder.sides.ids[number];
    match fate {
        Fate::Created => {
            let body = Body::Pieces(vec![Piece::Statement(creation(id))]);
            let place = builder.place(number, Rank::Table);
            let node = builder.node(number, Verb::Create, place, body);
            builder.creates(number, node);
        }
        Fate::Dropped => {
            let statement = format!("DROP SCHEMA {}", id.sql_name());
            let place = Place {
                chapter: Chapter::SchemaDrops,
                group: number,
                rank: Rank::Drop,
            };
            let body = Body::Pieces(vec![Piece::Statement(statement)]);
            let node = builder.node(number, Verb::Drop, place, body);
            builder.removes(number, node);
        }
        _ => {}
    }
}
