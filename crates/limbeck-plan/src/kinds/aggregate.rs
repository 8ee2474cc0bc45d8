//! Aggregate functions: created, replaced in place where PostgreSQL can, dropped.

use limbeck_catalog::{
    Aggregate, AggregateKind, AggregateTransition, Definition, FinishModify, ObjectId, Parallel,
};
use limbeck_sql::{QualifiedName, quote_literal};

use super::{drop, put_in_place};
use crate::build::Builder;
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::render;
use crate::sides::ObjectNumber;

/// Whether `CREATE OR REPLACE` takes it: it refuses another result, other arguments, and another kind.
pub(super) fn is_alterable(before: &Aggregate, after: &Aggregate) -> bool {
    before.result == after.result && before.arguments == after.arguments && before.kind == after.kind
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
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
        drop(builder, number, place, None);
    }
    let Some(Definition::Aggregate(after)) = sides.definition_after(number) else {
        return;
    };
    if fate.comes() || sides.definition_before(number) != sides.definition_after(number) {
        let verb = if fate.comes() {
            "CREATE"
        } else {
            "CREATE OR REPLACE"
        };
        let statement = creation(verb, sides.ids[number], after);
        let node = put_in_place(builder, number, fate, Rank::Table, statement);
        if !fate.comes() {
            // What runs it may want it parallel.
            builder.awaits(number, node);
        }
    }
}

/// `CREATE AGGREGATE`, or with another verb.
fn creation(verb: &str, id: &ObjectId, aggregate: &Aggregate) -> String {
    let arguments = match aggregate.arguments.as_str() {
        "" => "*",
        arguments => arguments,
    };
    let name = render::relation(id);
    let is_plain = aggregate.kind == AggregateKind::Plain;
    let mut lines = transition("", &aggregate.transition, is_plain);
    let mut function = |parameter: &str, name: &Option<QualifiedName>| {
        if let Some(name) = name {
            lines.push(format!("{parameter} = {}", render::name(name)));
        }
    };
    function("COMBINEFUNC", &aggregate.combine);
    function("SERIALFUNC", &aggregate.serialize);
    function("DESERIALFUNC", &aggregate.deserialize);
    if let Some(moving) = &aggregate.moving {
        lines.extend(transition("M", &moving.transition, is_plain));
        lines.push(format!("MINVFUNC = {}", render::name(&moving.inverse)));
    }
    if let Some(operator) = &aggregate.sort_operator {
        lines.push(format!("SORTOP = {operator}"));
    }
    match aggregate.parallel {
        Parallel::Unsafe => {}
        Parallel::Restricted => lines.push("PARALLEL = RESTRICTED".to_owned()),
        Parallel::Safe => lines.push("PARALLEL = SAFE".to_owned()),
    }
    if aggregate.kind == AggregateKind::HypotheticalSet {
        lines.push("HYPOTHETICAL".to_owned());
    }
    format!(
        "{verb} AGGREGATE {name}({arguments}) (\n    {}\n)",
        lines.join(",\n    ")
    )
}

/// The parameters of one way to gather rows; `M` before those of a moving window. A plain aggregate's last function
/// leaves the state alone by default, another's may spoil it.
fn transition(prefix: &str, transition: &AggregateTransition, is_plain: bool) -> Vec<String> {
    let mut lines = vec![
        format!("{prefix}SFUNC = {}", render::name(&transition.function)),
        format!("{prefix}STYPE = {}", transition.state),
    ];
    if transition.space != 0 {
        lines.push(format!("{prefix}SSPACE = {}", transition.space));
    }
    if let Some(initial) = &transition.initial {
        lines.push(format!("{prefix}INITCOND = {}", quote_literal(initial)));
    }
    if let Some(finish) = &transition.finish {
        lines.push(format!("{prefix}FINALFUNC = {}", render::name(&finish.function)));
        if finish.extra {
            lines.push(format!("{prefix}FINALFUNC_EXTRA"));
        }
        let modify = match finish.modify {
            FinishModify::ReadOnly if is_plain => None,
            FinishModify::ReadWrite if !is_plain => None,
            FinishModify::ReadOnly => Some("READ_ONLY"),
            FinishModify::Shareable => Some("SHAREABLE"),
            FinishModify::ReadWrite => Some("READ_WRITE"),
        };
        lines.extend(modify.map(|modify| format!("{prefix}FINALFUNC_MODIFY = {modify}")));
    }
    lines
}
