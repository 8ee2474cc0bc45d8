//! The header of a revision file.

use super::parse::{Fault, Source};
use super::{FORMAT, RevisionErrorKind};
use crate::RevisionId;
use crate::revision_id::{InvalidName, is_valid_name};

/// The keys of this format.
pub(super) const KEYS: [&str; 6] = [
    "revision",
    "revises",
    "created",
    "branch_labels",
    "depends_on",
    "replaces",
];

/// What the header says.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) id: RevisionId,
    pub(super) message: String,
    pub(super) parents: Vec<RevisionId>,
    pub(super) depends_on: Vec<RevisionId>,
    pub(super) branch_labels: Vec<String>,
    pub(super) replaces: Vec<RevisionId>,
    pub(super) created: String,
    pub(super) format: u32,
    /// Where the body begins.
    pub(super) end: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, Copy)]
struct Value<'a> {
    text: &'a str,
    offset: usize,
}

pub(super) fn parse(source: Source<'_>) -> Result<Header, Fault> {
    let mut lines = CommentLines {
        text: source.text,
        position: source.text.len() - source.text.trim_start().len(),
    };
    let start = lines.position;
    let mut message: Vec<&str> = Vec::new();
    let format = loop {
        let Some(line) = lines.next() else {
            let first = source
                .text
                .get(start..)
                .and_then(|rest| rest.lines().next())
                .unwrap_or_default();
            return Err(source.fault(start, first.len(), RevisionErrorKind::NoHeader));
        };
        if let Some(value) = line.text.trim_start().strip_prefix("limbeck:") {
            break parse_format(source, value_at(source, value))?;
        }
        message.push(line.text.strip_prefix(' ').unwrap_or(line.text).trim_end());
    };
    let keys_start = lines.position;
    let mut values: [Option<Value<'_>>; KEYS.len()] = [None; KEYS.len()];
    for line in lines.by_ref() {
        let content = line.text.trim();
        if content.is_empty() {
            continue;
        }
        let offset = value_at(source, content).offset;
        let Some((key, value)) = content.split_once(':') else {
            return Err(source.fault(offset, content.len(), RevisionErrorKind::NotAKey));
        };
        let fault = |kind| source.fault(offset, key.len(), kind);
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
            return Err(source.fault(offset, content.len(), RevisionErrorKind::NotAKey));
        }
        let known = KEYS.iter().position(|known| *known == key);
        let Some(slot) = known.and_then(|n| values.get_mut(n)) else {
            return Err(fault(RevisionErrorKind::UnknownKey { key: key.to_owned() }));
        };
        if slot.is_some() {
            return Err(fault(RevisionErrorKind::DuplicateKey { key: key.to_owned() }));
        }
        *slot = Some(value_at(source, value));
    }
    let [revision, revises, created, branch_labels, depends_on, replaces] = values;
    let missing = |key| {
        let start = source
            .text
            .get(..keys_start)
            .and_then(|before| before.trim_end().rfind('\n'));
        let start = start.map_or(0, |n| n + 1);
        let length = source
            .text
            .get(start..keys_start)
            .unwrap_or_default()
            .trim_end()
            .len();
        source.fault(start, length, RevisionErrorKind::MissingKey { key })
    };
    let id = revision.ok_or_else(|| missing("revision"))?;
    let parents = revises.ok_or_else(|| missing("revises"))?;
    let created = created.ok_or_else(|| missing("created"))?;
    Ok(Header {
        id: parse_id(source, id)?,
        message: message.join("\n").trim().to_owned(),
        parents: parse_ids(source, "revises", Some(parents))?,
        depends_on: parse_ids(source, "depends_on", depends_on)?,
        branch_labels: parse_labels(source, branch_labels)?,
        replaces: parse_ids(source, "replaces", replaces)?,
        created: parse_created(source, created)?,
        format,
        end: lines.position,
    })
}

/// The lines of the comment block at the start of a file, without their dashes, up to the first marker.
struct CommentLines<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Iterator for CommentLines<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let rest = self.text.get(self.position..)?;
        let line = rest.lines().next()?;
        let text = line.strip_prefix("--")?;
        let is_marker = text
            .trim_start()
            .strip_prefix("limbeck:")
            .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
        if is_marker {
            return None;
        }
        let offset = self.position + 2;
        self.position = (self.position + line.len() + 1).min(self.text.len());
        Some(Value { text, offset })
    }
}

/// The value in a part of a line: trimmed, with its offset. The part is a slice of the source's text.
fn value_at<'a>(source: Source<'a>, part: &'a str) -> Value<'a> {
    let text = part.trim();
    let offset = (text.as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize);
    Value { text, offset }
}

fn parse_format(source: Source<'_>, value: Value<'_>) -> Result<u32, Fault> {
    let fault = |kind| source.fault(value.offset, value.text.len(), kind);
    let is_number = value.text.bytes().all(|b| b.is_ascii_digit());
    match value.text.parse::<u32>() {
        Ok(found) if is_number && found > FORMAT => Err(fault(RevisionErrorKind::NewerFormat { found })),
        Ok(found) if is_number && found > 0 => Ok(found),
        _ => Err(fault(RevisionErrorKind::Format {
            found: value.text.to_owned(),
        })),
    }
}

fn parse_id(source: Source<'_>, value: Value<'_>) -> Result<RevisionId, Fault> {
    RevisionId::try_from(value.text.to_owned()).map_err(|invalid| {
        source.fault(
            value.offset,
            value.text.len(),
            RevisionErrorKind::InvalidName(invalid),
        )
    })
}

/// The items of a list separated by commas; an empty value is an empty list.
fn items<'a>(source: Source<'a>, value: Option<Value<'a>>) -> Vec<Value<'a>> {
    match value {
        Some(value) if !value.text.is_empty() => {
            value.text.split(',').map(|item| value_at(source, item)).collect()
        }
        _ => Vec::new(),
    }
}

fn parse_ids(
    source: Source<'_>,
    key: &'static str,
    value: Option<Value<'_>>,
) -> Result<Vec<RevisionId>, Fault> {
    let mut ids = Vec::new();
    for item in items(source, value) {
        let id = parse_id(source, item)?;
        if ids.contains(&id) {
            return Err(duplicate(source, key, item));
        }
        ids.push(id);
    }
    Ok(ids)
}

fn parse_labels(source: Source<'_>, value: Option<Value<'_>>) -> Result<Vec<String>, Fault> {
    let mut labels = Vec::new();
    for item in items(source, value) {
        let label = item.text.to_owned();
        if !is_valid_name(&label) {
            let invalid = InvalidName { text: label };
            return Err(source.fault(
                item.offset,
                item.text.len(),
                RevisionErrorKind::InvalidName(invalid),
            ));
        }
        if labels.contains(&label) {
            return Err(duplicate(source, "branch_labels", item));
        }
        labels.push(label);
    }
    Ok(labels)
}

fn duplicate(source: Source<'_>, key: &'static str, item: Value<'_>) -> Fault {
    let name = item.text.to_owned();
    source.fault(
        item.offset,
        item.text.len(),
        RevisionErrorKind::DuplicateName { key, name },
    )
}

fn parse_created(source: Source<'_>, value: Value<'_>) -> Result<String, Fault> {
    if crate::file_name::is_created(value.text) {
        return Ok(value.text.to_owned());
    }
    let found = value.text.to_owned();
    Err(source.fault(
        value.offset,
        value.text.len(),
        RevisionErrorKind::Created { found },
    ))
}
