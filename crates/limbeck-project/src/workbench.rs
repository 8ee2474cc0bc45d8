//! A scratch server, and what is done on it: databases, replays, reading, questions of the planner.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use limbeck_catalog::{Catalog, Kind, ObjectPattern, ReadOptions};
use limbeck_history::{History, Revision, RevisionId};
use limbeck_migrate::MigrateError;
use limbeck_plan::{Action, Answer, Answers, Fill, Options, Plan, Planned, Probe, Rename, Request, Side};
use limbeck_postgres::sqlstate::INSUFFICIENT_PRIVILEGE;
use limbeck_postgres::{DatabaseError, Pins, Session, SessionOptions};
use limbeck_server::{Installation, Scratch, ScratchDatabase, Search};

use crate::apply::Site;
use crate::declared::Declared;
use crate::project::Project;
use crate::{Diagnostic, Error, Event, Events, Failure, Host, Overrides, apply, error, kept, roles, views};

/// How often the planner may ask before something is wrong with it.
const MAXIMUM_ROUNDS: usize = 8;

/// A scratch server at work.
pub(crate) struct Workbench<'e> {
    scratch: Scratch,
    /// Whose server it is, where it is our own.
    installation: Option<Installation>,
    /// What a replay may go on from.
    begun: Mutex<Option<kept::Begun>>,
    /// The last replay.
    replay: Mutex<Option<kept::Replay>>,
    search_path: String,
    read: ReadOptions,
    concurrently: bool,
    events: Events<'e>,
}

/// Whether PostgreSQL looks into the body of a function that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// As it does when a revision is run.
    Checked,
    /// What exists elsewhere is made as it is: a function may name a table that was dropped since.
    Unchecked,
}

/// A state: its facts, and a database that has it.
pub(crate) struct State {
    pub(crate) catalog: Catalog,
    pub(crate) database: ScratchDatabase,
}

impl<'e> Workbench<'e> {
    /// Opens the workbench of a project.
    pub(crate) async fn open(project: &Project, events: Events<'e>) -> Result<Self, Error> {
        if let Some(settings) = project.scratch_settings()? {
            let scratch = Scratch::attach(settings).await.map_err(error::from_server)?;
            return Self::of(project, scratch, None, events);
        }
        let (scratch, installation) = start(&search(project), project.host(), events).await?;
        Self::of(project, scratch, Some(installation), events)
    }

    /// The same, with a server that goes on from what was kept of a history's replay, where there is such.
    pub(crate) async fn open_on(
        project: &Project,
        history: &History,
        declared: &Declared,
        events: Events<'e>,
    ) -> Result<Self, Error> {
        if declared.makes_roles() {
            return Self::open(project, events).await;
        }
        Self::open_on_history(project, history, events).await
    }

    /// The same, where nothing but the history is run.
    pub(crate) async fn open_on_history(
        project: &Project,
        history: &History,
        events: Events<'e>,
    ) -> Result<Self, Error> {
        if project.scratch_settings()?.is_some() {
            return Self::open(project, events).await;
        }
        let installation = installation(&search(project), project.host(), events).await?;
        let Some((scratch, begun)) = kept::start(project, history, &installation, events).await? else {
            return Self::open(project, events).await;
        };
        let mut bench = Self::of(project, scratch, Some(installation), events)?;
        bench.begun = Mutex::new(Some(begun));
        Ok(bench)
    }

    fn of(
        project: &Project,
        scratch: Scratch,
        installation: Option<Installation>,
        events: Events<'e>,
    ) -> Result<Self, Error> {
        let config = project.config();
        let mut read = read_options(project)?;
        read.own_roles.insert(scratch.owner_role().to_owned());
        read.undisturbed = true;
        Ok(Self {
            scratch,
            installation,
            begun: Mutex::default(),
            replay: Mutex::default(),
            search_path: config.database.search_path.clone(),
            read,
            concurrently: config.autogenerate.concurrently,
            events,
        })
    }

