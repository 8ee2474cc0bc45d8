//! Migrations inside an application: the revisions that were compiled into it.

mod connected;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use limbeck_history::{Direction, History, HistoryError, RevisionId};
use limbeck_postgres::tokio_postgres::GenericClient;
use limbeck_postgres::{Patience, Settings};

use crate::ensure::EnsureReport;
use crate::error::{ErrorKind, MigrateError};
use crate::event::Event;
use crate::interrupt::Interrupt;
use crate::line::Line;
use crate::options::RunOptions;
use crate::pending::Pending;
use crate::report::Report;
use crate::stamp::{Stamp, StampReport};
use crate::state::State;
use crate::tables::Tables;

pub use connected::Connected;

/// The revisions of a folder as a [`Migrations`], compiled into the application. The path is relative to the folder of
/// the crate's `Cargo.toml`.
///
/// The revisions are read and their graph is checked when the application is compiled, so a fault in a revision is an
/// error of the compiler. The value is constant: it can stand in a `static`, or be used where it is made.
///
/// ```ignore
/// use limbeck_migrate::{Migrations, Settings};
///
/// static MIGRATIONS: Migrations = limbeck_migrate::embed!("database/migrations/versions");
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let settings = Settings::parse(&std::env::var("DATABASE_URL")?)?;
///     MIGRATIONS.upgrade(&settings).await?;
///     // …
///     Ok(())
/// }
/// ```
///
/// Cargo compiles again when one of the files changes. For it to notice a *new* file, one line in the application's
/// `build.rs` is needed:
///
/// ```
/// println!("cargo::rerun-if-changed=database/migrations/versions");
/// ```
///
/// # Beside `sqlx::migrate!`
///
/// | sqlx | here |
/// |---|---|
/// | `sqlx::migrate!("./migrations")` | `limbeck_migrate::embed!("database/migrations/versions")` |
/// | `static MIGRATOR: Migrator = sqlx::migrate!();` | `static MIGRATIONS: Migrations = embed!("…");` |
/// | `MIGRATOR.run(&pool).await?` | `MIGRATIONS.upgrade(&settings).await?`, or [`on`](Migrations::on)`(&client).upgrade()` |
/// | `MIGRATOR.undo(&pool, 20260101000000).await?` | `MIGRATIONS.downgrade_to(&settings, "8f3c2a91d0b4").await?` |
/// | `MIGRATOR.iter()` | `MIGRATIONS.history()?.order_all()` |
/// | `migrator.set_ignore_missing(true)` | not needed on the way down: the database keeps what it has applied |
/// | `migrator.set_locking(false)` | always on: a lease, and whoever comes second finds nothing left to do |
/// | `build.rs` with `cargo:rerun-if-changed=migrations` | `build.rs` with `cargo::rerun-if-changed=database/migrations/versions` |
/// | `-- no-transaction` at the top of a file | `transaction=no` on a step |
/// | table `_sqlx_migrations` | schema `limbeck` |
#[macro_export]
macro_rules! embed {
    ($($folder:tt)*) => {
        $crate::Migrations::embedded($crate::__embedded_files!($($folder)*))
    };
}

/// The names and texts of an application's revision files.
type Files = &'static [(&'static str, &'static str)];

/// The revisions of an application, compiled into it by [`embed!`](crate::embed): every command that makes sense without
/// a project, as calls.
///
/// Each call connects by itself ([`Settings`]), or works on a connection of the application ([`Migrations::on`]). The
/// futures are `Send`, and run in whatever runtime of tokio they are polled in.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use limbeck_migrate::{Migrations, Settings};
///
/// // In an application: `limbeck_migrate::embed!("database/migrations/versions")`.
/// static MIGRATIONS: Migrations = Migrations::embedded(&[]);
///
/// let settings = Settings::parse("postgresql://localhost/app")?;
/// let report = MIGRATIONS.upgrade(&settings).await?;
/// println!("{} steps", report.committed.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Migrations {
    files: Files,
    history: OnceLock<Result<History, String>>,
    /// Made with the first use, since a constant cannot hold them.
    options: OnceLock<RunOptions>,
    interrupt: OnceLock<Interrupt>,
    events: Option<Arc<dyn Fn(Event) + Send + Sync>>,
}

impl Migrations {
    /// The revisions that [`embed!`](crate::embed) gives: the name and the text of each file.
    #[must_use]
    pub const fn embedded(files: Files) -> Self {
        Self {
            files,
            history: OnceLock::new(),
            options: OnceLock::new(),
            interrupt: OnceLock::new(),
            events: None,
        }
    }

