//! What `verify` tells of the connection: by TLS and in clear, of roles with and without rights, and of Neon.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;
#[path = "../../limbeck-postgres/tests/tls/server.rs"]
#[allow(dead_code, reason = "another crate's tests use the rest")]
mod tls_server;

use support::TestFolder;
use support::database::TestDatabase;
use support::project::project;
use tls_server::TlsServer;

/// A server with TLS, and the runtime that it was started on.
struct Server {
    runtime: tokio::runtime::Runtime,
    server: TlsServer,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(TlsServer::start());
        Self { runtime, server }
    }

    fn admin(&self, sql: &str) {
        self.runtime.block_on(self.server.admin(sql));
    }

    fn present(&self, certificate: &str, key: &str) {
        self.runtime.block_on(self.server.present(certificate, key));
    }

    /// A project whose database is here, by a role and with further keys.
    fn project(&self, host: &str, role: &str, keys: &str) -> TestFolder {
        let port = self.server.port;
        let mut folder = project(&format!(
            "postgresql://{role}@{host}:{port}/postgres?hostaddr=127.0.0.1&{keys}"
        ));
        folder.set("PGPASSWORD", tls_server::PASSWORD);
        folder
    }

    fn roots(&self) -> String {
        format!(
            "sslrootcert={}",
            tls_server::certificates().join("authority.crt").display()
        )
    }
}

/// The line of a check, with its mark.
fn line<'t>(told: &'t str, name: &str) -> &'t str {
    let is_it = |line: &&str| {
        line.get(4..)
            .is_some_and(|line| line.starts_with(&format!("{name}: ")))
    };
    told.lines()
        .find(is_it)
        .unwrap_or_else(|| panic!("no `{name}` in\n{told}"))
}

#[test]
fn a_connection_by_tls_is_told() {
    let server = Server::start();
    let verified = format!("sslmode=verify-full&{}", server.roots());
    let told = server.project("localhost", "plain", &verified).run(&["verify"]);
    assert_eq!(
        line(&told, "encryption"),
        "✓ encryption: TLSv1.3, TLS_AES_256_GCM_SHA384"
    );
    let identity = line(&told, "the server's identity");
    assert!(
        identity.contains("authority.crt` stands behind its certificate, which bears the host's name"),
        "{told}"
    );
    assert_eq!(line(&told, "channel binding"), "✓ channel binding: in force");
    assert!(
        line(&told, "the way to the server").starts_with("✓ the way to the server: direct"),
        "{told}"
    );
    assert_eq!(
        line(&told, "authentication"),
        "✓ authentication: by scram-sha-256; the server asked for a client's certificate and got none"
    );

    let named = |keys: &str| server.project("localhost", "plain", keys).run(&["verify"]);
    let told = named(&format!(
        "sslmode=verify-ca&{}&ssl_max_protocol_version=TLSv1.2",
        server.roots()
    ));
    assert!(
        line(&told, "encryption").starts_with("✓ encryption: TLSv1.2, TLS_ECDHE_"),
        "{told}"
    );
    assert!(
        line(&told, "the server's identity").ends_with("; the name in it was not looked at"),
        "{told}"
    );
    let told = named("sslmode=require");
    assert!(
        line(&told, "the server's identity").ends_with("the binding tells that nobody sits in between"),
        "{told}"
    );
    let told = named("sslmode=require&channel_binding=disable");
    assert!(
        line(&told, "the server's identity").ends_with("not checked; it is on this machine"),
        "{told}"
    );
    for (role, keys, reason) in [
        (
            "plain",
            "sslmode=require&channel_binding=disable",
            "`channel_binding=disable`",
        ),
        ("plain", "sslmode=disable", "there is no TLS to bind to"),
        (
            "by_md5",
            "sslmode=require",
            "the server did not ask for a password by SCRAM",
        ),
        (
            "trusted",
            "sslmode=require",
            "the server did not ask for a password by SCRAM",
        ),
    ] {
        let told = server.project("localhost", role, keys).run(&["verify"]);
        assert_eq!(
            line(&told, "channel binding"),
            format!("✓ channel binding: not in force: {reason}"),
            "{role} {keys}"
        );
    }
    server.present("ed25519", "ed25519");
    let told = named("sslmode=require");
    let none = "✓ channel binding: not in force: the signature of the server's certificate defines none";
    assert_eq!(line(&told, "channel binding"), none, "{told}");
}

#[test]
fn a_clients_certificate_is_told() {
    let server = Server::start();
    let certificate = format!(
        "sslmode=require&sslcert={}&sslkey={}",
        tls_server::certificates().join("client.crt").display(),
        server.server.file("ec.key").display()
    );
    let told = server
        .project("localhost", "by_certificate", &certificate)
        .run(&["verify"]);
    assert_eq!(
        line(&told, "authentication"),
        "✓ authentication: without a password; the client's certificate was sent"
    );
}

