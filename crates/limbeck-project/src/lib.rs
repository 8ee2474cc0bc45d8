//! What each of Limbeck's commands does, as library calls.
//!
//! A [`Project`] is a folder with a `limbeck.toml`, opened with what the caller knows of its surroundings
//! ([`Host`]). Each command is one call in [`commands`]: it takes a project and options, reports progress as
//! [`Event`]s, asks through [`Consult`] where a person may be asked, and returns a value. Nothing here prints,
//! prompts, reads the environment or exits.

mod apply;
mod autogenerate;
mod cache;
pub mod commands;
pub mod config;
mod connection;
mod consult;
mod declared;
mod diagnostic;
mod drift;
mod duration;
mod embedded;
mod error;
mod event;
mod generate;
mod hooks;
mod host;
mod import;
mod kept;
mod known;
mod likely;
mod literal;
mod live;
mod locks;
mod post_write;
mod project;
mod prove;
mod recorded;
mod replacement;
mod revision_file;
mod roles;
mod seen;
mod spent;
mod text_difference;
mod views;
mod workbench;

pub use consult::{Consult, Drop, NobodyToAsk};
pub use diagnostic::{Diagnostic, Failure, Snippet};
pub use duration::parse_duration;
pub use error::Error;
pub use event::{Event, Events};
pub use hooks::{Filter, Hooks, ProcessRevisionDirectives, RevisionDirectives};
pub use host::{Host, Overrides};
pub use import::Tool;
pub use project::{DatabaseTarget, Project, UrlOrigin};
pub use spent::SpentAttribute;
pub use text_difference::{DifferenceLine, LineSide, line_difference};

pub use limbeck_catalog::{Definition, Kind, Object, ObjectId};
pub use limbeck_history::{DraftRequire, DraftStep, InvalidXArgument, StepOptions, XArguments};
pub use limbeck_migrate::{
    Applying, Ask, Blocker, CancelBlockers, Direction as RunDirection, Ending, EndingResult, EnsureReport,
    Event as RunEvent, Found, Interrupt, LogEntry, OnApply, Origin, Progress as StepProgress, Question,
    RULINGS, Report as RunReport, Ruling, Stamp, StampReport, Unit as ProgressUnit,
};
pub use limbeck_plan::{Rename, Requirement};
pub use limbeck_postgres::Defaults as ConnectionDefaults;
pub use limbeck_server::{Directories, Event as ServerEvent};
