//! Columns: part of their new table, or added; altered in steps that PostgreSQL takes one after the other; dropped.

use limbeck_catalog::{
    Column, ColumnSettings, Constraint, Deferrable, Definition, GeneratedKind, Identity, Kind, ObjectId,
};
use limbeck_sql::quote_identifier;

use super::{column_settings, sequence, sequence_options};
use crate::build::{Body, Builder, Namespace, Part, Piece, is_of_default};
use crate::fates::Fate;
use crate::place::Rank;
use crate::precision;
use crate::render::{self, regclass};
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
    let removal = match table {
        Some(removal) => removal,
        None => {
            let place = builder.place(number, Rank::ColumnDrop);
            let node = builder.node(number, Verb::Drop, place, subcommand(id, "DROP COLUMN", ""));
            // What a computed column held can be computed again.
            builder.nodes[node].loses = (before.generated.is_none() && !is_foreign(builder, number))
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
    create_plain(builder, number, after);
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

/// The column without what is set of its storage and statistics.
fn create_plain(builder: &mut Builder<'_, '_>, number: ObjectNumber, after: &Column) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let table = sides.home(number);
    if let Some(table) = table
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
    let needs_fill = after.not_null && after.generated.is_none() && after.identity.is_none();
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
                format!("ADD COLUMN {}", render::column(id, after, false, true)),
            )];
            pieces.extend(fill_pieces(builder, number, fill));
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
        if needs_fill && after.default.is_none() && !is_foreign(builder, number) {
            builder.unfilled.push(number);
        }
        if has_default_needs(builder, number, after.default.as_ref(), true) {
            let default = set_default(builder, number, after);
            builder.nodes[default].vertex.host = Some(node);
            builder.edge(node, default);
        }
    }
}

