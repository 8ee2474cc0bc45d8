//! A view as a struct.

use std::collections::BTreeMap;

use limbeck_catalog::ObjectId;
use limbeck_sql::QualifiedName;

use super::layout::Uses;
use super::literal::{doc_comment, text};
use super::scene::Scene;

/// The columns of views in order, each with its type as `format_type` prints it.
pub(crate) type ViewColumns = BTreeMap<QualifiedName, Vec<(String, String)>>;

/// The struct of a view. PostgreSQL does not know which of its columns are never NULL, so that each may be.
pub(super) fn item(scene: &Scene<'_>, id: &ObjectId, ident: &str, uses: &mut Uses<'_, '_>) -> String {
    let mut fields = String::new();
    for (column, data_type) in scene.view_columns(id) {
        let Some(field) = scene.field(id, column) else {
            continue;
        };
        let (rust, said_type) = uses.rust_type(data_type);
        let plain = field.strip_prefix("r#").unwrap_or(field);
        let mut said = Vec::new();
        if plain != column || !column.is_ascii() {
            said.push(format!("name = {}", text(column)));
        }
        said.extend(said_type.map(|said| format!("type = {}", text(&said))));
        if !said.is_empty() {
            fields.push_str(&format!("#[column({})]\n", said.join(", ")));
        }
        if scene.drivers.sqlx && plain != column {
            fields.push_str(&format!("#[sqlx(rename = {})]\n", text(column)));
        }
        fields.push_str(&format!("pub {field}: Option<{rust}>,\n"));
    }
    let comment = scene.object(id).and_then(|object| object.comment.as_deref());
    let mut written = comment.and_then(doc_comment).unwrap_or_default();
    written.push_str(&format!("#[derive(Debug, Clone, {}", uses.derive("View")));
    for derive in &scene.style.derives {
        written.push_str(&format!(", {derive}"));
    }
    let mut said = vec![format!("name = {}", text(id.name()))];
    let schema = id.schema().filter(|schema| *schema != "public");
    said.extend(schema.map(|schema| format!("schema = {}", text(schema))));
    written.push_str(&format!(
        ")]\n#[view({})]\npub struct {ident} {{\n{fields}}}\n",
        said.join(", ")
    ));
    written
}
