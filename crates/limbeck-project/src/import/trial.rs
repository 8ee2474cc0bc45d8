//! Proof of an imported history: every revision is run up from empty, and down again where it has a way down.

use limbeck_catalog::Catalog;
use limbeck_history::{History, Revision, RevisionId};
use limbeck_server::ScratchDatabase;
use sha2::{Digest, Sha256};

use crate::workbench::{State, Workbench};
use crate::{Error, Event, Project, prove, roles};

/// A way down that does not lead back.
#[derive(Debug)]
pub(crate) struct WrongDown {
    pub(crate) id: RevisionId,
    /// Why, in words: what failed, or each object that is not as it was.
    pub(crate) reason: String,
}

/// The ways down that do not lead back to where their revisions began.
///
/// # Errors
/// When a way up fails, or a server does.
pub(crate) async fn wrong_downs(
    bench: &Workbench<'_>,
    project: &Project,
    history: &History,
) -> Result<Vec<WrongDown>, Error> {
    let order = history.order_all();
    let trial = Trial {
        bench,
        project,
        order: &order,
        // A role is the whole server's: what makes one cannot run twice there.
        is_repeatable: !roles::are_made_by_any(order.iter().copied()),
    };
    (bench.events())(Event::Phase(format!(
        "running {} revisions up on scratch",
        order.len()
    )));
    let (database, states) = trial.up().await?;
    (bench.events())(Event::Phase("and down again".to_owned()));
    trial.down(database, &states).await
}

struct Trial<'a, 'e> {
    bench: &'a Workbench<'e>,
    project: &'a Project,
    order: &'a [&'a Revision],
    is_repeatable: bool,
}

/// What a catalogue says, short enough to keep one for each revision.
type Fingerprint = [u8; 32];

fn fingerprint(catalog: &Catalog) -> Result<Fingerprint, Error> {
    let bytes = serde_json::to_vec(catalog)
        .map_err(|cause| Error::failed("a catalogue cannot be written down").caused_by(cause))?;
    Ok(Sha256::digest(bytes).into())
}

impl Trial<'_, '_> {
    /// Runs everything; the state before each revision that has a way down.
    async fn up(&self) -> Result<(ScratchDatabase, Vec<Option<Fingerprint>>), Error> {
        let database = self.bench.database().await?;
        let owner = self.bench.owner_session(&database).await?;
        let superuser = self.bench.session(&database).await?;
        let mut states = Vec::with_capacity(self.order.len());
        for revision in self.order {
            // Only a way down is held against it.
            states.push(if revision.is_reversible() && !revision.steps.is_empty() {
                Some(fingerprint(&self.bench.read(&superuser).await?)?)
            } else {
                None
            });
            for side in revision.steps.iter().filter_map(|step| step.up.as_ref()) {
                self.bench
                    .run_step(self.project, &owner, &superuser, revision, side)
                    .await?;
            }
        }
        Ok((database, states))
    }

    async fn down(
        &self,
        database: ScratchDatabase,
        states: &[Option<Fingerprint>],
    ) -> Result<Vec<WrongDown>, Error> {
        let mut wrong = Vec::new();
        // A database at the state after some number of revisions.
        let mut at = Some((self.order.len(), database));
        for (number, revision) in self.order.iter().enumerate().rev() {
            if !revision.is_reversible() || revision.steps.is_empty() {
                // Without steps the state before is the state after.
                if revision.steps.is_empty()
                    && let Some((place, _)) = &mut at
                    && *place == number + 1
                {
                    *place = number;
                }
                continue;
            }
            let database = match at.take() {
                Some((place, database)) if place == number + 1 => database,
                stale => {
                    if let Some((_, database)) = stale {
                        self.bench.discard(database).await;
                    }
                    if !self.is_repeatable {
                        wrong.push(WrongDown {
                            id: revision.id.clone(),
                            reason: "it cannot be proven, since the history makes roles, which cannot be made twice"
                                .to_owned(),
                        });
                        continue;
                    }
                    let before = self.order.get(..=number).unwrap_or_default();
                    self.bench.replayed(self.project, before).await?.database
                }
            };
            match self.back(revision, &database).await {
                Ok(catalog) if Some(&Some(fingerprint(&catalog)?)) == states.get(number) => {
                    at = Some((number, database));
                }
                Ok(catalog) => {
                    let found = State { catalog, database };
                    wrong.extend(self.differs(revision, number, &found).await?);
                    self.bench.discard(found.database).await;
                }
                Err(error) => {
                    self.bench.discard(database).await;
                    wrong.push(WrongDown {
                        id: revision.id.clone(),
                        reason: error.to_string(),
                    });
                }
            }
        }
        wrong.reverse();
        Ok(wrong)
    }

    async fn back(&self, revision: &Revision, database: &ScratchDatabase) -> Result<Catalog, Error> {
        let owner = self.bench.owner_session(database).await?;
        let superuser = self.bench.session(database).await?;
        for side in revision.steps.iter().rev().filter_map(|step| step.down.as_ref()) {
            self.bench
                .run_step(self.project, &owner, &superuser, revision, side)
                .await?;
        }
        self.bench.read(&superuser).await
    }

    /// What is not as it was before the revision, if that means anything: columns may stand in another order.
    async fn differs(
        &self,
        revision: &Revision,
        number: usize,
        found: &State,
    ) -> Result<Option<WrongDown>, Error> {
        let wrong = |reason| WrongDown {
            id: revision.id.clone(),
            reason,
        };
        if !self.is_repeatable {
            return Ok(Some(wrong(
                "it does not lead back to where the revision began".to_owned(),
            )));
        }
        let before = self.order.get(..number).unwrap_or_default();
        let wanted = self.bench.replayed(self.project, before).await?;
        let told = prove::must_be(self.bench, found, &wanted, "it does not lead back").await;
        self.bench.discard(wanted.database).await;
        Ok(told.err().map(|error| {
            let notes = error
                .diagnostics()
                .iter()
                .flat_map(|diagnostic| &diagnostic.notes);
            let notes: Vec<String> = notes.cloned().collect();
            wrong(format!(
                "it does not lead back to where the revision began\n{}",
                notes.join("\n")
            ))
        }))
    }
}

/// An error with its notes.
pub(crate) fn in_full(error: &Error) -> String {
    let mut text = error.to_string();
    for note in error
        .diagnostics()
        .iter()
        .flat_map(|diagnostic| &diagnostic.notes)
    {
        text.push_str("\n  ");
        text.push_str(&note.replace('\n', "\n  "));
    }
    text
}
