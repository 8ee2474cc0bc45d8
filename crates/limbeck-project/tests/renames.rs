//! What was set and made by hand stays under renames: through revisions, up and down, on a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::sync::Mutex;

use limbeck_project::commands::{RevisionOptions, revision};
use limbeck_project::{Consult, Drop, ObjectId, Rename};
use limbeck_server::testing;
use support::{Bed, autogenerate, ignore, written};

/// What is set of the tables, columns and indexes of a schema, and what else is there.
const FOUND: &str = "SELECT found FROM (
    SELECT 1 AS kind, relname AS name, format('%s: rls %s forced %s identity %s options %s tablespace %s', relname,
           relrowsecurity, relforcerowsecurity, relreplident, reloptions, coalesce(spcname, '-')) AS found
    FROM pg_class c LEFT JOIN pg_tablespace s ON s.oid = reltablespace
    WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p')
  UNION ALL
    SELECT 2, relname, format('%s: identity %s clustered %s options %s tablespace %s %s', relname, indisreplident, indisclustered,
           reloptions, coalesce(spcname, '-'), obj_description(c.oid, 'pg_class'))
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid LEFT JOIN pg_tablespace s ON s.oid = reltablespace
    WHERE relnamespace = 'app'::regnamespace
  UNION ALL
    SELECT 3, attname, format('%s: storage %s statistics %s compression %s options %s', attname, attstorage,
           nullif(attstattarget, -1), attcompression, attoptions)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p') AND attname LIKE '%name'
  UNION ALL
    SELECT 4, polname, format('%s: %s', polname, pg_get_expr(polqual, polrelid)) FROM pg_policy
  UNION ALL
    SELECT 5, viewname, regexp_replace(definition, '(users|people)[.]', '', 'g') FROM pg_views WHERE schemaname = 'app'
  UNION ALL
    SELECT 6, conname, format('%s: %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'app'::regnamespace AND contype = 'c'
) AS all_of_it ORDER BY kind, name";

/// What somebody sets on one database, and makes there.
const BY_HAND: &str = "ALTER TABLE app.users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, SET (fillfactor = 70),
    SET TABLESPACE slow, REPLICA IDENTITY USING INDEX users_email_key, CLUSTER ON users_name_idx;
ALTER TABLE app.users ALTER name SET STORAGE EXTERNAL, ALTER name SET STATISTICS 500, ALTER name SET COMPRESSION pglz,
    ALTER name SET (n_distinct = 5);
ALTER INDEX app.users_name_idx SET (fillfactor = 60);
ALTER INDEX app.users_email_key SET TABLESPACE slow;
COMMENT ON INDEX app.users_email_key IS 'the key';
CREATE POLICY own ON app.users USING (name = CURRENT_USER);
CREATE VIEW app.names AS SELECT id, name FROM app.users;
CREATE INDEX by_hand ON app.users (lower(name)) WITH (fillfactor = 50);
ALTER TABLE app.users ADD CONSTRAINT long_enough CHECK (length(name) > 1);
";

const BACK: &str = "ALTER TABLE app.users DROP CONSTRAINT long_enough;
DROP INDEX app.by_hand;
DROP VIEW app.names;
DROP POLICY own ON app.users;
COMMENT ON INDEX app.users_email_key IS NULL;
ALTER INDEX app.users_email_key SET TABLESPACE pg_default;
ALTER INDEX app.users_name_idx RESET (fillfactor);
ALTER TABLE app.users ALTER name SET STORAGE EXTENDED, ALTER name SET STATISTICS -1, ALTER name SET COMPRESSION default,
    ALTER name RESET (n_distinct);
ALTER TABLE app.users DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY, RESET (fillfactor),
    SET TABLESPACE pg_default, REPLICA IDENTITY DEFAULT, SET WITHOUT CLUSTER;
";

