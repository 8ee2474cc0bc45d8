//! Constraints as attributes.

use limbeck_catalog::{
    Constraint, ConstraintKind, Deferrable, ExclusionConstraint, ForeignKey, IndexKey, KeyConstraint, Kind,
    MatchType, ObjectId, ReferentialAction,
};
use limbeck_sql::default_name::IndexKey as NamedKey;

use super::layout::Uses;
use super::literal::{bare, text};
use super::scene::Scene;
use super::table::Said;
use super::usual;

/// Says the constraints of a table.
pub(super) fn constraints(scene: &Scene<'_>, table: &ObjectId, said: &mut Said, uses: &mut Uses<'_, '_>) {
    let explicit = scene.form(table).explicit;
    for (id, _, constraint) in scene.constraints(table) {
        // What the table has from a parent comes from there, and what is a partition's from the whole table.
        if constraint.partition_of.is_some() || scene.catalog.inherited.contains(*id) {
            continue;
        }
        let own = id.name();
        let name = |usual: &str| (explicit || own != usual).then(|| format!("name = {}", text(own)));
        match &constraint.definition {
            ConstraintKind::PrimaryKey(key) => {
                let usual = usual::primary_key(scene, table, &key.columns);
                key_said(scene, table, "primary_key", constraint, key, name(&usual), said);
            }
            ConstraintKind::Unique(key) => {
                let usual = usual::unique(scene, table, &key.columns);
                key_said(scene, table, "unique", constraint, key, name(&usual), said);
            }
            // The type of the column says it.
            ConstraintKind::Check(_) if scene.text_enum(id).is_some() => {}
            ConstraintKind::Check(check) => {
                let columns = scene.columns_of(id);
                let usual = usual::check(scene, table, id, &check.expression);
                let expression = text(bare(&check.expression));
                let mut options: Vec<String> = name(&usual).into_iter().collect();
                options.extend(check.no_inherit.then(|| "no_inherit".to_owned()));
                options.extend(not_looked_at(constraint));
                let attribute = if options.is_empty() {
                    format!("check = {expression}")
                } else {
                    options.insert(options.len().min(1), format!("expr = {expression}"));
                    format!("check({})", options.join(", "))
                };
                match columns.as_slice() {
                    [column] => said.of_column(column, attribute),
                    _ => said.table.push(attribute),
                }
            }
            ConstraintKind::ForeignKey(key) if !scene.form(table).without_references => {
                let usual = usual::foreign_key(scene, table, key);
                reference(scene, table, constraint, key, name(&usual), said, uses);
            }
            ConstraintKind::Exclusion(exclusion) => {
                let usual = usual::exclusion(scene, table, exclusion);
                said.table
                    .extend(exclude(scene, table, constraint, exclusion, name(&usual)));
            }
            _ => {}
        }
    }
}

/// No name is taken: what PostgreSQL had to number has its name said.
pub(super) fn free(_: &str) -> bool {
    false
}

pub(super) fn named_key(key: &IndexKey) -> NamedKey<'_> {
    if key.is_expression {
        NamedKey::Expression(&key.key)
    } else {
        NamedKey::Column(&key.key)
    }
}

/// The constraint whose index tells rows apart in logical replication.
pub(super) fn replica_identity<'a>(scene: &Scene<'a>, table: &ObjectId) -> Option<&'a str> {
    let constraints = scene.constraints(table).iter();
    constraints
        .filter(|(_, _, constraint)| {
            let index = constraint.definition.index();
            index.is_some_and(|index| index.settings.replica_identity)
        })
        .map(|(id, ..)| id.name())
        .next()
}

/// Fields in a list of attributes. One that is called as an option is raw, which no option is.
pub(super) fn fields(scene: &Scene<'_>, table: &ObjectId, columns: &[String]) -> Option<Vec<String>> {
    const OPTIONS: [&str; 6] = [
        "deferrable",
        "nulls_not_distinct",
        "tablespace",
        "unique",
        "with",
        "without_overlaps",
    ];
    let fields = columns.iter().map(|column| {
        let field = scene.field(table, column)?;
        Some(if OPTIONS.contains(&field) {
            format!("r#{field}")
        } else {
            field.to_owned()
        })
    });
    fields.collect()
}

fn deferrable(constraint: &Constraint) -> Option<String> {
    match constraint.deferrable {
        Deferrable::No => None,
        Deferrable::InitiallyImmediate => Some("deferrable".to_owned()),
        Deferrable::InitiallyDeferred => Some("deferrable = initially_deferred".to_owned()),
    }
}

/// `not_enforced`, which is not valid either, or `not_valid`.
fn not_looked_at(constraint: &Constraint) -> Option<String> {
    match (constraint.enforced, constraint.validated) {
        (false, _) => Some("not_enforced".to_owned()),
        (true, false) => Some("not_valid".to_owned()),
        (true, true) => None,
    }
}

