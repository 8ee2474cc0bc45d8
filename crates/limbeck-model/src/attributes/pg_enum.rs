//! Enum types: `#[pg_enum(…)]` on an enum and on its variants.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Data, DeriveInput, Fields, Variant};

use super::arguments::{self, Parsed};
use super::{AttributeError, RenameRule, Spanned, doc_comment, name};

/// An enum that is an enum type.
#[derive(Debug, Clone)]
pub struct EnumModel {
    /// The enum.
    pub ident: Ident,
    /// The type's name. Empty where it is missing, which is among the errors.
    pub name: Spanned<String>,
    /// The schema, where it is said; else `public`.
    pub schema: Option<Spanned<String>>,
    /// The comment.
    pub comment: Option<Spanned<String>>,
    /// The name that the type had.
    pub renamed_from: Option<Spanned<String>>,
    /// The labels, in the order of the variants.
    pub labels: Vec<LabelModel>,
}

/// A variant and its label.
#[derive(Debug, Clone)]
pub struct LabelModel {
    /// The variant.
    pub variant: Ident,
    /// The label in the database.
    pub label: Spanned<String>,
    /// The label that it had.
    pub renamed_from: Option<Spanned<String>>,
}

const WORDS: &[&str] = &[
    "name",
    "schema",
    "rename_all",
    "comment",
    "comments",
    "renamed_from",
];
const VARIANT_WORDS: &[&str] = &["rename", "renamed_from"];

#[derive(Default)]
struct Given {
    /// Whether there is a name at all, be it a good one or not.
    named: bool,
    name: Option<Spanned<String>>,
    schema: Option<Spanned<String>>,
    rename_all: Option<RenameRule>,
    comment: Option<Spanned<String>>,
    comments: Option<bool>,
    renamed_from: Option<Spanned<String>>,
}

impl EnumModel {
    /// Reads an enum with `#[derive(PgEnum)]`. What is no enum of plain variants gives no model.
    #[must_use]
    pub fn parse(input: &DeriveInput) -> (Option<Self>, Vec<AttributeError>) {
        let Data::Enum(data) = &input.data else {
            let message = format!("`{}` cannot be an enum type: it is no enum", input.ident);
            let error =
                AttributeError::new(input.ident.span(), message).with_hint("for a table derive `Table`");
            return (None, vec![error]);
        };
        if !input.generics.params.is_empty() {
            let message = format!(
                "`{}` cannot be an enum type: it has generic parameters",
                input.ident
            );
            return (None, vec![AttributeError::over(&input.generics, message)]);
        }
        let mut errors = Vec::new();
        let mut given = Given::default();
        arguments::of_attributes(&input.attrs, "pg_enum", &mut errors, |input, _| {
            given.argument(input)
        });
        let mut labels: Vec<LabelModel> = Vec::with_capacity(data.variants.len());
        for variant in &data.variants {
            let label = LabelModel::parse(variant, given.rename_all, &mut errors);
            if labels
                .iter()
                .any(|earlier| earlier.label.value == label.label.value)
            {
                let message = format!("two variants have the label `{}`", label.label.value);
                errors.push(
                    AttributeError::new(label.label.span, message)
                        .with_hint("give one of them another: `#[pg_enum(rename = \"…\")]`"),
                );
            }
            labels.push(label);
        }
        if let Some(variant) = data
            .variants
            .iter()
            .find(|variant| !matches!(variant.fields, Fields::Unit))
        {
            let message = format!("the variant `{}` holds data, and a label cannot", variant.ident);
            errors.push(
                AttributeError::over(&variant.fields, message)
                    .with_hint("keep the data in a column of its own, or in one of type `jsonb`"),
            );
            return (None, errors);
        }
        let model = Self {
            ident: input.ident.clone(),
            name: given.name.unwrap_or_else(|| {
                if !given.named {
                    let error = AttributeError::new(
                        input.ident.span(),
                        format!("`{}` has no type name", input.ident),
                    );
                    errors.push(error.with_hint("add `#[pg_enum(name = \"…\")]` above the enum"));
                }
                Spanned::new(String::new(), input.ident.span())
            }),
            schema: given.schema,
            comment: given.comment.or_else(|| {
                let text = doc_comment::text(&input.attrs).filter(|_| given.comments == Some(true))?;
                Some(Spanned::new(text, input.ident.span()))
            }),
            renamed_from: given.renamed_from,
            labels,
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
            "comment" => arguments::once(&mut self.comment, word, arguments::sql(input, word)?),
            "comments" => arguments::once(&mut self.comments, word, arguments::flag(input)?),
            "renamed_from" => arguments::once(&mut self.renamed_from, word, arguments::name(input, word)?),
            "rename_all" => {
                let rule = RenameRule::parse(input, word)?;
                arguments::once(&mut self.rename_all, word, rule)
            }
            _ => Err(arguments::unknown("argument of `pg_enum`", word, WORDS)),
        }
    }
}

impl LabelModel {
    fn parse(variant: &Variant, rule: Option<RenameRule>, errors: &mut Vec<AttributeError>) -> Self {
        let (mut rename, mut renamed_from) = (None, None);
        arguments::of_attributes(&variant.attrs, "pg_enum", errors, |input, _| {
            let word = arguments::word(input)?;
            match word.to_string().as_str() {
                "rename" => arguments::once(&mut rename, &word, arguments::name(input, &word)?),
                "renamed_from" => arguments::once(&mut renamed_from, &word, arguments::name(input, &word)?),
                _ => Err(arguments::unknown(
                    "argument of `pg_enum` on a variant",
                    &word,
                    VARIANT_WORDS,
                )),
            }
        });
        let label = rename.unwrap_or_else(|| {
            let own = variant.ident.unraw().to_string();
            let label = rule.map_or_else(|| own.clone(), |rule| rule.apply(&own));
            if let Err(error) = name::check(&label, variant.ident.span()) {
                errors.push(error);
            }
            Spanned::new(label, variant.ident.span())
        });
        Self {
            variant: variant.ident.clone(),
            label,
            renamed_from,
        }
    }
}
