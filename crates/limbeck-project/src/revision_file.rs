//! A new revision file: from a draft through the project's template and its post-write hooks to its bytes, and into the
//! folder.

use std::path::{Path, PathBuf};

use limbeck_history::{Draft, DraftStep, new_id};

use crate::commands::created;
use crate::project::read_text;
use crate::{Error, Event, Events, Project, cache, error, post_write};

/// A revision file that is not written yet. Its bytes are final: what is to be proven is proven of them.
#[derive(Debug)]
pub(crate) struct RevisionFile {
    /// Where it belongs.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) text: String,
}

impl RevisionFile {
    /// Makes the file of a draft, for a folder of revisions: named by `file_template`, written by the template, changed
    /// by the post-write hooks.
    pub(crate) async fn make(
        project: &Project,
        draft: &Draft,
        folder: &Path,
        events: Events<'_>,
    ) -> Result<Self, Error> {
        let name = project.config().revisions.naming.file_name(draft);
        let text = rendered(project, draft)?;
        let path = folder.join(&name);
        let text = post_write::run(project, draft, &name, text, events).await?;
        Ok(Self { path, text })
    }

    /// Writes it.
    pub(crate) fn write(&self, project: &Project, events: Events<'_>) -> Result<(), Error> {
        write(project, &self.path, &self.text, events)
    }
}

/// Whether the project's template makes a revision file that can be read. Where it takes what only `-x` can give, the
/// key of that is returned.
pub(crate) fn try_template(project: &Project) -> Result<Option<String>, Error> {
    let mut draft = Draft::new(new_id(), "A revision", created(project)?);
    draft.steps = vec![DraftStep::new("schema", "SELECT 1;\n")];
    let template = Template::read(project)?;
    match limbeck_history::render(&draft, &template.text, &project.overrides().x) {
        Ok(_) => Ok(None),
        Err(cause) => match cause.missing_argument() {
            Some(key) => Ok(Some(key.to_owned())),
            None => Err(error::from_template(&template.path, &template.text, &cause)),
        },
    }
}

fn rendered(project: &Project, draft: &Draft) -> Result<String, Error> {
    let template = Template::read(project)?;
    limbeck_history::render(draft, &template.text, &project.overrides().x)
        .map_err(|cause| error::from_template(&template.path, &template.text, &cause))
}

/// The project's template, or the one of a new project where there is none.
struct Template {
    /// The file, relative to the project.
    path: PathBuf,
    text: String,
}

impl Template {
    fn read(project: &Project) -> Result<Self, Error> {
        let path = project.migrations().join("script.sql.jinja");
        let text = if path.is_file() {
            read_text(&path)?
        } else {
            limbeck_history::DEFAULT_TEMPLATE.to_owned()
        };
        Ok(Self {
            path: project.relative(&path),
            text,
        })
    }
}

/// The name that a file has while it is written. It is short whatever the file's own is, which may be as long as file
/// systems take.
fn temporary_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hash: String = cache::key([&*name]).chars().take(16).collect();
    format!("limbeck-{hash}.part")
}

/// Writes a new file whole or not at all, and never over another.
pub(crate) fn write(project: &Project, path: &Path, text: &str, events: Events<'_>) -> Result<(), Error> {
    let beside = path.with_file_name(temporary_name(path));
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let outcome = folder
        .and_then(|()| std::fs::write(&beside, text))
        .and_then(|()| {
            std::fs::hard_link(&beside, path).or_else(|_| {
                // Not every file system has links; a name with a fresh identifier is free.
                if path.exists() {
                    Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists))
                } else {
                    std::fs::rename(&beside, path)
                }
            })
        });
    let _ = std::fs::remove_file(&beside);
    outcome.map_err(|cause| {
        Error::failed(format!(
            "`{}` cannot be written: {cause}",
            project.relative(path).display()
        ))
        .hint("check that the folder is there and may be written to")
        .caused_by(cause)
    })?;
    events(Event::Wrote(project.relative(path)));
    Ok(())
}
