//! `verify`: is everything set up?

mod connection;
mod connection_lines;
mod database;
mod folder;

use std::path::Path;

use serde::Serialize;

pub use connection::{ConnectionReport, NeonReport, RoleReport, SettingReport, Unbound};

use crate::project::find_root;
use crate::{Error, Event, Events, Host, Overrides, Project};

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What was looked at: `limbeck.toml is understood`.
    pub name: String,
    /// Whether it is as it should be.
    pub passed: bool,
    /// What was found.
    pub detail: String,
    /// What to do when it is not as it should be.
    pub hint: Option<String>,
}

/// What `verify` found.
#[derive(Debug, Clone, Serialize)]
pub struct VerifyReport {
    /// Every check, in order.
    pub checks: Vec<Check>,
    /// What the connection to the database came to; `None` where there was none.
    pub connection: Option<ConnectionReport>,
}

impl VerifyReport {
    /// How many checks passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.checks.iter().filter(|check| check.passed).count()
    }
}

/// What a single check found: a detail, or a reason with a hint.
type Finding = Result<String, Failed>;

/// Why a check did not pass.
struct Failed {
    detail: String,
    hint: Option<String>,
}

impl Failed {
    fn new(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            hint: Some(hint.into()),
        }
    }

    /// A check that cannot be made before another passes.
    fn because_of(what: &str) -> Self {
        Self::new(format!("not looked at, because {what}"), "put that right first")
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let places = error
            .diagnostics()
            .iter()
            .flat_map(|diagnostic| &diagnostic.snippets);
        let place = places
            .map(|at| format!(" ({}:{}:{})", at.path.display(), at.line, at.column))
            .next();
        let hint = error
            .diagnostics()
            .iter()
            .flat_map(|diagnostic| diagnostic.hints.iter())
            .next()
            .cloned();
        Self {
            detail: format!("{error}{}", place.unwrap_or_default()),
            hint,
        }
    }
}

/// Looks at everything that Limbeck needs. It goes on after a failed check, and never fails itself.
pub async fn verify(start: &Path, overrides: &Overrides, host: &Host, events: Events<'_>) -> VerifyReport {
    let mut report = Report {
        checks: Vec::new(),
        events,
    };
    let project = Project::open(start, overrides, host);
    report.check(
        "limbeck.toml is understood",
        match &project {
            Ok(project) => Ok(format!(
                "{}",
                project.root().join(crate::config::FILE_NAME).display()
            )),
            Err(_) => Err(match Project::open(start, overrides, host) {
                Err(error) => error.into(),
                Ok(_) => Failed::because_of("it changed meanwhile"),
            }),
        },
    );
    let project = project.ok();
    let project = project.as_ref();
    let root = find_root(start).unwrap_or_else(|| start.to_owned());
    report.check("`.env` is there", folder::dot_env(&root, project));
    let url = needs(project, database::url);
    let has_url = url.is_ok();
    report.check("the database's URL is set and well-formed", url);
    report.check("the folders are there", needs(project, folder::folders));
    report.check("the files are there", needs(project, folder::files));
    let history = project.map(Project::history);
    report.check(
        "the revisions can be read, and their graph is whole",
        match history {
            None => Err(no_project()),
            Some(Ok(ref history)) => Ok(folder::revisions(history)),
            Some(Err(_)) => match project.map(Project::history) {
                Some(Err(error)) => Err(error.into()),
                _ => Err(Failed::because_of("they changed meanwhile")),
            },
        },
    );
    report.check("the models can be read", needs(project, folder::models));
    let history = history.and_then(Result::ok);
    let Looked {
        server,
        connection,
        revision,
    } = match project {
        Some(_) if !has_url => Looked::not(|| Failed::because_of("its URL is not known")),
        Some(project) => database::look(project, history.as_ref(), events).await,
        None => Looked::not(no_project),
    };
    report.check("the database answers", server);
    if let Some(connection) = &connection {
        for (name, finding) in connection_lines::lines(connection) {
            report.check(name, finding);
        }
    }
    report.check(
        "a scratch server can be started",
        match project {
            Some(project) => database::scratch(project, events).await,
            None => Err(no_project()),
        },
    );
    report.check("the database's revision is known here", revision);
    VerifyReport {
        checks: report.checks,
        connection,
    }
}

fn needs(project: Option<&Project>, check: impl FnOnce(&Project) -> Finding) -> Finding {
    project.map_or_else(|| Err(no_project()), check)
}

/// What was found of the database.
struct Looked {
    server: Finding,
    connection: Option<ConnectionReport>,
    revision: Finding,
}

impl Looked {
    /// Nothing was.
    fn not(why: impl Fn() -> Failed) -> Self {
        Self {
            server: Err(why()),
            connection: None,
            revision: Err(why()),
        }
    }
}

fn no_project() -> Failed {
    Failed::because_of("limbeck.toml is not understood")
}

struct Report<'e> {
    checks: Vec<Check>,
    events: Events<'e>,
}

impl Report<'_> {
    fn check(&mut self, name: &str, finding: Finding) {
        (self.events)(Event::Phase(name.to_owned()));
        let check = match finding {
            Ok(detail) => Check {
                name: name.to_owned(),
                passed: true,
                detail,
                hint: None,
            },
            Err(Failed { detail, hint }) => Check {
                name: name.to_owned(),
                passed: false,
                detail,
                hint,
            },
        };
        self.checks.push(check);
    }
}
