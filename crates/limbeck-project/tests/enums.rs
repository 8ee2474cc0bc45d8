//! Labels of enums that go, and enums that are stored as text: through revisions, with rows, on a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use limbeck_project::commands::RevisionOptions;
use support::{Bed, autogenerate, required, written};

const ROWS: &str = "SELECT format('%s %s %s', slot, slots, coalesce(tea::text, '-')) FROM meals ORDER BY id";

fn meals(of_enum: &str, variants: &str, default: &str) -> String {
    format!(
        "use limbeck::{{PgEnum, Table}};\n\
         #[derive(PgEnum)]\n#[pg_enum({of_enum}, rename_all = \"snake_case\")]\nenum Slot {{ {variants} }}\n\
         #[derive(Table)]\n#[table(name = \"meals\")]\nstruct Meal {{\n    #[column(primary_key, identity)]\n    id: i64,\n    \
         #[column(default = \"{default}\")]\n    slot: Slot,\n    #[column(default = sql(\"'{{{default}}}'\"))]\n    \
         slots: Vec<Slot>,\n    tea: Option<Slot>,\n}}\n"
    )
}

/// The next revision, written and run, and without a difference behind it.
async fn next(bed: &Bed, source: &str) -> String {
    bed.write("src/lib.rs", source);
    let options = RevisionOptions {
        allow_drop: true,
        ..autogenerate("Next")
    };
    let outcome = bed.try_revision(options).await;
    let text = bed.text(&written(outcome.unwrap_or_else(|error| panic!("{error:#?}"))));
    assert_eq!(bed.upgrade("head").await, 1, "{text}");
    assert!(!bed.check().await.is_different(), "{text}");
    text
}

#[tokio::test]
async fn rows_with_a_label_that_goes_take_another() {
    let bed = Bed::of_structs("").await;
    let all = "Breakfast, Brunch, Lunch, HighTea, Dinner";
    next(&bed, &meals("name = \"slot\"", all, "brunch")).await;
    bed.run("INSERT INTO meals (slot, slots, tea) VALUES ('brunch', '{brunch,NULL,dinner}', 'high_tea'), ('lunch', '{}', NULL)")
        .await;
    bed.run("INSERT INTO meals DEFAULT VALUES").await;
    let removed = "name = \"slot\", removed(brunch = \"lunch\", \"high_tea\" = \"late_tea\")";
    let second = meals(removed, "Breakfast, Lunch, LateTea, Dinner", "lunch");

    // Which rows had it is lost, so that it is asked for.
    bed.write("src/lib.rs", &second);
    let error = bed.try_revision(autogenerate("Refused")).await.unwrap_err();
    let notes = error.diagnostics()[0].notes.join("\n");
    assert!(notes.contains("'brunch' becomes 'lunch'"), "{notes}");
    assert!(notes.contains("no way back tells such rows apart"), "{notes}");

    let text = next(&bed, &second).await;
    assert!(!text.contains("limbeck:require up"), "{text}");
    let merged = [
        "lunch {lunch,NULL,dinner} late_tea",
        "lunch {} -",
        "lunch {lunch} -",
    ];
    assert_eq!(bed.query(ROWS).await, merged);

    // On the way back the labels are there again, and rows with a new one are in the way.
    bed.run("UPDATE meals SET tea = NULL").await;
    assert_eq!(bed.downgrade("-1").await, 1);
    assert_eq!(
        bed.query(ROWS).await,
        ["lunch {lunch,NULL,dinner} -", "lunch {} -", "lunch {lunch} -"]
    );
    bed.run("INSERT INTO meals (slot) VALUES ('high_tea')").await;
    assert_eq!(bed.upgrade("head").await, 1);
    assert_eq!(bed.query(ROWS).await[3], "late_tea {lunch} -");

    // What was removed before stays without effect.
    let third = second.replace("Dinner }", "Dinner, Supper }");
    let text = next(&bed, &third).await;
    let (up, _) = text.split_once("-- limbeck:down").unwrap();
    assert!(
        up.contains("ADD VALUE 'supper'") && !up.contains("CREATE TYPE"),
        "{text}"
    );
    bed.run("DELETE FROM meals").await;
    assert_eq!(bed.downgrade("base").await, 3);
}

