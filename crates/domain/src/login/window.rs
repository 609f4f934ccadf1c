//! The recent failures of one subject.

use chrono::{DateTime, Duration, Utc};

use super::LockoutPolicy;
use crate::horizon::Horizon;

/// The failures of one subject in a sliding window, and the lock that they may have set. Failures of one second are one
/// entry, so however many count, there are no more entries than seconds in a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FailureWindow {
    failures: Vec<(DateTime<Utc>, u32)>,
    locked_until: Option<DateTime<Utc>>,
}

impl FailureWindow {
    /// How long an attempt is refused while as many go on as may fail.
    const MOMENT: Duration = Duration::seconds(1);

    /// A window as it was kept: failures by the second, in their order, and the end of a lock.
    #[must_use]
    pub fn restore(failures: Vec<(DateTime<Utc>, u32)>, locked_until: Option<DateTime<Utc>>) -> Self {
        Self { failures, locked_until }
    }

    /// The failures by the second, in their order.
    #[must_use]
    pub fn failures(&self) -> &[(DateTime<Utc>, u32)] {
        &self.failures
    }

    /// When the lock ends, or ended.
    #[must_use]
    pub fn locked_until(&self) -> Option<DateTime<Utc>> {
        self.locked_until
    }

    /// From when on it says nothing that an empty one does not.
    #[must_use]
    pub fn over_at(&self) -> Option<DateTime<Utc>> {
        let newest = self.failures.iter().map(|(second, _)| *second).max();
        newest.map(|second| second + LockoutPolicy::WINDOW).max(self.locked_until)
    }

    /// The end of the lock that holds at `now`. One that `policy` cannot have set by then was set by a clock that ran
    /// ahead, and holds nobody.
    fn lock(&self, now: DateTime<Utc>, policy: &LockoutPolicy) -> Option<DateTime<Utc>> {
        self.locked_until.filter(|until| policy.lock_horizon(now).holds(*until))
    }

    /// Whether one more attempt may begin beside the `under_way` that are being compared at this moment. Those count as
    /// failures until they are known not to be: otherwise any number of guesses at once would pass before the first of
    /// them is counted.
    ///
    /// # Errors
    /// When to try again: at the end of the lock, or in a moment where as many attempts go on as may fail.
    pub fn admit(&self, now: DateTime<Utc>, policy: &LockoutPolicy, under_way: u32) -> Result<(), DateTime<Utc>> {
        if let Some(until) = self.lock(now, policy) {
            return Err(until);
        }
        if self.count(now).saturating_add(under_way) >= policy.threshold {
            return Err(now + Self::MOMENT);
        }
        Ok(())
    }

    /// Counts a failure. The one that reaches the threshold locks, which is `true`, and the count starts anew; what
    /// fails while the lock holds does not prolong it.
    pub fn fail(&mut self, now: DateTime<Utc>, policy: &LockoutPolicy) -> bool {
        if self.lock(now, policy).is_some() {
            return false;
        }
        self.failures.retain(|(second, _)| counts(*second, now));
        let second = next_second(now);
        match self.failures.last_mut() {
            Some((newest, count)) if *newest == second => *count = count.saturating_add(1),
            _ => self.failures.push((second, 1)),
        }
        let locks = self.count(now) >= policy.threshold;
        if locks {
            self.locked_until = Some(now + policy.duration);
            self.failures.clear();
        }
        locks
    }

    fn count(&self, now: DateTime<Utc>) -> u32 {
        let counted = self.failures.iter().filter(|(second, _)| counts(*second, now));
        counted.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }
}

fn counts(second: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    Horizon::new(now, LockoutPolicy::WINDOW).holds(second + LockoutPolicy::WINDOW)
}

