//! What can be wrong with a revision file.

use std::path::PathBuf;

use crate::nearest::nearest;
use crate::revision_id::InvalidName;

use super::{FORMAT, header, marker, options};

/// A fault of a revision file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {kind}", path.display())]
pub struct RevisionError {
    /// The file.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, in characters, counted from 1.
    pub column: usize,
    /// How much of the line is meant, in bytes; at least 1.
    pub length: usize,
    /// The text of that line.
    pub source_line: String,
    /// What is wrong.
    pub kind: Box<RevisionErrorKind>,
}

/// What is wrong with a revision file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevisionErrorKind {
    /// The file has no text.
    #[error("the file is empty")]
    Empty,
    /// The file's bytes are not UTF-8.
    #[error("the file is not UTF-8 from here on")]
    NotUtf8 {
        /// Whether it begins like a file in UTF-16.
        is_utf16: bool,
    },
    /// The file holds the character NUL.
    #[error("the file holds the character NUL, which PostgreSQL cannot take")]
    Nul,
    /// Git left both versions of a conflict in the file.
    #[error("a git conflict is not resolved here")]
    GitConflict,
    /// The header does not say that this is a revision.
    #[error("the file is no revision: its header has no line `-- limbeck: {FORMAT}`")]
    NoHeader,
    /// The format is no number.
    #[error("`{found}` is no format of revision files")]
    Format {
        /// What stands there.
        found: String,
    },
    /// The file comes from a newer Limbeck.
    #[error("the file has format {found}, and this Limbeck knows formats up to {FORMAT}")]
    NewerFormat {
        /// The file's format.
        found: u32,
    },
    /// A line of the header is no key and value.
    #[error("this line of the header is no `key: value`")]
    NotAKey,
    /// A key that this format does not have.
    #[error("unknown key `{key}` in the header")]
    UnknownKey {
        /// The key.
        key: String,
    },
    /// A key stands twice.
    #[error("key `{key}` stands twice in the header")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A key that every revision has is missing.
    #[error("the header has no key `{key}`")]
    MissingKey {
        /// The key.
        key: &'static str,
    },
    /// A name of a revision or a branch cannot be one.
    #[error("{0}")]
    InvalidName(InvalidName),
    /// A list names something twice.
    #[error("`{name}` stands twice in `{key}`")]
    DuplicateName {
        /// The key.
        key: &'static str,
        /// What stands twice.
        name: String,
    },
    /// The date is none.
    #[error("`{found}` is no date and time in UTC")]
    Created {
        /// What stands there.
        found: String,
    },
    /// SQL stands before the first marker.
    #[error("SQL stands outside of any step")]
    SqlOutsideStep,
    /// A comment that was meant as a marker but is not written as one.
    #[error("this comment looks like a marker but is none")]
    AlmostMarker,
    /// A marker with an unknown word.
    #[error("unknown marker `limbeck:{word}`")]
    UnknownMarker {
        /// The word.
        word: String,
    },
    /// A marker without the name of its step.
    #[error("the marker `limbeck:{marker}` names no step")]
    MissingStepName {
        /// The marker's word.
        marker: &'static str,
    },
    /// A step's name cannot be one.
    #[error("`{name}` is no name for a step")]
    StepName {
        /// The name.
        name: String,
    },
    /// A `require` that says neither `up` nor `down`.
    #[error("`limbeck:require` is followed by `up` or `down`, not by `{found}`")]
    RequireDirection {
        /// What stands there.
        found: String,
    },
    /// A `require` without its message.
    #[error("`limbeck:require` has no message")]
    MissingMessage,
    /// More on a marker's line than belongs there.
    #[error("unexpected `{found}` after the marker")]
    AfterMarker {
        /// What stands there.
        found: String,
    },
    /// A quoted value without its end.
    #[error("the quoted text does not end on this line")]
    UnclosedValue,
    /// An option that this format does not have.
    #[error("unknown option `{option}`")]
    UnknownOption {
        /// The option.
        option: String,
    },
    /// An option stands twice.
    #[error("option `{option}` stands twice")]
    DuplicateOption {
        /// The option.
        option: String,
    },
    /// An option with a value that it cannot have.
    #[error("`{value}` is no value of option `{option}`")]
    OptionValue {
        /// The option.
        option: &'static str,
        /// The value.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// An option without a value.
    #[error("option `{option}` has no value")]
    OptionWithoutValue {
        /// The option.
        option: String,
    },
    /// Two options that cannot go together.
    #[error("option `{option}` {problem}")]
    OptionConflict {
        /// The option.
        option: &'static str,
        /// Why it cannot stand here.
        problem: &'static str,
    },
    /// A quote, comment or dollar quote without its end.
    #[error("what is opened here is never closed")]
    Unclosed,
    /// Data for `COPY` inside a revision.
    #[error("a revision cannot hold the data of `COPY … FROM STDIN`")]
    CopyFromStdin,
    /// Two sides of one direction have one name.
    #[error("`{direction} {name}` stands twice, first on line {first_line}")]
    DuplicateStep {
        /// `up` or `down`.
        direction: &'static str,
        /// The step.
        name: String,
        /// Where it stands first.
        first_line: usize,
    },
    /// A `down` whose step has no `up`.
    #[error("`down {name}` has no `up {name}` before it")]
    DownWithoutUp {
        /// The step.
        name: String,
        /// The steps that there are.
        known: Vec<String>,
    },
    /// A `require` for a side that is not there.
    #[error("`require {direction} {name}` has no `{direction} {name}`")]
    RequireWithoutStep {
        /// `up` or `down`.
        direction: &'static str,
        /// The step.
        name: String,
        /// The steps that there are.
        known: Vec<String>,
    },
    /// A `require` that is not exactly one statement.
    #[error("a `require` holds exactly one statement, and this one holds {found}")]
    RequireStatements {
        /// How many it holds.
        found: usize,
    },
    /// A side without transaction that is not exactly one statement.
    #[error("a step with `transaction=no` holds exactly one statement, and this one holds {found}")]
    TransactionStatements {
        /// How many it holds.
        found: usize,
    },
    /// A side in Rust that also has SQL.
    #[error("a step with `rust=` holds no SQL")]
    RustWithSql,
    /// A line below `declares` that is no declaration.
    #[error("this line below `limbeck:declares` is neither `-- + OBJECT` nor `-- - OBJECT`")]
    NotADeclaration,
    /// An object stands twice below `declares`.
    #[error("`{object}` is declared twice")]
    DuplicateDeclaration {
        /// The object.
        object: String,
    },
    /// A marker below `declares`.
    #[error("`limbeck:declares` must be the last section")]
    AfterDeclares,
}

