//! What the models declare: statements from structs and from `.sql` files, each with its place.

mod file;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use limbeck_model::source::{self, DeclaredRename, Inputs, KnownInputs, SourceOptions};
use limbeck_sql::pinned_extension;
use sha2::{Digest, Sha256};

use crate::diagnostic::Snippet;
use crate::likely::model_file;
use crate::literal::place_in_literal;
use crate::views::ViewStruct;
use crate::{Diagnostic, Error, Event, Events, Failure, Project};

/// Everything that is declared, ready to be run on an empty database.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// The statements, in an order that is worth trying first.
    pub(crate) statements: Vec<DeclaredStatement>,
    /// What is renamed, by the models themselves.
    pub(crate) renames: Vec<DeclaredRename>,
    /// The tables that structs declare, by schema and name. What structs do not speak of keeps the history's value.
    pub(crate) struct_tables: BTreeMap<(String, String), Said>,
    /// The structs over views.
    pub(crate) views: Vec<ViewStruct>,
    /// What is no mistake, and yet likely not meant.
    pub(crate) warnings: Vec<String>,
    /// What was read of the file system. `None` where somebody changed files meanwhile.
    pub(crate) inputs: Option<KnownInputs>,
}

/// Which optional settings a struct speaks of.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Of the table.
    pub(crate) table: Vec<&'static str>,
    /// Of each column.
    pub(crate) columns: BTreeMap<String, Vec<&'static str>>,
    /// Of each index, those of constraints among them, by name.
    pub(crate) indexes: BTreeMap<String, Vec<&'static str>>,
}

/// Where a project's models and `.sql` files are.
pub(crate) struct Sources {
    pub(crate) models: Vec<String>,
    pub(crate) folders: Vec<String>,
}

impl Sources {
    /// What the configuration says, else the usual folders.
    pub(crate) fn of(project: &Project) -> Self {
        let config = project.config();
        let or_usual = |configured: &Option<Vec<String>>, usual: &str| match configured {
            Some(configured) => configured.clone(),
            None if project.root().join(usual).is_dir() => vec![usual.to_owned()],
            None => Vec::new(),
        };
        Self {
            models: or_usual(&config.models, "src"),
            folders: or_usual(&config.schema, "database/schema"),
        }
    }
}

/// A statement, where it stands, and the session settings that its file set before it.
#[derive(Debug, Clone)]
pub(crate) struct DeclaredStatement {
    pub(crate) sql: String,
    pub(crate) place: Place,
    pub(crate) settings: Arc<Vec<String>>,
    /// Whether it makes an object that is in the history alone.
    pub(crate) by_hand: bool,
}

/// Where a statement stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The file, relative to the project; for what is in the history alone, the object.
    pub(crate) path: PathBuf,
    /// The file's text, or where to read it.
    pub(crate) text: PlaceText,
    /// The bytes of the text.
    pub(crate) range: Range<usize>,
    /// Whether `range` is the statement itself, so that PostgreSQL's position points into it.
    pub(crate) is_sql: bool,
    /// For a statement that was made from a struct: which bytes of it come from which bytes of the file.
    pub(crate) parts: Vec<(Range<usize>, Range<usize>)>,
}

/// The text of a file, for what is shown of it.
#[derive(Debug, Clone)]
pub(crate) enum PlaceText {
    Known(Arc<str>),
    /// To be read when it is wanted, which of a thousand models is one at most.
    In(Arc<Path>),
}

impl PlaceText {
    fn read(&self) -> Cow<'_, str> {
        match self {
            Self::Known(text) => Cow::Borrowed(text),
            Self::In(path) => Cow::Owned(std::fs::read_to_string(path).unwrap_or_default()),
        }
    }
}

impl Place {
    /// Whether the statement was made from a struct.
    pub(crate) fn is_of_struct(&self) -> bool {
        !self.is_sql
    }

