//! Views and materialised views: created, dropped, their options and whether they hold rows altered.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{ColumnSettings, Definition, Kind, ObjectId, ReplicaIdentity, View};
use limbeck_sql::quote_identifier;

use super::column_settings;
use super::table::SET_ACCESS_METHOD;
use crate::build::{Body, Builder, Part, Piece};
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::probe::{Answer, Questions, Side};
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// `CREATE VIEW`, or with another verb.
fn creation(verb: &str, id: &ObjectId, view: &View) -> String {
    let kind = id.kind.as_str().to_uppercase();
    let mut text = format!("{verb} {kind} {}", id.sql_name());
    if let Some(access_method) = &view.access_method {
        text.push_str(&format!(" USING {}", quote_identifier(access_method)));
    }
    render::push_storage(&mut text, &view.options);
    render::push_tablespace(&mut text, view.tablespace.as_ref());
    text.push_str(&format!(" AS\n{}", view.query.trim_end()));
    if !view.populated {
        text.push_str("\nWITH NO DATA");
    }
    text
}

/// Whether the query is the same, so that the rest is altered, and the access method one that can be reached.
pub(super) fn is_alterable(before: &View, after: &View, server_version_num: u32) -> bool {
    before.query == after.query
        && (before.access_method == after.access_method || server_version_num >= SET_ACCESS_METHOD)
}

/// Whether `CREATE OR REPLACE` takes the new query: the columns are the same, and others may follow them. `None` while
/// the question is open.
pub(crate) fn keeps_columns(questions: &mut Questions<'_>, id: &ObjectId) -> Option<bool> {
    if id.kind == Kind::MaterializedView {
        return Some(false);
    }
    let read = format!(
        "SELECT coalesce(string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod) || ' ' || \
         attcollation::regcollation, ', ' ORDER BY attnum), '') FROM pg_attribute \
         WHERE attrelid = {}::regclass AND attnum > 0 AND NOT attisdropped",
        render::regclass(&id.sql_name())
    );
    let topic = format!("columns of {id}");
    let current = questions.ask(&topic, Side::Current, Vec::new(), read.clone());
    let wanted = questions.ask(&topic, Side::Wanted, Vec::new(), read);
    let (Answer::Text(current), Answer::Text(wanted)) = (current?, wanted?) else {
        return Some(false);
    };
    let more = wanted.strip_prefix(current.as_str());
    Some(more.is_some_and(|more| more.is_empty() || current.is_empty() || more.starts_with(", ")))
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let kind = id.kind.as_str().to_uppercase();
    if fate.goes() {
        let place = Place {
            chapter: Chapter::Clearing,
            group: number,
            rank: Rank::Drop,
        };
        let statement = format!("DROP {kind} {}", id.sql_name());
        let node = builder.node(
            number,
            Verb::Drop,
            place,
            Body::Pieces(vec![Piece::Statement(statement)]),
        );
        builder.removes(number, node);
    }
    match (
        fate,
        sides.definition_before(number),
        sides.definition_after(number),
    ) {
        (Fate::Created | Fate::Replaced, _, Some(Definition::View(after))) => {
            let body = Body::Pieces(vec![Piece::Statement(creation("CREATE", id, after))]);
            let place = builder.place(number, Rank::Table);
            let node = builder.node(number, Verb::Create, place, body);
            builder.creates(number, node);
            let mut pieces: Vec<Piece> = column_settings(id, &BTreeMap::new(), &after.column_settings)
                .into_iter()
                .collect();
            pieces.extend(replica_identity(
                id,
                ReplicaIdentity::Default,
                after.replica_identity,
            ));
            settings_node(builder, number, pieces);
            defaults(builder, number, &BTreeMap::new(), &after.column_defaults);
        }
        (Fate::Altered, Some(Definition::View(before)), Some(Definition::View(after)))
            if before.query != after.query =>
        {
            // It sets the options too.
            let statement = creation("CREATE OR REPLACE", id, after);
            let place = builder.place(number, Rank::Table);
            let body = Body::Pieces(vec![Piece::Statement(statement)]);
            let node = builder.node(number, Verb::Alter, place, body);
            builder.arrives(number, node, Part::Whole);
            builder.releases(number, node, Part::Whole);
            builder.awaits(number, node);
            defaults(builder, number, &before.column_defaults, &after.column_defaults);
        }
        (Fate::Altered, Some(Definition::View(before)), Some(Definition::View(after))) => {
            defaults(builder, number, &before.column_defaults, &after.column_defaults);
            let mut pieces = Vec::new();
            let (set, reset) = render::option_changes(&before.options, &after.options);
            if !set.is_empty() {
                let set = set.join(", ");
                pieces.push(Piece::Statement(format!(
                    "ALTER {kind} {} SET ({set})",
                    id.sql_name()
                )));
            }
            if !reset.is_empty() {
                let reset = reset.join(", ");
                pieces.push(Piece::Statement(format!(
                    "ALTER {kind} {} RESET ({reset})",
                    id.sql_name()
                )));
            }
            if before.access_method != after.access_method {
                let how = render::set_access_method(after.access_method.as_deref());
                pieces.push(Piece::Statement(format!("ALTER {kind} {} {how}", id.sql_name())));
            }
            if before.tablespace != after.tablespace {
                let how = render::set_tablespace(after.tablespace.as_deref());
                pieces.push(Piece::Statement(format!("ALTER {kind} {} {how}", id.sql_name())));
            }
            pieces.extend(replica_identity(
                id,
                before.replica_identity,
                after.replica_identity,
            ));
            pieces.extend(column_settings(
                id,
                &before.column_settings,
                &after.column_settings,
            ));
            if before.populated != after.populated && id.kind == Kind::MaterializedView {
                let how = if after.populated { "" } else { " WITH NO DATA" };
                pieces.push(Piece::Statement(format!(
                    "REFRESH MATERIALIZED VIEW {}{how}",
                    id.sql_name()
                )));
            }
            settings_node(builder, number, pieces);
        }
        _ => {}
    }
}

