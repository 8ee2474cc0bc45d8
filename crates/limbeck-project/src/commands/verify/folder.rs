//! What can be looked at without a server.

use std::path::Path;

use limbeck_history::History;

use super::{Failed, Finding};
use crate::declared::Declared;
use crate::project::DatabaseTarget;
use crate::{Project, revision_file};

/// `.env` is there, or nothing needs it.
pub(super) fn dot_env(root: &Path, project: Option<&Project>) -> Finding {
    if root.join(".env").is_file() {
        return Ok(".env".to_owned());
    }
    match project.map(Project::database_target) {
        Some(Ok((DatabaseTarget::Embedded, _))) => {
            Ok("not needed: the database is the embedded one".to_owned())
        }
        Some(Ok(_)) => Ok("not needed: the environment has the URL".to_owned()),
        _ => Err(Failed::new(
            "there is no `.env` beside limbeck.toml",
            "copy `.env.example` to `.env` and write the database's URL into it",
        )),
    }
}

pub(super) fn folders(project: &Project) -> Finding {
    let migrations = project.migrations();
    if !migrations.is_dir() {
        return Err(Failed::new(
            format!("`{}` is not there", project.relative(&migrations).display()),
            "run `limbeck init`: it makes what is missing and touches nothing else",
        ));
    }
    let locations = project.locations();
    project.refuse_missing(&locations)?;
    let folders = locations.folders.iter();
    let folders = folders.map(|folder| project.relative(folder).display().to_string());
    Ok(folders.collect::<Vec<_>>().join(", "))
}

pub(super) fn files(project: &Project) -> Finding {
    let files = ["script.sql.jinja", "README.md", "QUICK_REFERENCE.md"];
    for file in files {
        let path = project.migrations().join(file);
        if !path.is_file() {
            return Err(Failed::new(
                format!("`{}` is not there", project.relative(&path).display()),
                "run `limbeck init`: it makes what is missing and touches nothing else",
            ));
        }
    }
    let found = files.join(", ");
    Ok(match revision_file::try_template(project)? {
        None => found,
        Some(key) => format!("{found}; the template wants `-x {key}=VALUE`"),
    })
}

pub(super) fn revisions(history: &History) -> String {
    let heads = history.heads();
    match history.order_all().len() {
        0 => "none yet".to_owned(),
        1 => "1 revision".to_owned(),
        count if heads.len() > 1 => format!("{count} revisions, {} heads", heads.len()),
        count => format!("{count} revisions"),
    }
}

pub(super) fn models(project: &Project) -> Finding {
    let declared = Declared::read(project, &|_| ())?;
    let tables = declared.struct_tables.len();
    let statements = declared.statements.iter().filter(|one| one.place.is_sql).count();
    let count = |count, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{count} {what}s")),
    };
    let structs = count(tables, "table").map(|tables| format!("{tables} from structs"));
    let files = count(statements, "statement").map(|statements| format!("{statements} from `.sql` files"));
    let found: Vec<String> = structs.into_iter().chain(files).collect();
    Ok(found.join(", "))
}
