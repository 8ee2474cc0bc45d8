//! The module tree of a crate: which files there are, and what names each module has.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use super::cfg::Conditions;
use super::imports::{self, Import};
use super::inputs::Inputs;
use super::origin::{SourceFile, shown};
use super::slicer::{self, ItemKind, Slice};
use super::{ModelError, Origin, error, hidden};

/// A module of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ModuleId(usize);

/// A file of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileId(usize);

/// A module: a file, or the inside of `mod name { … }`.
pub(super) struct Module {
    /// The path from the crate's root, `crate` first.
    pub(super) path: Vec<String>,
    pub(super) parent: Option<ModuleId>,
    pub(super) file: FileId,
    /// Whether all of it was read: a file may be missing, or end in the midst of an item.
    pub(super) is_whole: bool,
    pub(super) children: BTreeMap<String, ModuleId>,
    pub(super) imports: Vec<Import>,
    /// Structs, enums and type aliases.
    pub(super) items: Vec<Slice>,
}

/// What a module is made from.
struct Place<'a> {
    file: FileId,
    range: Range<usize>,
    path: Vec<String>,
    parent: Option<ModuleId>,
    /// Where the files of its child modules lie.
    folder: PathBuf,
    /// Where `#[path = "…"]` starts.
    path_folder: &'a Path,
    conditions: &'a Conditions,
    inputs: &'a Inputs,
}

/// A set of columns. It is spliced into models of other places, so its spans lie where those of no model do: behind those
/// of every item, each set behind the other. So a span tells whence it is.
pub(super) struct ColumnsAt {
    /// The bytes of its spans.
    pub(super) spans: Range<usize>,
    pub(super) module: ModuleId,
    pub(super) file: FileId,
    /// Where it begins in the file.
    pub(super) offset: usize,
}

impl ColumnsAt {
    /// Where a range of its spans lies in its file.
    pub(super) fn in_file(&self, range: Range<usize>) -> Range<usize> {
        let shifted = |byte: usize| byte.saturating_sub(self.spans.start) + self.offset;
        shifted(range.start)..shifted(range.end)
    }
}

/// All modules that were read.
#[derive(Default)]
pub(super) struct Tree {
    /// The sets of columns, by the bytes that their spans are at.
    pub(super) columns: Vec<ColumnsAt>,
    root: PathBuf,
    files: Vec<SourceFile>,
    modules: Vec<Module>,
    /// By canonical path: a file that two crates name (`main.rs` and `lib.rs`) is read once.
    by_path: HashMap<PathBuf, FileId>,
    /// What is known of the build of each crate, by its root.
    conditions: BTreeMap<ModuleId, Conditions>,
    /// Crates by the name that other crates call them.
    pub(super) crates: BTreeMap<String, ModuleId>,
    /// Crates by the name that one crate alone calls them, and that crate's root.
    pub(super) renamed: BTreeMap<(ModuleId, String), ModuleId>,
    pub(super) errors: Vec<ModelError>,
    pub(super) warnings: Vec<ModelError>,
}

