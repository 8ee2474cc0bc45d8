use limbeck::{PgEnum, Table};

#[derive(PgEnum)]
#[pg_enum(name = "slot", rename_all = "lowercase")]
enum Slot {
    Lunch,
    Dinner,
}

#[derive(Table)]
#[table(name = "defaults")]
struct Defaults {
    #[column(default = "now()")]
    moment: jiff::Timestamp,
    #[column(default = "it's")]
    number: i32,
    #[column(default = 1)]
    flag: bool,
    #[column(default = 1.5)]
    integer: i32,
    #[column(default = true)]
    text: String,
    #[column(default = 0)]
    uuid: uuid::Uuid,
    #[column(default = "{}")]
    list: Vec<String>,
    #[column(default = "Dinner")]
    slot: Slot,
    #[column(identity)]
    identity: String,
    #[column(identity)]
    nullable: Option<i64>,
    #[column(primary_key)]
    key: Option<i64>,
}
