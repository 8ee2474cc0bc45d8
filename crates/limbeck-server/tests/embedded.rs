//! The embedded server of a project.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use limbeck_postgres::{SessionOptions, Settings, connect};
use limbeck_server::embedded::{self, EmbeddedServer, Status};
use limbeck_server::testing::{self, installation};
use limbeck_server::{Directories, Event, Installation, Search, ServerError};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// A project with folders of its own, whose server is killed in the end.
struct Project {
    root: TempDir,
    folder: PathBuf,
    directories: Directories,
    installation: Installation,
    events: Mutex<Vec<Event>>,
}

impl Project {
    async fn new() -> Self {
        Self::below("").await
    }

    async fn below(data: &str) -> Self {
        let mut root = tempfile::Builder::new();
        let root = root
            .prefix("limbeck-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir()
            .unwrap();
        let folder = root.path().join("my project – ü");
        fs::create_dir(&folder).unwrap();
        let directories = Directories {
            data: root.path().join(format!("data{data}")),
            ..testing::directories()
        };
        Self {
            root,
            folder,
            directories,
            installation: installation().await,
            events: Mutex::default(),
        }
    }

    async fn start(&self) -> Result<EmbeddedServer, ServerError> {
        let events = |event| self.events.lock().unwrap().push(event);
        embedded::start(&self.installation, &self.folder, &self.directories, &events).await
    }

    async fn stop(&self) -> bool {
        embedded::stop(&self.folder, &self.directories, &|_| ())
            .await
            .unwrap()
    }

    fn status(&self) -> Status {
        embedded::status(&self.folder, &self.directories).unwrap()
    }

    fn is_stopped(&self) -> bool {
        matches!(self.status(), Status::Stopped { .. })
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if let Ok(Status::Running(server)) = embedded::status(&self.folder, &self.directories) {
            kill(server.process, Signal::QUIT);
        }
    }
}

fn kill(process: i32, signal: Signal) {
    kill_process(Pid::from_raw(process).unwrap(), signal).unwrap();
}

async fn value(settings: &Settings, query: &str) -> Result<String, String> {
    let options = SessionOptions::running("test", "public");
    let session = connect(settings, &options)
        .await
        .map_err(|error| error.to_string())?;
    let rows = session
        .query_text(query)
        .await
        .map_err(|error| error.message().to_owned())?;
    Ok(rows.into_iter().flatten().flatten().next().unwrap_or_default())
}

#[tokio::test]
async fn it_is_started_once_found_running_and_keeps_its_data_and_port() {
    let project = Project::new().await;
    assert!(matches!(project.status(), Status::Missing));
    assert!(
        !project.directories.data.exists(),
        "asking for the status makes nothing"
    );
    assert!(!project.stop().await);

    let (first, second) = tokio::join!(project.start(), project.start());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.process, second.process);
    assert_eq!(first.major, project.installation.version.major);
    assert_eq!(
        value(&first.settings, "SELECT current_database()").await.unwrap(),
        "app"
    );
    assert_eq!(value(&first.settings, "SHOW fsync").await.unwrap(), "on");
    value(&first.settings, "CREATE TABLE kept AS SELECT 42 AS answer")
        .await
        .unwrap();
    assert!(!first.data_directory.starts_with(&project.folder));
    assert_eq!(
        fs::read_dir(&project.folder).unwrap().count(),
        0,
        "nothing is put into the project"
    );

    assert!(project.stop().await);
    assert!(project.is_stopped());
    assert!(!project.stop().await);

    let third = project.start().await.unwrap();
    assert_eq!(
        value(&third.tcp_settings, "SELECT answer FROM kept")
            .await
            .unwrap(),
        "42"
    );
    assert_eq!(third.tcp_settings.port(), first.tcp_settings.port());
    assert_eq!(third.tcp_settings.password(), first.tcp_settings.password());
    assert!(matches!(project.status(), Status::Running(server) if server.process == third.process));
}

