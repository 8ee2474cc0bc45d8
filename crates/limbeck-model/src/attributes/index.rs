//! Indexes.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitStr, Token};

use super::arguments;
use super::{AttributeError, FieldPath, Spanned};

/// An index.
#[derive(Debug, Clone)]
pub struct IndexModel {
    /// Its name; PostgreSQL's choice without one.
    pub name: Option<Spanned<String>>,
    /// What it is over, in key order.
    pub keys: Vec<IndexKeyModel>,
    /// `UNIQUE`.
    pub unique: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// The method: `gin`, `gist`, …; `btree` without one.
    pub using: Option<Spanned<String>>,
    /// The predicate of a partial index, in the names of columns.
    pub predicate: Option<Spanned<String>>,
    /// The fields that it only carries.
    pub include: Vec<FieldPath>,
    /// How it is stored.
    pub storage: IndexStorage,
    /// Where it is declared.
    pub span: Span,
}

/// How an index is stored, a constraint's own among them. What is `None` is not spoken of, and stays as it is in a
/// database.
#[derive(Debug, Clone, Default)]
pub struct IndexStorage {
    /// Storage parameters, by name.
    pub options: Option<Spanned<Vec<(String, String)>>>,
    /// The tablespace.
    pub tablespace: Option<Spanned<String>>,
}

impl IndexStorage {
    pub(super) const WORDS: [&'static str; 2] = ["with", "tablespace"];

    /// Whether a word is one of [`Self::WORDS`] rather than a field of that name.
    pub(super) fn is_next(word: &Ident, input: ParseStream<'_>) -> bool {
        (word == "with" && input.peek(syn::token::Paren)) || (word == "tablespace" && input.peek(Token![=]))
    }

    /// Reads what follows one of [`Self::WORDS`].
    pub(super) fn parse(
        &mut self,
        input: ParseStream<'_>,
        word: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> arguments::Parsed {
        if word == "with" {
            let options = super::settings::options(input, word, errors)?;
            return arguments::once(&mut self.options, word, Spanned::new(options, word.span()));
        }
        arguments::once(&mut self.tablespace, word, arguments::name(input, word)?)
    }
}

/// One element of an index.
#[derive(Debug, Clone)]
pub struct IndexKeyModel {
    /// The field or the expression.
    pub of: IndexKeyOf,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` or `NULLS LAST`, where it is said.
    pub nulls: Option<NullsOrder>,
    /// The operator class as SQL, where it is not the type's default.
    pub operator_class: Option<Spanned<String>>,
    /// The name of the collation, where it is not the column's own.
    pub collation: Option<Spanned<String>>,
}

/// What an element of an index is made of.
#[derive(Debug, Clone)]
pub enum IndexKeyOf {
    /// A field.
    Field(FieldPath),
    /// An expression in the names of columns.
    Expression(Spanned<String>),
}

/// Where NULLs are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullsOrder {
    /// `NULLS FIRST`.
    First,
    /// `NULLS LAST`.
    Last,
}

const OPTIONS: &[&str] = &[
    "name",
    "expr",
    "unique",
    "nulls_not_distinct",
    "using",
    "where",
    "include",
    "with",
    "tablespace",
];
const KEY_OPTIONS: &[&str] = &["desc", "asc", "nulls", "opclass", "collation"];

impl IndexModel {
    /// An index over one field without further words.
    pub(super) fn of_field(field: &Ident, span: Span) -> Self {
        Self {
            name: None,
            keys: vec![IndexKeyModel::new(IndexKeyOf::Field(field.clone().into()))],
            unique: false,
            nulls_not_distinct: false,
            using: None,
            predicate: None,
            include: Vec::new(),
            storage: IndexStorage::default(),
            span,
        }
    }

    /// `(…)` behind `index`; on a field (`of`) it is over that field, on a table it names what it is over.
    pub(super) fn parse(
        input: ParseStream<'_>,
        index: &Ident,
        of: Option<&Ident>,
        errors: &mut Vec<AttributeError>,
    ) -> Result<Self, AttributeError> {
        let before = errors.len();
        let (content, close) = arguments::parentheses(input, index)?;
        let mut model = Self::of_field(index, arguments::joined(index.span(), close));
        model.keys.clear();
        model
            .keys
            .extend(of.map(|field| IndexKeyModel::new(IndexKeyOf::Field(field.clone().into()))));
        let mut given: Vec<Ident> = Vec::new();
        arguments::each(&content, errors, |input, errors| {
            if input.peek(LitStr) {
                let literal: LitStr = input.parse()?;
                let expression = arguments::sql_literal(&literal, index)?;
                return model.push_key(input, IndexKeyOf::Expression(expression));
            }
            let word = arguments::word(input)?;
            if !is_option(&word, input) {
                return match (of.is_some(), KEY_OPTIONS.iter().any(|option| word == option)) {
                    (true, true) => model
                        .keys
                        .first_mut()
                        .map_or(Ok(()), |key| key.option(&word, input)),
                    (true, false) => Err(unknown_option(&word)),
                    (false, _) if input.peek(Token![=]) => Err(unknown_option(&word)),
                    (false, _) => {
                        let field = FieldPath::parse_behind(word, input)?;
                        model.push_key(input, IndexKeyOf::Field(field))
                    }
                };
            }
            if word != "expr" && given.contains(&word) {
                return Err(AttributeError::new(
                    word.span(),
                    format!("`{word}` is given twice"),
                ));
            }
            given.push(word.clone());
            match word.to_string().as_str() {
                "name" => model.name = Some(arguments::name(input, &word)?),
                "expr" => return model.expression(input, &word, of),
                "unique" => model.unique = arguments::flag(input)?,
                "nulls_not_distinct" => model.nulls_not_distinct = arguments::flag(input)?,
                "using" => model.using = Some(method(input, &word)?),
                "where" => model.predicate = Some(arguments::sql(input, &word)?),
                "with" | "tablespace" => return model.storage.parse(input, &word, errors),
                _ => model.include = arguments::fields(input, &word, errors)?,
            }
            Ok(())
        });
        if model.keys.is_empty() {
            let error = AttributeError::new(index.span(), "`index` names neither a field nor an expression")
                .with_hint("name fields, as in `index(a, b desc)`, or an expression: `index(\"lower(a)\")`");
            return Err(arguments::missing(errors, before, error));
        }
        Ok(model)
    }

