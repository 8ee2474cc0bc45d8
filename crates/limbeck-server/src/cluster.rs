//! Making a cluster: what `initdb` makes, and what is prepared in it before any server runs.

use std::path::Path;

use crate::account::Account;
use crate::error::ServerError;
use crate::folder;
use crate::installation::Installation;
use crate::program;

/// The superuser of every cluster made here, as PostgreSQL's packages call theirs.
pub(crate) const SUPERUSER: &str = "postgres";

/// The database for statements about databases and roles.
pub(crate) const MAINTENANCE_DATABASE: &str = "postgres";

/// Locales in the order of preference; older macOS has no `C.UTF-8`.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// How a cluster is made.
pub(crate) struct Cluster<'a> {
    /// Options for `initdb` besides encoding, locale and superuser.
    pub(crate) options: &'a [&'a str],
    /// Run in the maintenance database in single-user mode, each a line of its own.
    pub(crate) statements: &'a [String],
    /// Whether what is made must survive a crash of the system.
    pub(crate) durable: bool,
}

impl Cluster<'_> {
    /// Makes the cluster in `data`, which must not exist. It belongs to `account`.
    pub(crate) async fn create(
        &self,
        installation: &Installation,
        account: &Account,
        data: &Path,
    ) -> Result<(), ServerError> {
        folder::create_private(data, account)?;
        self.initialise(installation, account, data).await?;
        if !self.statements.is_empty() {
            self.prepare(installation, account, data).await?;
        }
        Ok(())
    }

    async fn initialise(
        &self,
        installation: &Installation,
        account: &Account,
        data: &Path,
    ) -> Result<(), ServerError> {
        let mut printed = Vec::new();
        for locale in LOCALES {
            let mut command = program::command(&installation.bin, "initdb", account);
            command
                .arg("--pgdata")
                .arg(data)
                .args(["--username", SUPERUSER, "--encoding", "UTF8", "--no-instructions"])
                .args([&format!("--locale={locale}"), "--lc-messages=C"])
                .args(self.options);
            if !self.durable {
                command.arg("--no-sync");
            }
            let output = program::run(command, "").await?;
            if output.status.success() {
                return Ok(());
            }
            printed = output.stderr;
        }
        Err(failed("initdb", installation, &printed))
    }

    async fn prepare(
        &self,
        installation: &Installation,
        account: &Account,
        data: &Path,
    ) -> Result<(), ServerError> {
        let mut command = program::command(&installation.bin, "postgres", account);
        command
            .args([
                "--single",
                "-c",
                "exit_on_error=on",
                "-c",
                "log_statement=none",
                "-D",
            ])
            .arg(data);
        if !self.durable {
            command.args(["-c", "fsync=off"]);
        }
        command.arg(MAINTENANCE_DATABASE);
        let mut input = self.statements.join("\n");
        input.push('\n');
        let output = program::run(command, &input).await?;
        if output.status.success() {
            Ok(())
        } else {
            Err(failed("postgres --single", installation, &output.stderr))
        }
    }
}

fn failed(program: &'static str, installation: &Installation, printed: &[u8]) -> ServerError {
    ServerError::Cluster {
        program,
        version: installation.version,
        output: program::tail(printed),
    }
}
