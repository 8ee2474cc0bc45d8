//! How the files of new revisions are named: `file_template`, `timezone` and `truncate_slug_length`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::Draft;
use crate::file_name::{name_part, slug_of};
use crate::nearest::nearest;

/// The template of a new project: date and time, identifier, and the first words of the message.
const DEFAULT: &str = "{year}{month}{day}T{hour}{minute}{second}_{rev}_{slug}";

/// The longest part of a file name that comes from the message, where nothing else is said: as Alembic has it.
const DEFAULT_SLUG_LENGTH: usize = 40;

/// The longest name of a file or folder that file systems take, in bytes.
const MAXIMUM_NAME: usize = 255;

/// How the files of new revisions are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNaming {
    /// The template.
    pub template: FileTemplate,
    /// The time zone of the date in the name. The header's `created` is in UTC whatever it is.
    pub time_zone: TimeZone,
    /// The longest part that comes from the message, in bytes.
    pub slug_length: usize,
}

impl Default for FileNaming {
    fn default() -> Self {
        Self {
            template: FileTemplate::default(),
            time_zone: TimeZone::UTC,
            slug_length: DEFAULT_SLUG_LENGTH,
        }
    }
}

/// A path below the folder of the revisions, with tokens in braces: `{year}/{month}/{rev}_{slug}`. The ending `.sql` is
/// added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTemplate {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Token(Token),
}

/// What a template may hold, by the names that Alembic gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Rev,
    Slug,
    Epoch,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

const TOKENS: [(&str, Token); 9] = [
    ("rev", Token::Rev),
    ("slug", Token::Slug),
    ("epoch", Token::Epoch),
    ("year", Token::Year),
    ("month", Token::Month),
    ("day", Token::Day),
    ("hour", Token::Hour),
    ("minute", Token::Minute),
    ("second", Token::Second),
];

/// Why a text is no [`FileTemplate`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileTemplateError {
    /// A token as Alembic writes it.
    #[error("`%({token})` is how Alembic writes a token")]
    Alembic {
        /// The name of the token.
        token: String,
    },
    /// A token that there is not.
    #[error("there is no token `{{{token}}}`")]
    UnknownToken {
        /// The name of the token.
        token: String,
    },
    /// A brace without its other one.
    #[error("a brace stands alone")]
    Brace,
    /// The identifier is missing.
    #[error("`{{rev}}` is missing")]
    NoRevision,
    /// It leads out of the folder, or to a file that is not read.
    #[error("`{text}` is no path to a file below the folder of the revisions")]
    Path {
        /// The template.
        text: String,
    },
}

impl FileTemplateError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        let names = || TOKENS.map(|(name, _)| format!("`{{{name}}}`")).join(", ");
        match self {
            Self::Alembic { token } if TOKENS.iter().any(|(name, _)| name == token) => {
                format!("write `{{{token}}}`; months, days, hours, minutes and seconds have two digits")
            }
            Self::Alembic { .. } => format!("the tokens here are {}", names()),
            Self::UnknownToken { token } => match nearest(token, TOKENS.map(|(name, _)| name)) {
                Some(near) => format!("did you mean `{{{near}}}`?"),
                None => format!("the tokens are {}", names()),
            },
            Self::Brace => "a token stands in braces, as `{rev}`, and nothing else does".to_owned(),
            Self::NoRevision => "the identifier is what makes the name of each file its own; add it, as in \
                                 `{year}/{rev}_{slug}`"
                .to_owned(),
            Self::Path { .. } => {
                "write names between single slashes, none of them `.`, `..` or beginning with a dot; \
                                  `.sql` is added at the end"
                    .to_owned()
            }
        }
    }
}

impl Default for FileTemplate {
    fn default() -> Self {
        use Part::{Text, Token as Of};
        let text = |text: &str| Text(text.to_owned());
        Self {
            text: DEFAULT.to_owned(),
            parts: vec![
                Of(Token::Year),
                Of(Token::Month),
                Of(Token::Day),
                text("T"),
                Of(Token::Hour),
                Of(Token::Minute),
                Of(Token::Second),
                text("_"),
                Of(Token::Rev),
                text("_"),
                Of(Token::Slug),
            ],
        }
    }
}

impl FileTemplate {
    /// Whether it puts files into folders below that of the revisions, so that they are only found by looking there too.
    #[must_use]
    pub fn has_folders(&self) -> bool {
        self.text.contains('/')
    }
}

impl FromStr for FileTemplate {
    type Err = FileTemplateError;

