//! What the derives give, and what they refuse.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

use limbeck::{PgEnum, PgType, Table};
use serde::{Deserialize, Serialize};

mod people {
    use limbeck::Table;

    /// Not to be seen from outside.
    #[derive(Debug, Clone, PartialEq)]
    struct Secret(String);

    /// A model with private fields, one of them of a private type.
    #[derive(Debug, Clone, PartialEq, Table)]
    #[table(name = "people", schema = "app")]
    pub struct Person {
        #[column(primary_key)]
        id: i64,
        secret: Option<SecretText>,
        r#type: String,
        #[column(references = Self::id)]
        parent: Option<i64>,
        #[column(references = super::Order::id)]
        last_order: Option<i64>,
    }

    type SecretText = Secret;

    impl Person {
        pub fn new(id: i64) -> Self {
            Self {
                id,
                secret: Some(Secret("x".into())),
                r#type: "y".into(),
                parent: None,
                last_order: None,
            }
        }
    }
}

/// Beside serde, with generics of its own types.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Table)]
#[serde(rename_all = "camelCase")]
#[table(name = "say \"orders\"", unique(id, person_id))]
struct Order {
    id: i64,
    #[column(references = people::Person::id, name = "personId")]
    #[serde(default)]
    person_id: i64,
    state: State,
}

#[derive(Table)]
#[table(name = "lines")]
#[table(foreign_key(columns(order, person), references = Order(id, person_id)))]
struct Line {
    order: i64,
    person: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, PgEnum)]
#[serde(rename_all = "snake_case")]
#[pg_enum(name = "order_state", rename_all = "snake_case")]
enum State {
    New,
    InPreparation,
    #[pg_enum(rename = "gone")]
    Sent = 7,
    r#Type,
}

#[derive(Debug, PgEnum)]
#[pg_enum(name = "nothing", schema = "app")]
enum Nothing {}

