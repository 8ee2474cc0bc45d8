//! What a table and its columns are told that has no bearing on what they hold.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Lit, LitStr, Path, Token};

use super::arguments::{self, Parsed};
use super::{AttributeError, FieldPath, Spanned, index, name};

/// What a table is told. What is `None` is not spoken of, and stays as it is in a database; but for `inherits`, which
/// bears on what tables hold.
#[derive(Clone, Default)]
pub struct TableSettings {
    /// The models that the table inherits from, as their paths are written.
    pub inherits: Vec<Path>,
    /// `UNLOGGED`.
    pub unlogged: Option<Spanned<bool>>,
    /// Storage parameters, by name.
    pub options: Option<Spanned<Vec<(String, String)>>>,
    /// The tablespace.
    pub tablespace: Option<Spanned<String>>,
    /// The access method.
    pub access_method: Option<Spanned<String>>,
    /// Row level security.
    pub row_security: Option<Spanned<RowSecurity>>,
    /// By what rows are told apart in logical replication.
    pub replica_identity: Option<Spanned<ReplicaIdentity>>,
    /// How the table spreads its rows over partitions.
    pub partition_by: Option<Spanned<PartitionBy>>,
    /// The partitions that are declared.
    pub partitions: Vec<PartitionModel>,
}

/// Row level security of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowSecurity {
    /// None.
    Off,
    /// For all but the owner.
    On,
    /// For the owner too.
    Forced,
}

/// By what rows are told apart in logical replication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplicaIdentity {
    /// By the primary key.
    Default,
    /// By all columns.
    Full,
    /// Not at all.
    Nothing,
    /// By an index of that name.
    Index(String),
}

/// `PARTITION BY`.
#[derive(Debug, Clone)]
pub struct PartitionBy {
    /// `RANGE`, `LIST` or `HASH`.
    pub strategy: &'static str,
    /// What the bounds are about.
    pub keys: Vec<PartitionKey>,
}

/// One element of a partition key.
#[derive(Debug, Clone)]
pub enum PartitionKey {
    /// A field.
    Field(FieldPath),
    /// An expression in the names of columns.
    Expression(Spanned<String>),
}

/// A partition that is declared.
#[derive(Debug, Clone)]
pub struct PartitionModel {
    /// Its name, in the schema of its table.
    pub name: Spanned<String>,
    /// Which rows it takes, as SQL behind `FOR VALUES`; the others without.
    pub values: Option<Spanned<String>>,
    /// Storage parameters, by name.
    pub options: Option<Spanned<Vec<(String, String)>>>,
    /// The tablespace.
    pub tablespace: Option<Spanned<String>>,
    /// The access method.
    pub access_method: Option<Spanned<String>>,
    /// How it spreads its rows over partitions of its own.
    pub partition_by: Option<Spanned<PartitionBy>>,
    /// Those partitions.
    pub partitions: Vec<PartitionModel>,
}

/// What a column is told. What is `None` is not spoken of, and stays as it is in a database.
#[derive(Debug, Clone, Default)]
pub struct ColumnSettings {
    /// How large values are stored: `plain`, `external`, `extended`, `main`.
    pub storage: Option<Spanned<&'static str>>,
    /// How large values are compressed: `pglz`, `lz4`.
    pub compression: Option<Spanned<&'static str>>,
    /// How much is learnt of its values, 0 to 10000.
    pub statistics: Option<Spanned<String>>,
}

