//! Triggers: created, replaced in place, enabled and disabled, dropped.

use limbeck_catalog::{Definition, Trigger};
use limbeck_sql::quote_identifier;

use super::put_in_place;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::Rank;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// Whether one can be put in the other's place: no constraint trigger can.
pub(super) fn is_alterable(before: &Trigger, after: &Trigger) -> bool {
    let is_plain = |trigger: &Trigger| trigger.definition.starts_with(CREATE);
    before.definition == after.definition || is_plain(before) && is_plain(after)
}

/// How a trigger is created that is no constraint trigger.
const CREATE: &str = "CREATE TRIGGER ";

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
        builder.nodes[node].vertex.host = sides.home_before(number).and_then(|home| builder.removal(home));
        builder.removes(number, node);
    }
    let Some(Definition::Trigger(after)) = sides.definition_after(number) else {
        return;
    };
    let mut last = None;
    let mut enabled = match sides.definition_before(number) {
        Some(Definition::Trigger(before)) => before.enabled,
        _ => 'O',
    };
    if fate.comes() {
        let place = builder.place(number, Rank::Trigger);
        let body = Body::Pieces(vec![Piece::Statement(after.definition.clone())]);
        let node = builder.node(number, Verb::Create, place, body);
        builder.creates(number, node);
        enabled = 'O';
        last = Some(node);
    } else if let Some(Definition::Trigger(before)) = sides.definition_before(number)
        && before.definition != after.definition
    {
        let statement = after.definition.replacen(CREATE, "CREATE OR REPLACE TRIGGER ", 1);
        last = Some(put_in_place(builder, number, fate, Rank::Trigger, statement));
        // It is enabled then as a new one is.
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
        if let Some(last) = last {
            builder.edge(last, node);
        }
    }
}
