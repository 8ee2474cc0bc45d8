//! What `init` finds in the folder and around it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use limbeck_postgres::{Pins, SessionOptions};

use super::BuiltIn;
use crate::likely::{file_with, model_file};
use crate::project::dotenv;
use crate::workbench::search_outside;
use crate::{Error, Event, Events, Host, Overrides, connection};

/// A variable that is looked for after those that are taken without a word in limbeck.toml.
const LAST_VARIABLE: &str = "POSTGRES_URL";

/// Folders in which people keep a schema as SQL.
const SCHEMA_FOLDERS: [&str; 4] = ["database/schema", "schema", "db/schema", "sql"];

/// The major version where nothing else is known.
const DEFAULT_MAJOR: u32 = 17;

/// How long the database may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) struct Surroundings {
    /// The URL to write as it was given.
    pub(super) url: Option<String>,
    /// The variable to write otherwise.
    pub(super) variable: String,
    /// Whether the URL is given, or the variable is set.
    pub(super) url_is_known: bool,
    pub(super) models: Vec<String>,
    pub(super) schema: Vec<String>,
    pub(super) major: u32,
    /// Whether the database has tables already, as far as it tells.
    pub(super) holds_tables: bool,
    pub(super) is_cargo_package: bool,
    pub(super) is_cargo_workspace: bool,
    pub(super) depends_on_limbeck: bool,
    /// Whether a struct with `#[derive(Table)]` is there.
    has_models: bool,
    /// Whether `.sql` files are there that declare a schema.
    pub(super) has_schema: bool,
    /// Whether the crate of the template `workspace` is there.
    pub(super) has_models_crate: bool,
    /// The crate's root, when `mod models;` is missing in it.
    pub(super) root_without_models: Option<PathBuf>,
}

impl Surroundings {
    pub(super) async fn look(
        folder: &Path,
        url: Option<&str>,
        host: &Host,
        events: Events<'_>,
    ) -> Result<Self, Error> {
        if let Some(url) = url
            && url != "embedded:"
            && !url.contains("${")
        {
            let hint = "write it into `.env` as `DATABASE_URL=…`, and run `limbeck init` without `--url`";
            return Err(if url.contains(['/', '=', '@']) {
                Error::usage("a URL with its password does not belong into limbeck.toml, which is committed")
                    .hint(hint)
            } else {
                Error::usage(format!("`{url}` is neither `embedded:` nor a variable"))
                    .hint("`--url embedded:` is for a PostgreSQL of Limbeck's own, `--url '${DATABASE_URL}'` for a variable")
                    .hint(hint)
            });
        }
        let written = dotenv(folder)?;
        let mut variables = written.clone();
        variables.extend(host.variables.clone());
        let is_url = |name: &&str| {
            variables
                .get(*name)
                .is_some_and(|value| value.starts_with("postgres"))
        };
        let found = connection::URL_VARIABLES
            .into_iter()
            .chain([LAST_VARIABLE])
            .find(|name| is_url(name))
            .map(str::to_owned)
            .or_else(|| {
                let is_address =
                    |value: &str| value.starts_with("postgresql://") || value.starts_with("postgres://");
                // Any name will do in `.env`, which is this project's; what is exported may be about anything.
                written
                    .iter()
                    .find(|(_, value)| is_address(value))
                    .map(|(name, _)| name.clone())
            });
        if let (None, Some(found)) = (url, &found) {
            events(Event::Note(format!(
                "the database is that of the variable `{found}`"
            )));
        }
        let named = url.and_then(|url| url.strip_prefix("${")?.strip_suffix('}'));
        let address = match url {
            Some(_) => named.and_then(|name| variables.get(name)),
            None => found.as_ref().and_then(|name| variables.get(name)),
        };
        let database = match address {
            Some(address) => look_into(address, host).await,
            None => None,
        };
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        let schema: Vec<String> = SCHEMA_FOLDERS
            .iter()
            .filter(|path| file_with(&folder.join(path), "sql", &|_| true).is_some())
            .map(|path| (*path).to_owned())
            .collect();
        let source = folder.join("src");
        let has_models = model_file(&source).is_some();
        let has_schema = !schema.is_empty();
        let roots = ["src/lib.rs", "src/main.rs"].map(PathBuf::from);
        let root = roots.into_iter().find(|root| folder.join(root).is_file());
        // Where neither a crate nor `.sql` files are there yet, nothing is said, and both are looked for.
        let models = if root.is_some() || manifest.contains("[package]") {
            vec!["src".to_owned()]
        } else {
            members_with_models(folder, &manifest)
        };
        let root_without_models = root.filter(|root| {
            let text = std::fs::read_to_string(folder.join(root)).unwrap_or_default();
            (!has_models && schema.is_empty() || source.join("models.rs").is_file())
                && !text
                    .lines()
                    .any(|line| line.trim().trim_start_matches("pub ").starts_with("mod models"))
        });
        Ok(Self {
            url: url.map(str::to_owned),
            url_is_known: url.is_some() || found.is_some(),
            variable: found.unwrap_or_else(|| "DATABASE_URL".to_owned()),
            models,
            schema,
            major: database
                .as_ref()
                .map_or_else(|| machines_major(host), |database| database.major),
            holds_tables: database.is_some_and(|database| database.holds_tables),
            is_cargo_package: manifest.contains("[package]"),
            is_cargo_workspace: manifest.contains("[workspace]"),
            depends_on_limbeck: manifest.contains("limbeck"),
            has_models,
            has_schema,
            has_models_crate: folder.join("crates/models/Cargo.toml").is_file(),
            root_without_models,
        })
    }

