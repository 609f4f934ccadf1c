//! A last day that is not over: its last reading is no end of a day.
//!
//! A daily series holds the last value of each day. Where a history ends at noon and its days are usually read until
//! the evening, the last day has half a day's growth, and a model that took it for a whole one would be late by half a
//! day ever after. Such a day is no point of the series. What was read of it moves the forecast by what it differs from
//! what was expected until then.

use atalaya_application::ports::forecaster::History;
use chrono::{NaiveDate, Timelike};

use crate::numeric::count;

/// Days by which the usual hour of the last reading is known.
const DAYS: usize = 28;
/// Days without which there is no usual hour.
const DAYS_AT_LEAST: usize = 7;
/// How much earlier than on every other day the last reading of an unfinished day is, in minutes: an eighth of a day.
const EARLY: u32 = 180;
const MINUTES_OF_A_DAY: u32 = 24 * 60;

/// The reading at which an unfinished day ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unfinished {
    /// Days from the last whole one to this one.
    days: usize,
    /// The share of them that had passed, 0 to 1.
    share: f64,
    followers: f64,
}

impl Unfinished {
    /// The last day of a history, where its last reading is earlier than that of each of the latest days by an eighth
    /// of a day.
    pub(crate) fn find(history: History<'_>) -> Option<Self> {
        let mut lasts: Vec<(NaiveDate, u32, f64)> = Vec::with_capacity(DAYS + 1);
        for observation in history.observations.iter().rev() {
            let at = observation.at.with_timezone(&history.time_zone);
            let date = at.date_naive();
            if lasts.last().is_none_or(|(later, ..)| date < *later) {
                lasts.push((date, at.hour() * 60 + at.minute(), observation.followers.as_f64()));
            }
            if lasts.len() > DAYS {
                break;
            }
        }
        let ((date, minute, followers), whole) = lasts.split_first().map(|(last, whole)| (*last, whole))?;
        let earliest = whole.iter().map(|(_, minute, _)| *minute).min()?;
        if whole.len() < DAYS_AT_LEAST || minute + EARLY > earliest {
            return None;
        }
        let (before, until, _) = whole.first().copied()?;
        let days = usize::try_from(date.signed_duration_since(before).num_days()).ok()?;
        let passed = count(days) + (f64::from(minute) - f64::from(until)) / f64::from(MINUTES_OF_A_DAY);
        Some(Self { days: days.max(1), share: (passed / count(days.max(1))).clamp(0.0, 1.0), followers })
    }

    /// By how much the reading differs from what was expected of it, between the level of the last whole day and what
    /// `path` forecasts from there for the unfinished one; at most `most`, the largest change of a day that the history
    /// holds.
    pub(crate) fn surprise(self, level: f64, path: &[f64], most: f64) -> f64 {
        let end = path.get(self.days - 1).or(path.last()).copied().unwrap_or(level);
        (self.followers - level - self.share * (end - level)).clamp(-most, most)
    }
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
            assert_eq!(unfinished.days, 1);
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
}
