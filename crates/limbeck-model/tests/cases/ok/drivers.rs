//! Names by which the application's driver calls things otherwise.

use limbeck::{Columns, PgEnum, PgType, Table, View};

#[derive(Table, sqlx::FromRow)]
#[table(name = "people")]
#[sqlx(rename_all = "camelCase")]
struct Person {
    id: i64,
    full_name: String,
    #[sqlx(rename = "mail")]
    email: String,
    #[column(name = "tel")]
    #[sqlx(rename = "tel", default)]
    telephone: Option<String>,
    #[sqlx(skip)]
    cached: i32,
    #[sqlx(skip)]
    #[column(skip)]
    nothing: Vec<Vec<i32>>,
    #[sqlx(flatten)]
    address: Address,
    #[cfg_attr(feature = "server", sqlx(rename = "conditional"))]
    on_server: i32,
}

#[derive(PgType)]
#[pg_type(name = "address")]
#[postgres(name = "postal_address")]
struct Address {
    #[postgres(name = "road")]
    street: String,
    #[postgres(name = "town")]
    #[pg_type(name = "town")]
    city: String,
}

#[derive(PgEnum, sqlx::Type)]
#[pg_enum(name = "slot", schema = "app", rename_all = "snake_case")]
#[sqlx(type_name = "app.slot")]
enum Slot {
    Breakfast,
    LateSnack,
}

#[derive(PgEnum)]
#[pg_enum(name = "mood", rename_all = "lowercase")]
#[sqlx(type_name = "moods", rename_all = "lowercase")]
#[postgres(name = "mood", rename_all = "lowercase")]
enum Mood {
    #[sqlx(rename = "merry")]
    Happy,
    #[postgres(name = "blue")]
    Sad,
}

#[derive(Table, Queryable)]
#[table(name = "posts")]
#[diesel(table_name = crate::schema::articles)]
#[diesel(primary_key(id), check_for_backend(diesel::pg::Pg))]
struct Post {
    #[column(primary_key)]
    #[diesel(skip_insertion)]
    id: i64,
    #[column(identity)]
    #[diesel(skip_insertion)]
    counter: i64,
    #[diesel(column_name = headline)]
    title: String,
    #[diesel(column_name = "body")]
    body: String,
    #[diesel(embed)]
    address: Address,
}

#[derive(Table, DeriveEntityModel)]
#[table(name = "cakes")]
#[sea_orm(table_name = "cake", schema_name = "public")]
struct Model {
    #[sea_orm(primary_key, column_name = "cake_id", auto_increment = false)]
    id: i64,
    #[sea_orm(ignore)]
    icing: i32,
}

#[derive(PgEnum)]
#[pg_enum(name = "tea")]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "tea_type")]
enum Tea {
    #[sea_orm(string_value = "everyday")]
    EverydayTea,
}

#[derive(PgEnum, sqlx::Type)]
#[pg_enum(as = "text", rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
enum Untyped {
    One,
}

// Nobody else names anything here.
#[derive(Table, serde::Serialize)]
#[table(name = "plain", rename_all = "camelCase")]
#[serde(rename_all = "kebab-case")]
struct Plain {
    #[serde(rename = "other")]
    some_field: i32,
}

#[derive(Columns, sqlx::FromRow)]
#[sqlx(rename_all = "UPPERCASE")]
struct Times {
    #[sqlx(rename = "made")]
    created_at: i64,
    #[diesel(column_name = billing_changed_at)]
    changed_at: i64,
    #[diesel(column_name = altered_at, skip_insertion)]
    last: i64,
    #[diesel(skip_insertion)]
    #[column(nullable)]
    next: i64,
}

mod rows {
    use limbeck::Table;
    use sqlx::FromRow as Row;

    #[derive(Table, Row)]
    #[table(name = "bills")]
    struct Bill {
        #[column(flatten)]
        whole: super::Times,
        #[sqlx(flatten)]
        #[column(flatten, prefix = "b_")]
        apart: super::Times,
        #[sqlx(skip)]
        #[column(flatten, prefix = "c_")]
        skipped: super::Times,
        #[diesel(embed)]
        #[sqlx(flatten)]
        #[column(flatten, prefix = "d_")]
        embedded: super::Times,
    }
}

#[derive(View, Queryable)]
#[view(name = "totals")]
#[diesel(table_name = sums)]
struct Total {
    #[diesel(column_name = amount)]
    total: i64,
    #[sqlx(skip)]
    count: i64,
    #[sqlx(flatten)]
    times: i64,
    #[diesel(skip_insertion)]
    never: i64,
}

// The same rule, and other words.
#[derive(Table)]
#[table(name = "words", rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
struct Words {
    r#type_: i64,
    address_2: i64,
    userID: i64,
}

#[derive(PgEnum)]
#[pg_enum(name = "protocol", rename_all = "snake_case")]
#[sqlx(type_name = "protocol", rename_all = "snake_case")]
#[postgres(name = "protocol", rename_all = "snake_case")]
enum Protocol {
    Plain,
    HTTPServer,
}

#[derive(PgEnum)]
#[pg_enum(name = "transport", rename_all = "SCREAMING-KEBAB-CASE")]
#[sqlx(type_name = "transport")]
enum Transport {
    OverLand,
}
