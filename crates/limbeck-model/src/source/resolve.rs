//! What a path names: an item of the files that were read, or something of a crate elsewhere.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::slicer::Slice;
use super::tree::{ModuleId, Tree};

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resolved {
    /// A struct, enum or type alias of a module that was read, by its place among [`Module::items`].
    ///
    /// [`Module::items`]: super::tree::Module::items
    Item(ModuleId, usize),
    /// A module that was read.
    Module(ModuleId),
    /// A path that begins with the name of a crate that was not read.
    External(Vec<String>),
}

/// How many imports a name may be followed through. Only a cycle needs more.
const DEPTH: usize = 64;

impl Tree {
    /// What `path` names in a module. `known` says which external paths mean something: through `use acme::*` a name
    /// may or may not come, and that decides.
    pub(super) fn resolve(
        &self,
        module: ModuleId,
        path: &[String],
        absolute: bool,
        known: &dyn Fn(&[String]) -> bool,
    ) -> Option<Resolved> {
        let resolver = Resolver {
            tree: self,
            known,
            through_globs: RefCell::default(),
        };
        resolver.path(module, path, absolute, None, DEPTH)
    }

    /// The item that a resolution found.
    pub(super) fn item(&self, module: ModuleId, index: usize) -> Option<&Slice> {
        self.module(module)?.items.get(index)
    }
}

struct Resolver<'a> {
    tree: &'a Tree,
    known: &'a dyn Fn(&[String]) -> bool,
    /// What was found through the `*` of a module, by the name and the import that was left aside; nothing while it is
    /// being looked for. Modules may take everything from each other, and several `*` lead through each other.
    through_globs: RefCell<BTreeMap<Sought, Option<Resolved>>>,
}

/// A name that is looked for in a module, and the import that is left aside.
type Sought = (ModuleId, String, Option<usize>);

impl Resolver<'_> {
    /// `without` is the import whose own path this is: it does not name itself.
    fn path(
        &self,
        module: ModuleId,
        path: &[String],
        absolute: bool,
        without: Option<usize>,
        depth: usize,
    ) -> Option<Resolved> {
        let depth = depth.checked_sub(1)?;
        let (first, mut rest) = path.split_first()?;
        let mut found = match first.as_str() {
            _ if absolute => self.external(module, first),
            "crate" | "$crate" => Resolved::Module(self.tree.crate_root(module)),
            "self" => Resolved::Module(module),
            "super" => Resolved::Module(self.tree.module(module)?.parent?),
            _ => match self.name(module, first, without, depth) {
                Some(found) => found,
                // A lone name is none of a crate's, unless it is imported as such (`use uuid;`).
                None if rest.is_empty() && without.is_none() => return None,
                None => self.external(module, first),
            },
        };
        while let Some((next, after)) = rest.split_first() {
            found = match found {
                Resolved::Module(module) if next == "super" => {
                    Resolved::Module(self.tree.module(module)?.parent?)
                }
                Resolved::Module(module) if next == "self" => Resolved::Module(module),
                Resolved::Module(module) => self.name(module, next, None, depth)?,
                Resolved::External(mut path) => {
                    path.push(next.clone());
                    Resolved::External(path)
                }
                Resolved::Item(..) => return None,
            };
            rest = after;
        }
        Some(found)
    }

    fn external(&self, module: ModuleId, name: &str) -> Resolved {
        let renamed = || {
            self.tree
                .renamed
                .get(&(self.tree.crate_root(module), name.to_owned()))
        };
        let has_renamed = !self.tree.renamed.is_empty();
        match has_renamed
            .then(renamed)
            .flatten()
            .or_else(|| self.tree.crates.get(name))
        {
            Some(root) => Resolved::Module(*root),
            None => Resolved::External(vec![name.to_owned()]),
        }
    }

    /// What a name means within a module: its own items first, then what it imports by name, then through `*`.
    fn name(&self, id: ModuleId, name: &str, without: Option<usize>, depth: usize) -> Option<Resolved> {
        let depth = depth.checked_sub(1)?;
        let module = self.tree.module(id)?;
        if let Some(index) = module.items.iter().position(|item| item.name == name) {
            return Some(Resolved::Item(id, index));
        }
        if let Some(child) = module.children.get(name) {
            return Some(Resolved::Module(*child));
        }
        let imports = || {
            module
                .imports
                .iter()
                .enumerate()
                .filter(|(n, _)| Some(*n) != without)
        };
        for (n, import) in imports() {
            if import.name.as_deref() == Some(name)
                && let Some(found) = self.path(id, &import.path, import.absolute, Some(n), depth)
            {
                return Some(found);
            }
        }
        if !imports().any(|(_, import)| import.name.is_none()) {
            return None;
        }
        let key = (id, name.to_owned(), without);
        if let Some(known) = self.through_globs.borrow().get(&key) {
            return known.clone();
        }
        self.through_globs.borrow_mut().insert(key.clone(), None);
        let found = self.through_globs(id, name, without, depth);
        self.through_globs.borrow_mut().insert(key, found.clone());
        found
    }

    /// What a name means that a module takes through a `*`.
    fn through_globs(
        &self,
        id: ModuleId,
        name: &str,
        without: Option<usize>,
        depth: usize,
    ) -> Option<Resolved> {
        let imports = self.tree.module(id)?.imports.iter().enumerate();
        for (n, import) in imports.filter(|(n, import)| Some(*n) != without && import.name.is_none()) {
            match self.path(id, &import.path, import.absolute, Some(n), depth) {
                Some(Resolved::Module(from)) if from != id => {
                    if let Some(found) = self.name(from, name, None, depth) {
                        return Some(found);
                    }
                }
                Some(Resolved::External(mut path)) => {
                    path.push(name.to_owned());
                    if (self.known)(&path) {
                        return Some(Resolved::External(path));
                    }
                }
                _ => {}
            }
        }
        None
    }
}