#[test]
fn a_socket_needs_no_tls() {
    let database = TestDatabase::new();
    let told = project(&database.url()).run(&["verify"]);
    assert_eq!(
        line(&told, "encryption"),
        "✓ encryption: none; a unix socket needs none"
    );
    assert_eq!(
        line(&told, "the server's identity"),
        "✓ the server's identity: not checked; it is on this machine"
    );
    assert!(line(&told, "the role").contains("superuser"), "{told}");
    assert_eq!(line(&told, "event triggers"), "✓ event triggers: none");
    assert_eq!(
        line(&told, "settings of the role and the database"),
        "✓ settings of the role and the database: none that matters"
    );
    assert!(line(&told, "round trip").ends_with(" ms"), "{told}");
}

#[test]
fn what_a_role_may_not_is_told() {
    let database = TestDatabase::new();
    let name = database.query("SELECT current_database()").remove(0);
    database.execute(&format!(
        "CREATE ROLE poor LOGIN; ALTER ROLE poor SET statement_timeout = '5s'; \
         ALTER DATABASE {name} SET lock_timeout = '1min'; \
         ALTER ROLE poor IN DATABASE {name} SET default_transaction_read_only = on; \
         ALTER ROLE poor SET app.secret = 'not shown'; \
         CREATE SCHEMA limbeck; \
         CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; \
         CREATE EVENT TRIGGER watcher ON ddl_command_start EXECUTE FUNCTION watch(); \
         REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    ));
    let folder = project(&database.url_as("poor"));
    let told = folder.run(&["verify"]);
    assert_eq!(line(&told, "the role"), "✓ the role: `poor`, an ordinary one");
    assert_eq!(
        line(&told, "the role's rights"),
        "✓ the role's rights: may not make schemas, may create in none of the schemas that are there, does not own Limbeck's \
         own tables, may end its own sessions, may not end those of others, may not see what they run"
    );
    assert_eq!(
        line(&told, "settings of the role and the database"),
        "✓ settings of the role and the database: lock_timeout = 1min (of the database), statement_timeout = 5s (of the \
         role), default_transaction_read_only = on (of the role in database); a run has timeouts and a search path of its \
         own"
    );
    assert_eq!(
        line(&told, "event triggers"),
        "✓ event triggers: `watcher`; they see what a run does, and may refuse it"
    );
    assert!(
        line(&told, "writing").starts_with("✗ writing: transactions are read-only"),
        "{told}"
    );
    assert!(
        told.contains("hint: turn it off for the role that migrates"),
        "{told}"
    );
    assert!(!told.contains("not shown"), "{told}");

    let told = folder.run(&["verify", "--format", "json"]);
    for fact in [
        "\"read_write\": false",
        "\"standby\": false",
        "\"unbound\": \"no_tls\"",
        "\"is_local\": true",
        "\"name\": \"poor\"",
        "\"owns_version_schema\": false",
        "\"tls\": null",
        "\"neon\": null",
        "\"watcher\"",
        "\"value\": \"1min\"",
    ] {
        assert!(told.contains(fact), "{fact} in\n{told}");
    }
}

#[test]
fn neon_is_told_when_it_is_neon() {
    let server = Server::start();
    server.admin("ALTER DATABASE postgres SET neon.endpoint_id = 'ep-cool-1'");
    let host = "ep-cool-1-pooler.c-2.eu-central-1.aws.neon.tech";
    let folder = server.project(host, "plain", "sslmode=require");
    let told = folder.run(&["verify"]);
    assert_eq!(
        line(&told, "Neon"),
        "✓ Neon: the endpoint `ep-cool-1` in eu-central-1.aws, written with its pooler, and reached directly, \
         neon.endpoint_id ep-cool-1"
    );
    let told = folder.run(&["verify", "--format", "json"]);
    for fact in [
        "\"endpoint\": \"ep-cool-1\"",
        "\"region\": \"eu-central-1.aws\"",
        "\"pooled\": true",
    ] {
        assert!(told.contains(fact), "{fact} in\n{told}");
    }
}

#[test]
fn neon_is_recommended_to_be_verified_where_nobody_knows_who_answered() {
    let server = Server::start();
    server.admin("GRANT CREATE ON DATABASE postgres TO plain");
    let recommended = |keys: &str, arguments: &[&str]| {
        let told = server
            .project("ep-x.eu-central-1.aws.neon.tech", "plain", keys)
            .run(arguments);
        let told = told.replace("could have\n", "could have ");
        told.matches(
            "anybody could have answered as `ep-x.eu-central-1.aws.neon.tech`: write `sslmode=verify-full`",
        )
        .count()
    };
    // What the connection came to counts: a binding that nobody asked for is one.
    for command in [
        &["current"][..],
        &["status"],
        &["log"],
        &["upgrade"],
        &["ensure-version"],
        &["verify"],
    ] {
        assert_eq!(
            recommended("sslmode=require&channel_binding=disable", command),
            1,
            "{command:?}"
        );
        assert_eq!(recommended("sslmode=disable", command), 1, "{command:?}");
        assert_eq!(recommended("sslmode=require", command), 0, "{command:?}");
        let checked = format!("sslmode=verify-ca&channel_binding=disable&{}", server.roots());
        assert_eq!(recommended(&checked, command), 0, "{command:?}");
    }
    // Elsewhere everybody knows best.
    let told = server
        .project("localhost", "plain", "sslmode=disable")
        .run(&["current"]);
    assert!(!told.contains("anybody could"), "{told}");
}