    /// The revisions of a folder that was found at run time: the name and the text of each file.
    ///
    /// # Errors
    ///
    /// A file is no revision, or the files form no graph.
    pub fn new(files: &[(&str, &str)]) -> Result<Self, HistoryError> {
        let migrations = Self::embedded(&[]);
        // The cell is new, so this is its first value.
        let _ = migrations.history.set(Ok(History::from_files(files)?));
        Ok(migrations)
    }

    /// The same revisions with other options.
    #[must_use]
    pub fn with_options(self, options: RunOptions) -> Self {
        Self {
            options: OnceLock::from(options),
            ..self
        }
    }

    /// The same revisions, stopped by this handle.
    #[must_use]
    pub fn with_interrupt(self, interrupt: Interrupt) -> Self {
        Self {
            interrupt: OnceLock::from(interrupt),
            ..self
        }
    }

    /// The same revisions, telling what happens. Otherwise it goes to `tracing`, at the level `debug`.
    #[must_use]
    pub fn with_events(self, events: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self {
            events: Some(Arc::new(events)),
            ..self
        }
    }

    /// The revisions.
    ///
    /// # Errors
    ///
    /// The files are no revisions, or form no graph; `embed!` has found that out when the application was compiled.
    pub fn history(&self) -> Result<&History, MigrateError> {
        let read = || History::from_files(self.files).map_err(|error| error.to_string());
        match self.history.get_or_init(read) {
            Ok(history) => Ok(history),
            Err(error) => Err(ErrorKind::Embedded(error.clone()).into()),
        }
    }

    /// The revisions that no other follows.
    ///
    /// # Errors
    ///
    /// As for [`history`](Self::history).
    pub fn heads(&self) -> Result<BTreeSet<RevisionId>, MigrateError> {
        Ok(self.history()?.heads())
    }

    /// Moves a database up to the head; where there are several, `upgrade_to(settings, "heads")` moves it to all.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](crate::upgrade()).
    pub async fn upgrade(&self, settings: &Settings) -> Result<Report, MigrateError> {
        self.upgrade_to(settings, "head").await
    }

    /// Moves a database up to a target.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](crate::upgrade()).
    pub async fn upgrade_to(&self, settings: &Settings, target: &str) -> Result<Report, MigrateError> {
        let (history, events) = (self.history()?, self.teller());
        crate::upgrade(
            settings,
            history,
            target,
            self.options(),
            self.interrupt(),
            &events,
        )
        .await
    }

    /// Moves a database down to a target.
    ///
    /// # Errors
    ///
    /// As for [`downgrade`](crate::downgrade()).
    pub async fn downgrade_to(&self, settings: &Settings, target: &str) -> Result<Report, MigrateError> {
        let (history, events) = (self.history()?, self.teller());
        crate::downgrade(
            settings,
            history,
            target,
            self.options(),
            self.interrupt(),
            &events,
        )
        .await
    }

    /// Tells a database where it is without running anything.
    ///
    /// # Errors
    ///
    /// As for [`stamp`](crate::stamp()).
    pub async fn stamp(&self, settings: &Settings, stamp: &Stamp) -> Result<StampReport, MigrateError> {
        let (history, events) = (self.history()?, self.teller());
        crate::stamp(
            settings,
            history,
            stamp,
            self.options(),
            self.interrupt(),
            &events,
        )
        .await
    }

    /// Makes Limbeck's own tables where they are missing, and nothing else.
    ///
    /// # Errors
    ///
    /// As for [`ensure_version`](crate::ensure_version).
    pub async fn ensure_version(&self, settings: &Settings) -> Result<EnsureReport, MigrateError> {
        crate::ensure_version(settings, self.options(), self.interrupt(), &self.teller()).await
    }

    /// What a database says of itself.
    ///
    /// # Errors
    ///
    /// The database cannot be reached, or as for [`state`](crate::state()).
    pub async fn state(&self, settings: &Settings) -> Result<State, MigrateError> {
        let (options, events) = (self.options(), self.teller());
        let settings = crate::upgrade::direct(settings, &events);
        let session = crate::session::open(
            &settings,
            options,
            Patience::first(options.wait_for_server),
            self.interrupt(),
            &events,
        )
        .await?;
        let tables = Tables::new(&options.version_schema, &options.scope);
        crate::state::read(&Line::Own(session), &tables).await
    }

