//! From a catalogue to structs: what `models generate` writes.
//!
//! A struct says what attributes can say and leaves out the rest. Nobody here has to know what that rest is: what the
//! structs make on a scratch server is compared with what is wanted, and the planner's statements from the one to the
//! other are the `.sql` files (`commands/models/generate.rs`). So whatever is left out here, or said too weakly, is
//! not lost. What is said wrongly would have to be taken back, and then the table is written in a plainer [`Form`].

mod column;
mod data_types;
mod form;
mod index;
mod key;
mod layout;
mod literal;
mod names;
mod rust_type;
mod scene;
mod table;
mod text_enum;
mod usual;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use limbeck_catalog::{Catalog, Kind, ObjectId};
use limbeck_model::source::Naming;

pub use layout::By;
pub use rust_type::TimeTypes;
pub(crate) use view::ViewColumns;

use crate::Error;
use scene::Scene;

/// What decides how structs are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Style {
    /// The derives that structs of tables have besides.
    pub(crate) derives: Vec<String>,
    /// How structs are spread over files.
    pub(crate) by: By,
    /// The crate of dates and times.
    pub(crate) types: TimeTypes,
    /// How constraints and indexes are named that a struct gives no name.
    pub(crate) naming: Naming,
    /// The views that are structs too.
    pub(crate) views: ViewColumns,
}

/// How plainly a table or a type is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// Every name is said, also where PostgreSQL would choose the same, and defaults are SQL.
    pub(crate) explicit: bool,
    /// What a check says that a column of text may hold is no enum.
    pub(crate) plain_text: bool,
    /// Foreign keys are left to SQL.
    pub(crate) without_references: bool,
    /// The whole is left to SQL, and why.
    pub(crate) sql: Option<String>,
}

/// How each object is written that is not written as usual.
pub(crate) type Forms = BTreeMap<ObjectId, Form>;

/// The structs of a catalogue.
#[derive(Debug, Default)]
pub(crate) struct Generated {
    /// The files, in order.
    pub(crate) files: Vec<GeneratedFile>,
    /// What the structs make: tables, partitions, types, schemas, sequences of `serial` columns.
    pub(crate) covered: BTreeSet<ObjectId>,
    /// The tables with columns of text that are enums.
    pub(crate) with_text_enums: BTreeSet<ObjectId>,
    /// The views that are structs too.
    pub(crate) views: BTreeSet<ObjectId>,
    /// Why something that could have been a struct is none.
    pub(crate) reasons: BTreeMap<ObjectId, String>,
    /// How many structs and enums there are.
    pub(crate) items: usize,
}

/// A file of structs.
#[derive(Debug)]
pub(crate) struct GeneratedFile {
    /// Where it lies below the folder of the models.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// Which bytes of it are about which object.
    pub(crate) items: Vec<(Range<usize>, ObjectId)>,
}

/// Writes the structs of a catalogue.
///
/// # Errors
/// When what was written is no Rust, which is a defect of ours.
pub(crate) fn generate(catalog: &Catalog, style: &Style, forms: &Forms) -> Result<Generated, Error> {
    let scene = Scene::new(catalog, style, forms);
    let mut items = Vec::new();
    for (id, name) in &scene.items {
        let mut uses = layout::Uses::new(&scene, &name.unit);
        let text = match scene.table(id) {
            Some(definition) => table::item(&scene, id, definition, &name.ident, &mut uses),
            None if is_view(id) => view::item(&scene, id, &name.ident, &mut uses),
            None => data_types::item(&scene, id, &name.ident, &mut uses),
        };
        items.push(layout::Item {
            id: id.clone(),
            name: name.clone(),
            text: form::formatted(id, &text)?,
            uses: uses.into_lines(),
        });
    }
    let count = items.len();
    Ok(Generated {
        files: layout::files(items, style.by),
        covered: scene.covered(),
        with_text_enums: scene.with_text_enums(),
        views: scene.items.keys().filter(|id| is_view(id)).cloned().collect(),
        reasons: scene.reasons,
        items: count,
    })
}

fn is_view(id: &ObjectId) -> bool {
    matches!(id.kind, Kind::View | Kind::MaterializedView)
}
