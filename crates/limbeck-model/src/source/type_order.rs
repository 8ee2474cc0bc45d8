//! In which order types are made: one may be made of others.

use std::collections::{BTreeMap, BTreeSet};

use super::find::Key;

/// The types, each behind those that it is made of; else in the order of `keys`. Where types are made of each other,
/// the second list has one of each such circle, and the first has all the same.
pub(super) fn ordered(keys: &[Key], uses: &BTreeMap<Key, Vec<Key>>) -> (Vec<Key>, Vec<Key>) {
    let mut walk = Walk {
        uses,
        done: BTreeSet::new(),
        open: BTreeSet::new(),
        ordered: Vec::new(),
        circular: Vec::new(),
    };
    for key in keys {
        walk.visit(*key);
    }
    walk.ordered.retain(|key| keys.contains(key));
    (walk.ordered, walk.circular)
}

struct Walk<'a> {
    uses: &'a BTreeMap<Key, Vec<Key>>,
    done: BTreeSet<Key>,
    open: BTreeSet<Key>,
    ordered: Vec<Key>,
    circular: Vec<Key>,
}

impl Walk<'_> {
    fn visit(&mut self, key: Key) {
        if self.done.contains(&key) {
            return;
        }
        if !self.open.insert(key) {
            self.circular.push(key);
            return;
        }
        for used in self.uses.get(&key).into_iter().flatten() {
            self.visit(*used);
        }
        self.open.remove(&key);
        self.done.insert(key);
        self.ordered.push(key);
    }
}
