//! The process of an embedded server, as its `postmaster.pid` tells.

use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::error::ServerError;

/// Recovery after a crash, or the last sessions' work, may take this long.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(5);

/// Higher than any system numbers its processes.
const NO_PROCESS: i32 = i32::MAX;

/// A server process that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Postmaster {
    /// The process.
    pub(super) process: i32,
    /// The port, which the socket's name ends in, too.
    pub(super) port: u16,
    /// The folder of its socket.
    pub(super) socket_folder: PathBuf,
    status: String,
    data: PathBuf,
}

impl Postmaster {
    /// The server of this data directory, when its process is there, in whatever state.
    pub(super) fn of(data: &Path) -> Result<Option<Self>, ServerError> {
        let path = data.join("postmaster.pid");
        match fs::read_to_string(&path) {
            Ok(file) => Ok(Self::parse(&file, data).filter(|postmaster| serves(postmaster.process, data))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ServerError::file("read", &path)(error)),
        }
    }

    /// The same, after waiting for the end of a start or a stop that is under way.
    pub(super) async fn settled(data: &Path) -> Result<Option<Self>, ServerError> {
        let begun = Instant::now();
        loop {
            match Self::of(data)? {
                Some(postmaster) if !postmaster.is_ready() && begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(PAUSE).await;
                }
                settled => return Ok(settled),
            }
        }
    }

    /// A `postmaster.pid`: process, data directory, start time, port, socket's folder, address, memory, state.
    fn parse(file: &str, data: &Path) -> Option<Self> {
        let lines: Vec<_> = file.lines().map(str::trim).collect();
        Some(Self {
            process: lines.first()?.parse().ok()?,
            port: lines.get(3).and_then(|port| port.parse().ok()).unwrap_or(0),
            socket_folder: lines.get(4).map(PathBuf::from).unwrap_or_default(),
            status: lines
                .get(7)
                .map(|status| (*status).to_owned())
                .unwrap_or_default(),
            data: data.to_path_buf(),
        })
    }

    /// Whether it says that it accepts connections.
    pub(super) fn is_ready(&self) -> bool {
        self.status == "ready"
    }

    /// Whether its socket accepts connections.
    pub(super) fn answers(&self) -> bool {
        UnixStream::connect(self.socket_folder.join(format!(".s.PGSQL.{}", self.port))).is_ok()
    }

    /// Stops it as `pg_ctl stop` does, and waits for its end.
    pub(super) async fn stop(&self) -> Result<(), ServerError> {
        if let Some(process) = Pid::from_raw(self.process) {
            match kill_process(process, Signal::INT) {
                Ok(()) | Err(Errno::SRCH) => {}
                Err(error) => return Err(ServerError::file("stop the server in", &self.data)(error.into())),
            }
        }
        let begun = Instant::now();
        // The file is the last thing that it removes.
        while Self::of(&self.data)?.is_some_and(|current| current.process == self.process) {
            if begun.elapsed() > PATIENCE {
                return Err(ServerError::Stop {
                    pid: self.process,
                    seconds: PATIENCE.as_secs(),
                });
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Corrects a `postmaster.pid` whose process number now belongs to another program: PostgreSQL itself only
    /// sees that the process exists, and would refuse to start. The rest of the file stays, because by it
    /// PostgreSQL finds sessions of the former server that still use its memory.
    pub(super) fn disown_stale(data: &Path) -> Result<(), ServerError> {
        let path = data.join("postmaster.pid");
        if !path.exists() || Self::of(data)?.is_some() {
            return Ok(());
        }
        let file = fs::read_to_string(&path).map_err(ServerError::file("read", &path))?;
        let rest = file.split_once('\n').map_or("", |(_, rest)| rest);
        fs::write(&path, format!("{NO_PROCESS}\n{rest}")).map_err(ServerError::file("write", &path))
    }
}

/// Whether this process is the server of this data directory, which its arguments name.
fn serves(process: i32, data: &Path) -> bool {
    let Some(pid) = Pid::from_raw(process) else {
        return false;
    };
    if test_kill_process(pid) == Err(Errno::SRCH) {
        return false;
    }
    let data = data.as_os_str().as_encoded_bytes();
    arguments(process).windows(data.len()).any(|part| part == data)
}

fn arguments(process: i32) -> Vec<u8> {
    if let Ok(arguments) = fs::read(format!("/proc/{process}/cmdline")) {
        return arguments;
    }
    let output = Command::new("ps")
        .args(["-ww", "-o", "args=", "-p", &process.to_string()])
        .stdin(Stdio::null())
        .output();
    output.map(|output| output.stdout).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Postmaster, serves};

    #[test]
    fn a_file_that_is_only_being_written_has_no_state_yet() {
        let data = Path::new("/data");
        let whole = "123\n/data\n1700000000\n20123\n/tmp/socket folder\n127.0.0.1\n  1234 5\nready   \n";
        let postmaster = Postmaster::parse(whole, data).unwrap();
        assert_eq!((postmaster.process, postmaster.port), (123, 20_123));
        assert_eq!(postmaster.socket_folder, Path::new("/tmp/socket folder"));
        assert!(postmaster.is_ready());
        assert!(
            !Postmaster::parse("123\n/data\n1700000000\n20123\n", data)
                .unwrap()
                .is_ready()
        );
        assert_eq!(Postmaster::parse("", data), None);
    }

    #[test]
    fn another_program_with_the_same_number_is_no_server() {
        assert!(!serves(
            std::process::id().cast_signed(),
            Path::new("/no/such/data")
        ));
        assert!(!serves(i32::MAX, Path::new("/")));
    }
}
