//! Newtypes, aliases, re-exports, modules, other names for the derive.

use limbeck as lb;
use prelude::{Id, Model as Entity};

mod prelude {
    pub use super::values::*;
    pub use limbeck::Table as Model;
}

mod values {
    use uuid::Uuid;
    pub type Id = UserId;
    #[derive(Debug)]
    pub struct UserId(pub Uuid);
    pub struct Email(String);
    pub type Maybe = Option<super::values::Email>;
    pub type Emails = Vec<Email>;
    #[derive(lb::PgEnum)]
    #[pg_enum(name = "colour")]
    pub enum Colour {
        Red,
    }
    use super::lb;
    pub type Colours = Vec<Colour>;
}

#[derive(Debug, Clone, Entity)]
#[table(name = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: Id,
    pub email: prelude::Email,
    pub second: self::values::Maybe,
    pub more: crate::values::Emails,
    pub colour: values::Colour,
    pub colours: values::Colours,
}

/// Not ours.
#[derive(tabled::Table)]
struct Other {
    what: Ever,
}