fn model(schema: &str, table: &str, name: &str) -> String {
    format!(
        "use limbeck::Table;\n#[derive(Table)]\n#[table(schema = \"{schema}\", {table})]\nstruct User {{\n    \
         #[column(primary_key, identity)]\n    id: i64,\n    #[column(unique)]\n    email: String,\n    \
         #[column(index)]\n    {name}: String,\n}}\n"
    )
}

/// A database with a table of which much was set by hand, all of it being in the history.
async fn bed() -> Bed {
    let server = testing::shared_scratch().await;
    server.ensure_tablespace("slow").await.unwrap();
    let bed = Bed::of_structs(&model("app", "name = \"users\"", "name")).await;
    config(&bed, "").await;
    bed.revision("First").await;
    bed.by_hand(BY_HAND, BACK).await;
    assert_eq!(bed.upgrade("head").await, 2);
    assert!(!bed.check().await.is_different());
    bed
}

async fn config(bed: &Bed, more: &str) {
    let major = testing::shared_scratch().await.server_version_num() / 10_000;
    bed.write(
        "limbeck.toml",
        &format!(
            "models = [\"src\"]\n[server]\nmajor = {major}\n[database]\nschemas = [\"app\", \"shop\"]\n{more}"
        ),
    );
}

/// What is found once a name became another one.
fn renamed(found: &[String], renames: &[(&str, &str)]) -> Vec<String> {
    let mut renamed: Vec<String> = found.to_vec();
    for line in &mut renamed {
        for (from, to) in renames {
            *line = line.replace(from, to);
        }
    }
    renamed
}

/// The next revision goes up to what is expected, leaves no difference, and goes down to what was there.
async fn goes_up_and_down(
    bed: &Bed,
    expected: &[(&str, &str)],
    query: &str,
    write: impl AsyncFnOnce() -> String,
) {
    let before = bed.query(FOUND).await;
    assert_eq!(before.len(), 9, "{before:#?}");
    let text = write().await;
    assert_eq!(bed.upgrade("head").await, 1, "{text}");
    let check = bed.check().await;
    assert!(!check.is_different(), "{text}\n{check:#?}");
    let mut after = renamed(&before, expected);
    let mut found = bed.query(query).await;
    after.sort();
    found.sort();
    assert_eq!(found, after, "{text}");
    assert_eq!(bed.downgrade("-1").await, 1, "{text}");
    assert_eq!(bed.query(FOUND).await, before, "{text}");
    assert_eq!(bed.upgrade("head").await, 1, "{text}");
    assert_eq!(bed.downgrade("base").await, 3, "{text}");
    assert_eq!(bed.upgrade("head").await, 3, "{text}");
}

/// The statements of a revision's way up, which rename and do nothing else.
fn assert_renames_alone(text: &str) {
    let (up, _) = text.split_once("-- limbeck:down").unwrap();
    let others: Vec<&str> = up
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("--") && !line.contains(" RENAME "))
        .collect();
    assert_eq!(others, Vec::<&str>::new(), "{text}");
}

const PEOPLE: &[(&str, &str)] = &[
    ("users_", "people_"),
    ("users", "people"),
    ("(name =", "(full_name ="),
    ("length(name)", "length(full_name)"),
    ("name: storage", "full_name: storage"),
    ("name_idx", "full_name_idx"),
    (" name\n", " full_name AS name\n"),
];

#[tokio::test]
async fn a_table_and_its_column_at_once() {
    let bed = bed().await;
    goes_up_and_down(&bed, PEOPLE, FOUND, async || {
        let people = "name = \"people\", renamed_from = \"users\"";
        let people = model("app", people, "#[column(renamed_from = \"name\")]\n    full_name");
        bed.write("src/lib.rs", &people);
        let text = bed.text(&bed.revision("People").await);
        assert_renames_alone(&text);
        text
    })
    .await;
}

/// Answers the one question.
struct Answering(usize);

impl Consult for Answering {
    fn renames(&self, candidates: &[Rename]) -> Vec<Rename> {
        assert_eq!(candidates.len(), self.0, "{candidates:#?}");
        candidates.to_vec()
    }

