//! The heartbeat: prolongs the lease from a connection of its own, while the first one runs a step.

use std::time::Duration;

use limbeck_postgres::{Session, SessionOptions, Settings, connect};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::lease::{LEASE, prolong, value};
use crate::options::RunOptions;
use crate::tables::Tables;

/// The pause between two heartbeats: a third of the lease, so that two may fail.
const PAUSE: Duration = Duration::from_secs(10);

/// A running heartbeat; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    task: JoinHandle<()>,
    failures: mpsc::UnboundedReceiver<String>,
}

impl Heartbeat {
    /// Begins the heartbeat of a lease. It connects when it first beats, so that a short run has one connection.
    pub(crate) fn start(settings: &Settings, tables: &Tables, options: &RunOptions, token: i64) -> Self {
        Self::every(PAUSE, settings, tables, options, token)
    }

    fn every(
        pause: Duration,
        settings: &Settings,
        tables: &Tables,
        options: &RunOptions,
        token: i64,
    ) -> Self {
        let (sender, failures) = mpsc::unbounded_channel();
        let settings = settings.clone();
        let query = prolong(tables, &format!("token = {token}"), LEASE);
        let session_options = SessionOptions::reading(format!("{} heartbeat", options.application));
        let task = tokio::spawn(async move {
            let mut session: Option<Session> = None;
            loop {
                tokio::time::sleep(pause).await;
                match beat(&settings, &session_options, &mut session, &query).await {
                    Ok(true) => {}
                    // Another runner has the lease: the next step will find that out, and this has nothing to prolong.
                    Ok(false) => return,
                    Err(problem) => {
                        session = None;
                        // Nobody may be listening any more.
                        let _ = sender.send(problem);
                    }
                }
            }
        });
        Self { task, failures }
    }

    /// What has gone wrong since the last call.
    pub(crate) fn take_failures(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.failures.try_recv().ok()).collect()
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Whether the lease is still ours, and prolonged.
async fn beat(
    settings: &Settings,
    options: &SessionOptions,
    session: &mut Option<Session>,
    query: &str,
) -> Result<bool, String> {
    let session = match session {
        Some(session) if !session.is_closed() => session,
        _ => session.insert(
            connect(settings, options)
                .await
                .map_err(|error| error.to_string())?,
        ),
    };
    let token = value(session, query).await.map_err(|error| error.to_string())?;
    Ok(token.is_some())
}

#[cfg(test)]
mod tests {
    use limbeck_server::testing::shared_scratch;

    use super::*;

    #[tokio::test]
    async fn it_prolongs_its_own_lease_through_the_fence_and_no_other() {
        let scratch = shared_scratch().await;
        let database = scratch.create_database().await.unwrap();
        let tables = Tables::new("limbeck", "main");
        let options = RunOptions::default();
        let step = connect(database.settings(), &SessionOptions::running("test", "public"))
            .await
            .unwrap();
        step.execute(&tables.create()).await.unwrap();
        step.execute("UPDATE limbeck.lease SET token = 1, owner = 'test'")
            .await
            .unwrap();
        // A step that runs holds the row.
        step.execute("BEGIN; SELECT FROM limbeck.lease WHERE token = 1 FOR KEY SHARE")
            .await
            .unwrap();
        let watcher = connect(database.settings(), &SessionOptions::reading("test"))
            .await
            .unwrap();
        let query = "SELECT expires_at - heartbeat_at FROM limbeck.lease";
        let heartbeat = Heartbeat::every(
            Duration::from_millis(5),
            database.settings(),
            &tables,
            &options,
            1,
        );
        while value(&watcher, query).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(value(&watcher, query).await.unwrap().unwrap(), "00:00:30");
        step.execute("ROLLBACK").await.unwrap();
        // Another runner takes it: the heartbeat ends by itself and leaves the row alone.
        step.execute("UPDATE limbeck.lease SET token = 2, heartbeat_at = NULL")
            .await
            .unwrap();
        while !heartbeat.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(value(&watcher, query).await.unwrap(), None);
    }
}
