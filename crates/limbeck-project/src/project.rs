//! An opened project: its configuration, its variables, its folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use limbeck_catalog::ObjectId;
use limbeck_history::{Files, History, Locations, Revision};
use limbeck_postgres::Settings;

use crate::config::{self, Config, ConfigError};
use crate::connection::{self, URL_VARIABLES};
use crate::{Diagnostic, Error, Failure, Host, Overrides, Snippet};

/// A folder with a `limbeck.toml`, and what the caller said about its surroundings.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    config: Config,
    variables: BTreeMap<String, String>,
    overrides: Overrides,
    host: Host,
}

/// The database that a project works on.
#[derive(Debug, Clone)]
pub enum DatabaseTarget {
    /// The project's embedded server (`embedded:`).
    Embedded,
    /// A server that is reached by a connection string.
    Url(Box<Settings>),
}

/// Where the database's URL was found, in words: `limbeck.toml`, `-D`, `LIMBECK_DATABASE_URL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlOrigin {
    /// `-D/--database-url`.
    Argument,
    /// The variable `LIMBECK_DATABASE_URL`.
    Variable,
    /// `limbeck.toml`, the chosen environment's section included.
    Config,
    /// One of the variables that are looked at where nothing names the URL, such as `DATABASE_URL`.
    UsualVariable(&'static str),
}

impl UrlOrigin {
    /// The variable that holds the URL, where it is one.
    #[must_use]
    pub fn variable(self) -> Option<&'static str> {
        match self {
            Self::Variable => Some(URL_VARIABLE),
            Self::UsualVariable(name) => Some(name),
            Self::Argument | Self::Config => None,
        }
    }
}

/// The variable that names the database before `limbeck.toml` does.
pub(crate) const URL_VARIABLE: &str = "LIMBECK_DATABASE_URL";

impl Project {
    /// Opens the project that `start` lies in: the nearest folder upward with a `limbeck.toml`.
    ///
    /// # Errors
    /// When there is none, or it cannot be understood.
    pub fn open(start: &Path, overrides: &Overrides, host: &Host) -> Result<Self, Error> {
        let (root, config) = read_config(start, overrides)?;
        if config.database_name.is_none() && !config.databases.is_empty() {
            return Err(several_databases(&config.databases));
        }
        let variables = variables(&root, host)?;
        Ok(Self {
            root,
            config,
            variables,
            overrides: overrides.clone(),
            host: host.clone(),
        })
    }

    /// The names of the databases of the project that `start` lies in, in the order of its limbeck.toml; none where it
    /// has only one, without a name.
    ///
    /// # Errors
    /// As for [`open`](Self::open), but for that several need one to be chosen.
    pub fn databases(start: &Path, overrides: &Overrides) -> Result<Vec<String>, Error> {
        let of_all = Overrides {
            database: None,
            ..overrides.clone()
        };
        Ok(read_config(start, &of_all)?.1.databases)
    }

    /// The project's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What `limbeck.toml` says.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What the caller said about the surroundings.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// How long a server is waited for that sleeps, starts or restarts.
    #[must_use]
    pub fn wait_for_server(&self) -> Duration {
        let configured = self.config.run.wait_for_server;
        self.overrides.wait_for_server.unwrap_or(configured)
    }

    pub(crate) fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// The folder of the migrations.
    #[must_use]
    pub fn migrations(&self) -> PathBuf {
        self.root.join(&self.config.migrations)
    }

    /// The folder of the revision files that every project has.
    #[must_use]
    pub fn versions(&self) -> PathBuf {
        self.migrations().join("versions")
    }

    /// Every folder of revision files: `versions/`, which may be missing where others are configured, and those.
    #[must_use]
    pub fn locations(&self) -> Locations {
        let revisions = &self.config.revisions;
        let mut folders = vec![self.versions()];
        let others = &revisions.version_locations;
        if !others.is_empty() && !self.versions().is_dir() {
            folders.clear();
        }
        folders.extend(others.iter().map(|folder| self.root.join(folder)));
        Locations {
            folders,
            recursive: revisions.recursive_version_locations || revisions.naming.template.has_folders(),
        }
    }

