//! The wanted state: what is declared, and what people made by hand and nobody dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use limbeck_catalog::{Catalog, Column, Definition, IndexSettings, Kind, ObjectId, ReplicaIdentity, Table};
use limbeck_plan::{Answers, Options, Planned, Request};
use limbeck_postgres::Session;
use limbeck_server::ScratchDatabase;

use crate::apply::{self, Refused};
use crate::declared::{Declared, DeclaredStatement, Place, PlaceText, Said};
use crate::views;
use crate::workbench::{State, Workbench};
use crate::{Diagnostic, Error, Failure, error};

/// The wanted state, and who wants what.
pub(crate) struct Wanted {
    pub(crate) state: State,
    /// What models declare.
    pub(crate) declared: BTreeSet<ObjectId>,
    /// What is in the history alone, and is kept.
    pub(crate) unmanaged: BTreeSet<ObjectId>,
}

/// What is declared, run on a scratch database of its own as far as it works alone.
pub(super) struct Begun<'d> {
    database: ScratchDatabase,
    session: Session,
    leftover: Vec<Refused<'d>>,
}

/// Runs what is declared.
pub(super) async fn begin<'d>(bench: &Workbench<'_>, declared: &'d Declared) -> Result<Begun<'d>, Error> {
    let database = bench.database().await?;
    let session = bench.session(&database).await?;
    let leftover = apply::apply_what_works(&bench.site(&session), &declared.statements).await?;
    Ok(Begun {
        database,
        session,
        leftover,
    })
}

/// Builds the wanted state from what has begun.
pub(super) async fn wanted(
    bench: &Workbench<'_>,
    declared: &Declared,
    begun: Begun<'_>,
    current: &State,
    managed: &BTreeSet<ObjectId>,
) -> Result<Wanted, Error> {
    let by_hand: BTreeSet<ObjectId> = current
        .catalog
        .declarable()
        .difference(managed)
        .filter(|id| !is_about_privileges(id))
        .cloned()
        .collect();
    if by_hand.is_empty() {
        if !begun.leftover.is_empty() {
            return Err(apply::refusals(&begun.leftover));
        }
        check(bench, &begun.session, declared).await?;
        let mut catalog = bench.read(&begun.session).await?;
        drop(begun.session);
        catalog.pin(&declared.pinned_extensions());
        keep_optional_attributes(&mut catalog, &current.catalog, declared);
        return Ok(Wanted {
            declared: catalog.declarable(),
            state: State {
                catalog,
                database: begun.database,
            },
            unmanaged: BTreeSet::new(),
        });
    }
    build(bench, declared, begun, current, by_hand).await
}

/// What can only be told when everything stands: whether the bodies of functions, and the structs over views, name what
/// is there.
async fn check(bench: &Workbench<'_>, session: &Session, declared: &Declared) -> Result<(), Error> {
    let refused = apply::refused_bodies(&bench.site(session), &declared.statements).await?;
    if !refused.is_empty() {
        return Err(apply::body_refusals(&refused));
    }
    views::check(session, &declared.views).await
}

/// Declared and hand-made statements on one database. A hand-made object that is declared by now is adopted: its
/// own statement finds it there, and gives way.
async fn build(
    bench: &Workbench<'_>,
    declared: &Declared,
    begun: Begun<'_>,
    current: &State,
    by_hand: BTreeSet<ObjectId>,
) -> Result<Wanted, Error> {
    let Begun {
        database,
        session,
        leftover,
    } = begun;
    // What models alone come to, as far as it stands without the hand-made objects.
    let alone = bench.read(&session).await?.declarable();
    let mut unmanaged: BTreeSet<ObjectId> = by_hand.difference(&alone).cloned().collect();
    let mut statements: Vec<DeclaredStatement> =
        leftover.iter().map(|refused| refused.statement.clone()).collect();
    statements.extend(hand_made(current, &unmanaged)?);
    let leftover = apply::apply_what_works(&bench.site(&session), &statements).await?;
    let (mine, theirs): (Vec<_>, Vec<_>) = leftover
        .into_iter()
        .partition(|refused| refused.statement.by_hand);
    if !theirs.is_empty() {
        return Err(apply::refusals(&theirs));
    }
    if let Some(refused) = mine.first() {
        return Err(Error::new(
            Failure::Refused,
            Diagnostic::new(format!(
                "what was made by hand and what models declare do not go together: {}",
                refused.error.message()
            ))
            .at(refused.statement.place.snippet(&refused.statement.sql, refused.error.position(), "")),
        )
        .hint("change or drop the hand-made object in a revision of its own (`limbeck revision -m …`), or declare what it needs"));
    }
    check(bench, &session, declared).await?;
    let mut catalog = bench.read(&session).await?;
    catalog.pin(&declared.pinned_extensions());
    drop(session);
    keep_optional_attributes(&mut catalog, &current.catalog, declared);
    let everything = catalog.declarable();
    unmanaged.retain(|id| everything.contains(id));
    let declared = everything.difference(&unmanaged).cloned().collect();
    Ok(Wanted {
        state: State { catalog, database },
        declared,
        unmanaged,
    })
}

