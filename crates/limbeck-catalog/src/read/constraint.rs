//! Constraints of tables (`pg_constraint`).

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::index::{FoundIndex, Indexes};
use super::operator_class::operator_name;
use super::reader::Reader;
use super::rows::Fields;
use crate::{
    CheckConstraint, Constraint, ConstraintIndex, ConstraintKind, Deferrable, Definition,
    ExclusionConstraint, ForeignKey, Index, IndexSettings, KeyConstraint, Kind, MatchType, NotNullConstraint,
    ObjectId, ReferentialAction,
};

/// Constraints of tables, by column numbers; only the condition of a check is deparsed. The columns of a referenced
/// table come by name where that table is not read. `t` are constraint triggers, which are triggers here; those
/// with a parent of the same table stand for the partitions of a referenced one.
fn sql(delete_columns: &str, is_enforced: &str, has_period: &str) -> String {
    let operator = operator_name("x.oid");
    format!(
        "
SELECT c.oid, c.conrelid, c.conname, c.contype, {is_enforced}, {has_period}, c.convalidated, c.condeferrable,
       c.condeferred, c.connoinherit, c.conindid, c.conkey, c.confrelid, c.confkey, c.confmatchtype,
       c.confupdtype, c.confdeltype, {delete_columns},
       CASE c.contype WHEN 'c' THEN pg_get_expr(c.conbin, c.conrelid) END,
       CASE c.contype WHEN 'x' THEN
           ARRAY(SELECT {operator} FROM unnest(c.conexclop) WITH ORDINALITY AS x (oid, n_th) ORDER BY x.n_th)
       END,
       n.nspname, f.relname,
       CASE WHEN f.relkind NOT IN ('r', 'p') OR f.relnamespace <> ALL ($1) THEN
           ARRAY(SELECT a.attname
                 FROM unnest(c.confkey) WITH ORDINALITY AS x (number, n_th)
                      JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = x.number
                 ORDER BY x.n_th)
       END,
       c.conislocal, parent.conrelid, parent.conname
FROM pg_constraint c
     JOIN pg_class t ON t.oid = c.conrelid
     LEFT JOIN pg_class f ON f.oid = c.confrelid
     LEFT JOIN pg_namespace n ON n.oid = f.relnamespace
     LEFT JOIN pg_constraint parent ON parent.oid = c.conparentid
WHERE t.relnamespace = ANY ($1) AND t.relkind IN ('r', 'p', 'f') AND c.contype <> 't'
      AND parent.conrelid IS DISTINCT FROM c.conrelid"
    )
}

/// Reads all constraints of tables. Takes the indexes that belong to them out of all indexes, and gives the rest
/// back.
pub(super) async fn read(reader: &mut Reader<'_>, mut indexes: Indexes) -> Result<Indexes, ReadError> {
    let sql = sql(
        if reader.since(15) {
            "c.confdelsetcols"
        } else {
            "NULL::int2[]"
        },
        if reader.since(18) { "c.conenforced" } else { "true" },
        if reader.since(18) { "c.conperiod" } else { "false" },
    );
    let mut rows = reader.rows("constraints", &sql).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let relation: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(relation_facts) = reader.relations.get(&relation) else {
            continue;
        };
        if !relation_facts.is_ours() {
            continue;
        }
        let table = relation_facts.id.clone();
        let id = ObjectId::in_relation(Kind::Constraint, &relation_facts.name, name);
        let kind = row.take_char()?;
        let raw = RawConstraint::take(&mut row)?;
        if kind == 'n' {
            set_not_null(reader, oid, relation, &id, &raw);
            continue;
        }
        let index = match kind {
            'p' | 'u' | 'x' => indexes.remove(&raw.index),
            _ => None,
        };
        if matches!(kind, 'p' | 'u' | 'x') {
            reader
                .addresses
                .insert_part(Address::whole(class::CLASS, raw.index), id.clone());
        }
        if kind == 'c' && !raw.is_local {
            reader.catalog.inherited.insert(id.clone());
        }
        let constraint = raw.constraint(reader, kind, relation, index, &id)?;
        reader.insert(
            Address::whole(class::CONSTRAINT, oid),
            &id,
            Definition::Constraint(constraint),
        );
        reader.depends(&id, &table);
    }
    Ok(indexes)
}

