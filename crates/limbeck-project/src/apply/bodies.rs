//! The bodies of functions, which PostgreSQL looks into when a function is made.
//!
//! Statements stand in any order, so that functions are made with that check off. When everything is there, each is made
//! once more with the check on, over itself, in a transaction that is rolled back: so PostgreSQL's own error points into
//! the very statement. A file that turns the check off by itself, as a dump does, means it.

use limbeck_postgres::{DatabaseError, Session, sqlstate};
use limbeck_sql::first_words;

use super::{Refused, Site, set};
use crate::Error;
use crate::declared::DeclaredStatement;

/// What makes a statement one that may be run again.
const OR_REPLACE: &str = " OR REPLACE";

/// The functions and procedures of `.sql` files whose bodies PostgreSQL does not take.
pub(crate) async fn refused_bodies<'a>(
    site: &Site<'_>,
    statements: &'a [DeclaredStatement],
) -> Result<Vec<Refused<'a>>, Error> {
    let routines: Vec<Routine<'a>> = statements.iter().filter_map(Routine::of).collect();
    let mut refused = Vec::new();
    for group in routines.chunk_by(|a, b| a.statement.settings == b.statement.settings) {
        let Some(first) = group.first() else { continue };
        set(site, "on", &first.statement.settings).await?;
        if !checks_bodies(site.session).await? || run_at_once(site.session, group).await? {
            continue;
        }
        for routine in group {
            if let Err(error) = rolled_back(site.session, &routine.sql).await?
                && is_about_body(&error)
            {
                refused.push(Refused {
                    statement: routine.statement,
                    error,
                    inserted: routine.inserted,
                });
            }
        }
    }
    Ok(refused)
}

/// A file of functions whose bodies are not to be checked.
pub(crate) fn unchecked(text: &str) -> String {
    format!(
        "-- Some of these functions name what is not there, and PostgreSQL shall not look for it.\n\
         SET check_function_bodies = off;\n\n{text}"
    )
}

/// A function or procedure, and the statement that makes it over itself.
struct Routine<'a> {
    statement: &'a DeclaredStatement,
    sql: String,
    inserted: usize,
}

impl<'a> Routine<'a> {
    fn of(statement: &'a DeclaredStatement) -> Option<Self> {
        if statement.by_hand || statement.place.is_of_struct() {
            return None;
        }
        let words = first_words(&statement.sql);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["CREATE", "FUNCTION" | "PROCEDURE", ..] => {
                let (create, rest) = statement.sql.split_at_checked("CREATE".len())?;
                Some(Self {
                    statement,
                    sql: format!("{create}{OR_REPLACE}{rest}"),
                    inserted: OR_REPLACE.len(),
                })
            }
            ["CREATE", "OR", "REPLACE", "FUNCTION" | "PROCEDURE", ..] => Some(Self {
                statement,
                sql: statement.sql.clone(),
                inserted: 0,
            }),
            _ => None,
        }
    }
}

/// Whether an error says something of a body. Whether the role that a file sets may do what its functions do is for the day
/// when they are run; and that a function was made once more later on, of another form, is told without a position.
fn is_about_body(error: &DatabaseError) -> bool {
    match error.sqlstate() {
        Some(sqlstate::INSUFFICIENT_PRIVILEGE) => false,
        // invalid_function_definition, wrong_object_type.
        Some("42P13" | "42809") => error.position().is_some() || error.internal_position().is_some(),
        _ => true,
    }
}

/// Whether the check is still on after what the file sets.
async fn checks_bodies(session: &Session) -> Result<bool, Error> {
    let rows = session.query_text("SHOW check_function_bodies").await;
    let rows = rows.map_err(crate::error::from_database)?;
    Ok(rows.into_iter().flatten().flatten().any(|value| value == "on"))
}

/// Whether all bodies are fine, asked by one message.
async fn run_at_once(session: &Session, routines: &[Routine<'_>]) -> Result<bool, Error> {
    let mut message = String::from("BEGIN;\n");
    for routine in routines {
        message.push_str(&routine.sql);
        message.push_str(";\n");
    }
    message.push_str("ROLLBACK");
    if session.execute(&message).await.is_ok() {
        return Ok(true);
    }
    execute(session, "ROLLBACK").await?;
    Ok(false)
}

/// What the server says of a statement, which leaves nothing behind.
async fn rolled_back(session: &Session, sql: &str) -> Result<Result<(), DatabaseError>, Error> {
    execute(session, "BEGIN").await?;
    let outcome = session.execute(sql).await;
    execute(session, "ROLLBACK").await?;
    Ok(outcome)
}

async fn execute(session: &Session, sql: &str) -> Result<(), Error> {
    session.execute(sql).await.map_err(crate::error::from_database)
}