    /// The place, or the character of it that PostgreSQL's position (from 1, in characters) points at.
    pub(crate) fn snippet(&self, sql: &str, position: Option<u32>, label: &str) -> Snippet {
        let text = self.text.read();
        let mut range = self.range.clone();
        let offset = position
            .map(|position| limbeck_sql::char_offset_to_byte(sql, (position as usize).saturating_sub(1)));
        if let Some(offset) = offset
            && let Some((of_statement, part)) = self
                .parts
                .iter()
                .filter(|(part, _)| part.contains(&offset))
                .min_by_key(|(part, _)| part.len())
        {
            range = part.clone();
            // An expression as it was written: within it, the very word.
            if let (Some(literal), Some(value)) = (text.get(part.clone()), sql.get(of_statement.clone()))
                && let Some(place) = place_in_literal(literal, value, offset - of_statement.start)
            {
                let start = part.start + place;
                range = start..word_end(&text, start);
            }
        } else if self.is_sql
            && let Some(offset) = offset
        {
            let start = (range.start + offset).min(text.len());
            range = start..word_end(&text, start);
        } else if self.is_sql {
            range.end = text
                .get(range.clone())
                .and_then(|text| text.find('\n'))
                .map_or(range.end, |line| range.start + line);
        }
        if text.get(range.clone()).is_none() {
            // It was changed since it was read.
            range = 0..0;
        }
        let (line, column) = limbeck_sql::line_column(&text, range.start);
        Snippet {
            path: self.path.clone(),
            source: text.into_owned(),
            line,
            column,
            range,
            label: label.to_owned(),
        }
    }
}

/// The end of the word that starts at a byte.
fn word_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or("");
    let mut characters = rest.char_indices();
    let Some((_, first)) = characters.next() else {
        return start;
    };
    let length = characters
        .find(|(_, c)| !(first.is_alphanumeric() || first == '_') || !(c.is_alphanumeric() || *c == '_'))
        .map_or(rest.len(), |(n, _)| n);
    start + length
}

impl Declared {
    /// Reads the models and `.sql` files of a project.
    ///
    /// Refused: no model at all, and a configured path that matches nothing. Either would otherwise look like a
    /// wish to drop everything.
    pub(crate) fn read(project: &Project, events: Events<'_>) -> Result<Self, Error> {
        let mut declared = Self::default();
        let mut mistakes = Vec::new();
        let Sources { models, folders } = Sources::of(project);
        let inputs = Inputs::default();
        if !models.is_empty() {
            match Self::models(project, &models, &inputs, events) {
                Ok(read) => {
                    let warnings = read.warnings.iter();
                    declared
                        .warnings
                        .extend(warnings.map(|warning| warning_text(project, warning)));
                    declared.take_models(project.root(), &read);
                }
                Err(error) => mistakes.push(error),
            }
        }
        match Self::sql_files(project, &folders, &inputs) {
            Ok(files) => {
                let taken = files
                    .iter()
                    .map(|file| declared.take_file(project.relative(&file.path), &file.text));
                mistakes.extend(taken.filter_map(Result::err));
            }
            Err(error) => mistakes.push(error),
        }
        // Those of all files at once.
        if let Some(error) = Error::together(mistakes) {
            return Err(error);
        }
        if declared.statements.is_empty() {
            return Err(nothing_declared(project, &models, &folders));
        }
        declared.inputs = inputs.known();
        Ok(declared)
    }

    /// What a project declares before `models generate` has written anything: nothing is no error, nor is a folder that is
    /// not there yet, or the module that is about to be written.
    pub(crate) fn so_far(project: &Project, module: Option<&str>) -> Result<Self, Error> {
        let mut declared = Self::default();
        let Sources {
            mut models,
            mut folders,
        } = Sources::of(project);
        let is_there =
            |entry: &String| entry.contains(['*', '?', '[']) || project.root().join(entry).exists();
        models.retain(is_there);
        folders.retain(is_there);
        let inputs = Inputs::default();
        if !models.is_empty() {
            match Self::models(project, &models, &inputs, &|_| {}) {
                Ok(read) => declared.take_models(project.root(), &read),
                Err(error) => {
                    let awaited = module.map(source::module_without_file);
                    let mut messages = error.diagnostics().iter().map(|one| Some(&one.message));
                    if !messages.all(|message| message == awaited.as_ref()) {
                        return Err(error);
                    }
                }
            }
        }
        for file in Self::sql_files(project, &folders, &inputs)? {
            declared.take_file(project.relative(&file.path), &file.text)?;
        }
        Ok(declared)
    }

