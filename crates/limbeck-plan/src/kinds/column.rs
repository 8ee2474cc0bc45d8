//! Columns: part of their new table, or added; altered in steps that PostgreSQL takes one after the other; dropped.

mod identity;
pub(crate) mod not_null;

use limbeck_catalog::{Column, ColumnSettings, Deferrable, Definition, GeneratedKind, Kind, ObjectId};
use limbeck_sql::quote_identifier;

use super::{column_settings, domain, partition, sequence};
use crate::build::{Body, Builder, Part, Piece, is_of_default};
use crate::fates::{Fate, relabelling};
use crate::place::Rank;
use crate::precision;
use crate::render;
use crate::requirement::Demand;
use crate::retype;
use crate::sides::ObjectNumber;
use crate::{Loss, Verb};

/// From this version on a generated column can be given another expression.
const SET_EXPRESSION: u32 = 170_000;

/// Whether the column can stay: a computed one can become plain, but a plain one cannot become computed.
pub(super) fn is_alterable(before: &Column, after: &Column, server_version_num: u32) -> bool {
    match (&before.generated, &after.generated) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some(before), None) => before.kind == GeneratedKind::Stored,
        (Some(generated_before), Some(generated_after)) => {
            generated_before.kind == generated_after.kind
                && before.data_type == after.data_type
                && before.collation == after.collation
                && (generated_before.expression == generated_after.expression
                    || server_version_num >= SET_EXPRESSION)
        }
    }
}

/// Whether both are computed on read, by different expressions.
pub(crate) fn is_computed_otherwise(before: &Column, after: &Column) -> bool {
    let both = before.generated.as_ref().zip(after.generated.as_ref());
    both.is_some_and(|(before, after)| {
        before.kind == GeneratedKind::Virtual
            && after.kind == GeneratedKind::Virtual
            && before.expression != after.expression
    })
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    if fate.goes()
        && let Some(before) = sides.column_before(number)
    {
        drop(builder, number, before);
    }
    if fate.comes()
        && let Some(after) = sides.column_after(number)
    {
        create(builder, number, after);
    }
    if fate == Fate::Altered
        && let (Some(before), Some(after)) = (sides.column_before(number), sides.column_after(number))
    {
        Alteration::new(builder, number, before, after).build();
    }
}

fn drop(builder: &mut Builder<'_, '_>, number: ObjectNumber, before: &Column) {
    let id = builder.sides.ids[number];
    let table = builder
        .sides
        .home_before(number)
        .and_then(|table| builder.removal(table));
    let removal = match table.or_else(|| partition::gone_with(builder, number)) {
        Some(removal) => removal,
        None => {
            let place = builder.place(number, Rank::ColumnDrop);
            let alone = partition::is_dropped_alone(builder, number);
            let body = Body::Pieces(vec![Piece::Alter {
                table: render::table_of_column(id, alone),
                subcommand: format!("DROP COLUMN {}", quote_identifier(id.name())),
            }]);
            let node = builder.node(number, Verb::Drop, place, body);
            for &origin in builder.sides.origins_before(number) {
                // Once the parents have none, the child may drop its own.
                if let Some(first) = builder.removal(origin) {
                    builder.bonds.dropped_later.insert(number);
                    builder.edge(first, node);
                }
            }
            // What a computed column held can be computed again, unless it becomes a plain one.
            let becomes_plain = builder
                .sides
                .column_after(number)
                .is_some_and(|after| after.generated.is_none());
            builder.nodes[node].loses = ((before.generated.is_none() || becomes_plain)
                && !builder.sides.is_foreign(number))
            .then(|| Loss::Values { column: id.clone() });
            node
        }
    };
    builder.removes(number, removal);
    if has_default_needs(builder, number, before.default.as_ref(), false) {
        let place = builder.place(number, Rank::ConstraintDrop);
        let node = builder.node(
            number,
            Verb::Alter,
            place,
            subcommand(id, "ALTER COLUMN", " DROP DEFAULT"),
        );
        builder.nodes[node].vertex.host = Some(removal);
        builder.nodes[node].vertex.firmness = 0;
        builder.leaves(number, node, Part::Default);
        builder.edge(node, removal);
    }
}

