//! A hash of a database's schema, to tell cheaply that nothing changed.

use std::fmt;

use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

use super::ReadError;
use super::address::FIRST_USER_OID;
use super::in_transaction;
use super::rows::Rows;

/// A hash of the contents of the system catalogues, temporary objects and planner's statistics aside.
///
/// It is for one database over time: two fingerprints of one database are equal exactly when nobody changed its
/// schema in between. It says nothing across databases, for it covers OIDs, nor is it a cryptographic hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Takes the fingerprint of a database as it is now.
///
/// The session must not be within a transaction; its settings do not matter and are left as they were.
///
/// # Errors
///
/// As [`read`](super::read), but for concurrent changes.
pub async fn fingerprint(client: &Client) -> Result<Fingerprint, ReadError> {
    in_transaction(client, async |begun| query(client, begun.version).await).await
}

/// Takes the fingerprint of the snapshot that a transaction sees.
pub(super) async fn query(client: &Client, version: u32) -> Result<Fingerprint, ReadError> {
    let mut rows = Rows::start(client, "the fingerprint", &sql(version), &[]).await?;
    match rows.next().await? {
        Some(mut row) => Ok(Fingerprint(row.take()?)),
        None => Err(ReadError::inconsistent("the fingerprint", "its row")),
    }
}

/// One part of the hash: what is hashed of a row, and which rows of which catalogue.
struct Part {
    row: &'static str,
    from: &'static str,
    /// The first major that has the catalogue.
    since: u32,
}

const fn part(row: &'static str, from: &'static str) -> Part {
    Part { row, from, since: 14 }
}

/// The parts with many rows: the columns that mean something, hashed one by one, which takes half the time of
/// hashing a row's text. Types that PostgreSQL cannot hash go as text.
const COLUMNS: &[Part] = &[
    // Left out: what VACUUM, ANALYZE and TRUNCATE write, and flags that it sets late.
    part(
        "c.oid, c.relname, c.relnamespace, c.reltype, c.reloftype, c.relowner, c.relam, c.reltablespace, c.relkind,
         c.relpersistence, c.relchecks, c.relrowsecurity, c.relforcerowsecurity, c.relispopulated, c.relreplident,
         c.relispartition, c.relacl, c.reloptions, c.relpartbound::text",
        "pg_class c WHERE c.oid >= {first} AND {persists(c.oid)}",
    ),
    part(
        "c.oid, t.reloptions",
        "pg_class t JOIN pg_class c ON c.reltoastrelid = t.oid WHERE t.reloptions IS NOT NULL AND t.relkind = 't'",
    ),
    // Left out: the values of columns that were added to filled tables, which a rewrite removes.
    part(
        "a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attstattarget, a.attstorage, a.attcompression,
         a.attnotnull, a.attidentity, a.attgenerated, a.attisdropped, a.attislocal, a.attinhcount, a.attcollation,
         a.attacl, a.attoptions, a.attfdwoptions",
        "pg_attribute a WHERE a.attrelid >= {first} AND a.attnum > 0 AND {persists(a.attrelid)}",
    ),
    // The privileges of what the server was made with, and of system columns.
    part(
        "c.oid, c.relacl",
        "pg_class c WHERE c.oid < {first} AND c.relacl IS NOT NULL",
    ),
    part(
        "a.attrelid, a.attnum, a.attacl",
        "pg_attribute a WHERE a.attacl IS NOT NULL AND (a.attrelid < {first} OR a.attnum < 0)",
    ),
    part(
        "p.oid, p.proacl",
        "pg_proc p WHERE p.oid < {first} AND p.proacl IS NOT NULL",
    ),
    part(
        "t.oid, t.typacl",
        "pg_type t WHERE t.oid < {first} AND t.typacl IS NOT NULL",
    ),
    part(
        "d.oid, d.adrelid, d.adnum, d.adbin::text",
        "pg_attrdef d WHERE {persists(d.adrelid)}",
    ),
    // Left out: whether old transactions may use the index.
    part(
        "i.indexrelid, i.indrelid, i.indnkeyatts, i.indisunique, i.indisprimary, i.indisexclusion, i.indimmediate,
         i.indisclustered, i.indisvalid, i.indisready, i.indislive, i.indisreplident, i.indkey::text,
         i.indcollation, i.indclass, i.indoption::text, i.indexprs::text, i.indpred::text",
        "pg_index i WHERE i.indexrelid >= {first} AND {persists(i.indrelid)}",
    ),
    Part {
        row: "i.indexrelid, i.indnullsnotdistinct",
        from: "pg_index i WHERE i.indnullsnotdistinct AND {persists(i.indrelid)}",
        since: 15,
    },
    part(
        "d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype",
        "pg_depend d WHERE d.objid >= {first} AND {persists(d.objid)} AND {persists(d.refobjid)}",
    ),
    part("r.oid, r.rolname", "pg_roles r"),
    part("s.oid, s.spcname", "pg_tablespace s"),
    part(
        "s.oid, s.subname, s.subenabled, s.subpublications",
        "pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()",
    ),
    part(
        "m.umid, m.srvname, m.usename, m.umoptions",
        "pg_user_mappings m",
    ),
];