    /// What the structs declare.
    pub(crate) fn models(
        project: &Project,
        models: &[String],
        inputs: &Inputs,
        events: Events<'_>,
    ) -> Result<source::Models, Error> {
        let options = SourceOptions {
            types: project.config().types.clone(),
            features: project.config().features.clone(),
            naming: project.config().naming.clone(),
        };
        let models = source::read(project.root(), models, &options, inputs)
            .map_err(|errors| model_errors(project, &errors))?;
        for warning in &models.warnings {
            events(Event::Warning(warning_text(project, warning)));
        }
        refuse_own_schema(project, &models)?;
        Ok(models)
    }

    /// The `.sql` files beside the structs.
    pub(crate) fn sql_files(
        project: &Project,
        folders: &[String],
        inputs: &Inputs,
    ) -> Result<Vec<source::SqlFile>, Error> {
        source::read_sql(project.root(), folders, inputs).map_err(|error| model_errors(project, &[error]))
    }

    /// The statements of one file of SQL, for a side of `diff`.
    pub(crate) fn file(path: PathBuf, text: &str) -> Result<Self, Error> {
        let mut declared = Self::default();
        declared.take_file(path, text)?;
        Ok(declared)
    }

    /// The statements of files that are not written yet.
    pub(crate) fn files(files: &[(PathBuf, String)]) -> Result<Self, Error> {
        let mut declared = Self::default();
        for (path, text) in files {
            declared.take_file(path.clone(), text)?;
        }
        Ok(declared)
    }

    /// The statements of models that lie below another folder than a project's, and of `.sql` files that lie nowhere.
    pub(crate) fn generated(
        root: &Path,
        models: &source::Models,
        files: &[(PathBuf, String)],
    ) -> Result<Self, Error> {
        let mut declared = Self::default();
        declared.take_models(root, models);
        for (path, text) in files {
            declared.take_file(path.clone(), text)?;
        }
        Ok(declared)
    }

    fn take_models(&mut self, root: &Path, models: &source::Models) {
        let settings = Arc::new(Vec::new());
        let mut texts = BTreeMap::<Arc<Path>, PlaceText>::new();
        let mut text_of = |origin: &source::Origin| {
            let text = texts
                .entry(origin.file.clone())
                .or_insert_with(|| PlaceText::In(root.join(&origin.file).into()));
            text.clone()
        };
        for view in &models.views {
            let mut place = |origin: &source::Origin| Place {
                path: origin.file.strip_prefix(root).unwrap_or(&origin.file).to_owned(),
                text: text_of(origin),
                range: origin.span.clone(),
                is_sql: false,
                parts: Vec::new(),
            };
            let columns = view.columns.iter();
            let columns = columns.map(|column| (place(&column.origin), place(&column.type_origin)));
            let columns = columns.collect();
            self.views.push(ViewStruct {
                name: place(&view.origin),
                columns,
                view: view.clone(),
            });
        }
        for statement in &models.statements {
            let origin = &statement.origin;
            let text = text_of(origin);
            self.statements.push(DeclaredStatement {
                sql: statement.sql.clone(),
                place: Place {
                    path: origin.file.strip_prefix(root).unwrap_or(&origin.file).to_owned(),
                    text,
                    range: origin.span.clone(),
                    is_sql: false,
                    parts: statement
                        .parts
                        .iter()
                        .map(|part| (part.range.clone(), part.origin.span.clone()))
                        .collect(),
                },
                settings: settings.clone(),
                by_hand: false,
            });
        }
        self.renames.extend(models.renames.iter().cloned());
        self.struct_tables.extend(models.tables.iter().map(|table| {
            let columns = table.columns.iter();
            let said = Said {
                table: table.said.clone(),
                columns: columns
                    .map(|column| (column.name.clone(), column.said.clone()))
                    .collect(),
                indexes: table
                    .indexes
                    .iter()
                    .map(|index| (index.name.clone(), index.said.clone()))
                    .collect(),
            };
            ((table.name.schema.clone(), table.name.name.clone()), said)
        }));
    }

    fn take_file(&mut self, path: PathBuf, text: &str) -> Result<(), Error> {
        self.statements.extend(file::read(&path, text)?);
        Ok(())
    }

    /// The extensions whose version is declared.
    pub(crate) fn pinned_extensions(&self) -> BTreeSet<String> {
        let statements = self.statements.iter();
        statements
            .filter_map(|statement| pinned_extension(&statement.sql))
            .collect()
    }