fn create(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &Column) {
    if let Some(bringer) = partition::brought_by(builder, number) {
        inherit(builder, number, after, bringer);
        return;
    }
    create_plain(builder, number, after);
    not_null::complete(builder, number, after);
    identity::complete(builder, number, after);
    if let Some(table) = builder.sides.home(number)
        && let Some(creation) = builder.creation(table)
        && let Some(inherited) = partition::merged_column(builder, number, after)
    {
        let mut alteration = Alteration::new(builder, number, &inherited, after);
        alteration.last = Some(creation);
        alteration.build();
        return;
    }
    let id = builder.sides.ids[number];
    let written = ColumnSettings {
        foreign_options: after.settings.foreign_options.clone(),
        ..ColumnSettings::default()
    };
    if let Some(body) = settings(id, &written, &after.settings) {
        let place = builder.place(number, Rank::Column);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Bare);
        if let Some(creation) = builder.creation(number) {
            builder.edge(creation, node);
        }
    }
}

/// A column that comes with its table, or with the parent's column; then what is its own.
fn inherit(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &Column, bringer: usize) {
    let table = builder.sides.home(number);
    let with_table = table.is_some_and(|table| builder.creation(table) == Some(bringer));
    builder.creates(number, bringer);
    let Some(inherited) = partition::inherited_column(builder, number, with_table) else {
        return;
    };
    let mut alteration = Alteration::new(builder, number, &inherited, after);
    alteration.last = Some(bringer);
    alteration.is_inherited = true;
    alteration.build();
}

/// The column without what is set of its storage and statistics.
fn create_plain(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &Column) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let table = sides.home(number);
    if let Some(table) = table
        && builder.fates.of(table).comes()
        && let Some(creation) = builder.creation(table)
    {
        builder.creates(number, creation);
        if has_default_needs(builder, number, after.default.as_ref(), true) {
            let default = set_default(builder, number, after);
            builder.nodes[default].vertex.host = Some(creation);
            builder.edge(creation, default);
        }
        return;
    }
    let needs_fill = not_null::is_checked(after) && after.generated.is_none() && after.identity.is_none();
    let fill = if needs_fill {
        builder.take_fill(number)
    } else {
        None
    };
    let place = builder.place(number, Rank::Column);
    let body = match fill {
        Some(fill) => {
            let mut pieces = vec![alter(
                id,
                format!("ADD COLUMN {}", render::column(id, after, false, None)),
            )];
            pieces.extend(fill_pieces(builder, number, fill));
            pieces.push(alter(id, not_null::demand(builder, number, after)));
            Body::Pieces(pieces)
        }
        None => Body::AddColumn,
    };
    let node = builder.node(number, Verb::Create, place, body);
    let is_stored = after
        .generated
        .as_ref()
        .is_some_and(|generated| generated.kind == GeneratedKind::Stored);
    builder.nodes[node].rewrites =
        fill.is_some() || is_stored || builder.fates.rewriting_additions.contains(&number);
    builder.creates(number, node);
    if fill.is_some() {
        if after.default.is_some() {
            let default = set_default(builder, number, after);
            builder.edge(node, default);
        }
    } else {
        if needs_fill && after.default.is_none() {
            builder.unfilled.push(number);
        }
        if has_default_needs(builder, number, after.default.as_ref(), true) {
            let default = set_default(builder, number, after);
            builder.nodes[default].vertex.host = Some(node);
            builder.edge(node, default);
        }
    }
}

/// Whether a default needs objects that may come later or go earlier than the column.
pub(crate) fn has_default_needs(
    builder: &Builder<'_, '_>,
    number: ObjectNumber,
    default: Option<&String>,
    after: bool,
) -> bool {
    let needs = if after {
        &builder.sides.needs_after
    } else {
        &builder.sides.needs_before
    };
    default.is_some()
        && needs[number]
            .iter()
            .any(|&needed| is_of_default(builder.sides.ids[needed].kind))
}

