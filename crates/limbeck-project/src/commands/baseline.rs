//! `baseline`: the first revision of a database that is there already, made by hand or by another tool.

pub(super) mod split;

use std::collections::BTreeSet;
use std::path::PathBuf;

use limbeck_catalog::Catalog;
use limbeck_history::{Declaration, Draft};
use limbeck_migrate::Stamp;
use limbeck_postgres::{Session, Settings};
use serde::Serialize;

use super::RunSettings;
use super::check::{warn_of_invalid, warn_of_unread};
use super::revision::created;
use super::revision::placement::identifier;
use super::run::run_options;
use super::stamp::stamp;
use super::written::Written;
use crate::autogenerate::{self, Comparison, Fills, Wanted};
use crate::declared::Declared;
use crate::import::tables;
use crate::prove::Leads;
use crate::revision_file::RevisionFile;
use crate::workbench::{State, Workbench};
use crate::{Diagnostic, Error, Event, Events, Failure, Interrupt, ObjectId, Project, error, live, prove};

/// What `baseline` is told.
#[derive(Debug, Clone, Default)]
pub struct BaselineOptions {
    /// The message (`-m`).
    pub message: String,
    /// The identifier, instead of a random one.
    pub rev_id: Option<String>,
    /// Whether the schema is written as `.sql` files too, which declare it from then on.
    pub schema: bool,
}

/// What `baseline` did.
#[derive(Debug, Clone, Serialize)]
pub struct BaselineReport {
    /// The revision's identifier, which the database is stamped with.
    pub id: String,
    /// The revision file, relative to the project.
    pub path: PathBuf,
    /// The `.sql` files that declare the schema, relative to the project.
    pub schema: Vec<PathBuf>,
    /// What the revision makes, but for columns and what else belongs to these.
    pub objects: Vec<ObjectId>,
    /// Tables of other migration tools, which were left out.
    pub left_out: Vec<ObjectId>,
    /// The line for `[database]` in limbeck.toml that leaves them out from now on.
    pub exclude: Option<String>,
    /// Schemas of the database that limbeck.toml does not name, and that were not looked at.
    pub other_schemas: Vec<String>,
    /// What exists but has no kind here.
    pub unread: Vec<String>,
    /// Tables that the proof with rows had to leave empty.
    pub proven_empty: Vec<ObjectId>,
}

/// Writes the first revision from the live database, proves that it leads to the same, and stamps the database.
///
/// # Errors
/// When there are revisions already, the database is stamped or empty, or the proof fails. Then nothing is written.
/// When the stamp fails, what was written is taken back, unless the database may have it on record.
pub async fn baseline(
    project: &Project,
    options: &BaselineOptions,
    settings: &RunSettings,
    interrupt: &Interrupt,
    events: Events<'_>,
) -> Result<BaselineReport, Error> {
    let history = project.history()?;
    if let Some(revision) = history.order_all().first() {
        return Err(Error::new(
            Failure::History,
            Diagnostic::new("there are revisions already, and a baseline is the first one").note(format!(
                "revision {}: {}",
                revision.id,
                revision.title()
            )),
        )
        .hint("for what the history lacks, run `limbeck revision --autogenerate --against database`")
        .hint("to tell the database where it is, run `limbeck stamp REVISION`"));
    }
    let folder = if options.schema {
        Some(split::folder(project)?)
    } else {
        None
    };
    let mut draft = Draft::new(
        identifier(project, &history, options.rev_id.as_deref())?,
        &options.message,
        created(project)?,
    );
    let database = live::settings(project, events).await?;
    let found = Found::read(project, &database, events).await?;
    let unread: Vec<String> = found.catalog.unread.iter().map(ToString::to_string).collect();
    warn_of_unread(&unread, events);
    warn_of_invalid([&found.catalog], events);
    let bench = Workbench::open(project, events).await?;
    events(Event::Phase("rebuilding the database on scratch".to_owned()));
    let comparison = comparison(&bench, &found.catalog).await?;
    let drafted = autogenerate::draft(&bench, &comparison, &Fills::default()).await?;
    draft.steps = drafted.steps;
    let objects: Vec<ObjectId> = comparison.wanted.declared.iter().cloned().collect();
    let mut files = Vec::new();
    if let Some(folder) = &folder {
        files = split::files(&comparison.plan, &found.catalog, folder);
        events(Event::Phase("proving the schema's files".to_owned()));
        let declared = Declared::files(&files)?;
        let state = bench.declared(&declared).await?;
        prove::must_be(
            &bench,
            &state,
            &comparison.wanted.state,
            "the `.sql` files do not make what the database holds; nothing was written",
        )
        .await?;
        bench.discard(state.database).await;
        // Only what is declared is managed: the rest is kept as what people made by hand.
        draft.declares = objects
            .iter()
            .map(|object| Declaration {
                added: true,
                object: object.to_string(),
            })
            .collect();
    }
    let RevisionFile { path, text } =
        RevisionFile::make(project, &draft, &project.versions(), events).await?;
    let proof = prove::prove(&bench, project, &comparison, Leads::ToWhatIsWanted, &path, &text).await?;
    unchanged(project, &database, &found, events).await?;
    let mut written = Written::default();
    let outcome = async {
        for (path, text) in &files {
            written.write(project, &project.root().join(path), text, events)?;
        }
        written.write(project, &path, &text, events)?;
        let is_at = Stamp::at([draft.id.as_str()]);
        stamp(project, &is_at, settings, interrupt, events).await
    }
    .await;
    if let Err(error) = outcome {
        // A database that is stamped needs the files.
        if error::may_have_committed(&error) {
            return Err(error
                .hint("the files were written and stay, since the database may be stamped: `limbeck current` tells")
                .hint(format!(
                    "if it is not, run `limbeck stamp {}`, or remove the files and begin anew",
                    draft.id
                )));
        }
        written.take_back();
        return Err(error);
    }
    Ok(BaselineReport {
        id: draft.id.to_string(),
        path: project.relative(&path),
        schema: files.into_iter().map(|(path, _)| path).collect(),
        objects,
        exclude: tables::line(project, &found.left_out),
        left_out: found.left_out,
        other_schemas: found.other_schemas,
        unread,
        proven_empty: proof.proven_empty.into_iter().collect(),
    })
}

