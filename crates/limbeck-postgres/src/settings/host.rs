//! One host of a connection string: a name or address on the network, or the folder of a unix socket.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::password::Password;

/// One place where a server may listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    place: Place,
    port: u16,
    password: Option<Password>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// `name` is what certificates are checked against and what a proxy is told; `address` (`hostaddr`) is where
    /// to connect when the name is not to be looked up.
    Network {
        name: String,
        address: Option<IpAddr>,
    },
    Socket {
        directory: PathBuf,
    },
}

impl Host {
    pub(crate) fn name(name: String, port: u16) -> Self {
        Self {
            place: Place::Network { name, address: None },
            port,
            password: None,
        }
    }

    pub(crate) fn addressed(name: String, address: IpAddr, port: u16) -> Self {
        Self {
            place: Place::Network {
                name,
                address: Some(address),
            },
            port,
            password: None,
        }
    }

    pub(crate) fn socket(directory: PathBuf, port: u16) -> Self {
        Self {
            place: Place::Socket { directory },
            port,
            password: None,
        }
    }

    /// Reads a host as libpq does: what begins with a slash is a folder, anything else a name or address.
    pub(crate) fn from_text(text: &str, port: u16) -> Self {
        if text.starts_with('/') {
            Self::socket(PathBuf::from(text), port)
        } else {
            Self::name(text.to_owned(), port)
        }
    }

    /// The name, the address, or the folder of the socket.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.place {
            Place::Network { name, .. } => Cow::Borrowed(name),
            Place::Socket { directory } => directory.to_string_lossy(),
        }
    }

    /// The port; for a socket the number its file name ends in.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether this is a unix socket.
    pub fn is_socket(&self) -> bool {
        matches!(self.place, Place::Socket { .. })
    }

    /// Whether this is the machine itself: a unix socket, or an address or name of the loopback.
    pub fn is_local(&self) -> bool {
        match (&self.place, self.address()) {
            (Place::Socket { .. }, _) => true,
            (Place::Network { .. }, Some(address)) => address.is_loopback(),
            (Place::Network { name, .. }, None) => {
                name.trim_end_matches('.').eq_ignore_ascii_case("localhost")
            }
        }
    }

    /// The file of the unix socket (`UNIXSOCK_PATH`), for a socket.
    pub fn socket_file(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Socket { directory } => Some(directory.join(format!(".s.PGSQL.{}", self.port))),
            Place::Network { .. } => None,
        }
    }

    /// The folder of the unix socket, for a socket.
    pub fn socket_directory(&self) -> Option<&Path> {
        match &self.place {
            Place::Socket { directory } => Some(directory),
            Place::Network { .. } => None,
        }
    }

    /// `hostaddr`, or the name where that is an IP address: where to connect without asking a name server.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match &self.place {
            Place::Network { name, address } => address.or_else(|| name.parse().ok()),
            Place::Socket { .. } => None,
        }
    }

    /// `hostaddr` alone.
    pub(crate) fn explicit_address(&self) -> Option<IpAddr> {
        match &self.place {
            Place::Network { address, .. } => *address,
            Place::Socket { .. } => None,
        }
    }

    /// The password of a password file for this host.
    pub(crate) fn password(&self) -> Option<&Password> {
        self.password.as_ref()
    }

    pub(crate) fn with_password(&self, password: Option<Password>) -> Self {
        Self {
            password,
            ..self.clone()
        }
    }

    /// The same host under another name; a socket stays as it is.
    pub(crate) fn renamed(&self, rename: impl FnOnce(&str) -> String) -> Self {
        match &self.place {
            Place::Network { name, address } => Self {
                place: Place::Network {
                    name: rename(name),
                    address: *address,
                },
                port: self.port,
                password: self.password.clone(),
            },
            Place::Socket { .. } => self.clone(),
        }
    }
}

/// `host:port`, `[address]:port` for IPv6, or the socket's file.
impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.socket_file() {
            Some(file) => write!(formatter, "{}", file.display()),
            None if self.text().contains(':') => write!(formatter, "[{}]:{}", self.text(), self.port),
            None => write!(formatter, "{}:{}", self.text(), self.port),
        }
    }
}
