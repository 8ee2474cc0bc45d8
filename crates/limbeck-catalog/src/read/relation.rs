//! Relations (`pg_class`): tables, views, materialised views.

use std::collections::{BTreeMap, HashMap};

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::{Reader, Relation, Standing};
use super::rows::Fields;
use crate::{Definition, ForeignTable, Kind, ObjectId, ReplicaIdentity, Table, View};

/// The access method that tables have unless told otherwise: its OID is the same on every server. An index that was
/// to tell rows apart and is gone leaves a table that does so not at all. Of indexes only those come that have lost their keys.
const HEAP: Oid = 2;

const SQL: &str = "
SELECT c.oid, c.relnamespace, c.relname, c.relkind,
       c.relpersistence = 'u', t.oid, t.typarray, c.reloptions, toast.reloptions, c.relrowsecurity,
       c.relforcerowsecurity, c.relispopulated, n.nspname, o.typname, s.spcname, a.amname,
       CASE WHEN c.relreplident <> 'i' THEN c.relreplident
            WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident) THEN 'i'
            ELSE 'n' END,
       CASE WHEN c.relkind IN ('i', 'I') THEN 'its row in pg_index'
            WHEN c.reltype <> 0 AND t.oid IS NULL THEN 'its row type' END
FROM pg_class c
     LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
     LEFT JOIN pg_am a ON a.oid = c.relam AND c.relam <> {heap}
     LEFT JOIN pg_type t ON t.oid = c.reltype
     LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
     LEFT JOIN pg_type o ON o.oid = c.reloftype
     LEFT JOIN pg_namespace n ON n.oid = o.typnamespace
WHERE c.relnamespace = ANY ($1)
      AND (c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
           OR c.relkind IN ('i', 'I') AND c.oid NOT IN (SELECT indexrelid FROM pg_index))";

/// A sequence, before its numbers are read.
pub(super) struct SequenceRelation {
    pub(super) schema: Oid,
    pub(super) name: QualifiedName,
    pub(super) unlogged: bool,
}

/// Reads tables and views (these without their queries, foreign tables without their servers), and gives back the
/// sequences.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<HashMap<Oid, SequenceRelation>, ReadError> {
    let mut sequences = HashMap::new();
    let sql = SQL.replace("{heap}", &HEAP.to_string());
    let mut rows = reader.rows("tables", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(schema_name) = reader.schemas.get(&schema) else {
            continue;
        };
        let name = QualifiedName::new(schema_name, &name);
        let standing = if reader.is_member(class::CLASS, oid) {
            Standing::Member
        } else if reader.is_excluded(&name.schema, &name.name) {
            Standing::NotRead
        } else {
            Standing::Ours
        };
        let relkind = row.take_char()?;
        let unlogged: bool = row.take()?;
        if relkind == 'S' {
            if standing == Standing::Ours {
                let sequence = SequenceRelation {
                    schema,
                    name,
                    unlogged,
                };
                sequences.insert(oid, sequence);
            }
            continue;
        }
        let kind = match relkind {
            'v' => Kind::View,
            'm' => Kind::MaterializedView,
            'f' => Kind::ForeignTable,
            'i' | 'I' => Kind::Index,
            _ => Kind::Table,
        };
        let relation = Relation {
            id: ObjectId::in_schema(kind, &name.schema, &name.name),
            name,
            standing,
            columns: BTreeMap::new(),
        };
        if relation.is_ours() {
            insert(reader, oid, schema, &relation, unlogged, &mut row)?;
        }
        reader.relations.insert(oid, relation);
    }
    Ok(sequences)
}

/// Adds one relation that is read.
fn insert(
    reader: &mut Reader<'_>,
    oid: Oid,
    schema: Oid,
    relation: &Relation,
    unlogged: bool,
    row: &mut Fields,
) -> Result<(), ReadError> {
    let Relation { id, .. } = relation;
    // Whoever uses the row type, or an array of it, needs the relation.
    for data_type in [row.take::<Option<Oid>>()?, row.take()?].into_iter().flatten() {
        let address = Address::whole(class::TYPE, data_type);
        reader.addresses.insert_part(address, id.clone());
    }
    let options: BTreeMap<String, String> = option_map(row.take()?, "")
        .chain(option_map(row.take()?, "toast."))
        .collect();
    let row_security: bool = row.take()?;
    let force_row_security: bool = row.take()?;
    let populated: bool = row.take()?;
    let of_type: (Option<String>, Option<String>) = (row.take()?, row.take()?);
    let tablespace: Option<String> = row.take()?;
    let access_method: Option<String> = row.take()?;
    let replica_identity = match row.take_char()? {
        // PostgreSQL writes `n` for every view.
        _ if id.kind == Kind::View => ReplicaIdentity::Default,
        'f' => ReplicaIdentity::Full,
        'n' => ReplicaIdentity::Nothing,
        'i' => ReplicaIdentity::Index,
        _ => ReplicaIdentity::Default,
    };
    if let Some(missing) = row.take::<Option<String>>()? {
        return Err(ReadError::inconsistent(id, missing));
    }
    let definition = if id.kind == Kind::ForeignTable {
        // Filled in when it is known what inherits from what, and with its server.
        Definition::ForeignTable(ForeignTable {
            partition_of: None,
            inherits: Vec::new(),
            server: String::new(),
            options: BTreeMap::new(),
        })
    } else if id.kind == Kind::Table {
        Definition::Table(Table {
            unlogged,
            access_method,
            tablespace,
            options,
            row_security,
            force_row_security,
            // Filled in when it is known what inherits from what.
            partition_key: None,
            partition_of: None,
            inherits: Vec::new(),
            of_type: of_type
                .0
                .zip(of_type.1)
                .map(|(schema, name)| QualifiedName { schema, name }),
            replica_identity,
        })
    } else {
        Definition::View(View {
            query: String::new(),
            options,
            access_method,
            tablespace,
            replica_identity,
            // Filled in with its columns.
            column_defaults: BTreeMap::new(),
            column_settings: BTreeMap::new(),
            populated,
        })
    };
    reader.insert_in_schema(Address::whole(class::CLASS, oid), schema, id, definition);
    Ok(())
}

/// Options by name, a prefix before each.
pub(super) fn option_map(
    options: Option<Vec<String>>,
    prefix: &str,
) -> impl Iterator<Item = (String, String)> {
    options
        .into_iter()
        .flatten()
        .map(move |option| split(&option, prefix))
}

/// `fillfactor=70` as name and value.
fn split(option: &str, prefix: &str) -> (String, String) {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    (format!("{prefix}{name}"), value.to_owned())
}
