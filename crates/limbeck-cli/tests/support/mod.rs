//! Runs the program as a user would, and tells everything that came of it.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses its own part of this"
)]

pub mod database;
pub mod page;
pub mod project;
pub mod terminal;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, OnceLock};

use tempfile::TempDir;

/// The password that tests use here.
pub const PASSWORD: &str = "pa55-Wort";

/// Every password that any test uses, and what makes it another when it is encoded: none may ever be shown, and no file
/// written that has one. The last are those of the TLS tests' servers and of the sessions' tests.
pub const SECRETS: [&str; 8] = [
    PASSWORD,
    "pa55%2DWort",
    "pa55\\-Wort",
    "s3cr3t",
    "wolper tinger@%",
    "wolper%20tinger",
    "wolper+tinger",
    "wolpertinger",
];

/// Fails where a text has a password in it.
pub fn search(text: &[u8], place: &dyn std::fmt::Display) {
    let text = String::from_utf8_lossy(text);
    for secret in SECRETS {
        assert!(!text.contains(secret), "a password is in {place}:\n{text}");
    }
}

/// A folder of its own for a test, with a space in its name, and the program to run in it.
pub struct TestFolder {
    _parent: TempDir,
    root: PathBuf,
    variables: Vec<(String, String)>,
    /// The files that a test wrote itself: they may hold its passwords.
    written: Mutex<BTreeSet<PathBuf>>,
}

impl TestFolder {
    pub fn new() -> Self {
        let parent = tempfile::Builder::new()
            .prefix("limbeck test ")
            .tempdir()
            .unwrap();
        // PostgreSQL, started by root, runs as `nobody`, who has to reach what lies here.
        open_to_all(parent.path());
        let root = parent.path().canonicalize().unwrap().join("a project");
        fs::create_dir(&root).unwrap();
        open_to_all(&root);
        // Whatever programs the tested one starts may leave files there.
        fs::create_dir(root.with_file_name("home")).unwrap();
        Self {
            _parent: parent,
            root,
            variables: Vec::new(),
            written: Mutex::default(),
        }
    }

    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Sets a variable for every later call.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        self.written.lock().unwrap().insert(path);
    }

    /// A file in the home folder of the program's user, with its permissions.
    pub fn at_home(&self, name: &str, text: &str, mode: u32) {
        let file = self.home().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        self.written.lock().unwrap().insert(file);
    }

    fn home(&self) -> PathBuf {
        self.root.with_file_name("home")
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).unwrap();
    }

    /// Every file below the folder with its text, to tell that nothing was changed.
    pub fn files(&self) -> BTreeSet<(PathBuf, Vec<u8>)> {
        let mut files = BTreeSet::new();
        collect(&self.root, &mut files);
        files
    }

    /// The program, about to be run here in an environment that holds nothing by accident.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_limbeck"));
        command.args(arguments).current_dir(&self.root);
        self.surround(&mut command);
        command
    }

    /// Gives a program an environment that holds nothing by accident.
    pub fn surround(&self, command: &mut Command) {
        command.env_clear().stdin(Stdio::null());
        for name in ["PATH", "LIMBECK_POSTGRES_BIN", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("HOME", self.root.parent().unwrap().join("home"))
            .env("LC_ALL", "C.UTF-8")
            .env("LIMBECK_CACHE_DIR", cache());
        command.env("LIMBECK_DATA_DIR", self.root.parent().unwrap().join("data"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }

    /// Runs the program and tells everything that came of it.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.told(&self.command(arguments).output().unwrap())
    }

    /// Runs the program with something on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        self.told(&child.wait_with_output().unwrap())
    }

    /// Runs the program, which succeeds.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let told = self.told(&output);
        assert!(output.status.success(), "limbeck {arguments:?}\n{told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the program, and gives what came of it as it is.
    pub fn output(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        self.search(&output);
        output
    }

    /// Searches what the program said, and what it wrote, for passwords.
    fn search(&self, output: &Output) {
        search(&output.stdout, &"stdout");
        search(&output.stderr, &"stderr");
        let mut files = BTreeSet::new();
        for folder in [&self.root, &self.home()] {
            collect(folder, &mut files);
        }
        let written = self.written.lock().unwrap();
        for (path, bytes) in files.iter().filter(|(path, _)| !written.contains(path)) {
            search(bytes, &path.display());
        }
    }

    /// Exit code, stdout and stderr, less what differs from run to run.
    pub fn told(&self, output: &Output) -> String {
        self.search(output);
        let mut told = String::new();
        let code = output
            .status
            .code()
            .map_or_else(|| output.status.to_string(), |code| code.to_string());
        let _ = writeln!(told, "exit code: {code}");
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let text = std::str::from_utf8(bytes).unwrap();
            let _ = writeln!(told, "----- {name} -----");
            // On a machine without PostgreSQL the first command to need one fetches it, whichever that is.
            let is_of_command = |line: &&str| !line.starts_with("Fetching ");
            let text: String = text.split_inclusive('\n').filter(is_of_command).collect();
            if !text.is_empty() {
                let _ = writeln!(told, "{}", text.trim_end_matches('\n'));
            }
        }
        told.replace(&self.root.display().to_string(), "[PROJECT]")
            .replace(&self.root.parent().unwrap().display().to_string(), "[FOLDER]")
    }
}

/// What is filtered out of snapshots: identifiers, times, durations, versions.
pub fn filters() -> Vec<(&'static str, &'static str)> {
    vec![
        (r"\b\d{8}T\d{6}_[0-9a-f]{12}_", "[TIME]_[ID]_"),
        (r"\b[0-9a-f]{12}\b", "[ID]"),
        (r"\b\d{8}_?\d{6}_", "[TIME]_"),
        (r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", "[TIME]"),
        (r"\b\d+\.\d+ m?s\b", "[DURATION]"),
        (
            r#""(duration|waited|elapsed)":( ?)[0-9.e-]+"#,
            r#""$1":$2[DURATION]"#,
        ),
        (r"PostgreSQL \d+(\.\d+)?", "PostgreSQL [VERSION]"),
        (r#""major": \d+"#, r#""major": [MAJOR]"#),
        (r#""applied_at": "[^"]+""#, r#""applied_at": "[TIME]""#),
        (r#""applied_by": "[^"]+""#, r#""applied_by": "[WHO]""#),
        (r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\b", "[TIME]"),
        // The folder of a scratch server, and what the system's resolver says.
        (r"/[^ `]*/limbeck-[0-9a-f]{16}/", "[SERVER]/"),
        (r"failed to lookup address information: .*", "[WHY]"),
        // Versions of PostgreSQL differ in whether they tell which file they looked for.
        (r"\n *= detail: Could not open extension control file.*", ""),
    ]
}

/// Compares what a command told with a snapshot that stands beside the test.
#[macro_export]
macro_rules! assert_told {
    ($told:expr, @$snapshot:literal) => {
        insta::with_settings!({ filters => $crate::support::filters() }, {
            insta::assert_snapshot!($told, @$snapshot);
        });
    };
}

/// Templates of clusters are made once for all tests.
fn cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let cache = std::env::temp_dir().join("limbeck-tests-cache");
        fs::create_dir_all(&cache).unwrap();
        open_to_all(&cache);
        cache
    })
}

fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

fn collect(folder: &Path, files: &mut BTreeSet<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.is_file() {
            files.insert((path.clone(), fs::read(&path).unwrap()));
        }
    }
}