/// The parts with few rows: whole rows, as text.
const ROWS: &[Part] = &[
    part("t", "pg_namespace t WHERE {persists(t.oid)}"),
    part("t", "pg_type t WHERE t.oid >= {first} AND {persists(t.oid)}"),
    part("t", "pg_proc t WHERE t.oid >= {first} AND {persists(t.oid)}"),
    part(
        "t",
        "pg_constraint t WHERE t.oid >= {first} AND {persists(t.conrelid)}",
    ),
    part(
        "t",
        "pg_description t WHERE (t.objoid >= {first} OR t.classoid = 'pg_namespace'::regclass
                                       OR t.classoid = 'pg_extension'::regclass) AND {persists(t.objoid)}",
    ),
    part("t", "pg_trigger t WHERE {persists(t.tgrelid)}"),
    part(
        "t",
        "pg_rewrite t WHERE t.oid >= {first} AND {persists(t.ev_class)}",
    ),
    part("t", "pg_sequence t WHERE {persists(t.seqrelid)}"),
    part("t", "pg_inherits t WHERE {persists(t.inhrelid)}"),
    part("t", "pg_policy t WHERE {persists(t.polrelid)}"),
    part("t", "pg_statistic_ext t WHERE {persists(t.stxrelid)}"),
    part("t", "pg_partitioned_table t"),
    part("t", "pg_foreign_table t"),
    part("t", "pg_enum t"),
    part("t", "pg_range t WHERE t.rngtypid >= {first}"),
    part("t", "pg_aggregate t WHERE t.aggfnoid >= {first}"),
    part("t", "pg_extension t"),
    part("t", "pg_collation t WHERE t.oid >= {first}"),
    part("t", "pg_operator t WHERE t.oid >= {first}"),
    part("t", "pg_opclass t WHERE t.oid >= {first}"),
    part("t", "pg_opfamily t WHERE t.oid >= {first}"),
    part("t", "pg_amop t WHERE t.oid >= {first}"),
    part("t", "pg_amproc t WHERE t.oid >= {first}"),
    part("t", "pg_am t WHERE t.oid >= {first}"),
    part("t", "pg_cast t WHERE t.oid >= {first}"),
    part("t", "pg_conversion t WHERE t.oid >= {first}"),
    part("t", "pg_language t"),
    part("t", "pg_transform t"),
    part("t", "pg_ts_config t WHERE t.oid >= {first}"),
    part("t", "pg_ts_config_map t WHERE t.mapcfg >= {first}"),
    part("t", "pg_ts_dict t WHERE t.oid >= {first}"),
    part("t", "pg_ts_parser t WHERE t.oid >= {first}"),
    part("t", "pg_ts_template t WHERE t.oid >= {first}"),
    part("t", "pg_event_trigger t"),
    part("t", "pg_foreign_data_wrapper t"),
    part("t", "pg_foreign_server t"),
    part("t", "pg_publication t"),
    part("t", "pg_publication_rel t"),
    Part {
        row: "t",
        from: "pg_publication_namespace t",
        since: 15,
    },
    part("t", "pg_default_acl t"),
    part("t", "pg_seclabel t"),
    part(
        "t",
        "pg_init_privs t WHERE t.objoid >= {first} OR t.classoid = 'pg_namespace'::regclass",
    ),
];

/// What is temporary, of any session: namespaces, relations, types and routines by OID. And TOAST tables: a
/// materialised view's refresh makes another.
const PASSING: &str = "
    SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_'
    UNION ALL
    SELECT oid FROM pg_class WHERE relpersistence = 't' OR relnamespace = 'pg_toast'::regnamespace
    UNION ALL
    SELECT t.oid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname ~ '^pg_temp_'
    UNION ALL
    SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname ~ '^pg_temp_'";

/// The whole query. The hashes of rows are combined by XOR, so that their order does not matter; each row holds its
/// own key, so that no two cancel out.
fn sql(version: u32) -> String {
    let columns = COLUMNS
        .iter()
        .map(|part| (format!("hash_record_extended(ROW({}), 0)", part.row), part));
    let rows = ROWS
        .iter()
        .map(|part| (format!("hashtextextended({}::text, 0)", part.row), part));
    let parts: Vec<String> = columns
        .chain(rows)
        .filter(|(_, part)| version / 10_000 >= part.since)
        .enumerate()
        .map(|(n, (hash, part))| {
            let from = fill(part.from);
            format!("SELECT {n} AS n, count(*) AS rows, coalesce(bit_xor({hash}), 0) AS hash FROM {from}")
        })
        .collect();
    format!(
        "WITH passing AS MATERIALIZED ({PASSING})
SELECT encode(sha256(convert_to({version} || ' ' || string_agg(rows || ':' || hash, ' ' ORDER BY n), 'UTF8')), 'hex')
FROM ({}) AS parts",
        parts.join("\nUNION ALL\n")
    )
}

/// Writes out the short forms of a part's condition.
fn fill(from: &str) -> String {
    let mut text = from.replace("{first}", &FIRST_USER_OID.to_string());
    while let Some((before, rest)) = text.split_once("{persists(") {
        let Some((column, after)) = rest.split_once(")}") else {
            break;
        };
        text = format!("{before}{column} NOT IN (SELECT oid FROM passing){after}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_has_no_short_form_left() {
        for version in [140_000, 150_018, 180_000] {
            assert!(!sql(version).contains(['{', '}']));
        }
    }

    #[test]
    fn catalogues_of_later_majors_are_left_out() {
        assert!(!sql(140_000).contains("pg_publication_namespace"));
        assert!(sql(150_000).contains("pg_publication_namespace"));
    }
}
