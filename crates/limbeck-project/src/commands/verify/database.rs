//! What only servers can tell.

use limbeck_history::History;
use limbeck_postgres::{Session, Settings};

use super::super::RunSettings;
use super::super::run::run_options;
use super::{Failed, Finding, Looked, connection};
use crate::project::DatabaseTarget;
use crate::workbench::Workbench;
use crate::{Error, Events, Project, error, live};

pub(super) fn url(project: &Project) -> Finding {
    Ok(match project.database_target()?.0 {
        DatabaseTarget::Embedded => "embedded:".to_owned(),
        DatabaseTarget::Url(settings) => settings.to_string(),
    })
}

/// Whether the server answers as it must, how it was reached, and whether the database's revisions are known here.
pub(super) async fn look(project: &Project, history: Option<&History>, events: Events<'_>) -> Looked {
    let opened = async {
        let settings: Settings = live::settings(project, events).await?;
        let session = live::connect(&settings, project.wait_for_server(), events).await?;
        Ok::<_, Error>((settings, session))
    };
    let (settings, session) = match opened.await {
        Ok(opened) => opened,
        Err(cause) => {
            return Looked {
                server: Err(cause.into()),
                connection: None,
                revision: Err(Failed::because_of("the database does not answer")),
            };
        }
    };
    // What the user wrote may name a pooler, which the session was led past.
    let given = match project.database_target() {
        Ok((DatabaseTarget::Url(given), _)) => *given,
        _ => settings,
    };
    let database = &project.config().database;
    let answers = answers(project, &session).await;
    let (server, connection) =
        match connection::look(&given, &session, &database.version_schema, &database.schemas).await {
            Ok(report) => (answers, Some(report)),
            Err(cause) => (answers.and(Err(cause.into())), None),
        };
    let revision = match history {
        Some(history) => revision(project, &session, history).await,
        None => Err(Failed::because_of("the revisions cannot be read")),
    };
    Looked {
        server,
        connection,
        revision,
    }
}

/// Version, DDL in transactions, the right to create: looked at, with nothing left behind.
async fn answers(project: &Project, session: &Session) -> Finding {
    let version = session.server_version_num();
    let (major, minor) = (version / 10_000, version % 10_000);
    if !(14..=18).contains(&major) {
        return Err(Failed::new(
            format!("PostgreSQL {major} is not supported"),
            "14 to 18 are",
        ));
    }
    if let Some(wanted) = project.config().server.major
        && wanted != major
    {
        return Err(Failed::new(
            format!("it is PostgreSQL {major}, and states are compared on {wanted}"),
            format!("set `major = {major}` under `[server]` in limbeck.toml"),
        ));
    }
    let rights = session
        .query_text("SELECT has_database_privilege(current_database(), 'CREATE')")
        .await
        .map_err(error::from_database)?;
    if rights
        .first()
        .and_then(|row| row.first())
        .and_then(Option::as_deref)
        != Some("t")
    {
        return Err(Failed::new(
            "this role may not create schemas in the database",
            "grant it: `GRANT CREATE ON DATABASE … TO …`",
        ));
    }
    let schemas: Vec<String> = project
        .config()
        .database
        .schemas
        .iter()
        .map(|schema| limbeck_sql::quote_literal(schema))
        .collect();
    let closed = session
        .query_text(&format!(
            "SELECT pg_catalog.quote_ident(nspname) FROM pg_catalog.pg_namespace \
             WHERE nspname::text = ANY (ARRAY[{}]::text[]) AND NOT pg_catalog.has_schema_privilege(oid, 'CREATE') \
             ORDER BY 1 LIMIT 1",
            schemas.join(", ")
        ))
        .await
        .map_err(error::from_database)?;
    if let Some(schema) = closed.into_iter().flatten().flatten().next() {
        return Err(Failed::new(
            format!("this role may create nothing in the schema `{schema}`"),
            format!("grant it: `GRANT CREATE ON SCHEMA {schema} TO …`"),
        ));
    }
    transactional_ddl(session).await?;
    Ok(format!(
        "PostgreSQL {major}.{minor}, DDL in transactions, may create"
    ))
}

async fn transactional_ddl(session: &Session) -> Result<(), Failed> {
    let probe = "BEGIN; CREATE TEMPORARY TABLE limbeck_verify (); ROLLBACK";
    session.execute(probe).await.map_err(error::from_database)?;
    let left = session
        .query_text("SELECT to_regclass('pg_temp.limbeck_verify') IS NULL")
        .await
        .map_err(error::from_database)?;
    if left
        .first()
        .and_then(|row| row.first())
        .and_then(Option::as_deref)
        == Some("t")
    {
        return Ok(());
    }
    Err(Failed::new(
        "DDL is not rolled back with its transaction",
        "use a PostgreSQL, or a server that does as it does",
    ))
}

async fn revision(project: &Project, session: &Session, history: &History) -> Finding {
    let options = run_options(project, &RunSettings::default());
    let state = limbeck_migrate::state(session, &options)
        .await
        .map_err(|cause| error::from_migrate(project, cause))?;
    let unknown: Vec<String> = state
        .revisions
        .keys()
        .filter(|id| history.get(id).is_none())
        .map(ToString::to_string)
        .collect();
    if !unknown.is_empty() {
        return Err(Failed::new(
            format!(
                "the database knows revisions that have no file here: {}",
                unknown.join(", ")
            ),
            "pull the branch that has them, or restore the files from version control",
        ));
    }
    let edited: Vec<String> = state
        .edited(history)
        .iter()
        .map(|edited| edited.id.to_string())
        .collect();
    if !edited.is_empty() {
        return Err(Failed::new(
            format!(
                "files were changed after they were applied: those of the revisions {}",
                edited.join(", ")
            ),
            "restore them, and write the change as a new revision",
        ));
    }
    if state.heads.is_empty() {
        return Ok("the database has no revision yet".to_owned());
    }
    Ok(state
        .heads
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", "))
}

/// Starts a scratch server, makes a database and asks for its version.
pub(super) async fn scratch(project: &Project, events: Events<'_>) -> Finding {
    let bench = Workbench::open(project, events).await?;
    bench.empty().await?;
    let version = bench.server_version_num();
    let major = version / 10_000;
    if let Some(wanted) = project.config().server.major
        && wanted != major
    {
        return Err(Failed::new(
            format!("it is PostgreSQL {major}, and `major` under `[server]` is {wanted}"),
            format!("run `limbeck server install {wanted}`"),
        ));
    }
    Ok(format!("PostgreSQL {major}.{}", version % 10_000))
}
