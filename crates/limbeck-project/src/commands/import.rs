//! `import`: the history of another migration tool, and what it has applied.

mod compare;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use limbeck_history::{History, RevisionId};
use limbeck_postgres::{Session, Settings};
use serde::Serialize;

use super::RunSettings;
use super::revision::created;
use super::run::{run_options, unless_interrupted};
use super::written::Written;
use crate::import::agreement::{Known, agree};
use crate::import::drafts::{Drafted, drafts};
use crate::import::record::{self, Record};
use crate::import::trial::wrong_downs;
use crate::import::{Source, Tool, detect, exclude, foreign, provenance, read, tables};
use crate::revision_file::RevisionFile;
use crate::workbench::Workbench;
use crate::{Diagnostic, Error, Events, Failure, Interrupt, ObjectId, Project, error, live};

/// What `import` is told.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The tool; told by what lies there otherwise.
    pub tool: Option<Tool>,
    /// The folder of its migrations (for Alembic that of `alembic.ini`); the usual ones otherwise.
    pub folder: Option<PathBuf>,
    /// The table that the tool keeps what it did in, where it is not the usual one.
    pub table: Option<String>,
    /// Whether only the files are brought, and no database is asked.
    pub no_database: bool,
    /// Whether a way down that does not lead back is kept.
    pub keep_downs: bool,
    /// The program `alembic`, where it is not found. One folder at least before its name makes it a path, relative to the
    /// project; a name alone is looked up on the search path.
    pub alembic: Option<PathBuf>,
}

/// What `import` did.
#[derive(Debug, Clone, Serialize)]
pub struct ImportReport {
    /// The tool.
    pub tool: Tool,
    /// The folder that was read; none where only the state was recorded.
    pub folder: Option<PathBuf>,
    /// The revisions, parents first.
    pub revisions: Vec<ImportedMigration>,
    /// Whether the database was asked.
    pub has_database: bool,
    /// Whether what the tool has applied is on record now; false where it was before, or nothing is applied.
    pub recorded: bool,
    /// The heads of the database now.
    pub heads: Vec<RevisionId>,
    /// The tool's own table, which is left as it is.
    pub table: Option<ObjectId>,
    /// The line that leaves the table out of every comparison, and whether it is in limbeck.toml.
    pub exclude: Option<ExcludeLine>,
    /// The ways down that were left out, or kept though they do not lead back.
    pub without_down: Vec<WayDown>,
    /// What the database has otherwise than the history makes it, object by object.
    pub drift: Vec<String>,
}

/// A migration that became a revision.
#[derive(Debug, Clone, Serialize)]
pub struct ImportedMigration {
    /// The revision's identifier.
    pub id: RevisionId,
    /// What the tool calls it.
    pub version: String,
    /// Its title.
    pub message: String,
    /// The revision file, relative to the project; none where only the state was recorded.
    pub path: Option<PathBuf>,
    /// Whether it is applied in the database.
    pub applied: bool,
}

/// A line of limbeck.toml.
#[derive(Debug, Clone, Serialize)]
pub struct ExcludeLine {
    /// The line.
    pub line: String,
    /// The section that it belongs into, without its brackets: `database`, unless that of an environment or of one of
    /// several databases has a list of its own.
    pub section: String,
    /// Whether it was written there.
    pub written: bool,
}

/// A way down that does not lead back.
#[derive(Debug, Clone, Serialize)]
pub struct WayDown {
    /// The revision.
    pub id: RevisionId,
    /// The tool's own file.
    pub from: PathBuf,
    /// Whether the revision has it nevertheless.
    pub kept: bool,
    /// What is wrong with it.
    pub reason: String,
}

