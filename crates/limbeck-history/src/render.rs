//! From a draft to the text of its file, through a template.

use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::nearest::nearest;
use crate::revision::quote;
use crate::{Draft, DraftRequire, FORMAT, Revision, RevisionError, Step, StepOptions, StepSide, file_name};

/// The template of a new project, `script.sql.jinja`: it writes a revision as the format's description shows it.
pub const DEFAULT_TEMPLATE: &str = include_str!("script.sql.jinja");

/// What a template may use.
const VARIABLES: [&str; 10] = [
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
];

/// A template that does not give the file that it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The template uses a name that there is not, or is no template.
    #[error("the template cannot be rendered: {message}")]
    Template {
        /// The line of the template, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
        /// The unknown name, where that is it.
        unknown: Option<String>,
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

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Template { unknown: Some(name), .. } => Some(match nearest(name, VARIABLES) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a template can use {}", VARIABLES.join(", ")),
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

/// The text of a draft's file. The same draft and template give the same bytes, and the text is read back: it is a
/// revision that says what the draft says, or an error.
///
/// # Errors
///
/// The template is no template or uses a name that there is not; or what it gives is not the draft's revision.
pub fn render(draft: &Draft, template: &str) -> Result<String, TemplateError> {
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
        .and_then(|compiled| compiled.render(Serde(context(draft))))
        .map_err(|error| template_error(template, &error))?;
    let text = format!("{}\n", text.trim_end());
    let read =
        Revision::parse(Path::new(&file_name(draft)), text.as_bytes()).map_err(TemplateError::NoRevision)?;
    match difference(draft, &read) {
        Some(what) => Err(TemplateError::Differs { what }),
        None => Ok(text),
    }
}

fn context(draft: &Draft) -> Context<'_> {
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
    }
}

fn side_context<'a>(sql: &'a str, options: &StepOptions) -> SideContext<'a> {
    SideContext {
        options: options.to_text(),
        sql: sql.trim(),
    }
}

/// What a draft and a revision read from its text differ in.
fn difference(draft: &Draft, read: &Revision) -> Option<String> {
    let message: Vec<&str> = draft.message.trim().lines().map(str::trim_end).collect();
    let fields = [
        (read.id == draft.id, "identifier"),
        (read.message == message.join("\n"), "message"),
        (read.parents == draft.parents, "list of parents"),
        (read.depends_on == draft.depends_on, "list of dependencies"),
        (read.branch_labels == draft.branch_labels, "list of branch labels"),
        (read.replaces == draft.replaces, "list of replaced revisions"),
        (read.created == draft.created, "date"),
        (read.declares == draft.declares, "declared set"),
        (read.steps.len() == draft.steps.len(), "number of steps"),
    ];
    if let Some((_, what)) = fields.iter().find(|(is_equal, _)| !is_equal) {
        return Some((*what).to_owned());
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

fn template_error(template: &str, error: &minijinja::Error) -> TemplateError {
    let is_undefined = error.kind() == minijinja::ErrorKind::UndefinedError;
    let unknown = error
        .range()
        .filter(|_| is_undefined)
        .and_then(|range| template.get(range))
        .map(|name| name.trim().to_owned());
    let message = match (&unknown, error.detail()) {
        (Some(name), _) => format!("there is no `{name}`"),
        (None, Some(detail)) => detail.to_owned(),
        (None, None) => error.kind().to_string(),
    };
    TemplateError::Template {
        line: error.line().unwrap_or(1),
        message,
        unknown,
    }
}

#[cfg(test)]
mod tests;
