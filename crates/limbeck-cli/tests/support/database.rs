//! A real database for a test, on a scratch server that ends with it.

use std::path::PathBuf;

use limbeck_postgres::{Session, SessionOptions};
use limbeck_server::{Scratch, ScratchDatabase, Search, find, testing};
use tokio::runtime::{Builder, Runtime};

/// Databases on servers of two majors, the older one first; `None` where this machine has the programs of one only.
pub fn of_two_majors() -> Option<[(TestDatabase, PathBuf); 2]> {
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    let at_hand = |major| {
        let search = Search {
            major: Some(major),
            path: std::env::var_os("PATH"),
            offline: true,
            ..Search::default()
        };
        let found = runtime().block_on(find(&search, &testing::directories(), &|_| ()));
        found.ok().map(|installation| installation.bin)
    };
    let mut found = (14..=18).filter_map(at_hand);
    let databases = [found.next()?, found.next_back()?].map(|bin| {
        let runtime = runtime();
        let search = Search {
            bin: Some(bin.clone()),
            ..Search::default()
        };
        let scratch = runtime.block_on(async {
            let installation = find(&search, &testing::directories(), &|_| ()).await.unwrap();
            Scratch::start(&installation, &testing::directories(), &|_| ())
                .await
                .unwrap()
        });
        (TestDatabase::on(runtime, scratch), bin)
    });
    Some(databases)
}

/// An empty database on a server of its own.
pub struct TestDatabase {
    runtime: Runtime,
    database: ScratchDatabase,
    scratch: Scratch,
}

impl TestDatabase {
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let scratch = runtime.block_on(testing::scratch());
        Self::on(runtime, scratch)
    }

    fn on(runtime: Runtime, scratch: Scratch) -> Self {
        let database = runtime.block_on(scratch.create_database()).unwrap();
        Self {
            runtime,
            database,
            scratch,
        }
    }

    /// The URL to put into `limbeck.toml`.
    pub fn url(&self) -> String {
        self.database.settings().to_url_with_password()
    }

    /// The URL for another role.
    pub fn url_as(&self, role: &str) -> String {
        self.database.settings().with_user(role).to_url_with_password()
    }

    /// The URL of a database that is not there.
    pub fn missing(&self) -> String {
        self.scratch.settings("no_such_database").to_url_with_password()
    }

    /// Runs SQL.
    pub fn execute(&self, sql: &str) {
        self.with_session(async |session| session.execute(sql).await.unwrap());
    }

    /// Runs SQL that may be refused.
    pub fn try_execute(&self, sql: &str) -> Result<(), limbeck_postgres::DatabaseError> {
        self.with_session(async |session| session.execute(sql).await)
    }

    /// The rows of a query, columns separated by `|`.
    pub fn query(&self, sql: &str) -> Vec<String> {
        self.query_after("", sql)
    }

    /// The same in a session that was told something first.
    pub fn query_after(&self, first: &str, sql: &str) -> Vec<String> {
        let rows = self.with_session(async |session| {
            session.execute(first).await.unwrap();
            session.query_text(sql).await.unwrap()
        });
        rows.into_iter()
            .map(|row| {
                row.into_iter()
                    .map(Option::unwrap_or_default)
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect()
    }

    /// Every relation outside PostgreSQL's own schemas, to tell that nothing was changed.
    pub fn relations(&self) -> Vec<String> {
        self.query(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'v', 'S') \
             ORDER BY 1",
        )
    }

    fn with_session<T>(&self, work: impl AsyncFnOnce(&Session) -> T) -> T {
        self.runtime.block_on(async {
            let options = SessionOptions::reading("limbeck-cli tests");
            let session = limbeck_postgres::connect(self.database.settings(), &options)
                .await
                .unwrap();
            let result = work(&session).await;
            session.close().await;
            result
        })
    }
}
