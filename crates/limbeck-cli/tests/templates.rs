//! `init --template` and `list-templates`: every template yields a project that works.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "these are tests"
)]

mod support;

use support::TestFolder;
use support::database::TestDatabase;

/// A project of a template, whose database's URL is in `.env`.
fn made(template: &str, variables: &[(&str, &str)]) -> TestFolder {
    let folder = TestFolder::new();
    let lines: String = variables
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect();
    if !lines.is_empty() {
        folder.write(".env", lines);
    }
    if template == "generic" || template == "neon" {
        folder.write(
            "Cargo.toml",
            "[package]\nname = \"app\"\n[dependencies]\nlimbeck = \"0.1\"\n",
        );
        folder.write("src/lib.rs", "mod models;\n");
    }
    folder.succeed(&["init", "--template", template]);
    folder
}

#[test]
fn every_template_yields_a_project_that_works() {
    for (template, variable) in [
        ("generic", "DATABASE_URL"),
        ("sql", "DATABASE_URL"),
        ("workspace", "DATABASE_URL"),
        ("neon", "DATABASE_URL_UNPOOLED"),
    ] {
        let database = TestDatabase::new();
        let folder = made(template, &[(variable, &database.url())]);
        let major = database
            .query("SELECT current_setting('server_version_num')::int / 10000")
            .concat();
        let config = folder.read("limbeck.toml");
        assert!(
            config.contains(&format!("major = {major}")),
            "{template}: {config}"
        );
        let verified = folder.run(&["verify"]);
        assert!(verified.starts_with("exit code: 0\n"), "{template}: {verified}");
        folder.succeed(&["revision", "--autogenerate", "-m", "Initial schema"]);
        folder.succeed(&["upgrade"]);
        folder.succeed(&["check"]);
        assert!(
            database.relations().contains(&"public.users".to_owned()),
            "{template}"
        );
        let before = folder.files();
        folder.succeed(&["init", "--template", template]);
        assert_eq!(folder.files(), before, "{template}");
    }
}

#[test]
fn two_databases_have_each_their_own() {
    let (app, analytics) = (TestDatabase::new(), TestDatabase::new());
    let folder = made(
        "multidb",
        &[
            ("APP_DATABASE_URL", &app.url()),
            ("ANALYTICS_DATABASE_URL", &analytics.url()),
        ],
    );
    let verified = folder.run(&["verify"]);
    assert!(verified.starts_with("exit code: 0\n"), "{verified}");
    for name in ["app", "analytics"] {
        folder.succeed(&[
            "--database",
            name,
            "revision",
            "--autogenerate",
            "-m",
            "Initial schema",
        ]);
    }
    folder.succeed(&["--database", "all", "upgrade"]);
    folder.succeed(&["--database", "all", "check"]);
    let without_own = |database: &TestDatabase| {
        let mut relations = database.relations();
        relations.retain(|name| name.starts_with("public.") && !name.ends_with("_seq"));
        relations
    };
    assert_eq!(without_own(&app), ["public.users"]);
    assert_eq!(without_own(&analytics), ["public.events"]);
}

#[test]
fn a_folder_of_ones_own_is_a_template() {
    let folder = TestFolder::new();
    let script = include_str!("../../limbeck-history/src/script.sql.jinja");
    folder.write(
        "house/limbeck.toml",
        "migrations = \"db\"\nschema = [\"db/schema\"]\n",
    );
    folder.write(
        "house/script.sql.jinja",
        script.replacen("{% for step", "\n-- By {{ x.author }}\n{% for step", 1),
    );
    folder.write("house/README.md", "Ours\n");
    folder.write("house/db/schema/a.sql", "CREATE TABLE a (id bigint);\n");
    folder.write("house/tools/.hidden", [0xff, 0x00]);
    folder.succeed(&["init", "work", "--template", "house"]);
    assert_eq!(folder.read("work/db/README.md"), "Ours\n");
    assert!(folder.read("work/db/script.sql.jinja").contains("x.author"));
    assert!(folder.read("work/db/QUICK_REFERENCE.md").contains("limbeck"));
    assert_eq!(
        std::fs::read(folder.path().join("work/tools/.hidden")).unwrap(),
        [0xff, 0x00]
    );
    let path = folder.succeed(&[
        "-C",
        "work",
        "revision",
        "--autogenerate",
        "-m",
        "a",
        "-x",
        "author=Ada",
    ]);
    assert!(
        folder
            .read(&format!("work/{}", path.trim()))
            .contains("-- By Ada\n")
    );
}

#[test]
fn templates_that_are_none_are_told_and_nothing_is_made() {
    let folder = TestFolder::new();
    folder.write("empty/README.md", "");
    folder.write("broken/limbeck.toml", "[database]\nurll = 'x'\n");
    folder.write("unknown/script.sql.jinja", "-- {{ revison }}\n");
    let before = folder.files();
    let told = ["sqll", "nonsense", "empty", "broken", "unknown"]
        .map(|template| folder.run(&["init", "work", "--template", template]));
    assert_told!(told.join("\n"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no template `sqll`, and no such folder

    hint: did you mean `sql`?

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: there is no template `nonsense`, and no such folder

    hint: the templates are `generic`, `sql`, `workspace`, `neon`, `multidb`; `limbeck list-templates` tells what each is for

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `[PROJECT]/empty` is no template: it has neither a `limbeck.toml` nor a `script.sql.jinja`

    hint: what else it holds is copied; what it lacks is as in the template `generic`

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: unknown key `database.urll`
     --> [PROJECT]/broken/limbeck.toml:2:1
      |
    2 | urll = 'x'
      | ^^^^

    hint: did you mean `url`?

    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: the template cannot be rendered: there is no `revison`
     --> [PROJECT]/unknown/script.sql.jinja:1:7
      |
    1 | -- {{ revison }}
      |       ^^^^^^^

    hint: did you mean `revision`?
    ");
    assert_eq!(folder.files(), before);
    assert!(!folder.path().join("work").exists());
}

#[test]
fn the_list() {
    assert_told!(TestFolder::new().run(&["list-templates"]), @"
    exit code: 0
    ----- stdout -----
    generic    models in the crate that is there; taken where none is named
    sql        the schema in `.sql` files, without structs
    workspace  models in a crate of their own, `crates/models`
    neon       a database at Neon: the direct URL, and an environment for production
    multidb    two databases, each with revisions and a schema of its own
    ----- stderr -----
    ");
}