    /// Opens a workbench outside a project, of the major version that is wanted.
    pub(crate) async fn open_outside(
        overrides: &Overrides,
        host: &Host,
        major: Option<u32>,
        events: Events<'e>,
    ) -> Result<Self, Error> {
        let search = search_outside(major, overrides, host);
        let (scratch, installation) = start(&search, host, events).await?;
        let own_roles = [scratch.owner_role().to_owned()].into();
        Ok(Self {
            scratch,
            installation: Some(installation),
            begun: Mutex::default(),
            replay: Mutex::default(),
            search_path: "public".to_owned(),
            read: ReadOptions {
                own_roles,
                undisturbed: true,
                ..read_options_outside()
            },
            concurrently: false,
            events,
        })
    }

    /// The same, which reads owners too.
    pub(crate) fn with_owners(mut self, owners: bool) -> Self {
        self.read.owners = owners;
        self
    }

    pub(crate) fn server_version_num(&self) -> u32 {
        self.scratch.server_version_num()
    }

    pub(crate) fn events(&self) -> Events<'e> {
        self.events
    }

    /// A new, empty database.
    pub(crate) async fn database(&self) -> Result<ScratchDatabase, Error> {
        let owner = self.scratch.owner_role();
        self.scratch
            .create_database_owned_by(owner)
            .await
            .map_err(error::from_server)
    }

    /// A copy of a database, which nobody may be connected to.
    pub(crate) async fn copy(&self, database: &ScratchDatabase) -> Result<ScratchDatabase, Error> {
        self.scratch
            .create_database_from(database)
            .await
            .map_err(error::from_server)
    }

    /// Drops a database that has served: a plan of many steps makes many, and they lie in memory.
    pub(crate) async fn discard(&self, database: ScratchDatabase) {
        if let Err(error) = self.scratch.drop_database(database).await {
            tracing::debug!(%error, "a scratch database could not be dropped");
        }
    }

    /// A place where declared statements are run.
    pub(crate) fn site<'a>(&'a self, session: &'a Session) -> Site<'a> {
        let pins = Pins::Running {
            search_path: self.search_path.clone(),
        };
        Site {
            scratch: &self.scratch,
            session,
            pins: pins.message(session.server_major()),
        }
    }

    /// A session as the superuser, running what the project's revisions run with.
    pub(crate) async fn session(&self, database: &ScratchDatabase) -> Result<Session, Error> {
        limbeck_postgres::connect(database.settings(), &self.session_options())
            .await
            .map_err(error::from_connect)
    }

    /// A session as an owner who is no superuser, where the server can give one.
    pub(crate) async fn owner_session(&self, database: &ScratchDatabase) -> Result<Session, Error> {
        let owner = self.scratch.owner_role();
        let settings = if database.settings().user() == owner {
            // On a server of the user's, whose password goes with the user.
            database.settings().clone()
        } else {
            database.settings().with_user(owner)
        };
        limbeck_postgres::connect(&settings, &self.session_options())
            .await
            .map_err(error::from_connect)
    }

    fn session_options(&self) -> SessionOptions {
        SessionOptions {
            application_name: "limbeck".to_owned(),
            pins: Pins::Running {
                search_path: self.search_path.clone(),
            },
            connect_timeout: Duration::from_secs(10),
            pooling: None,
        }
    }

    /// Reads everything that a scratch database holds.
    pub(crate) async fn read(&self, session: &Session) -> Result<Catalog, Error> {
        limbeck_catalog::read(session.client(), &self.read)
            .await
            .map_err(error::from_read)
    }

    /// The state of an empty database.
    pub(crate) async fn empty(&self) -> Result<State, Error> {
        let database = self.database().await?;
        let session = self.session(&database).await?;
        let catalog = self.read(&session).await?;
        drop(session);
        Ok(State { catalog, database })
    }

    /// The state that declared statements make.
    pub(crate) async fn declared(&self, declared: &Declared) -> Result<State, Error> {
        let database = self.database().await?;
        let session = self.session(&database).await?;
        apply::apply(&self.site(&session), &declared.statements).await?;
        views::check_declared(&session, &declared.views).await?;
        let mut catalog = self.read(&session).await?;
        catalog.pin(&declared.pinned_extensions());
        drop(session);
        Ok(State { catalog, database })
    }

    /// The state that revisions lead to, run in the order given.
    pub(crate) async fn replayed(&self, project: &Project, revisions: &[&Revision]) -> Result<State, Error> {
        let began = Instant::now();
        let begun = taken(&self.begun).and_then(|begun| Some((begun.length(revisions)?, begun.database)));
        let gone_on = match begun {
            Some((length, database)) => {
                let rest = revisions.get(length..).unwrap_or_default();
                // From empty it would fail as well, but that is for the whole history to say.
                Box::pin(self.replayed_on(project, database, rest)).await.ok()
            }
            None => None,
        };
        let state = match gone_on {
            Some(state) => state,
            None => {
                let database = self.database().await?;
                Box::pin(self.replayed_on(project, database, revisions)).await?
            }
        };
        let mut replay = self.replay.lock().unwrap_or_else(PoisonError::into_inner);
        *replay = kept::Replay::ended(revisions, began);
        Ok(state)
    }

    /// Keeps the state of the history that was replayed, for the next command to go on from, where that took long.
    pub(crate) async fn keep(self, project: &Project, declared: &Declared, state: &State) {
        if let (Some(installation), Some(replay)) = (self.installation, taken(&self.replay))
            && replay.is_worth_keeping()
            && !declared.makes_roles()
        {
            kept::keep(project, self.scratch, &installation, &state.database, replay).await;
        }
    }

    /// Goes on with revisions on a database that holds those before them.
    pub(crate) async fn replayed_on(
        &self,
        project: &Project,
        database: ScratchDatabase,
        revisions: &[&Revision],
    ) -> Result<State, Error> {
        let session = self.owner_session(&database).await?;
        let superuser = self.session(&database).await?;
        for revision in revisions {
            for step in &revision.steps {
                if let Some(side) = &step.up {
                    self.run_step(project, &session, &superuser, revision, side)
                        .await?;
                }
            }
        }
        let catalog = self.read(&superuser).await?;
        drop((session, superuser));
        Ok(State { catalog, database })
    }

    /// The state of a history at some revisions and all that they need.
    pub(crate) async fn history(
        &self,
        project: &Project,
        history: &History,
        heads: &std::collections::BTreeSet<RevisionId>,
    ) -> Result<State, Error> {
        let order = history.order(&history.ancestors(heads));
        self.replayed(project, &order).await
    }

    /// Runs one side of a step as the owner; what only a superuser may do is done by one, and named.
    pub(crate) async fn run_step(
        &self,
        project: &Project,
        owner: &Session,
        superuser: &Session,
        revision: &Revision,
        side: &limbeck_history::StepSide,
    ) -> Result<(), Error> {
        let run = async |session: &Session| {
            roles::with_roles(&self.scratch, MigrateError::database_error, async || {
                limbeck_migrate::replay_step(session, revision, side, &project.overrides().x).await
            })
            .await
        };
        let mut done = run(owner).await;
        if done
            .as_ref()
            .is_err_and(|error| error.sqlstate() == Some(INSUFFICIENT_PRIVILEGE))
        {
            (self.events)(Event::Note(format!(
                "a step of `{}` needs a superuser on the scratch server, and ran as one",
                revision.id
            )));
            done = run(superuser).await;
        }
        done.map_err(|error| error::from_migrate(project, error))
    }

    /// Carries actions of a plan out, as revisions are run: as the owner, whom `CURRENT_USER` and default privileges
    /// are about, and as a superuser where only one may. Returns the superuser's session.
    pub(crate) async fn carry_out<'a>(
        &self,
        database: &ScratchDatabase,
        actions: impl IntoIterator<Item = &'a Action>,
        bodies: Bodies,
    ) -> Result<Session, Error> {
        let owner = self.owner_session(database).await?;
        let superuser = self.session(database).await?;
        if bodies == Bodies::Unchecked {
            for session in [&owner, &superuser] {
                let off = session.execute("SET check_function_bodies = off").await;
                off.map_err(error::from_database)?;
            }
        }
        let actions: Vec<&Action> = actions.into_iter().collect();
        if runs_at_once(&owner, &actions).await? {
            return Ok(superuser);
        }
        for action in actions {
            for sql in &action.statements {
                let run = async |session: &Session| {
                    roles::with_roles(
                        &self.scratch,
                        |error| Some(error),
                        async || session.execute(sql).await,
                    )
                    .await
                };
                let done = match run(&owner).await {
                    Err(error) if error.is(INSUFFICIENT_PRIVILEGE) => run(&superuser).await,
                    done => done,
                };
                done.map_err(|cause| does_not_run(action, sql, &cause))?;
            }
        }
        Ok(superuser)
    }

    /// Plans from one state to another, answering what the planner asks.
    pub(crate) async fn plan(
        &self,
        current: &State,
        wanted: &State,
        renames: &[Rename],
        fills: &[Fill],
    ) -> Result<Plan, Error> {
        let options = Options {
            concurrently: self.concurrently,
            ..Options::default()
        };
        self.plan_with(current, wanted, renames, fills, options).await
    }

    /// Plans what one side of a step does: all in one transaction, or the one statement that runs in none.
    pub(crate) async fn plan_of_step(
        &self,
        current: &State,
        wanted: &State,
        renames: &[Rename],
        fills: &[Fill],
        transactional: bool,
    ) -> Result<Plan, Error> {
        let options = Options {
            concurrently: self.concurrently,
            one_transaction: transactional,
        };
        self.plan_with(current, wanted, renames, fills, options).await
    }

    async fn plan_with(
        &self,
        current: &State,
        wanted: &State,
        renames: &[Rename],
        fills: &[Fill],
        options: Options,
    ) -> Result<Plan, Error> {
        let catalogs = (&current.catalog, &wanted.catalog);
        plan_asking(catalogs, renames, fills, options, async |probe| {
            let state = match probe.side {
                Side::Current => current,
                Side::Wanted => wanted,
            };
            self.answer(state, probe).await
        })
        .await
    }

    /// Runs a probe in a transaction that is rolled back.
    pub(crate) async fn answer(&self, state: &State, probe: &Probe) -> Result<Answer, Error> {
        let session = self.session(&state.database).await?;
        session
            .execute("BEGIN; SET LOCAL search_path = pg_catalog")
            .await
            .map_err(error::from_database)?;
        let mut outcome = Ok(());
        for sql in &probe.setup {
            outcome = session.execute(sql).await;
            if outcome.is_err() {
                break;
            }
        }
        let answer = match outcome {
            Ok(()) => session.query_text(&probe.read).await.map(|rows| {
                let text = rows
                    .into_iter()
                    .next()
                    .and_then(|row| row.into_iter().next())
                    .flatten();
                Answer::Text(text.unwrap_or_default())
            }),
            Err(error) => Err(error),
        };
        Ok(answer.unwrap_or_else(|error| Answer::Failed {
            sqlstate: error.sqlstate().unwrap_or_default().to_owned(),
            message: error.message().to_owned(),
        }))
    }
}

