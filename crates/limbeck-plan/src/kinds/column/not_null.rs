//! `NOT NULL`: a clause of its column, and from PostgreSQL 18 on a constraint with a name and a state.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use limbeck_catalog::{Column, ConstraintKind, Definition, Kind, NotNullConstraint, ObjectId};
use limbeck_sql::{QualifiedName, default_name, quote_identifier};

use super::{Alteration, alter, fill_pieces, subcommand};
use crate::Verb;
use crate::build::{Body, Builder, Part, Piece};
use crate::kinds::partition;
use crate::names::{Name, Namespace};
use crate::place::Rank;
use crate::render;
use crate::requirement::Demand;
use crate::sides::{ObjectNumber, Sides};

/// Which column or constraint has a name among the constraints of a schema, on either side; `None` where several
/// have it.
pub(crate) type ConstraintNames<'s> = HashMap<(&'s str, &'s str), Option<ObjectNumber>>;

/// The names of all constraints of both sides.
pub(crate) fn constraint_names<'s>(sides: &'s Sides<'_>) -> ConstraintNames<'s> {
    let mut names = ConstraintNames::new();
    let mut add = |schema: &'s str, name: &'s str, number| match names.entry((schema, name)) {
        Entry::Vacant(entry) => {
            entry.insert(Some(number));
        }
        Entry::Occupied(mut entry) if *entry.get() != Some(number) => {
            entry.insert(None);
        }
        Entry::Occupied(_) => {}
    };
    for (number, id) in sides.ids.iter().enumerate() {
        let Some(schema) = id.schema() else { continue };
        match id.kind {
            Kind::Constraint => add(schema, id.name(), number),
            Kind::Column => {
                let both = [sides.column_before(number), sides.column_after(number)];
                for constraint in both.into_iter().flatten().filter_map(named) {
                    add(schema, &constraint.name, number);
                }
            }
            _ => {}
        }
    }
    names
}

fn named(column: &Column) -> Option<&NotNullConstraint> {
    column.not_null_constraint.as_ref()
}

/// Whether no row can hold NULL: not so while the constraint is `NOT VALID`.
pub(super) fn is_checked(column: &Column) -> bool {
    column.not_null && named(column).is_none_or(|constraint| constraint.validated)
}

/// Whether a child declares its `NOT NULL` itself, beside its parents: from PostgreSQL 18 on it is told apart.
pub(super) fn is_declared(builder: &Builder<'_, '_>, number: ObjectNumber, column: &Column) -> bool {
    let sides = builder.sides;
    named(column).is_some() && !sides.wanted.inherited_not_null.contains(sides.ids[number])
}

/// Whether PostgreSQL would choose another name than this by itself: it takes none that any constraint of the schema
/// has.
fn needs_name(builder: &Builder<'_, '_>, number: ObjectNumber, constraint: &NotNullConstraint) -> bool {
    let [schema, table, column] = builder.sides.ids[number].path.as_slice() else {
        return true;
    };
    default_name::not_null(table, column, &|_| false) != constraint.name
        || builder
            .constraint_names()
            .get(&(schema.as_str(), constraint.name.as_str()))
            .is_none_or(|owner| *owner != Some(number))
}

/// `NOT NULL` as a part of a new column, where it is one. `is_implied` says that something beside it has the same
/// effect: a primary key of the same statement, or the column's identity.
pub(crate) fn clause(
    builder: &Builder<'_, '_>,
    number: ObjectNumber,
    column: &Column,
    is_implied: bool,
) -> Option<String> {
    if !is_checked(column) {
        return None;
    }
    // It comes from a parent of the table.
    let inherited = partition::inherited_not_null(builder, number);
    if inherited.is_some_and(|inherited| inherited == named(column).map(|own| own.name.clone()))
        && !is_declared(builder, number, column)
    {
        return None;
    }
    let name = named(column).filter(|constraint| needs_name(builder, number, constraint));
    let no_inherit = named(column).is_some_and(|constraint| constraint.no_inherit);
    if is_implied && name.is_none() && !no_inherit {
        return None;
    }
    let mut text = String::new();
    if let Some(constraint) = name {
        text.push_str(&format!("CONSTRAINT {} ", quote_identifier(&constraint.name)));
    }
    text.push_str("NOT NULL");
    if no_inherit {
        text.push_str(" NO INHERIT");
    }
    Some(text)
}

/// The subcommand that makes a column `NOT NULL`.
pub(super) fn demand(builder: &Builder<'_, '_>, number: ObjectNumber, column: &Column) -> String {
    let name = quote_identifier(builder.sides.ids[number].name());
    let constraint = named(column).filter(|constraint| {
        !constraint.validated || constraint.no_inherit || needs_name(builder, number, constraint)
    });
    match constraint {
        Some(constraint) => format!("ADD {}", element(&name, constraint)),
        None => format!("ALTER COLUMN {name} SET NOT NULL"),
    }
}

