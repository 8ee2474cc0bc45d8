//! Whether two texts that PostgreSQL printed mean the same.
//!
//! PostgreSQL's printing is no fixed point: `a IN ('x', 'y')` over a `varchar` prints one way, and that text, run
//! again, prints another. So where two texts differ, each is run once more on its own side, and what is printed then
//! is compared. The text to run is taken from the server and not from the catalogue, so that it bears the names that
//! renames have given meanwhile.

use limbeck_catalog::{Definition, Kind, ObjectId};
use limbeck_sql::{quote_identifier, quote_literal};

use crate::probe::{Answer, Questions, Side};
use crate::render::{regclass, relation};

/// The name of what a probe creates beside the object that it asks of.
const PROBE: &str = "limbeck_probe";

/// Whether the texts of an object that is on both sides print the same once they have been run again; `None` while
/// the question is open.
pub(crate) fn is_equal(questions: &mut Questions<'_>, id: &ObjectId, before: &Definition) -> Option<bool> {
    let Some((setup, read)) = probe(id, before) else {
        return Some(false);
    };
    let topic = format!("print {id}");
    let current = questions.ask(&topic, Side::Current, vec![setup.clone()], read.clone());
    let wanted = questions.ask(&topic, Side::Wanted, vec![setup], read);
    match (current?, wanted?) {
        (Answer::Text(current), Answer::Text(wanted)) => Some(current == wanted),
        // A text that cannot be run again is compared as it stands.
        _ => Some(false),
    }
}

