//! PostgreSQL's client programs, as witnesses that share no code with Limbeck.

use std::path::Path;
use std::process::{Output, Stdio};

use limbeck_postgres::{SessionOptions, Settings};
use tokio::process::Command;

use crate::installation::list;

/// What `pg_dump` prints of a database's schema, without owners and privileges and without the random tokens
/// of newer versions. `None` where no installation has a `pg_dump` for that server: those fetched through `npm`
/// have none, and an older `pg_dump` refuses.
///
/// # Panics
/// When `pg_dump` fails.
#[allow(clippy::expect_used, reason = "a test whose witness fails must fail")]
pub async fn pg_dump(settings: &Settings) -> Option<String> {
    let mut command = client_command("pg_dump", settings).await?;
    command.args(["--schema-only", "--no-owner", "--no-privileges", "--dbname"]);
    let output = command
        .arg(settings.to_url_with_password())
        .output()
        .await
        .expect("pg_dump can be run");
    assert!(
        output.status.success(),
        "pg_dump: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("pg_dump prints UTF-8");
    let random = |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
    Some(
        text.lines()
            .filter(random)
            .map(|line| format!("{line}\n"))
            .collect(),
    )
}

/// Runs a script as `psql -v ON_ERROR_STOP=1 -f` does, and returns what it printed and its exit status.
/// `None` where no installation has a `psql` for that server.
///
/// # Panics
/// When `psql` cannot be run.
#[allow(clippy::expect_used, reason = "a test whose witness fails must fail")]
pub async fn psql(settings: &Settings, script: &Path) -> Option<Output> {
    let mut command = client_command("psql", settings).await?;
    command
        .args(["--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--file"])
        .arg(script);
    command.arg("--dbname").arg(settings.to_url_with_password());
    Some(command.output().await.expect("psql can be run"))
}

/// A client program of the server's own major version or, failing that, of the next newer one, in an environment that
/// holds nothing by accident. `None` where no installation has one.
pub async fn client_command(name: &str, settings: &Settings) -> Option<Command> {
    let wanted = major(settings).await;
    let used = super::installation().await;
    let others = list(&super::search(), &super::directories());
    let able = std::iter::once(used)
        .chain(others)
        .filter(|installation| installation.version.major >= wanted);
    let (installation, program) = able
        .filter_map(|installation| {
            let program = installation.program(name)?;
            Some((installation, program))
        })
        .min_by_key(|(installation, _)| installation.version.major)?;
    let mut command = crate::program::command(&installation.bin, name, &crate::account::Account::Own);
    // Fetched programs find their library through the environment that this sets up.
    command.current_dir(program.parent()?).stdin(Stdio::null());
    Some(Command::from(command))
}

#[allow(clippy::expect_used, reason = "a test whose witness fails must fail")]
async fn major(settings: &Settings) -> u32 {
    let session = limbeck_postgres::connect(settings, &SessionOptions::reading("test"))
        .await
        .expect("the server answers");
    let major = session.server_major();
    session.close().await;
    major
}
