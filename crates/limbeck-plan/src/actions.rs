//! From ordered nodes to actions: folding into `CREATE TABLE` and `ADD COLUMN`, and one `ALTER TABLE` for what stands
//! together.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Column, Definition, Kind, ObjectId};
use limbeck_sql::quote_identifier;

use crate::build::{Body, Builder, Node, Piece};
use crate::graph::Order;
use crate::kinds::column::{has_default_needs, not_null};
use crate::kinds::{domain, foreign_table, partition, table};
use crate::place::Rank;
use crate::rename::Done;
use crate::requirement::{self, Demand, Moment};
use crate::sides::ObjectNumber;
use crate::{Action, Change, Loss, Verb, render};

/// An action on its way.
struct Draft {
    action: Action,
    pieces: Vec<Piece>,
    demands: Vec<Demand>,
    /// The rank of the node that it is of, or of the first of several.
    rank: Rank,
    alone: bool,
    adds_labels: bool,
    objects: Vec<ObjectNumber>,
}

/// The actions, in order.
pub(crate) fn actions(builder: &Builder<'_, '_>, order: &Order, done: &Done) -> Vec<Action> {
    let columns = columns_of_new_tables(builder);
    let mut drafts: Vec<Draft> = Vec::new();
    for &number in &order.sequence {
        let folded = order.folded.get(&number).map_or(&[][..], Vec::as_slice);
        let draft = draft(builder, number, folded, &columns);
        match drafts.last_mut() {
            Some(last) if can_merge(last, &draft) => merge(builder, last, draft),
            Some(last) => {
                if !merge_grants(last, &draft) {
                    drafts.push(draft);
                }
            }
            None => drafts.push(draft),
        }
    }
    commit_labels(builder, &mut drafts);
    state_requirements(builder, done, &mut drafts);
    drafts
        .into_iter()
        .map(|draft| Action {
            statements: statements(draft.pieces),
            ..draft.action
        })
        .collect()
}

/// The columns of each table that is created, in the order in which they are written down.
fn columns_of_new_tables(builder: &Builder<'_, '_>) -> BTreeMap<ObjectNumber, Vec<ObjectNumber>> {
    let sides = builder.sides;
    let mut columns: BTreeMap<ObjectNumber, Vec<ObjectNumber>> = BTreeMap::new();
    for (number, id) in sides.ids.iter().enumerate() {
        if id.kind == Kind::Column
            && let Some(table) = sides.home(number)
            && builder.creation(table).is_some()
            && builder.creation(table) == builder.creation(number)
            && !builder.bonds.is_inherited(number)
        {
            columns.entry(table).or_default().push(number);
        }
    }
    for (&table, columns) in &mut columns {
        if let Some(order) = sides.wanted.column_order.get(sides.ids[table]) {
            let position: BTreeMap<&str, usize> = order
                .iter()
                .enumerate()
                .map(|(n, name)| (name.as_str(), n))
                .collect();
            columns.sort_by_key(|&column| {
                position
                    .get(sides.ids[column].name())
                    .copied()
                    .unwrap_or(usize::MAX)
            });
        }
    }
    columns
}

