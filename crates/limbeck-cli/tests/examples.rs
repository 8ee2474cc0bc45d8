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
    let major = database.query("SELECT current_setting('server_version_num')::integer / 10000");
    let configuration = folder.read("limbeck.toml");
    folder.write(
        "limbeck.toml",
        format!("{configuration}\n[server]\nmajor = {}\n", major[0]),
    );
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
    lives(&folder, &database, || meal_plan(&database));
}

/// A default that a function makes up, a trigger for a set of columns, a reference of several, and constraints that wait.
fn meal_plan(database: &TestDatabase) {
    const IN_PUBLIC: &str = "SET search_path = public";
    let try_run = |sql: &str| database.try_execute(&format!("{IN_PUBLIC}; {sql}"));
    let run = |sql: &str| try_run(sql).unwrap();
    let query = |sql: &str| database.query_after(IN_PUBLIC, sql);
    run(
        "INSERT INTO users (id, email, display_name) VALUES ('00000000-0000-0000-0000-000000000001', 'ada@example.org', 'Ada'); \
         INSERT INTO households (name, owner_id) SELECT 'Home', id FROM users; \
         INSERT INTO meal_plans (household_id, starts_on, ends_on) SELECT id, CURRENT_DATE, CURRENT_DATE + 6 FROM households; \
         INSERT INTO meal_plan_entries (meal_plan_id, day, title) SELECT id, starts_on, 'Soup' FROM meal_plans; \
         INSERT INTO meal_plan_entries (meal_plan_id, day, leftovers_of, cook_id) \
         SELECT p.id, p.starts_on + 1, e.id, u.id FROM meal_plans p, meal_plan_entries e, users u; \
         INSERT INTO subscriptions (household_id, plan, price) SELECT id, 'year', 48 FROM households; \
         INSERT INTO invoices (subscription_id, net, tax_rate) SELECT id, 48, 0.2 FROM subscriptions",
    );
    assert_eq!(
        query("SELECT title, cook FROM upcoming_meals ORDER BY day"),
        ["Soup|", "Leftovers|Ada"]
    );
    assert_eq!(query("SELECT number, gross FROM invoices"), ["1001|57.60"]);
    assert_eq!(
        query("SELECT length(invite_code), updated_at = created_at FROM households"),
        ["8|t"]
    );
    run("UPDATE households SET name = 'Ours'");
    assert_eq!(query("SELECT updated_at > created_at FROM households"), ["t"]);
    let refused = |sql: &str| {
        let error = try_run(sql).unwrap_err();
        error.sqlstate().unwrap().to_owned()
    };
    // Within a transaction there may be two, and none is for long.
    let follow =
        "INSERT INTO subscriptions (household_id, plan, price) SELECT id, 'month', 5 FROM households";
    assert_eq!(refused(follow), "23P01");
    run(&format!(
        "BEGIN; {follow}; UPDATE subscriptions SET status = 'cancelled' WHERE plan = 'year'; COMMIT"
    ));
    assert_eq!(
        refused(
            "INSERT INTO meal_plan_entries (meal_plan_id, day, leftovers_of) SELECT id, starts_on, 99 FROM meal_plans"
        ),
        "23503"
    );
    assert_eq!(
        refused("INSERT INTO ingredients (name, type) VALUES ('Tea', 'drink')"),
        "23514"
    );
    assert_eq!(refused("UPDATE users SET email = 'ada'"), "23514");
    run("DELETE FROM meal_plans");
}

