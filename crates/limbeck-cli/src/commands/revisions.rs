//! Revisions, as `history`, `heads` and `current` list them.

use limbeck_project::commands::{BranchPoint, RevisionSummary};

use crate::context::Context;
use crate::error::CommandError;
use crate::output::graph::{self, Mark, Node};
use crate::output::style;

/// ` (head)`.
pub(crate) fn head_label() -> String {
    format!(" {style}(head){style:#}", style = style::LABEL)
}

/// The first line of a message.
pub(crate) fn title(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// Shows revisions, newest first.
pub(crate) fn show(
    context: &Context,
    revisions: &[RevisionSummary],
    graph: bool,
) -> Result<(), CommandError> {
    let output = &context.output;
    if graph {
        let nodes: Vec<Node> = revisions
            .iter()
            .map(|revision| node(revision, output.is_verbose()))
            .collect();
        output.result(graph::draw(nodes, output.glyphs()))?;
    } else {
        // All at once: a write for each of a thousand lines costs more than making them.
        let mut text = String::new();
        for revision in revisions {
            text.push_str(&line(revision));
            if output.is_verbose() {
                for detail in details(revision) {
                    text.extend(["    ", &detail, "\n"]);
                }
            }
        }
        output.result(text)?;
    }
    Ok(())
}

/// Shows where branches part, and which begin there.
pub(crate) fn show_branch_point(context: &Context, point: &BranchPoint) -> Result<(), CommandError> {
    let output = &context.output;
    output.result(branch_point(point, output.is_verbose()))?;
    Ok(())
}

/// As Alembic writes it: the branch point, and below it an arrow to each revision that revises it.
fn branch_point(point: &BranchPoint, with_details: bool) -> String {
    let mut text = format!("{}\n", named(&point.revision, ", "));
    let indent = " ".repeat(point.revision.id.chars().count());
    let further = |indent: &str, revision: &RevisionSummary| -> String {
        let details = details(revision).into_iter().filter(|_| with_details);
        details.map(|detail| format!("{indent}    {detail}\n")).collect()
    };
    text.push_str(&further("", &point.revision));
    for child in &point.children {
        text.push_str(&format!("{indent} -> {}\n", named(child, ", ")));
        text.push_str(&further(&indent, child));
    }
    text
}

/// `REVISION (head), message`.
fn named(revision: &RevisionSummary, separator: &str) -> String {
    let title = match title(&revision.message) {
        "" => String::new(),
        title => format!("{separator}{title}"),
    };
    format!(
        "{style}{}{style:#}{}{title}",
        revision.id,
        labels(revision),
        style = style::REVISION
    )
}

/// A line as Alembic writes it: `PARENT -> REVISION (head), message`.
pub(crate) fn line(revision: &RevisionSummary) -> String {
    let parents = if revision.revises.is_empty() {
        "<base>".to_owned()
    } else {
        revision.revises.join(", ")
    };
    format!("{parents} -> {}\n", named(revision, ", "))
}

fn node(revision: &RevisionSummary, with_details: bool) -> Node {
    let mut first = named(revision, " ");
    if !revision.depends_on.is_empty() && !with_details {
        // No line leads to what it depends on.
        let needs = revision.depends_on.join(", ");
        first.push_str(&format!(
            " {style}(depends on {needs}){style:#}",
            style = style::DIM
        ));
    }
    let mut lines = vec![first];
    if with_details {
        lines.extend(
            details(revision)
                .into_iter()
                .map(|line| format!("{style}{line}{style:#}", style = style::DIM)),
        );
    }
    Node {
        id: revision.id.clone(),
        parents: revision.revises.clone(),
        needs: revision.depends_on.clone(),
        created: revision.created.clone(),
        mark: match (revision.is_current, revision.is_applied) {
            (Some(true), _) => Mark::Current,
            (_, Some(true)) => Mark::Applied,
            (_, Some(false)) => Mark::Pending,
            (_, None) => Mark::Plain,
        },
        lines,
    }
}

fn labels(revision: &RevisionSummary) -> String {
    let mut labels: Vec<&str> = revision.branch_labels.iter().map(String::as_str).collect();
    if revision.is_current == Some(true) {
        labels.push("current");
    }
    if revision.is_head {
        labels.push("head");
    }
    if revision.is_branch_point {
        labels.push("branch point");
    }
    if revision.revises.len() > 1 {
        labels.push("merge point");
    }
    labels
        .iter()
        .map(|label| format!(" {style}({label}){style:#}", style = style::LABEL))
        .collect()
}

pub(crate) fn details(revision: &RevisionSummary) -> Vec<String> {
    let mut details = vec![format!("file: {}", revision.path.display())];
    if !revision.created.is_empty() {
        details.push(format!("created: {}", revision.created));
    }
    if !revision.depends_on.is_empty() {
        details.push(format!("depends on: {}", revision.depends_on.join(", ")));
    }
    details
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn revision(id: &str, revises: &[&str], message: &str) -> RevisionSummary {
        RevisionSummary {
            id: id.to_owned(),
            revises: revises.iter().map(ToString::to_string).collect(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            message: message.to_owned(),
            created: "2026-11-21T10:00:00Z".to_owned(),
            path: format!("database/migrations/versions/{id}.sql").into(),
            is_head: false,
            is_branch_point: false,
            is_applied: None,
            is_current: None,
        }
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn lines() {
        let base = revision("27c6a30d7c24", &[], "");
        let branch = RevisionSummary {
            is_branch_point: true,
            ..revision("8f3c2a91d0b4", &["27c6a30d7c24"], "Add plans\nand more")
        };
        let merge = RevisionSummary {
            is_head: true,
            branch_labels: vec!["billing".to_owned()],
            ..revision("0b4d8f3c2a91", &["8f3c2a91d0b4", "1d0b48f3c2a9"], "Merge")
        };
        let text: String = [merge, branch, base].iter().map(line).collect();
        assert_snapshot!(plain(&text), @"
        8f3c2a91d0b4, 1d0b48f3c2a9 -> 0b4d8f3c2a91 (billing) (head) (merge point), Merge
        27c6a30d7c24 -> 8f3c2a91d0b4 (branch point), Add plans
        <base> -> 27c6a30d7c24
        ");
    }

    #[test]
    fn where_branches_part() {
        let point = BranchPoint {
            revision: RevisionSummary {
                is_branch_point: true,
                ..revision("27c6", &[], "First")
            },
            children: vec![
                revision("8f3c", &["27c6"], ""),
                RevisionSummary {
                    is_head: true,
                    is_current: Some(true),
                    ..revision("1d0b", &["27c6"], "Add plans")
                },
            ],
        };
        assert_snapshot!(plain(&branch_point(&point, false)), @"
        27c6 (branch point), First
             -> 8f3c
             -> 1d0b (current) (head), Add plans
        ");
        assert_snapshot!(plain(&branch_point(&point, true)), @"
        27c6 (branch point), First
            file: database/migrations/versions/27c6.sql
            created: 2026-11-21T10:00:00Z
             -> 8f3c
                file: database/migrations/versions/8f3c.sql
                created: 2026-11-21T10:00:00Z
             -> 1d0b (current) (head), Add plans
                file: database/migrations/versions/1d0b.sql
                created: 2026-11-21T10:00:00Z
        ");
    }

    #[test]
    fn a_node_with_details() {
        let revision = RevisionSummary {
            depends_on: vec!["1d0b48f3c2a9".to_owned()],
            ..revision("8f3c2a91d0b4", &["27c6a30d7c24"], "Add plans")
        };
        assert_snapshot!(plain(&node(&revision, true).lines.join("\n")), @"
        8f3c2a91d0b4 Add plans
        file: database/migrations/versions/8f3c2a91d0b4.sql
        created: 2026-11-21T10:00:00Z
        depends on: 1d0b48f3c2a9
        ");
    }
}
