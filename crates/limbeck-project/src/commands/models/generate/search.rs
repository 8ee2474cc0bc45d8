//! Structs and SQL that together come to a schema.
//!
//! What structs make is run on a scratch server, together with the statements that make everything else. The planner's
//! way from there to the schema is what attributes do not say, and joins the `.sql` files. Where that way would take
//! something back that a struct made, the struct's table is written more plainly, and in the end in SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use limbeck_catalog::{Catalog, Definition, Kind};
use limbeck_model::source::{self, Inputs, ModelError, SourceOptions};
use limbeck_plan::{Action, Plan, Verb, sql_of};

use super::LeftToSql;
use super::from::Found;
use super::target::Target;
use crate::apply::{self, Refused};
use crate::autogenerate::supported;
use crate::commands::baseline::split;
use crate::declared::Declared;
use crate::generate::{Forms, Generated, Style, generate};
use crate::prove::{notes, objects_of};
use crate::workbench::{State, Workbench};
use crate::{Diagnostic, Error, Failure, ObjectId, Project, views};

/// What was found to come to the schema.
pub(super) struct Made {
    pub(super) models: Vec<(PathBuf, String)>,
    pub(super) schema: Vec<(PathBuf, String)>,
    pub(super) structs: usize,
    pub(super) sql: Vec<LeftToSql>,
}

/// How often structs may have to be written anew. Each round makes at least one table plainer.
const MAXIMUM_ROUNDS: usize = 50;

pub(super) async fn search(
    project: &Project,
    found: &Found<'_>,
    style: &Style,
    target: &Target,
) -> Result<Made, Error> {
    let (bench, wanted) = (&found.bench, &found.state);
    let empty = bench.empty().await?;
    let whole = bench.plan(&empty, wanted, &[], &[]).await?;
    supported(&whole)?;
    bench.discard(empty.database).await;
    let mut forms = Forms::new();
    for _ in 0..MAXIMUM_ROUNDS {
        let generated = generate(&wanted.catalog, style, &forms)?;
        let round = Round {
            project,
            bench,
            wanted,
            whole: &whole,
            generated: &generated,
            target,
        };
        match round.run().await? {
            Outcome::Made(made) => return Ok(made),
            Outcome::Blamed(blamed) => {
                let mut is_plainer = false;
                for (id, blame) in blamed.objects {
                    tracing::debug!(%id, reason = blame.reason, "a model is written more plainly");
                    is_plainer |= make_plainer(&wanted.catalog, &mut forms, &generated, &id, blame);
                }
                if !is_plainer {
                    return Err(blamed.error);
                }
            }
        }
    }
    Err(
        Error::failed("no structs were found that come to the same schema")
            .hint("this is a defect of Limbeck; please report it"),
    )
}

/// Structs that cannot stay as they are.
struct Blamed {
    objects: BTreeMap<ObjectId, Blame>,
    /// What to say where nothing can be written otherwise.
    error: Error,
}

