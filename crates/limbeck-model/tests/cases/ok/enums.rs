use limbeck::{PgEnum, Table};

/// A meal.
///
/// Of the day.
#[derive(PgEnum)]
#[pg_enum(name = "meal_slot", rename_all = "snake_case", comments, renamed_from = "meal")]
enum MealSlot {
    Breakfast,
    #[pg_enum(rename = "high tea", renamed_from = "tea")]
    HighTea,
    LateSnack = 7,
    #[cfg(test)]
    Never,
    r#Type,
}

#[derive(PgEnum)]
#[pg_enum(name = "Odd", schema = "app", comment = "It's odd")]
enum Odd {
    #[pg_enum(rename = "it's")]
    A,
    Bc,
}

#[derive(PgEnum)]
#[pg_enum(name = "nothing")]
enum Nothing {}

#[derive(Table)]
#[table(name = "meals")]
struct Meal {
    #[column(default = "late_snack")]
    slot: MealSlot,
    odd: Option<Odd>,
    #[column(default = sql("'{Bc}'"))]
    odds: Vec<Odd>,
}
