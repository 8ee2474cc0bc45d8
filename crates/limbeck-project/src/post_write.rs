//! Post-write hooks: programs that format or check a new revision file. They run before the proof, so that what is
//! proven, and then written, are the bytes that they left.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, SystemTime};

use limbeck_history::{Draft, Revision, name_part, outline_difference};
use tokio::process::Command;

use crate::config::{HOOK_PATH, PostWriteHook};
use crate::project::read_text;
use crate::{Diagnostic, Error, Event, Events, Failure, Project, Snippet, error};

/// The folder, beside that of the revisions, in which a file lies until its hooks have run. It is within the project, so
/// that formatters find their configuration, and hidden, so that nobody reads it as a revision.
const FOLDER: &str = ".new";

/// What an interrupted program has left is taken away after this.
const STALE: Duration = Duration::from_secs(3600);

/// How much of what a hook printed is told.
const MAXIMUM_LINES: usize = 40;

/// Runs the project's hooks on a new file, one after the other, and gives the text that they left. `name` is the file's
/// path below the folder of the revisions.
pub(crate) async fn run(
    project: &Project,
    draft: &Draft,
    name: &str,
    text: String,
    events: Events<'_>,
) -> Result<String, Error> {
    let hooks = &project.config().post_write_hooks;
    if hooks.is_empty() {
        return Ok(text);
    }
    let place = Place::make(project, draft, name, &text)?;
    let mut before = text;
    for hook in hooks {
        events(Event::Phase(format!("running the hook `{}`", hook.name)));
        place.run(project, hook, events).await?;
        before = place.checked(project, draft, hook, &before)?;
    }
    Ok(before)
}

/// A folder with the new file alone, which goes away with it.
struct Place {
    folder: PathBuf,
    file: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        // Gone only when nobody else has a file in it.
        let _ = self.folder.parent().map(std::fs::remove_dir);
    }
}

impl Place {
    fn make(project: &Project, draft: &Draft, name: &str, text: &str) -> Result<Self, Error> {
        let all = project.migrations().join(FOLDER);
        remove_stale(&all);
        let folder = all.join(&*name_part(&draft.id));
        let file = folder.join(name);
        let made = || -> io::Result<()> {
            if let Some(parent) = file.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(&file, text)
        };
        let place = Self {
            folder,
            file: file.clone(),
        };
        made().map_err(|cause| {
            Error::failed(format!(
                "`{}` cannot be written: {cause}",
                project.relative(&file).display()
            ))
            .hint("post-write hooks need a folder there while they run")
            .caused_by(cause)
        })?;
        Ok(place)
    }

    /// Runs one hook to its end, and tells what it printed.
    async fn run(&self, project: &Project, hook: &PostWriteHook, events: Events<'_>) -> Result<(), Error> {
        // A file and no pipe: a program that it leaves behind would hold a pipe open.
        let printed = self.folder.join(".printed");
        let ended = self.end_of(project, hook, &printed).await;
        let lines = last_lines(&printed);
        let _ = std::fs::remove_file(&printed);
        let failed = match ended {
            Ok(Some(status)) if status.success() => {
                for line in lines {
                    events(Event::HookOutput {
                        hook: hook.name.clone(),
                        line,
                    });
                }
                return Ok(());
            }
            Ok(Some(status)) => format!("failed: {}", told(status)),
            Ok(None) => format!("did not end within {}", seconds(hook.timeout)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                let program = hook.command.first().map_or("", String::as_str);
                format!("cannot be run: there is no program `{program}`")
            }
            Err(cause) => format!("cannot be run: {cause}"),
        };
        let mut diagnostic = Diagnostic::new(format!("the post-write hook `{}` {failed}", hook.name));
        diagnostic.snippets.extend(place_of(project, hook));
        diagnostic.notes = lines;
        Err(Error::new(Failure::Failed, diagnostic).hint(
            "no revision was written; put the hook right, or take it out of limbeck.toml, and run the command again",
        ))
    }

