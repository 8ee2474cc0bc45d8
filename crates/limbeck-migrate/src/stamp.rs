//! `stamp`: telling a database where it is, without running anything.

use std::collections::BTreeSet;
use std::time::Duration;

use limbeck_history::{History, Revision, RevisionId, Target};
use limbeck_postgres::{DatabaseError, Settings};
use serde::Serialize;
use serde_json::json;

use crate::error::{MigrateError, UnknownRevision};
use crate::event::{Events, seconds};
use crate::failure;
use crate::interrupt::Interrupt;
use crate::journal::{EventRow, Heads, Journal};
use crate::options::RunOptions;
use crate::position::Position;
use crate::report::Committed;
use crate::route::begun_heads;
use crate::run::{Commits, Context};
use crate::state::details;
use crate::upgrade::{direct, refuse_unknown};

/// What a database is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Where it is: one target, or one on each of several branches.
    pub targets: Vec<String>,
    /// Whether everything of the scope is forgotten first, revisions that no file knows included.
    pub purge: bool,
}

impl Stamp {
    /// A stamp with these targets.
    pub fn at<T: Into<String>>(targets: impl IntoIterator<Item = T>) -> Self {
        Self {
            targets: targets.into_iter().map(Into::into).collect(),
            purge: false,
        }
    }

    /// The same stamp, forgetting everything of the scope first.
    #[must_use]
    pub fn purging(self) -> Self {
        Self { purge: true, ..self }
    }
}

/// What a stamp has done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StampReport {
    /// The heads before.
    pub from: BTreeSet<RevisionId>,
    /// The heads now.
    pub to: BTreeSet<RevisionId>,
    /// The revisions that were put on record, parents first.
    pub committed: Vec<Committed>,
    /// The revisions that were forgotten, by identifier.
    pub forgotten: Vec<UnknownRevision>,
    /// How long another runner was waited for, in seconds.
    #[serde(serialize_with = "seconds")]
    pub waited: Duration,
}

impl StampReport {
    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.committed.is_empty() && self.forgotten.is_empty() && self.from == self.to
    }
}

/// Tells a database where it is without running anything. Afterwards each target and all that it needs is on record as
/// applied, as its file says, and what needs a target is not; revisions of other branches stay as they are, as they
/// would with an upgrade or a downgrade to the target. What was only begun on the way is forgotten; edited revisions on
/// it are accepted.
///
/// # Errors
///
/// The database cannot be reached, a target is unknown, or another runner is at work for too long; the database has
/// revisions whose files are not here, unless the stamp purges.
pub async fn stamp(
    settings: &Settings,
    history: &History,
    stamp: &Stamp,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<StampReport, MigrateError> {
    let settings = &direct(settings, events);
    let (context, position) = Context::connect(settings, options, interrupt, events).await?;
    // What cannot be stamped is told before anything is made.
    look(&context, history, &position, stamp).await?;
    let mut leased = context
        .begin(settings, position.exists, Commits::EachStep)
        .await?;
    match write(&context, &leased.journal(), history, stamp).await {
        Ok(mut report) => {
            leased.committed.append(&mut report.committed);
            let (committed, waited) = leased.end().await?;
            Ok(StampReport {
                committed,
                waited,
                ..report
            })
        }
        Err(error) => {
            leased.give_up().await;
            Err(error)
        }
    }
}

/// What a stamp changes, refused where the database has what is not known here.
async fn look<'h>(
    context: &Context<'_>,
    history: &'h History,
    position: &Position,
    stamp: &Stamp,
) -> Result<Change<'h>, MigrateError> {
    if !stamp.purge {
        refuse_unknown(context, history, position).await?;
    }
    Change::new(history, position, stamp)
}

/// Reads where the database is, and writes the change as one transaction.
async fn write(
    context: &Context<'_>,
    journal: &Journal<'_>,
    history: &History,
    stamp: &Stamp,
) -> Result<StampReport, MigrateError> {
    let (report, statements) = prepare(context, journal, history, stamp).await?;
    if !statements.is_empty() {
        let sql = format!("BEGIN;\n{};\nCOMMIT", statements.join(";\n"));
        context.session.execute(&sql).await.map_err(recording)?;
    }
    Ok(report)
}

/// What a stamp will have done, and the statements that do it; none where there is nothing to do.
pub(crate) async fn prepare(
    context: &Context<'_>,
    journal: &Journal<'_>,
    history: &History,
    stamp: &Stamp,
) -> Result<(StampReport, Vec<String>), MigrateError> {
    let position = Position::read(&context.session, &context.tables).await?;
    let change = look(context, history, &position, stamp).await?;
    let forgotten = forgotten(context, &change).await?;
    let statements = if change.is_empty(&position) {
        Vec::new()
    } else {
        change.statements(journal, &position)
    };
    let report = StampReport {
        committed: change.committed().collect(),
        from: position.heads,
        to: change.heads,
        forgotten,
        waited: Duration::ZERO,
    };
    Ok((report, statements))
}

