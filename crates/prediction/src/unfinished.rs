//! A last day that is not over: its last reading is no end of a day.
//!
//! A daily series holds the last value of each day. Where a history ends at noon and its days are usually read until
//! the evening, the last day has half a day's growth, and a model that took it for a whole one would be late by half a
//! day ever after. Where days are read once, always at ten in the morning, and the history ends in the evening, the
//! last day has half a day's growth too many. Such a reading is no point of the series. It moves the forecast by what
//! it differs from what was expected until then.

use atalaya_application::ports::forecaster::History;
use atalaya_domain::forecast::LocalDays;
use chrono::{NaiveDateTime, Timelike};

use crate::numeric::count;

/// Days by which the usual hour of the last reading is known.
const DAYS: usize = 28;
/// Days without which there is no usual hour.
const DAYS_AT_LEAST: usize = 7;
/// How much earlier, or later, than on every other day the last reading of an unfinished day is, in minutes: an eighth
/// of a day.
const AWAY: u32 = 180;
/// Minutes within which readings are at the same time of the day.
const SAME_TIME: u32 = 60;
const MINUTES_OF_A_DAY: f64 = 24.0 * 60.0;

/// The reading at which an unfinished day ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unfinished {
    /// Observations until the last whole day.
    whole: usize,
    /// Days from the last whole one to the one that this reading is on the way to.
    days: usize,
    /// The share of them that had passed, 0 to 1.
    share: f64,
    followers: f64,
}

/// A reading: its time on the clocks of its day, its place among all, and the followers.
type Reading = (NaiveDateTime, usize, f64);

impl Unfinished {
    /// The last reading of a history, where it is earlier than the last of each of the latest days by an eighth of a
    /// day; or later by as much, where those are all at one time.
    pub(crate) fn find(history: History<'_>) -> Option<Self> {
        let days = LocalDays::of(history.observations, history.time_zone);
        let readings = history.observations.iter().enumerate().rev();
        let mut newest_first = readings.map(|(place, observation)| -> Reading {
            (days.local(observation.at), place, observation.followers.as_f64())
        });
        let mut lasts: Vec<Reading> = Vec::with_capacity(DAYS + 1);
        while lasts.len() <= DAYS
            && let Some(reading) = newest_first.next()
        {
            if lasts.last().is_none_or(|(later, ..)| reading.0.date() < later.date()) {
                lasts.push(reading);
            }
        }
        let ((at, place, followers), whole) = lasts.split_first().map(|(last, whole)| (*last, whole))?;
        let minutes = || whole.iter().map(|(at, ..)| minute(*at));
        let (earliest, latest) = (minutes().min()?, minutes().max()?);
        if whole.len() < DAYS_AT_LEAST {
            return None;
        }
        let (before, last_whole) = if minute(at) + AWAY <= earliest {
            whole.first().map(|(at, place, _)| (*at, *place))?
        } else if latest + AWAY <= minute(at) && latest - earliest <= SAME_TIME {
            let on_time = |at: NaiveDateTime| minute(at) <= latest + SAME_TIME;
            let earlier = history.observations.get(..place)?.iter().enumerate().rev();
            earlier
                .map(|(place, observation)| (days.local(observation.at), place))
                .find(|(other, _)| other.date() < at.date() || on_time(*other))?
        } else {
            return None;
        };
        let passed = f64::from(i32::try_from((at - before).num_minutes()).ok()?) / MINUTES_OF_A_DAY;
        let until = (1..=DAYS * DAYS).find(|days| count(*days) >= passed)?;
        Some(Self { whole: last_whole + 1, days: until, share: (passed / count(until)).clamp(0.0, 1.0), followers })
    }

    /// How many observations are of whole days; the rest is what was read since.
    pub(crate) fn whole(self) -> usize {
        self.whole
    }

    /// By how much the reading differs from what was expected of it, between the level of the last whole day and what
    /// `path` forecasts from there for the unfinished one; at most `most`, the largest change of a day that the history
    /// holds.
    pub(crate) fn surprise(self, level: f64, path: &[f64], most: f64) -> f64 {
        let end = path.get(self.days - 1).or(path.last()).copied().unwrap_or(level);
        (self.followers - level - self.share * (end - level)).clamp(-most, most)
    }
}

fn minute(at: NaiveDateTime) -> u32 {
    at.hour() * 60 + at.minute()
}

#[cfg(test)]
mod tests {
    use atalaya_domain::observation::{Observation, whole_followers};
    use chrono::{DateTime, Duration};

    use super::*;

    /// Readings every three hours from midnight on, 10 followers more at each.
    fn readings(number: i64) -> Vec<Observation> {
        let begin = DateTime::from_timestamp_secs(1_704_067_200).unwrap();
        let followers = |number: i64| whole_followers(1_000.0 + 10.0 * f64::from(i32::try_from(number).unwrap()));
        (0..number)
            .map(|number| Observation {
                at: begin + Duration::hours(3 * number),
                followers: followers(number),
                posts: None,
                following: None,
            })
            .collect()
    }

    fn find(observations: &[Observation]) -> Option<Unfinished> {
        Unfinished::find(History { observations, time_zone: chrono_tz::UTC })
    }

    #[test]
    fn a_day_is_finished_where_its_last_reading_is_as_late_as_on_others() {
        assert_eq!(find(&readings(8 * 20)), None);
        assert_eq!(find(&readings(8 * 3 + 1)), None, "three days tell no usual hour");
    }

    #[test]
    fn a_day_that_has_begun_is_unfinished_and_a_reading_as_expected_is_no_surprise() {
        for more in 1..7 {
            let readings = readings(8 * 20 + more);
            let unfinished = find(&readings).unwrap();
            assert_eq!((unfinished.days, unfinished.whole), (1, 8 * 20));
            let level = readings[8 * 20 - 1].followers.as_f64();
            assert!(unfinished.surprise(level, &[level + 80.0], 100.0).abs() < 1e-9);
            assert!((unfinished.surprise(level - 30.0, &[level + 50.0], 100.0) - 30.0).abs() < 1e-9);
            assert!((unfinished.surprise(level - 300.0, &[level - 220.0], 100.0) - 100.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_reading_a_little_earlier_than_usual_ends_its_day() {
        let mut daily: Vec<Observation> = readings(8 * 20).into_iter().skip(7).step_by(8).collect();
        if let Some(last) = daily.last_mut() {
            last.at -= Duration::hours(2);
        }
        assert_eq!(find(&daily), None);
    }

    #[test]
    fn a_reading_after_the_one_hour_of_all_days_is_on_the_way_to_the_next_day() {
        let daily: Vec<Observation> = readings(8 * 20).into_iter().step_by(8).collect();
        for hours in [15, 18, 21] {
            let mut more = daily.clone();
            let last = *more.last().unwrap();
            more.push(Observation { at: last.at + Duration::hours(hours), ..last });
            let unfinished = find(&more).unwrap();
            assert_eq!((unfinished.whole, unfinished.days), (20, 1));
            assert!((unfinished.share - f64::from(i32::try_from(hours).unwrap()) / 24.0).abs() < 1e-9);
            more.remove(19);
            assert_eq!(find(&more).map(|unfinished| (unfinished.whole, unfinished.days)), Some((19, 2)));
        }
        assert_eq!(find(&daily), None);
    }
}
