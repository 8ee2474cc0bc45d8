//! Throwaway databases on a server that someone else runs.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use limbeck_postgres::Settings;

use super::administration::{Administration, literal, quoted};
use crate::error::ServerError;

/// Every database made here begins with this, so that people know what they see.
const PREFIX: &str = "limbeck_scratch_";

/// A database of this age, to which nobody is connected, was left behind by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// What was made on another's server and must be removed again.
#[derive(Debug)]
pub(super) struct Attached {
    settings: Settings,
    databases: Mutex<BTreeSet<String>>,
    roles: Mutex<BTreeSet<String>>,
}

impl Attached {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            databases: Mutex::default(),
            roles: Mutex::default(),
        }
    }

    /// Checks that databases can be made, and drops what killed processes left behind. Returns the server's
    /// version.
    pub(super) async fn prepare(&self, administration: &Administration) -> Result<u32, ServerError> {
        let session = administration.connect().await?;
        let may = session
            .query_text(
                "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)",
            )
            .await?;
        if may.is_empty() {
            return Err(ServerError::MayNotCreateDatabases {
                role: self.settings.user().to_owned(),
            });
        }
        let left = session
            .query_text(&format!(
                "SELECT datname FROM pg_catalog.pg_database d WHERE starts_with(datname, {}) \
                 AND pg_catalog.pg_has_role(datdba, 'USAGE') AND NOT EXISTS \
                 (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid) ORDER BY 1",
                literal(PREFIX)
            ))
            .await?;
        for name in left
            .into_iter()
            .flatten()
            .flatten()
            .filter(|name| is_abandoned(name))
        {
            // Another process may be sweeping too.
            let _ = session
                .execute(&format!("DROP DATABASE IF EXISTS {}", quoted(&name)))
                .await;
        }
        Ok(session.server_version_num())
    }

    /// A name that tells when it was made, and that nobody else chooses.
    pub(super) fn new_name(&self) -> String {
        let random = crate::random::text();
        format!(
            "{PREFIX}{:08x}_{}",
            seconds_now(),
            random.get(..8).unwrap_or(&random)
        )
    }

    pub(super) fn remember_database(&self, name: &str) {
        locked(&self.databases).insert(name.to_owned());
    }

    pub(super) fn forget_database(&self, name: &str) {
        locked(&self.databases).remove(name);
    }

    pub(super) fn remember_role(&self, name: &str) {
        locked(&self.roles).insert(name.to_owned());
    }

    /// Drops all databases and roles made here. Goes on after an error, and returns the first.
    pub(super) async fn remove(&self, administration: &Administration) -> Result<(), ServerError> {
        let databases = std::mem::take(&mut *locked(&self.databases));
        let roles = std::mem::take(&mut *locked(&self.roles));
        let mut outcome = Ok(());
        for name in &databases {
            outcome = outcome.and(administration.drop_database(name).await);
        }
        for name in &roles {
            outcome = outcome.and(
                administration
                    .execute(&format!("DROP ROLE IF EXISTS {}", quoted(name)))
                    .await,
            );
        }
        outcome
    }

    /// The same from where nothing can be awaited.
    pub(super) fn remove_now(&self, administration: &Administration) {
        if locked(&self.databases).is_empty() && locked(&self.roles).is_empty() {
            return;
        }
        // A runtime cannot be started inside a runtime's thread.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                if let Err(error) = runtime.map(|runtime| runtime.block_on(self.remove(administration))) {
                    tracing::warn!(%error, "scratch databases are left behind");
                }
            });
        });
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn seconds_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

fn is_abandoned(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('_'))
        .and_then(|(seconds, _)| u64::from_str_radix(seconds, 16).ok())
        .is_some_and(|made| made + ABANDONED.as_secs() < seconds_now())
}

#[cfg(test)]
mod tests {
    use super::{Attached, PREFIX, is_abandoned, seconds_now};
    use limbeck_postgres::Settings;

    #[test]
    fn only_old_databases_with_names_made_here_are_abandoned() {
        let attached = Attached::new(Settings::for_socket(
            "/tmp".as_ref(),
            5432,
            "postgres",
            "postgres",
        ));
        assert!(!is_abandoned(&attached.new_name()));
        assert!(is_abandoned(&format!(
            "{PREFIX}{:08x}_abcdef01",
            seconds_now() - 100_000
        )));
        assert!(!is_abandoned(&format!("{PREFIX}mine")));
        assert!(!is_abandoned("limbeck"));
    }
}
