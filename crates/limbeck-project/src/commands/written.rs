//! Files that were written, to be taken back when the rest fails.

use std::path::{Path, PathBuf};

use crate::revision_file::write;
use crate::{Error, Events, Project};

/// Files that were written, to be taken back when the rest fails.
#[derive(Default)]
pub(super) struct Written(Vec<PathBuf>);

impl Written {
    /// Writes a new file, and the folder that it lies in where that is missing.
    pub(super) fn write(
        &mut self,
        project: &Project,
        path: &Path,
        text: &str,
        events: Events<'_>,
    ) -> Result<(), Error> {
        write(project, path, text, events)?;
        self.0.push(path.to_owned());
        Ok(())
    }

    /// Removes what was written.
    pub(super) fn take_back(&self) {
        for path in &self.0 {
            if let Err(error) = std::fs::remove_file(path) {
                tracing::debug!(%error, "a written file could not be taken back");
            }
        }
    }
}
