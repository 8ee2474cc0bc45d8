//! Foreign keys.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitStr, Path, PathSegment, Token};

use super::arguments;
use super::constraint::deferrable;
use super::{AttributeError, Deferrable, FieldPath, Spanned};

/// A foreign key.
#[derive(Clone)]
pub struct ForeignKeyModel {
    /// Its name; PostgreSQL's choice without one.
    pub name: Option<Spanned<String>>,
    /// The referencing fields.
    pub fields: Vec<FieldPath>,
    /// The path of the referenced model, as written: `User`, `super::User`, `Self`.
    pub target: Path,
    /// The referenced model's fields, in the order of `fields`.
    pub target_fields: Vec<FieldPath>,
    /// `ON DELETE`.
    pub on_delete: Option<Action>,
    /// The fields that `ON DELETE SET …` sets, where not all.
    pub on_delete_fields: Vec<FieldPath>,
    /// `ON UPDATE`.
    pub on_update: Option<Action>,
    /// When it is checked, where that can wait.
    pub deferrable: Option<Deferrable>,
    /// `MATCH FULL`.
    pub match_full: bool,
    /// `PERIOD` on the last field of both sides.
    pub period: bool,
    /// `NOT VALID`: rows that were there before are not looked at.
    pub not_valid: bool,
    /// `NOT ENFORCED`: no row is looked at.
    pub not_enforced: bool,
    /// Where it is declared.
    pub span: Span,
}

/// What happens to referencing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `NO ACTION`.
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

