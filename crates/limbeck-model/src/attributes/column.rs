//! Columns: `#[column(…)]` on a field.

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::ParseStream;
use syn::{Field, Lit, LitStr, Token, Type};

use super::arguments::{self, Parsed};
use super::foreign_key::{ForeignKeyOptions, Reference};
use super::{
    AttributeError, CheckModel, ColumnSettings, FieldPath, FlattenModel, ForeignKeyModel, IdentityModel,
    IndexModel, KeyModel, RenameRule, Spanned, doc_comment, flatten, identity, name,
};

/// A field that is a column.
#[derive(Clone)]
pub struct ColumnModel {
    /// The field.
    pub field: FieldPath,
    /// The column's name: the field's, unless the attribute says another.
    pub name: Spanned<String>,
    /// The field's Rust type.
    pub ty: Type,
    /// The SQL type, where it is said.
    pub data_type: Option<Spanned<String>>,
    /// Whether NULL is allowed, where it is said; else `Option` says it.
    pub nullable: Option<Spanned<bool>>,
    /// How the column counts.
    pub identity: Option<Spanned<IdentityModel>>,
    /// The default.
    pub default: Option<Spanned<DefaultValue>>,
    /// The expression of a generated column.
    pub generated: Option<Spanned<String>>,
    /// Whether a generated column is computed when it is read (`VIRTUAL`).
    pub is_virtual: bool,
    /// The name of the collation.
    pub collation: Option<Spanned<String>>,
    /// The comment.
    pub comment: Option<Spanned<String>>,
    /// The name that the column had.
    pub renamed_from: Option<Spanned<String>>,
    /// What it is told beyond that.
    pub settings: ColumnSettings,
    /// Whether the field says that it belongs to the primary key, and where.
    pub primary_key: Option<Span>,
}

/// What a field is.
pub(super) enum FieldModel {
    /// A column, and what it declares besides.
    Column(Box<(ColumnModel, FieldParts)>),
    /// A struct of columns.
    Flattened(FlattenModel),
    Skipped,
}

/// What a column without a value gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// An SQL expression: `sql("now()")`.
    Sql(String),
    /// A string literal.
    Text(String),
    /// An integer literal, with its sign.
    Integer(String),
    /// A literal with a fraction, with its sign.
    Float(String),
    /// `true` or `false`.
    Boolean(bool),
}

/// What a field declares besides its column.
#[derive(Default)]
pub(super) struct FieldParts {
    pub(super) uniques: Vec<KeyModel>,
    pub(super) checks: Vec<CheckModel>,
    pub(super) indexes: Vec<IndexModel>,
    pub(super) foreign_key: Option<ForeignKeyModel>,
}

pub(super) const WORDS: &[&str] = &[
    "name",
    "type",
    "nullable",
    "primary_key",
    "identity",
    "default",
    "generated",
    "unique",
    "check",
    "references",
    "on_delete",
    "on_update",
    "deferrable",
    "not_valid",
    "not_enforced",
    "index",
    "collation",
    "comment",
    "renamed_from",
    "storage",
    "compression",
    "statistics",
    "skip",
    "flatten",
    "prefix",
];

impl ColumnModel {
    /// Reads a named field. With `comments` its doc comment is the column's comment.
    pub(super) fn parse(
        field: &Field,
        ident: &Ident,
        comments: bool,
        rule: Option<RenameRule>,
        errors: &mut Vec<AttributeError>,
    ) -> FieldModel {
        let mut given = Given::default();
        arguments::of_attributes(&field.attrs, "column", errors, |input, errors| {
            given.argument(input, ident, errors)
        });
        if let Some(skip) = &given.skip {
            if given.arguments > 1 {
                errors.push(
                    AttributeError::new(skip.span(), "what is skipped takes no other arguments")
                        .with_hint("a skipped field is no column: remove `skip`, or all else"),
                );
            }
            return FieldModel::Skipped;
        }
        if let Some(flatten) = &given.flatten {
            let flattened = FlattenModel::of(field, ident, flatten, given.prefix);
            if given.arguments > 1 + usize::from(flattened.prefix.is_some()) {
                errors.push(flattened.with_other_arguments());
            }
            return FieldModel::Flattened(flattened);
        }
        errors.extend(given.prefix.as_ref().map(flatten::prefix_alone));
        let own_name = given.name.take();
        let name = own_name.unwrap_or_else(|| name::of_field(ident, rule, errors));
        given.contradictions(errors);
        let mut parts = given.parts;
        match given.reference {
            Some(reference) => {
                let span = reference.span;
                parts.foreign_key = Some(given.options.foreign_key(
                    vec![ident.clone().into()],
                    reference,
                    span,
                ));
            }
            None => errors.extend(given.options.without_reference()),
        }
        let comment = given.comment.or_else(|| {
            let text = doc_comment::text(&field.attrs).filter(|_| comments)?;
            Some(Spanned::new(text, ident.span()))
        });
        let column = Self {
            field: ident.clone().into(),
            name,
            ty: field.ty.clone(),
            data_type: given.data_type,
            nullable: given.nullable,
            identity: given.identity,
            default: given.default,
            generated: given.generated,
            is_virtual: given.is_virtual,
            collation: given.collation,
            comment,
            renamed_from: given.renamed_from,
            settings: given.settings,
            primary_key: given.primary_key,
        };
        FieldModel::Column(Box::new((column, parts)))
    }
}

