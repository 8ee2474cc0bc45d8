//! A project in a temporary folder, and a database for it.

#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use limbeck_project::commands::{
    Against, CheckReport, RevisionOptions, RevisionOutcome, RunSettings, WrittenRevision, check, downgrade,
    revision, upgrade,
};
use limbeck_project::{Error, Event, Host, Interrupt, NobodyToAsk, Overrides, Project};
use limbeck_server::testing;

/// A project and its database.
pub struct Bed {
    pub folder: tempfile::TempDir,
    pub database: limbeck_server::ScratchDatabase,
}

impl Bed {
    /// A project of `.sql` files alone.
    pub async fn of_sql(schema: &str) -> Self {
        let bed = Self::empty().await;
        bed.write(
            "limbeck.toml",
            "models = []\nschema = [\"schema\"]\n[database]\nschemas = [\"public\"]\n",
        );
        bed.schema(schema);
        bed
    }

    /// A project of structs, its crate's root being `lib.rs`.
    pub async fn of_structs(source: &str) -> Self {
        let bed = Self::empty().await;
        let major = testing::shared_scratch().await.server_version_num() / 10_000;
        bed.write(
            "limbeck.toml",
            &format!("models = [\"src\"]\n[server]\nmajor = {major}\n"),
        );
        bed.write("src/lib.rs", source);
        bed
    }

    /// A project without models.
    pub async fn empty() -> Self {
        let folder = tempfile::Builder::new().prefix("a project ").tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("database/migrations/versions")).unwrap();
        let scratch = testing::shared_scratch().await;
        let database = scratch.create_database().await.unwrap();
        Self { folder, database }
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The text of a file of the project.
    pub fn text_of(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    pub fn schema(&self, text: &str) {
        self.write("schema/schema.sql", text);
    }

    pub fn host() -> Host {
        let search = testing::search();
        let mut variables = BTreeMap::new();
        if let Some(bin) = &search.bin {
            variables.insert("LIMBECK_POSTGRES_BIN".to_owned(), bin.display().to_string());
        }
        Host {
            variables,
            path: search.path,
            directories: testing::directories(),
            os_user: Some("tester".to_owned()),
            host_name: Some("here".to_owned()),
            connection: limbeck_project::ConnectionDefaults::default(),
        }
    }

    pub fn overrides(&self) -> Overrides {
        Overrides {
            database_url: Some(self.database.settings().to_url_with_password()),
            ..Overrides::default()
        }
    }

    pub fn project(&self) -> Project {
        Project::open(self.folder.path(), &self.overrides(), &Self::host()).unwrap()
    }

    pub async fn try_revision(&self, options: RevisionOptions) -> Result<RevisionOutcome, Error> {
        revision(&self.project(), &options, &NobodyToAsk, &ignore).await
    }

    pub async fn revision(&self, message: &str) -> WrittenRevision {
        written(
            self.try_revision(autogenerate(message))
                .await
                .unwrap_or_else(|error| panic!("{error:#?}")),
        )
    }

    /// A revision that a person writes: what its one step does up, and down.
    pub async fn by_hand(&self, up: &str, down: &str) {
        let options = RevisionOptions {
            message: "By hand".to_owned(),
            ..RevisionOptions::default()
        };
        let revision = written(self.try_revision(options).await.unwrap());
        let text = self.text(&revision);
        let (up_marker, down_marker) = ("-- limbeck:up schema\n", "-- limbeck:down schema\n");
        assert!(text.contains(up_marker) && text.contains(down_marker), "{text}");
        let text = text.replace(up_marker, &format!("{up_marker}{up}"));
        let text = text.replace(down_marker, &format!("{down_marker}{down}"));
        std::fs::write(self.folder.path().join(&revision.path), text).unwrap();
    }

    pub async fn upgrade(&self, target: &str) -> usize {
        let report = upgrade(
            &self.project(),
            target,
            &RunSettings::default(),
            &Interrupt::new(),
            &ignore,
        )
        .await;
        report
            .unwrap_or_else(|error| panic!("{error:#?}"))
            .revisions()
            .count()
    }

    pub async fn downgrade(&self, target: &str) -> usize {
        let report = downgrade(
            &self.project(),
            target,
            &RunSettings::default(),
            &Interrupt::new(),
            &ignore,
        )
        .await;
        report
            .unwrap_or_else(|error| panic!("{error:#?}"))
            .revisions()
            .count()
    }

    /// Why the way up, or down, is refused.
    pub async fn refusal(&self, down: bool) -> String {
        let (project, settings, interrupt) = (self.project(), RunSettings::default(), Interrupt::new());
        let outcome = if down {
            downgrade(&project, "-1", &settings, &interrupt, &ignore).await
        } else {
            upgrade(&project, "head", &settings, &interrupt, &ignore).await
        };
        let text = outcome.unwrap_err().to_string();
        // The identifier of the revision is another one each time.
        text.split_once(" was not run: ")
            .unwrap_or_else(|| panic!("{text}"))
            .1
            .to_owned()
    }

    pub async fn check(&self) -> CheckReport {
        check(&self.project(), &ignore)
            .await
            .unwrap_or_else(|error| panic!("{error:#?}"))
    }

    pub async fn session(&self) -> limbeck_postgres::Session {
        let options = limbeck_postgres::SessionOptions::running("test", "public");
        limbeck_postgres::connect(self.database.settings(), &options)
            .await
            .unwrap()
    }

    /// The first column of a query's rows.
    pub async fn query(&self, sql: &str) -> Vec<String> {
        let rows = self.session().await.query_text(sql).await.unwrap();
        rows.into_iter()
            .map(|row| row.into_iter().next().flatten().unwrap_or_default())
            .collect()
    }

    pub async fn run(&self, sql: &str) {
        self.session().await.execute(sql).await.unwrap();
    }

    /// The text of a revision file.
    pub fn text(&self, written: &WrittenRevision) -> String {
        std::fs::read_to_string(self.folder.path().join(&written.path)).unwrap()
    }

    pub fn revision_files(&self) -> Vec<PathBuf> {
        let versions = self.folder.path().join("database/migrations/versions");
        let mut files: Vec<PathBuf> = std::fs::read_dir(versions)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }
}

pub fn autogenerate(message: &str) -> RevisionOptions {
    RevisionOptions {
        message: message.to_owned(),
        autogenerate: true,
        against: Against::History,
        ..RevisionOptions::default()
    }
}

pub fn written(outcome: RevisionOutcome) -> WrittenRevision {
    match outcome {
        RevisionOutcome::Written(written) => written,
        RevisionOutcome::Nothing => panic!("nothing was written"),
    }
}

pub fn ignore(_event: Event) {}

/// The lines of a revision's file that say what is required.
pub fn required(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("-- limbeck:require "))
        .collect()
}