impl RevisionError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.kind.hint()
    }
}

impl RevisionErrorKind {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let nearest_of =
            |word: &str, known: &[&'static str], all: &str| match nearest(word, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{all}: {}", known.join(", ")),
            };
        let steps = |name: &str, known: &[String]| {
            nearest(name, known.iter().map(String::as_str)).map_or_else(
                || "each `down` and each `require` belongs to a step of the same name".to_owned(),
                |near| format!("did you mean `{near}`?"),
            )
        };
        Some(match self {
            Self::Empty | Self::NoHeader => {
                "write revisions with `limbeck revision`, or remove the file from the folder".to_owned()
            }
            Self::NotUtf8 { is_utf16: true } => "the file seems to be UTF-16; save it as UTF-8".to_owned(),
            Self::NotUtf8 { is_utf16: false } => "save the file as UTF-8".to_owned(),
            Self::Nul => "remove the character".to_owned(),
            Self::GitConflict => "resolve the conflict; two new revisions stay two files".to_owned(),
            Self::Format { .. } => format!("write `-- limbeck: {FORMAT}`"),
            Self::NewerFormat { .. } => "update Limbeck to the version that wrote the file".to_owned(),
            Self::NotAKey => "put other comments after an empty line".to_owned(),
            Self::UnknownKey { key } => nearest_of(key, &header::KEYS, "the keys are"),
            Self::MissingKey { key: "revises" } => {
                "add `-- revises:` with the identifier of the revision before, or with nothing for the first"
                    .to_owned()
            }
            Self::MissingKey { key } => format!("add a line `-- {key}: …` below `-- limbeck: {FORMAT}`"),
            Self::InvalidName(invalid) => return invalid.hint(),
            Self::Created { .. } => "write it as `2026-11-21T10:00:00Z`".to_owned(),
            Self::SqlOutsideStep => "put `-- limbeck:up NAME` on a line before it".to_owned(),
            Self::AlmostMarker => {
                "a marker begins its line and is written `-- limbeck:` with its word right after".to_owned()
            }
            Self::UnknownMarker { word } => nearest_of(word, &marker::WORDS, "the markers are"),
            Self::MissingStepName { marker: "require" } => {
                "write `-- limbeck:require up NAME \"message\"`".to_owned()
            }
            Self::MissingStepName { marker } => format!("write `-- limbeck:{marker} NAME`"),
            Self::StepName { .. } => {
                "use 1 to 63 ASCII letters in lower case, digits and underscores".to_owned()
            }
            Self::RequireDirection { .. } | Self::MissingMessage => {
                "write `-- limbeck:require up NAME \"message\"`".to_owned()
            }
            Self::AfterMarker { .. } => {
                "a message stands in double quotes, and nothing follows it".to_owned()
            }
            Self::OptionWithoutValue { option } => format!("write `{option}=…`, without spaces"),
            Self::UnclosedValue => "close it with `\"`; a quote inside is written `\"\"`".to_owned(),
            Self::UnknownOption { option } => nearest_of(option, &options::NAMES, "the options are"),
            Self::OptionValue { expected, .. } => format!("it can be {expected}"),
            Self::Unclosed => "markers inside of quotes and comments do not count, so close it".to_owned(),
            Self::CopyFromStdin => {
                "write `INSERT` statements, or load the data with a step in Rust".to_owned()
            }
            Self::DownWithoutUp { name, known } | Self::RequireWithoutStep { name, known, .. } => {
                steps(name, known)
            }
            Self::DuplicateStep { .. } => "give each step of a revision a name of its own".to_owned(),
            Self::RequireStatements { .. } => "write one query that counts what must not be there".to_owned(),
            Self::TransactionStatements { found: 0 } => "write the statement below the marker".to_owned(),
            Self::TransactionStatements { .. } => "give each statement a step of its own".to_owned(),
            Self::RustWithSql => "put the SQL into another step".to_owned(),
            Self::NotADeclaration => "put the section last, with nothing else below it".to_owned(),
            Self::AfterDeclares => "move it to the end of the file".to_owned(),
            Self::DuplicateKey { .. }
            | Self::DuplicateName { .. }
            | Self::DuplicateOption { .. }
            | Self::OptionConflict { .. }
            | Self::DuplicateDeclaration { .. } => return None,
        })
    }
}
