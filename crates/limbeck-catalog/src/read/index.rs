//! Indexes (`pg_index`), those of constraints included.

use std::collections::{BTreeMap, HashMap};

use limbeck_sql::{QualifiedName, quote_identifier, quote_literal};
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::collation::collation_name;
use super::operator_class::OperatorClasses;
use super::reader::Reader;
use super::relation::option_map;
use super::rows::Fields;
use crate::{Definition, Index, IndexKey, IndexSettings, KeyOrder, KeyStatistics, Kind, ObjectId};

/// What the index's own columns carry, for the few that carry anything: parameters of operator classes, and
/// statistics targets; and the types of expressions.
fn attributes_sql(default_statistics: &str) -> String {
    format!(
        "
SELECT a.attrelid, a.attnum, a.atttypid, a.attoptions, nullif(a.attstattarget, -1)::int2
FROM pg_index i
     JOIN pg_class t ON t.oid = i.indrelid
     JOIN pg_attribute a ON a.attrelid = i.indexrelid
WHERE t.relnamespace = ANY ($1) AND t.relkind IN ('r', 'p', 'm')
      AND (i.indexprs IS NOT NULL OR a.attoptions IS NOT NULL OR NOT (a.attstattarget {default_statistics}))"
    )
}

/// All indexes. Keys are columns of `pg_index`; only expressions are deparsed, and the whole definition of an index
/// over expressions, which alone tells their collations.
fn sql(nulls_not_distinct: &str) -> String {
    format!(
        "
SELECT i.indexrelid, i.indrelid, c.relname, i.indisprimary OR i.indisexclusion, m.amname, i.indisunique, {nulls_not_distinct}, i.indnkeyatts,
       i.indkey::int2[], i.indcollation::oid[], i.indclass::oid[], i.indoption::int2[], c.reloptions,
       i.indisvalid AND i.indisready AND i.indislive, c.relkind = 'I', pg_get_expr(i.indpred, i.indrelid),
       CASE WHEN i.indexprs IS NOT NULL AND c.oid IS NOT NULL THEN
           ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, false) FROM generate_series(1, i.indnkeyatts) k ORDER BY k)
       END,
       CASE WHEN i.indexprs IS NOT NULL AND c.oid IS NOT NULL THEN pg_get_indexdef(i.indexrelid) END,
       s.spcname, i.indisclustered, i.indisreplident, h.inhparent,
       CASE WHEN c.relkind = 'I' THEN
           ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indexrelid ORDER BY a.attnum)
       END
FROM pg_index i
     LEFT JOIN pg_class c ON c.oid = i.indexrelid
     LEFT JOIN pg_am m ON m.oid = c.relam
     JOIN pg_class t ON t.oid = i.indrelid
     LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
     LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid
WHERE t.relnamespace = ANY ($1) AND t.relkind IN ('r', 'p', 'm')"
    )
}

/// Indexes by OID, before it is known which belong to constraints.
pub(super) type Indexes = BTreeMap<Oid, FoundIndex>;

/// An index that may belong to a constraint.
pub(super) struct FoundIndex {
    pub(super) name: QualifiedName,
    pub(super) index: Index,
    /// Whether only a constraint makes such an index.
    of_constraint: bool,
}

/// What an index's own column carries.
struct IndexAttribute {
    data_type: Oid,
    options: Option<Vec<String>>,
    statistics_target: Option<i16>,
}

/// Reads all indexes.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<Indexes, ReadError> {
    reader.operator_classes = OperatorClasses::read(reader).await?;
    let attributes = read_attributes(reader).await?;
    let mut indexes = Indexes::new();
    let sql = sql(if reader.since(15) {
        "i.indnullsnotdistinct"
    } else {
        "false"
    });
    let mut rows = reader.rows("indexes", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let relation: Oid = row.take()?;
        let name: Option<String> = row.take()?;
        let of_constraint: bool = row.take()?;
        let Some(relation_facts) = reader.relations.get(&relation) else {
            continue;
        };
        if !relation_facts.is_ours() {
            continue;
        }
        let Some(name) = name else {
            return Err(ReadError::inconsistent(
                &relation_facts.id,
                format!("index {oid}"),
            ));
        };
        let name = QualifiedName::new(&relation_facts.name.schema, name);
        let index = index(reader, oid, relation, &name, &attributes, &mut row)?;
        if let Some(parent) = row.take::<Option<Oid>>()? {
            reader.attached_indexes.insert(oid, parent);
        }
        if let Some(columns) = row.take::<Option<Vec<String>>>()? {
            reader.index_columns.insert(oid, columns);
        }
        let found = FoundIndex {
            name,
            index,
            of_constraint,
        };
        indexes.insert(oid, found);
    }
    Ok(indexes)
}

