//! Operator classes (`pg_opclass`): their names, and which of them an index takes when none is named.

use std::collections::{HashMap, HashSet};

use limbeck_sql::QualifiedName;
use tokio_postgres::types::Oid;

use super::ReadError;
use super::reader::Reader;

const SQL: &str = "
SELECT o.oid, n.nspname, o.opcname, o.opcmethod, o.opcintype, o.opcdefault, o.opckeytype <> 0,
       t.typispreferred OR t.typtype = 'p'
FROM pg_opclass o
     JOIN pg_namespace n ON n.oid = o.opcnamespace
     JOIN pg_type t ON t.oid = o.opcintype
WHERE $1::oid[] IS NOT NULL";

/// All operator classes of a database.
#[derive(Default)]
pub(super) struct OperatorClasses {
    classes: HashMap<Oid, OperatorClass>,
    /// Method and type of each class that is the default of exactly that type.
    defaults: HashSet<(Oid, Oid)>,
}

struct OperatorClass {
    name: QualifiedName,
    method: Oid,
    input: Oid,
    is_default: bool,
    /// Whether the index stores another type than the key's.
    stores_other_type: bool,
    /// Whether other types come to this class by default: it takes a preferred type of its category (`text` for
    /// `character varying`), or a pseudo-type (`anyenum`, `anyarray`).
    serves_others: bool,
}

impl OperatorClasses {
    /// Reads all operator classes.
    pub(super) async fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let mut all = Self::default();
        let mut rows = reader.rows("operator classes", SQL).await?;
        while let Some(mut row) = rows.next().await? {
            let oid: Oid = row.take()?;
            let class = OperatorClass {
                name: QualifiedName {
                    schema: row.take()?,
                    name: row.take()?,
                },
                method: row.take()?,
                input: row.take()?,
                is_default: row.take()?,
                stores_other_type: row.take()?,
                serves_others: row.take()?,
            };
            if class.is_default {
                all.defaults.insert((class.method, class.input));
            }
            all.classes.insert(oid, class);
        }
        Ok(all)
    }

    /// The name of a class, `None` where an index on a key of this type takes it anyway. `stored` is the type that
    /// the index's own column has, which is the key's unless the class stores another; a column key's type is given
    /// as `key`. A class with parameters is always named: they can stand only after its name.
    ///
    /// This is `GetDefaultOpClass` of PostgreSQL, on the safe side: what it cannot tell for certain is named.
    pub(super) fn named(
        &self,
        oid: Oid,
        key: Option<Oid>,
        stored: Option<Oid>,
        has_parameters: bool,
        object: impl Fn() -> String,
    ) -> Result<Option<QualifiedName>, ReadError> {
        let class = self
            .classes
            .get(&oid)
            .ok_or_else(|| ReadError::inconsistent(object(), format!("operator class {oid}")))?;
        let key = key.or(if class.stores_other_type { None } else { stored });
        let is_taken_anyway = !has_parameters
            && class.is_default
            && key.is_none_or(|key| {
                key == class.input || (class.serves_others && !self.defaults.contains(&(class.method, key)))
            });
        Ok((!is_taken_anyway).then(|| class.name.clone()))
    }
}

/// SQL for the operator that a column points at, qualified unless it lies in `pg_catalog`: `&&`, `OPERATOR(public.&&)`.
pub(super) fn operator_name(column: &str) -> String {
    format!(
        "(SELECT CASE n.nspname WHEN 'pg_catalog' THEN o.oprname
                 ELSE format('OPERATOR(%I.%s)', n.nspname, o.oprname) END
         FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid = {column})"
    )
}
