//! Default privileges: what goes of them goes before objects are made, what comes of them comes after, so that this
//! plan's own objects are born as little changed as can be.

use std::collections::BTreeSet;

use limbeck_catalog::{
    DefaultPrivilegesObjects, DefaultPrivilegesScope, Kind, ObjectId, Privilege, Privileges,
};
use limbeck_sql::quote_identifier;

use super::privileges::{facts, identity_sequence};
use crate::Verb;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::grant::{Grant, held, mentioned, transition};
use crate::place::{Chapter, Place, Rank};
use crate::sides::{ObjectNumber, Sides};

/// Default privileges of the current role that hold while objects are made.
pub(crate) struct InForce {
    scope: DefaultPrivilegesScope,
    grantee: String,
    privileges: Privileges,
}

/// All of them: what is the same before and after.
pub(crate) fn in_force(sides: &Sides<'_>) -> Vec<InForce> {
    let of_kind = (0..sides.ids.len()).filter(|&number| sides.ids[number].kind == Kind::DefaultPrivileges);
    of_kind
        .filter_map(|number| {
            let scope = sides.ids[number].default_privileges_scope()?;
            let privileges = meanwhile(sides, number);
            (scope.role.is_none() && !privileges.is_empty()).then(|| InForce {
                scope,
                grantee: sides.ids[number].name().to_owned(),
                privileges,
            })
        })
        .collect()
}

/// What holds between what goes and what comes.
fn meanwhile(sides: &Sides<'_>, number: ObjectNumber) -> Privileges {
    let (Some(before), Some(after)) = (
        facts(sides.definition_before(number)),
        facts(sides.definition_after(number)),
    ) else {
        return Privileges::default();
    };
    let both = |one: &BTreeSet<Privilege>, other: &BTreeSet<Privilege>| one & other;
    Privileges {
        granted: both(&before.granted, &after.granted),
        grantable: both(&before.grantable, &after.grantable),
        revoked: both(&before.revoked, &after.revoked),
    }
}

/// Whose privileges on an object that is made are not those of `acldefault`.
pub(super) fn grantees(builder: &Builder<'_, '_>, object: &ObjectId) -> BTreeSet<String> {
    let about = builder
        .in_force
        .iter()
        .filter(|entry| entry.scope.is_about(object));
    about.map(|entry| entry.grantee.clone()).collect()
}

/// What a grantee is born with on an object that is made, relative to `acldefault`.
pub(super) fn birth(builder: &Builder<'_, '_>, object: &ObjectId, grantee: &str) -> Privileges {
    let entries = builder.in_force.iter();
    let defaults = entries
        .filter(|entry| entry.grantee == grantee)
        .map(|entry| (&entry.scope, &entry.privileges));
    Privileges::born_under(object, grantee, defaults)
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let Some(scope) = id.default_privileges_scope() else {
        return;
    };
    let nothing = Privileges::default();
    let before = facts(sides.definition_before(number)).unwrap_or(&nothing);
    let after = facts(sides.definition_after(number)).unwrap_or(&nothing);
    let meanwhile = meanwhile(sides, number);
    let among = mentioned([before, after]);
    let born =
        |privilege: Privilege| scope.schema.is_none() && privilege.is_born(scope.objects.kind(), id.name());
    let of = |facts: &Privileges| held(facts, born, &among);
    let grant = Grant {
        target: scope.objects.as_str().to_uppercase(),
        columns: Vec::new(),
        prefix: Some(prefix(&scope)),
        ..Grant::on(id, id.name())
    };
    let verb = match fate {
        Fate::Created => Verb::Create,
        Fate::Dropped => Verb::Drop,
        _ => Verb::Alter,
    };
    let (made, schema) = (made(builder, &scope), scope.schema.as_ref());
    let goes = transition(&of(before), &of(&meanwhile), &grant);
    if !goes.is_empty() {
        let place = Place {
            chapter: Chapter::Clearing,
            group: number,
            rank: Rank::Privileges,
        };
        let node = builder.node(number, verb, place, pieces(goes));
        let host = schema
            .and_then(|schema| sides.number(&ObjectId::global(Kind::Schema, schema)))
            .and_then(|schema| builder.removal(schema));
        builder.nodes[node].vertex.host = host;
        if fate == Fate::Dropped {
            builder.removes(number, node);
        } else {
            builder.releases(number, node, Part::Bare);
        }
        if host.is_none() {
            for &creation in &made {
                builder.edge(node, creation);
            }
        }
    }
    let comes = transition(&of(&meanwhile), &of(after), &grant);
    if !comes.is_empty() {
        let place = builder.place(number, Rank::Privileges);
        let node = builder.node(number, verb, place, pieces(comes));
        builder.arrives(number, node, Part::Whole);
        for creation in made {
            builder.edge(creation, node);
        }
    }
}

fn pieces(grants: Vec<Grant>) -> Body {
    Body::Pieces(grants.into_iter().map(Piece::Grant).collect())
}

/// `ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public`.
fn prefix(scope: &DefaultPrivilegesScope) -> String {
    let mut text = "ALTER DEFAULT PRIVILEGES".to_owned();
    if let Some(role) = &scope.role {
        text.push_str(&format!(" FOR ROLE {}", quote_identifier(role)));
    }
    if let Some(schema) = &scope.schema {
        text.push_str(&format!(" IN SCHEMA {}", quote_identifier(schema)));
    }
    text
}

/// The nodes that make what some default privileges are about.
fn made(builder: &Builder<'_, '_>, scope: &DefaultPrivilegesScope) -> Vec<usize> {
    if scope.role.is_some() {
        return Vec::new();
    }
    let sides = builder.sides;
    let makes = |node: &usize| {
        let object = builder.nodes[*node].object;
        if builder.nodes[*node].verb == Verb::Drop || is_late(sides.ids[object].kind) {
            return false;
        }
        if scope.objects == DefaultPrivilegesObjects::Sequences && sides.ids[object].kind == Kind::Column {
            return identity_sequence(sides, object).is_some_and(|sequence| scope.is_about(&sequence));
        }
        builder.fates.of(object).comes() && scope.is_about(sides.ids[object])
    };
    (0..builder.nodes.len()).filter(makes).collect()
}

/// Whether objects of a kind are made after others by their nature.
fn is_late(kind: Kind) -> bool {
    matches!(kind, Kind::DefaultPrivileges | Kind::Privileges)
}
