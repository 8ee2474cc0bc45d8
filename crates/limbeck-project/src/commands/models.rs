//! `models`: what the structs say, without a server.

mod diagram;
mod generate;

use std::path::PathBuf;

use limbeck_model::source::{
    DeclaredColumn, DeclaredEnum, DeclaredReference, DeclaredTable, DeclaredType, DeclaredView, Inputs,
    Models, Origin,
};
use limbeck_sql::QualifiedName;
use serde::Serialize;

use crate::config::nearest;
use crate::declared::{Declared, Sources, nothing_declared};
use crate::{Error, Events, Project};

pub use diagram::{DiagramOptions, diagram};
pub use generate::{By, GenerateOptions, GenerateReport, GeneratedText, LeftToSql, TimeTypes, generate};

/// What the models declare: structs with all that is in them, and the `.sql` files beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelsReport {
    /// The tables, by schema and name.
    pub tables: Vec<TableModelReport>,
    /// The types, by schema and name.
    pub types: Vec<TypeModelReport>,
    /// The structs over views, by schema and name of the view. Views themselves stand in `.sql` files or revisions.
    pub views: Vec<ViewModelReport>,
    /// The `.sql` files, relative to the project.
    pub files: Vec<PathBuf>,
}

/// Where a struct stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelPlace {
    /// The struct, with its modules: `crate::database::users::User`.
    pub model: String,
    /// The file, relative to the project.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl TableModelReport {
    /// Schema and name, quoted where PostgreSQL needs it.
    #[must_use]
    pub fn qualified_name(&self) -> String {
        QualifiedName::new(&self.schema, &self.name).to_string()
    }
}

impl ViewModelReport {
    /// Schema and name, quoted where PostgreSQL needs it.
    #[must_use]
    pub fn qualified_name(&self) -> String {
        QualifiedName::new(&self.schema, &self.name).to_string()
    }
}

impl TypeModelReport {
    /// Schema and name, quoted where PostgreSQL needs it.
    #[must_use]
    pub fn qualified_name(&self) -> String {
        QualifiedName::new(&self.schema, &self.name).to_string()
    }
}

impl ModelReport {
    /// Schema and name, quoted where PostgreSQL needs it.
    #[must_use]
    pub fn qualified_name(&self) -> String {
        QualifiedName::new(&self.schema, &self.name).to_string()
    }
}

impl ModelPlace {
    /// The struct's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        last_segment(&self.model)
    }
}

/// A table that a struct declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableModelReport {
    /// The schema.
    pub schema: String,
    /// The name.
    pub name: String,
    /// The struct.
    #[serde(flatten)]
    pub place: ModelPlace,
    /// The comment.
    pub comment: Option<String>,
    /// The columns, in order.
    pub columns: Vec<ColumnModelReport>,
    /// The columns of the primary key, in key order.
    pub primary_key: Vec<String>,
    /// The columns of each unique constraint, and of each unique index over plain columns and every row.
    pub unique: Vec<Vec<String>>,
    /// The foreign keys, in order.
    pub references: Vec<ReferenceReport>,
}

/// A struct over a view or a materialized view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ViewModelReport {
    /// The view's schema.
    pub schema: String,
    /// The view's name.
    pub name: String,
    /// The struct.
    #[serde(flatten)]
    pub place: ModelPlace,
    /// The columns that the struct reads, in the order of the fields. They have no comments.
    pub columns: Vec<ColumnModelReport>,
}

/// A column that a field declares, or of a view reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnModelReport {
    /// The name.
    pub name: String,
    /// The field.
    pub field: String,
    /// The file of the field, relative to the project, where that is another than the struct's: a field of a set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The line of the field, from 1.
    pub line: usize,
    /// The type, as the DDL writes it.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether NULL is allowed, or of a view's column, whether the field takes it.
    pub nullable: bool,
    /// The comment.
    pub comment: Option<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferenceReport {
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The schema of the referenced table.
    pub schema: String,
    /// The referenced table.
    pub table: String,
    /// The referenced columns, in the order of `columns`.
    pub referenced_columns: Vec<String>,
}

/// A type that a struct or an enum declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeModelReport {
    /// `enum type`, `composite type`, `domain` or `range type`.
    pub kind: String,
    /// The schema.
    pub schema: String,
    /// The name.
    pub name: String,
    /// The struct or enum.
    #[serde(flatten)]
    pub place: ModelPlace,
    /// The labels of an enum type, in order; none of another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
}