/// A node that sets the default.
fn set_default(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &Column) -> usize {
    let default = after.default.clone().unwrap_or_default();
    let place = builder.place(number, Rank::Column);
    let node = builder.node(number, Verb::Alter, place, Body::Default(default));
    builder.nodes[node].vertex.firmness = 0;
    builder.arrives(number, node, Part::Default);
    node
}

/// What gives the rows that are there a value, before one is demanded of all.
pub(super) fn fill_pieces(builder: &Builder<'_, '_>, number: ObjectNumber, fill: &str) -> Vec<Piece> {
    let id = builder.sides.ids[number];
    let (table, name) = (render::relation(id), quote_identifier(id.name()));
    let mut pieces = vec![Piece::Statement(format!(
        "UPDATE {table} SET {name} = {fill} WHERE {name} IS NULL"
    ))];
    if has_deferrable_constraints(builder, number) {
        // A check that waits for the end of the transaction would keep the table from being altered.
        pieces.push(Piece::Statement("SET CONSTRAINTS ALL IMMEDIATE".to_owned()));
    }
    pieces
}

/// Whether rows of the column's table, or rows that its triggers write, may have checks pending.
fn has_deferrable_constraints(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    let Some(table) = sides.home(number) else {
        return false;
    };
    let on_table = &sides.needed_before[table];
    let has_triggers = on_table
        .iter()
        .any(|&dependent| matches!(sides.definition_before(dependent), Some(Definition::Trigger(_))));
    let anywhere = || (0..sides.ids.len()).any(|other| is_deferrable(sides.definition_before(other)));
    on_table
        .iter()
        .any(|&dependent| is_deferrable(sides.definition_before(dependent)))
        || has_triggers && *builder.has_deferrable.get_or_init(anywhere)
}

/// Whether something is checked, or fires, only when the transaction ends.
fn is_deferrable(definition: Option<&Definition>) -> bool {
    match definition {
        Some(Definition::Constraint(constraint)) => constraint.deferrable != Deferrable::No,
        Some(Definition::Trigger(trigger)) => trigger.is_constraint,
        _ => false,
    }
}

/// A subcommand about the column.
fn alter(id: &ObjectId, subcommand: String) -> Piece {
    Piece::Alter {
        table: render::relation(id),
        subcommand,
    }
}

/// A single subcommand: the column's name between two texts.
fn subcommand(id: &ObjectId, before: &str, after: &str) -> Body {
    Body::Pieces(vec![alter(
        id,
        format!("{before} {}{after}", quote_identifier(id.name())),
    )])
}

/// What turns the settings of a column into others, if they differ.
fn settings(id: &ObjectId, before: &ColumnSettings, after: &ColumnSettings) -> Option<Body> {
    let subcommands = column_settings::alter(id.name(), before, after);
    let pieces: Vec<Piece> = subcommands
        .into_iter()
        .map(|subcommand| alter(id, subcommand))
        .collect();
    (!pieces.is_empty()).then_some(Body::Pieces(pieces))
}

/// The steps in which a column is altered, each after the one before.
struct Alteration<'b, 'a, 's> {
    builder: &'b mut Builder<'a, 's>,
    number: ObjectNumber,
    id: &'a ObjectId,
    before: &'b Column,
    after: &'b Column,
    last: Option<usize>,
    /// Whether the column stands as its table's parents have it, before anything is said of it.
    is_inherited: bool,
}

