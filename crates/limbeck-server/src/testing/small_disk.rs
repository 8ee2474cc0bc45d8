//! A disk that is soon full.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::account::Account;

/// Mounts, says so, and holds the namespace until its standard input ends, as it does with the test.
const HOLD: &str = r#"mount -t tmpfs -o "size=$1m,mode=0777" tmpfs "$2" && echo mounted && exec cat"#;

/// A disk of a few MiB, mounted in a namespace of its own, so that it vanishes with the test, however that ends.
///
/// It takes Linux, `unshare` and `nsenter`, and root or a system that lets everybody make user namespaces.
#[derive(Debug)]
pub struct SmallDisk {
    holder: Child,
    place: PathBuf,
}

impl SmallDisk {
    /// Mounts it; `None` where that cannot be done here.
    pub(super) fn mount(place: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir(place).ok()?;
        let mut command = Command::new("unshare");
        if !rustix::process::geteuid().is_root() {
            command.args(["--user", "--map-current-user", "--keep-caps"]);
        }
        let mut holder = command
            .args(["--mount", "/bin/sh", "-c", HOLD, "sh", &megabytes.to_string()])
            .arg(place)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut said = String::new();
        let read = BufReader::new(holder.stdout.take()?).read_line(&mut said);
        let disk = Self {
            holder,
            place: place.to_owned(),
        };
        (read.is_ok() && said == "mounted\n").then_some(disk)
    }

    /// Where it is, as the server sees it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.place
    }

    /// The same file as this process sees it.
    #[must_use]
    pub fn seen_from_here(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Fills it to the last byte, by a file that [`SmallDisk::free`] removes.
    pub fn fill(&self) {
        // Ends with an error, since the disk is full.
        let _ = fs::File::create(self.filler())
            .and_then(|mut file| std::io::copy(&mut std::io::repeat(0), &mut file));
    }

    /// Takes so many MiB of it, by a file that [`SmallDisk::free`] removes.
    ///
    /// # Errors
    /// When it has no room for that.
    pub fn take(&self, megabytes: u32) -> std::io::Result<()> {
        let mut bytes = std::io::repeat(0).take(u64::from(megabytes) << 20);
        std::io::copy(&mut bytes, &mut fs::File::create(self.filler())?).map(drop)
    }

    /// Makes room again.
    ///
    /// # Errors
    /// When nothing was taken.
    pub fn free(&self) -> std::io::Result<()> {
        fs::remove_file(self.filler())
    }

    fn filler(&self) -> PathBuf {
        self.seen_from_here(&self.place.join("filler"))
    }

    /// A command of the server, run where the disk is mounted.
    pub(super) fn enter(&self, command: &Command, account: &Account) -> Command {
        let namespaces = format!("/proc/{}/ns", self.holder.id());
        let (user, mount) = (
            format!("--user={namespaces}/user"),
            format!("--mount={namespaces}/mnt"),
        );
        let mut entered = Command::new("nsenter");
        match account {
            Account::Own => {
                entered.args([&user, &mount, "--preserve-credentials"]);
            }
            Account::Unprivileged { uid, gid, .. } => {
                entered.args([&mount, "setpriv", "--clear-groups"]);
                entered.args([format!("--reuid={uid}"), format!("--regid={gid}")]);
            }
        }
        entered.arg(command.get_program()).args(command.get_args());
        entered.env_clear();
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                entered.env(name, value);
            }
        }
        entered.current_dir("/").stdin(Stdio::null());
        entered
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
