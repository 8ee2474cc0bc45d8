//! Privileges on objects: granted and revoked, given back to what is made anew, and held against what is born with
//! more or less under the default privileges in force.

use std::collections::BTreeSet;

use limbeck_catalog::{Column, Definition, Kind, ObjectId, PUBLIC, Privilege, Privileges};

use super::default_privileges;
use crate::Verb;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::grant::{Grant, Held, held, mentioned, transition};
use crate::place::Rank;
use crate::sides::{ObjectNumber, Sides};

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let Some(object) = id.object_of_privileges() else {
        return;
    };
    if fate == Fate::Dropped {
        revoke(builder, number, &object);
        return;
    }
    let Some(holder) = sides.holder_after(number) else {
        return;
    };
    let nothing = Privileges::default();
    let after = facts(sides.definition_after(number)).unwrap_or(&nothing);
    let before = facts(sides.definition_before(number)).unwrap_or(&nothing);
    let comes = comes(builder, &object, holder);
    let birth = default_privileges::birth(builder, &object, id.name());
    let before = if comes { &birth } else { before };
    let among = among(&object, [before, after]);
    let mut held_before = held(
        before,
        |privilege| is_born(&object, id.name(), privilege, comes, sides),
        &among,
    );
    let held_after = held(
        after,
        |privilege| is_born(&object, id.name(), privilege, false, sides),
        &among,
    );
    if object.kind == Kind::Column {
        take_lost(&mut held_before, &lost_with_relation(sides, number, &object));
    }
    let grants = transition(&held_before, &held_after, &Grant::on(&object, id.name()));
    let verb = if fate.comes() { Verb::Create } else { Verb::Alter };
    let Some(node) = grant_node(builder, number, holder, verb, grants) else {
        return;
    };
    builder.arrives(number, node, Part::Whole);
    if fate.comes() {
        builder.creates(number, node);
    }
    after_holder(builder, &object, holder, node);
    order_with_columns(builder, &object, id.name(), node);
}

/// Takes away what goes. What goes with its object needs no statement.
fn revoke(builder: &mut Builder<'_, '_>, number: ObjectNumber, object: &ObjectId) {
    let sides = builder.sides;
    let (Some(holder), Some(before)) = (
        sides.holder_before(number),
        facts(sides.definition_before(number)),
    ) else {
        return;
    };
    let removal = builder.removal(holder);
    let identity_goes = object.kind == Kind::Sequence
        && sides
            .column_after(holder)
            .is_some_and(|column| column.identity.is_none());
    if removal.is_none() && identity_goes {
        return;
    }
    let grantee = sides.ids[number].name();
    let among = among(object, [before]);
    let born = |privilege| is_born(object, grantee, privilege, false, sides);
    let grants = transition(
        &held(before, born, &among),
        &held(&Privileges::default(), born, &among),
        &Grant::on(object, grantee),
    );
    if let Some(node) = grant_node(builder, number, holder, Verb::Drop, grants) {
        if has_renamed_sequence(sides, object, holder) {
            after_holder(builder, object, holder, node);
            return;
        }
        builder.nodes[node].vertex.host = removal;
        builder.removes(number, node);
        if removal.is_none() {
            order_with_columns(builder, object, grantee, node);
        }
    }
}

/// Whether privileges are on the sequence of an identity that gets another name: they are told by the new one.
fn has_renamed_sequence(sides: &Sides<'_>, object: &ObjectId, holder: ObjectNumber) -> bool {
    let name = |column: Option<&Column>| Some(column?.identity.as_ref()?.sequence.clone());
    let names = [sides.column_before(holder), sides.column_after(holder)].map(name);
    object.kind == Kind::Sequence && matches!(names, [Some(before), Some(after)] if before != after)
}