impl TableSettings {
    pub(super) const WORDS: [&'static str; 9] = [
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

    /// Reads what follows one of [`Self::WORDS`].
    pub(super) fn parse(
        &mut self,
        input: ParseStream<'_>,
        word: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> Parsed {
        match word.to_string().as_str() {
            "inherits" => {
                if !self.inherits.is_empty() {
                    return Err(AttributeError::new(word.span(), "`inherits` is given twice")
                        .with_hint("name all parents in one: `inherits(A, B)`"));
                }
                self.inherits = inherits(input, word, errors)?;
                Ok(())
            }
            "tablespace" => arguments::once(&mut self.tablespace, word, arguments::name(input, word)?),
            "using" => arguments::once(&mut self.access_method, word, access_method(input, word)?),
            "unlogged" => {
                let value = Spanned::new(arguments::flag(input)?, word.span());
                arguments::once(&mut self.unlogged, word, value)
            }
            "options" => {
                let value = Spanned::new(options(input, word, errors)?, word.span());
                arguments::once(&mut self.options, word, value)
            }
            "row_security" => {
                let choices = [
                    ("true", RowSecurity::On),
                    ("false", RowSecurity::Off),
                    ("forced", RowSecurity::Forced),
                ];
                let value = if input.peek(Token![=]) {
                    arguments::choice(input, word, &choices)?
                } else {
                    RowSecurity::On
                };
                arguments::once(&mut self.row_security, word, Spanned::new(value, word.span()))
            }
            "replica_identity" => {
                let value = replica_identity(input, word)?;
                arguments::once(&mut self.replica_identity, word, Spanned::new(value, word.span()))
            }
            "partition_by" => {
                let value = partition_by(input, word, errors)?;
                arguments::once(&mut self.partition_by, word, Spanned::new(value, word.span()))
            }
            _ => {
                self.partitions.push(PartitionModel::parse(input, word, errors)?);
                Ok(())
            }
        }
    }
}

impl ColumnSettings {
    pub(super) const WORDS: [&'static str; 3] = ["storage", "compression", "statistics"];

    /// Reads what follows one of [`Self::WORDS`].
    pub(super) fn parse(&mut self, input: ParseStream<'_>, word: &Ident) -> Parsed {
        match word.to_string().as_str() {
            "storage" => {
                let choices = ["plain", "external", "extended", "main"].map(|name| (name, name));
                let value = arguments::choice(input, word, &choices)?;
                arguments::once(&mut self.storage, word, Spanned::new(value, word.span()))
            }
            "compression" => {
                let choices = ["pglz", "lz4"].map(|name| (name, name));
                let value = arguments::choice(input, word, &choices)?;
                arguments::once(&mut self.compression, word, Spanned::new(value, word.span()))
            }
            _ => {
                let value = super::identity::number(input, word)?;
                if !value.parse::<u16>().is_ok_and(|target| target <= 10_000) {
                    return Err(AttributeError::new(
                        word.span(),
                        format!("a statistics target of {value} is out of range"),
                    )
                    .with_hint("it goes from 0, which learns nothing, to 10000; PostgreSQL's own is 100"));
                }
                arguments::once(&mut self.statistics, word, Spanned::new(value, word.span()))
            }
        }
    }
}

/// `= Parent` or `(Parent, Other)`.
fn inherits(
    input: ParseStream<'_>,
    word: &Ident,
    errors: &mut Vec<AttributeError>,
) -> Result<Vec<Path>, AttributeError> {
    const HINT: &str = "write `inherits = Parent`, or `inherits(A, B)` for several";
    let path = |input: ParseStream<'_>| -> Result<Path, AttributeError> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            let message = "`inherits` takes a model, not a string";
            return Err(AttributeError::new(literal.span(), message).with_hint(HINT));
        }
        let path = input.call(Path::parse_mod_style)?;
        match path.get_ident() {
            Some(own) if own == "Self" => {
                Err(AttributeError::new(own.span(), "a table cannot inherit from itself").with_hint(HINT))
            }
            _ => Ok(path),
        }
    };
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        return Ok(vec![path(input)?]);
    }
    if !input.peek(syn::token::Paren) {
        return Err(AttributeError::new(word.span(), "`inherits` names no model").with_hint(HINT));
    }
    let (content, _) = arguments::parentheses(input, word)?;
    let before = errors.len();
    let mut found: Vec<Path> = Vec::new();
    arguments::each(&content, errors, |input, _| {
        found.push(path(input)?);
        Ok(())
    });
    if found.is_empty() {
        let error = AttributeError::new(word.span(), "`inherits` names no model").with_hint(HINT);
        return Err(arguments::missing(errors, before, error));
    }
    Ok(found)
}