/// The arguments of a field's attributes as they come.
#[derive(Default)]
struct Given {
    name: Option<Spanned<String>>,
    data_type: Option<Spanned<String>>,
    nullable: Option<Spanned<bool>>,
    identity: Option<Spanned<IdentityModel>>,
    default: Option<Spanned<DefaultValue>>,
    generated: Option<Spanned<String>>,
    collation: Option<Spanned<String>>,
    comment: Option<Spanned<String>>,
    renamed_from: Option<Spanned<String>>,
    is_virtual: bool,
    settings: ColumnSettings,
    primary_key: Option<Span>,
    skip: Option<Ident>,
    flatten: Option<Ident>,
    prefix: Option<Spanned<String>>,
    /// How many arguments there are.
    arguments: usize,
    reference: Option<Reference>,
    options: ForeignKeyOptions,
    parts: FieldParts,
}

impl Given {
    fn argument(
        &mut self,
        input: ParseStream<'_>,
        field: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> Parsed {
        let word = arguments::word(input)?;
        let word = &word;
        self.arguments += 1;
        match word.to_string().as_str() {
            "flatten" => arguments::once(&mut self.flatten, word, word.clone()),
            "prefix" => arguments::once(&mut self.prefix, word, arguments::name(input, word)?),
            "skip" => arguments::once(&mut self.skip, word, word.clone()),
            text if ColumnSettings::WORDS.contains(&text) => self.settings.parse(input, word),
            "generated" if input.peek(syn::token::Paren) => {
                let (content, _) = arguments::parentheses(input, word)?;
                let (mut expression, mut is_virtual) = (None, None);
                arguments::each(&content, errors, |input, _| {
                    let word = arguments::word(input)?;
                    match word.to_string().as_str() {
                        "expr" => arguments::once(&mut expression, &word, arguments::sql(input, &word)?),
                        "virtual" => arguments::once(&mut is_virtual, &word, arguments::flag(input)?),
                        _ => Err(arguments::unknown(
                            "option of `generated`",
                            &word,
                            &["expr", "virtual"],
                        )),
                    }
                });
                let Some(expression) = expression else {
                    return Err(AttributeError::new(word.span(), "`generated` has no expression")
                        .with_hint("write `generated(expr = \"…\", virtual)`"));
                };
                self.is_virtual = is_virtual.unwrap_or(false);
                arguments::once(&mut self.generated, word, expression)
            }
            "name" => arguments::once(&mut self.name, word, arguments::name(input, word)?),
            "type" => arguments::once(&mut self.data_type, word, arguments::data_type(input, word)?),
            "nullable" => {
                let nullable = Spanned::new(arguments::flag(input)?, word.span());
                arguments::once(&mut self.nullable, word, nullable)
            }
            "primary_key" => {
                if input.peek(syn::token::Paren) {
                    return Err(AttributeError::new(
                        word.span(),
                        "on a field `primary_key` takes no arguments",
                    )
                    .with_hint("options go on the table: `#[table(primary_key(id, name = \"…\"))]`"));
                }
                if arguments::flag(input)? {
                    arguments::once(&mut self.primary_key, word, word.span())?;
                }
                Ok(())
            }
            "identity" => arguments::once(&mut self.identity, word, identity::parse(input, word, errors)?),
            "default" => arguments::once(&mut self.default, word, default(input, word)?),
            "generated" => arguments::once(&mut self.generated, word, arguments::sql(input, word)?),
            "collation" => arguments::once(&mut self.collation, word, arguments::name(input, word)?),
            "comment" => arguments::once(&mut self.comment, word, arguments::sql(input, word)?),
            "renamed_from" => arguments::once(&mut self.renamed_from, word, arguments::name(input, word)?),
            "unique" => {
                if input.peek(syn::token::Paren) {
                    let key = KeyModel::parse(input, word, Some(field), errors)?;
                    self.parts.uniques.push(key);
                } else if arguments::flag(input)? {
                    self.parts.uniques.push(KeyModel::of_field(field, word.span()));
                }
                Ok(())
            }
            "check" => {
                self.parts.checks.push(CheckModel::parse(input, word, errors)?);
                Ok(())
            }
            "index" => {
                if input.peek(syn::token::Paren) {
                    let index = IndexModel::parse(input, word, Some(field), errors)?;
                    self.parts.indexes.push(index);
                } else if arguments::flag(input)? {
                    self.parts.indexes.push(IndexModel::of_field(field, word.span()));
                }
                Ok(())
            }
            "references" => {
                let reference = Reference::parse(input, word, errors)?;
                if reference.fields.len() != 1 {
                    return Err(
                        AttributeError::new(reference.span, "one column cannot refer to several").with_hint(
                            "write `#[table(foreign_key(columns(a, b), references = Other(x, y)))]`",
                        ),
                    );
                }
                arguments::once(&mut self.reference, word, reference)
            }
            text if ForeignKeyOptions::WORDS.contains(&text) => self.options.parse(input, word, errors),
            _ => Err(arguments::unknown("argument of `column`", word, WORDS)),
        }
    }

    /// What PostgreSQL refuses whatever the types are.
    fn contradictions(&self, errors: &mut Vec<AttributeError>) {
        let default = self.default.as_ref().map(|default| (default.span, "default"));
        let identity = self.identity.as_ref().map(|identity| (identity.span, "identity"));
        let generated = self
            .generated
            .as_ref()
            .map(|generated| (generated.span, "generated"));
        for (one, other) in [(default, identity), (default, generated), (identity, generated)] {
            if let (Some((span, one)), Some((_, other))) = (one, other) {
                errors.push(
                    AttributeError::new(span, format!("a column cannot have both `{one}` and `{other}`"))
                        .with_hint("keep the one that gives the column its value"),
                );
            }
        }
        if let Some(nullable) = self.nullable.as_ref().filter(|nullable| nullable.value) {
            for (span, what) in [
                (self.primary_key, "part of the primary key"),
                (identity.map(|i| i.0), "an identity column"),
            ] {
                if span.is_some() {
                    errors.push(AttributeError::new(
                        nullable.span,
                        format!("{what} cannot be `nullable`"),
                    ));
                }
            }
        }
    }
}

/// `= 4`, `= "draft"`, `= true` or `= sql("now()")`.
pub(super) fn default(input: ParseStream<'_>, word: &Ident) -> Result<Spanned<DefaultValue>, AttributeError> {
    const HINT: &str =
        "write a literal, as in `default = 4`, or an SQL expression: `default = sql(\"now()\")`";
    if !input.peek(Token![=]) {
        return Err(AttributeError::new(word.span(), "`default` takes a value").with_hint(HINT));
    }
    input.parse::<Token![=]>()?;
    if input.peek(syn::Ident) {
        let function: Ident = input.parse()?;
        if function != "sql" {
            return Err(
                AttributeError::new(function.span(), format!("`{function}` is not a literal"))
                    .with_hint(HINT),
            );
        }
        if !input.peek(syn::token::Paren) {
            return Err(AttributeError::new(function.span(), "`sql` takes an expression").with_hint(HINT));
        }
        let (content, _) = arguments::parentheses(input, &function)?;
        let literal: LitStr = content.parse().map_err(|error| {
            // What is left over would be a second mistake.
            let _ = content.parse::<TokenStream>();
            AttributeError::from(error).with_hint(HINT)
        })?;
        let expression = arguments::sql_literal(&literal, &function)?;
        return Ok(Spanned::new(DefaultValue::Sql(expression.value), expression.span));
    }
    let minus = input.parse::<Option<Token![-]>>()?;
    let sign = if minus.is_some() { "-" } else { "" };
    let literal: Lit = input
        .parse()
        .map_err(|error| AttributeError::from(error).with_hint(HINT))?;
    let span = minus.map_or(literal.span(), |minus| {
        arguments::joined(minus.span, literal.span())
    });
    let refused = || AttributeError::new(span, "this literal cannot be a default").with_hint(HINT);
    let value = match &literal {
        Lit::Int(number) if number.suffix().is_empty() => {
            DefaultValue::Integer(format!("{sign}{}", number.base10_digits()))
        }
        Lit::Float(number) if number.suffix().is_empty() => {
            DefaultValue::Float(format!("{sign}{}", number.base10_digits()))
        }
        Lit::Str(text) if minus.is_none() => DefaultValue::Text(text.value()),
        Lit::Bool(value) if minus.is_none() => DefaultValue::Boolean(value.value),
        Lit::Int(_) | Lit::Float(_) => return Err(refused().with_hint("write the number without a suffix")),
        _ => return Err(refused()),
    };
    Ok(Spanned::new(value, span))
}
