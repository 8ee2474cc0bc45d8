//! The DDL of what tables and columns are told beyond what they hold, and of exclusion constraints and partitions.

use limbeck_sql::{QualifiedName, quote_identifier, quote_literal};

use super::Declared;
use super::ddl::{Ddl, column_of, constraint_name, deferrable};
use super::writer::Writer;
use crate::attributes::{
    CheckModel, ExclusionModel, IndexKeyOf, PartitionKey, ReplicaIdentity, RowSecurity, TableModel,
};

impl Ddl<'_, TableModel> {
    pub(super) fn check(&self, writer: &mut Writer, check: &CheckModel) {
        constraint_name(writer, check.name.as_ref());
        writer.push("CHECK ");
        writer.parentheses_from(&check.expression.value, self.at(check.expression.span));
        writer.push(if check.no_inherit { " NO INHERIT" } else { "" });
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
                    writer.push_from(&column_of(&self.found.model, field), self.at(field.span()));
                }
                IndexKeyOf::Expression(expression) => {
                    writer.parentheses_from(&expression.value, self.at(expression.span));
                }
            }
            writer.push(" WITH ");
            writer.push_from(&operator.value, self.at(operator.span));
        }
        writer.push(")");
        if let Some(predicate) = &exclusion.predicate {
            writer.push(" WHERE ");
            writer.parentheses_from(&predicate.value, self.at(predicate.span));
        }
        deferrable(writer, exclusion.deferrable);
    }

    /// `PARTITION BY`.
    pub(super) fn partition_by(&self, writer: &mut Writer) {
        let Some(partition_by) = &self.found.model.settings.partition_by else {
            return;
        };
        writer.push(" ");
        writer.within(self.at(partition_by.span), |writer| {
            writer.push(&format!("PARTITION BY {} (", partition_by.value.strategy));
            for (n, key) in partition_by.value.keys.iter().enumerate() {
                writer.push(if n > 0 { ", " } else { "" });
                match key {
                    PartitionKey::Field(field) => {
                        writer.push_from(&column_of(&self.found.model, field), self.at(field.span()));
                    }
                    PartitionKey::Expression(expression) => {
                        writer.parentheses_from(&expression.value, self.at(expression.span));
                    }
                }
            }
            writer.push(")");
        });
    }

    /// `WITH (…)`.
    pub(super) fn options(&self, writer: &mut Writer) {
        let Some(options) = &self.found.model.settings.options else {
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

    /// `CREATE TABLE … PARTITION OF`, for each partition.
    pub(super) fn partitions(&self) -> Vec<Declared> {
        let partitions = self.found.model.settings.partitions.iter();
        partitions
            .map(|partition| {
                let mut writer = Writer::new(self.at(partition.name.span));
                let name = QualifiedName::new(&self.name.schema, &partition.name.value);
                writer.push(&format!("CREATE TABLE {name} PARTITION OF {} ", self.name));
                match &partition.values {
                    Some(values) => {
                        writer.push("FOR VALUES ");
                        writer.push_from(&values.value, self.at(values.span));
                    }
                    None => writer.push("DEFAULT"),
                }
                writer.finish()
            })
            .collect()
    }

    /// `ALTER TABLE`, for what `CREATE TABLE` cannot say. The indexes are there already.
    pub(super) fn alterations(&self) -> Vec<Declared> {
        let model = &self.found.model;
        let mut found = Vec::new();
        for check in model.checks.iter().filter(|check| check.not_valid) {
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
            (settings.row_security.is_some(), "row_security"),
            (settings.replica_identity.is_some(), "replica_identity"),
            (settings.partition_by.is_some(), "partition_by"),
        ];
        said.into_iter()
            .filter(|(said, _)| *said)
            .map(|(_, word)| word)
            .collect()
    }
}