/// What the live database holds.
struct Found {
    catalog: Catalog,
    left_out: Vec<ObjectId>,
    other_schemas: Vec<String>,
}

impl Found {
    async fn read(project: &Project, database: &Settings, events: Events<'_>) -> Result<Self, Error> {
        let session = live::connect(database, project.wait_for_server(), events).await?;
        let state = limbeck_migrate::state(&session, &run_options(project, &RunSettings::default()))
            .await
            .map_err(|cause| error::from_migrate(project, cause))?;
        if let Some(head) = state.heads.first() {
            return Err(Error::new(
                Failure::History,
                Diagnostic::new(format!("the database is at revision `{head}` already, and no file has it")),
            )
            .hint("get the revision files that it was made with")
            .hint("if they are gone for good, forget them with `limbeck stamp --purge base`, and take the baseline then"));
        }
        let left_out = tables::tables(project, &session).await?;
        let catalog = read(project, &session, &left_out).await?;
        if catalog.declarable().is_empty() {
            let schemas = project.config().database.schemas.join("`, `");
            let error = Error::failed("the database is empty: there is nothing to begin with");
            return Err(error
                .hint(format!(
                    "only the schemas `{schemas}` are looked at: set `schemas` under `[database]`"
                ))
                .hint(
                    "for a new database, begin with `limbeck revision --autogenerate -m \"Initial schema\"`",
                ));
        }
        Ok(Self {
            catalog,
            left_out,
            other_schemas: other_schemas(project, &session).await?,
        })
    }
}

/// Reads the configured schemas, without some tables.
async fn read(project: &Project, session: &Session, without: &[ObjectId]) -> Result<Catalog, Error> {
    let mut options = live::read_options(project)?;
    for table in without {
        options.exclude.push(tables::excluded(table)?);
    }
    limbeck_catalog::read(session.client(), &options)
        .await
        .map_err(error::from_read)
}

/// The schemas that are not looked at though somebody made them.
pub(super) async fn other_schemas(project: &Project, session: &Session) -> Result<Vec<String>, Error> {
    let sql = "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' \
               AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_namespace'::regclass \
               AND d.objid = pg_namespace.oid AND d.deptype = 'e') ORDER BY 1";
    let config = &project.config().database;
    let rows = session.query_text(sql).await.map_err(error::from_database)?;
    let names = rows
        .into_iter()
        .filter_map(|row| row.into_iter().next().flatten());
    Ok(names
        .filter(|name| *name != config.version_schema && !config.schemas.contains(name))
        .collect())
}

/// The way from nothing to what the database holds.
async fn comparison(bench: &Workbench<'_>, catalog: &Catalog) -> Result<Comparison, Error> {
    let current: State = bench.empty().await?;
    let state = live::rebuilt(bench, catalog.clone(), live::Majors::Same).await?;
    let plan = bench.plan(&current, &state, &[], &[]).await?;
    autogenerate::supported(&plan)?;
    Ok(Comparison {
        current,
        wanted: Wanted {
            state,
            declared: catalog.declarable(),
            unmanaged: BTreeSet::new(),
        },
        renames: Vec::new(),
        plan,
        managed: BTreeSet::new(),
    })
}

/// The database must still be what the revision was proven against.
async fn unchanged(
    project: &Project,
    database: &Settings,
    found: &Found,
    events: Events<'_>,
) -> Result<(), Error> {
    let session = live::connect(database, project.wait_for_server(), events).await?;
    if read(project, &session, &found.left_out).await? == found.catalog {
        return Ok(());
    }
    Err(
        Error::failed("the database changed while its baseline was proven; nothing was written")
            .hint("run `limbeck baseline` again while nobody changes the schema"),
    )
}
