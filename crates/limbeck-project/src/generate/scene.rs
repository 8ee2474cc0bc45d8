//! What is known of the whole before the first struct is written: which objects are structs, and what they are called.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_catalog::{
    Catalog, Constraint, Definition, Index, Kind, Object, ObjectId, PartitionOf, Sequence, Table,
};
use limbeck_sql::{QualifiedName, default_name};

use super::layout::{By, ItemName};
use super::names::{self, Scope};
use super::rust_type::{self, Drivers, Own, RustType};
use super::text_enum::{self, TextEnum};
use super::{Form, Forms, Style, is_view};

/// What all structs are written from.
pub(super) struct Scene<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) style: &'a Style,
    pub(super) drivers: Drivers,
    forms: &'a Forms,
    /// Tables and types that are structs and enums, with their names.
    pub(super) items: BTreeMap<ObjectId, ItemName>,
    /// Why a table is none.
    pub(super) reasons: BTreeMap<ObjectId, String>,
    /// The field of each column of each struct.
    fields: BTreeMap<ObjectId, BTreeMap<String, String>>,
    /// The checks that are enums, and those of columns.
    text_enums: BTreeMap<ObjectId, TextEnum>,
    columns_of_text_enums: BTreeMap<ObjectId, ObjectId>,
    /// The constraints of each table.
    constraints: BTreeMap<QualifiedName, Vec<(&'a ObjectId, &'a Object, &'a Constraint)>>,
    /// The indexes of each table.
    indexes: BTreeMap<&'a ObjectId, Vec<(&'a ObjectId, &'a Object, &'a Index)>>,
    /// The partitions that the struct of their table declares.
    partitions: BTreeMap<&'a ObjectId, Vec<(&'a ObjectId, &'a PartitionOf)>>,
    said_partitions: BTreeSet<&'a ObjectId>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(catalog: &'a Catalog, style: &'a Style, forms: &'a Forms) -> Self {
        let has = |start: &str| style.derives.iter().any(|derive| derive.starts_with(start));
        let mut scene = Self {
            catalog,
            style,
            drivers: Drivers {
                time: style.types,
                sqlx: has("sqlx::"),
                serde: has("serde::"),
            },
            forms,
            items: BTreeMap::new(),
            reasons: BTreeMap::new(),
            fields: BTreeMap::new(),
            text_enums: BTreeMap::new(),
            columns_of_text_enums: BTreeMap::new(),
            constraints: BTreeMap::new(),
            indexes: BTreeMap::new(),
            partitions: BTreeMap::new(),
            said_partitions: BTreeSet::new(),
        };
        for (id, object) in &catalog.objects {
            match &object.definition {
                Definition::Constraint(constraint) => {
                    if let Some(table) = id.qualified_name() {
                        let own = scene.constraints.entry(table).or_default();
                        own.push((id, object, constraint));
                    }
                }
                Definition::Index(index) => {
                    scene
                        .indexes
                        .entry(&index.relation)
                        .or_default()
                        .push((id, object, index));
                }
                _ => {}
            }
        }
        scene.choose();
        scene.find_partitions();
        scene
    }

    /// Chooses what is a struct, and names it.
    fn choose(&mut self) {
        let mut chosen: Vec<&ObjectId> = Vec::new();
        let mut open: Vec<(&ObjectId, &Object)> = self.catalog.objects.iter().collect();
        loop {
            let before = open.len();
            open.retain(|(id, object)| {
                let why = match &object.definition {
                    Definition::Table(table) => why_no_struct(table),
                    Definition::Enum(_)
                    | Definition::Composite(_)
                    | Definition::Range(_)
                    | Definition::Domain(_) => None,
                    Definition::View(_) if self.is_asked_for(id) => None,
                    _ => return false,
                };
                if let Some(why) = why.map(str::to_owned).or_else(|| self.form(id).sql) {
                    self.reasons.insert((*id).clone(), why);
                    return false;
                }
                // A child's parents are structs, or it is none either.
                if object
                    .definition
                    .parents()
                    .inherits
                    .iter()
                    .any(|parent| !chosen.contains(&parent))
                {
                    return true;
                }
                chosen.push(id);
                false
            });
            if open.len() == before {
                break;
            }
        }
        for (id, _) in open {
            let why = "a table that it inherits from is no struct".to_owned();
            self.reasons.insert(id.clone(), why);
        }
        // `public` first, and tables before types: what comes first has the plain name.
        chosen.sort_by_key(|id| {
            (
                id.schema() != Some("public"),
                id.schema(),
                id.kind != Kind::Table,
                is_view(id),
                *id,
            )
        });
        let by = self.style.by;
        let mut scopes: BTreeMap<&str, Scope> = BTreeMap::new();
        let mut modules = Modules::default();
        for id in chosen {
            let schema = id.schema().unwrap_or("public");
            let scope = if by == By::File { "" } else { schema };
            let scope = scopes.entry(scope).or_insert_with(Scope::of_types);
            let (prefix, suffix) = match id.kind {
                Kind::Table => ("table", "Row"),
                Kind::View | Kind::MaterializedView => ("view", "View"),
                _ => ("type", "Type"),
            };
            let ident = scope.take(&names::type_name(id.name(), prefix), suffix);
            let (unit, reach) = modules.place(by, schema, id);
            self.items.insert(id.clone(), ItemName { ident, unit, reach });
            if id.kind == Kind::Table || id.kind == Kind::Type || is_view(id) {
                let mut scope = Scope::default();
                let columns = self.columns(id).into_iter();
                let fields = columns.map(|column| {
                    let field = scope.take(&names::raw(&names::field_name(column, "column")), "");
                    (column.to_owned(), field)
                });
                let fields = fields.collect();
                self.fields.insert(id.clone(), fields);
            }
        }
        let tables: Vec<ObjectId> = self.items.keys().cloned().collect();
        for table in tables.iter().filter(|id| id.kind == Kind::Table) {
            let schema = table.schema().unwrap_or("public");
            let scope = scopes.entry(if by == By::File { "" } else { schema });
            let scope = scope.or_insert_with(Scope::of_types);
            for (column, check, found) in text_enum::of_table(self, table) {
                let name = format!("{}_{}", table.name(), column.name());
                let ident = scope.take(&names::type_name(&name, "type"), "Type");
                if let Some(own) = self.items.get(table).cloned() {
                    self.items.insert(check.clone(), ItemName { ident, ..own });
                }
                self.text_enums.insert(check.clone(), found);
                self.columns_of_text_enums.insert(column, check);
            }
        }
    }

    /// Whether a view is a struct too.
    fn is_asked_for(&self, id: &ObjectId) -> bool {
        let name = id.qualified_name();
        name.is_some_and(|name| self.style.views.contains_key(&name))
    }

    /// The columns of a view, with their types.
    pub(super) fn view_columns(&self, id: &ObjectId) -> &'a [(String, String)] {
        let columns = id.qualified_name().and_then(|name| self.style.views.get(&name));
        columns.map_or(&[], Vec::as_slice)
    }

    /// The enum that a check is.
    pub(super) fn text_enum(&self, check: &ObjectId) -> Option<&TextEnum> {
        self.text_enums.get(check)
    }

    /// The check by which a column of text holds the labels of an enum, and whether it holds arrays of them.
    pub(super) fn text_enum_of(&self, column: &ObjectId) -> Option<(&ObjectId, bool)> {
        let check = self.columns_of_text_enums.get(column)?;
        Some((check, self.text_enums.get(check)?.is_array))
    }

    /// The tables with columns of text that are enums.
    pub(super) fn with_text_enums(&self) -> BTreeSet<ObjectId> {
        let checks = self.text_enums.keys();
        let names = checks.filter_map(ObjectId::qualified_name);
        names
            .map(|name| ObjectId::in_schema(Kind::Table, &name.schema, &name.name))
            .collect()
    }

    /// Partitions that `partition(…)` can say: in the schema of their table.
    fn find_partitions(&mut self) {
        let mut open: Vec<(&'a ObjectId, &'a PartitionOf)> = self
            .catalog
            .objects
            .iter()
            .filter_map(|(id, object)| Some((id, object.definition.parents().partition_of?)))
            .filter(|(id, _)| id.kind == Kind::Table)
            .collect();
        loop {
            let before = open.len();
            open.retain(|(id, partition)| {
                let is_said = self.is_said(&partition.parent)
                    && id.schema() == partition.parent.schema()
                    && self.form(id).sql.is_none();
                if is_said {
                    self.partitions
                        .entry(&partition.parent)
                        .or_default()
                        .push((*id, *partition));
                    self.said_partitions.insert(*id);
                    self.reasons.remove(*id);
                }
                !is_said
            });
            if open.len() == before {
                break;
            }
        }
        for (id, partition) in open {
            let reason = self.form(id).sql.unwrap_or_else(|| {
                let reason = if self.is_said(&partition.parent) {
                    "`partition(…)` says no partitions in another schema"
                } else {
                    "the table that it is a partition of is no struct"
                };
                reason.to_owned()
            });
            self.reasons.insert(id.clone(), reason);
        }
    }

    /// Whether a struct declares a table, be it as a partition.
    fn is_said(&self, table: &ObjectId) -> bool {
        self.items.contains_key(table) || self.said_partitions.contains(table)
    }

    /// How an object is written.
    pub(super) fn form(&self, id: &ObjectId) -> Form {
        self.forms.get(id).cloned().unwrap_or_default()
    }

    pub(super) fn table(&self, id: &ObjectId) -> Option<&'a Table> {
        match self.catalog.definition(id)? {
            Definition::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn object(&self, id: &ObjectId) -> Option<&'a Object> {
        self.catalog.objects.get(id)
    }

    /// The names of a table's columns, or of a composite type's attributes, in order.
    pub(super) fn columns(&self, id: &ObjectId) -> Vec<&'a str> {
        if let Some(Definition::Composite(composite)) = self.catalog.definition(id) {
            return composite.attributes.iter().map(String::as_str).collect();
        }
        if is_view(id) {
            let columns = self.view_columns(id).iter();
            return columns.map(|(column, _)| column.as_str()).collect();
        }
        let order = self.catalog.column_order.get(id);
        order.into_iter().flatten().map(String::as_str).collect()
    }

    /// The field of a column.
    pub(super) fn field(&self, table: &ObjectId, column: &str) -> Option<&str> {
        self.fields.get(table)?.get(column).map(String::as_str)
    }

    pub(super) fn constraints(&self, table: &ObjectId) -> &[(&'a ObjectId, &'a Object, &'a Constraint)] {
        let name = table.qualified_name();
        let own = name.and_then(|name| self.constraints.get(&name));
        own.map_or(&[], Vec::as_slice)
    }

    pub(super) fn indexes(&self, table: &ObjectId) -> &[(&'a ObjectId, &'a Object, &'a Index)] {
        self.indexes.get(table).map_or(&[], Vec::as_slice)
    }

    pub(super) fn partitions(&self, table: &ObjectId) -> &[(&'a ObjectId, &'a PartitionOf)] {
        self.partitions.get(table).map_or(&[], Vec::as_slice)
    }

    /// The columns that a constraint is about.
    pub(super) fn columns_of<'c>(&'c self, constraint: &'c ObjectId) -> Vec<&'c str> {
        let referenced = self.catalog.referenced_by(constraint);
        referenced
            .filter(|id| id.kind == Kind::Column && id.qualified_name() == constraint.qualified_name())
            .map(ObjectId::name)
            .collect()
    }

    /// The Rust type of an SQL type, with the paths that lead to models from somewhere.
    pub(super) fn rust_type(&self, text: &str, path_to: &mut dyn FnMut(&ObjectId) -> String) -> RustType {
        let mut used: Vec<(String, ObjectId)> = Vec::new();
        let found = {
            let used = std::cell::RefCell::new(&mut used);
            rust_type::rust_type(text, self.drivers, &|name| {
                let Some(id) = self.type_named(name) else {
                    return Own::No;
                };
                if self.items.contains_key(&id) {
                    let mark = format!("<<{}>>", used.borrow().len());
                    used.borrow_mut().push((mark.clone(), id));
                    return Own::Declared(mark);
                }
                match self.catalog.definition(&id) {
                    Some(Definition::Domain(domain)) => Own::Over(domain.data_type.clone()),
                    _ => Own::No,
                }
            })
        };
        let mut path = found.path;
        for (mark, id) in used {
            if path.contains(&mark) {
                path = path.replace(&mark, &path_to(&id));
            }
        }
        RustType { path, ..found }
    }

    /// The type or domain that SQL names so.
    fn type_named(&self, name: &str) -> Option<ObjectId> {
        ["type", "domain"]
            .into_iter()
            .filter_map(|kind| format!("{kind} {name}").parse::<ObjectId>().ok())
            .find(|id| self.catalog.objects.contains_key(id))
    }

    /// The sequence of a column that `serial` says as well.
    pub(super) fn serial(&self, table: &ObjectId, column: &str) -> Option<(ObjectId, &'static str)> {
        let id = ObjectId::in_relation(Kind::Column, &table.qualified_name()?, column);
        let Some(Definition::Column(definition)) = self.catalog.definition(&id) else {
            return None;
        };
        let word = match definition.data_type.as_str() {
            "smallint" => "smallserial",
            "integer" => "serial",
            "bigint" => "bigserial",
            _ => return None,
        };
        let name = default_name::sequence(table.name(), column, &|_| false);
        let sequence = ObjectId::in_schema(Kind::Sequence, table.schema()?, name);
        let literal = limbeck_sql::quote_literal(&sequence.sql_name());
        let is_next = definition.default.as_deref() == Some(&format!("nextval({literal}::regclass)"));
        let Some(Definition::Sequence(found)) = self.catalog.definition(&sequence) else {
            return None;
        };
        // What the sequence has besides is left to SQL, unless that is too much.
        let is_plain = !found.unlogged
            && found.options.data_type == definition.data_type
            && super::column::options_said(&found.options, &definition.data_type).is_empty();
        let is_own = found.owned_by.as_ref() == Some(&id);
        let is_said = is_next && is_own && definition.not_null && (is_plain || !self.form(table).explicit);
        is_said.then_some((sequence, word))
    }

    /// Whether the default of a column needs a sequence that the column owns, and so comes after both.
    pub(super) fn counts_by_own_sequence(&self, column: &ObjectId) -> bool {
        self.catalog.referenced_by(column).any(|id| {
            matches!(
                self.catalog.definition(id),
                Some(Definition::Sequence(Sequence { owned_by: Some(owner), .. })) if owner == column
            )
        })
    }

    /// Everything that the structs make.
    pub(super) fn covered(&self) -> BTreeSet<ObjectId> {
        let made = || {
            self.items
                .keys()
                .filter(|id| !is_view(id) && id.kind != Kind::Constraint)
        };
        let mut covered: BTreeSet<ObjectId> = made().cloned().collect();
        covered.extend(self.said_partitions.iter().map(|partition| (*partition).clone()));
        for id in made() {
            covered.extend(id.schema().map(|schema| ObjectId::global(Kind::Schema, schema)));
            covered.extend(
                self.partitions(id)
                    .iter()
                    .map(|(partition, _)| (*partition).clone()),
            );
            if id.kind == Kind::Table {
                let columns = self.columns(id).into_iter();
                covered.extend(columns.filter_map(|column| Some(self.serial(id, column)?.0)));
            }
        }
        covered
    }
}

/// Why a table can be no struct at all.
fn why_no_struct(table: &Table) -> Option<&'static str> {
    if table.partition_of.is_some() {
        Some("it is a partition")
    } else if table.of_type.is_some() {
        Some("attributes do not say `OF` a type")
    } else {
        None
    }
}

