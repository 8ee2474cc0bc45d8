//! `limbeck.toml`.
//!
//! The file is read key by key, so that an unknown key, a value of the wrong type or an unset variable is told
//! with its place. An environment's section takes the same keys as the file itself and lies over them.

mod document;
mod error;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use document::Section;
pub use error::ConfigError;
pub use variables::expand;

/// The name of the file.
pub const FILE_NAME: &str = "limbeck.toml";

/// What `limbeck.toml` says, an environment's section already laid over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder of the migrations (`versions/`, `script.sql.jinja`), relative to the project.
    pub migrations: PathBuf,
    /// Roots of crates, or globs, where models are declared; `None` when nothing is said.
    pub models: Option<Vec<String>>,
    /// Folders, files or globs of `.sql`; `None` when nothing is said.
    pub schema: Option<Vec<String>>,
    /// The section `[database]`.
    pub database: DatabaseConfig,
    /// The section `[revisions]`.
    pub revisions: RevisionsConfig,
    /// The section `[autogenerate]`.
    pub autogenerate: AutogenerateConfig,
    /// The section `[server]`.
    pub server: ServerConfig,
    /// `[scratch] url`, variables not yet expanded; `None` when Limbeck starts its own.
    pub scratch_url: Option<String>,
    /// The section `[types]`: the SQL type of a Rust path.
    pub types: BTreeMap<String, String>,
}

/// The section `[database]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseConfig {
    /// The URL, variables not yet expanded, or `embedded:`.
    pub url: Option<String>,
    /// The schemas that are looked at.
    pub schemas: Vec<String>,
    /// The `search_path` that revisions run with.
    pub search_path: String,
    /// The schema of Limbeck's own tables.
    pub version_schema: String,
    /// Which of several histories in one database this is.
    pub scope: String,
    /// Patterns of `schema.name` that are never looked at.
    pub exclude: Vec<String>,
}

/// The section `[revisions]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RevisionsConfig {
    /// Folders of revision files beside `versions/`, relative to the project.
    pub version_locations: Vec<PathBuf>,
    /// Whether the folders inside are read as well.
    pub recursive_version_locations: bool,
}

/// The section `[autogenerate]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AutogenerateConfig {
    /// Whether indexes on existing tables are built with `CONCURRENTLY`.
    pub concurrently: bool,
}

/// The section `[server]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerConfig {
    /// The major version that states are compared on.
    pub major: Option<u32>,
    /// The folder of PostgreSQL's programs.
    pub bin: Option<PathBuf>,
}

/// The schema of Limbeck's own tables, where no other is configured.
pub(crate) const DEFAULT_VERSION_SCHEMA: &str = "limbeck";

