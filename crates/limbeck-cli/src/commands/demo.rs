//! `demo`: a real example, done by the very commands that a user would type.

mod example;
mod transcript;

use std::path::Path;

use limbeck_project::{Diagnostic, Overrides};

use crate::arguments::{DemoArguments, Format, Global};
use crate::context::Context;
use crate::error::{CommandError, failed, usage};
use crate::exit::Exit;
use crate::output::Output;
use crate::output::text::shell_word;
use transcript::{Transcript, Unexpected};

/// Variables that would lead the demo away from its own database.
const AWAY: [&str; 2] = ["LIMBECK_DATABASE_URL", crate::environment::LIMBECK_ENVIRONMENT];

/// The script that the last command writes.
const SCRIPT: &str = "upgrade.sql";
/// How much of it is shown.
const SHOWN_LINES: usize = 12;

pub(crate) async fn run(
    context: &Context,
    global: &Global,
    arguments: &DemoArguments,
) -> Result<Exit, CommandError> {
    let folder = context.directory.join(&arguments.folder);
    if folder.symlink_metadata().is_ok() {
        return Err(usage(
            Diagnostic::new(format!(
                "`{}` exists already, and the demo overwrites nothing",
                arguments.folder.display()
            ))
            .hint("name another folder: `limbeck demo another-folder`"),
        ));
    }
    if global.database_url.is_some() {
        return Err(usage(
            Diagnostic::new("the demo has a database of its own, and takes none")
                .hint("leave `--database-url` out"),
        ));
    }
    example::write(&folder).map_err(|error| {
        failed(
            format!("`{}` cannot be written", arguments.folder.display()),
            error,
        )
    })?;

    let shown = Global {
        format: Format::Human,
        ..global.clone()
    };
    let output = Output::transcript(&shown, context.output.glyphs());
    let mut host = context.host.clone();
    for variable in AWAY {
        host.variables.remove(variable);
    }
    let overrides = Overrides {
        offline: global.offline,
        ..Overrides::default()
    };
    let inside = context.elsewhere(&folder, host, overrides, output);
    match play(&Transcript::new(&inside), &arguments.folder).await {
        Ok(()) => Ok(Exit::Done),
        Err(Unexpected::Exit(exit)) => Ok(exit),
        Err(Unexpected::Error(error)) => Err(error),
    }
}

async fn play(demo: &Transcript<'_>, folder: &Path) -> Result<(), Unexpected> {
    demo.tell(format_args!(
        "`{}` now holds the models of a meal-plan service: {} tables as Rust structs below `src/`,\n\
         and the functions, triggers and views that structs do not say, below `database/schema/`.",
        folder.display(),
        example::tables(),
    ))?;
    demo.echo(&format!("cd {}", shell_word(&folder.display().to_string())))?;

    demo.chapter("Make it a Limbeck project, with an embedded PostgreSQL")?;
    demo.run(&["init", "--url", "embedded:"]).await?;
    demo.run(&["verify"]).await?;
    demo.run(&["current"]).await?;

    demo.chapter("Write the first revision from the models, and apply it")?;
    demo.run(&["revision", "--autogenerate", "-m", "Initial schema"])
        .await?;
    demo.run(&["upgrade"]).await?;

    demo.chapter("Change a model")?;
    let change = &example::CHANGE;
    change
        .apply(&demo.folder().join(change.path))
        .map_err(|error| failed("the model cannot be changed", error))?;
    demo.tell(change.as_diff())?;
    demo.run_to(&["check"], Exit::Different).await?;
    demo.run(&["revision", "--autogenerate", "-m", change.message])
        .await?;
    demo.run(&["plan"]).await?;
    demo.run(&["upgrade"]).await?;
    demo.run(&["history"]).await?;

    demo.chapter("Go down and up again")?;
    demo.run(&["downgrade", "-1"]).await?;
    demo.run(&["upgrade"]).await?;
    demo.run(&["downgrade", "base"]).await?;
    demo.run(&["upgrade"]).await?;

    demo.chapter("The same run as a script, for those who may not connect")?;
    demo.run_into(&["upgrade", "base:head", "--sql"], SCRIPT, SHOWN_LINES)
        .await?;

    demo.chapter("What lies where")?;
    demo.tell(WHAT_LIES_WHERE.join("\n"))?;
    demo.chapter("What to try next")?;
    demo.tell(format_args!(
        "    cd {}\n{}",
        shell_word(&folder.display().to_string()),
        WHAT_TO_TRY.join("\n")
    ))?;
    Ok(())
}

const WHAT_LIES_WHERE: [&str; 6] = [
    "    src/                            the models",
    "    database/schema/                what they do not say, in SQL",
    "    database/migrations/versions/   the revisions, as SQL",
    "    limbeck.toml                    the settings",
    "    upgrade.sql                     the script",
    "The database lies elsewhere; `limbeck server status` tells where",
];

const WHAT_TO_TRY: [&str; 5] = [
    "    limbeck server psql             look at the database",
    "    limbeck show head               read the last revision",
    "    limbeck check                   after a change of yours below src/",
    "    limbeck diff empty: models:     the whole schema as SQL",
    "    limbeck server stop             when you are done; the data stays",
];
