//! `models generate`: from a database, a history or a file of SQL back to structs.
//!
//! What is written was read back before: the files lie in a temporary folder first, are run on a scratch server as any
//! models are, and must make what they were made from.

mod already;
mod derives;
mod from;
mod search;
mod target;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::generate::{Style, ViewColumns};
use crate::{Error, Event, Events, ObjectId, Project};

pub use crate::generate::{By, TimeTypes};

/// What `models generate` is told.
#[derive(Debug, Clone, Default)]
pub struct GenerateOptions {
    /// Where the schema is: what `diff` takes as a side; `None` for the configured database.
    pub from: Option<String>,
    /// What standard input holds, where `from` is `-`.
    pub standard_input: Option<String>,
    /// The folder of the structs, relative to the project; `None` for `models` beside the first of the configured
    /// sources.
    pub into: Option<PathBuf>,
    /// Whether files are made but not written.
    pub dry_run: bool,
    /// Derives that the structs have besides: `sqlx::FromRow`.
    pub derives: Vec<String>,
    /// How structs are spread over files.
    pub by: By,
    /// The crate of dates and times.
    pub types: TimeTypes,
    /// Whether views are structs too, beside their SQL.
    pub views: bool,
}

/// What `models generate` made.
#[derive(Debug, Clone, Serialize)]
pub struct GenerateReport {
    /// The files of structs, relative to the project.
    pub models: Vec<PathBuf>,
    /// The `.sql` files, relative to the project.
    pub schema: Vec<PathBuf>,
    /// How many structs and enums there are.
    pub structs: usize,
    /// What structs do not say, and so stands in `.sql` files.
    pub sql: Vec<LeftToSql>,
    /// Tables of other migration tools, which were left out.
    pub left_out: Vec<ObjectId>,
    /// Schemas of the database that limbeck.toml does not name, and that were not looked at.
    pub other_schemas: Vec<String>,
    /// What exists but has no kind here.
    pub unread: Vec<String>,
    /// What is still to be done for the structs to be found, a sentence each.
    pub next: Vec<String>,
    /// The texts, in the order of `models` and `schema`, where nothing was written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<GeneratedText>,
}

/// A file that was not written.
#[derive(Debug, Clone, Serialize)]
pub struct GeneratedText {
    /// Where it would lie, relative to the project.
    pub path: PathBuf,
    /// What it would hold.
    pub text: String,
}

/// Something that stands in a `.sql` file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftToSql {
    /// The object.
    pub object: ObjectId,
    /// The file, relative to the project.
    pub file: PathBuf,
    /// Why.
    pub reason: String,
}

/// Writes structs, and `.sql` files for what they do not say. Files that are named to be read from lie relative to
/// `start`.
///
/// # Errors
/// When there is nothing to write from, files are there already, the project declares some of it already, or what was made
/// does not come to the same schema.
/// Then nothing is written.
pub async fn generate(
    project: &Project,
    start: &Path,
    options: &GenerateOptions,
    events: Events<'_>,
) -> Result<GenerateReport, Error> {
    let derives = derives::paths(&options.derives)?;
    let target = target::Target::of(project, options)?;
    let found = from::read(project, start, options, events).await?;
    let style = Style {
        derives,
        by: options.by,
        types: options.types,
        naming: project.config().naming.clone(),
        views: match options.views {
            true => found.views().await?,
            false => ViewColumns::new(),
        },
    };
    already::refuse(project, &found, &target, events).await?;
    events(Event::Phase("writing structs, and reading them back".to_owned()));
    let made = search::search(project, &found, &style, &target).await?;
    let mut report = GenerateReport {
        models: made.models.iter().map(|(path, _)| path.clone()).collect(),
        schema: made.schema.iter().map(|(path, _)| path.clone()).collect(),
        structs: made.structs,
        sql: made.sql,
        left_out: found.left_out,
        other_schemas: found.other_schemas,
        unread: found.unread,
        next: target.next(project),
        texts: Vec::new(),
    };
    if options.dry_run {
        let files = made.models.into_iter().chain(made.schema);
        report.texts = files.map(|(path, text)| GeneratedText { path, text }).collect();
    } else {
        target::write(project, made.models.iter().chain(&made.schema), events)?;
    }
    Ok(report)
}
