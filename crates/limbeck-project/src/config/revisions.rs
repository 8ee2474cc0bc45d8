//! The section `[revisions]`: where revision files lie, and how new ones are named.

use std::path::PathBuf;

use jiff::tz::{Offset, TimeZone};
use limbeck_history::{FileNaming, FileTemplate};

use super::ConfigError;
use super::document::{Section, nearest};

/// The section `[revisions]`. Its keys are named as Alembic's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RevisionsConfig {
    /// Folders of revision files beside `versions/`, relative to the project.
    pub version_locations: Vec<PathBuf>,
    /// Whether the folders inside are read as well. They are, too, where `file_template` puts files into folders.
    pub recursive_version_locations: bool,
    /// How the files of new revisions are named: `file_template`, `timezone` and `truncate_slug_length`.
    pub naming: FileNaming,
}

const KEYS: [&str; 5] = [
    "version_locations",
    "recursive_version_locations",
    "file_template",
    "timezone",
    "truncate_slug_length",
];

impl RevisionsConfig {
    pub(super) fn apply(&mut self, section: &Section<'_>, errors: &mut Vec<ConfigError>) {
        section.only(&KEYS, errors);
        if let Some(folders) = section.strings("version_locations", errors) {
            self.version_locations = folders.into_iter().map(PathBuf::from).collect();
        }
        if let Some(value) = section.boolean("recursive_version_locations", errors) {
            self.recursive_version_locations = value;
        }
        if let Some(text) = section.string("file_template", errors) {
            match text.parse::<FileTemplate>() {
                Ok(template) => self.naming.template = template,
                Err(cause) => {
                    errors.push(section.refused("file_template", &cause.to_string(), cause.hint()));
                }
            }
        }
        if let Some(name) = section.string("timezone", errors) {
            match time_zone(&name) {
                Some(time_zone) => self.naming.time_zone = time_zone,
                None => errors.push(section.refused(
                    "timezone",
                    &format!("there is no time zone `{name}`"),
                    zone_hint(&name),
                )),
            }
        }
        if let Some(length) = section.integer("truncate_slug_length", 0, 200, errors) {
            self.naming.slug_length = usize::try_from(length).unwrap_or_default();
        }
    }
}

/// A time zone by its name in the IANA's database, or by its distance from UTC: `+02:00`.
fn time_zone(name: &str) -> Option<TimeZone> {
    match name.strip_prefix(['+', '-']) {
        Some(distance) => {
            let (hours, minutes) = distance.split_once(':').unwrap_or((distance, "0"));
            let number = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() <= 2);
            let (hours, minutes) = (number(hours)?, number(minutes).filter(|minutes| *minutes < 60)?);
            let seconds = (hours * 60 + minutes) * 60;
            let sign = if name.starts_with('-') { -1 } else { 1 };
            Offset::from_seconds(sign * seconds)
                .ok()
                .map(Offset::to_time_zone)
        }
        None => TimeZone::get(name).ok(),
    }
}

fn zone_hint(name: &str) -> String {
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "write a name such as `Europe/Berlin`, `UTC`, or a distance from UTC such as `+02:00`".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_a_name_or_a_distance() {
        assert_eq!(time_zone("UTC"), Some(TimeZone::UTC));
        assert_eq!(time_zone("+02:00"), Some(jiff::tz::offset(2).to_time_zone()));
        assert_eq!(time_zone("-0530"), None);
        assert_eq!(time_zone("+5"), Some(jiff::tz::offset(5).to_time_zone()));
        // Also where the machine has no database of its own.
        assert!(time_zone("Europe/Berlin").is_some());
        for wrong in ["", "Europe/Berln", "+99:00", "+1:60", "+", "CEST+2"] {
            assert_eq!(time_zone(wrong), None, "{wrong}");
        }
    }
}
