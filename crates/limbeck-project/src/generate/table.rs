//! A table as a struct.

use std::collections::BTreeMap;

use limbeck_catalog::{ObjectId, PartitionOf, ReplicaIdentity, Table};
use limbeck_model::attributes::RenameRule;

use super::layout::Uses;
use super::literal::{doc_comment, text};
use super::scene::Scene;
use super::{column, index, key};

/// What a struct and its fields are told, gathered from everywhere.
#[derive(Default)]
pub(super) struct Said {
    /// An attribute each: `unique(a, b)`.
    pub(super) table: Vec<String>,
    /// Arguments by column.
    pub(super) columns: BTreeMap<String, Vec<String>>,
}

impl Said {
    pub(super) fn of_column(&mut self, column: &str, argument: impl Into<String>) {
        self.columns
            .entry(column.to_owned())
            .or_default()
            .push(argument.into());
    }
}

/// The struct of a table.
pub(super) fn item(
    scene: &Scene<'_>,
    id: &ObjectId,
    definition: &Table,
    ident: &str,
    uses: &mut Uses<'_, '_>,
) -> String {
    let mut said = Said::default();
    if !definition.inherits.is_empty() {
        let parents: Vec<String> = definition
            .inherits
            .iter()
            .map(|parent| uses.model(parent))
            .collect();
        said.table.push(format!("inherits({})", parents.join(", ")));
    }
    settings(scene, id, definition, &mut said);
    key::constraints(scene, id, &mut said, uses);
    index::indexes(scene, id, &mut said);
    let columns = scene.columns(id);
    let rule = rename_rule(scene, id, &columns);
    let fields: Vec<column::Field> = columns
        .iter()
        .filter_map(|name| {
            let own = said.columns.remove(*name).unwrap_or_default();
            column::field(scene, id, name, rule.map(|(_, rule)| rule), own, uses)
        })
        .collect();
    let comment = scene.object(id).and_then(|object| object.comment.as_deref());
    let doc = comment.and_then(doc_comment);
    let has_docs = doc.is_some() || fields.iter().any(|field| field.doc.is_some());

    let mut first = vec![format!("name = {}", text(id.name()))];
    first.extend(
        id.schema()
            .filter(|schema| *schema != "public")
            .map(|schema| format!("schema = {}", text(schema))),
    );
    first.extend(rule.map(|(name, _)| format!("rename_all = \"{name}\"")));
    first.extend(has_docs.then(|| "comments".to_owned()));
    if let (Some(comment), None) = (comment, &doc) {
        first.push(format!("comment = {}", text(comment)));
    }
    let mut written = doc.unwrap_or_default();
    written.push_str(&format!("#[derive(Debug, Clone, {}", uses.derive("Table")));
    for derive in &scene.style.derives {
        written.push_str(&format!(", {derive}"));
    }
    written.push_str(&format!(")]\n#[table({})]\n", first.join(", ")));
    for attribute in &said.table {
        written.push_str(&format!("#[table({attribute})]\n"));
    }
    written.push_str(&format!("pub struct {ident} {{\n"));
    for field in fields {
        written.push_str(&field.text);
    }
    written.push_str("}\n");
    written
}

/// The rule by which all columns are named after their fields, where not all have the same names.
fn rename_rule(scene: &Scene<'_>, id: &ObjectId, columns: &[&str]) -> Option<(&'static str, RenameRule)> {
    let pairs: Vec<(&str, &str)> = columns
        .iter()
        .filter_map(|column| Some((*column, scene.field(id, column)?)))
        .map(|(column, field)| (column, field.strip_prefix("r#").unwrap_or(field)))
        .collect();
    if pairs.iter().filter(|(column, field)| column != field).count() < 2 {
        return None;
    }
    RenameRule::ALL.into_iter().find(|(_, rule)| {
        pairs
            .iter()
            .all(|(column, field)| rule.apply_to_field(field) == *column)
    })
}

