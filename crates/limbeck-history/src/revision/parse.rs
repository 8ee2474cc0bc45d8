//! From a file's bytes to a revision.

use std::ops::Range;
use std::path::Path;

use limbeck_sql::{line_column, statements, tokens};

use super::marker::{self, Marker, Side};
use super::{
    Declaration, Require, Revision, RevisionError, RevisionErrorKind, Step, StepOptions, StepSide, checksum,
    header,
};

pub(super) type Fault = RevisionError;

/// The text that is being read, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// A fault at a place, `length` bytes long.
    pub(super) fn fault(self, offset: usize, length: usize, kind: RevisionErrorKind) -> Fault {
        let (line, column) = line_column(self.text, offset);
        let source_line = self.text.split('\n').nth(line - 1).unwrap_or_default().to_owned();
        let meant = self.text.get(offset..offset + length).unwrap_or_default();
        RevisionError {
            path: self.path.to_owned(),
            line,
            column,
            length: meant.lines().next().unwrap_or_default().len().max(1),
            source_line,
            kind: Box::new(kind),
        }
    }
}

impl Revision {
    /// Reads a revision from the bytes of its file. The path is kept and named in errors; it is not opened.
    ///
    /// # Errors
    ///
    /// The first fault of the file, with its place.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, RevisionError> {
        let text = decode(path, bytes)?;
        let source = Source { path, text: &text };
        if text.trim().is_empty() {
            return Err(source.fault(0, 1, RevisionErrorKind::Empty));
        }
        refuse_conflicts(source)?;
        let header = header::parse(source)?;
        let body = Body::parse(source, header.end)?;
        Ok(Self {
            id: header.id,
            message: header.message,
            parents: header.parents,
            depends_on: header.depends_on,
            branch_labels: header.branch_labels,
            replaces: header.replaces,
            created: header.created,
            steps: body.steps,
            declares: body.declares,
            format: header.format,
            checksum: body.checksum,
            path: path.to_owned(),
            text,
        })
    }
}

/// The text of a file: UTF-8, without byte order mark, each line ended by `\n`.
fn decode(path: &Path, bytes: &[u8]) -> Result<String, Fault> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to().min(bytes.len()));
            let valid = std::str::from_utf8(valid).unwrap_or_default();
            let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            let source = Source { path, text: valid };
            return Err(source.fault(valid.len(), 1, RevisionErrorKind::NotUtf8 { is_utf16 }));
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(offset) = text.find('\0') {
        return Err(Source { path, text }.fault(offset, 1, RevisionErrorKind::Nul));
    }
    Ok(if text.contains('\r') {
        text.replace("\r\n", "\n")
    } else {
        text.to_owned()
    })
}

/// Git's own lines would mostly be syntax errors later; here they can be named.
fn refuse_conflicts(source: Source<'_>) -> Result<(), Fault> {
    for mark in ["<<<<<<< ", ">>>>>>> "] {
        if !source.text.contains(mark) {
            continue;
        }
        let mut offset = 0;
        for line in source.text.split_inclusive('\n') {
            if line.starts_with(mark) {
                return Err(source.fault(offset, line.trim_end().len(), RevisionErrorKind::GitConflict));
            }
            offset += line.len();
        }
    }
    Ok(())
}

/// What stands below the header.
#[derive(Debug)]
struct Body {
    steps: Vec<Step>,
    declares: Vec<Declaration>,
    checksum: String,
}

/// SQL below a marker.
#[derive(Debug)]
struct Section<'a> {
    sql: &'a str,
    offset: usize,
    line: usize,
}

/// A part of the file that belongs to a step, before it is known whether there is such a step.
#[derive(Debug)]
struct Part<'a, T> {
    side: Side,
    name: &'a str,
    marker: Range<usize>,
    value: T,
}

