//! A column as a field.

use limbeck_catalog::{Column, Definition, GeneratedKind, IdentityKind, Kind, ObjectId, SequenceOptions};
use limbeck_model::attributes::RenameRule;
use limbeck_sql::QualifiedName;

use super::layout::Uses;
use super::literal::{bare, doc_comment, text};
use super::rust_type::SqlType;
use super::scene::Scene;

/// A field, written.
pub(super) struct Field {
    pub(super) doc: Option<String>,
    pub(super) text: String,
}

/// The field of a column; `own` is what constraints and indexes say at it.
pub(super) fn field(
    scene: &Scene<'_>,
    table: &ObjectId,
    name: &str,
    rule: Option<RenameRule>,
    own: Vec<String>,
    uses: &mut Uses<'_, '_>,
) -> Option<Field> {
    let id = ObjectId::in_relation(Kind::Column, &table.qualified_name()?, name);
    let object = scene.object(&id)?;
    let Definition::Column(column) = &object.definition else {
        return None;
    };
    let field = scene.field(table, name)?;
    let serial = scene.serial(table, name);
    let (rust, mut data_type) = match scene.text_enum_of(&id) {
        Some((check, true)) => (format!("Vec<{}>", uses.model(check)), None),
        Some((check, false)) => (uses.model(check), None),
        None => uses.rust_type(&column.data_type),
    };
    if let Some((_, word)) = &serial {
        data_type = Some((*word).to_owned());
    } else if scene.form(table).explicit && data_type.is_some() {
        data_type = Some(column.data_type.clone());
    }
    let mut said: Vec<String> = Vec::new();
    let (keys, own): (Vec<String>, Vec<String>) =
        own.into_iter().partition(|argument| argument == "primary_key");
    said.extend(keys);
    let plain = field.strip_prefix("r#").unwrap_or(field);
    let by_itself = rule.map_or_else(|| plain.to_owned(), |rule| rule.apply_to_field(plain));
    // What compilers normalise is not left to them.
    if by_itself != name || !name.is_ascii() {
        said.push(format!("name = {}", text(name)));
    }
    said.extend(
        data_type
            .as_deref()
            .map(|data_type| format!("type = {}", text(data_type))),
    );
    said.extend(collation(column.collation.as_ref()));
    said.extend(identity(column));
    if let Some(generated) = &column.generated {
        let expression = text(bare(&generated.expression));
        said.push(match generated.kind {
            GeneratedKind::Stored => format!("generated = {expression}"),
            GeneratedKind::Virtual => format!("generated(expr = {expression}, virtual)"),
        });
    }
    if let Some(value) = &column.default
        && !scene.counts_by_own_sequence(&id)
    {
        let explicit = scene.form(table).explicit;
        said.push(default(
            value,
            &column.data_type,
            explicit,
            is_enum(scene, &column.data_type),
        ));
    }
    said.extend(own);
    let settings = &column.settings;
    if let Some(storage) = settings
        .storage
        .filter(|storage| storage.strategy != storage.of_type)
    {
        said.push(format!("storage = {}", storage.strategy.as_str().to_lowercase()));
    }
    said.extend(
        settings
            .compression
            .map(|method| format!("compression = {}", method.as_str())),
    );
    said.extend(
        settings
            .statistics_target
            .map(|target| format!("statistics = {target}")),
    );
    let comment = object.comment.as_deref();
    let doc = comment.and_then(doc_comment);
    if let (Some(comment), None) = (comment, &doc) {
        said.push(format!("comment = {}", text(comment)));
    }
    let mut written = doc.clone().unwrap_or_default();
    if !said.is_empty() {
        written.push_str(&format!("#[column({})]\n", said.join(", ")));
    }
    if scene.drivers.sqlx && plain != name {
        written.push_str(&format!("#[sqlx(rename = {})]\n", text(name)));
    }
    let rust = if column.not_null {
        rust
    } else {
        format!("Option<{rust}>")
    };
    written.push_str(&format!("pub {field}: {rust},\n"));
    Some(Field { doc, text: written })
}

/// Whether a type is an enum that is a model.
pub(super) fn is_enum(scene: &Scene<'_>, data_type: &str) -> bool {
    format!("type {data_type}").parse::<ObjectId>().is_ok_and(|id| {
        scene.items.contains_key(&id) && matches!(scene.catalog.definition(&id), Some(Definition::Enum(_)))
    })
}

/// `collation = …`, which names one without its schema; of others nothing is said.
pub(super) fn collation(collation: Option<&QualifiedName>) -> Option<String> {
    collation
        .filter(|collation| matches!(collation.schema.as_str(), "pg_catalog" | "public"))
        .map(|collation| format!("collation = {}", text(&collation.name)))
}