/// Plans from one catalogue to another, having answered what the planner asks.
pub(crate) async fn plan_asking(
    (current, wanted): (&Catalog, &Catalog),
    renames: &[Rename],
    fills: &[Fill],
    options: Options,
    mut answer: impl AsyncFnMut(&Probe) -> Result<Answer, Error>,
) -> Result<Plan, Error> {
    let mut answers = Answers::new();
    for _ in 0..MAXIMUM_ROUNDS {
        let request = Request {
            current,
            wanted,
            renames,
            fills,
            answers: &answers,
            options,
        };
        match limbeck_plan::plan(&request).map_err(error::from_plan)? {
            Planned::Plan(plan) => return Ok(plan),
            Planned::Questions(probes) => {
                for probe in probes {
                    let answer = answer(&probe).await?;
                    answers.insert(probe.id, answer);
                }
            }
        }
    }
    Err(Error::failed("the planner kept asking and came to no plan")
        .hint("this is a defect of Limbeck; please report it"))
}

/// Whether all actions ran as one message and one transaction, which spares thousands of ways and commits. Nothing is
/// done where they did not.
async fn runs_at_once(owner: &Session, actions: &[&Action]) -> Result<bool, Error> {
    if !actions.iter().all(|action| action.transactional) {
        return Ok(false);
    }
    let mut message = String::from("BEGIN;\n");
    for sql in actions.iter().flat_map(|action| &action.statements) {
        message.push_str(sql);
        message.push_str(";\n");
    }
    message.push_str("COMMIT");
    if owner.execute(&message).await.is_ok() {
        return Ok(true);
    }
    owner.execute("ROLLBACK").await.map_err(error::from_database)?;
    Ok(false)
}

