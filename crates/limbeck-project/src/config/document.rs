//! A TOML document whose values know their place.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ConfigError;
use crate::duration::parse_duration;

/// What broken TOML most often lacks.
const SYNTAX: &str = "look at this line and the one above it: a list ends with `]`, a string with `\"`, and a section \
                      begins with its name in `[` and `]`";

/// Parses a text.
pub(super) fn parse<'a>(path: &Path, text: &'a str) -> Result<Spanned<DeTable<'a>>, ConfigError> {
    DeTable::parse(text).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        // What the parser expects stands on a line of its own.
        let message = error.message().replace('\n', ", ");
        ConfigError::new(
            path,
            text,
            range,
            format!("the file is no valid TOML: {message}"),
            Some(SYNTAX.to_owned()),
        )
    })
}

/// A table of the document.
pub(super) struct Section<'a> {
    path: &'a Path,
    text: &'a str,
    /// The dotted name, empty for the document itself.
    name: String,
    range: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    /// The document itself.
    pub(super) fn root(path: &'a Path, text: &'a str, document: &'a Spanned<DeTable<'a>>) -> Self {
        Self {
            path,
            text,
            name: String::new(),
            range: document.span(),
            table: document.get_ref(),
        }
    }

    /// Tells every key that is none of `known`.
    pub(super) fn only(&self, known: &[&str], errors: &mut Vec<ConfigError>) {
        for key in self.table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let nearest = nearest(key.get_ref(), known);
                let hint = match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("the keys known here are {}", listed(known)),
                };
                errors.push(self.error(
                    key.span(),
                    format!("unknown key `{}`", self.dotted(key.get_ref())),
                    Some(hint),
                ));
            }
        }
    }

    pub(super) fn string(&self, key: &str, errors: &mut Vec<ConfigError>) -> Option<String> {
        let value = self.table.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => self.mismatch(key, value.span(), "a string", other, errors),
        }
    }

    pub(super) fn boolean(&self, key: &str, errors: &mut Vec<ConfigError>) -> Option<bool> {
        let value = self.table.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(boolean) => Some(*boolean),
            other => self.mismatch(key, value.span(), "`true` or `false`", other, errors),
        }
    }

    pub(super) fn duration(&self, key: &str, errors: &mut Vec<ConfigError>) -> Option<Duration> {
        let value = self.table.get(key)?;
        let wanted = "a time, as in `\"30s\"`";
        match value.get_ref() {
            DeValue::String(text) => match parse_duration(text) {
                Ok(duration) => Some(duration),
                Err(problem) => {
                    let message = format!("`{}` is no time: {problem}", self.dotted(key));
                    errors.push(self.error(value.span(), message, None));
                    None
                }
            },
            other => self.mismatch(key, value.span(), wanted, other, errors),
        }
    }

    pub(super) fn integer(
        &self,
        key: &str,
        from: i64,
        to: i64,
        errors: &mut Vec<ConfigError>,
    ) -> Option<i64> {
        let value = self.table.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok(),
            other => return self.mismatch(key, value.span(), "a number", other, errors),
        };
        if let Some(number) = number.filter(|number| (from..=to).contains(number)) {
            return Some(number);
        }
        errors.push(self.error(
            value.span(),
            format!("`{}` must be a number from {from} to {to}", self.dotted(key)),
            None,
        ));
        None
    }

    pub(super) fn strings(&self, key: &str, errors: &mut Vec<ConfigError>) -> Option<Vec<String>> {
        let value = self.table.get(key)?;
        let DeValue::Array(array) = value.get_ref() else {
            return self.mismatch(
                key,
                value.span(),
                "a list of strings, as in `[\"a\", \"b\"]`",
                value.get_ref(),
                errors,
            );
        };
        let mut strings = Vec::new();
        for element in array {
            match element.get_ref() {
                DeValue::String(text) => strings.push(text.to_string()),
                other => return self.mismatch(key, element.span(), "a list of strings", other, errors),
            }
        }
        Some(strings)
    }

    /// Every key with its string.
    pub(super) fn all_strings(&self, errors: &mut Vec<ConfigError>) -> Vec<(String, String)> {
        self.table
            .keys()
            .filter_map(|key| {
                let value = self.string(key.get_ref(), errors)?;
                Some((key.get_ref().to_string(), value))
            })
            .collect()
    }

    pub(super) fn section(&self, key: &str, errors: &mut Vec<ConfigError>) -> Option<Section<'a>> {
        let (name, value) = self.table.get_key_value(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section {
                path: self.path,
                text: self.text,
                name: self.dotted(key),
                range: name.span(),
                table,
            }),
            other => self.mismatch(key, value.span(), "a section", other, errors),
        }
    }

    /// The sections of a list, as `[[NAME]]` writes them.
    pub(super) fn list_of_sections(
        &self,
        key: &str,
        errors: &mut Vec<ConfigError>,
    ) -> Option<Vec<Section<'a>>> {
        let value = self.table.get(key)?;
        let wanted = format!("a list of sections, each beginning with `[[{key}]]`");
        let DeValue::Array(array) = value.get_ref() else {
            return self.mismatch(key, value.span(), &wanted, value.get_ref(), errors);
        };
        let mut sections = Vec::new();
        for element in array {
            match element.get_ref() {
                DeValue::Table(table) => sections.push(Section {
                    path: self.path,
                    text: self.text,
                    name: self.dotted(key),
                    range: element.span(),
                    table,
                }),
                other => return self.mismatch(key, element.span(), &wanted, other, errors),
            }
        }
        Some(sections)
    }

    /// Every key with its section.
    pub(super) fn sections(&self, errors: &mut Vec<ConfigError>) -> Vec<(String, Section<'a>)> {
        self.table
            .keys()
            .filter_map(|key| Some((key.get_ref().to_string(), self.section(key.get_ref(), errors)?)))
            .collect()
    }

    /// Where the first key stands.
    pub(super) fn first_key(&self) -> Option<Range<usize>> {
        self.table
            .keys()
            .map(Spanned::span)
            .min_by_key(|range| range.start)
    }

    /// Whether there is such a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the section begins in the text, in bytes.
    pub(super) fn start(&self) -> usize {
        self.range.start
    }

    /// What is wrong with the section itself.
    pub(super) fn itself(&self, message: &str, hint: String) -> ConfigError {
        self.error(self.range.clone(), message.to_owned(), Some(hint))
    }

    /// A key that must be there.
    pub(super) fn missing(&self, key: &str, example: &str) -> ConfigError {
        let message = format!("`{}` is missing", self.dotted(key));
        self.error(self.range.clone(), message, Some(format!("add it, {example}")))
    }

    /// Why the value of a key that is there is refused, and what to write.
    pub(super) fn refused(&self, key: &str, message: &str, hint: String) -> ConfigError {
        let range = self
            .table
            .get(key)
            .map_or_else(|| self.range.clone(), Spanned::span);
        self.error(range, format!("`{}`: {message}", self.dotted(key)), Some(hint))
    }

    /// Why one value of a list is refused.
    pub(super) fn refused_element(&self, key: &str, index: usize, message: &str) -> ConfigError {
        let element = self.table.get(key).and_then(|value| match value.get_ref() {
            DeValue::Array(array) => array.get(index).map(Spanned::span),
            _ => None,
        });
        let range = element.unwrap_or_else(|| self.range.clone());
        self.error(range, format!("`{}`: {message}", self.dotted(key)), None)
    }

    /// That there is no database of a name; `key` is the section that would hold it.
    pub(super) fn unknown_database(&self, key: &str, wanted: &str, known: &[&str]) -> ConfigError {
        let message = format!("there is no database `{wanted}`");
        let hint = super::error::known_databases(wanted, known);
        match self.table.get_key_value(key) {
            Some((name, _)) => self.error(name.span(), message, Some(hint)),
            None => ConfigError::of_file(self.path, self.text, message, Some(hint)),
        }
    }

    /// That there is no environment of a name; `section` is where the environments begin, if there are any.
    pub(super) fn unknown_environment(
        &self,
        section: Option<Range<usize>>,
        wanted: &str,
        names: &[String],
    ) -> ConfigError {
        ConfigError::unknown_environment(self.path, self.text, section, wanted, names)
    }

    /// What is wrong with the value of a key that is there.
    pub(super) fn wrong(&self, key: &str, what: &str) -> ConfigError {
        let range = self
            .table
            .get(key)
            .map_or_else(|| self.range.clone(), Spanned::span);
        self.error(range, format!("`{}` {what}", self.dotted(key)), None)
    }

    fn mismatch<T>(
        &self,
        key: &str,
        range: Range<usize>,
        wanted: &str,
        found: &DeValue<'_>,
        errors: &mut Vec<ConfigError>,
    ) -> Option<T> {
        let message = format!(
            "`{}` must be {wanted}, not {}",
            self.dotted(key),
            described(found)
        );
        errors.push(self.error(range, message, None));
        None
    }

    fn error(&self, range: Range<usize>, message: String, hint: Option<String>) -> ConfigError {
        ConfigError::new(self.path, self.text, range, message, hint)
    }

    fn dotted(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }
}

/// The known word that is nearest to an unknown one, where one is near enough.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

pub(crate) fn listed(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}
