//! Which sections of a `limbeck.toml` count, and in which order: those of an environment, and those of one of several
//! databases.
//!
//! The most particular goes before the rest: `[environments.E.databases.N]`, then `[databases.N]`, then
//! `[environments.E]`, then the file itself.

use super::document::Section;
use super::{Config, ConfigError, Level};

/// The word of the command line that stands for every database.
pub const ALL: &str = "all";

/// The sections of a file by their names.
pub(super) struct Sections<'a> {
    root: &'a Section<'a>,
    databases: Vec<(String, Section<'a>)>,
    environments: Vec<Environment<'a>>,
}

struct Environment<'a> {
    name: String,
    section: Section<'a>,
    databases: Vec<(String, Section<'a>)>,
}

impl<'a> Sections<'a> {
    /// Finds and reads every section, so that a mistake in one that does not count is told as well.
    pub(super) fn read(root: &'a Section<'a>, errors: &mut Vec<ConfigError>) -> Self {
        let mut trial = Config::default();
        trial.apply(root, Level::File, errors);
        let databases = named(root, "databases", errors);
        for (name, section) in &databases {
            if !is_name(name) {
                errors.push(section.itself(
                    &format!("`{name}` is no name of a database"),
                    format!(
                        "use ASCII letters, digits, `_` and `-`, and not `{ALL}`, which stands for every one"
                    ),
                ));
            }
            trial.apply_database(section, errors);
        }
        let environments: Vec<Environment<'a>> = named(root, "environments", errors)
            .into_iter()
            .map(|(name, section)| {
                trial.apply(&section, Level::Environment, errors);
                let databases = named(&section, "databases", errors);
                Environment {
                    name,
                    section,
                    databases,
                }
            })
            .collect();
        let known: Vec<&str> = databases.iter().map(|(name, _)| name.as_str()).collect();
        for (name, section) in environments.iter().flat_map(|environment| &environment.databases) {
            trial.apply_database(section, errors);
            if !known.contains(&name.as_str()) {
                errors.push(section.itself(
                    &format!("there is no database `{name}`"),
                    super::error::known_databases(name, &known),
                ));
            }
        }
        let sections = Self {
            root,
            databases,
            environments,
        };
        sections.refuse_shared_url(errors);
        sections
    }

    /// Where there are several databases, one URL for all would lead each history into the same.
    fn refuse_shared_url(&self, errors: &mut Vec<ConfigError>) {
        if self.databases.is_empty() {
            return;
        }
        let environments = self.environments.iter().map(|environment| &environment.section);
        for section in std::iter::once(self.root).chain(environments) {
            let Some(database) = section.section("database", &mut Vec::new()) else {
                continue;
            };
            if database.has("url") {
                errors.push(
                    database.refused(
                        "url",
                        "each of several databases has a URL of its own",
                        "move it to `[databases.NAME]`, or `[environments.ENVIRONMENT.databases.NAME]`"
                            .to_owned(),
                    ),
                );
            }
        }
    }

    /// The names of the databases, in the order of the file.
    pub(super) fn names(&self) -> Vec<String> {
        self.databases.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Lays over a configuration what counts in an environment for a database. Mistakes were told when it was read.
    pub(super) fn lay_over(
        &self,
        config: &mut Config,
        environment: Option<&str>,
        database: Option<&str>,
        errors: &mut Vec<ConfigError>,
    ) {
        let ignored = &mut Vec::new();
        config.apply(self.root, Level::File, ignored);
        let chosen = environment.and_then(|wanted| {
            let found = self
                .environments
                .iter()
                .find(|environment| environment.name == wanted);
            if found.is_none() {
                errors.push(self.unknown_environment(wanted));
            }
            found
        });
        if let Some(environment) = chosen {
            config.apply(&environment.section, Level::Environment, ignored);
        }
        let Some(wanted) = database else { return };
        let known: Vec<&str> = self.databases.iter().map(|(name, _)| name.as_str()).collect();
        let Some(section) = found(&self.databases, wanted) else {
            errors.push(self.root.unknown_database("databases", wanted, &known));
            return;
        };
        config.apply_database(section, ignored);
        let Some(environment) = chosen else { return };
        let particular = found(&environment.databases, wanted);
        if let Some(section) = particular {
            config.apply_database(section, ignored);
        }
        let others = environment
            .databases
            .iter()
            .find(|(_, section)| section.has("url"));
        if let Some((other, section)) = others
            && !particular.is_some_and(|section| section.has("url"))
        {
            errors.push(section.itself(
                &format!(
                    "the environment `{}` has a URL for the database `{other}`, and none for `{wanted}`",
                    environment.name
                ),
                format!(
                    "add `url` to `[environments.{}.databases.{wanted}]`: else that of another environment would be used",
                    environment.name
                ),
            ));
        }
    }

    fn unknown_environment(&self, wanted: &str) -> ConfigError {
        let names: Vec<String> = self
            .environments
            .iter()
            .map(|environment| environment.name.clone())
            .collect();
        let first = self
            .root
            .section("environments", &mut Vec::new())
            .and_then(|environments| environments.first_key());
        self.root.unknown_environment(first, wanted, &names)
    }
}

/// The sections in a section, in the order of the file.
fn named<'a>(section: &Section<'a>, key: &str, errors: &mut Vec<ConfigError>) -> Vec<(String, Section<'a>)> {
    let mut sections = section
        .section(key, errors)
        .map(|section| section.sections(errors))
        .unwrap_or_default();
    sections.sort_by_key(|(_, section)| section.start());
    sections
}

fn found<'s, 'a>(sections: &'s [(String, Section<'a>)], wanted: &str) -> Option<&'s Section<'a>> {
    let mut sections = sections.iter();
    sections
        .find(|(name, _)| name == wanted)
        .map(|(_, section)| section)
}

fn is_name(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    !name.is_empty() && name != ALL && name.bytes().all(is_plain)
}
