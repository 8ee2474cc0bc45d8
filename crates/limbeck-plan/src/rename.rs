//! Renames: those asked for, and those that lose nothing and so need not be asked.

mod heirs;
mod in_the_way;
mod rewrite;
mod same_definition;

use std::borrow::Cow;
use std::collections::BTreeSet;

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};
use limbeck_sql::{QualifiedName, quote_identifier, quote_literal};

use in_the_way::InTheWay;

use crate::kinds::range_type;
use crate::names::{Name, NameOwners, Namespace};
use crate::{Action, Change, PlanError, Rename, Verb, render};

/// The current state under the names of the wanted state.
pub(crate) struct Renamed<'a> {
    /// The current state, with all renames applied.
    pub(crate) current: Cow<'a, Catalog>,
    /// The renames that were asked for, ready to run; they come before everything else.
    pub(crate) asked: Vec<Action>,
    /// What they do.
    pub(crate) done: Done,
    /// Indexes, constraints and owned sequences that only have another name: old and new identity, and the statement.
    pub(crate) unasked: Vec<(ObjectId, ObjectId, String)>,
}

/// The renames that were asked for, as they were done one after the other.
#[derive(Debug, Default)]
pub(crate) struct Done {
    objects: Vec<(ObjectId, ObjectId)>,
    labels: Vec<(ObjectId, String, String)>,
    /// Labels that go, of types by their new names, and those that rows with them take.
    merged: Vec<(ObjectId, String, String)>,
}

impl Done {
    /// What an object was called before.
    pub(crate) fn before(&self, id: &ObjectId) -> ObjectId {
        self.objects.iter().rev().fold(id.clone(), |id, (from, to)| {
            rewrite::identity(&id, to, from).unwrap_or(id)
        })
    }

    /// What an object is called by now.
    fn now(&self, id: &ObjectId) -> ObjectId {
        self.objects.iter().fold(id.clone(), |id, (from, to)| {
            rewrite::identity(&id, from, to).unwrap_or(id)
        })
    }

    /// What a label was called before, of a type that is given by its new name.
    pub(crate) fn label_before<'l>(&'l self, enum_type: &ObjectId, label: &'l str) -> &'l str {
        let mut name = label;
        for (of, from, to) in self.labels.iter().rev() {
            if of == enum_type && to == name {
                name = from;
            }
        }
        name
    }

    /// The labels of a type that go, and those that rows with them take.
    pub(crate) fn merged(&self, enum_type: &ObjectId) -> Vec<(String, String)> {
        let merged = self.merged.iter().filter(|(of, ..)| of == enum_type);
        merged.map(|(_, from, to)| (from.clone(), to.clone())).collect()
    }

    /// Whether nothing but relations, and what lies in them, was renamed.
    pub(crate) fn is_of_relations(&self) -> bool {
        let is_relation = |kind: Kind| kind.is_in_relation() || kind.is_relation() && kind != Kind::Sequence;
        self.labels.is_empty() && self.objects.iter().all(|(from, _)| is_relation(from.kind))
    }
}

