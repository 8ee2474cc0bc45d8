//! Service files (libpq's `pg_service.conf`): settings under a name, `[name]` and then `key=value`, one a line.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::SettingsError;
use super::uri::Pairs;

/// A section of a service file.
#[derive(Debug, PartialEq)]
pub(super) struct Service {
    /// The section and its file, for messages.
    pub(super) origin: String,
    pub(super) pairs: Pairs,
}

/// Finds a service in the file that is named, which then must exist, or else in the first usual one that has it.
pub(super) fn find(name: &str, named: Option<&str>, usual: &[PathBuf]) -> Result<Service, SettingsError> {
    let files: Vec<&Path> = match named {
        Some(file) => vec![Path::new(file)],
        None => usual.iter().map(PathBuf::as_path).collect(),
    };
    for file in files {
        let error = |reason: String| SettingsError::File {
            key: "servicefile",
            path: file.to_owned(),
            reason,
        };
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(missing) if named.is_none() && missing.kind() == ErrorKind::NotFound => continue,
            Err(unreadable) => return Err(error(unreadable.to_string())),
        };
        if let Some(pairs) = section(&text, name).map_err(error)? {
            let origin = format!("the service `{name}` of `{}`", file.display());
            return Ok(Service { origin, pairs });
        }
    }
    Err(SettingsError::ServiceMissing {
        name: name.to_owned(),
    })
}

/// The lines of a section, if it is there.
fn section(text: &str, name: &str) -> Result<Option<Pairs>, String> {
    let mut found: Option<Pairs> = None;
    let lines = text.lines().map(str::trim).enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let header = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        match (header, &mut found) {
            (Some(header), None) if header == name => found = Some(Pairs::new()),
            (Some(_), Some(_)) => break,
            (None, Some(pairs)) => {
                let (key, value) = line
                    .split_once('=')
                    .ok_or_else(|| format!("line {} has no `=`", index + 1))?;
                pairs.push((key.trim_end().to_owned(), value.trim_start().to_owned()));
            }
            (_, None) => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::section;

    const FILE: &str = "# ours\n[one]\nhost=a\n\n[two]\nhost = b \nport=1\n# more\nuser=u\n[three]\nbroken\n";

    #[test]
    fn a_section_ends_at_the_next() {
        let pairs = section(FILE, "two").unwrap().unwrap();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(pairs, [("host", "b"), ("port", "1"), ("user", "u")]);
        assert_eq!(section(FILE, "one").unwrap().unwrap().len(), 1);
    }

    #[test]
    fn a_missing_section_and_a_broken_line_are_told_apart() {
        assert_eq!(section(FILE, "four"), Ok(None));
        assert_eq!(section(FILE, "three"), Err("line 11 has no `=`".to_owned()));
    }
}
