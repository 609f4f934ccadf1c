//! Whether what this process remembers may be believed: only while it hears of other processes' changes.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

type MonotonicTime = Box<dyn Fn() -> Duration + Send + Sync>;

/// When the changes of other processes were last known in full, shared by the feed that reads them and the memories
/// that they void.
///
/// A process that can no longer read them (the database away, the thread stuck) cannot know which sessions ended
/// elsewhere. After [`Self::LIMIT`] it believes nothing that it remembers and asks the database instead; where that
/// fails too, there is no access.
pub struct Freshness {
    time: MonotonicTime,
    /// Milliseconds of `time`, plus one; zero until a watch begins.
    confirmed: AtomicU64,
}

impl Freshness {
    /// How long what is remembered is believed without a word from the feed.
    pub const LIMIT: Duration = Duration::from_secs(5);

    /// By the machine's monotonic clock: setting the time of day changes nothing.
    #[must_use]
    pub fn monotonic() -> Self {
        let start = Instant::now();
        Self::by(move || start.elapsed())
    }

    /// By a time that never goes back.
    #[must_use]
    pub fn by(time: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { time: Box::new(time), confirmed: AtomicU64::new(0) }
    }

    /// The time, to be taken before changes are read: they are known up to then at least.
    #[must_use]
    pub fn now(&self) -> Duration {
        (self.time)()
    }

    /// Every change up to `asked_at` was told. From the first time on, silence counts.
    pub fn confirm(&self, asked_at: Duration) {
        self.confirmed.fetch_max(millis(asked_at) + 1, Ordering::SeqCst);
    }

    /// Whether what is remembered may be believed. Before a watch begins nobody else is listened to, and it may: tests
    /// and the command line are alone with their memory.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self.confirmed.load(Ordering::SeqCst).checked_sub(1) {
            Some(confirmed) => millis(self.now()).saturating_sub(confirmed) < millis(Self::LIMIT),
            None => true,
        }
    }
}

/// Half a billion years fit.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX - 1)
}

impl fmt::Debug for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Freshness").field("holds", &self.holds()).finish_non_exhaustive()
    }
}

/// A time that a test sets, in milliseconds, and the freshness by it.
#[cfg(test)]
pub(crate) fn settable() -> (std::sync::Arc<AtomicU64>, std::sync::Arc<Freshness>) {
    let millis = std::sync::Arc::new(AtomicU64::new(0));
    let time = std::sync::Arc::clone(&millis);
    (millis, std::sync::Arc::new(Freshness::by(move || Duration::from_millis(time.load(Ordering::SeqCst)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_stale_before_a_watch_begins() {
        let (time, freshness) = settable();
        time.store(3_600_000, Ordering::SeqCst);
        assert!(freshness.holds());
    }

    #[test]
    fn silence_of_five_seconds_makes_everything_stale_until_the_next_word() {
        let (time, freshness) = settable();
        freshness.confirm(freshness.now());
        for (at, holds) in [(0, true), (4_999, true), (5_000, false), (60_000, false)] {
            time.store(at, Ordering::SeqCst);
            assert_eq!(freshness.holds(), holds, "after {at} ms");
        }
        freshness.confirm(freshness.now());
        assert!(freshness.holds());
    }

    #[test]
    fn a_slow_answer_confirms_only_what_was_true_when_it_was_asked_for() {
        let (time, freshness) = settable();
        let asked_at = freshness.now();
        time.store(6_000, Ordering::SeqCst);
        freshness.confirm(asked_at);
        assert!(!freshness.holds());
        freshness.confirm(Duration::from_secs(4));
        freshness.confirm(asked_at);
        assert!(freshness.holds(), "an older word took back a newer one");
    }
}