/// Applies all renames to the current state.
pub(crate) fn apply<'a>(
    current: &'a Catalog,
    wanted: &'a Catalog,
    renames: &[Rename],
) -> Result<Renamed<'a>, PlanError> {
    let mut asked = Asked {
        catalog: Cow::Borrowed(current),
        wanted,
        done: Done::default(),
        actions: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    let mut ordered: Vec<&Rename> = renames.iter().collect();
    ordered.sort_by_key(|rename| match rename {
        // The columns of the tables of a type follow its attributes.
        Rename::Object { from, .. } if is_attribute(current, from) => 3,
        Rename::Object { from, .. } => rank(from.kind),
        Rename::EnumLabel { .. } => 2,
        Rename::EnumLabelRemoved { .. } => 5,
    });
    for rename in ordered {
        match rename {
            Rename::Object { from, to } => {
                if !seen.insert(from.clone()) {
                    return Err(PlanError::RenameTwice(from.clone()));
                }
                asked.object(from, to)?;
            }
            Rename::EnumLabel { enum_type, from, to } => asked.label(enum_type, from, to)?,
            Rename::EnumLabelRemoved { enum_type, from, to } => asked.label_removed(enum_type, from, to)?,
        }
    }
    asked.multiranges();
    let Asked {
        mut catalog,
        actions,
        done,
        ..
    } = asked;
    let pairs = same_definition::find(&catalog, wanted);
    let unasked = pairs
        .iter()
        // What is inherited has its new name from where it comes from.
        .filter(|(from, _)| !heirs::has_origin(&catalog, from))
        .filter_map(|(from, to)| {
            let statement = statement(&catalog, from, to.name())?;
            Some((from.clone(), to.clone(), statement))
        })
        .collect();
    let mut leaves = pairs;
    leaves.extend(identity_sequences(&catalog, wanted));
    if !leaves.is_empty() {
        rewrite::leaves(catalog.to_mut(), &leaves);
    }
    Ok(Renamed {
        current: catalog,
        asked: actions,
        done,
        unasked,
    })
}

/// The sequences of identities that have another name in the wanted state. They are renamed with what else changes of
/// their columns; what is granted on them follows.
fn identity_sequences(current: &Catalog, wanted: &Catalog) -> Vec<(ObjectId, ObjectId)> {
    let sequence = |definition: &Definition| match definition {
        Definition::Column(column) => {
            let name = column.identity.as_ref()?.sequence.clone();
            Some(ObjectId::in_schema(Kind::Sequence, name.schema, name.name))
        }
        _ => None,
    };
    wanted
        .objects
        .iter()
        .filter_map(|(id, object)| {
            let to = sequence(&object.definition)?;
            Some((sequence(current.definition(id)?)?, to))
        })
        .filter(|(from, to)| from != to)
        .collect()
}

/// Indexes, constraints, extended statistics and owned sequences of the current state that are in the wanted state under
/// another name: old and new identity. A plan renames them without being asked, for nothing is lost by it.
#[must_use]
pub fn renamed_unasked(current: &Catalog, wanted: &Catalog) -> Vec<(ObjectId, ObjectId)> {
    same_definition::find(current, wanted)
}

/// The current state under the names of the wanted state: what is renamed because it is asked for, and what a plan
/// renames without being asked. Facts follow; the texts of expressions stay as they were printed.
///
/// # Errors
///
/// When a rename names what is not there, or cannot be.
pub fn under_new_names(
    current: &Catalog,
    wanted: &Catalog,
    renames: &[Rename],
) -> Result<Catalog, PlanError> {
    Ok(apply(current, wanted, renames)?.current.into_owned())
}

/// The actions of a plan that rename what is asked for; they come before all others.
///
/// # Errors
///
/// As [`under_new_names`].
pub fn rename_actions(
    current: &Catalog,
    wanted: &Catalog,
    renames: &[Rename],
) -> Result<Vec<Action>, PlanError> {
    Ok(apply(current, wanted, renames)?.asked)
}

/// The identity that an object of the current state has once it is renamed: its own name, that of its relation, that
/// of its schema, and what its signature names.
#[must_use]
pub fn renamed_identity(id: &ObjectId, renames: &[Rename]) -> ObjectId {
    if let Some(object) = id.object_of_privileges() {
        return ObjectId::privileges(id.name(), &renamed_identity(&object, renames));
    }
    let mut objects: Vec<(&ObjectId, &ObjectId)> = renames
        .iter()
        .filter_map(|rename| match rename {
            Rename::Object { from, to } => Some((from, to)),
            Rename::EnumLabel { .. } | Rename::EnumLabelRemoved { .. } => None,
        })
        .collect();
    // What a rename names is named as it is in the current state: from what lies in something outwards.
    objects.sort_by_key(|(from, _)| std::cmp::Reverse(rank(from.kind)));
    let mut renamed = id.clone();
    for (from, to) in objects {
        let to = with_name(from, to.name());
        renamed = rewrite::identity(&renamed, from, &to).unwrap_or(renamed);
    }
    renamed
}

