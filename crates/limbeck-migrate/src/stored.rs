//! The way down where the files and the database differ: by the copies that the database keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use limbeck_history::{History, Revision, RevisionId};

use crate::error::{ErrorKind, MigrateError, UnknownRevision};
use crate::event::{Event, Events, StoredBodyReason};
use crate::lease::value;
use crate::line::Line;
use crate::position::{Position, reading};
use crate::route;
use crate::run::Context;
use crate::state::edited;
use crate::tables::Tables;
use crate::upgrade::{Destination, Way, unknown};

/// The way down to a target.
pub(crate) async fn down(
    context: &Context<'_>,
    history: &History,
    position: &Position,
    destination: Destination<'_>,
    events: Events<'_>,
) -> Result<Way, MigrateError> {
    let unknown = unknown(history, position);
    if unknown.is_empty() {
        let way = route(history, position, destination)?;
        return with_copies(context, way, history, position, events).await;
    }
    let copies = copies(&context.session, &context.tables, &unknown).await?;
    let lost: Vec<UnknownRevision> = unknown
        .iter()
        .filter(|id| !copies.contains_key(**id))
        .map(|id| UnknownRevision {
            id: (*id).clone(),
            file_name: String::new(),
            message: String::new(),
        })
        .collect();
    if !lost.is_empty() {
        return Err(ErrorKind::Unknown { revisions: lost }.into());
    }
    let all = history
        .order_all()
        .into_iter()
        .cloned()
        .chain(copies.into_values())
        .collect();
    let whole = History::from_revisions(all).map_err(|error| ErrorKind::Graph(error.to_string()))?;
    let mut way = route(&whole, position, destination)?;
    for leg in way
        .legs
        .iter_mut()
        .filter(|leg| unknown.contains(&leg.revision.id))
    {
        leg.stored = Some(StoredBodyReason::Missing);
    }
    with_copies(context, way, history, position, events).await
}

fn route(history: &History, position: &Position, destination: Destination<'_>) -> Result<Way, MigrateError> {
    // What is only begun counts, so that `-1` takes back what has begun last.
    let target = destination.resolve(history, &route::begun_heads(history, position))?;
    let legs = route::down(history, position, &target)?;
    Ok(Way { target, legs })
}

/// Puts the database's copy in the place of every edited file, and tells which copies are used.
async fn with_copies(
    context: &Context<'_>,
    way: Way,
    history: &History,
    position: &Position,
    events: Events<'_>,
) -> Result<Way, MigrateError> {
    let Way { target, mut legs } = way;
    let on_the_way: BTreeSet<&RevisionId> = legs.iter().map(|leg| &leg.revision.id).collect();
    let applied = position.applied.iter().filter(|(id, _)| on_the_way.contains(id));
    let edited = edited(applied.map(|(id, checksum)| (id, checksum.as_str())), history);
    if !edited.is_empty() {
        let mut copies = copies(
            &context.session,
            &context.tables,
            &edited.iter().map(|revision| &revision.id).collect(),
        )
        .await?;
        for leg in &mut legs {
            if let Some(copy) = copies.remove(&leg.revision.id) {
                leg.stored = Some(StoredBodyReason::Edited);
                // The graph is the files', what runs is the copy's.
                leg.steps = route::standing(position, &copy);
                leg.revision = copy;
            }
        }
    }
    for leg in &legs {
        if let Some(reason) = leg.stored {
            events(Event::StoredBody {
                revision: leg.revision.id.clone(),
                file_name: leg.revision.file_name(),
                reason,
            });
        }
    }
    Ok(Way { target, legs })
}

/// The database's copies of revisions, where they can be trusted.
pub(crate) async fn copies(
    session: &Line<'_>,
    tables: &Tables,
    ids: &BTreeSet<&RevisionId>,
) -> Result<BTreeMap<RevisionId, Revision>, MigrateError> {
    // Whoever owns the table can write what another role would run.
    let owner = format!(
        "SELECT r.rolname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_roles AS r ON r.oid = c.relowner
WHERE c.oid = pg_catalog.to_regclass({}) AND NOT r.rolsuper AND r.rolname <> current_user",
        limbeck_sql::quote_literal(&tables.name("revision"))
    );
    let stranger = value(session, &owner)
        .await
        .map_err(|error| reading(tables, error))?;
    if let (Some(owner), Some(id)) = (stranger, ids.first()) {
        return Err(ErrorKind::StoredBodyUntrusted {
            revision: (*id).clone(),
            owner,
        }
        .into());
    }
    let query = format!(
        "SELECT file_name, body FROM {} WHERE scope = {} AND id IN {}",
        tables.name("revision"),
        tables.scope(),
        crate::sql::list(ids)
    );
    let rows = session
        .query_text(&query)
        .await
        .map_err(|error| reading(tables, error))?;
    let mut copies = BTreeMap::new();
    for row in rows {
        let mut columns = row.into_iter();
        let (file_name, body) = (
            columns.next().flatten().unwrap_or_default(),
            columns.next().flatten().unwrap_or_default(),
        );
        let revision = Revision::parse(Path::new(&file_name), body.as_bytes()).map_err(|error| {
            ErrorKind::StoredBody {
                file_name: file_name.clone(),
                error,
            }
        })?;
        copies.insert(revision.id.clone(), revision);
    }
    Ok(copies)
}
