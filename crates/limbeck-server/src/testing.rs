//! For the tests of programs that build on this crate: a real PostgreSQL on any machine.
//!
//! The variables that these functions read, and that nothing else here does:
//! - `LIMBECK_POSTGRES_BIN`: the folder with the programs to use.
//! - `LIMBECK_TEST_MAJOR`: the major version to use.
//! - `LIMBECK_PGBOUNCER`: the PgBouncer to use, where that on the `PATH` is not to be.
//! - `LIMBECK_TEST_NO_MACHINE_POSTGRES`: when set to `1`, look past the machine's own PostgreSQL.

mod client;
mod dump;
mod pgbouncer;
mod server;
mod small_disk;

use std::ffi::OsString;
use std::path::PathBuf;

pub use client::{client_command, pg_dump, psql};
pub use dump::entries;
pub use pgbouncer::{PgBouncer, PoolMode};
pub use server::{Stop, TestServer};
pub use small_disk::SmallDisk;
use tokio::sync::OnceCell;

use crate::directories::Directories;
use crate::installation::{Installation, Search, find};
use crate::scratch::Scratch;

static SHARED: OnceCell<Scratch> = OnceCell::const_new();
static INSTALLATION: OnceCell<Installation> = OnceCell::const_new();

/// A scratch server for one test. What the machine has is used, else a PostgreSQL is fetched once and kept in
/// the temporary folder.
///
/// # Panics
/// When no server can be had: a test that needs one must not pass without.
#[allow(clippy::expect_used, reason = "a test without its server must fail")]
pub async fn scratch() -> Scratch {
    let installation = installation().await;
    Scratch::start(&installation, &directories(), &|_| ())
        .await
        .expect("a scratch server starts")
}

/// One scratch server for all tests of this process.
///
/// # Panics
/// As [`scratch`].
pub async fn shared_scratch() -> &'static Scratch {
    SHARED.get_or_init(scratch).await
}

/// The installation that tests use.
///
/// # Panics
/// As [`scratch`].
#[allow(clippy::expect_used, reason = "a test without its server must fail")]
pub async fn installation() -> Installation {
    INSTALLATION
        .get_or_init(async || {
            find(&search(), &directories(), &|_| ())
                .await
                .expect("a PostgreSQL is found or fetched")
        })
        .await
        .clone()
}

/// What tests look for.
#[must_use]
pub fn search() -> Search {
    Search {
        major: variable("LIMBECK_TEST_MAJOR").and_then(|major| major.to_str()?.parse().ok()),
        bin: variable("LIMBECK_POSTGRES_BIN").map(PathBuf::from),
        path: variable("PATH"),
        ignore_machine: variable("LIMBECK_TEST_NO_MACHINE_POSTGRES").is_some_and(|value| value == "1"),
        ..Search::default()
    }
}

/// Folders below the system's temporary folder, one set for each user.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "tests have no command line that could give it"
)]
pub fn directories() -> Directories {
    let user = rustix::process::geteuid();
    // Root's own temporary folder may be closed to the account that servers run as.
    let temporary = if user.is_root() {
        PathBuf::from("/tmp")
    } else {
        std::env::temp_dir()
    };
    let root = temporary.join(format!("limbeck-test-{}", user.as_raw()));
    Directories {
        cache: root.join("cache"),
        data: root.join("data"),
        temporary: root.join("temporary"),
        shared_memory: Some(PathBuf::from("/dev/shm")).filter(|memory| memory.is_dir()),
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "tests have no command line that could give it"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