/// One model with the statements that it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelReport {
    /// `table`, `view`, or the kind of a type.
    pub kind: String,
    /// The schema.
    pub schema: String,
    /// The name.
    pub name: String,
    /// The struct or enum.
    #[serde(flatten)]
    pub place: ModelPlace,
    /// The tables whose foreign keys lead here, as `schema.table`, quoted where PostgreSQL needs it, in order.
    pub referenced_by: Vec<String>,
    /// The columns that a struct over a view reads, in the order of the fields; none of another model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnModelReport>,
    /// The statements that make it, indexes, foreign keys and comments included, each ended by a semicolon. Empty of a
    /// view, which no struct makes.
    pub sql: String,
}

/// Tells what the models declare. No server is asked.
///
/// # Errors
/// When a model or a `.sql` file cannot be read, or is wrong.
pub fn models(project: &Project, events: Events<'_>) -> Result<ModelsReport, Error> {
    let (models, sources) = read(project, events)?;
    let files = Declared::sql_files(project, &sources.folders, &Inputs::default())?;
    if is_empty(&models) && files.is_empty() {
        return Err(nothing_declared(project, &sources.models, &sources.folders));
    }
    let mut types: Vec<_> = models
        .enums
        .iter()
        .map(|one| enum_report(project, one))
        .chain(models.types.iter().map(|one| type_report(project, one)))
        .collect();
    types.sort_by(|one, other| (&one.schema, &one.name).cmp(&(&other.schema, &other.name)));
    Ok(ModelsReport {
        tables: models
            .tables
            .iter()
            .map(|table| table_report(project, table))
            .collect(),
        types,
        views: models
            .views
            .iter()
            .map(|view| view_report(project, view))
            .collect(),
        files: files.iter().map(|file| project.relative(&file.path)).collect(),
    })
}

/// Shows one model by the name of its table, type or view (with its schema where that is needed), or of its struct.
///
/// # Errors
/// When no model has that name, several have, or the models are wrong.
pub fn model(project: &Project, name: &str, events: Events<'_>) -> Result<ModelReport, Error> {
    let (models, sources) = read(project, events)?;
    if is_empty(&models) {
        return Err(nothing_declared(project, &sources.models, &[]));
    }
    let all = all(&models);
    let found: Vec<_> = all
        .iter()
        .filter(|one| is_called(one.object, one.model, name))
        .collect();
    let found = match found.as_slice() {
        [one] => *one,
        [] => {
            let known = all
                .iter()
                .flat_map(|one| [one.object.name.as_str(), last_segment(one.model)]);
            return Err(unknown(&format!("no model is called `{name}`"), name, known));
        }
        [first, others @ ..] => {
            // Several structs may read one view.
            let is_one_object = others.iter().all(|one| one.object == first.object);
            let names = std::iter::once(first).chain(others).map(|one| {
                if is_one_object {
                    format!("`{}`", one.model)
                } else {
                    format!("`{}`", one.object)
                }
            });
            let names: Vec<String> = names.collect();
            let hint = if is_one_object {
                "name the struct, with its modules where that is needed"
            } else {
                "name its schema too"
            };
            return Err(Error::usage(format!("`{name}` may be {}", names.join(" or "))).hint(hint));
        }
    };
    let statements = models
        .statements
        .iter()
        .filter(|statement| statement.object.as_ref() == Some(found.object))
        .map(|statement| format!("{};\n", statement.sql));
    let referenced_by = models
        .tables
        .iter()
        .filter(|table| {
            found.kind == "table" && table.references.iter().any(|key| key.table == *found.object)
        })
        .map(|table| table.name.to_string());
    Ok(ModelReport {
        kind: found.kind.to_owned(),
        schema: found.object.schema.clone(),
        name: found.object.name.clone(),
        place: place(project, found.model, found.origin),
        referenced_by: referenced_by.collect(),
        columns: found
            .view
            .map(|view| view_columns(project, view))
            .unwrap_or_default(),
        sql: statements.collect(),
    })
}

/// A model of any kind.
struct OneModel<'a> {
    object: &'a QualifiedName,
    model: &'a str,
    origin: &'a Origin,
    kind: &'static str,
    /// Where it is a struct over a view.
    view: Option<&'a DeclaredView>,
}

