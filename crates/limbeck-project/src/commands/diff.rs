//! `diff`: the SQL that turns one state into another.

use serde::Serialize;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use limbeck_catalog::Catalog;
use limbeck_history::Target;
use limbeck_plan::{Fill, Options, Plan, Rename};
use limbeck_postgres::{Patience, Settings};

use super::check::{Difference, differences, unread, warn_of_invalid, warn_of_unread};
use crate::autogenerate::{Fills, parse_renames, with_declared};
use crate::declared::Declared;
use crate::live::Majors;
use crate::project::{find_root, read_text};
use crate::workbench::{self, State, Workbench};
use crate::{Error, Event, Events, Host, ObjectId, Overrides, Project, connection, error, live};

/// What `diff` is told.
#[derive(Debug, Clone, Default)]
pub struct DiffOptions {
    /// The two sides as given; `None` for `history:` and `models:`.
    pub sides: Option<(String, String)>,
    /// What standard input holds, where a side is `-`.
    pub standard_input: Option<String>,
    /// `kind:schema.table.column=name`, for what is renamed.
    pub renames: Vec<String>,
    /// `schema.table.column=expression`, for NOT NULL columns of filled tables.
    pub fills: Vec<String>,
    /// Whether databases of different major versions are compared: what is of another major is rebuilt, and read back.
    pub force: bool,
    /// Whether owners are compared. What belongs to the role that one is connected as counts as the same on both
    /// sides, whatever its name.
    pub owners: bool,
}

/// A side of a comparison, as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum DiffSide {
    /// Nothing at all.
    Empty,
    /// The models.
    Models,
    /// The history, up to a revision or to its heads.
    History(Option<String>),
    /// The configured database.
    Database,
    /// Another database (its URL without the password).
    Url(String),
    /// A file of SQL, or `-`.
    File(String),
}

/// The difference between two states.
#[derive(Debug, Clone, Serialize)]
pub struct DiffReport {
    /// Where it starts.
    pub from: DiffSide,
    /// Where it leads.
    pub to: DiffSide,
    /// What has to be done, in order.
    pub steps: Vec<DiffStep>,
    /// The whole as SQL, commented; empty when there is no difference.
    #[serde(skip)]
    pub sql: String,
    /// Columns that take no NULL and come to a table that is there: where it holds rows, the SQL fails.
    pub unfilled: Vec<ObjectId>,
    /// What one side or the other has that has no kind here.
    pub unread: Vec<String>,
}

/// One action.
#[derive(Debug, Clone, Serialize)]
pub struct DiffStep {
    /// What it does.
    #[serde(flatten)]
    pub difference: Difference,
    /// Whether it runs in a transaction.
    pub transaction: bool,
}

/// Compares two states; works outside a project too. Neither side is changed.
///
/// # Errors
/// When a side cannot be understood, read or run.
pub async fn diff(
    start: &Path,
    overrides: &Overrides,
    host: &Host,
    options: &DiffOptions,
    events: Events<'_>,
) -> Result<DiffReport, Error> {
    let (from, to) = match &options.sides {
        Some((from, to)) => (side(from, host)?, side(to, host)?),
        None => (Side::History(None), Side::Models),
    };
    let renames = parse_renames(&options.renames)?;
    let fills = Fills::parse(&options.fills)?;
    let project = match find_root(start) {
        Some(root) => Some(Project::open(&root, overrides, host)?),
        None => None,
    };
    if project.is_none() && (from.needs_project() || to.needs_project()) {
        // Opening says best what is missing.
        Project::open(start, overrides, host)?;
    }
    let input = Input {
        start,
        project: project.as_ref(),
        standard_input: options.standard_input.as_deref(),
        owners: options.owners,
        wait: project.as_ref().map_or_else(
            || overrides.wait_for_server.unwrap_or(Patience::DEFAULT_LIMIT),
            Project::wait_for_server,
        ),
        events,
    };
    let live = Box::pin(Live::connect(&input, &from, &to)).await?;
    if !options.force {
        error::same_majors(live.majors())?;
    }
    let open = async || -> Result<Workbench<'_>, Error> {
        let bench = match &project {
            Some(project) => Workbench::open(project, events).await?,
            None => Workbench::open_outside(overrides, host, live.major(), events).await?,
        };
        Ok(bench.with_owners(options.owners))
    };
    events(Event::Phase("comparing".to_owned()));
    if let (Some(current), Some(wanted)) = (&live.from, &live.to)
        && error::same_majors(live.majors()).is_ok()
    {
        let concurrently = project
            .as_ref()
            .is_some_and(|project| project.config().autogenerate.concurrently);
        let plan_options = Options {
            concurrently,
            ..Options::default()
        };
        let plan = Box::pin(plan_live(
            (current, wanted),
            &renames,
            &fills.up,
            plan_options,
            open,
        ))
        .await?;
        return Ok(report(from, to, (current, wanted), &plan, events));
    }
    let bench = open().await?;
    let models = match &project {
        Some(project) if matches!(from, Side::Models) || matches!(to, Side::Models) => {
            Some(Declared::read(project, events)?)
        }
        _ => None,
    };
    let how = if options.force { Majors::Any } else { Majors::Same };
    let current = Box::pin(state(&bench, &input, &from, live.from, models.as_ref(), how)).await?;
    let wanted = Box::pin(state(&bench, &input, &to, live.to, models.as_ref(), how)).await?;
    let declared = match (&to, &models) {
        (Side::Models, Some(models)) => models.renames.as_slice(),
        _ => &[],
    };
    let renames = with_declared(&renames, declared, &current.catalog, &wanted.catalog);
    let plan = bench.plan(&current, &wanted, &renames, &fills.up).await?;
    let catalogs = (&current.catalog, &wanted.catalog);
    Ok(report(from, to, catalogs, &plan, events))
}

