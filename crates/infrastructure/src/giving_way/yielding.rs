//! Work that offers the processor to others now and then, as long as it gets on nevertheless.
//!
//! A thread that runs keeps the processor for its slice of some milliseconds whatever its niceness, though a request
//! wakes meanwhile (Linux from 6.6 on). Where it yields (`sched_yield(2)`) before, the request waits for less. Where
//! other programs use all of the processor, each yield may cost many slices, so a yield is left out as long as they
//! have taken more than a part of the time.

use std::thread;
use std::time::{Duration, Instant};

/// Yields may have taken up to so many times as long as the rest: work lasts four times as long as without, at most.
const MOST_WAITED: u32 = 3;

/// How long a thread has worked, by the clock, and how long it has waited for others in its yields.
#[derive(Debug)]
pub(crate) struct Yielding {
    worked: Duration,
    waited: Duration,
    resumed: Instant,
}

impl Default for Yielding {
    fn default() -> Self {
        Self { worked: Duration::ZERO, waited: Duration::ZERO, resumed: Instant::now() }
    }
}

impl Yielding {
    /// Lets others go first, unless they have had their part.
    pub(crate) fn pause(&mut self) {
        let paused = Instant::now();
        self.worked += paused - self.resumed;
        self.resumed = paused;
        if self.gets_on() {
            thread::yield_now();
            self.resumed = Instant::now();
            self.waited += self.resumed - paused;
        }
    }

    fn gets_on(&self) -> bool {
        self.waited <= self.worked * MOST_WAITED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yielding(worked: u64, waited: u64) -> Yielding {
        let (worked, waited) = (Duration::from_millis(worked), Duration::from_millis(waited));
        Yielding { worked, waited, ..Yielding::default() }
    }

    #[test]
    fn who_has_waited_longer_than_its_part_works_on() {
        assert!(yielding(0, 0).gets_on());
        assert!(yielding(10, 30).gets_on());
        assert!(!yielding(10, 31).gets_on());
    }

    #[test]
    fn a_pause_counts_what_was_worked_before_it() {
        let mut starved = yielding(10, 60_000);
        starved.pause();
        assert_eq!(starved.waited, Duration::from_mins(1), "it was left out");
        assert!(starved.worked > Duration::from_millis(10));
    }
}
