//! The guard: a small process that removes a scratch server when its owner is gone, however it went.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::error::ServerError;

const SHELL: &str = "/bin/sh";

/// Waits for the end of the pipe that its owner holds. A line before it says that there is nothing to do.
/// The first argument is the folder with the cluster `data`; all are removed.
///
/// A server that is only just starting has not written its process number yet, hence the second look; one
/// that has ended has removed the file, while its process may still wait to be collected.
const SCRIPT: &str = r#"
trap '' HUP INT QUIT
read -r finished && exit 0
cd /
[ -f "$1/data/postmaster.pid" ] || sleep 1
if read -r server < "$1/data/postmaster.pid"; then
    kill -QUIT "$server"
    tries=0
    while [ -f "$1/data/postmaster.pid" ] && kill -0 "$server" && [ "$tries" -lt 100 ]; do
        sleep 0.05 || sleep 1
        tries=$((tries + 1))
    done
    [ ! -f "$1/data/postmaster.pid" ] || kill -KILL "$server"
fi
rm -rf -- "$@"
"#;

/// A running guard. When the process that holds this ends, `kill -9` included, the guard kills the server
/// and removes its folders.
#[derive(Debug)]
pub(crate) struct Guard(Child);

impl Guard {
    /// Starts a guard over the server whose cluster is `data` in the first of these folders.
    pub(crate) fn start(folders: &[&Path]) -> Result<Self, ServerError> {
        Command::new(SHELL)
            .args(["-c", SCRIPT, "limbeck-guard"])
            .args(folders)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Out of reach of what the terminal sends to the owner's group.
            .process_group(0)
            .spawn()
            .map(Self)
            .map_err(|source| ServerError::Program {
                program: SHELL.into(),
                source,
            })
    }

    /// Ends the guard without it doing anything: the owner has cleaned up itself.
    pub(crate) fn dismiss(&mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            // A guard that is gone already needs no word.
            let _ = pipe.write_all(b"finished\n");
        }
        let _ = self.0.wait();
    }
}