/// Plans from one live database to another. They were read, and a scratch server is only started, and made to
/// hold databases like them, when the planner has a question.
async fn plan_live<'e>(
    (current, wanted): (&Catalog, &Catalog),
    renames: &[Rename],
    fills: &[Fill],
    options: Options,
    open: impl AsyncFn() -> Result<Workbench<'e>, Error>,
) -> Result<Plan, Error> {
    let mut made: Option<(Workbench<'e>, State, State)> = None;
    workbench::plan_asking((current, wanted), renames, fills, options, async |probe| {
        let (bench, current, wanted) = match &mut made {
            Some(made) => made,
            none => {
                let bench = open().await?;
                let rebuilt = |catalog: &Catalog| live::rebuilt(&bench, catalog.clone(), Majors::Same);
                let (current, wanted) = tokio::try_join!(rebuilt(current), rebuilt(wanted))?;
                none.insert((bench, current, wanted))
            }
        };
        let state = match probe.side {
            limbeck_plan::Side::Current => current,
            limbeck_plan::Side::Wanted => wanted,
        };
        bench.answer(state, probe).await
    })
    .await
}

fn report(
    from: Side,
    to: Side,
    (current, wanted): (&Catalog, &Catalog),
    plan: &Plan,
    events: Events<'_>,
) -> DiffReport {
    let unread = unread(current, wanted);
    warn_of_invalid([current, wanted], events);
    warn_of_unread(&unread, events);
    let transactions = plan.actions.iter().map(|action| action.transactional);
    let steps = differences(plan)
        .into_iter()
        .zip(transactions)
        .map(|(difference, transaction)| DiffStep {
            difference,
            transaction,
        })
        .collect();
    DiffReport {
        from: from.told(),
        to: to.told(),
        steps,
        sql: plan.sql(),
        unfilled: plan.unfilled.clone(),
        unread,
    }
}

/// A side as given, secrets included.
pub(super) enum Side {
    Empty,
    Models,
    History(Option<String>),
    Database,
    Url(Box<Settings>),
    File(String),
}

impl Side {
    fn needs_project(&self) -> bool {
        matches!(self, Self::Models | Self::History(_) | Self::Database)
    }

    pub(super) fn told(self) -> DiffSide {
        match self {
            Self::Empty => DiffSide::Empty,
            Self::Models => DiffSide::Models,
            Self::History(revision) => DiffSide::History(revision),
            Self::Database => DiffSide::Database,
            Self::Url(settings) => DiffSide::Url(settings.to_string()),
            Self::File(path) => DiffSide::File(path),
        }
    }
}

/// Understands a side.
pub(super) fn side(text: &str, host: &Host) -> Result<Side, Error> {
    match text.split_once(':') {
        Some(("empty", "")) => return Ok(Side::Empty),
        Some(("models", "")) => return Ok(Side::Models),
        Some(("database", "")) => return Ok(Side::Database),
        Some(("history", "")) => return Ok(Side::History(None)),
        Some(("history", revision)) => return Ok(Side::History(Some(revision.to_owned()))),
        Some(("postgres" | "postgresql", _)) => {
            return connection::settings(text, host, &host.variables, &[])
                .map(|settings| Side::Url(Box::new(settings)));
        }
        _ => {}
    }
    if matches!(text, "empty" | "models" | "database" | "history") {
        return Err(
            Error::usage(format!("`{text}` is no side of a comparison")).hint(format!("write `{text}:`"))
        );
    }
    if let Some((scheme, _)) = text.split_once("://") {
        return Err(
            Error::usage(format!("`{scheme}://` is no address of a PostgreSQL database"))
                .hint("a URL starts with `postgresql://`"),
        );
    }
    Ok(Side::File(text.to_owned()))
}

fn needs_project() -> Error {
    Error::usage("this side of the comparison needs a project")
}

/// Where sides are found.
pub(super) struct Input<'a> {
    pub(super) start: &'a Path,
    pub(super) project: Option<&'a Project>,
    pub(super) standard_input: Option<&'a str>,
    pub(super) owners: bool,
    /// How long to wait for a server.
    pub(super) wait: Duration,
    pub(super) events: Events<'a>,
}

