//! The models among the items that were read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Path, Token};

use super::resolve::Resolved;
use super::slicer::ItemKind;
use super::tree::{ColumnsAt, FileId, ModuleId, Tree};
use super::{ModelError, Origin, drivers, types};
use crate::attributes::{AttributeError, EnumModel, TableModel, TypeModel, ViewModel};

/// A model and where it was found.
pub(super) struct Found<T> {
    pub(super) model: T,
    pub(super) module: ModuleId,
    pub(super) file: FileId,
    /// Where the text that was parsed begins in the file.
    offset: usize,
    /// Whether it counts, or is only there to be referred to.
    pub(super) declared: bool,
}

impl<T> Found<T> {
    /// The place of a span of this model.
    pub(super) fn origin(&self, tree: &Tree, span: Span) -> Origin {
        let range = span.byte_range();
        let (file, range) = tree.place(self.file, self.offset, range);
        tree.origin(file, range)
    }

    /// A mistake in this model.
    pub(super) fn error(
        &self,
        tree: &Tree,
        span: Span,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> ModelError {
        let range = span.byte_range();
        self.error_at(tree, range, message, hint)
    }

    /// A mistake in an attribute of this model, or of a set of columns in it.
    pub(super) fn told(&self, tree: &Tree, error: &AttributeError) -> ModelError {
        let hint = error.hint().map(str::to_owned);
        self.error(tree, error.span(), error.message(), hint)
    }

    /// The same over a range of the text that was parsed.
    pub(super) fn error_at(
        &self,
        tree: &Tree,
        range: Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> ModelError {
        let (file, range) = tree.place(self.file, self.offset, range);
        tree.error(file, range, message, hint)
    }
}

/// A model says one of these, and be it to be named: what says none is not worth parsing.
const WORDS: [&str; 10] = [
    "table",
    "Table",
    "pg_enum",
    "PgEnum",
    "pg_type",
    "PgType",
    "view",
    "View",
    "Columns",
    "#[columns",
];

/// By module and place among its items.
pub(super) type Key = (ModuleId, usize);

/// All models.
#[derive(Default)]
pub(super) struct FoundModels {
    pub(super) tables: BTreeMap<Key, Found<TableModel>>,
    pub(super) enums: BTreeMap<Key, Found<EnumModel>>,
    pub(super) types: BTreeMap<Key, Found<TypeModel>>,
    /// The sets of columns that tables flatten, each as a table without a name.
    pub(super) columns: BTreeMap<Key, Found<TableModel>>,
    /// Where their spans are.
    pub(super) columns_at: Vec<ColumnsAt>,
    pub(super) views: BTreeMap<Key, Found<ViewModel>>,
    /// Models with mistakes that leave nothing of them. What refers to one is no mistake besides.
    pub(super) broken: BTreeSet<Key>,
}

/// Finds the models of a tree, and reports what is wrong with their attributes. Those of a file in `others` are only
/// there to be referred to.
pub(super) fn find(
    tree: &Tree,
    others: &BTreeSet<FileId>,
    errors: &mut Vec<ModelError>,
    warnings: &mut Vec<ModelError>,
) -> FoundModels {
    let mut found = FoundModels::default();
    // Behind the spans of every item.
    let items = tree.modules().flat_map(|(_, module)| &module.items);
    let mut beyond = items.map(|slice| slice.range.len()).max().unwrap_or(0) + 1;
    for (id, module) in tree.modules() {
        let conditions = tree.conditions(id);
        let text = tree.text(module.file);
        for (index, slice) in module.items.iter().enumerate() {
            let Some(item) = text.get(slice.range.clone()) else {
                continue;
            };
            let may_be_one = matches!(slice.kind, ItemKind::Struct | ItemKind::Enum);
            if !may_be_one || !WORDS.iter().any(|word| item.contains(word)) {
                continue;
            }
            let offset = slice.range.start;
            let declared = !others.contains(&module.file);
            let key = (id, index);
            let told = |error: &AttributeError, range: Range<usize>| {
                let hint = error.hint().map(str::to_owned);
                tree.error(module.file, range, error.message(), hint)
            };
            let placed = |error: AttributeError| {
                let range = error.span().byte_range();
                told(&error, range.start + offset..range.end + offset)
            };
            let input = match syn::parse_str::<DeriveInput>(item) {
                Ok(input) if item.contains("cfg") => conditions.strip(input),
                Ok(input) => input,
                Err(error) => {
                    found.broken.insert(key);
                    errors.push(placed(
                        AttributeError::from(error)
                            .with_hint("this does not parse as Rust; `cargo check` tells more"),
                    ));
                    continue;
                }
            };
            let kind = match derived(tree, id, &input.attrs) {
                Derived::Ours(kind) => kind,
                Derived::Unknown(notice) => {
                    warnings.extend(Some(placed(notice)).filter(|_| declared));
                    continue;
                }
                Derived::Nothing => continue,
            };
            let derives = |wanted: &str| derives(tree, id, &input.attrs, wanted);
            let place = Place {
                module: id,
                file: module.file,
                offset,
                declared,
            };
            if matches!(kind, Derive::Columns) {
                let Ok(input) = syn::parse_str::<DeriveInput>(&format!("{}{item}", " ".repeat(beyond)))
                else {
                    continue;
                };
                let at = ColumnsAt {
                    spans: beyond..beyond + item.len() + 1,
                    module: id,
                    file: module.file,
                    offset,
                };
                beyond = at.spans.end;
                let input = conditions.strip(input);
                let parsed = TableModel::parse_columns(&input);
                let (mistakes, notices, is_broken) = place.put(&mut found.columns, key, parsed, |model| {
                    drivers::of_columns(&input, model, &derives)
                });
                if is_broken {
                    found.broken.insert(key);
                }
                // Also those of a file whose models do not count: tables that do may flatten it.
                let shifted = |error: AttributeError| told(&error, at.in_file(error.span().byte_range()));
                errors.extend(mistakes.into_iter().map(shifted));
                if declared {
                    warnings.extend(notices.into_iter().map(shifted));
                }
                found.columns_at.push(at);
                continue;
            }
            let (mistakes, notices, is_broken) = match kind {
                Derive::Table | Derive::Columns => {
                    place.put(&mut found.tables, key, TableModel::parse(&input), |model| {
                        drivers::of_table(&input, model, &derives)
                    })
                }
                Derive::PgEnum => place.put(&mut found.enums, key, EnumModel::parse(&input), |model| {
                    drivers::of_enum(&input, model)
                }),
                Derive::PgType => place.put(&mut found.types, key, TypeModel::parse(&input), |model| {
                    drivers::of_type(&input, model)
                }),
                Derive::View => place.put(&mut found.views, key, ViewModel::parse(&input), |model| {
                    drivers::of_view(&input, model, &derives)
                }),
            };
            if is_broken {
                found.broken.insert(key);
            }
            // What is nothing now may be the type of a column elsewhere, which would go without a word.
            let is_missed = is_broken && matches!(kind, Derive::PgEnum | Derive::PgType);
            if declared || is_missed {
                errors.extend(mistakes.into_iter().map(placed));
            }
            if declared {
                warnings.extend(notices.into_iter().map(placed));
            }
        }
    }
    found
}

/// Where a model was found.
struct Place {
    module: ModuleId,
    file: FileId,
    offset: usize,
    declared: bool,
}

impl Place {
    /// Puts a model where those of its sort are. Returns what is wrong with it, what is likely not meant, and whether
    /// nothing is left of it.
    fn put<T>(
        &self,
        models: &mut BTreeMap<Key, Found<T>>,
        key: Key,
        (model, mistakes): (Option<T>, Vec<AttributeError>),
        notices: impl FnOnce(&T) -> Vec<AttributeError>,
    ) -> (Vec<AttributeError>, Vec<AttributeError>, bool) {
        let is_broken = model.is_none();
        let mut found = Vec::new();
        if let Some(model) = model {
            found = notices(&model);
            let model = Found {
                model,
                module: self.module,
                file: self.file,
                offset: self.offset,
                declared: self.declared,
            };
            models.insert(key, model);
        }
        (mistakes, found, is_broken)
    }
}

/// The files that were read but whose models do not count.
pub(super) fn others(tree: &Tree, only: &BTreeMap<FileId, BTreeSet<PathBuf>>) -> BTreeSet<FileId> {
    let only: BTreeMap<FileId, BTreeSet<FileId>> = only
        .iter()
        .map(|(root, selected)| {
            let files = selected.iter().filter_map(|path| tree.file_at(path));
            (*root, files.collect())
        })
        .collect();
    let mut others = BTreeSet::new();
    for (id, module) in tree.modules() {
        let root = tree.module(tree.crate_root(id)).map(|root| root.file);
        if let Some(selected) = root.and_then(|root| only.get(&root))
            && !selected.contains(&module.file)
        {
            others.insert(module.file);
        }
    }
    others
}

#[derive(Clone, Copy)]
enum Derive {
    Table,
    PgEnum,
    PgType,
    Columns,
    View,
}

/// What the derives of an item come to.
enum Derived {
    Ours(Derive),
    /// Another crate's of the same name, beside an attribute as ours have it.
    Unknown(AttributeError),
    Nothing,
}

/// Whether an item has a derive of another crate, by its whole path.
fn derives(tree: &Tree, module: ModuleId, attributes: &[Attribute], wanted: &str) -> bool {
    paths_of_derives(attributes).any(|path| {
        let absolute = path.leading_colon.is_some();
        let is_wanted = |path: &[String]| path.join("::") == wanted;
        let found = tree.resolve(module, &types::segments(&path), absolute, &is_wanted);
        matches!(found, Some(Resolved::External(found)) if is_wanted(&found))
    })
}

fn paths_of_derives(attributes: &[Attribute]) -> impl Iterator<Item = Path> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|attribute| {
            attribute
                .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
}

/// Which of our derives an item has.
fn derived(tree: &Tree, module: ModuleId, attributes: &[Attribute]) -> Derived {
    let mut unknown = Derived::Nothing;
    for path in paths_of_derives(attributes) {
        let segments = types::segments(&path);
        let known = |path: &[String]| ours(path).is_some();
        // Through an import that cannot be followed (a macro's, a glob's of another crate) its attribute tells.
        let by_attribute = || {
            let (_, attribute, derive) = BY_ATTRIBUTE
                .into_iter()
                .find(|(name, ..)| segments.last().is_some_and(|last| last == name))?;
            attributes
                .iter()
                .any(|found| names_itself(found, attribute))
                .then_some(derive)
        };
        match tree.resolve(module, &segments, path.leading_colon.is_some(), &known) {
            Some(Resolved::External(found)) => match ours(&found) {
                Some(derive) => return Derived::Ours(derive),
                None if by_attribute().is_some() => {
                    let found = found.join("::");
                    let message = format!("this derive is `{found}`, so the item is not read as a model");
                    unknown = Derived::Unknown(
                        AttributeError::over(&path, message)
                            .with_hint("if it is Limbeck's, import it from `limbeck`"),
                    );
                }
                None => {}
            },
            _ => {
                if let Some(derive) = by_attribute() {
                    return Derived::Ours(derive);
                }
            }
        }
    }
    unknown
}

/// Each derive with the attribute that goes with it.
const BY_ATTRIBUTE: [(&str, &str, Derive); 5] = [
    ("Table", "table", Derive::Table),
    ("PgEnum", "pg_enum", Derive::PgEnum),
    ("PgType", "pg_type", Derive::PgType),
    ("Columns", "columns", Derive::Columns),
    ("View", "view", Derive::View),
];

/// Whether an attribute of ours gives its item a name, as each model has it: `#[table(name = "…")]`.
fn names_itself(attribute: &Attribute, name: &str) -> bool {
    attribute.path().is_ident(name)
        && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.clone().into_iter().any(
            |token| matches!(token, proc_macro2::TokenTree::Ident(word) if word == "name")
        ))
}

fn ours(path: &[String]) -> Option<Derive> {
    match path {
        [krate, name] if krate == "limbeck" || krate == "limbeck_derive" => BY_ATTRIBUTE
            .into_iter()
            .find_map(|(known, _, derive)| (name == known).then_some(derive)),
        _ => None,
    }
}
