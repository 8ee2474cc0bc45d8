//! Composite types, domains and range types: `#[pg_type(…)]` on a struct and on its fields.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Data, DeriveInput, Field, Fields, Type};

use super::arguments::{self, Parsed};
use super::column::default;
use super::{AttributeError, CheckModel, DefaultValue, Spanned, doc_comment, generics, name};

/// A struct that is a type.
#[derive(Clone)]
pub struct TypeModel {
    /// The struct.
    pub ident: Ident,
    /// The type's name. Empty where it is missing, which is among the errors.
    pub name: Spanned<String>,
    /// The schema, where it is said; else `public`.
    pub schema: Option<Spanned<String>>,
    /// The comment.
    pub comment: Option<Spanned<String>>,
    /// The name that the type had.
    pub renamed_from: Option<Spanned<String>>,
    /// Which sort of type it is, and what that takes.
    pub sort: TypeSort,
}

/// The sorts of types that structs are.
#[derive(Clone)]
pub enum TypeSort {
    /// A composite type: a struct with named fields.
    Composite(Vec<AttributeModel>),
    /// A domain: a struct of one field without a name.
    Domain(Box<DomainModel>),
    /// A range type: the same with `range`.
    Range(Box<RangeModel>),
}

/// An attribute of a composite type.
#[derive(Clone)]
pub struct AttributeModel {
    /// The field.
    pub field: Ident,
    /// The attribute's name: the field's, unless it says another.
    pub name: Spanned<String>,
    /// The field's Rust type.
    pub ty: Type,
    /// The SQL type, where it is said.
    pub data_type: Option<Spanned<String>>,
    /// The name of the collation.
    pub collation: Option<Spanned<String>>,
    /// The comment.
    pub comment: Option<Spanned<String>>,
    /// The name that the attribute had.
    pub renamed_from: Option<Spanned<String>>,
}

/// What a domain is over, and what it adds.
#[derive(Clone)]
pub struct DomainModel {
    /// The Rust type of the field.
    pub ty: Type,
    /// The SQL type that it is over, where it is said.
    pub data_type: Option<Spanned<String>>,
    /// The name of the collation.
    pub collation: Option<Spanned<String>>,
    /// The default.
    pub default: Option<Spanned<DefaultValue>>,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// The checks, of `VALUE`.
    pub checks: Vec<CheckModel>,
}

/// What a range type is over.
#[derive(Clone)]
pub struct RangeModel {
    /// The Rust type of the field, which is one of ranges.
    pub ty: Type,
    /// The subtype, where it is said.
    pub subtype: Option<Spanned<String>>,
    /// The collation of the subtype.
    pub collation: Option<Spanned<String>>,
    /// The operator class of the subtype, as SQL.
    pub operator_class: Option<Spanned<String>>,
    /// The function that gives the distance of two values, as SQL.
    pub subtype_diff: Option<Spanned<String>>,
    /// The function that gives a value its one canonical form, as SQL.
    pub canonical: Option<Spanned<String>>,
    /// The name of the multirange type beside it.
    pub multirange: Option<Spanned<String>>,
}

const WORDS: &[&str] = &[
    "name",
    "schema",
    "comment",
    "comments",
    "renamed_from",
    "type",
    "collation",
    "default",
    "not_null",
    "check",
    "range",
];
const RANGE_WORDS: &[&str] = &["opclass", "subtype_diff", "canonical", "multirange"];
const FIELD_WORDS: &[&str] = &["name", "type", "collation", "comment", "renamed_from"];

#[derive(Default)]
struct Given {
    /// Whether there is a name at all, be it a good one or not.
    named: bool,
    name: Option<Spanned<String>>,
    schema: Option<Spanned<String>>,
    comment: Option<Spanned<String>>,
    comments: Option<bool>,
    renamed_from: Option<Spanned<String>>,
    data_type: Option<Spanned<String>>,
    collation: Option<Spanned<String>>,
    default: Option<Spanned<DefaultValue>>,
    not_null: Option<bool>,
    checks: Vec<CheckModel>,
    range: Option<Range>,
    /// What only one sort of type takes, as it came.
    words: Vec<Ident>,
}

#[derive(Default)]
struct Range {
    operator_class: Option<Spanned<String>>,
    subtype_diff: Option<Spanned<String>>,
    canonical: Option<Spanned<String>>,
    multirange: Option<Spanned<String>>,
}

