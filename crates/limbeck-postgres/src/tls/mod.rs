//! TLS by rustls: who is trusted, what is bound, and the stream that the driver gets.
//!
//! The driver is given a stream on which TLS is already established, because it cannot tell a refusal from a failed
//! handshake, nor go on in clear after one as `sslmode=prefer` wants.

mod binding;
mod certificate;
mod client_certificate;
mod der;
mod error;
mod handshake;
mod reply_limit;
mod verify;
mod wire;

pub use error::TlsError;
pub(crate) use error::is_tls_error;
pub(crate) use handshake::handshake;
pub(crate) use reply_limit::TooLong;
pub use wire::{ClientCertificateUse, ServerIdentity, TlsInfo};
pub(crate) use wire::{Duplex, Established, Wire};
