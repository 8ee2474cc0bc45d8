//! PostgreSQL's programs: where they are and which version they have.

mod archive;
mod client;
mod error;
mod fetch;
mod machine;
mod packages;
mod platform;
mod probe;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

pub use error::InstallationError;
use probe::probe;

use crate::account::Account;
use crate::directories::Directories;
use crate::event::{Event, Events};
use crate::version::{DEFAULT_MAJOR, ServerVersion};

/// What kind of PostgreSQL is wanted, and where to look.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The major version. When `None`, the newest on the machine, else the newest in the cache, else
    /// [`crate::DEFAULT_MAJOR`].
    pub major: Option<u32>,
    /// The folder with the programs, from `[server] bin` or `LIMBECK_POSTGRES_BIN`. Nothing else is tried then.
    pub bin: Option<PathBuf>,
    /// The value of `PATH`. Without it neither programs on it nor package clients are found.
    pub path: Option<OsString>,
    /// Never fetch anything.
    pub offline: bool,
    /// Rather take another major version that is there than fetch the wanted one.
    pub any_major: bool,
    /// Look past what the machine has; only the cache and the package clients count.
    pub ignore_machine: bool,
}

/// Where an installation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The caller named its folder.
    Configured,
    /// It was on the machine.
    Machine,
    /// Fetched earlier.
    Cache,
    /// Fetched by this very call.
    Fetched,
}

/// PostgreSQL's programs in one folder.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Installation {
    /// The folder with `postgres` and `initdb`; links resolved.
    pub bin: PathBuf,
    /// The version of `postgres` in it.
    pub version: ServerVersion,
    /// Where it comes from.
    pub origin: Origin,
}

impl Installation {
    /// The path of one of PostgreSQL's programs, where this installation has it. Fetched ones may lack the
    /// client programs `psql` and `pg_dump`.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        Some(self.bin.join(name)).filter(|path| path.is_file())
    }
}

/// Finds an installation of the wanted major version, and fetches one when there is none.
///
/// # Errors
/// When there is none and it cannot be fetched; the error's [`InstallationError::hint`] names all ways on.
pub async fn find(
    search: &Search,
    directories: &Directories,
    events: Events<'_>,
) -> Result<Installation, InstallationError> {
    let account = Account::for_servers()?;
    if let Some(bin) = &search.bin {
        return configured(bin, search, &account);
    }
    events(Event::Searching { major: search.major });
    let machine = || on_machine(search, &account);
    let cache = || cached(directories, &account);
    if let Some(major) = search.major {
        let wanted = |found: &Installation| found.version.major == major;
        if let Some(found) = machine().find(wanted).or_else(|| cache().find(wanted)) {
            return Ok(found);
        }
    }
    if search.major.is_none() || search.any_major {
        // What the machine has comes first, whichever is newer.
        if let Some(found) = machine()
            .max_by_key(|found| found.version)
            .or_else(|| cache().next())
        {
            return Ok(found);
        }
    }
    fetch::fetch(
        search.major.unwrap_or(DEFAULT_MAJOR),
        search,
        directories,
        &account,
        events,
    )
    .await
}

/// Fetches a major version into the cache, whatever else is on the machine, unless it is there already.
///
/// # Errors
/// When it cannot be fetched; the error's [`InstallationError::hint`] names the other ways.
pub async fn install(
    major: u32,
    search: &Search,
    directories: &Directories,
    events: Events<'_>,
) -> Result<Installation, InstallationError> {
    let account = Account::for_servers()?;
    if let Some(found) = cached(directories, &account).find(|found| found.version.major == major) {
        return Ok(found);
    }
    fetch::fetch(major, search, directories, &account, events).await
}

/// Every installation that [`find`] could choose from without fetching, sorted by version, the newest first.
#[must_use]
pub fn list(search: &Search, directories: &Directories) -> Vec<Installation> {
    let Ok(account) = Account::for_servers() else {
        return Vec::new();
    };
    let configured = search
        .bin
        .iter()
        .filter_map(|bin| probe(bin, Origin::Configured, &account).ok());
    let mut found: Vec<Installation> = Vec::new();
    for installation in configured
        .chain(on_machine(search, &account))
        .chain(cached(directories, &account))
    {
        if !found.iter().any(|other| other.bin == installation.bin) {
            found.push(installation);
        }
    }
    found.sort_by_key(|installation| (std::cmp::Reverse(installation.version), installation.origin));
    found
}

fn configured(bin: &Path, search: &Search, account: &Account) -> Result<Installation, InstallationError> {
    let installation = probe(bin, Origin::Configured, account)?;
    match search.major {
        Some(major) if major != installation.version.major && !search.any_major => {
            Err(InstallationError::OtherMajor {
                bin: installation.bin,
                version: installation.version,
                wanted: major,
            })
        }
        _ => Ok(installation),
    }
}

fn on_machine<'a>(search: &'a Search, account: &'a Account) -> impl Iterator<Item = Installation> + 'a {
    let folders = if search.ignore_machine {
        Vec::new()
    } else {
        machine::folders(search.path.as_deref())
    };
    folders
        .into_iter()
        .filter_map(|bin| match probe(&bin, Origin::Machine, account) {
            Ok(installation) => Some(installation),
            Err(error) => {
                tracing::debug!(bin = %bin.display(), %error, "not usable");
                None
            }
        })
}

/// What was fetched earlier, the newest first.
fn cached<'a>(
    directories: &Directories,
    account: &'a Account,
) -> impl Iterator<Item = Installation> + use<'a> {
    let entries = fs::read_dir(directories.installations())
        .into_iter()
        .flatten()
        .flatten();
    // The folders' names begin with the version, so that only the one that is asked for is run.
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let version = ServerVersion::from_start(entry.file_name().to_str()?)?;
            let bin = entry.path().join("bin");
            bin.join("postgres").is_file().then_some((version, bin))
        })
        .collect();
    found.sort_unstable_by(|left, right| right.cmp(left));
    found
        .into_iter()
        .filter_map(|(_, bin)| probe(&bin, Origin::Cache, account).ok())
}