/// A row of `pg_constraint`, columns by number.
struct RawConstraint {
    enforced: bool,
    has_period: bool,
    validated: bool,
    is_deferrable: bool,
    is_deferred: bool,
    no_inherit: bool,
    index: Oid,
    columns: Option<Vec<i16>>,
    referenced: Oid,
    referenced_columns: Option<Vec<i16>>,
    match_type: char,
    on_update: char,
    on_delete: char,
    on_delete_columns: Option<Vec<i16>>,
    expression: Option<String>,
    operators: Option<Vec<String>>,
    referenced_schema: Option<String>,
    referenced_name: Option<String>,
    referenced_column_names: Option<Vec<String>>,
    is_local: bool,
    parent: Option<(Oid, String)>,
}

impl RawConstraint {
    fn take(row: &mut Fields) -> Result<Self, ReadError> {
        Ok(Self {
            enforced: row.take()?,
            has_period: row.take()?,
            validated: row.take()?,
            is_deferrable: row.take()?,
            is_deferred: row.take()?,
            no_inherit: row.take()?,
            index: row.take()?,
            columns: row.take()?,
            referenced: row.take()?,
            referenced_columns: row.take()?,
            match_type: row.take_char()?,
            on_update: row.take_char()?,
            on_delete: row.take_char()?,
            on_delete_columns: row.take()?,
            expression: row.take()?,
            operators: row.take()?,
            referenced_schema: row.take()?,
            referenced_name: row.take()?,
            referenced_column_names: row.take()?,
            is_local: row.take()?,
            parent: row.take::<Option<Oid>>()?.zip(row.take()?),
        })
    }

    /// The facts of it.
    fn constraint(
        self,
        reader: &mut Reader<'_>,
        kind: char,
        relation: Oid,
        index: Option<FoundIndex>,
        id: &ObjectId,
    ) -> Result<Constraint, ReadError> {
        let (enforced, validated) = (self.enforced, self.validated);
        let partition_of = self.parent.as_ref().and_then(|(relation, name)| {
            let relation = reader.relations.get(relation)?;
            Some(ObjectId::in_relation(Kind::Constraint, &relation.name, name))
        });
        let deferrable = match (self.is_deferrable, self.is_deferred) {
            (false, _) => Deferrable::No,
            (true, false) => Deferrable::InitiallyImmediate,
            (true, true) => Deferrable::InitiallyDeferred,
        };
        let definition = match kind {
            'p' => ConstraintKind::PrimaryKey(self.key(reader, relation, index, id)?),
            'u' => ConstraintKind::Unique(self.key(reader, relation, index, id)?),
            'x' => ConstraintKind::Exclusion(self.exclusion(reader, index, id)?),
            'f' => ConstraintKind::ForeignKey(self.foreign_key(reader, relation, id)?),
            _ => ConstraintKind::Check(CheckConstraint {
                expression: self
                    .expression
                    .ok_or_else(|| ReadError::inconsistent(id, "its condition"))?,
                no_inherit: self.no_inherit,
            }),
        };
        Ok(Constraint {
            definition,
            enforced,
            validated,
            deferrable,
            partition_of,
        })
    }

    fn key(
        self,
        reader: &mut Reader<'_>,
        relation: Oid,
        index: Option<FoundIndex>,
        id: &ObjectId,
    ) -> Result<KeyConstraint, ReadError> {
        let index = valid_index(reader, index, id)?;
        Ok(KeyConstraint {
            columns: column_names(reader, relation, self.columns, id)?,
            without_overlaps: self.has_period,
            include: index.include,
            nulls_not_distinct: index.nulls_not_distinct,
            index: constraint_index(index.settings),
        })
    }

