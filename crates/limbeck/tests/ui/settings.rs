use limbeck::Table;

#[derive(Table)]
#[table(name = "settings", unloged, unlogged, unlogged = false, rename_all = "snakecase")]
#[table(options(FillFactor = 70, fillfactor = 1, fillfactor = 2, parallel_workers = 'x'))]
#[table(row_security = sometimes, replica_identity = half, replica_identity)]
#[table(check(expr = "a > 0", not_vald))]
struct Settings {
    #[column(identity(alway, start, cache = "x", cycle, cycle))]
    id: i64,
    #[column(storage = big, compression = zip, statistics = 20000)]
    text: String,
    #[column(skip, default = 1)]
    skipped: i32,
    #[column(generated(virtual))]
    computed: i32,
    #[column(generated(expr = "1", vitual))]
    misspelt: i32,
    #[column(not_valid)]
    alone: i32,
}

#[derive(Table)]
#[table(name = "excluded")]
#[table(exclude(), exclude(a), exclude(a with "and"), exclude(b with "="), exclude(a with "=", usin = gist))]
#[table(exclude(a without "="), exclude(a with eq), exclude(name = "x"), exclude("a" without "="))]
struct Excluded {
    a: i32,
}

#[derive(Table)]
#[table(name = "unpartitioned", partition(name = "p", default))]
struct Unpartitioned {
    a: i32,
}

#[derive(Table)]
#[table(name = "partitioned", partition_by = ranges(a), partition(name = "q"), partition(default))]
#[table(partition(name = "r", values = "IN (1)", default))]
struct Partitioned {
    a: i32,
}

#[derive(Table)]
#[table(name = "half_partitioned", partition_by, partition_by = range, partition_by = list())]
#[table(partition(nam = "x"), partition(values = "IN (1)"), options(fillfactor))]
struct HalfPartitioned {
    a: i32,
}

#[derive(Table)]
#[table(name = "unknown_key", partition_by = list(b))]
struct UnknownKey {
    a: i32,
}

fn main() {}
