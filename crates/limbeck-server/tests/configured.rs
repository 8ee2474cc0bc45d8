//! The folder that `[server] bin` names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use limbeck_server::testing::{directories, installation};
use limbeck_server::{Directories, InstallationError, Origin, Scratch, Search, find};

async fn configured(bin: &Path, major: Option<u32>, any_major: bool) -> Result<Origin, InstallationError> {
    let search = Search {
        bin: Some(bin.to_path_buf()),
        major,
        any_major,
        ..Search::default()
    };
    find(&search, &directories(), &|_| ())
        .await
        .map(|installation| installation.origin)
}

#[tokio::test]
async fn its_major_must_be_the_wanted_one_unless_any_will_do() {
    let installation = installation().await;
    let major = installation.version.major;
    for (wanted, any_major) in [(None, false), (Some(major), false), (Some(major + 1), true)] {
        assert_eq!(
            configured(&installation.bin, wanted, any_major).await.unwrap(),
            Origin::Configured
        );
    }
    let error = configured(&installation.bin, Some(major + 1), false)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` holds PostgreSQL {}, but {} is wanted",
            installation.bin.display(),
            installation.version,
            major + 1
        )
    );
    assert!(
        error
            .hint()
            .unwrap()
            .contains(&format!("[server] major = {major}"))
    );
}

#[tokio::test]
async fn a_folder_without_programs_or_with_broken_ones_is_refused() {
    let root = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o755))
        .tempdir()
        .unwrap();
    let error = configured(root.path(), None, false).await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("cannot be used: it has no program `postgres`"),
        "{error}"
    );

    for (text, reason) in [
        (
            "#!/bin/sh\necho 'error while loading libssl.so.3' >&2; exit 127\n",
            "error while loading libssl.so.3",
        ),
        (
            "#!/no/such/loader\n",
            "`postgres` was built for another kind of system",
        ),
        (
            "#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.24'\n",
            "PostgreSQL 9.6 is too old, 14 is the oldest",
        ),
        ("#!/bin/sh\necho hello\n", "`postgres --version` printed `hello`"),
    ] {
        for name in ["postgres", "initdb"] {
            fs::write(root.path().join(name), text).unwrap();
            fs::set_permissions(root.path().join(name), Permissions::from_mode(0o755)).unwrap();
        }
        let error = configured(root.path(), None, false).await.unwrap_err();
        assert!(
            error.to_string().ends_with(&format!("cannot be used: {reason}")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn root_is_told_when_the_servers_account_cannot_read_the_programs() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let root = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
        .unwrap();
    for name in ["postgres", "initdb"] {
        fs::write(root.path().join(name), "#!/bin/sh\n").unwrap();
        fs::set_permissions(root.path().join(name), Permissions::from_mode(0o755)).unwrap();
    }
    let error = configured(root.path(), None, false).await.unwrap_err();
    assert!(matches!(error, InstallationError::Unreachable { .. }), "{error}");
    assert!(error.hint().unwrap().contains("not below `/root`"));
}

#[tokio::test]
async fn root_is_told_when_the_servers_account_cannot_enter_a_folder() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let installation = installation().await;
    let root = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
        .unwrap();
    let directories = Directories {
        cache: root.path().join("cache"),
        ..directories()
    };
    let error = Scratch::start(&installation, &directories, &|_| ())
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("cannot enter") && text.contains("cache/templates"),
        "{text}"
    );
    assert!(error.hint().unwrap().contains("LIMBECK_CACHE_DIR"));
}
