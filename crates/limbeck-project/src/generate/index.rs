//! Indexes as attributes.

use limbeck_catalog::{Index, IndexKey, IndexSettings, ObjectId};
use limbeck_sql::{QualifiedName, quote_identifier};

use super::key::fields;
use super::literal::{bare, text};
use super::scene::Scene;
use super::table::Said;
use super::usual;

/// Says the indexes of a table that no constraint has.
pub(super) fn indexes(scene: &Scene<'_>, table: &ObjectId, said: &mut Said) {
    let explicit = scene.form(table).explicit;
    for (id, _, index) in scene.indexes(table) {
        if !index.valid || index.only || index.partition_of.is_some() {
            continue;
        }
        let usual = usual::index(scene, table, index);
        let name = (explicit || id.name() != usual).then(|| format!("name = {}", text(id.name())));
        let Some(options) = options(scene, table, index, name, explicit) else {
            continue;
        };
        let Some(keys) = index
            .keys
            .iter()
            .map(|key| key_said(scene, table, key, explicit))
            .collect::<Option<Vec<KeySaid>>>()
        else {
            continue;
        };
        match (index.keys.as_slice(), keys.as_slice()) {
            ([key], [KeySaid { words, .. }]) if !key.is_expression => {
                let arguments: Vec<&String> = words.iter().chain(&options).collect();
                let attribute = if arguments.is_empty() {
                    "index".to_owned()
                } else {
                    let arguments: Vec<&str> = arguments.iter().map(|argument| argument.as_str()).collect();
                    format!("index({})", arguments.join(", "))
                };
                said.of_column(&key.key, attribute);
            }
            (_, keys) => {
                let keys = keys.iter().map(|KeySaid { of, words }| {
                    let words = words.iter().map(String::as_str);
                    std::iter::once(of.as_str())
                        .chain(words)
                        .collect::<Vec<_>>()
                        .join(" ")
                });
                let arguments: Vec<String> = keys.chain(options).collect();
                said.table.push(format!("index({})", arguments.join(", ")));
            }
        }
    }
}

/// The index that tells rows apart in logical replication.
pub(super) fn replica_identity<'a>(scene: &Scene<'a>, table: &ObjectId) -> Option<&'a str> {
    let indexes = scene.indexes(table).iter();
    indexes
        .filter(|(_, _, index)| index.settings.replica_identity)
        .map(|(id, ..)| id.name())
        .next()
}

fn options(
    scene: &Scene<'_>,
    table: &ObjectId,
    index: &Index,
    name: Option<String>,
    explicit: bool,
) -> Option<Vec<String>> {
    let include = fields(scene, table, &index.include)?;
    let mut options: Vec<String> = Vec::new();
    options.extend(index.unique.then(|| "unique".to_owned()));
    options.extend(index.nulls_not_distinct.then(|| "nulls_not_distinct".to_owned()));
    if index.method != "btree" {
        let is_word = !explicit && index.method.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        options.push(format!(
            "using = {}",
            if is_word {
                index.method.clone()
            } else {
                text(&index.method)
            }
        ));
    }
    options.extend((!include.is_empty()).then(|| format!("include({})", include.join(", "))));
    options.extend(
        index
            .predicate
            .as_deref()
            .map(|predicate| format!("where = {}", text(bare(predicate)))),
    );
    options.extend(storage(&index.settings));
    options.extend(name);
    Some(options)
}

/// How an index is stored.
pub(super) fn storage(settings: &IndexSettings) -> Vec<String> {
    let mut said = Vec::new();
    if !settings.options.is_empty() {
        said.push(format!("with({})", super::table::options(&settings.options)));
    }
    said.extend(
        settings
            .tablespace
            .as_deref()
            .map(|name| format!("tablespace = {}", text(name))),
    );
    said
}

/// A key, and the words behind it: on a field, where there is but one key, each is an argument.
struct KeySaid {
    of: String,
    words: Vec<String>,
}

fn key_said(scene: &Scene<'_>, table: &ObjectId, key: &IndexKey, explicit: bool) -> Option<KeySaid> {
    let of = if key.is_expression {
        text(bare(&key.key))
    } else {
        fields(scene, table, std::slice::from_ref(&key.key))?.pop()?
    };
    let mut words = Vec::new();
    if let Some(collation) = &key.collation {
        // An attribute names a collation without its schema.
        if !matches!(collation.schema.as_str(), "pg_catalog" | "public") {
            return None;
        }
        words.push(format!("collation({})", text(&collation.name)));
    }
    if let Some(class) = &key.operator_class {
        let mut sql = class_name(class, explicit);
        if !key.operator_class_options.is_empty() {
            sql.push_str(&format!("({})", key.operator_class_options.join(", ")));
        }
        words.push(format!("opclass({})", text(&sql)));
    } else if !key.operator_class_options.is_empty() {
        return None;
    }
    match (key.order.descending, key.order.nulls_first) {
        (false, false) => {}
        (false, true) => words.push("nulls first".to_owned()),
        (true, true) => words.push("desc".to_owned()),
        (true, false) => words.extend(["desc".to_owned(), "nulls last".to_owned()]),
    }
    Some(KeySaid { of, words })
}

fn class_name(class: &QualifiedName, explicit: bool) -> String {
    match class.schema.as_str() {
        "pg_catalog" => quote_identifier(&class.name).into_owned(),
        "public" if !explicit => quote_identifier(&class.name).into_owned(),
        _ => class.to_string(),
    }
}
