//! Alembic: its graph as `alembic history --verbose` tells it, and its SQL as `alembic upgrade --sql` writes it.
//!
//! Its revisions are Python, so Alembic itself is run, offline: it connects to nothing.

mod graph;
mod program;
mod script;

use std::collections::BTreeMap;
use std::path::Path;

use super::{Migration, Script, Source, Tool, files};
use crate::project::read_text;
use crate::{Diagnostic, Error, Event, Events, Failure, Project, Snippet};

use program::{Program, Run};
use script::Blocks;

pub(super) async fn read(
    project: &Project,
    folder: &Path,
    program: Option<&Path>,
    events: Events<'_>,
) -> Result<Source, Error> {
    let program = Program::find(project, folder, program)?;
    events(Event::Phase("asking Alembic for its history".to_owned()));
    let run = program.run(&["history", "--verbose"]).await?;
    if !run.is_success {
        return Err(program.failed(&run, "tell its history"));
    }
    let entries = graph::parse(&run.output);
    events(Event::Phase(format!(
        "asking Alembic for the SQL of {} revisions",
        entries.len()
    )));
    let run = program.run(&["upgrade", "heads", "--sql"]).await?;
    let ups = Blocks::read(&run.output, "upgrade", None);
    if !run.is_success {
        return Err(no_offline_sql(project, &program, &run, &ups));
    }
    let downs = downs(&program, &ups).await?;
    let labels = graph::Labels::of(&entries);
    let mut by_id: BTreeMap<&str, &graph::Entry> = entries
        .iter()
        .map(|entry| (entry.revision.as_str(), entry))
        .collect();
    let mut migrations = Vec::new();
    let mut without_down = Vec::new();
    for (id, sql) in &ups.blocks {
        let Some(entry) = by_id.remove(id.as_str()) else {
            continue;
        };
        let path = project.relative(&entry.path);
        let script = |sql: &str| Script {
            sql: files::sql(sql),
            transaction: true,
        };
        let down = match downs.get(id.as_str()) {
            Some(Ok(sql)) => Some(script(sql)),
            Some(Err(reason)) => {
                without_down.push((path.clone(), reason.clone()));
                None
            }
            None => None,
        };
        migrations.push(Migration {
            version: entry.revision.clone(),
            written: entry.revision.clone(),
            name: entry.title.clone(),
            path,
            up: script(sql),
            down,
            checksums: Vec::new(),
            created: entry.created.clone(),
            parents: entry.parents.clone(),
            depends_on: labels.resolved(&entry.depends_on),
            branch_labels: entry.own_labels(),
        });
    }
    if let Some(left) = by_id.into_values().next() {
        return Err(Error::failed(format!(
            "Alembic has written no SQL for its revision `{}`",
            left.revision
        ))
        .hint("look at what `alembic upgrade heads --sql` prints"));
    }
    let folder = project.relative(folder);
    files::some(&migrations, &folder, "versions/27c6a30d7c24_create_users.py")?;
    Ok(Source {
        tool: Tool::Alembic,
        folder,
        table: ups.table,
        migrations,
        without_down,
    })
}

/// The ways down by revision: the SQL, or why there is none. A revision that cannot go back ends a script, so the next
/// one begins with the last that is not known yet.
async fn downs(program: &Program, ups: &Blocks) -> Result<BTreeMap<String, Result<String, String>>, Error> {
    let mut found: BTreeMap<String, Result<String, String>> = BTreeMap::new();
    for (start, _) in ups.blocks.iter().rev() {
        if found.contains_key(start) {
            continue;
        }
        let range = format!("{start}:base");
        let run = program.run(&["downgrade", &range, "--sql"]).await?;
        let mut blocks = Blocks::read(&run.output, "downgrade", ups.table.as_deref());
        if !run.is_success {
            // Where not even the first was begun, it is that one.
            let stopped = blocks.blocks.pop().map_or_else(|| start.clone(), |(id, _)| id);
            found.insert(stopped, Err(run.reason()));
        }
        for (id, sql) in blocks.blocks {
            found.entry(id).or_insert(Ok(sql));
        }
        // Each round makes one known at least.
        found.entry(start.clone()).or_insert_with(|| Err(run.reason()));
    }
    Ok(found)
}

fn no_offline_sql(project: &Project, program: &Program, run: &Run, ups: &Blocks) -> Error {
    let Some((id, _)) = ups.blocks.last() else {
        return program.failed(run, "write its SQL offline");
    };
    let mut diagnostic = Diagnostic::new(format!(
        "Alembic cannot write the SQL of its revision `{id}`: {}",
        run.reason()
    ));
    if let Some((path, line)) = &run.place {
        diagnostic.snippets.push(line_of(project, path, *line));
    }
    Error::new(Failure::Failed, diagnostic)
        .hint(
            "a revision that reads from the database has no SQL of its own: pass that part over with \
             `if not context.is_offline_mode():` (from `alembic import context`), and import then",
        )
        .hint("or begin with the database as it is: `limbeck baseline`")
}

/// A line of a file.
fn line_of(project: &Project, path: &Path, line: usize) -> Snippet {
    let source = read_text(path).unwrap_or_default();
    let before: usize = source
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let text = source
        .get(before..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let indent = text.len() - text.trim_start().len();
    if text.is_empty() {
        return Snippet::file(project.relative(path));
    }
    Snippet {
        path: project.relative(path),
        line,
        column: indent + 1,
        range: before + indent..before + text.len(),
        label: String::new(),
        source,
    }
}
