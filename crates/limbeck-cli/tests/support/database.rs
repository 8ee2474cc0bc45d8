//! A real database for a test, on a scratch server that ends with it.

use limbeck_postgres::{Session, SessionOptions};
use limbeck_server::{Scratch, ScratchDatabase, testing};
use tokio::runtime::{Builder, Runtime};

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

    /// The URL of a database that is not there.
    pub fn missing(&self) -> String {
        self.scratch.settings("no_such_database").to_url_with_password()
    }

    /// Runs SQL.
    pub fn execute(&self, sql: &str) {
        self.with_session(async |session| session.execute(sql).await.unwrap());
    }

    /// The rows of a query, columns separated by `|`.
    pub fn query(&self, sql: &str) -> Vec<String> {
        let rows = self.with_session(async |session| session.query_text(sql).await.unwrap());
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
