//! Where and how tables and indexes are stored, what tables inherit, and partitions of partitions.

use limbeck::Table;

mod things {
    #[derive(limbeck::Table)]
    #[table(name = "things", inherits(super::Named, super::Dated))]
    pub(crate) struct Thing {
        #[column(primary_key)]
        id: i64,
        // The parent has it too: one column.
        name: String,
        weight: Option<i32>,
    }

    #[derive(limbeck::Table)]
    #[table(name = "a_heavy_thing", inherits = Thing)]
    struct HeavyThing {
        crane: String,
    }
}

#[derive(Table)]
#[table(name = "with_a_name")]
struct Named {
    name: String,
}

#[derive(Table)]
#[table(name = "with_a_date", tablespace = "pg_default", using = heap, options(fillfactor = 80))]
struct Dated {
    day: chrono::NaiveDate,
}

#[derive(Table)]
#[table(name = "stored", primary_key(id, with(fillfactor = 90), tablespace = "pg_default"))]
#[table(index(tags, using = gin, with(fastupdate = false), tablespace = "pg_default", where = "id > 0"))]
#[table(index(with, tablespace, with()))]
#[table(exclude(id with "=", using = btree, with(fillfactor = 70), tablespace = "pg_default", where = "id > 1"))]
struct Stored {
    id: i64,
    tags: Vec<String>,
    #[column(unique(with(fillfactor = 60)), index(with(deduplicate_items = false)))]
    with: i32,
    tablespace: i32,
}

#[derive(Table)]
#[table(name = "nested", partition_by = range(day))]
#[table(partition(
    name = "nested_2026",
    values = "FROM ('2026-01-01') TO ('2027-01-01')",
    partition_by = list("lower(kind)"),
    partition(name = "nested_2026_a", values = "IN ('a')", options(fillfactor = 70), using = heap),
    partition(name = "nested_2026_rest", default, tablespace = "pg_default"),
))]
struct Nested {
    day: chrono::NaiveDate,
    kind: String,
}
