//! Ending what stands in a run's way: only where that is said, and asked for where there is somebody to ask.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_postgres::{Session, SessionOptions, Settings};
use support::TestFolder;
use support::database::TestDatabase;
use support::project::{project, revision};
use support::terminal::at_a_terminal;
use tokio::runtime::{Builder, Runtime};

/// A session that has read the table and left its transaction open.
struct Forgotten {
    runtime: Runtime,
    session: Session,
}

impl Forgotten {
    fn begin(database: &TestDatabase) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let session = runtime.block_on(async {
            let settings = Settings::parse(&database.url()).unwrap();
            let options = SessionOptions::running("a forgotten console", "public");
            let session = limbeck_postgres::connect(&settings, &options).await.unwrap();
            session
                .execute("BEGIN; INSERT INTO held VALUES (1); SELECT count(*) FROM held")
                .await
                .unwrap();
            session
        });
        Self { runtime, session }
    }

    /// Whether its transaction is still there, by committing it.
    fn is_alive(&self) -> bool {
        self.runtime.block_on(self.session.execute("COMMIT")).is_ok()
    }
}

/// A project whose one revision needs the table that the other session holds.
fn in_the_way() -> (TestDatabase, TestFolder) {
    let database = TestDatabase::new();
    database.execute("CREATE TABLE public.held (id int)");
    let folder = project(&database.url());
    revision(
        &folder,
        "aaaa",
        "",
        "ALTER TABLE held ADD note text;",
        "ALTER TABLE held DROP note;",
    );
    (database, folder)
}

fn has_note(database: &TestDatabase) -> bool {
    let query =
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.held'::regclass AND attname = 'note'";
    database.query(query) == ["1"]
}

#[test]
fn nobody_is_ended_unasked() {
    let (database, folder) = in_the_way();
    let forgotten = Forgotten::begin(&database);
    assert_told!(folder.run(&["upgrade", "--cancel-blockers"]), @"
    exit code: 4
    ----- stdout -----
    ----- stderr -----
    error: `--cancel-blockers` asks before it ends anybody's session, and there is nobody to ask

    hint: add `--yes` to end them without being asked
    ");
    // Without the option it is told who is in the way, and how to end that.
    let told = folder.run(&["upgrade", "--lock-timeout", "200ms", "--lock-deadline", "1s"]);
    assert!(told.starts_with("exit code: 1\n"), "{told}");
    assert!(told.contains("a forgotten console"), "{told}");
    assert!(told.contains("idle in transaction"), "{told}");
    assert!(!has_note(&database));
    assert!(forgotten.is_alive());
}

#[test]
fn who_is_in_the_way_is_ended_where_that_is_said() {
    let (database, folder) = in_the_way();
    let forgotten = Forgotten::begin(&database);
    let told = folder.run(&["upgrade", "--cancel-blockers", "--yes"]);
    assert!(told.starts_with("exit code: 0\n"), "{told}");
    assert!(told.contains("a forgotten console"), "{told}");
    assert!(has_note(&database));
    assert!(!forgotten.is_alive());
    assert_eq!(database.query("SELECT count(*) FROM public.held"), ["0"]);
    // Whose transaction it was stands in the journal.
    let log = folder.succeed(&["log"]);
    assert!(log.contains("cancel_blocker"), "{log}");
}

#[test]
fn at_a_terminal_it_is_asked() {
    for answer in ["n\n", "y\n"] {
        let (database, folder) = in_the_way();
        let forgotten = Forgotten::begin(&database);
        let arguments = "upgrade --cancel-blockers --lock-timeout 500ms --lock-deadline 3s";
        let Some(told) = at_a_terminal(&folder, arguments, &[("[y/N]", answer)]) else {
            return;
        };
        let is_agreed = answer == "y\n";
        let exit = if is_agreed {
            "exit code: 0\n"
        } else {
            "exit code: 1\n"
        };
        assert!(told.starts_with(exit), "{told}");
        assert!(told.contains("[y/N]"), "{told}");
        assert_eq!(has_note(&database), is_agreed, "{told}");
        assert_eq!(forgotten.is_alive(), !is_agreed, "{told}");
    }
}