#[tokio::test]
async fn enums_that_are_stored_as_text() {
    let bed = Bed::of_structs("").await;
    let constraints = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
                       WHERE conrelid = 'meals'::regclass AND contype = 'c' ORDER BY conname";
    let types = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute \
                 WHERE attrelid = 'meals'::regclass AND attnum > 1 ORDER BY attnum";
    next(&bed, &meals("as = \"text\"", "Lunch, HighTea", "lunch")).await;
    assert_eq!(bed.query(types).await, ["text", "text[]", "text"]);
    assert_eq!(
        bed.query(constraints).await,
        [
            "meals_slot_check CHECK ((slot = ANY (ARRAY['lunch'::text, 'high_tea'::text])))",
            "meals_slots_check CHECK ((slots <@ ARRAY['lunch'::text, 'high_tea'::text]))",
            "meals_tea_check CHECK ((tea = ANY (ARRAY['lunch'::text, 'high_tea'::text])))",
        ]
    );
    bed.run("INSERT INTO meals (tea) VALUES ('high_tea'), (NULL)")
        .await;
    let session = bed.session().await;
    for wrong in [
        "INSERT INTO meals (slot) VALUES ('x')",
        "INSERT INTO meals (slots) VALUES ('{x}')",
    ] {
        assert_eq!(
            session.execute(wrong).await.unwrap_err().sqlstate(),
            Some("23514"),
            "{wrong}"
        );
    }
    drop(session);

    // Another variant changes the checks, and a shorter text the type.
    let second = next(
        &bed,
        &meals("as = \"varchar(20)\"", "Lunch, HighTea, Dinner", "lunch"),
    )
    .await;
    assert_eq!(
        bed.query(types).await,
        [
            "character varying(20)",
            "character varying(20)[]",
            "character varying(20)"
        ],
        "{second}"
    );
    bed.run("UPDATE meals SET slots = '{dinner}' WHERE tea IS NULL")
        .await;
    assert_eq!(
        bed.query(ROWS).await,
        ["lunch {lunch} high_tea", "lunch {dinner} -"]
    );
    bed.run("UPDATE meals SET slots = '{}' WHERE tea IS NULL").await;
    assert_eq!(bed.downgrade("-1").await, 1);
    assert_eq!(bed.upgrade("head").await, 1);

    // To a type of its own, and back to text.
    next(&bed, &meals("name = \"slot\"", "Lunch, HighTea, Dinner", "lunch")).await;
    assert_eq!(bed.query(types).await, ["slot", "slot[]", "slot"]);
    assert_eq!(bed.query(ROWS).await, ["lunch {lunch} high_tea", "lunch {} -"]);
    next(&bed, &meals("as = \"text\"", "Lunch, HighTea, Dinner", "lunch")).await;
    assert_eq!(bed.query(types).await, ["text", "text[]", "text"]);
    assert_eq!(bed.query(ROWS).await, ["lunch {lunch} high_tea", "lunch {} -"]);
    assert_eq!(bed.downgrade("base").await, 4);
    assert_eq!(bed.upgrade("head").await, 4);
}

