//! Asking the programs in a folder for their version, as the account that will run them.

use std::io;
use std::path::Path;
use std::process::Stdio;

use super::error::InstallationError;
use super::{Installation, Origin};
use crate::account::Account;
use crate::program;
use crate::version::{OLDEST_MAJOR, ServerVersion};

/// The installation in this folder, when its programs run.
pub(super) fn probe(
    bin: &Path,
    origin: Origin,
    account: &Account,
) -> Result<Installation, InstallationError> {
    let unusable = |reason: String| InstallationError::Unusable {
        bin: bin.to_path_buf(),
        reason,
    };
    let bin = match bin.join("postgres").canonicalize() {
        Ok(program) => program.parent().unwrap_or(bin).to_path_buf(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(unusable("it has no program `postgres`".to_owned()));
        }
        Err(error) => return Err(unusable(error.to_string())),
    };
    if !bin.join("initdb").is_file() {
        return Err(unusable(
            "it has no program `initdb` beside `postgres`".to_owned(),
        ));
    }
    let mut command = program::command(&bin, "postgres", account);
    let output = command
        .arg("--version")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && *account != Account::Own => {
            return Err(InstallationError::Unreachable {
                bin,
                account: account.name().to_owned(),
            });
        }
        // The file is there, so what is missing is the loader that it names.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(unusable(
                "`postgres` was built for another kind of system".to_owned(),
            ));
        }
        Err(error) => return Err(unusable(error.to_string())),
    };
    if !output.status.success() {
        return Err(unusable(program::tail(&output.stderr)));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let version = ServerVersion::from_program_output(&printed)
        .ok_or_else(|| unusable(format!("`postgres --version` printed `{}`", printed.trim())))?;
    if version.major < OLDEST_MAJOR {
        return Err(unusable(format!(
            "PostgreSQL {version} is too old, {OLDEST_MAJOR} is the oldest"
        )));
    }
    Ok(Installation { bin, version, origin })
}
