//! Diesel.

use diesel::sql_types::Text;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use limbeck::Table;

use crate::user::User;

diesel::table! {
    users (id) {
        id -> Int8,
        email -> Text,
        display_name -> Nullable<Text>,
    }
}

/// With SQL.
pub async fn by_email(connection: &mut AsyncPgConnection, email: &str) -> QueryResult<Option<User>> {
    let sql = format!("SELECT * FROM {} WHERE {} = $1", User::TABLE, User::COLUMNS.email);
    sql_query(sql)
        .bind::<Text, _>(email)
        .get_result(connection)
        .await
        .optional()
}

/// With Diesel's own words, which know the columns by `table!`.
pub async fn by_name(connection: &mut AsyncPgConnection, name: &str) -> QueryResult<Option<User>> {
    users::table
        .filter(users::display_name.eq(name))
        .first(connection)
        .await
        .optional()
}

#[cfg(test)]
mod tests {
    use diesel::Column;
    use limbeck::Table;

    use super::users;
    use crate::user::User;

    /// `table!` says once more what the model says, so a test holds the one against the other.
    #[test]
    fn the_columns_are_those_of_the_model() {
        let c = User::COLUMNS;
        assert_eq!(users::id::NAME, c.id.name());
        assert_eq!(users::email::NAME, c.email.name());
        assert_eq!(users::display_name::NAME, c.display_name.name());
    }
}
