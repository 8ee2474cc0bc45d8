//! The text of a new `limbeck.toml` and of `.env.example`.

use super::surroundings::Surroundings;

/// A `limbeck.toml` that says what was found, and names what else could be said.
pub(super) fn config(around: &Surroundings) -> String {
    let list = |paths: &[String]| {
        let quoted: Vec<String> = paths.iter().map(|path| format!("\"{path}\"")).collect();
        format!("[{}]", quoted.join(", "))
    };
    let models = if around.models.is_empty() {
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
# exclude = ["public.spatial_*"]     # patterns that are never looked at

[autogenerate]
concurrently = false                 # true: indexes on existing tables are built without blocking writes

[server]
major = {major}                           # the major version that states are compared on: your database's

# [scratch]
# url = "${{SCRATCH_DATABASE_URL}}"    # a server to compare on, where this machine's lacks an extension

# [types]
# "acme::Money" = "numeric(12,2)"    # the SQL type of a Rust type of yours

# [environments.production]          # `limbeck -e production …`
# database.url = "${{PRODUCTION_DATABASE_URL}}"
"#,
        major = around.major,
    )
}

/// A `.env.example` for the team.
pub(super) fn env_example(around: &Surroundings) -> String {
    format!(
        "# Copy this file to `.env`, which is not committed, and fill it in.\n\
         #\n\
         # Neon's console gives such a URL under \"Connect\"; take it as it is:\n\
         # {variable}=postgresql://user:password@ep-name.region.aws.neon.tech/database?sslmode=require&channel_binding=require\n\
         {variable}=postgresql://user:password@localhost:5432/database\n",
        variable = around.variable
    )
}
