//! Revisions, as `history`, `heads` and `current` list them.

use limbeck_project::commands::RevisionSummary;

use crate::context::Context;
use crate::error::CommandError;
use crate::output::graph::{self, Node};
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
        output.result(graph::draw(&nodes, output.glyphs()))?;
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

/// A line as Alembic writes it: `PARENT -> REVISION (head), message`.
fn line(revision: &RevisionSummary) -> String {
    let parents = if revision.revises.is_empty() {
        "<base>".to_owned()
    } else {
        revision.revises.join(", ")
    };
    let labels = labels(revision);
    let title = match title(&revision.message) {
        "" => String::new(),
        title => format!(", {title}"),
    };
    format!(
        "{parents} -> {style}{}{style:#}{labels}{title}\n",
        revision.id,
        style = style::REVISION
    )
}

fn node(revision: &RevisionSummary, with_details: bool) -> Node {
    let labels = labels(revision);
    let first = format!(
        "{style}{}{style:#}{labels} {}",
        revision.id,
        title(&revision.message),
        style = style::REVISION
    );
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
        lines,
    }
}

fn labels(revision: &RevisionSummary) -> String {
    let mut labels: Vec<&str> = revision.branch_labels.iter().map(String::as_str).collect();
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

fn details(revision: &RevisionSummary) -> Vec<String> {
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
