//! `init`: a project's files. What is there stays as it is.

mod config_text;
mod files;
mod surroundings;
mod template;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::import::detect;
use crate::{Error, Events, Host};
use files::Files;
use surroundings::Surroundings;
use template::OwnTemplate;
pub use template::{BuiltIn, Template, TemplateSummary, list_templates};

/// What `init` is told.
#[derive(Debug, Clone)]
pub struct InitOptions {
    /// The project's folder.
    pub folder: PathBuf,
    /// The URL to write into `limbeck.toml`: `embedded:`, or with a variable. Else the variable that is found in
    /// `.env`.
    pub url: Option<String>,
    /// What the project is like.
    pub template: Template,
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

const FIRST_SCHEMA: &str = include_str!("../../templates/schema.sql");
const EVENTS_SCHEMA: &str = include_str!("../../templates/multidb/events.sql");

/// The crate of the template `workspace`.
const MODELS_CRATE: &str = "crates/models";

/// Makes a project's files; what is there stays as it is, so that a second call changes nothing.
///
/// # Errors
/// When a file cannot be written, the template cannot be understood, or a URL with a password was given: it does not
/// belong into a file that is committed.
pub async fn init(options: &InitOptions, host: &Host, events: Events<'_>) -> Result<InitReport, Error> {
    let (template, own) = match &options.template {
        Template::BuiltIn(template) => (*template, None),
        Template::Folder(folder) => (BuiltIn::Generic, Some(OwnTemplate::read(folder)?)),
    };
    let mut around = Surroundings::look(&options.folder, options.url.as_deref(), host, events).await?;
    around.suit(template)?;
    let mut files = Files::new(&options.folder);
    let mut next = Vec::new();
    files.folder("")?;
    if let Some(own) = &own {
        for file in &own.files {
            files.copy(&file.path, &file.source, &file.bytes)?;
        }
    }
    let has = |own: &Option<OwnTemplate>, name: &str| {
        let files = own.iter().flat_map(|own| &own.files);
        files.into_iter().any(|file| file.path == Path::new(name))
    };
    for (path, text) in [
        (
            "limbeck.toml",
            match template {
                BuiltIn::Multidb => config_text::config_of_two(&around),
                other => config_text::config(&around, other),
            },
        ),
        (".env.example", config_text::env_example(&around, template)),
    ] {
        if !has(&own, path) {
            files.write(path, text)?;
        }
    }
    let migrations: Vec<PathBuf> = match (&own, template) {
        (Some(own), _) => vec![own.migrations.clone()],
        (None, BuiltIn::Multidb) => ["app", "analytics"]
            .map(|name| Path::new("database").join(name).join("migrations"))
            .to_vec(),
        (None, _) => vec![PathBuf::from("database/migrations")],
    };
    for folder in &migrations {
        migrations_folder(&mut files, folder)?;
    }
    files.line(".gitignore", ".env")?;
    match template {
        BuiltIn::Generic | BuiltIn::Neon => {
            if around.wants_first_model() {
                files.write("src/models.rs", FIRST_MODEL)?;
            }
            next.extend(steps_of_a_crate(&around));
        }
        BuiltIn::Sql => {
            if !around.has_schema {
                files.write("database/schema/users.sql", FIRST_SCHEMA)?;
            }
        }
        BuiltIn::Workspace => {
            if !around.has_models_crate {
                models_crate(&mut files)?;
            }
            next.push(format!(
                "let `members` in the workspace's Cargo.toml have `{MODELS_CRATE}`"
            ));
        }
        BuiltIn::Multidb => {
            files.write("database/app/schema/users.sql", FIRST_SCHEMA)?;
            files.write("database/analytics/schema/events.sql", EVENTS_SCHEMA)?;
        }
    }
    let is_new = files.created.iter().any(|path| path.ends_with("limbeck.toml"));
    if template == BuiltIn::Multidb {
        if around.url.is_none() {
            next.push("copy `.env.example` to `.env`, and write the databases' URLs into it".to_owned());
        }
        next.push(
            "run `limbeck verify`, then `limbeck --database app revision --autogenerate -m \"Initial schema\"`"
                .to_owned(),
        );
    } else {
        if !around.url_is_known && is_new {
            next.push(format!(
                "write the database's URL into `.env`: `{}=postgresql://…`",
                around.variable
            ));
            next.push(
                "without a database, set `url = \"embedded:\"` in limbeck.toml: Limbeck starts one"
                    .to_owned(),
            );
        }
        let others = steps_of_others(&options.folder);
        if others.is_empty() && around.holds_tables && is_new {
            next.push("run `limbeck verify`".to_owned());
            next.push(
                "the database has tables already: `limbeck models generate` writes their structs, `limbeck baseline` the first revision"
                    .to_owned(),
            );
        } else if others.is_empty() {
            next.push(
                "run `limbeck verify`, then `limbeck revision --autogenerate -m \"Initial schema\"`"
                    .to_owned(),
            );
        } else {
            next.push("run `limbeck verify`".to_owned());
            next.extend(others);
        }
    }
    Ok(InitReport {
        created: files.created,
        kept: files.kept,
        next,
    })
}

/// What is to be done about the histories of other tools, as long as there is no revision yet.
fn steps_of_others(folder: &Path) -> Vec<String> {
    let versions = std::fs::read_dir(folder.join("database/migrations/versions"));
    let is_revision = |entry: std::fs::DirEntry| {
        entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "sql")
    };
    if versions.into_iter().flatten().flatten().any(is_revision) {
        return Vec::new();
    }
    let places = detect::in_project(folder);
    let steps = places.iter().map(|place| {
        let at = place.folder.strip_prefix(folder).unwrap_or(&place.folder);
        let at = match at.to_str() {
            Some("") | None => ".",
            Some(at) => at,
        };
        format!(
            "run `limbeck import {} {at}`: it brings the history of {}, and what is applied",
            place.tool, place.tool
        )
    });
    steps.collect()
}

/// What a folder of migrations holds from the beginning.
fn migrations_folder(files: &mut Files, folder: &Path) -> Result<(), Error> {
    for (name, text) in [
        ("README.md", README),
        ("QUICK_REFERENCE.md", QUICK_REFERENCE),
        ("script.sql.jinja", limbeck_history::DEFAULT_TEMPLATE),
    ] {
        let path = folder.join(name);
        // The template's own was copied already.
        if !files.created.contains(&path) && !files.kept.contains(&path) {
            files.write(path, text)?;
        }
    }
    files.folder(folder.join("versions"))?;
    files.write_quietly(folder.join("versions/.gitkeep"), "")
}

/// What is left to do where the models are in a crate, or in those of a workspace.
fn steps_of_a_crate(around: &Surroundings) -> Vec<String> {
    let mut next = Vec::new();
    // Generated models have their own line, once they are there.
    if let Some(root) = &around.root_without_models
        && !around.holds_tables
    {
        next.push(format!(
            "add `pub mod models;` to `{}`, so that the model is found",
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
    next
}

/// A crate that holds the models alone.
fn models_crate(files: &mut Files) -> Result<(), Error> {
    let manifest = format!(
        "[package]\nname = \"models\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\nlimbeck = \"{}\"\n",
        env!("CARGO_PKG_VERSION")
    );
    files.write(format!("{MODELS_CRATE}/Cargo.toml"), manifest)?;
    files.write(format!("{MODELS_CRATE}/src/lib.rs"), FIRST_MODEL)?;
    Ok(())
}
