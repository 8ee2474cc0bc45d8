//! Schemas made of numbers: whatever the numbers are, a schema that PostgreSQL takes comes of them.
//!
//! Objects have slots, and with them names, so that two schemas have much in common. What refers to something (a
//! foreign key to a table, a view to its columns) holds a number, which is taken modulo what there is to refer to, so
//! that a smaller schema is still a valid one.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// Types of columns, each with a default.
const TYPES: [(&str, &str); 14] = [
    ("integer", "7"),
    ("bigint", "8"),
    ("smallint", "9"),
    ("text", "'x'"),
    ("varchar(20)", "'y'"),
    ("varchar(40)", "'z'"),
    ("numeric(10,2)", "1.5"),
    ("boolean", "true"),
    ("timestamptz", "now()"),
    ("date", "'2020-01-31'"),
    ("uuid", "gen_random_uuid()"),
    ("jsonb", "'{}'"),
    ("integer[]", "'{}'"),
    ("text[]", "ARRAY['a', 'b']"),
];

const LABELS: [&str; 5] = ["low", "Middle", "high", "it's", "none"];

/// Two schemas that have some objects in common.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    one: Schema,
    other: Schema,
    /// For each slot of the second whether it is as in the first.
    same: Vec<bool>,
}

impl Pair {
    pub(crate) fn one(&self) -> String {
        self.one.sql()
    }

    pub(crate) fn other(&self) -> String {
        self.one.with(&self.other, &self.same).sql()
    }
}

#[derive(Debug, Clone)]
struct Schema {
    enums: Vec<Option<Enum>>,
    domains: Vec<Option<Domain>>,
    sequences: Vec<Option<Sequence>>,
    functions: Vec<Option<Function>>,
    tables: Vec<Option<Table>>,
    partitioned: Vec<Option<Partitioned>>,
    views: Vec<Option<View>>,
}

