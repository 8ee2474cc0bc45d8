//! Triggers: created, enabled and disabled, dropped.

use limbeck_catalog::{Definition, Trigger};
use limbeck_sql::quote_identifier;

use super::{partition, put_in_place};
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::Rank;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// Whether one can take the other's place: `OR REPLACE` is for any trigger but a constraint trigger.
pub(super) fn is_alterable(before: &Trigger, after: &Trigger) -> bool {
    before.partition_of == after.partition_of
        && (before.definition == after.definition || !before.is_constraint && !after.is_constraint)
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
        let place = builder.place(number, Rank::TriggerDrop);
        let statement = format!(
            "DROP TRIGGER {} ON {}",
            quote_identifier(id.name()),
            render::relation(id)
        );
        let node = builder.node(
            number,
            Verb::Drop,
            place,
            Body::Pieces(vec![Piece::Statement(statement)]),
        );
        // A trigger goes with its table or view.
        builder.nodes[node].vertex.host = sides
            .home_before(number)
            .and_then(|home| builder.removal(home))
            .or_else(|| partition::gone_with(builder, number));
        builder.removes(number, node);
    }
    let Some(Definition::Trigger(after)) = sides.definition_after(number) else {
        return;
    };
    let mut replacement = None;
    let mut enabled = match sides.definition_before(number) {
        Some(Definition::Trigger(before)) => before.enabled,
        _ => 'O',
    };
    if fate.comes()
        && let Some(bringer) = partition::brought_by(builder, number)
    {
        builder.creates(number, bringer);
        // It fires as the one that it is a part of.
        let origin = sides
            .origins_after(number)
            .iter()
            .find_map(|&origin| sides.definition_after(origin));
        enabled = match origin {
            Some(Definition::Trigger(origin)) => origin.enabled,
            _ => 'O',
        };
    } else if fate.comes() {
        let place = builder.place(number, Rank::Trigger);
        let body = Body::Pieces(vec![Piece::Statement(after.definition.clone())]);
        let node = builder.node(number, Verb::Create, place, body);
        builder.creates(number, node);
        enabled = 'O';
    }
    if let (Fate::Altered, Some(Definition::Trigger(before))) = (fate, sides.definition_before(number))
        && before.definition != after.definition
    {
        let statement = after
            .definition
            .replacen("CREATE TRIGGER ", "CREATE OR REPLACE TRIGGER ", 1);
        replacement = Some(put_in_place(builder, number, fate, Rank::Trigger, statement));
        enabled = 'O';
    }
    if enabled != after.enabled {
        let how = render::enabling(after.enabled);
        let piece = Piece::Alter {
            table: render::relation(id),
            subcommand: format!("{how} TRIGGER {}", quote_identifier(id.name())),
        };
        let place = builder.place(number, Rank::Trigger);
        let node = builder.node(number, Verb::Alter, place, Body::Pieces(vec![piece]));
        builder.arrives(number, node, Part::Bare);
        if let Some(creation) = builder.creation(number).or(replacement) {
            builder.edge(creation, node);
        }
    }
}
