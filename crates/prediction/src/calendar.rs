//! The calendar of a regular series: which local date and hour each grid index stands for, and back.
//!
//! Daily points are local dates. Hourly points are whole hours since the Unix epoch, so that no hour is lost or doubled
//! when clocks change; an hour belongs to the local date in which it begins.

use atalaya_domain::forecast::Grid;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::holidays::is_holiday;

const SECONDS_PER_HOUR: i64 = 3_600;
const HOURS_PER_DAY: u32 = 24;
/// Steps a day from which the season of hours is the day; with fewer it is the week.
const STEPS_OF_A_DAY: u32 = 6;

/// Where a regular series begins and how far apart its points are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "TimelineRecord", try_from = "TimelineRecord")]
pub(crate) enum Timeline {
    /// One point a local date.
    Daily {
        /// The date of index 0.
        first: NaiveDate,
    },
    /// One point every so many hours.
    Hourly {
        /// Hours from the Unix epoch to index 0.
        first: i64,
        /// Hours from one point to the next, 1 to 12.
        hours: u32,
        /// The zone in which days end.
        zone: Tz,
    },
    /// One point every so many days, at least 2.
    Spaced {
        /// The date of index 0.
        first: NaiveDate,
        /// Days from one point to the next: 7 for weeks.
        days: u32,
    },
    /// One point every so many months.
    Monthly {
        /// A date in the month of index 0.
        first: NaiveDate,
        /// Months from one point to the next, 1 to 12.
        months: u32,
        /// The day of the month, 1 to 31; the last day of a month that has fewer.
        day: u32,
    },
}

/// A [`Timeline`] as it is stored.
#[derive(Serialize, Deserialize)]
enum TimelineRecord {
    Daily {
        days_from_ce: i32,
    },
    Hourly {
        first: i64,
        zone: String,
    },
    Spaced {
        days_from_ce: i32,
        days: u32,
    },
    Monthly {
        days_from_ce: i32,
        months: u32,
        day: u32,
    },
    /// More than one hour apart; [`Self::Hourly`] is read as artifacts have held it from the beginning.
    Hours {
        first: i64,
        hours: u32,
        zone: String,
    },
}

impl From<Timeline> for TimelineRecord {
    fn from(timeline: Timeline) -> Self {
        match timeline {
            Timeline::Daily { first } => Self::Daily { days_from_ce: first.num_days_from_ce() },
            Timeline::Hourly { first, hours: 1, zone } => Self::Hourly { first, zone: zone.name().to_owned() },
            Timeline::Hourly { first, hours, zone } => Self::Hours { first, hours, zone: zone.name().to_owned() },
            Timeline::Spaced { first, days } => Self::Spaced { days_from_ce: first.num_days_from_ce(), days },
            Timeline::Monthly { first, months, day } => {
                Self::Monthly { days_from_ce: first.num_days_from_ce(), months, day }
            }
        }
    }
}

impl TryFrom<TimelineRecord> for Timeline {
    type Error = &'static str;

    fn try_from(record: TimelineRecord) -> Result<Self, Self::Error> {
        let date = |days| NaiveDate::from_num_days_from_ce_opt(days).ok_or("no such date");
        let zone = |name: String| name.parse().map_err(|_| "no such time zone");
        match record {
            TimelineRecord::Daily { days_from_ce } => Ok(Self::Daily { first: date(days_from_ce)? }),
            TimelineRecord::Spaced { days_from_ce, days } => Ok(Self::Spaced { first: date(days_from_ce)?, days }),
            TimelineRecord::Monthly { days_from_ce, months, day } => {
                Ok(Self::Monthly { first: date(days_from_ce)?, months, day })
            }
            TimelineRecord::Hourly { first, zone: name } => Ok(Self::Hourly { first, hours: 1, zone: zone(name)? }),
            TimelineRecord::Hours { first, hours, zone: name } => {
                Ok(Self::Hourly { first, hours: hours.clamp(1, HOURS_PER_DAY), zone: zone(name)? })
            }
        }
    }
}

/// The calendar position of one point, in local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since Monday, 0 to 6.
    pub(crate) weekday: u32,
    /// Day of the month, 1 to 31.
    pub(crate) day: u32,
    /// Month, 1 to 12.
    pub(crate) month: u32,
    /// Hour, 0 to 23; 0 on a daily grid.
    pub(crate) hour: u32,
    /// Whether the date is a public holiday in Peru.
    pub(crate) holiday: bool,
}

/// Whole hours since the Unix epoch.
pub(crate) fn epoch_hour(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(SECONDS_PER_HOUR)
}

fn local_hour(hour: i64, zone: Tz) -> DateTime<Tz> {
    DateTime::from_timestamp(hour.saturating_mul(SECONDS_PER_HOUR), 0).unwrap_or_default().with_timezone(&zone)
}

impl Timeline {
    pub(crate) fn grid(self) -> Grid {
        match self {
            Self::Daily { .. } | Self::Spaced { .. } | Self::Monthly { .. } => Grid::Daily,
            Self::Hourly { .. } => Grid::Hourly,
        }
    }

    /// Points a day; 1 where they are further apart.
    pub(crate) fn steps_per_day(self) -> usize {
        match self {
            Self::Hourly { hours, .. } => size(HOURS_PER_DAY / hours.max(1)),
            Self::Daily { .. } | Self::Spaced { .. } | Self::Monthly { .. } => 1,
        }
    }

    /// Points in the season: a day of hours (a week of them where they are few), a week of days, a year of anything
    /// longer. Points two to six days apart come back to their weekday after seven.
    pub(crate) fn season(self) -> usize {
        let points = match self {
            Self::Hourly { hours, .. } => match HOURS_PER_DAY / hours.max(1) {
                few @ 0..STEPS_OF_A_DAY => 7 * few,
                many => many,
            },
            Self::Daily { .. } | Self::Spaced { days: ..7, .. } => 7,
            Self::Spaced { days, .. } => (365 + days / 2) / days,
            Self::Monthly { months, .. } => 12 / months.max(1),
        };
        size(points.max(1))
    }

