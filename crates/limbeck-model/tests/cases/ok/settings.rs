//! What tables and columns are told beyond what they hold.

use limbeck::Table;

#[derive(Table)]
#[table(name = "settings", unlogged, rename_all = "camelCase")]
#[table(options(fillfactor = 70, "toast.autovacuum_enabled" = false, autovacuum_vacuum_scale_factor = 0.2))]
#[table(row_security = forced, replica_identity = full)]
#[table(check(name = "later", expr = "\"longText\" <> ''", not_valid), check(expr = "id > 0", no_inherit))]
struct Settings {
    #[column(primary_key, identity(always, start = 100, increment = -5, minimum = -1000, maximum = 1000, cache = 2, cycle))]
    id: i64,
    #[column(storage = external, compression = pglz, statistics = 500)]
    long_text: String,
    #[column(name = "kept_name", identity(start = 7))]
    counted: i32,
    #[column(skip)]
    not_stored: std::collections::HashMap<String, Vec<u64>>,
    #[column(references = Other::code, not_valid)]
    other: i32,
}

#[derive(Table)]
#[table(name = "other", row_security, replica_identity = "other_by_code", options())]
#[table(index(code, unique, name = "other_by_code"))]
#[table(exclude(room with "=", "int4range(from_hour, to_hour)" with "&&", where = "room <> '[1,1]'", name = "one_at_a_time", deferrable))]
#[table(exclude(code with "=", using = btree))]
struct Other {
    #[column(unique)]
    code: i32,
    room: std::ops::Range<i32>,
    from_hour: i32,
    to_hour: i32,
}

#[derive(Table)]
#[table(name = "plain", unlogged = false, row_security = false, replica_identity = default)]
struct Plain {
    a: i32,
}

#[derive(Table)]
#[table(name = "logs", schema = "app", partition_by = range(day, "lower(kind)"), index(kind))]
#[table(partition(name = "logs_2026", values = "FROM ('2026-01-01', 'a') TO ('2027-01-01', 'z')"))]
#[table(partition(name = "logs_rest", default))]
struct Log {
    day: chrono::NaiveDate,
    kind: String,
}

#[derive(Table)]
#[table(name = "parts", partition_by = hash(id))]
#[table(partition(name = "parts_0", values = "WITH (MODULUS 2, REMAINDER 0)"))]
#[table(partition(name = "parts_1", values = "WITH (MODULUS 2, REMAINDER 1)"))]
struct Part {
    #[column(primary_key)]
    id: i64,
}
