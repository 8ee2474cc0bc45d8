//! Enums, composite types, domains and range types.

use limbeck_catalog::{
    CompositeType, Definition, Domain, DomainConstraint, Kind, Object, ObjectId, RangeType,
};
use limbeck_model::attributes::RenameRule;
use limbeck_sql::{QualifiedName, default_name};

use super::column::{collation, default};
use super::key::free;
use super::layout::Uses;
use super::literal::{bare, doc_comment, text};
use super::names::{self, Scope};
use super::scene::Scene;

/// The struct or enum of a type, or the enum of a check.
pub(super) fn item(scene: &Scene<'_>, id: &ObjectId, ident: &str, uses: &mut Uses<'_, '_>) -> String {
    let Some(object) = scene.object(id) else {
        return String::new();
    };
    match &object.definition {
        Definition::Enum(definition) => {
            let (doc, said) = head(id, object, false);
            let name = sqlx_name(id);
            enumeration(scene, (doc, said), &definition.labels, (ident, &name), uses)
        }
        Definition::Constraint(_) => scene.text_enum(id).map_or_else(String::new, |found| {
            let said = vec![format!("as = {}", text(&found.stored_as))];
            let name = found.stored_as.split('(').next().unwrap_or_default();
            enumeration(scene, (String::new(), said), &found.labels, (ident, name), uses)
        }),
        Definition::Composite(definition) => composite(scene, id, object, definition, ident, uses),
        Definition::Domain(definition) => domain(scene, id, object, definition, ident, uses),
        Definition::Range(definition) => range(scene, id, object, definition, ident, uses),
        _ => String::new(),
    }
}

/// The doc comment, and what stands first in the attribute.
fn head(id: &ObjectId, object: &Object, has_docs: bool) -> (String, Vec<String>) {
    let mut said = vec![format!("name = {}", text(id.name()))];
    let schema = id.schema().filter(|schema| *schema != "public");
    said.extend(schema.map(|schema| format!("schema = {}", text(schema))));
    let doc = object.comment.as_deref().and_then(doc_comment);
    if doc.is_some() || has_docs {
        said.push("comments".to_owned());
    }
    if let (Some(comment), None) = (&object.comment, &doc) {
        said.push(format!("comment = {}", text(comment)));
    }
    (doc.unwrap_or_default(), said)
}

/// The derives of what is no table: a row is none, and sqlx and serde take part as they can.
fn derives(scene: &Scene<'_>, own: &str) -> String {
    let mut derives = own.to_owned();
    if scene.drivers.sqlx {
        derives.push_str(", sqlx::Type");
    }
    for derive in &scene.style.derives {
        if derive.starts_with("serde::") {
            derives.push_str(&format!(", {derive}"));
        }
    }
    derives
}

/// The name that sqlx looks a type up by.
fn sqlx_name(id: &ObjectId) -> String {
    match id.path.as_slice() {
        [schema, name] if schema == "public" => name.clone(),
        _ => id.sql_name(),
    }
}

