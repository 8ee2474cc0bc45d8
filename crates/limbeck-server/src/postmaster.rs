//! A server process: started, waited for, stopped.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::ServerError;
use crate::installation::Installation;
use crate::program;

/// Recovery after a crash may take this long; a fresh cluster takes 50 ms.
const START_PATIENCE: Duration = Duration::from_secs(120);
const STOP_PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(1);

/// Where in `postmaster.pid` the server writes its state (PostgreSQL's `LOCK_FILE_LINE_PM_STATUS`).
const STATUS_LINE: usize = 8;

/// Starts a server in a process group of its own, so that what a terminal sends to ours does not reach it.
/// What it prints goes to `log`.
pub(crate) fn spawn(mut command: Command, log: &Path) -> Result<Child, ServerError> {
    let open = || File::options().create(true).append(true).open(log);
    let output = open().map_err(ServerError::file("open", log))?;
    let errors = output.try_clone().map_err(ServerError::file("open", log))?;
    let program = Path::new(command.get_program()).to_path_buf();
    command
        .stdout(output)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(|source| ServerError::Program { program, source })
}

/// Waits until the server accepts connections, as it says itself in its `postmaster.pid`.
pub(crate) async fn ready(
    child: &mut Child,
    installation: &Installation,
    data: &Path,
    log: &Path,
) -> Result<(), ServerError> {
    let begun = Instant::now();
    let not_started = || ServerError::Start {
        version: installation.version,
        log: program::tail(&fs::read(log).unwrap_or_default()),
    };
    loop {
        if is_ready(data, child.id()) {
            return Ok(());
        }
        let ended = child
            .try_wait()
            .map_err(ServerError::file("wait for the server in", data))?
            .is_some();
        if ended || begun.elapsed() > START_PATIENCE {
            return Err(not_started());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn is_ready(data: &Path, process: u32) -> bool {
    // A file of an earlier server may still lie there.
    let Ok(file) = fs::read_to_string(data.join("postmaster.pid")) else {
        return false;
    };
    let mut lines = file.lines();
    lines.next().and_then(|line| line.trim().parse().ok()) == Some(process)
        && lines
            .nth(STATUS_LINE - 2)
            .is_some_and(|status| status.trim() == "ready")
}

/// Stops a server whose cluster is needed on, whoever is connected, and says whether it has ended in order.
pub(crate) async fn stop(child: &mut Child) -> bool {
    let _ = kill_process(Pid::from_child(child), Signal::INT);
    let begun = Instant::now();
    while begun.elapsed() < STOP_PATIENCE {
        match child.try_wait() {
            Ok(None) => tokio::time::sleep(PAUSE).await,
            Ok(Some(status)) => return status.success(),
            Err(_) => return false,
        }
    }
    false
}

/// Stops a server that nobody needs any more, at once and without a checkpoint, and waits for its end.
pub(crate) fn kill(child: &mut Child) {
    // The number of a process that was waited for may be another's by now.
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    let _ = kill_process(Pid::from_child(child), Signal::QUIT);
    let begun = Instant::now();
    while begun.elapsed() < STOP_PATIENCE {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(PAUSE),
            Ok(Some(_)) | Err(_) => return,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}
