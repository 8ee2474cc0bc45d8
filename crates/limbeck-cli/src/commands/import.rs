//! `import`.

use std::path::{Path, PathBuf};

use limbeck_project::commands::{self, ImportOptions, ImportReport};
use limbeck_project::{Diagnostic, Tool};

use crate::arguments::ImportArguments;
use crate::context::Context;
use crate::error::{CommandError, usage};
use crate::exit::Exit;
use crate::output::style;
use crate::output::text::count;

pub(crate) async fn run(context: &Context, arguments: &ImportArguments) -> Result<Exit, CommandError> {
    let project = context.project()?;
    let (tool, folder) = what(context, arguments)?;
    let options = ImportOptions {
        tool,
        folder: folder.map(|folder| context.directory.join(folder)),
        table: arguments.table.clone(),
        no_database: arguments.no_database,
        keep_downs: arguments.keep_downs,
        alembic: arguments
            .alembic
            .as_deref()
            .map(|program| program_at(&context.directory, program)),
    };
    let running = context.signals.begin_run();
    let settings = (&arguments.waiting).into();
    let events = context.events();
    let report = if arguments.record {
        commands::import_state(&project, &options, &settings, running.interrupt(), &events).await?
    } else {
        commands::import(&project, &options, &settings, running.interrupt(), &events).await?
    };
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
        return Ok(Exit::Done);
    }
    if arguments.record {
        show_record(context, &report);
        return Ok(Exit::Done);
    }
    show(context, &report);
    for revision in &report.revisions {
        if let Some(path) = &revision.path {
            // Relative to where the person is, so that the path can be handed to an editor.
            let path = project.root().join(path);
            let path = path.strip_prefix(&context.directory).unwrap_or(&path);
            output.result(format_args!("{}\n", path.display()))?;
        }
    }
    Ok(Exit::Done)
}

/// A program as it is typed: a path from where the person is, or a name alone, which is looked up on the search path.
fn program_at(directory: &Path, program: &Path) -> PathBuf {
    if program.components().count() > 1 {
        directory.join(program)
    } else {
        program.to_owned()
    }
}

/// Tool and folder. The first word may be the folder, where the tool is left to be told.
fn what(
    context: &Context,
    arguments: &ImportArguments,
) -> Result<(Option<Tool>, Option<PathBuf>), CommandError> {
    let Some(word) = &arguments.tool else {
        return Ok((None, None));
    };
    if let Ok(tool) = word.parse::<Tool>() {
        return Ok((Some(tool), arguments.folder.clone()));
    }
    if arguments.folder.is_none() && context.directory.join(word).is_dir() {
        return Ok((None, Some(PathBuf::from(word))));
    }
    let diagnostic = Diagnostic::new(format!(
        "`{word}` is neither a tool that can be imported nor a folder here"
    ))
    .hint("write `sqlx`, `refinery`, `diesel` or `alembic`, and the folder after it");
    Err(usage(diagnostic))
}

fn show(context: &Context, report: &ImportReport) {
    let output = &context.output;
    let folder = report.folder.as_ref().map(|folder| match folder.to_str() {
        Some("") | None => ".".to_owned(),
        Some(folder) => folder.to_owned(),
    });
    output.say(format_args!(
        "Wrote {} from {} in {}, run up and down on scratch",
        count(report.revisions.len(), "revision"),
        report.tool,
        folder.unwrap_or_default()
    ));
    for revision in &report.revisions {
        output.say(format_args!(
            "  {style}+ {}{style:#} {}{}",
            revision.id,
            revision.message,
            if revision.applied { " (applied)" } else { "" },
            style = style::CREATE
        ));
    }
    for down in &report.without_down {
        let what = if down.kept {
            "was kept nevertheless"
        } else {
            "was left out"
        };
        output.warning(&format!(
            "the way down of {} (`{}`) {what}:\n{}",
            down.id,
            down.from.display(),
            down.reason
        ));
    }
    show_state(context, report);
    if !report.drift.is_empty() {
        output.warning(&format!(
            "the database is not what the history makes; it is on record nevertheless:\n{}",
            report.drift.join("\n")
        ));
        output
            .hint("write the difference as a revision: `limbeck revision --autogenerate --against database`");
    }
    show_table(context, report);
}

fn show_state(context: &Context, report: &ImportReport) {
    let output = &context.output;
    let applied = report
        .revisions
        .iter()
        .filter(|revision| revision.applied)
        .count();
    let pending = report.revisions.len() - applied;
    if !report.has_database {
        output.hint("to record what is applied in a database, run `limbeck import --record`");
        return;
    }
    if applied == 0 {
        output.say(format_args!(
            "Nothing of it is applied in the database: `limbeck upgrade` begins at the start"
        ));
        return;
    }
    let heads: Vec<String> = report.heads.iter().map(ToString::to_string).collect();
    output.say(format_args!(
        "The database is at {}, as {} left it; {}",
        heads.join(", "),
        report.tool,
        if pending == 0 {
            "nothing is pending".to_owned()
        } else {
            format!("{} pending", count(pending, "revision"))
        }
    ));
}

fn show_record(context: &Context, report: &ImportReport) {
    let output = &context.output;
    let applied = report
        .revisions
        .iter()
        .filter(|revision| revision.applied)
        .count();
    if applied == 0 {
        output.say(format_args!(
            "{} has applied nothing in the database",
            report.tool
        ));
    } else if report.recorded {
        output.say(format_args!(
            "Recorded {} that {} has applied",
            count(applied, "revision"),
            report.tool
        ));
    } else {
        output.say("The database is on record already; nothing was changed");
    }
    for revision in report.revisions.iter().filter(|revision| revision.applied) {
        output.detail(format_args!("  {} {}", revision.id, revision.message));
    }
    show_table(context, report);
}

fn show_table(context: &Context, report: &ImportReport) {
    let output = &context.output;
    let Some(table) = &report.table else {
        return;
    };
    output.note(&format!(
        "`{table}` stays as it is; once nobody runs {} any more, `DROP {}` removes it",
        report.tool,
        table.to_string().replacen("table", "TABLE", 1)
    ));
    match &report.exclude {
        Some(exclude) if exclude.written => {
            output.note("it is left out of comparisons from now on: `exclude` in limbeck.toml");
        }
        Some(exclude) => output.hint(&format!(
            "to leave it out of comparisons, write `{}` under `[{}]` in limbeck.toml",
            exclude.line, exclude.section
        )),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_a_folder_is_a_path_from_here() {
        let here = Path::new("/project/backend");
        for (typed, path) in [
            ("alembic", "alembic"),
            ("./alembic", "/project/backend/./alembic"),
            ("../.venv/bin/alembic", "/project/backend/../.venv/bin/alembic"),
            ("/usr/bin/alembic", "/usr/bin/alembic"),
        ] {
            assert_eq!(program_at(here, Path::new(typed)), Path::new(path), "{typed}");
        }
    }
}