fn draft(
    builder: &Builder<'_, '_>,
    number: usize,
    folded: &[usize],
    columns: &BTreeMap<ObjectNumber, Vec<ObjectNumber>>,
) -> Draft {
    let sides = builder.sides;
    let node = &builder.nodes[number];
    let id = sides.ids[node.object];
    let mut objects = vec![node.object];
    let mut pieces = match &node.body {
        Body::Pieces(pieces) => pieces.clone(),
        Body::Constraint(element) => match sides.domain_of(node.object) {
            Some(domain) => {
                let domain = sides.ids[domain].sql_name();
                vec![Piece::Statement(format!("ALTER DOMAIN {domain} ADD {element}"))]
            }
            None => vec![alter(id, format!("ADD {element}"))],
        },
        Body::CreateDomain => vec![Piece::Statement(create_domain(builder, node, folded))],
        Body::Default(default) if id.kind == Kind::Domain => {
            let statement = format!("ALTER DOMAIN {} SET DEFAULT {default}", id.sql_name());
            vec![Piece::Statement(statement)]
        }
        Body::Default(default) => {
            let name = quote_identifier(id.name());
            vec![Piece::Alter {
                table: render::table_of_column(id, sides.only(node.object).default),
                subcommand: format!("ALTER COLUMN {name} SET DEFAULT {default}"),
            }]
        }
        Body::AddColumn => {
            let text = column(builder, node.object, folded, false, render::column);
            vec![alter(id, format!("ADD COLUMN {text}"))]
        }
        Body::CreateTable => {
            let own = columns.get(&node.object).map_or(&[][..], Vec::as_slice);
            objects.extend(own);
            vec![Piece::Statement(create_table(builder, node, folded, own))]
        }
    };
    let mut changes: Vec<Change> = objects
        .iter()
        .map(|&object| Change {
            verb: node.verb,
            object: sides.ids[object].clone(),
        })
        .collect();
    let mut rewrites = node.rewrites;
    let mut demands = node.demands.clone();
    let mut loses = node.loses.clone();
    for &folded in folded {
        let folded = &builder.nodes[folded];
        demands.extend(&folded.demands);
        if let (Body::Pieces(own), Verb::Alter, Verb::Alter) = (&folded.body, node.verb, folded.verb) {
            pieces.extend(own.iter().cloned());
            rewrites |= folded.rewrites;
            loses = Loss::both(loses, folded.loses.clone());
            objects.push(folded.object);
            changes.push(Change {
                verb: folded.verb,
                object: sides.ids[folded.object].clone(),
            });
        }
        if matches!(folded.verb, Verb::Create | Verb::Drop) {
            objects.push(folded.object);
            changes.push(Change {
                verb: folded.verb,
                object: sides.ids[folded.object].clone(),
            });
        }
    }
    let is_several = node.verb == Verb::Alter && changes.iter().any(|change| change.object != *id);
    Draft {
        action: Action {
            verb: node.verb,
            object: if is_several {
                table_of(builder, id)
            } else {
                id.clone()
            },
            changes,
            statements: Vec::new(),
            loses,
            requires: Vec::new(),
            note: node.note.clone(),
            rewrites,
            transactional: node.transactional,
            commit_after: false,
        },
        pieces,
        demands,
        rank: node.vertex.place.rank,
        alone: node.alone,
        adds_labels: node.adds_labels,
        objects,
    }
}

/// `CREATE TABLE` with its columns and the constraints that are folded into it.
fn create_table(
    builder: &Builder<'_, '_>,
    node: &Node,
    folded: &[usize],
    columns: &[ObjectNumber],
) -> String {
    let sides = builder.sides;
    let mut constraints: Vec<&Node> = folded
        .iter()
        .map(|&folded| &builder.nodes[folded])
        .filter(|folded| matches!(folded.body, Body::Constraint(_)))
        .collect();
    constraints.sort_by_key(|constraint| constraint.vertex.place);
    let keys: BTreeSet<&str> = constraints
        .iter()
        .filter_map(|constraint| match sides.definition_after(constraint.object)? {
            Definition::Constraint(constraint) => match &constraint.definition {
                limbeck_catalog::ConstraintKind::PrimaryKey(key) => {
                    Some(key.columns.iter().map(String::as_str))
                }
                _ => None,
            },
            _ => None,
        })
        .flatten()
        .collect();
    let is_typed = matches!(sides.definition_after(node.object), Some(Definition::Table(table)) if table.of_type.is_some());
    let mut lines: Vec<String> = columns
        .iter()
        .filter_map(|&number| {
            let id = sides.ids[number];
            let in_primary_key = keys.contains(id.name());
            if is_typed {
                // The type's attributes come by themselves: only what a column has besides is said.
                let options = column(builder, number, folded, in_primary_key, render::column_options);
                (!options.is_empty())
                    .then(|| format!("{} WITH OPTIONS{options}", quote_identifier(id.name())))
            } else {
                Some(column(builder, number, folded, in_primary_key, render::column))
            }
        })
        .collect();
    lines.extend(
        constraints
            .iter()
            .filter_map(|constraint| match &constraint.body {
                Body::Constraint(element) => Some(element.clone()),
                _ => None,
            }),
    );
    match sides.definition_after(node.object) {
        Some(Definition::ForeignTable(definition)) => {
            let as_partition = partition::is_created_as_partition(builder, node.object);
            foreign_table::creation(sides.ids[node.object], definition, &lines, as_partition)
        }
        Some(Definition::Table(definition)) => {
            let as_partition = partition::is_created_as_partition(builder, node.object);
            let definition = partition::with_own_storage(builder, definition);
            table::creation(sides.ids[node.object], &definition, &lines, as_partition)
        }
        _ => String::new(),
    }
}

