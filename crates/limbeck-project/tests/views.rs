//! Structs over views, held against the views of `.sql` files and of revisions by hand, on a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_project::Error;
use limbeck_project::commands::check;
use support::{Bed, autogenerate, ignore, written};

const SQL: &str = "CREATE VIEW app.active_users AS SELECT id, email, tags, born, mood, 1.5 AS rate FROM app.users;\n\
                   CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS total FROM app.users;\n";

const HEAD: &str = "use limbeck::{PgEnum, PgType, Table, View};\n\
    #[derive(PgEnum)]\n#[pg_enum(name = \"mood\", schema = \"app\")]\nenum Mood { Merry }\n\
    #[derive(PgType)]\n#[pg_type(name = \"email\", schema = \"app\")]\nstruct Email(String);\n\
    #[derive(Table)]\n#[table(name = \"users\", schema = \"app\")]\nstruct User {\n    #[column(primary_key)]\n    id: i64,\n    \
    email: Email,\n    #[column(type = \"varchar(20)[]\")]\n    tags: Vec<String>,\n    #[column(type = \"date\")]\n    \
    born: Option<String>,\n    mood: Mood,\n}\n\
    #[derive(View)]\n#[view(name = \"counts\")]\nstruct Counts { total: Option<i64> }\n";

async fn bed(view: &str) -> Bed {
    let bed = Bed::empty().await;
    bed.write(
        "limbeck.toml",
        "models = [\"src\"]\nschema = [\"schema\"]\n[database]\nschemas = [\"app\", \"public\"]\n",
    );
    bed.schema(SQL);
    bed.write("src/lib.rs", &format!("{HEAD}{view}"));
    bed
}

/// Each diagnostic of an error: message, what is pointed at, hint.
fn told(error: &Error) -> Vec<String> {
    let diagnostics = error.diagnostics().iter();
    diagnostics
        .map(|diagnostic| {
            let snippet = &diagnostic.snippets[0];
            let at = &snippet.source[snippet.range.clone()];
            format!("{} | {at} | {}", diagnostic.message, diagnostic.hints.join(" "))
        })
        .collect()
}

async fn refused(bed: &Bed) -> Vec<String> {
    let error = check(&bed.project(), &ignore).await.unwrap_err();
    let again = bed.try_revision(autogenerate("Views")).await.unwrap_err();
    assert_eq!(told(&error), told(&again));
    assert!(bed.revision_files().is_empty());
    told(&error)
}

#[tokio::test]
async fn a_struct_that_agrees_with_its_view() {
    // Some columns, in any order; the type of a domain or what it is over; `Option` or not.
    let bed = bed(
        "#[derive(View)]\n#[view(name = \"active_users\", schema = \"app\", rename_all = \"lowercase\")]\nstruct ActiveUser {\n    \
         mood: Option<Mood>,\n    #[column(name = \"email\")]\n    address: Email,\n    tags: Vec<String>,\n    id: Option<i64>,\n    \
         #[column(type = \"numeric\")]\n    rate: f64,\n    #[column(skip)]\n    note: u8,\n}\n\
         #[derive(View)]\n#[view(name = \"active_users\", schema = \"app\")]\nstruct Address { email: String }\n",
    )
    .await;
    let outcome = bed.try_revision(autogenerate("Views")).await;
    let text = bed.text(&written(outcome.unwrap_or_else(|error| panic!("{error:#?}"))));
    assert!(text.contains("CREATE VIEW app.active_users"), "{text}");
    assert_eq!(bed.upgrade("head").await, 1);
    assert!(!bed.check().await.is_different());
    // What is known of an earlier check is known of these structs.
    let other = bed
        .text_of("src/lib.rs")
        .replace("{ email: String }", "{ emali: String }");
    bed.write("src/lib.rs", &other);
    let error = check(&bed.project(), &ignore).await.unwrap_err();
    assert_eq!(
        told(&error),
        ["the view `app.active_users` has no column `emali` | emali | did you mean `email`?"]
    );
    assert_eq!(bed.downgrade("base").await, 1);
}

