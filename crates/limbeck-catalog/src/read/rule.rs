//! Rules of tables and views (`pg_rewrite`).

use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::{Reader, Standing};
use crate::{Definition, Kind, ObjectId, Rule};

/// All but the rule that makes a view; what one on an extension's table uses.
const SQL: &str = "
SELECT r.oid, r.ev_class, r.rulename, r.ev_enabled, pg_get_ruledef(r.oid),
       CASE WHEN e.objid IS NOT NULL THEN
           ARRAY(SELECT unnest(ARRAY[d.refclassid, d.refobjid]) FROM pg_depend d
                 WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid)
       END
FROM pg_rewrite r
     JOIN pg_class c ON c.oid = r.ev_class
     LEFT JOIN pg_depend e ON e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
WHERE c.relnamespace = ANY ($1) AND r.rulename <> '_RETURN'";

/// Reads all rules.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("rules", SQL).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let relation: Oid = row.take()?;
        let name: String = row.take()?;
        let enabled = row.take_char()?;
        let definition: String = row.take()?;
        let used: Option<Vec<Oid>> = row.take()?;
        let Some(relation) = reader.relations.get(&relation) else {
            continue;
        };
        let relation_id = relation.id.clone();
        let id = ObjectId::in_relation(Kind::Rule, &relation.name, name);
        match relation.standing {
            Standing::Ours => {}
            Standing::Member if reader.is_any_ours(used.as_deref()) => {}
            Standing::Member => {
                reader.unread("rule on an extension's table", &id.sql_name());
                continue;
            }
            Standing::NotRead => continue,
        }
        let rule = Rule {
            definition: definition.trim_end().trim_end_matches(';').to_owned(),
            enabled,
        };
        reader.insert_on_relation(
            Address::whole(class::REWRITE, oid),
            &relation_id,
            &id,
            Definition::Rule(rule),
        );
    }
    Ok(())
}