/// Rows that become equal, or wrong, are counted before anything is run; those of a label that only comes too.
#[tokio::test]
async fn rows_that_come_into_conflict_are_counted() {
    let model = |of_enum: &str, variants: &str| {
        format!(
            "use limbeck::{{PgEnum, Table}};\n\
             #[derive(PgEnum)]\n#[pg_enum(name = \"slot\", rename_all = \"snake_case\"{of_enum})]\nenum Slot {{ {variants} }}\n\
             #[derive(Table)]\n#[table(name = \"meals\", unique(day, slot), unique(slots, day))]\n\
             #[table(index(slot, where = \"guests > 5\", unique, name = \"large\"))]\n\
             #[table(index(tea, unique, name = \"by_tea\"), exclude(tea with \"=\", day with \"=\", using = btree))]\n\
             #[table(check(name = \"few\", expr = \"slot <> 'lunch' OR guests < 20\"))]\nstruct Meal {{\n    \
             #[column(primary_key)]\n    id: i64,\n    day: i32,\n    guests: i32,\n    slot: Slot,\n    slots: Vec<Slot>,\n    \
             tea: Option<Slot>,\n}}\n"
        )
    };
    let bed = Bed::of_structs("").await;
    next(&bed, &model("", "Breakfast, Brunch, Lunch, HighTea")).await;
    bed.write(
        "src/lib.rs",
        &model(
            ", removed(brunch = \"lunch\", high_tea = \"late_tea\")",
            "Breakfast, Lunch, LateTea",
        ),
    );
    let options = RevisionOptions {
        allow_drop: true,
        ..autogenerate("Merge")
    };
    let text = bed.text(&written(bed.try_revision(options).await.unwrap()));
    let mut found = required(&text);
    found.retain(|line| line.starts_with("up "));
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "up schema \"rows of public.meals that conflict by meals_tea_day_excl with another once labels that go are replaced\"",
            "up schema \"rows of public.meals with the same (day, slot) as another once labels that go are replaced\"",
            "up schema \"rows of public.meals with the same (slots, day) as another once labels that go are replaced\"",
            "up schema \"rows of public.meals with the same tea as another once labels that go are replaced\"",
        ],
        "{text}"
    );
    let row = |id: i32, day: i32, slot: &str, slots: &str, tea: &str| {
        format!("INSERT INTO meals VALUES ({id}, {day}, 1, '{slot}', '{{{slots}}}', {tea})")
    };
    let conflict = async |one: String, other: String, why: &str| {
        bed.run(&one).await;
        bed.run(&other).await;
        assert_eq!(bed.refusal(false).await, why);
        bed.run("DELETE FROM meals").await;
    };
    conflict(
        row(1, 1, "brunch", "", "NULL"),
        row(2, 1, "lunch", "breakfast", "NULL"),
        "rows of public.meals with the same (day, slot) as another once labels that go are replaced: 1",
    )
    .await;
    conflict(
        row(1, 1, "breakfast", "brunch,high_tea", "NULL"),
        row(2, 1, "lunch", "lunch,high_tea", "NULL"),
        "rows of public.meals with the same (slots, day) as another once labels that go are replaced: 1",
    )
    .await;
    // Rows that stay apart are in nobody's way.
    bed.run(&row(1, 1, "brunch", "brunch", "'high_tea'")).await;
    bed.run(&row(2, 2, "lunch", "lunch", "'lunch'")).await;
    bed.run(&row(3, 2, "high_tea", "high_tea", "NULL")).await;
    assert_eq!(bed.upgrade("head").await, 1);
    assert!(!bed.check().await.is_different());
    let rows = "SELECT format('%s %s %s %s', id, slot, slots, tea) FROM meals ORDER BY id";
    let after = [
        "1 lunch {lunch} late_tea",
        "2 lunch {lunch} lunch",
        "3 late_tea {late_tea} ",
    ];
    assert_eq!(bed.query(rows).await, after);
    // On the way back labels that were not there before are in the way, and the others stay what they became.
    let why = bed.refusal(true).await;
    assert!(why.contains("'late_tea'"), "{why}");
    assert_eq!(bed.query(rows).await, after);
    bed.run("DELETE FROM meals WHERE id = 3").await;
    bed.run("UPDATE meals SET tea = NULL").await;
    assert_eq!(bed.downgrade("-1").await, 1);
    assert_eq!(bed.query(rows).await, ["1 lunch {lunch} ", "2 lunch {lunch} "]);
}