#[tokio::test]
async fn the_loopback_address_wants_the_password_which_only_the_user_can_read() {
    let project = Project::new().await;
    let server = project.start().await.unwrap();
    assert_eq!(value(&server.tcp_settings, "SELECT 1").await.unwrap(), "1");
    assert!(
        value(&server.tcp_settings.with_password(None), "SELECT 1")
            .await
            .is_err()
    );
    let wrong = server
        .tcp_settings
        .with_password(Some(limbeck_postgres::Password::new("wrong")));
    let error = value(&wrong, "SELECT 1").await.unwrap_err();
    assert!(error.contains("password"), "{error}");

    let folder = server.data_directory.parent().unwrap();
    assert_eq!(
        fs::metadata(folder.join("password")).unwrap().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::metadata(&server.data_directory).unwrap().mode() & 0o777,
        0o700
    );
    let password = server.tcp_settings.password().unwrap().expose().to_owned();
    assert!(!format!("{server:?}").contains(&password));
    assert!(!fs::read_to_string(&server.log_file).unwrap().contains(&password));

    // A lost password is replaced.
    project.stop().await;
    fs::remove_file(folder.join("password")).unwrap();
    let server = project.start().await.unwrap();
    assert_ne!(server.tcp_settings.password().unwrap().expose(), password);
    assert_eq!(value(&server.tcp_settings, "SELECT 1").await.unwrap(), "1");
}

#[tokio::test]
async fn a_link_to_the_project_leads_to_its_server() {
    let project = Project::new().await;
    let server = project.start().await.unwrap();
    let link = project.root.path().join("link");
    symlink(&project.folder, &link).unwrap();
    let status = embedded::status(&link, &project.directories).unwrap();
    assert!(matches!(status, Status::Running(found) if found.process == server.process));
}

#[tokio::test]
async fn a_killed_server_and_a_stale_file_are_no_obstacle() {
    let project = Project::new().await;
    let first = project.start().await.unwrap();
    value(&first.settings, "CREATE TABLE kept AS SELECT 42 AS answer")
        .await
        .unwrap();
    kill(first.process, Signal::KILL);
    while !project.is_stopped() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    // After a restart of the system the number may belong to any program: here to this test.
    let file = first.data_directory.join("postmaster.pid");
    let text = fs::read_to_string(&file).unwrap();
    let stale = text.replacen(&first.process.to_string(), &std::process::id().to_string(), 1);
    fs::write(&file, stale).unwrap();
    assert!(project.is_stopped());
    let second = project.start().await.unwrap();
    assert_eq!(
        value(&second.settings, "SELECT answer FROM kept").await.unwrap(),
        "42"
    );
}

#[tokio::test]
async fn a_port_taken_by_another_program_is_changed_and_said_so() {
    let project = Project::new().await;
    let from = project.start().await.unwrap().tcp_settings.port();
    project.stop().await;
    let _taken = TcpListener::bind(("127.0.0.1", from)).unwrap();
    let server = project.start().await.unwrap();
    let to = server.tcp_settings.port();
    assert_ne!(from, to);
    assert!(
        project
            .events
            .lock()
            .unwrap()
            .contains(&Event::PortChanged { from, to })
    );
    assert_eq!(value(&server.tcp_settings, "SELECT 1").await.unwrap(), "1");
}

#[tokio::test]
async fn a_moved_project_takes_its_server_along_and_a_new_one_in_its_place_does_not() {
    let mut project = Project::new().await;
    let first = project.start().await.unwrap();
    value(&first.settings, "CREATE TABLE kept AS SELECT 42 AS answer")
        .await
        .unwrap();
    let from = project.folder.canonicalize().unwrap();
    let to = project.root.path().join("renamed");
    fs::rename(&from, &to).unwrap();
    project.folder = to;
    let second = project.start().await.unwrap();
    assert_eq!(
        value(&second.settings, "SELECT answer FROM kept").await.unwrap(),
        "42"
    );
    assert_ne!(second.process, first.process);
    assert_eq!(second.tcp_settings.port(), first.tcp_settings.port());
    assert!(
        project
            .events
            .lock()
            .unwrap()
            .contains(&Event::ProjectMoved { from: from.clone() })
    );

    fs::create_dir(&from).unwrap();
    assert!(matches!(
        embedded::status(&from, &project.directories).unwrap(),
        Status::Missing
    ));
}