    /// `expr = "…"`, the only way to an expression on a field's own index.
    fn expression(&mut self, input: ParseStream<'_>, word: &Ident, of: Option<&Ident>) -> arguments::Parsed {
        let expression = arguments::sql(input, word)?;
        if of.is_some() {
            self.keys.clear();
        }
        self.push_key(input, IndexKeyOf::Expression(expression))
    }

    fn push_key(&mut self, input: ParseStream<'_>, of: IndexKeyOf) -> arguments::Parsed {
        let mut key = IndexKeyModel::new(of);
        while !input.is_empty() && !input.peek(Token![,]) {
            let word = arguments::word(input)?;
            key.option(&word, input)?;
        }
        self.keys.push(key);
        Ok(())
    }
}

impl IndexKeyModel {
    fn new(of: IndexKeyOf) -> Self {
        Self {
            of,
            descending: false,
            nulls: None,
            operator_class: None,
            collation: None,
        }
    }

    /// A word behind a key: `desc`, `nulls first`, `opclass("…")`, `collation("…")`.
    fn option(&mut self, word: &Ident, input: ParseStream<'_>) -> arguments::Parsed {
        match word.to_string().as_str() {
            "desc" => self.descending = true,
            "asc" => self.descending = false,
            "nulls" => {
                if input.peek(Token![=]) {
                    input.parse::<Token![=]>()?;
                }
                let order = arguments::word(input)?;
                self.nulls = Some(match order.to_string().as_str() {
                    "first" => NullsOrder::First,
                    "last" => NullsOrder::Last,
                    _ => return Err(arguments::unknown("order", &order, &["first", "last"])),
                });
            }
            "opclass" => self.operator_class = Some(text(input, word)?),
            "collation" => self.collation = Some(text(input, word)?),
            _ => return Err(arguments::unknown("word behind a key", word, KEY_OPTIONS)),
        }
        Ok(())
    }
}

/// Whether a word is an option rather than a field of that name.
fn is_option(word: &Ident, input: ParseStream<'_>) -> bool {
    match word.to_string().as_str() {
        "name" | "expr" | "using" | "where" => input.peek(Token![=]),
        "include" => input.peek(syn::token::Paren),
        _ if IndexStorage::is_next(word, input) => true,
        "unique" | "nulls_not_distinct" => input.is_empty() || input.peek(Token![,]) || input.peek(Token![=]),
        _ => false,
    }
}

fn unknown_option(word: &Ident) -> AttributeError {
    arguments::unknown("option of `index`", word, OPTIONS)
}

/// `= gin`: any word, since extensions bring methods of their own.
pub(super) fn method(input: ParseStream<'_>, of: &Ident) -> Result<Spanned<String>, AttributeError> {
    input.parse::<Token![=]>()?;
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        return super::name::from_literal(&literal);
    }
    let word = input.call(Ident::parse_any).map_err(|error| {
        AttributeError::from(error).with_hint(format!("write the index method: `{of} = gin`"))
    })?;
    Ok(Spanned::new(word.unraw().to_string(), word.span()))
}

/// `("…")` or `= "…"`.
fn text(input: ParseStream<'_>, of: &Ident) -> Result<Spanned<String>, AttributeError> {
    if input.peek(Token![=]) {
        return arguments::sql(input, of);
    }
    let (content, _) = arguments::parentheses(input, of)?;
    let literal: LitStr = content.parse()?;
    arguments::sql_literal(&literal, of)
}
