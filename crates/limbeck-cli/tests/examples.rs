//! The projects of `examples/`, on a real server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::TestFolder;
use support::database::TestDatabase;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(name)
}

/// A copy of an example, whose database is at `url`.
fn copy(name: &str, url: &str) -> TestFolder {
    let folder = TestFolder::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(path) = waiting.pop() {
        for entry in std::fs::read_dir(example(name).join(&path)).unwrap() {
            let entry = entry.unwrap();
            let path = path.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                waiting.push(path);
            } else {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                folder.write(path.to_str().unwrap(), text);
            }
        }
    }
    folder.write(".env", format!("DATABASE_URL={url}\n"));
    folder.write("database/migrations/versions/.gitkeep", "");
    folder
}

/// From nothing to the models and back, which leaves nothing.
fn lives(folder: &TestFolder, database: &TestDatabase, use_it: impl FnOnce()) {
    let before = database.relations();
    folder.succeed(&["revision", "--autogenerate", "-m", "The first schema"]);
    folder.succeed(&["upgrade"]);
    folder.succeed(&["check"]);
    folder.succeed(&["drift"]);
    use_it();
    folder.succeed(&["downgrade", "base"]);
    let left: Vec<String> = database
        .relations()
        .into_iter()
        .filter(|relation| !relation.starts_with("limbeck."))
        .collect();
    assert_eq!(left, before);
    folder.succeed(&["upgrade"]);
    folder.succeed(&["check"]);
}

#[test]
fn the_meal_plan_goes_up_and_down() {
    let database = TestDatabase::new();
    let folder = copy("meal-plan", &database.url());
    folder.write(
        "limbeck.toml",
        "models = [\"src\"]\n[database]\nurl = \"${DATABASE_URL}\"\n",
    );
    lives(&folder, &database, || {});
}

#[test]
fn tenants_see_their_own_rows_only() {
    let database = TestDatabase::new();
    database.execute("CREATE ROLE tenants_web LOGIN");
    let folder = copy("tenants", &database.url());
    lives(&folder, &database, || tenants(&database));
}

fn tenants(database: &TestDatabase) {
    database.execute(
        "INSERT INTO app.tenants (slug, name) VALUES ('north', 'North'), ('south', 'South'); \
         INSERT INTO billing.invoices (region, tenant_id, issued_on, net) VALUES ('at', 1, '2026-03-01', 100), ('us', 2, '2026-03-01', 50)",
    );
    // As the application: once for each tenant, in a transaction.
    let speaks = |tenant: &str, sql: &str| {
        format!(
            "BEGIN; SET LOCAL row_security = on; SET LOCAL ROLE tenants_web; SET LOCAL app.tenant_id = '{tenant}'; {sql}; COMMIT"
        )
    };
    for (tenant, member) in [("1", "ada@north.example"), ("2", "ben@south.example")] {
        database.execute(&speaks(
            tenant,
            &format!(
                "INSERT INTO app.members (tenant_id, email, name) VALUES ({tenant}, '{member}', 'Somebody'); \
                 INSERT INTO app.rooms (tenant_id, name, address, seats, price) \
                 VALUES ({tenant}, 'Hall', ROW('Main Street 1', 'Graz', 'at'), 40, 25); \
                 INSERT INTO app.readings VALUES ({tenant}, {tenant}, '2026-03-01 10:00+00', 21.5); \
                 INSERT INTO app.bookings (tenant_id, room_id, member_id, during, price) \
                 VALUES ({tenant}, {tenant}, {tenant}, '[2026-03-01 10:00+00, 2026-03-01 11:30+00)', 25)"
            ),
        ));
    }
    let seen = "SELECT (SELECT string_agg(slug, ',') FROM app.tenants), (SELECT string_agg(email, ',') FROM app.members), \
                (SELECT string_agg(tenant_id::text, ',') FROM app.rooms), (SELECT string_agg(tenant_id::text, ',') FROM app.bookings), \
                (SELECT string_agg(tenant_id::text, ',') FROM app.readings), \
                (SELECT string_agg(tenant_id::text, ',') FROM billing.invoices), \
                (SELECT string_agg(DISTINCT tenant_id::text, ',') FROM audit.events), \
                (SELECT string_agg(member || ' ' || total, ',') FROM app.agenda), \
                (SELECT string_agg(minutes::text, ',') FROM app.use_of_rooms)";
    let sees = |tenant: &str| {
        let first = format!("SET row_security = on; SET ROLE tenants_web; SET app.tenant_id = '{tenant}'");
        database.query_after(&first, seen)
    };
    assert_eq!(sees("1"), ["north|ada@north.example|1|1|1|1|1|Somebody 37.50|90"]);
    assert_eq!(sees("2"), ["south|ben@south.example|2|2|2|2|2|Somebody 37.50|90"]);
    assert_eq!(sees(""), ["||||||||"]);
    // Everything is there all the same: with the owner's eyes, who is a superuser here.
    assert_eq!(database.query("SELECT count(*) FROM app.rooms"), ["2"]);
    assert_eq!(
        database.query("SELECT tableoid::regclass FROM billing.invoices ORDER BY 1"),
        ["billing.invoices_europe", "billing.invoices_rest"]
    );
    assert_eq!(
        database.query("SELECT DISTINCT action FROM audit.events ORDER BY 1"),
        ["INSERT bookings", "INSERT rooms"]
    );

    // Another tenant's rows can neither be made, nor referred to, nor changed; nor can a room be taken twice.
    let booking = |tenant: &str, room: &str, during: &str| {
        format!(
            "INSERT INTO app.bookings (tenant_id, room_id, member_id, during, price) VALUES ({tenant}, {room}, {tenant}, '{during}', 1)"
        )
    };
    let (late, taken) = (
        "[2026-04-01 10:00+00, 2026-04-01 11:00+00)",
        "[2026-03-01 11:00+00, 2026-03-01 12:00+00)",
    );
    let refused = |sql: &str| {
        database
            .try_execute(&speaks("1", sql))
            .unwrap_err()
            .sqlstate()
            .unwrap()
            .to_owned()
    };
    assert_eq!(refused(&booking("2", "2", late)), "42501");
    assert_eq!(refused(&booking("1", "2", late)), "23503");
    assert_eq!(refused(&booking("1", "1", taken)), "23P01");
    assert_eq!(refused("DELETE FROM audit.events"), "42501");
    database.execute(&speaks("1", "UPDATE app.rooms SET seats = 1"));
    assert_eq!(
        database.query("SELECT seats FROM app.rooms ORDER BY tenant_id"),
        ["1", "40"]
    );
    database.execute(&speaks("1", &booking("1", "1", late)));
}

