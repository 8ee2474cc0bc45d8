//! When it was last certain that the lease is ours.

use std::time::{Duration, Instant, SystemTime};

/// A moment at which the lease was ours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign {
    at: Instant,
    on: SystemTime,
}

impl Sign {
    /// Taken before the message is sent whose answer is the sign: the lease was ours when it was looked at, and that is
    /// later.
    pub(super) fn now() -> Self {
        Self {
            at: Instant::now(),
            on: SystemTime::now(),
        }
    }

    /// Whether this much time may have gone by since. The monotonic clock stands still while a machine sleeps, the other
    /// one may be set, so the longer time counts, and one that runs backwards counts as long.
    pub(super) fn is_older_than(&self, age: Duration) -> bool {
        self.at.elapsed() > age || self.on.elapsed().map_or(true, |elapsed| elapsed > age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_clock_tells_that_time_went_by() {
        let now = Sign::now();
        let hour = Duration::from_secs(3600);
        assert!(!now.is_older_than(hour));
        let slept = Sign {
            on: now.on - 2 * hour,
            ..now
        };
        assert!(slept.is_older_than(hour));
        let set_back = Sign {
            on: now.on + 2 * hour,
            ..now
        };
        assert!(set_back.is_older_than(hour));
        assert!(now.is_older_than(Duration::ZERO));
    }
}
