//! From a draft to the text of its file, through a template.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::nearest::nearest;
use crate::revision::quote;
use crate::{
    Draft, DraftRequire, FORMAT, Revision, RevisionError, Step, StepOptions, StepSide, XArguments, file_name,
};

/// The template of a new project, `script.sql.jinja`: it writes a revision as the format's description shows it.
pub const DEFAULT_TEMPLATE: &str = include_str!("script.sql.jinja");

/// What a template may use.
const VARIABLES: [&str; 11] = [
    "format",
    "message",
    "revision",
    "revises",
    "created",
    "branch_labels",
    "depends_on",
    "replaces",
    "steps",
    "declares",
    "x",
];

/// How a template names what `-x` gave.
const X: &str = "x.";

/// A template that does not give the file that it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The template uses a name that there is not, or is no template.
    #[error("the template cannot be rendered: {message}")]
    Template {
        /// The line of the template, counted from 1.
        line: usize,
        /// The bytes of the template that are meant, where they are known.
        range: Option<Range<usize>>,
        /// What is wrong.
        message: String,
        /// The unknown name, where that is it.
        unknown: Option<String>,
        /// The name that was probably meant, or given with `-x`.
        near: Option<String>,
    },
    /// What the template gave is no revision file.
    #[error("the template gives a file that is no revision: {0}")]
    NoRevision(RevisionError),
    /// What the template gave is a revision, but not the one it should give.
    #[error("the template gives a revision with another {what}")]
    Differs {
        /// What differs, in words.
        what: String,
    },
}

impl TemplateError {
    /// The line of the template, counted from 1, where the fault is in the template itself.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Template { line, .. } => Some(*line),
            Self::NoRevision(_) | Self::Differs { .. } => None,
        }
    }

    /// The bytes of the template that are meant, where they are known.
    #[must_use]
    pub fn range(&self) -> Option<Range<usize>> {
        match self {
            Self::Template { range, .. } => range.clone(),
            Self::NoRevision(_) | Self::Differs { .. } => None,
        }
    }

    /// The key that the template takes from `-x`, where nobody gave it.
    #[must_use]
    pub fn missing_argument(&self) -> Option<&str> {
        match self {
            Self::Template {
                unknown: Some(name), ..
            } => name.strip_prefix(X),
            _ => None,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Template {
                unknown: Some(name),
                near,
                ..
            } => Some(match (near, name.strip_prefix(X)) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Some(key)) => format!("give it, as in `-x {key}=VALUE`"),
                (None, None) => format!("a template can use {}", VARIABLES.join(", ")),
            }),
            Self::Template { .. } => None,
            Self::NoRevision(error) => error.hint(),
            Self::Differs { .. } => Some(
                "a template may add comments, but must keep header, markers and SQL; compare it with the one that \
                 `limbeck init` writes"
                    .to_owned(),
            ),
        }
    }
}

#[derive(Serialize)]
struct Context<'a> {
    format: u32,
    message: Vec<&'a str>,
    revision: &'a str,
    revises: &'a [crate::RevisionId],
    created: &'a str,
    branch_labels: &'a [String],
    depends_on: &'a [crate::RevisionId],
    replaces: &'a [crate::RevisionId],
    steps: Vec<StepContext<'a>>,
    declares: Vec<String>,
    x: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct StepContext<'a> {
    name: &'a str,
    requires: Vec<RequireContext<'a>>,
    up: SideContext<'a>,
    down: Option<SideContext<'a>>,
}

#[derive(Serialize)]
struct SideContext<'a> {
    options: String,
    sql: &'a str,
}

#[derive(Serialize)]
struct RequireContext<'a> {
    direction: &'static str,
    message: String,
    sql: &'a str,
}

/// The text of a draft's file. The same draft, template and arguments give the same bytes, and the text is read back: it
/// is a revision that says what the draft says, or an error.
///
/// # Errors
///
/// The template is no template or uses a name that there is not; or what it gives is not the draft's revision.
pub fn render(draft: &Draft, template: &str, x: &XArguments) -> Result<String, TemplateError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    if let Ok(syntax) = syntax.build() {
        environment.set_syntax(syntax);
    }
    environment.set_debug(true);
    let text = environment
        .template_from_named_str("script.sql.jinja", template)
        .and_then(|compiled| compiled.render(Serde(context(draft, x))))
        .map_err(|error| template_error(template, x, &error))?;
    let text = format!("{}\n", text.trim_end());
    let read =
        Revision::parse(Path::new(&file_name(draft)), text.as_bytes()).map_err(TemplateError::NoRevision)?;
    match difference(draft, &read) {
        Some(what) => Err(TemplateError::Differs { what }),
        None => Ok(text),
    }
}