/// What turns the settings of a materialised view's columns into others, as one statement.
fn column_settings(
    id: &ObjectId,
    before: &BTreeMap<String, ColumnSettings>,
    after: &BTreeMap<String, ColumnSettings>,
) -> Option<Piece> {
    let plain = ColumnSettings::default();
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut subcommands = Vec::new();
    for name in names {
        let (before, after) = (before.get(name), after.get(name));
        subcommands.extend(column_settings::alter(
            name,
            before.unwrap_or(&plain),
            after.unwrap_or(&plain),
        ));
    }
    let kind = id.kind.as_str().to_uppercase();
    let name = id.sql_name();
    Some(Piece::Statement(match subcommands.as_slice() {
        [] => return None,
        [only] => format!("ALTER {kind} {name} {only}"),
        several => format!("ALTER {kind} {name}\n    {}", several.join(",\n    ")),
    }))
}

/// What has the rows of a materialised view told apart in another way.
fn replica_identity(id: &ObjectId, before: ReplicaIdentity, after: ReplicaIdentity) -> Option<Piece> {
    let how = render::set_replica_identity(after).filter(|_| before != after)?;
    let statement = format!("ALTER MATERIALIZED VIEW {} {how}", id.sql_name());
    Some(Piece::Statement(statement))
}

fn settings_node(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    pieces: impl IntoIterator<Item = Piece>,
) {
    let pieces: Vec<Piece> = pieces.into_iter().collect();
    if pieces.is_empty() {
        return;
    }
    let place = builder.place(number, Rank::TableOptions);
    let node = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
    builder.arrives(number, node, Part::Bare);
    if let Some(creation) = builder.creation(number) {
        builder.edge(creation, node);
    }
}

/// The defaults of a view's columns, after the view is as it should be.
fn defaults(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) {
    let id = builder.sides.ids[number];
    let alter = |column: &str, what: String| {
        Piece::Statement(format!(
            "ALTER VIEW {} ALTER COLUMN {} {what}",
            id.sql_name(),
            quote_identifier(column)
        ))
    };
    let dropped = before
        .keys()
        .filter(|&column| !after.contains_key(column))
        .map(|column| alter(column, "DROP DEFAULT".to_owned()));
    let set = after
        .iter()
        .filter(|&(column, default)| before.get(column) != Some(default))
        .map(|(column, default)| alter(column, format!("SET DEFAULT {default}")));
    let pieces: Vec<Piece> = dropped.chain(set).collect();
    if pieces.is_empty() {
        return;
    }
    let place = builder.place(number, Rank::TableOptions);
    let node = builder.node(number, Verb::Alter, place, Body::Pieces(pieces));
    builder.arrives(number, node, Part::Whole);
    if !builder.fates.of(number).comes() {
        builder.releases(number, node, Part::Whole);
    }
    if let Some(last) = builder.last_awaited(number) {
        builder.edge(last, node);
    }
}
