//! The DDL of models.
//!
//! What a user left unnamed stays so: PostgreSQL names it by its own rule when the DDL is run.

use limbeck_sql::{QualifiedName, quote_identifier, quote_literal};
use proc_macro2::Span;

use super::find::Found;
use super::tree::Tree;
use super::types::{FieldType, OneOf};
use super::writer::Writer;
use super::{Declared, Origin};
use crate::attributes::{
    CheckModel, ColumnModel, DefaultValue, Deferrable, EnumModel, FieldPath, ForeignKeyModel, IdentityKind,
    IndexKeyOf, IndexModel, KeyModel, NullsOrder, Spanned, TableModel,
};

/// Writes the DDL of one table, or of one enum type.
pub(super) struct Ddl<'a, T> {
    pub(super) tree: &'a Tree,
    pub(super) found: &'a Found<T>,
    pub(super) name: QualifiedName,
}

impl<T> Ddl<'_, T> {
    pub(super) fn at(&self, span: Span) -> Origin {
        self.found.origin(self.tree, span)
    }

    pub(super) fn comment(&self, on: &str, comment: &Spanned<String>) -> Declared {
        let mut writer = Writer::new(self.at(comment.span));
        writer.push(&format!("COMMENT ON {on} IS {}", quote_literal(&comment.value)));
        writer.finish()
    }
}

impl<T> Ddl<'_, T> {
    /// `COLLATE`.
    pub(super) fn collation(&self, writer: &mut Writer, collation: Option<&Spanned<String>>) {
        if let Some(collation) = collation {
            writer.push(" COLLATE ");
            writer.push_from(&quote_identifier(&collation.value), self.at(collation.span));
        }
    }

    /// `DEFAULT`.
    pub(super) fn default(&self, writer: &mut Writer, default: &Spanned<DefaultValue>) {
        writer.push(" DEFAULT ");
        let origin = self.at(default.span);
        match &default.value {
            DefaultValue::Sql(expression) if stands_alone(expression) => {
                writer.push_from(expression, origin);
            }
            DefaultValue::Sql(expression) => writer.parentheses_from(expression, origin),
            DefaultValue::Text(text) => writer.push_from(&quote_literal(text), origin),
            DefaultValue::Integer(number) | DefaultValue::Float(number) => {
                writer.push_from(number, origin);
            }
            DefaultValue::Boolean(value) => {
                writer.push_from(if *value { "true" } else { "false" }, origin);
            }
        }
    }
}

impl Ddl<'_, EnumModel> {
    /// `CREATE TYPE … AS ENUM`.
    pub(super) fn create(&self) -> Declared {
        let model = &self.found.model;
        let mut writer = Writer::new(self.at(model.ident.span()));
        writer.push("CREATE TYPE ");
        writer.push_from(&self.name.to_string(), self.at(model.name.span));
        writer.push(" AS ENUM (");
        for (n, label) in model.labels.iter().enumerate() {
            writer.push(if n > 0 { ", " } else { "" });
            writer.push_from(&quote_literal(&label.label.value), self.at(label.label.span));
        }
        writer.push(")");
        writer.finish()
    }

    /// `COMMENT ON TYPE`.
    pub(super) fn comments(&self) -> Vec<Declared> {
        let comment = self.found.model.comment.as_ref();
        comment
            .map(|comment| self.comment(&format!("TYPE {}", self.name), comment))
            .into_iter()
            .collect()
    }
}

