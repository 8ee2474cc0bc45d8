//! Connecting to a server that sleeps, starts or restarts.

use std::time::{Duration, Instant};

use super::error::ConnectError;
use crate::backoff::Backoff;
use crate::session::{Session, SessionOptions};
use crate::settings::Settings;

/// The first and the longest bound of the pauses between two attempts.
const PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// For how long a server is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long it is tried in all. Zero tries once.
    pub limit: Duration,
    /// Whether the server was reached before, by these settings. Then a name that does not resolve any more, a network
    /// that is gone, and a server without a free connection are waited for as well.
    pub was_reached: bool,
}

impl Patience {
    /// Long enough for a server that restarts, a standby that takes over, and a suspended compute that wakes.
    pub const DEFAULT_LIMIT: Duration = Duration::from_secs(30);

    /// For a server that is reached for the first time.
    #[must_use]
    pub fn first(limit: Duration) -> Self {
        Self {
            limit,
            was_reached: false,
        }
    }

    /// For a server to which the connection was lost.
    #[must_use]
    pub fn again(limit: Duration) -> Self {
        Self {
            limit,
            was_reached: true,
        }
    }

    fn covers(self, error: &ConnectError) -> bool {
        error.is_transient() || self.was_reached && error.may_pass_where_reached_before()
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self::first(Self::DEFAULT_LIMIT)
    }
}

/// [`connect`](super::connect), tried again for a while where the reason may pass. `told` hears why, at
/// once, and again for another reason. To stop it, drop it.
///
/// # Errors
///
/// As for [`connect`](super::connect): at once what does not pass, and else, once the time is over, what came last.
pub async fn connect_patiently(
    settings: &Settings,
    options: &SessionOptions,
    patience: Patience,
    told: &(dyn Fn(&ConnectError) + Send + Sync),
) -> Result<Session, ConnectError> {
    let began = Instant::now();
    let mut backoff = Backoff::new(PAUSE.0, PAUSE.1);
    let mut known = None;
    loop {
        let error = match super::connect(settings, options).await {
            Ok(session) => return Ok(session),
            Err(error) => error,
        };
        let remaining = patience.limit.saturating_sub(began.elapsed());
        if remaining.is_zero() || !patience.covers(&error) {
            return Err(error);
        }
        if known.as_ref() != Some(&error) {
            told(&error);
            known = Some(error);
        }
        tokio::time::sleep(backoff.pause().min(remaining)).await;
    }
}
