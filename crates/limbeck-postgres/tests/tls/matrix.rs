//! Every kind of certificate in every mode: our verdict next to that of `psql`, as `docs/tls.md` tells it.
//!
//! With `LIMBECK_BLESS=1` the table is written anew. A difference that has no explanation here fails the test.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use limbeck_server::testing;

use crate::open;
use crate::server::{PASSWORD, TlsServer};

/// A certificate that the server presents: its file, its key, the root that is trusted, and what it is.
struct Presented {
    file: &'static str,
    key: &'static str,
    root: &'static str,
    is: &'static str,
}

const fn presented(file: &'static str, key: &'static str, root: &'static str, is: &'static str) -> Presented {
    Presented { file, key, root, is }
}

const PRESENTED: [Presented; 17] = [
    presented("good", "rsa", "authority", "RSA, by an own authority"),
    presented("self_signed", "rsa", "self_signed", "RSA, self-signed"),
    presented("self_signed", "rsa", "authority", "RSA, self-signed, not trusted"),
    presented("other_name", "rsa", "authority", "made out to another name"),
    presented(
        "common_name",
        "rsa",
        "authority",
        "the name in the common name alone",
    ),
    presented("expired", "rsa", "authority", "expired"),
    presented("future", "rsa", "authority", "not valid yet"),
    presented("by_rsa_pss", "rsa", "authority", "RSA, signed by RSA-PSS"),
    presented(
        "by_rsa_pss_long",
        "rsa",
        "authority",
        "RSA, signed by RSA-PSS with a long salt",
    ),
    presented(
        "by_p256",
        "ec",
        "authority_p256",
        "ECDSA P-256, signed with SHA-256",
    ),
    presented(
        "by_p384",
        "p384",
        "authority_p384",
        "ECDSA P-384, signed with SHA-384",
    ),
    presented(
        "by_p256_sha512",
        "ec",
        "authority_p256",
        "ECDSA P-256, signed with SHA-512",
    ),
    presented(
        "ecdsa_sha512",
        "ec",
        "ecdsa_sha512",
        "ECDSA P-256, signed with SHA-512, self-signed",
    ),
    presented("p521", "p521", "authority", "ECDSA P-521"),
    presented(
        "by_ed25519",
        "ed25519",
        "authority_ed25519",
        "Ed25519, by an own authority",
    ),
    presented("ed25519", "ed25519", "ed25519", "Ed25519, self-signed"),
    presented("version_1", "rsa", "version_1", "X.509 version 1, self-signed"),
];

/// The columns: what is shown, and the keys.
const MODES: [(&str, &str); 7] = [
    ("`disable`", "sslmode=disable"),
    ("`allow`", "sslmode=allow"),
    ("`prefer`", "sslmode=prefer"),
    ("`require`", "sslmode=require"),
    ("`require`, bound", "sslmode=require channel_binding=require"),
    ("`verify-ca`", "sslmode=verify-ca"),
    ("`verify-full`", "sslmode=verify-full"),
];

/// Why we differ from `psql`, by certificates and columns.
const EXPLAINED: [(&[&str], &[&str], &str); 6] = [
    (
        &["common_name"],
        &["`verify-full`"],
        "The common name is not looked at, as in browsers and RFC 9525. Give the certificate a subject alternative name.",
    ),
    (
        &["by_rsa_pss_long"],
        &["`verify-ca`", "`verify-full`"],
        "Of signatures by RSA-PSS only those with a salt as long as the hash are verified (RFC 8446 allows no others). \
         `openssl` makes longer ones unless it is told `-sigopt rsa_pss_saltlen:digest`.",
    ),
    (
        &["by_p256_sha512"],
        &["`verify-ca`", "`verify-full`"],
        "Signatures by ECDSA with P-256 and SHA-512 cannot be verified by the library that is used (ring), which pairs \
         P-256 with SHA-256 and SHA-384. The binding works, so `channel_binding=require` with `sslmode=require` is a way.",
    ),
    (
        &["p521"],
        &[
            "`prefer`",
            "`require`",
            "`require`, bound",
            "`verify-ca`",
            "`verify-full`",
        ],
        "Keys on P-521 are not spoken by the library that is used (ring). `prefer` goes on in clear, as `psql` does after \
         any handshake that fails.",
    ),
    (
        &["by_ed25519", "ed25519"],
        &["`prefer`", "`require`", "`verify-ca`", "`verify-full`"],
        "A signature by Ed25519 defines no channel binding (RFC 5929). libpq, which prefers a binding by default, gives up; \
         Limbeck goes on without one unless `channel_binding=require` asks for it. With `psql`, write \
         `channel_binding=disable`.",
    ),
    (
        &["version_1"],
        &["`verify-full`"],
        "A certificate of version 1 cannot hold a subject alternative name, and the common name is not looked at.",
    ),
];

