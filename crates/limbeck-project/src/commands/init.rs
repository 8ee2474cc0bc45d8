//! `init`: a project's files. What is there stays as it is.

mod config_text;
mod files;
mod surroundings;

use std::path::PathBuf;

use serde::Serialize;

use crate::{Error, Events, Host};
use files::Files;
use surroundings::Surroundings;

/// What `init` is told.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// The project's folder.
    pub folder: PathBuf,
    /// The URL to write into `limbeck.toml`: `embedded:`, or with a variable. Else the variable that is found in
    /// `.env`.
    pub url: Option<String>,
}

/// What `init` did.
#[derive(Debug, Clone, Serialize)]
pub struct InitReport {
    /// The files and folders that it made or added a line to, relative to the project.
    pub created: Vec<PathBuf>,
    /// Those that were there already, untouched.
    pub kept: Vec<PathBuf>,
    /// What is left for a person to do, a line each: the `mod` line, the `cargo add` line.
    pub next: Vec<String>,
}

const README: &str = include_str!("../../templates/README.md");
const QUICK_REFERENCE: &str = include_str!("../../templates/QUICK_REFERENCE.md");
const FIRST_MODEL: &str = include_str!("../../templates/models.rs");

/// Makes a project's files; what is there stays as it is, so that a second call changes nothing.
///
/// # Errors
/// When a file cannot be written, or a URL with a password was given: it does not belong into a file that is
/// committed.
pub async fn init(options: &InitOptions, host: &Host, events: Events<'_>) -> Result<InitReport, Error> {
    let around = Surroundings::look(&options.folder, options.url.as_deref(), host, events).await?;
    let mut files = Files::new(&options.folder);
    let mut next = Vec::new();
    files.folder("")?;
    files.write("limbeck.toml", &config_text::config(&around))?;
    files.write(".env.example", &config_text::env_example(&around))?;
    files.write("database/migrations/README.md", README)?;
    files.write("database/migrations/QUICK_REFERENCE.md", QUICK_REFERENCE)?;
    files.write(
        "database/migrations/script.sql.jinja",
        limbeck_history::DEFAULT_TEMPLATE,
    )?;
    files.folder("database/migrations/versions")?;
    files.write_quietly("database/migrations/versions/.gitkeep", "")?;
    files.line(".gitignore", ".env")?;
    if around.wants_first_model() {
        files.write("src/models.rs", FIRST_MODEL)?;
    }
    if let Some(root) = &around.root_without_models {
        next.push(format!(
            "add `mod models;` to `{}`, so that the model is found",
            root.display()
        ));
    }
    if around.is_cargo_package && !around.depends_on_limbeck {
        next.push("run `cargo add limbeck`, so that the models compile".to_owned());
    }
    if around.is_cargo_workspace && around.models.is_empty() && around.schema.is_empty() {
        next.push(
            "say in limbeck.toml which crates hold models, for example `models = [\"crates/*/src\"]`"
                .to_owned(),
        );
    } else if !around.is_cargo_package && !around.is_cargo_workspace && around.schema.is_empty() {
        next.push("put a Rust crate here (`cargo init`), or `.sql` files into `database/schema`".to_owned());
    }
    let is_new = files.created.iter().any(|path| path.ends_with("limbeck.toml"));
    if !around.url_is_known && is_new {
        next.push(format!(
            "write the database's URL into `.env`: `{}=postgresql://…`",
            around.variable
        ));
    }
    next.push(
        "run `limbeck verify`, then `limbeck revision --autogenerate -m \"Initial schema\"`".to_owned(),
    );
    Ok(InitReport {
        created: files.created,
        kept: files.kept,
        next,
    })
}