impl<'b, 'a, 's> Alteration<'b, 'a, 's>
where
    's: 'b,
{
    fn new(
        builder: &'b mut Builder<'a, 's>,
        number: ObjectNumber,
        before: &'b Column,
        after: &'b Column,
    ) -> Self {
        let id = builder.sides.ids[number];
        Self {
            builder,
            number,
            id,
            before,
            after,
            last: None,
            is_inherited: false,
        }
    }

    fn build(mut self) {
        let retype = self.builder.fates.retypes.get(&self.number);
        let reset = self.builder.fates.reset_defaults.contains(&self.number);
        // What was in the parent's way is gone with the parent's.
        let goes_with_parent = self.builder.fates.retyped_with.contains_key(&self.number);
        let drop_default = self.before.default.is_some()
            && (self.after.default.is_none()
                || reset && !goes_with_parent
                || retype.is_some_and(|retype| retype.drop_default));
        if drop_default {
            // What the new type would have to be cast to goes for the children too.
            let alone = self.builder.sides.only(self.number).default
                && !retype.is_some_and(|retype| retype.drop_default);
            let name = quote_identifier(self.id.name());
            let node = self.step(Body::Pieces(vec![Piece::Alter {
                table: render::table_of_column(self.id, alone),
                subcommand: format!("ALTER COLUMN {name} DROP DEFAULT"),
            }]));
            self.builder.releases(self.number, node, Part::Default);
            self.builder.bonds.is_early(node);
        }
        let (counted, counts) = (self.before.identity.as_ref(), self.after.identity.as_ref());
        let serial = sequence::of_column(self.builder, self.number, Fate::Created);
        if let (Some(identity), None) = (counted, counts) {
            self.drop_identity(identity, serial);
        }
        self.expression();
        if let Some(retype) = retype {
            self.retype(retype);
        }
        let kept = match retype {
            Some(_) => column_settings::retyped(&self.before.settings),
            None => self.before.settings.clone(),
        };
        self.settings(&kept);
        self.not_null();
        match (counted, counts) {
            (None, Some(identity)) => self.add_identity(identity),
            (Some(before), Some(after)) if before != after => self.alter_identity(before, after),
            _ => {}
        }
        if self.after.default.is_some()
            && (drop_default || reset || self.before.default != self.after.default)
        {
            let node = set_default(self.builder, self.number, self.after);
            if self.before.default.is_some() && !drop_default {
                self.builder.releases(self.number, node, Part::Default);
            }
            self.follow(node);
        }
    }

    /// What is set of the column's storage and statistics, of the table alone or of its children too.
    fn settings(&mut self, kept: &ColumnSettings) {
        let only = self.builder.sides.only(self.number);
        let (mut alone, mut shared) = (kept.clone(), self.after.settings.clone());
        if only.storage {
            shared.storage = kept.storage;
        }
        if only.statistics {
            shared.statistics_target = kept.statistics_target;
        }
        if let Some(body) = settings(self.id, kept, &shared) {
            self.step(body);
            alone = shared;
        }
        let pieces: Vec<Piece> = column_settings::alter(self.id.name(), &alone, &self.after.settings)
            .into_iter()
            .map(|subcommand| Piece::Alter {
                table: render::table_of_column(self.id, true),
                subcommand,
            })
            .collect();
        if !pieces.is_empty() {
            self.step(Body::Pieces(pieces));
        }
    }

    /// A node that comes after the one before.
    fn step(&mut self, body: Body) -> usize {
        let place = self.builder.place(self.number, Rank::Column);
        let node = self.builder.node(self.number, Verb::Alter, place, body);
        self.follow(node);
        node
    }

    fn follow(&mut self, node: usize) {
        if let Some(last) = self.last.replace(node) {
            self.builder.edge(last, node);
        }
    }

    /// Has what needs the column wait for a step, and what goes and needs it go before.
    fn is_structural(&mut self, node: usize, part: Part) {
        self.builder.arrives(self.number, node, part);
        self.builder.releases(self.number, node, part);
        self.builder.awaits(self.number, node);
        self.builder.changes(self.number, node);
    }

    /// From computed to plain, or to another expression.
    fn expression(&mut self) {
        let name = quote_identifier(self.id.name());
        match (&self.before.generated, &self.after.generated) {
            (Some(_), None) => {
                let node = self.step(subcommand(self.id, "ALTER COLUMN", " DROP EXPRESSION"));
                // In the same statement PostgreSQL would still refuse the new type's USING.
                self.builder.nodes[node].alone = self.builder.fates.retypes.contains_key(&self.number);
                self.builder.releases(self.number, node, Part::Whole);
            }
            (Some(before), Some(after)) if before.expression != after.expression => {
                let expression = render::parenthesised(&after.expression);
                let piece = alter(
                    self.id,
                    format!("ALTER COLUMN {name} SET EXPRESSION AS {expression}"),
                );
                let node = self.step(Body::Pieces(vec![piece]));
                self.builder.nodes[node].rewrites = after.kind == GeneratedKind::Stored;
                self.is_structural(node, Part::Whole);
            }
            _ => {}
        }
    }

    /// Whether the column decides over a row's partition. (One whose type is another by name has its table made anew.)
    fn is_in_partition_key(&self) -> bool {
        let sides = self.builder.sides;
        let table = sides
            .home(self.number)
            .and_then(|table| sides.definition_before(table));
        let key = match table {
            Some(Definition::Table(table)) => table.partition_key.as_ref(),
            _ => None,
        };
        let is_exchanged = self.before.data_type == self.after.data_type
            && sides
                .type_number(&self.before.data_type)
                .is_some_and(|number| self.builder.fates.is_exchanged(number));
        is_exchanged
            && key.is_some_and(|key| {
                key.keys
                    .iter()
                    .any(|part| !part.is_expression && part.key == self.id.name())
            })
    }

    /// What rows must satisfy once other labels have taken the place of those that go.
    fn relabelled(&self) -> Vec<Demand> {
        let sides = self.builder.sides;
        if relabelling(sides, &self.before.data_type).is_none() {
            return Vec::new();
        }
        let of_table = sides.needed_after[self.number].iter().copied().filter(|&object| {
            let is_of_rows = matches!(sides.ids[object].kind, Kind::Constraint | Kind::Index);
            is_of_rows && sides.home(object) == sides.home(self.number)
        });
        of_table.map(Demand::Relabelled).collect()
    }

    fn retype(&mut self, retype: &retype::Retype) {
        let text = retype::subcommand(self.id, self.after, retype.using.as_deref());
        let node = self.step(Body::Pieces(vec![alter(self.id, text)]));
        self.builder.nodes[node].rewrites = retype.rewrites;
        self.builder.nodes[node].demands.push(Demand::Fits(self.number));
        let relabelled = self.relabelled();
        self.builder.nodes[node].demands.extend(relabelled);
        let demands = domain::demands_of_exchange(self.builder, self.number);
        self.builder.nodes[node].demands.extend(demands);
        self.is_structural(node, Part::Type);
        if self.builder.sides.is_foreign(self.number) {
            // No rows are there.
        } else if precision::is_lost(&self.before.data_type, &self.after.data_type) {
            self.builder.nodes[node].loses = Some(Loss::Precision {
                column: self.id.clone(),
                from: self.before.data_type.clone(),
                to: self.after.data_type.clone(),
            });
        }
        if let Some(table) = self.builder.sides.home(self.number) {
            let first = *self.builder.retyping.entry(table).or_insert(node);
            // The table is written anew once for all its columns.
            self.builder.nodes[node].vertex.host = Some(first).filter(|&first| first != node);
        }
        if self.is_in_partition_key() {
            self.builder.unsupported.push(format!(
                "{} is in the partition key of its table, and PostgreSQL gives no such column another type: {} cannot be \
                 exchanged",
                self.id.sql_name(),
                self.before.data_type
            ));
        }
        if !retype.possible {
            let (id, before, after) = (self.id.sql_name(), &self.before.data_type, &self.after.data_type);
            self.builder.unsupported.push(if before == after {
                format!(
                    "{id} is {before}, whose values cannot be converted: they hold others of a type that changes in arrays \
                     of a domain or in ranges, where no expression reaches them; write the USING expression by hand"
                )
            } else {
                format!(
                    "{id} cannot be converted from {before} to {after}: PostgreSQL has no cast; write the USING expression \
                     by hand"
                )
            });
        }
    }
}
