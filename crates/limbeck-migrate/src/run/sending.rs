//! Sending a message, and what its failure means for the run.

use limbeck_history::{Step, StepSide};
use limbeck_postgres::{DatabaseError, MessageError};
use limbeck_sql::statements;

use super::observing::Observed;
use super::stop::Stop;
use super::{Commits, Context, Leased, before};
use crate::error::{ErrorKind, Interruption};
use crate::failure;
use crate::interrupt::Interrupt;
use crate::message::Message;
use crate::route::Leg;
use crate::session::{Sent, send};
use crate::step_message::lock_timeout;

impl Leased<'_> {
    /// Sends a message that holds a step's text.
    pub(super) async fn user(
        &self,
        leg: &Leg,
        step: &Step,
        side: &StepSide,
        message: &Message,
    ) -> Result<(), Stop> {
        let Context {
            session,
            interrupt,
            events,
            ..
        } = self.context;
        let lock_timeout = if side.options.transaction {
            Some(lock_timeout(
                self.context.options,
                side,
                self.commits == Commits::EachStep,
            ))
        } else {
            side.options.lock_timeout
        };
        // Each on the heap: one inside the other they would take more of the stack than a thread may have.
        let sending = Box::pin(send(session, message.sql(), interrupt, *events));
        let observed = Observed::new(leg, step, running(side, message));
        match Box::pin(self.observed(&observed, lock_timeout, sending)).await {
            Sent::Done => Ok(()),
            Sent::Interrupted => Err(Stop::failed(ErrorKind::Interrupted(Interruption::In {
                revision: leg.revision.id.clone(),
                step: step.name.clone(),
                transaction: side.options.transaction,
            }))),
            Sent::Failed(error) => Err(Stop::failed(failure::of_step(
                &leg.revision,
                step,
                side,
                leg.direction,
                message,
                error,
            ))),
        }
    }

    /// Sends a message of Limbeck's own.
    pub(super) async fn own(
        &self,
        leg: &Leg,
        step: Option<&Step>,
        message: &Message,
        doing: &str,
    ) -> Result<(), Stop> {
        Box::pin(self.own_unless(self.context.interrupt, leg, step, message, doing)).await
    }

    /// Sends what records a step outside a transaction: it is done, so that no interruption may come in between.
    pub(super) async fn record(&self, leg: &Leg, step: &Step, message: &Message) -> Result<(), Stop> {
        let interrupt = Interrupt::new();
        Box::pin(self.own_unless(&interrupt, leg, Some(step), message, "recording a step")).await
    }

    async fn own_unless(
        &self,
        interrupt: &Interrupt,
        leg: &Leg,
        step: Option<&Step>,
        message: &Message,
        doing: &str,
    ) -> Result<(), Stop> {
        let Context { session, events, .. } = self.context;
        match send(session, message.sql(), interrupt, *events).await {
            Sent::Done => Ok(()),
            Sent::Interrupted => Err(Stop::failed(ErrorKind::Interrupted(match step {
                Some(step) => Interruption::In {
                    revision: leg.revision.id.clone(),
                    step: step.name.clone(),
                    transaction: false,
                },
                None => before(leg, None),
            }))),
            Sent::Failed(MessageError { error, .. }) if error.is(crate::journal::sqlstate::LEASE_LOST) => {
                Err(Stop::failed(ErrorKind::LeaseLost))
            }
            Sent::Failed(MessageError {
                error,
                finished_commands,
            }) if message.is_in_hook(error.position(), finished_commands) => {
                Err(Stop::failed(ErrorKind::Hook {
                    revision: leg.revision.id.clone(),
                    step: step.map(|step| step.name.clone()),
                    message: error.message().to_owned(),
                    error: Some(error),
                    is_step_kept: false,
                }))
            }
            Sent::Failed(MessageError { error, .. }) => Err(database(doing, error)),
        }
    }
}

/// The text of a step that a message holds. Outside a transaction, what is sent by itself may be another one, which mends
/// what an earlier attempt has left.
fn running<'m>(side: &'m StepSide, message: &'m Message) -> &'m str {
    if !side.options.transaction && statements(message.sql()).len() == 1 {
        message.sql()
    } else {
        &side.sql
    }
}

pub(super) fn database(doing: &str, error: DatabaseError) -> Stop {
    Stop::failed(ErrorKind::Database {
        doing: doing.to_owned(),
        error,
    })
}
