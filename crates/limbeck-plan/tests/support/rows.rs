//! Rows in every table that takes one, and whether they are there still.

use std::collections::BTreeMap;

use limbeck_catalog::{Catalog, Definition, Kind, ObjectId};
use limbeck_plan::{Loss, Plan, Rename, Verb};
use limbeck_sql::{QualifiedName, quote_identifier};

use super::{Bench, Hints, State};

/// Puts a row into each table, in whatever order foreign keys allow. All columns of one type get the same value, so that
/// foreign keys find what they refer to. It shares no code with the program, and needs none: the server knows its tables.
const SEED: &str = r"
DO $seed$
DECLARE
    candidates CONSTANT text[] := ARRAY['1', 'a', 'true', '2020-01-31 12:00:00+00', '{}', '[1,2)', '2', 'low',
        '00000000-0000-0000-0000-000000000001', 'b', '12:00', '1 day', '10', 'high', '(1)', '(1,a)', '(a,1)', '(1,1)'];
    tables oid[] := ARRAY(
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.oid);
    target oid;
    columns record;
    candidate text;
    names text;
    fields text;
    is_filled boolean;
    found integer := 1;
BEGIN
    CREATE TEMPORARY TABLE taken (type text, n integer, value text);
    FOR columns IN SELECT DISTINCT format_type(atttypid, atttypmod) AS type FROM pg_attribute
                   WHERE attrelid = ANY (tables) AND attnum > 0 AND NOT attisdropped LOOP
        FOREACH candidate IN ARRAY candidates LOOP
            BEGIN
                EXECUTE format('SELECT %L::%s', candidate, columns.type);
                INSERT INTO taken VALUES (columns.type, (SELECT count(*) FROM taken WHERE type = columns.type),
                                          format('%L::%s', candidate, columns.type));
            EXCEPTION WHEN OTHERS THEN NULL;
            END;
        END LOOP;
    END LOOP;
    WHILE found > 0 LOOP
        found := 0;
        FOREACH target IN ARRAY tables LOOP
            FOR variant IN 0..4 LOOP
                BEGIN
                    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', target::regclass) INTO is_filled;
                -- A partition or a child is elsewhere, behind a wrapper that reaches nothing.
                EXCEPTION WHEN object_not_in_prerequisite_state THEN
                    is_filled := true;
                END;
                EXIT WHEN is_filled;
                SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
                       string_agg(coalesce(t.value, 'DEFAULT'), ', ' ORDER BY a.attnum)
                INTO names, fields
                FROM pg_attribute a
                     LEFT JOIN taken t ON t.type = format_type(a.atttypid, a.atttypmod)
                          AND t.n = least(variant, (SELECT max(n) FROM taken m WHERE m.type = t.type))
                WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
                BEGIN
                    IF names IS NULL THEN
                        EXECUTE format('INSERT INTO %s DEFAULT VALUES', target::regclass);
                    ELSE
                        EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)', target::regclass, names, fields);
                    END IF;
                    SET CONSTRAINTS ALL IMMEDIATE;
                    found := found + 1;
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
            END LOOP;
        END LOOP;
    END LOOP;
    DROP TABLE taken;
END
$seed$";

/// What a table holds in the columns that are to stay, in a form to compare.
type Contents = BTreeMap<String, String>;

