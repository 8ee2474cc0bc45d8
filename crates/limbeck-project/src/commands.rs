//! One call for each command.

mod accept;
mod baseline;
mod branches;
mod check;
mod current;
mod diff;
mod drift;
mod edit;
mod ensure_version;
mod heads;
mod history;
mod import;
mod init;
mod log;
mod merge;
mod models;
mod plan;
mod position;
mod revision;
mod run;
mod server;
mod show;
mod stamp;
mod status;
mod verify;
mod written;

pub use accept::{AcceptReport, EditReport, accept};
pub use baseline::{BaselineOptions, BaselineReport, baseline};
pub use branches::{BranchPoint, BranchesReport, branches};
pub use check::{CheckReport, Difference, check};
pub use current::{AppliedRevision, CurrentReport, current};
pub use diff::{DiffOptions, DiffReport, DiffSide, DiffStep, diff};
pub use drift::{DriftKind, DriftReport, DriftedObject, StrayObject, drift};
pub use edit::{Editable, Edited, editable, edited};
pub use ensure_version::{ensure_version, ensure_version_script};
pub use heads::heads;
pub use history::{HistoryOptions, HistoryReport, RevisionSummary, history};
pub use import::{
    ExcludeLine, ImportOptions, ImportReport, ImportedMigration, WayDown, import, import_state,
};
pub use init::{BuiltIn, InitOptions, InitReport, Template, TemplateSummary, init, list_templates};
pub use log::{LogOptions, LogReport, log};
pub use merge::{MergeOptions, MergeReport, merge};
pub use models::{
    By, ColumnModelReport, DiagramOptions, GenerateOptions, GenerateReport, GeneratedText, LeftToSql,
    ModelPlace, ModelReport, ModelsReport, ReferenceReport, TableModelReport, TimeTypes, TypeModelReport,
    ViewModelReport, diagram, generate, model, models,
};
pub use plan::{
    Direction, PlanOptions, PlanReport, PlannedLock, PlannedRequirement, PlannedRevision, PlannedStep, plan,
};
pub(crate) use revision::created;
pub use revision::{Against, RevisionOptions, RevisionOutcome, WrittenRevision, revision};
pub use run::{RunSettings, downgrade, downgrade_script, upgrade, upgrade_script};
pub(crate) use run::{database_and_history, run_options};
pub use server::{
    InstallationReport, ServerReport, ServerState, server_install, server_list, server_psql, server_start,
    server_status, server_stop,
};
pub use show::{ShowReport, show};
pub use stamp::{stamp, stamp_script};
pub use status::{
    DatabasePlace, DriftState, PendingRevision, StatusHead, StatusOptions, StatusReport, StatusRevision,
    status,
};
pub use verify::{
    Check, ConnectionReport, NeonReport, RoleReport, SettingReport, Unbound, VerifyReport, verify,
};
