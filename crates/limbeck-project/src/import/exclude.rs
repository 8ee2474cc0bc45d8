//! The other tool's table in limbeck.toml, among what is never looked at.

use std::path::Path;

use limbeck_catalog::ObjectId;

use super::tables;
use crate::config::{self, Config};
use crate::project::read_text;
use crate::{Error, Project};

/// A change of limbeck.toml.
pub(crate) struct Change {
    path: std::path::PathBuf,
    before: String,
    pub(crate) after: String,
}

impl Change {
    /// The text with the tables among what `[database] exclude` names; none where they are there already, where the text
    /// is written in a way in which no line can be put into it, or where another section's list goes before that one.
    pub(crate) fn of(project: &Project, found: &[ObjectId]) -> Result<Option<Self>, Error> {
        let path = project.root().join(config::FILE_NAME);
        let before = read_text(&path)?;
        let missing: Vec<String> = missing(project, found).iter().map(tables::pattern).collect();
        if missing.is_empty() {
            return Ok(None);
        }
        Ok(with(&before, &missing, Chosen::of(project)).map(|after| Self { path, before, after }))
    }

    /// Writes it.
    pub(crate) fn write(&self) -> Result<(), Error> {
        std::fs::write(&self.path, &self.after).map_err(|cause| {
            Error::failed(format!("`{}` cannot be written: {cause}", config::FILE_NAME)).caused_by(cause)
        })
    }

    /// Writes back what was there before.
    pub(crate) fn take_back(&self) {
        if let Err(error) = std::fs::write(&self.path, &self.before) {
            tracing::debug!(%error, "limbeck.toml could not be written back");
        }
    }
}

/// What is chosen of a limbeck.toml that says several things.
#[derive(Debug, Clone, Copy, Default)]
struct Chosen<'p> {
    environment: Option<&'p str>,
    database: Option<&'p str>,
}

impl<'p> Chosen<'p> {
    fn of(project: &'p Project) -> Self {
        Self {
            environment: project.overrides().environment.as_deref(),
            database: project.config().database_name.as_deref(),
        }
    }
}

/// The section whose `exclude` counts, without its brackets.
pub(crate) fn section(project: &Project) -> String {
    let text = read_text(&project.root().join(config::FILE_NAME)).unwrap_or_default();
    section_in(&text, Chosen::of(project))
}

/// The most particular section that has an `exclude`; `database` where none has.
fn section_in(text: &str, chosen: Chosen<'_>) -> String {
    let file: toml::Table = text.parse().unwrap_or_default();
    let file = toml::Value::Table(file);
    let mut sections: Vec<Vec<&str>> = Vec::new();
    if let Some(database) = chosen.database {
        if let Some(environment) = chosen.environment {
            sections.push(vec!["environments", environment, "databases", database]);
        }
        sections.push(vec!["databases", database]);
    }
    if let Some(environment) = chosen.environment {
        sections.push(vec!["environments", environment, "database"]);
    }
    let has_list = |section: &&Vec<&str>| {
        let found = section.iter().try_fold(&file, |value, key| value.get(*key));
        found.is_some_and(|value| value.get("exclude").is_some())
    };
    sections
        .iter()
        .find(has_list)
        .map_or_else(|| "database".to_owned(), |section| section.join("."))
}

/// The tables that no pattern names.
pub(crate) fn missing(project: &Project, found: &[ObjectId]) -> Vec<ObjectId> {
    let configured = &project.config().database.exclude;
    found
        .iter()
        .filter(|table| !configured.contains(&tables::pattern(table)))
        .cloned()
        .collect()
}

/// A text with patterns added to `[database] exclude`, where that is the list that counts.
fn with(text: &str, patterns: &[String], chosen: Chosen<'_>) -> Option<String> {
    let path = Path::new(config::FILE_NAME);
    let parse = |text: &str| Config::parse(path, text, chosen.environment, chosen.database).ok();
    let before = parse(text)?.database.exclude;
    let wanted: Vec<&String> = before.iter().chain(patterns).collect();
    let quoted: Vec<String> = patterns
        .iter()
        .map(|pattern| toml::Value::from(pattern.as_str()).to_string())
        .collect();
    let list = quoted.join(", ");
    let candidates = [
        in_the_list(text, &list, before.is_empty()),
        in_the_section(text, &list),
        Some(format!("{}\n\n[database]\nexclude = [{list}]\n", text.trim_end())),
    ];
    // Which of them is right, the reader of the file tells.
    candidates.into_iter().flatten().find(|text| {
        parse(text).is_some_and(|config| config.database.exclude.iter().eq(wanted.iter().copied()))
    })
}

