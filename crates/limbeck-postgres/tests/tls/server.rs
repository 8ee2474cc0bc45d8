//! A PostgreSQL with TLS on a loopback port, made for one test.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use limbeck_postgres::{Session, SessionOptions, Settings, connect};

/// Who may log in how. Where a line says `reject`, the other way of connecting is refused with SQLSTATE 28000.
const HBA: &str = "\
local     all  postgres                   trust
local     all  all                        scram-sha-256
hostssl   all  only_clear      127.0.0.1/32  reject
hostnossl all  only_tls        127.0.0.1/32  reject
hostssl   all  by_certificate  127.0.0.1/32  cert
host      all  by_md5          127.0.0.1/32  md5
host      all  by_password    127.0.0.1/32  password
host      all  trusted         127.0.0.1/32  trust
host      all  all             127.0.0.1/32  scram-sha-256
";

/// The password of every role.
pub(crate) const PASSWORD: &str = "wolper tinger@%";

/// The roles that can log in over TCP.
const ROLES: [&str; 7] = [
    "plain",
    "only_clear",
    "only_tls",
    "by_certificate",
    "by_md5",
    "by_password",
    "trusted",
];

/// The folder with the certificates that a server can present. Tests of other crates share this file.
pub(crate) fn certificates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../limbeck-postgres/tests/certificates/server")
}

pub(crate) struct TlsServer {
    child: Child,
    folder: tempfile::TempDir,
    pub(crate) port: u16,
}

impl TlsServer {
    /// Starts a server that presents `good.crt`.
    pub(crate) async fn start() -> Self {
        let installation = limbeck_server::testing::installation().await;
        let folder = tempfile::Builder::new()
            .prefix("limbeck-tls-")
            .tempdir_in("/tmp")
            .unwrap();
        let account = account(folder.path());
        own(folder.path(), account);
        let data = folder.path().join("data");
        let program = |name: &str| {
            let mut command = Command::new(installation.bin.join(name));
            command
                .env_clear()
                .env("PATH", "/usr/bin:/bin")
                .current_dir("/")
                .stdin(Stdio::null());
            command.stdout(Stdio::null()).stderr(Stdio::null());
            if let Some((user, group)) = account {
                command.uid(user).gid(group);
            }
            command
        };
        let initdb = program("initdb")
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "-D",
            ])
            .arg(&data)
            .status()
            .unwrap();
        assert!(initdb.success(), "initdb failed");
        fs::write(data.join("pg_hba.conf"), HBA).unwrap();
        for file in fs::read_dir(certificates()).unwrap() {
            let file = file.unwrap();
            let copy = data.join(file.file_name());
            fs::copy(file.path(), &copy).unwrap();
            fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
            own(&copy, account);
        }
        let mut configuration = fs::OpenOptions::new()
            .append(true)
            .open(data.join("postgresql.conf"))
            .unwrap();
        writeln!(configuration, "ssl = on\nssl_ca_file = 'authority.crt'").unwrap();
        writeln!(
            configuration,
            "ssl_cert_file = 'good.crt'\nssl_key_file = 'rsa.key'"
        )
        .unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = program("postgres")
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-p", &port.to_string(), "-F", "-h", "127.0.0.1"])
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let server = Self { child, folder, port };
        server
            .admin(&format!(
                "SET password_encryption = 'md5'; CREATE ROLE by_md5 LOGIN PASSWORD '{PASSWORD}'"
            ))
            .await;
        for role in ROLES.iter().filter(|role| **role != "by_md5") {
            server
                .admin(&format!("CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'"))
                .await;
        }
        server
    }

    /// Makes the server present another certificate, once it is in force.
    pub(crate) async fn present(&self, certificate: &str, key: &str) {
        let loaded = "SELECT pg_conf_load_time()";
        let before = self.as_postgres().await.query_text(loaded).await.unwrap();
        self.admin(&format!("ALTER SYSTEM SET ssl_cert_file = '{certificate}.crt'"))
            .await;
        self.admin(&format!("ALTER SYSTEM SET ssl_key_file = '{key}.key'"))
            .await;
        self.admin("SELECT pg_reload_conf()").await;
        while self.as_postgres().await.query_text(loaded).await.unwrap() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) async fn admin(&self, sql: &str) {
        self.as_postgres().await.execute(sql).await.unwrap();
    }

    /// Settings of the superuser over the unix socket.
    pub(crate) fn socket(&self) -> Settings {
        Settings::for_socket(self.folder.path(), self.port, "postgres", "postgres")
    }

    /// A session of the superuser over the unix socket.
    pub(crate) async fn as_postgres(&self) -> Session {
        let settings = self.socket();
        let options = SessionOptions::reading("test");
        let mut tries = 0;
        loop {
            match connect(&settings, &options).await {
                Ok(session) => return session,
                Err(error) if tries == 2_000 => panic!("the server does not start: {error}\n{}", self.log()),
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A file of the certificates' folder, which nobody else can read here.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Settings over TCP for a role, with further keys: `sslmode=require&…`.
    pub(crate) fn settings(&self, role: &str, keys: &str) -> Settings {
        self.settings_at("localhost", role, keys)
    }

    pub(crate) fn settings_at(&self, host: &str, role: &str, keys: &str) -> Settings {
        let url = format!(
            "postgresql://{role}:{PASSWORD}@{host}:{}/postgres?hostaddr=127.0.0.1&{keys}",
            self.port
        );
        Settings::parse(&url).unwrap()
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        // At once, but with its shared memory given back.
        let stopped = Command::new("kill")
            .args(["-QUIT", &self.child.id().to_string()])
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// PostgreSQL refuses to run as root: then it runs as `nobody`.
fn account(folder: &Path) -> Option<(u32, u32)> {
    (fs::metadata(folder).unwrap().uid() == 0).then_some((65_534, 65_534))
}

fn own(path: &Path, account: Option<(u32, u32)>) {
    if let Some((user, group)) = account {
        chown(path, Some(user), Some(group)).unwrap();
    }
}