/// Where the labels that are taken were there before, predicates and checks are looked at too.
#[tokio::test]
async fn rows_that_violate_a_check_then_are_counted() {
    let model = |of_enum: &str, variants: &str| {
        format!(
            "use limbeck::{{PgEnum, Table}};\n\
             #[derive(PgEnum)]\n#[pg_enum(name = \"slot\", rename_all = \"snake_case\"{of_enum})]\nenum Slot {{ {variants} }}\n\
             #[derive(Table)]\n#[table(name = \"meals\", check(name = \"few\", expr = \"slot <> 'lunch' OR guests < 20\"))]\n\
             #[table(index(slot, where = \"guests > 5 AND slot <> 'breakfast'\", unique, name = \"large\"))]\n\
             struct Meal {{\n    guests: i32,\n    slot: Slot,\n}}\n"
        )
    };
    let bed = Bed::of_structs("").await;
    next(&bed, &model("", "Breakfast, Brunch, Lunch")).await;
    bed.write(
        "src/lib.rs",
        &model(", removed(brunch = \"lunch\")", "Breakfast, Lunch"),
    );
    let options = RevisionOptions {
        allow_drop: true,
        ..autogenerate("Merge")
    };
    let text = bed.text(&written(bed.try_revision(options).await.unwrap()));
    bed.run("INSERT INTO meals VALUES (30, 'brunch')").await;
    assert_eq!(
        bed.refusal(false).await,
        "rows of public.meals that violate few once labels that go are replaced: 1",
        "{text}"
    );
    bed.run("UPDATE meals SET guests = 10").await;
    bed.run("INSERT INTO meals VALUES (10, 'lunch'), (10, 'breakfast'), (1, 'lunch')")
        .await;
    assert_eq!(
        bed.refusal(false).await,
        "rows of public.meals with the same slot as another once labels that go are replaced: 1",
        "{text}"
    );
    bed.run("DELETE FROM meals WHERE slot = 'brunch'").await;
    assert_eq!(bed.upgrade("head").await, 1);
    assert!(!bed.check().await.is_different());
    assert_eq!(bed.downgrade("-1").await, 1);
}