    /// How a hook ended; `None` where it did not in its time.
    async fn end_of(
        &self,
        project: &Project,
        hook: &PostWriteHook,
        printed: &Path,
    ) -> io::Result<Option<ExitStatus>> {
        let output = File::create(printed)?;
        let errors = output.try_clone()?;
        let host = project.host();
        let file = self.file.to_string_lossy();
        let mut words = hook.command.iter();
        let program = words.next().map_or("", String::as_str);
        let mut command = Command::new(program);
        command
            .args(words.map(|word| word.replace(HOOK_PATH, &file)))
            .env_clear()
            .envs(&host.variables)
            .current_dir(project.root())
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true);
        if let Some(path) = &host.path {
            command.env("PATH", path);
        }
        let mut child = command.spawn()?;
        match tokio::time::timeout(hook.timeout, child.wait()).await {
            Ok(status) => status.map(Some),
            Err(_) => {
                child.kill().await?;
                Ok(None)
            }
        }
    }

    /// The file as a hook left it: still a revision, and the same one.
    fn checked(
        &self,
        project: &Project,
        draft: &Draft,
        hook: &PostWriteHook,
        before: &str,
    ) -> Result<String, Error> {
        let culprit = |error: Error, what: &str| {
            let diagnostic = Diagnostic::new(format!("the post-write hook `{}` {what}", hook.name));
            let diagnostics = std::iter::once(match place_of(project, hook) {
                Some(place) => diagnostic.at(place),
                None => diagnostic,
            })
            .chain(error.diagnostics().iter().cloned())
            .collect();
            Error::several(Failure::Failed, diagnostics)
                .hint("a hook may change SQL and comments; no revision was written")
        };
        if !self.file.is_file() {
            return Err(culprit(
                Error::several(Failure::Failed, Vec::new()),
                "took the file away",
            ));
        }
        let text =
            read_text(&self.file).map_err(|error| culprit(error, "left a file that cannot be read"))?;
        if text == before {
            return Ok(text);
        }
        // Where it is told about, it is the file as it lies there.
        let revision = Revision::parse(&self.file, text.as_bytes()).map_err(|cause| {
            culprit(
                error::from_revision(project, cause),
                "left a file that is no revision",
            )
        })?;
        match outline_difference(draft, &revision) {
            None => Ok(text),
            Some(what) => Err(culprit(
                Error::several(Failure::Failed, Vec::new()),
                &format!("made another revision of it: it has another {what}"),
            )),
        }
    }
}

/// Where limbeck.toml has the hook.
fn place_of(project: &Project, hook: &PostWriteHook) -> Option<Snippet> {
    let program = hook.command.first()?;
    project
        .in_config(&format!("\"{}\"", hook.name))
        .or_else(|| project.in_config(program))
}

fn told(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("it ended with exit code {code}"),
        None => format!("it was ended by a {status}"),
    }
}

fn seconds(time: Duration) -> String {
    if time.as_millis() < 1000 {
        format!("{} ms", time.as_millis())
    } else {
        format!("{} s", time.as_secs())
    }
}

/// The end of what a hook printed.
fn last_lines(printed: &Path) -> Vec<String> {
    let text = std::fs::read(printed).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let skipped = lines.len().saturating_sub(MAXIMUM_LINES);
    let told = lines.iter().skip(skipped).map(|line| (*line).to_owned());
    let more = (skipped > 0).then(|| format!("… {skipped} lines before"));
    more.into_iter().chain(told).collect()
}

/// Takes away what programs have left that were ended while a hook ran.
fn remove_stale(all: &Path) {
    let Ok(entries) = std::fs::read_dir(all) else {
        return;
    };
    for entry in entries.flatten() {
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        let age = changed
            .ok()
            .and_then(|changed| SystemTime::now().duration_since(changed).ok());
        if age.is_some_and(|age| age > STALE) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
