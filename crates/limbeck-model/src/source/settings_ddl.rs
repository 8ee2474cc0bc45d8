//! The DDL of what tables and columns are told beyond what they hold, and of exclusion constraints and partitions.

use limbeck_sql::default_name::{self, IndexKey};
use limbeck_sql::{QualifiedName, quote_identifier, quote_literal};

use super::ddl::{Ddl, column_of, constraint_name, deferrable, is_added_later};
use super::writer::Writer;
use super::{Declared, DeclaredIndex};
use crate::attributes::{
    CheckModel, ExclusionModel, FieldPath, IndexKeyOf, IndexStorage, PartitionBy, PartitionKey,
    PartitionModel, ReplicaIdentity, RowSecurity, Spanned, TableModel,
};

impl Ddl<'_, TableModel> {
    pub(super) fn check(&self, writer: &mut Writer, check: &CheckModel) {
        constraint_name(writer, check.name.as_ref());
        writer.push("CHECK ");
        writer.parentheses_from(&check.expression.value, self.at(check.expression.span));
        writer.push(if check.no_inherit { " NO INHERIT" } else { "" });
        writer.push(if check.not_enforced { " NOT ENFORCED" } else { "" });
    }

    pub(super) fn exclusion(&self, writer: &mut Writer, exclusion: &ExclusionModel) {
        constraint_name(writer, exclusion.name.as_ref());
        writer.push("EXCLUDE USING ");
        match &exclusion.using {
            Some(method) => writer.push_from(&quote_identifier(&method.value), self.at(method.span)),
            None => writer.push("gist"),
        }
        writer.push(" (");
        for (n, (of, operator)) in exclusion.keys.iter().enumerate() {
            writer.push(if n > 0 { ", " } else { "" });
            match of {
                IndexKeyOf::Field(field) => {
                    writer.push_from(&column_of(&self.found.model, field), self.at(field.span));
                }
                IndexKeyOf::Expression(expression) => {
                    writer.parentheses_from(&expression.value, self.at(expression.span));
                }
            }
            writer.push(" WITH ");
            writer.push_from(&operator.value, self.at(operator.span));
        }
        writer.push(")");
        self.index_storage(writer, &exclusion.storage, " USING INDEX TABLESPACE ");
        if let Some(predicate) = &exclusion.predicate {
            writer.push(" WHERE ");
            writer.parentheses_from(&predicate.value, self.at(predicate.span));
        }
        deferrable(writer, exclusion.deferrable);
    }

    /// `INHERITS`.
    pub(super) fn inherits(&self, writer: &mut Writer, parents: &[QualifiedName]) {
        use syn::spanned::Spanned as _;
        for (n, (parent, path)) in parents
            .iter()
            .zip(&self.found.model.settings.inherits)
            .enumerate()
        {
            writer.push(if n > 0 { ", " } else { " INHERITS (" });
            writer.push_from(&parent.to_string(), self.at(path.span()));
        }
        writer.push(if parents.is_empty() { "" } else { ")" });
    }

    /// `PARTITION BY`.
    pub(super) fn partition_by(&self, writer: &mut Writer, partition_by: Option<&Spanned<PartitionBy>>) {
        let Some(partition_by) = partition_by else {
            return;
        };
        writer.push(" ");
        writer.within(self.at(partition_by.span), |writer| {
            writer.push(&format!("PARTITION BY {} (", partition_by.value.strategy));
            for (n, key) in partition_by.value.keys.iter().enumerate() {
                writer.push(if n > 0 { ", " } else { "" });
                match key {
                    PartitionKey::Field(field) => {
                        writer.push_from(&column_of(&self.found.model, field), self.at(field.span));
                    }
                    PartitionKey::Expression(expression) => {
                        writer.parentheses_from(&expression.value, self.at(expression.span));
                    }
                }
            }
            writer.push(")");
        });
    }

    /// `USING`, `WITH (…)` and `TABLESPACE`, behind a table.
    pub(super) fn stored(
        &self,
        writer: &mut Writer,
        access_method: Option<&Spanned<String>>,
        options: Option<&Spanned<Vec<(String, String)>>>,
        tablespace: Option<&Spanned<String>>,
    ) {
        if let Some(method) = access_method {
            writer.push(" USING ");
            writer.push_from(&quote_identifier(&method.value), self.at(method.span));
        }
        self.options(writer, options);
        if let Some(tablespace) = tablespace {
            writer.push(" TABLESPACE ");
            writer.push_from(&quote_identifier(&tablespace.value), self.at(tablespace.span));
        }
    }

    /// `WITH (…)` and the tablespace, behind an index or the constraint that has one.
    pub(super) fn index_storage(&self, writer: &mut Writer, storage: &IndexStorage, tablespace_word: &str) {
        self.options(writer, storage.options.as_ref());
        if let Some(tablespace) = &storage.tablespace {
            writer.push(tablespace_word);
            writer.push_from(&quote_identifier(&tablespace.value), self.at(tablespace.span));
        }
    }

    /// `WITH (…)`.
    fn options(&self, writer: &mut Writer, options: Option<&Spanned<Vec<(String, String)>>>) {
        let Some(options) = options else {
            return;
        };
        let list: Vec<String> = options
            .value
            .iter()
            .map(|(option, value)| format!("{option} = {}", quote_literal(value)))
            .collect();
        if !list.is_empty() {
            writer.push(" ");
            writer.push_from(&format!("WITH ({})", list.join(", ")), self.at(options.span));
        }
    }

    /// `CREATE TABLE … PARTITION OF`, for each partition, those of partitions behind them.
    pub(super) fn partitions(&self) -> Vec<Declared> {
        let mut found = Vec::new();
        self.partitions_of(&self.name, &self.found.model.settings.partitions, &mut found);
        found
    }

    fn partitions_of(&self, of: &QualifiedName, partitions: &[PartitionModel], found: &mut Vec<Declared>) {
        for partition in partitions {
            let mut writer = Writer::new(self.at(partition.name.span));
            let name = QualifiedName::new(&self.name.schema, &partition.name.value);
            writer.push(&format!("CREATE TABLE {name} PARTITION OF {of} "));
            match &partition.values {
                Some(values) => {
                    writer.push("FOR VALUES ");
                    writer.push_from(&values.value, self.at(values.span));
                }
                None => writer.push("DEFAULT"),
            }
            self.partition_by(&mut writer, partition.partition_by.as_ref());
            self.stored(
                &mut writer,
                partition.access_method.as_ref(),
                partition.options.as_ref(),
                partition.tablespace.as_ref(),
            );
            found.push(writer.finish());
            self.partitions_of(&name, &partition.partitions, found);
        }
    }

    /// `ALTER TABLE`, for what `CREATE TABLE` cannot say. The indexes are there already.
    pub(super) fn alterations(&self) -> Vec<Declared> {
        let model = &self.found.model;
        let mut found = Vec::new();
        for check in model.checks.iter().filter(|check| is_added_later(check)) {
            let mut writer = Writer::new(self.at(check.span));
            writer.push(&format!("ALTER TABLE {} ADD ", self.name));
            self.check(&mut writer, check);
            writer.push(" NOT VALID");
            found.push(writer.finish());
        }
        let mut alter = |span, text: &str| {
            let mut writer = Writer::new(self.at(span));
            writer.push(&format!("ALTER TABLE {} {text}", self.name));
            found.push(writer.finish());
        };
        for column in &model.columns {
            let name = quote_identifier(&column.name.value);
            if let Some(storage) = &column.settings.storage {
                alter(
                    storage.span,
                    &format!("ALTER COLUMN {name} SET STORAGE {}", storage.value),
                );
            }
            if let Some(method) = &column.settings.compression {
                alter(
                    method.span,
                    &format!("ALTER COLUMN {name} SET COMPRESSION {}", method.value),
                );
            }
            if let Some(target) = &column.settings.statistics {
                alter(
                    target.span,
                    &format!("ALTER COLUMN {name} SET STATISTICS {}", target.value),
                );
            }
        }
        if let Some(row_security) = &model.settings.row_security {
            if row_security.value != RowSecurity::Off {
                alter(row_security.span, "ENABLE ROW LEVEL SECURITY");
            }
            if row_security.value == RowSecurity::Forced {
                alter(row_security.span, "FORCE ROW LEVEL SECURITY");
            }
        }
        if let Some(identity) = &model.settings.replica_identity {
            let text = match &identity.value {
                ReplicaIdentity::Default => "DEFAULT".to_owned(),
                ReplicaIdentity::Full => "FULL".to_owned(),
                ReplicaIdentity::Nothing => "NOTHING".to_owned(),
                ReplicaIdentity::Index(name) => format!("USING INDEX {}", quote_identifier(name)),
            };
            alter(identity.span, &format!("REPLICA IDENTITY {text}"));
        }
        found
    }

    /// The words of the optional settings that the table speaks of.
    pub(super) fn said_of_table(&self) -> Vec<&'static str> {
        let settings = &self.found.model.settings;
        let said = [
            (settings.unlogged.is_some(), "unlogged"),
            (settings.options.is_some(), "options"),
            (settings.tablespace.is_some(), "tablespace"),
            (settings.access_method.is_some(), "using"),
            (settings.row_security.is_some(), "row_security"),
            (settings.replica_identity.is_some(), "replica_identity"),
            (settings.partition_by.is_some(), "partition_by"),
        ];
        said.into_iter()
            .filter(|(said, _)| *said)
            .map(|(_, word)| word)
            .collect()
    }

    /// The indexes of whose storage the table speaks.
    pub(super) fn said_of_indexes(&self) -> Vec<DeclaredIndex> {
        let model = &self.found.model;
        let table = model.name.value.as_str();
        let free = |_: &str| false;
        let mut found = Vec::new();
        let mut note =
            |storage: &IndexStorage, name: Option<&Spanned<String>>, default: &dyn Fn() -> String| {
                let said = [
                    (storage.options.is_some(), "with"),
                    (storage.tablespace.is_some(), "tablespace"),
                ];
                let said: Vec<&'static str> = said
                    .into_iter()
                    .filter_map(|(said, word)| said.then_some(word))
                    .collect();
                if !said.is_empty() {
                    let name = name.map_or_else(default, |name| name.value.clone());
                    found.push(DeclaredIndex { name, said });
                }
            };
        if let Some(key) = &model.primary_key {
            note(&key.storage, key.name.as_ref(), &|| {
                default_name::primary_key(table, &free)
            });
        }
        for key in &model.uniques {
            note(&key.storage, key.name.as_ref(), &|| {
                default_name::unique(
                    table,
                    &column_names(model, key.fields.iter().chain(&key.include)),
                    &free,
                )
            });
        }
        for exclusion in &model.exclusions {
            note(&exclusion.storage, exclusion.name.as_ref(), &|| {
                let columns = key_columns(model, exclusion.keys.iter().map(|(of, _)| of));
                default_name::exclusion(table, &index_keys(&columns), &free)
            });
        }
        for index in &model.indexes {
            note(&index.storage, index.name.as_ref(), &|| {
                let mut columns = key_columns(model, index.keys.iter().map(|key| &key.of));
                let include = column_names(model, index.include.iter());
                columns.extend(include.into_iter().map(|name| (name, false)));
                default_name::index(table, &index_keys(&columns), &free)
            });
        }
        found
    }
}

/// The names of the columns of fields.
pub(super) fn column_names<'a>(
    model: &TableModel,
    fields: impl Iterator<Item = &'a FieldPath>,
) -> Vec<String> {
    let columns = fields.filter_map(|field| model.column(field));
    columns.map(|column| column.name.value.clone()).collect()
}

/// What an index is over: names of columns, and expressions, which are marked.
pub(super) fn key_columns<'a>(
    model: &TableModel,
    keys: impl Iterator<Item = &'a IndexKeyOf>,
) -> Vec<(String, bool)> {
    keys.map(|of| match of {
        IndexKeyOf::Field(field) => {
            let column = model.column(field);
            let name = column.map(|column| column.name.value.clone());
            (name.unwrap_or_default(), false)
        }
        IndexKeyOf::Expression(expression) => (expression.value.clone(), true),
    })
    .collect()
}

pub(super) fn index_keys(columns: &[(String, bool)]) -> Vec<IndexKey<'_>> {
    columns
        .iter()
        .map(|(text, is_expression)| match is_expression {
            true => IndexKey::Expression(text),
            false => IndexKey::Column(text),
        })
        .collect()
}
