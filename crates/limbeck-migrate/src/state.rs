//! What a database says of itself, in full: for people and for `current`.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_history::{History, RevisionId};
use limbeck_postgres::Session;
use serde::{Deserialize, Serialize};

use crate::error::{EditedRevision, MigrateError, UnknownRevision};
use crate::line::Line;
use crate::options::RunOptions;
use crate::position::{Holder, Position, StepRecord, StepState, identifier, reading};
use crate::tables::Tables;

/// What a database says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct State {
    /// Whether Limbeck's own tables are there. Without them nothing was ever run.
    pub exists: bool,
    /// The heads.
    pub heads: BTreeSet<RevisionId>,
    /// The revisions that are applied.
    pub revisions: BTreeMap<RevisionId, AppliedRevision>,
    /// The steps of revisions that are neither wholly applied nor wholly undone.
    pub steps: Vec<StepRecord>,
    /// Who is at work, or was when it died.
    pub holder: Option<Holder>,
}

/// A revision that is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedRevision {
    /// The checksum of the file that was applied.
    pub checksum: String,
    /// The name of that file.
    pub file_name: String,
    /// Its message.
    pub message: String,
    /// How it came to be there.
    pub origin: Origin,
    /// When: `2026-11-21T10:00:00.123456+00:00`.
    pub applied_at: String,
    /// The revisions that it follows, as applied.
    pub parents: Vec<String>,
    /// Who, as far as the journal tells: `ada@build-7 as app (limbeck 0.1.0)`. Known of heads only.
    pub applied_by: Option<String>,
}

/// How a revision came to be in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Its steps have run.
    Applied,
    /// It was said to be there.
    Stamped,
    /// It was taken over from another tool.
    Imported,
}

/// Reads what a database says of itself. Makes and changes nothing; where the own tables are missing, the state is
/// empty.
///
/// # Errors
///
/// The tables cannot be read, are of a newer format, or only some of them are there.
pub async fn state(session: &Session, options: &RunOptions) -> Result<State, MigrateError> {
    let tables = Tables::new(&options.version_schema, &options.scope);
    read(&Line::Lent(session), &tables).await
}

/// What a database says of its heads, and of the rest no more than what is applied.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heads {
    /// The heads.
    pub heads: BTreeMap<RevisionId, AppliedRevision>,
    /// The revisions that are applied, with the checksums of their files.
    pub applied: BTreeMap<RevisionId, String>,
    /// The steps of revisions that are neither wholly applied nor wholly undone.
    pub steps: Vec<StepRecord>,
}

/// Reads what a database says of its heads: much less than [`state`] where a thousand revisions are applied. Makes and
/// changes nothing; where the own tables are missing, there are none.
///
/// # Errors
///
/// As for [`state`].
pub async fn heads(session: &Session, options: &RunOptions) -> Result<Heads, MigrateError> {
    let tables = Tables::new(&options.version_schema, &options.scope);
    let session = Line::Lent(session);
    let position = Position::read(&session, &tables).await?;
    let heads = if position.heads.is_empty() {
        BTreeMap::new()
    } else {
        details(&session, &tables, Some(&position.heads.iter().collect())).await?
    };
    Ok(Heads {
        heads,
        applied: position.applied,
        steps: position.steps,
    })
}

impl Heads {
    /// The steps of revisions that are neither wholly applied nor wholly undone, as [`State::unfinished_in_words`].
    #[must_use]
    pub fn unfinished_in_words(&self) -> Vec<String> {
        unfinished_in_words(&self.steps, |id| self.applied.contains_key(id))
    }
}

/// Reads what a database says of itself.
pub(crate) async fn read(session: &Line<'_>, tables: &Tables) -> Result<State, MigrateError> {
    let position = Position::read(session, tables).await?;
    at(session, tables, position).await
}

/// The same within a transaction.
pub(crate) async fn read_in_transaction(session: &Line<'_>, tables: &Tables) -> Result<State, MigrateError> {
    let position = Position::read_in_transaction(session, tables).await?;
    at(session, tables, position).await
}

async fn at(session: &Line<'_>, tables: &Tables, position: Position) -> Result<State, MigrateError> {
    if !position.exists {
        return Ok(State::default());
    }
    let revisions = details(session, tables, None).await?;
    Ok(State {
        exists: true,
        heads: position.heads,
        revisions,
        steps: position.steps,
        holder: position.holder,
    })
}

impl State {
    /// The applied revisions whose files were changed since.
    #[must_use]
    pub fn edited(&self, history: &History) -> Vec<EditedRevision> {
        edited(
            self.revisions
                .iter()
                .map(|(id, revision)| (id, revision.checksum.as_str())),
            history,
        )
    }

    /// The revisions, applied or begun, whose files are not here.
    #[must_use]
    pub fn unknown(&self, history: &History) -> Vec<UnknownRevision> {
        let begun: BTreeSet<_> = self.steps.iter().map(|step| &step.revision).collect();
        let begun = begun.into_iter().filter(|id| !self.revisions.contains_key(*id));
        self.revisions
            .keys()
            .chain(begun)
            .filter(|id| history.get(id).is_none())
            .map(|id| UnknownRevision::new(id, self.revisions.get(id)))
            .collect()
    }