/// The constraint as `ADD` takes it.
fn element(column: &str, constraint: &NotNullConstraint) -> String {
    let mut text = format!(
        "CONSTRAINT {} NOT NULL {column}",
        quote_identifier(&constraint.name)
    );
    if constraint.no_inherit {
        text.push_str(" NO INHERIT");
    }
    if !constraint.validated {
        text.push_str(" NOT VALID");
    }
    text
}

/// What a new column's constraint has that its clause cannot say: that it is not valid, and its comment.
pub(super) fn complete(builder: &mut Builder<'_, '_>, number: ObjectNumber, column: &Column) {
    let Some(constraint) = named(column) else {
        return;
    };
    let id = builder.sides.ids[number];
    if !constraint.validated {
        let name = quote_identifier(id.name());
        let place = builder.place(number, Rank::Check);
        let body = Body::Pieces(vec![alter(id, format!("ADD {}", element(&name, constraint)))]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Bare);
        if let Some(creation) = builder.creation(number) {
            builder.edge(creation, node);
        }
    }
    if let Some(comment) = &constraint.comment {
        let piece = comment_on(id, &constraint.name, Some(comment.as_str()));
        let place = builder.place(number, Rank::Comment);
        let node = builder.node(number, Verb::Alter, place, Body::Pieces(vec![piece]));
        if let Some(creation) = builder.creation(number) {
            builder.edge(creation, node);
        }
    }
}

fn comment_on(column: &ObjectId, constraint: &str, comment: Option<&str>) -> Piece {
    Piece::Statement(format!(
        "COMMENT ON CONSTRAINT {} ON {} IS {}",
        quote_identifier(constraint),
        render::relation(column),
        render::comment(comment)
    ))
}

/// Where the name of a relation's constraint has to be free for another one to take it.
pub(crate) fn name_in_relation(id: &ObjectId, constraint: &str) -> Name {
    (
        Namespace::Constraint,
        QualifiedName::new(render::relation(id), constraint),
    )
}

/// Whether a new primary key makes the column `NOT NULL`, so that nothing else has to.
fn comes_with_key(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    sides.needed_after[number].iter().any(|&key| {
        builder.fates.of(key).comes()
            && partition::brought_by(builder, key).is_none()
            && matches!(sides.definition_after(key), Some(Definition::Constraint(constraint))
                if matches!(&constraint.definition, ConstraintKind::PrimaryKey(key)
                    if key.columns.iter().any(|column| column == sides.ids[number].name())))
            && sides.home(key) == sides.home(number)
    })
}

