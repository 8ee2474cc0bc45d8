//! What is set of an index, of its own or behind a constraint: altered without building it anew.

use limbeck_catalog::{ConstraintKind, Definition, IndexSettings, Kind};
use limbeck_sql::{QualifiedName, quote_identifier};

use crate::build::{Body, Builder, Part, Piece};
use crate::place::Rank;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// What an index has as soon as it is made: `CREATE INDEX` and `ADD CONSTRAINT` say where and how it is stored.
pub(super) fn when_made(settings: &IndexSettings) -> IndexSettings {
    IndexSettings {
        options: settings.options.clone(),
        tablespace: settings.tablespace.clone(),
        ..IndexSettings::default()
    }
}

/// Adds the nodes that turn one into the other, for the index of an object: of itself, or of a constraint.
pub(super) fn alter(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: &IndexSettings,
    after: &IndexSettings,
) {
    let id = builder.sides.ids[number];
    let index = QualifiedName::new(id.schema().unwrap_or_default(), id.name());
    let mut before = before.clone();
    if builder.fates.forgotten_statistics.contains(&number) {
        let is_wanted = |key: i16| after.statistics.iter().any(|statistics| statistics.key == key);
        before.statistics.retain(|statistics| !is_wanted(statistics.key));
    }
    let pieces: Vec<Piece> = subcommands(&before, after)
        .into_iter()
        .map(|subcommand| Piece::Statement(format!("ALTER INDEX {index} {subcommand}")))
        .collect();
    if !pieces.is_empty() {
        node(builder, number, pieces);
    }
    if before.clustered != after.clustered {
        if after.clustered {
            let subcommand = format!("CLUSTER ON {}", quote_identifier(&index.name));
            on_relation(builder, number, subcommand);
        } else if !another(builder, number, |settings| settings.clustered) {
            on_relation(builder, number, "SET WITHOUT CLUSTER".to_owned());
        }
    }
    match (before.replica_identity, after.replica_identity) {
        (false, true) => {
            let subcommand = format!("REPLICA IDENTITY USING INDEX {}", quote_identifier(&index.name));
            on_relation(builder, number, subcommand);
        }
        // Where no index does so any more, the table says what does.
        (true, false) => give_up_replica_identity(builder, number),
        _ => {}
    }
}

/// What tells rows apart must not come to hold NULLs, not even for a moment.
fn give_up_replica_identity(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let sides = builder.sides;
    let columns: Vec<ObjectNumber> = sides.needs_before[number]
        .iter()
        .copied()
        .filter(|&column| {
            let both = (sides.column_before(column), sides.column_after(column));
            matches!(both, (Some(before), Some(after)) if before.not_null && !after.not_null)
        })
        .collect();
    let Some(home) = sides.home(number).filter(|_| !columns.is_empty()) else {
        return;
    };
    let place = builder.place(number, Rank::TableOptions);
    let piece = Piece::Alter {
        table: sides.ids[home].sql_name(),
        subcommand: "REPLICA IDENTITY NOTHING".to_owned(),
    };
    let node = builder.node(number, Verb::Alter, place, Body::Pieces(vec![piece]));
    // In one statement PostgreSQL would take it last.
    builder.nodes[node].alone = true;
    for column in columns {
        builder.precedes_changes(column, node);
    }
}

/// What follows `ALTER INDEX` and a name.
fn subcommands(before: &IndexSettings, after: &IndexSettings) -> Vec<String> {
    let (set, reset) = render::option_changes(&before.options, &after.options);
    let mut changes = Vec::new();
    if !set.is_empty() {
        changes.push(format!("SET ({})", set.join(", ")));
    }
    if !reset.is_empty() {
        changes.push(format!("RESET ({})", reset.join(", ")));
    }
    if before.tablespace != after.tablespace {
        changes.push(render::set_tablespace(after.tablespace.as_deref()));
    }
    let target = |settings: &IndexSettings, key: i16| {
        let of_key = settings
            .statistics
            .iter()
            .find(|statistics| statistics.key == key);
        of_key.map(|statistics| statistics.target)
    };
    let mut keys: Vec<i16> = [before, after]
        .iter()
        .flat_map(|settings| settings.statistics.iter().map(|statistics| statistics.key))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let wanted = target(after, key);
        if target(before, key) != wanted {
            let wanted = wanted.unwrap_or(-1);
            changes.push(format!("ALTER COLUMN {key} SET STATISTICS {wanted}"));
        }
    }
    changes
}

