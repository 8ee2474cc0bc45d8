//! Throwaway databases: on a server of our own in memory, or on one that someone else runs.

mod administration;
mod attached;
mod database;
mod own;

use std::sync::atomic::{AtomicU32, Ordering};

pub use database::ScratchDatabase;
use limbeck_postgres::Settings;
pub(crate) use own::Files;

use crate::cluster::MAINTENANCE_DATABASE;
use crate::directories::Directories;
use crate::error::ServerError;
use crate::event::Events;
use crate::installation::Installation;
use crate::kept::{self, Kept};
use crate::template;
use administration::{Administration, ensure, literal, quoted};
use attached::Attached;
use own::OwnServer;

/// A place for throwaway databases.
///
/// A server of our own vanishes with this value, and by its guard also when the process is killed. Databases
/// on another's server are dropped with this value.
#[derive(Debug)]
pub struct Scratch {
    server: Server,
    administration: Administration,
    version_number: u32,
    made: AtomicU32,
}

#[derive(Debug)]
enum Server {
    Own(OwnServer),
    Attached(Attached),
}

impl Scratch {
    /// Starts a server of our own, in memory where there is room.
    ///
    /// # Errors
    /// When no folder can be made, or the server does not start; the error holds the end of its log.
    pub async fn start(
        installation: &Installation,
        directories: &Directories,
        events: Events<'_>,
    ) -> Result<Self, ServerError> {
        let server = OwnServer::start(installation, directories, events).await?;
        Ok(Self::own(server, installation))
    }

    /// Starts a server of our own that goes on from a kept cluster, and gives the database that was kept. `None` where
    /// the cluster was replaced meanwhile.
    ///
    /// # Errors
    /// As [`Scratch::start`].
    pub async fn start_from(
        kept: &Kept,
        installation: &Installation,
        directories: &Directories,
        events: Events<'_>,
    ) -> Result<Option<(Self, ScratchDatabase)>, ServerError> {
        let Some(server) = OwnServer::start_from(kept, installation, directories, events).await? else {
            return Ok(None);
        };
        let scratch = Self::own(server, installation);
        let database = ScratchDatabase::new(
            scratch.settings(kept::DATABASE),
            kept::DATABASE.to_owned(),
            Some(template::OWNER.to_owned()),
        );
        Ok(Some((scratch, database)))
    }

    fn own(server: OwnServer, installation: &Installation) -> Self {
        let version = installation.version;
        Self {
            administration: Administration::new(server.settings()),
            version_number: version.major * 10_000 + version.minor,
            made: AtomicU32::new(0),
            server: Server::Own(server),
        }
    }

    /// Keeps the cluster under a key, with one of its databases and a note of what that holds, for another server to go
    /// on from. A server of someone else's is left as it is.
    ///
    /// # Errors
    /// When the server does not stop, or there is no room on the disk.
    pub async fn keep(
        mut self,
        database: &ScratchDatabase,
        installation: &Installation,
        directories: &Directories,
        key: &str,
        note: &str,
    ) -> Result<(), ServerError> {
        if matches!(self.server, Server::Attached(_)) {
            return Ok(());
        }
        let session = self.administration.connect().await?;
        let others = format!(
            "SELECT datname FROM pg_catalog.pg_database WHERE NOT datistemplate AND datname NOT IN ({}, {}) ORDER BY 1",
            literal(MAINTENANCE_DATABASE),
            literal(database.name())
        );
        for other in session.query_text(&others).await?.into_iter().flatten().flatten() {
            let drop = format!("DROP DATABASE {} WITH (FORCE)", quoted(&other));
            session.execute(&drop).await?;
        }
        if database.name() != kept::DATABASE {
            let rename = format!(
                "ALTER DATABASE {} RENAME TO {}",
                quoted(database.name()),
                quoted(kept::DATABASE)
            );
            session.execute(&rename).await?;
        }
        drop(session);
        match &mut self.server {
            Server::Own(server) => server.keep(installation, directories, key, note).await,
            Server::Attached(_) => Ok(()),
        }
    }

    /// Uses a server that someone else runs (`[scratch] url`). The role must be allowed to create databases.
    ///
    /// # Errors
    /// When the server cannot be reached, or the role may not create databases there.
    pub async fn attach(settings: Settings) -> Result<Self, ServerError> {
        let administration = Administration::new(settings.clone());
        let attached = Attached::new(settings);
        let version_number = attached.prepare(&administration).await?;
        Ok(Self {
            server: Server::Attached(attached),
            administration,
            version_number,
            made: AtomicU32::new(0),
        })
    }

    /// How to connect to a database of this server, as the role that made it.
    #[must_use]
    pub fn settings(&self, database: &str) -> Settings {
        self.administration.settings().with_database(database)
    }

