//! The wake-up signal for the reader of the change log, and its polling interval.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::sync::locked;

/// Wakes whoever waits for other processes' changes. It carries no message: the change log is where they are read.
#[derive(Debug, Default)]
pub struct WakeSignal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How often it woke somebody.
    count: u64,
    /// Whether other processes' calls are known to arrive.
    reliable: bool,
}

impl WakeSignal {
    /// How often changes are looked for where nobody calls.
    pub const ALONE: Duration = Duration::from_millis(250);
    /// How often while calls are known to arrive. One may still be lost, so this is the longest that a change waits.
    pub const CALLED: Duration = Duration::from_secs(1);

    /// Wakes everybody who waits.
    pub fn wake(&self) {
        self.change(|_| ());
    }

    /// Tells whether calls arrive. Whoever waited on the word that they do looks at once when they no longer do.
    pub fn set_reliable(&self, reliable: bool) {
        self.change(|state| state.reliable = reliable);
    }

    /// How long a waiting reader waits at most.
    #[must_use]
    pub fn poll_interval(&self) -> Duration {
        locked(&self.state).poll_interval()
    }

    /// Waits until somebody was woken since `count`, or the interval ends. Gives the present count, for the next time.
    #[must_use]
    pub fn wait(&self, count: u64) -> u64 {
        self.wait_or_give_up(count).0
    }

    /// [`Self::wait`], and whether the interval ended it.
    fn wait_or_give_up(&self, count: u64) -> (u64, bool) {
        let state = locked(&self.state);
        let interval = state.poll_interval();
        let waited = self.changed.wait_timeout_while(state, interval, |state| state.count == count);
        let (state, ended) = waited.unwrap_or_else(PoisonError::into_inner);
        (state.count, ended.timed_out())
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = locked(&self.state);
        change(&mut state);
        state.count = state.count.wrapping_add(1);
        self.changed.notify_all();
    }
}

impl State {
    fn poll_interval(&self) -> Duration {
        if self.reliable { WakeSignal::CALLED } else { WakeSignal::ALONE }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_call_that_came_before_the_wait_is_not_missed() {
        let signal = WakeSignal::default();
        signal.set_reliable(true);
        let count = signal.wait(0);
        signal.wake();
        assert_eq!(signal.wait_or_give_up(count), (count + 1, false));
    }

    #[test]
    fn whoever_waits_looks_at_once_when_calls_no_longer_arrive() {
        let signal = WakeSignal::default();
        signal.set_reliable(true);
        let count = signal.wait(0);
        signal.set_reliable(false);
        assert_eq!(signal.wait_or_give_up(count), (count + 1, false));
        assert_eq!(signal.poll_interval(), WakeSignal::ALONE);
    }

    #[test]
    fn without_a_call_the_wait_ends_with_the_interval() {
        let signal = WakeSignal::default();
        let began = Instant::now();
        assert_eq!(signal.wait(0), 0);
        assert!(began.elapsed() >= WakeSignal::ALONE);
    }
}