/// Brings the history of another tool as revision files, each proven on scratch, and records what it has applied.
///
/// # Errors
/// When there are revisions already, the tool's files and its table disagree, or a migration does not run. Then nothing
/// is written, in the folder as little as in the database.
/// When the database cannot be written to, the files are taken back, unless it may have them on record.
pub async fn import(
    project: &Project,
    options: &ImportOptions,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<ImportReport, Error> {
    refuse_second(&project.history()?)?;
    let readying = async {
        let database = if options.no_database {
            None
        } else {
            Some(Database::open(project, events).await?)
        };
        let folder = options.folder.as_ref().map(|folder| project.root().join(folder));
        let present = database.as_ref().map_or(&[][..], |database| &database.tools);
        let place = detect::one(project, options.tool, folder.as_deref(), present)?;
        let source = read(
            project,
            place.tool,
            &place.folder,
            options.alembic.as_deref(),
            events,
        )
        .await?;
        let record = match &database {
            Some(database) => database.record(project, options, &source).await?,
            None => None,
        };
        let applied = match &record {
            Some(record) => {
                let known: Vec<Known> = source.migrations.iter().map(Known::from).collect();
                agree(source.tool, &known, record)?
            }
            None => Vec::new(),
        };
        let mut files = Files::of(project, &source, events).await?;
        let bench = Workbench::open(project, events).await?;
        let mut without_down = files.prove(&bench, project, options.keep_downs).await?;
        without_down.extend(files.never_had(&source));
        let import = state::of_files(&files, &source, &applied, record.as_ref());
        let on_record: BTreeSet<RevisionId> = import.revisions.iter().map(|one| one.id.clone()).collect();
        let table = record.as_ref().map(|record| record.table.clone());
        let drift = match &database {
            Some(database) => {
                let without: Vec<ObjectId> = database.others.iter().chain(&table).cloned().collect();
                compare::drift(
                    project,
                    &bench,
                    &files.history,
                    &on_record,
                    &database.settings,
                    &without,
                    events,
                )
                .await
            }
            None => Vec::new(),
        };
        Ok::<_, Error>((
            database,
            source,
            files,
            without_down,
            import,
            on_record,
            table,
            drift,
        ))
    };
    let (database, source, files, without_down, import, on_record, table, drift) =
        unless_interrupted(interrupt, Box::pin(readying)).await?;
    let told: Vec<ObjectId> = table.iter().cloned().collect();
    let excluded = exclude::Change::of(project, &told)?;
    let mut written = Written::default();
    let outcome = async {
        for file in &files.files {
            written.write(project, &file.path, &file.text, events)?;
        }
        if let Some(change) = &excluded {
            change.write()?;
        }
        match &database {
            Some(database) if !import.revisions.is_empty() => state::record(
                project,
                &database.settings,
                &files.history,
                &import,
                settings,
                interrupt,
                events,
            )
            .await
            .map(Some),
            _ => Ok(None),
        }
    }
    .await;
    let run = match outcome {
        Ok(run) => run,
        // A database that has the revisions on record needs the files.
        Err(error) if error::may_have_committed(&error) => {
            return Err(error
                .hint("the files were written and stay, since the database may have them on record: `limbeck current` tells")
                .hint("if it has not, run `limbeck import --record`"));
        }
        Err(error) => {
            written.take_back();
            if let Some(change) = &excluded {
                change.take_back();
            }
            return Err(error);
        }
    };
    Ok(ImportReport {
        tool: source.tool,
        folder: Some(source.folder.clone()),
        revisions: files
            .history
            .order_all()
            .into_iter()
            .map(|revision| ImportedMigration {
                version: files.version(&revision.id),
                message: revision.title().to_owned(),
                path: Some(project.relative(&revision.path)),
                applied: on_record.contains(&revision.id),
                id: revision.id.clone(),
            })
            .collect(),
        has_database: database.is_some(),
        recorded: run.as_ref().is_some_and(|run| !run.is_empty()),
        heads: run.map(|run| run.to.into_iter().collect()).unwrap_or_default(),
        exclude: exclude_line(project, &told, excluded.is_some()),
        table,
        without_down,
        drift,
    })
}

/// Records what another tool has applied, of a history that was imported before: for the next database. Reads none of
/// the tool's files.
///
/// # Errors
/// When no revision was imported, or the tool's table and the revisions disagree. Then nothing is recorded.
pub async fn import_state(
    project: &Project,
    options: &ImportOptions,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<ImportReport, Error> {
    let history = project.history()?;
    let origins = provenance::origins(&history);
    let Some(tool) = options
        .tool
        .or_else(|| origins.first().map(|(_, origin)| origin.tool))
    else {
        return Err(Error::new(
            Failure::History,
            Diagnostic::new("no revision here was imported from another tool"),
        )
        .hint("bring its history first: `limbeck import`"));
    };
    let origins: Vec<_> = origins
        .into_iter()
        .filter(|(_, origin)| origin.tool == tool)
        .collect();
    let database = unless_interrupted(interrupt, Database::open_any(project, events)).await?;
    let name = options.table.clone().unwrap_or_else(|| tool.table().to_owned());
    let Some(record) = database.read(project, tool, &name).await? else {
        return Err(no_table(tool, &name, options.table.is_some()));
    };
    let known: Vec<Known> = origins
        .iter()
        .map(|(id, origin)| Known::imported(id, origin))
        .collect();
    let applied = agree(tool, &known, &record)?;
    let import = state::of_revisions(&history, tool, &origins, &applied, &record);
    let on_record: BTreeSet<RevisionId> = import.revisions.iter().map(|one| one.id.clone()).collect();
    let run = if import.revisions.is_empty() {
        None
    } else {
        Some(
            state::record(
                project,
                &database.settings,
                &history,
                &import,
                settings,
                interrupt,
                events,
            )
            .await?,
        )
    };
    Ok(ImportReport {
        tool,
        folder: None,
        revisions: origins
            .iter()
            .map(|(id, origin)| ImportedMigration {
                id: id.clone(),
                version: origin.version.clone(),
                message: history
                    .get(id)
                    .map(|revision| revision.title().to_owned())
                    .unwrap_or_default(),
                path: None,
                applied: on_record.contains(id),
            })
            .collect(),
        has_database: true,
        recorded: run.as_ref().is_some_and(|run| !run.is_empty()),
        heads: run.map(|run| run.to.into_iter().collect()).unwrap_or_default(),
        exclude: exclude_line(project, std::slice::from_ref(&record.table), false),
        table: Some(record.table),
        without_down: Vec::new(),
        drift: Vec::new(),
    })
}

/// The error that a database has no table of the tool. Which name is configured, the tool's own files say, which are not
/// read: that the usual one is not there does not tell that nothing is applied.
fn no_table(tool: Tool, name: &str, is_named: bool) -> Error {
    let message = format!("the database has no table `{name}`");
    if is_named {
        let message = format!("{message}: {tool} has applied nothing there");
        return Error::new(Failure::History, Diagnostic::new(message))
            .hint("check the name, and its schema")
            .hint("a database where nothing is applied needs no import: run `limbeck upgrade`");
    }
    Error::new(Failure::History, Diagnostic::new(message)).hint(format!(
        "only the usual name of {tool}'s table is looked for: if another one is configured, say it with `--table`"
    ))
    .hint("a database where nothing is applied needs no import")
}

/// An import makes the first revisions.
fn refuse_second(history: &History) -> Result<(), Error> {
    let order = history.order_all();
    let Some(first) = order.first() else {
        return Ok(());
    };
    let refused = |message: &str| {
        let diagnostic = Diagnostic::new(message).note(format!("revision {}: {}", first.id, first.title()));
        Error::new(Failure::History, diagnostic)
    };
    if let Some((_, origin)) = provenance::origins(history).first() {
        return Err(
            refused(&format!("the history of {} was imported already", origin.tool))
                .hint("for another database that it has migrated, run `limbeck import --record`"),
        );
    }
    Err(
        refused("there are revisions already, and an import makes the first ones").hint(
            "import into a project without revisions, or set `migrations` in limbeck.toml to another folder",
        ),
    )
}

fn exclude_line(project: &Project, found: &[ObjectId], written: bool) -> Option<ExcludeLine> {
    let missing = exclude::missing(project, found);
    tables::line(project, &missing).map(|line| ExcludeLine {
        line,
        section: exclude::section(project),
        written,
    })
}

/// The database that the tool has migrated.
struct Database {
    settings: Settings,
    session: Session,
    /// Tables of migration tools that are there.
    others: Vec<ObjectId>,
    /// The tools whose usual tables are there.
    tools: Vec<Tool>,
}

impl Database {
    /// Connects; a database that has revisions already is refused.
    async fn open(project: &Project, events: Events<'_>) -> Result<Self, Error> {
        let database = Self::open_any(project, events).await?;
        let state = limbeck_migrate::state(&database.session, &run_options(project, &RunSettings::default()))
            .await
            .map_err(|cause| error::from_migrate(project, cause))?;
        if let Some(head) = state.heads.first() {
            return Err(Error::new(
                Failure::History,
                Diagnostic::new(format!(
                    "the database is at revision `{head}` already, and no file has it"
                )),
            )
            .hint("get the revision files that it was made with")
            .hint("to bring the files alone, run `limbeck import --no-database`"));
        }
        Ok(database)
    }

    async fn open_any(project: &Project, events: Events<'_>) -> Result<Self, Error> {
        let without = |error: Error| match error.failure() {
            Failure::Unreachable | Failure::Usage => {
                error.hint("to bring the files alone, run `limbeck import --no-database`")
            }
            _ => error,
        };
        let settings = live::settings(project, events).await.map_err(without)?;
        let session = live::connect(&settings, project.wait_for_server(), events)
            .await
            .map_err(without)?;
        let others = tables::tables(project, &session).await?;
        let is_there = |tool: &Tool| others.iter().any(|table| table.name() == tool.table());
        Ok(Self {
            tools: Tool::ALL.into_iter().filter(is_there).collect(),
            settings,
            session,
            others,
        })
    }

    async fn record(
        &self,
        project: &Project,
        options: &ImportOptions,
        source: &Source,
    ) -> Result<Option<Record>, Error> {
        let configured = options.table.as_deref().or(source.table.as_deref());
        let record = self
            .read(project, source.tool, configured.unwrap_or(source.tool.table()))
            .await?;
        match (&options.table, record) {
            (Some(name), None) => Err(
                Error::usage(format!("there is no table `{name}` in the database"))
                    .hint("leave out `--table` where nothing is applied yet"),
            ),
            (None, None) => foreign::refuse_table(source.tool, &self.others).map(|()| None),
            (_, record) => Ok(record),
        }
    }

    async fn read(&self, project: &Project, tool: Tool, name: &str) -> Result<Option<Record>, Error> {
        record::read(&self.session, tool, name, &project.config().database.search_path).await
    }
}

/// The revision files of an import, not written yet.
struct Files {
    files: Vec<File>,
    history: History,
}

/// One of them.
struct File {
    drafted: Drafted,
    path: PathBuf,
    text: String,
}

impl Files {
    async fn of(project: &Project, source: &Source, events: Events<'_>) -> Result<Self, Error> {
        let mut files = Vec::new();
        for drafted in drafts(source, &created(project)?)? {
            files.push(File::of(project, drafted, events).await?);
        }
        Ok(Self {
            history: history(project, &files)?,
            files,
        })
    }

    /// Proves the revisions; what does not lead back is left out, unless it is to be kept.
    async fn prove(
        &mut self,
        bench: &Workbench<'_>,
        project: &Project,
        keep: bool,
    ) -> Result<Vec<WayDown>, Error> {
        let wrong = wrong_downs(bench, project, &self.history)
            .await
            .map_err(|error| self.with_origin(project, error))?;
        let reasons: BTreeMap<RevisionId, String> =
            wrong.into_iter().map(|down| (down.id, down.reason)).collect();
        let mut told = Vec::new();
        for file in &mut self.files {
            let id = file.drafted.draft.id.clone();
            let Some(reason) = reasons.get(&id) else {
                continue;
            };
            if !keep {
                let mut drafted = file.drafted.clone();
                for step in &mut drafted.draft.steps {
                    step.down = None;
                    step.down_options = limbeck_history::StepOptions::default();
                }
                *file = File::of(project, drafted, bench.events()).await?;
            }
            told.push(WayDown {
                id,
                from: file.drafted.from.clone(),
                kept: keep,
                reason: reason.clone(),
            });
        }
        self.history = history(project, &self.files)?;
        Ok(told)
    }

    /// What the tool itself could not write down.
    fn never_had(&self, source: &Source) -> Vec<WayDown> {
        let by_path = |path: &PathBuf| self.files.iter().find(|file| file.drafted.from == *path);
        source
            .without_down
            .iter()
            .filter_map(|(path, reason)| {
                Some(WayDown {
                    id: by_path(path)?.drafted.draft.id.clone(),
                    from: path.clone(),
                    kept: false,
                    reason: reason.clone(),
                })
            })
            .collect()
    }

    fn version(&self, id: &RevisionId) -> String {
        let file = self.files.iter().find(|file| file.drafted.draft.id == *id);
        file.map(|file| file.drafted.version.clone()).unwrap_or_default()
    }

    /// Says which file of the other tool an error is about: the revision is not written.
    fn with_origin(&self, project: &Project, error: Error) -> Error {
        let paths = error
            .diagnostics()
            .iter()
            .flat_map(|diagnostic| &diagnostic.snippets);
        let paths: BTreeSet<&PathBuf> = paths.map(|snippet| &snippet.path).collect();
        let from: Vec<PathBuf> = self
            .files
            .iter()
            .filter(|file| paths.contains(&project.relative(&file.path)))
            .map(|file| file.drafted.from.clone())
            .collect();
        from.iter().fold(error, |error, from| {
            error.hint(format!(
                "the revision would be made from `{}`, which does not run from empty on this server; nothing was written",
                from.display()
            ))
        })
    }
}

impl File {
    async fn of(project: &Project, drafted: Drafted, events: Events<'_>) -> Result<Self, Error> {
        let RevisionFile { path, text } =
            RevisionFile::make(project, &drafted.draft, &project.versions(), events)
                .await
                .map_err(|error| error.hint(format!("it would be made from `{}`", drafted.from.display())))?;
        Ok(Self { drafted, path, text })
    }
}

fn history(project: &Project, files: &[File]) -> Result<History, Error> {
    let texts: Vec<(String, &str)> = files
        .iter()
        .map(|file| (file.path.to_string_lossy().into_owned(), file.text.as_str()))
        .collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    History::from_files(&texts).map_err(|cause| error::from_history(project, cause))
}
