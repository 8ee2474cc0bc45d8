//! Tables: `#[table(…)]` on a struct.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Fields};

use super::arguments::{self, Parsed};
use super::column::FieldModel;
use super::index::IndexKeyOf;
use super::{
    AttributeError, CheckModel, ColumnModel, ExclusionModel, FieldPath, FlattenModel, ForeignKeyModel,
    IndexModel, KeyModel, PartitionKey, RenameRule, Spanned, TableSettings, constraint, doc_comment,
    generics,
};

/// A struct that is a table.
#[derive(Clone)]
pub struct TableModel {
    /// The struct.
    pub ident: Ident,
    /// The table's name. Empty where it is missing, which is among the errors.
    pub name: Spanned<String>,
    /// The schema, where it is said; else `public`.
    pub schema: Option<Spanned<String>>,
    /// The comment.
    pub comment: Option<Spanned<String>>,
    /// The name that the table had.
    pub renamed_from: Option<Spanned<String>>,
    /// The columns, in the order of the fields.
    pub columns: Vec<ColumnModel>,
    /// The fields whose structs' columns belong to the table. None is left once those are among `columns`.
    pub flattened: Vec<FlattenModel>,
    /// The primary key, be it said on the table or on fields.
    pub primary_key: Option<KeyModel>,
    /// The unique constraints: those of the fields, then those of the table. So are the lists that follow.
    pub uniques: Vec<KeyModel>,
    /// The check constraints.
    pub checks: Vec<CheckModel>,
    /// The indexes.
    pub indexes: Vec<IndexModel>,
    /// The foreign keys.
    pub foreign_keys: Vec<ForeignKeyModel>,
    /// The exclusion constraints.
    pub exclusions: Vec<ExclusionModel>,
    /// What the table is told beyond that.
    pub settings: TableSettings,
}

pub(super) const WORDS: &[&str] = &[
    "name",
    "schema",
    "comment",
    "comments",
    "primary_key",
    "unique",
    "check",
    "index",
    "foreign_key",
    "exclude",
    "renamed_from",
    "rename_all",
    "inherits",
    "unlogged",
    "options",
    "tablespace",
    "using",
    "row_security",
    "replica_identity",
    "partition_by",
    "partition",
];

const COLUMNS_WORDS: &[&str] = &[
    "comments",
    "unique",
    "check",
    "index",
    "foreign_key",
    "exclude",
    "rename_all",
];

/// As what a struct is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Table,
    Columns,
}

impl As {
    fn what(self) -> &'static str {
        match self {
            Self::Table => "a table",
            Self::Columns => "a set of columns",
        }
    }
}

/// What the attributes of the struct say, as it comes.
#[derive(Default)]
struct Given {
    /// Whether there is a name at all, be it a good one or not.
    named: bool,
    name: Option<Spanned<String>>,
    schema: Option<Spanned<String>>,
    comment: Option<Spanned<String>>,
    comments: Option<bool>,
    renamed_from: Option<Spanned<String>>,
    primary_key: Option<KeyModel>,
    uniques: Vec<KeyModel>,
    checks: Vec<CheckModel>,
    indexes: Vec<IndexModel>,
    foreign_keys: Vec<ForeignKeyModel>,
    exclusions: Vec<ExclusionModel>,
    rename_all: Option<RenameRule>,
    settings: TableSettings,
}

impl TableModel {
    /// Reads a struct with `#[derive(Table)]`. What is no struct with named fields, or has generics, gives no model.
    #[must_use]
    pub fn parse(input: &DeriveInput) -> (Option<Self>, Vec<AttributeError>) {
        Self::parse_as(input, As::Table)
    }

    /// Reads a struct with `#[derive(Columns)]`: what it declares is that of a table without a name, which is none by
    /// itself.
    #[must_use]
    pub fn parse_columns(input: &DeriveInput) -> (Option<Self>, Vec<AttributeError>) {
        Self::parse_as(input, As::Columns)
    }

