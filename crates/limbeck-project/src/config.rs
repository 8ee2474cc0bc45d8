//! `limbeck.toml`.
//!
//! The file is read key by key, so that an unknown key, a value of the wrong type or an unset variable is told
//! with its place. An environment's section takes the same keys as the file itself and lies over them; the section of
//! one of several databases lies over both.

mod database;
mod databases;
mod document;
mod error;
mod hooks;
mod revisions;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use limbeck_model::source::Naming;
use limbeck_postgres::Patience;

pub(crate) use database::DEFAULT_VERSION_SCHEMA;
pub use database::DatabaseConfig;
pub use databases::ALL as ALL_DATABASES;
use databases::Sections;
use document::Section;
pub(crate) use document::{listed, nearest};
pub use error::ConfigError;
pub(crate) use hooks::PATH as HOOK_PATH;
pub use hooks::PostWriteHook;
pub use revisions::RevisionsConfig;
pub use variables::expand;

/// The name of the file.
pub const FILE_NAME: &str = "limbeck.toml";

/// What `limbeck.toml` says, the sections of an environment and of a database already laid over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder of the migrations (`versions/`, `script.sql.jinja`), relative to the project.
    pub migrations: PathBuf,
    /// Roots of crates, or globs, where models are declared; `None` when nothing is said.
    pub models: Option<Vec<String>>,
    /// Folders, files or globs of `.sql`; `None` when nothing is said.
    pub schema: Option<Vec<String>>,
    /// The section `[database]`, and over it what is said for the chosen one of several databases.
    pub database: DatabaseConfig,
    /// The names of the sections `[databases.NAME]`, in the order of the file.
    pub databases: Vec<String>,
    /// Which of them this is.
    pub database_name: Option<String>,
    /// The section `[revisions]`.
    pub revisions: RevisionsConfig,
    /// The sections `[[post_write_hooks]]`, in the order of the file.
    pub post_write_hooks: Vec<PostWriteHook>,
    /// The section `[autogenerate]`.
    pub autogenerate: AutogenerateConfig,
    /// The section `[run]`.
    pub run: RunConfig,
    /// The section `[server]`.
    pub server: ServerConfig,
    /// `[scratch] url`, variables not yet expanded; `None` when Limbeck starts its own.
    pub scratch_url: Option<String>,
    /// The section `[types]`: the SQL type of a Rust path.
    pub types: BTreeMap<String, String>,
    /// `features`: those of the crates of models that are on; `None` where nobody says.
    pub features: Option<Vec<String>>,
    /// The section `[naming]`: how constraints and indexes of models are named that have no name of their own.
    pub naming: Naming,
}

/// The section `[autogenerate]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AutogenerateConfig {
    /// Whether indexes on existing tables are built with `CONCURRENTLY`.
    pub concurrently: bool,
}

/// The section `[run]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunConfig {
    /// Whether all steps of an upgrade or a downgrade commit together.
    pub single_transaction: bool,
    /// Whether a run may go through a pooler in transaction mode.
    pub allow_pooler: bool,
    /// How long to wait for a server that sleeps, starts or restarts.
    pub wait_for_server: Duration,
    /// How long a step waits for each lock; `None` by the kind of step.
    pub lock_timeout: Option<Duration>,
    /// For how long a step that did not get its locks is sent again; `None` for the usual time.
    pub lock_deadline: Option<Duration>,
    /// How long a statement may run; `None` for as long as it takes.
    pub statement_timeout: Option<Duration>,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            single_transaction: false,
            allow_pooler: false,
            wait_for_server: Patience::DEFAULT_LIMIT,
            lock_timeout: None,
            lock_deadline: None,
            statement_timeout: None,
        }
    }
}

impl RunConfig {
    fn apply(&mut self, section: &Section<'_>, errors: &mut Vec<ConfigError>) {
        section.only(
            &[
                "single_transaction",
                "allow_pooler",
                "wait_for_server",
                "lock_timeout",
                "lock_deadline",
                "statement_timeout",
            ],
            errors,
        );
        for (key, setting) in [
            ("single_transaction", &mut self.single_transaction),
            ("allow_pooler", &mut self.allow_pooler),
        ] {
            if let Some(value) = section.boolean(key, errors) {
                *setting = value;
            }
        }
        if let Some(value) = section.duration("wait_for_server", errors) {
            self.wait_for_server = value;
        }
        for (key, setting) in [
            ("lock_timeout", &mut self.lock_timeout),
            ("lock_deadline", &mut self.lock_deadline),
            ("statement_timeout", &mut self.statement_timeout),
        ] {
            if let Some(value) = section.duration(key, errors) {
                *setting = Some(value);
            }
        }
    }
}