fn identity(column: &Column) -> Option<String> {
    let identity = column.identity.as_ref()?;
    let options = options_said(&identity.options, &column.data_type);
    Some(match (identity.kind, options.is_empty()) {
        (IdentityKind::ByDefault, true) => "identity".to_owned(),
        (IdentityKind::Always, true) => "identity = always".to_owned(),
        (IdentityKind::ByDefault, false) => format!("identity({})", options.join(", ")),
        (IdentityKind::Always, false) => format!("identity(always, {})", options.join(", ")),
    })
}

/// What differs in a sequence from what PostgreSQL chooses for a column of that type.
pub(super) fn options_said(options: &SequenceOptions, data_type: &str) -> Vec<String> {
    let (lowest, highest) = match data_type {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let is_up = options.increment > 0;
    let (minimum, maximum) = if is_up { (1, highest) } else { (lowest, -1) };
    let start = if is_up { options.minimum } else { options.maximum };
    let mut said = Vec::new();
    for (word, value, usual) in [
        ("start", options.start, start),
        ("increment", options.increment, 1),
        ("minimum", options.minimum, minimum),
        ("maximum", options.maximum, maximum),
        ("cache", options.cache, 1),
    ] {
        if value != usual {
            said.push(format!("{word} = {value}"));
        }
    }
    if options.cycle {
        said.push("cycle".to_owned());
    }
    said
}

/// `default = …`: a literal where it is one, else SQL.
pub(super) fn default(value: &str, data_type: &str, explicit: bool, is_enum: bool) -> String {
    literal(value, data_type, is_enum)
        .filter(|_| !explicit)
        .map_or_else(
            || format!("default = sql({})", text(value)),
            |literal| format!("default = {literal}"),
        )
}

fn literal(value: &str, data_type: &str, is_enum: bool) -> Option<String> {
    let base = &*SqlType::of(data_type).base;
    match base {
        _ if data_type.ends_with("[]") => return None,
        "boolean" if matches!(value, "true" | "false") => return Some(value.to_owned()),
        "smallint" | "integer" | "bigint" => {
            let number = negative(value, base).unwrap_or(value);
            return is_integer(number).then(|| number.to_owned());
        }
        "numeric" | "real" | "double precision" => {
            let number = negative(value, base).unwrap_or(value);
            let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
            let is_number =
                is_integer(whole) && !fraction.is_empty() && fraction.chars().all(|c| c.is_ascii_digit());
            return is_number.then(|| number.to_owned());
        }
        _ => {}
    }
    let is_text = base == "text" || base == "character varying";
    if !is_text && !is_enum {
        return None;
    }
    let quoted = value.strip_suffix(base)?.strip_suffix("::")?;
    let inner = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    let plain = inner.replace("''", "");
    (!plain.contains(['\'', '\\'])).then(|| text(&inner.replace("''", "'")))
}

/// `'-1'::integer`, as PostgreSQL prints what is below zero.
fn negative<'v>(value: &'v str, data_type: &str) -> Option<&'v str> {
    value
        .strip_suffix(data_type)?
        .strip_suffix("'::")?
        .strip_prefix('\'')
}

fn is_integer(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    !digits.is_empty()
        && digits.len() < 19
        && digits.chars().all(|c| c.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_literals_where_they_can_be() {
        for (value, data_type, expected) in [
            ("0", "integer", "default = 0"),
            ("'-1'::integer", "integer", "default = -1"),
            ("0.50", "numeric", "default = 0.50"),
            ("true", "boolean", "default = true"),
            ("'it''s'::text", "text", "default = \"it's\""),
            ("''::text", "text", "default = \"\""),
            ("'a'::text", "jsonb", "default = sql(\"'a'::text\")"),
            ("''::character varying", "character varying(20)", "default = \"\""),
            ("'-1.5'::numeric", "numeric(4,2)", "default = -1.5"),
            ("'{}'::text[]", "text[]", "default = sql(\"'{}'::text[]\")"),
            ("now()", "text", "default = sql(\"now()\")"),
            (
                "('a'::text || 'b'::text)",
                "text",
                "default = sql(\"('a'::text || 'b'::text)\")",
            ),
            (
                "E'a\\\\b'::text",
                "text",
                r###"default = sql(r#"E'a\\b'::text"#)"###,
            ),
        ] {
            assert_eq!(default(value, data_type, false, false), expected, "{value}");
        }
        assert_eq!(
            default("'a'::public.mood", "public.mood", false, true),
            "default = \"a\""
        );
    }
}
