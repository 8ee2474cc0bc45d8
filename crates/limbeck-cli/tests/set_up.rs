//! `init` and `verify`: setting a project up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod support;

use support::TestFolder;
use support::project::project;

#[test]
fn a_new_project() {
    let folder = TestFolder::new();
    folder.write(
        "Cargo.toml",
        "[package]\nname = \"backend\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    folder.write("src/lib.rs", "//! A backend.\n");
    folder.write(
        ".env",
        "NEON_DATABASE_URL=postgresql://anna:pa55-Wort@db.example/app\n",
    );
    assert_told!(folder.run(&["init"]), @"");
    assert!(
        folder
            .read("limbeck.toml")
            .contains("url = \"${NEON_DATABASE_URL}\"")
    );
    assert!(folder.read(".gitignore").lines().any(|line| line == ".env"));
    let before = folder.files();
    assert_told!(folder.run(&["init"]), @"");
    assert_eq!(folder.files(), before);
    assert_told!(folder.run(&["init", "--format", "json"]), @"");
}

#[test]
fn a_url_with_a_password_is_not_written() {
    let folder = TestFolder::new();
    assert_told!(folder.run(&["init", "--url", "postgresql://anna:pa55-Wort@db.example/app"]), @"");
    assert!(folder.files().is_empty());
}

#[test]
fn everything_is_right() {
    let folder = TestFolder::new();
    folder.write(
        "schema/users.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY);\n",
    );
    folder.succeed(&["init", "--url", "embedded:"]);
    let told = folder.run(&["verify"]);
    folder.succeed(&["server", "stop"]);
    assert_told!(told, @"");
}

#[test]
fn much_is_wrong() {
    let folder = project("${APP_DATABASE_URL}");
    folder.write(
        "src/user.rs",
        "#[derive(Table)]\n#[table(name = \"users\")]\npub struct User { pub id: Monney }\n",
    );
    folder.write("database/migrations/versions/1.sql", "");
    assert_told!(folder.run(&["verify"]), @"");
    assert_told!(folder.run(&["verify", "--format", "json"]), @"");
}

#[test]
fn no_project_at_all() {
    assert_told!(TestFolder::new().run(&["verify"]), @"");
}
