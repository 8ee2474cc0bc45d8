//! What channel binding is for: somebody who sits in between, with a certificate of his own.
use std::sync::Arc;

use limbeck_postgres::{
    ChannelBinding, ChannelBindingFailure, ConnectError, SessionOptions, Settings, SslMode, connect,
};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::server::{PASSWORD, TlsServer, certificates};

const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// What the one in between does with the server's offer of SCRAM-SHA-256-PLUS.
#[derive(Clone, Copy)]
enum Offer {
    HandOn,
    Strip,
}

/// Listens, speaks TLS to both sides, and hands everything on. Gives its port.
async fn listen(server: u16, offer: Offer) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, server, offer));
        }
    });
    port
}

async fn serve(mut client: TcpStream, server: u16, offer: Offer) {
    let provider = Arc::new(default_provider());
    let mut request = [0; 8];
    client.read_exact(&mut request).await.unwrap();
    assert_eq!(request, SSL_REQUEST);
    client.write_all(b"S").await.unwrap();
    let folder = certificates();
    let own = CertificateDer::from_pem_file(folder.join("self_signed.crt")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("rsa.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own], key)
        .unwrap();
    let mut client = TlsAcceptor::from(Arc::new(config)).accept(client).await.unwrap();

    let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    server.write_all(&SSL_REQUEST).await.unwrap();
    assert_eq!(server.read_u8().await.unwrap(), b'S');
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(folder.join("authority.crt")).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut server = TlsConnector::from(Arc::new(config))
        .connect(name, server)
        .await
        .unwrap();

    if let Offer::Strip = offer {
        let length = client.read_u32().await.unwrap();
        let mut startup = vec![0; length as usize - 4];
        client.read_exact(&mut startup).await.unwrap();
        server.write_u32(length).await.unwrap();
        server.write_all(&startup).await.unwrap();
        server.flush().await.unwrap();

        // AuthenticationSASL, with its list of mechanisms.
        assert_eq!(server.read_u8().await.unwrap(), b'R');
        let mut message = vec![0; server.read_u32().await.unwrap() as usize - 4];
        server.read_exact(&mut message).await.unwrap();
        assert_eq!(message, b"\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
        let stripped = b"\0\0\0\x0aSCRAM-SHA-256\0\0";
        client.write_u8(b'R').await.unwrap();
        client
            .write_u32(u32::try_from(stripped.len()).unwrap() + 4)
            .await
            .unwrap();
        client.write_all(stripped).await.unwrap();
        client.flush().await.unwrap();
    }
    // However the two part in the end.
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

#[tokio::test]
async fn whoever_sits_in_between_is_found_out_by_the_binding() {
    let server = TlsServer::start().await;
    let outcome = async |offer, mode, binding| {
        let port = listen(server.port, offer).await;
        let settings = Settings::for_host("localhost", port, "plain", "postgres")
            .with_password(Some(PASSWORD.into()))
            .with_ssl_mode(mode)
            .with_channel_binding(binding);
        connect(&settings, &SessionOptions::reading("test")).await
    };

    // Without a binding, `sslmode=require` does not notice. That is what makes the rest of this test one.
    outcome(Offer::HandOn, SslMode::Require, ChannelBinding::Disable)
        .await
        .unwrap();

    // The client binds to the certificate it sees, the server to its own.
    for binding in [ChannelBinding::Prefer, ChannelBinding::Require] {
        let error = outcome(Offer::HandOn, SslMode::Require, binding)
            .await
            .unwrap_err();
        let ConnectError::Authentication { error, .. } = error else {
            panic!("{error}")
        };
        assert!(
            error.message().contains("channel binding check failed"),
            "{error}"
        );
    }

    // Without the offer, `require` goes no further, and `prefer` tells the server that it missed the offer.
    let error = outcome(Offer::Strip, SslMode::Require, ChannelBinding::Require)
        .await
        .unwrap_err();
    let not_used = ChannelBindingFailure::NotUsed;
    assert!(
        matches!(error, ConnectError::ChannelBinding { failure, .. } if failure == not_used),
        "{error}"
    );
    let error = outcome(Offer::Strip, SslMode::Require, ChannelBinding::Prefer)
        .await
        .unwrap_err();
    let ConnectError::Authentication { error, .. } = error else {
        panic!("{error}")
    };
    assert!(
        error.message().contains("channel binding negotiation error"),
        "{error}"
    );

    // And `verify-full` does not get as far as a password.
    let error = outcome(Offer::HandOn, SslMode::VerifyFull, ChannelBinding::Disable)
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::Tls { .. }), "{error}");
}