/// The patterns at the end of the list that is there.
fn in_the_list(text: &str, list: &str, is_empty: bool) -> Option<String> {
    let document = toml::de::DeTable::parse(text).ok()?;
    let database = document.get_ref().get("database")?.get_ref().as_table()?;
    let end = database.get("exclude")?.span().end.checked_sub(1)?;
    let (head, tail) = (text.get(..end)?, text.get(end..)?);
    let head = head.trim_end();
    let comma = if is_empty || head.ends_with(',') { "" } else { "," };
    let space = if is_empty { "" } else { " " };
    Some(format!("{head}{comma}{space}{list}{tail}"))
}

/// A line of its own at the end of what `[database]` begins with.
fn in_the_section(text: &str, list: &str) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let header = lines.iter().position(|line| line.trim() == "[database]")?;
    let body = lines.get(header + 1..)?;
    let length = body
        .iter()
        .position(|line| line.trim().is_empty() || line.trim_start().starts_with('['))
        .unwrap_or(body.len());
    let line = format!("exclude = [{list}]");
    lines.insert(header + 1 + length, &line);
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_table(text: &str) -> String {
        with(text, &["public._sqlx_migrations".to_owned()], Chosen::default()).unwrap()
    }

    #[test]
    fn a_line_is_put_into_the_section() {
        assert_eq!(
            with_table("# What\n[database]\nurl = \"x\" # here\n# exclude = []\n\n[server]\nmajor = 15\n"),
            "# What\n[database]\nurl = \"x\" # here\n# exclude = []\nexclude = [\"public._sqlx_migrations\"]\n\n[server]\nmajor = 15\n"
        );
    }

    #[test]
    fn a_list_goes_on() {
        for (before, after) in [
            ("[]", "[\"public._sqlx_migrations\"]"),
            ("['a.b']", "['a.b', \"public._sqlx_migrations\"]"),
            ("[\n  'a.b',\n]", "[\n  'a.b', \"public._sqlx_migrations\"]"),
        ] {
            assert_eq!(
                with_table(&format!("[database]\nexclude = {before} # why\n")),
                format!("[database]\nexclude = {after} # why\n")
            );
        }
    }

    #[test]
    fn other_ways_to_write_it() {
        assert_eq!(
            with_table("migrations = 'm'\n"),
            "migrations = 'm'\n\n[database]\nexclude = [\"public._sqlx_migrations\"]\n"
        );
        // No line can be put into that.
        for text in ["database = { url = 'x' }\n", "[database"] {
            assert_eq!(with(text, &["a.b".to_owned()], Chosen::default()), None, "{text}");
        }
    }

    #[test]
    fn the_list_that_counts_is_the_one_that_is_added_to() {
        let text = "[database]\nexclude = ['a.b']\n\n[environments.production.database]\nurl = 'x'\n\n\
                    [environments.staging.database]\nexclude = ['a.c']\n";
        let chosen = |environment| Chosen {
            environment: Some(environment),
            database: None,
        };
        let added = |environment| with(text, &["a.d".to_owned()], chosen(environment));
        assert_eq!(
            added("production"),
            Some(text.replace("['a.b']", "['a.b', \"a.d\"]"))
        );
        assert_eq!(section_in(text, chosen("production")), "database");
        assert_eq!(added("staging"), None);
        assert_eq!(
            section_in(text, chosen("staging")),
            "environments.staging.database"
        );
    }

    #[test]
    fn one_of_several_databases_may_have_a_list_of_its_own() {
        let text = "[database]\nexclude = ['a.b']\n\n[databases.app]\nurl = 'x'\nexclude = []\n\n\
                    [databases.other]\nurl = 'y'\n\n[environments.production.databases]\n\
                    app = { url = 'z', exclude = ['a.c'] }\nother.url = 'w'\n";
        for (environment, database, section) in [
            (None, "app", "databases.app"),
            (None, "other", "database"),
            (Some("production"), "app", "environments.production.databases.app"),
            (Some("production"), "other", "database"),
        ] {
            let chosen = Chosen {
                environment,
                database: Some(database),
            };
            assert_eq!(section_in(text, chosen), section);
            let added = with(text, &["a.d".to_owned()], chosen);
            assert_eq!(added.is_some(), section == "database", "{section}");
        }
    }
}