impl TypeModel {
    /// Reads a struct with `#[derive(PgType)]`. What is neither a struct with named fields nor one of a single field
    /// gives no model.
    #[must_use]
    pub fn parse(input: &DeriveInput) -> (Option<Self>, Vec<AttributeError>) {
        let refused = |message: String, hint: &str| {
            let error = AttributeError::new(input.ident.span(), message).with_hint(hint);
            (None, vec![error])
        };
        let Data::Struct(data) = &input.data else {
            let message = format!(
                "`{}` cannot be a composite type, a domain or a range type: it is no struct",
                input.ident
            );
            return refused(message, "for an enum type derive `PgEnum`");
        };
        let hint = "a type of the database is one type: write a struct without parameters";
        if let Some(error) = generics::refused(input, "cannot be a type", hint) {
            return (None, vec![error]);
        }
        let mut errors = Vec::new();
        let mut given = Given::default();
        arguments::of_attributes(&input.attrs, "pg_type", &mut errors, |input, errors| {
            given.argument(input, errors)
        });
        let sort = match &data.fields {
            Fields::Named(fields) => given.composite(fields.named.iter(), &mut errors),
            Fields::Unnamed(fields) => match fields.unnamed.first().filter(|_| fields.unnamed.len() == 1) {
                Some(field) => given.over(field, &mut errors),
                None => {
                    return refused(
                        format!(
                            "`{}` has {} fields without names",
                            input.ident,
                            fields.unnamed.len()
                        ),
                        "name the fields for a composite type; a domain or a range type has one field",
                    );
                }
            },
            Fields::Unit => {
                return refused(
                    format!("`{}` has no fields", input.ident),
                    "named fields make a composite type, one field without a name makes a domain",
                );
            }
        };
        let model = Self {
            ident: input.ident.clone(),
            name: given.name.unwrap_or_else(|| {
                if !given.named {
                    let message = format!("`{}` has no type name", input.ident);
                    let error = AttributeError::new(input.ident.span(), message);
                    errors.push(error.with_hint("add `#[pg_type(name = \"…\")]` above the struct"));
                }
                Spanned::new(String::new(), input.ident.span())
            }),
            schema: given.schema,
            comment: given.comment.or_else(|| {
                let text = doc_comment::text(&input.attrs).filter(|_| given.comments == Some(true))?;
                Some(Spanned::new(text, input.ident.span()))
            }),
            renamed_from: given.renamed_from,
            sort,
        };
        (Some(model), errors)
    }
}

impl Given {
    fn argument(&mut self, input: ParseStream<'_>, errors: &mut Vec<AttributeError>) -> Parsed {
        let word = arguments::word(input)?;
        let word = &word;
        let text = word.to_string();
        if matches!(
            text.as_str(),
            "type" | "collation" | "default" | "not_null" | "check" | "range"
        ) {
            self.words.push(word.clone());
        }
        match text.as_str() {
            "name" => {
                self.named = true;
                arguments::once(&mut self.name, word, arguments::name(input, word)?)
            }
            "schema" => arguments::once(&mut self.schema, word, arguments::name(input, word)?),
            "comment" => arguments::once(&mut self.comment, word, arguments::sql(input, word)?),
            "comments" => arguments::once(&mut self.comments, word, arguments::flag(input)?),
            "renamed_from" => arguments::once(&mut self.renamed_from, word, arguments::name(input, word)?),
            "type" => arguments::once(&mut self.data_type, word, arguments::data_type(input, word)?),
            "collation" => arguments::once(&mut self.collation, word, arguments::name(input, word)?),
            "default" => arguments::once(&mut self.default, word, default(input, word)?),
            "not_null" => arguments::once(&mut self.not_null, word, arguments::flag(input)?),
            "check" => {
                self.checks.push(CheckModel::parse(input, word, errors)?);
                Ok(())
            }
            "range" => arguments::once(&mut self.range, word, range(input, word, errors)?),
            _ => Err(arguments::unknown("argument of `pg_type`", word, WORDS)),
        }
    }

    /// The mistakes of arguments that this sort of type does not take.
    fn superfluous(&self, taken: &[&str], what: &str, errors: &mut Vec<AttributeError>) {
        const HINT: &str =
            "a domain is a struct of one field without a name, and a range type is one with `range`";
        for word in &self.words {
            if !taken.iter().any(|taken| word == taken) {
                let message = format!("{what} takes no `{word}`");
                errors.push(AttributeError::new(word.span(), message).with_hint(HINT));
            }
        }
    }

