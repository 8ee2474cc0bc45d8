//! Running declared statements on a scratch database, in whatever order works.
//!
//! The files of a schema stand in any order. So a statement that fails, as a rule for an object that is not there yet, is
//! tried again: at once when what it names was made meanwhile (`order`), else after the others, until nothing is left or
//! a whole round made no headway. Then PostgreSQL looks into the bodies of functions (`bodies`).

mod bodies;
mod order;
#[cfg(test)]
mod tests;

use limbeck_postgres::{DatabaseError, Session};
use limbeck_server::Scratch;

use crate::declared::DeclaredStatement;
use crate::error::database_notes;
use crate::{Diagnostic, Error, Failure, roles};
pub(crate) use bodies::{refused_bodies, unchecked};
use order::Order;

/// A statement that could not be run, and why.
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    pub(crate) statement: &'a DeclaredStatement,
    pub(crate) error: DatabaseError,
    /// How many characters of what was run do not stand in the statement, all of them before what may be wrong.
    pub(crate) inserted: usize,
}

impl<'a> Refused<'a> {
    fn new(statement: &'a DeclaredStatement, error: DatabaseError) -> Self {
        Self {
            statement,
            error,
            inserted: 0,
        }
    }

    /// Where in the statement it is wrong, in characters from 1.
    fn position(&self) -> Option<u32> {
        let inserted = u32::try_from(self.inserted).unwrap_or(u32::MAX);
        let position = self.error.position()?;
        Some(position.saturating_sub(inserted).max(1))
    }
}

/// Where statements are applied.
pub(crate) struct Site<'a> {
    pub(crate) scratch: &'a Scratch,
    pub(crate) session: &'a Session,
    /// The message that sets everything back to what every statement may rely on.
    pub(crate) pins: String,
}

/// Runs all statements; what is left over is an error that names each place.
pub(crate) async fn apply(site: &Site<'_>, statements: &[DeclaredStatement]) -> Result<(), Error> {
    let refused = apply_what_works(site, statements).await?;
    if refused.is_empty() {
        Ok(())
    } else {
        Err(refusals(&refused))
    }
}

/// Runs what works, and returns the rest.
///
/// # Errors
/// Where the session is lost, or a file sets what cannot be set.
pub(crate) async fn apply_what_works<'a>(
    site: &Site<'_>,
    statements: &'a [DeclaredStatement],
) -> Result<Vec<Refused<'a>>, Error> {
    let (refused, tries) = counted(site, statements).await?;
    tracing::debug!(
        statements = statements.len(),
        tries,
        "declared statements were run"
    );
    Ok(refused)
}

/// The same, with how many statements were sent.
async fn counted<'a>(
    site: &Site<'_>,
    statements: &'a [DeclaredStatement],
) -> Result<(Vec<Refused<'a>>, usize), Error> {
    let mut tries = 0;
    let mut settings: Option<&[String]> = None;
    let mut order = Order::new(statements);
    // Up to which number statements that follow each other were tried as one message.
    let mut tried = 0;
    while let Some(number) = order.next() {
        let Some(statement) = statements.get(number) else {
            continue;
        };
        if settings != Some(statement.settings.as_slice()) {
            set(site, "off", &statement.settings).await?;
            settings = Some(&statement.settings);
        }
        if number >= tried && order.is_first_round() {
            let batch = batch(statements, number);
            tried = number + batch.len();
            if batch.len() > 1 && run_batch(site, batch).await {
                tries += batch.len();
                order.done(number..tried);
                continue;
            }
        }
        tries += 1;
        match run(site, statement).await {
            Ok(()) => order.done(number..number + 1),
            Err(error) if error.is_connection_lost() => return Err(crate::error::from_database(error)),
            // Whatever is wrong may be so for the order alone: a query that groups by a key, before the key is there, has
            // another error than one that names no table.
            Err(error) => order.refused(number, error),
        }
    }
    let left = order.left();
    let refused = left.map(|(statement, error)| Refused::new(statement, error));
    Ok((refused.collect(), tries))
}

/// Runs a statement, with the roles that it names.
async fn run(site: &Site<'_>, statement: &DeclaredStatement) -> Result<(), DatabaseError> {
    roles::with_roles(
        site.scratch,
        |error| Some(error),
        async || site.session.execute(&statement.sql).await,
    )
    .await
}

/// How many statements go as one message.
const BATCH: usize = 20;