/// A plan's statement that the scratch server does not take.
fn does_not_run(action: &Action, sql: &str, cause: &DatabaseError) -> Error {
    let diagnostic = Diagnostic::new(format!(
        "the plan for {} does not run on the scratch server: {}",
        action.object,
        cause.message()
    ));
    let mut diagnostic = diagnostic.note(format!("statement: {sql}"));
    diagnostic.notes.extend(error::database_notes(cause));
    let error = Error::new(Failure::Failed, diagnostic).by_database(cause);
    // Its file may have said that nobody shall look, and a revision is run as any SQL is.
    if matches!(action.object.kind, Kind::Function | Kind::Procedure) && apply::is_missing_object(cause) {
        return error.hint(
            "PostgreSQL looks into a body when a revision makes the function: where it shall not, write the revision by \
             hand (`limbeck revision -m \"…\"`), with `SET LOCAL check_function_bodies = off;` before the function",
        );
    }
    error
}

/// The variable that names the folder of PostgreSQL's programs.
pub(crate) const BIN_VARIABLE: &str = "LIMBECK_POSTGRES_BIN";

/// Where to look for PostgreSQL's programs.
pub(crate) fn search(project: &Project) -> Search {
    let config = &project.config().server;
    let outside = search_outside(config.major, project.overrides(), project.host());
    Search {
        bin: config
            .bin
            .as_ref()
            .map(|bin| project.root().join(bin))
            .or(outside.bin),
        ..outside
    }
}