    fn composite<'a>(
        &self,
        fields: impl Iterator<Item = &'a Field>,
        errors: &mut Vec<AttributeError>,
    ) -> TypeSort {
        self.superfluous(&[], "a composite type", errors);
        let comments = self.comments == Some(true);
        let mut attributes: Vec<AttributeModel> = Vec::new();
        for field in fields {
            let Some(ident) = &field.ident else { continue };
            let attribute = AttributeModel::parse(field, ident, comments, errors);
            if attributes
                .iter()
                .any(|earlier| earlier.name.value == attribute.name.value)
            {
                let message = format!("two attributes are named `{}`", attribute.name.value);
                errors.push(
                    AttributeError::new(attribute.name.span, message)
                        .with_hint("give one of them another name: `#[pg_type(name = \"…\")]`"),
                );
            }
            attributes.push(attribute);
        }
        TypeSort::Composite(attributes)
    }

    /// A domain, or with `range` a range type.
    fn over(&mut self, field: &Field, errors: &mut Vec<AttributeError>) -> TypeSort {
        arguments::of_attributes(&field.attrs, "pg_type", errors, |input, _| {
            let word = arguments::word(input)?;
            let message = "here the struct takes the arguments, not its field";
            Err(AttributeError::new(word.span(), message)
                .with_hint("move them above the struct: `#[pg_type(…)] struct …`"))
        });
        let Some(range) = self.range.take() else {
            return TypeSort::Domain(Box::new(DomainModel {
                ty: field.ty.clone(),
                data_type: self.data_type.take(),
                collation: self.collation.take(),
                default: self.default.take(),
                not_null: self.not_null.unwrap_or(false),
                checks: std::mem::take(&mut self.checks),
            }));
        };
        self.superfluous(&["range", "type", "collation"], "a range type", errors);
        TypeSort::Range(Box::new(RangeModel {
            ty: field.ty.clone(),
            subtype: self.data_type.take(),
            collation: self.collation.take(),
            operator_class: range.operator_class,
            subtype_diff: range.subtype_diff,
            canonical: range.canonical,
            multirange: range.multirange,
        }))
    }
}

impl AttributeModel {
    fn parse(field: &Field, ident: &Ident, comments: bool, errors: &mut Vec<AttributeError>) -> Self {
        let (mut given_name, mut data_type, mut collation) = (None, None, None);
        let (mut comment, mut renamed_from) = (None, None);
        arguments::of_attributes(&field.attrs, "pg_type", errors, |input, _| {
            let word = arguments::word(input)?;
            match word.to_string().as_str() {
                "name" => arguments::once(&mut given_name, &word, arguments::name(input, &word)?),
                "type" => arguments::once(&mut data_type, &word, arguments::data_type(input, &word)?),
                "collation" => arguments::once(&mut collation, &word, arguments::name(input, &word)?),
                "comment" => arguments::once(&mut comment, &word, arguments::sql(input, &word)?),
                "renamed_from" => arguments::once(&mut renamed_from, &word, arguments::name(input, &word)?),
                _ => Err(arguments::unknown(
                    "argument of `pg_type` on a field",
                    &word,
                    FIELD_WORDS,
                )),
            }
        });
        let own_name = ident.unraw().to_string();
        if given_name.is_none()
            && let Err(error) = name::check(&own_name, ident.span())
        {
            errors.push(error);
        }
        Self {
            field: ident.clone(),
            name: given_name.unwrap_or_else(|| Spanned::new(own_name, ident.span())),
            ty: field.ty.clone(),
            data_type,
            collation,
            comment: comment.or_else(|| {
                let text = doc_comment::text(&field.attrs).filter(|_| comments)?;
                Some(Spanned::new(text, ident.span()))
            }),
            renamed_from,
        }
    }
}

/// `range`, or `range(subtype_diff = "float8mi", …)`.
fn range(
    input: ParseStream<'_>,
    word: &Ident,
    errors: &mut Vec<AttributeError>,
) -> Result<Range, AttributeError> {
    let mut range = Range::default();
    if input.is_empty() || input.peek(syn::Token![,]) {
        return Ok(range);
    }
    let (content, _) = arguments::parentheses(input, word)?;
    arguments::each(&content, errors, |input, _| {
        let word = arguments::word(input)?;
        let slot = match word.to_string().as_str() {
            "opclass" => &mut range.operator_class,
            "subtype_diff" => &mut range.subtype_diff,
            "canonical" => &mut range.canonical,
            "multirange" => {
                return arguments::once(&mut range.multirange, &word, arguments::name(input, &word)?);
            }
            _ => return Err(arguments::unknown("option of `range`", &word, RANGE_WORDS)),
        };
        arguments::once(slot, &word, arguments::sql(input, &word)?)
    });
    Ok(range)
}
