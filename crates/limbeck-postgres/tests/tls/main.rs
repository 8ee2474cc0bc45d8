//! TLS, authentication and channel binding against a real server on a loopback port.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod client_hello;
mod man_in_the_middle;
mod matrix;
mod server;

use limbeck_postgres::{
    Authentication, AuthenticationMethod, ChannelBindingFailure, ConnectError, ServerIdentity, Session,
    SessionOptions, Settings, TlsError, connect,
};
use server::{PASSWORD, TlsServer, certificates};

async fn open(settings: &Settings) -> Result<Session, ConnectError> {
    connect(settings, &SessionOptions::reading("test")).await
}

/// `TLSv1.3` or `clear`, by what the server says of the session, or the error's text.
async fn outcome(settings: &Settings) -> String {
    let session = match open(settings).await {
        Ok(session) => session,
        Err(error) => return error.to_string().replace(&format!(":{}", settings.port()), ""),
    };
    let seen = session
        .query_text("SELECT coalesce(version, 'clear') FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .await
        .unwrap();
    let seen = seen[0][0].clone().unwrap();
    assert_eq!(session.tls().map_or("clear", |tls| tls.version.as_str()), seen);
    seen
}

#[tokio::test]
async fn the_modes_mean_what_they_mean_to_libpq() {
    let server = TlsServer::start().await;
    let root = certificates().join("authority.crt");
    let root = root.to_str().unwrap();
    let mut table = String::new();
    for role in ["plain", "only_clear", "only_tls", "by_md5", "trusted"] {
        for keys in [
            "sslmode=disable".to_owned(),
            "sslmode=allow".to_owned(),
            "sslmode=prefer".to_owned(),
            "sslmode=require".to_owned(),
            format!("sslmode=require&sslrootcert={root}"),
            format!("sslmode=verify-ca&sslrootcert={root}"),
            format!("sslmode=verify-full&sslrootcert={root}"),
            "sslmode=require&channel_binding=require".to_owned(),
            "sslmode=prefer&channel_binding=require".to_owned(),
            "sslmode=prefer&channel_binding=disable".to_owned(),
        ] {
            let outcome = outcome(&server.settings(role, &keys)).await;
            let keys = keys.replace(root, "ROOT");
            table.push_str(&format!("{role:<10} {keys:<42} {outcome}\n"));
        }
    }
    insta::assert_snapshot!(table);

    // The same server without TLS.
    server.admin("ALTER SYSTEM SET ssl = off").await;
    server.present("good", "rsa").await;
    assert_eq!(
        outcome(&server.settings("plain", "sslmode=prefer")).await,
        "clear"
    );
    let error = open(&server.settings("plain", "sslmode=require"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ConnectError::Tls {
                error: TlsError::NotOffered,
                ..
            }
        ),
        "{error}"
    );
    let error = open(&server.settings("plain", "channel_binding=require"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ConnectError::Tls {
                error: TlsError::NotOffered,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn certificates_are_judged_by_mode() {
    let server = TlsServer::start().await;
    let file = |name: &str| certificates().join(format!("{name}.crt"));
    let mut table = String::new();
    for (certificate, key) in [
        ("good", "rsa"),
        ("self_signed", "rsa"),
        ("expired", "rsa"),
        ("future", "rsa"),
        ("other_name", "rsa"),
        ("common_name", "rsa"),
        ("version_1", "rsa"),
        ("rsa_pss", "rsa"),
        ("ecdsa_sha512", "ec"),
        ("ed25519", "ed25519"),
    ] {
        server.present(certificate, key).await;
        // A self-signed certificate is its own root.
        let own_root = matches!(
            certificate,
            "self_signed" | "version_1" | "rsa_pss" | "ecdsa_sha512" | "ed25519"
        );
        let root = file(if own_root { certificate } else { "authority" });
        for keys in [
            "sslmode=require&channel_binding=require".to_owned(),
            format!("sslmode=verify-ca&sslrootcert={}", root.display()),
            format!("sslmode=verify-full&sslrootcert={}", root.display()),
        ] {
            let outcome = outcome(&server.settings("plain", &keys)).await;
            let keys = keys.split('&').next().unwrap();
            table.push_str(&format!("{certificate:<13} {keys:<20} {outcome}\n"));
        }
    }
    insta::assert_snapshot!(table);

    // Another authority stands behind nothing.
    server.present("good", "rsa").await;
    let wrong = format!("sslmode=verify-ca&sslrootcert={}", file("self_signed").display());
    insta::assert_snapshot!(
        outcome(&server.settings("plain", &wrong)).await,
        @"no TLS with the server at `localhost`: the server's certificate was not accepted: no trusted root stands behind it"
    );
    // Nor does a root of the system, where there is any.
    let error = open(&server.settings("plain", "sslmode=verify-full"))
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::Tls { .. }), "{error}");

    // By address as by name.
    let full = format!("sslmode=verify-full&sslrootcert={}", file("authority").display());
    let session = open(&server.settings_at("127.0.0.1", "plain", &full))
        .await
        .unwrap();
    let tls = session.tls().unwrap();
    assert_eq!((tls.identity, tls.can_bind), (ServerIdentity::RootAndName, true));
    assert!(tls.cipher.starts_with("TLS_"), "{}", tls.cipher);
    insta::assert_snapshot!(
        outcome(&server.settings_at("db.example.com", "plain", &full)).await,
        @"no TLS with the server at `db.example.com`: the server's certificate was not accepted: it is not made out to `db.example.com`, but to `localhost`, `127.0.0.1`"
    );
}

#[tokio::test]
async fn authentication_tells_what_is_wrong() {
    let server = TlsServer::start().await;
    let told = async |settings: Settings| {
        let error = open(&settings).await.unwrap_err();
        let text =
            format!("{error}\nhint: {}", error.hint().unwrap()).replace(&server.port.to_string(), "PORT");
        assert!(!text.contains(PASSWORD) && !format!("{error:?}").contains(PASSWORD));
        text
    };
    let wrong = server
        .settings("plain", "sslmode=require")
        .with_password(Some("wrong".into()));
    insta::assert_snapshot!("wrong_password", told(wrong).await);
    insta::assert_snapshot!(
        "no_password",
        told(server.settings("plain", "").with_password(None)).await
    );
    insta::assert_snapshot!(
        "only_tls_in_clear",
        told(server.settings("only_tls", "sslmode=disable")).await
    );
    insta::assert_snapshot!(
        "only_clear_by_tls",
        told(server.settings("only_clear", "sslmode=require")).await
    );

    let bound = "sslmode=require&channel_binding=require";
    for role in ["by_md5", "trusted"] {
        let error = open(&server.settings(role, bound)).await.unwrap_err();
        let used = ChannelBindingFailure::NotUsed;
        assert!(
            matches!(error, ConnectError::ChannelBinding { failure, .. } if failure == used),
            "{role}: {error}"
        );
    }

    // The versions of TLS.
    let older = "sslmode=require&ssl_max_protocol_version=TLSv1.2&channel_binding=require";
    assert_eq!(outcome(&server.settings("plain", older)).await, "TLSv1.2");
    server
        .admin("ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'")
        .await;
    server.present("good", "rsa").await;
    let newer = "sslmode=require&ssl_min_protocol_version=TLSv1.3";
    insta::assert_snapshot!("too_old_a_version", told(server.settings("plain", newer)).await);
    server.admin("ALTER SYSTEM RESET ssl_max_protocol_version").await;
    server.present("good", "rsa").await;

    // A handshake that comes at once; before version 17 a server does not know what that is.
    let direct = outcome(&server.settings("plain", "sslmode=require&sslnegotiation=direct")).await;
    let major = server.as_postgres().await.server_major();
    assert_eq!(direct == "TLSv1.3", major >= 17, "{major}: {direct}");

    // A client's certificate, with its key and without.
    let keys = format!(
        "sslmode=require&sslcert={}&sslkey={}",
        server.file("client.crt").display(),
        server.file("ec.key").display()
    );
    assert_eq!(
        outcome(&server.settings("by_certificate", &keys)).await,
        "TLSv1.3"
    );
    insta::assert_snapshot!(
        "no_client_certificate",
        told(server.settings("by_certificate", "sslmode=require")).await
    );

    // Cancelling goes the same way as the session, here through TLS.
    let session = open(&server.settings("plain", bound)).await.unwrap();
    let canceller = session.canceller();
    let (slept, _) = tokio::join!(session.execute("SELECT pg_sleep(600)"), async {
        let watcher = server.as_postgres().await;
        while watcher
            .query_text("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            .await
            .unwrap()
            .is_empty()
        {}
        canceller.cancel().await.unwrap();
    });
    assert!(slept.unwrap_err().is("57014"));
}

/// How a role is let in, or why not.
async fn let_in(server: &TlsServer, role: &str, keys: &str) -> String {
    match open(&server.settings(role, keys)).await {
        Ok(session) => {
            let Authentication { method, bound } = session.authentication();
            format!("{}{}", method.as_str(), if bound { ", bound" } else { "" })
        }
        Err(error) => error.to_string().replace(&server.port.to_string(), "PORT"),
    }
}

#[tokio::test]
async fn only_what_is_accepted_is_answered() {
    let server = TlsServer::start().await;
    let roles = [
        ("plain", AuthenticationMethod::ScramSha256),
        ("by_md5", AuthenticationMethod::Md5),
        ("by_password", AuthenticationMethod::Password),
        ("trusted", AuthenticationMethod::None),
    ];
    for mode in ["disable", "require"] {
        for (role, method) in roles {
            let bound = mode == "require" && method == AuthenticationMethod::ScramSha256;
            let session = open(&server.settings(role, &format!("sslmode={mode}")))
                .await
                .unwrap();
            assert_eq!(
                session.authentication(),
                Authentication { method, bound },
                "{role}"
            );
            for (_, accepted) in roles {
                for (keys, is_accepted) in [
                    (
                        format!("sslmode={mode}&require_auth={}", accepted.as_str()),
                        accepted == method,
                    ),
                    (
                        format!("sslmode={mode}&require_auth=!{}", accepted.as_str()),
                        accepted != method,
                    ),
                ] {
                    let opened = open(&server.settings(role, &keys)).await;
                    match opened {
                        Ok(_) => assert!(is_accepted, "{role} {keys}"),
                        Err(ConnectError::AuthenticationNotAllowed { asked, .. }) => {
                            assert!(!is_accepted && asked == method, "{role} {keys}");
                        }
                        Err(error) => panic!("{role} {keys}: {error}"),
                    }
                }
            }
        }
    }
    insta::assert_snapshot!(
        let_in(&server, "by_password", "require_auth=scram-sha-256").await, @"`require_auth=scram-sha-256` cannot be kept with the server at `localhost:PORT`: it asks for the password itself"
    );
    insta::assert_snapshot!(let_in(&server, "trusted", "require_auth=!none").await, @"`require_auth=!none` cannot be kept with the server at `localhost:PORT`: it lets the user in without a password");
    insta::assert_snapshot!(let_in(&server, "plain", "sslmode=require&channel_binding=disable").await, @"scram-sha-256");
    // A refusal is no reason to try in clear.
    insta::assert_snapshot!(let_in(&server, "by_md5", "sslmode=prefer&require_auth=scram-sha-256").await, @"`require_auth=scram-sha-256` cannot be kept with the server at `localhost:PORT`: it asks for the password by MD5");
}

#[tokio::test]
async fn a_clients_certificate_is_sent_as_asked() {
    use std::os::unix::fs::PermissionsExt as _;

    let server = TlsServer::start().await;
    let keys = |key: &str, more: &str| {
        let (certificate, key) = (server.file("client.crt"), server.file(key));
        format!(
            "sslmode=require&sslcert={}&sslkey={}{more}",
            certificate.display(),
            key.display()
        )
    };
    let told = async |keys: String| {
        let folder = server.file("");
        let_in(&server, "by_certificate", &keys)
            .await
            .replace(folder.to_str().unwrap(), "FOLDER/")
    };
    for more in ["", "&sslcertmode=allow", "&sslcertmode=require"] {
        assert_eq!(told(keys("ec.key", more)).await, "none", "{more}");
    }
    // As far as the password, with an authentication that would be let in.
    assert_eq!(
        let_in(&server, "plain", &keys("ec.key", "&sslcertmode=require")).await,
        "scram-sha-256, bound"
    );
    insta::assert_snapshot!(told(keys("ec.key", "&sslcertmode=disable")).await, @"the server at `localhost:PORT` did not let `by_certificate` in: connection requires a valid client certificate");

    insta::assert_snapshot!(told(keys("ec_encrypted.key", "")).await, @"no TLS with the server at `localhost:PORT`: cannot use `FOLDER/ec_encrypted.key` as sslkey: it is encrypted, and encrypted keys cannot be read; decrypt it with `openssl pkey -in FOLDER/ec_encrypted.key -out NEW_FILE`");
    insta::assert_snapshot!(told(keys("ec_encrypted_older.key", "")).await, @"no TLS with the server at `localhost:PORT`: cannot use `FOLDER/ec_encrypted_older.key` as sslkey: it is encrypted, and encrypted keys cannot be read; decrypt it with `openssl pkey -in FOLDER/ec_encrypted_older.key -out NEW_FILE`");
    insta::assert_snapshot!(told(keys("rsa.key", "")).await, @"no TLS with the server at `localhost:PORT`: cannot use `FOLDER/rsa.key` as sslkey: it is not the key of the certificate in sslcert");
    insta::assert_snapshot!(told(keys("client.crt", "")).await, @"no TLS with the server at `localhost:PORT`: cannot use `FOLDER/client.crt` as sslkey: there is no key in it");
    insta::assert_snapshot!(told(keys("missing.key", "")).await, @"no TLS with the server at `localhost:PORT`: cannot use `FOLDER/missing.key` as sslkey: No such file or directory (os error 2)");
    let open_to_all = server.file("ed25519.key");
    std::fs::set_permissions(&open_to_all, std::fs::Permissions::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(told(keys("ed25519.key", "")).await, @"no TLS with the server at `localhost:PORT`: cannot use `FOLDER/ed25519.key` as sslkey: others may read it; make it yours alone by `chmod 600`");

    // A server that trusts no authority asks for no certificate.
    server.admin("ALTER SYSTEM SET ssl_ca_file = ''").await;
    server.present("good", "rsa").await;
    assert_eq!(
        let_in(&server, "plain", &keys("ec.key", "")).await,
        "scram-sha-256, bound"
    );
    insta::assert_snapshot!(let_in(&server, "plain", &keys("ec.key", "&sslcertmode=require")).await, @"no TLS with the server at `localhost:PORT`: `sslcertmode=require` cannot be kept: the server did not ask for a certificate");
    // Nor does one in clear.
    let clear = keys("ec.key", "&sslcertmode=require").replace("sslmode=require", "sslmode=allow");
    insta::assert_snapshot!(let_in(&server, "plain", &clear).await, @"no TLS with the server at `localhost:PORT`: `sslcertmode=require` cannot be kept: the server did not ask for a certificate");
}