/// The statements from one on that may go as one message: those that were made from structs, which cannot but make
/// objects.
fn batch(statements: &[DeclaredStatement], from: usize) -> &[DeclaredStatement] {
    let rest = statements.get(from..).unwrap_or_default();
    let length = rest
        .iter()
        .take(BATCH)
        .take_while(|one| one.place.is_of_struct())
        .count();
    rest.get(..length).unwrap_or_default()
}

/// Runs statements as one message, all of them or none, which spares a commit and a way to the server for each.
async fn run_batch(site: &Site<'_>, batch: &[DeclaredStatement]) -> bool {
    let message = batch
        .iter()
        .map(|one| one.sql.as_str())
        .collect::<Vec<_>>()
        .join(";\n");
    site.session.execute(&message).await.is_ok()
}

/// Sets what a file sets, and nothing else but whether bodies of functions are looked into. A role that one file sets is
/// not that of the next.
async fn set(site: &Site<'_>, check_function_bodies: &str, settings: &[String]) -> Result<(), Error> {
    let session = site.session;
    session
        .execute(&site.pins)
        .await
        .map_err(crate::error::from_database)?;
    let preamble = format!(
        "RESET SESSION AUTHORIZATION; RESET ROLE; SET check_function_bodies = {check_function_bodies}"
    );
    session
        .execute(&preamble)
        .await
        .map_err(crate::error::from_database)?;
    for setting in settings {
        // A dump of a newer major sets what an older one does not know; it says nothing about the schema.
        match session.execute(setting).await {
            Ok(()) => {}
            Err(error) if error.sqlstate() == Some("42704") => {}
            Err(error) => return Err(crate::error::from_database(error)),
        }
    }
    Ok(())
}

/// Whether an error may go away once other statements have run: something named does not exist yet.
pub(crate) fn is_missing_object(error: &DatabaseError) -> bool {
    matches!(
        error.sqlstate(),
        // undefined table, object, function, column, schema; a key that a foreign key needs
        Some("42P01" | "42704" | "42883" | "42703" | "3F000" | "42830")
    )
}

/// Whether a statement was made from a struct and only lacks a table that is refused itself: that is told.
fn follows(one: &Refused<'_>, refused: &[Refused<'_>]) -> bool {
    let message = one.error.message().replace('"', "");
    one.error.sqlstate() == Some("42P01")
        && one.statement.place.is_of_struct()
        && refused.iter().any(|other| {
            let name = other.statement.sql.strip_prefix("CREATE TABLE ");
            let name = name.and_then(|rest| rest.split(" (").next());
            name.is_some_and(|name| message == format!("relation {} does not exist", name.replace('"', "")))
        })
}

/// Whether the server was built or installed without something; whatever else PostgreSQL does not support, it supports on
/// no server.
fn is_lacking(error: &DatabaseError) -> bool {
    error.routine() == Some("parse_extension_control_file")
        || error.message().contains("extension")
        || error.is("0A000") && error.message().contains("build")
}

/// The error that names every function whose body the server does not take.
pub(crate) fn body_refusals(refused: &[Refused<'_>]) -> Error {
    told(refused.iter()).hint(
        "where the body shall not be checked, since what it names is made when it runs, begin the file with \
         `SET check_function_bodies = off;`",
    )
}

/// The error that names every statement that is left over. What only lacks an object is not told beside what is wrong by
/// itself: that may well be why.
pub(crate) fn refusals(refused: &[Refused<'_>]) -> Error {
    let is_wrong = |one: &&Refused<'_>| !is_missing_object(&one.error);
    let are_wrong = refused.iter().any(|one| is_wrong(&one));
    let told_of = refused
        .iter()
        .filter(|one| !are_wrong || is_wrong(one))
        .filter(|one| !follows(one, refused));
    told(told_of)
}

/// An error with a place for each.
fn told<'r, 'a: 'r>(refused: impl Iterator<Item = &'r Refused<'a>>) -> Error {
    let diagnostics = refused
        .map(|one| {
            let Refused { statement, error, .. } = one;
            let snippet = statement.place.snippet(&statement.sql, one.position(), "");
            let mut diagnostic = Diagnostic::new(error.message().to_owned()).at(snippet);
            diagnostic.notes = database_notes(error);
            if is_lacking(error) {
                diagnostic.hints.push(
                    "the scratch server lacks it: install it there, or name a server that has it by `url` under `[scratch]` in limbeck.toml"
                        .to_owned(),
                );
            }
            diagnostic.hints.extend(roles::tablespace_hint(error));
            diagnostic
        })
        .collect();
    Error::several(Failure::Failed, diagnostics)
}
