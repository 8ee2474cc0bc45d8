//! The section `[database]`, and what of it a section `[databases.NAME]` may say.

use super::ConfigError;
use super::document::Section;

/// The schema of Limbeck's own tables, where no other is configured.
pub(crate) const DEFAULT_VERSION_SCHEMA: &str = "limbeck";

/// The keys of the section.
pub(super) const KEYS: [&str; 8] = [
    "url",
    "schemas",
    "search_path",
    "version_schema",
    "scope",
    "include",
    "exclude",
    "neon_suffixes",
];

/// The section `[database]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseConfig {
    /// The URL, variables not yet expanded, or `embedded:`.
    pub url: Option<String>,
    /// The schemas that are looked at.
    pub schemas: Vec<String>,
    /// The `search_path` that revisions run with.
    pub search_path: String,
    /// The schema of Limbeck's own tables.
    pub version_schema: String,
    /// Which of several histories in one database this is.
    pub scope: String,
    /// Patterns of what alone is looked at; empty for everything.
    pub include: Vec<String>,
    /// Patterns of what is never looked at.
    pub exclude: Vec<String>,
    /// Endings of host names behind which is Neon, besides `.neon.tech`.
    pub neon_suffixes: Vec<String>,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: None,
            schemas: vec!["public".to_owned()],
            search_path: "public".to_owned(),
            version_schema: DEFAULT_VERSION_SCHEMA.to_owned(),
            scope: "main".to_owned(),
            include: Vec::new(),
            exclude: Vec::new(),
            neon_suffixes: Vec::new(),
        }
    }
}

impl DatabaseConfig {
    /// Lays a section over what is there. Which keys it may have is for the caller to say.
    pub(super) fn apply(&mut self, section: &Section<'_>, errors: &mut Vec<ConfigError>) {
        if let Some(url) = section.string("url", errors) {
            self.url = Some(url).filter(|url| !url.is_empty());
        }
        if let Some(schemas) = section.strings("schemas", errors) {
            self.schemas = schemas;
        }
        if let Some(suffixes) = section.strings("neon_suffixes", errors) {
            for (index, suffix) in suffixes.iter().enumerate() {
                if !suffix.trim_matches('.').contains('.') {
                    let reason =
                        format!("`{suffix}` is no ending of host names: write it as `.db.example.com`");
                    errors.push(section.refused_element("neon_suffixes", index, &reason));
                }
            }
            self.neon_suffixes = suffixes;
        }
        for (key, field) in [
            ("search_path", &mut self.search_path),
            ("version_schema", &mut self.version_schema),
            ("scope", &mut self.scope),
        ] {
            if let Some(value) = section.string(key, errors) {
                if value.is_empty() {
                    errors.push(section.wrong(key, "may not be empty"));
                }
                *field = value;
            }
        }
        for (key, field) in [("include", &mut self.include), ("exclude", &mut self.exclude)] {
            if let Some(patterns) = section.strings(key, errors) {
                for (index, pattern) in patterns.iter().enumerate() {
                    if let Err(cause) = pattern.parse::<limbeck_catalog::ObjectPattern>() {
                        errors.push(section.refused_element(key, index, &cause.to_string()));
                    }
                }
                *field = patterns;
            }
        }
    }
}