/// `TLS`, `clear`, or `no`.
async fn ours(server: &TlsServer, keys: &str) -> &'static str {
    let settings = server.settings("plain", &keys.replace(' ', "&"));
    match open(&settings).await {
        Ok(session) if session.tls().is_some() => "TLS",
        Ok(_) => "clear",
        Err(_) => "no",
    }
}

/// The same, by `psql`; `None` where there is none.
async fn theirs(server: &TlsServer, keys: &str) -> Option<&'static str> {
    let socket = server.socket();
    let mut psql = testing::client_command("psql", &socket).await?;
    let connection = format!(
        "host=localhost hostaddr=127.0.0.1 port={} user=plain dbname=postgres {keys}",
        server.port
    );
    let output = psql
        .args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--dbname",
            &connection,
        ])
        .args([
            "--command",
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        ])
        .env("PGPASSWORD", PASSWORD)
        .env("HOME", "/nonexistent")
        .output()
        .await
        .unwrap();
    Some(match std::str::from_utf8(&output.stdout).unwrap().trim() {
        "t" => "TLS",
        "f" => "clear",
        _ => "no",
    })
}

#[tokio::test]
async fn our_verdict_is_that_of_psql_or_explained() {
    let server = TlsServer::start().await;
    let mut table = String::from("| certificate |");
    for (shown, _) in MODES {
        let _ = write!(table, " {shown} |");
    }
    let _ = writeln!(table, "\n|---|{}", "---|".repeat(MODES.len()));
    let mut is_witnessed = true;
    let mut unexplained = String::new();
    for presented in PRESENTED {
        server.present(presented.file, presented.key).await;
        let _ = write!(table, "| {} |", presented.is);
        for (shown, keys) in MODES {
            let root = server.file(&format!("{}.crt", presented.root));
            let keys = if keys.contains("verify") {
                format!("{keys} sslrootcert={}", root.display())
            } else {
                keys.to_owned()
            };
            let ours = ours(&server, &keys).await;
            let theirs = theirs(&server, &keys).await;
            is_witnessed &= theirs.is_some();
            let number = EXPLAINED
                .iter()
                .position(|(files, columns, _)| files.contains(&presented.file) && columns.contains(&shown));
            match (theirs.filter(|theirs| *theirs != ours), number) {
                (Some(theirs), Some(number)) => {
                    let _ = write!(table, " **{ours}**, psql {theirs} ({}) |", number + 1);
                }
                (Some(theirs), None) => {
                    let _ = writeln!(unexplained, "{} {shown}: {ours}, but psql {theirs}", presented.is);
                }
                (None, Some(_)) if is_witnessed => {
                    let _ = writeln!(unexplained, "{} {shown}: nothing to explain", presented.is);
                }
                (None, _) => {
                    let _ = write!(table, " {ours} |");
                }
            }
        }
        table.push('\n');
    }
    assert!(unexplained.is_empty(), "{unexplained}");
    table.push('\n');
    for (number, (_, _, why)) in EXPLAINED.iter().enumerate() {
        let _ = writeln!(table, "{}. {why}", number + 1);
    }
    // An installation without `psql` witnesses nothing; what is ours is held against it by the other tests.
    if !is_witnessed {
        eprintln!("this installation has no psql to compare with");
        return;
    }
    compare(&table);
}

/// Holds the table against that of the documentation, or writes it there.
fn compare(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tls.md");
    let text = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- matrix -->\n", "<!-- end of matrix -->");
    let (before, rest) = text.split_once(begin).unwrap();
    let (documented, after) = rest.split_once(end).unwrap();
    if std::env::var_os("LIMBECK_BLESS").is_some() {
        fs::write(&path, format!("{before}{begin}\n{table}\n{end}{after}")).unwrap();
        return;
    }
    assert_eq!(documented.trim(), table.trim(), "LIMBECK_BLESS=1 writes it anew");
}
