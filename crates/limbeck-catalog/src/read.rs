//! Reading a [`Catalog`] from a server, PostgreSQL 14 to 18.
//!
//! A fixed number of set-based queries in one `REPEATABLE READ` snapshot, whatever the size of the schema, sent ahead
//! of each other's answers. What the system catalogues hold as columns is read as columns; only expressions are deparsed. One kind of object, one
//! file: its query, and how a row becomes facts.
//!
//! PostgreSQL's deparsing functions (`pg_get_expr` and its like) look past the snapshot, at what is committed now.
//! So it is asked afterwards whether any transaction has ended meanwhile. Where one has, it is read again, and the
//! [`fingerprint()`] of the snapshot is compared with one taken afterwards: where they differ, somebody changed the
//! schema meanwhile, and it is read once more.

mod address;
mod aggregate;
mod ahead;
mod attached;
mod cast;
mod collation;
mod column;
mod comment;
mod composite_type;
mod constraint;
mod default_privileges;
mod dependency;
mod domain;
mod enum_type;
mod error;
mod event_trigger;
mod exclude;
mod extension;
mod fingerprint;
mod foreign;
mod index;
mod operator_class;
mod owner;
mod partition;
mod policy;
mod privileges;
mod publication;
mod range_type;
mod reader;
mod relation;
mod routine;
mod rows;
mod rule;
mod schema;
mod sequence;
mod statistics;
mod text_search;
mod trigger;
mod unread;
mod view;

use std::collections::BTreeSet;

use tokio_postgres::Client;

use crate::Catalog;
use reader::Reader;

pub use error::ReadError;
pub use exclude::{ExcludePredicate, ObjectPattern, ParseObjectPatternError};
pub use fingerprint::{Fingerprint, fingerprint};

/// Which facts this reader reads, and how it writes them down. It belongs in the key of whatever keeps a catalogue:
/// a catalogue read by another version may differ though the database does not.
pub const READER_VERSION: u32 = 6;

/// How often a catalogue is read anew when the schema changes meanwhile.
const TRIES: u32 = 3;

/// The oldest and the newest major version whose catalogues are known here.
const MAJORS: std::ops::RangeInclusive<u32> = 14..=18;

/// What is outside of a reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The schemas to read; `None` for all but `pg_*` and `information_schema`. Extensions are read in any case:
    /// they belong to the database.
    pub schemas: Option<BTreeSet<String>>,
    /// The schema of Limbeck's own tables, which is never read.
    pub version_schema: Option<String>,
    /// What is not looked at: neither read nor named among [`Catalog::unread`].
    pub exclude: Vec<ObjectPattern>,
    /// What alone is looked at of all that lies in schemas, with what belongs to it; empty for everything.
    pub include: Vec<ObjectPattern>,
    /// What is not looked at besides, decided by code.
    pub exclude_if: Option<ExcludePredicate>,
    /// Whether owners are read.
    pub owners: bool,
    /// Roles that count as the current one in default privileges, owners, policies and user mappings: those that run a
    /// history's statements on a scratch database, where another role reads.
    pub own_roles: BTreeSet<String>,
    /// Whether nobody else can change the schema meanwhile, as in a scratch database: then it need not be looked for.
    pub undisturbed: bool,
}

/// Reads a database's catalogue.
///
/// The session must not be within a transaction; its settings do not matter and are left as they were. Where the
/// returned future is dropped before its end, the session stays in a read-only transaction.
///
/// # Errors
///
/// [`ReadError::ConcurrentChange`] when the schema changed during each of three readings,
/// [`ReadError::UnknownVersion`] for a server older than 14 or newer than 18, [`ReadError::Inconsistent`] where the
/// system catalogues contradict themselves, otherwise what the server or the connection said.
pub async fn read(client: &Client, options: &ReadOptions) -> Result<Catalog, ReadError> {
    // Where nobody commits anything meanwhile, which two looks at the snapshot tell, nobody changes the schema either.
    let (seen, catalog) = in_transaction(client, async |begun| {
        Ok((
            begun.snapshot,
            Reader::new(client, begun.version, options).read().await?,
        ))
    })
    .await?;
    if options.undisturbed || snapshot(client).await? == seen {
        return Ok(catalog);
    }
    for _ in 0..TRIES {
        let (before, catalog) = in_transaction(client, async |begun| {
            let before = fingerprint::query(client, begun.version).await?;
            let catalog = Reader::new(client, begun.version, options).read().await?;
            Ok((before, catalog))
        })
        .await?;
        if fingerprint(client).await? == before {
            return Ok(catalog);
        }
    }
    Err(ReadError::ConcurrentChange { tries: TRIES })
}

