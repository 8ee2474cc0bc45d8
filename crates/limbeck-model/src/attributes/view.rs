//! Structs over views: `#[view(…)]` on a struct, `#[column(…)]` on its fields.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Data, DeriveInput, Field, Fields, Type};

use super::arguments::{self, Parsed};
use super::table::misplaced;
use super::{AttributeError, FieldPath, FlattenModel, RenameRule, Spanned, flatten, generics, name};

/// A struct over a view.
#[derive(Clone)]
pub struct ViewModel {
    /// The struct.
    pub ident: Ident,
    /// The view's name. Empty where it is missing, which is among the errors.
    pub name: Spanned<String>,
    /// The schema, where it is said; else `public`.
    pub schema: Option<Spanned<String>>,
    /// The columns that the struct reads, in the order of the fields.
    pub columns: Vec<ViewColumnModel>,
    /// The fields whose structs' columns are read too. None is left once those are among `columns`.
    pub flattened: Vec<FlattenModel>,
}

/// A field that reads a column of a view.
#[derive(Clone)]
pub struct ViewColumnModel {
    /// The field.
    pub field: FieldPath,
    /// The column's name: the field's, unless the attribute says another.
    pub name: Spanned<String>,
    /// The field's Rust type.
    pub ty: Type,
    /// The SQL type, where it is said.
    pub data_type: Option<Spanned<String>>,
    /// Whether the field takes NULL, where a flattened set says it; else `Option` does.
    pub nullable: Option<bool>,
}

/// What a field is.
enum ViewField {
    Column(ViewColumnModel),
    Flattened(FlattenModel),
    Skipped,
}

const WORDS: &[&str] = &["name", "schema", "rename_all"];
const FIELD_WORDS: &[&str] = &["name", "type", "skip", "flatten", "prefix"];

#[derive(Default)]
struct Given {
    /// Whether there is a name at all, be it a good one or not.
    named: bool,
    name: Option<Spanned<String>>,
    schema: Option<Spanned<String>>,
    rename_all: Option<RenameRule>,
}

impl ViewModel {
    /// Reads a struct with `#[derive(View)]`. What is no struct with named fields, or has generics, gives no model.
    #[must_use]
    pub fn parse(input: &DeriveInput) -> (Option<Self>, Vec<AttributeError>) {
        let refused = |message: &str, hint: &str| {
            let message = format!("`{}` cannot read a view: {message}", input.ident);
            let error = AttributeError::new(input.ident.span(), message).with_hint(hint);
            (None, vec![error])
        };
        let Data::Struct(syn::DataStruct {
            fields: Fields::Named(fields),
            ..
        }) = &input.data
        else {
            return refused(
                "only a struct with named fields can",
                "each named field is a column",
            );
        };
        let hint = "a view's columns have one type each: write a struct without parameters";
        if let Some(error) = generics::refused(input, "cannot read a view", hint) {
            return (None, vec![error]);
        }
        let mut errors = Vec::new();
        misplaced(
            &input.attrs,
            &["table", "column", "columns", "pg_enum", "pg_type"],
            "`#[view(…)]`",
            &mut errors,
        );
        let mut given = Given::default();
        arguments::of_attributes(&input.attrs, "view", &mut errors, |input, _| {
            given.argument(input)
        });
        let mut columns: Vec<ViewColumnModel> = Vec::with_capacity(fields.named.len());
        let mut flattened = Vec::new();
        for field in &fields.named {
            let Some(ident) = &field.ident else { continue };
            misplaced(
                &field.attrs,
                &["table", "columns", "view", "pg_enum", "pg_type"],
                "`#[column(…)]`",
                &mut errors,
            );
            let column = match ViewColumnModel::parse(field, ident, given.rename_all, &mut errors) {
                ViewField::Column(column) => column,
                ViewField::Flattened(flatten) => {
                    flattened.push(FlattenModel {
                        position: columns.len(),
                        ..flatten
                    });
                    continue;
                }
                ViewField::Skipped => continue,
            };
            if columns
                .iter()
                .any(|earlier| earlier.name.value == column.name.value)
            {
                let message = format!("two fields read the column `{}`", column.name.value);
                errors.push(
                    AttributeError::new(column.name.span, message)
                        .with_hint("give one of them another name: `#[column(name = \"…\")]`"),
                );
            }
            columns.push(column);
        }
        let model = Self {
            ident: input.ident.clone(),
            name: given.name.unwrap_or_else(|| {
                if !given.named {
                    let message = format!("`{}` does not say which view it reads", input.ident);
                    errors.push(
                        AttributeError::new(input.ident.span(), message)
                            .with_hint("add `#[view(name = \"…\")]` above the struct"),
                    );
                }
                Spanned::new(String::new(), input.ident.span())
            }),
            schema: given.schema,
            columns,
            flattened,
        };
        (Some(model), errors)
    }
}

