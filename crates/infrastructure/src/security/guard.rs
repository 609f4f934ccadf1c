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

impl WindowLoginGuard {
    /// Changes a window under its entry's lock, so that nothing that happens at once is lost.
    fn change<T>(&self, username_key: &str, change: impl FnOnce(&mut FailureWindow) -> T) -> Option<T> {
        let mut changed = None;
        self.windows.entry(sha256(username_key.as_bytes())).and_compute_with(|known| {
            let mut window = known.map(moka::Entry::into_value).unwrap_or_default();
            changed = Some(change(&mut window));
            Op::Put(window)
        });
        changed
    }
}

impl LoginGuard for WindowLoginGuard {
    fn begin(&self, username_key: &str, now: DateTime<Utc>) -> Result<(), Duration> {
        let begun = self.change(username_key, |window| window.begin(now, &self.policy));
        match begun {
            Some(Err(left)) => Err(left.to_std().unwrap_or_default()),
            Some(Ok(())) | None => Ok(()),
        }
    }

    fn fail(&self, username_key: &str, now: DateTime<Utc>) {
        self.change(username_key, |window| window.fail(now, &self.policy));
    }

    fn succeed(&self, username_key: &str) {
        self.change(username_key, FailureWindow::succeed);
    }

    fn abandon(&self, username_key: &str) {
        self.change(username_key, FailureWindow::abandon);
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
            guard.fail("ana", START);
        }
        assert_eq!(guard.begin("ana", START), Ok(()));
        guard.fail("ana", START);
        assert_eq!(guard.begin("ana", START), Err(Duration::from_mins(15)));
        assert_eq!(guard.begin("ben", START), Ok(()));
        assert_eq!(guard.begin("ana", START + TimeDelta::minutes(15)), Ok(()));
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let guard = guard();
        for _ in 0..4 {
            guard.fail("ana", START);
        }
        guard.succeed("ana");
        guard.fail("ana", START);
        assert_eq!(guard.begin("ana", START), Ok(()));
    }

    #[test]
    fn failures_at_the_same_moment_all_count() {
        let guard = guard();
        std::thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| guard.fail("ana", START));
            }
        });
        assert!(guard.begin("ana", START).is_err());
    }
}
