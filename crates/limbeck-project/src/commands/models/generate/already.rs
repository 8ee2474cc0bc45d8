//! What the project declares before structs are made.

use std::collections::BTreeSet;

use limbeck_catalog::Kind;

use super::from::Found;
use super::target::Target;
use crate::apply;
use crate::declared::Declared;
use crate::{Diagnostic, Error, Event, Events, Failure, ObjectId, Project};

/// How many objects are named.
const MOST: usize = 10;

/// Refuses to declare something a second time. Where it is only printed, it is a warning.
pub(super) async fn refuse(
    project: &Project,
    found: &Found<'_>,
    target: &Target,
    events: Events<'_>,
) -> Result<(), Error> {
    let there = match there(project, found, target).await {
        Ok(there) => there,
        Err(error) => {
            let mut messages = error.diagnostics().iter().map(|one| one.message.as_str());
            events(Event::Warning(format!(
                "what the project declares already is not known, since it cannot be read: {}",
                messages.next().unwrap_or_default()
            )));
            return Ok(());
        }
    };
    let wanted = found.state.catalog.declarable();
    let twice: Vec<&ObjectId> = wanted.intersection(&there).filter(|id| !is_shared(id)).collect();
    if twice.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the project declares {} of {} objects already, and they would be declared twice",
        twice.len(),
        wanted.len()
    );
    if target.is_dry_run() {
        events(Event::Warning(message));
        return Ok(());
    }
    let mut diagnostic = Diagnostic::new(message);
    diagnostic.notes = twice.iter().take(MOST).map(ToString::to_string).collect();
    if twice.len() > MOST {
        diagnostic.notes.push(format!("and {} more", twice.len() - MOST));
    }
    Err(Error::new(Failure::Usage, diagnostic)
        .hint("for what models and database differ in, run `limbeck diff models: database:`")
        .hint("to begin anew, take what declares them out of `models` and `schema` in limbeck.toml; `--into -` prints instead of writing"))
}

/// What is made by what the project declares, as far as it can be run.
async fn there(project: &Project, found: &Found<'_>, target: &Target) -> Result<BTreeSet<ObjectId>, Error> {
    let declared = Declared::so_far(project, target.module())?;
    if declared.statements.is_empty() {
        return Ok(BTreeSet::new());
    }
    let database = found.bench.database().await?;
    let session = found.bench.session(&database).await?;
    apply::apply_what_works(&found.bench.site(&session), &declared.statements).await?;
    let catalog = found.bench.read(&session).await?;
    drop(session);
    found.bench.discard(database).await;
    Ok(catalog.declarable())
}

/// What may be said in several places.
fn is_shared(id: &ObjectId) -> bool {
    matches!(id.kind, Kind::Schema | Kind::Privileges | Kind::DefaultPrivileges)
}
