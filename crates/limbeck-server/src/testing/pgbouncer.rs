//! A real PgBouncer in front of a test's server.
//!
//! The machine's own is used, or the one that `LIMBECK_PGBOUNCER` names; else the distribution's package is downloaded
//! and unpacked once, with what it needs and the machine has not, where `apt-get` and `dpkg` are there.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use limbeck_postgres::Settings;
use tokio::net::UnixStream;
use tokio::sync::OnceCell;

use crate::account::Account;
use crate::folder::{create_private, create_reachable, unfinished};

/// When PgBouncer takes a server process back from a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// When the client leaves.
    Session,
    /// At the end of each transaction.
    Transaction,
    /// At the end of each statement; transactions are refused.
    Statement,
}

impl PoolMode {
    fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Transaction => "transaction",
            Self::Statement => "statement",
        }
    }
}

/// A running PgBouncer; it ends with this value, and with the process that has started it.
#[derive(Debug)]
pub struct PgBouncer {
    guard: Child,
    folder: PathBuf,
    settings: Settings,
}

/// The port that the name of its socket ends in.
const PORT: u16 = 6432;
/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the program, and ends it when the pipe that the test holds is closed.
const SCRIPT: &str = r#""$1" "$2" <&- & read -r _; kill "$!"; wait"#;

/// Downloads and unpacks PgBouncer into the folder `$1`, with the packages of libraries that it needs.
const FETCH: &str = r#"
set -e
mkdir -p "$1/packages"
cd "$1/packages"
needed=$(apt-cache depends pgbouncer | sed -n 's/^ *Depends: \(libevent[^ ]*\|libc-ares[^ ]*\|libcares[^ ]*\)$/\1/p')
apt-get download pgbouncer $needed
for package in *.deb; do dpkg -x "$package" "$1"; done
"#;

static PROGRAM: OnceCell<Option<Program>> = OnceCell::const_new();

/// The program, and the folder of libraries that came with it.
#[derive(Debug, Clone)]
struct Program {
    path: PathBuf,
    libraries: Option<PathBuf>,
}

impl PgBouncer {
    /// Starts one in front of a server's unix socket, with at most so many connections to each of its databases.
    /// `configuration` is added to the section `[pgbouncer]`. `None`, told loudly, where there is no PgBouncer to be had.
    ///
    /// # Panics
    /// When it does not start.
    #[allow(clippy::expect_used, reason = "a test without its pooler must fail")]
    pub async fn start(server: &Settings, mode: PoolMode, size: u32, configuration: &str) -> Option<Self> {
        let program = PROGRAM.get_or_init(program).await.clone()?;
        let account = Account::for_servers().expect("an account for servers");
        let temporary = super::directories().temporary;
        create_reachable(&temporary, &account).expect("the temporary folder");
        let folder = temporary.join(format!("pgbouncer-{}", crate::random::text()));
        create_private(&folder, &account).expect("a folder for PgBouncer");
        // Whoever runs the test connects to the socket in it.
        let open = fs::set_permissions(&folder, Permissions::from_mode(0o755));
        open.expect("a folder for PgBouncer");
        let users = folder.join("users");
        fs::write(&users, format!("\"{}\" \"\"\n", server.user())).expect("the file of users");
        let mut text = format!(
            "[databases]\n* = host={} port={}\n[pgbouncer]\n",
            server.host(),
            server.port()
        );
        for (key, value) in [
            ("unix_socket_dir", folder.display().to_string()),
            ("listen_port", PORT.to_string()),
            ("auth_type", "trust".to_owned()),
            ("auth_file", users.display().to_string()),
            ("pool_mode", mode.as_str().to_owned()),
            ("default_pool_size", size.to_string()),
            ("server_login_retry", "1".to_owned()),
            ("logfile", folder.join("log").display().to_string()),
        ] {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{key} = {value}");
        }
        text.push_str(configuration);
        let file = folder.join("pgbouncer.ini");
        fs::write(&file, text).expect("the configuration");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "sh"])
            .arg(&program.path)
            .arg(&file)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(libraries) = &program.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        account.apply(&mut command);
        let guard = command.spawn().expect("a shell");
        let settings = Settings::for_socket(&folder, PORT, server.user(), server.database());
        let pooler = Self {
            guard,
            folder,
            settings,
        };
        pooler.wait().await;
        Some(pooler)
    }

    /// The settings to connect through it, to the database of the server's settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    #[allow(clippy::panic, reason = "a test without its pooler must fail")]
    async fn wait(&self) {
        let socket = self.folder.join(format!(".s.PGSQL.{PORT}"));
        let began = Instant::now();
        while UnixStream::connect(&socket).await.is_err() {
            if began.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("PgBouncer does not start: {log}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // Closing the pipe is what ends it.
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The program, found or fetched.
#[allow(clippy::print_stderr, reason = "a test that does not run must say so")]
async fn program() -> Option<Program> {
    let found = tokio::task::spawn_blocking(|| match super::variable("LIMBECK_PGBOUNCER") {
        Some(named) => Ok(Program {
            path: PathBuf::from(named),
            libraries: None,
        }),
        None => installed().map_or_else(fetched, Ok),
    });
    match found.await {
        Ok(Ok(program)) => Some(program),
        Ok(Err(reason)) => {
            eprintln!("NOT TESTED: there is no PgBouncer here, and none could be had: {reason}");
            None
        }
        Err(error) => {
            eprintln!("NOT TESTED: no PgBouncer: {error}");
            None
        }
    }
}

/// The machine's own. Distributions put it where only administrators look.
fn installed() -> Option<Program> {
    let path = super::variable("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let path = folders
        .map(|folder| folder.join("pgbouncer"))
        .find(|file| file.is_file())?;
    Some(Program {
        path,
        libraries: None,
    })
}

/// The distribution's package in the cache folder, downloaded where it is not there.
fn fetched() -> Result<Program, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let account = Account::for_servers().map_err(|error| told(&error))?;
    let cache = super::directories().cache;
    create_reachable(&cache, &account).map_err(|error| told(&error))?;
    let folder = cache.join("pgbouncer");
    if !folder.is_dir() {
        let part = unfinished(&folder);
        let fetching = Command::new("/bin/sh")
            .args(["-ec", FETCH, "sh"])
            .arg(&part)
            .stdin(Stdio::null())
            .output();
        let output = fetching.map_err(|error| told(&error))?;
        if !output.status.success() {
            let _ = fs::remove_dir_all(&part);
            return Err(crate::program::tail(&output.stderr));
        }
        if fs::rename(&part, &folder).is_err() {
            // Another test was faster.
            let _ = fs::remove_dir_all(&part);
        }
    }
    let path = folder.join("usr/sbin/pgbouncer");
    if !path.is_file() {
        return Err(format!("the package has no `{}`", path.display()));
    }
    Ok(Program {
        path,
        libraries: libraries(&folder),
    })
}

/// The folder of libraries below an unpacked package: `usr/lib/x86_64-linux-gnu`.
fn libraries(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder.join("usr/lib")).ok()?.flatten();
    entries
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().ends_with("-linux-gnu"))
}
