//! `models generate`: what comes back is what there was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::path::Path;

use limbeck_project::commands::{
    By, DiffOptions, GenerateOptions, GenerateReport, TimeTypes, diff, generate,
};
use limbeck_project::{Error, Overrides, Project};
use support::Bed;

/// A project that has nothing but a file of SQL to be made from.
fn project(config: &str, sql: &str) -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("a project ").tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("limbeck.toml", config);
    write("database/migrations/versions/.keep", "");
    write("src/lib.rs", "pub mod models;\n");
    write("from.sql", sql);
    folder
}

async fn try_generate(folder: &Path, options: GenerateOptions) -> Result<GenerateReport, Error> {
    let project = Project::open(folder, &Overrides::default(), &Bed::host()).unwrap();
    let options = GenerateOptions {
        from: options.from.or_else(|| Some("from.sql".to_owned())),
        ..options
    };
    generate(&project, folder, &options, &support::ignore).await
}

/// Makes structs of a schema, and holds what they come to against it by `diff`.
async fn comes_back(folder: &Path, options: GenerateOptions) -> GenerateReport {
    let report = try_generate(folder, options)
        .await
        .unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(difference(folder).await, "");
    report
}

async fn difference(folder: &Path) -> String {
    let options = DiffOptions {
        sides: Some(("models:".to_owned(), "from.sql".to_owned())),
        ..DiffOptions::default()
    };
    let report = diff(
        folder,
        &Overrides::default(),
        &Bed::host(),
        &options,
        &support::ignore,
    )
    .await;
    report.unwrap_or_else(|error| panic!("{error:#?}")).sql
}

/// The major version that the tests run on.
async fn major() -> u32 {
    let scratch = limbeck_server::testing::shared_scratch().await;
    scratch.server_version_num() / 10_000
}

async fn corpus_comes_back(name: &str) {
    let Some(text) = support::corpus(&format!("real/{name}.sql")) else {
        return;
    };
    let folder = project("", &text);
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    let whole: Vec<_> = report
        .sql
        .iter()
        .filter(|left| left.object.kind == limbeck_project::Kind::Table)
        .collect();
    eprintln!(
        "{name}: {} structs, {} left to SQL; tables among them: {whole:#?}",
        report.structs,
        report.sql.len()
    );
}

#[tokio::test]
async fn concourse() {
    corpus_comes_back("concourse").await;
}

#[tokio::test]
async fn documenso() {
    corpus_comes_back("documenso").await;
}

#[tokio::test]
async fn lago() {
    corpus_comes_back("lago").await;
}

#[tokio::test]
async fn lemmy() {
    corpus_comes_back("lemmy").await;
}

#[tokio::test]
async fn musicbrainz() {
    corpus_comes_back("musicbrainz").await;
}

#[tokio::test]
async fn openstreetmap() {
    corpus_comes_back("openstreetmap").await;
}

#[tokio::test]
async fn synapse() {
    corpus_comes_back("synapse").await;
}

/// Every kind of object, and names that are hard to say in Rust.
const ODD: &str = include_str!("generate/odd.sql");

fn written(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test]
async fn odd_names_and_every_kind_come_back() {
    for (by, derives) in [
        (By::Table, ""),
        (By::Schema, "sqlx::FromRow"),
        (By::File, "sqlx::FromRow,serde::Serialize"),
    ] {
        let folder = project("[database]\nschemas = [\"public\", \"app\"]\n", ODD);
        let options = GenerateOptions {
            by,
            derives: derives
                .split(',')
                .filter(|derive| !derive.is_empty())
                .map(str::to_owned)
                .collect(),
            ..GenerateOptions::default()
        };
        let report = comes_back(folder.path(), options.clone()).await;
        assert_eq!(report.next, Vec::<String>::new());
        // The same again, to the byte.
        let again = project("[database]\nschemas = [\"public\", \"app\"]\n", ODD);
        try_generate(again.path(), options).await.unwrap();
        for path in report.models.iter().chain(&report.schema) {
            let path = path.to_str().unwrap();
            assert_eq!(
                written(folder.path(), path),
                written(again.path(), path),
                "{path}"
            );
        }
        let in_sql = |object: &str| report.sql.iter().any(|left| left.object.to_string() == object);
        for object in [
            "table app.typed",
            "view public.names",
            "materialized view public.counts",
            "function public.plain(text)",
            "trigger public.orders.audit",
            "policy public.orders.own",
            "sequence public.free",
        ] {
            assert!(in_sql(object), "{object} of {:#?}", report.sql);
        }
        for object in [
            "table public.orders",
            "table public.\"Self\"",
            "type app.mood",
            "domain public.email",
        ] {
            assert!(!in_sql(object), "{object} of {:#?}", report.sql);
        }
    }
}

