//! Extended statistics: created, how much they learn altered, dropped.

use limbeck_catalog::{Definition, ObjectId, Statistics, StatisticsKind};
use limbeck_sql::quote_identifier;

use super::constraint::removal_of_home_or_column;
use super::{drop, put_in_place};
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::Rank;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// Whether they differ in nothing but how much is learnt.
pub(super) fn is_alterable(before: &Statistics, after: &Statistics) -> bool {
    let target = after.target;
    Statistics {
        target,
        ..before.clone()
    } == *after
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
        let place = builder.place(number, Rank::IndexDrop);
        let host = removal_of_home_or_column(builder, number);
        drop(builder, number, place, host);
    }
    let Some(Definition::Statistics(after)) = sides.definition_after(number) else {
        return;
    };
    // Where a column takes another type, PostgreSQL makes them anew and forgets how much they learn.
    let is_reset = builder.fates.reset_statistics.contains(&number);
    let target = match sides.definition_before(number) {
        Some(Definition::Statistics(before)) if !fate.comes() && !is_reset => before.target,
        _ => None,
    };
    if fate.comes() {
        put_in_place(builder, number, fate, Rank::Statistics, creation(id, after));
    }
    if target != after.target {
        let statement = format!(
            "ALTER STATISTICS {} SET STATISTICS {}",
            id.sql_name(),
            after.target.unwrap_or(-1)
        );
        let place = builder.place(number, Rank::Statistics);
        let body = Body::Pieces(vec![Piece::Statement(statement)]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Whole);
        if let Some(creation) = builder.creation(number) {
            builder.edge(creation, node);
        }
    }
}

/// `CREATE STATISTICS`; without kinds it learns all, or of a single expression nothing but that.
fn creation(id: &ObjectId, statistics: &Statistics) -> String {
    let mut text = format!("CREATE STATISTICS {}", id.sql_name());
    if !statistics.kinds.is_empty() && statistics.kinds.len() < StatisticsKind::ALL.len() {
        let kinds: Vec<&str> = statistics.kinds.iter().map(|kind| kind.as_str()).collect();
        text.push_str(&format!(" ({})", kinds.join(", ")));
    }
    let columns = statistics
        .columns
        .iter()
        .map(|name| quote_identifier(name).into_owned());
    let expressions = statistics
        .expressions
        .iter()
        .map(|expression| render::parenthesised(expression));
    let elements: Vec<String> = columns.chain(expressions).collect();
    text.push_str(&format!(
        " ON {} FROM {}",
        elements.join(", "),
        statistics.relation.sql_name()
    ));
    text
}