    fn fill(&self, _column: &ObjectId, _down: bool) -> Option<String> {
        None
    }

    fn allow_drops(&self, _drops: &[Drop]) -> bool {
        false
    }
}

#[tokio::test]
async fn a_question_that_was_answered() {
    let bed = bed().await;
    let expected = &[("users_", "people_"), ("users", "people")];
    goes_up_and_down(&bed, expected, FOUND, async || {
        bed.write("src/lib.rs", &model("app", "name = \"people\"", "name"));
        // Nobody to ask: what was made by hand has lost its table, and nothing is written.
        let error = bed.try_revision(autogenerate("Nobody")).await.unwrap_err();
        assert!(format!("{error:?}").contains("do not go together"), "{error:#?}");
        let outcome = revision(&bed.project(), &autogenerate("People"), &Answering(1), &ignore).await;
        let text = bed.text(&written(outcome.unwrap()));
        assert_renames_alone(&text);
        text
    })
    .await;
}

/// What looks as if it were renamed once something else is, is asked about as well: the domain over a type, the table with
/// a column of the domain.
#[tokio::test]
async fn what_an_answer_brings_up() {
    struct Rounds(Mutex<Vec<Vec<String>>>);

    impl Consult for Rounds {
        fn renames(&self, candidates: &[Rename]) -> Vec<Rename> {
            let round = candidates.iter().map(|candidate| match candidate {
                Rename::Object { from, to } => format!("{from} to {to}"),
                other => format!("{other:?}"),
            });
            self.0.lock().unwrap().push(round.collect());
            candidates.to_vec()
        }

        fn fill(&self, _column: &ObjectId, _down: bool) -> Option<String> {
            None
        }

        fn allow_drops(&self, _drops: &[Drop]) -> bool {
            false
        }
    }

    let bed = Bed::of_structs("").await;
    let write = |of_enum: &str, domain: &str, table: &str| {
        let sql = format!(
            "CREATE TYPE {of_enum} AS ENUM ('good', 'bad');\nCREATE DOMAIN {domain} AS {of_enum};\n\
             CREATE TABLE {table} (now {domain});\n"
        );
        bed.write("database/schema/a.sql", &sql);
    };
    write("mood", "shown", "people");
    bed.revision("First").await;
    write("feeling", "seen", "persons");
    let rounds = Rounds(Mutex::default());
    let outcome = revision(&bed.project(), &autogenerate("Others"), &rounds, &ignore).await;
    let text = bed.text(&written(outcome.unwrap_or_else(|error| panic!("{error:#?}"))));
    assert_renames_alone(&text);
    assert_eq!(
        *rounds.0.lock().unwrap(),
        [
            ["type public.mood to type public.feeling"],
            ["domain public.shown to domain public.seen"],
            ["table public.people to table public.persons"],
        ],
        "{text}"
    );
    assert_eq!(bed.upgrade("head").await, 2);
    assert!(!bed.check().await.is_different());
}

/// The column of a table that a model says to be renamed is asked about too.
#[tokio::test]
async fn a_column_in_a_table_that_is_renamed() {
    let bed = bed().await;
    goes_up_and_down(&bed, PEOPLE, FOUND, async || {
        let people = "name = \"people\", renamed_from = \"users\"";
        bed.write("src/lib.rs", &model("app", people, "full_name"));
        let outcome = revision(&bed.project(), &autogenerate("People"), &Answering(1), &ignore).await;
        let text = bed.text(&written(outcome.unwrap_or_else(|error| panic!("{error:#?}"))));
        assert_renames_alone(&text);
        text
    })
    .await;
}

#[tokio::test]
async fn a_convention_of_names() {
    let bed = bed().await;
    let expected = &[
        ("users_name_idx", "ix_users_name"),
        ("users_email_key", "uq_users_email"),
        ("users_pkey", "pk_users"),
    ];
    goes_up_and_down(&bed, expected, FOUND, async || {
        let naming = "[naming]\nprimary_key = \"pk_{table}\"\nunique = \"uq_{table}_{columns}\"\nindex = \"ix_{table}_{columns}\"\n";
        config(&bed, naming).await;
        let text = bed.text(&bed.revision("A convention").await);
        assert_renames_alone(&text);
        text
    })
    .await;
}

