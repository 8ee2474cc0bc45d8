//! `log`.

use limbeck_project::LogEntry;
use limbeck_project::commands::{self, LogOptions, LogReport};
use serde_json::json;

use super::revisions::title;
use crate::arguments::LogArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{mask_passwords, style, table, text};

pub(crate) async fn run(context: &Context, arguments: &LogArguments) -> Result<Exit, CommandError> {
    let options = LogOptions::from(arguments);
    let mut report = commands::log(&context.project()?, &options, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        report.events.iter_mut().for_each(mask);
        output.json(&json!({ "exists": report.exists, "events": report.events }))?;
    } else {
        show(context, &report)?;
    }
    Ok(Exit::Done)
}

fn show(context: &Context, report: &LogReport) -> Result<(), CommandError> {
    let output = &context.output;
    if !report.exists {
        output.say("Nothing was ever run on this database");
    } else if report.events.is_empty() {
        output.say("The journal has no such entry");
    } else {
        output.result(render(&report.events, output.is_verbose()))?;
    }
    Ok(())
}

/// The entries in columns, the newest first: when, what, who, how long, how it ended.
pub(crate) fn render(entries: &[LogEntry], with_details: bool) -> String {
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    let mut told = String::new();
    for (entry, line) in entries.iter().zip(table::lay_out(&rows).lines()) {
        if is_done(entry) {
            told.push_str(&format!("{line}\n"));
        } else {
            told.push_str(&format!("{style}{line}{style:#}\n", style = style::DROP));
        }
        for detail in details(entry, with_details) {
            told.push_str(&format!("    {style}{detail}{style:#}\n", style = style::DIM));
        }
    }
    told
}

/// Takes passwords out of what is shown of a failure, before it is written as JSON.
pub(crate) fn mask(entry: &mut LogEntry) {
    let message = entry.detail.as_mut().and_then(|detail| detail.get_mut("message"));
    if let Some(serde_json::Value::String(message)) = message {
        *message = mask_passwords(message).into_owned();
    }
}

fn is_done(entry: &LogEntry) -> bool {
    entry.outcome == "done"
}

fn row(entry: &LogEntry) -> Vec<String> {
    let outcome = match &entry.sqlstate {
        Some(sqlstate) => format!("{} {sqlstate}", entry.outcome),
        None => entry.outcome.clone(),
    };
    let duration = entry.duration.and_then(|seconds| {
        std::time::Duration::try_from_secs_f64(seconds)
            .ok()
            .map(text::duration)
    });
    vec![
        when(&entry.at),
        what(entry),
        who(entry),
        duration.unwrap_or_default(),
        outcome,
    ]
}

/// `2026-11-21 10:00:00`, of `2026-11-21T10:00:00.123456+00:00`.
pub(crate) fn when(at: &str) -> String {
    let to_the_second: String = at.chars().take(19).collect();
    to_the_second.replace('T', " ")
}

fn what(entry: &LogEntry) -> String {
    let way = entry.direction.map(|direction| format!("{direction} "));
    let revision = entry.revision.as_deref().unwrap_or_default();
    match entry.kind.as_str() {
        "step" => {
            let number = entry.step.map(|step| step.to_string()).unwrap_or_default();
            let step = entry.step_name.clone().unwrap_or(number);
            format!("{}{revision} {step}", way.unwrap_or_default())
        }
        "revision" => format!("{}{revision}", way.unwrap_or_default()),
        "stamp" => match heads(entry).as_slice() {
            [] => "stamp base".to_owned(),
            heads => format!("stamp {}", heads.join(", ")),
        },
        "import" => {
            let tool = entry.detail.as_ref().and_then(|detail| detail.get("tool"));
            let tool = tool.and_then(|tool| tool.as_str()).unwrap_or_default();
            format!("import {tool} {}", heads(entry).join(", "))
                .trim_end()
                .to_owned()
        }
        kind => format!("{kind} {revision}").trim_end().to_owned(),
    }
}

/// The heads that a stamp or an import led to.
fn heads(entry: &LogEntry) -> Vec<&str> {
    let to = entry.detail.as_ref().and_then(|detail| detail.get("to"));
    to.and_then(|to| to.as_array())
        .map(|heads| heads.iter().filter_map(|head| head.as_str()).collect())
        .unwrap_or_default()
}