    fn from_str(text: &str) -> Result<Self, FileTemplateError> {
        if let Some((_, rest)) = text.split_once("%(") {
            let token = rest.split(')').next().unwrap_or_default().to_owned();
            return Err(FileTemplateError::Alembic { token });
        }
        let text = text.strip_suffix(".sql").unwrap_or(text);
        let parts = parts(text)?;
        let has_rev = parts.contains(&Part::Token(Token::Rev));
        let is_name = |name: &str| {
            let is_plain = !name.contains(['\\', '\0', ':']) && !name.contains(char::is_control);
            !name.trim().is_empty() && !name.starts_with('.') && is_plain
        };
        if !text.split('/').all(is_name) {
            return Err(FileTemplateError::Path {
                text: text.to_owned(),
            });
        }
        if !has_rev {
            return Err(FileTemplateError::NoRevision);
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }
}

fn parts(text: &str) -> Result<Vec<Part>, FileTemplateError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(open);
        let Some((token, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) else {
            return Err(FileTemplateError::Brace);
        };
        if token.contains('{') {
            return Err(FileTemplateError::Brace);
        }
        let Some((_, token)) = TOKENS.iter().find(|(name, _)| *name == token) else {
            return Err(FileTemplateError::UnknownToken {
                token: token.to_owned(),
            });
        };
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Token(*token));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

impl fmt::Display for FileTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FileNaming {
    /// The path of a draft's file below the folder of the revisions, its folders separated by `/`.
    ///
    /// A message without a word in ASCII leaves no separator behind; a folder or file that would be without a name has
    /// the identifier's. A name that is too long for file systems has its slug cut further.
    #[must_use]
    pub fn file_name(&self, draft: &Draft) -> String {
        let path = self.with_slug(draft, self.slug_length);
        let longest = path.split('/').map(str::len).max().unwrap_or_default();
        match longest.checked_sub(MAXIMUM_NAME) {
            None | Some(0) => path,
            Some(excess) => {
                let slug = slug_of(&draft.message, self.slug_length);
                self.with_slug(draft, slug.len().saturating_sub(excess))
            }
        }
    }

    fn with_slug(&self, draft: &Draft, slug_length: usize) -> String {
        let slug = slug_of(&draft.message, slug_length);
        let created = draft
            .created
            .parse::<Timestamp>()
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let date = self.time_zone.to_datetime(created);
        let mut path = String::new();
        for part in &self.template.parts {
            match part {
                Part::Text(text) if slug.is_empty() && self.follows_slug_alone(&path) => {
                    path.push_str(text.trim_start_matches(SEPARATORS));
                }
                Part::Text(text) => path.push_str(text),
                Part::Token(Token::Slug) if slug.is_empty() => {
                    path.truncate(path.trim_end_matches(SEPARATORS).len());
                }
                Part::Token(token) => path.push_str(&token.text(draft, &slug, created, date)),
            }
        }
        // A folder without a name would make the path absolute, and a file without one is not read.
        let id = name_part(&draft.id);
        let names: Vec<&str> = path
            .split('/')
            .map(|name| if name.is_empty() { &*id } else { name })
            .collect();
        format!("{}.sql", names.join("/"))
    }