#[tokio::test]
async fn the_datas_major_wins_and_other_binaries_are_refused() {
    let project = Project::new().await;
    let server = project.start().await.unwrap();
    project.stop().await;
    let major = server.major;
    let search = Search {
        major: Some(major + 1),
        offline: true,
        ..testing::search()
    };
    let found = embedded::find(&search, &project.folder, &project.directories, &|_| ())
        .await
        .unwrap();
    assert_eq!(found.version.major, major);

    let mut other = project.installation.clone();
    other.version.major = 99;
    other.version.minor = 1;
    let error = embedded::start(&other, &project.folder, &project.directories, &|_| ())
        .await
        .unwrap_err();
    let data = server.data_directory.display();
    assert_eq!(
        error.to_string(),
        format!(
            "the embedded server's data in `{data}` is of PostgreSQL {major}, which the binaries of 99.1 cannot read"
        )
    );
    assert!(
        error
            .hint()
            .unwrap()
            .contains(&format!("limbeck server install {major}"))
    );

    fs::write(server.data_directory.join("PG_VERSION"), "98\n").unwrap();
    let search = Search {
        ignore_machine: true,
        bin: None,
        ..search
    };
    let error = embedded::find(&search, &project.folder, &project.directories, &|_| ())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the embedded server's data in `{data}` is of PostgreSQL 98: no PostgreSQL 98 was found on this \
             machine, and nothing is fetched while offline"
        )
    );
}

#[tokio::test]
async fn a_data_folder_with_a_long_path_has_its_socket_elsewhere() {
    let project = Project::below(&"/a long folder".repeat(7)).await;
    let server = project.start().await.unwrap();
    let socket = PathBuf::from(server.settings.host().into_owned());
    assert!(
        !socket.starts_with(&project.directories.data),
        "{}",
        socket.display()
    );
    assert_eq!(fs::metadata(&socket).unwrap().mode() & 0o777, 0o700);
    // Whoever cleans up the temporary folder takes the socket away from a running server.
    fs::remove_dir_all(&socket).unwrap();
    let again = project.start().await.unwrap();
    assert_ne!(again.process, server.process);
    assert_eq!(value(&again.settings, "SELECT 1").await.unwrap(), "1");
    project.stop().await;
    fs::remove_dir_all(&socket).unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_start_shows_the_end_of_its_log() {
    let project = Project::new().await;
    let server = project.start().await.unwrap();
    project.stop().await;
    fs::write(
        server.data_directory.join("postgresql.auto.conf"),
        "no_such_setting = 1\n",
    )
    .unwrap();
    let error = project.start().await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("did not start") && text.contains("no_such_setting"),
        "{text}"
    );
    assert!(project.is_stopped());
}

/// The program that starts a server and ends.
#[tokio::test]
#[ignore = "started by the test below"]
async fn starter() {
    let Some(root) = std::env::var_os("LIMBECK_TEST_ROOT").map(PathBuf::from) else {
        return;
    };
    let directories = Directories {
        data: root.join("data"),
        ..testing::directories()
    };
    let search = Search {
        offline: true,
        ..testing::search()
    };
    embedded::ensure(&search, &root.join("project"), &directories, &|_| ())
        .await
        .unwrap();
}

#[tokio::test]
async fn it_stays_up_after_the_program_that_started_it() {
    let mut project = Project::new().await;
    let root = project.root.path().to_path_buf();
    project.folder = root.join("project");
    fs::create_dir(&project.folder).unwrap();
    // Its output is read to the end: a server that kept it open would hang this.
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "starter", "--ignored", "--nocapture"])
        .env("LIMBECK_TEST_ROOT", &root)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let Status::Running(server) = project.status() else {
        panic!("{:?}", project.status())
    };
    assert_eq!(value(&server.settings, "SELECT 1").await.unwrap(), "1");
    assert!(Path::new(&server.log_file).exists());
}