/// Begins a snapshot with every setting pinned that changes what PostgreSQL prints. One message.
///
/// `search_path` makes it qualify all names but its own; `lc_monetary` and `standard_conforming_strings` show in
/// constants; `jit` would only compile queries that run once.
const BEGIN: &str = "\
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path = pg_catalog;
SET LOCAL \"TimeZone\" = 'UTC';
SET LOCAL \"DateStyle\" = 'ISO, YMD';
SET LOCAL \"IntervalStyle\" = 'postgres';
SET LOCAL extra_float_digits = 3;
SET LOCAL bytea_output = 'hex';
SET LOCAL quote_all_identifiers = off;
SET LOCAL standard_conforming_strings = on;
SET LOCAL lc_monetary = 'C';
SET LOCAL jit = off";

/// A transaction that has begun.
struct Begun {
    /// The server's `server_version_num`.
    version: u32,
    /// Which transactions it sees, as `pg_current_snapshot` prints it.
    snapshot: String,
}

/// Runs `work` in a pinned snapshot, and ends the transaction whatever comes of it.
async fn in_transaction<T>(
    client: &Client,
    work: impl AsyncFnOnce(Begun) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    client
        .batch_execute(BEGIN)
        .await
        .map_err(|error| ReadError::query("the session's settings", error))?;
    let result = match begun(client).await {
        Ok(begun) => work(begun).await,
        Err(error) => Err(error),
    };
    let ended = client
        .batch_execute("ROLLBACK")
        .await
        .map_err(|error| ReadError::query("the session's settings", error));
    let value = result?;
    ended?;
    Ok(value)
}

/// What there is to know of the transaction that has just begun, if the server's catalogues are known here.
async fn begun(client: &Client) -> Result<Begun, ReadError> {
    let sql = "SELECT current_setting('server_version_num')::integer, pg_current_snapshot()::text";
    let mut rows = rows::Rows::start(client, "the server's version", sql, &[]).await?;
    let (version, snapshot) = match rows.next().await? {
        Some(mut row) => (row.take::<i32>()?.unsigned_abs(), row.take()?),
        None => (0, String::new()),
    };
    let version = known(version)?;
    Ok(Begun { version, snapshot })
}

/// A server's `server_version_num`, if its catalogues are known here.
fn known(version: u32) -> Result<u32, ReadError> {
    if MAJORS.contains(&(version / 10_000)) {
        Ok(version)
    } else {
        Err(ReadError::UnknownVersion { version })
    }
}

/// Which transactions a statement that begins now would see.
async fn snapshot(client: &Client) -> Result<String, ReadError> {
    let sql = "SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text";
    let mut rows = rows::Rows::start(client, "the snapshot", sql, &[]).await?;
    match rows.next().await? {
        Some(mut row) => row.take(),
        None => Ok(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn majors_that_are_not_known_are_told() {
        for version in [140_000, 150_018, 180_006] {
            assert_eq!(known(version).unwrap(), version);
        }
        let told = [190_000, 130_022].map(|version| {
            let error = known(version).unwrap_err();
            format!("{error} ({})", error.hint().unwrap())
        });
        assert_eq!(
            told,
            [
                "PostgreSQL 19 is not known here; 14 to 18 are (a newer release of this program may know it)",
                "PostgreSQL 13 is not known here; 14 to 18 are (upgrade the server to a supported major)",
            ]
        );
    }
}
