//! Pauses between attempts.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

/// Pauses between attempts, with full jitter: each is anything between nothing and a bound, and the bound doubles from
/// attempt to attempt up to a longest one. So those who failed together do not come back together.
#[derive(Debug, Clone)]
pub struct Backoff {
    bound: Duration,
    longest: Duration,
}

impl Backoff {
    /// Pauses that begin below `first` and are never longer than `longest`.
    #[must_use]
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self {
            bound: first.min(longest),
            longest,
        }
    }

    /// The next pause.
    pub fn pause(&mut self) -> Duration {
        let pause = self.bound.mul_f64(share());
        self.bound = self.bound.saturating_mul(2).min(self.longest);
        pause
    }
}

/// A random number between 0 and 1. Nothing secret depends on it, so the keys of the standard library's hash maps will
/// do.
fn share() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    let high = u32::try_from(random >> 32).unwrap_or_default();
    f64::from(high) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_double_up_to_the_longest() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(300));
        for bound in [100, 200, 300, 300] {
            assert_eq!(backoff.bound, Duration::from_millis(bound));
            assert!(backoff.pause() <= Duration::from_millis(bound));
        }
    }

    #[test]
    fn pauses_differ() {
        let pauses: std::collections::BTreeSet<Duration> = (0..20)
            .map(|_| Backoff::new(Duration::from_secs(1), Duration::from_secs(1)).pause())
            .collect();
        assert!(pauses.len() > 10, "{pauses:?}");
    }
}