fn settings(scene: &Scene<'_>, id: &ObjectId, definition: &Table, said: &mut Said) {
    let mut plain = Vec::new();
    if definition.unlogged {
        plain.push("unlogged".to_owned());
    }
    if definition.row_security && definition.force_row_security {
        plain.push("row_security = forced".to_owned());
    } else if definition.row_security {
        plain.push("row_security".to_owned());
    }
    match definition.replica_identity {
        ReplicaIdentity::Default => {}
        ReplicaIdentity::Full => plain.push("replica_identity = full".to_owned()),
        ReplicaIdentity::Nothing => plain.push("replica_identity = nothing".to_owned()),
        ReplicaIdentity::Index => plain.extend(
            key::replica_identity(scene, id)
                .or_else(|| index::replica_identity(scene, id))
                .map(|name| format!("replica_identity = {}", text(name))),
        ),
    }
    said.table.extend((!plain.is_empty()).then(|| plain.join(", ")));
    said.table.extend(storage(definition));
    if let Some(by) = partition_by(scene, id, definition) {
        said.table.push(by);
        let partitions = scene.partitions(id).iter();
        said.table
            .extend(partitions.map(|(partition, of)| self::partition(scene, id, partition, of)));
    }
}

/// Where a table or a partition lies, and how.
fn storage(definition: &Table) -> Vec<String> {
    let mut said = Vec::new();
    if !definition.options.is_empty() {
        said.push(format!("options({})", options(&definition.options)));
    }
    said.extend(
        definition
            .tablespace
            .as_deref()
            .map(|name| format!("tablespace = {}", text(name))),
    );
    said.extend(
        definition
            .access_method
            .as_deref()
            .map(|name| format!("using = {}", text(name))),
    );
    said
}

fn partition_by(scene: &Scene<'_>, table: &ObjectId, definition: &Table) -> Option<String> {
    let partition_key = definition.partition_key.as_ref()?;
    let keys = partition_key.keys.iter().map(|part| {
        if part.collation.is_some() || part.operator_class.is_some() {
            return None;
        }
        if part.is_expression {
            return Some(text(super::literal::bare(&part.key)));
        }
        scene.field(table, &part.key).map(str::to_owned)
    });
    let keys = keys.collect::<Option<Vec<String>>>()?;
    let strategy = partition_key.strategy.as_str().to_lowercase();
    Some(format!("partition_by = {strategy}({})", keys.join(", ")))
}

/// `partition(…)`, with the partitions of the partition. The fields are those of the whole table.
fn partition(scene: &Scene<'_>, table: &ObjectId, id: &ObjectId, of: &PartitionOf) -> String {
    let mut said = vec![format!("name = {}", text(id.name()))];
    said.push(match of.bound.strip_prefix("FOR VALUES ") {
        Some(values) => format!("values = {}", text(values)),
        None => "default".to_owned(),
    });
    if let Some(definition) = scene.table(id) {
        said.extend(storage(definition));
        if let Some(by) = partition_by(scene, table, definition) {
            said.push(by);
            let partitions = scene.partitions(id).iter();
            said.extend(partitions.map(|(inner, of)| partition(scene, table, inner, of)));
        }
    }
    format!("partition({})", said.join(", "))
}

/// Storage parameters as attributes take them.
pub(super) fn options(options: &BTreeMap<String, String>) -> String {
    let list = options.iter().map(|(option, value)| {
        let option = if option.contains('.') {
            text(option)
        } else {
            option.clone()
        };
        let number = value.strip_prefix('-').unwrap_or(value);
        let is_number = number.starts_with(|c: char| c.is_ascii_digit())
            && number.ends_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || c == '.')
            && number.matches('.').count() < 2
            && (number.len() < 2 || !number.starts_with('0') || number.starts_with("0."));
        let value = if is_number || matches!(value.as_str(), "true" | "false") {
            value.clone()
        } else {
            text(value)
        };
        format!("{option} = {value}")
    });
    list.collect::<Vec<_>>().join(", ")
}