    /// Points in a year, in whole weeks where weekdays matter; `None` for hours, which are kept for weeks only.
    pub(crate) fn year(self) -> Option<usize> {
        match self {
            Self::Hourly { .. } => None,
            Self::Daily { .. } => Some(364),
            Self::Spaced { days: days @ ..7, .. } => Some(size(364 / days.max(1))),
            Self::Spaced { .. } | Self::Monthly { .. } => Some(self.season()),
        }
    }

    /// The local date of a point.
    pub(crate) fn date(self, index: usize) -> NaiveDate {
        match self {
            Self::Daily { first } => days_after(first, index, 1),
            Self::Hourly { first, hours, zone } => local_hour(hour_at(first, hours, index), zone).date_naive(),
            Self::Spaced { first, days } => days_after(first, index, days),
            Self::Monthly { first, months, day } => {
                let months = u32::try_from(index).unwrap_or(u32::MAX).saturating_mul(months);
                let month = first.with_day(1).and_then(|month| month.checked_add_months(Months::new(months)));
                month.map_or(NaiveDate::MAX, |month| day_of_month(month, day))
            }
        }
    }

    /// The calendar position of a point.
    pub(crate) fn moment(self, index: usize) -> Moment {
        let (date, hour) = match self {
            Self::Daily { .. } | Self::Spaced { .. } | Self::Monthly { .. } => (self.date(index), 0),
            Self::Hourly { first, hours, zone } => {
                let local = local_hour(hour_at(first, hours, index), zone);
                (local.date_naive(), local.hour())
            }
        };
        Moment {
            weekday: date.weekday().num_days_from_monday(),
            day: date.day(),
            month: date.month(),
            hour,
            holiday: is_holiday(date),
        }
    }

    /// The index of the last point of a local date, or of the last point before it where points are further apart;
    /// `None` for a date that ends before the first point.
    pub(crate) fn end_of(self, date: NaiveDate) -> Option<usize> {
        let days_since = |first: NaiveDate| date.signed_duration_since(first).num_days();
        match self {
            Self::Daily { first } => usize::try_from(days_since(first)).ok(),
            Self::Hourly { first, hours, zone } => {
                let midnight = date.and_hms_opt(0, 0, 0)?.and_utc();
                // No zone is further than 14 hours from UTC, so the last hour of the date is among these.
                let latest = epoch_hour(midnight) + 40;
                let last = (latest - 60..=latest).rev().find(|hour| local_hour(*hour, zone).date_naive() <= date)?;
                usize::try_from(last.checked_sub(first)?.div_euclid(i64::from(hours.max(1)))).ok()
            }
            Self::Spaced { first, days } => usize::try_from(days_since(first).div_euclid(i64::from(days.max(1)))).ok(),
            Self::Monthly { first, months, day } => {
                let before = i64::from(date < day_of_month(date, day));
                let since = month_number(date) - before - month_number(first);
                usize::try_from(since.div_euclid(i64::from(months.max(1)))).ok()
            }
        }
    }
}

/// Months since the year 0.
pub(crate) fn month_number(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

/// A day of the month that `month` lies in; its last day where it has fewer.
pub(crate) fn day_of_month(month: NaiveDate, day: u32) -> NaiveDate {
    (28..=day.min(31)).rev().chain([day]).find_map(|day| month.with_day(day)).unwrap_or(month)
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn days_after(first: NaiveDate, index: usize, days: u32) -> NaiveDate {
    let days = u64::try_from(index).unwrap_or(u64::MAX).saturating_mul(days.into());
    first.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

fn hour_at(first: i64, hours: u32, index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(hours.into()).saturating_add(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_hour_of_a_day_in_lima_begins_at_four_in_the_morning_utc() {
        let begin: DateTime<Utc> = "2025-07-09T12:00:00Z".parse().unwrap();
        let timeline = Timeline::Hourly { first: epoch_hour(begin), hours: 1, zone: chrono_tz::America::Lima };
        let end = timeline.end_of(date("2025-07-09")).unwrap();
        assert_eq!(end, 16);
        assert_eq!(timeline.moment(end).hour, 23);
        assert_eq!(timeline.date(end), date("2025-07-09"));
        assert_eq!(timeline.date(end + 1), date("2025-07-10"));
        assert_eq!(timeline.end_of(date("2025-07-08")), None);
    }

    #[test]
    fn a_day_on_which_clocks_change_has_23_or_25_hours() {
        let begin: DateTime<Utc> = "2025-03-01T00:00:00Z".parse().unwrap();
        let timeline = Timeline::Hourly { first: epoch_hour(begin), hours: 1, zone: chrono_tz::Europe::Madrid };
        let hours_of = |day: &str| {
            let day = date(day);
            timeline.end_of(day).unwrap() - timeline.end_of(day.pred_opt().unwrap()).unwrap()
        };
        assert_eq!(hours_of("2025-03-29"), 24);
        assert_eq!(hours_of("2025-03-30"), 23);
        assert_eq!(hours_of("2025-10-26"), 25);
    }

    #[test]
    fn daily_indices_are_dates() {
        let timeline = Timeline::Daily { first: date("2024-02-28") };
        assert_eq!(timeline.date(2), date("2024-03-01"));
        assert_eq!(timeline.end_of(date("2024-03-01")), Some(2));
        assert_eq!(timeline.end_of(date("2024-02-27")), None);
        assert_eq!(timeline.moment(0).weekday, 2);
    }
}