/// An enum: its head, its labels, its names in Rust and for sqlx.
fn enumeration(
    scene: &Scene<'_>,
    (doc, mut said): (String, Vec<String>),
    labels: &[String],
    (ident, sqlx_name): (&str, &str),
    uses: &mut Uses<'_, '_>,
) -> String {
    let mut scope = Scope::default();
    scope.take("Self", "");
    let variants: Vec<(String, &String)> = labels
        .iter()
        .map(|label| {
            let variant = scope.take(&names::type_name(label, "value"), "");
            (variant.replace('_', ""), label)
        })
        .collect();
    let rule = rule(&variants);
    said.extend(rule.map(|(name, _)| format!("rename_all = \"{name}\"")));
    let own = format!("Debug, Clone, Copy, PartialEq, Eq, {}", uses.derive("PgEnum"));
    let mut written = format!(
        "{doc}#[derive({})]\n#[pg_enum({})]\n",
        derives(scene, &own),
        said.join(", ")
    );
    // Words of letters alone are parted alike by everybody.
    let is_common = variants.iter().all(|(variant, _)| {
        let pairs = variant.chars().zip(variant.chars().skip(1));
        variant.chars().all(|c| c.is_ascii_alphabetic())
            && !pairs
                .into_iter()
                .any(|(one, next)| one.is_uppercase() && next.is_uppercase())
    });
    let of_sqlx = rule.filter(|(name, _)| is_common && *name != "SCREAMING-KEBAB-CASE");
    if scene.drivers.sqlx {
        let rule = of_sqlx.map_or_else(String::new, |(name, _)| format!(", rename_all = \"{name}\""));
        written.push_str(&format!("#[sqlx(type_name = {}{rule})]\n", text(sqlx_name)));
    }
    written.push_str(&format!("pub enum {ident} {{\n"));
    for (variant, label) in &variants {
        let by_itself = rule.map_or_else(|| variant.clone(), |(_, rule)| rule.apply(variant));
        if by_itself != **label {
            written.push_str(&format!("#[pg_enum(rename = {})]\n", text(label)));
        }
        if scene.drivers.sqlx && of_sqlx.is_none() && *variant != **label {
            written.push_str(&format!("#[sqlx(rename = {})]\n", text(label)));
        }
        written.push_str(&format!("{variant},\n"));
    }
    written.push_str("}\n");
    written
}

/// The rule that makes all labels of their variants, where one does.
fn rule(variants: &[(String, &String)]) -> Option<(&'static str, RenameRule)> {
    const ORDER: [&str; 8] = [
        "snake_case",
        "kebab-case",
        "SCREAMING_SNAKE_CASE",
        "camelCase",
        "lowercase",
        "UPPERCASE",
        "SCREAMING-KEBAB-CASE",
        "PascalCase",
    ];
    if variants.is_empty() || variants.iter().all(|(variant, label)| variant == *label) {
        return None;
    }
    let rules = ORDER
        .into_iter()
        .filter_map(|name| Some((name, RenameRule::from_name(name)?)));
    let mut rules = rules.filter(|(_, rule)| {
        variants
            .iter()
            .all(|(variant, label)| rule.apply(variant) == **label)
    });
    rules.next()
}

fn composite(
    scene: &Scene<'_>,
    id: &ObjectId,
    object: &Object,
    definition: &CompositeType,
    ident: &str,
    uses: &mut Uses<'_, '_>,
) -> String {
    let mut fields = String::new();
    let mut has_docs = false;
    let qualified = id.qualified_name().unwrap_or_else(|| QualifiedName::new("", ""));
    for name in &definition.attributes {
        let attribute = ObjectId::in_relation(Kind::Column, &qualified, name);
        let (Some(own), Some(field)) = (scene.object(&attribute), scene.field(id, name)) else {
            continue;
        };
        let Definition::Attribute(found) = &own.definition else {
            continue;
        };
        let (rust, data_type) = uses.rust_type(&found.data_type);
        let mut said = Vec::new();
        if field.strip_prefix("r#").unwrap_or(field) != name || !name.is_ascii() {
            said.push(format!("name = {}", text(name)));
        }
        said.extend(data_type.map(|data_type| format!("type = {}", text(&data_type))));
        said.extend(collation(found.collation.as_ref()));
        let doc = own.comment.as_deref().and_then(doc_comment);
        if let (Some(comment), None) = (&own.comment, &doc) {
            said.push(format!("comment = {}", text(comment)));
        }
        has_docs |= doc.is_some();
        fields.push_str(&doc.unwrap_or_default());
        if !said.is_empty() {
            fields.push_str(&format!("#[pg_type({})]\n", said.join(", ")));
        }
        // Attributes may always be NULL.
        fields.push_str(&format!("pub {field}: Option<{rust}>,\n"));
    }
    let (doc, said) = head(id, object, has_docs);
    let own = format!("Debug, Clone, {}", uses.derive("PgType"));
    let mut written = format!(
        "{doc}#[derive({})]\n#[pg_type({})]\n",
        derives(scene, &own),
        said.join(", ")
    );
    if scene.drivers.sqlx {
        written.push_str(&format!("#[sqlx(type_name = {})]\n", text(&sqlx_name(id))));
    }
    written.push_str(&format!("pub struct {ident} {{\n{fields}}}\n"));
    written
}

