//! Proof before writing: the very bytes of a revision are run up and down on scratch.
//!
//! Once on empty tables, with the way back from every prefix of its steps, and once with a row in every table.
//! A revision that does not lead to what is wanted, or not back to where it started, is not written.

mod difference;
mod rows;

use std::collections::BTreeSet;
use std::path::Path;

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};
use limbeck_history::{Revision, Step};
use limbeck_plan::{Plan, Rename};
use limbeck_postgres::{DatabaseError, Session};
use limbeck_sql::QualifiedName;

use crate::autogenerate::Comparison;
use crate::workbench::{State, Workbench};
use crate::{Error, Event, Project, error, roles};

pub(crate) use difference::{differences, must_be, notes, objects as objects_of};

/// What a proof found out besides that it holds.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    /// Tables that were left empty, for no row could be found that the revision's own demands accept.
    pub(crate) proven_empty: BTreeSet<ObjectId>,
    /// Columns in which rows are given a value though NULL would do: the revision requires it.
    valued: BTreeSet<ObjectId>,
}

/// Where a revision must lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads {
    /// To what is declared.
    ToWhatIsWanted,
    /// Wherever: a program changed its steps. That it does not lead to what is declared is told, and no fault.
    Elsewhere,
}

/// Proves a revision's text.
pub(crate) async fn prove(
    bench: &Workbench<'_>,
    project: &Project,
    comparison: &Comparison,
    leads: Leads,
    path: &Path,
    text: &str,
) -> Result<Proof, Error> {
    let revision =
        Revision::parse(path, text.as_bytes()).map_err(|cause| error::from_revision(project, cause))?;
    let trial = Trial {
        bench,
        project,
        way: Way::of(comparison),
        leads,
        revision: &revision,
    };
    let phase = |what: &str| (bench.events())(Event::Phase(format!("proving the revision {what}")));
    let (empty, rows) = (
        Box::pin(trial.every_prefix_on_empty_tables()),
        Box::pin(trial.with_rows()),
    );
    if roles::are_made_by(text) {
        phase("on empty tables");
        empty.await?;
        phase("with rows");
        return rows.await;
    }
    phase("on empty tables and with rows");
    let (empty, rows) = tokio::join!(empty, rows);
    empty.and(rows)
}

/// Runs a revision up and down with a row in every table for which one can be found. `failure` is what is said where
/// it does not lead back.
pub(crate) async fn with_rows(
    bench: &Workbench<'_>,
    project: &Project,
    revision: &Revision,
    (current, wanted): (&State, &State),
    failure: &'static str,
) -> Result<(), Error> {
    let plan = bench.plan(current, wanted, &[], &[]).await?;
    let way = Way {
        current,
        wanted,
        renames: &[],
        plan: &plan,
        failure,
    };
    let trial = Trial {
        bench,
        project,
        way,
        leads: Leads::ToWhatIsWanted,
        revision,
    };
    Box::pin(trial.with_rows()).await.map(|_| ())
}

/// From which state a revision leads to which.
struct Way<'a> {
    current: &'a State,
    wanted: &'a State,
    renames: &'a [Rename],
    plan: &'a Plan,
    /// What is said where the way down does not lead back with rows.
    failure: &'static str,
}

impl<'a> Way<'a> {
    fn of(comparison: &'a Comparison) -> Self {
        Self {
            current: &comparison.current,
            wanted: &comparison.wanted.state,
            renames: &comparison.renames,
            plan: &comparison.plan,
            failure: "with rows, the way down does not lead back; it was not written",
        }
    }
}

/// A revision on trial.
struct Trial<'a, 'e> {
    bench: &'a Workbench<'e>,
    project: &'a Project,
    way: Way<'a>,
    leads: Leads,
    revision: &'a Revision,
}

impl Trial<'_, '_> {
    fn is_whole(&self, steps: &[Step]) -> bool {
        steps.len() == self.revision.steps.len()
    }

