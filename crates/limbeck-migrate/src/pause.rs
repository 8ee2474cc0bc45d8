//! Pauses between two tries: growing, with full jitter, so that many who wait for the same do not come back together.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// The pauses between tries, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Pauses {
    /// The longest that the next one may be.
    ceiling: Duration,
    longest: Duration,
}

impl Pauses {
    /// Pauses of up to `first`, then of up to twice as much each time, and of `longest` at most.
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            ceiling: first.min(longest),
            longest,
        }
    }
}

impl Iterator for Pauses {
    type Item = Duration;

    /// The next pause; there is always one.
    fn next(&mut self) -> Option<Duration> {
        let pause = self.ceiling.mul_f64(fraction());
        self.ceiling = (self.ceiling * 2).min(self.longest);
        Some(pause)
    }
}

/// A number from 0 to 1, another one at each call. The standard library draws the keys of its hash tables at random,
/// which is as much as a pause needs.
fn fraction() -> f64 {
    let drawn = RandomState::new().hash_one(0_u8) >> 32;
    u32::try_from(drawn).map_or(1.0, |drawn| f64::from(drawn) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_grow_and_differ() {
        let (first, longest) = (Duration::from_millis(200), Duration::from_secs(1));
        let runs: Vec<Vec<Duration>> = (0..50)
            .map(|_| Pauses::new(first, longest).take(6).collect())
            .collect();
        for (index, ceiling) in [200, 400, 800, 1000, 1000, 1000].into_iter().enumerate() {
            let pauses = runs.iter().map(|run| run[index]);
            assert!(
                pauses
                    .clone()
                    .all(|pause| pause <= Duration::from_millis(ceiling)),
                "{index}"
            );
            // Fifty equal ones, or fifty in the lower half, would be no jitter.
            assert!(
                pauses
                    .clone()
                    .any(|pause| pause > Duration::from_millis(ceiling / 2)),
                "{index}"
            );
            assert!(
                pauses
                    .clone()
                    .any(|pause| pause < Duration::from_millis(ceiling / 2)),
                "{index}"
            );
        }
    }
}