impl Alteration<'_, '_, '_> {
    /// From one state of `NOT NULL` to the other.
    pub(super) fn not_null(&mut self) {
        let is_inherited = self.is_inherited && self.before.not_null && self.after.not_null;
        if is_inherited && is_declared(self.builder, self.number, self.after)
            || self.builder.sides.declares_not_null(self.number)
        {
            self.step(subcommand(self.id, "ALTER COLUMN", " SET NOT NULL"));
        }
        let (before, after) = (named(self.before).cloned(), named(self.after).cloned());
        match (self.before.not_null, self.after.not_null) {
            (false, false) => return,
            (true, false) => {
                let node = self.step(subcommand(self.id, "ALTER COLUMN", " DROP NOT NULL"));
                self.is_structural_bare(node);
                return;
            }
            (false, true) => self.set_not_null(),
            (true, true) => {
                if let (Some(before), Some(after)) = (&before, &after) {
                    self.alter_not_null(before, after);
                }
            }
        }
        let is_old = before
            .as_ref()
            .zip(after.as_ref())
            .is_some_and(|(before, after)| {
                // What becomes NOT VALID is made anew.
                after.validated || !before.validated
            });
        let comment = before.filter(|_| is_old).and_then(|before| before.comment);
        if let Some(after) = after
            && comment != after.comment
        {
            let piece = comment_on(self.id, &after.name, after.comment.as_deref());
            let place = self.builder.place(self.number, Rank::Comment);
            let node = self
                .builder
                .node(self.number, Verb::Alter, place, Body::Pieces(vec![piece]));
            self.follow(node);
        }
    }

    /// Whether there may be rows that are not yet made.
    fn has_rows(&self) -> bool {
        let table = self.builder.sides.home(self.number);
        !table.is_some_and(|table| self.builder.fates.of(table).comes())
    }

    fn is_structural_bare(&mut self, node: usize) {
        self.builder.awaits(self.number, node);
        self.builder.changes(self.number, node);
    }

    fn set_not_null(&mut self) {
        let demand = demand(self.builder, self.number, self.after);
        // An identity wants it before there is a key.
        let is_implied = demand.ends_with("SET NOT NULL")
            && comes_with_key(self.builder, self.number)
            && (self.after.identity.is_none() || self.before.identity.is_some());
        let demand = (!is_implied).then_some(demand);
        let mut pieces = Vec::new();
        let mut rewrites = false;
        if is_checked(self.after) {
            match self.builder.take_fill(self.number) {
                Some(fill) => {
                    pieces = fill_pieces(self.builder, self.number, fill);
                    rewrites = true;
                }
                None if self.after.generated.is_none() && self.has_rows() => {
                    self.builder.unfilled.push(self.number);
                }
                None => {}
            }
        }
        pieces.extend(demand.map(|demand| alter(self.id, demand)));
        if !pieces.is_empty() {
            let node = self.step(Body::Pieces(pieces));
            self.builder.nodes[node].rewrites = rewrites;
            if is_checked(self.after) && !rewrites {
                self.builder.nodes[node]
                    .demands
                    .push(Demand::NotNull(self.number));
            }
            self.is_structural_bare(node);
        }
    }

    fn alter_not_null(&mut self, before: &NotNullConstraint, after: &NotNullConstraint) {
        let column = quote_identifier(self.id.name());
        if before.validated && !after.validated {
            let pieces = vec![
                alter(self.id, format!("ALTER COLUMN {column} DROP NOT NULL")),
                alter(self.id, format!("ADD {}", element(&column, after))),
            ];
            let node = self.step(Body::Pieces(pieces));
            self.is_structural_bare(node);
            return;
        }
        if before.name != after.name {
            self.rename_not_null(&before.name, &after.name);
        }
        let name = quote_identifier(&after.name);
        if before.no_inherit != after.no_inherit {
            let how = if after.no_inherit { "NO INHERIT" } else { "INHERIT" };
            let text = format!("ALTER CONSTRAINT {name} {how}");
            self.step(Body::Pieces(vec![alter(self.id, text)]));
        }
        if !before.validated && after.validated {
            let mut pieces = match self.builder.take_fill(self.number) {
                Some(fill) => fill_pieces(self.builder, self.number, fill),
                None => Vec::new(),
            };
            let is_filled = !pieces.is_empty();
            if !is_filled && self.after.generated.is_none() {
                self.builder.unfilled.push(self.number);
            }
            pieces.push(alter(self.id, format!("VALIDATE CONSTRAINT {name}")));
            let node = self.step(Body::Pieces(pieces));
            self.builder.nodes[node].rewrites = is_filled;
            if !is_filled {
                self.builder.nodes[node]
                    .demands
                    .push(Demand::NotNull(self.number));
            }
            // Alone it lets others write meanwhile.
            self.builder.nodes[node].alone = true;
            self.is_structural_bare(node);
        }
    }

    /// Two columns of one table may exchange the names: one of them has to leave first.
    fn rename_not_null(&mut self, old: &str, new: &str) {
        let rename = |from: &str, to: &str| {
            Body::Pieces(vec![Piece::Statement(format!(
                "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                render::relation(self.id),
                quote_identifier(from),
                quote_identifier(to)
            ))])
        };
        let sides = self.builder.sides;
        let has = |column: Option<&Column>, name: &str| {
            column
                .and_then(named)
                .is_some_and(|constraint| constraint.name == name)
        };
        let others: Vec<ObjectNumber> = sides
            .home(self.number)
            .map(|table| sides.needed_before[table].clone())
            .unwrap_or_default();
        // Of a circle of names one column is the first.
        let is_first_of_circle = others
            .iter()
            .any(|&other| other > self.number && has(sides.column_after(other), old))
            && others.iter().any(|&other| has(sides.column_before(other), new));
        if is_first_of_circle {
            let is_taken = |name: &str| {
                others.iter().any(|&other| {
                    has(sides.column_before(other), name)
                        || has(sides.column_after(other), name)
                        || sides.ids[other].kind == Kind::Constraint && sides.ids[other].name() == name
                })
            };
            let spare = render::free_name(&format!("{old}_old"), &is_taken);
            let (first, second) = (rename(old, &spare), rename(&spare, new));
            let first = self.step(first);
            self.builder.frees(name_in_relation(self.id, old), first);
            let second = self.step(second);
            self.builder.claims(name_in_relation(self.id, new), second);
        } else {
            let body = rename(old, new);
            let node = self.step(body);
            self.builder.frees(name_in_relation(self.id, old), node);
            self.builder.claims(name_in_relation(self.id, new), node);
        }
    }
}