/// Containers before what lies in them.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Schema => 0,
        kind if kind.is_in_relation() || kind == Kind::Index => 4,
        _ => 1,
    }
}

/// The statement that renames an object of a catalogue.
pub(crate) fn statement(catalog: &Catalog, from: &ObjectId, to: &str) -> Option<String> {
    let to = quote_identifier(to);
    let name = quote_identifier(from.name());
    match catalog.definition(from) {
        Some(Definition::Attribute(_)) => {
            return Some(rename_attribute(catalog, from, &to));
        }
        Some(Definition::DomainConstraint(_)) => {
            let domain = render::relation(from);
            return Some(format!("ALTER DOMAIN {domain} RENAME CONSTRAINT {name} TO {to}"));
        }
        _ => {}
    }
    Some(match from.kind {
        Kind::Column => format!(
            "ALTER TABLE {} RENAME COLUMN {name} TO {to}",
            render::relation(from)
        ),
        Kind::Constraint => format!(
            "ALTER TABLE {} RENAME CONSTRAINT {name} TO {to}",
            render::relation(from)
        ),
        Kind::Trigger | Kind::Rule | Kind::Policy => format!(
            "ALTER {} {name} ON {} RENAME TO {to}",
            from.kind.as_str().to_uppercase(),
            render::relation(from)
        ),
        // These have no name of their own.
        Kind::Extension | Kind::UserMapping | Kind::Cast | Kind::DefaultPrivileges | Kind::Privileges => {
            return None;
        }
        _ => format!("ALTER {} RENAME TO {to}", render::target(from, None)),
    })
}

/// `RENAME ATTRIBUTE`.
fn rename_attribute(catalog: &Catalog, from: &ObjectId, to: &str) -> String {
    let cascade = if columns_of_attribute(catalog, from).is_empty() {
        ""
    } else {
        " CASCADE"
    };
    format!(
        "ALTER TYPE {} RENAME ATTRIBUTE {} TO {to}{cascade}",
        render::relation(from),
        quote_identifier(from.name())
    )
}

fn is_attribute(catalog: &Catalog, id: &ObjectId) -> bool {
    matches!(catalog.definition(id), Some(Definition::Attribute(_)))
}

/// The columns of the tables of a type that follow its attribute.
fn columns_of_attribute(catalog: &Catalog, attribute: &ObjectId) -> Vec<ObjectId> {
    let composite = attribute.qualified_name();
    catalog
        .objects
        .iter()
        .filter(|(_, object)| {
            matches!(&object.definition, Definition::Table(table)
            if table.of_type.is_some() && table.of_type == composite)
        })
        .filter_map(|(id, _)| {
            Some(ObjectId::in_relation(
                Kind::Column,
                &id.qualified_name()?,
                attribute.name(),
            ))
        })
        .collect()
}

/// The renames that were asked for, while they are being applied.
struct Asked<'a> {
    catalog: Cow<'a, Catalog>,
    wanted: &'a Catalog,
    done: Done,
    actions: Vec<Action>,
}