#[derive(Debug, Clone)]
struct Enum {
    labels: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Domain {
    data_type: u8,
    not_null: bool,
    default: bool,
    check: Option<u8>,
}

#[derive(Debug, Clone)]
struct Sequence {
    increment: u8,
    cycle: bool,
}

#[derive(Debug, Clone)]
struct Function {
    addend: u8,
    result: u8,
    argument: bool,
}

#[derive(Debug, Clone)]
struct Table {
    columns: Vec<Option<Column>>,
    primary_key: Option<u8>,
    unique: Vec<Option<u8>>,
    checks: Vec<Option<(u8, u8)>>,
    foreign_keys: Vec<Option<(u8, u8, u8)>>,
    indexes: Vec<Option<(u8, u8)>>,
    trigger: Option<u8>,
    policy: Option<(u8, bool)>,
    comment: Option<u8>,
    unlogged: bool,
}

#[derive(Debug, Clone)]
struct Column {
    data_type: u8,
    not_null: bool,
    value: u8,
    comment: bool,
}

/// A partitioned table, or one with children.
#[derive(Debug, Clone)]
struct Partitioned {
    form: u8,
    columns: Vec<Option<Column>>,
    primary_key: bool,
    index: Option<(u8, u8)>,
    check: Option<(u8, u8)>,
    parts: Vec<Option<u8>>,
}

#[derive(Debug, Clone)]
struct View {
    relation: u8,
    columns: u8,
    materialized: bool,
    filter: bool,
    barrier: bool,
}

/// Generates pairs.
pub(crate) fn pair() -> impl Strategy<Value = Pair> {
    (schema(), schema(), vec(any::<bool>(), 64)).prop_map(|(one, other, same)| Pair { one, other, same })
}

fn schema() -> impl Strategy<Value = Schema> {
    (
        vec(of(vec(any::<u8>(), 1..4).prop_map(|labels| Enum { labels })), 2),
        vec(of(domain()), 2),
        vec(
            of((1_u8..4, any::<bool>()).prop_map(|(increment, cycle)| Sequence { increment, cycle })),
            2,
        ),
        vec(of(function()), 2),
        vec(weighted(0.8, table()), 4),
        vec(weighted(0.3, partitioned()), 2),
        vec(of(view()), 4),
    )
        .prop_map(
            |(enums, domains, sequences, functions, tables, partitioned, views)| Schema {
                partitioned,
                enums,
                domains,
                sequences,
                functions,
                tables,
                views,
            },
        )
}

fn domain() -> impl Strategy<Value = Domain> {
    (any::<u8>(), any::<bool>(), any::<bool>(), of(any::<u8>())).prop_map(
        |(data_type, not_null, default, check)| Domain {
            data_type,
            not_null,
            default,
            check,
        },
    )
}

fn function() -> impl Strategy<Value = Function> {
    (any::<u8>(), 0_u8..2, any::<bool>()).prop_map(|(addend, result, argument)| Function {
        addend,
        result,
        argument,
    })
}

fn column() -> impl Strategy<Value = Column> {
    (any::<u8>(), any::<bool>(), any::<u8>(), weighted(0.1, Just(()))).prop_map(
        |(data_type, not_null, value, comment)| Column {
            data_type,
            not_null,
            value,
            comment: comment.is_some(),
        },
    )
}

fn partitioned() -> impl Strategy<Value = Partitioned> {
    (
        0_u8..3,
        vec(of(column()), 2),
        any::<bool>(),
        of((any::<u8>(), any::<u8>())),
        weighted(0.3, (any::<u8>(), any::<u8>())),
        vec(of(any::<u8>()), 4),
    )
        .prop_map(|(form, columns, primary_key, index, check, parts)| Partitioned {
            form,
            columns,
            primary_key,
            index,
            check,
            parts,
        })
}

fn table() -> impl Strategy<Value = Table> {
    (
        vec(weighted(0.7, column()), 5),
        weighted(0.7, any::<u8>()),
        vec(weighted(0.3, any::<u8>()), 2),
        vec(weighted(0.4, (any::<u8>(), any::<u8>())), 2),
        vec(weighted(0.5, (any::<u8>(), any::<u8>(), any::<u8>())), 2),
        vec(weighted(0.4, (any::<u8>(), any::<u8>())), 3),
        weighted(0.3, any::<u8>()),
        weighted(0.2, (any::<u8>(), any::<bool>())),
        weighted(0.2, any::<u8>()),
        weighted(0.1, Just(())),
    )
        .prop_map(
            |(
                columns,
                primary_key,
                unique,
                checks,
                foreign_keys,
                indexes,
                trigger,
                policy,
                comment,
                unlogged,
            )| {
                Table {
                    columns,
                    primary_key,
                    unique,
                    checks,
                    foreign_keys,
                    indexes,
                    trigger,
                    policy,
                    comment,
                    unlogged: unlogged.is_some(),
                }
            },
        )
}

fn view() -> impl Strategy<Value = View> {
    let rarely = || prop_oneof![3 => Just(false), 1 => Just(true)];
    (any::<u8>(), any::<u8>(), rarely(), any::<bool>(), rarely()).prop_map(
        |(relation, columns, materialized, filter, barrier)| View {
            relation,
            columns,
            materialized,
            filter,
            barrier,
        },
    )
}

/// One of a list, by a number; `None` where there is none.
fn pick<T>(list: &[T], number: u8) -> Option<&T> {
    list.get(usize::from(number) % list.len().max(1))
}

impl Schema {
    /// This schema with each slot that is not the same taken from another one.
    fn with(&self, other: &Self, same: &[bool]) -> Self {
        let mut bits = same.iter().copied().cycle();
        fn mixed<T: Clone>(
            one: &[Option<T>],
            other: &[Option<T>],
            bits: &mut impl Iterator<Item = bool>,
        ) -> Vec<Option<T>> {
            one.iter()
                .zip(other)
                .map(|(one, other)| {
                    if bits.next() == Some(true) {
                        one.clone()
                    } else {
                        other.clone()
                    }
                })
                .collect()
        }
        let tables = self.tables.iter().zip(&other.tables).map(|pair| match pair {
            // Two forms of a table are mixed part by part: most changes are of one part.
            (Some(one), Some(other)) => Some(Table {
                columns: mixed(&one.columns, &other.columns, &mut bits),
                primary_key: mixed(&[one.primary_key], &[other.primary_key], &mut bits)[0],
                unique: mixed(&one.unique, &other.unique, &mut bits),
                checks: mixed(&one.checks, &other.checks, &mut bits),
                foreign_keys: mixed(&one.foreign_keys, &other.foreign_keys, &mut bits),
                indexes: mixed(&one.indexes, &other.indexes, &mut bits),
                trigger: mixed(&[one.trigger], &[other.trigger], &mut bits)[0],
                policy: mixed(&[one.policy], &[other.policy], &mut bits)[0],
                comment: mixed(&[one.comment], &[other.comment], &mut bits)[0],
                unlogged: mixed(&[Some(one.unlogged)], &[Some(other.unlogged)], &mut bits)[0].unwrap(),
            }),
            (one, other) => {
                mixed(std::slice::from_ref(one), std::slice::from_ref(other), &mut bits).remove(0)
            }
        });
        let tables = tables.collect();
        let partitioned = self
            .partitioned
            .iter()
            .zip(&other.partitioned)
            .map(|pair| match pair {
                (Some(one), Some(other)) => Some(Partitioned {
                    form: mixed(&[Some(one.form)], &[Some(other.form)], &mut bits)[0].unwrap(),
                    columns: mixed(&one.columns, &other.columns, &mut bits),
                    primary_key: mixed(&[Some(one.primary_key)], &[Some(other.primary_key)], &mut bits)[0]
                        .unwrap(),
                    index: mixed(&[one.index], &[other.index], &mut bits)[0],
                    check: mixed(&[one.check], &[other.check], &mut bits)[0],
                    parts: mixed(&one.parts, &other.parts, &mut bits),
                }),
                (one, other) => {
                    mixed(std::slice::from_ref(one), std::slice::from_ref(other), &mut bits).remove(0)
                }
            });
        let partitioned = partitioned.collect();
        Self {
            tables,
            partitioned,
            enums: mixed(&self.enums, &other.enums, &mut bits),
            domains: mixed(&self.domains, &other.domains, &mut bits),
            sequences: mixed(&self.sequences, &other.sequences, &mut bits),
            functions: mixed(&self.functions, &other.functions, &mut bits),
            views: mixed(&self.views, &other.views, &mut bits),
        }
    }