/// The section `[server]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerConfig {
    /// The major version that states are compared on.
    pub major: Option<u32>,
    /// The folder of PostgreSQL's programs.
    pub bin: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            migrations: PathBuf::from("database/migrations"),
            models: None,
            schema: None,
            database: DatabaseConfig::default(),
            databases: Vec::new(),
            database_name: None,
            revisions: RevisionsConfig::default(),
            post_write_hooks: Vec::new(),
            autogenerate: AutogenerateConfig::default(),
            run: RunConfig::default(),
            server: ServerConfig::default(),
            scratch_url: None,
            types: BTreeMap::new(),
            features: None,
            naming: Naming::default(),
        }
    }
}

/// Which section of the file it is, which decides what it may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    File,
    Environment,
}

/// What a section may say at every level.
const KEYS: [&str; 12] = [
    "migrations",
    "models",
    "features",
    "naming",
    "schema",
    "revisions",
    "post_write_hooks",
    "autogenerate",
    "run",
    "server",
    "scratch",
    "types",
];

impl Config {
    /// Reads a configuration. `path` is only told in errors; `environment` names the section to lay over it, and
    /// `database` which of several databases is meant. Without it that is the only one; where there are several, what is
    /// theirs alone is not laid over, and [`database_name`](Self::database_name) is `None`.
    ///
    /// # Errors
    /// All that is wrong with the text, in its order.
    pub fn parse(
        path: &Path,
        text: &str,
        environment: Option<&str>,
        database: Option<&str>,
    ) -> Result<Self, Vec<ConfigError>> {
        let document = document::parse(path, text).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        let root = Section::root(path, text, &document);
        let sections = Sections::read(&root, &mut errors);
        let names = sections.names();
        let database = match (database, names.as_slice()) {
            (None, [only]) => Some(only.as_str()),
            (given, _) => given,
        };
        let mut config = Self::default();
        sections.lay_over(&mut config, environment, database, &mut errors);
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.range.start);
            return Err(errors);
        }
        config.database_name = database.map(str::to_owned);
        config.databases = names;
        Ok(config)
    }

    fn apply(&mut self, section: &Section<'_>, level: Level, errors: &mut Vec<ConfigError>) {
        let mut known: Vec<&str> = KEYS.into_iter().chain(["database", "databases"]).collect();
        if level == Level::File {
            known.push("environments");
        }
        section.only(&known, errors);
        self.apply_shared(section, errors);
        if let Some(database) = section.section("database", errors) {
            database.only(&database::KEYS, errors);
            self.database.apply(&database, errors);
        }
    }

    /// Lays the section of one of several databases over: it has the keys of `[database]` besides.
    fn apply_database(&mut self, section: &Section<'_>, errors: &mut Vec<ConfigError>) {
        let known: Vec<&str> = KEYS.into_iter().chain(database::KEYS).collect();
        section.only(&known, errors);
        self.apply_shared(section, errors);
        self.database.apply(section, errors);
    }

    fn apply_shared(&mut self, section: &Section<'_>, errors: &mut Vec<ConfigError>) {
        if let Some(value) = section.string("migrations", errors) {
            self.migrations = PathBuf::from(value);
        }
        if let Some(values) = section.strings("models", errors) {
            self.models = Some(values);
        }
        if let Some(values) = section.strings("features", errors) {
            self.features = Some(values);
        }
        if let Some(values) = section.strings("schema", errors) {
            self.schema = Some(values);
        }
        if let Some(naming) = section.section("naming", errors) {
            naming.only(&Naming::KINDS, errors);
            for kind in Naming::KINDS {
                if let Some(template) = naming.string(kind, errors)
                    && let Err(cause) = self.naming.set(kind, &template)
                {
                    errors.push(naming.refused(kind, &cause.to_string(), cause.hint()));
                }
            }
        }
        if let Some(revisions) = section.section("revisions", errors) {
            self.revisions.apply(&revisions, errors);
        }
        if let Some(hooks) = section.list_of_sections("post_write_hooks", errors) {
            self.post_write_hooks = hooks
                .iter()
                .filter_map(|hook| PostWriteHook::read(hook, errors))
                .collect();
        }
        if let Some(autogenerate) = section.section("autogenerate", errors) {
            autogenerate.only(&["concurrently"], errors);
            if let Some(value) = autogenerate.boolean("concurrently", errors) {
                self.autogenerate.concurrently = value;
            }
        }
        if let Some(run) = section.section("run", errors) {
            self.run.apply(&run, errors);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str, environment: Option<&str>) -> Result<Config, Vec<String>> {
        Config::parse(Path::new("limbeck.toml"), text, environment, None).map_err(|errors| {
            let told = |error: &ConfigError| match &error.hint {
                Some(hint) => format!("{error}\nhint: {hint}"),
                None => error.to_string(),
            };
            errors.iter().map(told).collect()
        })
    }

    #[test]
    fn a_convention_of_names_is_told_what_is_wrong_with_it() {
        let config = parse("[naming]\nunique = 'uq_{table}_{columns}'", None).unwrap();
        assert_eq!(
            config.naming.unique.map(|template| template.to_string()),
            Some("uq_{table}_{columns}".to_owned())
        );
        for (text, expected) in [
            (
                "[naming]\n\nindex = 'ix_{tabel}'",
                "hint: did you mean `{table}`?",
            ),
            (
                "[naming]\ncheck = '{table}_{referred_table}'",
                "hint: say so under `foreign_key` alone",
            ),
            ("[naming]\nindexes = '{table}'", "hint: did you mean `index`?"),
        ] {
            let errors = parse(text, None).unwrap_err();
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(errors[0].ends_with(expected), "{errors:?}");
        }
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
            run.single_transaction = true
            run.wait_for_server = '2min'
            run.lock_timeout = '500ms'
            run.lock_deadline = '10min'
            run.statement_timeout = 'soon'
        ";
        assert_eq!(
            parse(text, Some("production")).unwrap_err(),
            [
                "limbeck.toml:13:37: `environments.production.run.statement_timeout` is no time: it begins with a \
              whole number: `500ms`, `5s`, `2min`"
            ]
        );
        let text = &text.replace("soon", "30s");
        let development = parse(text, None).unwrap();
        assert_eq!(development.database.url.as_deref(), Some("${DEV}"));
        let production = parse(text, Some("production")).unwrap();
        assert_eq!(production.database.url.as_deref(), Some("${PRODUCTION}"));
        assert_eq!(production.database.scope, "live");
        assert_eq!(
            [&development, &production].map(|config| config.run.single_transaction),
            [false, true]
        );
        assert_eq!(
            [&development, &production].map(|config| config.run.wait_for_server.as_secs()),
            [30, 120]
        );
        let seconds = |span: Option<Duration>| span.map(|span| span.as_secs_f64());
        assert_eq!(
            [
                production.run.lock_timeout,
                production.run.lock_deadline,
                production.run.statement_timeout
            ]
            .map(seconds),
            [Some(0.5), Some(600.0), Some(30.0)]
        );
        assert_eq!(development.run.lock_timeout, None);
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
        limbeck.toml:2:21: `revisions.version_locations` must be a list of strings, as in `["a", "b"]`, not a string
        limbeck.toml:3:1: unknown key `revisions.recursive`
        hint: the keys known here are `version_locations`, `recursive_version_locations`, `file_template`, `timezone`, `truncate_slug_length`
        "#);
    }

    #[test]
    fn new_files_are_named_and_looked_at_as_configured() {
        let text = "
            [revisions]
            file_template = '{year}/{month}/{rev}_{slug}'
            timezone = '+02:00'
            truncate_slug_length = 20
            [[post_write_hooks]]
            name = 'format'
            command = ['pg_format', '-i', '{path}']
            [[post_write_hooks]]
            command = ['sqlfluff', 'lint', '{path}']
            timeout = '10s'
        ";
        let config = parse(text, None).unwrap();
        assert_eq!(
            config.revisions.naming.template.to_string(),
            "{year}/{month}/{rev}_{slug}"
        );
        assert_eq!(config.revisions.naming.slug_length, 20);
        let hooks: Vec<_> = config
            .post_write_hooks
            .iter()
            .map(|hook| (hook.name.as_str(), hook.timeout.as_secs()))
            .collect();
        assert_eq!(hooks, [("format", 120), ("sqlfluff", 10)]);
    }

    #[test]
    fn wrong_names_and_hooks_are_told_with_their_place() {
        let errors = parse(
            "[revisions]\nfile_template = '%%(rev)s_%%(slug)s'\ntimezone = 'Europe/Berln'\ntruncate_slug_length = 999\n\
             [[post_write_hooks]]\nname = 'a'\n[[post_write_hooks]]\ncommand = ['fmt']\ntimout = '5'\n\
             [[post_write_hooks]]\ncommand = ['fmt', 'REVISION_SCRIPT_FILENAME']\n\
             [[post_write_hooks]]\ncommand = ['fmt', '{path}']\ntimeout = '5 hours'\n\
             [[post_write_hooks]]\ncommand = []\n",
            None,
        )
        .unwrap_err();
        insta::assert_snapshot!(errors.join("\n"), @r#"
        limbeck.toml:2:17: `revisions.file_template`: `%(rev)` is how Alembic writes a token
        hint: write `{rev}`; months, days, hours, minutes and seconds have two digits
        limbeck.toml:3:12: `revisions.timezone`: there is no time zone `Europe/Berln`
        hint: did you mean `Europe/Berlin`?
        limbeck.toml:4:24: `revisions.truncate_slug_length` must be a number from 0 to 200
        limbeck.toml:5:1: `post_write_hooks.command` is missing
        hint: add it, as in `command = ["pg_format", "-i", "{path}"]`
        limbeck.toml:8:11: `post_write_hooks.command`: `{path}` is missing among the arguments
        hint: it stands for the new file, which lies in a folder of its own until it is proven
        limbeck.toml:9:1: unknown key `post_write_hooks.timout`
        hint: did you mean `timeout`?
        limbeck.toml:11:11: `post_write_hooks.command`: `REVISION_SCRIPT_FILENAME` is how Alembic writes the file
        hint: write `{path}`
        limbeck.toml:14:11: `post_write_hooks.timeout` is no span of time: the unit is `ms`, `s` or `min`
        limbeck.toml:16:11: `post_write_hooks.command` must begin with a program
        "#);
        let errors = parse(
            "post_write_hooks = ['fmt']\n[database]\nexclude = ['a', 'b.c.d']",
            None,
        )
        .unwrap_err();
        insta::assert_snapshot!(errors.join("\n"), @"
        limbeck.toml:1:21: `post_write_hooks` must be a list of sections, each beginning with `[[post_write_hooks]]`, not a string
        limbeck.toml:3:17: `database.exclude`: `b.c.d` is no pattern: write `schema.name`, `schema` or a kind before it, as `table schema.name`, with `*` for any characters
        ");
    }

    #[test]
    fn the_most_particular_section_counts() {
        let text = "
            migrations = 'all'
            [database]
            search_path = 'all'
            version_schema = 'all'
            [databases.app]
            url = '${APP}'
            [databases.analytics]
            url = '${ANALYTICS}'
            migrations = 'analytics'
            search_path = 'analytics'
            server.major = 16
            [environments.production]
            database.search_path = 'production'
            database.version_schema = 'production'
            databases.app.url = '${PRODUCTION_APP}'
            databases.analytics.url = '${PRODUCTION_ANALYTICS}'
        ";
        let config = |environment, database| {
            Config::parse(Path::new("limbeck.toml"), text, environment, database).unwrap()
        };
        let told = |config: &Config| {
            let database = &config.database;
            let migrations = config.migrations.display();
            let url = database.url.clone().unwrap_or_default();
            format!(
                "{url} {migrations} {} {}",
                database.search_path, database.version_schema
            )
        };
        assert_eq!(told(&config(None, Some("app"))), "${APP} all all all");
        assert_eq!(
            told(&config(None, Some("analytics"))),
            "${ANALYTICS} analytics analytics all"
        );
        assert_eq!(
            told(&config(Some("production"), Some("app"))),
            "${PRODUCTION_APP} all production production"
        );
        assert_eq!(
            told(&config(Some("production"), Some("analytics"))),
            "${PRODUCTION_ANALYTICS} analytics analytics production"
        );
        assert_eq!(config(None, Some("analytics")).server.major, Some(16));
        let nobody = config(None, None);
        assert_eq!(nobody.databases, ["app", "analytics"]);
        assert_eq!(nobody.database_name, None);
    }

    #[test]
    fn the_only_database_need_not_be_named() {
        let config = parse("[databases.app]\nurl = 'embedded:'", None).unwrap();
        assert_eq!(config.database_name.as_deref(), Some("app"));
        assert_eq!(config.database.url.as_deref(), Some("embedded:"));
    }

    #[test]
    fn wrong_databases_are_told_with_their_place() {
        let told = |text: &str, environment, database| {
            let errors = Config::parse(Path::new("limbeck.toml"), text, environment, database).unwrap_err();
            let told =
                |error: &ConfigError| format!("{error}\nhint: {}", error.hint.as_deref().unwrap_or("-"));
            errors.iter().map(told).collect::<Vec<_>>().join("\n")
        };
        let two = "[databases.app]\nurl = 'a'\n[databases.analytics]\nurl = 'b'\n";
        let cases = [
            told(two, None, Some("analytcs")),
            told(two, None, Some("x")),
            told("[databases.app]\n", None, Some("x")),
            told("", None, Some("x")),
            told(
                "[database]\nurl = 'a'\n[databases.all]\nscheme = ['b']\n",
                None,
                None,
            ),
            told(
                &format!("{two}[environments.production.databases]\nap.url = 'c'\napp.url = 'c'\n"),
                Some("production"),
                Some("analytics"),
            ),
        ];
        insta::assert_snapshot!(cases.join("\n"), @"
        limbeck.toml:1:2: there is no database `analytcs`
        hint: did you mean `analytics`?
        limbeck.toml:1:2: there is no database `x`
        hint: the databases are `app`, `analytics`
        limbeck.toml:1:2: there is no database `x`
        hint: the only database is `app`
        limbeck.toml: there is no database `x`
        hint: add a section `[databases.x]`, or leave out `--database`
        limbeck.toml:2:7: `database.url`: each of several databases has a URL of its own
        hint: move it to `[databases.NAME]`, or `[environments.ENVIRONMENT.databases.NAME]`
        limbeck.toml:3:12: `all` is no name of a database
        hint: use ASCII letters, digits, `_` and `-`, and not `all`, which stands for every one
        limbeck.toml:4:1: unknown key `databases.all.scheme`
        hint: did you mean `schema`?
        limbeck.toml:6:1: there is no database `ap`
        hint: did you mean `app`?
        limbeck.toml:6:1: the environment `production` has a URL for the database `ap`, and none for `analytics`
        hint: add `url` to `[environments.production.databases.analytics]`: else that of another environment would be used
        ");
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
        limbeck.toml:8:15: there is no environment `prod`
        hint: the only environment is `production`
        limbeck.toml:9:1: unknown key `environments.production.database.ulr`
        hint: did you mean `url`?
        "#);
    }

    #[test]
    fn broken_toml_is_told_with_its_place() {
        insta::assert_snapshot!(parse("[database\nurl = 'x'", None).unwrap_err().join("\n"), @r#"
        limbeck.toml:1:10: the file is no valid TOML: unclosed table, expected `]`
        hint: look at this line and the one above it: a list ends with `]`, a string with `"`, and a section begins with its name in `[` and `]`
        "#);
    }

    /// Pieces of configurations, in any order.
    fn nearly_configurations() -> impl Strategy<Value = String> {
        let known: Vec<&str> = KEYS.into_iter().chain(database::KEYS).collect();
        let key = prop::sample::select(known).prop_map(|key| format!("{key} = "));
        let piece = prop::sample::select(vec![
            "[database]\n",
            "[databases.a]\n",
            "[environments.e]\n",
            "[[post_write_hooks]]\n",
            "[run]\n",
            "[revisions]\n",
            "'text'",
            "\"te\\u00e9xt\"",
            "['a', 'b']",
            "[",
            "]",
            "{ a = 1 }",
            "true",
            "17",
            "99",
            "-0x1",
            "1979-05-27",
            "\n",
            "=",
            ".",
            "'",
            "é",
            "\0",
            "'{rev}'",
            "\u{feff}",
        ])
        .prop_map(str::to_owned);
        prop::collection::vec(prop_oneof![key, piece], 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_text_is_a_configuration_or_faults_with_their_places(
            text in prop_oneof![nearly_configurations(), any::<String>()]
        ) {
            for (environment, database) in [(None, None), (Some("e"), Some("a"))] {
                let path = Path::new("limbeck.toml");
                if let Err(errors) = Config::parse(path, &text, environment, database) {
                    prop_assert!(!errors.is_empty());
                    for error in errors {
                        prop_assert!(text.get(error.range.clone()).is_some(), "{:?}", error);
                        let _ = error.to_string();
                    }
                }
            }
        }
    }
}
