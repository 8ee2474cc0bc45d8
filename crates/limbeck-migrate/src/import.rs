//! Taking over what another tool has applied: recording it, without running anything.

use std::collections::BTreeSet;
use std::time::Duration;

use limbeck_history::{History, RevisionId};
use limbeck_postgres::Settings;
use limbeck_sql::quote_literal;

use crate::error::{ErrorKind, MigrateError};
use crate::event::Events;
use crate::failure;
use crate::interrupt::Interrupt;
use crate::journal::{EventRow, Heads, Journal, sqlstate};
use crate::options::RunOptions;
use crate::position::Position;
use crate::report::{Committed, Report};
use crate::run::{Commits, Context};
use crate::sql::block;
use crate::upgrade::{direct, nothing};

/// What another tool has applied.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Import {
    /// The tool's name, for the journal.
    pub tool: String,
    /// The revisions, in any order. Whatever one of them needs is among them.
    pub revisions: Vec<ImportedRevision>,
    /// A query of one value and what it gave when the tool's table was read: with another answer nothing is recorded.
    pub unchanged: Option<(String, String)>,
}

/// A revision that another tool has applied.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedRevision {
    /// Its identifier.
    pub id: RevisionId,
    /// When it was applied, as PostgreSQL reads a `timestamptz`; now, where the tool does not say.
    pub applied_at: Option<String>,
    /// What the tool's table says of it, kept as it is.
    pub detail: serde_json::Value,
}

/// Records revisions as imported, in one transaction and under the lease. Runs nothing, and touches no table but
/// Limbeck's own. Where all of these revisions are on record already, nothing is done.
///
/// # Errors
///
/// The database cannot be reached, has other revisions on record, or the tool has changed its table since it was read;
/// a revision is unknown, or needs one that is not imported; or another runner is at work for too long.
pub async fn import(
    settings: &Settings,
    history: &History,
    import: &Import,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<Report, MigrateError> {
    let settings = &direct(settings, events);
    let (context, position) = Context::connect(settings, options, interrupt, events).await?;
    // What is refused is told before anything is made.
    if Change::new(history, &position, import)?.is_none() {
        return Ok(nothing(&position.heads, Duration::ZERO));
    }
    let mut leased = context
        .begin(settings, position.exists, Commits::EachStep)
        .await?;
    match write(&context, &leased.journal(), history, import).await {
        Ok((position, change)) => {
            let to = change
                .as_ref()
                .map_or_else(|| position.heads.clone(), |change| change.heads.clone());
            leased
                .committed
                .extend(change.iter().flat_map(|change| change.committed(history)));
            let (committed, waited) = leased.end().await?;
            Ok(Report {
                from: position.heads,
                to,
                committed,
                waited,
            })
        }
        Err(error) => {
            leased.give_up().await;
            Err(error)
        }
    }
}

async fn write<'i>(
    context: &Context<'_>,
    journal: &Journal<'_>,
    history: &History,
    import: &'i Import,
) -> Result<(Position, Option<Change<'i>>), MigrateError> {
    let position = Position::read(&context.session, &context.tables).await?;
    let change = Change::new(history, &position, import)?;
    if let Some(change) = &change {
        let sql = change.statements(journal, history).join(";\n");
        context
            .session
            .execute(&sql)
            .await
            .map_err(|error| match error.sqlstate() {
                Some(sqlstate::IMPORT_MOVED) => ErrorKind::ImportMoved {
                    tool: import.tool.clone(),
                }
                .into(),
                _ => failure::of_recording(error, "recording the imported revisions"),
            })?;
    }
    Ok((position, change))
}

/// What an import changes.
struct Change<'i> {
    import: &'i Import,
    heads: BTreeSet<RevisionId>,
}

impl<'i> Change<'i> {
    /// The change; none where it has been made already.
    fn new(history: &History, position: &Position, import: &'i Import) -> Result<Option<Self>, MigrateError> {
        let ids: BTreeSet<RevisionId> = import.revisions.iter().map(|one| one.id.clone()).collect();
        if let Some(unknown) = ids.iter().find(|id| history.get(*id).is_none()) {
            return Err(ErrorKind::Graph(format!("there is no revision `{unknown}`")).into());
        }
        if let Some(missing) = history.ancestors(&ids).difference(&ids).next() {
            return Err(ErrorKind::Graph(format!(
                "revision `{missing}` is not imported, and others that are need it"
            ))
            .into());
        }
        if ids.iter().all(|id| position.applied.contains_key(id)) {
            return Ok(None);
        }
        if !position.applied.is_empty() || !position.steps.is_empty() {
            let begun = position.steps.iter().map(|step| step.revision.clone());
            return Err(ErrorKind::AlreadyOnRecord {
                revisions: position.applied.keys().cloned().chain(begun).collect(),
            }
            .into());
        }
        Ok(Some(Self {
            import,
            heads: history.heads_of(&ids),
        }))
    }

    fn statements(&self, journal: &Journal<'_>, history: &History) -> Vec<String> {
        let mut statements = vec!["BEGIN".to_owned(), journal.fenced()];
        statements.extend(self.import.unchanged.as_ref().map(|(query, answer)| {
            let body = format!(
                "BEGIN
  IF ({query}) IS DISTINCT FROM {} THEN
    RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = 'the table has changed since it was read';
  END IF;
END",
                quote_literal(answer),
                sqlstate::IMPORT_MOVED
            );
            format!("DO {}", block(&body))
        }));
        for imported in &self.import.revisions {
            let Some(revision) = history.get(&imported.id) else {
                continue;
            };
            statements.push(journal.insert_revision(revision, "imported"));
            statements.push(journal.tell_origin(
                &imported.id,
                &imported.detail.to_string(),
                imported.applied_at.as_deref(),
            ));
        }
        statements.extend(journal.heads(&Heads {
            removed: Vec::new(),
            added: self.heads.iter().cloned().collect(),
        }));
        let ids: Vec<&RevisionId> = self.import.revisions.iter().map(|one| &one.id).collect();
        statements.push(journal.event(&EventRow {
            kind: "import",
            outcome: "done",
            detail: Some(serde_json::json!({
                "tool": self.import.tool,
                "to": self.heads,
                "revisions": ids,
            })),
            ..EventRow::default()
        }));
        statements.push("COMMIT".to_owned());
        statements
    }

    fn committed(&self, history: &History) -> Vec<Committed> {
        let ids = self.import.revisions.iter().map(|one| one.id.clone()).collect();
        let revisions = history.order(&ids).into_iter();
        revisions.map(Committed::recorded).collect()
    }
}