/// `CREATE DOMAIN` with the checks that are folded into it.
fn create_domain(builder: &Builder<'_, '_>, node: &Node, folded: &[usize]) -> String {
    let constraints: Vec<String> = folded
        .iter()
        .filter_map(|&folded| match &builder.nodes[folded].body {
            Body::Constraint(element) => Some(element.clone()),
            _ => None,
        })
        .collect();
    let sides = builder.sides;
    let id = sides.ids[node.object];
    let Some(Definition::Domain(definition)) = sides.definition_after(node.object) else {
        return String::new();
    };
    let mut definition = definition.clone();
    let is_set_here = folded
        .iter()
        .any(|&folded| matches!(builder.nodes[folded].body, Body::Default(_)));
    if has_default_needs(builder, node.object, definition.default.as_ref(), true) && !is_set_here {
        definition.default = None;
    }
    // The old domain, which is still there, has the name that PostgreSQL would choose.
    if definition.not_null
        && sides.server_version_num >= domain::NAMED_NOT_NULL
        && builder.fates.is_exchanged(node.object)
    {
        definition
            .not_null_name
            .get_or_insert_with(|| domain::default_not_null_name(id));
    }
    domain::creation(id, &definition, &constraints)
}

/// A column, with its default unless that is set by an action of its own.
fn column(
    builder: &Builder<'_, '_>,
    number: ObjectNumber,
    folded: &[usize],
    in_primary_key: bool,
    write: impl Fn(&ObjectId, &Column, bool, Option<&str>) -> String,
) -> String {
    let Some(column) = builder.sides.column_after(number) else {
        return String::new();
    };
    let with_default = !has_default_needs(builder, number, column.default.as_ref(), true)
        || folded.iter().any(|&folded| {
            let folded = &builder.nodes[folded];
            folded.object == number && matches!(folded.body, Body::Default(_))
        });
    let is_implied = in_primary_key || column.identity.is_some();
    let not_null = not_null::clause(builder, number, column, is_implied);
    write(
        builder.sides.ids[number],
        column,
        with_default,
        not_null.as_deref(),
    )
}

fn alter(id: &ObjectId, subcommand: String) -> Piece {
    Piece::Alter {
        table: render::relation(id),
        subcommand,
    }
}

/// Whether two neighbours can share an `ALTER TABLE`. What destroys stands alone, to be seen.
fn can_merge(last: &Draft, next: &Draft) -> bool {
    let mut tables = last.pieces.iter().chain(&next.pieces).map(|piece| match piece {
        Piece::Alter { table, .. } => Some(table),
        Piece::Grant(_) | Piece::Statement(_) => None,
    });
    let first = tables.next().flatten();
    first.is_some()
        && tables.all(|table| table == first)
        && [last, next]
            .into_iter()
            .all(|draft| !draft.alone && draft.action.loses.is_none())
}

/// The table that an object lies in.
fn table_of(builder: &Builder<'_, '_>, id: &ObjectId) -> ObjectId {
    let sides = builder.sides;
    id.qualified_name()
        .and_then(|name| sides.relation(&name))
        .map_or_else(|| id.clone(), |relation| sides.ids[relation].clone())
}

fn merge(builder: &Builder<'_, '_>, last: &mut Draft, next: Draft) {
    let Action {
        verb,
        object,
        changes,
        rewrites,
        ..
    } = next.action;
    if object != last.action.object || verb != last.action.verb {
        last.action.object = table_of(builder, &object);
        last.action.verb = Verb::Alter;
    }
    for change in changes {
        if !last.action.changes.contains(&change) {
            last.action.changes.push(change);
        }
    }
    last.action.rewrites |= rewrites;
    last.pieces.extend(next.pieces);
    last.demands.extend(next.demands);
    last.objects.extend(next.objects);
}