/// The error of a stamp's statements.
pub(crate) fn recording(error: DatabaseError) -> MigrateError {
    failure::of_recording(error, "recording the revisions")
}

/// The names of what is forgotten.
async fn forgotten(context: &Context<'_>, change: &Change<'_>) -> Result<Vec<UnknownRevision>, MigrateError> {
    if change.forgotten.is_empty() {
        return Ok(Vec::new());
    }
    let ids = change.forgotten.iter().collect();
    let rows = details(&context.session, &context.tables, Some(&ids)).await?;
    Ok(ids
        .into_iter()
        .map(|id| UnknownRevision::new(id, rows.get(id)))
        .collect())
}

/// What a stamp changes.
pub(crate) struct Change<'h> {
    pub(crate) heads: BTreeSet<RevisionId>,
    written: Vec<&'h Revision>,
    forgotten: Vec<RevisionId>,
    /// The revisions of which nothing that was only begun is to be kept.
    touched: BTreeSet<RevisionId>,
    purge: bool,
}

impl<'h> Change<'h> {
    pub(crate) fn new(
        history: &'h History,
        position: &Position,
        stamp: &Stamp,
    ) -> Result<Self, MigrateError> {
        // A purge knows nothing of what is applied, except for targets that ask about it.
        let start = if stamp.purge {
            BTreeSet::new()
        } else {
            begun_heads(history, position)
        };
        let mut gone: BTreeSet<RevisionId> = BTreeSet::new();
        let mut needed: BTreeSet<RevisionId> = BTreeSet::new();
        for target in &stamp.targets {
            let target = history.resolve(target, &position.heads)?;
            gone.extend(
                history
                    .downgrade_path(&start, &target)?
                    .into_iter()
                    .map(|revision| revision.id.clone()),
            );
            if stamp.purge || matches!(target, Target::At(_)) {
                needed.extend(history.applied_at(&target));
            }
        }
        let is_kept = |id: &&RevisionId| !stamp.purge && !gone.contains(*id);
        let mut wanted: BTreeSet<RevisionId> = position.applied.keys().filter(is_kept).cloned().collect();
        wanted.extend(needed.iter().cloned());
        let is_new = |revision: &&Revision| {
            stamp.purge || position.applied.get(&revision.id) != Some(&revision.checksum)
        };
        Ok(Self {
            heads: history.heads_of(&wanted),
            written: history.order(&needed).into_iter().filter(is_new).collect(),
            forgotten: position
                .applied
                .keys()
                .filter(|id| !wanted.contains(*id))
                .cloned()
                .collect(),
            touched: gone.union(&needed).cloned().collect(),
            purge: stamp.purge,
        })
    }

    /// The revisions, begun before, whose steps are to be forgotten.
    fn begun<'p>(&self, position: &'p Position) -> BTreeSet<&'p str> {
        let begun = position.steps.iter().map(|step| &step.revision);
        begun
            .filter(|id| self.touched.contains(*id))
            .map(RevisionId::as_str)
            .collect()
    }

    fn is_empty(&self, position: &Position) -> bool {
        self.written.is_empty()
            && self.forgotten.is_empty()
            && self.begun(position).is_empty()
            && (position.steps.is_empty() || !self.purge)
            && self.heads == position.heads
    }

    /// The statements of a transaction, without its two ends.
    pub(crate) fn statements(&self, journal: &Journal<'_>, position: &Position) -> Vec<String> {
        let mut statements = vec![journal.fenced()];
        let before = if self.purge {
            statements.extend(journal.forget_all());
            BTreeSet::new()
        } else {
            position.heads.clone()
        };
        if !self.purge && !self.forgotten.is_empty() {
            let forgotten = || self.forgotten.iter().map(RevisionId::as_str);
            statements.push(journal.forget_revisions(forgotten()));
            statements.push(journal.forget_steps(forgotten()));
        }
        let begun = self.begun(position);
        if !self.purge && !begun.is_empty() {
            statements.push(journal.forget_steps(begun));
        }
        statements.extend(
            self.written
                .iter()
                .map(|revision| journal.insert_revision(revision, "stamped")),
        );
        statements.extend(journal.heads(&Heads {
            removed: before.difference(&self.heads).cloned().collect(),
            added: self.heads.difference(&before).cloned().collect(),
        }));
        let written: Vec<_> = self.written.iter().map(|revision| &revision.id).collect();
        let mut detail = json!({ "from": position.heads, "to": self.heads, "revisions": written });
        if self.purge
            && let Some(detail) = detail.as_object_mut()
        {
            detail.insert("purge".to_owned(), true.into());
        }
        statements.push(journal.event(&EventRow {
            kind: "stamp",
            outcome: "done",
            detail: Some(detail),
            ..EventRow::default()
        }));
        statements
    }

    fn committed(&self) -> impl Iterator<Item = Committed> {
        self.written.iter().map(|revision| Committed::recorded(revision))
    }
}