/// Where to look for PostgreSQL's programs outside a project.
pub(crate) fn search_outside(major: Option<u32>, overrides: &Overrides, host: &Host) -> Search {
    Search {
        major,
        bin: host
            .variables
            .get(BIN_VARIABLE)
            .filter(|bin| !bin.is_empty())
            .map(Into::into),
        path: host.path.clone(),
        offline: overrides.offline,
        any_major: false,
        ignore_machine: false,
    }
}

/// Finds PostgreSQL's programs.
pub(crate) async fn installation(
    search: &Search,
    host: &Host,
    events: Events<'_>,
) -> Result<Installation, Error> {
    limbeck_server::find(search, &host.directories, &|event| events(Event::Server(event)))
        .await
        .map_err(error::from_installation)
}

fn taken<T>(shared: &Mutex<Option<T>>) -> Option<T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner).take()
}

async fn start(search: &Search, host: &Host, events: Events<'_>) -> Result<(Scratch, Installation), Error> {
    let installation = installation(search, host, events).await?;
    let scratch = Scratch::start(&installation, &host.directories, &|event| {
        events(Event::Server(event));
    })
    .await
    .map_err(error::from_server)?;
    Ok((scratch, installation))
}

/// What is read of a scratch database: everything but Limbeck's own tables and what is excluded. Schemas are no
/// filter there: a scratch database holds only what was declared or migrated.
pub(crate) fn read_options(project: &Project) -> Result<ReadOptions, Error> {
    let database = &project.config().database;
    Ok(ReadOptions {
        schemas: None,
        version_schema: Some(database.version_schema.clone()),
        include: patterns("include", &database.include)?,
        exclude: patterns("exclude", &database.exclude)?,
        exclude_if: project.overrides().hooks.predicate(),
        ..ReadOptions::default()
    })
}

fn patterns(key: &str, texts: &[String]) -> Result<Vec<ObjectPattern>, Error> {
    let parsed = texts.iter().map(|text| {
        text.parse()
            .map_err(|error| Error::usage(format!("`{key}` in limbeck.toml: {error}")))
    });
    parsed.collect()
}

/// The same outside a project: own tables are no part of a comparison, in a dump as little as in a database.
pub(crate) fn read_options_outside() -> ReadOptions {
    ReadOptions {
        version_schema: Some(crate::config::DEFAULT_VERSION_SCHEMA.to_owned()),
        ..ReadOptions::default()
    }
}