struct Blame {
    reason: String,
    of: Suspect,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Suspect {
    /// The models cannot be read so.
    Reading,
    /// They come to something else.
    Result,
}

enum Outcome {
    Made(Made),
    Blamed(Box<Blamed>),
}

/// Writes a model in the next plainer form; tells whether there is one.
fn make_plainer(
    catalog: &Catalog,
    forms: &mut Forms,
    generated: &Generated,
    object: &ObjectId,
    blame: Blame,
) -> bool {
    let root = root(catalog, object);
    let is_written = generated.covered.contains(&root) || generated.views.contains(&root);
    if !is_written || root.kind == Kind::Schema {
        return false;
    }
    let form = forms.entry(root.clone()).or_default();
    if form.sql.is_some() {
        return false;
    }
    if generated.with_text_enums.contains(&root) && !form.plain_text {
        form.plain_text = true;
        return true;
    }
    let has_references = root.kind == Kind::Table;
    if blame.of == Suspect::Reading && has_references && !form.without_references {
        form.without_references = true;
    } else if blame.of == Suspect::Result && !form.explicit {
        form.explicit = true;
    } else {
        form.sql = Some(blame.reason);
    }
    true
}

/// The table or type that an object belongs to.
fn root(catalog: &Catalog, id: &ObjectId) -> ObjectId {
    let of = match catalog.definition(id) {
        Some(Definition::Index(index)) => return index.relation.clone(),
        Some(Definition::Sequence(sequence)) => match &sequence.owned_by {
            Some(column) => column,
            None => return id.clone(),
        },
        _ => id,
    };
    if !matches!(of.kind, Kind::Column | Kind::Constraint) {
        return of.clone();
    }
    let Some(name) = of.qualified_name() else {
        return of.clone();
    };
    [Kind::Table, Kind::ForeignTable, Kind::Type, Kind::Domain]
        .into_iter()
        .map(|kind| ObjectId::in_schema(kind, &name.schema, &name.name))
        .find(|root| catalog.objects.contains_key(root))
        .unwrap_or_else(|| of.clone())
}

/// One try.
struct Round<'r, 'e> {
    project: &'r Project,
    bench: &'r Workbench<'e>,
    wanted: &'r State,
    /// From nothing to the schema.
    whole: &'r Plan,
    generated: &'r Generated,
    target: &'r Target,
}

impl Round<'_, '_> {
    async fn run(&self) -> Result<Outcome, Error> {
        let covered = &self.generated.covered;
        let kept: Vec<&Action> = self
            .whole
            .actions
            .iter()
            .filter(|action| !covered.contains(&root(&self.wanted.catalog, &action.object)))
            .collect();
        let models = self.models();
        self.target
            .refuse_existing(self.project, models.iter().map(|(path, _)| path))?;
        let folder = Temporary::new(self.project)?;
        folder.fill(self.generated)?;
        let options = SourceOptions {
            types: self.project.config().types.clone(),
            features: None,
            naming: self.project.config().naming.clone(),
        };
        let read = match source::read(&folder.0, &["src".to_owned()], &options, &Inputs::default()) {
            Ok(read) => read,
            Err(errors) => return Ok(self.unreadable(&errors)),
        };
        let (first, state) = match self.made(&folder.0, &read, &kept).await? {
            Ok(made) => made,
            Err(blamed) => return Ok(blamed),
        };
        let rest = self.bench.plan(&state, self.wanted, &[], &[]).await?;
        self.bench.discard(state.database).await;
        if let Some(blamed) = self.taken_back(&rest, &state.catalog) {
            return Ok(blamed);
        }
        supported(&rest)?;
        let sql = if rest.actions.is_empty() {
            first
        } else {
            let all: Vec<&Action> = kept.iter().copied().chain(&rest.actions).collect();
            let (second, state) = match self.made(&folder.0, &read, &all).await? {
                Ok(made) => made,
                Err(blamed) => return Ok(blamed),
            };
            let left = self.bench.plan(&state, self.wanted, &[], &[]).await?;
            self.bench.discard(state.database).await;
            if !left.is_empty() {
                return Ok(self.different(&left, &state.catalog));
            }
            second
        };
        self.target
            .refuse_existing(self.project, sql.iter().map(|file| &file.path))?;
        let left = self.left_to_sql(&sql, &kept);
        Ok(Outcome::Made(Made {
            models,
            schema: sql.into_iter().map(|file| (file.path, file.text)).collect(),
            structs: self.generated.items,
            sql: left,
        }))
    }

    /// The files of structs, relative to the project.
    fn models(&self) -> Vec<(PathBuf, String)> {
        let files = self.generated.files.iter();
        files
            .map(|file| (self.target.models.join(&file.path), file.text.clone()))
            .collect()
    }

    /// What structs and statements make.
    async fn made(
        &self,
        root: &Path,
        models: &source::Models,
        actions: &[&Action],
    ) -> Result<Result<(Vec<SqlFile>, State), Outcome>, Error> {
        let mut files = self.files(actions);
        let texts: Vec<(PathBuf, String)> = files
            .iter()
            .map(|file| (file.path.clone(), file.text.clone()))
            .collect();
        let declared = Declared::generated(root, models, &texts)?;
        let database = self.bench.database().await?;
        let session = self.bench.session(&database).await?;
        let site = self.bench.site(&session);
        let refused = match apply::apply_what_works(&site, &declared.statements).await {
            Ok(refused) => refused,
            Err(error) => return Ok(Err(self.refused(&declared, &error, None))),
        };
        if !refused.is_empty() {
            let error = apply::refusals(&refused);
            return Ok(Err(self.refused(&declared, &error, Some(&refused))));
        }
        if let Err(error) = views::check(&session, &declared.views).await {
            return Ok(Err(self.refused(&declared, &error, None)));
        }
        // The database has them nevertheless, and reading the files back shall come to what it has.
        let bodies = apply::refused_bodies(&site, &declared.statements).await?;
        for file in &mut files {
            if bodies.iter().any(|one| one.statement.place.path == file.path) {
                file.text = apply::unchecked(&file.text);
            }
        }
        let mut catalog = self.bench.read(&session).await?;
        catalog.pin(&declared.pinned_extensions());
        drop(session);
        Ok(Ok((files, State { catalog, database })))
    }