    fn sql(&self) -> String {
        let mut sql = String::new();
        writeln!(sql, "CREATE SCHEMA app;").unwrap();
        for (number, slot) in slots(&self.enums) {
            let mut labels: Vec<usize> = slot.labels.iter().map(|&label| usize::from(label) % 5).collect();
            let mut seen = std::collections::BTreeSet::new();
            labels.retain(|&label| seen.insert(label));
            let labels: Vec<String> = labels.into_iter().map(|label| literal(LABELS[label])).collect();
            writeln!(
                sql,
                "CREATE TYPE public.e{number} AS ENUM ({});",
                labels.join(", ")
            )
            .unwrap();
        }
        for (number, slot) in slots(&self.domains) {
            let (data_type, default) = TYPES[usize::from(slot.data_type) % TYPES.len()];
            write!(sql, "CREATE DOMAIN public.d{number} AS {data_type}").unwrap();
            if slot.default {
                write!(sql, " DEFAULT {default}").unwrap();
            }
            if slot.not_null {
                sql.push_str(" NOT NULL");
            }
            if let Some(check) = slot.check {
                let condition = condition("VALUE", data_type, check);
                write!(sql, " CONSTRAINT d{number}_check CHECK ({condition})").unwrap();
            }
            sql.push_str(";\n");
        }
        for (number, slot) in slots(&self.sequences) {
            let cycle = if slot.cycle { " CYCLE" } else { "" };
            writeln!(
                sql,
                "CREATE SEQUENCE public.s{number} INCREMENT {}{cycle};",
                slot.increment
            )
            .unwrap();
        }
        for (number, slot) in slots(&self.functions) {
            let result = ["integer", "bigint"][usize::from(slot.result)];
            let argument = if slot.argument { "a" } else { "b" };
            writeln!(
                sql,
                "CREATE FUNCTION public.f{number}({argument} integer) RETURNS {result} LANGUAGE sql IMMUTABLE\n    \
                 AS $$ SELECT ({argument} + {})::{result} $$;",
                slot.addend % 3
            )
            .unwrap();
        }
        writeln!(
            sql,
            "CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
        )
        .unwrap();
        for (number, table) in slots(&self.tables) {
            self.table(&mut sql, number, table);
        }
        for (number, table) in slots(&self.tables) {
            self.foreign_keys(&mut sql, number, table);
        }
        for (number, table) in slots(&self.partitioned) {
            self.partitioned(&mut sql, number, table);
        }
        self.views(&mut sql);
        sql
    }

