//! `plan`.

use limbeck_project::commands::{self, Direction, PlanOptions, PlanReport, PlannedRequirement, PlannedStep};

use super::revisions::title;
use crate::arguments::PlanArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::style;

pub(crate) async fn run(context: &Context, arguments: &PlanArguments) -> Result<Exit, CommandError> {
    let direction = if arguments.down {
        Direction::Down
    } else {
        Direction::Up
    };
    let options = PlanOptions {
        direction,
        target: arguments.target.clone().unwrap_or_else(|| "head".to_owned()),
        count: arguments.count,
        locks: arguments.locks,
    };
    let report = commands::plan(&context.project()?, &options, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else if report.revisions.is_empty() {
        output.say("There is nothing to run");
    } else {
        output.result(render(&report, arguments.locks))?;
    }
    Ok(Exit::Done)
}

/// The SQL that would run, with comments that tell what belongs where; `locks` is whether those were asked for.
fn render(report: &PlanReport, locks: bool) -> String {
    let direction = match report.direction {
        Direction::Up => "up",
        Direction::Down => "down",
    };
    let from = if report.current.is_empty() {
        "base".to_owned()
    } else {
        report.current.join(", ")
    };
    let mut text = format!("{style}-- from {from}{style:#}\n", style = style::DIM);
    for revision in &report.revisions {
        text.push_str(&format!(
            "\n{style}-- {direction} {} {}{style:#}\n{dim}-- {}{dim:#}\n",
            revision.id,
            title(&revision.message),
            revision.file_name,
            style = style::COMMAND,
            dim = style::DIM,
        ));
        if revision.steps.is_empty() {
            text.push_str(&format!("{style}-- without steps{style:#}\n", style = style::DIM));
        }
        for step in &revision.steps {
            text.push_str(&planned(step, report.direction, locks));
        }
    }
    text
}

/// A step's SQL, after what there is to know of it.
fn planned(step: &PlannedStep, direction: Direction, locks: bool) -> String {
    let mut text = format!("\n{style}-- step {}{style:#}", step.name, style = style::DIM);
    if !step.transaction {
        text.push_str(&format!(
            "{style}, outside a transaction{style:#}",
            style = style::DIM
        ));
    }
    if step.destructive {
        text.push_str(&format!("{style}, loses data{style:#}", style = style::DROP));
    }
    if direction == Direction::Up && !step.reversible {
        text.push_str(&format!(
            "{style}, cannot be taken back{style:#}",
            style = style::DROP
        ));
    }
    text.push('\n');
    let mut comments: Vec<String> = step.requires.iter().map(requirement).collect();
    if locks && step.locks.is_none() {
        comments.push("locks not known".to_owned());
    }
    for lock in step.locks.iter().flatten() {
        let what = if lock.blocks_reads {
            "reading and writing"
        } else {
            "writing"
        };
        let rewrites = if lock.rewrites {
            ", and writes its rows anew"
        } else {
            ""
        };
        comments.push(format!(
            "locks {} against {what}{rewrites} ({})",
            lock.table, lock.mode
        ));
    }
    if let Some(function) = &step.rust {
        comments.push(format!("the application's: {function}; a run stops before it"));
    }
    for comment in comments {
        let comment = comment.replace('\n', " ");
        text.push_str(&format!("{style}-- {comment}{style:#}\n", style = style::DIM));
    }
    text.push_str(step.sql.trim());
    text.push('\n');
    text
}

fn requirement(requirement: &PlannedRequirement) -> String {
    let counted = match (&requirement.count, &requirement.uncounted) {
        (Some(count), _) if count == "0" => "; there are none now".to_owned(),
        (Some(count), _) => format!("; now {count}: the step would not run"),
        (None, Some(reason)) => format!("; cannot be counted now: {reason}"),
        (None, None) => String::new(),
    };
    format!("requires no {}{counted}", requirement.message)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use limbeck_project::commands::{PlannedLock, PlannedRevision};

    use super::*;

    #[test]
    fn a_plan_is_sql() {
        let requirement = PlannedRequirement {
            message: "rows of plans where day is null".to_owned(),
            query: "SELECT count(*) FROM plans WHERE day IS NULL".to_owned(),
            count: None,
            uncounted: None,
        };
        let step = |name: &str, destructive, transaction, sql: &str| PlannedStep {
            name: name.to_owned(),
            destructive,
            transaction,
            reversible: true,
            rust: None,
            locks: None,
            requires: vec![requirement.clone(); usize::from(destructive)],
            sql: sql.to_owned(),
        };
        let report = PlanReport {
            direction: Direction::Down,
            current: vec!["8f3c2a91d0b4".to_owned()],
            revisions: vec![
                PlannedRevision {
                    id: "8f3c2a91d0b4".to_owned(),
                    message: "Add meal plans".to_owned(),
                    file_name: "20261121_100000_add_meal_plans.sql".to_owned(),
                    stored: None,
                    steps: vec![
                        step("by_day", false, false, "DROP INDEX CONCURRENTLY plans_day_idx;"),
                        step("plans", true, true, "\nDROP TABLE plans;\n"),
                    ],
                },
                PlannedRevision {
                    id: "27c6a30d7c24".to_owned(),
                    message: "Merge".to_owned(),
                    file_name: "20261120_100000_merge.sql".to_owned(),
                    stored: None,
                    steps: Vec::new(),
                },
            ],
        };
        assert_snapshot!(anstream::adapter::strip_str(&render(&report, false)).to_string(), @"
        -- from 8f3c2a91d0b4

        -- down 8f3c2a91d0b4 Add meal plans
        -- 20261121_100000_add_meal_plans.sql

        -- step by_day, outside a transaction
        DROP INDEX CONCURRENTLY plans_day_idx;

        -- step plans, loses data
        -- requires no rows of plans where day is null
        DROP TABLE plans;

        -- down 27c6a30d7c24 Merge
        -- 20261120_100000_merge.sql
        -- without steps
        ");
    }

    #[test]
    fn a_step_tells_what_there_is_to_know_of_it() {
        let counted = |count: Option<&str>, uncounted: Option<&str>| PlannedRequirement {
            message: "rows".to_owned(),
            query: "SELECT 1".to_owned(),
            count: count.map(str::to_owned),
            uncounted: uncounted.map(str::to_owned),
        };
        let lock = |table: &str, mode: &str, blocks_reads, rewrites| PlannedLock {
            table: table.to_owned(),
            mode: mode.to_owned(),
            blocks_reads,
            rewrites,
        };
        let step = PlannedStep {
            name: "fill".to_owned(),
            destructive: false,
            transaction: true,
            reversible: false,
            rust: Some("fill_slugs".to_owned()),
            requires: vec![
                counted(Some("0"), None),
                counted(Some("7"), None),
                counted(None, Some("relation \"a\" does not exist")),
            ],
            locks: Some(vec![
                lock("public.plans", "AccessExclusiveLock", true, true),
                lock("public.users", "ShareRowExclusiveLock", false, false),
            ]),
            sql: "SELECT 1;".to_owned(),
        };
        let plain = |direction| anstream::adapter::strip_str(&planned(&step, direction, true)).to_string();
        assert_snapshot!(plain(Direction::Up), @r#"
        -- step fill, cannot be taken back
        -- requires no rows; there are none now
        -- requires no rows; now 7: the step would not run
        -- requires no rows; cannot be counted now: relation "a" does not exist
        -- locks public.plans against reading and writing, and writes its rows anew (AccessExclusiveLock)
        -- locks public.users against writing (ShareRowExclusiveLock)
        -- the application's: fill_slugs; a run stops before it
        SELECT 1;
        "#);
        assert!(!plain(Direction::Down).contains("taken back"));
        // Where the step could not be tried, silence would read as no locks.
        let unknown = PlannedStep { locks: None, ..step };
        let told = |locks| planned(&unknown, Direction::Up, locks).contains("locks not known");
        assert!(told(true));
        assert!(!told(false));
    }
}
