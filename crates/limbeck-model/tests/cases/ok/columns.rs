use limbeck::Table;

#[derive(Table)]
#[table(name = "columns")]
#[allow(dead_code)]
struct Columns {
    #[column(primary_key, identity = always, name = "Id")]
    id: i64,
    #[column(identity)]
    by_default: i32,
    #[column(identity = by_default)]
    said: i16,
    #[column(default = 4)]
    integer: i16,
    #[column(default = -4)]
    negative: i64,
    #[column(default = -0.5)]
    fraction: f64,
    #[column(default = 1_000)]
    separated: i32,
    #[column(default = "it's \\ here")]
    text: String,
    #[column(default = "")]
    empty: Option<String>,
    #[column(default = true)]
    flag: bool,
    #[column(default = sql("'{}'::text[]"))]
    list: Vec<String>,
    #[column(default = sql("now() at time zone 'utc' -- now"))]
    when: std::time::SystemTime,
    #[column(default = sql("not true"))]
    not: bool,
    #[column(generated = "integer * 2")]
    doubled: Option<i16>,
    #[column(collation = "C", default = sql("current_user"))]
    r#type: String,
    #[column(type = "varchar(20)", check = "length(short) > 2", check(name = "not_long", expr = "length(short) < 10"))]
    short: String,
    #[column(name = "Mixed Case")]
    mixed: String,
    #[column(unique = false, index = false, primary_key = false)]
    plain: i32,
}

#[derive(Table)]
#[table(name = "no columns")]
struct Empty {}
