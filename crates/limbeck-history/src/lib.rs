//! Revision files and the graph that they form.
//!
//! A [`Revision`] is one file of the folder `versions`; [`History`] is all of them, as a graph of parents and
//! dependencies. A [`Draft`] becomes a new file through a template ([`render()`]). Nothing here knows a database: what
//! a database has applied comes in as a set of identifiers.

mod draft;
mod file_name;
mod file_template;
mod history;
mod nearest;
mod render;
mod revision;
mod revision_id;
mod x_arguments;

pub use draft::{Draft, DraftRequire, DraftStep};
pub use file_name::{created, earlier, file_name, is_created, name_part, slug};
pub use file_template::{FileNaming, FileTemplate, FileTemplateError};
pub use history::{
    Direction, Files, GraphError, HeaderPlace, History, HistoryError, Locations, Range, SelectorError,
    Target, asks_database,
};
pub use render::{DEFAULT_TEMPLATE, TemplateError, outline_difference, render};
pub use revision::{
    Declaration, FORMAT, Require, Retry, Revision, RevisionError, RevisionErrorKind, Step, StepOptions,
    StepSide,
};
pub use revision_id::{InvalidName, RevisionId, check_label, new_id};
pub use x_arguments::{InvalidXArgument, XArguments};