/// What an object that comes is born with and must not have, where no facts tell what it has instead.
pub(crate) fn born(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let sequence = identity_sequence(sides, number).filter(|sequence| comes(builder, sequence, number));
    let itself = builder.fates.of(number).comes().then(|| id.clone());
    for object in itself.into_iter().chain(sequence) {
        let mut grantees = default_privileges::grantees(builder, &object);
        if is_public_schema(&object) {
            grantees.insert(PUBLIC.to_owned());
        }
        for grantee in grantees {
            if sides
                .number(&ObjectId::privileges(&grantee, &object))
                .is_some_and(|facts| sides.after[facts].is_some())
            {
                continue;
            }
            let birth = default_privileges::birth(builder, &object, &grantee);
            let among = among(&object, [&birth]);
            let is_born = |at_birth| {
                let (object, grantee) = (&object, &grantee);
                move |privilege| is_born(object, grantee, privilege, at_birth, sides)
            };
            let grants = transition(
                &held(&birth, is_born(true), &among),
                &held(&Privileges::default(), is_born(false), &among),
                &Grant::on(&object, &grantee),
            );
            if let Some(node) = grant_node(builder, number, number, Verb::Alter, grants) {
                builder.arrives(number, node, Part::Bare);
                if let Some(creation) = builder.creation(number) {
                    builder.edge(creation, node);
                }
                after_holder(builder, &object, number, node);
                order_with_columns(builder, &object, &grantee, node);
            }
        }
    }
}

/// A node among what is done to the object that holds what the privileges are on.
fn grant_node(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    holder: ObjectNumber,
    verb: Verb,
    grants: Vec<Grant>,
) -> Option<usize> {
    if grants.is_empty() {
        return None;
    }
    let place = builder.place(holder, Rank::Privileges);
    let pieces = grants.into_iter().map(Piece::Grant).collect();
    Some(builder.node(number, verb, place, Body::Pieces(pieces)))
}

/// The sequence of an identity is there once its column's actions are done.
fn after_holder(builder: &mut Builder<'_, '_>, object: &ObjectId, holder: ObjectNumber, node: usize) {
    if object.kind == Kind::Sequence && builder.sides.ids[holder].kind == Kind::Column {
        let own: Vec<usize> = builder
            .nodes_of(holder)
            .filter(|&other| other != node && builder.nodes[other].verb != Verb::Drop)
            .collect();
        for other in own {
            builder.edge(other, node);
        }
    }
}

/// A `REVOKE` on a relation takes the same privilege on its columns away: it comes before what is granted on them.
fn order_with_columns(builder: &mut Builder<'_, '_>, object: &ObjectId, grantee: &str, node: usize) {
    let Some(relation) = object.qualified_name() else {
        return;
    };
    let of_relation = object.kind.has_columns();
    if !of_relation && object.kind != Kind::Column {
        return;
    }
    let nodes = builder
        .privilege_nodes
        .entry((relation, grantee.to_owned()))
        .or_default();
    let edges: Vec<(usize, usize)> = if of_relation {
        nodes.of_relation.push(node);
        nodes.of_columns.iter().map(|&column| (node, column)).collect()
    } else {
        nodes.of_columns.push(node);
        nodes.of_relation.iter().map(|&first| (first, node)).collect()
    };
    for (first, then) in edges {
        builder.edge(first, then);
    }
}

/// The facts of privileges.
pub(crate) fn facts(definition: Option<&Definition>) -> Option<&Privileges> {
    match definition? {
        Definition::Privileges(privileges) | Definition::DefaultPrivileges(privileges) => Some(privileges),
        _ => None,
    }
}

/// Whether an object, or the sequence of an identity, is made by this plan.
fn comes(builder: &Builder<'_, '_>, object: &ObjectId, holder: ObjectNumber) -> bool {
    let sides = builder.sides;
    builder.fates.of(holder).comes()
        || object.kind == Kind::Sequence
            && sides
                .column_before(holder)
                .is_some_and(|column| column.identity.is_none())
            && sides
                .column_after(holder)
                .is_some_and(|column| column.identity.is_some())
}

/// The sequence behind an identity column of the wanted state.
pub(super) fn identity_sequence(sides: &Sides<'_>, column: ObjectNumber) -> Option<ObjectId> {
    let identity = sides.column_after(column)?.identity.as_ref()?;
    Some(ObjectId::in_schema(
        Kind::Sequence,
        &identity.sequence.schema,
        &identity.sequence.name,
    ))
}

