//! A row in every table.
//!
//! Rows are made up by type: every column of one type gets one value, so that foreign keys find what they refer
//! to. Several values are tried, first with NULL wherever it is allowed, since only the table itself knows what
//! its checks accept. Where a check lists what a column may hold, as that of an enum kept as text does, the first of those is
//! the column's value; and where nothing else is taken, columns hold their constant defaults.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{Catalog, Column, ConstraintKind, Definition, Kind, ObjectId};
use limbeck_postgres::Session;
use limbeck_sql::{quote_identifier, quote_literal};

use crate::{Error, error};

/// Texts that are tried as values, the likeliest first. What a type does not take is left out for it.
const CANDIDATES: [&str; 22] = [
    "1",
    "a",
    "true",
    "2000-01-01 00:00:00+00",
    "00000000-0000-0000-0000-000000000001",
    "{}",
    "0",
    "10",
    "a@example.org",
    "https://example.org",
    "1 day",
    "12:00",
    "192.0.2.1",
    "08:00:2b:01:02:03",
    "[1,2)",
    "[2000-01-01,2000-01-02)",
    "(1,1)",
    "((0,0),(1,1))",
    "{1,-1,0}",
    "<a/>",
    "0/0",
    "-1",
];

/// What columns are given.
struct Values {
    /// Values by type, as SQL.
    by_type: BTreeMap<String, Vec<String>>,
    /// Those of single columns, of which a check lists what they may hold.
    listed: BTreeMap<ObjectId, String>,
}

/// What stands in a row besides values.
#[derive(Clone, Copy)]
struct Shape {
    /// NULL where that is allowed.
    nulls: bool,
    /// The default where that is a constant.
    defaults: bool,
}

/// Puts a row into every table that has none and is not to be left empty, with NULL where that is allowed but in the
/// columns that are to have a value. Tables for which no row is found join
/// those that stay empty.
pub(super) async fn seed(
    session: &Session,
    catalog: &Catalog,
    valued: &BTreeSet<ObjectId>,
    empty: &mut BTreeSet<ObjectId>,
) -> Result<(), Error> {
    let values = values(session, catalog).await?;
    // Foreign keys and triggers would demand an order and effects; they are looked at when the revision runs. Who may
    // not do without them goes by that order: table after table, as long as one more can be filled.
    let is_free = match session.execute("SET session_replication_role = replica").await {
        Ok(()) => true,
        Err(error) if error.sqlstate() == Some("42501") => false,
        Err(error) => return Err(error::from_database(error)),
    };
    let mut waiting: Vec<&ObjectId> = catalog
        .objects
        .iter()
        .filter(|(id, object)| matches!(object.definition, Definition::Table(_)) && !empty.contains(*id))
        .map(|(id, _)| id)
        .collect();
    session.execute(FILL).await.map_err(error::from_database)?;
    loop {
        let before = waiting.len();
        waiting = fill(session, catalog, waiting, valued, &values).await?;
        if is_free || waiting.is_empty() || waiting.len() == before {
            empty.extend(waiting.into_iter().cloned());
            break;
        }
    }
    if is_free {
        session
            .execute("SET session_replication_role = origin")
            .await
            .map_err(error::from_database)?;
    }
    Ok(())
}

/// Runs one statement for each table that has no row, and returns the numbers of those that failed. All in one call: there
/// may be thousands of tables.
const FILL: &str = "CREATE OR REPLACE FUNCTION pg_temp.limbeck_fill(tables text[], statements text[]) RETURNS SETOF integer \
     LANGUAGE plpgsql AS $$ DECLARE has_row boolean; BEGIN \
     SET CONSTRAINTS ALL IMMEDIATE; \
     FOR n IN 1..cardinality(tables) LOOP BEGIN \
     EXECUTE 'SELECT EXISTS (SELECT FROM ' || tables[n] || ')' INTO has_row; \
     IF NOT has_row THEN EXECUTE statements[n]; END IF; \
     EXCEPTION WHEN OTHERS THEN RETURN NEXT n; END; END LOOP; END $$";

/// Tries one row after the other, each for all tables that have none yet; returns the tables that took none.
async fn fill<'a>(
    session: &Session,
    catalog: &Catalog,
    mut waiting: Vec<&'a ObjectId>,
    valued: &BTreeSet<ObjectId>,
    values: &Values,
) -> Result<Vec<&'a ObjectId>, Error> {
    // Beyond that there are but labels of enums, which columns of text take as well.
    let most = values
        .by_type
        .values()
        .map(Vec::len)
        .max()
        .unwrap_or(1)
        .min(CANDIDATES.len() + MOST_BOUNDS);
    let mut refusing = Vec::new();
    for defaults in [false, true] {
        if defaults {
            // For the others the same rows would be tried again.
            (waiting, refusing) = waiting.into_iter().partition(|table| {
                let columns = writable_columns(catalog, table);
                columns.iter().any(|(_, column)| has_constant_default(column))
            });
        }
        for nth in 0..most {
            for nulls in [true, false] {
                if waiting.is_empty() {
                    break;
                }
                let shape = Shape { nulls, defaults };
                let rows = waiting
                    .iter()
                    .map(|table| insertion(catalog, table, valued, values, nth, shape));
                let refused = refused(session, &waiting, rows.collect()).await?;
                let mut number = 0;
                waiting.retain(|_| {
                    number += 1;
                    refused.contains(&number)
                });
            }
        }
    }
    refusing.extend(waiting);
    refusing.sort_unstable();
    Ok(refusing)
}