fn on_relation(builder: &mut Builder<'_, '_>, number: ObjectNumber, subcommand: String) {
    let Some(home) = builder.sides.home(number) else {
        return;
    };
    let relation = builder.sides.ids[home];
    let piece = match relation.kind {
        Kind::Table => Piece::Alter {
            table: relation.sql_name(),
            subcommand,
        },
        kind => Piece::Statement(format!(
            "ALTER {} {} {subcommand}",
            kind.as_str().to_uppercase(),
            relation.sql_name()
        )),
    };
    node(builder, number, vec![piece]);
}

fn node(builder: &mut Builder<'_, '_>, number: ObjectNumber, pieces: Vec<Piece>) {
    let place = builder.place(number, Rank::Index);
    let node = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
    builder.arrives(number, node, Part::Whole);
    if let Some(creation) = builder.creation(number) {
        builder.edge(creation, node);
    }
}

/// Whether another index of the same relation is so in the wanted state.
fn another(builder: &Builder<'_, '_>, number: ObjectNumber, is_so: impl Fn(&IndexSettings) -> bool) -> bool {
    let sides = builder.sides;
    let Some(home) = sides.home(number) else {
        return false;
    };
    sides.needed_after[home].iter().any(|&other| {
        other != number
            && sides.home(other) == Some(home)
            && sides.definition_after(other).and_then(of).is_some_and(&is_so)
    })
}

/// What is set of the index that an object is, or has behind it.
pub(crate) fn of(definition: &Definition) -> Option<&IndexSettings> {
    match definition {
        Definition::Index(index) => Some(&index.settings),
        Definition::Constraint(constraint) => {
            let index = ConstraintKind::index(&constraint.definition)?;
            Some(&index.settings)
        }
        _ => None,
    }
}

/// The same, to be changed.
fn of_mut(definition: &mut Definition) -> Option<&mut IndexSettings> {
    match definition {
        Definition::Index(index) => Some(&mut index.settings),
        Definition::Constraint(constraint) => {
            let index = ConstraintKind::index_mut(&mut constraint.definition)?;
            Some(&mut index.settings)
        }
        _ => None,
    }
}

/// Whether two definitions are the same but for what is set of their indexes.
pub(crate) fn alone_differ(before: &Definition, after: &Definition) -> bool {
    let Some(settings) = of(after) else {
        return false;
    };
    let mut before = before.clone();
    if let Some(before) = of_mut(&mut before) {
        before.clone_from(settings);
    }
    before == *after
}

#[cfg(test)]
mod tests {
    use limbeck_catalog::KeyStatistics;

    use super::*;

    #[test]
    fn each_is_set_and_left_to_postgresql_again() {
        let plain = IndexSettings::default();
        let set = IndexSettings {
            options: [("fillfactor".to_owned(), "70".to_owned())].into(),
            tablespace: Some("Fast disk".to_owned()),
            statistics: vec![KeyStatistics { key: 2, target: 0 }],
            ..IndexSettings::default()
        };
        assert_eq!(
            subcommands(&plain, &set),
            [
                "SET (fillfactor = 70)",
                "SET TABLESPACE \"Fast disk\"",
                "ALTER COLUMN 2 SET STATISTICS 0",
            ]
        );
        assert_eq!(
            subcommands(&set, &plain),
            [
                "RESET (fillfactor)",
                "SET TABLESPACE pg_default",
                "ALTER COLUMN 2 SET STATISTICS -1",
            ]
        );
        assert!(subcommands(&set, &set).is_empty());
    }
}