impl Body {
    fn parse(source: Source<'_>, start: usize) -> Result<Self, Fault> {
        let lines = marker::find(source, start)?;
        let first = lines.first().map_or(source.text.len(), |line| line.start);
        refuse_sql(source, start..first)?;
        let mut sections = checksum::Sections::default();
        let mut sides: Vec<Part<'_, StepSide>> = Vec::new();
        let mut requires: Vec<Part<'_, Require>> = Vec::new();
        let mut declares = Vec::new();
        let mut counter = LineCounter::new(source.text);
        for (n, marker) in lines.iter().enumerate() {
            let next = lines.get(n + 1);
            let end = next.map_or(source.text.len(), |line| line.start);
            let section = Section::new(source.text, marker.end..end, &mut counter);
            let marker_text = source.text.get(marker.clone()).unwrap_or_default();
            match marker::parse(source, marker)? {
                Marker::Step { side, name, options } => {
                    let value = step_side(source, &section, marker_text, options)?;
                    sections.add(&value.hash);
                    if let Some(first) = sides.iter().find(|part| part.side == side && part.name == name) {
                        return Err(source.fault(
                            marker.start,
                            marker_text.len(),
                            RevisionErrorKind::DuplicateStep {
                                direction: side.word(),
                                name: name.to_owned(),
                                first_line: line_column(source.text, first.marker.start).0,
                            },
                        ));
                    }
                    sides.push(Part {
                        side,
                        name,
                        marker: marker.clone(),
                        value,
                    });
                }
                Marker::Require { side, name, message } => {
                    sections.add(&checksum::of_section(marker_text, section.sql));
                    let found = statements(section.sql).len();
                    if found != 1 {
                        let kind = RevisionErrorKind::RequireStatements { found };
                        return Err(source.fault(marker.start, marker_text.len(), kind));
                    }
                    let value = Require {
                        message,
                        sql: section.sql.to_owned(),
                        line: section.line,
                        offset: section.offset,
                    };
                    requires.push(Part {
                        side,
                        name,
                        marker: marker.clone(),
                        value,
                    });
                }
                Marker::Declares => {
                    if let Some(next) = next {
                        return Err(source.fault(next.start, next.len(), RevisionErrorKind::AfterDeclares));
                    }
                    declares = declarations(source, marker.end..end)?;
                }
            }
        }
        Ok(Self {
            steps: assemble(source, sides, requires)?,
            declares,
            checksum: sections.finish(),
        })
    }
}

impl<'a> Section<'a> {
    fn new(text: &'a str, range: Range<usize>, counter: &mut LineCounter<'a>) -> Self {
        let whole = text.get(range.clone()).unwrap_or_default();
        let sql = whole.trim();
        // An empty section stands below its marker, for whoever points at it.
        let offset = if sql.is_empty() {
            (range.start + 1).min(range.end)
        } else {
            range.start + whole.len() - whole.trim_start().len()
        };
        Self {
            sql,
            offset,
            line: counter.line(offset),
        }
    }
}

/// Counts lines from one offset to a later one.
struct LineCounter<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            line: 1,
        }
    }

    fn line(&mut self, offset: usize) -> usize {
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        self.line += passed.bytes().filter(|&b| b == b'\n').count();
        self.offset = offset;
        self.line
    }
}

fn refuse_sql(source: Source<'_>, range: Range<usize>) -> Result<(), Fault> {
    let text = source.text.get(range.clone()).unwrap_or_default();
    if text.trim().is_empty() {
        return Ok(());
    }
    match tokens(text).into_iter().find(|token| !token.kind.is_blank()) {
        Some(token) => {
            let line = text.get(token.range.start..).and_then(|rest| rest.lines().next());
            let length = line.unwrap_or_default().trim_end().len();
            Err(source.fault(
                range.start + token.range.start,
                length,
                RevisionErrorKind::SqlOutsideStep,
            ))
        }
        None => Ok(()),
    }
}