    fn parse_as(input: &DeriveInput, form: As) -> (Option<Self>, Vec<AttributeError>) {
        let mut errors = Vec::new();
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => Some(&fields.named),
                Fields::Unnamed(_) | Fields::Unit => None,
            },
            Data::Enum(_) | Data::Union(_) => None,
        };
        let what = form.what();
        let Some(fields) = fields else {
            let message = format!(
                "`{}` cannot be {what}: only a struct with named fields can",
                input.ident
            );
            let error = AttributeError::new(input.ident.span(), message);
            let error = match &input.data {
                Data::Enum(_) => error.with_hint("for an enum type derive `PgEnum`"),
                Data::Struct(_) | Data::Union(_) => error.with_hint("each named field is a column"),
            };
            return (None, vec![error]);
        };
        let hint = "a table's columns have one type each: write a struct without parameters";
        if let Some(error) = generics::refused(input, &format!("cannot be {what}"), hint) {
            return (None, vec![error]);
        }
        let (attribute, others) = match form {
            As::Table => ("table", ["column", "columns", "view", "pg_enum", "pg_type"]),
            As::Columns => ("columns", ["column", "table", "view", "pg_enum", "pg_type"]),
        };
        misplaced(
            &input.attrs,
            &others,
            &format!("`#[{attribute}(…)]`"),
            &mut errors,
        );

        let mut given = Given::default();
        arguments::of_attributes(&input.attrs, attribute, &mut errors, |input, errors| {
            given.argument(input, form, errors)
        });
        let comments = given.comments.unwrap_or(false);

        let mut columns = Vec::with_capacity(fields.len());
        let mut flattened = Vec::new();
        let (mut uniques, mut checks, mut indexes, mut foreign_keys) = (vec![], vec![], vec![], vec![]);
        for field in fields {
            let Some(ident) = &field.ident else { continue };
            misplaced(
                &field.attrs,
                &["table", "columns", "view", "pg_enum", "pg_type"],
                "`#[column(…)]`",
                &mut errors,
            );
            let (column, parts) =
                match ColumnModel::parse(field, ident, comments, given.rename_all, &mut errors) {
                    FieldModel::Column(both) => *both,
                    FieldModel::Flattened(flatten) => {
                        flattened.push(FlattenModel {
                            position: columns.len(),
                            ..flatten
                        });
                        continue;
                    }
                    FieldModel::Skipped => continue,
                };
            columns.push(column);
            uniques.extend(parts.uniques);
            checks.extend(parts.checks);
            indexes.extend(parts.indexes);
            foreign_keys.extend(parts.foreign_key);
        }
        uniques.append(&mut given.uniques);
        checks.append(&mut given.checks);
        indexes.append(&mut given.indexes);
        foreign_keys.append(&mut given.foreign_keys);
        if let Some(own) = KeyModel::of_columns(&columns)
            && let Err(error) = constraint::set_primary_key(&mut given.primary_key, own)
        {
            errors.push(error);
        }

        let model = Self {
            ident: input.ident.clone(),
            name: given.name.unwrap_or_else(|| {
                if !given.named && form == As::Table {
                    let error = AttributeError::new(
                        input.ident.span(),
                        format!("`{}` has no table name", input.ident),
                    );
                    errors.push(error.with_hint("add `#[table(name = \"…\")]` above the struct"));
                }
                Spanned::new(String::new(), input.ident.span())
            }),
            schema: given.schema,
            comment: given.comment.or_else(|| {
                let text = doc_comment::text(&input.attrs).filter(|_| comments)?;
                Some(Spanned::new(text, input.ident.span()))
            }),
            renamed_from: given.renamed_from,
            columns,
            flattened,
            primary_key: given.primary_key,
            uniques,
            checks,
            indexes,
            foreign_keys,
            exclusions: given.exclusions,
            settings: given.settings,
        };
        model.check_fields(&mut errors);
        if form == As::Columns {
            errors.extend(model.references_to_self());
        }
        (Some(model), errors)
    }

    /// The column of a field.
    #[must_use]
    pub fn column(&self, field: &FieldPath) -> Option<&ColumnModel> {
        self.columns.iter().find(|column| column.field == *field)
    }

    /// Whether a field of a flattened struct may be meant, which only that struct can tell.
    fn may_be_flattened(&self, field: &FieldPath) -> bool {
        !field.outer().is_empty() && self.is_flattened(field.first())
    }

    fn is_flattened(&self, field: &Ident) -> bool {
        let mut flattened = self.flattened.iter();
        flattened.any(|flattened| flattened.field.unraw() == field.unraw())
    }

    /// The mistake of naming a field that the model does not have.
    #[must_use]
    pub fn missing_field(&self, field: &FieldPath) -> AttributeError {
        let error = AttributeError::new(field.span, format!("`{}` has no field `{field}`", self.ident));
        let fields: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.field.to_string())
            .collect();
        let within = format!("{field}.");
        let inner = fields.iter().find(|known| known.starts_with(&within));
        if inner.is_some() || (field.outer().is_empty() && self.is_flattened(field.field())) {
            let message = format!("`{field}` is flattened: it is no column itself");
            let example = inner.map_or_else(|| format!("{field}.…"), Clone::clone);
            return AttributeError::new(field.span, message)
                .with_hint(format!("name one of its fields: `{example}`"));
        }
        let by_column = self
            .columns
            .iter()
            .find(|column| field.outer().is_empty() && *field.field() == column.name.value);
        match by_column.map(|column| column.field.to_string()) {
            Some(near) => error.with_hint(format!("that is the name of the column; its field is `{near}`")),
            None => match arguments::nearest(&field.to_string(), fields.iter().map(String::as_str)) {
                Some(near) => error.with_hint(format!("did you mean `{near}`?")),
                None => error.with_hint(format!("its fields are {}", list(&fields))),
            },
        }
    }

    /// Two columns of one name, and lists that name what is no field or name it twice.
    fn check_fields(&self, errors: &mut Vec<AttributeError>) {
        self.check_names(errors);
        self.check_lists(errors);
    }

    /// The fields that lists name.
    pub fn named_fields(&self) -> impl Iterator<Item = &FieldPath> {
        let keys = self.primary_key.iter().chain(&self.uniques);
        let keys = keys.flat_map(|key| key.fields.iter().chain(&key.include));
        let foreign = self.foreign_keys.iter();
        let foreign = foreign.flat_map(|key| key.fields.iter().chain(&key.on_delete_fields));
        let included = self.indexes.iter().flat_map(|index| &index.include);
        let indexed = self
            .indexes
            .iter()
            .flat_map(|index| index.keys.iter().map(|key| &key.of));
        let excluded = self
            .exclusions
            .iter()
            .flat_map(|exclusion| exclusion.keys.iter().map(|(of, _)| of));
        let of_indexes = indexed.chain(excluded).filter_map(|of| match of {
            IndexKeyOf::Field(field) => Some(field),
            IndexKeyOf::Expression(_) => None,
        });
        let partition_by = self.settings.partition_by.iter();
        let partition_by = partition_by
            .flat_map(|by| &by.value.keys)
            .filter_map(|key| match key {
                PartitionKey::Field(field) => Some(field),
                PartitionKey::Expression(_) => None,
            });
        keys.chain(foreign)
            .chain(included)
            .chain(of_indexes)
            .chain(partition_by)
    }

    /// References to `Self`, which is no table here.
    fn references_to_self(&self) -> impl Iterator<Item = AttributeError> {
        let own = self.foreign_keys.iter().filter(|key| key.target.is_ident("Self"));
        own.map(|key| {
            AttributeError::new(key.span, "`Self` is no table here, but is flattened into several")
                .with_hint("name the table: `references = User::id`")
        })
    }

    /// Two columns of one name.
    fn check_names(&self, errors: &mut Vec<AttributeError>) {
        for (n, column) in self.columns.iter().enumerate() {
            if self
                .columns
                .iter()
                .take(n)
                .any(|earlier| earlier.name.value == column.name.value)
            {
                let message = format!("two columns are named `{}`", column.name.value);
                errors.push(
                    AttributeError::new(column.name.span, message)
                        .with_hint("give one of them another name: `#[column(name = \"…\")]`"),
                );
            }
        }
    }

    /// Lists that name what is no field, or name one twice.
    pub(crate) fn check_lists(&self, errors: &mut Vec<AttributeError>) {
        let keys = self.primary_key.iter().chain(&self.uniques);
        for key in keys {
            self.check_list(&key.fields, errors);
            self.check_list(&key.include, errors);
        }
        for key in &self.foreign_keys {
            self.check_list(&key.fields, errors);
            self.check_list(&key.on_delete_fields, errors);
        }
        let mut named: Vec<&FieldPath> = Vec::new();
        for (of, _) in self.exclusions.iter().flat_map(|exclusion| &exclusion.keys) {
            if let IndexKeyOf::Field(field) = of {
                named.push(field);
            }
        }
        if let Some(partition_by) = &self.settings.partition_by {
            for key in &partition_by.value.keys {
                if let PartitionKey::Field(field) = key {
                    named.push(field);
                }
            }
        } else if let Some(partition) = self.settings.partitions.first() {
            errors.push(
                AttributeError::new(
                    partition.name.span,
                    "a partition of a table that is not partitioned",
                )
                .with_hint("say by what: `partition_by = range(…)`"),
            );
        }
        let missing = named.into_iter().filter(|field| self.is_missing(field));
        errors.extend(missing.map(|field| self.missing_field(field)));
        for index in &self.indexes {
            self.check_list(&index.include, errors);
            for key in &index.keys {
                if let IndexKeyOf::Field(field) = &key.of
                    && self.is_missing(field)
                {
                    errors.push(self.missing_field(field));
                }
            }
        }
    }

    fn is_missing(&self, field: &FieldPath) -> bool {
        self.column(field).is_none() && !self.may_be_flattened(field)
    }

    fn check_list(&self, fields: &[FieldPath], errors: &mut Vec<AttributeError>) {
        for (n, field) in fields.iter().enumerate() {
            if self.is_missing(field) {
                errors.push(self.missing_field(field));
            } else if fields.iter().take(n).any(|earlier| earlier == field) {
                errors.push(AttributeError::new(
                    field.span,
                    format!("`{field}` is named twice"),
                ));
            }
        }
    }
}

