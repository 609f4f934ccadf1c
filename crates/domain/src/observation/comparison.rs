//! What comes beside what is stored: the one rule by which an upload is tried out and done.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Followers, Observation, UploadOutcome};

/// An observation that comes, and the one that is stored at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// What comes.
    pub incoming: Observation,
    /// What is stored.
    pub stored: Option<Observation>,
}

/// The last followers of a day, as they would be and as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayClose {
    /// The day.
    pub day: NaiveDate,
    /// Followers at its last time, with what comes.
    pub followers: Followers,
    /// Followers at its last time, as stored; `None` for a day without any.
    pub stored: Option<Followers>,
}

impl Compared {
    /// Whether there is anything to store.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.stored != Some(self.incoming)
    }
}

/// Sets each observation beside the one that is stored at its time. `known` is in order of time.
#[must_use]
pub fn compare(incoming: &[Observation], known: &[Observation]) -> Vec<Compared> {
    let stored = |at: DateTime<Utc>| known.get(known.binary_search_by_key(&at, |stored| stored.at).ok()?).copied();
    incoming.iter().map(|new| Compared { incoming: *new, stored: stored(new.at) }).collect()
}

impl UploadOutcome {
    /// What storing does, row by row.
    #[must_use]
    pub fn of(compared: &[Compared]) -> Self {
        let mut outcome = Self::default();
        for row in compared {
            match row.stored {
                None => outcome.inserted += 1,
                Some(_) if row.is_news() => outcome.updated += 1,
                Some(_) => outcome.unchanged += 1,
            }
        }
        outcome
    }
}

/// Of the rows at known times, the largest change of followers, up or down; `None` where no row changes any.
#[must_use]
pub fn largest_change(compared: &[Compared]) -> Option<i64> {
    let change = |row: &Compared| Some(row.incoming.followers.more_than(row.stored?.followers));
    compared.iter().filter_map(change).filter(|change| *change != 0).max_by_key(|change| change.unsigned_abs())
}