#[tokio::test]
async fn a_schema() {
    let bed = bed().await;
    let query = FOUND.replace("'app'", "'shop'");
    goes_up_and_down(&bed, &[("app.", "shop.")], &query, async || {
        bed.write("src/lib.rs", &model("shop", "name = \"users\"", "name"));
        let options = RevisionOptions {
            renames: vec!["schema:app=shop".to_owned()],
            ..autogenerate("The shop")
        };
        let outcome = bed.try_revision(options).await;
        let text = bed.text(&written(outcome.unwrap_or_else(|error| panic!("{error:#?}"))));
        assert_renames_alone(&text);
        text
    })
    .await;
}

/// What `.sql` files set of a struct's table counts as said, whatever was set by hand; what nobody speaks of stays.
#[tokio::test]
async fn what_sql_files_say_counts() {
    const QUERY: &str = "SELECT found FROM (
        SELECT relname AS name, format('%s %s %s %s %s', relname, relreplident, relrowsecurity, relforcerowsecurity, reloptions) AS found
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      UNION ALL
        SELECT relname, format('%s %s %s %s', relname, indisreplident, indisclustered, obj_description(c.oid, 'pg_class'))
        FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
      UNION ALL
        SELECT relname, format('%s %s', relname, obj_description(oid, 'pg_class'))
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S') AS both_of_them ORDER BY name";
    let bed = Bed::of_structs(
        "use limbeck::Table;\n#[derive(Table)]\n#[table(name = \"a\", index(n, name = \"a_n\"))]\nstruct A {\n    \
         #[column(primary_key, identity)]\n    id: i64,\n    #[column(unique)]\n    n: i32,\n}\n\
         #[derive(Table)]\n#[table(name = \"b\")]\nstruct B {\n    #[column(unique)]\n    n: i32,\n}\n",
    )
    .await;
    bed.revision("Plain").await;
    // In one revision that is run as it stands, somebody sets one thing or another.
    bed.by_hand(
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY;\nALTER TABLE b ENABLE ROW LEVEL SECURITY;\n\
         ALTER TABLE a CLUSTER ON a_pkey;\nALTER TABLE b REPLICA IDENTITY USING INDEX b_n_key;\n",
        "ALTER TABLE b REPLICA IDENTITY DEFAULT;\nALTER TABLE a SET WITHOUT CLUSTER;\n\
         ALTER TABLE b DISABLE ROW LEVEL SECURITY;\nALTER TABLE a DISABLE ROW LEVEL SECURITY;\n",
    )
    .await;
    bed.upgrade("head").await;
    let before = [
        "a d t f ",
        "a_id_seq ",
        "a_n f f ",
        "a_n_key f f ",
        "a_pkey f t ",
        "b i t f ",
        "b_n_key t f ",
    ];
    assert_eq!(bed.query(QUERY).await, before);
    assert!(!bed.check().await.is_different());
    bed.write(
        "database/schema/a.sql",
        "ALTER TABLE a REPLICA IDENTITY USING INDEX a_n_key;\nALTER TABLE a FORCE ROW LEVEL SECURITY;\n\
         ALTER TABLE a CLUSTER ON a_n;\nCOMMENT ON INDEX a_n_key IS 'told';\nCOMMENT ON SEQUENCE a_id_seq IS 'numbers';\n\
         ALTER TABLE b REPLICA IDENTITY FULL;\n",
    );
    let text = bed.text(&bed.revision("Told").await);
    bed.upgrade("head").await;
    let check = bed.check().await;
    assert!(!check.is_different(), "{text}\n{check:#?}");
    let after = [
        "a i t t ",
        "a_id_seq numbers",
        "a_n f t ",
        "a_n_key t f told",
        "a_pkey f f ",
        "b f t f ",
        "b_n_key f f ",
    ];
    assert_eq!(bed.query(QUERY).await, after, "{text}");
    bed.downgrade("-1").await;
    assert_eq!(bed.query(QUERY).await, before, "{text}");
    bed.upgrade("head").await;
    assert_eq!(bed.query(QUERY).await, after, "{text}");
    bed.downgrade("base").await;
}