    fn exclusion(
        self,
        reader: &mut Reader<'_>,
        index: Option<FoundIndex>,
        id: &ObjectId,
    ) -> Result<ExclusionConstraint, ReadError> {
        let index = valid_index(reader, index, id)?;
        Ok(ExclusionConstraint {
            method: index.method,
            keys: index.keys,
            operators: self.operators.unwrap_or_default(),
            include: index.include,
            predicate: index.predicate,
            index: constraint_index(index.settings),
        })
    }

    fn foreign_key(self, reader: &Reader<'_>, relation: Oid, id: &ObjectId) -> Result<ForeignKey, ReadError> {
        let columns = column_names(reader, relation, self.columns, id)?;
        let references = self
            .referenced_schema
            .zip(self.referenced_name)
            .map(|(schema, name)| QualifiedName { schema, name })
            .ok_or_else(|| ReadError::inconsistent(id, format!("table {}", self.referenced)))?;
        let referenced_columns = match self.referenced_column_names {
            Some(names) => names,
            None => column_names(reader, self.referenced, self.referenced_columns, id)?,
        };
        Ok(ForeignKey {
            columns,
            references,
            referenced_columns,
            period: self.has_period,
            match_type: match self.match_type {
                'f' => MatchType::Full,
                _ => MatchType::Simple,
            },
            on_update: action(self.on_update),
            on_delete: action(self.on_delete),
            on_delete_columns: column_names(reader, relation, self.on_delete_columns, id)?,
        })
    }
}

/// `FKCONSTR_ACTION_*`.
fn action(code: char) -> ReferentialAction {
    match code {
        'r' => ReferentialAction::Restrict,
        'c' => ReferentialAction::Cascade,
        'n' => ReferentialAction::SetNull,
        'd' => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}

fn column_names(
    reader: &Reader<'_>,
    relation: Oid,
    numbers: Option<Vec<i16>>,
    id: &ObjectId,
) -> Result<Vec<String>, ReadError> {
    numbers
        .unwrap_or_default()
        .into_iter()
        .map(|number| Ok(reader.column(relation, number, || id.to_string())?.name.clone()))
        .collect()
}

/// The index of a constraint, which is named where it is not usable: PostgreSQL makes no such constraint, but a
/// failed `REINDEX CONCURRENTLY` or a damaged database leaves one.
fn valid_index(
    reader: &mut Reader<'_>,
    index: Option<FoundIndex>,
    id: &ObjectId,
) -> Result<Index, ReadError> {
    let found = index.ok_or_else(|| ReadError::inconsistent(id, "its index"))?;
    if !found.index.valid {
        reader.unread("invalid index of a constraint", &found.name);
    }
    Ok(found.index)
}

/// The comment is filled in with the others.
fn constraint_index(settings: IndexSettings) -> ConstraintIndex {
    ConstraintIndex {
        settings,
        comment: None,
    }
}

/// From 18, `NOT NULL` is a constraint with a name and a state. Here it is an attribute of its column.
fn set_not_null(reader: &mut Reader<'_>, oid: Oid, relation: Oid, id: &ObjectId, constraint: &RawConstraint) {
    let column = constraint
        .columns
        .as_ref()
        .and_then(|columns| columns.first())
        .and_then(|number| reader.addresses.get(Address::column(relation, *number)))
        .cloned();
    let Some(column) = column else {
        return;
    };
    if let Some(object) = reader.catalog.objects.get_mut(&column)
        && let Definition::Column(facts) = &mut object.definition
    {
        facts.not_null_constraint = Some(NotNullConstraint {
            name: id.name().to_owned(),
            validated: constraint.validated,
            no_inherit: constraint.no_inherit,
            // Filled in with the others.
            comment: None,
        });
    }
    if !constraint.is_local {
        reader.catalog.inherited_not_null.insert(column.clone());
    }
    reader
        .addresses
        .insert_part(Address::whole(class::CONSTRAINT, oid), column);
}