/// The modules that structs lie in.
#[derive(Default)]
struct Modules {
    /// By schema.
    schemas: BTreeMap<String, String>,
    schema_names: Option<Scope>,
    /// Of each schema.
    files: BTreeMap<String, Scope>,
    /// The file of the types of each schema.
    types: BTreeMap<String, String>,
}

impl Modules {
    /// Where an object's item is written, and where it can be reached: both below the models' own module.
    fn place(&mut self, by: By, schema: &str, id: &ObjectId) -> (Vec<String>, Vec<String>) {
        if by == By::File {
            return (Vec::new(), Vec::new());
        }
        let is_public = schema == "public";
        // The folder of a schema and the files of `public` lie side by side.
        let beside = self.schema_names.get_or_insert_with(|| {
            let mut scope = Scope::of_modules();
            if by == By::Schema {
                scope.take("public", "");
            }
            scope
        });
        let module = if is_public {
            "public".to_owned()
        } else {
            let known = self.schemas.entry(schema.to_owned());
            known
                .or_insert_with(|| beside.take(&names::module_name(schema), ""))
                .clone()
        };
        let reach = if is_public {
            Vec::new()
        } else {
            vec![module.clone()]
        };
        if by == By::Schema {
            return (vec![module], reach);
        }
        let mut take = |name: &str| {
            if is_public {
                beside.take(&names::module_name(name), "")
            } else {
                let files = self
                    .files
                    .entry(schema.to_owned())
                    .or_insert_with(Scope::of_modules);
                files.take(&names::module_name(name), "")
            }
        };
        let file = if id.kind == Kind::Table || is_view(id) {
            take(id.name())
        } else {
            self.types
                .entry(schema.to_owned())
                .or_insert_with(|| take("types"))
                .clone()
        };
        let mut unit = reach.clone();
        unit.push(file);
        (unit, reach)
    }
}