/// The statement that runs an object's text once more, and the query that reads what is printed then.
fn probe(id: &ObjectId, definition: &Definition) -> Option<(String, String)> {
    let relation = relation(id);
    let name = quote_identifier(id.name());
    let read_default = |column: &str| {
        format!(
            "SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_attribute a \
             ON a.attrelid = d.adrelid AND a.attnum = d.adnum \
             WHERE d.adrelid = {}::regclass AND a.attname = {}",
            regclass(&relation),
            quote_literal(column)
        )
    };
    match definition {
        Definition::Column(column) if column.generated.is_some() => {
            let add = format!(
                "ALTER TABLE {relation} ADD COLUMN {PROBE} {} GENERATED ALWAYS AS (",
                column.data_type
            );
            let run = format!("EXECUTE {} || printed || ') STORED'", quote_literal(&add));
            Some((run_again(&read_default(id.name()), &[run]), read_default(PROBE)))
        }
        Definition::Column(_) => {
            let read = read_default(id.name());
            let set = format!("ALTER TABLE {relation} ALTER COLUMN {name} SET DEFAULT ");
            let run = format!("EXECUTE {} || printed", quote_literal(&set));
            Some((run_again(&read, &[run]), read))
        }
        Definition::Constraint(_) => {
            let read = format!(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = {}::regclass AND conname = {}",
                regclass(&relation),
                quote_literal(id.name())
            );
            let drop = format!("ALTER TABLE {relation} DROP CONSTRAINT {name} CASCADE");
            let add = format!("ALTER TABLE {relation} ADD CONSTRAINT {name} ");
            let run = format!("EXECUTE {} || printed", quote_literal(&add));
            Some((run_again(&read, &[drop, run]), read))
        }
        Definition::Domain(_) => {
            let read = format!(
                "SELECT pg_get_expr(typdefaultbin, 0) FROM pg_type WHERE oid = {}::regtype",
                regclass(&relation)
            );
            let set = format!("ALTER DOMAIN {relation} SET DEFAULT ");
            let run = format!("EXECUTE {} || printed", quote_literal(&set));
            Some((run_again(&read, &[run]), read))
        }
        Definition::DomainConstraint(_) => {
            let read = format!(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = {}::regtype AND conname = {}",
                regclass(&relation),
                quote_literal(id.name())
            );
            let drop = format!("ALTER DOMAIN {relation} DROP CONSTRAINT {name}");
            let add = format!("ALTER DOMAIN {relation} ADD CONSTRAINT {name} ");
            let run = format!("EXECUTE {} || printed", quote_literal(&add));
            Some((run_again(&read, &[drop, run]), read))
        }
        Definition::Index(_) => {
            let read = format!("SELECT pg_get_indexdef({}::regclass)", regclass(&relation));
            let drop = format!("DROP INDEX {relation} CASCADE");
            Some((run_again(&read, &[drop, "EXECUTE printed".to_owned()]), read))
        }
        Definition::Table(_) | Definition::ForeignTable(_) => {
            let read = |table: &str| {
                format!(
                    "SELECT concat_ws(' ', pg_get_partkeydef(c.oid), pg_get_expr(b.relpartbound, b.oid)) \
                     FROM pg_class c, pg_class b WHERE c.oid = {}::regclass AND b.oid = {}::regclass",
                    regclass(table),
                    regclass(&relation)
                )
            };
            let schema = quote_identifier(id.schema().unwrap_or_default());
            let again = format!("{schema}.{PROBE}");
            let printed = format!("SELECT pg_get_partkeydef({}::regclass)", regclass(&relation));
            let create = format!("CREATE TABLE {again} (LIKE {relation}) PARTITION BY ");
            let run = format!(
                "EXECUTE coalesce({} || printed, {})",
                quote_literal(&create),
                quote_literal(&format!("CREATE TABLE {again} ()"))
            );
            Some((run_again(&printed, &[run]), read(&again)))
        }
        Definition::View(_) => {
            let read = |view: &str| format!("SELECT pg_get_viewdef({}::regclass)", regclass(view));
            let schema = quote_identifier(id.schema().unwrap_or_default());
            let again = format!("{schema}.{PROBE}");
            let create = if id.kind == Kind::MaterializedView {
                format!("CREATE MATERIALIZED VIEW {again} AS ")
            } else {
                format!("CREATE VIEW {again} AS ")
            };
            let run = format!("EXECUTE {} || printed", quote_literal(&create));
            Some((run_again(&read(&relation), &[run]), read(&again)))
        }
        Definition::Routine(_) => {
            let read = format!(
                "SELECT pg_get_functiondef({}::regprocedure)",
                regclass(&id.sql_name())
            );
            Some((run_again(&read, &["EXECUTE printed".to_owned()]), read))
        }
        Definition::Trigger(_) => {
            let read = format!(
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = {}::regclass AND tgname = {}",
                regclass(&relation),
                quote_literal(id.name())
            );
            let drop = format!("DROP TRIGGER {name} ON {relation}");
            Some((run_again(&read, &[drop, "EXECUTE printed".to_owned()]), read))
        }
        Definition::Rule(_) => {
            let read = format!(
                "SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = {}::regclass AND rulename = {}",
                regclass(&relation),
                quote_literal(id.name())
            );
            let drop = format!("DROP RULE {name} ON {relation}");
            Some((run_again(&read, &[drop, "EXECUTE printed".to_owned()]), read))
        }
        Definition::Policy(_) => {
            let read = format!(
                "SELECT concat(' USING (' || pg_get_expr(polqual, polrelid) || ')', ' WITH CHECK (' || \
                 pg_get_expr(polwithcheck, polrelid) || ')') FROM pg_policy WHERE polrelid = {}::regclass AND polname = {}",
                regclass(&relation),
                quote_literal(id.name())
            );
            let alter = format!("ALTER POLICY {name} ON {relation}");
            let run = format!("EXECUTE {} || printed", quote_literal(&alter));
            Some((run_again(&read, &[run]), read))
        }
        Definition::Statistics(_) => {
            let read = format!(
                "SELECT pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s JOIN pg_namespace n \
                 ON n.oid = s.stxnamespace WHERE n.nspname = {} AND s.stxname = {}",
                quote_literal(id.schema().unwrap_or_default()),
                quote_literal(id.name())
            );
            let drop = format!("DROP STATISTICS {}", id.sql_name());
            Some((run_again(&read, &[drop, "EXECUTE printed".to_owned()]), read))
        }
        Definition::Publication(_) => {
            let read = format!(
                "SELECT string_agg(r.prrelid::regclass || ' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', \
                 ', ' ORDER BY r.prrelid::regclass::text) FROM pg_publication_rel r JOIN pg_publication p \
                 ON p.oid = r.prpubid WHERE r.prqual IS NOT NULL AND p.pubname = {}",
                quote_literal(id.name())
            );
            let set = format!("ALTER PUBLICATION {name} SET TABLE ");
            let run = format!("EXECUTE {} || printed", quote_literal(&set));
            Some((run_again(&read, &[run]), read))
        }
        _ => None,
    }
}

/// A `DO` block that reads a text into `printed` and runs it.
fn run_again(read: &str, statements: &[String]) -> String {
    format!(
        "DO $limbeck$\nDECLARE\n    printed text;\nBEGIN\n    printed := ({read});\n    {};\nEND\n$limbeck$",
        statements.join(";\n    ")
    )
}