#[tokio::test]
async fn structs_say_what_attributes_can() {
    let folder = project("", include_str!("generate/plain.sql"));
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    assert_eq!(report.sql, []);
    let told = report.models.iter().map(|path| {
        let path = path.to_str().unwrap();
        format!("// {path}\n{}\n", written(folder.path(), path))
    });
    insta::assert_snapshot!("structs_say_what_attributes_can", told.collect::<String>());
}

#[tokio::test]
async fn one_thing_that_attributes_do_not_say_is_an_alteration() {
    let folder = project(
        "",
        "CREATE TABLE t (id bigint PRIMARY KEY, a integer, CONSTRAINT c EXCLUDE USING btree (a int4_ops WITH =) INCLUDE (id));
         ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5);",
    );
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    assert!(written(folder.path(), "src/models/t.rs").contains("pub struct T {"));
    let sql = written(folder.path(), "database/schema/t.sql");
    assert!(
        sql.contains("SET (n_distinct = 5)") && !sql.contains("CREATE TABLE"),
        "{sql}"
    );
    let reasons: Vec<&str> = report.sql.iter().map(|left| left.reason.as_str()).collect();
    assert!(
        reasons
            .iter()
            .all(|reason| *reason == "attributes do not say all of it"),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn what_no_model_can_say_is_left_to_sql() {
    // A key between two types is one that the reader of models refuses.
    let folder = project(
        "",
        "CREATE TABLE a (id numeric PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, a integer REFERENCES a);
         CREATE TABLE c (b bigint REFERENCES b);",
    );
    comes_back(folder.path(), GenerateOptions::default()).await;
    let b = written(folder.path(), "src/models/b.rs");
    assert!(!b.contains("references"), "{b}");
    assert!(written(folder.path(), "database/schema/b.sql").contains("REFERENCES public.a"));
    assert!(written(folder.path(), "src/models/c.rs").contains("references = B::id"));
}

#[tokio::test]
async fn nothing_is_written_over() {
    let folder = project(
        "",
        "CREATE TABLE users (id bigint PRIMARY KEY); CREATE VIEW v AS SELECT id FROM users;",
    );
    let view = folder.path().join("database/schema/v.sql");
    std::fs::create_dir_all(view.parent().unwrap()).unwrap();
    std::fs::write(&view, "-- mine").unwrap();
    let error = try_generate(folder.path(), GenerateOptions::default())
        .await
        .unwrap_err();
    assert!(
        format!("{error:?}").contains("`database/schema/v.sql` is there already"),
        "{error:?}"
    );
    assert_eq!(std::fs::read_to_string(&view).unwrap(), "-- mine");
    assert!(!folder.path().join("src/models").exists());
    // What is only made is not in the way of anything.
    let options = GenerateOptions {
        dry_run: true,
        ..GenerateOptions::default()
    };
    let report = try_generate(folder.path(), options).await.unwrap();
    assert_eq!(report.texts.len(), report.models.len() + report.schema.len());
    assert!(!folder.path().join("src/models").exists());
}

#[tokio::test]
async fn wrong_requests_are_refused() {
    let folder = project("", "CREATE TABLE users (id bigint PRIMARY KEY);");
    for (options, told) in [
        (
            GenerateOptions {
                from: Some("models:".to_owned()),
                ..GenerateOptions::default()
            },
            "the models are there already",
        ),
        (
            GenerateOptions {
                from: Some("empty:".to_owned()),
                ..GenerateOptions::default()
            },
            "the schema is empty",
        ),
        (
            GenerateOptions {
                from: Some("gone.sql".to_owned()),
                ..GenerateOptions::default()
            },
            "there is no file `gone.sql`",
        ),
        (
            GenerateOptions {
                into: Some("../elsewhere".into()),
                ..GenerateOptions::default()
            },
            "does not lie in the project",
        ),
        (
            GenerateOptions {
                derives: vec!["sqlx::".to_owned()],
                ..GenerateOptions::default()
            },
            "`sqlx::` is no path of a derive",
        ),
    ] {
        let error = try_generate(folder.path(), options).await.unwrap_err();
        assert!(format!("{error:?}").contains(told), "{error:?}");
    }
    assert!(!folder.path().join("src/models").exists());
}

#[tokio::test]
async fn checks_of_labels_are_enums() {
    let folder = project(
        "",
        "CREATE TABLE posts (
            id bigint PRIMARY KEY,
            state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'in_review', 'published')),
            kind varchar(20) CHECK (kind IN ('it''s', 'b')),
            tags text[] CHECK (tags <@ ARRAY['x', 'y']),
            codes varchar(3)[] NOT NULL DEFAULT '{}' CHECK (codes <@ ARRAY['x', 'y']::varchar(3)[]),
            maybe text CHECK (maybe IN ('a', 'b') OR maybe IS NULL),
            named text CONSTRAINT by_a_name CHECK (named IN ('a', 'b')),
            one text CHECK (one = 'a'),
            short char(1) CHECK (short IN ('a', 'b')),
            twice text CHECK (twice IN ('a', 'b')) CHECK (twice IN ('a', 'c')),
            later text
        );
        ALTER TABLE posts ADD CONSTRAINT posts_later_check CHECK (later IN ('a', 'b')) NOT VALID;
        CREATE TABLE posts_state (state text CHECK (state IN ('', 'a')));
        CREATE TABLE others (\"own State\" text CHECK (\"own State\" IN ('A', 'a')));
        CREATE TABLE of_posts (state text REFERENCES posts_state_key, CHECK (state IN ('draft', 'published')));
        CREATE TABLE posts_state_key (state text PRIMARY KEY);",
    );
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    assert_eq!(report.sql, []);
    let posts = written(folder.path(), "src/models/posts.rs");
    insta::assert_snapshot!(posts, @r#"
    use limbeck::{PgEnum, Table};

    #[derive(Debug, Clone, Table)]
    #[table(name = "posts")]
    pub struct Posts {
        #[column(primary_key)]
        pub id: i64,
        #[column(default = "draft")]
        pub state: PostsStateType,
        pub kind: Option<PostsKind>,
        pub tags: Option<Vec<PostsTags>>,
        #[column(default = sql("'{}'::character varying[]"))]
        pub codes: Vec<PostsCodes>,
        #[column(check = "(maybe = ANY (ARRAY['a'::text, 'b'::text])) OR (maybe IS NULL)")]
        pub maybe: Option<String>,
        #[column(check(name = "by_a_name", expr = "named = ANY (ARRAY['a'::text, 'b'::text])"))]
        pub named: Option<String>,
        #[column(check = "one = 'a'::text")]
        pub one: Option<String>,
        #[column(type = "char(1)", check = "short = ANY (ARRAY['a'::bpchar, 'b'::bpchar])")]
        pub short: Option<String>,
        #[column(check(
            name = "posts_twice_check1",
            expr = "twice = ANY (ARRAY['a'::text, 'c'::text])",
        ))]
        pub twice: Option<PostsTwice>,
        #[column(check(not_valid, expr = "later = ANY (ARRAY['a'::text, 'b'::text])"))]
        pub later: Option<String>,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PgEnum)]
    #[pg_enum(as = "varchar(3)", rename_all = "snake_case")]
    pub enum PostsCodes {
        X,
        Y,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PgEnum)]
    #[pg_enum(as = "varchar(20)")]
    pub enum PostsKind {
        #[pg_enum(rename = "it's")]
        ItS,
        #[pg_enum(rename = "b")]
        B,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PgEnum)]
    #[pg_enum(as = "text", rename_all = "snake_case")]
    pub enum PostsStateType {
        Draft,
        InReview,
        Published,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PgEnum)]
    #[pg_enum(as = "text", rename_all = "snake_case")]
    pub enum PostsTags {
        X,
        Y,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PgEnum)]
    #[pg_enum(as = "text", rename_all = "snake_case")]
    pub enum PostsTwice {
        A,
        B,
    }
    "#);
    assert!(written(folder.path(), "src/models/others.rs").contains("pub enum OthersOwnState"));
    // A label of no letter is none that an enum could have.
    assert!(!written(folder.path(), "src/models/posts_state.rs").contains("enum"));
}