impl Given {
    fn argument(&mut self, input: ParseStream<'_>) -> Parsed {
        let word = arguments::word(input)?;
        let word = &word;
        match word.to_string().as_str() {
            "name" => {
                self.named = true;
                arguments::once(&mut self.name, word, arguments::name(input, word)?)
            }
            "schema" => arguments::once(&mut self.schema, word, arguments::name(input, word)?),
            "rename_all" => arguments::once(&mut self.rename_all, word, RenameRule::parse(input, word)?),
            text if super::table::WORDS.contains(&text) => Err(of_tables(word)),
            _ => Err(arguments::unknown("argument of `view`", word, WORDS)),
        }
    }
}

impl ViewColumnModel {
    /// Reads a named field.
    fn parse(
        field: &Field,
        ident: &Ident,
        rule: Option<RenameRule>,
        errors: &mut Vec<AttributeError>,
    ) -> ViewField {
        let (mut own, mut data_type, mut skip) = (None, None, None);
        let (mut flatten, mut prefix): (Option<Ident>, Option<Spanned<String>>) = (None, None);
        arguments::of_attributes(&field.attrs, "column", errors, |input, _| {
            let word = arguments::word(input)?;
            match word.to_string().as_str() {
                "name" => arguments::once(&mut own, &word, arguments::name(input, &word)?),
                "type" => arguments::once(&mut data_type, &word, arguments::data_type(input, &word)?),
                "skip" => arguments::once(&mut skip, &word, arguments::flag(input)?),
                "flatten" => arguments::once(&mut flatten, &word, word.clone()),
                "prefix" => arguments::once(&mut prefix, &word, arguments::name(input, &word)?),
                text if super::column::WORDS.contains(&text) => Err(of_tables(&word)),
                _ => Err(arguments::unknown(
                    "argument of `column` in a view",
                    &word,
                    FIELD_WORDS,
                )),
            }
        });
        if skip == Some(true) {
            return ViewField::Skipped;
        }
        if let Some(flatten) = flatten {
            let flattened = FlattenModel::of(field, ident, &flatten, prefix);
            if own.is_some() || data_type.is_some() {
                errors.push(flattened.with_other_arguments());
            }
            return ViewField::Flattened(flattened);
        }
        errors.extend(prefix.as_ref().map(flatten::prefix_alone));
        let name = own.unwrap_or_else(|| name::of_field(ident, rule, errors));
        ViewField::Column(Self {
            field: ident.clone().into(),
            name,
            ty: field.ty.clone(),
            data_type,
            nullable: None,
        })
    }
}

/// A word that says of a table what a view has not.
fn of_tables(word: &Ident) -> AttributeError {
    AttributeError::new(
        word.span(),
        format!("`{word}` is said of tables, and this is a view"),
    )
    .with_hint(
        "what a view is stands in its `.sql` file; here stand its name, and its columns' names and types",
    )
}