impl Ddl<'_, TableModel> {
    /// `CREATE TABLE`, with the constraints that concern this table alone. `parents` are what it inherits from.
    pub(super) fn create(&self, types: &[Option<FieldType>], parents: &[QualifiedName]) -> Declared {
        let model = &self.found.model;
        let mut writer = Writer::new(self.at(model.ident.span()));
        let unlogged = model
            .settings
            .unlogged
            .as_ref()
            .is_some_and(|unlogged| unlogged.value);
        writer.push(if unlogged {
            "CREATE UNLOGGED TABLE "
        } else {
            "CREATE TABLE "
        });
        writer.push_from(&self.name.to_string(), self.at(model.name.span));
        writer.push(" (");
        let mut separator = "\n    ";
        for (column, found) in model.columns.iter().zip(types) {
            let Some(found) = found else { continue };
            writer.push(separator);
            writer.within(self.at(column.field.span), |writer| {
                self.column(writer, column, found);
            });
            separator = ",\n    ";
        }
        let primary_key = model.primary_key.iter().map(|key| ("PRIMARY KEY", key));
        for (what, key) in primary_key.chain(model.uniques.iter().map(|key| ("UNIQUE", key))) {
            writer.push(separator);
            writer.within(self.at(key.span), |writer| self.key(writer, what, key));
            separator = ",\n    ";
        }
        for check in model.checks.iter().filter(|check| !is_added_later(check)) {
            writer.push(separator);
            writer.within(self.at(check.span), |writer| self.check(writer, check));
            separator = ",\n    ";
        }
        for exclusion in &model.exclusions {
            writer.push(separator);
            writer.within(self.at(exclusion.span), |writer| {
                self.exclusion(writer, exclusion);
            });
            separator = ",\n    ";
        }
        writer.push(if separator == "\n    " { ")" } else { "\n)" });
        self.inherits(&mut writer, parents);
        let settings = &model.settings;
        self.partition_by(&mut writer, settings.partition_by.as_ref());
        self.stored(
            &mut writer,
            settings.access_method.as_ref(),
            settings.options.as_ref(),
            settings.tablespace.as_ref(),
        );
        writer.finish()
    }

    fn column(&self, writer: &mut Writer, column: &ColumnModel, found: &FieldType) {
        use syn::spanned::Spanned as _;
        writer.push_from(&quote_identifier(&column.name.value), self.at(column.name.span));
        writer.push(" ");
        let type_span = column
            .data_type
            .as_ref()
            .map_or_else(|| column.ty.span(), |name| name.span);
        writer.push_from(&found.name, self.at(type_span));
        self.collation(writer, column.collation.as_ref());
        if let Some(generated) = &column.generated {
            writer.push(" GENERATED ALWAYS AS ");
            writer.parentheses_from(&generated.value, self.at(generated.span));
            writer.push(if column.is_virtual { " VIRTUAL" } else { " STORED" });
        }
        if let Some(identity) = &column.identity {
            writer.within(self.at(identity.span), |writer| {
                writer.push(match identity.value.kind {
                    IdentityKind::Always => " GENERATED ALWAYS AS IDENTITY",
                    IdentityKind::ByDefault => " GENERATED BY DEFAULT AS IDENTITY",
                });
                let options = identity.value.options.iter();
                let options: Vec<String> = options
                    .map(|(option, value)| format!("{} {value}", option.as_sql()).trim_end().to_owned())
                    .collect();
                if !options.is_empty() {
                    writer.push(&format!(" ({})", options.join(" ")));
                }
            });
        }
        if let Some(default) = &column.default {
            self.default(writer, default);
        }
        if !found.nullable {
            writer.push(" NOT NULL");
        }
        if let Some(one_of) = &found.one_of {
            if let Some(name) = &one_of.check {
                writer.push(&format!(" CONSTRAINT {}", quote_identifier(name)));
            }
            writer.push(&format!(
                " CHECK ({})",
                is_one_of(&quote_identifier(&column.name.value), one_of, &found.name)
            ));
        }
    }

    fn key(&self, writer: &mut Writer, what: &str, key: &KeyModel) {
        constraint_name(writer, key.name.as_ref());
        writer.push(what);
        if key.nulls_not_distinct {
            writer.push(" NULLS NOT DISTINCT");
        }
        writer.push(" ");
        let last = key.without_overlaps.then_some(("", " WITHOUT OVERLAPS"));
        self.columns_and_last(writer, &key.fields, last);
        if !key.include.is_empty() {
            writer.push(" INCLUDE ");
            self.columns(writer, &key.include);
        }
        self.index_storage(writer, &key.storage, " USING INDEX TABLESPACE ");
        deferrable(writer, key.deferrable);
    }

    /// The columns of fields, in parentheses.
    fn columns(&self, writer: &mut Writer, fields: &[FieldPath]) {
        self.columns_and_last(writer, fields, None);
    }

    /// The same, with what stands before and behind the last column.
    fn columns_and_last(&self, writer: &mut Writer, fields: &[FieldPath], last: Option<(&str, &str)>) {
        writer.push("(");
        for (n, field) in fields.iter().enumerate() {
            writer.push(if n > 0 { ", " } else { "" });
            let (before, behind) = last.filter(|_| n + 1 == fields.len()).unwrap_or_default();
            writer.push(before);
            writer.push_from(&column_of(&self.found.model, field), self.at(field.span));
            writer.push(behind);
        }
        writer.push(")");
    }

    /// `CREATE INDEX`, for each index.
    pub(super) fn indexes(&self) -> Vec<Declared> {
        self.found
            .model
            .indexes
            .iter()
            .map(|index| self.index(index))
            .collect()
    }

    fn index(&self, index: &IndexModel) -> Declared {
        let mut writer = Writer::new(self.at(index.span));
        writer.push(if index.unique {
            "CREATE UNIQUE INDEX "
        } else {
            "CREATE INDEX "
        });
        if let Some(name) = &index.name {
            writer.push_from(&quote_identifier(&name.value), self.at(name.span));
            writer.push(" ");
        }
        writer.push(&format!("ON {}", self.name));
        if let Some(method) = &index.using {
            writer.push(" USING ");
            writer.push_from(&quote_identifier(&method.value), self.at(method.span));
        }
        writer.push(" (");
        for (n, key) in index.keys.iter().enumerate() {
            writer.push(if n > 0 { ", " } else { "" });
            match &key.of {
                IndexKeyOf::Field(field) => {
                    writer.push_from(&column_of(&self.found.model, field), self.at(field.span));
                }
                IndexKeyOf::Expression(expression) => {
                    writer.parentheses_from(&expression.value, self.at(expression.span));
                }
            }
            if let Some(collation) = &key.collation {
                writer.push(" COLLATE ");
                writer.push_from(&quote_identifier(&collation.value), self.at(collation.span));
            }
            if let Some(class) = &key.operator_class {
                writer.push(" ");
                writer.push_from(&class.value, self.at(class.span));
            }
            if key.descending {
                writer.push(" DESC");
            }
            match key.nulls {
                Some(NullsOrder::First) => writer.push(" NULLS FIRST"),
                Some(NullsOrder::Last) => writer.push(" NULLS LAST"),
                None => {}
            }
        }
        writer.push(")");
        if !index.include.is_empty() {
            writer.push(" INCLUDE ");
            self.columns(&mut writer, &index.include);
        }
        if index.nulls_not_distinct {
            writer.push(" NULLS NOT DISTINCT");
        }
        self.index_storage(&mut writer, &index.storage, " TABLESPACE ");
        if let Some(predicate) = &index.predicate {
            writer.push(" WHERE ");
            writer.parentheses_from(&predicate.value, self.at(predicate.span));
        }
        writer.finish()
    }

    /// `ALTER TABLE … ADD FOREIGN KEY`.
    pub(super) fn foreign_key(
        &self,
        key: &ForeignKeyModel,
        target: &TableModel,
        target_name: &QualifiedName,
    ) -> Declared {
        let mut writer = Writer::new(self.at(key.span));
        writer.push(&format!("ALTER TABLE {} ADD ", self.name));
        constraint_name(&mut writer, key.name.as_ref());
        writer.push("FOREIGN KEY ");
        self.columns_and_last(&mut writer, &key.fields, key.period.then_some(("PERIOD ", "")));
        writer.push(&format!(" REFERENCES {target_name} ("));
        for (n, field) in key.target_fields.iter().enumerate() {
            writer.push(if n > 0 { ", " } else { "" });
            let is_period = key.period && n + 1 == key.target_fields.len();
            writer.push(if is_period { "PERIOD " } else { "" });
            writer.push_from(&column_of(target, field), self.at(field.span));
        }
        writer.push(")");
        if key.match_full {
            writer.push(" MATCH FULL");
        }
        if let Some(action) = key.on_update {
            writer.push(&format!(" ON UPDATE {}", action.as_sql()));
        }
        if let Some(action) = key.on_delete {
            writer.push(&format!(" ON DELETE {}", action.as_sql()));
            if !key.on_delete_fields.is_empty() {
                writer.push(" ");
                self.columns(&mut writer, &key.on_delete_fields);
            }
        }
        deferrable(&mut writer, key.deferrable);
        writer.push(match (key.not_enforced, key.not_valid) {
            (true, _) => " NOT ENFORCED",
            (false, true) => " NOT VALID",
            (false, false) => "",
        });
        writer.finish()
    }

    /// `COMMENT ON`, for the table and each column.
    pub(super) fn comments(&self) -> Vec<Declared> {
        let model = &self.found.model;
        let of_table = model
            .comment
            .iter()
            .map(|comment| self.comment(&format!("TABLE {}", self.name), comment));
        let of_columns = model.columns.iter().filter_map(|column| {
            let on = format!("COLUMN {}.{}", self.name, quote_identifier(&column.name.value));
            Some(self.comment(&on, column.comment.as_ref()?))
        });
        of_table.chain(of_columns).collect()
    }
}