fn all(models: &Models) -> Vec<OneModel<'_>> {
    let tables = models
        .tables
        .iter()
        .map(|one| (&one.name, one.model.as_str(), &one.origin, "table", None));
    let enums = models
        .enums
        .iter()
        .map(|one| (&one.name, one.model.as_str(), &one.origin, "enum type", None));
    let types = models
        .types
        .iter()
        .map(|one| (&one.name, one.model.as_str(), &one.origin, one.sort, None));
    let views = models
        .views
        .iter()
        .map(|one| (&one.name, one.model.as_str(), &one.origin, "view", Some(one)));
    let all = tables.chain(enums).chain(types).chain(views);
    all.map(|(object, model, origin, kind, view)| OneModel {
        object,
        model,
        origin,
        kind,
        view,
    })
    .collect()
}

fn is_empty(models: &Models) -> bool {
    models.tables.is_empty() && models.enums.is_empty() && models.types.is_empty() && models.views.is_empty()
}

fn read(project: &Project, events: Events<'_>) -> Result<(Models, Sources), Error> {
    let sources = Sources::of(project);
    if sources.models.is_empty() {
        return Ok((Models::default(), sources));
    }
    let models = Declared::models(project, &sources.models, &Inputs::default(), events)?;
    Ok((models, sources))
}

/// Whether a model is meant by a name: of the table, with or without its schema, or of the struct, with or without its
/// modules.
fn is_called(table: &QualifiedName, model: &str, name: &str) -> bool {
    let is_of_struct = model == name || last_segment(model) == name;
    let plain = format!("{}.{}", table.schema, table.name);
    is_of_struct || table.name == name || plain == name || table.to_string() == name
}

/// The error of a name that nothing has, with the nearest that something has.
fn unknown<'a>(message: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.collect();
    let error = Error::usage(message);
    match nearest(name, &known) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`limbeck models list` lists them"),
    }
}

fn last_segment(model: &str) -> &str {
    model.rsplit("::").next().unwrap_or(model)
}

fn place(project: &Project, model: &str, origin: &Origin) -> ModelPlace {
    ModelPlace {
        model: model.to_owned(),
        file: project.relative(&origin.file),
        line: origin.line,
    }
}

/// The file of a field, where that is another than the struct's.
fn other_file(project: &Project, field: &Origin, of: &Origin) -> Option<PathBuf> {
    (field.file != of.file).then(|| project.relative(&field.file))
}

fn table_report(project: &Project, table: &DeclaredTable) -> TableModelReport {
    let column = |column: &DeclaredColumn| ColumnModelReport {
        name: column.name.clone(),
        field: column.field.clone(),
        file: other_file(project, &column.origin, &table.origin),
        line: column.origin.line,
        data_type: column.data_type.clone(),
        nullable: column.nullable && !table.primary_key.contains(&column.name),
        comment: column.comment.clone(),
    };
    let reference = |key: &DeclaredReference| ReferenceReport {
        columns: key.columns.clone(),
        schema: key.table.schema.clone(),
        table: key.table.name.clone(),
        referenced_columns: key.referenced_columns.clone(),
    };
    TableModelReport {
        schema: table.name.schema.clone(),
        name: table.name.name.clone(),
        place: place(project, &table.model, &table.origin),
        comment: table.comment.clone(),
        columns: table.columns.iter().map(column).collect(),
        primary_key: table.primary_key.clone(),
        unique: table.unique.clone(),
        references: table.references.iter().map(reference).collect(),
    }
}

fn enum_report(project: &Project, one: &DeclaredEnum) -> TypeModelReport {
    TypeModelReport {
        kind: "enum type".to_owned(),
        schema: one.name.schema.clone(),
        name: one.name.name.clone(),
        place: place(project, &one.model, &one.origin),
        labels: one.labels.clone(),
    }
}

fn type_report(project: &Project, one: &DeclaredType) -> TypeModelReport {
    TypeModelReport {
        kind: one.sort.to_owned(),
        schema: one.name.schema.clone(),
        name: one.name.name.clone(),
        place: place(project, &one.model, &one.origin),
        labels: Vec::new(),
    }
}

fn view_report(project: &Project, view: &DeclaredView) -> ViewModelReport {
    ViewModelReport {
        schema: view.name.schema.clone(),
        name: view.name.name.clone(),
        place: place(project, &view.model, &view.origin),
        columns: view_columns(project, view),
    }
}

fn view_columns(project: &Project, view: &DeclaredView) -> Vec<ColumnModelReport> {
    let columns = view.columns.iter().map(|column| ColumnModelReport {
        name: column.name.clone(),
        field: column.field.clone(),
        file: other_file(project, &column.field_origin, &view.origin),
        line: column.field_origin.line,
        data_type: column.data_type.clone(),
        nullable: column.nullable,
        comment: None,
    });
    columns.collect()
}
