//! Failed logins, counted in memory.

use std::time::Duration;

use atalaya_application::ports::security::LoginGuard;
use atalaya_domain::login::{FailureWindow, LockoutPolicy};
use chrono::{DateTime, Utc};
use moka::ops::compute::Op;
use moka::sync::Cache;

use super::secrets::sha256;

/// Counts failures per username in a sliding window. Names are digested, so an unknown or endless one costs as little
/// memory as a known one.
pub struct WindowLoginGuard {
    policy: LockoutPolicy,
    windows: Cache<[u8; 32], FailureWindow>,
}

impl WindowLoginGuard {
    /// The most usernames counted. Every failure costs a password hash first, so no attacker fills it within the
    /// minutes that a count is kept.
    const CAPACITY: u64 = 100_000;

    /// Locks by `policy`.
    #[must_use]
    pub fn new(policy: LockoutPolicy) -> Self {
        let kept = (LockoutPolicy::WINDOW + policy.duration).to_std().unwrap_or(Duration::ZERO);
        Self { policy, windows: Cache::builder().max_capacity(Self::CAPACITY).time_to_live(kept).build() }
    }
}

impl LoginGuard for WindowLoginGuard {
    fn locked_for(&self, username_key: &str, now: DateTime<Utc>) -> Option<Duration> {
        let left = self.windows.get(&sha256(username_key.as_bytes()))?.locked_for(now)?;
        left.to_std().ok()
    }

    fn record_failure(&self, username_key: &str, now: DateTime<Utc>) {
        // Computed under the entry's lock: no two failures at once count as one.
        self.windows.entry(sha256(username_key.as_bytes())).and_compute_with(|known| {
            let mut window = known.map(moka::Entry::into_value).unwrap_or_default();
            window.fail(now, &self.policy);
            Op::Put(window)
        });
    }

    fn record_success(&self, username_key: &str) {
        self.windows.invalidate(&sha256(username_key.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn guard() -> WindowLoginGuard {
        WindowLoginGuard::new(LockoutPolicy { threshold: 5, duration: TimeDelta::minutes(15) })
    }

    #[test]
    fn the_fifth_failure_locks_that_name_alone_and_the_lock_ends_by_itself() {
        let guard = guard();
        for _ in 0..4 {
            guard.record_failure("ana", START);
        }
        assert_eq!(guard.locked_for("ana", START), None);
        guard.record_failure("ana", START);
        assert_eq!(guard.locked_for("ana", START), Some(Duration::from_mins(15)));
        assert_eq!(guard.locked_for("ben", START), None);
        assert_eq!(guard.locked_for("ana", START + TimeDelta::minutes(15)), None);
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let guard = guard();
        for _ in 0..4 {
            guard.record_failure("ana", START);
        }
        guard.record_success("ana");
        guard.record_failure("ana", START);
        assert_eq!(guard.locked_for("ana", START), None);
    }

    #[test]
    fn failures_at_the_same_moment_all_count() {
        let guard = guard();
        std::thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| guard.record_failure("ana", START));
            }
        });
        assert!(guard.locked_for("ana", START).is_some());
    }
}
