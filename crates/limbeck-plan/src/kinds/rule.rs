//! Rules: created, replaced in place, enabled and disabled, dropped.

use limbeck_catalog::Definition;
use limbeck_sql::quote_identifier;

use super::{drop, put_in_place};
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::Rank;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
        let place = builder.place(number, Rank::TriggerDrop);
        let host = sides.home_before(number).and_then(|home| builder.removal(home));
        drop(builder, number, place, host);
    }
    let Some(Definition::Rule(after)) = sides.definition_after(number) else {
        return;
    };
    let (before, mut enabled) = match sides.definition_before(number) {
        Some(Definition::Rule(before)) if !fate.comes() => (Some(&before.definition), before.enabled),
        _ => (None, 'O'),
    };
    let mut last = None;
    if before.is_none() {
        enabled = 'O';
        let statement = after.definition.clone();
        last = Some(put_in_place(builder, number, fate, Rank::Rule, statement));
    } else if before != Some(&after.definition) {
        let statement = after
            .definition
            .replacen("CREATE RULE ", "CREATE OR REPLACE RULE ", 1);
        last = Some(put_in_place(builder, number, fate, Rank::Rule, statement));
    }
    if enabled != after.enabled {
        let piece = Piece::Alter {
            table: render::relation(id),
            subcommand: format!(
                "{} RULE {}",
                render::enabling(after.enabled),
                quote_identifier(id.name())
            ),
        };
        let place = builder.place(number, Rank::Rule);
        let node = builder.node(number, Verb::Alter, place, Body::Pieces(vec![piece]));
        builder.arrives(number, node, Part::Bare);
        if let Some(last) = last {
            builder.edge(last, node);
        }
    }
}
