//! What a front such as Neon's proxy learns of us before it knows the server to hand us to.

use std::sync::Arc;

use limbeck_postgres::{SessionOptions, Settings, connect};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::server::certificates;

struct Learnt {
    server_name: Option<String>,
    protocol: Option<Vec<u8>>,
    startup: String,
}

/// Takes one connection as far as its startup message.
async fn front(direct: bool) -> (u16, JoinHandle<Learnt>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let learnt = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        if !direct {
            stream.read_exact(&mut [0; 8]).await.unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut stream, b"S")
                .await
                .unwrap();
        }
        learn(stream).await
    });
    (port, learnt)
}

async fn learn(stream: TcpStream) -> Learnt {
    let folder = certificates();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(folder.join("self_signed.crt")).unwrap()],
            PrivateKeyDer::from_pem_file(folder.join("rsa.key")).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap();
    let length = stream.read_u32().await.unwrap();
    let mut startup = vec![0; length as usize - 4];
    stream.read_exact(&mut startup).await.unwrap();
    let connection = stream.get_ref().1;
    Learnt {
        server_name: connection.server_name().map(str::to_owned),
        protocol: connection.alpn_protocol().map(<[u8]>::to_vec),
        startup: String::from_utf8(startup[4..].to_vec())
            .unwrap()
            .replace('\0', "|"),
    }
}

async fn learnt(host: &str, keys: &str) -> Learnt {
    let (port, learnt) = front(keys.contains("direct")).await;
    let url = format!("postgresql://u@{host}:{port}/d?hostaddr=127.0.0.1&sslmode=require&{keys}");
    connect(&Settings::parse(&url).unwrap(), &SessionOptions::reading("test"))
        .await
        .unwrap_err();
    learnt.await.unwrap()
}

#[tokio::test]
async fn names_are_told_and_addresses_are_not() {
    let host = "ep-x.eu-central-1.aws.neon.tech";
    let told = learnt(host, "options=endpoint%3Dep-x").await;
    assert_eq!(told.server_name.as_deref(), Some(host));
    assert_eq!(told.protocol.as_deref(), Some(&b"postgresql"[..]));
    assert_eq!(
        told.startup,
        "client_encoding|UTF8|user|u|database|d|options|endpoint=ep-x|application_name|test||"
    );
    assert_eq!(learnt("127.0.0.1", "").await.server_name, None);
    // Neon's proxy needs the name; others need not get it.
    assert_eq!(learnt(host, "sslsni=0").await.server_name.as_deref(), Some(host));
    assert_eq!(learnt("db.example.com", "sslsni=0").await.server_name, None);
}

#[tokio::test]
async fn tls_may_come_at_once() {
    let told = learnt("db.example.com", "sslnegotiation=direct").await;
    assert_eq!(told.server_name.as_deref(), Some("db.example.com"));
    assert_eq!(told.protocol.as_deref(), Some(&b"postgresql"[..]));
}
