//! Models against each other: names, types, references.

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::find::{Found, FoundModels, Key};
use super::resolve::Resolved;
use super::sql_type::{self, Agreement, Category};
use super::tree::Tree;
use super::type_order;
use super::types::{self, DeclaredName, DeclaredNames, FieldType, Sort, TypeError, Types};
use super::{ModelError, SourceOptions};
use crate::attributes::{
    ColumnModel, DefaultValue, EnumModel, FieldPath, ForeignKeyModel, Spanned as At, TableModel, TypeModel,
    TypeSort, ViewModel,
};

/// The schema of what names none.
const DEFAULT_SCHEMA: &str = "public";

/// What is known of the models once they have been looked at together.
pub(super) struct Checked {
    /// The types of each table's columns, of a composite type's attributes, or the one that a domain or range type is
    /// over, in order; `None` where one is not known, which is among the errors.
    pub(super) types: BTreeMap<Key, Vec<Option<FieldType>>>,
    /// The table that each foreign key refers to, in order.
    pub(super) targets: BTreeMap<Key, Vec<Option<Key>>>,
    /// The declared types that each declared type is made of.
    pub(super) uses: BTreeMap<Key, Vec<Key>>,
    /// The tables that each table inherits from, in order.
    pub(super) parents: BTreeMap<Key, Vec<Key>>,
    /// The types of the columns that each struct over a view reads.
    pub(super) views: BTreeMap<Key, Vec<Option<FieldType>>>,
}

/// The qualified name of a table.
pub(super) fn table_name(model: &TableModel) -> QualifiedName {
    qualified(model.schema.as_ref(), &model.name)
}

/// The qualified name of an enum type.
pub(super) fn enum_name(model: &EnumModel) -> QualifiedName {
    qualified(model.schema.as_ref(), &model.name)
}

/// The qualified name of a composite type, a domain or a range type.
pub(super) fn type_name(model: &TypeModel) -> QualifiedName {
    qualified(model.schema.as_ref(), &model.name)
}

/// The qualified name of the view that a struct reads.
pub(super) fn view_name(model: &ViewModel) -> QualifiedName {
    qualified(model.schema.as_ref(), &model.name)
}

fn qualified(schema: Option<&At<String>>, name: &At<String>) -> QualifiedName {
    QualifiedName::new(schema.map_or(DEFAULT_SCHEMA, |schema| &schema.value), &name.value)
}

/// Looks at all models together.
pub(super) fn check(
    tree: &Tree,
    models: &FoundModels,
    options: &SourceOptions,
    errors: &mut Vec<ModelError>,
    warnings: &mut Vec<ModelError>,
) -> Checked {
    let mut seen = BTreeMap::new();
    let tables = models.tables.values();
    let tables = tables.map(|found| (found, table_name(&found.model), &found.model.name));
    duplicates(tree, "tables", tables, &mut seen, errors);
    // A table is a type too, of its own name.
    let enums = models.enums.values();
    let enums = enums.map(|found| (found, enum_name(&found.model), &found.model.name));
    duplicates(tree, "types", enums, &mut seen, errors);
    let others = models.types.values();
    let others = others.map(|found| (found, type_name(&found.model), &found.model.name));
    duplicates(tree, "types", others, &mut seen, errors);

    let declared = declared_names(models);
    let types = Types {
        tree,
        declared: &declared,
        broken: &models.broken,
        configured: &options.types,
    };
    let mut checked = Checked {
        types: BTreeMap::new(),
        targets: BTreeMap::new(),
        uses: BTreeMap::new(),
        parents: BTreeMap::new(),
        views: BTreeMap::new(),
    };
    check_types(tree, models, &types, &mut checked, errors);
    check_views(tree, models, &types, &mut checked, &seen, errors);
    for (key, found) in &models.tables {
        let mut quiet = Vec::new();
        let errors = if found.declared { &mut *errors } else { &mut quiet };
        let columns = found
            .model
            .columns
            .iter()
            .map(|column| column_type(&types, tree, found, column, models, errors));
        checked.types.insert(*key, columns.collect());
    }
    for (key, found) in models.tables.iter().filter(|(_, found)| found.declared) {
        primary_key(tree, found, checked.types.get(key), errors);
        let targets = found.model.foreign_keys.iter().map(|foreign_key| {
            let target = target(tree, found, foreign_key, *key, models)
                .map_err(|error| errors.extend(error))
                .ok()?;
            agree(
                tree,
                found,
                foreign_key,
                (*key, target),
                models,
                &checked.types,
                errors,
                warnings,
            );
            Some(target)
        });
        let targets = targets.collect();
        checked.targets.insert(*key, targets);
    }
    inheritance(tree, models, &mut checked, errors);
    checked
}

