//! When too many wrong passwords lock a username for a while.

use chrono::{DateTime, Duration, Utc};

/// How many failures lock, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockoutPolicy {
    /// Failures within [`Self::WINDOW`] that lock.
    pub threshold: usize,
    /// How long the lock lasts.
    pub duration: Duration,
}

impl LockoutPolicy {
    /// Failures older than this no longer count.
    pub const WINDOW: Duration = Duration::minutes(1);
}

/// The recent failures of one username: a sliding window, the lock that it may have set, and the attempts whose password is
/// being compared at this moment. Those count as failures until they are known not to be: otherwise any number of guesses
/// at once would pass before the first of them is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FailureWindow {
    failures: Vec<DateTime<Utc>>,
    locked_until: Option<DateTime<Utc>>,
    begun: usize,
}

impl FailureWindow {
    /// How long the lock still lasts at `now`; `None` when there is none.
    #[must_use]
    pub fn locked_for(&self, now: DateTime<Utc>) -> Option<Duration> {
        self.locked_until.map(|until| until - now).filter(|left| *left > Duration::zero())
    }

    /// Begins an attempt.
    ///
    /// # Errors
    /// How long to wait: until the lock ends, or a second where as many attempts go on as may fail.
    pub fn begin(&mut self, now: DateTime<Utc>, policy: &LockoutPolicy) -> Result<(), Duration> {
        if let Some(left) = self.locked_for(now) {
            return Err(left);
        }
        self.failures.retain(|at| now - *at < LockoutPolicy::WINDOW);
        if self.failures.len() + self.begun >= policy.threshold {
            return Err(Duration::seconds(1));
        }
        self.begun += 1;
        Ok(())
    }

    /// Ends an attempt of which nothing came: the password was not compared.
    pub fn abandon(&mut self) {
        self.begun = self.begun.saturating_sub(1);
    }

    /// Ends an attempt with the right password: earlier failures were the same person's slips.
    pub fn succeed(&mut self) {
        self.abandon();
        self.failures.clear();
        self.locked_until = None;
    }

    /// Ends an attempt with a wrong password. The one that reaches the threshold locks; the count starts anew after that.
    pub fn fail(&mut self, now: DateTime<Utc>, policy: &LockoutPolicy) {
        self.abandon();
        self.failures.retain(|at| now - *at < LockoutPolicy::WINDOW);
        self.failures.push(now);
        if self.failures.len() >= policy.threshold {
            self.locked_until = Some(now + policy.duration);
            self.failures.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: LockoutPolicy = LockoutPolicy { threshold: 5, duration: Duration::minutes(15) };

    #[test]
    fn five_failures_within_a_minute_lock_for_fifteen_minutes() {
        let start = DateTime::UNIX_EPOCH;
        let mut window = FailureWindow::default();
        for second in 0..5 {
            assert_eq!(window.locked_for(start + Duration::seconds(second)), None);
            window.fail(start + Duration::seconds(second), &POLICY);
        }
        assert!(window.locked_for(start + Duration::minutes(15)).is_some());
        assert_eq!(window.locked_for(start + Duration::seconds(4) + Duration::minutes(15)), None);
    }

    #[test]
    fn attempts_at_once_are_no_more_than_may_fail() {
        let now = DateTime::UNIX_EPOCH;
        let mut window = FailureWindow::default();
        let begun = (0..30).filter(|_| window.begin(now, &POLICY).is_ok()).count();
        assert_eq!(begun, POLICY.threshold);
        window.abandon();
        assert!(window.begin(now, &POLICY).is_ok());
        for _ in 0..POLICY.threshold {
            window.fail(now, &POLICY);
        }
        assert_eq!(window.begin(now, &POLICY), Err(POLICY.duration));
    }

    #[test]
    fn slow_failures_never_lock() {
        let mut window = FailureWindow::default();
        for minute in 0..100 {
            let now = DateTime::UNIX_EPOCH + Duration::seconds(minute * 16);
            window.fail(now, &POLICY);
            assert_eq!(window.locked_for(now), None);
        }
    }
}
