use limbeck::Table;

mod people {
    #[derive(limbeck::Table)]
    #[table(name = "users", schema = "auth")]
    pub(crate) struct User {
        #[column(primary_key, name = "user_id")]
        id: i64,
        #[column(references = super::Team::id, on_delete = set_null, deferrable)]
        team: Option<i32>,
    }
}

use people::User as Person;

#[derive(Table)]
#[table(name = "teams", unique(id, tenant))]
struct Team {
    #[column(primary_key)]
    id: i32,
    tenant: i32,
    #[column(references = Person::id, on_delete = restrict, on_update = cascade, deferrable = initially_deferred)]
    lead: i64,
    #[column(references = crate::people::User::id, on_delete = set_default, on_update = no_action, default = 1)]
    second: i64,
    #[column(references = Self::id)]
    parent: Option<i32>,
}

#[derive(Table)]
#[table(name = "members")]
#[table(foreign_key(
    columns(team, tenant),
    references = self::Team(id, tenant),
    name = "members_of_a_team",
    on_delete = cascade,
    match_full,
))]
#[table(foreign_key(columns(team), references = Team::id))]
struct Member {
    team: i32,
    tenant: i32,
    // PostgreSQL takes it: a warning.
    #[column(references = Person::id)]
    person: i32,
}