impl Tree {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            ..Self::default()
        }
    }

    pub(super) fn module(&self, id: ModuleId) -> Option<&Module> {
        self.modules.get(id.0)
    }

    pub(super) fn modules(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        self.modules
            .iter()
            .enumerate()
            .map(|(n, module)| (ModuleId(n), module))
    }

    /// The text of a file.
    pub(super) fn text(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| file.text.as_str())
    }

    /// The files that were read, as users know them, sorted.
    pub(super) fn file_paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<_> = self.files.iter().map(|file| file.path.to_path_buf()).collect();
        paths.sort();
        paths
    }

    /// The file of a canonical path, where it was read.
    pub(super) fn file_at(&self, path: &Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The root of a module's crate.
    pub(super) fn crate_root(&self, mut id: ModuleId) -> ModuleId {
        while let Some(parent) = self.module(id).and_then(|module| module.parent) {
            id = parent;
        }
        id
    }

    /// What is known of the build of a module's crate.
    pub(super) fn conditions(&self, id: ModuleId) -> &Conditions {
        let known = self.conditions.get(&self.crate_root(id));
        known.unwrap_or(&Conditions::UNKNOWN)
    }

    /// Whether a module was not read to its end that holds, or may hold, an item of that name.
    pub(super) fn may_hide(&self, name: &str) -> bool {
        let mut cut = self.modules.iter().filter(|module| !module.is_whole);
        cut.any(|module| self.text(module.file).contains(name))
    }

    /// Where a range of the text of a model lies, which begins at `offset` of a file.
    pub(super) fn place(&self, file: FileId, offset: usize, range: Range<usize>) -> (FileId, Range<usize>) {
        match self.columns_at(range.start) {
            Some(at) => (at.file, at.in_file(range)),
            None => (file, range.start + offset..range.end + offset),
        }
    }

    /// The module that a span of a model of `module` is in.
    pub(super) fn module_of(&self, module: ModuleId, span: proc_macro2::Span) -> ModuleId {
        self.columns_at(span.byte_range().start)
            .map_or(module, |at| at.module)
    }

    fn columns_at(&self, byte: usize) -> Option<&ColumnsAt> {
        // They follow each other.
        let behind = self.columns.partition_point(|at| at.spans.end <= byte);
        self.columns.get(behind).filter(|at| at.spans.contains(&byte))
    }

    /// A place in a file.
    pub(super) fn origin(&self, file: FileId, range: Range<usize>) -> Origin {
        match self.files.get(file.0) {
            Some(file) => file.origin(range),
            None => Origin {
                file: Path::new("").into(),
                line: 1,
                column: 1,
                span: range,
            },
        }
    }

    /// A mistake in a file.
    pub(super) fn error(
        &self,
        file: FileId,
        range: Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> ModelError {
        let origin = self.origin(file, range);
        let source_line = self
            .files
            .get(file.0)
            .map(|file| file.line(origin.line).to_owned());
        ModelError {
            message: message.into(),
            origin: Some(Box::new(origin)),
            source_line,
            beside: None,
            hint,
        }
    }

    /// Reads a crate, or a file that belongs to none, from its first file.
    pub(super) fn read_crate(
        &mut self,
        file: &Path,
        conditions: Conditions,
        inputs: &Inputs,
    ) -> Option<ModuleId> {
        let path = file.to_path_buf();
        let id = match self.read_file(&path, inputs) {
            Ok(Some(id)) => id,
            Ok(None) => return None,
            Err(error) => {
                self.errors.push(error);
                return None;
            }
        };
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let range = 0..self.text(id).len();
        let root = self.read_module(&Place {
            file: id,
            range,
            path: vec!["crate".to_owned()],
            parent: None,
            path_folder: &folder,
            folder: folder.clone(),
            conditions: &conditions,
            inputs,
        });
        self.forget_the_rest(id);
        self.conditions.insert(root, conditions);
        Some(root)
    }

    /// Reads a file; `None` where it was read before.
    fn read_file(&mut self, path: &Path, inputs: &Inputs) -> Result<Option<FileId>, ModelError> {
        let shown = shown(&self.root, path);
        let failed = |error: &std::io::Error| {
            let hint = match error.kind() {
                std::io::ErrorKind::InvalidData => "save it as UTF-8: Rust reads nothing else",
                std::io::ErrorKind::PermissionDenied => "whoever runs this has to have the right to read it",
                _ => "check where the file is, and that it may be read",
            };
            ModelError::of_setting(format!("`{}` cannot be read: {error}", shown.display()), hint)
        };
        let canonical = inputs.canonical(path).map_err(|error| failed(&error))?;
        if self.by_path.contains_key(&canonical) {
            return Ok(None);
        }
        let text = inputs.text(path).map_err(|error| failed(&error))?;
        let id = FileId(self.files.len());
        self.files.push(SourceFile::new(shown, text));
        self.by_path.insert(canonical, id);
        Ok(Some(id))
    }

    /// Lets go of what lies in a file behind its last item, once all modules in it were read.
    fn forget_the_rest(&mut self, id: FileId) {
        if let Some(file) = self.files.get_mut(id.0) {
            file.forget_the_rest();
        }
    }

    fn read_module(&mut self, place: &Place<'_>) -> ModuleId {
        let id = ModuleId(self.modules.len());
        self.modules.push(Module {
            path: place.path.clone(),
            parent: place.parent,
            file: place.file,
            is_whole: true,
            children: BTreeMap::new(),
            imports: Vec::new(),
            items: Vec::new(),
        });
        let mut range = place.range.clone();
        range.start += prologue(self.text(place.file), range.start);
        if place
            .conditions
            .leave_out(&inner_attributes(self.text(place.file), range.clone()))
        {
            return id;
        }
        let slices = match slicer::items(self.text(place.file), range) {
            Ok(slices) => slices,
            Err(error) => {
                let hint = "correct the file: what follows in it cannot be read".to_owned();
                let error = self.error(
                    place.file,
                    error.offset..error.offset + 1,
                    error.message,
                    Some(hint),
                );
                self.errors.push(error);
                if let Some(module) = self.modules.get_mut(id.0) {
                    module.is_whole = false;
                }
                // What it may hold is asked for.
                if let Some(file) = self.files.get_mut(place.file.0) {
                    file.needed = file.text.len();
                }
                return id;
            }
        };
        for slice in slices {
            self.read_item(id, place, slice);
        }
        id
    }

    fn read_item(&mut self, id: ModuleId, place: &Place<'_>, slice: Slice) {
        let attributes = self.attributes(place, &slice);
        if place.conditions.leave_out(&attributes) {
            return;
        }
        match slice.kind {
            ItemKind::Struct | ItemKind::Enum | ItemKind::TypeAlias => {
                if let Some(file) = self.files.get_mut(place.file.0) {
                    file.needed = file.needed.max(slice.range.end);
                }
                if let Some(module) = self.modules.get_mut(id.0) {
                    module.items.push(slice);
                }
            }
            ItemKind::Use | ItemKind::ExternCrate => {
                let text = self.text(place.file);
                let range = slice.attributes.end..slice.range.end;
                let found = text.get(range).map(imports::parse).unwrap_or_default();
                if let Some(module) = self.modules.get_mut(id.0) {
                    module.imports.extend(found);
                }
            }
            ItemKind::Module => {
                let child = self.read_child(id, place, &slice, &attributes);
                if let (Some(child), Some(module)) = (child, self.modules.get_mut(id.0)) {
                    module.children.insert(slice.name, child);
                }
            }
            ItemKind::Macro | ItemKind::Other => self.warn_of_hidden_models(place, &slice),
        }
    }

    /// The attributes of an item that matter before it is parsed.
    fn attributes(&self, place: &Place<'_>, slice: &Slice) -> Vec<Attribute> {
        let text = self.text(place.file).get(slice.attributes.clone()).unwrap_or("");
        if !text.contains("cfg") && !text.contains("path") {
            return Vec::new();
        }
        let parsed = syn::parse::Parser::parse_str(Attribute::parse_outer, text);
        place.conditions.expand(parsed.unwrap_or_default())
    }

    /// Reads `mod name;` or `mod name { … }`.
    fn read_child(
        &mut self,
        parent: ModuleId,
        place: &Place<'_>,
        slice: &Slice,
        attributes: &[Attribute],
    ) -> Option<ModuleId> {
        let mut path = place.path.clone();
        path.push(slice.name.clone());
        let explicit = path_attribute(attributes);
        if let Some(body) = &slice.body {
            let folder = match &explicit {
                Some(explicit) => place.path_folder.join(explicit),
                None => place.folder.join(&slice.name),
            };
            return Some(self.read_module(&Place {
                file: place.file,
                range: body.clone(),
                path,
                parent: Some(parent),
                path_folder: &folder,
                folder: folder.clone(),
                conditions: place.conditions,
                inputs: place.inputs,
            }));
        }
        let (file, folder) = match &explicit {
            // Such a file looks for its children beside itself, as `mod.rs` does.
            Some(explicit) => {
                let file = place.path_folder.join(explicit);
                let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
                (file, folder)
            }
            None => {
                let own = place.folder.join(&slice.name);
                let beside = place.folder.join(format!("{}.rs", slice.name));
                let within = own.join("mod.rs");
                let file = if place.inputs.is_file(&beside) {
                    beside
                } else {
                    within
                };
                (file, own)
            }
        };
        if !place.inputs.is_file(&file) {
            // A link that leads in a circle, a folder that may not be entered.
            let beside = place.folder.join(format!("{}.rs", slice.name));
            let unreadable = [&file, &beside].into_iter().find_map(|path| {
                let error = place.inputs.canonical(path).err()?;
                (error.kind() != std::io::ErrorKind::NotFound).then_some((path, error))
            });
            if let Some((path, error)) = unreadable {
                let message = format!("`{}` cannot be read: {error}", shown(&self.root, path).display());
                let hint = "check where the file is, and that it may be read".to_owned();
                let range = slice.attributes.end..slice.range.end;
                self.errors
                    .push(self.error(place.file, range, message, Some(hint)));
                return None;
            }
            let error = self.missing_file(place, slice, explicit.is_some().then_some(file.as_path()));
            self.errors.push(error);
            return None;
        }
        let path_folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
        match self.read_file(&file, place.inputs) {
            Ok(Some(id)) => {
                let range = 0..self.text(id).len();
                let module = self.read_module(&Place {
                    file: id,
                    range,
                    path,
                    parent: Some(parent),
                    path_folder: &path_folder,
                    folder,
                    conditions: place.conditions,
                    inputs: place.inputs,
                });
                self.forget_the_rest(id);
                Some(module)
            }
            // Another crate of the same package names it too; or a link leads back.
            Ok(None) => self.module_of_file(&file, place.inputs),
            Err(ModelError { message, hint, .. }) => {
                let range = slice.attributes.end..slice.range.end;
                self.errors.push(self.error(place.file, range, message, hint));
                None
            }
        }
    }

    fn module_of_file(&self, path: &Path, inputs: &Inputs) -> Option<ModuleId> {
        let file = self.file_at(&inputs.canonical(path).ok()?)?;
        self.modules()
            .find(|(_, module)| module.file == file)
            .map(|(id, _)| id)
    }

    fn missing_file(&self, place: &Place<'_>, slice: &Slice, explicit: Option<&Path>) -> ModelError {
        let name = &slice.name;
        let candidates = match explicit {
            Some(path) => format!("`{}`", shown(&self.root, path).display()),
            None => {
                let folder = shown(&self.root, &place.folder);
                let beside = folder.join(format!("{name}.rs"));
                let within = folder.join(name).join("mod.rs");
                format!("`{}` or `{}`", beside.display(), within.display())
            }
        };
        self.error(
            place.file,
            slice.attributes.end..slice.range.end,
            error::module_without_file(name),
            Some(format!(
                "create {candidates}, or remove the line: a model in it would be missed"
            )),
        )
    }

    /// Models within macros and function bodies are not read, and nobody shall think they were.
    fn warn_of_hidden_models(&mut self, place: &Place<'_>, slice: &Slice) {
        let body = slice.attributes.end..slice.range.end;
        let Some(text) = self.text(place.file).get(body.clone()) else {
            return;
        };
        let is_macro = slice.kind == ItemKind::Macro;
        if is_macro && let Some(path) = included(text) {
            let file = self
                .files
                .get(place.file.0)
                .map(|file| self.root.join(&file.path));
            let file = file.and_then(|file| Some(file.parent()?.join(path)));
            let text = file.and_then(|file| place.inputs.text(&file).ok());
            if text.is_some_and(|text| hidden::first_model(&text, true).is_some()) {
                let message = "the models that `include!` brings in are not read";
                let hint = format!("make the file a module: `#[path = \"{path}\"] mod …;`");
                let warning = self.error(place.file, body, message, Some(hint));
                self.warnings.push(warning);
            }
            return;
        }
        let Some(found) = hidden::first_model(text, is_macro) else {
            return;
        };
        let range = body.start + found.start..body.start + found.end;
        let within = if is_macro {
            "a macro"
        } else {
            "a function or implementation"
        };
        let warning = self.error(
            place.file,
            range,
            format!("a model within {within} is not read"),
            Some("write it as an item of a module".to_owned()),
        );
        self.warnings.push(warning);
    }
}

/// The inner attributes (`#![cfg(…)]`) that a module begins with, where any could leave it out.
fn inner_attributes(text: &str, range: Range<usize>) -> Vec<Attribute> {
    let text = text.get(range).unwrap_or("");
    if !text.contains("#![cfg(") {
        return Vec::new();
    }
    let parser = |input: syn::parse::ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_inner)?;
        input.parse::<proc_macro2::TokenStream>()?;
        Ok(attributes)
    };
    syn::parse::Parser::parse_str(parser, text).unwrap_or_default()
}

/// The path that `include!("…")` names.
fn included(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("include!")?.trim_start();
    let rest = rest.strip_prefix(['(', '[', '{'])?.trim_start();
    rest.strip_prefix('"')?.split('"').next()
}

/// The length of what may come before the first item and is no token of Rust: a byte order mark, a `#!` line.
pub(super) fn prologue(text: &str, start: usize) -> usize {
    if start > 0 {
        return 0;
    }
    let mark = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let rest = text.get(mark..).unwrap_or("");
    if rest.starts_with("#!") && !rest.get(2..).unwrap_or("").trim_start().starts_with('[') {
        mark + rest.find('\n').unwrap_or(rest.len())
    } else {
        mark
    }
}

/// `#[path = "…"]`.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(path), ..
            }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}