/// The statements that make hand-made objects: the plan from the history without them to the history.
fn hand_made(current: &State, unmanaged: &BTreeSet<ObjectId>) -> Result<Vec<DeclaredStatement>, Error> {
    let mut whole = current.catalog.clone();
    whole.objects.retain(|id, _| !is_about_privileges(id));
    let mut without = whole.clone();
    let rest: BTreeSet<ObjectId> = whole.declarable().difference(unmanaged).cloned().collect();
    without.retain(&rest);
    let answers = Answers::new();
    let request = Request {
        current: &without,
        wanted: &whole,
        renames: &[],
        fills: &[],
        answers: &answers,
        options: Options::default(),
    };
    let Planned::Plan(plan) = limbeck_plan::plan(&request).map_err(error::from_plan)? else {
        // Only texts that differ are asked about, and an object that is on both sides is the same one.
        return Err(Error::failed(
            "the planner asked about objects that did not change",
        ));
    };
    let statement = |object: &ObjectId, sql: &String| DeclaredStatement {
        sql: sql.clone(),
        place: Place {
            path: PathBuf::from(format!("{object}, made by hand")),
            text: PlaceText::Known(Arc::from(sql.as_str())),
            range: 0..sql.len(),
            is_sql: true,
            parts: Vec::new(),
        },
        settings: Arc::default(),
        by_hand: true,
    };
    Ok(plan
        .actions
        .iter()
        .flat_map(|action| action.statements.iter().map(|sql| statement(&action.object, sql)))
        .collect())
}

/// Whether an object says who may do what: such facts are kept without being run.
pub(super) fn is_about_privileges(id: &ObjectId) -> bool {
    matches!(id.kind, Kind::Privileges | Kind::DefaultPrivileges)
}

/// What neither a struct speaks of nor a `.sql` file keeps the history's value. What differs from what a table has that
/// is told nothing, somebody has said; the opposite is only said by a struct.
fn keep_optional_attributes(wanted: &mut Catalog, current: &Catalog, declared: &Declared) {
    let tables: BTreeMap<(&str, &str), &Said> = declared
        .struct_tables
        .iter()
        .map(|((schema, name), said)| ((schema.as_str(), name.as_str()), said))
        .collect();
    for (id, object) in &mut wanted.objects {
        let [schema, table, rest @ ..] = id.path.as_slice() else {
            continue;
        };
        let Some(said) = tables.get(&(schema.as_str(), table.as_str())) else {
            continue;
        };
        match (&mut object.definition, current.definition(id)) {
            (Definition::Table(table), Some(Definition::Table(before))) => {
                keep_of_table(table, before, &said.table);
            }
            // Another type may not allow the same storage.
            (Definition::Column(column), Some(Definition::Column(before)))
                if column.data_type == before.data_type =>
            {
                let of_column = rest.first().and_then(|name| said.columns.get(name));
                let says = |word| of_column.is_some_and(|said| said.contains(&word));
                let wanted = std::mem::replace(&mut column.settings, before.settings.clone());
                let settings = &mut column.settings;
                if says("storage") || wanted.storage.is_some() {
                    settings.storage = wanted.storage;
                }
                if says("compression") || wanted.compression.is_some() {
                    settings.compression = wanted.compression;
                }
                if says("statistics") || wanted.statistics_target.is_some() {
                    settings.statistics_target = wanted.statistics_target;
                }
                if !wanted.options.is_empty() {
                    settings.options = wanted.options;
                }
                keep_beside_column(column, before, &said.table);
            }
            (Definition::Constraint(constraint), Some(Definition::Constraint(before))) => {
                if let (Some(index), Some(before)) =
                    (constraint.definition.index_mut(), before.definition.index())
                {
                    index.comment.clone_from(&before.comment);
                    keep_index_settings(&mut index.settings, &before.settings, said, id.name());
                }
            }
            _ => {}
        }
    }
    // An index lies beside its table.
    for (id, object) in &mut wanted.objects {
        if let Definition::Index(index) = &mut object.definition
            && let [schema, table] = index.relation.path.as_slice()
            && let Some(said) = tables.get(&(schema.as_str(), table.as_str()))
            && let Some(Definition::Index(before)) = current.definition(id)
        {
            keep_index_settings(&mut index.settings, &before.settings, said, id.name());
        }
    }
    forget_lost_replica_identities(wanted, &tables);
}

