//! The bell that wakes this process' workers when it stores a job. Other processes find the job when they look again.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Rung for every job that this process stores.
#[derive(Debug, Default)]
pub struct JobBell {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl JobBell {
    /// Wakes whoever waits.
    pub fn ring(&self) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        *rung = rung.wrapping_add(1);
        self.heard.notify_all();
    }

    /// How often it was rung: to be asked before looking for a job, so that no ring is missed while looking.
    #[must_use]
    pub fn rings(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it was rung more often than `before`, at most for `patience`.
    pub fn wait(&self, before: u64, patience: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.heard.wait_timeout_while(rung, patience, |rung| *rung == before);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_while_somebody_looks_is_not_missed() {
        let bell = JobBell::default();
        let before = bell.rings();
        bell.ring();
        bell.wait(before, Duration::from_hours(1));
    }

    #[test]
    fn whoever_waits_is_woken() {
        let bell = &JobBell::default();
        std::thread::scope(|scope| {
            let before = bell.rings();
            let waiting = scope.spawn(move || bell.wait(before, Duration::from_hours(1)));
            bell.ring();
            waiting.join().unwrap();
        });
    }
}
