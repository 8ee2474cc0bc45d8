//! Event triggers: created last, enabled and disabled, dropped first, so that a plan does not set them off.

use limbeck_catalog::{Definition, EventTrigger, ObjectId};
use limbeck_sql::quote_literal;

use super::{drop, put_in_place};
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// Whether they differ in nothing but when they fire.
pub(super) fn is_alterable(before: &EventTrigger, after: &EventTrigger) -> bool {
    let enabled = after.enabled;
    EventTrigger {
        enabled,
        ..before.clone()
    } == *after
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
        let place = Place {
            chapter: Chapter::Clearing,
            group: number,
            rank: Rank::Drop,
        };
        drop(builder, number, place, None);
    }
    let Some(Definition::EventTrigger(after)) = sides.definition_after(number) else {
        return;
    };
    let mut enabled = match sides.definition_before(number) {
        Some(Definition::EventTrigger(before)) => before.enabled,
        _ => 'O',
    };
    if fate.comes() {
        put_in_place(builder, number, fate, Rank::Table, creation(id, after));
        enabled = 'O';
    }
    if enabled != after.enabled {
        let statement = format!(
            "ALTER EVENT TRIGGER {} {}",
            id.sql_name(),
            render::enabling(after.enabled)
        );
        let place = builder.place(number, Rank::TableOptions);
        let body = Body::Pieces(vec![Piece::Statement(statement)]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Bare);
        if let Some(creation) = builder.creation(number) {
            builder.edge(creation, node);
        }
    }
}

/// `CREATE EVENT TRIGGER`.
fn creation(id: &ObjectId, event_trigger: &EventTrigger) -> String {
    let mut text = format!(
        "CREATE EVENT TRIGGER {} ON {}",
        id.sql_name(),
        event_trigger.event
    );
    if !event_trigger.tags.is_empty() {
        let tags: Vec<String> = event_trigger.tags.iter().map(|tag| quote_literal(tag)).collect();
        text.push_str(&format!("\n    WHEN TAG IN ({})", tags.join(", ")));
    }
    text.push_str(&format!(
        "\n    EXECUTE FUNCTION {}()",
        render::name(&event_trigger.function)
    ));
    text
}
