//! Running Alembic.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::{Diagnostic, Error, Failure, Project};

/// How long one call may take. Offline, Alembic waits for nobody; an `env.py` may.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program, and where it is run.
pub(super) struct Program {
    path: PathBuf,
    folder: PathBuf,
    variables: BTreeMap<String, String>,
}

/// What a call has printed.
pub(super) struct Run {
    pub(super) is_success: bool,
    pub(super) output: String,
    errors: String,
    /// The last line of a file that is not Alembic's own, in what Python tells.
    pub(super) place: Option<(PathBuf, usize)>,
}

impl Program {
    /// The program that is named, else that of a virtual environment beside the scripts or the project, else that of the
    /// search path.
    pub(super) fn find(project: &Project, folder: &Path, named: Option<&Path>) -> Result<Self, Error> {
        let folder = folder.to_owned();
        let variables = project.host().variables.clone();
        if let Some(named) = named {
            let is_path = named.components().count() > 1;
            return Ok(Self {
                path: if is_path {
                    project.root().join(named)
                } else {
                    named.to_owned()
                },
                folder,
                variables,
            });
        }
        let environments = [".venv", "venv", "env"].iter().flat_map(|name| {
            [&*folder, project.root()].map(|beside| beside.join(name).join("bin").join("alembic"))
        });
        let path = project.host().path.clone().unwrap_or_default();
        let on_path: Vec<PathBuf> = std::env::split_paths(&path)
            .map(|one| one.join("alembic"))
            .collect();
        environments
            .chain(on_path)
            .find(|path| path.is_file())
            .map(|path| Self {
                path,
                folder: folder.clone(),
                variables: variables.clone(),
            })
            .ok_or_else(|| {
                Error::failed("there is no program `alembic`, which writes the SQL of its revisions")
                    .hint("activate the virtual environment that it is installed in, or name it with `--alembic PATH`")
            })
    }

    pub(super) async fn run(&self, arguments: &[&str]) -> Result<Run, Error> {
        let mut command = Command::new(&self.path);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(&self.variables)
            .env("PYTHONIOENCODING", "utf-8")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let told = || format!("`{} {}`", self.path.display(), arguments.join(" "));
        let output = tokio::time::timeout(PATIENCE, command.output())
            .await
            .map_err(|_| {
                Error::failed(format!("{} did not end within {} s", told(), PATIENCE.as_secs()))
                    .hint("run it by hand, and look at what `env.py` waits for")
            })?
            .map_err(|cause| {
                Error::failed(format!("{} cannot be run: {cause}", told()))
                    .hint("name the program with `--alembic PATH`")
                    .caused_by(cause)
            })?;
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Run {
            is_success: output.status.success(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            place: place(&errors),
            errors,
        })
    }

    /// The error that a call failed.
    pub(super) fn failed(&self, run: &Run, what: &str) -> Error {
        let diagnostic = Diagnostic::new(format!("Alembic cannot {what}: {}", run.reason()));
        Error::new(Failure::Failed, diagnostic).hint(format!(
            "run `alembic history` and `alembic upgrade heads --sql` in `{}` by hand until both work",
            self.folder.display()
        ))
    }
}

impl Run {
    /// What it says of why it failed: its last line that is no log.
    pub(super) fn reason(&self) -> String {
        let is_log = |line: &&str| {
            ["INFO ", "DEBUG ", "WARNING "]
                .iter()
                .any(|level| line.starts_with(level))
        };
        let lines = self
            .errors
            .lines()
            .chain(self.output.lines().filter(|line| line.contains("FAILED:")));
        let last = lines
            .map(str::trim_end)
            .rfind(|line| !line.is_empty() && !is_log(line));
        let last = last.unwrap_or("it says nothing");
        let last = last.trim_start().trim_start_matches("FAILED: ");
        last.strip_prefix("ERROR [alembic.util.messaging] ")
            .unwrap_or(last)
            .to_owned()
    }
}

/// The innermost place in a file that is no library's: `  File "…/versions/27c6_a.py", line 21, in upgrade`.
fn place(errors: &str) -> Option<(PathBuf, usize)> {
    errors.lines().rev().find_map(|line| {
        let (path, rest) = line
            .trim_start()
            .strip_prefix("File \"")?
            .split_once("\", line ")?;
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let is_own = !path.contains("site-packages") && !path.starts_with('<') && path.contains("versions");
        Some((PathBuf::from(path), number.parse().ok()?)).filter(|_| is_own)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_last_line_and_the_place_the_revisions() {
        let errors = "INFO  [alembic.runtime.migration] Running upgrade  -> aaa1\nTraceback (most recent call last):\n  \
                      File \"/v/lib/site-packages/alembic/command.py\", line 1, in upgrade\n  File \
                      \"/p/alembic/versions/aaa1_a.py\", line 21, in upgrade\n    x.fetchall()\nAttributeError: 'NoneType' \
                      object has no attribute 'execute'\n";
        let run = Run {
            is_success: false,
            output: String::new(),
            errors: errors.to_owned(),
            place: place(errors),
        };
        assert_eq!(
            run.reason(),
            "AttributeError: 'NoneType' object has no attribute 'execute'"
        );
        assert_eq!(
            run.place,
            Some((PathBuf::from("/p/alembic/versions/aaa1_a.py"), 21))
        );
    }
}
