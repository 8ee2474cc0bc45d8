//! Sets of columns that tables flatten.

use limbeck::{Columns, Table};

mod shared {
    use limbeck::Columns as SharedColumns;

    /// When, and by whom.
    #[derive(SharedColumns)]
    #[columns(comments, rename_all = "camelCase", index(created_at desc, where = "\"createdBy\" IS NOT NULL"))]
    pub struct Audit {
        /// Never changes.
        #[column(default = sql("now()"))]
        created_at: chrono::DateTime<chrono::Utc>,
        #[column(references = super::User::id, on_delete = set_null, renamed_from = "author")]
        created_by: Option<i64>,
    }

    #[derive(limbeck::Columns)]
    #[columns(check(expr = "lat BETWEEN -90 AND 90 AND 'lat' <> 'x'::text"), exclude(lat with "=", using = btree))]
    pub struct Geo {
        lat: f64,
        #[column(generated = "(\"lat\" + lat) * 2")]
        twice: Option<f64>,
    }
}

use shared::Audit;

#[derive(Columns)]
struct Tenant {
    #[column(primary_key)]
    tenant_id: i64,
}

#[derive(Columns)]
struct Address {
    #[column(unique, check = "zip <> ''", index(expr = "lower(zip)"), renamed_from = "code")]
    zip: String,
    #[column(flatten, prefix = "geo_")]
    geo: shared::Geo,
}

#[derive(Table)]
#[table(name = "users", comments, rename_all = "UPPERCASE", unique(id))]
#[table(index(audit.created_at, billing.zip desc), check = "billing_geo_lat > 0")]
struct User {
    #[column(flatten)]
    tenant: Tenant,
    #[column(primary_key)]
    id: i64,
    #[column(flatten)]
    audit: Audit,
    #[column(flatten, prefix = "billing_")]
    billing: Address,
    #[column(flatten, prefix = "Home ")]
    home: Option<Box2>,
    last: i32,
}

#[derive(Columns)]
#[columns(unique(number, street))]
struct Box2 {
    street: String,
    #[column(name = "no")]
    number: i32,
}

#[derive(Table)]
#[table(name = "orders", primary_key(tenant.tenant_id, id), partition_by = hash(tenant.tenant_id))]
#[table(foreign_key(columns(tenant.tenant_id, by), references = User(tenant.tenant_id, id)))]
struct Order {
    id: i64,
    by: i64,
    #[column(flatten)]
    tenant: Key,
    #[column(references = User::billing.zip)]
    zip: String,
}

#[derive(Columns)]
struct Key {
    tenant_id: i64,
}

// What is no column keeps its name.
#[derive(Columns)]
#[columns(check(expr = "extract(year FROM day) = year AND make_interval(years => years) > interval '1' year to month"))]
#[columns(index("(day AT TIME ZONE zone)", where = "zone <> 'zone' AND time '10:00' < time"))]
struct Calendar {
    day: chrono::DateTime<chrono::Utc>,
    year: i32,
    years: i32,
    zone: String,
    time: chrono::NaiveTime,
    #[column(generated = "CAST(year AS text) || year::text")]
    text: Option<String>,
}

#[derive(Table)]
#[table(name = "terms")]
struct Term {
    #[column(flatten, prefix = "from_")]
    from: Box<Calendar>,
    #[column(flatten, prefix = "to_")]
    to: Option<Box<Calendar>>,
}