/// A file of the corpus, or nothing with a word about it.
#[allow(clippy::print_stderr, reason = "nobody shall think that it was tested")]
pub fn corpus(name: &str) -> Option<String> {
    let path = format!("{}/../../../shared/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(_) => {
            eprintln!("skipped: the corpus does not lie beside this repository ({name})");
            None
        }
    }
}

/// The states that a crate of models goes through, each with what a query then finds. Each becomes a revision that goes
/// up, leaves no difference, and goes down to the state before; at the end everything goes down, and up in one run.
pub async fn lives(query: &str, states: &[(&str, &[&str])]) {
    let bed = Bed::of_structs("").await;
    let mut before: &[&str] = &[];
    for (n, (state, expected)) in states.iter().enumerate() {
        bed.write("src/lib.rs", state);
        let options = RevisionOptions {
            allow_drop: true,
            ..autogenerate(&format!("State {n}"))
        };
        let outcome = bed
            .try_revision(options)
            .await
            .unwrap_or_else(|error| panic!("state {n}: {error:#?}"));
        let text = bed.text(&written(outcome));
        assert_eq!(bed.upgrade("head").await, 1, "{text}");
        assert!(!bed.check().await.is_different(), "state {n}\n{text}");
        assert_eq!(bed.query(query).await, *expected, "state {n}\n{text}");
        if n > 0 {
            assert_eq!(bed.downgrade("-1").await, 1);
            assert_eq!(bed.query(query).await, before, "before state {n}\n{text}");
            assert_eq!(bed.upgrade("head").await, 1);
        }
        before = expected;
    }
    assert_eq!(bed.downgrade("base").await, states.len());
    let left = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace";
    assert_eq!(bed.query(left).await, Vec::<String>::new());
    assert_eq!(bed.upgrade("head").await, states.len());
    assert_eq!(bed.query(query).await, before);
}
