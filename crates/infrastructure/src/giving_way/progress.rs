//! How work at the lowest priority gets on.

use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use crate::priority::take_lowest;

/// Before that nothing is taken for starved: it may only have waited behind something short.
const GRACE: Duration = Duration::from_millis(200);
/// Work is starved that has had less than this part of a processor since it began.
const SHARE: u32 = 4;

/// Whether work is starved that began `waited` ago and has had a processor for `had`.
pub(super) fn is_starved(waited: Duration, had: Duration) -> bool {
    waited >= GRACE && had < waited / SHARE
}

/// The thread that does the work, once it has begun.
#[derive(Debug, Default)]
pub(super) struct Progress(AtomicI32);

impl Progress {
    /// The thread runs at normal priority, because the machine gives it no other.
    const AT_NORMAL_PRIORITY: i32 = -1;

    /// Notes the calling thread, and gives it the policy `SCHED_IDLE`. Where that fails the work is as right and only
    /// less polite.
    pub(super) fn begin_at_lowest_priority(&self) {
        // Before the priority falls: whoever looks on must not wait for this thread to run again.
        #[cfg(target_os = "linux")]
        self.0.store(rustix::thread::gettid().as_raw_nonzero().get(), Ordering::Release);
        if !take_lowest() {
            self.0.store(Self::AT_NORMAL_PRIORITY, Ordering::Release);
        }
    }

    /// How long the thread has had a processor; nothing where it has not begun, or where that is not told. `None` where
    /// it runs at normal priority, as every other would.
    pub(super) fn processor_time(&self) -> Option<Duration> {
        match self.0.load(Ordering::Acquire) {
            Self::AT_NORMAL_PRIORITY => None,
            thread => Some(read_processor_time(thread).unwrap_or_default()),
        }
    }
}

/// The first number of `schedstat` (proc(5)): nanoseconds on a processor.
fn read_processor_time(thread: i32) -> Option<Duration> {
    let told = std::fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starved_is_what_had_less_than_a_quarter_of_a_processor_for_a_while() {
        let is_starved = |waited, had| is_starved(Duration::from_millis(waited), Duration::from_millis(had));
        assert!(!is_starved(199, 0), "it may only have waited behind something short");
        assert!(is_starved(200, 0));
        assert!(is_starved(200, 49));
        assert!(!is_starved(200, 50));
        assert!(!is_starved(10_000, 2_500), "slow is not starved");
        assert!(is_starved(10_000, 2_499));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_processor_time_of_a_thread_grows_while_it_runs() {
        let progress = Progress::default();
        assert_eq!(progress.processor_time(), Some(Duration::ZERO), "it has not begun");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                progress.begin_at_lowest_priority();
                let begun = progress.processor_time();
                // However busy the machine is, this thread runs now and then.
                while progress.processor_time() == begun {
                    std::hint::spin_loop();
                }
                assert!(progress.processor_time() > begun);
            });
        });
        progress.0.store(Progress::AT_NORMAL_PRIORITY, Ordering::Release);
        assert_eq!(progress.processor_time(), None);
    }
}