    /// Statements by the file that they go into, as reading finds those.
    fn files(&self, actions: &[&Action]) -> Vec<SqlFile> {
        let by_file = split::by_file(actions.iter().copied(), &self.wanted.catalog, &self.target.schema);
        let mut files: Vec<SqlFile> = by_file
            .into_iter()
            .map(|(path, actions)| SqlFile {
                path,
                text: sql_of(actions.iter().copied()),
                objects: actions.iter().flat_map(|action| objects(action)).collect(),
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }

    fn left_to_sql(&self, files: &[SqlFile], kept: &[&Action]) -> Vec<LeftToSql> {
        let catalog = &self.wanted.catalog;
        let whole: BTreeSet<ObjectId> = kept.iter().flat_map(|action| objects(action)).collect();
        let mut left = BTreeSet::new();
        for file in files {
            for object in &file.objects {
                let root = root(catalog, object);
                // What belongs to a table in SQL goes without saying.
                if root != *object && !self.generated.covered.contains(&root) {
                    continue;
                }
                let reason = match self.generated.reasons.get(&root) {
                    Some(reason) => reason.clone(),
                    None if whole.contains(object) => {
                        format!("structs declare no {}", split::plural(object.kind))
                    }
                    None => "attributes do not say all of it".to_owned(),
                };
                left.insert(LeftToSql {
                    object: object.clone(),
                    file: file.path.clone(),
                    reason,
                });
            }
        }
        left.into_iter().collect()
    }

    /// Structs that cannot be read as models.
    fn unreadable(&self, errors: &[ModelError]) -> Outcome {
        let mut objects = BTreeMap::new();
        for error in errors {
            let Some(origin) = &error.origin else { continue };
            if let Some(id) = self.object_at(&origin.file, origin.span.start) {
                let reason = format!("a struct cannot say it: {}", error.message);
                objects.entry(id).or_insert(Blame {
                    reason,
                    of: Suspect::Reading,
                });
            }
        }
        let diagnostics = errors
            .iter()
            .map(|error| Diagnostic::new(error.message.clone()))
            .collect();
        let error = Error::several(Failure::Failed, diagnostics)
            .hint("this is a defect of Limbeck, whose own models it is about; please report it");
        Outcome::Blamed(Box::new(Blamed { objects, error }))
    }

    /// Structs whose statements the server refuses.
    fn refused(&self, declared: &Declared, error: &Error, refused: Option<&[Refused<'_>]>) -> Outcome {
        let mut objects = BTreeMap::new();
        let mut blame = |path: &Path, place: usize, message: &str| {
            if let Some(id) = self.object_at(path, place) {
                objects.entry(id).or_insert(Blame {
                    reason: format!("a struct cannot say it: {message}"),
                    of: Suspect::Reading,
                });
            }
        };
        match refused {
            Some(refused) => {
                for one in refused.iter().filter(|one| one.statement.place.is_of_struct()) {
                    let place = &one.statement.place;
                    blame(&place.path, place.range.start, one.error.message());
                }
            }
            None => {
                for diagnostic in error.diagnostics() {
                    for snippet in &diagnostic.snippets {
                        blame(&snippet.path, snippet.range.start, &diagnostic.message);
                    }
                }
            }
        }
        let diagnostics = error.diagnostics().to_vec();
        let error = Error::several(Failure::Failed, diagnostics)
            .hint("this is a defect of Limbeck, whose own models it is about; please report it");
        tracing::debug!(
            statements = declared.statements.len(),
            "what was generated does not run"
        );
        Outcome::Blamed(Box::new(Blamed { objects, error }))
    }

    /// What structs made that is to go again: they said it wrongly.
    fn taken_back(&self, rest: &Plan, made: &Catalog) -> Option<Outcome> {
        let mut objects = BTreeMap::new();
        for action in &rest.actions {
            // A name that was to come by itself, and is another.
            let is_wrong = |verb| matches!(verb, Verb::Drop | Verb::Rename);
            let gone = action.changes.iter().filter(|change| is_wrong(change.verb));
            let lost = action.loses.iter().map(|_| &action.object);
            for object in gone.map(|change| &change.object).chain(lost) {
                let root = match root(&self.wanted.catalog, object) {
                    same if same == *object => root(made, object),
                    root => root,
                };
                if self.generated.covered.contains(&root) {
                    objects.entry(root).or_insert(Blame {
                        reason: format!("attributes come to another {object}"),
                        of: Suspect::Result,
                    });
                }
            }
        }
        (!objects.is_empty()).then(|| {
            Outcome::Blamed(Box::new(Blamed {
                objects,
                error: self.difference(rest, made),
            }))
        })
    }

    /// What differs though all was said.
    fn different(&self, left: &Plan, made: &Catalog) -> Outcome {
        let objects = objects_of(left, made, &self.wanted.catalog)
            .into_iter()
            .map(|id| {
                let blame = Blame {
                    reason: format!("attributes come to another {id}"),
                    of: Suspect::Result,
                };
                (id, blame)
            });
        Outcome::Blamed(Box::new(Blamed {
            objects: objects.collect(),
            error: self.difference(left, made),
        }))
    }

    fn difference(&self, plan: &Plan, made: &Catalog) -> Error {
        let mut diagnostic = Diagnostic::new(
            "the structs and `.sql` files do not come to the same schema; nothing was written",
        );
        diagnostic.notes = notes(plan, made, &self.wanted.catalog);
        Error::new(Failure::Failed, diagnostic).hint("this is a defect of Limbeck; please report it")
    }

    /// The object whose struct stands at a place of a generated file.
    fn object_at(&self, file: &Path, place: usize) -> Option<ObjectId> {
        let files = self.generated.files.iter();
        let file = files
            .filter(|own| !own.items.is_empty())
            .find(|own| file.ends_with(Path::new("src/models").join(&own.path)))?;
        let item = file.items.iter().find(|(range, _)| range.contains(&place))?;
        Some(item.1.clone())
    }
}

/// A `.sql` file.
struct SqlFile {
    path: PathBuf,
    text: String,
    objects: BTreeSet<ObjectId>,
}

/// What an action is about: not the table that an `ALTER TABLE` names, but what it does there.
fn objects(action: &Action) -> Vec<ObjectId> {
    if action.changes.is_empty() {
        vec![action.object.clone()]
    } else {
        action
            .changes
            .iter()
            .map(|change| change.object.clone())
            .collect()
    }
}

/// A folder with a crate of the structs, which goes when this does.
struct Temporary(PathBuf);

impl Temporary {
    fn new(project: &Project) -> Result<Self, Error> {
        let folder = &project.host().directories.temporary;
        let name = format!(
            "limbeck-models-{}-{}",
            std::process::id(),
            limbeck_history::new_id()
        );
        let path = folder.join(name);
        std::fs::create_dir_all(path.join("src")).map_err(|cause| {
            Error::failed(format!("`{}` cannot be made: {cause}", path.display())).caused_by(cause)
        })?;
        Ok(Self(path))
    }

    fn fill(&self, generated: &Generated) -> Result<(), Error> {
        let own = (PathBuf::from("src/lib.rs"), "pub mod models;\n");
        let files = generated.files.iter();
        let files = files.map(|file| (Path::new("src/models").join(&file.path), file.text.as_str()));
        for (path, text) in std::iter::once(own).chain(files) {
            let path = self.0.join(path);
            let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            made.and_then(|()| std::fs::write(&path, text)).map_err(|cause| {
                Error::failed(format!("`{}` cannot be written: {cause}", path.display())).caused_by(cause)
            })?;
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::debug!(%error, "a temporary folder could not be removed");
        }
    }
}
