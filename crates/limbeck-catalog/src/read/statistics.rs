//! Extended statistics (`pg_statistic_ext`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::{Reader, Standing};
use crate::{Definition, Kind, ObjectId, Statistics, StatisticsKind};

/// No target of its own is -1 until PostgreSQL 16, and then NULL.
const SQL: &str = "
SELECT s.oid, s.stxrelid, s.stxnamespace, s.stxname, s.stxkeys::int2[], s.stxkind::text[],
       pg_get_statisticsobjdef_expressions(s.oid), nullif(s.stxstattarget, -1)::int2
FROM pg_statistic_ext s
WHERE s.stxnamespace = ANY ($1)";

/// Reads all extended statistics but those of extensions and of relations that are not read.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("extended statistics", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let relation_oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        if reader.is_member(class::STATISTIC_EXT, oid) {
            continue;
        }
        let Some(relation) = reader.relations.get(&relation_oid) else {
            reader.unread("extended statistics of a relation that is not read", &name);
            continue;
        };
        if relation.standing == Standing::NotRead {
            continue;
        }
        let relation = relation.id.clone();
        let id = ObjectId::in_schema(Kind::Statistics, name.schema, name.name);
        let numbers: Vec<i16> = row.take()?;
        let columns = numbers
            .into_iter()
            .map(|number| {
                let column = reader.column(relation_oid, number, || id.to_string())?;
                Ok(column.name.clone())
            })
            .collect::<Result<_, ReadError>>()?;
        let letters: Vec<String> = row.take()?;
        let expressions: Option<Vec<String>> = row.take()?;
        let statistics = Statistics {
            relation: relation.clone(),
            kinds: letters.iter().filter_map(|letter| kind(letter)).collect(),
            columns,
            expressions: expressions.unwrap_or_default(),
            target: row.take()?,
        };
        let address = Address::whole(class::STATISTIC_EXT, oid);
        reader.insert_in_schema(address, schema, &id, Definition::Statistics(statistics));
        reader.depends_on_relation(&id, &relation);
    }
    Ok(())
}

/// What is learnt, by its letter. `e` only says that there are expressions.
fn kind(letter: &str) -> Option<StatisticsKind> {
    match letter {
        "d" => Some(StatisticsKind::Ndistinct),
        "f" => Some(StatisticsKind::Dependencies),
        "m" => Some(StatisticsKind::Mcv),
        _ => None,
    }
}
