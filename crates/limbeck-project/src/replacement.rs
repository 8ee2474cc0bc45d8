//! Whether an edited revision may take the place of the one that was applied: both histories are replayed side by side.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_history::{History, Revision, RevisionId};
use limbeck_server::ScratchDatabase;

use crate::prove::{self, notes};
use crate::workbench::{State, Workbench};
use crate::{Diagnostic, Error, Events, Project, Snippet, roles};

/// A history as it was applied, and as it would have been with edited files.
pub(crate) struct Edit<'a> {
    pub(crate) applied: &'a History,
    pub(crate) edited: &'a History,
    /// The revisions that were edited.
    pub(crate) of: BTreeSet<RevisionId>,
}

/// What a trial has shown.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// What speaks against the edit.
    pub(crate) refusals: Vec<Diagnostic>,
    /// What there is to know of a revision, by identifier.
    pub(crate) notes: BTreeMap<String, Vec<String>>,
}

/// Replays both histories, and compares them after each edited revision and at the end.
pub(crate) async fn try_out(
    project: &Project,
    edit: &Edit<'_>,
    events: Events<'_>,
) -> Result<Verdict, Error> {
    let order = edit.applied.order_all();
    let bench = Workbench::open(project, events).await?;
    // Roles are the whole server's: each history then has a server of its own.
    let other = if roles::are_made_by_any(order.iter().copied().chain(edit.edited.order_all())) {
        Some(Workbench::open(project, events).await?)
    } else {
        None
    };
    let mut trial = Trial {
        project,
        applied: Side {
            database: bench.database().await?,
            bench: &bench,
        },
        edited: Side {
            database: other.as_ref().unwrap_or(&bench).database().await?,
            bench: other.as_ref().unwrap_or(&bench),
        },
        verdict: Verdict::default(),
    };
    let files: Vec<&Revision> = order
        .iter()
        .map(|revision| edit.edited.get(&revision.id).unwrap_or(revision))
        .collect();
    let mut done = 0;
    for (n, revision) in order.iter().enumerate() {
        if !edit.of.contains(&revision.id) {
            continue;
        }
        let between = order.get(done..n).unwrap_or_default();
        let between_files = files.get(done..n).unwrap_or_default();
        let Some(file) = files.get(n) else { continue };
        if !trial.go_on(between, between_files).await? || !trial.revision(revision, file).await? {
            return Ok(trial.verdict);
        }
        done = n + 1;
    }
    let rest = order.get(done..).unwrap_or_default();
    if !rest.is_empty() && trial.go_on(rest, files.get(done..).unwrap_or_default()).await? {
        trial.compare_at_heads().await?;
    }
    Ok(trial.verdict)
}

/// One of the two histories, as far as it was replayed.
struct Side<'a, 'e> {
    bench: &'a Workbench<'e>,
    database: ScratchDatabase,
}

impl Side<'_, '_> {
    async fn run(&self, project: &Project, revisions: &[&Revision]) -> Result<State, Error> {
        let database = self.database.clone();
        Box::pin(self.bench.replayed_on(project, database, revisions)).await
    }

    /// The state that stands, with a database of its own that stays as it is.
    async fn kept(&self, project: &Project) -> Result<State, Error> {
        let catalog = self.run(project, &[]).await?.catalog;
        let database = self.bench.copy(&self.database).await?;
        Ok(State { catalog, database })
    }
}

struct Trial<'a, 'e> {
    project: &'a Project,
    applied: Side<'a, 'e>,
    edited: Side<'a, 'e>,
    verdict: Verdict,
}

impl Trial<'_, '_> {
    /// Replays revisions that were not edited, on both sides. `false` where the edited side fails.
    async fn go_on(&mut self, applied: &[&Revision], edited: &[&Revision]) -> Result<bool, Error> {
        self.applied.run(self.project, applied).await?;
        match self.edited.run(self.project, edited).await {
            Ok(_) => Ok(true),
            Err(error) => {
                self.refuse_failure(error, "what follows the edit does not run any more");
                Ok(false)
            }
        }
    }

    /// Replays an edited revision on both sides, and tries its way down. `false` where nothing can follow.
    async fn revision(&mut self, applied: &Revision, file: &Revision) -> Result<bool, Error> {
        let before = self.edited.kept(self.project).await?;
        let was = self.applied.run(self.project, &[applied]).await?;
        let is = match self.edited.run(self.project, &[file]).await {
            Ok(is) => is,
            Err(error) => {
                self.refuse_failure(error, "the edited file does not run");
                return Ok(false);
            }
        };
        let message = format!("the edit of revision `{}` changes the schema", file.id);
        self.compare(&is, &was, message, Some(file)).await?;
        let is_same = self.verdict.refusals.is_empty();
        if downs(applied) != downs(file) {
            self.way_down(applied, file, &before).await?;
        }
        if self.verdict.refusals.is_empty() && file.is_reversible() && sql(applied) != sql(file) {
            self.with_rows(applied, file, (&before, &is)).await?;
        }
        if is_same && ups(applied) != ups(file) {
            self.note(file, "schemas are compared, and not what statements do to rows");
        }
        Ok(true)
    }