    /// A table partitioned by range or by list, or a parent, with what lies under it.
    fn partitioned(&self, sql: &mut String, number: usize, table: &Partitioned) {
        // A column that was one's own stays so when the table becomes a child: PostgreSQL has no way back. So parents
        // have other names.
        let letter = if table.form == 2 { 'h' } else { 'p' };
        let name = format!("public.{letter}{number}");
        let columns: Vec<(usize, &Column)> = slots(&table.columns).collect();
        let mut lines = vec!["    k integer NOT NULL".to_owned()];
        for (slot, column) in &columns {
            let (data_type, default) = self.type_of(column);
            let default = if column.value.is_multiple_of(2) {
                format!(" DEFAULT {default}")
            } else {
                String::new()
            };
            let not_null = if column.not_null { " NOT NULL" } else { "" };
            lines.push(format!("    c{slot} {data_type}{default}{not_null}"));
        }
        if table.primary_key {
            lines.push(format!("    CONSTRAINT {letter}{number}_pkey PRIMARY KEY (k)"));
        }
        if let Some((column, form)) = table.check
            && let Some((at, column)) = pick(&columns, column)
        {
            let condition = condition(&format!("c{at}"), &self.type_of(column).0, form);
            lines.push(format!(
                "    CONSTRAINT {letter}{number}_check CHECK ({condition})"
            ));
        }
        let indexed = table.index.and_then(|(column, form)| {
            let (at, column) = pick(&columns, column)?;
            // A unique one would have to hold the key.
            let form = if form % 8 == 0 { 7 } else { form };
            let data_type = self.type_of(column).0;
            Some(move |table: &str, name: &str| index(table, name, *at, &data_type, form))
        });
        let by = [" PARTITION BY RANGE (k)", " PARTITION BY LIST (k)", ""][usize::from(table.form)];
        writeln!(sql, "CREATE TABLE {name} (\n{}\n){by};", lines.join(",\n")).unwrap();
        for (slot, number_of_part) in slots(&table.parts) {
            let bound = usize::from(*number_of_part % 2);
            // Some sort before their parent.
            let (first, last) = if slot % 2 == 0 { ("", "") } else { ("a_", "_of") };
            let part = format!("public.{first}{letter}{number}{last}_{slot}");
            let clause = match (table.form, slot) {
                (2, _) => {
                    format!("(own{bound} text) INHERITS ({name})")
                }
                (_, 3) => format!("PARTITION OF {name} DEFAULT"),
                (0, _) => format!(
                    "PARTITION OF {name} FOR VALUES FROM ({}) TO ({})",
                    slot * 100,
                    slot * 100 + 50 + bound
                ),
                _ => format!(
                    "PARTITION OF {name} FOR VALUES IN ({}, {})",
                    slot * 10,
                    slot * 10 + 1 + bound
                ),
            };
            writeln!(sql, "CREATE TABLE {part} {clause};").unwrap();
            // What a partition has under its own name becomes a part of the partitioned table's.
            if let Some(indexed) = indexed.as_ref().filter(|_| number_of_part / 2 % 3 == 0) {
                let index = indexed(&part, &format!("own_{letter}{number}_{slot}"));
                writeln!(sql, "{index};").unwrap();
            }
        }
        if let Some(indexed) = indexed {
            let index = indexed(&name, &format!("{letter}{number}_i"));
            writeln!(sql, "{index};").unwrap();
        }
    }

