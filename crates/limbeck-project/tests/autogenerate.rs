//! Revisions from declared schemas, on a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_project::Failure;
use limbeck_project::commands::{RevisionOptions, RevisionOutcome};
use support::{Bed, autogenerate, written};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);\n";

#[tokio::test]
async fn first_revision_goes_up_and_down_and_a_second_finds_nothing() {
    let bed = Bed::of_sql(USERS).await;
    let written = bed.revision("Initial schema").await;
    let text = bed.text(&written);
    assert!(text.contains("CREATE TABLE public.users"), "{text}");
    assert!(text.contains("-- + table public.users"), "{text}");
    assert_eq!(bed.upgrade("head").await, 1);
    assert_eq!(bed.query("SELECT count(*) FROM users").await, ["0"]);
    let again = bed.try_revision(autogenerate("nothing")).await.unwrap();
    assert!(matches!(again, RevisionOutcome::Nothing));
    assert!(!bed.check().await.is_different());
    assert_eq!(bed.downgrade("base").await, 1);
    assert_eq!(
        bed.query("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1").await,
        ["limbeck", "public"]
    );
    assert_eq!(
        bed.query("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            .await,
        ["0"]
    );
}

#[tokio::test]
async fn the_same_input_gives_the_same_bytes() {
    let mut texts = Vec::new();
    for _ in 0..2 {
        let bed = Bed::of_sql(&format!(
            "{USERS}CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TABLE b (m mood);\n"
        ))
        .await;
        let mut host = Bed::host();
        host.variables
            .insert("SOURCE_DATE_EPOCH".to_owned(), "1700000000".to_owned());
        let project = limbeck_project::Project::open(bed.folder.path(), &bed.overrides(), &host).unwrap();
        let options = RevisionOptions {
            rev_id: Some("abc".to_owned()),
            ..autogenerate("First")
        };
        let outcome = limbeck_project::commands::revision(
            &project,
            &options,
            &limbeck_project::NobodyToAsk,
            &support::ignore,
        )
        .await
        .unwrap();
        let written = written(outcome);
        texts.push((written.path.clone(), bed.text(&written)));
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn statements_in_any_order_find_each_other() {
    let bed = Bed::of_sql("").await;
    bed.write(
        "schema/a.sql",
        "CREATE VIEW names AS SELECT name FROM people;\nCOMMENT ON VIEW names IS 'x';\n",
    );
    bed.write(
        "schema/b.sql",
        "CREATE TABLE people (name text, m mood, boss bigint REFERENCES bosses (id));\n",
    );
    bed.write(
        "schema/c.sql",
        "CREATE TYPE mood AS ENUM ('a');\nCREATE TABLE bosses (id bigint PRIMARY KEY);\n",
    );
    bed.revision("First").await;
    bed.upgrade("head").await;
    assert_eq!(
        bed.query("SELECT obj_description('names'::regclass)").await,
        ["x"]
    );
}

#[tokio::test]
async fn a_loss_needs_consent() {
    let bed = Bed::of_sql(&format!("{USERS}CREATE TABLE notes (body text);\n")).await;
    bed.revision("First").await;
    bed.schema(USERS);
    let error = bed.try_revision(autogenerate("Drop notes")).await.unwrap_err();
    assert_eq!(error.failure(), Failure::Refused);
    assert_eq!(bed.revision_files().len(), 1);
    let allowed = RevisionOptions {
        allow_drop: true,
        ..autogenerate("Drop notes")
    };
    let text = bed.text(&written(bed.try_revision(allowed).await.unwrap()));
    assert!(text.contains("-- limbeck:up schema allow=drop"), "{text}");
    assert!(text.contains("-- - table public.notes"), "{text}");
}

#[tokio::test]
async fn a_rename_keeps_the_rows() {
    let bed = Bed::of_sql("CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\n").await;
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO users VALUES (1, 'Ada')").await;
    bed.schema("CREATE TABLE users (id bigint PRIMARY KEY, full_name text NOT NULL);\n");
    let options = RevisionOptions {
        renames: vec!["column:users.name=full_name".to_owned()],
        ..autogenerate("Rename")
    };
    bed.try_revision(options).await.unwrap();
    bed.upgrade("head").await;
    assert_eq!(bed.query("SELECT full_name FROM users").await, ["Ada"]);
    bed.downgrade("-1").await;
    assert_eq!(bed.query("SELECT name FROM users").await, ["Ada"]);
}

#[tokio::test]
async fn a_column_that_may_not_be_null_needs_a_fill() {
    let bed = Bed::of_sql(USERS).await;
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO users VALUES (1, 'a@example.org')").await;
    bed.schema(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL);\n",
    );
    let error = bed.try_revision(autogenerate("Add name")).await.unwrap_err();
    assert_eq!(error.failure(), Failure::Refused);
    assert!(
        error.diagnostics()[0].hints[0].contains("--fill public.users.name="),
        "{error:?}"
    );
    let options = RevisionOptions {
        fills: vec!["users.name=upper(email)".to_owned()],
        ..autogenerate("Add name")
    };
    bed.try_revision(options).await.unwrap();
    bed.upgrade("head").await;
    assert_eq!(bed.query("SELECT name FROM users").await, ["A@EXAMPLE.ORG"]);
}

#[tokio::test]
async fn what_is_made_by_hand_survives() {
    let bed = Bed::of_sql(USERS).await;
    bed.revision("First").await;
    bed.by_hand(
        "CREATE VIEW emails AS SELECT email FROM users;\n\
         CREATE INDEX by_lower_email ON users (lower(email));\n\
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;\n\
         CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();\n",
        "DROP TRIGGER touch ON users;\nDROP FUNCTION touch();\nDROP INDEX by_lower_email;\nDROP VIEW emails;\n",
    )
    .await;
    let check = bed.check().await;
    assert!(!check.is_different(), "{check:?}");
    let unmanaged: Vec<String> = check.unmanaged.iter().map(ToString::to_string).collect();
    assert_eq!(
        unmanaged,
        [
            "index public.by_lower_email",
            "view public.emails",
            "function public.touch()",
            "trigger public.users.touch",
        ]
    );
    // The next change touches the table that all of them hang on.
    bed.schema(
        "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(320) NOT NULL UNIQUE, nick text);\n",
    );
    bed.revision("Change the table").await;
    bed.upgrade("head").await;
    assert_eq!(
        bed.query("SELECT count(*) FROM pg_views WHERE viewname = 'emails'")
            .await,
        ["1"]
    );
    assert_eq!(
        bed.query("SELECT count(*) FROM pg_indexes WHERE indexname = 'by_lower_email'")
            .await,
        ["1"]
    );
    assert_eq!(
        bed.query("SELECT count(*) FROM pg_trigger WHERE tgname = 'touch'")
            .await,
        ["1"]
    );
    assert!(!bed.check().await.is_different());
    // Declared by now, the index is adopted: nothing to do but to say so.
    bed.schema(
        "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(320) NOT NULL UNIQUE, nick text);\n\
         CREATE INDEX by_lower_email ON users (lower(email));\n",
    );
    let adopted = bed.revision("Adopt").await;
    assert!(adopted.differences.is_empty(), "{adopted:?}");
    assert!(bed.text(&adopted).contains("-- + index public.by_lower_email"));
}

#[tokio::test]
async fn texts_that_only_print_differently_are_no_difference() {
    // PostgreSQL prints this check one way, and what it prints, run again, another way.
    let bed = Bed::of_sql(
        "CREATE TABLE t (s varchar(9) CHECK (s IN ('x', 'y')), d date DEFAULT '2020-01-01', \
         n numeric DEFAULT 1.50, a text[] DEFAULT '{}'::text[]);\n\
         CREATE INDEX partial ON t (n) WHERE s IN ('x', 'z');\n",
    )
    .await;
    bed.revision("First").await;
    let again = bed.try_revision(autogenerate("nothing")).await.unwrap();
    assert!(matches!(again, RevisionOutcome::Nothing), "{again:?}");
}

#[tokio::test]
async fn a_filled_table_takes_a_new_check_and_the_proof_says_what_it_left_empty() {
    let bed = Bed::of_sql("CREATE TABLE t (n int NOT NULL);\n").await;
    bed.revision("First").await;
    bed.schema("CREATE TABLE t (n int NOT NULL CHECK (n > 1000));\n");
    let written = bed.revision("Check").await;
    let empty: Vec<String> = written.proven_empty.iter().map(ToString::to_string).collect();
    assert_eq!(empty, ["table public.t"]);
}

#[tokio::test]
async fn rows_hold_what_checks_list_and_defaults_that_are_constants() {
    let bed = Bed::of_sql(
        "CREATE TABLE posts (state text NOT NULL CHECK (state IN ('draft', 'published')), \
         kind varchar(9) NOT NULL CHECK (kind IN ('a', 'b')));\n\
         CREATE TABLE tags (colour char(7) NOT NULL DEFAULT '#808080' CHECK (colour ~ '^#[0-9a-f]{6}$'), \
         weight int NOT NULL DEFAULT 2000 CHECK (weight > 1000));\n",
    )
    .await;
    let written = bed.revision("First").await;
    assert!(written.proven_empty.is_empty(), "{written:?}");
}

#[tokio::test]
async fn a_label_that_a_default_uses_is_committed_first() {
    let bed =
        Bed::of_sql("CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TABLE t (m mood DEFAULT 'ok');\n").await;
    bed.revision("First").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO t VALUES ('sad')").await;
    bed.schema("CREATE TYPE mood AS ENUM ('sad', 'meh', 'ok');\nCREATE TABLE t (m mood DEFAULT 'meh');\n");
    bed.revision("Meh").await;
    bed.upgrade("head").await;
    bed.run("INSERT INTO t DEFAULT VALUES").await;
    assert_eq!(bed.query("SELECT m FROM t ORDER BY m").await, ["sad", "meh"]);
    bed.run("DELETE FROM t WHERE m = 'meh'").await;
    bed.downgrade("-1").await;
    assert_eq!(
        bed.query("SELECT unnest(enum_range(NULL::mood))::text").await,
        ["sad", "ok"]
    );
}

#[tokio::test]
async fn what_structs_cannot_say_is_kept() {
    let model = |more: &str| {
        format!(
            "use limbeck::Table;\n#[derive(Table)]\n#[table(name = \"notes\")]\npub struct Note {{\n    \
             #[column(primary_key, identity)]\n    pub id: i64,\n    pub body: String,\n{more}}}\n"
        )
    };
    let bed = Bed::of_structs(&model("")).await;
    bed.revision("First").await;
    bed.by_hand(
        "ALTER TABLE notes ALTER COLUMN body SET STORAGE EXTERNAL, SET (fillfactor = 70);\n",
        "",
    )
    .await;
    assert!(!bed.check().await.is_different());
    bed.write("src/lib.rs", &model("    pub title: Option<String>,\n"));
    bed.revision("A title").await;
    bed.upgrade("head").await;
    assert_eq!(
        bed.query("SELECT attstorage::text FROM pg_attribute WHERE attrelid = 'notes'::regclass AND attname = 'body'")
            .await,
        ["e"]
    );
    assert_eq!(
        bed.query("SELECT reloptions::text FROM pg_class WHERE relname = 'notes'")
            .await,
        ["{fillfactor=70}"]
    );
}

#[tokio::test]
async fn what_a_rebuild_would_lose_needs_consent() {
    let bed = Bed::of_sql("CREATE TABLE t (id int PRIMARY KEY, c varchar(20));\n").await;
    bed.revision("First").await;
    bed.by_hand(
        "CREATE VIEW v AS SELECT id, c FROM t;\nGRANT SELECT ON v TO reader WITH GRANT OPTION;\n\
         SET LOCAL ROLE reader;\nGRANT SELECT ON v TO PUBLIC;\n",
        "",
    )
    .await;
    bed.schema("CREATE TABLE t (id int PRIMARY KEY, c varchar(40));\n");
    let error = bed.try_revision(autogenerate("Wider")).await.unwrap_err();
    assert_eq!(error.failure(), Failure::Refused);
    let notes = error.diagnostics()[0].notes.join("\n");
    let lost = "view public.v: grant by another role than the owner on view public.v";
    assert!(notes.contains(lost), "{notes}");
    let consented = RevisionOptions {
        allow_drop: true,
        ..autogenerate("Wider")
    };
    bed.try_revision(consented).await.unwrap();
}

#[tokio::test]
async fn a_rebuilt_view_keeps_grants_and_comments() {
    let bed = Bed::of_sql("CREATE TABLE t (id int PRIMARY KEY, c varchar(20));\n").await;
    bed.revision("First").await;
    bed.by_hand(
        "CREATE VIEW v AS SELECT id, c FROM t;\nGRANT SELECT ON v TO PUBLIC;\n\
         GRANT UPDATE (c) ON v TO reader;\nCOMMENT ON COLUMN v.c IS 'Text';\n",
        "DROP VIEW v;\n",
    )
    .await;
    bed.schema("CREATE TABLE t (id int PRIMARY KEY, c varchar(40));\n");
    let written = bed.revision("Wider").await;
    let text = bed.text(&written);
    for statement in [
        "GRANT SELECT ON public.v TO PUBLIC;",
        "GRANT UPDATE (c) ON public.v TO reader;",
        "COMMENT ON COLUMN public.v.c IS 'Text';",
    ] {
        // Up, and down.
        assert_eq!(text.matches(statement).count(), 2, "{text}");
    }
    assert!(!bed.check().await.is_different());
}

#[tokio::test]
async fn declared_grants_come_and_go() {
    let table = "CREATE TABLE t (id int PRIMARY KEY, c text);\n";
    let bed = Bed::of_sql(&format!(
        "{table}GRANT SELECT, INSERT ON t TO reader;\nREVOKE ALL ON SCHEMA public FROM PUBLIC;\n\
         ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;\n"
    ))
    .await;
    let first = bed.revision("First").await;
    let text = bed.text(&first);
    for line in [
        "GRANT SELECT, INSERT ON public.t TO reader;",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;",
        "-- + privileges reader(table public.t)",
        "-- + privileges public(schema public)",
        "-- + default privileges reader(on tables)",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert!(!bed.check().await.is_different());
    bed.run("CREATE ROLE reader").await;
    bed.upgrade("head").await;
    bed.schema(&format!("{table}GRANT SELECT ON t TO reader;\n"));
    let written = bed.revision("Less").await;
    let text = bed.text(&written);
    for line in [
        "REVOKE INSERT ON public.t FROM reader;",
        "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM reader;",
        "GRANT USAGE ON SCHEMA public TO PUBLIC;",
        "-- - default privileges reader(on tables)",
    ] {
        assert!(text.contains(line), "{text}");
    }
    bed.upgrade("head").await;
    assert!(!bed.check().await.is_different());
}

#[tokio::test]
async fn grants_made_by_hand_stay_with_their_objects() {
    let bed = Bed::of_sql(
        "CREATE TABLE t (id serial PRIMARY KEY, c text, gone text);\nCREATE TABLE dropped (id int);\n",
    )
    .await;
    bed.revision("First").await;
    bed.by_hand(
        "GRANT SELECT ON t, dropped TO reader;\nGRANT UPDATE (c), SELECT (gone) ON t TO reader;\n\
         GRANT USAGE ON SEQUENCE t_id_seq TO reader;\nGRANT USAGE ON SCHEMA public TO reader;\n",
        "",
    )
    .await;
    assert!(!bed.check().await.is_different());
    bed.schema("CREATE TABLE u (id serial PRIMARY KEY, c text);\nGRANT DELETE ON u TO writer;\n");
    let options = RevisionOptions {
        allow_drop: true,
        renames: vec!["table:public.t=u".to_owned()],
        ..autogenerate("Renamed")
    };
    let written = written(bed.try_revision(options).await.unwrap());
    let text = bed.text(&written);
    let up = text.split("-- limbeck:down").next().unwrap();
    assert!(
        !up.contains("REVOKE") && !text.contains("-- - privileges"),
        "{text}"
    );
    assert!(!bed.check().await.is_different());
}

#[tokio::test]
async fn new_tables_are_born_under_default_privileges_set_by_hand() {
    let first = "CREATE TABLE t (id int PRIMARY KEY);\n";
    let bed = Bed::of_sql(first).await;
    bed.revision("First").await;
    bed.by_hand(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;\n\
         ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO reader;\n",
        "",
    )
    .await;
    assert!(!bed.check().await.is_different());
    bed.schema(&format!(
        "{first}CREATE TABLE u (id serial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY);\n"
    ));
    let written = bed.revision("More").await;
    let text = bed.text(&written);
    assert!(!text.contains("GRANT") && !text.contains("REVOKE"), "{text}");
    assert!(!bed.check().await.is_different());
}

#[tokio::test]
async fn a_mistake_is_not_blamed_on_what_was_made_by_hand() {
    let bed = Bed::of_sql("CREATE TABLE t (id int PRIMARY KEY);\n").await;
    bed.revision("First").await;
    bed.by_hand("CREATE VIEW v AS SELECT id FROM t;\n", "").await;
    bed.schema("CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES gone);\nCREATE TABLE q (i frob);\n");
    let error = bed.try_revision(autogenerate("Wrong")).await.unwrap_err();
    let messages: Vec<&str> = error
        .diagnostics()
        .iter()
        .map(|diagnostic| diagnostic.message.as_str())
        .collect();
    assert_eq!(
        messages,
        ["relation \"gone\" does not exist", "type \"frob\" does not exist"]
    );
}
