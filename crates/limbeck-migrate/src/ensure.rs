//! `ensure-version`: the own tables, and nothing else.

use limbeck_postgres::Settings;
use serde::Serialize;

use crate::error::MigrateError;
use crate::event::Events;
use crate::interrupt::Interrupt;
use crate::options::RunOptions;
use crate::pooled;
use crate::run::Context;
use crate::upgrade::direct;

/// What was found, or made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnsureReport {
    /// The schema of the own tables.
    pub schema: String,
    /// Whether the tables were made; otherwise they were there.
    pub made: bool,
}

/// Makes Limbeck's own tables where they are missing, and nothing else.
///
/// # Errors
///
/// The database cannot be reached, the current role may not make them, or those that are there are only some of them or
/// those of a newer release.
pub async fn ensure_version(
    settings: &Settings,
    options: &RunOptions,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<EnsureReport, MigrateError> {
    let settings = direct(settings, events);
    let (context, position) = Context::connect(&settings, options, interrupt, events).await?;
    let exists = position.exists;
    if !exists {
        pooled::refuse(&context.session, &settings, options)?;
        context.make_tables().await?;
    }
    Ok(EnsureReport {
        schema: options.version_schema.clone(),
        made: !exists,
    })
}