    /// The type of a column as it is written, and its literal.
    fn type_of(&self, column: &Column) -> (String, String) {
        let number = usize::from(column.data_type) % (TYPES.len() + 8);
        if let Some((data_type, default)) = TYPES.get(number) {
            return ((*data_type).to_owned(), (*default).to_owned());
        }
        let number = number - TYPES.len();
        let slot = number % 2;
        if number >= 4 {
            return match self.domains[slot].as_ref() {
                Some(_) => (format!("public.d{slot}"), "NULL".to_owned()),
                None => ("text".to_owned(), "'d'".to_owned()),
            };
        }
        match self.enums[slot].as_ref().and_then(|slot| slot.labels.first()) {
            Some(label) if number < 2 => {
                let label = literal(LABELS[usize::from(*label) % 5]);
                (format!("public.e{slot}"), label)
            }
            Some(_) => (format!("public.e{slot}[]"), "'{}'".to_owned()),
            None => ("text".to_owned(), "'e'".to_owned()),
        }
    }

    fn table(&self, sql: &mut String, number: usize, table: &Table) {
        let name = table_name(number);
        let columns: Vec<(usize, &Column)> = slots(&table.columns).collect();
        let base = columns
            .iter()
            .find(|(_, column)| self.type_of(column).0 == "integer" && !matches!(column.value % 8, 5));
        let mut lines = Vec::new();
        for (slot, column) in &columns {
            let (data_type, default) = self.type_of(column);
            let is_integer = ["integer", "bigint", "smallint"].contains(&data_type.as_str());
            let mut line = format!("    c{slot} {data_type}");
            match column.value % 8 {
                0 | 1 => write!(line, " DEFAULT {default}").unwrap(),
                2 if is_integer => line.push_str(" GENERATED ALWAYS AS IDENTITY"),
                3 if is_integer => line.push_str(" GENERATED BY DEFAULT AS IDENTITY (START 100)"),
                4 if is_integer && self.sequences[0].is_some() => {
                    line.push_str(" DEFAULT nextval('public.s0')");
                }
                5 if is_integer && base.is_some_and(|(other, _)| other != slot) => {
                    let other = base.unwrap().0;
                    write!(
                        line,
                        " GENERATED ALWAYS AS (c{other} * {}) STORED",
                        column.value / 128 + 2
                    )
                    .unwrap();
                }
                6 if data_type == "integer" && self.functions[0].is_some() => {
                    line.push_str(" DEFAULT public.f0(1)");
                }
                _ => {}
            }
            if column.not_null && !line.contains("IDENTITY") {
                line.push_str(" NOT NULL");
            }
            lines.push(line);
        }
        if let Some(mask) = table.primary_key
            && let Some(keys) = masked(&columns, mask)
        {
            lines.push(format!("    CONSTRAINT t{number}_pkey PRIMARY KEY ({keys})"));
        }
        for (slot, mask) in slots(&table.unique) {
            if let Some(keys) = masked(&columns, *mask) {
                lines.push(format!("    CONSTRAINT t{number}_u{slot} UNIQUE ({keys})"));
            }
        }
        for (slot, (column, form)) in slots(&table.checks) {
            if let Some((at, column)) = pick(&columns, *column) {
                let condition = condition(&format!("c{at}"), &self.type_of(column).0, *form);
                lines.push(format!("    CONSTRAINT t{number}_k{slot} CHECK ({condition})"));
            }
        }
        let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
        writeln!(sql, "CREATE {unlogged}TABLE {name} (\n{}\n);", lines.join(",\n")).unwrap();
        for (slot, (column, form)) in slots(&table.indexes) {
            if let Some((at, column)) = pick(&columns, *column) {
                let index = index(
                    &name,
                    &format!("t{number}_i{slot}"),
                    *at,
                    &self.type_of(column).0,
                    *form,
                );
                writeln!(sql, "{index};").unwrap();
            }
        }
        if let Some(form) = table.trigger {
            let event = ["INSERT", "UPDATE", "INSERT OR UPDATE"][usize::from(form) % 3];
            let of = match (form % 3, pick(&columns, form / 3)) {
                (1, Some((at, _))) => format!(" OF c{at}"),
                _ => String::new(),
            };
            writeln!(
                sql,
                "CREATE TRIGGER t{number}_touch BEFORE {event}{of} ON {name}\n    FOR EACH ROW EXECUTE FUNCTION public.touch();"
            )
            .unwrap();
        }
        if let Some((column, is_restrictive)) = table.policy
            && let Some((at, column)) = pick(&columns, column)
        {
            let how = if is_restrictive { " AS RESTRICTIVE" } else { "" };
            let condition = condition(&format!("c{at}"), &self.type_of(column).0, 0);
            writeln!(sql, "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;").unwrap();
            writeln!(
                sql,
                "CREATE POLICY t{number}_seen ON {name}{how} USING ({condition});"
            )
            .unwrap();
        }
        if let Some(comment) = table.comment {
            writeln!(sql, "COMMENT ON TABLE {name} IS 'comment {}';", comment % 4).unwrap();
        }
        for (slot, _) in columns.iter().filter(|(_, column)| column.comment) {
            writeln!(sql, "COMMENT ON COLUMN {name}.c{slot} IS 'of c{slot}';").unwrap();
        }
    }