fn step_side(
    source: Source<'_>,
    section: &Section<'_>,
    marker: &str,
    options: StepOptions,
) -> Result<StepSide, Fault> {
    let first_line = section.sql.lines().next().unwrap_or_default().len();
    let fault = |kind| source.fault(section.offset, first_line, kind);
    if options.rust.is_some() && !statements(section.sql).is_empty() {
        return Err(fault(RevisionErrorKind::RustWithSql));
    }
    if !options.transaction {
        let found = statements(section.sql).len();
        if found != 1 {
            return Err(fault(RevisionErrorKind::TransactionStatements { found }));
        }
    }
    Ok(StepSide {
        sql: section.sql.to_owned(),
        offset: section.offset,
        line: section.line,
        hash: checksum::of_section(marker, section.sql),
        options,
        requires: Vec::new(),
    })
}

fn declarations(source: Source<'_>, range: Range<usize>) -> Result<Vec<Declaration>, Fault> {
    let mut found: Vec<Declaration> = Vec::new();
    let mut offset = range.start;
    for line in source.text.get(range).unwrap_or_default().split_inclusive('\n') {
        let text = line.trim_end();
        let fault = |kind| source.fault(offset, text.len(), kind);
        if !text.is_empty() && text != "--" {
            let (added, object) = match (text.strip_prefix("-- + "), text.strip_prefix("-- - ")) {
                (Some(object), _) => (true, object.trim()),
                (_, Some(object)) => (false, object.trim()),
                _ => return Err(fault(RevisionErrorKind::NotADeclaration)),
            };
            if !object.contains(' ') {
                return Err(fault(RevisionErrorKind::NotADeclaration));
            }
            let object = object.to_owned();
            if found.iter().any(|other| other.object == object) {
                return Err(fault(RevisionErrorKind::DuplicateDeclaration { object }));
            }
            found.push(Declaration { added, object });
        }
        offset += line.len();
    }
    Ok(found)
}

/// Brings the sides of each step together, numbered in the order of their `up`.
fn assemble(
    source: Source<'_>,
    sides: Vec<Part<'_, StepSide>>,
    requires: Vec<Part<'_, Require>>,
) -> Result<Vec<Step>, Fault> {
    let is_up = |part: &&Part<'_, StepSide>| part.side == Side::Up;
    // Exactly as many as there are: a history keeps thousands of these, and spare room adds up.
    let mut steps: Vec<Step> = Vec::with_capacity(sides.iter().filter(is_up).count());
    for part in sides.iter().filter(is_up) {
        steps.push(Step {
            number: steps.len() + 1,
            name: part.name.to_owned(),
            up: None,
            down: None,
        });
    }
    for part in sides {
        let Some(step) = steps.iter_mut().find(|step| step.name == part.name) else {
            let known = steps.iter().map(|step| step.name.clone()).collect();
            let name = part.name.to_owned();
            let kind = RevisionErrorKind::DownWithoutUp { name, known };
            return Err(source.fault(part.marker.start, part.marker.len(), kind));
        };
        match part.side {
            Side::Up => step.up = Some(part.value),
            Side::Down => step.down = Some(part.value),
        }
    }
    for part in requires {
        let step = steps.iter_mut().find(|step| step.name == part.name);
        let side = step.and_then(|step| match part.side {
            Side::Up => step.up.as_mut(),
            Side::Down => step.down.as_mut(),
        });
        let Some(side) = side else {
            let known = names(&steps, part.side);
            let (direction, name) = (part.side.word(), part.name.to_owned());
            let kind = RevisionErrorKind::RequireWithoutStep {
                direction,
                name,
                known,
            };
            return Err(source.fault(part.marker.start, part.marker.len(), kind));
        };
        side.requires.push(part.value);
    }
    Ok(steps)
}

/// The names of the steps that have this side.
fn names(steps: &[Step], side: Side) -> Vec<String> {
    let has_side = |step: &&Step| match side {
        Side::Up => step.up.is_some(),
        Side::Down => step.down.is_some(),
    };
    steps
        .iter()
        .filter(has_side)
        .map(|step| step.name.clone())
        .collect()
}