impl Default for Config {
    fn default() -> Self {
        Self {
            migrations: PathBuf::from("database/migrations"),
            models: None,
            schema: None,
            database: DatabaseConfig {
                url: None,
                schemas: vec!["public".to_owned()],
                search_path: "public".to_owned(),
                version_schema: DEFAULT_VERSION_SCHEMA.to_owned(),
                scope: "main".to_owned(),
                exclude: Vec::new(),
            },
            revisions: RevisionsConfig::default(),
            autogenerate: AutogenerateConfig::default(),
            server: ServerConfig::default(),
            scratch_url: None,
            types: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads a configuration. `path` is only told in errors; `environment` names the section to lay over it.
    ///
    /// # Errors
    /// All that is wrong with the text, in its order.
    pub fn parse(path: &Path, text: &str, environment: Option<&str>) -> Result<Self, Vec<ConfigError>> {
        let document = document::parse(path, text).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        let mut config = Self::default();
        let root = Section::root(path, text, &document);
        config.apply(&root, true, &mut errors);
        let mut names = Vec::new();
        let mut first = None;
        if let Some(environments) = root.section("environments", &mut errors) {
            first = environments.first_key();
            for (name, section) in environments.sections(&mut errors) {
                // Every environment is read, so that a mistake in one that is not chosen is told as well.
                let mut other = config.clone();
                other.apply(&section, false, &mut errors);
                if environment == Some(name.as_str()) {
                    config = other;
                }
                names.push(name);
            }
        }
        if let Some(wanted) = environment
            && !names.iter().any(|name| name == wanted)
        {
            errors.push(ConfigError::unknown_environment(
                path, text, first, wanted, &names,
            ));
        }
        if errors.is_empty() {
            Ok(config)
        } else {
            Err(errors)
        }
    }

    fn apply(&mut self, section: &Section<'_>, is_root: bool, errors: &mut Vec<ConfigError>) {
        let mut known = vec![
            "migrations",
            "models",
            "schema",
            "database",
            "revisions",
            "autogenerate",
            "server",
            "scratch",
            "types",
        ];
        if is_root {
            known.push("environments");
        }
        section.only(&known, errors);
        if let Some(value) = section.string("migrations", errors) {
            self.migrations = PathBuf::from(value);
        }
        if let Some(values) = section.strings("models", errors) {
            self.models = Some(values);
        }
        if let Some(values) = section.strings("schema", errors) {
            self.schema = Some(values);
        }
        if let Some(database) = section.section("database", errors) {
            self.database.apply(&database, errors);
        }
        if let Some(revisions) = section.section("revisions", errors) {
            self.revisions.apply(&revisions, errors);
        }
        if let Some(autogenerate) = section.section("autogenerate", errors) {
            autogenerate.only(&["concurrently"], errors);
            if let Some(value) = autogenerate.boolean("concurrently", errors) {
                self.autogenerate.concurrently = value;
            }
        }
        if let Some(server) = section.section("server", errors) {
            server.only(&["major", "bin"], errors);
            if let Some(major) = server.integer("major", 14, 18, errors) {
                self.server.major = u32::try_from(major).ok();
            }
            if let Some(bin) = server.string("bin", errors) {
                self.server.bin = Some(PathBuf::from(bin));
            }
        }
        if let Some(scratch) = section.section("scratch", errors) {
            scratch.only(&["url"], errors);
            if let Some(url) = scratch.string("url", errors) {
                self.scratch_url = Some(url).filter(|url| !url.is_empty());
            }
        }
        if let Some(types) = section.section("types", errors) {
            for (path, sql) in types.all_strings(errors) {
                self.types.insert(path, sql);
            }
        }
    }
}

impl DatabaseConfig {
    fn apply(&mut self, section: &Section<'_>, errors: &mut Vec<ConfigError>) {
        section.only(
            &[
                "url",
                "schemas",
                "search_path",
                "version_schema",
                "scope",
                "exclude",
            ],
            errors,
        );
        if let Some(url) = section.string("url", errors) {
            self.url = Some(url).filter(|url| !url.is_empty());
        }
        if let Some(schemas) = section.strings("schemas", errors) {
            self.schemas = schemas;
        }
        for (key, field) in [
            ("search_path", &mut self.search_path),
            ("version_schema", &mut self.version_schema),
            ("scope", &mut self.scope),
        ] {
            if let Some(value) = section.string(key, errors) {
                if value.is_empty() {
                    errors.push(section.wrong(key, "may not be empty"));
                }
                *field = value;
            }
        }
        if let Some(patterns) = section.strings("exclude", errors) {
            self.exclude = patterns;
        }
    }
}

impl RevisionsConfig {
    fn apply(&mut self, section: &Section<'_>, errors: &mut Vec<ConfigError>) {
        section.only(&["version_locations", "recursive_version_locations"], errors);
        if let Some(folders) = section.strings("version_locations", errors) {
            self.version_locations = folders.into_iter().map(PathBuf::from).collect();
        }
        if let Some(value) = section.boolean("recursive_version_locations", errors) {
            self.recursive_version_locations = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, environment: Option<&str>) -> Result<Config, Vec<String>> {
        Config::parse(Path::new("limbeck.toml"), text, environment).map_err(|errors| {
            let told = |error: &ConfigError| match &error.hint {
                Some(hint) => format!("{error}\nhint: {hint}"),
                None => error.to_string(),
            };
            errors.iter().map(told).collect()
        })
    }

    #[test]
    fn empty_text_is_the_defaults() {
        assert_eq!(parse("", None), Ok(Config::default()));
    }

    #[test]
    fn an_environment_lies_over_the_rest() {
        let text = "
            migrations = 'db'
            [database]
            url = '${DEV}'
            schemas = ['public', 'app']
            [environments.production]
            database.url = '${PRODUCTION}'
            database.scope = 'live'
        ";
        let development = parse(text, None).unwrap();
        assert_eq!(development.database.url.as_deref(), Some("${DEV}"));
        let production = parse(text, Some("production")).unwrap();
        assert_eq!(production.database.url.as_deref(), Some("${PRODUCTION}"));
        assert_eq!(production.database.scope, "live");
        assert_eq!(production.database.schemas, ["public", "app"]);
        assert_eq!(production.migrations, Path::new("db"));
    }

    #[test]
    fn where_revisions_lie() {
        let text =
            "[revisions]\nversion_locations = ['billing/versions']\nrecursive_version_locations = true\n";
        let revisions = parse(text, None).unwrap().revisions;
        assert_eq!(revisions.version_locations, [Path::new("billing/versions")]);
        assert!(revisions.recursive_version_locations);
        insta::assert_snapshot!(
            parse("[revisions]\nversion_locations = 'a'\nrecursive = true\n", None).unwrap_err().join("\n"), @r#"
        limbeck.toml:3:1: unknown key `revisions.recursive`
        hint: the keys known here are `version_locations`, `recursive_version_locations`
        limbeck.toml:2:21: `revisions.version_locations` must be a list of strings, as in `["a", "b"]`, not a string
        "#);
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let errors = parse(
            "migration = 'x'\nmodels = 'src'\n[database]\nurll = 1\nscope = ''\n[server]\nmajor = 13\n[environments.production.database]\nulr = 'x'\n",
            Some("prod"),
        )
        .unwrap_err();
        insta::assert_snapshot!(errors.join("\n"), @r#"
        limbeck.toml:1:1: unknown key `migration`
        hint: did you mean `migrations`?
        limbeck.toml:2:10: `models` must be a list of strings, as in `["a", "b"]`, not a string
        limbeck.toml:4:1: unknown key `database.urll`
        hint: did you mean `url`?
        limbeck.toml:5:9: `database.scope` may not be empty
        limbeck.toml:7:9: `server.major` must be a number from 14 to 18
        limbeck.toml:9:1: unknown key `environments.production.database.ulr`
        hint: did you mean `url`?
        limbeck.toml:8:15: there is no environment `prod`
        hint: the only environment is `production`
        "#);
    }

    #[test]
    fn broken_toml_is_told_with_its_place() {
        insta::assert_snapshot!(parse("[database\nurl = 'x'", None).unwrap_err().join("\n"), @r#"
        limbeck.toml:1:10: the file is no valid TOML: unclosed table, expected `]`
        hint: look at this line and the one above it: a list ends with `]`, a string with `"`, and a section begins with its name in `[` and `]`
        "#);
    }
}