/// What tables inherit from. A column that both have is one, of one type.
fn inheritance(tree: &Tree, models: &FoundModels, checked: &mut Checked, errors: &mut Vec<ModelError>) {
    for (key, found) in models.tables.iter().filter(|(_, found)| found.declared) {
        let mut parents = Vec::new();
        for path in &found.model.settings.inherits {
            match table_at(tree, found, path, *key, models) {
                Ok(parent) if parents.contains(&parent) => {
                    let message = format!("`{}` is named twice", path_name(path));
                    errors.push(found.error(tree, path.span(), message, None));
                }
                Ok(parent) => parents.push(parent),
                Err(error) => errors.extend(error),
            }
        }
        for parent in &parents {
            same_types(tree, models, (*key, found), *parent, &checked.types, errors);
        }
        if !parents.is_empty() {
            checked.parents.insert(*key, parents);
        }
    }
    let keys: Vec<Key> = checked.parents.keys().copied().collect();
    for key in type_order::ordered(&keys, &checked.parents).1 {
        if let Some(found) = models.tables.get(&key) {
            let message = format!("`{}` inherits from itself", found.model.ident);
            let hint = "a table cannot be among its own parents: remove one `inherits`".to_owned();
            errors.push(found.error(tree, found.model.ident.span(), message, Some(hint)));
        }
    }
}

/// The columns that a table and one that it inherits from both have.
fn same_types(
    tree: &Tree,
    models: &FoundModels,
    (key, found): (Key, &Found<TableModel>),
    parent: Key,
    types: &BTreeMap<Key, Vec<Option<FieldType>>>,
    errors: &mut Vec<ModelError>,
) {
    let Some(other) = models.tables.get(&parent) else {
        return;
    };
    let columns = |key: Key, model: &TableModel| -> Vec<(String, String)> {
        let types = types.get(&key).map_or(&[][..], Vec::as_slice);
        let both = model.columns.iter().zip(types);
        both.filter_map(|(column, found)| Some((column.name.value.clone(), found.as_ref()?.name.clone())))
            .collect()
    };
    let theirs = columns(parent, &other.model);
    for (name, own) in columns(key, &found.model) {
        let Some((_, inherited)) = theirs.iter().find(|(known, _)| *known == name) else {
            continue;
        };
        if sql_type::base(&own) == sql_type::base(inherited) {
            continue;
        }
        let column = found
            .model
            .columns
            .iter()
            .find(|column| column.name.value == name);
        let message = format!(
            "`{name}` is `{own}` here, and `{inherited}` in `{}`",
            other.model.ident
        );
        let hint = "a column that is inherited has the type that its parent gives it".to_owned();
        let span = column.map_or_else(|| found.model.ident.span(), |column| column.ty.span());
        errors.push(found.error(tree, span, message, Some(hint)));
    }
}

fn path_name(path: &syn::Path) -> String {
    path.segments
        .last()
        .map_or_else(String::new, |segment| segment.ident.unraw().to_string())
}

