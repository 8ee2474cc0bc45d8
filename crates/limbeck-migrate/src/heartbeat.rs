//! The heartbeat: prolongs the lease from a connection of its own, while the first one runs a step.

use std::time::Duration;

use limbeck_postgres::{PoolingKind, Session, SessionOptions, Settings, connect};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::lease::{prolong, value};
use crate::line::Line;
use crate::options::RunOptions;
use crate::sql::interval;
use crate::tables::Tables;

/// When a heartbeat beats.
#[derive(Debug, Clone, Copy)]
struct Rhythm {
    /// The pause between two beats.
    pause: Duration,
    /// How long one may take, connecting included. A network that swallows a query would have it wait for TCP to give
    /// up, and that takes longer than the lease.
    limit: Duration,
    /// The pause after one that failed.
    again: Duration,
}

impl Rhythm {
    /// A beat after a third of the lease, and time for another, each at its limit, before the lease runs out: 10, 8 and
    /// 2 seconds of 30.
    fn of(lease: Duration) -> Self {
        // One of no length would beat without a pause.
        let lease = lease.max(Duration::from_millis(150));
        Self {
            pause: lease / 3,
            limit: lease / 15 * 4,
            again: lease / 15,
        }
    }
}

/// A running heartbeat; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    task: JoinHandle<()>,
    failures: mpsc::UnboundedReceiver<String>,
}

impl Heartbeat {
    /// Begins the heartbeat of a lease. It connects when it first beats, so that a short run has one connection.
    /// `pooling` is how the run's own session comes to its server process, as far as it is known.
    pub(crate) fn start(
        settings: &Settings,
        tables: &Tables,
        options: &RunOptions,
        token: i64,
        pooling: Option<PoolingKind>,
    ) -> Self {
        Self::at(
            Rhythm::of(options.lease),
            settings,
            tables,
            options,
            token,
            pooling,
        )
    }

    fn at(
        rhythm: Rhythm,
        settings: &Settings,
        tables: &Tables,
        options: &RunOptions,
        token: i64,
        pooling: Option<PoolingKind>,
    ) -> Self {
        let (sender, failures) = mpsc::unbounded_channel();
        let settings = settings.clone();
        let query = prolong(tables, &format!("token = {token}"), &interval(options.lease));
        let session_options = SessionOptions {
            pooling,
            ..SessionOptions::reading(format!("{} heartbeat", options.application))
        };
        let task = tokio::spawn(async move {
            let mut session: Option<Session> = None;
            let mut pause = rhythm.pause;
            loop {
                tokio::time::sleep(pause).await;
                let beat = beat(&settings, &session_options, &mut session, &query);
                let result = match tokio::time::timeout(rhythm.limit, beat).await {
                    Ok(result) => result,
                    Err(_) => Err(format!("the server did not answer within {:?}", rhythm.limit)),
                };
                match result {
                    Ok(true) => pause = rhythm.pause,
                    // Another runner has the lease: the next step will find that out, and this has nothing to prolong.
                    Ok(false) => return,
                    Err(problem) => {
                        session = None;
                        pause = rhythm.again;
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
    let token = value(&Line::Lent(session), query)
        .await
        .map_err(|error| error.to_string())?;
    Ok(token.is_some())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use limbeck_server::testing::shared_scratch;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream, UnixStream};

    use super::*;

    const QUICK: Rhythm = Rhythm {
        pause: Duration::from_millis(5),
        limit: Duration::from_millis(500),
        again: Duration::from_millis(5),
    };

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
        let query = "SELECT date_trunc('second', expires_at - heartbeat_at) FROM limbeck.lease";
        let heartbeat = Heartbeat::at(QUICK, database.settings(), &tables, &options, 1, None);
        while value(&Line::Lent(&watcher), query).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(
            value(&Line::Lent(&watcher), query).await.unwrap().unwrap(),
            "00:00:30"
        );
        step.execute("ROLLBACK").await.unwrap();
        // Another runner takes it: the heartbeat ends by itself and leaves the row alone.
        step.execute("UPDATE limbeck.lease SET token = 2, heartbeat_at = NULL")
            .await
            .unwrap();
        while !heartbeat.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(value(&Line::Lent(&watcher), query).await.unwrap(), None);
    }

    /// A network before a server's socket, by TCP. Once `swallows` is set, what comes by the connections of that moment
    /// goes nowhere, and they stay open; later ones pass. Gives the port.
    async fn network(socket: PathBuf, swallows: Arc<AtomicBool>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let is_old = !swallows.load(Ordering::SeqCst);
                let server = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(pass(client, server, is_old.then(|| Arc::clone(&swallows))));
            }
        });
        port
    }

    async fn pass(client: TcpStream, server: UnixStream, swallows: Option<Arc<AtomicBool>>) {
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
        let mut bytes = vec![0; 8192];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            if !swallows
                .as_ref()
                .is_some_and(|swallows| swallows.load(Ordering::SeqCst))
            {
                to_server.write_all(&bytes[..count]).await.unwrap();
            }
        }
        back.abort();
    }

    #[tokio::test]
    async fn it_connects_again_where_the_network_swallows_it() {
        let scratch = shared_scratch().await;
        let database = scratch.create_database().await.unwrap();
        let tables = Tables::new("limbeck", "main");
        let watcher = connect(database.settings(), &SessionOptions::running("test", "public"))
            .await
            .unwrap();
        watcher.execute(&tables.create()).await.unwrap();
        watcher
            .execute("UPDATE limbeck.lease SET token = 1, owner = 'test'")
            .await
            .unwrap();
        let swallows = Arc::new(AtomicBool::new(false));
        let socket = database.settings().hosts()[0].socket_file().unwrap();
        let port = network(socket, Arc::clone(&swallows)).await;
        let settings = Settings::parse(&format!(
            "postgresql://{}@127.0.0.1:{port}/{}?sslmode=disable",
            database.settings().user(),
            database.settings().database(),
        ))
        .unwrap();
        let mut heartbeat = Heartbeat::at(QUICK, &settings, &tables, &RunOptions::default(), 1, None);
        let beaten = "SELECT heartbeat_at FROM limbeck.lease";
        while value(&Line::Lent(&watcher), beaten).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(heartbeat.take_failures(), Vec::<String>::new());
        swallows.store(true, Ordering::SeqCst);
        let failures = loop {
            let failures = heartbeat.take_failures();
            if !failures.is_empty() {
                break failures;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        assert_eq!(failures, ["the server did not answer within 500ms"]);
        watcher
            .execute("UPDATE limbeck.lease SET heartbeat_at = NULL")
            .await
            .unwrap();
        while value(&Line::Lent(&watcher), beaten).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