/// Whether a grantee has a privilege where the facts do not mention it. The schema `public` is more open by nature
/// than one that is created.
fn is_born(
    object: &ObjectId,
    grantee: &str,
    privilege: Privilege,
    at_birth: bool,
    sides: &Sides<'_>,
) -> bool {
    if is_public_schema(object) && grantee == PUBLIC && !at_birth {
        privilege == Privilege::Usage || sides.server_version_num < 150_000
    } else {
        privilege.is_born(object.kind, grantee)
    }
}

fn is_public_schema(object: &ObjectId) -> bool {
    object.kind == Kind::Schema && object.name() == "public"
}

/// The privileges to look at.
fn among<'a>(object: &ObjectId, facts: impl IntoIterator<Item = &'a Privileges>) -> BTreeSet<Privilege> {
    let mut among = mentioned(facts);
    if is_public_schema(object) {
        among.extend([Privilege::Usage, Privilege::Create]);
    }
    among
}

/// What a grantee loses on a relation that stays: all of a privilege, or only the right to pass it on.
struct Lost {
    privileges: BTreeSet<Privilege>,
    options: BTreeSet<Privilege>,
}

fn lost_on_relation(sides: &Sides<'_>, number: ObjectNumber) -> Lost {
    let nothing = Privileges::default();
    let before = facts(sides.definition_before(number)).unwrap_or(&nothing);
    let after = facts(sides.definition_after(number)).unwrap_or(&nothing);
    let among = mentioned([before, after]);
    // Nobody but the owner is born with privileges on a relation.
    let (before, after) = (held(before, |_| false, &among), held(after, |_| false, &among));
    let has = |option: bool| {
        let after = &after;
        move |(privilege, held): (&Privilege, &bool)| {
            let lost = if option {
                *held && after.get(privilege) == Some(&false)
            } else {
                !after.contains_key(privilege)
            };
            lost.then_some(*privilege)
        }
    };
    Lost {
        privileges: before.iter().filter_map(has(false)).collect(),
        options: before.iter().filter_map(has(true)).collect(),
    }
}

/// What a grantee loses on a column because it loses it on the relation.
fn lost_with_relation(sides: &Sides<'_>, number: ObjectNumber, column: &ObjectId) -> Lost {
    let nothing = Lost {
        privileges: BTreeSet::new(),
        options: BTreeSet::new(),
    };
    let Some(relation) = column.qualified_name().and_then(|name| sides.relation(&name)) else {
        return nothing;
    };
    let of_relation = ObjectId::privileges(sides.ids[number].name(), sides.ids[relation]);
    sides
        .number(&of_relation)
        .map_or(nothing, |number| lost_on_relation(sides, number))
}

fn take_lost(held: &mut Held, lost: &Lost) {
    held.retain(|privilege, _| !lost.privileges.contains(privilege));
    for option in &lost.options {
        if let Some(held) = held.get_mut(option) {
            *held = false;
        }
    }
}

/// The privileges on columns that stay the same, and have to be granted once more since the same goes on the relation.
pub(crate) fn of_columns_to_restore(sides: &Sides<'_>) -> Vec<ObjectNumber> {
    let of_columns = (0..sides.ids.len()).filter(|&number| {
        sides.ids[number].kind == Kind::Privileges && sides.stays(number) && !sides.differs[number]
    });
    of_columns
        .filter(|&number| {
            let Some(column) = sides.ids[number]
                .object_of_privileges()
                .filter(|object| object.kind == Kind::Column)
            else {
                return false;
            };
            let Some(facts) = facts(sides.definition_before(number)) else {
                return false;
            };
            let before = held(facts, |_| false, &mentioned([facts]));
            let mut left = before.clone();
            take_lost(&mut left, &lost_with_relation(sides, number, &column));
            left != before
        })
        .collect()
}

/// Privileges that stay the same on an object that is another one, though it has the same name: the sequence of an
/// identity and one of its own.
pub(crate) fn of_another_object(sides: &Sides<'_>) -> Vec<ObjectNumber> {
    (0..sides.ids.len())
        .filter(|&number| sides.ids[number].kind == Kind::Privileges && sides.stays(number))
        .filter(|&number| sides.holder_before(number) != sides.holder_after(number))
        .collect()
}
