//! The wanted state: what is declared, and what people made by hand and nobody dropped.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use limbeck_catalog::{Catalog, Kind, ObjectId};
use limbeck_plan::{Answers, Options, Planned, Rename, Request, renamed_identity};
use limbeck_postgres::Session;
use limbeck_server::ScratchDatabase;

use super::renames::Renames;
use super::{Question, keep};
use crate::apply::{self, Refused};
use crate::declared::{Declared, DeclaredStatement, Place, PlaceText};
use crate::views;
use crate::workbench::{Bodies, State, Workbench};
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

/// Builds the wanted state from what has begun, and finds out what is renamed on the way to it.
pub(super) async fn wanted(
    bench: &Workbench<'_>,
    question: &Question<'_>,
    begun: Begun<'_>,
    current: &State,
    managed: &BTreeSet<ObjectId>,
) -> Result<(Wanted, Vec<Rename>), Error> {
    let by_hand = by_hand(&current.catalog, managed);
    if by_hand.is_empty() {
        if !begun.leftover.is_empty() {
            return Err(apply::refusals(&begun.leftover));
        }
        check(bench, &begun.session, question.declared).await?;
    }
    // What models alone come to, as far as it stands without the hand-made objects.
    let alone = bench.read(&begun.session).await?;
    let mut asking = Renames::new(question);
    let early = if begun.leftover.is_empty() {
        asking.asked(&current.catalog, &alone, &by_hand)
    } else {
        // Whether the rest is no mistake comes out first.
        asking.known(&current.catalog, &alone)
    };
    let mut before = under_new_names(bench, current, &alone, &early).await?;
    let declarable_alone = alone.declarable();
    let (mut catalog, database, unmanaged) = if by_hand.is_empty() {
        (alone, begun.database, BTreeSet::new())
    } else {
        let managed = managed.iter().map(|id| renamed_identity(id, &early)).collect();
        let unmanaged = self::by_hand(&before, &managed);
        let unmanaged = unmanaged.difference(&declarable_alone).cloned().collect();
        build(bench, question.declared, begun, &before, unmanaged).await?
    };
    catalog.pin(&question.declared.pinned_extensions());
    let renames = asking.asked(&current.catalog, &catalog, &by_hand);
    if renames != early {
        before = under_new_names(bench, current, &catalog, &renames).await?;
    }
    // Indexes and constraints that a plan renames without being asked.
    let before = limbeck_plan::under_new_names(&before, &catalog, &[]).map_err(error::from_plan)?;
    keep::keep_optional_attributes(&mut catalog, &before, question.declared);
    let everything = catalog.declarable();
    let unmanaged: BTreeSet<ObjectId> = everything.intersection(&unmanaged).cloned().collect();
    let wanted = Wanted {
        declared: everything.difference(&unmanaged).cloned().collect(),
        state: State { catalog, database },
        unmanaged,
    };
    Ok((wanted, renames))
}

/// What people made by hand: what is in the history, and no model ever declared.
fn by_hand(history: &Catalog, managed: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
    history
        .declarable()
        .difference(managed)
        .filter(|id| !is_about_privileges(id))
        .cloned()
        .collect()
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

/// The history's state once the renames are done. How PostgreSQL prints views, policies and expressions then, it is
/// asked.
async fn under_new_names<'c>(
    bench: &Workbench<'_>,
    current: &'c State,
    wanted: &Catalog,
    renames: &[Rename],
) -> Result<Cow<'c, Catalog>, Error> {
    let wanted = with_all_that_is_renamed(wanted, &current.catalog, renames);
    let actions =
        limbeck_plan::rename_actions(&current.catalog, &wanted, renames).map_err(error::from_plan)?;
    if actions.is_empty() {
        return Ok(Cow::Borrowed(&current.catalog));
    }
    let database = bench.copy(&current.database).await?;
    let session = bench.carry_out(&database, &actions, Bodies::Checked).await?;
    let catalog = bench.read(&session).await?;
    drop(session);
    bench.discard(database).await;
    Ok(Cow::Owned(catalog))
}

/// A wanted state that has all that something is renamed to, though it may lack a hand-made object yet.
fn with_all_that_is_renamed<'c>(
    wanted: &'c Catalog,
    current: &Catalog,
    renames: &[Rename],
) -> Cow<'c, Catalog> {
    let mut whole = Cow::Borrowed(wanted);
    for rename in renames {
        if let Rename::Object { from, to } = rename
            && !whole.objects.contains_key(to)
            && let Some(object) = current.objects.get(from)
        {
            whole.to_mut().objects.insert(to.clone(), object.clone());
        }
    }
    whole
}

/// Declared and hand-made statements on one database: what they come to, and what of it is hand-made. A hand-made object
/// that is declared by now is adopted: its own statement finds it there, and gives way.
async fn build(
    bench: &Workbench<'_>,
    declared: &Declared,
    begun: Begun<'_>,
    history: &Catalog,
    unmanaged: BTreeSet<ObjectId>,
) -> Result<(Catalog, ScratchDatabase, BTreeSet<ObjectId>), Error> {
    let Begun {
        database,
        session,
        leftover,
    } = begun;
    let mut statements: Vec<DeclaredStatement> =
        leftover.iter().map(|refused| refused.statement.clone()).collect();
    statements.extend(hand_made(history, &unmanaged)?);
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
    let catalog = bench.read(&session).await?;
    Ok((catalog, database, unmanaged))
}

/// The statements that make hand-made objects: the plan from the history without them to the history.
fn hand_made(history: &Catalog, unmanaged: &BTreeSet<ObjectId>) -> Result<Vec<DeclaredStatement>, Error> {
    let mut whole = history.clone();
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