    /// What a run to a target would do, from where a database is.
    ///
    /// # Errors
    ///
    /// As for [`pending`](crate::pending()), or the database cannot be reached.
    pub async fn plan(
        &self,
        settings: &Settings,
        direction: Direction,
        target: &str,
    ) -> Result<Vec<Pending>, MigrateError> {
        crate::pending(self.history()?, &self.state(settings).await?, direction, target)
    }

    /// Makes sure that a database has every revision of the application: for one that does not migrate by itself and
    /// shall not start before somebody has.
    ///
    /// # Errors
    ///
    /// Revisions are missing there ([`ErrorKind::Behind`]), or are there only in part, or their files were edited; or the
    /// database cannot be reached. Revisions of a newer application are fine.
    pub async fn check(&self, settings: &Settings) -> Result<(), MigrateError> {
        self.is_up_to_date(&self.state(settings).await?)
    }

    fn is_up_to_date(&self, state: &State) -> Result<(), MigrateError> {
        let history = self.history()?;
        let revisions = state.edited(history);
        if !revisions.is_empty() {
            return Err(ErrorKind::Edited { revisions }.into());
        }
        let begun = state.steps.iter().map(|step| &step.revision);
        let unapplied = state.unapplied(history).into_iter();
        let mut revisions: BTreeSet<RevisionId> = unapplied.map(|revision| revision.id.clone()).collect();
        revisions.extend(begun.filter(|id| history.get(id).is_some()).cloned());
        if revisions.is_empty() {
            Ok(())
        } else {
            Err(ErrorKind::Behind { revisions }.into())
        }
    }

    /// A run as a script for `psql`.
    ///
    /// # Errors
    ///
    /// As for [`script`](crate::script()).
    pub fn script(&self, direction: Direction, from: &str, to: &str) -> Result<String, MigrateError> {
        crate::script(self.history()?, direction, from, to, self.options())
    }

    /// A stamp as a script for `psql`.
    ///
    /// # Errors
    ///
    /// As for [`stamp_script`](crate::stamp_script).
    pub fn stamp_script(&self, from: &str, stamp: &Stamp) -> Result<String, MigrateError> {
        crate::stamp_script(self.history()?, from, stamp, self.options())
    }

    /// The same on a connection of the application: a `tokio_postgres::Client`, or a transaction of it.
    ///
    /// Everything is one transaction: the caller's, where one is open (within a savepoint; committing is then the
    /// caller's, and a run that fails leaves the transaction usable and as it was), else one of the run's own. So steps
    /// outside transactions and steps in Rust are refused before anything runs, and in the caller's transaction such
    /// steps as set something for the whole session. The session's settings and its role are afterwards what they were;
    /// in the caller's transaction, deferred constraints are checked on the way, and are deferred afterwards as they are
    /// defined.
    ///
    /// Another runner is waited for as long as [`RunOptions::wait`] says. The lease is held until the transaction ends,
    /// so a caller's should end soon. A future that is dropped half-way leaves the transaction open: roll it back, or
    /// close the connection. An interrupt takes effect between two steps.
    ///
    /// ```no_run
    /// # use limbeck_migrate::Migrations;
    /// # static MIGRATIONS: Migrations = Migrations::embedded(&[]);
    /// # async fn example(client: &mut limbeck_migrate::tokio_postgres::Client)
    /// # -> Result<(), Box<dyn std::error::Error>> {
    /// MIGRATIONS.on(client).upgrade().await?;
    ///
    /// let transaction = client.transaction().await?;
    /// MIGRATIONS.on(&transaction).upgrade_to("+1").await?;
    /// transaction.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on<'a>(&'a self, client: &'a impl GenericClient) -> Connected<'a> {
        Connected::new(self, client.client())
    }

    fn options(&self) -> &RunOptions {
        self.options.get_or_init(RunOptions::default)
    }

    fn interrupt(&self) -> &Interrupt {
        self.interrupt.get_or_init(Interrupt::new)
    }

    fn teller(&self) -> impl Fn(Event) + Send + Sync + '_ {
        |event| match &self.events {
            Some(events) => events(event),
            None => tracing::debug!(?event),
        }
    }
}

impl fmt::Debug for Migrations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Migrations")
            .field("heads", &self.heads().ok())
            .field("options", &self.options.get())
            .finish_non_exhaustive()
    }
}
