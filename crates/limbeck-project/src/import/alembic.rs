//! Alembic: its graph as `alembic history --verbose` tells it, and its SQL as `alembic upgrade --sql` writes it.
//!
//! Its revisions are Python, so Alembic itself is run, offline: it connects to nothing.

mod graph;
mod program;
mod script;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use super::{Migration, Script, Source, Tool, files};
use crate::{Diagnostic, Error, Event, Events, Failure, Project, Snippet};

use program::{Program, Run};
use script::Blocks;

pub(super) async fn read(
    project: &Project,
    folder: &Path,
    program: Option<&str>,
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
        return Err(no_offline_sql(&program, &run, &ups));
    }
    let downs = downs(&program, &entries, &ups).await?;
    let labels = graph::Labels::of(&entries);
    let mut by_id: BTreeMap<&str, &graph::Entry> =
        entries.iter().map(|entry| (entry.revision.as_str(), entry)).collect();
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
/// one begins below it.
async fn downs(
    program: &Program,
    entries: &[graph::Entry],
    ups: &Blocks,
) -> Result<BTreeMap<String, Result<String, String>>, Error> {
    let followed: BTreeSet<&str> = entries
        .iter()
        .flat_map(|entry| &entry.parents)
        .map(String::as_str)
        .collect();
    let heads = entries.iter().filter(|entry| !followed.contains(entry.revision.as_str()));
    let mut from: VecDeque<String> = heads.map(|entry| entry.revision.clone()).collect();
    let mut found: BTreeMap<String, Result<String, String>> = BTreeMap::new();
    while let Some(start) = from.pop_front() {
        if found.contains_key(&start) {
            continue;
        }
        let run = program.run(&["downgrade", &format!("{start}:base"), "--sql"]).await?;
        let mut blocks = Blocks::read(&run.output, "downgrade", ups.table.as_deref());
        let stopped = if run.is_success { None } else { blocks.blocks.pop() };
        for (id, sql) in blocks.blocks {
            found.entry(id).or_insert(Ok(sql));
        }
        if run.is_success {
            continue;
        }
        // Where not even the first was begun, it is that one.
        let id = stopped.map_or(start, |(id, _)| id);
        let entry = entries.iter().find(|entry| entry.revision == id);
        from.extend(entry.into_iter().flat_map(|entry| entry.parents.iter().cloned()));
        found.insert(id, Err(run.reason()));
    }
    Ok(found)
}

fn no_offline_sql(program: &Program, run: &Run, ups: &Blocks) -> Error {
    let Some((id, _)) = ups.blocks.last() else {
        return program.failed(run, "write its SQL offline");
    };
    let mut diagnostic = Diagnostic::new(format!(
        "Alembic cannot write the SQL of its revision `{id}`: {}",
        run.reason()
    ));
    diagnostic
        .snippets
        .extend(run.place.clone().map(|(path, line)| Snippet {
            line,
            column: 1,
            ..Snippet::file(path)
        }));
    Error::new(Failure::Failed, diagnostic)
        .hint(
            "a revision that reads from the database has no SQL of its own: pass that part over with \
             `if not context.is_offline_mode():` (from `alembic import context`), and import then",
        )
        .hint("or begin with the database as it is: `limbeck baseline`")
}