    async fn every_prefix_on_empty_tables(&self) -> Result<(), Error> {
        for steps in 1..=self.revision.steps.len() {
            self.on_empty_tables(&self.revision.steps[..steps]).await?;
        }
        Ok(())
    }

    async fn on_empty_tables(&self, steps: &[Step]) -> Result<(), Error> {
        let database = self.bench.copy(&self.way.current.database).await?;
        let superuser = self.bench.session(&database).await?;
        let owner = self.bench.owner_session(&database).await?;
        self.up(&owner, &superuser, steps).await?;
        let mut state = State {
            catalog: Catalog::default(),
            database,
        };
        // A part of the steps leads nowhere in particular.
        if self.is_whole(steps) {
            state.catalog = self.bench.read(&superuser).await?;
            let is_wanted = must_be(
                self.bench,
                &state,
                self.way.wanted,
                "the revision does not lead to what is declared; it was not written",
            )
            .await;
            match self.leads {
                Leads::ToWhatIsWanted => is_wanted?,
                Leads::Elsewhere if is_wanted.is_err() => (self.bench.events())(Event::Warning(
                    "the revision, whose steps the program changed, does not lead to all that is declared; \
                     `limbeck check` tells what is left"
                        .to_owned(),
                )),
                Leads::Elsewhere => {}
            }
        }
        self.down(&owner, &superuser, steps).await?;
        state.catalog = self.bench.read(&superuser).await?;
        drop((owner, superuser));
        must_be(
            self.bench,
            &state,
            self.way.current,
            "the way down does not lead back; it was not written",
        )
        .await?;
        if !self.is_whole(steps) {
            self.bench.discard(state.database).await;
        }
        Ok(())
    }

    /// With a row in every table for which one can be found. Demands on rows that the revision itself adds (a
    /// check, a foreign key, a cast) may refuse the made-up rows: that says nothing against it, so the table is
    /// left empty and named.
    async fn with_rows(&self) -> Result<Proof, Error> {
        let mut proof = Proof::default();
        loop {
            match self.run_with_rows(&mut proof).await? {
                Outcome::Holds => return Ok(proof),
                Outcome::RefusedNull(columns) => proof.valued.extend(columns),
                Outcome::Refused(tables) => {
                    let before = proof.proven_empty.len();
                    proof.proven_empty.extend(tables);
                    if proof.proven_empty.len() == before {
                        // The rows come from elsewhere: those of a partition are put into the table above it.
                        proof.proven_empty.extend(self.tables_of_the_plan());
                    }
                    if proof.proven_empty.len() == before {
                        proof.proven_empty.extend(self.all_tables());
                    }
                    if proof.proven_empty.len() == before {
                        return Ok(proof);
                    }
                }
            }
        }
    }

    async fn run_with_rows(&self, proof: &mut Proof) -> Result<Outcome, Error> {
        let database = self.bench.copy(&self.way.current.database).await?;
        let superuser = self.bench.session(&database).await?;
        let owner = self.bench.owner_session(&database).await?;
        rows::seed(
            &superuser,
            &self.way.current.catalog,
            &proof.valued,
            &mut proof.proven_empty,
        )
        .await?;
        if let Err(cause) = self.up(&owner, &superuser, &self.revision.steps).await {
            return self.refused(cause, proof);
        }
        // What the revision made has rows too when it goes away again.
        let made = match self.leads {
            Leads::ToWhatIsWanted => None,
            Leads::Elsewhere => Some(self.bench.read(&superuser).await?),
        };
        rows::seed(
            &superuser,
            made.as_ref().unwrap_or(&self.way.wanted.catalog),
            &proof.valued,
            &mut proof.proven_empty,
        )
        .await?;
        if let Err(cause) = self.down(&owner, &superuser, &self.revision.steps).await {
            return self.refused(cause, proof);
        }
        let catalog = self.bench.read(&superuser).await?;
        drop((owner, superuser));
        let state = State { catalog, database };
        must_be(self.bench, &state, self.way.current, self.way.failure).await?;
        Ok(Outcome::Holds)
    }

