//! What `upgrade` and `downgrade` share: showing what was run.

use std::sync::atomic::Ordering;

use limbeck_project::RunReport;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, unreported};

/// Shows the outcome of a run. What it did was shown while it did it.
pub(crate) fn show(context: &Context, report: &RunReport, nothing: &str) -> Result<(), CommandError> {
    let output = &context.output;
    output.finish();
    if !report.is_empty() {
        context.committed.store(true, Ordering::Relaxed);
    }
    if output.is_json() {
        let shown = output.json(report);
        if !report.is_empty() {
            return shown.map_err(unreported);
        }
        shown?;
    } else if report.is_empty() {
        output.say(nothing);
    }
    Ok(())
}

/// Shows a run as a script.
pub(crate) fn show_script(context: &Context, script: &str) -> Result<(), CommandError> {
    let output = &context.output;
    output.finish();
    if output.is_json() {
        output.json(&json!({ "sql": script }))?;
    } else {
        output.verbatim(script)?;
    }
    Ok(())
}
