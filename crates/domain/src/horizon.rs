//! Stored times against the clock. A machine whose clock ran ahead and was corrected leaves times that have not come
//! yet; none of them may hold longer than the rule that set it.

use chrono::{DateTime, Duration, Utc};

/// How far ahead of the clock a stored time may lie and still be believed: processes of an older version, and a clock
/// that was just set back a little, note such times.
pub const TOLERANCE: Duration = Duration::minutes(1);

/// Which of the deadlines that a rule sets hold at a moment: those that have not passed, and that lie no further ahead
/// than the rule can have set them. A deadline beyond that was set by a clock that ran ahead, and counts as passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    now: DateTime<Utc>,
    latest: DateTime<Utc>,
}

impl Horizon {
    /// The horizon at `now` of a rule that sets deadlines at most `longest` ahead.
    #[must_use]
    pub fn new(now: DateTime<Utc>, longest: Duration) -> Self {
        let latest = longest.checked_add(&TOLERANCE).and_then(|ahead| now.checked_add_signed(ahead));
        Self { now, latest: latest.unwrap_or(DateTime::<Utc>::MAX_UTC) }
    }

    /// Whether a deadline holds.
    #[must_use]
    pub fn holds(&self, deadline: DateTime<Utc>) -> bool {
        self.now < deadline && deadline <= self.latest
    }

    /// The moment: deadlines up to here have passed.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Deadlines after this were set by a clock that ran ahead.
    #[must_use]
    pub fn latest(&self) -> DateTime<Utc> {
        self.latest
    }
}

/// Whether something that is said to have happened at `at` can have happened by `now`.
#[must_use]
pub fn has_happened(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at <= now + TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn a_deadline_holds_until_it_passes_and_never_beyond_what_its_rule_sets() {
        let horizon = Horizon::new(NOW, Duration::minutes(15));
        let holds = |minutes| horizon.holds(NOW + Duration::minutes(minutes));
        assert_eq!([-1, 0, 1, 15, 16, 17, 43_200].map(holds), [false, false, true, true, true, false, false]);
    }

    #[test]
    fn a_rule_without_an_end_has_the_end_of_time() {
        assert!(Horizon::new(NOW, Duration::MAX).holds(DateTime::<Utc>::MAX_UTC));
    }

    #[test]
    fn what_lies_further_ahead_than_a_minute_has_not_happened() {
        assert!(has_happened(NOW + TOLERANCE, NOW));
        assert!(!has_happened(NOW + TOLERANCE + Duration::seconds(1), NOW));
    }
}
