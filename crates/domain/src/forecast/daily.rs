//! The days of an account, each with the last values that were read on it: what a daily series is made of.

use chrono::{DateTime, NaiveDate, Utc};

use super::LocalDays;
use crate::observation::{Followers, Observation};

/// Posts that were made between two running totals. A total falls when posts are deleted; then no fewer than none were
/// made.
#[must_use]
pub fn posts_made(before: Followers, after: Followers) -> Followers {
    after.beyond(before)
}

/// A day with a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The local date.
    pub date: NaiveDate,
    /// The followers of its last reading.
    pub followers: Followers,
    /// The posts of the day; `None` where its running total or that of the day before was not read.
    pub posts: Option<Followers>,
    /// Whether the day is over.
    pub is_complete: bool,
}

impl Day {
    /// The days of closing readings: of each day one, with its last followers and its last running total of posts, by
    /// time.
    #[must_use]
    pub fn of(closings: &[Observation], days: LocalDays, now: DateTime<Utc>) -> Vec<Self> {
        let mut before: Option<(NaiveDate, Followers)> = None;
        let day = |closing: &Observation| {
            let date = days.date(closing.at);
            let total = closing.posts.map(|posts| (date, posts));
            let follows = |(earlier, _): &(NaiveDate, Followers)| earlier.succ_opt() == Some(date);
            let posts = before.filter(follows).zip(total).map(|((_, before), (_, after))| posts_made(before, after));
            before = total;
            Self { date, followers: closing.followers, posts, is_complete: days.is_over(date, now) }
        };
        closings.iter().map(day).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_day_has_the_posts_since_the_day_before_and_none_after_a_gap() {
        let begin: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
        let closing = |day: i64, posts: Option<u64>| Observation {
            at: begin + TimeDelta::days(day),
            followers: Followers::new(100).unwrap(),
            posts: posts.map(|posts| Followers::new(posts).unwrap()),
            following: None,
        };
        let totals = [(0, Some(10)), (1, Some(14)), (2, Some(12)), (3, None), (4, Some(20)), (6, Some(25))];
        let closings = totals.map(|(day, posts)| closing(day, posts));
        let days = LocalDays::of(&closings, chrono_tz::America::Lima);
        let found = Day::of(&closings, days, begin + TimeDelta::days(6));
        let posts: Vec<_> = found.iter().map(|day| day.posts.map(Followers::get)).collect();
        assert_eq!(posts, [None, Some(4), Some(0), None, None, None]);
        let complete: Vec<_> = found.iter().map(|day| day.is_complete).collect();
        assert_eq!(complete, [true, true, true, true, true, false]);
    }
}