/// Takes a database with rows there and back, and holds what the plans claim to keep against what is there. Nothing is
/// said where the plan has demands on rows that these do not meet.
pub(crate) async fn survive(
    bench: &Bench,
    sql: &str,
    before: &State,
    after: &State,
    up: &Hints,
    down: &Hints,
) -> Result<(), String> {
    let at = bench.state_with(sql, before.catalog.clone()).await;
    match there_and_back(bench, &at, before, after, up, down).await {
        Ok(true) => bench.recycle(at).await,
        Ok(false) => bench.drop(at).await,
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Whether it came back.
async fn there_and_back(
    bench: &Bench,
    at: &State,
    before: &State,
    after: &State,
    up: &Hints,
    down: &Hints,
) -> Result<bool, String> {
    bench.execute(at, SEED).await;
    for (from, to, hints) in [(before, after, up), (after, before, down)] {
        let plan = bench.plan(from, to, hints).await?;
        if !plan.unfilled.is_empty() || !plan.unsupported.is_empty() {
            return Ok(false);
        }
        let kept = kept(&from.catalog, &to.catalog, &plan, &hints.renames);
        let mut contents = Contents::new();
        for (table, (query, _)) in &kept {
            contents.insert(table.clone(), bench.query(at, query).await?);
        }
        if let Err(error) = bench.apply(at, &plan).await {
            // The rows do not meet a demand of the wanted state: no cast of their values, a check, a key.
            let is_about_rows = ["sqlstate: Some(\"22", "sqlstate: Some(\"23"];
            return if is_about_rows.iter().any(|text| error.contains(text)) {
                Ok(false)
            } else {
                Err(format!("with rows: {error}"))
            };
        }
        for (table, (_, query)) in &kept {
            let found = bench.query(at, query).await?;
            if found != contents[table] {
                return Err(format!(
                    "rows of {table}: {} became {found} ({query})\nby\n{}",
                    contents[table],
                    plan.sql()
                ));
            }
        }
    }
    Ok(true)
}

/// The tables whose rows stay, with the queries that print them on either side.
fn kept(from: &Catalog, to: &Catalog, plan: &Plan, renames: &[Rename]) -> BTreeMap<String, (String, String)> {
    let lost: Vec<&ObjectId> = plan
        .actions
        .iter()
        .filter_map(|action| action.loses.as_ref())
        .flat_map(Loss::each)
        .filter_map(|loss| match loss {
            Loss::Rows { table } => Some(table),
            Loss::Values { column } | Loss::Precision { column, .. } => Some(column),
            _ => None,
        })
        .collect();
    // The rows of a partition go with its table, the values of what inherits a column with the column.
    let dropped: Vec<&ObjectId> = plan
        .actions
        .iter()
        .filter(|action| matches!(action.loses, Some(Loss::Rows { .. })))
        .flat_map(|action| &action.changes)
        .filter(|change| change.verb == Verb::Drop && change.object.kind == Kind::Table)
        .map(|change| &change.object)
        .collect();
    let is_lost_itself = |id: &ObjectId| lost.contains(&id) || dropped.contains(&id);
    let is_lost = |from_id: &ObjectId, to_id: &ObjectId| {
        let origins = origins(from, from_id);
        is_lost_itself(from_id) || is_lost_itself(to_id) || origins.iter().any(is_lost_itself)
    };
    let mut kept = BTreeMap::new();
    for (table, names) in &from.column_order {
        let new_table = renamed(table, renames);
        let Some(Definition::Table(_)) = to.definition(&new_table) else {
            continue;
        };
        if is_lost(table, &new_table) || table.kind != Kind::Table {
            continue;
        }
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for name in names {
            let column = in_table(table, name);
            let mut of_origins = origins(from, &column).into_iter();
            let new_name = match of_origins.find(|origin| renamed(origin, renames).name() != name) {
                Some(origin) => renamed(&origin, renames),
                None => renamed(&column, renames),
            };
            let new_column = in_table(&new_table, new_name.name());
            if let (Some(Definition::Column(before)), Some(Definition::Column(after))) =
                (from.definition(&column), to.definition(&new_column))
                && before.data_type == after.data_type
                && !has_another_shape(from, to, &before.data_type)
                && before.generated.is_none()
                && after.generated.is_none()
                && !is_lost(&column, &new_column)
            {
                old.push(quote_identifier(name).into_owned());
                new.push(quote_identifier(new_column.name()).into_owned());
            }
        }
        let query = |table: &ObjectId, columns: &[String]| {
            format!(
                "SELECT coalesce(jsonb_agg(r ORDER BY r::text), '[]') FROM (SELECT jsonb_build_array({}) AS r FROM ONLY {}) AS s",
                columns.join(", "),
                table.sql_name()
            )
        };
        kept.insert(
            new_table.sql_name(),
            (query(table, &old), query(&new_table, &new)),
        );
    }
    kept
}

/// Whether values of a type are printed in another way: a composite type with other attributes, a domain over another
/// type.
fn has_another_shape(from: &Catalog, to: &Catalog, data_type: &str) -> bool {
    let name = data_type.trim_end_matches("[]");
    ["type", "domain"].iter().any(|kind| {
        let Ok(id) = format!("{kind} {name}").parse::<ObjectId>() else {
            return false;
        };
        match (from.definition(&id), to.definition(&id)) {
            (Some(Definition::Composite(before)), Some(Definition::Composite(after))) => {
                before.attributes != after.attributes
                    || before.attributes.iter().any(|attribute| {
                        let attribute = from.definition(&in_table(&id, attribute));
                        matches!(attribute, Some(Definition::Attribute(attribute))
                            if has_another_shape(from, to, &attribute.data_type))
                    })
            }
            (Some(Definition::Domain(before)), Some(Definition::Domain(after))) => {
                before.data_type != after.data_type || has_another_shape(from, to, &before.data_type)
            }
            _ => false,
        }
    })
}

fn in_table(table: &ObjectId, column: &str) -> ObjectId {
    ObjectId::in_relation(Kind::Column, &table.qualified_name().unwrap(), column)
}

/// The columns that a column is inherited from.
fn origins(catalog: &Catalog, column: &ObjectId) -> Vec<ObjectId> {
    let mut found = Vec::new();
    let mut open: Vec<ObjectId> = column.qualified_name().into_iter().map(table_id).collect();
    while let Some(table) = open.pop().filter(|_| column.kind == Kind::Column) {
        let parents = catalog
            .definition(&table)
            .map(Definition::parents)
            .unwrap_or_default();
        found.extend(parents.iter().map(|parent| in_table(parent, column.name())));
        open.extend(parents.iter().cloned());
    }
    found
}

fn table_id(name: QualifiedName) -> ObjectId {
    ObjectId::in_schema(Kind::Table, name.schema, name.name)
}

/// The name that an object has after all renames.
fn renamed(id: &ObjectId, renames: &[Rename]) -> ObjectId {
    let mut id = id.clone();
    for rename in renames {
        if let Rename::Object { from, to } = rename {
            if *from == id {
                id = to.clone();
            } else if from.kind == Kind::Schema && id.schema() == Some(from.name()) {
                to.name().clone_into(&mut id.path[0]);
            } else if from.kind == Kind::Table && id.kind == Kind::Column && id.path.starts_with(&from.path) {
                to.name().clone_into(&mut id.path[1]);
            }
        }
    }
    id
}