/// Adds the indexes that no constraint has claimed, unless they are excluded. A constraint's index is read whatever
/// it is called.
pub(super) fn finish(reader: &mut Reader<'_>, indexes: Indexes) -> Result<(), ReadError> {
    for (oid, found) in indexes {
        let FoundIndex { name, index, .. } = found;
        if reader.is_excluded(&name.schema, &name.name) {
            continue;
        }
        let id = ObjectId::in_schema(Kind::Index, name.schema, name.name);
        if found.of_constraint {
            return Err(ReadError::inconsistent(id, "its constraint"));
        }
        let relation = index.relation.clone();
        reader.insert(Address::whole(class::CLASS, oid), &id, Definition::Index(index));
        reader.depends(&id, &relation);
    }
    attach(reader);
    Ok(())
}

/// Says of what each index of a partition is a part, and what the columns of partitioned ones are called.
fn attach(reader: &mut Reader<'_>) {
    for (index, columns) in std::mem::take(&mut reader.index_columns) {
        if let Some(id) = reader.addresses.get(Address::whole(class::CLASS, index)) {
            reader.catalog.index_columns.insert(id.clone(), columns);
        }
    }
    for (index, parent) in std::mem::take(&mut reader.attached_indexes) {
        let [index, parent] =
            [index, parent].map(|oid| reader.addresses.get(Address::whole(class::CLASS, oid)));
        let (Some(index), Some(parent)) = (index, parent.cloned()) else {
            continue;
        };
        match reader
            .catalog
            .objects
            .get_mut(index)
            .map(|object| &mut object.definition)
        {
            Some(Definition::Index(index)) => index.partition_of = Some(parent),
            Some(Definition::Constraint(constraint)) => constraint.partition_of = Some(parent),
            _ => {}
        }
    }
}

/// Reads what the columns of indexes carry.
async fn read_attributes(reader: &mut Reader<'_>) -> Result<HashMap<(Oid, i16), IndexAttribute>, ReadError> {
    let mut attributes = HashMap::new();
    let sql = attributes_sql(if reader.since(17) { "IS NULL" } else { "= -1" });
    let mut rows = reader.rows("columns of indexes", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let key: (Oid, i16) = (row.take()?, row.take()?);
        let attribute = IndexAttribute {
            data_type: row.take()?,
            options: row.take()?,
            statistics_target: row.take()?,
        };
        attributes.insert(key, attribute);
    }
    Ok(attributes)
}