/// Runs the statement of each table that has no row, and returns the numbers of those that failed, from 1.
async fn refused(
    session: &Session,
    tables: &[&ObjectId],
    statements: Vec<String>,
) -> Result<BTreeSet<usize>, Error> {
    let list = |texts: Vec<String>| {
        let quoted: Vec<String> = texts.iter().map(|text| quote_literal(text)).collect();
        quoted.join(", ")
    };
    let sql = format!(
        "SELECT pg_temp.limbeck_fill(ARRAY[{}]::text[], ARRAY[{}]::text[])",
        list(tables.iter().map(|table| table.sql_name()).collect()),
        list(statements),
    );
    let rows = session.query_text(&sql).await.map_err(error::from_database)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_iter().next()??.parse().ok())
        .collect())
}

/// The statement that puts the nth row into a table.
fn insertion(
    catalog: &Catalog,
    table: &ObjectId,
    valued: &BTreeSet<ObjectId>,
    values: &Values,
    nth: usize,
    shape: Shape,
) -> String {
    let columns = writable_columns(catalog, table);
    if columns.is_empty() {
        return format!("INSERT INTO {} DEFAULT VALUES", table.sql_name());
    }
    let names: Vec<_> = columns
        .iter()
        .map(|(id, _)| quote_identifier(id.name()))
        .collect();
    let row: Vec<String> = columns
        .iter()
        .map(|(id, column)| {
            let shape = Shape {
                nulls: shape.nulls && !valued.contains(id),
                ..shape
            };
            value(id, column, values, nth, shape)
        })
        .collect();
    format!(
        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})",
        table.sql_name(),
        names.join(", "),
        row.join(", ")
    )
}

/// The nth value for a column, or the last one that its type has.
fn value(id: &ObjectId, column: &Column, values: &Values, nth: usize, shape: Shape) -> String {
    if shape.nulls && !column.not_null {
        return "NULL".to_owned();
    }
    if shape.defaults && has_constant_default(column) {
        return "DEFAULT".to_owned();
    }
    if let Some(listed) = values.listed.get(id) {
        return listed.clone();
    }
    values
        .by_type
        .get(&column.data_type)
        .and_then(|values| values.get(nth).or_else(|| values.last()))
        .map_or_else(|| "DEFAULT".to_owned(), Clone::clone)
}

/// Whether a column's default, as PostgreSQL prints it, is a literal. What others come to may be another value for each row.
fn has_constant_default(column: &Column) -> bool {
    let default = column.default.as_deref().unwrap_or_default();
    default.starts_with(|first: char| first == '\'' || first.is_ascii_digit())
}

fn writable_columns<'a>(catalog: &'a Catalog, table: &ObjectId) -> Vec<(ObjectId, &'a Column)> {
    let Some(relation) = table.qualified_name() else {
        return Vec::new();
    };
    let names = catalog
        .column_order
        .get(table)
        .map(Vec::as_slice)
        .unwrap_or_default();
    names
        .iter()
        .filter_map(|name| {
            let id = ObjectId::in_relation(Kind::Column, &relation, name);
            match catalog.definition(&id) {
                Some(Definition::Column(column)) if column.generated.is_none() => Some((id, column)),
                _ => None,
            }
        })
        .collect()
}

/// How many values are taken from the bounds of partitions.
const MOST_BOUNDS: usize = 32;

/// The first value of each bound of a partition: a row with it belongs there.
fn bounds(catalog: &Catalog) -> BTreeSet<String> {
    let tables = catalog
        .objects
        .values()
        .filter_map(|object| object.definition.parents().partition_of);
    tables
        .filter_map(|partition| first_value(&partition.bound))
        .take(MOST_BOUNDS)
        .collect()
}

/// `FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')` begins with `2020-01-01`.
fn first_value(bound: &str) -> Option<String> {
    let (_, list) = bound.split_once('(').filter(|(what, _)| !what.contains("WITH"))?;
    if list.starts_with('\'') {
        return literal(list);
    }
    let value = list.split([',', ')']).next()?.trim();
    value.parse::<f64>().is_ok().then(|| value.to_owned())
}

/// The columns of which a check says that they hold one of several texts, with the first of these.
fn listed(catalog: &Catalog) -> BTreeMap<ObjectId, String> {
    let mut listed = BTreeMap::new();
    for (id, object) in &catalog.objects {
        if let Definition::Constraint(constraint) = &object.definition
            && let ConstraintKind::Check(check) = &constraint.definition
            && let Some(relation) = id.qualified_name()
            && let Some((column, text)) = first_listed(&check.expression)
        {
            let column = ObjectId::in_relation(Kind::Column, &relation, column);
            listed.entry(column).or_insert_with(|| quote_literal(&text));
        }
    }
    listed
}