impl Input<'_> {
    fn project(&self) -> Result<&Project, Error> {
        self.project.ok_or_else(needs_project)
    }
}

/// The live sides, read before a scratch is chosen: their major is the one to compare on.
struct Live {
    from: Option<Catalog>,
    to: Option<Catalog>,
}

impl Live {
    async fn connect(input: &Input<'_>, from: &Side, to: &Side) -> Result<Self, Error> {
        let (from, to) = tokio::try_join!(Self::read(input, from), Self::read(input, to))?;
        Ok(Self { from, to })
    }

    async fn read(input: &Input<'_>, side: &Side) -> Result<Option<Catalog>, Error> {
        let settings = match side {
            Side::Url(settings) => settings.as_ref().clone(),
            Side::Database => live::settings(input.project()?, input.events).await?,
            _ => return Ok(None),
        };
        let session = live::connect(&settings, input.wait, input.events).await?;
        let mut options = match input.project {
            Some(project) => workbench::read_options(project)?,
            None => workbench::read_options_outside(),
        };
        options.owners = input.owners;
        limbeck_catalog::read(session.client(), &options)
            .await
            .map(Some)
            .map_err(error::from_read)
    }

    fn majors(&self) -> [Option<u32>; 2] {
        let major = |catalog: &Catalog| catalog.server_version_num / 10_000;
        [self.from.as_ref().map(major), self.to.as_ref().map(major)]
    }

    /// The newer one: it takes what the older one has.
    fn major(&self) -> Option<u32> {
        self.majors().into_iter().flatten().max()
    }
}

/// The state of a side; that of a live one was read before.
pub(super) async fn state(
    bench: &Workbench<'_>,
    input: &Input<'_>,
    side: &Side,
    live: Option<Catalog>,
    models: Option<&Declared>,
    majors: Majors,
) -> Result<State, Error> {
    match side {
        Side::Empty => bench.empty().await,
        Side::Models => bench.declared(models.ok_or_else(needs_project)?).await,
        Side::History(revision) => {
            let project = input.project()?;
            let history = project.history()?;
            let heads = match revision {
                None => history.heads(),
                Some(revision) => {
                    match history
                        .resolve(revision, &BTreeSet::new())
                        .map_err(error::from_selector)?
                    {
                        Target::At(heads) => heads,
                        Target::Before(_) => BTreeSet::new(),
                    }
                }
            };
            bench.history(project, &history, &heads).await
        }
        Side::Database | Side::Url(_) => match live {
            Some(catalog) => live::rebuilt(bench, catalog, majors).await,
            None => bench.empty().await,
        },
        Side::File(name) => {
            let (path, text) = if name == "-" {
                let text = input
                    .standard_input
                    .ok_or_else(|| Error::usage("nothing came on standard input for the side `-`"))?;
                (PathBuf::from("-"), text.to_owned())
            } else {
                let path = input.start.join(name);
                if !path.is_file() {
                    // A URL without its beginning may hold a password.
                    let may_be_url = name.contains('@') || name.contains('=');
                    let what = if may_be_url {
                        "one side is no file, and no URL either, which begins with `postgresql://`".to_owned()
                    } else {
                        format!("there is no file `{name}`")
                    };
                    return Err(Error::usage(what).hint(
                        "a side is a URL, a `.sql` file, `-`, `models:`, `history:`, `history:REVISION`, `database:` or `empty:`",
                    ));
                }
                let text = read_text(&path)?;
                (PathBuf::from(name), text)
            };
            bench.declared(&Declared::file(path, &text)?).await
        }
    }
}
