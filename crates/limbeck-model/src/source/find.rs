//! The models among the items that were read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Path, Token};

use super::resolve::Resolved;
use super::slicer::ItemKind;
use super::tree::{FileId, ModuleId, Tree};
use super::{ModelError, Origin, cfg, types};
use crate::attributes::{AttributeError, EnumModel, TableModel, TypeModel};

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
        tree.origin(self.file, range.start + self.offset..range.end + self.offset)
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

    /// The same over a range of the text that was parsed.
    pub(super) fn error_at(
        &self,
        tree: &Tree,
        range: std::ops::Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> ModelError {
        let range = range.start + self.offset..range.end + self.offset;
        tree.error(self.file, range, message, hint)
    }
}

/// A model says one of these, and be it to be named: what says none is not worth parsing.
const WORDS: [&str; 6] = ["table", "Table", "pg_enum", "PgEnum", "pg_type", "PgType"];

/// By module and place among its items.
pub(super) type Key = (ModuleId, usize);

/// All models.
#[derive(Default)]
pub(super) struct FoundModels {
    pub(super) tables: BTreeMap<Key, Found<TableModel>>,
    pub(super) enums: BTreeMap<Key, Found<EnumModel>>,
    pub(super) types: BTreeMap<Key, Found<TypeModel>>,
}

/// Finds the models of a tree, and reports what is wrong with their attributes. Those of a file in `others` are only
/// there to be referred to.
pub(super) fn find(tree: &Tree, others: &BTreeSet<FileId>, errors: &mut Vec<ModelError>) -> FoundModels {
    let mut found = FoundModels::default();
    for (id, module) in tree.modules() {
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
            let mut report = |error: AttributeError| {
                let range = error.span().byte_range();
                let range = range.start + offset..range.end + offset;
                errors.push(tree.error(
                    module.file,
                    range,
                    error.message(),
                    error.hint().map(str::to_owned),
                ));
            };
            let input = match syn::parse_str::<DeriveInput>(item) {
                Ok(input) => cfg::strip(input),
                Err(error) => {
                    report(
                        AttributeError::from(error)
                            .with_hint("this does not parse as Rust; `cargo check` tells more"),
                    );
                    continue;
                }
            };
            let Some(kind) = derived(tree, id, &input.attrs) else {
                continue;
            };
            let place = Place {
                module: id,
                file: module.file,
                offset,
                declared,
            };
            let key = (id, index);
            let mut mistakes = match kind {
                Derive::Table => place.put(&mut found.tables, key, TableModel::parse(&input)),
                Derive::PgEnum => place.put(&mut found.enums, key, EnumModel::parse(&input)),
                Derive::PgType => place.put(&mut found.types, key, TypeModel::parse(&input)),
            };
            if declared {
                mistakes.drain(..).for_each(&mut report);
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
    /// Puts a model where those of its sort are, and returns what is wrong with it.
    fn put<T>(
        &self,
        models: &mut BTreeMap<Key, Found<T>>,
        key: Key,
        (model, mistakes): (Option<T>, Vec<AttributeError>),
    ) -> Vec<AttributeError> {
        if let Some(model) = model {
            let found = Found {
                model,
                module: self.module,
                file: self.file,
                offset: self.offset,
                declared: self.declared,
            };
            models.insert(key, found);
        }
        mistakes
    }
}

/// The files that were read but whose models do not count.
pub(super) fn others(tree: &Tree, only: &BTreeMap<FileId, BTreeSet<PathBuf>>) -> BTreeSet<FileId> {
    let mut others = BTreeSet::new();
    for (id, module) in tree.modules() {
        let root = tree.module(tree.crate_root(id)).map(|root| root.file);
        let Some(selected) = root.and_then(|root| only.get(&root)) else {
            continue;
        };
        if !selected
            .iter()
            .any(|path| tree.file_at(path) == Some(module.file))
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
}

/// Which of our derives an item has.
fn derived(tree: &Tree, module: ModuleId, attributes: &[Attribute]) -> Option<Derive> {
    let has = |name: &str| attributes.iter().any(|attribute| attribute.path().is_ident(name));
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
    {
        let Ok(paths) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else {
            continue;
        };
        for path in paths {
            let segments = types::segments(&path);
            let known = |path: &[String]| ours(path).is_some();
            let found = match tree.resolve(module, &segments, path.leading_colon.is_some(), &known) {
                Some(Resolved::External(path)) => ours(&path),
                _ => None,
            };
            // Through an import that cannot be followed (a macro's, another crate's re-export) its attribute tells.
            let found = found.or_else(|| match segments.last()?.as_str() {
                "Table" if has("table") => Some(Derive::Table),
                "PgEnum" if has("pg_enum") => Some(Derive::PgEnum),
                "PgType" if has("pg_type") => Some(Derive::PgType),
                _ => None,
            });
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

fn ours(path: &[String]) -> Option<Derive> {
    match path {
        [krate, name] if krate == "limbeck" || krate == "limbeck_derive" => match name.as_str() {
            "Table" => Some(Derive::Table),
            "PgEnum" => Some(Derive::PgEnum),
            "PgType" => Some(Derive::PgType),
            _ => None,
        },
        _ => None,
    }
}
