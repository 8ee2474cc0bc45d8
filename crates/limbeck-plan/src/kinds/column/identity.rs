//! Columns that count by themselves: what begins, ends and changes of it, and where the sequence behind it stands.

use limbeck_catalog::{Column, Definition, Identity, Kind, ObjectId};
use limbeck_sql::quote_identifier;

use super::{Alteration, alter};
use crate::build::{Body, Builder, Piece};
use crate::fates::Fate;
use crate::kinds::{sequence, sequence_options};
use crate::names::Namespace;
use crate::place::Rank;
use crate::render::{self, regclass};
use crate::sides::ObjectNumber;
use crate::{Loss, Verb};

impl Alteration<'_, '_, '_> {
    /// A column stops counting by itself. A sequence that takes over goes on where the old one stood.
    pub(super) fn drop_identity(&mut self, identity: &Identity, serial: Option<ObjectNumber>) {
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
        match (successor, identity.sequence.schema.as_str()) {
            (Some(number), _) => self.builder.creates(number, node),
            (None, schema) => {
                let sequence = ObjectId::in_schema(Kind::Sequence, schema, &identity.sequence.name);
                self.builder.nodes[node].loses = Some(Loss::Position { sequence });
            }
        }
    }

    /// A column begins to count by itself, and goes on where its sequence or its greatest value stands.
    pub(super) fn add_identity(&mut self, identity: &Identity) {
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
        let statements = own_persistence(self.builder, self.number, identity);
        self.sequence_statements(statements);
        self.sequence_comment(None, identity);
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
        let spare = self.builder.spare_name(Kind::Sequence, sequence);
        let name = quote_identifier(&spare.name);
        pieces.push(Piece::Statement(format!(
            "ALTER SEQUENCE {sequence} RENAME TO {name}"
        )));
        spare.to_string()
    }

    pub(super) fn alter_identity(&mut self, before: &Identity, after: &Identity) {
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
            if clause == sequence_options::RESTART {
                clause
            } else {
                format!("SET {clause}")
            }
        }));
        if !subcommand.is_empty() {
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
        // Where the table changes, it takes its sequences along.
        let table = self.builder.sides.home(self.number);
        let is_taken_along = table.is_some_and(|table| self.builder.persistence.contains_key(&table));
        if before.unlogged != after.unlogged && !is_taken_along {
            self.sequence_statements(vec![sequence::set_persistence(&after.sequence, after.unlogged)]);
        }
        self.sequence_comment(before.comment.as_ref(), after);
    }

    fn sequence_statements(&mut self, statements: Vec<String>) {
        if !statements.is_empty() {
            let pieces = statements.into_iter().map(Piece::Statement).collect();
            self.step(Body::Pieces(pieces));
        }
    }

    fn sequence_comment(&mut self, before: Option<&String>, after: &Identity) {
        if before != after.comment.as_ref() {
            let place = self.builder.place(self.number, Rank::Comment);
            let body = Body::Pieces(vec![comment(after)]);
            let node = self.builder.node(self.number, Verb::Alter, place, body);
            self.follow(node);
        }
    }
}

/// What the sequence of a new column has that the column's clause cannot say: its persistence, and its comment.
pub(super) fn complete(builder: &mut Builder<'_, '_>, number: ObjectNumber, column: &Column) {
    let Some(identity) = &column.identity else {
        return;
    };
    let pieces = own_persistence(builder, number, identity)
        .into_iter()
        .map(|statement| (Rank::SequenceOwner, Piece::Statement(statement)));
    let comments = identity
        .comment
        .iter()
        .map(|_| (Rank::Comment, comment(identity)));
    for (rank, piece) in pieces.chain(comments).collect::<Vec<_>>() {
        let place = builder.place(number, rank);
        let node = builder.node(number, Verb::Alter, place, Body::Pieces(vec![piece]));
        if let Some(creation) = builder.creation(number) {
            builder.edge(creation, node);
        }
    }
}

/// The statement that gives a new sequence another persistence than its table's, where it has another.
fn own_persistence(builder: &Builder<'_, '_>, number: ObjectNumber, identity: &Identity) -> Vec<String> {
    let table = builder.sides.home(number);
    let table = table.and_then(|table| builder.sides.definition_after(table));
    let is_unlogged = matches!(table, Some(Definition::Table(table)) if table.unlogged);
    let differs = sequence::has_persistence(builder) && identity.unlogged != is_unlogged;
    differs
        .then(|| sequence::set_persistence(&identity.sequence, identity.unlogged))
        .into_iter()
        .collect()
}

fn comment(identity: &Identity) -> Piece {
    Piece::Statement(format!(
        "COMMENT ON SEQUENCE {} IS {}",
        identity.sequence,
        render::comment(identity.comment.as_deref())
    ))
}

/// Has a sequence go on where another one stands.
fn continue_after_sequence(sequence: &str, old: &str) -> Piece {
    Piece::Statement(format!(
        "SELECT setval({}, last_value, is_called) FROM {old}",
        regclass(sequence)
    ))
}