fn who(entry: &LogEntry) -> String {
    match (&entry.os_user, &entry.host) {
        (Some(user), Some(host)) => format!("{user}@{host}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => entry.database_user.clone(),
    }
}

fn details(entry: &LogEntry, all: bool) -> Vec<String> {
    let mut details = Vec::new();
    let message = entry.detail.as_ref().and_then(|detail| detail.get("message"));
    if let Some(message) = message.and_then(|message| message.as_str()) {
        details.extend(mask_passwords(message).lines().map(str::to_owned));
    }
    if all {
        if let Some(message) = entry
            .message
            .as_deref()
            .map(title)
            .filter(|title| !title.is_empty())
        {
            details.push(message.to_owned());
        }
        details.push(format!(
            "as {} by {} {}",
            entry.database_user, entry.application, entry.version
        ));
    }
    details
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use limbeck_project::RunDirection;

    use super::*;

    fn entry(kind: &str, revision: Option<&str>) -> LogEntry {
        LogEntry {
            id: 1,
            at: "2026-11-21T10:00:00.123456+00:00".to_owned(),
            kind: kind.to_owned(),
            revision: revision.map(str::to_owned),
            message: Some("Add meal plans\nand more".to_owned()),
            step: None,
            step_name: None,
            direction: None,
            database_user: "app".to_owned(),
            os_user: Some("ada".to_owned()),
            host: Some("build-7".to_owned()),
            application: "limbeck".to_owned(),
            version: "0.1.0".to_owned(),
            duration: None,
            outcome: "done".to_owned(),
            sqlstate: None,
            detail: None,
        }
    }

    #[test]
    fn entries_in_columns() {
        let entries = [
            LogEntry {
                outcome: "failed".to_owned(),
                sqlstate: Some("42P01".to_owned()),
                step: Some(2),
                direction: Some(RunDirection::Up),
                detail: Some(json!({ "message": "step `b` of revision `8f3c` failed: no\nsuch thing" })),
                os_user: None,
                ..entry("step", Some("8f3c2a91d0b4"))
            },
            LogEntry {
                step: Some(1),
                step_name: Some("plans".to_owned()),
                direction: Some(RunDirection::Down),
                duration: Some(0.034),
                ..entry("step", Some("8f3c2a91d0b4"))
            },
            LogEntry {
                detail: Some(json!({ "from": [], "to": ["8f3c2a91d0b4", "27c6a30d7c24"] })),
                host: None,
                os_user: None,
                ..entry("stamp", None)
            },
            entry("accept", Some("27c6a30d7c24")),
        ];
        let plain = |all| anstream::adapter::strip_str(&render(&entries, all)).to_string();
        assert_snapshot!(plain(false), @"
        2026-11-21 10:00:00  up 8f3c2a91d0b4 2                 build-7              failed 42P01
            step `b` of revision `8f3c` failed: no
            such thing
        2026-11-21 10:00:00  down 8f3c2a91d0b4 plans           ada@build-7  0.03 s  done
        2026-11-21 10:00:00  stamp 8f3c2a91d0b4, 27c6a30d7c24  app                  done
        2026-11-21 10:00:00  accept 27c6a30d7c24               ada@build-7          done
        ");
        assert!(plain(true).contains("    Add meal plans\n    as app by limbeck 0.1.0\n"));
    }

    #[test]
    fn an_import_tells_the_tool_and_the_heads() {
        let import = LogEntry {
            detail: Some(json!({ "tool": "sqlx", "to": ["8f3c2a91d0b4"], "revisions": ["8f3c2a91d0b4"] })),
            ..entry("import", None)
        };
        assert_eq!(what(&import), "import sqlx 8f3c2a91d0b4");
        assert_eq!(what(&entry("import", None)), "import");
    }

    #[test]
    fn passwords_are_masked_for_json_too() {
        let mut failed = LogEntry {
            detail: Some(json!({ "message": "no postgres://ada:secret@host/db" })),
            ..entry("step", None)
        };
        mask(&mut failed);
        let text = json!(failed).to_string();
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("ada"), "{text}");
    }
}