    /// A path as it is told to people: relative to the project where it lies in it.
    #[must_use]
    pub fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }

    /// Reads the revisions.
    ///
    /// # Errors
    /// When a file or the graph is wrong.
    pub fn history(&self) -> Result<History, Error> {
        self.history_of(&self.revision_files()?)
    }

    /// The revision files, read and not yet understood.
    pub(crate) fn revision_files(&self) -> Result<Files, Error> {
        let locations = self.locations();
        self.refuse_missing(&locations)?;
        Files::read(&locations).map_err(|error| crate::error::from_history(self, error))
    }

    /// Names the first folder of revision files that is not there.
    pub(crate) fn refuse_missing(&self, locations: &Locations) -> Result<(), Error> {
        let Some(missing) = locations.folders.iter().find(|folder| !folder.is_dir()) else {
            return Ok(());
        };
        let shown = self.relative(missing).display().to_string();
        let mut diagnostic = Diagnostic::new(format!("there is no folder `{shown}`"));
        let hint = if *missing == self.versions() {
            "run `limbeck init`, or set `migrations` in limbeck.toml"
        } else {
            diagnostic.snippets.extend(self.in_config(&shown));
            "make the folder, or take it out of `version_locations` in limbeck.toml"
        };
        Err(Error::new(Failure::Usage, diagnostic).hint(hint))
    }

    /// The history that revision files form.
    pub(crate) fn history_of(&self, files: &Files) -> Result<History, Error> {
        let history =
            History::from_folders(files).map_err(|error| crate::error::from_history(self, error))?;
        for revision in history.order_all() {
            for declaration in &revision.declares {
                if let Err(cause) = declaration.object.parse::<ObjectId>() {
                    return Err(self.no_object(revision, &declaration.object, &cause));
                }
            }
        }
        Ok(history)
    }

    /// The error that a `declares` line names no object.
    fn no_object(&self, revision: &Revision, object: &str, cause: &dyn std::fmt::Display) -> Error {
        let start = revision.text.rfind(object).unwrap_or_default();
        let (line, column) = limbeck_sql::line_column(&revision.text, start);
        let snippet = Snippet {
            path: self.relative(&revision.path),
            source: revision.text.clone(),
            line,
            column,
            range: start..start + object.len(),
            label: String::new(),
        };
        let diagnostic = Diagnostic::new(format!("`{object}` is no object: {cause}")).at(snippet);
        Error::new(Failure::History, diagnostic)
            .hint("write its kind and its name, as in `table public.users` or `index public.users_email_idx`")
    }

    /// The database that the project works on, and where its URL was found.
    ///
    /// # Errors
    /// When there is no URL, a variable in it is not set, or it cannot be understood.
    pub fn database_target(&self) -> Result<(DatabaseTarget, UrlOrigin), Error> {
        let argument = self
            .overrides
            .database_url
            .as_deref()
            .map(|url| (url, UrlOrigin::Argument));
        let variable = || {
            let url = self.variables.get(URL_VARIABLE).filter(|url| !url.is_empty())?;
            Some((url.as_str(), UrlOrigin::Variable))
        };
        let config = || {
            self.config
                .database
                .url
                .as_deref()
                .map(|url| (url, UrlOrigin::Config))
        };
        // Of several databases each has its own.
        let usual = || {
            let names = URL_VARIABLES
                .into_iter()
                .filter(|_| self.config.database_name.is_none());
            let mut set = names.filter_map(|name| {
                let url = self.variables.get(name).filter(|url| !url.is_empty())?;
                Some((url.as_str(), UrlOrigin::UsualVariable(name)))
            });
            set.next()
        };
        let found = argument.or_else(variable).or_else(config).or_else(usual);
        let Some((url, origin)) = found else {
            return Err(Error::usage("no database is configured")
                .hint("set `url` under `[database]` in limbeck.toml, for example `url = \"${DATABASE_URL}\"` with the variable in `.env`")
                .hint("or set `url = \"embedded:\"`: Limbeck then starts a PostgreSQL of its own for this project"));
        };
        let expanded = if origin == UrlOrigin::Config {
            self.expand(url, "[database] url")?
        } else {
            url.to_owned()
        };
        let target = if expanded == "embedded:" {
            DatabaseTarget::Embedded
        } else {
            let settings = self.settings(&expanded)?;
            DatabaseTarget::Url(Box::new(settings))
        };
        Ok((target, origin))
    }

    /// The server that scratch databases are made on, where `[scratch] url` names one.
    pub(crate) fn scratch_settings(&self) -> Result<Option<Settings>, Error> {
        let Some(url) = &self.config.scratch_url else {
            return Ok(None);
        };
        let expanded = self.expand(url, "[scratch] url")?;
        // A pooler would hand the sessions of a comparison to others between two statements.
        self.settings(&expanded).map(|settings| Some(settings.direct()))
    }

    fn settings(&self, url: &str) -> Result<Settings, Error> {
        connection::settings(
            url,
            &self.host,
            &self.variables,
            &self.config.database.neon_suffixes,
        )
    }

    /// Where limbeck.toml first has these words.
    pub(crate) fn in_config(&self, words: &str) -> Option<Snippet> {
        let source = read_text(&self.root.join(config::FILE_NAME)).ok()?;
        let start = source.find(words)?;
        let (line, column) = limbeck_sql::line_column(&source, start);
        Some(Snippet {
            path: PathBuf::from(config::FILE_NAME),
            line,
            column,
            range: start..start + words.len(),
            source,
            label: String::new(),
        })
    }

    fn expand(&self, text: &str, key: &str) -> Result<String, Error> {
        config::expand(text, &self.variables).map_err(|name| {
            let message = format!("the variable `{name}` in `{key}` is not set");
            let mut diagnostic = Diagnostic::new(message);
            diagnostic.snippets.extend(self.in_config(&format!("${{{name}}}")));
            Error::new(Failure::Usage, diagnostic)
                .hint(format!("write `{name}=postgresql://user:password@host/database` into `.env` beside limbeck.toml, or export it"))
        })
    }
}

