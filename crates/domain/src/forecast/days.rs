//! Which local day a reading is of.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use crate::calendar::{end_of_day, start_of_day};
use crate::observation::Observation;

/// Minutes around midnight, or around the full hour, within which readings of a schedule fall.
const JITTER_MINUTES: u32 = 20;
/// Of ten readings, how many have to fall there before the others are taken for late or early ones.
const SCHEDULED_IN_TEN: u64 = 9;

/// How many readings there are, and how many of them fall shortly before and shortly after midnight or the full hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadingTimes {
    /// All.
    pub all: u64,
    /// At most [`Self::JITTER`] before.
    pub before: u64,
    /// Less than [`Self::JITTER`] after.
    pub after: u64,
}

impl ReadingTimes {
    /// How far from midnight or the full hour readings of a schedule fall.
    pub const JITTER: TimeDelta = TimeDelta::minutes(JITTER_MINUTES as i64);

    /// Readings of which one is shortly before midnight and one shortly after it.
    pub const SCHEDULED: Self = Self { all: 2, before: 1, after: 1 };

    /// Those of readings around midnight.
    #[must_use]
    pub fn around_midnight(observations: impl Iterator<Item = Observation>, zone: Tz) -> Self {
        let minutes = observations.map(|observation| {
            let local = observation.at.with_timezone(&zone);
            local.hour() * 60 + local.minute()
        });
        Self::of(minutes, 24 * 60)
    }

    /// Those of readings in minutes since the full `period`.
    fn of(minutes: impl Iterator<Item = u32>, period: u32) -> Self {
        let mut times = Self::default();
        for minute in minutes {
            times.all += 1;
            times.before += u64::from(minute >= period.saturating_sub(JITTER_MINUTES));
            times.after += u64::from(minute < JITTER_MINUTES);
        }
        times
    }

    /// Those of these readings and of others together.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self { all: self.all + others.all, before: self.before + others.before, after: self.after + others.after }
    }

    /// How much later readings are to be taken so that those around the full period stand together: nothing, unless
    /// most of them fall around it and some of these before it.
    #[must_use]
    pub fn jitter(self) -> TimeDelta {
        let Self { all, before, after } = self;
        let is_scheduled = before > 0 && after > 0 && (before + after) * 10 >= all * SCHEDULED_IN_TEN;
        if is_scheduled { Self::JITTER } else { TimeDelta::zero() }
    }
}

/// The local days of an account's readings: those of the calendar. Where readings are scheduled at midnight and fall
/// some minutes before or after it, they are of the midnight that they are nearest to, so that none hides another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalDays {
    zone: Tz,
    shift: TimeDelta,
}

impl LocalDays {
    /// The days of an account's readings.
    #[must_use]
    pub fn of(observations: &[Observation], zone: Tz) -> Self {
        Self::counted(ReadingTimes::around_midnight(observations.iter().copied(), zone), zone)
    }

    /// The same for readings that were counted around midnight, without the readings.
    #[must_use]
    pub fn counted(times: ReadingTimes, zone: Tz) -> Self {
        Self { zone, shift: times.jitter() }
    }

    /// Whether readings are scheduled at midnight, and taken for so much later that all of them are after it.
    #[must_use]
    pub fn is_scheduled(self) -> bool {
        self.shift > TimeDelta::zero()
    }

    /// The first moment of a day; `None` for a date that the zone skipped whole, and at the ends of time.
    #[must_use]
    pub fn start(self, date: NaiveDate) -> Option<DateTime<Utc>> {
        start_of_day(date, self.zone)?.checked_sub_signed(self.shift)
    }

    /// The first moments of the days of a span and of the day after it, which ends the last one. Dates that the zone
    /// skipped are left out.
    #[must_use]
    pub fn starts(self, first: NaiveDate, last: NaiveDate) -> Vec<DateTime<Utc>> {
        let after = last.succ_opt().unwrap_or(last);
        first.iter_days().take_while(|date| *date <= after).filter_map(|date| self.start(date)).collect()
    }

    /// Whether a day is over at `now`.
    #[must_use]
    pub fn is_over(self, date: NaiveDate, now: DateTime<Utc>) -> bool {
        end_of_day(date, self.zone).and_then(|end| end.checked_sub_signed(self.shift)).is_some_and(|end| end <= now)
    }

    /// The day that a reading is of.
    #[must_use]
    pub fn date(self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).date()
    }

    /// When in that day a reading is, as the clocks there say; where readings are scheduled at midnight, so much later
    /// that all of them are after it.
    #[must_use]
    pub fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        at.checked_add_signed(self.shift).unwrap_or(at).with_timezone(&self.zone).naive_local()
    }
}

/// [`ReadingTimes::jitter`] of readings. `minutes` are minutes since the full `period`.
#[must_use]
pub fn jitter(minutes: impl Iterator<Item = u32>, period: u32) -> TimeDelta {
    ReadingTimes::of(minutes, period).jitter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::whole_followers;

    fn dates(minutes: &[i64]) -> Vec<String> {
        let midnight = DateTime::from_timestamp_secs(1_704_085_200).unwrap();
        let lima = chrono_tz::America::Lima;
        let observations: Vec<Observation> = (0..)
            .zip(minutes)
            .map(|(day, minutes)| Observation {
                at: midnight + TimeDelta::days(day) + TimeDelta::minutes(*minutes),
                followers: whole_followers(5.0),
                posts: None,
                following: None,
            })
            .collect();
        let days = LocalDays::of(&observations, lima);
        observations.iter().map(|observation| days.date(observation.at).to_string()).collect()
    }

    #[test]
    fn readings_around_midnight_are_of_the_nearest_one() {
        assert_eq!(dates(&[-2, 3, -9, 0]), ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]);
    }

    #[test]
    fn other_readings_are_of_the_day_that_they_fall_on() {
        assert_eq!(dates(&[-2, -1]), ["2023-12-31", "2024-01-01"], "all before midnight");
        assert_eq!(dates(&[-2, 3, 700]), ["2023-12-31", "2024-01-02", "2024-01-03"], "not scheduled at midnight");
    }
}
