//! The handshake.

use super::error::TlsError;
use super::wire::{Duplex, Wire};
use crate::settings::{Host, Settings};

/// Establishes TLS over a connected stream.
pub(crate) async fn handshake(_: Box<dyn Duplex>, _: &Settings, _: &Host) -> Result<Wire, TlsError> {
    Err(TlsError::NotOffered)
}