    /// Foreign keys to columns of the same type that are a primary key alone.
    fn foreign_keys(&self, sql: &mut String, number: usize, table: &Table) {
        let targets: Vec<(usize, usize, String)> = slots(&self.tables)
            .filter_map(|(number, table)| {
                let columns: Vec<(usize, &Column)> = slots(&table.columns).collect();
                let keys = masked(&columns, table.primary_key?)?;
                let column: usize = keys.strip_prefix('c')?.parse().ok()?;
                let data_type = self.type_of(table.columns[column].as_ref()?).0;
                Some((number, column, data_type))
            })
            .collect();
        for (slot, (column, target, action)) in slots(&table.foreign_keys) {
            let columns: Vec<(usize, &Column)> = slots(&table.columns).collect();
            let Some((at, column)) = pick(&columns, *column) else {
                continue;
            };
            let data_type = self.type_of(column).0;
            let fitting: Vec<_> = targets
                .iter()
                .filter(|(_, _, other)| *other == data_type)
                .collect();
            let Some((target, key, _)) = pick(&fitting, *target) else {
                continue;
            };
            let is_computed = column.value % 8 == 5;
            let action = match action % 5 {
                0 => " ON DELETE CASCADE",
                1 if !is_computed => " ON DELETE SET NULL",
                2 => " DEFERRABLE INITIALLY DEFERRED",
                3 => " NOT VALID",
                _ => "",
            };
            // A permanent table cannot refer to an unlogged one.
            if self.tables[*target]
                .as_ref()
                .is_some_and(|target| target.unlogged)
                && !table.unlogged
            {
                continue;
            }
            writeln!(
                sql,
                "ALTER TABLE {} ADD CONSTRAINT t{number}_f{slot}\n    FOREIGN KEY (c{at}) REFERENCES {} (c{key}){action};",
                table_name(number),
                table_name(*target)
            )
            .unwrap();
        }
    }

