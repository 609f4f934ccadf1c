//! The bytes of summaries: dates and numbers as differences from the ones before, so that a company's ten thousand
//! accounts are read at once.
//!
//! Bytes that cannot be read are none: the summary is made anew.

use atalaya_application::AppError;
use atalaya_domain::forecast::{LocalDays, ReadingTimes};
use atalaya_domain::observation::Followers;
use atalaya_domain::overview::{Close, Expectation, Outlook, Recent};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Raised whenever the bytes of a [`RecentRecord`] change their meaning.
const RECENT_FORMAT: u8 = 1;
/// The same of an [`OutlookRecord`]. 1 had no bounds at the level that attention needs.
const OUTLOOK_FORMAT: u8 = 2;

/// [`Recent`]: whether readings are taken later because they fall around midnight, and of each day the days and the
/// followers since the one before.
#[derive(Serialize, Deserialize)]
struct RecentRecord {
    format: u8,
    is_scheduled: bool,
    days: Vec<(i32, i64)>,
}

/// [`Outlook`]: of each date the days and the mean since the one before, and the bounds of both levels from the mean.
#[derive(Serialize, Deserialize)]
struct OutlookRecord {
    format: u8,
    is_baseline: bool,
    last_days_from_ce: i32,
    days: Vec<(i32, i64, [i64; 4])>,
}

/// Dates and numbers of followers, each as what it is more than the one before.
#[derive(Default)]
struct Steps {
    days: i32,
    followers: i64,
}

impl Steps {
    fn step(&mut self, date: NaiveDate, followers: Followers) -> (i32, i64) {
        let now = Self { days: date.num_days_from_ce(), followers: whole(followers) };
        let step = (now.days - self.days, now.followers - self.followers);
        *self = now;
        step
    }

    fn back(&mut self, days: i32, followers: i64) -> Option<(NaiveDate, Followers)> {
        self.days = self.days.checked_add(days)?;
        self.followers = self.followers.checked_add(followers)?;
        Some((NaiveDate::from_num_days_from_ce_opt(self.days)?, counted(self.followers)?))
    }
}

fn whole(followers: Followers) -> i64 {
    followers.get().cast_signed()
}

fn counted(number: i64) -> Option<Followers> {
    Followers::new(u64::try_from(number).ok()?).ok()
}

fn written(record: &impl Serialize) -> Result<Vec<u8>, AppError> {
    postcard::to_stdvec(record).map_err(AppError::internal)
}

fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((record, [])) => Some(record),
        _ => None,
    }
}

/// # Errors
/// `Internal`, never in practice.
pub(super) fn write_recent(recent: &Recent) -> Result<Vec<u8>, AppError> {
    let mut steps = Steps::default();
    let days = recent.closes().iter().map(|close| steps.step(close.date, close.followers)).collect();
    written(&RecentRecord { format: RECENT_FORMAT, is_scheduled: recent.days().is_scheduled(), days })
}

pub(super) fn read_recent(bytes: &[u8], zone: Tz) -> Option<Recent> {
    let record: RecentRecord = decoded(bytes).filter(|record: &RecentRecord| record.format == RECENT_FORMAT)?;
    let times = if record.is_scheduled { ReadingTimes::SCHEDULED } else { ReadingTimes::default() };
    let mut steps = Steps::default();
    let close = |(days, followers)| steps.back(days, followers).map(|(date, followers)| Close { date, followers });
    let closes = record.days.into_iter().map(close).collect::<Option<Vec<_>>>()?;
    Some(Recent::new(LocalDays::counted(times, zone), closes))
}

/// # Errors
/// `Internal`, never in practice.
pub(super) fn write_outlook(outlook: &Outlook) -> Result<Vec<u8>, AppError> {
    let mut steps = Steps::default();
    let day = |expected: &Expectation| {
        let (days, more) = steps.step(expected.date, expected.mean);
        let Expectation { lower, upper, attention_lower, attention_upper, .. } = *expected;
        let bounds = [lower, upper, attention_lower, attention_upper];
        (days, more, bounds.map(|bound| bound.more_than(expected.mean)))
    };
    let days = outlook.expectations.iter().map(day).collect();
    let Outlook { is_baseline, last_date, .. } = outlook;
    let last_days_from_ce = last_date.num_days_from_ce();
    written(&OutlookRecord { format: OUTLOOK_FORMAT, is_baseline: *is_baseline, last_days_from_ce, days })
}

pub(super) fn read_outlook(bytes: &[u8]) -> Option<Outlook> {
    let record: OutlookRecord = decoded(bytes).filter(|record: &OutlookRecord| record.format == OUTLOOK_FORMAT)?;
    let mut steps = Steps::default();
    let expectation = |(days, more, bounds): (i32, i64, [i64; 4])| {
        let (date, mean) = steps.back(days, more)?;
        let [lower, upper, attention_lower, attention_upper] =
            bounds.map(|from| counted(whole(mean).checked_add(from)?));
        Some(Expectation {
            date,
            mean,
            lower: lower?,
            upper: upper?,
            attention_lower: attention_lower?,
            attention_upper: attention_upper?,
        })
    };
    let expectations = record.days.into_iter().map(expectation).collect::<Option<Vec<_>>>()?;
    let last_date = NaiveDate::from_num_days_from_ce_opt(record.last_days_from_ce)?;
    Some(Outlook { is_baseline: record.is_baseline, last_date, expectations })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(number: u64) -> Followers {
        Followers::new(number).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let date = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let zone = chrono_tz::America::Lima;
        let closes = [(1, 5), (2, 900_000_000_000), (9, 0)];
        let closes = closes.map(|(day, followers)| Close { date: date(day), followers: count(followers) }).to_vec();
        for times in [ReadingTimes::default(), ReadingTimes::SCHEDULED] {
            let recent = Recent::new(LocalDays::counted(times, zone), closes.clone());
            assert_eq!(read_recent(&write_recent(&recent).unwrap(), zone), Some(recent));
        }
        let expected = |day, mean, [attention_lower, lower, upper, attention_upper]: [u64; 4]| Expectation {
            date: date(day),
            mean: count(mean),
            lower: count(lower),
            upper: count(upper),
            attention_lower: count(attention_lower),
            attention_upper: count(attention_upper),
        };
        let expectations = vec![expected(3, 10, [0, 1, 40, 50]), expected(4, 8, [2, 3, 9, Followers::MAX])];
        let outlook = Outlook { is_baseline: true, last_date: date(2), expectations };
        assert_eq!(read_outlook(&write_outlook(&outlook).unwrap()), Some(outlook));
    }

    #[test]
    fn bytes_that_are_none_are_no_summary() {
        for bytes in [&[][..], &[1], &[2], &[9, 0, 0], &[1, 0, 0, 0, 0], &[1, 0, 1, 255, 255, 255, 255, 15, 2]] {
            assert_eq!((read_outlook(bytes), read_recent(bytes, chrono_tz::UTC)), (None, None), "{bytes:?}");
        }
    }
}