/// Whether the column is one of a foreign table, whose rows are elsewhere.
fn is_foreign(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let home = builder.sides.home(number);
    home.is_some_and(|home| builder.sides.ids[home].kind == Kind::ForeignTable)
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

/// What gives the rows that are there a value, and then demands one of all.
fn fill_pieces(builder: &Builder<'_, '_>, number: ObjectNumber, fill: &str) -> Vec<Piece> {
    let id = builder.sides.ids[number];
    let (table, name) = (render::relation(id), quote_identifier(id.name()));
    let mut pieces = vec![Piece::Statement(format!(
        "UPDATE {table} SET {name} = {fill} WHERE {name} IS NULL"
    ))];
    if has_deferrable_constraints(builder, number) {
        // A check that waits for the end of the transaction would keep the table from being altered.
        pieces.push(Piece::Statement("SET CONSTRAINTS ALL IMMEDIATE".to_owned()));
    }
    pieces.push(alter(id, format!("ALTER COLUMN {name} SET NOT NULL")));
    pieces
}

/// Whether rows of the column's table may have checks pending.
fn has_deferrable_constraints(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    let is_deferrable = |definition: Option<&Definition>| matches!(definition, Some(Definition::Constraint(Constraint { deferrable, .. })) if *deferrable != Deferrable::No);
    sides.home(number).is_some_and(|table| {
        sides.needed_before[table]
            .iter()
            .any(|&dependent| is_deferrable(sides.definition_before(dependent)))
    })
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
    let subcommands = column_settings::alter(id, before, after);
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
        }
    }

    fn build(mut self) {
        let retype = self.builder.fates.retypes.get(&self.number);
        let reset = self.builder.fates.reset_defaults.contains(&self.number);
        let drop_default = self.before.default.is_some()
            && (self.after.default.is_none() || reset || retype.is_some_and(|retype| retype.drop_default));
        if drop_default {
            let node = self.step(subcommand(self.id, "ALTER COLUMN", " DROP DEFAULT"));
            self.builder.releases(self.number, node, Part::Default);
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
        if let Some(body) = settings(self.id, &kept, &self.after.settings) {
            self.step(body);
        }
        self.not_null();
        match (counted, counts) {
            (None, Some(identity)) => self.add_identity(identity),
            (Some(before), Some(after)) if before != after => self.alter_identity(before, after),
            _ => {}
        }
        if self.after.default.is_some() && (drop_default || self.before.default != self.after.default) {
            let node = set_default(self.builder, self.number, self.after);
            if self.before.default.is_some() && !drop_default {
                self.builder.releases(self.number, node, Part::Default);
            }
            self.follow(node);
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

    fn retype(&mut self, retype: &retype::Retype) {
        let text = retype::subcommand(self.id, self.after, retype.using.as_deref());
        let node = self.step(Body::Pieces(vec![alter(self.id, text)]));
        self.builder.nodes[node].rewrites = retype.rewrites;
        self.is_structural(node, Part::Type);
        if is_foreign(self.builder, self.number) {
            // No rows are there.
        } else if precision::is_lost(&self.before.data_type, &self.after.data_type) {
            self.builder.nodes[node].loses = Some(Loss::Precision {
                column: self.id.clone(),
                from: self.before.data_type.clone(),
                to: self.after.data_type.clone(),
            });
        } else if let Some(table) = self.builder.sides.home(self.number) {
            let first = *self.builder.retyping.entry(table).or_insert(node);
            // The table is written anew once for all its columns.
            self.builder.nodes[node].vertex.host = Some(first).filter(|&first| first != node);
        }
        if !retype.possible {
            self.builder.unsupported.push(format!(
                "{} cannot be converted from {} to {}: PostgreSQL has no cast; write the USING expression by hand",
                self.id.sql_name(),
                self.before.data_type,
                self.after.data_type
            ));
        }
    }

    fn not_null(&mut self) {
        if self.before.not_null == self.after.not_null {
            return;
        }
        let node = if self.after.not_null {
            match self.builder.take_fill(self.number) {
                Some(fill) => {
                    let pieces = fill_pieces(self.builder, self.number, fill);
                    let node = self.step(Body::Pieces(pieces));
                    self.builder.nodes[node].rewrites = true;
                    node
                }
                None => {
                    if self.after.generated.is_none() && !is_foreign(self.builder, self.number) {
                        self.builder.unfilled.push(self.number);
                    }
                    self.step(subcommand(self.id, "ALTER COLUMN", " SET NOT NULL"))
                }
            }
        } else {
            self.step(subcommand(self.id, "ALTER COLUMN", " DROP NOT NULL"))
        };
        self.builder.awaits(self.number, node);
        self.builder.changes(self.number, node);
    }

    /// A column stops counting by itself. A sequence that takes over goes on where the old one stood.
    fn drop_identity(&mut self, identity: &Identity, serial: Option<ObjectNumber>) {
        let mut pieces = Vec::new();
        let mut successor = None;
        if let Some(number) = serial
            && let Some(Definition::Sequence(after)) = self.builder.sides.definition_after(number)
        {
            let id = self.builder.sides.ids[number];
            let old = self.out_of_the_way(
                &identity.sequence.clone(),
                id.qualified_name().as_ref(),
                &mut pieces,
            );
            pieces.push(Piece::Statement(sequence::creation(id, after)));
            pieces.push(continue_after_sequence(&id.sql_name(), &old));
            successor = Some(number);
        }
        let name = quote_identifier(self.id.name());
        pieces.push(alter(self.id, format!("ALTER COLUMN {name} DROP IDENTITY")));
        let node = self.step(Body::Pieces(pieces));
        // In the same statement PostgreSQL would give the sequence the new type too.
        self.builder.nodes[node].alone = self.builder.fates.retypes.contains_key(&self.number);
        self.builder
            .frees((Namespace::Relation, identity.sequence.clone()), node);
        if let Some(number) = successor {
            self.builder.creates(number, node);
        }
    }

    /// A column begins to count by itself, and goes on where its sequence or its greatest value stands.
    fn add_identity(&mut self, identity: &Identity) {
        let mut pieces = Vec::new();
        let old = sequence::of_column(self.builder, self.number, Fate::Dropped);
        let predecessor = old
            .and_then(|number| self.builder.sides.ids[number].qualified_name())
            .map(|name| self.out_of_the_way(&name, Some(&identity.sequence), &mut pieces));
        let clause = render::identity_clause(self.id, identity, &self.after.data_type);
        let name = quote_identifier(self.id.name());
        pieces.push(alter(self.id, format!("ALTER COLUMN {name} ADD {clause}")));
        let sequence = identity.sequence.to_string();
        match &predecessor {
            Some(old) => {
                pieces.push(continue_after_sequence(&sequence, old));
                pieces.push(Piece::Statement(format!("DROP SEQUENCE {old}")));
            }
            None => {
                let statement = sequence::continue_after_column(&sequence, self.id, &identity.options);
                pieces.push(Piece::Statement(statement));
            }
        }
        let node = self.step(Body::Pieces(pieces));
        self.builder
            .claims((Namespace::Relation, identity.sequence.clone()), node);
        if let Some(old) = old {
            self.builder.removes(old, node);
        }
    }

    /// Renames a sequence whose name another one takes; the name that it has then.
    fn out_of_the_way(
        &self,
        sequence: &limbeck_sql::QualifiedName,
        successor: Option<&limbeck_sql::QualifiedName>,
        pieces: &mut Vec<Piece>,
    ) -> String {
        if successor != Some(sequence) {
            return sequence.to_string();
        }
        let spare = self.builder.spare_name(sequence);
        let name = quote_identifier(&spare.name);
        pieces.push(Piece::Statement(format!(
            "ALTER SEQUENCE {sequence} RENAME TO {name}"
        )));
        spare.to_string()
    }

    fn alter_identity(&mut self, before: &Identity, after: &Identity) {
        let name = quote_identifier(self.id.name());
        if before.sequence != after.sequence {
            let statement = format!(
                "ALTER SEQUENCE {} RENAME TO {}",
                before.sequence,
                quote_identifier(&after.sequence.name)
            );
            let node = self.step(Body::Pieces(vec![Piece::Statement(statement)]));
            self.builder
                .frees((Namespace::Relation, before.sequence.clone()), node);
            self.builder
                .claims((Namespace::Relation, after.sequence.clone()), node);
        }
        let mut subcommand = Vec::new();
        if before.kind != after.kind {
            subcommand.push(format!("SET GENERATED {}", render::identity_kind(after.kind)));
        }
        // PostgreSQL retypes the sequence along with its column.
        let options = sequence_options::retyped(&before.options, &after.options.data_type);
        let clauses = sequence_options::alter(&options, &after.options);
        subcommand.extend(clauses.into_iter().map(|clause| {
            if clause == "NO CYCLE" {
                "SET NO CYCLE".to_owned()
            } else {
                format!("SET {clause}")
            }
        }));
        if subcommand.is_empty() {
            return;
        }
        let mut pieces: Vec<Piece> =
            sequence::keep_within_bounds(&after.sequence.to_string(), &options, &after.options)
                .map(Piece::Statement)
                .into_iter()
                .collect();
        pieces.push(alter(
            self.id,
            format!("ALTER COLUMN {name} {}", subcommand.join(" ")),
        ));
        self.step(Body::Pieces(pieces));
    }
}

/// Has a sequence go on where another one stands.
fn continue_after_sequence(sequence: &str, old: &str) -> Piece {
    Piece::Statement(format!(
        "SELECT setval({}, last_value, is_called) FROM {old}",
        regclass(sequence)
    ))
}
