//! Names of constraints and indexes by a convention, where a model gives none.

use std::fmt;
use std::str::FromStr;

use limbeck_sql::MAXIMUM_IDENTIFIER_LENGTH;
use sha2::{Digest, Sha256};

use crate::attributes::nearest;

/// How constraints and indexes are named that a model gives no name; by PostgreSQL's own rule where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naming {
    /// Primary keys.
    pub primary_key: Option<NameTemplate>,
    /// Unique constraints.
    pub unique: Option<NameTemplate>,
    /// Foreign keys.
    pub foreign_key: Option<NameTemplate>,
    /// Check constraints.
    pub check: Option<NameTemplate>,
    /// Exclusion constraints.
    pub exclusion: Option<NameTemplate>,
    /// Indexes, unique ones too.
    pub index: Option<NameTemplate>,
}

impl Naming {
    /// What a convention can be of, by the names that the configuration has for it.
    pub const KINDS: [&'static str; 6] = [
        "primary_key",
        "unique",
        "foreign_key",
        "check",
        "exclusion",
        "index",
    ];

    /// Says how one of [`Self::KINDS`] is named.
    ///
    /// # Errors
    /// When the template is none, or has a token that this kind cannot fill.
    pub fn set(&mut self, kind: &str, template: &str) -> Result<(), NameTemplateError> {
        let template: NameTemplate = template.parse()?;
        let is_reference = kind == "foreign_key";
        if let Some((name, _)) = TOKENS
            .iter()
            .find(|(_, token)| token.is_of_reference() && !is_reference && template.holds(*token))
        {
            return Err(NameTemplateError::OfReference {
                token: (*name).to_owned(),
            });
        }
        let slot = match kind {
            "primary_key" => &mut self.primary_key,
            "unique" => &mut self.unique,
            "foreign_key" => &mut self.foreign_key,
            "check" => &mut self.check,
            "exclusion" => &mut self.exclusion,
            _ => &mut self.index,
        };
        *slot = Some(template);
        Ok(())
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A name with tokens in braces: `uq_{table}_{columns}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Token(Token),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Schema,
    Table,
    Columns,
    FirstColumn,
    ReferredSchema,
    ReferredTable,
    ReferredColumns,
}

impl Token {
    fn is_of_reference(self) -> bool {
        matches!(
            self,
            Self::ReferredSchema | Self::ReferredTable | Self::ReferredColumns
        )
    }
}

const TOKENS: [(&str, Token); 7] = [
    ("schema", Token::Schema),
    ("table", Token::Table),
    ("columns", Token::Columns),
    ("column_0", Token::FirstColumn),
    ("referred_schema", Token::ReferredSchema),
    ("referred_table", Token::ReferredTable),
    ("referred_columns", Token::ReferredColumns),
];

/// Why a text is no [`NameTemplate`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameTemplateError {
    /// A token as SQLAlchemy writes it.
    #[error("`%({token})s` is how SQLAlchemy writes a token")]
    SqlAlchemy {
        /// The name of the token.
        token: String,
    },
    /// A token that there is not.
    #[error("there is no token `{{{token}}}`")]
    UnknownToken {
        /// The name of the token.
        token: String,
    },
    /// A token that only foreign keys can fill.
    #[error("only a foreign key refers to something, as `{{{token}}}` has it")]
    OfReference {
        /// The name of the token.
        token: String,
    },
    /// A brace without its other one.
    #[error("a brace stands alone")]
    Brace,
    /// All tables would give one name.
    #[error("`{{table}}` is missing")]
    NoTable,
}

impl NameTemplateError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        let names = || TOKENS.map(|(name, _)| format!("`{{{name}}}`")).join(", ");
        match self {
            Self::SqlAlchemy { token } => {
                let ours = match token.as_str() {
                    "table_name" => Some("table"),
                    "column_0_name" | "column_0_label" | "column_0_key" => Some("column_0"),
                    "column_0_N_name" | "column_0N_name" => Some("columns"),
                    "referred_table_name" => Some("referred_table"),
                    "referred_column_0_name" | "referred_column_0_N_name" => Some("referred_columns"),
                    _ => None,
                };
                match ours {
                    Some(ours) => format!("write `{{{ours}}}`"),
                    None if token == "constraint_name" => CONSTRAINT.to_owned(),
                    None => format!("the tokens are {}", names()),
                }
            }
            Self::UnknownToken { token } if token == "constraint" || token == "constraint_name" => {
                CONSTRAINT.to_owned()
            }
            Self::UnknownToken { token } => match nearest(token, TOKENS.map(|(name, _)| name)) {
                Some(near) => format!("did you mean `{{{near}}}`?"),
                None => format!("the tokens are {}", names()),
            },
            Self::OfReference { .. } => "say so under `foreign_key` alone".to_owned(),
            Self::Brace => "a token stands in braces, as `{table}`, and nothing else does".to_owned(),
            Self::NoTable => {
                "names of indexes are a schema's: without the table's those of two tables are soon one"
                    .to_owned()
            }
        }
    }
}

const CONSTRAINT: &str = "a name that a model gives is taken as it is, so a convention has no use for it; \
                          `{columns}` are those that the constraint is about";

impl FromStr for NameTemplate {
    type Err = NameTemplateError;

    fn from_str(text: &str) -> Result<Self, NameTemplateError> {
        if let Some((_, rest)) = text.split_once("%(") {
            let token = rest.split(')').next().unwrap_or_default().to_owned();
            return Err(NameTemplateError::SqlAlchemy { token });
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            let (before, behind) = rest.split_at(brace);
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let inside = behind.strip_prefix('{').ok_or(NameTemplateError::Brace)?;
            let (name, after) = inside.split_once('}').ok_or(NameTemplateError::Brace)?;
            if name.contains('{') {
                return Err(NameTemplateError::Brace);
            }
            let token = TOKENS.iter().find(|(known, _)| *known == name);
            let (_, token) = token.ok_or_else(|| NameTemplateError::UnknownToken {
                token: name.to_owned(),
            })?;
            parts.push(Part::Token(*token));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let template = Self { parts };
        if !template.holds(Token::Table) {
            return Err(NameTemplateError::NoTable);
        }
        Ok(template)
    }
}

impl fmt::Display for NameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Token(token) => {
                    let name = TOKENS.iter().find(|(_, known)| known == token);
                    write!(f, "{{{}}}", name.map_or("", |(name, _)| name))?;
                }
            }
        }
        Ok(())
    }
}

/// What fills a template.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The table's schema.
    pub schema: &'a str,
    /// The table.
    pub table: &'a str,
    /// The columns that the constraint or index is about; of an index also what PostgreSQL calls an expression.
    pub columns: &'a [String],
    /// The schema, name and columns of the table that a foreign key refers to.
    pub referred: Option<(&'a str, &'a str, &'a [String])>,
}

impl NameTemplate {
    fn holds(&self, token: Token) -> bool {
        self.parts.contains(&Part::Token(token))
    }

    /// The name, within what PostgreSQL keeps of one.
    #[must_use]
    pub fn name(&self, of: &Named<'_>) -> String {
        let mut name = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Token(Token::Schema) => name.push_str(of.schema),
                Part::Token(Token::Table) => name.push_str(of.table),
                Part::Token(Token::Columns) => name.push_str(&of.columns.join("_")),
                Part::Token(Token::FirstColumn) => {
                    name.push_str(of.columns.first().map_or("", String::as_str));
                }
                Part::Token(Token::ReferredSchema) => {
                    name.push_str(of.referred.map_or("", |(schema, ..)| schema));
                }
                Part::Token(Token::ReferredTable) => {
                    name.push_str(of.referred.map_or("", |(_, table, _)| table));
                }
                Part::Token(Token::ReferredColumns) => {
                    name.push_str(
                        &of.referred
                            .map_or_else(String::new, |(.., columns)| columns.join("_")),
                    );
                }
            }
        }
        within_limit(name)
    }
}

/// A name that is too long is cut, and ends in a hash of the whole, so that two that begin alike stay two.
fn within_limit(name: String) -> String {
    const HASH: usize = 8;
    if name.len() <= MAXIMUM_IDENTIFIER_LENGTH {
        return name;
    }
    let digest = Sha256::digest(name.as_bytes());
    let hash: String = digest
        .iter()
        .take(HASH / 2)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let end = name.floor_char_boundary(MAXIMUM_IDENTIFIER_LENGTH - HASH - 1);
    format!("{}_{hash}", name.get(..end).unwrap_or_default())
}

/// The name, or with a number behind it the first that is free.
pub(super) fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut candidate = name.to_owned();
    let mut number = 0_u32;
    while is_taken(&candidate) {
        number += 1;
        candidate = within_limit(format!("{name}{number}"));
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match text.parse::<NameTemplate>() {
            Ok(template) => template.to_string(),
            Err(error) => format!("{error}; {}", error.hint()),
        }
    }

    #[test]
    fn templates_are_read_and_mistakes_told() {
        assert_eq!(told("uq_{table}_{columns}"), "uq_{table}_{columns}");
        assert_eq!(
            told("uq_{tabel}"),
            "there is no token `{tabel}`; did you mean `{table}`?"
        );
        assert_eq!(
            told("ck_%(table_name)s"),
            "`%(table_name)s` is how SQLAlchemy writes a token; write `{table}`"
        );
        assert!(told("ck_{table}_{constraint}").contains("taken as it is"));
        assert!(told("pk_{table").starts_with("a brace stands alone"));
        assert!(told("pk_}{table}").starts_with("a brace stands alone"));
        assert!(told("pk_{columns}").starts_with("`{table}` is missing"));
        assert!(
            Naming::default()
                .set("unique", "{table}_{referred_table}")
                .is_err()
        );
        assert_eq!(
            Naming::default().set("foreign_key", "{table}_{referred_table}"),
            Ok(())
        );
    }

    #[test]
    fn a_long_name_is_cut_and_told_apart_by_a_hash() {
        let template: NameTemplate = "{table}_{columns}".parse().unwrap();
        let name = |column: &str| {
            template.name(&Named {
                schema: "public",
                table: &"ü".repeat(28),
                columns: &[column.to_owned(), "c".to_owned()],
                referred: None,
            })
        };
        let (one, other) = (name("a_column_of_a_long_name"), name("a_column_of_a_long_nose"));
        assert_ne!(one, other);
        for name in [&one, &other] {
            assert!(name.len() <= 63, "{name}");
            assert!(name.starts_with(&"ü".repeat(26)), "{name}");
        }
        assert_eq!(one, name("a_column_of_a_long_name"));
        let taken = [one.clone()];
        let second = free(&one, |name| taken.contains(&name.to_owned()));
        assert!(second.len() <= 63 && second != one, "{second}");
    }
}
