//! What stands below the header: steps, requires and declarations.

use std::ops::Range;

use limbeck_sql::{line_column, statements, tokens};

use super::marker::{self, Marker, Side};
use super::parse::{Fault, Source};
use super::{Declaration, Require, RevisionErrorKind, Step, StepOptions, StepSide, checksum};

/// What stands below the header.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) steps: Vec<Step>,
    pub(super) declares: Vec<Declaration>,
    pub(super) checksum: String,
}

/// SQL below a marker.
#[derive(Debug)]
struct Section<'a> {
    sql: &'a str,
    offset: usize,
    line: usize,
}

/// A `require`, before it is known whether its step is there: it may stand above it.
#[derive(Debug)]
struct Pending<'a> {
    side: Side,
    name: &'a str,
    marker: &'a Range<usize>,
    require: Require,
}

impl Body {
    pub(super) fn parse(source: Source<'_>, start: usize) -> Result<Self, Fault> {
        let lines = marker::find(source, start)?;
        let first = lines.first().map_or(source.text.len(), |line| line.start);
        refuse_sql(source, start..first)?;
        let mut sections = checksum::Sections::default();
        let mut steps = Vec::with_capacity(count_ups(source, &lines));
        let mut requires: Vec<Pending<'_>> = Vec::new();
        let mut declares = Vec::new();
        let mut counter = LineCounter::new(source.text);
        for (n, marker) in lines.iter().enumerate() {
            let next = lines.get(n + 1);
            let end = next.map_or(source.text.len(), |line| line.start);
            let section = Section::new(source.text, marker.end..end, &mut counter);
            let text = source.text.get(marker.clone()).unwrap_or_default();
            match marker::parse(source, marker)? {
                Marker::Step { side, name, options } => {
                    let value = step_side(source, &section, text, options)?;
                    sections.add(&value.hash);
                    add_side(&mut steps, side, name, value, || {
                        let first = lines.iter().find(|line| names_side(source, line, side, name));
                        first.map_or(0, |line| line_column(source.text, line.start).0)
                    })
                    .map_err(|kind| source.fault(marker.start, text.len(), kind))?;
                }
                Marker::Require { side, name, message } => {
                    sections.add(&checksum::of_section(text, section.sql));
                    let found = statements(section.sql).len();
                    if found != 1 {
                        let kind = RevisionErrorKind::RequireStatements { found };
                        return Err(source.fault(marker.start, text.len(), kind));
                    }
                    let (sql, line, offset) = (section.sql.to_owned(), section.line, section.offset);
                    let require = Require {
                        message,
                        sql,
                        line,
                        offset,
                    };
                    requires.push(Pending {
                        side,
                        name,
                        marker,
                        require,
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
        add_requires(source, &mut steps, requires)?;
        Ok(Self {
            steps,
            declares,
            checksum: sections.finish(),
        })
    }
}

/// Exactly as many steps as there will be: a history keeps thousands of them, and spare room adds up.
fn count_ups(source: Source<'_>, lines: &[Range<usize>]) -> usize {
    let is_up = |line: &&Range<usize>| {
        let text = source.text.get((*line).clone()).unwrap_or_default();
        text.starts_with("-- limbeck:up")
    };
    lines.iter().filter(is_up).count()
}

fn names_side(source: Source<'_>, line: &Range<usize>, wanted: Side, wanted_name: &str) -> bool {
    matches!(
        marker::parse(source, line),
        Ok(Marker::Step { side, name, .. }) if side == wanted && name == wanted_name
    )
}

/// Adds one side of a step. The way down stands below the way up.
fn add_side(
    steps: &mut Vec<Step>,
    side: Side,
    name: &str,
    value: StepSide,
    first_line: impl Fn() -> usize,
) -> Result<(), RevisionErrorKind> {
    let number = steps.len() + 1;
    let place = match (steps.iter_mut().find(|step| step.name == name), side) {
        (Some(step), Side::Up) => &mut step.up,
        (Some(step), Side::Down) => &mut step.down,
        (None, Side::Up) => {
            let name = name.to_owned();
            steps.push(Step {
                number,
                name,
                up: Some(value),
                down: None,
            });
            return Ok(());
        }
        (None, Side::Down) => {
            let (name, known) = (name.to_owned(), names(steps, Side::Up));
            return Err(RevisionErrorKind::DownWithoutUp { name, known });
        }
    };
    if place.is_some() {
        let (direction, name) = (side.word(), name.to_owned());
        return Err(RevisionErrorKind::DuplicateStep {
            direction,
            name,
            first_line: first_line(),
        });
    }
    *place = Some(value);
    Ok(())
}

fn add_requires(source: Source<'_>, steps: &mut [Step], requires: Vec<Pending<'_>>) -> Result<(), Fault> {
    for Pending {
        side,
        name,
        marker,
        require,
    } in requires
    {
        let step = steps.iter_mut().find(|step| step.name == name);
        let place = step.and_then(|step| match side {
            Side::Up => step.up.as_mut(),
            Side::Down => step.down.as_mut(),
        });
        let Some(place) = place else {
            let (direction, name, known) = (side.word(), name.to_owned(), names(steps, side));
            let kind = RevisionErrorKind::RequireWithoutStep {
                direction,
                name,
                known,
            };
            return Err(source.fault(marker.start, marker.len(), kind));
        };
        place.requires.push(require);
    }
    Ok(())
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