/// The package is no member of the workspace, so this builds three drivers once, and keeps them.
#[test]
#[ignore = "builds three drivers, which takes minutes; `.ci/drivers` runs it"]
fn three_drivers_name_columns_by_the_constants() {
    let database = TestDatabase::new();
    let folder = copy("queries", &database.url());
    // A socket's folder in the one place where all three look for it.
    let settings = limbeck_postgres::Settings::parse(&database.url()).unwrap();
    let password = settings
        .password()
        .map_or_else(String::new, |password| format!(":{}", password.expose()));
    let url = format!(
        "postgresql://{}{password}@{}:{}/{}",
        settings.user(),
        settings.host().replace('/', "%2F"),
        settings.port(),
        settings.database()
    );
    lives(&folder, &database, || {
        for (command, expected) in [
            (
                "run",
                "tokio-postgres: Some(User { id: 1, email: \"ada@example.org\", display_name: Some(\"Ada\") })\n\
                 sqlx: Some(User { id: 2, email: \"ben@example.org\", display_name: None })\n\
                 Diesel, with SQL: Some(User { id: 1, email: \"ada@example.org\", display_name: Some(\"Ada\") })\n\
                 Diesel, with its own words: Some(User { id: 1, email: \"ada@example.org\", display_name: Some(\"Ada\") })\n",
            ),
            ("test", "1 passed"),
        ] {
            let output = Command::new(env!("CARGO"))
                .args([command, "--quiet", "--locked", "--manifest-path"])
                .arg(example("queries/Cargo.toml"))
                .arg("--target-dir")
                .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("../queries"))
                .env("DATABASE_URL", &url)
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(
                output.status.success(),
                "{told}{}",
                String::from_utf8_lossy(&output.stderr)
            );
            assert!(told.contains(expected), "{told}");
        }
    });
}

/// A block that begins with `rust queries PATH` is a part of that file.
#[test]
fn the_guide_shows_what_is_there() {
    let guide = std::fs::read_to_string(example("../docs/models.md")).unwrap();
    let mut blocks = guide.split("\n```rust queries ").skip(1);
    let shown = blocks.clone().count();
    assert!(shown >= 4, "{shown}");
    let is_there = |block: &str| {
        let (path, rest) = block.split_once('\n').unwrap();
        let (part, _) = rest.split_once("```").unwrap();
        std::fs::read_to_string(example("queries").join(path))
            .unwrap()
            .contains(part)
    };
    assert_eq!(blocks.find(|block| !is_there(block)), None);
}