/// `= heap`.
fn access_method(input: ParseStream<'_>, word: &Ident) -> Result<Spanned<String>, AttributeError> {
    if !input.peek(Token![=]) {
        return Err(
            AttributeError::new(word.span(), "`using` takes the name of an access method")
                .with_hint("write `using = heap`"),
        );
    }
    index::method(input, word)
}

/// `(fillfactor = 70, "toast.autovacuum_enabled" = false)`.
pub(super) fn options(
    input: ParseStream<'_>,
    of: &Ident,
    errors: &mut Vec<AttributeError>,
) -> Result<Vec<(String, String)>, AttributeError> {
    let (content, _) = arguments::parentheses(input, of)?;
    let mut found: Vec<(String, String)> = Vec::new();
    arguments::each(&content, errors, |input, _| {
        let (option, span) = if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            (literal.value(), literal.span())
        } else {
            let word = arguments::word(input)?;
            (word.to_string(), word.span())
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
        if option.is_empty() || !option.chars().all(plain) {
            let error = AttributeError::new(span, format!("`{option}` is no storage parameter"));
            let example = if of == "options" {
                "write `options(fillfactor = 70, \"toast.autovacuum_enabled\" = false)`".to_owned()
            } else {
                format!("write `{of}(fillfactor = 70)`")
            };
            return Err(error.with_hint(example));
        }
        if found.iter().any(|(earlier, _)| *earlier == option) {
            return Err(AttributeError::new(span, format!("`{option}` is given twice")));
        }
        input.parse::<Token![=]>()?;
        let sign = if input.parse::<Option<Token![-]>>()?.is_some() {
            "-"
        } else {
            ""
        };
        let literal: Lit = input.parse()?;
        let value = match &literal {
            Lit::Int(number) => format!("{sign}{}", number.base10_digits()),
            Lit::Float(number) => format!("{sign}{}", number.base10_digits()),
            Lit::Bool(value) => value.value.to_string(),
            Lit::Str(text) => text.value(),
            _ => {
                return Err(AttributeError::new(
                    literal.span(),
                    "a storage parameter is a number, a truth value or a string",
                ));
            }
        };
        found.push((option, value));
        Ok(())
    });
    Ok(found)
}

fn replica_identity(input: ParseStream<'_>, word: &Ident) -> Result<ReplicaIdentity, AttributeError> {
    const HINT: &str =
        "write `replica_identity = full`, `nothing` or `default`, or the name of an index in quotes";
    if !input.peek(Token![=]) {
        return Err(AttributeError::new(word.span(), "`replica_identity` takes a value").with_hint(HINT));
    }
    input.parse::<Token![=]>()?;
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        return Ok(ReplicaIdentity::Index(name::from_literal(&literal)?.value));
    }
    let value = arguments::word(input)?;
    match value.to_string().as_str() {
        "default" => Ok(ReplicaIdentity::Default),
        "full" => Ok(ReplicaIdentity::Full),
        "nothing" => Ok(ReplicaIdentity::Nothing),
        _ => Err(AttributeError::new(
            value.span(),
            format!("`{value}` is no value of `replica_identity`"),
        )
        .with_hint(HINT)),
    }
}