impl Action {
    const ALL: [(&'static str, Self); 5] = [
        ("no_action", Self::NoAction),
        ("restrict", Self::Restrict),
        ("cascade", Self::Cascade),
        ("set_null", Self::SetNull),
        ("set_default", Self::SetDefault),
    ];

    /// The action in SQL.
    #[must_use]
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

/// `ON DELETE`, `ON UPDATE` and the like, as they are said beside a reference.
#[derive(Default)]
pub(super) struct ForeignKeyOptions {
    on_delete: Option<(Action, Vec<FieldPath>)>,
    on_update: Option<Action>,
    deferrable: Option<Option<Deferrable>>,
    not_valid: Option<bool>,
    not_enforced: Option<bool>,
    /// The first word that was said, to point at where nothing refers to anything.
    first: Option<Ident>,
}

impl ForeignKeyOptions {
    pub(super) const WORDS: &'static [&'static str] = &[
        "on_delete",
        "on_update",
        "deferrable",
        "not_valid",
        "not_enforced",
    ];

    /// Reads what follows one of [`Self::WORDS`].
    pub(super) fn parse(
        &mut self,
        input: ParseStream<'_>,
        word: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> arguments::Parsed {
        self.first.get_or_insert_with(|| word.clone());
        match word.to_string().as_str() {
            "on_delete" => {
                let action = arguments::choice(input, word, &Action::ALL)?;
                let fields = if input.peek(syn::token::Paren) {
                    if !matches!(action, Action::SetNull | Action::SetDefault) {
                        return Err(input
                            .error("only `set_null` and `set_default` take fields")
                            .into());
                    }
                    arguments::fields(input, word, errors)?
                } else {
                    Vec::new()
                };
                arguments::once(&mut self.on_delete, word, (action, fields))
            }
            "on_update" => {
                let action = arguments::choice(input, word, &Action::ALL)?;
                arguments::once(&mut self.on_update, word, action)
            }
            "not_valid" => arguments::once(&mut self.not_valid, word, arguments::flag(input)?),
            "not_enforced" => arguments::once(&mut self.not_enforced, word, arguments::flag(input)?),
            _ => arguments::once(&mut self.deferrable, word, deferrable(input, word)?),
        }
    }

    /// The foreign key of a reference with these options.
    pub(super) fn foreign_key(
        self,
        fields: Vec<FieldPath>,
        reference: Reference,
        span: Span,
    ) -> ForeignKeyModel {
        let (on_delete, on_delete_fields) = match self.on_delete {
            Some((action, fields)) => (Some(action), fields),
            None => (None, Vec::new()),
        };
        ForeignKeyModel {
            name: None,
            fields,
            target: reference.target,
            target_fields: reference.fields,
            on_delete,
            on_delete_fields,
            on_update: self.on_update,
            deferrable: self.deferrable.flatten(),
            match_full: false,
            period: false,
            not_valid: self.not_valid.unwrap_or(false),
            not_enforced: self.not_enforced.unwrap_or(false),
            span,
        }
    }

    /// The mistake of options without a reference.
    pub(super) fn without_reference(&self) -> Option<AttributeError> {
        let word = self.first.as_ref()?;
        Some(
            AttributeError::new(word.span(), format!("`{word}` without `references`"))
                .with_hint("say what the column refers to: `references = Model::field`"),
        )
    }
}

/// What a foreign key refers to.
pub(super) struct Reference {
    pub(super) target: Path,
    pub(super) fields: Vec<FieldPath>,
    pub(super) span: Span,
}

impl Reference {
    /// `= User::id` or `= User(id, tenant)`.
    pub(super) fn parse(
        input: ParseStream<'_>,
        word: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> Result<Self, AttributeError> {
        const HINT: &str =
            "name a model and its field: `references = Model::field`, or `Model(a, b)` for several";
        if !input.peek(Token![=]) {
            return Err(AttributeError::new(word.span(), "`references` takes a field").with_hint(HINT));
        }
        input.parse::<Token![=]>()?;
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            return Err(
                AttributeError::new(literal.span(), "`references` takes a field, not a string")
                    .with_hint(HINT),
            );
        }
        let mut path = input.call(Path::parse_mod_style)?;
        let start = path
            .segments
            .first()
            .map_or(word.span(), |segment| segment.ident.span());
        let last = path.segments.last().map_or(start, |segment| segment.ident.span());
        let span = arguments::joined(start, last);
        if input.peek(syn::token::Paren) {
            let fields = arguments::fields(input, word, errors)?;
            return Ok(Self {
                target: path,
                fields,
                span,
            });
        }
        let field = path.segments.pop();
        match field {
            Some(PathSegment { ident, .. }) if !path.segments.is_empty() => {
                path.segments.pop_punct();
                Ok(Self {
                    target: path,
                    fields: vec![FieldPath::parse_behind(ident, input)?],
                    span,
                })
            }
            _ => Err(AttributeError::new(span, "`references` names no field").with_hint(HINT)),
        }
    }
}

impl ForeignKeyModel {
    /// `(columns(a, b), references = Other(x, y), …)` behind `foreign_key`.
    pub(super) fn parse(
        input: ParseStream<'_>,
        foreign_key: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> Result<Self, AttributeError> {
        const HINT: &str = "write `foreign_key(columns(a, b), references = Other(x, y))`";
        let before = errors.len();
        let (content, close) = arguments::parentheses(input, foreign_key)?;
        let mut options = ForeignKeyOptions::default();
        let (mut name, mut fields, mut reference) = (None, None, None);
        let (mut match_full, mut period) = (None, None);
        arguments::each(&content, errors, |input, errors| {
            let word = arguments::word(input)?;
            match word.to_string().as_str() {
                "name" => arguments::once(&mut name, &word, arguments::name(input, &word)?),
                "columns" => arguments::once(&mut fields, &word, arguments::fields(input, &word, errors)?),
                "references" => {
                    arguments::once(&mut reference, &word, Reference::parse(input, &word, errors)?)
                }
                "match_full" => arguments::once(&mut match_full, &word, arguments::flag(input)?),
                "period" => arguments::once(&mut period, &word, arguments::flag(input)?),
                text if ForeignKeyOptions::WORDS.contains(&text) => options.parse(input, &word, errors),
                _ => Err(arguments::unknown(
                    "option of `foreign_key`",
                    &word,
                    &[
                        "columns",
                        "references",
                        "name",
                        "on_delete",
                        "on_update",
                        "deferrable",
                        "match_full",
                        "period",
                        "not_valid",
                        "not_enforced",
                    ],
                )),
            }
        });
        let missing = |what| AttributeError::new(foreign_key.span(), what).with_hint(HINT);
        let Some(fields) = fields else {
            return Err(arguments::missing(
                errors,
                before,
                missing("`foreign_key` names no columns"),
            ));
        };
        let Some(reference) = reference else {
            let error = missing("`foreign_key` names nothing that it refers to");
            return Err(arguments::missing(errors, before, error));
        };
        if fields.len() != reference.fields.len() {
            return Err(AttributeError::new(
                reference.span,
                format!(
                    "{} column(s) cannot refer to {}",
                    fields.len(),
                    reference.fields.len()
                ),
            )
            .with_hint("name as many referenced fields as columns, in their order"));
        }
        let span = arguments::joined(foreign_key.span(), close);
        let mut model = options.foreign_key(fields, reference, span);
        model.name = name;
        model.match_full = match_full.unwrap_or(false);
        model.period = period.unwrap_or(false);
        Ok(model)
    }

    /// The referenced model's name without its modules.
    #[must_use]
    pub fn target_name(&self) -> String {
        self.target
            .segments
            .last()
            .map_or_else(String::new, |segment| segment.ident.unraw().to_string())
    }
}
