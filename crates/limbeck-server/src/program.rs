//! Running PostgreSQL's own programs.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tokio::io::AsyncWriteExt;

use crate::account::Account;
use crate::error::ServerError;

/// Libraries that lie beside the programs where an installation brings its own.
const CLIENT_LIBRARIES: [&str; 2] = ["libpq.so.5", "libpq.5.dylib"];

/// A command for one of PostgreSQL's programs.
///
/// It inherits nothing: no `PG*` variable, no locale, no time zone, no working folder (which the server's
/// account may be unable to enter), no standard input or output.
pub(crate) fn command(bin: &Path, program: &str, account: &Account) -> Command {
    let mut command = Command::new(bin.join(program));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let libraries = bin.with_file_name("lib");
    if CLIENT_LIBRARIES
        .iter()
        .any(|library| libraries.join(library).exists())
    {
        // Extensions that use the client library (`dblink`, `postgres_fdw`) do not find it otherwise.
        let variable = if cfg!(target_os = "macos") {
            "DYLD_LIBRARY_PATH"
        } else {
            "LD_LIBRARY_PATH"
        };
        command.env(variable, libraries);
    }
    account.apply(&mut command);
    command
}

/// Runs a command to its end, giving it `input` and collecting what it prints. Dropping the future kills it.
pub(crate) async fn run(command: Command, input: &str) -> Result<Output, ServerError> {
    let program = Path::new(command.get_program()).to_path_buf();
    let failed = |source| ServerError::Program {
        program: program.clone(),
        source,
    };
    let mut command = tokio::process::Command::from(command);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(&failed)?;
    if let Some(mut standard_input) = child.stdin.take() {
        // A program that ends before it has read everything says why on its standard error.
        let _ = standard_input.write_all(input.as_bytes()).await;
    }
    child.wait_with_output().await.map_err(&failed)
}

/// The last lines of what a program printed, for messages.
pub(crate) fn tail(text: &[u8]) -> String {
    const LINES: usize = 12;
    let text = String::from_utf8_lossy(text);
    let lines: Vec<_> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    let start = lines.len().saturating_sub(LINES);
    lines.get(start..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{command, run, tail};
    use crate::account::Account;

    #[tokio::test]
    async fn programs_inherit_no_variable_but_those_set_here() {
        let output = run(command("/usr/bin".as_ref(), "env", &Account::Own), "")
            .await
            .unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        let mut names: Vec<_> = output.lines().filter_map(|line| line.split('=').next()).collect();
        names.retain(|name| !["LD_LIBRARY_PATH", "PWD"].contains(name));
        names.sort_unstable();
        assert_eq!(names, ["LC_ALL", "PATH", "TZ"]);
    }

    #[test]
    fn the_tail_is_the_last_lines_without_blank_ones() {
        let text: String = (1..=20).map(|line| format!("line {line}  \n\n")).collect();
        let tail = tail(text.as_bytes());
        assert_eq!(tail.lines().count(), 12);
        assert!(
            tail.starts_with("line 9\n") && tail.ends_with("\nline 20"),
            "{tail}"
        );
    }
}