/// In `CREATE TABLE` PostgreSQL takes `NOT VALID` and holds the check for valid all the same. What is not enforced is
/// never valid.
pub(super) fn is_added_later(check: &CheckModel) -> bool {
    check.not_valid && !check.not_enforced
}

pub(super) fn constraint_name(writer: &mut Writer, name: Option<&Spanned<String>>) {
    if let Some(name) = name {
        writer.push(&format!("CONSTRAINT {} ", quote_identifier(&name.value)));
    }
}

pub(super) fn deferrable(writer: &mut Writer, deferrable: Option<Deferrable>) {
    match deferrable {
        None => {}
        Some(Deferrable::InitiallyImmediate) => writer.push(" DEFERRABLE"),
        Some(Deferrable::InitiallyDeferred) => writer.push(" DEFERRABLE INITIALLY DEFERRED"),
    }
}

/// The condition that a text, or each element of an array of texts, is one of some labels.
pub(super) fn is_one_of(value: &str, one_of: &OneOf, data_type: &str) -> String {
    let labels: Vec<String> = one_of.labels.iter().map(|label| quote_literal(label)).collect();
    let labels = labels.join(", ");
    match (one_of.is_array, one_of.null_elements) {
        (true, false) => format!("{value} <@ ARRAY[{labels}]::{data_type}"),
        (true, true) => format!("array_remove({value}, NULL) <@ ARRAY[{labels}]::{data_type}"),
        // Of no label there is no value.
        (false, _) if one_of.labels.is_empty() => format!("{value} IS NULL"),
        (false, _) => format!("{value} IN ({labels})"),
    }
}

/// The column of a field, quoted. That the field exists has been checked.
pub(super) fn column_of(model: &TableModel, field: &FieldPath) -> String {
    let column = model.column(field);
    column.map_or_else(String::new, |column| {
        quote_identifier(&column.name.value).into_owned()
    })
}

/// Whether `DEFAULT` takes an expression without parentheses: a call, a literal, a cast of one.
fn stands_alone(expression: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "_.'(){}:[]".contains(c);
    expression.chars().all(plain) && !expression.to_lowercase().starts_with("not")
}
