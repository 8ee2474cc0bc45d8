//! The `limbeck` program.
//!
//! It reads the environment and its arguments, calls `limbeck-project`, shows what comes back and leaves with
//! a documented exit code. How anything is done is not known here.

mod arguments;
mod bug;
mod commands;
mod consult;
mod context;
mod environment;
mod error;
mod exit;
mod host;
mod interrupt;
mod logging;
mod output;
mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    bug::install_hook();
    program::run().into()
}
