//! `plan`.

use limbeck_project::commands::{self, Direction, PlanReport};

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
    let target = arguments.target.as_deref().unwrap_or("head");
    let report = commands::plan(&context.project()?, direction, target, &context.events()).await?;
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&report)?;
    } else if report.revisions.is_empty() {
        output.say("There is nothing to run");
    } else {
        output.result(render(&report))?;
    }
    Ok(Exit::Done)
}

/// The SQL that would run, with comments that tell what belongs where.
fn render(report: &PlanReport) -> String {
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
            text.push_str(&format!(
                "\n{style}-- step {}{style:#}",
                step.name,
                style = style::DIM
            ));
            if !step.transaction {
                text.push_str(&format!(
                    "{style}, outside a transaction{style:#}",
                    style = style::DIM
                ));
            }
            if step.destructive {
                text.push_str(&format!("{style}, loses data{style:#}", style = style::DROP));
            }
            text.push('\n');
            for requirement in &step.requires {
                text.push_str(&format!(
                    "{style}-- requires no {}{style:#}\n",
                    requirement.message,
                    style = style::DIM
                ));
            }
            text.push_str(step.sql.trim());
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use limbeck_project::Requirement;
    use limbeck_project::commands::{PlannedRevision, PlannedStep};

    use super::*;

    #[test]
    fn a_plan_is_sql() {
        let requirement = Requirement {
            message: "rows of plans where day is null".to_owned(),
            query: "SELECT count(*) FROM plans WHERE day IS NULL".to_owned(),
        };
        let step = |name: &str, destructive, transaction, sql: &str| PlannedStep {
            name: name.to_owned(),
            destructive,
            transaction,
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
                    steps: vec![
                        step("by_day", false, false, "DROP INDEX CONCURRENTLY plans_day_idx;"),
                        step("plans", true, true, "\nDROP TABLE plans;\n"),
                    ],
                },
                PlannedRevision {
                    id: "27c6a30d7c24".to_owned(),
                    message: "Merge".to_owned(),
                    file_name: "20261120_100000_merge.sql".to_owned(),
                    steps: Vec::new(),
                },
            ],
        };
        assert_snapshot!(anstream::adapter::strip_str(&render(&report)).to_string(), @"
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
}