/// The full second at or after `at`: a failure counts for the whole window, and up to a second longer.
fn next_second(at: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0);
    DateTime::from_timestamp_secs(seconds).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const POLICY: LockoutPolicy = LockoutPolicy { threshold: 5, duration: Duration::minutes(15) };

    fn locked(window: &FailureWindow, now: DateTime<Utc>) -> bool {
        window.admit(now, &POLICY, 0).is_err()
    }

    #[test]
    fn five_failures_within_a_minute_lock_for_fifteen_minutes() {
        let mut window = FailureWindow::default();
        let locks: Vec<bool> = (0..5).map(|second| window.fail(START + Duration::seconds(second), &POLICY)).collect();
        assert_eq!(locks, [false, false, false, false, true]);
        let end = START + Duration::seconds(4) + Duration::minutes(15);
        assert_eq!(window.admit(START + Duration::minutes(15), &POLICY, 0), Err(end));
        assert_eq!(window.admit(end, &POLICY, 0), Ok(()));
        assert_eq!(window.over_at(), Some(end));
    }

    #[test]
    fn what_a_clock_that_ran_ahead_noted_locks_nobody_and_does_not_count() {
        let ahead = START + Duration::days(30);
        let mut window = FailureWindow::default();
        assert!((0..5).any(|_| window.fail(ahead, &POLICY)));
        assert!(locked(&window, ahead));
        assert_eq!(window.admit(START, &POLICY, 0), Ok(()));
        let locks: Vec<bool> = (0..5).map(|_| window.fail(START, &POLICY)).collect();
        assert_eq!(locks, [false, false, false, false, true]);
        assert_eq!(window.locked_until(), Some(START + POLICY.duration));

        let mut window = FailureWindow::default();
        assert!((0..4).all(|_| !window.fail(ahead, &POLICY)));
        assert!(!window.fail(START, &POLICY), "failures of next month count");
        assert_eq!(window.failures(), [(START, 1)]);
    }

    #[test]
    fn attempts_at_once_are_no_more_than_may_fail() {
        let mut window = FailureWindow::default();
        let begun = (0..30).filter(|under_way| window.admit(START, &POLICY, *under_way).is_ok()).count();
        assert_eq!(begun, 5);
        assert!(!window.fail(START, &POLICY));
        assert_eq!(window.admit(START, &POLICY, 4), Err(START + Duration::seconds(1)));
        assert_eq!(window.admit(START, &POLICY, 3), Ok(()));
    }

    #[test]
    fn slow_failures_never_lock() {
        let mut window = FailureWindow::default();
        for minute in 0..100 {
            assert!(!window.fail(START + Duration::seconds(minute * 16), &POLICY));
        }
    }

    #[test]
    fn what_fails_while_a_lock_holds_does_not_prolong_it() {
        let mut window = FailureWindow::default();
        for _ in 0..4 {
            window.fail(START, &POLICY);
        }
        assert!(window.fail(START, &POLICY));
        let before = window.clone();
        for minute in 0..15 {
            assert!(!window.fail(START + Duration::minutes(minute), &POLICY));
        }
        assert_eq!(window, before);
    }

    /// What may happen to a subject, and how many milliseconds after what happened before.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Begin,
        Fail,
        Abandon,
    }

    fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
        let step = prop_oneof![4 => Just(Step::Begin), 3 => Just(Step::Fail), 1 => Just(Step::Abandon)];
        let later = prop_oneof![3 => 0..500_i64, 2 => 500..20_000_i64, 1 => 20_000..200_000_i64];
        prop::collection::vec((step, later), 0..300)
    }

    proptest! {
        #[test]
        fn no_window_sees_more_comparisons_than_the_threshold(
            steps in steps(), threshold in 1..8_u32, minutes in 1..4_i64,
        ) {
            let policy = LockoutPolicy { threshold, duration: Duration::minutes(minutes) };
            let (mut window, mut now) = (FailureWindow::default(), START);
            let mut under_way = VecDeque::new();
            let mut compared = Vec::new();
            for (step, later) in steps {
                now += Duration::milliseconds(later);
                match step {
                    Step::Begin => {
                        let beside = u32::try_from(under_way.len()).unwrap();
                        if window.admit(now, &policy, beside).is_ok() {
                            under_way.push_back(now);
                        }
                    }
                    Step::Fail => if let Some(begun) = under_way.pop_front() {
                        window.fail(now, &policy);
                        compared.push(begun);
                    },
                    Step::Abandon => { under_way.pop_back(); }
                }
            }
            compared.extend(under_way);
            compared.sort_unstable();
            for first in &compared {
                let end = *first + LockoutPolicy::WINDOW;
                let within = compared.iter().filter(|at| *first <= **at && **at < end).count();
                prop_assert!(within <= threshold as usize, "{within} comparisons within a minute of {first}");
            }
            prop_assert!(window.failures().len() <= 61);
        }

        #[test]
        fn every_lock_ends(steps in steps(), threshold in 1..8_u32) {
            let policy = LockoutPolicy { threshold, ..POLICY };
            let (mut window, mut now) = (FailureWindow::default(), START);
            for (_, later) in steps {
                now += Duration::milliseconds(later);
                window.fail(now, &policy);
            }
            prop_assert!(!locked(&window, now + policy.duration + Duration::seconds(1)));
            prop_assert!(window.over_at().is_none_or(|over| over <= now + policy.duration + Duration::seconds(1)));
        }

        #[test]
        fn what_was_kept_is_the_same_again(steps in steps()) {
            let (mut window, mut now) = (FailureWindow::default(), START);
            for (_, later) in steps {
                now += Duration::milliseconds(later);
                window.fail(now, &POLICY);
            }
            prop_assert_eq!(&FailureWindow::restore(window.failures().to_vec(), window.locked_until()), &window);
        }
    }
}