#[test]
fn names_are_those_of_the_attributes() {
    assert_eq!(<people::Person as Table>::TABLE.to_string(), r#""app"."people""#);
    assert_eq!(Order::TABLE.to_string(), r#""public"."say ""orders""""#);
    assert_eq!((Order::SCHEMA, Order::NAME), ("public", "say \"orders\""));
    let column = Order::COLUMNS.person_id;
    assert_eq!((column.name(), column.table()), ("personId", "say \"orders\""));
    assert_eq!(column.to_string(), r#""personId""#);
    assert_eq!(column.qualified().to_string(), r#""say ""orders"""."personId""#);
    assert_eq!(format!("{column:?}"), r#"Column("personId")"#);
    assert_eq!(Line::COLUMNS.order.name(), "order");
}

#[test]
fn a_model_stays_a_plain_struct() {
    let order = Order {
        id: 1,
        person_id: 2,
        state: State::InPreparation,
    };
    let json = serde_json::to_string(&order).unwrap();
    assert_eq!(json, r#"{"id":1,"personId":2,"state":"in_preparation"}"#);
    assert_eq!(serde_json::from_str::<Order>(&json).unwrap(), order);
    assert_eq!(people::Person::new(1), people::Person::new(1).clone());
    let line = Line { order: 1, person: 2 };
    assert_eq!(line.order + line.person, 3);
}

#[derive(Debug, PgType)]
#[pg_type(name = "contact", schema = "app", comments)]
struct Contact {
    #[pg_type(type = "varchar(320)")]
    email: String,
}

#[derive(Debug, PgType)]
#[pg_type(name = "score", check = "VALUE BETWEEN 0 AND 100", not_null)]
struct Score(i16);

#[derive(Debug, PgType)]
#[pg_type(name = "weights", range(subtype_diff = "float8mi"))]
struct Weights(std::ops::Range<f64>);

/// With a field that is no column, and names by a rule.
#[derive(Debug, Default, Table)]
#[table(name = "cached", rename_all = "camelCase", unlogged, row_security)]
struct Cached {
    #[column(primary_key, identity(always, start = 100))]
    long_name: i64,
    #[column(skip)]
    computed: Option<Box<Cached>>,
    #[column(name = "kept", storage = external)]
    other_name: String,
}

#[test]
fn skipped_fields_are_no_columns_and_rules_name_the_others() {
    assert_eq!(Cached::COLUMNS.long_name.name(), "longName");
    assert_eq!(Cached::COLUMNS.other_name.name(), "kept");
    let cached = Cached::default();
    assert!(cached.computed.is_none() && cached.long_name == 0 && cached.other_name.is_empty());
}

#[test]
fn types_have_their_names() {
    assert_eq!((Contact::SCHEMA, Contact::NAME), ("app", "contact"));
    assert_eq!((Score::SCHEMA, Score::NAME), ("public", "score"));
    assert_eq!(Weights::NAME, "weights");
    let contact = Contact { email: "a@b".into() };
    assert_eq!(contact.email.len() + Score(3).0 as usize, 6);
    assert!(Weights(0.0..1.0).0.contains(&0.5));
}

#[test]
fn labels_go_both_ways() {
    assert_eq!(State::LABELS, ["new", "in_preparation", "gone", "type"]);
    for state in [State::New, State::InPreparation, State::Sent, State::Type] {
        assert_eq!(State::from_label(state.label()), Some(state));
    }
    assert_eq!(State::from_label("sent"), None);
    assert_eq!(
        (Nothing::SCHEMA, Nothing::NAME, Nothing::LABELS.len()),
        ("app", "nothing", 0)
    );
    assert!(Nothing::from_label("").is_none());
}

#[test]
fn mistakes_stop_the_build_at_their_token() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}

/// What the derive takes apart itself, and what it leaves to `syn`.
#[allow(clippy::type_complexity, reason = "that is what is tested")]
mod structs_of_any_form {
    use limbeck::{Column, Table};

    /// Commas and arrows within types, visibilities, attributes of others.
    #[derive(Table)]
    #[table(name = "odd \"ones\"", schema = "app")]
    #[allow(dead_code, reason = "only its columns are named")]
    pub(crate) struct Odd {
        /// Written `#[column(name = "no")]`.
        #[column(type = "text")]
        pub(in crate::structs_of_any_form) boxed: Box<dyn Fn(u8, u8) -> Result<u8, Vec<Option<u8>>>>,
        #[column(type = "text", name = "Arrow")]
        pub arrow: fn(u8) -> u8,
        #[allow(unused)]
        r#last: [i64; 1 + 1],
    }

    macro_rules! model {
        ($(#[$meta:meta])* $vis:vis struct $name:ident { $($field:ident: $ty:ty),* }) => {
            $(#[$meta])*
            $vis struct $name { $($field: $ty),* }
        };
    }

    model! {
        #[derive(Table)]
        #[table(name = "made")]
        #[allow(dead_code, reason = "only its columns are named")]
        pub(crate) struct Made { id: i64, names: Option<Vec<String>> }
    }

    /// A name that is not the derive's own.
    #[derive(Table)]
    #[table(name = "v")]
    #[allow(dead_code, reason = "only its columns are named")]
    struct V {
        id: i64,
    }

    #[test]
    fn have_their_columns() {
        let _: Column<V, i64> = V::COLUMNS.id;
        let _: Column<Odd, fn(u8) -> u8> = Odd::COLUMNS.arrow;
        let _: Column<Odd, Box<dyn Fn(u8, u8) -> Result<u8, Vec<Option<u8>>>>> = Odd::COLUMNS.boxed;
        let _: Column<Made, Option<Vec<String>>> = Made::COLUMNS.names;
        assert_eq!(Odd::TABLE.to_string(), r#""app"."odd ""ones""""#);
        assert_eq!(
            (Odd::COLUMNS.boxed.name(), Odd::COLUMNS.arrow.name()),
            ("boxed", "Arrow")
        );
        assert_eq!(
            (Odd::COLUMNS.last.name(), Odd::COLUMNS.last.table()),
            ("last", "odd \"ones\"")
        );
        assert_eq!((Made::SCHEMA, Made::COLUMNS.id.name()), ("public", "id"));
    }
}

/// A struct over a view, and an enum that is stored as text.
mod without_statements {
    use limbeck::{Columns, PgEnum, Table, View};

    #[derive(Columns)]
    #[allow(dead_code, reason = "only its columns are named")]
    pub struct Times {
        pub first: i64,
        #[column(name = "Last")]
        pub last: Option<i64>,
    }

    #[derive(Columns)]
    #[allow(dead_code, reason = "only its columns are named")]
    pub struct Visits {
        #[column(flatten, prefix = "at ")]
        pub times: Box<Times>,
    }

    #[derive(Table)]
    #[table(name = "visits")]
    #[allow(dead_code, reason = "only its columns are named")]
    pub struct Visit {
        #[column(flatten, prefix = "all_")]
        pub all: Option<Box<Visits>>,
    }

    #[derive(View)]
    #[view(name = "active users", schema = "app", rename_all = "camelCase")]
    #[allow(dead_code, reason = "only its columns are named")]
    pub struct ActiveUser {
        pub id: i64,
        pub full_name: Option<String>,
        #[column(skip)]
        pub note: u8,
        #[column(flatten)]
        pub times: Times,
        #[column(flatten, prefix = "seen_")]
        pub seen: Option<Box<Visits>>,
    }

    #[derive(PgEnum, Debug, PartialEq)]
    #[pg_enum(as = "Character Varying(20)", rename_all = "lowercase")]
    pub enum Status {
        Draft,
        Published,
    }

    #[derive(PgEnum)]
    #[pg_enum(as = "text")]
    pub enum Plain {}
}

#[test]
fn views_name_their_columns() {
    use limbeck::View as _;
    use without_statements::ActiveUser;
    assert_eq!(ActiveUser::VIEW.to_string(), "\"app\".\"active users\"");
    assert_eq!((ActiveUser::SCHEMA, ActiveUser::NAME), ("app", "active users"));
    assert_eq!(ActiveUser::COLUMNS.full_name.to_string(), "\"fullName\"");
    assert_eq!(
        ActiveUser::COLUMNS.id.qualified().to_string(),
        "\"active users\".\"id\""
    );
    assert_eq!(ActiveUser::COLUMNS.id.table(), "active users");
    assert_eq!(
        ActiveUser::COLUMNS.times.last.qualified().to_string(),
        "\"active users\".\"Last\""
    );
    assert_eq!(ActiveUser::COLUMNS.seen.times.first.name(), "seen_at first");
    let column: limbeck::Column<ActiveUser, i64> = ActiveUser::COLUMNS.times.first;
    assert_eq!(column.table(), "active users");
}

#[test]
fn sets_of_columns_in_boxes() {
    use limbeck::Table as _;
    use without_statements::Visit;
    assert_eq!(Visit::COLUMNS.all.times.last.to_string(), "\"all_at Last\"");
}

#[test]
fn labels_without_a_type_are_of_the_text_that_holds_them() {
    use limbeck::PgEnum as _;
    use without_statements::{Plain, Status};
    assert_eq!((Status::SCHEMA, Status::NAME), ("pg_catalog", "varchar"));
    assert_eq!(Plain::NAME, "text");
    assert_eq!(Status::Draft.label(), "draft");
    assert_eq!(Status::from_label("published"), Some(Status::Published));
}
