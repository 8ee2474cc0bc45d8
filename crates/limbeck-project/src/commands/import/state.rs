//! What another tool has applied, as it is put on record.

use std::collections::BTreeMap;

use limbeck_history::{History, RevisionId};
use limbeck_migrate::{Import, ImportedRevision};
use limbeck_postgres::Settings;

use super::Files;
use crate::commands::RunSettings;
use crate::commands::run::run_options;
use crate::import::provenance::Origin;
use crate::import::record::{Applied, Record};
use crate::import::{Source, Tool};
use crate::{Error, Event, Events, Interrupt, Project, error};

/// The state, of migrations that were read just now.
pub(super) fn of_files(
    files: &Files,
    source: &Source,
    applied: &[&Applied],
    record: Option<&Record>,
) -> Import {
    let ids: BTreeMap<&str, &RevisionId> = files
        .files
        .iter()
        .map(|file| (file.drafted.version.as_str(), &file.drafted.draft.id))
        .collect();
    state(&files.history, source.tool, &ids, applied, record)
}

/// The state, of revisions that were imported before.
pub(super) fn of_revisions(
    history: &History,
    tool: Tool,
    origins: &[(RevisionId, Origin)],
    applied: &[&Applied],
    record: &Record,
) -> Import {
    let ids = origins
        .iter()
        .map(|(id, origin)| (origin.version.as_str(), id))
        .collect();
    state(history, tool, &ids, applied, Some(record))
}

fn state(
    history: &History,
    tool: Tool,
    ids: &BTreeMap<&str, &RevisionId>,
    applied: &[&Applied],
    record: Option<&Record>,
) -> Import {
    let mut rows: BTreeMap<RevisionId, Option<&Applied>> = applied
        .iter()
        .filter_map(|row| Some(((*ids.get(row.version.as_str())?).clone(), Some(*row))))
        .collect();
    // Alembic's table has the heads alone.
    let all = history.ancestors(rows.keys().collect::<Vec<_>>());
    for id in all {
        rows.entry(id).or_insert(None);
    }
    let versions: BTreeMap<&RevisionId, &str> = ids.iter().map(|(version, id)| (*id, *version)).collect();
    let revisions = rows
        .into_iter()
        .map(|(id, row)| {
            let version = versions.get(&id).copied();
            ImportedRevision {
                applied_at: row.and_then(|row| row.at.clone()),
                detail: detail(tool, version, row),
                id,
            }
        })
        .collect();
    Import {
        tool: tool.to_string(),
        revisions,
        unchanged: record.map(|record| record.unchanged.clone()),
    }
}

/// What the tool's table says, as it is kept.
fn detail(tool: Tool, version: Option<&str>, row: Option<&Applied>) -> serde_json::Value {
    let mut detail = serde_json::Map::new();
    let mut put = |key: &str, value: Option<serde_json::Value>| {
        if let Some(value) = value {
            detail.insert(key.to_owned(), value);
        }
    };
    put("tool", Some(tool.as_str().into()));
    put("version", version.map(Into::into));
    put("name", row.and_then(|row| row.name.clone()).map(Into::into));
    put(
        "checksum",
        row.and_then(|row| row.checksum.clone()).map(Into::into),
    );
    put("installed_on", row.and_then(|row| row.at.clone()).map(Into::into));
    put(
        "duration_nanoseconds",
        row.and_then(|row| row.duration).map(Into::into),
    );
    serde_json::Value::Object(detail)
}

/// Puts it on record.
pub(super) async fn record(
    project: &Project,
    database: &Settings,
    history: &History,
    import: &Import,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<limbeck_migrate::Report, Error> {
    let options = run_options(project, settings);
    let run_events = |event| events(Event::Run(event));
    limbeck_migrate::import(database, history, import, &options, interrupt, &run_events)
        .await
        .map_err(|cause| error::from_migrate(project, cause))
}