    /// Whether a failure only says that the made-up rows do not fit, and in which tables.
    fn refused(&self, cause: Error, proof: &Proof) -> Result<Outcome, Error> {
        let Some(database_error) = cause.database_error() else {
            return Err(cause);
        };
        let Some(sqlstate) = database_error.sqlstate() else {
            return Err(cause);
        };
        if sqlstate == "23502" && self.has_requires() {
            let columns = self.columns_of(database_error);
            if !columns.is_subset(&proof.valued) {
                return Ok(Outcome::RefusedNull(columns));
            }
        }
        let is_about_values =
            sqlstate.starts_with("22") || (sqlstate.starts_with("23") && sqlstate != "23502");
        if !is_about_values {
            return Err(cause);
        }
        let named = match (database_error.schema(), database_error.table()) {
            (Some(schema), Some(table)) => BTreeSet::from([ObjectId::in_schema(Kind::Table, schema, table)]),
            _ => self.tables_of_the_plan(),
        };
        Ok(Outcome::Refused(named))
    }

    /// The column that an error names, and what it was called before the revision.
    fn columns_of(&self, error: &DatabaseError) -> BTreeSet<ObjectId> {
        let (Some(schema), Some(table), Some(name)) = (error.schema(), error.table(), error.column()) else {
            return BTreeSet::new();
        };
        let table = QualifiedName::new(schema, table);
        let column = ObjectId::in_relation(Kind::Column, &table, name);
        let mut columns = BTreeSet::new();
        for rename in self.way.renames {
            match rename {
                Rename::Object { from, to } if *to == column => {
                    columns.insert(from.clone());
                }
                Rename::Object { from, to } if to.qualified_name().as_ref() == Some(&table) => {
                    let before = from.qualified_name().filter(|_| from.kind != Kind::Column);
                    columns.extend(before.map(|table| ObjectId::in_relation(Kind::Column, &table, name)));
                }
                _ => {}
            }
        }
        columns.insert(column);
        columns
    }

    /// Whether the revision says what rows must not be.
    fn has_requires(&self) -> bool {
        let sides = self.revision.steps.iter().flat_map(|step| [&step.up, &step.down]);
        sides.flatten().any(|side| !side.requires.is_empty())
    }

    fn tables_of_the_plan(&self) -> BTreeSet<ObjectId> {
        self.way
            .plan
            .actions
            .iter()
            .filter_map(|action| action.object.qualified_name())
            .map(|name| ObjectId::in_schema(Kind::Table, name.schema, name.name))
            .filter(|table| {
                self.way.current.catalog.objects.contains_key(table)
                    || self.way.wanted.catalog.objects.contains_key(table)
            })
            .collect()
    }

    fn all_tables(&self) -> BTreeSet<ObjectId> {
        let states = [&self.way.current.catalog, &self.way.wanted.catalog];
        let objects = states.into_iter().flat_map(|catalog| &catalog.objects);
        objects
            .filter(|(_, object)| matches!(object.definition, Definition::Table(_)))
            .map(|(id, _)| id.clone())
            .collect()
    }

    async fn up(&self, owner: &Session, superuser: &Session, steps: &[Step]) -> Result<(), Error> {
        for step in steps {
            if let Some(side) = &step.up {
                self.bench
                    .run_step(self.project, owner, superuser, self.revision, side)
                    .await?;
            }
        }
        Ok(())
    }

    async fn down(&self, owner: &Session, superuser: &Session, steps: &[Step]) -> Result<(), Error> {
        for step in steps.iter().rev() {
            if let Some(side) = &step.down {
                self.bench
                    .run_step(self.project, owner, superuser, self.revision, side)
                    .await?;
            }
        }
        Ok(())
    }
}

/// How a run with rows ended.
enum Outcome {
    Holds,
    Refused(BTreeSet<ObjectId>),
    /// A NULL is in the way.
    RefusedNull(BTreeSet<ObjectId>),
}