fn key_said(
    scene: &Scene<'_>,
    table: &ObjectId,
    word: &str,
    constraint: &Constraint,
    key: &KeyConstraint,
    name: Option<String>,
    said: &mut Said,
) {
    let (Some(columns), Some(include)) = (
        fields(scene, table, &key.columns),
        fields(scene, table, &key.include),
    ) else {
        return;
    };
    let mut options: Vec<String> = name.into_iter().collect();
    options.extend((!include.is_empty()).then(|| format!("include({})", include.join(", "))));
    options.extend(key.nulls_not_distinct.then(|| "nulls_not_distinct".to_owned()));
    options.extend(key.without_overlaps.then(|| "without_overlaps".to_owned()));
    options.extend(deferrable(constraint));
    options.extend(super::index::storage(&key.index.settings));
    match (key.columns.as_slice(), options.is_empty(), word) {
        ([column], true, _) => said.of_column(column, word),
        ([column], false, "unique") => said.of_column(column, format!("unique({})", options.join(", "))),
        _ => {
            let arguments: Vec<String> = columns.into_iter().chain(options).collect();
            said.table.push(format!("{word}({})", arguments.join(", ")));
        }
    }
}

fn reference(
    scene: &Scene<'_>,
    table: &ObjectId,
    constraint: &Constraint,
    key: &ForeignKey,
    name: Option<String>,
    said: &mut Said,
    uses: &mut Uses<'_, '_>,
) {
    let target = ObjectId::in_schema(Kind::Table, &key.references.schema, &key.references.name);
    let (Some(own), Some(others), Some(set)) = (
        fields(scene, table, &key.columns),
        target_fields(scene, &target, &key.referenced_columns),
        fields(scene, table, &key.on_delete_columns),
    ) else {
        return;
    };
    if !scene.items.contains_key(&target) {
        return;
    }
    let path = if target == *table {
        "Self".to_owned()
    } else {
        uses.model(&target)
    };
    let mut options = Vec::new();
    let set = if set.is_empty() {
        String::new()
    } else {
        format!("({})", set.join(", "))
    };
    options.extend(action(key.on_delete).map(|action| format!("on_delete = {action}{set}")));
    options.extend(action(key.on_update).map(|action| format!("on_update = {action}")));
    options.extend(deferrable(constraint));
    options.extend(not_looked_at(constraint));
    let is_full = key.match_type == MatchType::Full;
    if let ([column], [other], None, false, false) = (
        key.columns.as_slice(),
        others.as_slice(),
        &name,
        is_full,
        key.period,
    ) && !said
        .columns
        .get(column)
        .is_some_and(|said| said.iter().any(|said| said.starts_with("references")))
    {
        options.insert(0, format!("references = {path}::{other}"));
        said.of_column(column, options.join(", "));
        return;
    }
    let mut arguments = vec![
        format!("columns({})", own.join(", ")),
        format!("references = {path}({})", others.join(", ")),
    ];
    arguments.extend(name);
    arguments.extend(is_full.then(|| "match_full".to_owned()));
    arguments.extend(key.period.then(|| "period".to_owned()));
    arguments.extend(options);
    said.table.push(format!("foreign_key({})", arguments.join(", ")));
}

fn target_fields(scene: &Scene<'_>, target: &ObjectId, columns: &[String]) -> Option<Vec<String>> {
    let fields = columns
        .iter()
        .map(|column| scene.field(target, column).map(str::to_owned));
    fields.collect()
}

fn action(action: ReferentialAction) -> Option<&'static str> {
    match action {
        ReferentialAction::NoAction => None,
        ReferentialAction::Restrict => Some("restrict"),
        ReferentialAction::Cascade => Some("cascade"),
        ReferentialAction::SetNull => Some("set_null"),
        ReferentialAction::SetDefault => Some("set_default"),
    }
}

/// `exclude(…)`; what has operator classes or carries columns, it does not say.
fn exclude(
    scene: &Scene<'_>,
    table: &ObjectId,
    constraint: &Constraint,
    exclusion: &ExclusionConstraint,
    name: Option<String>,
) -> Option<String> {
    if !exclusion.include.is_empty() {
        return None;
    }
    let keys = exclusion
        .keys
        .iter()
        .zip(&exclusion.operators)
        .map(|(key, operator)| {
            let is_plain = key.collation.is_none()
                && key.operator_class.is_none()
                && !key.order.descending
                && !key.order.nulls_first;
            let of = match (key.is_expression, is_plain) {
                (_, false) => return None,
                (true, _) => text(bare(&key.key)),
                (false, _) => scene.field(table, &key.key)?.to_owned(),
            };
            Some(format!("{of} with {}", text(operator)))
        });
    let mut arguments = keys.collect::<Option<Vec<String>>>()?;
    arguments.extend(name);
    arguments.extend((exclusion.method != "gist").then(|| format!("using = {}", exclusion.method)));
    arguments.extend(
        exclusion
            .predicate
            .as_deref()
            .map(|predicate| format!("where = {}", text(bare(predicate)))),
    );
    arguments.extend(deferrable(constraint));
    arguments.extend(super::index::storage(&exclusion.index.settings));
    Some(format!("exclude({})", arguments.join(", ")))
}