/// Where the index that told rows apart is declared no more, the primary key does again.
fn forget_lost_replica_identities(wanted: &mut Catalog, tables: &BTreeMap<(&str, &str), &Said>) {
    let with_index: BTreeSet<(String, String)> = wanted
        .objects
        .iter()
        .filter_map(|(id, object)| {
            let (settings, relation) = match &object.definition {
                Definition::Index(index) => (&index.settings, &index.relation),
                Definition::Constraint(constraint) => (&constraint.definition.index()?.settings, id),
                _ => return None,
            };
            match relation.path.as_slice() {
                [schema, table, ..] if settings.replica_identity => Some((schema.clone(), table.clone())),
                _ => None,
            }
        })
        .collect();
    for (id, object) in &mut wanted.objects {
        if let (Definition::Table(table), [schema, name]) = (&mut object.definition, id.path.as_slice())
            && table.replica_identity == ReplicaIdentity::Index
            && tables.contains_key(&(schema.as_str(), name.as_str()))
            && !with_index.contains(&(schema.clone(), name.clone()))
        {
            table.replica_identity = ReplicaIdentity::Default;
        }
    }
}

/// What stands behind a column's `NOT NULL` and its identity.
fn keep_beside_column(column: &mut Column, before: &Column, said: &[&'static str]) {
    if let (Some(constraint), Some(before)) = (&mut column.not_null_constraint, &before.not_null_constraint) {
        constraint.clone_from(before);
    }
    if let (Some(identity), Some(before)) = (&mut column.identity, &before.identity) {
        identity.comment.clone_from(&before.comment);
        // It goes with its table.
        if !said.contains(&"unlogged") {
            identity.unlogged = before.unlogged;
        }
    }
}

/// All but what is said of the index itself, and of the table's replica identity.
fn keep_index_settings(settings: &mut IndexSettings, before: &IndexSettings, said: &Said, name: &str) {
    let of_index = said.indexes.get(name);
    let says = |word| of_index.is_some_and(|said| said.contains(&word));
    let wanted = std::mem::replace(settings, before.clone());
    if says("with") || !wanted.options.is_empty() {
        settings.options = wanted.options;
    }
    if says("tablespace") || wanted.tablespace.is_some() {
        settings.tablespace = wanted.tablespace;
    }
    if !wanted.statistics.is_empty() {
        settings.statistics = wanted.statistics;
    }
    if said.table.contains(&"replica_identity") {
        settings.replica_identity = wanted.replica_identity;
    }
}

/// All of a table but what is said of it, and what it inherits from, which bears on what tables hold.
fn keep_of_table(table: &mut Table, before: &Table, said: &[&'static str]) {
    let says = |word| said.contains(&word);
    let wanted = std::mem::replace(table, before.clone());
    table.inherits = wanted.inherits;
    if says("unlogged") || wanted.unlogged {
        table.unlogged = wanted.unlogged;
    }
    if says("options") || !wanted.options.is_empty() {
        table.options = wanted.options;
    }
    if says("tablespace") || wanted.tablespace.is_some() {
        table.tablespace = wanted.tablespace;
    }
    if says("using") || wanted.access_method.is_some() {
        table.access_method = wanted.access_method;
    }
    if says("row_security") || wanted.row_security || wanted.force_row_security {
        table.row_security = wanted.row_security;
        table.force_row_security = wanted.force_row_security;
    }
    if says("replica_identity") {
        table.replica_identity = wanted.replica_identity;
    }
    if says("partition_by") || wanted.partition_key.is_some() {
        table.partition_key = wanted.partition_key;
    }
}
