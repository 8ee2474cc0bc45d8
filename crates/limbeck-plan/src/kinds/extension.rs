//! Extensions: created, moved to another schema, dropped; and what goes with them.

use std::collections::BTreeSet;

use limbeck_catalog::{Definition, Extension, Kind, Object, ObjectId};
use limbeck_sql::{quote_identifier, quote_literal};

use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::probe::{Answer, Questions, Side};
use crate::sides::ObjectNumber;
use crate::{Loss, Verb, render};

/// `CREATE EXTENSION`.
pub(crate) fn creation(id: &ObjectId, extension: &Extension) -> String {
    let version = if extension.pinned {
        format!(" VERSION {}", quote_literal(&extension.version))
    } else {
        String::new()
    };
    format!(
        "CREATE EXTENSION {} WITH SCHEMA {}{version}",
        id.sql_name(),
        quote_identifier(&extension.schema)
    )
}

/// Whether the server can take an extension from one version to the other; `None` while the question is open.
pub(crate) fn has_update_path(
    questions: &mut Questions<'_>,
    id: &ObjectId,
    before: &Extension,
    after: &Extension,
) -> Option<bool> {
    if before.version == after.version {
        return Some(true);
    }
    let read = format!(
        "SELECT (count(path) > 0)::text FROM pg_extension_update_paths({}) WHERE source = {} AND target = {}",
        quote_literal(id.name()),
        quote_literal(&before.version),
        quote_literal(&after.version)
    );
    let answer = questions.ask(&format!("update {id}"), Side::Wanted, Vec::new(), read)?;
    Some(matches!(answer, Answer::Text(has_path) if has_path == "true"))
}

/// What becomes of the ties by which an object goes with extensions, once all that makes and drops either is known.
pub(crate) fn tie(builder: &mut Builder<'_, '_>, number: ObjectNumber) {
    let sides = builder.sides;
    let ties =
        |object: Option<&Object>| object.map_or_else(BTreeSet::new, |object| object.extensions.clone());
    let before = ties(sides.before[number].as_deref());
    let after = ties(sides.after[number]);
    if before.is_empty() && after.is_empty() {
        return;
    }
    let extension = |name: &String| sides.number(&ObjectId::global(Kind::Extension, name));
    // It must not be gone with the extension already.
    if let Some(removal) = builder.removal(number) {
        let goes: Vec<usize> = before
            .iter()
            .filter_map(|name| builder.removal(extension(name)?))
            .collect();
        for then in goes {
            builder.edge(removal, then);
        }
    }
    let Some(object) = sides.after[number] else {
        return;
    };
    let is_lost = builder.fates.of(number).comes() || loses_ties(builder, number);
    let kept = if is_lost { BTreeSet::new() } else { before.clone() };
    let is_untied = |name: &&String| !after.contains(*name) && !builder.fates.of(number).comes();
    let untied: Vec<&String> = before.iter().filter(is_untied).collect();
    let target = match sides.ids[number].kind {
        // Only the word for all routines takes them all.
        Kind::Aggregate => format!("ROUTINE {}", sides.ids[number].sql_name()),
        _ => render::target(sides.ids[number], Some(&object.definition)),
    };
    let tied = after.difference(&kept).map(|name| (name, ""));
    let ties: Vec<(&String, &str)> = untied.into_iter().map(|name| (name, "NO ")).chain(tied).collect();
    let done: Vec<usize> = builder
        .nodes_of(number)
        .filter(|&node| builder.nodes[node].verb != Verb::Drop)
        .collect();
    for (name, no) in ties {
        let statement = format!(
            "ALTER {target} {no}DEPENDS ON EXTENSION {}",
            quote_identifier(name)
        );
        let place = builder.place(number, Rank::Owner);
        let body = Body::Pieces(vec![Piece::Statement(statement)]);
        let node = builder.node(number, Verb::Alter, place, body);
        builder.arrives(number, node, Part::Bare);
        for &first in &done {
            builder.edge(first, node);
        }
        if let Some(extension) = extension(name) {
            if let Some(creation) = builder.creation(extension) {
                builder.edge(creation, node);
            }
            if let Some(removal) = builder.removal(extension) {
                builder.edge(node, removal);
            }
        }
    }
}

/// Whether an object that stays is put into its own place, or built anew by PostgreSQL, which forgets the ties then.
fn loses_ties(builder: &Builder<'_, '_>, number: ObjectNumber) -> bool {
    let sides = builder.sides;
    let is_replaceable = matches!(
        sides.definition_after(number),
        Some(Definition::Routine(_) | Definition::Aggregate(_) | Definition::Trigger(_))
    );
    is_replaceable && sides.definition_before(number) != sides.definition_after(number)
        || builder.fates.forgotten_statistics.contains(&number)
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    match (
        fate,
        sides.definition_before(number),
        sides.definition_after(number),
    ) {
        (Fate::Created, _, Some(Definition::Extension(extension))) => {
            let body = Body::Pieces(vec![Piece::Statement(creation(id, extension))]);
            let place = builder.place(number, Rank::Table);
            let node = builder.node(number, Verb::Create, place, body);
            builder.creates(number, node);
        }
        (Fate::Dropped, ..) => {
            let statement = format!("DROP EXTENSION {}", id.sql_name());
            let place = Place {
                chapter: Chapter::ExtensionDrops,
                group: number,
                rank: Rank::Drop,
            };
            let node = builder.node(
                number,
                Verb::Drop,
                place,
                Body::Pieces(vec![Piece::Statement(statement)]),
            );
            builder.nodes[node].loses = Some(Loss::Extension {
                extension: id.clone(),
            });
            builder.removes(number, node);
        }
        (Fate::Altered, Some(Definition::Extension(before)), Some(Definition::Extension(after)))
            if before != after =>
        {
            let mut statements = Vec::new();
            if before.schema != after.schema {
                statements.push(format!("SET SCHEMA {}", quote_identifier(&after.schema)));
            }
            if before.version != after.version {
                statements.push(format!("UPDATE TO {}", quote_literal(&after.version)));
            }
            if builder.fates.stuck_extensions.contains(&number) {
                builder.unsupported.push(format!(
                    "extension {} cannot be taken from version {} to {}: the server has no update path",
                    id.sql_name(),
                    before.version,
                    after.version
                ));
            }
            let pieces = statements
                .into_iter()
                .map(|statement| Piece::Statement(format!("ALTER EXTENSION {} {statement}", id.sql_name())))
                .collect();
            let place = builder.place(number, Rank::Table);
            let node = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
            if before.version != after.version {
                builder.nodes[node].note = Some("the way back leaves the version as it is".to_owned());
            }
            builder.arrives(number, node, Part::Whole);
            builder.awaits(number, node);
            builder.releases(number, node, Part::Whole);
        }
        _ => {}
    }
}