    /// The revisions of the history that are not applied, parents first.
    #[must_use]
    pub fn unapplied<'h>(&self, history: &'h History) -> Vec<&'h limbeck_history::Revision> {
        history
            .order_all()
            .into_iter()
            .filter(|revision| !self.revisions.contains_key(&revision.id))
            .collect()
    }

    /// The steps of revisions that are neither wholly applied nor wholly undone, in words: `8f3c2a91d0b4 (up as far
    /// as step 1, plans)`.
    #[must_use]
    pub fn unfinished_in_words(&self) -> Vec<String> {
        unfinished_in_words(&self.steps, |id| self.revisions.contains_key(id))
    }

    pub(crate) fn position(&self) -> Position {
        Position {
            exists: self.exists,
            heads: self.heads.clone(),
            applied: self
                .revisions
                .iter()
                .map(|(id, revision)| (id.clone(), revision.checksum.clone()))
                .collect(),
            steps: self.steps.clone(),
            holder: self.holder.clone(),
            free_token: None,
            server_started: None,
        }
    }
}

fn unfinished_in_words(steps: &[StepRecord], is_applied: impl Fn(&RevisionId) -> bool) -> Vec<String> {
    let revisions: BTreeSet<_> = steps.iter().map(|step| &step.revision).collect();
    let last = |id: &RevisionId| {
        let recedes = is_applied(id);
        let steps = steps.iter().filter(|step| step.revision == *id);
        if recedes {
            steps.min_by_key(|step| step.n)
        } else {
            steps.max_by_key(|step| step.n)
        }
    };
    revisions
        .into_iter()
        .filter_map(|id| Some((id, last(id)?)))
        .map(|(id, step)| {
            let how = match step.state {
                StepState::Done => "as far as",
                StepState::Running => "begun with",
                StepState::Failed => "failed in",
            };
            format!("{id} ({} {how} step {}, {})", step.direction, step.n, step.name)
        })
        .collect()
}

/// Compares checksums of applied revisions with those of the files.
pub(crate) fn edited<'a>(
    applied: impl Iterator<Item = (&'a RevisionId, &'a str)>,
    history: &History,
) -> Vec<EditedRevision> {
    applied
        .filter_map(|(id, checksum)| Some((history.get(id)?, checksum)))
        .filter(|(revision, checksum)| revision.checksum != *checksum)
        .map(|(revision, checksum)| EditedRevision {
            id: revision.id.clone(),
            path: revision.path.clone(),
            applied: checksum.to_owned(),
            file: revision.checksum.clone(),
        })
        .collect()
}

/// Who applied or stamped a head, as a subquery over its row: the journal is looked through for each, so not for every
/// revision. `{event}` and `{head}` are the tables.
const APPLIED_BY: &str = "CASE WHEN EXISTS (SELECT FROM {head} AS h WHERE h.scope = r.scope AND h.revision = r.id) THEN
  (SELECT pg_catalog.concat(
    CASE WHEN os_user IS NOT NULL OR host IS NOT NULL THEN pg_catalog.concat_ws('@', os_user, host) || ' ' END,
    'as ', database_user, ' (', application, ' ', version, ')')
  FROM {event} AS e
  WHERE e.scope = r.scope AND outcome = 'done'
    AND (e.revision = r.id AND direction = 'up' OR e.revision IS NULL AND detail->'revisions' ? r.id)
  ORDER BY e.id DESC LIMIT 1) END";

/// The rows of applied revisions, of all or of some.
pub(crate) async fn details(
    session: &Line<'_>,
    tables: &Tables,
    ids: Option<&BTreeSet<&RevisionId>>,
) -> Result<BTreeMap<RevisionId, AppliedRevision>, MigrateError> {
    let only = ids.map_or_else(String::new, |ids| format!(" AND id IN {}", crate::sql::list(ids)));
    let query = format!(
        "SELECT id, checksum, file_name, message, origin,
  pg_catalog.to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"'),
  pg_catalog.array_to_string(parents, ' '), {by}
FROM {} AS r WHERE scope = {}{only}",
        tables.name("revision"),
        tables.scope(),
        by = APPLIED_BY
            .replace("{event}", &tables.name("event"))
            .replace("{head}", &tables.name("head")),
    );
    let rows = session
        .query_text(&query)
        .await
        .map_err(|error| reading(tables, error))?;
    rows.into_iter()
        .map(|row| {
            let mut columns = row.into_iter();
            let mut next = || columns.next().flatten().unwrap_or_default();
            let id = identifier(tables, &next())?;
            let revision = AppliedRevision {
                checksum: next(),
                file_name: next(),
                message: next(),
                origin: match next().as_str() {
                    "stamped" => Origin::Stamped,
                    "imported" => Origin::Imported,
                    _ => Origin::Applied,
                },
                applied_at: next(),
                parents: next().split_whitespace().map(str::to_owned).collect(),
                applied_by: Some(next()).filter(|by| !by.is_empty()),
            };
            Ok((id, revision))
        })
        .collect()
}
