//! What the libraries log, on stderr, for those who ask: `-vv` or `LIMBECK_LOG`.

use std::io::{self, Write};

use limbeck_project::Diagnostic;
use tracing_subscriber::EnvFilter;

use crate::environment::LIMBECK_LOG;
use crate::error::{CommandError, usage};
use crate::output::mask_passwords;

/// Stderr, each entry of the log without the passwords in it.
struct Masked;

impl Write for Masked {
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(entry);
        io::stderr().write_all(mask_passwords(&text).as_bytes())?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Starts the log. `LIMBECK_LOG` goes before the count of `-v`.
pub(crate) fn start(verbose: u8, filter: Option<&str>, colours: bool) -> Result<(), CommandError> {
    let filter = match (filter.filter(|filter| !filter.is_empty()), verbose) {
        (Some(filter), _) => EnvFilter::try_new(filter).map_err(|error| {
            usage(
                Diagnostic::new(format!("`{LIMBECK_LOG}` is no filter"))
                    .note(error.to_string())
                    .hint(format!("`{LIMBECK_LOG}=limbeck=debug` shows what Limbeck does")),
            )
        })?,
        (None, 0 | 1) => return Ok(()),
        (None, 2) => EnvFilter::new("limbeck=debug"),
        (None, _) => EnvFilter::new("limbeck=trace,tokio_postgres=debug"),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Masked)
        .with_ansi(colours)
        .init();
    Ok(())
}