/// Whether two neighbours are grants that one can take in, which it then did: the same of other columns, or to others.
fn merge_grants(last: &mut Draft, next: &Draft) -> bool {
    let can_be = !last.pieces.is_empty()
        && last.pieces.len() == next.pieces.len()
        && last.action.verb == next.action.verb
        && last.pieces.iter().zip(&next.pieces).all(|pair| match pair {
            (Piece::Grant(last), Piece::Grant(next)) => last.can_take_in(next),
            _ => false,
        });
    if can_be {
        for pair in last.pieces.iter_mut().zip(&next.pieces) {
            if let (Piece::Grant(last), Piece::Grant(next)) = pair {
                last.take_in(next);
            }
        }
        last.action.changes.extend(next.action.changes.iter().cloned());
        last.objects.extend(&next.objects);
    }
    can_be
}

/// The statements of an action: neighbouring subcommands of one table are one `ALTER TABLE`.
fn statements(pieces: Vec<Piece>) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    let mut open: Option<(String, Vec<String>)> = None;
    for piece in pieces {
        match piece {
            Piece::Alter { table, subcommand } => match &mut open {
                Some((same, subcommands)) if *same == table => subcommands.push(subcommand),
                _ => {
                    statements.extend(open.take().map(alter_table));
                    open = Some((table, vec![subcommand]));
                }
            },
            Piece::Grant(grant) => {
                statements.extend(open.take().map(alter_table));
                statements.push(grant.sql());
            }
            Piece::Statement(statement) => {
                statements.extend(open.take().map(alter_table));
                statements.push(statement);
            }
        }
    }
    statements.extend(open.map(alter_table));
    statements
}

fn alter_table((table, subcommands): (String, Vec<String>)) -> String {
    match subcommands.as_slice() {
        [only] => format!("ALTER TABLE {table} {only}"),
        several => format!("ALTER TABLE {table}\n    {}", several.join(",\n    ")),
    }
}

/// States what actions demand of rows, as queries on what their steps begin with.
fn state_requirements(builder: &Builder<'_, '_>, done: &Done, drafts: &mut [Draft]) {
    let mut moment = Moment::First;
    let mut stated = BTreeSet::new();
    for draft in drafts {
        if !draft.action.transactional {
            moment = Moment::Later;
            stated.clear();
        }
        let begins_with = if draft.action.transactional {
            moment
        } else {
            Moment::Ready
        };
        draft.action.requires = requirement::state(builder, done, &draft.demands, begins_with);
        // What has been counted in a step once is not counted again.
        draft
            .action
            .requires
            .retain(|requirement| stated.insert(requirement.clone()));
        if draft.action.commit_after {
            moment = Moment::Later;
            stated.clear();
        }
    }
}

/// New labels are committed before the first action that may use one: one that is about an object which needs the
/// type, or about a routine, whose body may name anything.
fn commit_labels(builder: &Builder<'_, '_>, drafts: &mut [Draft]) {
    let sides = builder.sides;
    if !drafts.iter().any(|draft| draft.adds_labels) {
        return;
    }
    let mut users: BTreeSet<ObjectNumber> = BTreeSet::new();
    let mut pending = false;
    for position in 0..drafts.len() {
        if drafts[position].adds_labels {
            pending = true;
            let mut open = drafts[position].objects.clone();
            while let Some(number) = open.pop() {
                open.extend(
                    sides.needed_after[number]
                        .iter()
                        .copied()
                        .filter(|&user| users.insert(user)),
                );
            }
            continue;
        }
        let uses = drafts[position].objects.iter().any(|&object| {
            users.contains(&object) || matches!(sides.ids[object].kind, Kind::Function | Kind::Procedure)
        });
        if pending && uses && !is_about_type_alone(&drafts[position]) {
            if let Some(last) = drafts[..position]
                .iter_mut()
                .rev()
                .find(|draft| draft.adds_labels)
            {
                last.action.commit_after = true;
            }
            pending = false;
            users.clear();
        }
    }
}

/// Whether an action cannot use a label.
fn is_about_type_alone(draft: &Draft) -> bool {
    draft.pieces.iter().all(|piece| match piece {
        Piece::Grant(_) => true,
        // Comments and security labels.
        Piece::Statement(_) => draft.rank == Rank::Comment,
        Piece::Alter { .. } => false,
    })
}
