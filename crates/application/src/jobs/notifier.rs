//! Wakes this process' workers when it stores a job. Other processes find the job when they look again.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Counts the jobs that this process stores, and wakes whoever waits for one.
#[derive(Debug, Default)]
pub struct JobNotifier {
    count: Mutex<u64>,
    moved: Condvar,
}

impl JobNotifier {
    /// Wakes whoever waits.
    pub fn notify(&self) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count = count.wrapping_add(1);
        self.moved.notify_all();
    }

    /// How often it has notified: to be asked before looking for a job, so that none is missed while looking.
    #[must_use]
    pub fn notices(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has notified more often than `before`, at most for `patience`.
    pub fn wait(&self, before: u64, patience: Duration) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.moved.wait_timeout_while(count, patience, |count| *count == before);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_while_somebody_looks_is_not_missed() {
        let notifier = JobNotifier::default();
        let before = notifier.notices();
        notifier.notify();
        notifier.wait(before, Duration::from_hours(1));
    }

    #[test]
    fn whoever_waits_is_woken() {
        let notifier = &JobNotifier::default();
        std::thread::scope(|scope| {
            let before = notifier.notices();
            let waiting = scope.spawn(move || notifier.wait(before, Duration::from_hours(1)));
            notifier.notify();
            waiting.join().unwrap();
        });
    }
}