    /// The way down was edited: it leads back, or at least where the applied one does.
    async fn way_down(&mut self, applied: &Revision, file: &Revision, before: &State) -> Result<(), Error> {
        if !file.is_reversible() {
            if applied.is_reversible() {
                let message = format!(
                    "the edit takes the way down from revision `{}`, which had one",
                    file.id
                );
                self.refuse(self.at(file, message));
            }
            return Ok(());
        }
        let back = match self.edited.down(self.project, file).await {
            Ok(back) => back,
            Err(error) => {
                self.refuse_failure(error, "the edited way down does not run");
                return Ok(());
            }
        };
        let bench = self.edited.bench;
        let plan = bench.plan(&back, before, &[], &[]).await?;
        if plan.is_empty() {
            return Ok(());
        }
        if applied.is_reversible()
            && let Ok(was_back) = self.applied.down(self.project, applied).await
            && bench.plan(&back, &was_back, &[], &[]).await?.is_empty()
        {
            self.verdict.notes.entry(file.id.to_string()).or_default().push(
                "its way down does not lead back to where it came from; neither did the applied one"
                    .to_owned(),
            );
            return Ok(());
        }
        let message = format!("the edited way down of revision `{}` does not lead back", file.id);
        let mut diagnostic = self.at(file, message);
        diagnostic.notes = notes(&plan, &back.catalog, &before.catalog);
        self.refuse(diagnostic);
        Ok(())
    }

    async fn compare_at_heads(&mut self) -> Result<(), Error> {
        if !self.verdict.refusals.is_empty() {
            // It differed before already.
            return Ok(());
        }
        let was = self.applied.run(self.project, &[]).await?;
        let is = self.edited.run(self.project, &[]).await?;
        let message = "with the edit, the revisions that follow lead to another schema".to_owned();
        self.compare(&is, &was, message, None).await
    }

    async fn compare(
        &mut self,
        is: &State,
        was: &State,
        message: String,
        file: Option<&Revision>,
    ) -> Result<(), Error> {
        let plan = self.edited.bench.plan(is, was, &[], &[]).await?;
        if plan.is_empty() {
            return Ok(());
        }
        let mut diagnostic = match file {
            Some(file) => self.at(file, message),
            None => Diagnostic::new(message),
        };
        diagnostic.notes = notes(&plan, &is.catalog, &was.catalog);
        self.refuse(diagnostic);
        Ok(())
    }

    fn at(&self, file: &Revision, message: String) -> Diagnostic {
        Diagnostic::new(message).at(Snippet::file(self.project.relative(&file.path)))
    }

    /// There and back with a row in every table: as the applied revision did, at least.
    async fn with_rows(
        &mut self,
        applied: &Revision,
        file: &Revision,
        way: (&State, &State),
    ) -> Result<(), Error> {
        let bench = self.edited.bench;
        let failure = "the way down does not lead back";
        let Err(error) = prove::with_rows(bench, self.project, file, way, failure).await else {
            return Ok(());
        };
        if prove::with_rows(bench, self.project, applied, way, failure)
            .await
            .is_err()
        {
            self.note(
                file,
                "with rows in the tables it cannot be taken back; neither could the applied one",
            );
            return Ok(());
        }
        self.refuse_failure(
            error,
            "with rows in the tables, the edited file does not go there and back",
        );
        Ok(())
    }

    fn note(&mut self, file: &Revision, note: &str) {
        let notes = self.verdict.notes.entry(file.id.to_string()).or_default();
        notes.push(note.to_owned());
    }

    /// A failure of the edited side is what speaks against it.
    fn refuse_failure(&mut self, error: Error, what: &str) {
        for mut diagnostic in error.diagnostics().to_vec() {
            diagnostic.message = format!("{what}: {}", diagnostic.message);
            // What a run advises is not what to do here.
            diagnostic.hints.clear();
            self.refuse(diagnostic);
        }
    }

    fn refuse(&mut self, diagnostic: Diagnostic) {
        self.verdict.refusals.push(diagnostic.hint(
            "undo the edit, or undo it and write the change as a new revision: `limbeck revision -m \"…\"`",
        ));
    }
}

impl Side<'_, '_> {
    /// Where the way down of the revision that was run last leads, on a copy.
    async fn down(&self, project: &Project, revision: &Revision) -> Result<State, Error> {
        let database = self.bench.copy(&self.database).await?;
        let owner = self.bench.owner_session(&database).await?;
        let superuser = self.bench.session(&database).await?;
        for step in revision.steps.iter().rev() {
            if let Some(side) = &step.down {
                self.bench
                    .run_step(project, &owner, &superuser, revision, side)
                    .await?;
            }
        }
        let catalog = self.bench.read(&superuser).await?;
        Ok(State { catalog, database })
    }
}

/// The ways down of a revision's steps, by what they do.
fn downs(revision: &Revision) -> Vec<Option<&str>> {
    let downs = revision.steps.iter().map(|step| step.down.as_ref());
    downs.map(|down| down.map(|down| down.hash.as_str())).collect()
}

/// What a revision's steps do on their way up, comments and blanks aside.
fn ups(revision: &Revision) -> Vec<String> {
    let ups = revision.steps.iter().filter_map(|step| step.up.as_ref());
    ups.map(|up| words(&up.sql)).collect()
}

/// What a revision's steps do both ways, comments and blanks aside.
fn sql(revision: &Revision) -> Vec<String> {
    let sides = revision.steps.iter().flat_map(|step| [&step.up, &step.down]);
    sides.flatten().map(|side| words(&side.sql)).collect()
}

/// SQL without its comments and blanks.
fn words(sql: &str) -> String {
    let words = limbeck_sql::tokens(sql)
        .into_iter()
        .filter(|token| !token.kind.is_blank())
        .filter_map(|token| sql.get(token.range));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn comments_and_blanks_are_no_words() {
        assert_eq!(
            words("CREATE  TABLE t ( -- a table\n  a int /* a column */\n);"),
            words("CREATE TABLE t (a int);")
        );
        assert_ne!(words("SELECT 'a  b';"), words("SELECT 'a b';"));
    }
}
