//! Structs in files: modules, `use`, and the form of the text.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use limbeck_catalog::ObjectId;
use serde::Serialize;

use super::GeneratedFile;
use super::form::WIDTH;
use super::scene::Scene;

/// How structs are spread over files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A file for each table, in a folder for each schema but `public`.
    #[default]
    Table,
    /// A file for each schema.
    Schema,
    /// One file.
    File,
}

/// What an item is called, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ItemName {
    pub(super) ident: String,
    /// The module that it is written in, below that of the models.
    pub(super) unit: Vec<String>,
    /// The module that it is reached in.
    pub(super) reach: Vec<String>,
}

/// An item, written.
pub(super) struct Item {
    pub(super) id: ObjectId,
    pub(super) name: ItemName,
    pub(super) text: String,
    pub(super) uses: BTreeSet<String>,
}

/// Types that are imported rather than named in full.
const IMPORTED: [&str; 13] = [
    "bit_vec::BitVec",
    "chrono::DateTime",
    "chrono::NaiveDateTime",
    "chrono::NaiveDate",
    "chrono::NaiveTime",
    "chrono::TimeDelta",
    "chrono::Utc",
    "ipnetwork::IpNetwork",
    "mac_address::MacAddress",
    "rust_decimal::Decimal",
    "time::OffsetDateTime",
    "time::PrimitiveDateTime",
    "uuid::Uuid",
];

/// What a module takes from elsewhere.
pub(super) struct Uses<'s, 'a> {
    scene: &'s Scene<'a>,
    unit: &'s [String],
    lines: BTreeSet<String>,
}

impl<'s, 'a> Uses<'s, 'a> {
    pub(super) fn new(scene: &'s Scene<'a>, unit: &'s [String]) -> Self {
        Self {
            scene,
            unit,
            lines: BTreeSet::new(),
        }
    }

    /// How a model is named from here.
    pub(super) fn model(&mut self, id: &ObjectId) -> String {
        let Some(name) = self.scene.items.get(id) else {
            return String::new();
        };
        if name.unit == self.unit {
            return name.ident.clone();
        }
        let common = self
            .unit
            .iter()
            .zip(&name.reach)
            .take_while(|(a, b)| a == b)
            .count();
        let up = self.unit.len().saturating_sub(common);
        let mut path = vec!["super"; up];
        path.extend(name.reach.iter().skip(common).map(String::as_str));
        path.push(&name.ident);
        let path = path.join("::");
        // Two of one name can be told apart by their paths alone.
        let is_only = self
            .scene
            .items
            .values()
            .filter(|other| other.ident == name.ident)
            .count()
            == 1;
        if !is_only {
            return path;
        }
        self.lines.insert(path);
        name.ident.clone()
    }

    /// The Rust type of an SQL type, as it is named here, and the SQL type that is said beside it.
    pub(super) fn rust_type(&mut self, sql: &str) -> (String, Option<String>) {
        let scene = self.scene;
        let found = scene.rust_type(sql, &mut |id| self.model(id));
        (self.foreign(found.path), found.said)
    }

    /// A type of another crate as it is named here.
    fn foreign(&mut self, path: String) -> String {
        let mut text = path;
        for full in IMPORTED {
            let Some((_, short)) = full.rsplit_once("::") else {
                continue;
            };
            if text.contains(full) && !self.scene.items.values().any(|item| item.ident == short) {
                text = text.replace(full, short);
                self.lines.insert(full.to_owned());
            }
        }
        text
    }

