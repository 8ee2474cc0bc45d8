//! What structs are made from.

use std::path::Path;

use limbeck_catalog::ReadOptions;

use super::GenerateOptions;
use crate::commands::baseline;
use crate::commands::check::{warn_of_invalid, warn_of_unread};
use crate::commands::diff::{self, Input, Side};
use crate::generate::ViewColumns;
use crate::import::tables;
use crate::live::{self, Majors};
use crate::workbench::{self, State, Workbench};
use crate::{Error, Event, Events, ObjectId, Project, error, views};

/// A schema, on a server where it can be compared with.
pub(super) struct Found<'e> {
    pub(super) bench: Workbench<'e>,
    pub(super) state: State,
    pub(super) left_out: Vec<ObjectId>,
    pub(super) other_schemas: Vec<String>,
    pub(super) unread: Vec<String>,
}

impl Found<'_> {
    /// The columns of all views.
    pub(super) async fn views(&self) -> Result<ViewColumns, Error> {
        let session = self.bench.session(&self.state.database).await?;
        views::columns(&session).await
    }
}

pub(super) async fn read<'e>(
    project: &Project,
    start: &Path,
    options: &GenerateOptions,
    events: Events<'e>,
) -> Result<Found<'e>, Error> {
    let text = options.from.as_deref().unwrap_or("database:");
    let side = diff::side(text, project.host())?;
    let (mut left_out, mut other_schemas) = (Vec::new(), Vec::new());
    let settings = match &side {
        Side::Models => {
            return Err(Error::usage("the models are there already")
                .hint("name what they shall be made from: `database:`, a URL, `history:` or a `.sql` file"));
        }
        Side::Empty => return Err(nothing(&side)),
        Side::Database => Some(live::settings(project, events).await?),
        Side::Url(settings) => Some(settings.as_ref().clone()),
        Side::History(_) | Side::File(_) => None,
    };
    let state = match settings {
        Some(settings) => {
            let session = live::connect(&settings, project.wait_for_server(), events).await?;
            left_out = tables::tables(project, &session).await?;
            let is_own = matches!(side, Side::Database);
            let mut read = if is_own {
                other_schemas = baseline::other_schemas(project, &session).await?;
                live::read_options(project)?
            } else {
                workbench::read_options(project)?
            };
            leave_out(&mut read, &left_out)?;
            let catalog = limbeck_catalog::read(session.client(), &read)
                .await
                .map_err(error::from_read)?;
            drop(session);
            let bench = Workbench::open(project, events).await?;
            events(Event::Phase("rebuilding the database on scratch".to_owned()));
            let state = live::rebuilt(&bench, catalog, Majors::Same).await?;
            (bench, state)
        }
        None => {
            let bench = Workbench::open(project, events).await?;
            let input = Input {
                start,
                project: Some(project),
                standard_input: options.standard_input.as_deref(),
                owners: false,
                wait: project.wait_for_server(),
                events,
            };
            let state = diff::state(&bench, &input, &side, None, None, Majors::Same).await?;
            (bench, state)
        }
    };
    let (bench, state) = state;
    if state.catalog.declarable().is_empty() {
        return Err(nothing(&side));
    }
    let unread: Vec<String> = state.catalog.unread.iter().map(ToString::to_string).collect();
    warn_of_unread(&unread, events);
    warn_of_invalid([&state.catalog], events);
    Ok(Found {
        bench,
        state,
        left_out,
        other_schemas,
        unread,
    })
}

fn nothing(side: &Side) -> Error {
    let error = Error::failed("there is nothing to make structs from: the schema is empty");
    match side {
        Side::Database => error.hint(
            "of the configured database only the `schemas` under `[database]` in limbeck.toml are looked at",
        ),
        Side::History(_) => error.hint(
            "the revisions make nothing: `limbeck history` lists them, and `database:` means the configured database",
        ),
        _ => error,
    }
}

fn leave_out(read: &mut ReadOptions, tables: &[ObjectId]) -> Result<(), Error> {
    for table in tables {
        read.exclude.push(tables::excluded(table)?);
    }
    Ok(())
}