impl Given {
    fn argument(&mut self, input: ParseStream<'_>, form: As, errors: &mut Vec<AttributeError>) -> Parsed {
        let word = arguments::word(input)?;
        let word = &word;
        if form == As::Columns && !COLUMNS_WORDS.iter().any(|known| word == known) {
            return Err(arguments::unknown("argument of `columns`", word, COLUMNS_WORDS));
        }
        match word.to_string().as_str() {
            "name" => {
                self.named = true;
                arguments::once(&mut self.name, word, arguments::name(input, word)?)
            }
            "schema" => arguments::once(&mut self.schema, word, arguments::name(input, word)?),
            "comment" => arguments::once(&mut self.comment, word, arguments::sql(input, word)?),
            "comments" => arguments::once(&mut self.comments, word, arguments::flag(input)?),
            "renamed_from" => arguments::once(&mut self.renamed_from, word, arguments::name(input, word)?),
            "primary_key" => {
                let key = KeyModel::parse(input, word, None, errors)?;
                constraint::set_primary_key(&mut self.primary_key, key)
            }
            "unique" => {
                self.uniques.push(KeyModel::parse(input, word, None, errors)?);
                Ok(())
            }
            "check" => {
                self.checks.push(CheckModel::parse(input, word, errors)?);
                Ok(())
            }
            "index" => {
                self.indexes.push(IndexModel::parse(input, word, None, errors)?);
                Ok(())
            }
            "foreign_key" => {
                self.foreign_keys
                    .push(ForeignKeyModel::parse(input, word, errors)?);
                Ok(())
            }
            "exclude" => {
                self.exclusions.push(ExclusionModel::parse(input, word, errors)?);
                Ok(())
            }
            "rename_all" => arguments::once(&mut self.rename_all, word, RenameRule::parse(input, word)?),
            text if TableSettings::WORDS.contains(&text) => self.settings.parse(input, word, errors),
            _ => Err(arguments::unknown("argument of `table`", word, WORDS)),
        }
    }
}

/// Attributes of ours that stand where they mean nothing.
pub(super) fn misplaced(
    attributes: &[Attribute],
    names: &[&str],
    meant: &str,
    errors: &mut Vec<AttributeError>,
) {
    for attribute in attributes {
        let found = attribute.path().get_ident().map(ToString::to_string);
        if let Some(name) = found.filter(|found| names.contains(&found.as_str())) {
            errors.push(
                AttributeError::over(attribute.path(), format!("`#[{name}(…)]` means nothing here"))
                    .with_hint(format!("here stands {meant}")),
            );
        }
    }
}

fn list(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