    /// What a template says that was not found.
    pub(super) fn suit(&mut self, template: BuiltIn) -> Result<(), Error> {
        match template {
            BuiltIn::Generic => {}
            BuiltIn::Sql => {
                self.models.clear();
                if self.schema.is_empty() {
                    self.schema = vec!["database/schema".to_owned()];
                }
            }
            BuiltIn::Workspace => self.models = vec!["crates/models/src".to_owned()],
            BuiltIn::Neon => {
                if !self.url_is_known {
                    self.variable = "DATABASE_URL_UNPOOLED".to_owned();
                }
            }
            BuiltIn::Multidb => {
                if self.url.as_deref().is_some_and(|url| url != "embedded:") {
                    return Err(Error::usage(
                        "the template `multidb` has two databases, and `--url` names one",
                    )
                    .hint("leave `--url` out, or give `--url embedded:` for two of Limbeck's own"));
                }
            }
        }
        Ok(())
    }

    /// Whether a first model helps: there is a crate, no model in it yet, and no table that one is to be generated from.
    pub(super) fn wants_first_model(&self) -> bool {
        self.is_cargo_package && !self.has_models && self.schema.is_empty() && !self.holds_tables
    }
}

/// The members of a Cargo workspace that hold models, as the manifest writes them: `crates/*/src`.
fn members_with_models(folder: &Path, manifest: &str) -> Vec<String> {
    let Ok(manifest) = manifest.parse::<toml::Table>() else {
        return Vec::new();
    };
    let members = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("members"))
        .and_then(toml::Value::as_array);
    let members = members.into_iter().flatten().filter_map(toml::Value::as_str);
    members
        .filter(|member| match member.strip_suffix("/*") {
            Some(above) => {
                let below = std::fs::read_dir(folder.join(above))
                    .into_iter()
                    .flatten()
                    .flatten();
                below
                    .into_iter()
                    .any(|entry| model_file(&entry.path().join("src")).is_some())
            }
            None => model_file(&folder.join(member).join("src")).is_some(),
        })
        .map(|member| format!("{member}/src"))
        .collect()
}

/// What a database tells.
struct Database {
    major: u32,
    holds_tables: bool,
}

/// What a database tells, when it answers soon.
async fn look_into(url: &str, host: &Host) -> Option<Database> {
    let settings = connection::settings(url, host, &host.variables, &[]).ok()?;
    let options = SessionOptions {
        application_name: "limbeck".to_owned(),
        pins: Pins::Reading,
        connect_timeout: PATIENCE,
        pooling: None,
    };
    let look = async {
        let session = limbeck_postgres::connect(&settings, &options).await.ok()?;
        let major = (session.server_version_num() / 10_000).clamp(14, 18);
        let tables = session.query_text(TABLES).await.unwrap_or_default();
        session.close().await;
        Some(Database {
            major,
            holds_tables: !tables.is_empty(),
        })
    };
    tokio::time::timeout(PATIENCE, look).await.ok().flatten()
}

/// A table of the application's, if there is any: extensions have theirs.
const TABLES: &str = "SELECT c.oid::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('information_schema', 'limbeck') AND n.nspname !~ '^pg_' \
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass \
     AND d.objid = c.oid AND d.deptype = 'e') LIMIT 1";

/// The machine's major version; else the usual one.
fn machines_major(host: &Host) -> u32 {
    let search = search_outside(
        None,
        &Overrides {
            offline: true,
            ..Overrides::default()
        },
        host,
    );
    // The same that every later command chooses: what was named, what the machine has, what was fetched.
    limbeck_server::list(&search, &host.directories)
        .into_iter()
        .filter(|found| (14..=18).contains(&found.version.major))
        .min_by_key(|found| (found.origin, std::cmp::Reverse(found.version)))
        .map_or(DEFAULT_MAJOR, |found| found.version.major)
}
