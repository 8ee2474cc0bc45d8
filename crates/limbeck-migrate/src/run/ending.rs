//! How a run ends: the lease is given back, and a failure noted.

use std::time::Duration;

use super::stop::Stop;
use super::{Commits, Leased};
use crate::error::{ErrorKind, MigrateError};
use crate::journal::EventRow;
use crate::lease;
use crate::report::Committed;
use crate::route::Leg;

/// A step may have left a session whose transactions only read.
const WRITABLE: &str = "SET TRANSACTION READ WRITE";

impl Leased<'_> {
    /// Gives the lease back.
    pub(crate) async fn end(mut self) -> Result<(Vec<Committed>, Duration), MigrateError> {
        self.tell_failed_heartbeats();
        let sql = match self.commits {
            // The advisory lock is the transaction's.
            Commits::Caller => lease::give_back(&self.context.tables, &format!("token = {}", self.token)),
            Commits::EachStep | Commits::Run => {
                let release = lease::release(&self.context.session, &self.context.tables, self.token);
                format!("{WRITABLE};\n{release}")
            }
        };
        let result = self.context.session.execute(&sql).await;
        match result {
            Ok(()) => Ok((self.committed, self.waited)),
            Err(error) => {
                let kind = ErrorKind::Database {
                    doing: "giving the lease back".to_owned(),
                    error,
                };
                Err(MigrateError::from(kind).with_committed(self.committed))
            }
        }
    }

    /// Rolls back and gives the lease back, after an error that is the one to tell, whatever becomes of this.
    pub(crate) async fn give_up(self) {
        let _ = self.context.session.execute("ROLLBACK").await;
        let _ = self.end().await;
    }

    /// Rolls back, notes the failure, and gives the lease back, as far as the connection allows.
    pub(super) async fn abandon(mut self, leg: Option<&Leg>, stop: Stop) -> MigrateError {
        self.tell_failed_heartbeats();
        if self.commits == Commits::Caller {
            // Whoever began the transaction undoes it, and the lease with it.
            let (Stop::Failed(kind) | Stop::Before(kind)) = stop;
            return MigrateError::from(*kind).of_one_transaction();
        }
        let session = &self.context.session;
        let release = lease::release(session, &self.context.tables, self.token);
        let release = format!("{WRITABLE};\n{release}");
        let kind = match stop {
            Stop::Failed(kind) => {
                let event = self.failure_event(leg, &kind);
                let noted = format!("ROLLBACK;\n{WRITABLE};\n{event};\n{release}");
                if session.execute(&noted).await.is_err() {
                    // The event cannot be written, or a late cancel request hit it: the lease matters more.
                    let _ = session.execute("ROLLBACK").await;
                    let _ = session.execute(&release).await;
                }
                kind
            }
            Stop::Before(kind) => {
                if self.commits == Commits::Run {
                    let _ = session.execute("ROLLBACK").await;
                }
                // Without the connection, the next runner sees that this one is gone.
                let _ = session.execute(&release).await;
                kind
            }
        };
        // ROLLBACK warns where the step had ended the transaction itself; that was told already.
        drop(session.take_notices());
        let error = MigrateError::from(*kind);
        match self.commits {
            Commits::EachStep => error.with_committed(self.committed),
            Commits::Run | Commits::Caller => error.of_one_transaction(),
        }
    }

    fn failure_event(&self, leg: Option<&Leg>, kind: &ErrorKind) -> String {
        let step = match kind {
            ErrorKind::Step { step, .. }
            | ErrorKind::Require { step, .. }
            | ErrorKind::TransactionEnded { step, .. } => {
                let steps = leg.map(|leg| leg.steps.as_slice()).unwrap_or_default();
                steps.iter().find(|candidate| candidate.name == *step)
            }
            _ => None,
        };
        let sqlstate = match kind {
            ErrorKind::Step { error, .. } | ErrorKind::Database { error, .. } => error.sqlstate(),
            _ => None,
        };
        self.journal().event(&EventRow {
            kind: if step.is_some() { "step" } else { "revision" },
            revision: leg.map(|leg| leg.revision.id.as_str()),
            step: step.map(|step| step.number),
            direction: leg.map(|leg| leg.direction),
            outcome: if matches!(kind, ErrorKind::Interrupted(_)) {
                "interrupted"
            } else {
                "failed"
            },
            sqlstate,
            detail: Some(serde_json::json!({ "message": kind.to_string() })),
            ..EventRow::default()
        })
    }
}