#[tokio::test]
async fn structs_that_do_not() {
    let bed = bed(
        "#[derive(View)]\n#[view(name = \"active_user\", schema = \"app\")]\nstruct Missing { id: i64 }\n\
         #[derive(View)]\n#[view(name = \"nothing_like_it\")]\nstruct Nothing { id: i64 }\n\
         #[derive(View)]\n#[view(name = \"active_users\", schema = \"app\")]\nstruct Wrong {\n    id: i32,\n    emial: String,\n    \
         #[column(name = \"zzzzzzzz\")]\n    last: String,\n    #[column(type = \"text\")]\n    tags: String,\n    born: i64,\n    \
         rate: Vec<f64>,\n}\n",
    )
    .await;
    insta::assert_snapshot!(refused(&bed).await.join("\n"), @r#"
    there is no view `app.active_user` | "active_user" | did you mean `app.active_users`?
    the field `id` means `integer`, and the column `id` of the view `app.active_users` is `bigint` | i32 | change the field's type, or cast in the view's query
    the view `app.active_users` has no column `emial` | emial | did you mean `email`?
    the view `app.active_users` has no column `zzzzzzzz` | "zzzzzzzz" | its columns are `born`, `email`, `id`, `mood`, `rate`, `tags`
    the field `tags` means `text`, and the column `tags` of the view `app.active_users` is `character varying(20)[]` | "text" | change the field's type, or cast in the view's query
    the field `born` means `bigint`, and the column `born` of the view `app.active_users` is `date` | i64 | change the field's type, or cast in the view's query
    the field `rate` means `double precision[]`, and the column `rate` of the view `app.active_users` is `numeric` | Vec<f64> | change the field's type, or cast in the view's query
    there is no view `public.nothing_like_it` | "nothing_like_it" | a view stands in a `.sql` file: `CREATE VIEW … AS SELECT …`
    "#);
}

/// A view that a revision made by hand, and a table where a view is meant.
#[tokio::test]
async fn views_made_by_hand() {
    let bed = Bed::of_structs("use limbeck::{Table, View};\n#[derive(Table)]\n#[table(name = \"users\")]\nstruct User { id: i64 }\n").await;
    bed.revision("Users").await;
    bed.by_hand("CREATE VIEW ids AS SELECT id FROM users", "DROP VIEW ids")
        .await;
    bed.by_hand("CREATE TABLE kept (id bigint)", "DROP TABLE kept")
        .await;
    let source = bed.text_of("src/lib.rs");
    let view = |name: &str, column: &str| {
        format!("{source}#[derive(View)]\n#[view(name = \"{name}\")]\nstruct Ids {{ {column}: i64 }}\n")
    };
    bed.write("src/lib.rs", &view("ids", "id"));
    assert!(!bed.check().await.is_different());
    bed.write("src/lib.rs", &view("ids", "idd"));
    let error = check(&bed.project(), &ignore).await.unwrap_err();
    assert_eq!(
        told(&error),
        ["the view `public.ids` has no column `idd` | idd | did you mean `id`?"]
    );
    bed.write("src/lib.rs", &view("kept", "id"));
    let error = check(&bed.project(), &ignore).await.unwrap_err();
    assert_eq!(
        told(&error),
        ["`public.kept` is a table, and no view | \"kept\" | a struct that is a table derives `Table`"]
    );
}

/// What several views and tables have.
#[tokio::test]
async fn sets_of_columns() {
    let source = "use limbeck::{Columns, Table, View};\n\
        #[derive(Columns)]\n#[columns(check = \"first < last\")]\nstruct Times { first: i64, last: Option<i64> }\n\
        #[derive(Table)]\n#[table(name = \"visits\")]\nstruct Visit {\n    #[column(flatten)]\n    times: Times,\n}\n\
        #[derive(View)]\n#[view(name = \"seen\")]\nstruct Seen {\n    n: i64,\n    #[column(flatten, prefix = \"seen_\")]\n    \
        times: Option<Box<Times>>,\n}\n";
    let bed = Bed::of_structs(source).await;
    bed.write("limbeck.toml", "models = [\"src\"]\nschema = [\"schema\"]\n");
    let view =
        "CREATE VIEW seen AS SELECT 1::bigint AS n, first AS seen_first, last AS seen_last FROM visits;\n";
    bed.schema(view);
    let outcome = bed.try_revision(autogenerate("Visits")).await;
    written(outcome.unwrap_or_else(|error| panic!("{error:#?}")));
    assert_eq!(bed.upgrade("head").await, 1);
    assert!(!bed.check().await.is_different());
    assert_eq!(bed.downgrade("base").await, 1);
    bed.schema(&view.replace("last AS seen_last", "last::text AS last"));
    let error = check(&bed.project(), &ignore).await.unwrap_err();
    assert_eq!(
        told(&error),
        ["the view `public.seen` has no column `seen_last` | last | did you mean `seen_first`?"]
    );
    bed.schema(&view.replace("last AS seen_last", "last::text AS seen_last"));
    let error = check(&bed.project(), &ignore).await.unwrap_err();
    assert_eq!(
        told(&error),
        [
            "the field `times.last` means `bigint`, and the column `seen_last` of the view `public.seen` is `text` | \
          Option<i64> | change the field's type, or cast in the view's query"
        ]
    );
}