fn domain(
    scene: &Scene<'_>,
    id: &ObjectId,
    object: &Object,
    definition: &Domain,
    ident: &str,
    uses: &mut Uses<'_, '_>,
) -> String {
    let explicit = scene.form(id).explicit;
    let (rust, data_type) = uses.rust_type(&definition.data_type);
    let (doc, mut said) = head(id, object, false);
    if let Some(value) = &definition.default {
        let is_enum = super::column::is_enum(scene, &definition.data_type);
        said.push(default(value, &definition.data_type, explicit, is_enum));
    }
    said.extend(data_type.map(|data_type| format!("type = {}", text(&data_type))));
    said.extend(collation(definition.collation.as_ref()));
    said.extend(definition.not_null.then(|| "not_null".to_owned()));
    let own = format!("Debug, Clone, {}", uses.derive("PgType"));
    let mut written = format!(
        "{doc}#[derive({})]\n#[pg_type({})]\n",
        derives(scene, &own),
        said.join(", ")
    );
    let usual = default_name::check(id.name(), &[] as &[&str], &free);
    for (check, object) in &scene.catalog.objects {
        let Definition::DomainConstraint(DomainConstraint {
            expression,
            validated,
        }) = &object.definition
        else {
            continue;
        };
        if check.kind != Kind::Constraint || check.qualified_name() != id.qualified_name() || !validated {
            continue;
        }
        let expression = text(bare(expression));
        written.push_str(&if explicit || check.name() != usual {
            format!(
                "#[pg_type(check(name = {}, expr = {expression}))]\n",
                text(check.name())
            )
        } else {
            format!("#[pg_type(check = {expression})]\n")
        });
    }
    if scene.drivers.sqlx {
        written.push_str("#[sqlx(transparent)]\n");
    }
    written.push_str(&format!("pub struct {ident}(pub {rust});\n"));
    written
}

fn range(
    scene: &Scene<'_>,
    id: &ObjectId,
    object: &Object,
    definition: &RangeType,
    ident: &str,
    uses: &mut Uses<'_, '_>,
) -> String {
    let (rust, data_type) = uses.rust_type(&definition.subtype);
    let (doc, mut said) = head(id, object, false);
    let mut options = Vec::new();
    options.extend(
        definition
            .operator_class
            .as_ref()
            .map(|class| format!("opclass = {}", text(&class.to_string()))),
    );
    options.extend(
        definition
            .subtype_diff
            .as_ref()
            .map(|function| format!("subtype_diff = {}", text(&function.to_string()))),
    );
    options.extend(
        definition
            .canonical
            .as_ref()
            .map(|function| format!("canonical = {}", text(&function.to_string()))),
    );
    let usual = match id.name() {
        name if name.contains("range") => name.replacen("range", "multirange", 1),
        name => format!("{name}_multirange"),
    };
    if definition.multirange.name != usual {
        options.push(format!("multirange = {}", text(&definition.multirange.name)));
    }
    said.push(if options.is_empty() {
        "range".to_owned()
    } else {
        format!("range({})", options.join(", "))
    });
    // The subtype of a Rust range is that of its element; where that does not say it, SQL does.
    said.extend(data_type.map(|data_type| format!("type = {}", text(&data_type))));
    said.extend(collation(definition.collation.as_ref()));
    // Without sqlx: no driver has ranges of one's own, and `std`'s is known to everybody.
    let own = format!("Debug, Clone, {}", uses.derive("PgType"));
    let serde = scene
        .style
        .derives
        .iter()
        .filter(|derive| derive.starts_with("serde::"));
    let derives = serde.fold(own, |derives, derive| format!("{derives}, {derive}"));
    let written = format!("{doc}#[derive({derives})]\n#[pg_type({})]\n", said.join(", "));
    format!("{written}pub struct {ident}(pub std::ops::Range<{rust}>);\n")
}
