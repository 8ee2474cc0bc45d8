//! `status`.

use limbeck_project::commands::{self, DriftState, StatusOptions, StatusReport};
use limbeck_project::{Error, Failure};

use super::log;
use super::revisions::{head_label, title};
use crate::arguments::StatusArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::style;
use crate::output::text::count;

pub(crate) async fn run(context: &Context, arguments: &StatusArguments) -> Result<Exit, CommandError> {
    let options = StatusOptions {
        drift: arguments.drift,
    };
    let mut report = commands::status(&context.project()?, options, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        report.last_events.iter_mut().for_each(log::mask);
        output.json(&report)?;
    } else {
        output.result(render(&report))?;
    }
    match report.unreachable {
        None => Ok(Exit::Done),
        Some(diagnostic) => Err(Error::new(Failure::Unreachable, diagnostic).into()),
    }
}

/// The screen: a word, and what there is to say of it.
struct Screen(String);

impl Screen {
    fn row(&mut self, word: &str, lines: impl IntoIterator<Item = String>) {
        let mut word = word;
        for line in lines {
            let row = format!("{style}{word:<11}{style:#} {line}", style = style::COMMAND);
            self.0.push_str(row.trim_end());
            self.0.push('\n');
            word = "";
        }
    }
}

fn render(report: &StatusReport) -> String {
    let mut screen = Screen(String::new());
    screen.row("database", [place(report)]);
    if report.unreachable.is_none() {
        screen.row("at", at(report));
    }
    screen.row("pending", pending(report));
    if report.unreachable.is_none() {
        screen.row("drift", [drift(&report.drift)]);
    }
    screen.row(
        "edited",
        report.edited.iter().map(|revision| {
            format!(
                "{} {}; `limbeck accept` takes the edit where the schema stays what it is",
                revision_id(&revision.id),
                revision.file_name
            )
        }),
    );
    screen.row(
        "unknown",
        report.unknown.iter().map(|revision| {
            format!(
                "{} {}; its file is not here",
                revision_id(&revision.id),
                revision.file_name
            )
        }),
    );
    screen.row("unfinished", report.unfinished.iter().cloned());
    screen.row("at work", report.at_work.iter().cloned());
    let events = log::render(&report.last_events, false);
    screen.row("last", events.lines().map(str::to_owned));
    screen.0
}

fn revision_id(id: &str) -> String {
    format!("{style}{id}{style:#}", style = style::REVISION)
}

fn place(report: &StatusReport) -> String {
    let place = &report.database;
    let host = if place.host.contains(':') {
        format!("[{}]", place.host)
    } else {
        place.host.clone()
    };
    let mut text = format!("{} on {host}:{} as {}", place.database, place.port, place.user);
    if let Some(version) = &place.server_version {
        text.push_str(&format!(", PostgreSQL {version}"));
    }
    if place.embedded {
        text.push_str(", embedded");
    } else if place.pooled {
        text.push_str(", direct (the configured host is a pooler)");
    } else {
        text.push_str(", direct");
    }
    if place.tls == Some(true) {
        text.push_str(", encrypted");
    }
    if report.unreachable.is_some() {
        text.push_str(&format!("; {style}unreachable{style:#}", style = style::ERROR));
    }
    text
}

fn at(report: &StatusReport) -> Vec<String> {
    if !report.exists {
        return vec!["base: nothing was ever run here".to_owned()];
    }
    if report.heads.is_empty() {
        return vec!["base".to_owned()];
    }
    report
        .heads
        .iter()
        .map(|head| {
            let label = if head.is_head { head_label() } else { String::new() };
            format!("{}{label} {}", revision_id(&head.id), title(&head.message))
        })
        .collect()
}

fn pending(report: &StatusReport) -> Vec<String> {
    if report.pending.is_empty() {
        return vec!["nothing".to_owned()];
    }
    /// Of many, the first are named.
    const MOST: usize = 10;
    let mut lines = vec![match report.unreachable {
        None => count(report.pending.len(), "revision"),
        Some(_) => format!(
            "not known; the files have {}",
            count(report.pending.len(), "revision")
        ),
    }];
    if report.unreachable.is_some() {
        return lines;
    }
    for revision in report.pending.iter().take(MOST) {
        let mut line = format!("{} {}", revision_id(&revision.id), title(&revision.message));
        if !revision.destructive_steps.is_empty() {
            line.push_str(&format!(
                "{style}, loses data in {}{style:#}",
                revision.destructive_steps.join(", "),
                style = style::DROP
            ));
        }
        lines.push(line);
    }
    if report.pending.len() > MOST {
        lines.push(format!("and {} more", report.pending.len() - MOST));
    }
    lines
}

fn drift(state: &DriftState) -> String {
    match state {
        DriftState::NoHistory => "no history to compare with".to_owned(),
        DriftState::Unknown => "not compared since the schema last changed; `--drift` compares".to_owned(),
        DriftState::None { at } => format!("none (compared {}, unchanged since)", log::when(at)),
        DriftState::Found {
            differences,
            additions,
            at,
        } => {
            let mut what = Vec::new();
            if *differences > 0 {
                what.push(format!(
                    "{} not as the history says",
                    count(*differences, "object")
                ));
            }
            if *additions > 0 {
                what.push(format!("{additions} added to what it made"));
            }
            format!(
                "{style}{}{style:#} (compared {}, unchanged since); `limbeck drift` tells",
                what.join(", "),
                log::when(at),
                style = style::WARNING
            )
        }
    }
}