    /// The server's version as PostgreSQL's `server_version_num`, such as 170005.
    #[must_use]
    pub fn server_version_num(&self) -> u32 {
        self.version_number
    }

    /// A role that is no superuser, shaped like the one that hosts give their customers: it may create
    /// databases and roles. On another's server: the role one is connected as.
    #[must_use]
    pub fn owner_role(&self) -> &str {
        match &self.server {
            Server::Own(_) => template::OWNER,
            Server::Attached(_) => self.administration.settings().user(),
        }
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create_database(&self) -> Result<ScratchDatabase, ServerError> {
        self.create(None, None).await
    }

    /// Makes an empty database that belongs to a role, such as [`Scratch::owner_role`]. On another's server
    /// all belong to the role one is connected as.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create_database_owned_by(&self, owner: &str) -> Result<ScratchDatabase, ServerError> {
        self.create(None, Some(owner)).await
    }

    /// Makes a copy of a database, with its contents and owner. Nobody may be connected to the original.
    ///
    /// # Errors
    /// When the server refuses, with 55006 when somebody stays connected to the original for 5 seconds.
    pub async fn create_database_from(
        &self,
        original: &ScratchDatabase,
    ) -> Result<ScratchDatabase, ServerError> {
        self.create(Some(original), original.owner()).await
    }

    /// Drops a database, whoever is connected to it.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn drop_database(&self, database: ScratchDatabase) -> Result<(), ServerError> {
        self.administration.drop_database(database.name()).await?;
        if let Server::Attached(attached) = &self.server {
            attached.forget_database(database.name());
        }
        Ok(())
    }

    /// Makes a role that cannot log in, when there is none of this name: what a schema names must exist.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn ensure_role(&self, name: &str) -> Result<(), ServerError> {
        let session = self.administration.connect().await?;
        let exists = format!(
            "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = {}",
            literal(name)
        );
        let create = format!("CREATE ROLE {} NOLOGIN", quoted(name));
        if ensure(&session, &exists, &[&create]).await?
            && let Server::Attached(attached) = &self.server
        {
            attached.remember_role(name);
        }
        Ok(())
    }

    /// Makes a tablespace that lies in the server's own folder, when there is none of this name, and lets everybody use
    /// it. On another's server nothing is made: it would stay.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn ensure_tablespace(&self, name: &str) -> Result<(), ServerError> {
        if matches!(self.server, Server::Attached(_)) {
            return Ok(());
        }
        let session = self.administration.connect().await?;
        let exists = format!(
            "SELECT 1 FROM pg_catalog.pg_tablespace WHERE spcname = {}",
            literal(name)
        );
        // Without a location it lies beside the others, and goes with the cluster.
        let in_place = "SET allow_in_place_tablespaces = on";
        let create = format!("CREATE TABLESPACE {} LOCATION ''", quoted(name));
        if ensure(&session, &exists, &[in_place, &create]).await? {
            let grant = format!("GRANT CREATE ON TABLESPACE {} TO PUBLIC", quoted(name));
            session.execute(&grant).await?;
        }
        Ok(())
    }

    /// Removes everything, and says what could not be removed; dropping the value does the same silently.
    ///
    /// # Errors
    /// When databases on another's server could not be dropped.
    pub async fn close(self) -> Result<(), ServerError> {
        match &self.server {
            Server::Own(_) => Ok(()),
            Server::Attached(attached) => attached.remove(&self.administration).await,
        }
    }

    async fn create(
        &self,
        original: Option<&ScratchDatabase>,
        owner: Option<&str>,
    ) -> Result<ScratchDatabase, ServerError> {
        let (name, statement, owner) = match &self.server {
            Server::Own(_) => {
                let name = format!("scratch_{}", self.made.fetch_add(1, Ordering::Relaxed) + 1);
                let mut statement = format!("CREATE DATABASE {}", quoted(&name));
                if let Some(owner) = owner {
                    statement += &format!(" OWNER {}", quoted(owner));
                }
                if let Some(original) = original {
                    statement += &format!(" TEMPLATE {}", quoted(original.name()));
                }
                if self.version_number >= 150_000 {
                    // Without fsync, copying files is several times faster than logging their pages.
                    statement += " STRATEGY FILE_COPY";
                }
                (name, statement, owner)
            }
            Server::Attached(attached) => {
                let name = attached.new_name();
                let template = original.map_or("template0", ScratchDatabase::name);
                let statement = format!("CREATE DATABASE {} TEMPLATE {}", quoted(&name), quoted(template));
                attached.remember_database(&name);
                (name, statement, None)
            }
        };
        self.administration.execute(&statement).await?;
        Ok(ScratchDatabase::new(
            self.settings(&name),
            name,
            owner.map(str::to_owned),
        ))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Server::Attached(attached) = &self.server {
            attached.remove_now(&self.administration);
        }
    }
}
