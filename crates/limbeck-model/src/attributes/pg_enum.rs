//! Enum types: `#[pg_enum(…)]` on an enum and on its variants.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Data, DeriveInput, Fields, Variant};

use super::arguments::{self, Parsed};
use super::{AttributeError, RenameRule, Spanned, doc_comment, generics, name};

/// An enum that is an enum type.
#[derive(Debug, Clone)]
pub struct EnumModel {
    /// The enum.
    pub ident: Ident,
    /// The type's name. Empty where it is missing, which is among the errors, and where no type is made.
    pub name: Spanned<String>,
    /// The schema, where it is said; else `public`.
    pub schema: Option<Spanned<String>>,
    /// The comment.
    pub comment: Option<Spanned<String>>,
    /// The name that the type had.
    pub renamed_from: Option<Spanned<String>>,
    /// The labels, in the order of the variants.
    pub labels: Vec<LabelModel>,
    /// The text type whose columns hold the labels, with a check; no type is made then.
    pub stored_as: Option<Spanned<String>>,
    /// The labels that the type had.
    pub removed: Vec<RemovedLabel>,
}

/// A label that went, and what rows with it hold now.
#[derive(Debug, Clone)]
pub struct RemovedLabel {
    /// The label that went.
    pub from: Spanned<String>,
    /// One of the labels.
    pub to: Spanned<String>,
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
    "removed",
    "as",
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
    stored_as: Option<Spanned<String>>,
    removed: Vec<RemovedLabel>,
    /// What is said of a type, as it came.
    of_type: Vec<Ident>,
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
        let hint = "its labels are the same for all: write an enum without parameters";
        if let Some(error) = generics::refused(input, "cannot be an enum type", hint) {
            return (None, vec![error]);
        }
        let mut errors = Vec::new();
        let mut given = Given::default();
        arguments::of_attributes(&input.attrs, "pg_enum", &mut errors, |input, errors| {
            given.argument(input, errors)
        });
        if given.stored_as.is_some() {
            errors.extend(given.of_type.iter().map(|word| {
                AttributeError::new(
                    word.span(),
                    format!("`{word}` is said of a type, and `as` makes none"),
                )
                .with_hint("the labels are text with a check: keep `as` or this word")
            }));
        }
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
        let mut holding = data
            .variants
            .iter()
            .filter(|variant| !matches!(variant.fields, Fields::Unit))
            .peekable();
        if holding.peek().is_some() {
            errors.extend(holding.map(|variant| {
                let message = format!("the variant `{}` holds data, and a label cannot", variant.ident);
                AttributeError::over(&variant.fields, message)
                    .with_hint("keep the data in a column of its own, or in one of type `jsonb`")
            }));
            return (None, errors);
        }
        let model = Self {
            ident: input.ident.clone(),
            name: given.name.unwrap_or_else(|| {
                if !given.named && given.stored_as.is_none() {
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
            stored_as: given.stored_as,
            removed: given.removed,
        };
        model.check_labels(&mut errors);
        (Some(model), errors)
    }

    /// What was removed against what is there, and what a text cannot follow.
    fn check_labels(&self, errors: &mut Vec<AttributeError>) {
        let is_label = |label: &str| self.labels.iter().any(|known| known.label.value == label);
        for (n, RemovedLabel { from, to }) in self.removed.iter().enumerate() {
            if is_label(&from.value) {
                let message = format!(
                    "`{}` is removed, and it is a label of `{}`",
                    from.value, self.ident
                );
                errors.push(
                    AttributeError::new(from.span, message).with_hint(
                        "remove its variant, or this; a label with another name is `renamed_from`",
                    ),
                );
            }
            let mut renamed = self.labels.iter().filter_map(|label| label.renamed_from.as_ref());
            if renamed.any(|old| old.value == from.value) {
                errors.push(
                    AttributeError::new(from.span, format!("`{}` is both renamed and removed", from.value))
                        .with_hint("a renamed label keeps its rows: remove one of the two"),
                );
            }
            if self
                .removed
                .iter()
                .take(n)
                .any(|earlier| earlier.from.value == from.value)
            {
                errors.push(AttributeError::new(
                    from.span,
                    format!("`{}` is removed twice", from.value),
                ));
            }
            if !is_label(&to.value) {
                let error =
                    AttributeError::new(to.span, format!("`{}` is no label of `{}`", to.value, self.ident));
                let labels: Vec<&str> = self
                    .labels
                    .iter()
                    .map(|known| known.label.value.as_str())
                    .collect();
                errors.push(match arguments::nearest(&to.value, labels.iter().copied()) {
                    Some(near) => error.with_hint(format!("did you mean `{near}`?")),
                    None => error.with_hint("rows with the old label take one that is there"),
                });
            }
        }
        if self.stored_as.is_some() {
            for old in self.labels.iter().filter_map(|label| label.renamed_from.as_ref()) {
                errors.push(
                    AttributeError::new(old.span, "no type is made whose label could be renamed").with_hint(
                        "rows are changed by a step of the revision: `UPDATE … SET … = 'new' WHERE … = 'old'`",
                    ),
                );
            }
        }
        if let Some(stored_as) = &self.stored_as
            && let Some(room) = arguments::length(&stored_as.value)
        {
            let too_long = self
                .labels
                .iter()
                .filter(|label| label.label.value.chars().count() > room);
            errors.extend(too_long.map(|label| {
                let message = format!("`{}` does not fit into `{}`", label.label.value, stored_as.value);
                AttributeError::new(label.label.span, message)
                    .with_hint("give `as` more room, or say `as = \"text\"`")
            }));
        }
    }

    /// The name of the type that values have, without schema and modifiers: the enum type's own, or that of the text type
    /// that the labels are stored as.
    #[must_use]
    pub fn type_name(&self) -> &str {
        match &self.stored_as {
            Some(stored_as) if stored_as.value.trim_start().to_lowercase().starts_with("text") => "text",
            Some(_) => "varchar",
            None => &self.name.value,
        }
    }

    /// The schema of that type.
    #[must_use]
    pub fn type_schema(&self) -> &str {
        match (&self.stored_as, &self.schema) {
            (Some(_), _) => "pg_catalog",
            (None, Some(schema)) => &schema.value,
            (None, None) => "public",
        }
    }
}

impl Given {
    fn argument(&mut self, input: ParseStream<'_>, errors: &mut Vec<AttributeError>) -> Parsed {
        let word = arguments::word(input)?;
        let word = &word;
        if word != "as" && word != "rename_all" && WORDS.iter().any(|known| word == known) {
            self.of_type.push(word.clone());
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
            "rename_all" => {
                let rule = RenameRule::parse(input, word)?;
                arguments::once(&mut self.rename_all, word, rule)
            }
            "removed" => self.removed(input, word, errors),
            "as" => {
                let data_type = arguments::data_type(input, word)?;
                if !is_text(&data_type.value) {
                    return Err(AttributeError::new(
                        data_type.span,
                        format!("labels are no values of `{}`", data_type.value),
                    )
                    .with_hint("write `as = \"text\"`, or `as = \"varchar(20)\"` with a length"));
                }
                arguments::once(&mut self.stored_as, word, data_type)
            }
            _ => Err(arguments::unknown("argument of `pg_enum`", word, WORDS)),
        }
    }

    /// `removed(old = "new", "high tea" = "dinner")`.
    fn removed(&mut self, input: ParseStream<'_>, word: &Ident, errors: &mut Vec<AttributeError>) -> Parsed {
        const HINT: &str = "write the old label and the one that its rows take: `removed(old = \"new\")`";
        let (content, _) = arguments::parentheses(input, word)?;
        let before = (errors.len(), self.removed.len());
        arguments::each(&content, errors, |input, _| {
            let (from, of) = if input.peek(syn::LitStr) {
                let literal: syn::LitStr = input.parse()?;
                (
                    name::from_literal(&literal)?,
                    Ident::new("removed", literal.span()),
                )
            } else {
                let label = arguments::word(input)?;
                (Spanned::new(label.unraw().to_string(), label.span()), label)
            };
            if !input.peek(syn::Token![=]) {
                let message = format!("`{}` does not say what its rows become", from.value);
                return Err(AttributeError::new(of.span(), message).with_hint(HINT));
            }
            let to = arguments::name(input, &of)?;
            self.removed.push(RemovedLabel { from, to });
            Ok(())
        });
        if (errors.len(), self.removed.len()) == before {
            return Err(AttributeError::new(word.span(), "`removed` names no label").with_hint(HINT));
        }
        Ok(())
    }
}

/// Whether a type holds texts as they are.
fn is_text(data_type: &str) -> bool {
    let mut lower = data_type.to_lowercase();
    lower.retain(|character| !character.is_whitespace());
    let head = lower.split('(').next().unwrap_or_default();
    match head {
        "text" => lower == head,
        "varchar" | "charactervarying" => arguments::length(&lower).is_some() || lower == head,
        _ => false,
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