fn context<'a>(draft: &'a Draft, x: &'a XArguments) -> Context<'a> {
    Context {
        format: FORMAT,
        message: draft.message.trim().lines().map(str::trim_end).collect(),
        revision: draft.id.as_str(),
        revises: &draft.parents,
        created: &draft.created,
        branch_labels: &draft.branch_labels,
        depends_on: &draft.depends_on,
        replaces: &draft.replaces,
        steps: draft
            .steps
            .iter()
            .map(|step| StepContext {
                name: &step.name,
                requires: [("up", &step.up_requires), ("down", &step.down_requires)]
                    .into_iter()
                    .flat_map(|(direction, requires)| {
                        requires.iter().map(move |require| (direction, require))
                    })
                    .map(|(direction, require)| RequireContext {
                        direction,
                        message: quote(&require.message),
                        sql: require.sql.trim(),
                    })
                    .collect(),
                up: side_context(&step.up, &step.up_options),
                down: step
                    .down
                    .as_deref()
                    .map(|sql| side_context(sql, &step.down_options)),
            })
            .collect(),
        declares: draft
            .declares
            .iter()
            .map(|declaration| {
                let sign = if declaration.added { '+' } else { '-' };
                format!("{sign} {}", declaration.object)
            })
            .collect(),
        x: x.map(),
    }
}

fn side_context<'a>(sql: &'a str, options: &StepOptions) -> SideContext<'a> {
    SideContext {
        options: options.to_text(),
        sql: sql.trim(),
    }
}

/// What a draft and a revision differ in besides the SQL and the message: header, declared set, and the steps with their
/// options. `None` where they are the same revision.
#[must_use]
pub fn outline_difference(draft: &Draft, read: &Revision) -> Option<String> {
    if let Some(what) = header_difference(draft, read) {
        return Some(what.to_owned());
    }
    draft.steps.iter().zip(&read.steps).find_map(|(wanted, found)| {
        let is_up = found
            .up
            .as_ref()
            .is_some_and(|up| up.options == wanted.up_options);
        let is_down = match (&found.down, &wanted.down) {
            (Some(found), Some(_)) => found.options == wanted.down_options,
            (found, wanted) => found.is_none() && wanted.is_none(),
        };
        (found.name != wanted.name || !is_up || !is_down)
            .then(|| format!("marker of the step `{}`", wanted.name))
    })
}

fn header_difference(draft: &Draft, read: &Revision) -> Option<&'static str> {
    let fields = [
        (read.id == draft.id, "identifier"),
        (read.parents == draft.parents, "list of parents"),
        (read.depends_on == draft.depends_on, "list of dependencies"),
        (read.branch_labels == draft.branch_labels, "list of branch labels"),
        (read.replaces == draft.replaces, "list of replaced revisions"),
        (read.created == draft.created, "date"),
        (read.declares == draft.declares, "declared set"),
        (read.steps.len() == draft.steps.len(), "number of steps"),
    ];
    fields
        .into_iter()
        .find(|(is_equal, _)| !is_equal)
        .map(|(_, what)| what)
}

/// What a draft and a revision read from its text differ in.
fn difference(draft: &Draft, read: &Revision) -> Option<String> {
    let message: Vec<&str> = draft.message.trim().lines().map(str::trim_end).collect();
    if let Some(what) = header_difference(draft, read) {
        return Some(what.to_owned());
    }
    if read.message != message.join("\n") {
        return Some("message".to_owned());
    }
    draft.steps.iter().zip(&read.steps).find_map(|(wanted, found)| {
        let Step { name, up, down, .. } = found;
        let up_is = side_is(
            up.as_ref(),
            Some(&wanted.up),
            &wanted.up_options,
            &wanted.up_requires,
        );
        let down_is = side_is(
            down.as_ref(),
            wanted.down.as_ref(),
            &wanted.down_options,
            &wanted.down_requires,
        );
        match (*name == wanted.name, up_is, down_is) {
            (true, true, true) => None,
            (false, _, _) => Some(format!("step in the place of `{}`", wanted.name)),
            (_, false, _) => Some(format!("`up {name}`")),
            (_, _, false) => Some(format!("`down {name}`")),
        }
    })
}

fn side_is(
    found: Option<&StepSide>,
    sql: Option<&String>,
    options: &StepOptions,
    requires: &[DraftRequire],
) -> bool {
    let (Some(found), Some(sql)) = (found, sql) else {
        return found.is_none() && sql.is_none();
    };
    let normal = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    found.sql == normal(sql)
        && found.options == *options
        && found.requires.len() == requires.len()
        && found
            .requires
            .iter()
            .zip(requires)
            .all(|(found, wanted)| found.message == wanted.message && found.sql == normal(&wanted.sql))
}

fn template_error(template: &str, x: &XArguments, error: &minijinja::Error) -> TemplateError {
    let is_undefined = error.kind() == minijinja::ErrorKind::UndefinedError;
    let range = error
        .range()
        .filter(|range| template.get(range.clone()).is_some());
    let unknown = range
        .clone()
        .filter(|_| is_undefined)
        .and_then(|range| template.get(range))
        .map(|name| name.trim().to_owned());
    let message = match (&unknown, error.detail()) {
        (Some(name), _) => format!("there is no `{name}`"),
        (None, Some(detail)) => detail.to_owned(),
        (None, None) => error.kind().to_string(),
    };
    let given: Vec<String> = x.iter().map(|(key, _)| format!("{X}{key}")).collect();
    let near = unknown.as_deref().and_then(|name| {
        let known = VARIABLES.into_iter().chain(given.iter().map(String::as_str));
        nearest(name, known).map(str::to_owned)
    });
    TemplateError::Template {
        line: error.line().unwrap_or(1),
        range,
        message,
        unknown,
        near,
    }
}

#[cfg(test)]
mod tests;