/// What `check` says can go, as it says it.
async fn spent(bed: &Bed) -> Vec<String> {
    let report = bed.check().await;
    report.spent.iter().map(ToString::to_string).collect()
}

/// Tables, columns, types, labels that were renamed, and labels that went: in a branch with a label, beside another head.
#[tokio::test]
async fn what_can_go() {
    let model = |table: &str, column: &str, of_enum: &str, variants: &str, domain: &str| {
        format!(
            "use limbeck::{{PgEnum, PgType, Table}};\n#[derive(PgEnum)]\n#[pg_enum({of_enum})]\nenum Slot {{ {variants} }}\n\
             #[derive(PgType)]\n#[pg_type({domain}, check = \"VALUE > 0\")]\nstruct Count(i32);\n\
             #[derive(Table)]\n#[table({table})]\nstruct Meal {{\n    {column}: Slot,\n    count: Count,\n}}\n"
        )
    };
    let before = model(
        "name = \"meals\"",
        "slot",
        "name = \"slot\", rename_all = \"snake_case\"",
        "Brunch, Lunch, Tea",
        "name = \"count\"",
    );
    let after = model(
        "name = \"dishes\", renamed_from = \"meals\"",
        "#[column(renamed_from = \"slot\")]\n    served",
        "name = \"time\", renamed_from = \"slot\", rename_all = \"snake_case\", removed(brunch = \"lunch\")",
        "Lunch, #[pg_enum(renamed_from = \"tea\")] HighTea",
        "name = \"number\", renamed_from = \"count\"",
    );
    let bed = Bed::of_structs(&before).await;
    let first = bed.revision("First").await;
    bed.by_hand("CREATE TABLE beside (a int);\n", "DROP TABLE beside;\n")
        .await;
    bed.write("src/lib.rs", &after);
    assert_eq!(spent(&bed).await, Vec::<String>::new());
    let options = RevisionOptions {
        head: Some(first.id.clone()),
        splice: true,
        branch_labels: vec!["names".to_owned()],
        allow_drop: true,
        ..autogenerate("Other names")
    };
    let outcome = bed.try_revision(options).await;
    let text = bed.text(&written(outcome.unwrap_or_else(|error| panic!("{error:#?}"))));
    let expected = [
        "src/lib.rs:3: `renamed_from` can go: the history has the type `public.time` by its new name already",
        "src/lib.rs:3: `removed` can go: the history has no enum value `public.time.brunch` any more",
        "src/lib.rs:4: `renamed_from` can go: the history has the enum value `public.time.high_tea` by its new name already",
        "src/lib.rs:6: `renamed_from` can go: the history has the domain `public.number` by its new name already",
        "src/lib.rs:9: `renamed_from` can go: the history has the table `public.dishes` by its new name already",
        "src/lib.rs:11: `renamed_from` can go: the history has the column `public.dishes.served` by its new name already",
    ];
    let mut found = spent(&bed).await;
    found.sort();
    let mut sorted = expected.map(str::to_owned);
    sorted.sort();
    assert_eq!(found, sorted, "{text}");
    // Two heads, one of them with a label, and a third that knows nothing of the names.
    let options = RevisionOptions {
        message: "A third".to_owned(),
        head: Some(first.id.clone()),
        splice: true,
        ..RevisionOptions::default()
    };
    written(bed.try_revision(options).await.unwrap());
    let mut found = spent(&bed).await;
    found.sort();
    assert_eq!(found, sorted);
    assert_eq!(bed.upgrade("heads").await, 4);
    assert!(!bed.check().await.is_different());
}