/// `= range(day)`, `= list(country)`, `= hash("lower(name)")`.
fn partition_by(
    input: ParseStream<'_>,
    word: &Ident,
    errors: &mut Vec<AttributeError>,
) -> Result<PartitionBy, AttributeError> {
    const HINT: &str = "write `partition_by = range(day)`, with `list` or `hash` for other bounds";
    if !input.peek(Token![=]) {
        return Err(AttributeError::new(word.span(), "`partition_by` takes a value").with_hint(HINT));
    }
    input.parse::<Token![=]>()?;
    let strategy = arguments::word(input)?;
    let strategies = [("range", "RANGE"), ("list", "LIST"), ("hash", "HASH")];
    let Some((_, sql)) = strategies.iter().find(|(name, _)| strategy == name) else {
        let message = format!("`{strategy}` is no way to partition");
        return Err(AttributeError::new(strategy.span(), message).with_hint(HINT));
    };
    let (content, _) = arguments::parentheses(input, &strategy)?;
    let before = errors.len();
    let mut keys = Vec::new();
    arguments::each(&content, errors, |input, _| {
        keys.push(if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            PartitionKey::Expression(arguments::sql_literal(&literal, &strategy)?)
        } else {
            PartitionKey::Field(arguments::field(input)?)
        });
        Ok(())
    });
    if keys.is_empty() {
        let error = AttributeError::new(strategy.span(), format!("`{strategy}` names no field"));
        return Err(arguments::missing(errors, before, error.with_hint(HINT)));
    }
    Ok(PartitionBy { strategy: sql, keys })
}

impl PartitionModel {
    /// `(name = "logs_2026", values = "FROM (…) TO (…)")` or `(name = "logs_rest", default)`.
    fn parse(
        input: ParseStream<'_>,
        partition: &Ident,
        errors: &mut Vec<AttributeError>,
    ) -> Result<Self, AttributeError> {
        const HINT: &str = "write `partition(name = \"logs_2026\", values = \"FROM (…) TO (…)\")`, or `default` for all other rows";
        let before = errors.len();
        let (content, _) = arguments::parentheses(input, partition)?;
        let (mut name, mut values, mut default) = (None, None, None);
        let (mut storage, mut tablespace, mut method) = (None, None, None);
        let (mut by, mut partitions) = (None, Vec::new());
        arguments::each(&content, errors, |input, errors| {
            let word = arguments::word(input)?;
            match word.to_string().as_str() {
                "options" => {
                    let value = Spanned::new(options(input, &word, errors)?, word.span());
                    arguments::once(&mut storage, &word, value)
                }
                "tablespace" => arguments::once(&mut tablespace, &word, arguments::name(input, &word)?),
                "using" => arguments::once(&mut method, &word, access_method(input, &word)?),
                "partition_by" => {
                    let value = Spanned::new(partition_by(input, &word, errors)?, word.span());
                    arguments::once(&mut by, &word, value)
                }
                "partition" => {
                    partitions.push(Self::parse(input, &word, errors)?);
                    Ok(())
                }
                "name" => arguments::once(&mut name, &word, arguments::name(input, &word)?),
                "values" => arguments::once(&mut values, &word, arguments::sql(input, &word)?),
                "default" => arguments::once(&mut default, &word, word.clone()),
                _ => Err(arguments::unknown(
                    "option of `partition`",
                    &word,
                    &[
                        "name",
                        "values",
                        "default",
                        "options",
                        "tablespace",
                        "using",
                        "partition_by",
                        "partition",
                    ],
                )),
            }
        });
        let refused = |message: &str| AttributeError::new(partition.span(), message).with_hint(HINT);
        match (name, &values, default) {
            (None, ..) => Err(arguments::missing(
                errors,
                before,
                refused("the partition has no name"),
            )),
            (Some(_), Some(_), Some(_)) => Err(refused("a partition has either `values` or `default`")),
            (Some(_), None, None) => Err(arguments::missing(
                errors,
                before,
                refused("the partition does not say which rows it takes"),
            )),
            (Some(name), ..) => Ok(Self {
                name,
                values,
                options: storage,
                tablespace,
                access_method: method,
                partition_by: by,
                partitions,
            }),
        }
    }
}