impl Asked<'_> {
    /// Renames one object.
    fn object(&mut self, from: &ObjectId, to: &ObjectId) -> Result<(), PlanError> {
        if from.kind != to.kind {
            return Err(PlanError::RenameChangesKind {
                from: from.clone(),
                to: to.clone(),
            });
        }
        let now = self.done.now(from);
        if !self.catalog.objects.contains_key(&now) {
            return Err(PlanError::RenameFromMissing(from.clone()));
        }
        let target = with_name(&now, to.name());
        if !self.wanted.objects.contains_key(&target) {
            return Err(if self.wanted.objects.contains_key(to) {
                PlanError::RenameMoves {
                    from: from.clone(),
                    to: to.clone(),
                }
            } else {
                PlanError::RenameToMissing {
                    from: from.clone(),
                    to: to.clone(),
                }
            });
        }
        if target == now {
            return Ok(());
        }
        self.make_room(&now, &target)?;
        self.rename(&now, &target)
    }

    /// Gives what has a name that an object takes another one.
    fn make_room(&mut self, now: &ObjectId, target: &ObjectId) -> Result<(), PlanError> {
        for found in in_the_way::find(&self.catalog, self.wanted, now, target) {
            match found {
                InTheWay::Object(from, to) => self.rename(&from, &to)?,
                InTheWay::Part(owner, name, to) => self.rename_part(&owner, &name, &to),
            }
        }
        Ok(())
    }

    /// Renames a part of an object whose name is no identity: a multirange, the sequence of an identity, a `NOT NULL`.
    fn rename_part(&mut self, owner: &ObjectId, name: &Name, to: &str) {
        // A `NOT NULL` is renamed for those that inherit it too.
        let heirs = heirs::of(&self.catalog, owner, owner);
        let mut statement = None;
        for id in heirs.iter().map(|(heir, _)| heir).chain([owner]) {
            if let Some(object) = self.catalog.to_mut().objects.get_mut(id) {
                statement = in_the_way::rename_part(id, &mut object.definition, name, to);
            }
        }
        let Some(statement) = statement else { return };
        let kind = match owner.kind {
            Kind::Column => Kind::Sequence,
            kind => kind,
        };
        let (namespace, old) = name;
        if *namespace != Namespace::Constraint {
            let [from, to] = [old.name.as_str(), to].map(|name| ObjectId::in_schema(kind, &old.schema, name));
            rewrite::object(self.catalog.to_mut(), &from, &to);
        }
        self.actions.push(action(owner.clone(), statement));
    }

    fn rename(&mut self, from: &ObjectId, to: &ObjectId) -> Result<(), PlanError> {
        let statement =
            statement(&self.catalog, from, to.name()).ok_or(PlanError::RenameUnsupported(from.kind))?;
        let mut heirs = heirs::of(&self.catalog, from, to);
        if is_attribute(&self.catalog, from) {
            let columns = columns_of_attribute(&self.catalog, from);
            heirs.extend(columns.into_iter().map(|column| {
                let renamed = with_name(&column, to.name());
                (column, renamed)
            }));
        }
        rewrite::object(self.catalog.to_mut(), from, to);
        if !heirs.is_empty() {
            rewrite::leaves(self.catalog.to_mut(), &heirs);
        }
        for (from, to) in &heirs {
            if !heirs::follow_by_themselves(from.kind, self.catalog.server_version_num)
                && let Some(statement) = self::statement(&self.catalog, from, to.name())
            {
                self.actions.push(action(to.clone(), statement));
            }
        }
        self.done.objects.extend(heirs);
        self.actions.push(action(to.clone(), statement));
        self.done.objects.push((from.clone(), to.clone()));
        Ok(())
    }

    /// Renames the multiranges of range types that differ in nothing else: their name is no identity.
    fn multiranges(&mut self) {
        let renamed: Vec<(ObjectId, QualifiedName, QualifiedName)> = self
            .wanted
            .objects
            .iter()
            .filter_map(|(id, object)| {
                let Definition::Range(after) = &object.definition else {
                    return None;
                };
                match self.catalog.definition(id)? {
                    Definition::Range(before)
                        if range_type::is_alterable(before, after)
                            && before.multirange != after.multirange =>
                    {
                        Some((id.clone(), before.multirange.clone(), after.multirange.clone()))
                    }
                    _ => None,
                }
            })
            .collect();
        for (id, old, new) in renamed {
            let owners = NameOwners::of_catalog(&self.catalog);
            if !owners.is_taken(&(Namespace::Type, new.clone())) {
                self.rename_part(&id, &(Namespace::Type, old), &new.name);
            }
        }
    }

    /// What an enum type is called by now, which has one label in the current state, and another in the wanted one.
    fn with_labels(&self, enum_type: &ObjectId, from: &str, to: &str) -> Result<ObjectId, PlanError> {
        let now = self.done.now(enum_type);
        for (catalog, label) in [(&*self.catalog, from), (self.wanted, to)] {
            if !has_label(catalog, &now, label) {
                return Err(PlanError::RenameLabelMissing {
                    enum_type: enum_type.clone(),
                    label: label.to_owned(),
                });
            }
        }
        Ok(now)
    }

    /// Renames a label of an enum type.
    fn label(&mut self, enum_type: &ObjectId, from: &str, to: &str) -> Result<(), PlanError> {
        let now = self.with_labels(enum_type, from, to)?;
        if has_label(&self.catalog, &now, to) {
            let name = render::free_name(&format!("{to}_old"), &|name| {
                has_label(&self.catalog, &now, name) || has_label(self.wanted, &now, name)
            });
            self.rename_label(&now, to, &name);
        }
        self.rename_label(&now, from, to);
        Ok(())
    }

    /// Notes which label rows take in place of one that goes.
    fn label_removed(&mut self, enum_type: &ObjectId, from: &str, to: &str) -> Result<(), PlanError> {
        let now = self.with_labels(enum_type, from, to)?;
        self.done.merged.push((now, from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn rename_label(&mut self, enum_type: &ObjectId, from: &str, to: &str) {
        if let Some(object) = self.catalog.to_mut().objects.get_mut(enum_type)
            && let Definition::Enum(definition) = &mut object.definition
        {
            for label in definition.labels.iter_mut().filter(|label| *label == from) {
                to.clone_into(label);
            }
        }
        let statement = format!(
            "ALTER TYPE {} RENAME VALUE {} TO {}",
            enum_type.sql_name(),
            quote_literal(from),
            quote_literal(to)
        );
        self.done
            .labels
            .push((enum_type.clone(), from.to_owned(), to.to_owned()));
        self.actions.push(action(enum_type.clone(), statement));
    }
}

fn has_label(catalog: &Catalog, enum_type: &ObjectId, label: &str) -> bool {
    match catalog.definition(enum_type) {
        Some(Definition::Enum(definition)) => definition.labels.iter().any(|known| known == label),
        _ => false,
    }
}

fn action(object: ObjectId, statement: String) -> Action {
    let change = Change {
        verb: Verb::Rename,
        object: object.clone(),
    };
    Action {
        verb: Verb::Rename,
        object,
        changes: vec![change],
        statements: vec![statement],
        loses: None,
        requires: Vec::new(),
        note: None,
        rewrites: false,
        transactional: true,
        commit_after: false,
    }
}

/// The identity with another last name.
fn with_name(id: &ObjectId, name: &str) -> ObjectId {
    let mut renamed = id.clone();
    if let Some(last) = renamed.path.last_mut() {
        name.clone_into(last);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_follow_all_that_is_renamed() {
        let rename = |from: &str, to: &str| Rename::object(from.parse().unwrap(), to.parse().unwrap());
        let renames = [
            rename("schema app", "schema shop"),
            rename("table app.t", "table shop.u"),
            rename("column app.t.a", "column shop.u.b"),
        ];
        let cases = [
            ("privileges r(column app.t.a)", "privileges r(column shop.u.b)"),
            ("privileges r(column app.t.c)", "privileges r(column shop.u.c)"),
            ("privileges r(table app.t)", "privileges r(table shop.u)"),
            ("privileges r(schema app)", "privileges r(schema shop)"),
            ("function app.f(app.t)", "function shop.f(shop.u)"),
            (
                "default privileges r(in schema app on tables)",
                "default privileges r(in schema shop on tables)",
            ),
            ("table public.t", "table public.t"),
        ];
        for (before, after) in cases {
            let id: ObjectId = before.parse().unwrap();
            assert_eq!(renamed_identity(&id, &renames).to_string(), after);
        }
    }
}