/// The nearest folder upward with a `limbeck.toml`.
pub(crate) fn find_root(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|folder| folder.join(config::FILE_NAME).is_file())
        .map(Path::to_owned)
}

/// The caller's variables over those of `.env`.
fn variables(root: &Path, host: &Host) -> Result<BTreeMap<String, String>, Error> {
    let mut variables = dotenv(root)?;
    variables.extend(host.variables.clone());
    Ok(variables)
}

/// The variables of a folder's `.env`.
pub(crate) fn dotenv(root: &Path) -> Result<BTreeMap<String, String>, Error> {
    let path = root.join(".env");
    let mut variables = BTreeMap::new();
    if path.is_file() {
        let text = read_text(&path)?;
        for pair in dotenvy::from_read_iter(text.as_bytes()) {
            // The line may hold a password, so the cause is not told word for word.
            let (name, value) = pair.map_err(|cause| {
                let number = match &cause {
                    dotenvy::Error::LineParse(wrong, _) => text.lines().position(|line| line == wrong),
                    _ => None,
                };
                let which =
                    number.map_or_else(|| "a line".to_owned(), |number| format!("line {}", number + 1));
                Error::usage(format!("{which} of `.env` cannot be understood")).hint(
                    "each line is `NAME=value`; a value with spaces, `#` or `$` stands in single quotes",
                )
            })?;
            variables.insert(name, value);
        }
    }
    Ok(variables)
}

pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(|error| {
        Error::failed(format!("`{}` cannot be read: {error}", path.display())).caused_by(error)
    })?;
    String::from_utf8(bytes).map_err(|error| {
        Error::usage(format!(
            "`{}` is not UTF-8 (byte {})",
            path.display(),
            error.utf8_error().valid_up_to()
        ))
        .hint("save the file as UTF-8")
    })
}

/// The project's folder, and what its limbeck.toml says.
fn read_config(start: &Path, overrides: &Overrides) -> Result<(PathBuf, Config), Error> {
    let root = find_root(start).ok_or_else(|| {
        Error::usage(format!(
            "there is no `{}` in `{}` or above it",
            config::FILE_NAME,
            start.display()
        ))
        .hint("run `limbeck init` in the folder of the project")
    })?;
    let text = read_text(&root.join(config::FILE_NAME))?;
    let config = Config::parse(
        Path::new(config::FILE_NAME),
        &text,
        overrides.environment.as_deref(),
        overrides.database.as_deref(),
    )
    .map_err(|errors| config_errors(&errors))?;
    Ok((root, config))
}

/// Nobody said which of several databases is meant.
fn several_databases(names: &[String]) -> Error {
    let listed: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let first = names.first().map_or("NAME", String::as_str);
    Error::usage(format!(
        "the project has several databases: {}",
        listed.join(", ")
    ))
    .hint(format!(
        "choose one with `--database {first}`, or with the variable `LIMBECK_DATABASE`"
    ))
}

/// All that is wrong with a configuration, as one error.
pub(crate) fn config_errors(errors: &[ConfigError]) -> Error {
    let diagnostics = errors
        .iter()
        .map(|error| Diagnostic {
            message: error.message.clone(),
            snippets: vec![match error.line {
                0 => Snippet::file(error.path.clone()),
                line => Snippet {
                    path: error.path.clone(),
                    source: error.text.clone(),
                    line,
                    column: error.column,
                    range: error.range.clone(),
                    label: String::new(),
                },
            }],
            notes: Vec::new(),
            hints: error.hint.clone().into_iter().collect(),
        })
        .collect();
    Error::several(Failure::Usage, diagnostics)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::dotenv;

    /// Lines that `.env` files have, and pieces that break them.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop::sample::select(vec![
            "A=postgresql://u:pa55-Wort@h/d",
            "export B=",
            "A",
            "=",
            "'",
            "\"",
            "$A",
            "${A",
            "}",
            "\\",
            "#",
            " ",
            "\n",
            "\r\n",
            "\u{feff}",
            "\0",
            "é",
        ]);
        prop_oneof![
            prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat().into_bytes()),
            prop::collection::vec(any::<u8>(), 0..100),
        ]
    }

    proptest! {
        #[test]
        fn any_file_is_variables_or_a_line_that_is_not_shown(text in lines()) {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(".env"), text).unwrap();
            if let Err(error) = dotenv(folder.path()) {
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains("pa55-Wort"), "{}", shown);
            }
        }
    }
}