/// Two models of one name.
fn duplicates<'a, T: 'a>(
    tree: &Tree,
    what: &'static str,
    models: impl Iterator<Item = (&'a Found<T>, QualifiedName, &'a At<String>)>,
    seen: &mut BTreeMap<QualifiedName, (&'static str, super::Origin)>,
    errors: &mut Vec<ModelError>,
) {
    for (found, name, at) in models.filter(|(found, name, _)| found.declared && !name.name.is_empty()) {
        let origin = found.origin(tree, at.span);
        if let Some((sort, first)) = seen.get(&name) {
            let message = if *sort == what {
                format!("two {what} are named `{name}`")
            } else {
                format!("a table and a type are named `{name}`")
            };
            let hint = "rename one of them, or remove the model that is no longer meant".to_owned();
            let mut error = found.error(tree, at.span, message, Some(hint));
            error.beside = Some(Box::new(first.clone()));
            errors.push(error);
        } else {
            seen.insert(name, (what, origin));
        }
    }
}

/// The types that models declare, those that are only there to be referred to among them.
pub(super) fn declared_names(models: &FoundModels) -> DeclaredNames {
    let enums = models.enums.iter().map(|(key, found)| {
        let name = enum_name(&found.model);
        (
            *key,
            DeclaredName {
                name,
                sort: match &found.model.stored_as {
                    Some(stored_as) => Sort::Text {
                        data_type: stored_as.value.trim().to_owned(),
                        labels: labels(&found.model),
                    },
                    None => Sort::Enum,
                },
            },
        )
    });
    let others = models.types.iter().map(|(key, found)| {
        let named = |name: &Option<At<String>>| name.as_ref().map(|name| name.value.clone());
        let sort = match &found.model.sort {
            TypeSort::Composite(_) => Sort::Composite,
            TypeSort::Domain(domain) => Sort::Domain {
                held: Box::new(domain.ty.clone()),
                named: named(&domain.data_type),
            },
            TypeSort::Range(_) => Sort::Range,
        };
        let name = type_name(&found.model);
        (*key, DeclaredName { name, sort })
    });
    let columns = models.columns.iter().map(|(key, found)| {
        let name = QualifiedName::new(DEFAULT_SCHEMA, found.model.ident.unraw().to_string());
        let sort = Sort::Columns;
        (*key, DeclaredName { name, sort })
    });
    enums.chain(others).chain(columns).collect()
}

/// The labels of an enum, in order.
pub(super) fn labels(model: &EnumModel) -> Vec<String> {
    let labels = model.labels.iter();
    labels.map(|label| label.label.value.clone()).collect()
}

/// What composite types, domains and range types are made of.
fn check_types(
    tree: &Tree,
    models: &FoundModels,
    types: &Types<'_>,
    checked: &mut Checked,
    errors: &mut Vec<ModelError>,
) {
    for (key, found) in &models.types {
        let mut quiet = Vec::new();
        let errors = if found.declared { &mut *errors } else { &mut quiet };
        let mut held = |ty: &syn::Type, said: &Option<At<String>>, is_range: bool| {
            if let Some(said) = said {
                return Some(FieldType::plain(said.value.trim()));
            }
            let result = if is_range {
                types.subtype(ty, found.module).and_then(|subtype| {
                    subtype.ok_or_else(|| TypeError {
                        span: ty.span().byte_range(),
                        message: "a range type holds a range".to_owned(),
                        hint: "write one of `std::ops`, as in `struct Prices(Range<Decimal>);`, or name the subtype: `type = \"…\"`".to_owned(),
                    })
                })
            } else {
                types.sql_type(ty, found.module)
            };
            result
                .map_err(|TypeError { span, message, hint }| {
                    if types.is_told(ty, found.module) {
                        return;
                    }
                    let hint = hint.replace("#[column(type", "#[pg_type(type");
                    errors.push(found.error_at(tree, span, message, Some(hint)));
                })
                .ok()
        };
        let of = match &found.model.sort {
            TypeSort::Composite(attributes) => attributes
                .iter()
                .map(|attribute| held(&attribute.ty, &attribute.data_type, false))
                .collect(),
            TypeSort::Domain(domain) => vec![held(&domain.ty, &domain.data_type, false)],
            TypeSort::Range(range) => vec![held(&range.ty, &range.subtype, true)],
        };
        if let (TypeSort::Domain(domain), Some(Some(over))) = (&found.model.sort, of.first())
            && let Some(default) = &domain.default
        {
            errors.extend(check_default(
                tree,
                found,
                &found.model.name.value,
                default,
                over,
                models,
            ));
        }
        if let TypeSort::Composite(attributes) = &found.model.sort {
            for (attribute, _) in attributes
                .iter()
                .zip(&of)
                .filter(|(_, found)| found.as_ref().is_some_and(|found| found.one_of.is_some()))
            {
                let message = format!(
                    "`{}` is an enum that is stored as text with a check, and an attribute has none",
                    attribute.name.value
                );
                let hint = "put a domain in between: `#[derive(PgType)] #[pg_type(name = \"…\")]` on a newtype of the enum".to_owned();
                errors.push(found.error(tree, attribute.ty.span(), message, Some(hint)));
            }
        }
        let uses = of.iter().flatten().filter_map(|found| found.uses);
        checked.uses.insert(*key, uses.collect());
        checked.types.insert(*key, of);
    }
    let keys: Vec<Key> = models.types.keys().copied().collect();
    for key in type_order::ordered(&keys, &checked.uses).1 {
        if let Some(found) = models.types.get(&key).filter(|found| found.declared) {
            let message = format!("`{}` is made of itself", found.model.ident);
            let hint = "hold the inner one in a table of its own, or as `jsonb`".to_owned();
            errors.push(found.error(tree, found.model.ident.span(), message, Some(hint)));
        }
    }
}

/// What structs over views mean, and those that are named as a table or type is.
fn check_views(
    tree: &Tree,
    models: &FoundModels,
    types: &Types<'_>,
    checked: &mut Checked,
    seen: &BTreeMap<QualifiedName, (&'static str, super::Origin)>,
    errors: &mut Vec<ModelError>,
) {
    for (key, found) in models.views.iter().filter(|(_, found)| found.declared) {
        let name = view_name(&found.model);
        if let Some((sort, first)) = seen.get(&name) {
            let sort = sort.trim_end_matches('s');
            let message = format!("a {sort} and a view are named `{name}`");
            let hint = "a struct over the rows of a table derives `Table`".to_owned();
            let mut error = found.error(tree, found.model.name.span, message, Some(hint));
            error.beside = Some(Box::new(first.clone()));
            errors.push(error);
        }
        let columns = found.model.columns.iter();
        let columns = columns
            .map(|column| {
                let said = column.data_type.as_ref();
                field_type(tree, types, found, (&column.ty, said), errors)
            })
            .collect();
        checked.views.insert(*key, columns);
    }
}

/// The type that a field says, else that of its Rust type.
fn field_type<T>(
    tree: &Tree,
    types: &Types<'_>,
    found: &Found<T>,
    (ty, said): (&syn::Type, Option<&At<String>>),
    errors: &mut Vec<ModelError>,
) -> Option<FieldType> {
    if let Some(said) = said {
        return Some(FieldType::plain(said.value.trim()));
    }
    let module = tree.module_of(found.module, ty.span());
    let unknown = match types.sql_type(ty, module) {
        Ok(known) => return Some(known),
        Err(unknown) => unknown,
    };
    if !types.is_told(ty, module) {
        errors.push(found.error_at(tree, unknown.span, unknown.message, Some(unknown.hint)));
    }
    None
}

fn column_type(
    types: &Types<'_>,
    tree: &Tree,
    table: &Found<TableModel>,
    column: &ColumnModel,
    models: &FoundModels,
    errors: &mut Vec<ModelError>,
) -> Option<FieldType> {
    let said = column.data_type.as_ref();
    let mut found = field_type(tree, types, table, (&column.ty, said), errors)?;
    if let Some(nullable) = &column.nullable {
        found.nullable = nullable.value;
    } else if said.is_some() {
        let module = tree.module_of(table.module, column.ty.span());
        found.nullable = types.is_nullable(&column.ty, module);
    }
    if let Some(default) = &column.default {
        errors.extend(check_default(
            tree,
            table,
            &column.name.value,
            default,
            &found,
            models,
        ));
    }
    if let Some(identity) = &column.identity {
        if sql_type::category(found.value_type()) != Category::Integer {
            let message = format!("an identity column counts, and `{}` is no integer", found.name);
            let hint = "use `i16`, `i32` or `i64`".to_owned();
            errors.push(table.error(tree, identity.span, message, Some(hint)));
        } else if found.nullable {
            let hint = "make the field the integer itself, without `Option`".to_owned();
            errors.push(table.error(
                tree,
                identity.span,
                "an identity column is never NULL",
                Some(hint),
            ));
        }
    }
    Some(found)
}

/// A literal that does not fit its column. An SQL expression is PostgreSQL's to judge.
fn check_default<T>(
    tree: &Tree,
    table: &Found<T>,
    of: &str,
    default: &At<DefaultValue>,
    data_type: &FieldType,
    models: &FoundModels,
) -> Option<ModelError> {
    let category = sql_type::category(data_type.value_type());
    let (what, fits, expression) = match &default.value {
        DefaultValue::Sql(_) => return None,
        DefaultValue::Text(label) => {
            if let Some(enumeration) = data_type.enumeration.and_then(|key| models.enums.get(&key)) {
                return check_label(tree, table, default, label, &enumeration.model);
            }
            ("a string", category == Category::Text, meant(label))
        }
        DefaultValue::Integer(number) => (
            "an integer",
            matches!(category, Category::Integer | Category::Number),
            number.clone(),
        ),
        DefaultValue::Float(number) => (
            "a number with a fraction",
            category == Category::Number,
            number.clone(),
        ),
        DefaultValue::Boolean(value) => ("a truth value", category == Category::Boolean, value.to_string()),
    };
    if fits {
        return None;
    }
    let message = format!(
        "the default of `{of}` is {what}, and its type is `{}`",
        data_type.name
    );
    let hint = format!(
        "for an SQL expression write `default = sql(\"{}\")`",
        expression.replace('\\', "\\\\").replace('"', "\\\"")
    );
    Some(table.error(tree, default.span, message, Some(hint)))
}

/// What a string that is no text was likely to say: an expression that looks like one, else a literal.
fn meant(text: &str) -> String {
    let call = text.contains('(') && text.ends_with(')');
    if call || text.to_lowercase().starts_with("current_") {
        text.to_owned()
    } else {
        limbeck_sql::quote_literal(text)
    }
}

fn check_label<T>(
    tree: &Tree,
    table: &Found<T>,
    default: &At<DefaultValue>,
    label: &str,
    enumeration: &EnumModel,
) -> Option<ModelError> {
    if enumeration.labels.iter().any(|known| known.label.value == label) {
        return None;
    }
    let labels = enumeration
        .labels
        .iter()
        .map(|known| format!("`{}`", known.label.value));
    let name = if enumeration.stored_as.is_some() {
        enumeration.ident.to_string()
    } else {
        enumeration.name.value.clone()
    };
    let message = format!("`{label}` is no label of `{name}`");
    let hint = format!("its labels are {}", labels.collect::<Vec<_>>().join(", "));
    Some(table.error(tree, default.span, message, Some(hint)))
}

/// Columns of a primary key are never NULL.
fn primary_key(
    tree: &Tree,
    table: &Found<TableModel>,
    types: Option<&Vec<Option<FieldType>>>,
    errors: &mut Vec<ModelError>,
) {
    let Some(key) = &table.model.primary_key else {
        return;
    };
    let Some(types) = types else { return };
    for (column, found) in table.model.columns.iter().zip(types) {
        let in_key = key.fields.contains(&column.field);
        if in_key
            && found.as_ref().is_some_and(|found| found.nullable)
            && column.identity.is_none()
            && (column.nullable.is_none() || column.primary_key.is_none())
        {
            let message = format!(
                "`{}` is part of the primary key, which is never NULL",
                column.name.value
            );
            let hint = "make the field's type one without `Option`".to_owned();
            errors.push(table.error(tree, column.ty.span(), message, Some(hint)));
        }
    }
}

/// The model that a foreign key refers to.
fn target(
    tree: &Tree,
    table: &Found<TableModel>,
    foreign_key: &ForeignKeyModel,
    own: Key,
    models: &FoundModels,
) -> Result<Key, Option<ModelError>> {
    let key = table_at(tree, table, &foreign_key.target, own, models)?;
    if let Some(found) = models.tables.get(&key) {
        for field in &foreign_key.target_fields {
            if found.model.column(field).is_none() {
                let missing = found.model.missing_field(field);
                let hint = missing.hint().map(str::to_owned);
                return Err(Some(table.error(tree, field.span, missing.message(), hint)));
            }
        }
    }
    Ok(key)
}

/// The model that a path names.
fn table_at(
    tree: &Tree,
    table: &Found<TableModel>,
    at: &syn::Path,
    own: Key,
    models: &FoundModels,
) -> Result<Key, Option<ModelError>> {
    let path = types::segments(at);
    let name = path_name(at);
    let span = at.span();
    let error = |message: String, hint: String| Err(Some(table.error(tree, span, message, Some(hint))));
    let key = if path == ["Self"] {
        own
    } else {
        let absolute = at.leading_colon.is_some();
        let module = tree.module_of(table.module, span);
        match tree.resolve(module, &path, absolute, &|_| false) {
            Some(Resolved::Item(module, index)) if models.tables.contains_key(&(module, index)) => {
                (module, index)
            }
            // What is wrong is told where it is declared.
            Some(Resolved::Item(module, index)) if models.broken.contains(&(module, index)) => {
                return Err(None);
            }
            Some(Resolved::Item(..)) => {
                return error(
                    format!("`{name}` is no table"),
                    "derive `Table` for it".to_owned(),
                );
            }
            Some(Resolved::External(path)) => {
                return error(
                    format!("`{}` is in a crate that is not read", path.join("::")),
                    "add that crate's folder to `models` in limbeck.toml".to_owned(),
                );
            }
            None if tree.may_hide(&name) => return Err(None),
            Some(Resolved::Module(_)) | None => {
                return error(
                    format!("no model `{name}` is found here"),
                    elsewhere(tree, &name, models),
                );
            }
        }
    };
    if !models.tables.contains_key(&key) {
        return error(
            format!("no model `{name}` is found here"),
            elsewhere(tree, &name, models),
        );
    }
    Ok(key)
}

/// Where a model of that name, or of a similar one, is.
fn elsewhere(tree: &Tree, name: &str, models: &FoundModels) -> String {
    let paths: Vec<(String, String)> = models
        .tables
        .values()
        .map(|found| {
            (
                found.model.ident.unraw().to_string(),
                model_path(tree, found, &found.model.ident),
            )
        })
        .collect();
    if let Some((_, path)) = paths.iter().find(|(known, _)| known == name) {
        return format!("import it: `use {path};`");
    }
    let names = paths.iter().map(|(known, _)| known.as_str());
    match crate::attributes::nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "only structs with `#[derive(Table)]` can be referred to".to_owned(),
    }
}

/// The path of a model from its crate's root.
pub(super) fn model_path<T>(tree: &Tree, found: &Found<T>, ident: &syn::Ident) -> String {
    let module = tree
        .module(found.module)
        .map(|module| module.path.join("::"))
        .unwrap_or_default();
    format!("{module}::{}", ident.unraw())
}

/// The types of a foreign key's ends.
#[expect(
    clippy::too_many_arguments,
    reason = "two models, their types, and where to report"
)]
fn agree(
    tree: &Tree,
    table: &Found<TableModel>,
    foreign_key: &ForeignKeyModel,
    (own, target): (Key, Key),
    models: &FoundModels,
    types: &BTreeMap<Key, Vec<Option<FieldType>>>,
    errors: &mut Vec<ModelError>,
    warnings: &mut Vec<ModelError>,
) {
    let Some(other) = models.tables.get(&target) else {
        return;
    };
    let type_of = |key: Key, model: &TableModel, field: &FieldPath| {
        let position = model.columns.iter().position(|column| column.field == *field)?;
        let name = model.columns.get(position)?.name.value.clone();
        let found = types.get(&key)?.get(position)?.as_ref()?;
        Some((format!("{}.{name}", model.name.value), found.clone()))
    };
    for (field, target_field) in foreign_key.fields.iter().zip(&foreign_key.target_fields) {
        let (Some((from, from_type)), Some((to, to_type))) = (
            type_of(own, &table.model, field),
            type_of(target, &other.model, target_field),
        ) else {
            continue;
        };
        let message = format!(
            "`{from}` is `{}`, and `{to}`, to which it refers, is `{}`",
            from_type.name, to_type.name
        );
        let hint = Some("give both columns one type".to_owned());
        match sql_type::agreement(from_type.value_type(), to_type.value_type()) {
            Agreement::Same => {}
            Agreement::Widening => warnings.push(table.error(tree, foreign_key.span, message, hint)),
            Agreement::Different => errors.push(table.error(tree, foreign_key.span, message, hint)),
        }
    }
}