#[tokio::test]
async fn views_are_structs_where_that_is_asked_for() {
    let sql = "CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE DOMAIN email AS varchar(80);
        CREATE TABLE users (id bigint PRIMARY KEY, email email NOT NULL, mood mood, \"Born\" date);
        CREATE SCHEMA app;
        CREATE VIEW app.\"happyUsers\" AS SELECT id, email, mood, \"Born\", 1.5 AS \"type\", 'x' AS \"?column?\", ARRAY[id] AS ids
            FROM users WHERE mood = 'glad';
        COMMENT ON VIEW app.\"happyUsers\" IS 'Who smiles.';
        CREATE MATERIALIZED VIEW user_counts AS SELECT mood, count(*) AS n, max(email)::varchar(80) AS last FROM users GROUP BY 1;
        CREATE VIEW users_row AS SELECT; CREATE TABLE \"Users\" (id int);";
    let config = "[database]\nschemas = [\"public\", \"app\"]\n";
    let folder = project(config, sql);
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    assert!(report.models.iter().all(|path| !path.ends_with("user_counts.rs")));
    for by in [By::Table, By::Schema, By::File] {
        let folder = project(config, sql);
        let options = GenerateOptions {
            views: true,
            derives: vec!["sqlx::FromRow".to_owned()],
            by,
            ..GenerateOptions::default()
        };
        let report = comes_back(folder.path(), options).await;
        let in_sql: Vec<String> = report.sql.iter().map(|left| left.object.to_string()).collect();
        assert!(
            in_sql.contains(&"view app.\"happyUsers\"".to_owned()),
            "{in_sql:?}"
        );
        if by != By::Table {
            continue;
        }
        insta::assert_snapshot!(written(folder.path(), "src/models/app/happy_users.rs"), @r#"
        use chrono::NaiveDate;
        use limbeck::View;
        use rust_decimal::Decimal;

        use super::super::{Email, Mood};

        /// Who smiles.
        #[derive(Debug, Clone, View, sqlx::FromRow)]
        #[view(name = "happyUsers", schema = "app")]
        pub struct HappyUsers {
            pub id: Option<i64>,
            pub email: Option<Email>,
            pub mood: Option<Mood>,
            #[column(name = "Born")]
            #[sqlx(rename = "Born")]
            pub born: Option<NaiveDate>,
            pub r#type: Option<Decimal>,
            #[column(name = "?column?")]
            #[sqlx(rename = "?column?")]
            pub column: Option<String>,
            pub ids: Option<Vec<i64>>,
        }
        "#);
        insta::assert_snapshot!(written(folder.path(), "src/models/user_counts.rs"), @r#"
        use limbeck::View;

        use super::Mood;

        #[derive(Debug, Clone, View, sqlx::FromRow)]
        #[view(name = "user_counts")]
        pub struct UserCounts {
            pub mood: Option<Mood>,
            pub n: Option<i64>,
            #[column(type = "varchar(80)")]
            pub last: Option<String>,
        }
        "#);
        // The struct is held against its view from now on.
        let view = folder.path().join("database/schema/app.happyUsers.sql");
        let text = std::fs::read_to_string(&view).unwrap();
        std::fs::write(&view, text.replace("email", "email AS mail")).unwrap();
        let options = DiffOptions {
            sides: Some(("models:".to_owned(), "from.sql".to_owned())),
            ..DiffOptions::default()
        };
        let error = diff(
            folder.path(),
            &Overrides::default(),
            &Bed::host(),
            &options,
            &support::ignore,
        )
        .await;
        assert!(
            format!("{error:?}").contains("has no column `email`"),
            "{error:?}"
        );
    }
}

/// What a convention would name as it is named has no name in the struct, whatever PostgreSQL would call it.
#[tokio::test]
async fn a_convention_names_what_it_can() {
    let naming = "[naming]\nprimary_key = \"pk_{table}\"\nunique = \"uq_{table}_{columns}\"\n\
        foreign_key = \"fk_{table}_{column_0}_{referred_table}\"\ncheck = \"ck_{table}_{columns}\"\n\
        exclusion = \"ex_{table}_{columns}\"\nindex = \"ix_{table}_{columns}\"\n";
    let sql = "CREATE TABLE users (
            id bigint CONSTRAINT pk_users PRIMARY KEY,
            email text CONSTRAINT uq_users_email UNIQUE,
            name text CONSTRAINT ck_users_name CHECK (name <> ''),
            a int, b int,
            CONSTRAINT ck_users_b_a CHECK (b > a),
            CONSTRAINT users_a_check CHECK (a > 0),
            state text CONSTRAINT ck_users_state CHECK (state IN ('a', 'b')),
            kind text CONSTRAINT users_kind_check CHECK (kind IN ('a', 'b')),
            CONSTRAINT uq_users_b_a UNIQUE (b, a)
        );
        CREATE INDEX ix_users_name_lower ON users (name, lower(email)) INCLUDE (a);
        CREATE INDEX users_b_idx ON users (b);
        CREATE UNIQUE INDEX ix_users_name ON users (name DESC);
        CREATE TABLE stays (
            id int PRIMARY KEY,
            guest bigint CONSTRAINT fk_stays_guest_users REFERENCES users,
            other bigint REFERENCES users,
            during tsrange,
            CONSTRAINT ex_stays_during EXCLUDE USING gist (during WITH &&)
        );";
    let folder = project(naming, sql);
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    assert_eq!(report.sql, []);
    insta::assert_snapshot!(written(folder.path(), "src/models/users.rs"), @r#"
    use limbeck::{PgEnum, Table};

    #[derive(Debug, Clone, Table)]
    #[table(name = "users")]
    #[table(check = "b > a")]
    #[table(unique(b, a))]
    #[table(index(name, "lower(email)", include(a)))]
    pub struct Users {
        #[column(primary_key)]
        pub id: i64,
        #[column(unique)]
        pub email: Option<String>,
        #[column(check = "name <> ''::text", index(desc, unique))]
        pub name: Option<String>,
        #[column(check(name = "users_a_check", expr = "a > 0"))]
        pub a: Option<i32>,
        #[column(index(name = "users_b_idx"))]
        pub b: Option<i32>,
        pub state: Option<UsersState>,
        #[column(check(name = "users_kind_check", expr = "kind = ANY (ARRAY['a'::text, 'b'::text])"))]
        pub kind: Option<String>,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PgEnum)]
    #[pg_enum(as = "text", rename_all = "snake_case")]
    pub enum UsersState {
        A,
        B,
    }
    "#);
    insta::assert_snapshot!(written(folder.path(), "src/models/stays.rs"), @r#"
    use chrono::NaiveDateTime;
    use limbeck::Table;

    use super::Users;

    #[derive(Debug, Clone, Table)]
    #[table(name = "stays")]
    #[table(exclude(during with "&&"))]
    #[table(foreign_key(columns(other), references = Users(id), name = "stays_other_fkey"))]
    #[table(primary_key(id, name = "stays_pkey"))]
    pub struct Stays {
        pub id: i32,
        #[column(references = Users::id)]
        pub guest: Option<i64>,
        pub other: Option<i64>,
        pub during: Option<std::ops::Range<NaiveDateTime>>,
    }
    "#);
}

#[tokio::test]
async fn what_is_declared_already_is_not_declared_twice() {
    let sql = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE teams (id bigint PRIMARY KEY);
               CREATE VIEW ids AS SELECT id FROM users;";
    let folder = project("", sql);
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let user = "#[derive(limbeck::Table)]\n#[table(name = \"users\")]\npub struct User { #[column(primary_key)] id: i64 }\n";
    let refused = async |notes: &[&str]| {
        let error = try_generate(folder.path(), GenerateOptions::default())
            .await
            .unwrap_err();
        let told = &error.diagnostics()[0];
        assert_eq!(told.notes, notes, "{told:?}");
        assert!(told.message.contains("declared twice"), "{told:?}");
        assert!(!folder.path().join("src/models").exists());
        // What is only printed is in nobody's way.
        let options = GenerateOptions {
            dry_run: true,
            ..GenerateOptions::default()
        };
        try_generate(folder.path(), options).await.unwrap();
    };
    // By a struct, and by a file, and by both.
    write("src/lib.rs", user);
    refused(&["table public.users", "constraint public.users.users_pkey"]).await;
    write(
        "database/schema/own.sql",
        "CREATE VIEW ids AS SELECT id FROM users;\n",
    );
    refused(&[
        "table public.users",
        "constraint public.users.users_pkey",
        "view public.ids",
    ])
    .await;
    // The module that is about to be written is not missing.
    write("src/lib.rs", "pub mod models;\n");
    write("database/schema/own.sql", "CREATE TABLE teams (id bigint);\n");
    refused(&["table public.teams"]).await;
    // What cannot be read tells nothing, and what is declared besides is in nobody's way.
    write("database/schema/own.sql", "CREATE TABLE other (id bigint\n");
    write(
        "database/schema/other.sql",
        "CREATE SCHEMA public_2; CREATE TABLE other (id bigint);\n",
    );
    write("database/schema/own.sql", "");
    comes_back_but_for(folder.path(), "DROP TABLE public.other").await;
}

async fn comes_back_but_for(folder: &Path, statement: &str) {
    try_generate(folder, GenerateOptions::default())
        .await
        .unwrap_or_else(|error| panic!("{error:#?}"));
    let difference = difference(folder).await;
    assert!(
        difference.contains(statement) && !difference.contains("CREATE"),
        "{difference}"
    );
}

/// Ranges with functions of their own, of which the one takes the range type itself.
#[tokio::test]
async fn ranges_say_their_functions() {
    let folder = project(
        "[database]\nschemas = [\"public\", \"app\"]\n",
        "CREATE SCHEMA app;
         CREATE TYPE app.floors;
         CREATE FUNCTION app.floors_canonical(app.floors) RETURNS app.floors LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
         CREATE FUNCTION app.apart(integer, integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::float8';
         CREATE TYPE app.floors AS RANGE (subtype = integer, canonical = app.floors_canonical, subtype_diff = app.apart);
         CREATE TYPE public.weights AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = public.many);
         CREATE TABLE public.t (floors app.floors, weights public.weights, all_of public.many);",
    );
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    let types = written(folder.path(), "src/models/app/types.rs");
    assert!(
        types.contains("canonical = \"app.floors_canonical\"")
            && types.contains("subtype_diff = \"app.apart\""),
        "{types}"
    );
    assert!(
        report
            .sql
            .iter()
            .all(|left| left.object.kind == limbeck_project::Kind::Function),
        "{:?}",
        report.sql
    );
}

/// Tables within tables, and where they lie.
#[tokio::test]
async fn partitions_children_and_storage_come_back() {
    let folder = project(
        "",
        "CREATE TABLE events (day int NOT NULL, place text NOT NULL, note text, PRIMARY KEY (day, place)) PARTITION BY RANGE (day);
         CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (100) PARTITION BY LIST (place);
         CREATE TABLE events_1_a PARTITION OF events_1 FOR VALUES IN ('a') PARTITION BY HASH (day);
         CREATE TABLE events_1_a_0 PARTITION OF events_1_a FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (fillfactor = 50);
         CREATE TABLE events_1_a_1 PARTITION OF events_1_a FOR VALUES WITH (MODULUS 2, REMAINDER 1) TABLESPACE fast;
         CREATE TABLE events_1_rest PARTITION OF events_1 DEFAULT;
         CREATE TABLE events_rest PARTITION OF events DEFAULT;
         CREATE INDEX ON events (note);
         CREATE TABLE parents (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x', CHECK (id > 0));
         CREATE TABLE other_parents (\"Size\" int);
         CREATE TABLE children (age int, CHECK (age > 0)) INHERITS (parents, other_parents) TABLESPACE fast;
         CREATE TABLE grandchildren (name text DEFAULT 'y') INHERITS (children);
         CREATE INDEX ON children (age) TABLESPACE fast;",
    );
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    let tables: Vec<String> = report.sql.iter().map(|left| left.object.to_string()).collect();
    let events = written(folder.path(), "src/models/events.rs");
    insta::assert_snapshot!(format!("{tables:?}\n{events}{}", written(folder.path(), "src/models/children.rs")), @r#"
    []
    use limbeck::Table;

    #[derive(Debug, Clone, Table)]
    #[table(name = "events")]
    #[table(partition_by = range(day))]
    #[table(partition(
        name = "events_1",
        values = "FROM (1) TO (100)",
        partition_by = list(place),
        partition(
            name = "events_1_a",
            values = "IN ('a')",
            partition_by = hash(day),
            partition(
                name = "events_1_a_0",
                values = "WITH (modulus 2, remainder 0)",
                options(fillfactor = 50),
            ),
            partition(
                name = "events_1_a_1",
                values = "WITH (modulus 2, remainder 1)",
                tablespace = "fast",
            ),
        ),
        partition(name = "events_1_rest", default),
    ))]
    #[table(partition(name = "events_rest", default))]
    #[table(primary_key(day, place))]
    pub struct Events {
        pub day: i32,
        pub place: String,
        #[column(index)]
        pub note: Option<String>,
    }
    use limbeck::Table;

    use super::{OtherParents, Parents};

    #[derive(Debug, Clone, Table)]
    #[table(name = "children")]
    #[table(inherits(Parents, OtherParents))]
    #[table(tablespace = "fast")]
    pub struct Children {
        pub id: i32,
        #[column(default = "x")]
        pub name: String,
        #[column(name = "Size")]
        pub size: Option<i32>,
        #[column(check = "age > 0", index(tablespace = "fast"))]
        pub age: Option<i32>,
    }
    "#);
}

#[tokio::test]
async fn constraints_that_are_not_enforced_come_back() {
    let major = major().await;
    if major < 18 {
        eprintln!("NOT TESTED: this PostgreSQL enforces all constraints");
        return;
    }
    let folder = project(
        &format!("[server]\nmajor = {major}\n"),
        "CREATE TABLE a (id int PRIMARY KEY, b int CHECK (b > 0) NOT ENFORCED);
         CREATE TABLE b (a int REFERENCES a NOT ENFORCED, state text CHECK (state IN ('a', 'b')) NOT ENFORCED,
                         double int GENERATED ALWAYS AS (a * 2) VIRTUAL);
         ALTER TABLE b ADD CONSTRAINT later FOREIGN KEY (a) REFERENCES a NOT VALID;",
    );
    let report = comes_back(folder.path(), GenerateOptions::default()).await;
    assert_eq!(report.sql, []);
    let b = written(folder.path(), "src/models/b.rs");
    assert_eq!(b.matches("not_enforced").count(), 2, "{b}");
}

/// Names that are one in Rust, or on a disk that does not tell letters by their case, and words that Rust keeps.
#[tokio::test]
async fn names_that_clash_come_back() {
    let folder = project(
        "[database]\nschemas = [\"public\", \"app\", \"App\"]\n",
        "CREATE SCHEMA app; CREATE SCHEMA \"App\";
         CREATE TABLE users (id int PRIMARY KEY, \"ID\" int, \"Id\" int, \"gen\" int, \"try\" int, \"abstract\" int, \"yield\" int,
                             \"union\" int, \"dyn\" int, \"static\" int, \"'static\" int, \"r#type\" int, \"Ok\" int, \"\"\"\" int);
         CREATE TABLE \"Users\" (id int PRIMARY KEY, other int REFERENCES users);
         CREATE TABLE \"USERS\" (id int PRIMARY KEY, other int REFERENCES \"Users\");
         CREATE TABLE app.users (id int PRIMARY KEY, other int REFERENCES \"USERS\");
         CREATE TABLE \"App\".users (id int PRIMARY KEY, other int REFERENCES app.users);
         CREATE TABLE \"impl\" (); CREATE TABLE \"Impl\" (\"fn\" text CHECK (\"fn\" IN ('fn', 'Fn', 'FN', 'self')));
         CREATE TABLE models (models int); CREATE TABLE lib (lib int); CREATE TABLE main (main int);
         CREATE TYPE \"Mood\" AS ENUM ('a', 'A'); CREATE TYPE mood AS ENUM ('a'); CREATE TABLE moods (a mood, b \"Mood\");",
    );
    for by in [By::Table, By::Schema, By::File] {
        for path in ["src/models", "database/schema"] {
            let _ = std::fs::remove_dir_all(folder.path().join(path));
        }
        let options = GenerateOptions {
            by,
            ..GenerateOptions::default()
        };
        let report = comes_back(folder.path(), options).await;
        let mut names: Vec<String> = report
            .models
            .iter()
            .map(|path| path.to_str().unwrap().to_lowercase())
            .collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "{names:?}");
    }
}

/// A function may outlive what it names. It is written, and its file says that nobody shall look.
#[tokio::test]
async fn functions_whose_bodies_are_broken_come_back() {
    let bed = Bed::empty().await;
    bed.write("limbeck.toml", &format!("[server]\nmajor = {}\n", major().await));
    bed.write("src/lib.rs", "pub mod models;\n");
    bed.run(
        "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE gone ();
         CREATE FUNCTION broken() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM gone $$;
         DROP TABLE gone;",
    )
    .await;
    let options = GenerateOptions::default();
    let report = generate(&bed.project(), bed.folder.path(), &options, &support::ignore)
        .await
        .unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(report.structs, 1);
    let functions = bed.text_of("database/schema/functions.sql");
    assert!(
        functions.contains("SET check_function_bodies = off;\n"),
        "{functions}"
    );
    let sides = Some(("models:".to_owned(), "database:".to_owned()));
    let options = DiffOptions {
        sides,
        ..DiffOptions::default()
    };
    let report = diff(
        bed.folder.path(),
        &bed.overrides(),
        &Bed::host(),
        &options,
        &support::ignore,
    )
    .await;
    assert_eq!(report.unwrap().sql, "");
    // What says nothing of bodies is all that `check` has to compare with.
    assert!(bed.check().await.is_different());
}

#[tokio::test]
async fn nothing_and_what_is_wrong_is_told() {
    let folder = project("", "");
    let told = async |from: &str| {
        let options = GenerateOptions {
            from: Some(from.to_owned()),
            ..GenerateOptions::default()
        };
        let error = try_generate(folder.path(), options).await.unwrap_err();
        let told = &error.diagnostics()[0];
        let place = told.snippets.first().map_or_else(String::new, |at| {
            format!(
                "{}:{}:{} {}: ",
                at.path.display(),
                at.line,
                at.column,
                &at.source[at.range.clone()]
            )
        });
        format!("{place}{} ({})", told.message, told.hints.join("; "))
    };
    insta::assert_snapshot!(told("from.sql").await, @"there is nothing to make structs from: the schema is empty ()");
    insta::assert_snapshot!(told("history:").await, @"there is nothing to make structs from: the schema is empty (the revisions make nothing: `limbeck history` lists them, and `database:` means the configured database)");
    std::fs::write(
        folder.path().join("from.sql"),
        "CREATE TABLE a (id int);\nCREATE TABLE b (\n  id itn\n);\n",
    )
    .unwrap();
    insta::assert_snapshot!(told("from.sql").await, @r#"from.sql:3:6 itn: type "itn" does not exist ()"#);
    std::fs::write(folder.path().join("from.sql"), "CREATE TABLE a (id int;\n").unwrap();
    insta::assert_snapshot!(told("from.sql").await, @r#"from.sql:1:23 ;: syntax error at or near ";" ()"#);
    assert!(!folder.path().join("src/models").exists());
    // A table without columns is one nevertheless.
    std::fs::write(folder.path().join("from.sql"), "CREATE TABLE a ();\n").unwrap();
    comes_back(folder.path(), GenerateOptions::default()).await;
}

/// What is generated is Rust that compiles, beside the real sqlx and serde. They are built for it, once: their target
/// folder stays with that of the workspace.
#[tokio::test]
#[ignore = "builds sqlx, which takes minutes; `.ci/drivers` runs it"]
async fn what_is_generated_compiles() {
    let folder = project("[database]\nschemas = [\"public\", \"app\"]\n", ODD);
    let mut root = String::from("#![allow(dead_code, reason = \"nobody uses the models\")]\n");
    for (module, by, types, derives) in [
        ("plain", By::Table, TimeTypes::Chrono, ""),
        ("of_sqlx", By::Schema, TimeTypes::Chrono, "sqlx::FromRow"),
        (
            "of_both",
            By::File,
            TimeTypes::Chrono,
            "sqlx::FromRow,serde::Serialize,serde::Deserialize",
        ),
        (
            "of_time",
            By::Table,
            TimeTypes::Time,
            "sqlx::FromRow,serde::Serialize",
        ),
        ("of_jiff", By::Schema, TimeTypes::Jiff, ""),
    ] {
        let options = GenerateOptions {
            by,
            types,
            into: Some(Path::new("src").join(module)),
            views: true,
            derives: derives
                .split(',')
                .filter(|derive| !derive.is_empty())
                .map(str::to_owned)
                .collect(),
            ..GenerateOptions::default()
        };
        try_generate(folder.path(), options).await.unwrap();
        std::fs::remove_dir_all(folder.path().join("database/schema")).unwrap();
        root.push_str(&format!("pub mod {module};\n"));
    }
    let limbeck = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../limbeck")
        .canonicalize()
        .unwrap();
    let manifest = format!(
        r#"[package]
name = "generated"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
bit-vec = {{ version = "0.8", features = ["serde"] }}
chrono = {{ version = "0.4", features = ["serde"] }}
ipnetwork = {{ version = "0.21", features = ["serde"] }}
jiff = "0.2"
limbeck = {{ path = {limbeck:?} }}
mac_address = {{ version = "1.1", features = ["serde"] }}
rust_decimal = {{ version = "1", features = ["serde"] }}
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"
sqlx = {{ version = "0.9", default-features = false, features = ["derive", "postgres", "chrono", "time", "uuid", "rust_decimal", "ipnetwork", "mac_address", "bit-vec", "json"] }}
time = {{ version = "0.3", features = ["serde"] }}
uuid = {{ version = "1", features = ["serde"] }}
"#
    );
    std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.path().join("src/lib.rs"), root).unwrap();
    let outcome = std::process::Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated"))
        .env("RUSTFLAGS", "-D warnings")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{told}");
}
