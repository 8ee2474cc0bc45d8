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
use support::{Bed, autogenerate, written};

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