/// What else holds values of the type: it goes along, or nothing is written.
#[tokio::test]
async fn what_holds_values_of_an_enum_whose_labels_go() {
    let model = |of_enum: &str, variants: &str| {
        format!(
            "use limbeck::PgEnum;\n#[derive(PgEnum)]\n#[pg_enum(name = \"slot\", rename_all = \"snake_case\"{of_enum})]\n\
             enum Slot {{ {variants} }}\n"
        )
    };
    // What stands beside the type, a row of it, a query, and what that finds; or why nothing is written.
    type Case = (
        &'static str,
        &'static str,
        &'static str,
        Result<&'static str, &'static str>,
    );
    let cases: [Case; 10] = [
        (
            "CREATE TABLE t (a slot GENERATED ALWAYS AS (CASE WHEN b > 1 THEN 'lunch'::slot ELSE 'dinner'::slot END) STORED, b int, c slot DEFAULT 'lunch');",
            "INSERT INTO t (b, c) VALUES (2, 'brunch')",
            "SELECT concat_ws(' ', a, b, c) FROM t",
            Ok("lunch 2 lunch"),
        ),
        (
            "CREATE TABLE t (a slot, b text GENERATED ALWAYS AS (CASE WHEN a = 'lunch' THEN 'noon' ELSE 'else' END) STORED);",
            "INSERT INTO t VALUES ('brunch')",
            "SELECT concat_ws(' ', a, b) FROM t",
            Ok("lunch noon"),
        ),
        (
            "CREATE TABLE t (a slot);\nCREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a;\nCREATE UNIQUE INDEX ON m (a);",
            "INSERT INTO t VALUES ('brunch'), ('lunch')",
            "SELECT concat_ws(' ', a, n) FROM m",
            Ok("lunch 2"),
        ),
        (
            "CREATE TYPE pair AS (a slot, b slot[]);\nCREATE TABLE t (p pair, ps pair[]);",
            "INSERT INTO t VALUES (('brunch', '{brunch,NULL}'), ARRAY[('dinner', '{brunch}')::pair])",
            "SELECT concat_ws(' ', p, ps) FROM t",
            Ok("(lunch,\"{lunch,NULL}\") {\"(dinner,{lunch})\"}"),
        ),
        (
            "CREATE DOMAIN slots AS slot[];\nCREATE TABLE t (a slots);",
            "INSERT INTO t VALUES ('{brunch,dinner}')",
            "SELECT a::text FROM t",
            Ok("{lunch,dinner}"),
        ),
        (
            "CREATE DOMAIN slots AS slot[];\nCREATE TABLE t (a slots[]);",
            "INSERT INTO t VALUES (ARRAY['{brunch}'::slots])",
            "SELECT a::text FROM t",
            Err("public.t.a is public.slots[], whose values cannot be converted"),
        ),
        (
            "CREATE DOMAIN slots AS slot[];\nCREATE TYPE held AS (a slots[]);\nCREATE TABLE t (a held);",
            "",
            "",
            Err("public.t.a is public.held, whose values cannot be converted"),
        ),
        (
            "CREATE TYPE span AS RANGE (subtype = slot);\nCREATE TABLE t (a span);",
            "",
            "",
            Err("public.t.a is public.span, whose values cannot be converted"),
        ),
        (
            "CREATE TABLE t (a slot, b int) PARTITION BY LIST (a);\nCREATE TABLE t_lunch PARTITION OF t FOR VALUES IN ('lunch');\nCREATE TABLE t_rest PARTITION OF t DEFAULT;",
            "",
            "",
            Err(
                "public.t.a is in the partition key of its table, and PostgreSQL gives no such column another type: public.slot cannot be exchanged",
            ),
        ),
        (
            "CREATE TABLE p (a slot, b int) PARTITION BY LIST (b);\nCREATE TABLE t PARTITION OF p FOR VALUES IN (1);\nCREATE UNIQUE INDEX ON p (b, a);",
            "INSERT INTO p VALUES ('brunch', 1), ('dinner', 1)",
            "SELECT string_agg(a::text, ' ' ORDER BY a) FROM t",
            Ok("lunch dinner"),
        ),
    ];
    for (beside, row, query, expected) in cases {
        let bed = Bed::of_structs(&model("", "Brunch, Lunch, Dinner")).await;
        bed.write("database/schema/beside.sql", beside);
        bed.revision("First").await;
        bed.upgrade("head").await;
        if !row.is_empty() {
            bed.run(row).await;
        }
        bed.write(
            "src/lib.rs",
            &model(", removed(brunch = \"lunch\")", "Lunch, Dinner"),
        );
        let options = RevisionOptions {
            allow_drop: true,
            ..autogenerate("Merge")
        };
        let outcome = bed.try_revision(options).await;
        match expected {
            Ok(found) => {
                let text = bed.text(&written(
                    outcome.unwrap_or_else(|error| panic!("{beside}\n{error:#?}")),
                ));
                bed.upgrade("head").await;
                assert!(!bed.check().await.is_different(), "{beside}\n{text}");
                assert_eq!(bed.query(query).await, [found], "{beside}\n{text}");
                bed.downgrade("-1").await;
                assert_eq!(bed.query(query).await, [found], "{beside}\n{text}");
                bed.upgrade("head").await;
            }
            Err(why) => {
                let error = outcome.err().unwrap_or_else(|| panic!("{beside} was written"));
                let told = format!("{error:#?}");
                assert!(told.contains(why), "{beside}\n{told}");
                assert_eq!(bed.revision_files().len(), 1, "{beside}");
            }
        }
    }
}
