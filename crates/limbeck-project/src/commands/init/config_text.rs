//! The text of a new `limbeck.toml` and of `.env.example`.

use super::BuiltIn;
use super::surroundings::Surroundings;

/// What a `limbeck.toml` may say besides, whatever the template.
const FURTHER: &str = r#"# [scratch]
# url = "${SCRATCH_DATABASE_URL}"    # a server to compare on, where this machine's lacks an extension

# [types]
# "acme::Money" = "numeric(12,2)"    # the SQL type of a Rust type of yours

# [revisions]
# file_template = "{year}/{month}/{rev}_{slug}" # how new files are named
# timezone = "Europe/Berlin"         # of the date in their names
# truncate_slug_length = 40

# [[post_write_hooks]]               # run on each new file, before it is proven
# command = ["pg_format", "--inplace", "{path}"]
# timeout = "120s"
"#;

/// The sections of a database's environments that are not filled in yet.
const NO_ENVIRONMENT: &str = r#"# [environments.production]          # `limbeck -e production …`
# database.url = "${PRODUCTION_DATABASE_URL}"
"#;

/// The production environment of a database at Neon.
const NEON_ENVIRONMENT: &str = r#"[environments.production]            # `limbeck -e production …`
database.url = "${PRODUCTION_DATABASE_URL_UNPOOLED}"
"#;

/// A `limbeck.toml` of two databases.
pub(super) fn config_of_two(around: &Surroundings) -> String {
    let (app, analytics) = match around.url.as_deref() {
        Some(embedded) => (embedded, embedded),
        None => ("${APP_DATABASE_URL}", "${ANALYTICS_DATABASE_URL}"),
    };
    format!(
        r#"# What Limbeck works with. `limbeck verify` checks it.

# What both databases share.
[database]
schemas = ["public"]                 # what is looked at in a live database
search_path = "public"               # what revisions run with

[databases.app]                      # `limbeck --database app …`
url = "{app}"
migrations = "database/app/migrations"
models = []                          # crate roots or globs, such as ["src/app"]
schema = ["database/app/schema"]

[databases.analytics]                # `limbeck --database analytics …`
url = "{analytics}"
migrations = "database/analytics/migrations"
models = []
schema = ["database/analytics/schema"]

[server]
major = {major}                           # the major version that states are compared on: your databases'

{FURTHER}
# [environments.production]          # `limbeck -e production --database app …`
# databases.app.url = "${{PRODUCTION_APP_DATABASE_URL}}"
# databases.analytics.url = "${{PRODUCTION_ANALYTICS_DATABASE_URL}}"
"#,
        major = around.major,
    )
}

/// A `limbeck.toml` that says what was found, and names what else could be said.
pub(super) fn config(around: &Surroundings, template: BuiltIn) -> String {
    let list = |paths: &[String]| {
        let quoted: Vec<String> = paths.iter().map(|path| format!("\"{path}\"")).collect();
        format!("[{}]", quoted.join(", "))
    };
    let environments = match template {
        BuiltIn::Neon => NEON_ENVIRONMENT,
        _ => NO_ENVIRONMENT,
    };
    let models = if template == BuiltIn::Sql {
        "models = []                         ".to_owned()
    } else if around.models.is_empty() {
        "# models = [\"src\"]                  ".to_owned()
    } else {
        format!("models = {:<27}", list(&around.models))
    };
    let schema = if around.schema.is_empty() {
        "# schema = [\"database/schema\"]       # folders of `.sql` files, for what structs cannot say"
            .to_owned()
    } else {
        format!("schema = {:<27} # folders of `.sql` files", list(&around.schema))
    };
    let url = around
        .url
        .clone()
        .unwrap_or_else(|| format!("${{{}}}", around.variable));
    format!(
        r#"# What Limbeck works with. `limbeck verify` checks it.

migrations = "database/migrations"
{models} # crate roots or globs; models are found through `mod` lines
{schema}

[database]
url = "{url}"
schemas = ["public"]                 # what is looked at in a live database
search_path = "public"               # what revisions run with
# exclude = ["table public.spatial_*"] # patterns that are never looked at; `include` for what alone is

[autogenerate]
concurrently = false                 # true: indexes on existing tables are built without blocking writes

[server]
major = {major}                           # the major version that states are compared on: your database's

{FURTHER}
{environments}"#,
        major = around.major,
    )
}

/// A `.env.example` for the team.
pub(super) fn env_example(around: &Surroundings, template: BuiltIn) -> String {
    let variable = &around.variable;
    let local = "postgresql://user:password@localhost:5432";
    let neon = "postgresql://user:password@ep-name.region.aws.neon.tech/database?sslmode=require&channel_binding=require";
    let lines = match template {
        BuiltIn::Neon => {
            let pooled = neon.replace("ep-name.", "ep-name-pooler.");
            format!(
                "# Neon's console gives both under \"Connect\"; take them as they are. The application connects through the\n\
                 # pooler, migrations connect directly.\n\
                 DATABASE_URL={pooled}\n\
                 {variable}={neon}\n\
                 # For `limbeck -e production …`; better exported by what deploys than written here.\n\
                 # PRODUCTION_DATABASE_URL_UNPOOLED={neon}\n"
            )
        }
        BuiltIn::Multidb => {
            format!("APP_DATABASE_URL={local}/app\nANALYTICS_DATABASE_URL={local}/analytics\n")
        }
        BuiltIn::Generic | BuiltIn::Sql | BuiltIn::Workspace => format!(
            "# Neon's console gives such a URL under \"Connect\"; take it as it is:\n\
             # {variable}={neon}\n\
             {variable}={local}/database\n"
        ),
    };
    format!("# Copy this file to `.env`, which is not committed, and fill it in.\n#\n{lines}")
}
