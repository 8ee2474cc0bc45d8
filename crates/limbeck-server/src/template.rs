//! The cluster that scratch servers are copied from: made once for each set of binaries, then cached.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::cluster::Cluster;
use crate::directories::Directories;
use crate::error::ServerError;
use crate::event::{Event, Events};
use crate::folder;
use crate::installation::Installation;
use crate::lock;

/// The role that owns databases when a proof must not run as a superuser.
pub(crate) const OWNER: &str = "limbeck_owner";

/// Raised whenever what is put into a template changes.
const LAYOUT: u32 = 1;

/// Small segments make the copy small; only the socket can be connected to, which nobody else reaches.
const OPTIONS: [&str; 2] = ["--auth=trust", "--wal-segsize=1"];

/// The template for these binaries: a data directory to copy. Made when missing, by one process at a time.
pub(crate) async fn find_or_create(
    installation: &Installation,
    account: &Account,
    directories: &Directories,
    events: Events<'_>,
) -> Result<PathBuf, ServerError> {
    let templates = directories.templates();
    let template = templates.join(name(installation)?);
    if template.is_dir() {
        return Ok(template);
    }
    folder::create_reachable(&templates, account)?;
    let _lock = lock::lock(&templates.join("lock"), events).await?;
    if template.is_dir() {
        return Ok(template);
    }
    events(Event::BuildingTemplate {
        version: installation.version,
    });
    folder::remove_unfinished(&templates);
    // The folder that PostgreSQL's account writes in; the finished template belongs to the caller.
    let workshop = folder::unfinished(&template);
    folder::create_private(&workshop, account)?;
    let made = create(installation, account, &workshop.join("data"), &template).await;
    let _ = fs::remove_dir_all(&workshop);
    made.map(|()| template)
}

async fn create(
    installation: &Installation,
    account: &Account,
    data: &Path,
    template: &Path,
) -> Result<(), ServerError> {
    let cluster = Cluster {
        options: &OPTIONS,
        statements: &statements(),
        durable: false,
    };
    cluster.create(installation, account, data).await?;
    if *account != Account::Own {
        folder::own_all(data, &Account::caller()).map_err(ServerError::file("take back", data))?;
    }
    fs::rename(data, template).map_err(ServerError::file("make the folder", template))
}

/// The name tells binaries apart that have one version but different builds, paths or owners.
pub(crate) fn name(installation: &Installation) -> Result<String, ServerError> {
    let program = installation.bin.join("postgres");
    let metadata = fs::metadata(&program).map_err(ServerError::file("read", &program))?;
    let mut hash = Sha256::new();
    hash.update(program.as_os_str().as_encoded_bytes());
    hash.update(metadata.size().to_le_bytes());
    hash.update(metadata.mtime().to_le_bytes());
    hash.update(rustix::process::geteuid().as_raw().to_le_bytes());
    let hash: String = hash
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(format!("{}-{hash}-{LAYOUT}", installation.version))
}

/// A role shaped like the one that a hosted PostgreSQL gives its customers.
fn statements() -> Vec<String> {
    vec![
        format!("CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE BYPASSRLS"),
        format!("GRANT pg_read_all_data, pg_write_all_data, pg_monitor TO {OWNER}"),
        "CHECKPOINT".to_owned(),
    ]
}