#[test]
fn two_crates_make_one_schema() {
    let database = TestDatabase::new();
    let folder = copy("workspace", &database.url());
    lives(&folder, &database, || {
        database.execute(
            "SET search_path = public; INSERT INTO users (email) VALUES ('ada@example.org'); INSERT INTO orders (buyer) VALUES (1); \
             INSERT INTO gifts VALUES (1, 1)",
        );
    });
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
            "BEGIN; SET LOCAL row_security = on; SET LOCAL ROLE tenants_web; \
             SELECT set_config('app.tenant_id', '{tenant}', true); {sql}; COMMIT"
        )
    };
    for (tenant, member) in [("1", "ada@north.example"), ("2", "ben@south.example")] {
        database.execute(&speaks(
            tenant,
            &format!(
                "INSERT INTO app.members (email, name) VALUES ('{member}', 'Somebody'); \
                 INSERT INTO app.rooms (name, address, seats, price) \
                 VALUES ('Hall', ROW('Main Street 1', 'Graz', 'at'), 40, 25); \
                 INSERT INTO app.readings (room_id, at, celsius) VALUES ({tenant}, '2026-03-01 10:00+00', 21.5); \
                 INSERT INTO app.bookings (room_id, member_id, during, price) \
                 VALUES ({tenant}, {tenant}, '[2026-03-01 10:00+00, 2026-03-01 11:30+00)', 25)"
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
    assert_eq!(refused("DELETE FROM app.members"), "23503");

    for_whom_policies_hold(database);
    a_tenant_goes(database);
}

/// Not for superusers, nor for those with BYPASSRLS, and for the owner since they are forced.
fn for_whom_policies_hold(database: &TestDatabase) {
    let sees = |role: &str, first: &str| {
        let first = format!(
            "BEGIN; CREATE ROLE somebody {role}; GRANT USAGE ON SCHEMA app TO somebody; GRANT SELECT ON app.rooms TO somebody; \
             {first}; SET LOCAL row_security = on; SET LOCAL ROLE somebody; SET LOCAL app.tenant_id = '1'"
        );
        database.query_after(&first, "SELECT count(*) FROM app.rooms")
    };
    let owns =
        "GRANT EXECUTE ON FUNCTION app.current_tenant() TO somebody; ALTER TABLE app.rooms OWNER TO somebody";
    assert_eq!(sees("NOBYPASSRLS", "SELECT"), ["1"]);
    assert_eq!(sees("NOBYPASSRLS", owns), ["1"]);
    assert_eq!(sees("BYPASSRLS", "SELECT"), ["2"]);
    assert_eq!(sees("SUPERUSER", "SELECT"), ["2"]);
    let not_forced = format!("{owns}; ALTER TABLE app.rooms NO FORCE ROW LEVEL SECURITY");
    assert_eq!(sees("NOBYPASSRLS", &not_forced), ["2"]);
}

/// With all that it has but its invoices, which stay for as long as they have to, and the log.
fn a_tenant_goes(database: &TestDatabase) {
    assert!(
        database
            .try_execute("DELETE FROM app.tenants WHERE id = 1")
            .is_err()
    );
    database
        .execute("DELETE FROM billing.invoices WHERE tenant_id = 1; DELETE FROM app.tenants WHERE id = 1");
    assert_eq!(
        database.query(
            "SELECT 'member', tenant_id FROM app.members UNION ALL SELECT 'room', tenant_id FROM app.rooms \
             UNION ALL SELECT 'booking', tenant_id FROM app.bookings UNION ALL SELECT 'reading', tenant_id FROM app.readings"
        ),
        ["member|2", "room|2", "booking|2", "reading|2"]
    );
    assert_eq!(
        database.query(
            "SELECT action, count(*) FROM audit.events WHERE tenant_id = 1 GROUP BY action ORDER BY action"
        ),
        [
            "DELETE bookings|2",
            "DELETE rooms|1",
            "INSERT bookings|2",
            "INSERT rooms|1",
            "UPDATE rooms|1"
        ]
    );
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

/// A block of the guide that begins with `rust queries PATH` is a part of that file, and one of a crate's file is a part of it in
/// the workspace.
#[test]
fn the_guide_shows_what_is_there() {
    let guide = std::fs::read_to_string(example("../docs/models.md")).unwrap();
    let mut shown = 0;
    for (fence, folder) in [
        ("rust queries ", "queries/"),
        ("rust accounts/", "workspace/accounts/"),
        ("rust shop/", "workspace/shop/"),
    ] {
        for block in guide.split(&format!("\n```{fence}")).skip(1) {
            let (path, rest) = block.split_once('\n').unwrap();
            let (part, _) = rest.split_once("```").unwrap();
            let text = std::fs::read_to_string(example(folder).join(path)).unwrap();
            assert!(text.contains(part), "{folder}{path} is not\n{part}");
            shown += 1;
        }
    }
    assert!(shown >= 6, "{shown}");
}