    /// A trait of ours.
    pub(super) fn derive(&mut self, name: &'static str) -> &'static str {
        self.lines.insert(format!("limbeck::{name}"));
        name
    }

    pub(super) fn into_lines(self) -> BTreeSet<String> {
        self.lines
    }
}

/// The files that items go into.
pub(super) fn files(items: Vec<Item>, by: By) -> Vec<GeneratedFile> {
    let mut units: BTreeMap<Vec<String>, Vec<Item>> = BTreeMap::new();
    // The names that each module hands on, by the module below it that has them.
    let mut handed: BTreeMap<Vec<String>, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    let mut public: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
    handed.entry(Vec::new()).or_default();
    for item in items {
        if item.name.unit != item.name.reach
            && let Some(module) = item.name.unit.last()
        {
            let names = handed.entry(item.name.reach.clone()).or_default();
            names
                .entry(module.clone())
                .or_default()
                .push(item.name.ident.clone());
        }
        if let [module, ..] = item.name.reach.as_slice() {
            public.entry(Vec::new()).or_default().insert(module.clone());
        }
        units.entry(item.name.unit.clone()).or_default().push(item);
    }
    let mut files = Vec::new();
    for (module, names) in &handed {
        if by == By::File {
            continue;
        }
        let mut text = String::new();
        let below = public.get(module).into_iter().flatten();
        let mut lines: Vec<(&str, String)> = below
            .map(|name| (name.as_str(), format!("pub mod {name};\n")))
            .collect();
        lines.extend(names.keys().map(|name| (name.as_str(), format!("mod {name};\n"))));
        lines.sort_unstable();
        text.extend(lines.into_iter().map(|(_, line)| line));
        for (n, (name, idents)) in names.iter().enumerate() {
            let mut idents = idents.clone();
            idents.sort_unstable();
            let tree = match idents.as_slice() {
                [only] => only.clone(),
                several => format!("{{{}}}", several.join(", ")),
            };
            text.push_str(if n == 0 { "\n" } else { "" });
            text.push_str(&format!("pub use self::{name}::{tree};\n"));
        }
        let mut path: PathBuf = module.iter().collect();
        path.push("mod.rs");
        files.push(GeneratedFile {
            path,
            text: wrapped(&text),
            items: Vec::new(),
        });
    }
    for (unit, mut items) in units {
        items.sort_by(|a, b| a.id.cmp(&b.id));
        let mut text = String::new();
        let lines: BTreeSet<&String> = items.iter().flat_map(|item| &item.uses).collect();
        // Crates first, then what lies around.
        let (around, crates): (Vec<&String>, Vec<&String>) =
            lines.into_iter().partition(|line| line.starts_with("super::"));
        for lines in [crates, around] {
            if !lines.is_empty() {
                text.push_str(&wrapped(&imports(&lines)));
                text.push('\n');
            }
        }
        let mut places = Vec::new();
        for (n, item) in items.iter().enumerate() {
            text.push_str(if n > 0 { "\n" } else { "" });
            let start = text.len();
            text.push_str(&item.text);
            places.push((start..text.len(), item.id.clone()));
        }
        let mut path: PathBuf = unit.iter().collect();
        if unit.is_empty() {
            path.push("mod.rs");
        } else {
            path.set_extension("rs");
        }
        files.push(GeneratedFile {
            path,
            text,
            items: places,
        });
    }
    files
}

/// `use` lines, those of one module as one.
fn imports(paths: &[&String]) -> String {
    let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths {
        if let Some((module, name)) = path.rsplit_once("::") {
            modules.entry(module).or_default().push(name);
        }
    }
    let mut text = String::new();
    for (module, names) in modules {
        match names.as_slice() {
            [only] => text.push_str(&format!("use {module}::{only};\n")),
            several => text.push_str(&format!("use {module}::{{{}}};\n", several.join(", "))),
        }
    }
    text
}

/// Lines of modules and imports within the width that Rust's own form has.
fn wrapped(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len());
    for line in text.lines() {
        let list = line
            .split_once('{')
            .and_then(|(start, rest)| Some((start, rest.strip_suffix("};")?)));
        match list {
            Some((start, names)) if line.chars().count() > WIDTH => {
                wrapped.push_str(&format!("{start}{{\n"));
                let mut row = String::new();
                for name in names.split(", ") {
                    if row.chars().count() + name.chars().count() + 6 > WIDTH {
                        wrapped.push_str(&format!("    {}\n", row.trim_end()));
                        row.clear();
                    }
                    row.push_str(&format!("{name}, "));
                }
                wrapped.push_str(&format!("    {}\n}};\n", row.trim_end()));
            }
            _ => {
                wrapped.push_str(line);
                wrapped.push('\n');
            }
        }
    }
    wrapped
}