/// `(state = ANY (ARRAY['draft'::text, 'published'::text]))` is about `state`, and begins with `draft`.
fn first_listed(expression: &str) -> Option<(String, String)> {
    let (column, list) = expression.split_once(" = ANY (")?;
    let column = column.trim_start_matches('(');
    let column = column.strip_suffix(")::text").unwrap_or(column);
    let text = literal(list.trim_start_matches('(').strip_prefix("ARRAY[")?)?;
    Some((unquoted_identifier(column)?, text))
}

/// A name as it is stored, of one that PostgreSQL printed.
fn unquoted_identifier(name: &str) -> Option<String> {
    let plain = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    let stored = plain.map_or_else(|| name.to_owned(), |quoted| quoted.replace("\"\"", "\""));
    (quote_identifier(&stored) == name).then_some(stored)
}

/// What the literal holds that a text begins with.
fn literal(text: &str) -> Option<String> {
    let quoted = text.strip_prefix('\'')?;
    let mut value = String::new();
    let mut rest = quoted.chars().peekable();
    while let Some(character) = rest.next() {
        // A quote inside is doubled.
        if character == '\'' && rest.next_if_eq(&'\'').is_none() {
            return Some(value);
        }
        value.push(character);
    }
    None
}

/// Asks the server which candidates each type takes.
async fn values(session: &Session, catalog: &Catalog) -> Result<Values, Error> {
    let types: BTreeSet<&str> = catalog
        .objects
        .values()
        .filter_map(|object| match &object.definition {
            Definition::Column(column) => Some(column.data_type.as_str()),
            _ => None,
        })
        .collect();
    let labels = catalog
        .objects
        .values()
        .filter_map(|object| match &object.definition {
            Definition::Enum(enum_type) => enum_type.labels.first().map(String::as_str),
            _ => None,
        });
    let bounds = bounds(catalog);
    let bounds = bounds.iter().map(String::as_str);
    let candidates: Vec<&str> = CANDIDATES.into_iter().chain(bounds).chain(labels).collect();
    let mut seen = BTreeSet::new();
    let candidates: Vec<&str> = candidates
        .into_iter()
        .filter(|candidate| seen.insert(*candidate))
        .collect();
    let array =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(quote_literal).collect::<Vec<_>>().join(", ");
    let sql = "CREATE OR REPLACE FUNCTION pg_temp.limbeck_takes(type_name text, candidate text) RETURNS boolean \
         LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('SELECT %L::%s', candidate, type_name); RETURN true; \
         EXCEPTION WHEN OTHERS THEN RETURN false; END $$";
    session.execute(sql).await.map_err(error::from_database)?;
    let sql = format!(
        "SELECT t.name, c.value FROM unnest(ARRAY[{}]::text[]) AS t (name), \
         unnest(ARRAY[{}]::text[]) WITH ORDINALITY AS c (value, n) \
         WHERE pg_temp.limbeck_takes(t.name, c.value) ORDER BY t.name, c.n",
        array(&mut types.iter().copied()),
        array(&mut candidates.iter().copied()),
    );
    let mut by_type: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in session.query_text(&sql).await.map_err(error::from_database)? {
        if let [Some(type_name), Some(candidate)] = row.as_slice() {
            let literal = format!("{}::{type_name}", quote_literal(candidate));
            by_type.entry(type_name.clone()).or_default().push(literal);
        }
    }
    Ok(Values {
        by_type,
        listed: listed(catalog),
    })
}

#[cfg(test)]
mod tests {
    use super::{first_listed, first_value};

    #[test]
    fn a_check_tells_what_its_column_may_hold() {
        let cases = [
            (
                "state = ANY (ARRAY['draft'::text, 'published'::text])",
                Some(("state", "draft")),
            ),
            ("(state = ANY (ARRAY['it''s'::text]))", Some(("state", "it's"))),
            (
                "((\"the state\")::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
                Some(("the state", "a")),
            ),
            ("lower(state) = ANY (ARRAY['a'::text])", None),
            ("state = ANY (ARRAY[1, 2])", None),
            ("price > (0)::numeric", None),
        ];
        for (expression, listed) in cases {
            let found = first_listed(expression);
            let found = found
                .as_ref()
                .map(|(column, text)| (column.as_str(), text.as_str()));
            assert_eq!(found, listed, "{expression}");
        }
    }

    #[test]
    fn a_bound_tells_a_value_that_belongs_to_it() {
        let cases = [
            (
                "FOR VALUES FROM ('2020-01-01', 1) TO ('2021-01-01', 1)",
                Some("2020-01-01"),
            ),
            ("FOR VALUES IN ('it''s', NULL)", Some("it's")),
            ("FOR VALUES IN (7)", Some("7")),
            ("FOR VALUES FROM (MINVALUE) TO (10)", None),
            ("FOR VALUES WITH (modulus 2, remainder 0)", None),
            ("DEFAULT", None),
        ];
        for (bound, value) in cases {
            assert_eq!(first_value(bound).as_deref(), value, "{bound}");
        }
    }
}