    /// Whether a statement may make a role, which is the whole server's.
    pub(crate) fn makes_roles(&self) -> bool {
        self.statements
            .iter()
            .any(|statement| crate::roles::are_made_by(&statement.sql))
    }

    /// A hash of everything that is declared, for keys of caches.
    pub(crate) fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for statement in &self.statements {
            for text in statement.settings.iter().chain([&statement.sql]) {
                hasher.update(text.len().to_le_bytes());
                hasher.update(text.as_bytes());
            }
        }
        for table in &self.struct_tables {
            hasher.update(format!("{table:?}").as_bytes());
        }
        for view in &self.views {
            hasher.update(format!("{:?}", view.view).as_bytes());
        }
        for rename in &self.renames {
            hasher.update(format!("{:?}", (&rename.kind, &rename.from, &rename.to)).as_bytes());
        }
        crate::cache::hex(&hasher.finalize())
    }
}

fn at(failure: Failure, message: impl Into<String>, snippet: Snippet) -> Error {
    Error::new(failure, Diagnostic::new(message).at(snippet))
}

/// That there is nothing. Where a file looks as if it held a model, no `mod` line leads to it.
pub(crate) fn nothing_declared(project: &Project, models: &[String], folders: &[String]) -> Error {
    let looked = models
        .iter()
        .chain(folders)
        .map(|path| format!("`{path}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let message = if looked.is_empty() {
        "neither models nor `.sql` files are configured".to_owned()
    } else {
        format!("no model was found in {looked}")
    };
    let overlooked = models
        .iter()
        .find_map(|folder| model_file(&project.root().join(folder)));
    let error = Error::usage(message);
    let error = match overlooked {
        Some(file) => error.hint(format!(
            "`{}` looks like models: is there a `mod` line that leads to it?",
            file.strip_prefix(project.root()).unwrap_or(&file).display()
        )),
        None => error,
    };
    error
        .hint("a model is a struct with `#[derive(Table)]`, reached by `mod` lines from the crate's root")
        .hint("set `models` (crate roots) or `schema` (folders of `.sql` files) in limbeck.toml")
}

/// The schema of Limbeck's own tables is no part of any comparison, so that a table in it would never be made.
fn refuse_own_schema(project: &Project, models: &source::Models) -> Result<(), Error> {
    let own = &project.config().database.version_schema;
    let Some(table) = models.tables.iter().find(|table| table.name.schema == *own) else {
        return Ok(());
    };
    let snippet = snippet_of(project, &table.origin);
    let message = format!("the schema `{own}` is that of Limbeck's own tables, and holds no others");
    Err(at(Failure::Usage, message, snippet)
        .hint("choose another schema, or set `version_schema` under `[database]` in limbeck.toml"))
}

/// A warning in one line: where, what, and what to do.
fn warning_text(project: &Project, warning: &source::ModelError) -> String {
    let place = warning.origin.as_ref().map_or_else(String::new, |origin| {
        let path = project.relative(&origin.file);
        format!("{}:{}:{}: ", path.display(), origin.line, origin.column)
    });
    let hint = warning
        .hint
        .as_ref()
        .map_or_else(String::new, |hint| format!(" ({hint})"));
    format!("{place}{}{hint}", warning.message)
}

/// The place in a model, to be shown.
fn snippet_of(project: &Project, origin: &source::Origin) -> Snippet {
    Snippet {
        path: project.relative(&origin.file),
        source: std::fs::read_to_string(project.root().join(&origin.file)).unwrap_or_default(),
        line: origin.line,
        column: origin.column,
        range: origin.span.clone(),
        label: String::new(),
    }
}

fn model_errors(project: &Project, errors: &[source::ModelError]) -> Error {
    let diagnostics = errors
        .iter()
        .map(|error| {
            let mut diagnostic = Diagnostic::new(error.message.clone());
            if let Some(origin) = &error.origin {
                diagnostic = diagnostic.at(snippet_of(project, origin));
            }
            if let Some(origin) = &error.beside {
                diagnostic = diagnostic.at(snippet_of(project, origin));
            }
            diagnostic.hints.extend(error.hint.clone());
            diagnostic
        })
        .collect();
    Error::several(Failure::Usage, diagnostics)
}