    /// Views of tables, and of the views before them.
    fn views(&self, sql: &mut String) {
        let mut relations: Vec<(String, Vec<usize>)> = slots(&self.tables)
            .map(|(number, table)| {
                let columns = slots(&table.columns).map(|(slot, _)| slot).collect();
                (table_name(number), columns)
            })
            .collect();
        for (number, view) in slots(&self.views) {
            let name = format!("public.v{number}");
            let (from, columns) = match pick(&relations, view.relation) {
                Some((relation, columns)) => {
                    let kept: Vec<usize> = columns
                        .iter()
                        .copied()
                        .filter(|column| view.columns >> column & 1 == 1)
                        .collect();
                    (format!(" FROM {relation}"), kept)
                }
                None => (String::new(), Vec::new()),
            };
            let mut list: Vec<String> = columns.iter().map(|column| format!("c{column}")).collect();
            if list.is_empty() {
                list.push("1 AS one".to_owned());
            }
            let filter = match columns.first() {
                Some(column) if view.filter => format!(" WHERE c{column} IS NOT NULL"),
                _ => String::new(),
            };
            let (kind, options) = match (view.materialized, view.barrier) {
                (true, _) => ("MATERIALIZED VIEW", ""),
                (false, true) => ("VIEW", " WITH (security_barrier)"),
                (false, false) => ("VIEW", ""),
            };
            let query = format!("SELECT {}{from}{filter}", list.join(", "));
            writeln!(sql, "CREATE {kind} {name}{options} AS {query};").unwrap();
            relations.push((name, columns));
        }
    }
}

fn table_name(number: usize) -> String {
    match number {
        3 => "app.\"T 3\"".to_owned(),
        _ => format!("public.t{number}"),
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The slots that hold something.
fn slots<T>(slots: &[Option<T>]) -> impl Iterator<Item = (usize, &T)> {
    slots
        .iter()
        .enumerate()
        .filter_map(|(number, slot)| Some((number, slot.as_ref()?)))
}

/// One or two of the columns, as a list.
fn masked(columns: &[(usize, &Column)], mask: u8) -> Option<String> {
    let first = pick(columns, mask)?.0;
    let second = pick(columns, mask / 16)?.0;
    Some(if mask.is_multiple_of(3) && first != second {
        format!("c{first}, c{second}")
    } else {
        format!("c{first}")
    })
}

/// A condition on a value of a type.
fn condition(value: &str, data_type: &str, form: u8) -> String {
    match data_type {
        "integer" | "bigint" | "smallint" | "numeric(10,2)" => match form % 3 {
            0 => format!("{value} > {}", form / 3 % 3),
            1 => format!("{value} IN (1, 2, {})", form / 3 % 3 + 3),
            _ => format!("{value} BETWEEN 0 AND {}", 10 + form / 3 % 3),
        },
        "text" | "varchar(20)" | "varchar(40)" => match form % 3 {
            0 => format!("length({value}) > {}", form / 3 % 3),
            1 => format!("{value} IN ('a', 'b')"),
            _ => format!("{value} LIKE 'a%' OR {value} IS NULL"),
        },
        "boolean" => value.to_owned(),
        _ => format!("{value} IS NOT NULL"),
    }
}

/// An index over a column.
fn index(table: &str, name: &str, column: usize, data_type: &str, form: u8) -> String {
    let is_text = ["text", "varchar(20)", "varchar(40)"].contains(&data_type);
    match form % 8 {
        0 => format!("CREATE UNIQUE INDEX {name} ON {table} (c{column})"),
        1 if is_text => format!("CREATE INDEX {name} ON {table} (lower(c{column}))"),
        2 => format!("CREATE INDEX {name} ON {table} (c{column}) WHERE c{column} IS NOT NULL"),
        3 => format!("CREATE INDEX {name} ON {table} (c{column} DESC NULLS LAST)"),
        4 if is_text => format!("CREATE INDEX {name} ON {table} (c{column} COLLATE \"C\" text_pattern_ops)"),
        5 if data_type == "jsonb" => format!("CREATE INDEX {name} ON {table} USING gin (c{column})"),
        6 if data_type == "integer" => format!("CREATE INDEX {name} ON {table} ((c{column} + 1))"),
        _ => format!("CREATE INDEX {name} ON {table} (c{column})"),
    }
}