/// The days whose last followers storing changes, oldest first. `known` holds all that is stored of these days, and
/// both are in order of time. `day_of` tells which day a time is of, and later times are of no earlier day.
#[must_use]
pub fn changed_closes(
    compared: &[Compared],
    known: &[Observation],
    day_of: impl Fn(DateTime<Utc>) -> NaiveDate,
) -> Vec<DayClose> {
    let last_of_days = |observations: &mut dyn Iterator<Item = Observation>| -> BTreeMap<NaiveDate, Observation> {
        observations.map(|last| (day_of(last.at), last)).collect()
    };
    let stored = last_of_days(&mut known.iter().copied());
    let incoming = last_of_days(&mut compared.iter().map(|row| row.incoming));
    let close = |(day, incoming): (NaiveDate, Observation)| {
        let stored = stored.get(&day);
        let last = stored.filter(|stored| stored.at > incoming.at).unwrap_or(&incoming);
        DayClose { day, followers: last.followers, stored: stored.map(|stored| stored.followers) }
    };
    let closes = incoming.into_iter().map(close);
    closes.filter(|close| close.stored != Some(close.followers)).collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::forecast::{LocalDays, ReadingTimes};

    /// The days of the stored and the new readings together.
    fn days(compared: &[Compared], known: &[Observation], zone: Tz) -> LocalDays {
        let new = compared.iter().filter(|row| row.stored.is_none()).map(|row| row.incoming);
        LocalDays::counted(ReadingTimes::around_midnight(known.iter().copied().chain(new), zone), zone)
    }

    fn observed(hour: i64, followers: u64) -> Observation {
        let at = DateTime::UNIX_EPOCH + chrono::Duration::hours(hour);
        Observation { at, followers: Followers::new(followers).unwrap(), posts: None, following: None }
    }

    fn closes(incoming: &[Observation], known: &[Observation], zone: Tz) -> Vec<(String, u64, Option<u64>)> {
        let told = |close: DayClose| (close.day.to_string(), close.followers.get(), close.stored.map(Followers::get));
        let compared = compare(incoming, known);
        let days = days(&compared, known, zone);
        changed_closes(&compared, known, |at| days.date(at)).into_iter().map(told).collect()
    }

    #[test]
    fn each_row_is_new_changed_or_the_same() {
        let known = [observed(0, 5), observed(24, 6), observed(48, 7)];
        let more = Observation { posts: Some(Followers::new(1).unwrap()), ..observed(48, 7) };
        let compared = compare(&[observed(0, 5), observed(24, 1), more, observed(72, 8)], &known);
        assert_eq!(UploadOutcome::of(&compared), UploadOutcome { inserted: 1, updated: 2, unchanged: 1 });
        assert_eq!(largest_change(&compared), Some(-5));
        assert_eq!(largest_change(&compare(&[more, observed(72, 8)], &known)), None, "only posts changed");
    }

    #[test]
    fn a_day_is_told_where_its_last_followers_become_others() {
        let known = [observed(10, 5), observed(20, 6), observed(30, 7)];
        let told = |incoming: &[Observation]| closes(incoming, &known, Tz::UTC);
        assert_eq!(told(&[observed(10, 1)]), [], "an earlier time of the day is not its close");
        assert_eq!(told(&[observed(20, 6), observed(31, 7)]), [], "the followers stay");
        assert_eq!(told(&[observed(10, 1), observed(20, 9)]), [("1970-01-01".to_owned(), 9, Some(6))]);
        assert_eq!(
            told(&[observed(21, 8), observed(50, 9)]),
            [("1970-01-01".to_owned(), 8, Some(6)), ("1970-01-03".to_owned(), 9, None)]
        );
        let lima = closes(&[observed(28, 8)], &known, chrono_tz::America::Lima);
        assert_eq!(lima, [("1970-01-01".to_owned(), 8, Some(6))], "days end where the account's clocks end them");
    }

    fn observations() -> impl Strategy<Value = Vec<Observation>> {
        let observation = |(minute, followers)| {
            let at = DateTime::UNIX_EPOCH + chrono::Duration::minutes(minute);
            Observation { at, ..observed(0, followers) }
        };
        let hours = prop::collection::btree_map((0_i64..200).prop_map(|hour| hour * 60), 0_u64..6, 0..60);
        let midnights = (0_i64..12, -19_i64..20).prop_map(|(day, minute)| day * 24 * 60 + minute);
        let rows = prop_oneof![hours, prop::collection::btree_map(midnights, 0_u64..6, 0..12)];
        rows.prop_map(move |rows| rows.into_iter().map(observation).collect())
    }

    proptest! {
        #[test]
        fn the_days_that_are_told_are_those_whose_closes_differ_after_storing(
            (incoming, known) in (observations(), observations())
        ) {
            let compared = compare(&incoming, &known);
            let mut after: BTreeMap<_, _> = known.iter().map(|row| (row.at, *row)).collect();
            after.extend(compared.iter().filter(|row| row.is_news()).map(|row| (row.incoming.at, row.incoming)));
            let rows: Vec<Observation> = after.values().copied().collect();
            let days = LocalDays::of(&rows, Tz::UTC);
            let by_day = |rows: &mut dyn Iterator<Item = Observation>| -> BTreeMap<NaiveDate, Followers> {
                rows.map(|row| (days.date(row.at), row.followers)).collect()
            };
            let (before, after) = (by_day(&mut known.iter().copied()), by_day(&mut after.into_values()));
            let expected: Vec<DayClose> = after
                .into_iter()
                .map(|(day, followers)| DayClose { day, followers, stored: before.get(&day).copied() })
                .filter(|close| close.stored != Some(close.followers))
                .collect();
            prop_assert_eq!(changed_closes(&compared, &known, |at| days.date(at)), expected);
        }
    }
}