/// One index from its row.
fn index(
    reader: &Reader<'_>,
    oid: Oid,
    relation: Oid,
    name: &QualifiedName,
    attributes: &HashMap<(Oid, i16), IndexAttribute>,
    row: &mut Fields,
) -> Result<Index, ReadError> {
    let object = || format!("index {name}");
    let method: Option<String> = row.take()?;
    let method = method.ok_or_else(|| ReadError::inconsistent(object(), "its access method"))?;
    let unique: bool = row.take()?;
    let nulls_not_distinct: bool = row.take()?;
    let key_count = usize::from(row.take::<i16>()?.unsigned_abs());
    let columns: Vec<i16> = row.take()?;
    let collations: Vec<Oid> = row.take()?;
    let classes: Vec<Oid> = row.take()?;
    let orders: Vec<i16> = row.take()?;
    let options: Option<Vec<String>> = row.take()?;
    let valid: bool = row.take()?;
    let is_partitioned: bool = row.take()?;
    let predicate: Option<String> = row.take()?;
    let printed_keys: Option<Vec<String>> = row.take()?;
    let definition: Option<String> = row.take()?;
    let tablespace: Option<String> = row.take()?;
    let clustered: bool = row.take()?;
    let replica_identity: bool = row.take()?;

    let relation_facts = reader
        .relations
        .get(&relation)
        .ok_or_else(|| ReadError::inconsistent(object(), format!("relation {relation}")))?;
    let mut printed = Printed::new(
        definition.as_deref(),
        is_partitioned,
        &relation_facts.name,
        &method,
    )
    .ok_or_else(|| ReadError::inconsistent(object(), "keys in what PostgreSQL prints of it"))?;
    let mut keys = Vec::with_capacity(key_count);
    let mut statistics = Vec::new();
    let per_key = collations.iter().zip(&classes).zip(&orders).take(key_count);
    for (n, ((collation, operator_class), order)) in per_key.enumerate() {
        let number = i16::try_from(n + 1).unwrap_or(i16::MAX);
        let attribute = attributes.get(&(oid, number));
        let target = attribute.and_then(|attribute| attribute.statistics_target);
        statistics.extend(target.map(|target| KeyStatistics { key: number, target }));
        let column = match columns.get(n) {
            Some(0) | None => None,
            Some(number) => Some(reader.column(relation, *number, object)?),
        };
        let printed_key = printed_keys.as_ref().and_then(|keys| keys.get(n));
        let has_printed_collation = printed.has_collation(printed_key);
        let has_own_collation = match column {
            Some(column) => *collation != column.collation,
            None => has_printed_collation,
        };
        keys.push(IndexKey {
            key: match (column, printed_key) {
                (Some(column), _) => column.name.clone(),
                (None, Some(expression)) => expression.clone(),
                (None, None) => {
                    return Err(ReadError::inconsistent(
                        object(),
                        format!("the expression of its key {}", n + 1),
                    ));
                }
            },
            is_expression: column.is_none(),
            collation: if has_own_collation && *collation != 0 {
                Some(collation_name(reader, *collation, object)?)
            } else {
                None
            },
            operator_class: reader.operator_classes.named(
                *operator_class,
                column.map(|column| column.data_type),
                attribute.map(|attribute| attribute.data_type),
                attribute.is_some_and(|attribute| attribute.options.is_some()),
                object,
            )?,
            operator_class_options: attribute
                .and_then(|attribute| attribute.options.as_ref())
                .map(|options| options.iter().map(|option| printed_option(option)).collect())
                .unwrap_or_default(),
            // The two bits of `indoption`: INDOPTION_DESC and INDOPTION_NULLS_FIRST.
            order: KeyOrder {
                descending: order & 1 != 0,
                nulls_first: order & 2 != 0,
            },
        });
    }
    let include = columns
        .iter()
        .skip(key_count)
        .map(|number| Ok(reader.column(relation, *number, object)?.name.clone()))
        .collect::<Result<_, ReadError>>()?;
    Ok(Index {
        relation: relation_facts.id.clone(),
        method,
        unique,
        nulls_not_distinct,
        keys,
        include,
        predicate,
        settings: IndexSettings {
            options: option_map(options, "").collect(),
            tablespace,
            statistics,
            clustered,
            replica_identity,
        },
        // An index on a partitioned table becomes valid with the last partition that has one.
        only: is_partitioned && !valid,
        // Filled in when all indexes have their place.
        partition_of: None,
        valid: valid || is_partitioned,
    })
}

/// An operator class's parameter, `siglen=32`, as SQL: `siglen='32'`.
fn printed_option(option: &str) -> String {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    format!("{}={}", quote_identifier(name), quote_literal(value))
}

/// The definition that PostgreSQL prints of an index over expressions, walked along its keys. An expression's own
/// collation stands in no column of the system catalogues; what is printed after the key tells whether the index
/// has another.
struct Printed<'a> {
    rest: Option<&'a str>,
    separator: &'static str,
}

impl<'a> Printed<'a> {
    /// `None` where the definition is not printed as an index on the relation is.
    fn new(
        definition: Option<&'a str>,
        is_partitioned: bool,
        relation: &QualifiedName,
        method: &str,
    ) -> Option<Self> {
        let only = if is_partitioned { "ONLY " } else { "" };
        let before_keys = format!(" ON {only}{relation} USING {} (", quote_identifier(method));
        let rest = match definition {
            Some(definition) => Some(definition.split_once(&before_keys)?.1),
            None => None,
        };
        Some(Self { rest, separator: "" })
    }

    /// Steps over a key and says whether a collation follows it.
    fn has_collation(&mut self, key: Option<&String>) -> bool {
        let (Some(rest), Some(key)) = (self.rest, key) else {
            return false;
        };
        let key = format!("{}{key}", self.separator);
        self.separator = ", ";
        self.rest = rest.find(&key).and_then(|at| rest.get(at + key.len()..));
        self.rest.is_some_and(|rest| rest.starts_with(" COLLATE "))
    }
}