    /// Whether a name begins here, and its template began with the slug.
    fn follows_slug_alone(&self, path: &str) -> bool {
        path.is_empty() || path.ends_with('/')
    }
}

/// What stands between the parts of a name.
const SEPARATORS: [char; 4] = ['_', '-', '.', ' '];

impl Token {
    fn text(self, draft: &Draft, slug: &str, created: Timestamp, date: DateTime) -> String {
        match self {
            Self::Rev => name_part(&draft.id).into_owned(),
            Self::Slug => slug.to_owned(),
            Self::Epoch => created.as_second().to_string(),
            Self::Year => format!("{:04}", date.year()),
            Self::Month => format!("{:02}", date.month()),
            Self::Day => format!("{:02}", date.day()),
            Self::Hour => format!("{:02}", date.hour()),
            Self::Minute => format!("{:02}", date.minute()),
            Self::Second => format!("{:02}", date.second()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file_name;

    fn draft(message: &str) -> Draft {
        Draft::new("8f3c2a91d0b4".parse().unwrap(), message, "2026-11-21T23:05:09Z")
    }

    fn named(template: &str, message: &str) -> String {
        let naming = FileNaming {
            template: template.parse().unwrap(),
            ..FileNaming::default()
        };
        naming.file_name(&draft(message))
    }

    #[test]
    fn the_default_names_files_as_they_have_always_been() {
        assert_eq!(DEFAULT.parse::<FileTemplate>().unwrap(), FileTemplate::default());
        assert_eq!(
            named(DEFAULT, "Add meal plans"),
            "20261121T230509_8f3c2a91d0b4_add_meal_plans.sql"
        );
        assert_eq!(
            file_name(&draft("Add meal plans")),
            named(DEFAULT, "Add meal plans")
        );
        assert_eq!(named(DEFAULT, "日本"), "20261121T230509_8f3c2a91d0b4.sql");
    }

    #[test]
    fn every_token_has_its_value() {
        assert_eq!(
            named(
                "{year}/{month}-{day}/{hour}{minute}.{second}-{epoch}-{rev}-{slug}.sql",
                "Add x"
            ),
            "2026/11-21/2305.09-1795302309-8f3c2a91d0b4-add_x.sql"
        );
    }

    #[test]
    fn a_message_without_words_leaves_no_separator() {
        assert_eq!(named("{slug}_{rev}", "日本"), "8f3c2a91d0b4.sql");
        assert_eq!(named("{year}/{slug}-{rev}", ""), "2026/8f3c2a91d0b4.sql");
        assert_eq!(named("{rev}-{slug}", ""), "8f3c2a91d0b4.sql");
        assert_eq!(named("v_{rev}_{slug}_x", ""), "v_8f3c2a91d0b4_x.sql");
    }

    #[test]
    fn what_would_be_without_a_name_has_the_identifiers() {
        let id = "8f3c2a91d0b4";
        assert_eq!(named("{slug}/{rev}", "日本"), format!("{id}/{id}.sql"));
        assert_eq!(named("{rev}/{slug}", ""), format!("{id}/{id}.sql"));
        assert_eq!(named("{slug}_/{rev}_x", ""), format!("{id}/{id}_x.sql"));
        assert_eq!(named("{year}/_{slug}/{rev}", ""), format!("2026/{id}/{id}.sql"));
        assert_eq!(named("{rev}/{slug}-{slug}", ""), format!("{id}/{id}.sql"));
        assert_eq!(named("{rev}/{slug}", "Add x"), format!("{id}/add_x.sql"));
    }

    #[test]
    fn the_date_is_that_of_the_time_zone() {
        let naming = FileNaming {
            template: "{year}-{month}-{day}-{hour}_{epoch}_{rev}".parse().unwrap(),
            time_zone: jiff::tz::offset(2).to_time_zone(),
            slug_length: 40,
        };
        assert_eq!(
            naming.file_name(&draft("")),
            "2026-11-22-01_1795302309_8f3c2a91d0b4.sql"
        );
    }

    #[test]
    fn a_slug_is_cut_where_the_name_would_be_too_long() {
        let naming = FileNaming {
            slug_length: 1000,
            ..FileNaming::default()
        };
        let name = naming.file_name(&draft(&"abcd ".repeat(100)));
        assert!(
            name.len() <= MAXIMUM_NAME && name.len() > MAXIMUM_NAME - 6,
            "{name}"
        );
    }

    #[test]
    fn what_is_no_template_is_told() {
        let told = [
            "%%(year)d_%%(rev)s",
            "%(revision)s",
            "{revv}_{slug}",
            "{author}_{rev}",
            "{rev",
            "rev}",
            "{{rev}}",
            "{year}_{slug}",
            "../{rev}",
            "/{rev}",
            "a//{rev}",
            ".{rev}",
            "a\\{rev}",
            "{rev}/",
            "",
        ]
        .map(|text| {
            let error = text.parse::<FileTemplate>().expect_err(text);
            format!("{text}: {error}; {}", error.hint())
        });
        insta::assert_snapshot!(told.join("\n"), @r#"
            %%(year)d_%%(rev)s: `%(year)` is how Alembic writes a token; write `{year}`; months, days, hours, minutes and seconds have two digits
            %(revision)s: `%(revision)` is how Alembic writes a token; the tokens here are `{rev}`, `{slug}`, `{epoch}`, `{year}`, `{month}`, `{day}`, `{hour}`, `{minute}`, `{second}`
            {revv}_{slug}: there is no token `{revv}`; did you mean `{rev}`?
            {author}_{rev}: there is no token `{author}`; the tokens are `{rev}`, `{slug}`, `{epoch}`, `{year}`, `{month}`, `{day}`, `{hour}`, `{minute}`, `{second}`
            {rev: a brace stands alone; a token stands in braces, as `{rev}`, and nothing else does
            rev}: a brace stands alone; a token stands in braces, as `{rev}`, and nothing else does
            {{rev}}: a brace stands alone; a token stands in braces, as `{rev}`, and nothing else does
            {year}_{slug}: `{rev}` is missing; the identifier is what makes the name of each file its own; add it, as in `{year}/{rev}_{slug}`
            ../{rev}: `../{rev}` is no path to a file below the folder of the revisions; write names between single slashes, none of them `.`, `..` or beginning with a dot; `.sql` is added at the end
            /{rev}: `/{rev}` is no path to a file below the folder of the revisions; write names between single slashes, none of them `.`, `..` or beginning with a dot; `.sql` is added at the end
            a//{rev}: `a//{rev}` is no path to a file below the folder of the revisions; write names between single slashes, none of them `.`, `..` or beginning with a dot; `.sql` is added at the end
            .{rev}: `.{rev}` is no path to a file below the folder of the revisions; write names between single slashes, none of them `.`, `..` or beginning with a dot; `.sql` is added at the end
            a\{rev}: `a\{rev}` is no path to a file below the folder of the revisions; write names between single slashes, none of them `.`, `..` or beginning with a dot; `.sql` is added at the end
            {rev}/: `{rev}/` is no path to a file below the folder of the revisions; write names between single slashes, none of them `.`, `..` or beginning with a dot; `.sql` is added at the end
            : `` is no path to a file below the folder of the revisions; write names between single slashes, none of them `.`, `..` or beginning with a dot; `.sql` is added at the end
            "#);
    }
}
