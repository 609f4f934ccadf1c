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
const HOURS_PER_DAY: usize = 24;

/// Where a regular series begins and how far apart its points are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "TimelineRecord", try_from = "TimelineRecord")]
pub(crate) enum Timeline {
    /// One point a local date.
    Daily {
        /// The date of index 0.
        first: NaiveDate,
    },
    /// One point an hour.
    Hourly {
        /// Hours from the Unix epoch to index 0.
        first: i64,
        /// The zone in which days end.
        zone: Tz,
    },
    /// One point every seven days.
    Weekly {
        /// The date of index 0.
        first: NaiveDate,
    },
    /// One point every so many months.
    Monthly {
        /// The date of index 0.
        first: NaiveDate,
        /// Months from one point to the next: 1, 3 or 12.
        months: u32,
    },
}

/// A [`Timeline`] as it is stored.
#[derive(Serialize, Deserialize)]
enum TimelineRecord {
    Daily { days_from_ce: i32 },
    Hourly { first: i64, zone: String },
    Weekly { days_from_ce: i32 },
    Monthly { days_from_ce: i32, months: u32 },
}

impl From<Timeline> for TimelineRecord {
    fn from(timeline: Timeline) -> Self {
        match timeline {
            Timeline::Daily { first } => Self::Daily { days_from_ce: first.num_days_from_ce() },
            Timeline::Hourly { first, zone } => Self::Hourly { first, zone: zone.name().to_owned() },
            Timeline::Weekly { first } => Self::Weekly { days_from_ce: first.num_days_from_ce() },
            Timeline::Monthly { first, months } => Self::Monthly { days_from_ce: first.num_days_from_ce(), months },
        }
    }
}

impl TryFrom<TimelineRecord> for Timeline {
    type Error = &'static str;

    fn try_from(record: TimelineRecord) -> Result<Self, Self::Error> {
        let date = |days| NaiveDate::from_num_days_from_ce_opt(days).ok_or("no such date");
        match record {
            TimelineRecord::Daily { days_from_ce } => Ok(Self::Daily { first: date(days_from_ce)? }),
            TimelineRecord::Weekly { days_from_ce } => Ok(Self::Weekly { first: date(days_from_ce)? }),
            TimelineRecord::Monthly { days_from_ce, months } => {
                Ok(Self::Monthly { first: date(days_from_ce)?, months })
            }
            TimelineRecord::Hourly { first, zone } => {
                zone.parse().map(|zone| Self::Hourly { first, zone }).map_err(|_| "no such time zone")
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
            Self::Daily { .. } | Self::Weekly { .. } | Self::Monthly { .. } => Grid::Daily,
            Self::Hourly { .. } => Grid::Hourly,
        }
    }

    /// Points a day; 1 where they are further apart.
    pub(crate) fn steps_per_day(self) -> usize {
        match self {
            Self::Hourly { .. } => HOURS_PER_DAY,
            Self::Daily { .. } | Self::Weekly { .. } | Self::Monthly { .. } => 1,
        }
    }

    /// Points in the season: a day of hours, a week of days, a year of anything longer.
    pub(crate) fn season(self) -> usize {
        match self {
            Self::Hourly { .. } => HOURS_PER_DAY,
            Self::Daily { .. } => 7,
            Self::Weekly { .. } => 52,
            Self::Monthly { months, .. } => usize::try_from(12 / months.max(1)).unwrap_or(1).max(1),
        }
    }

    /// Points in a year, in whole weeks where weekdays matter; `None` for hours, which are kept for weeks only.
    pub(crate) fn year(self) -> Option<usize> {
        match self {
            Self::Hourly { .. } => None,
            Self::Daily { .. } => Some(364),
            Self::Weekly { .. } | Self::Monthly { .. } => Some(self.season()),
        }
    }

    /// The local date of a point.
    pub(crate) fn date(self, index: usize) -> NaiveDate {
        match self {
            Self::Daily { first } => {
                let days = u64::try_from(index).unwrap_or(u64::MAX);
                first.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
            }
            Self::Hourly { first, zone } => local_hour(hour_at(first, index), zone).date_naive(),
            Self::Weekly { first } => {
                let days = u64::try_from(index).unwrap_or(u64::MAX).saturating_mul(7);
                first.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
            }
            Self::Monthly { first, months } => {
                let months = u32::try_from(index).unwrap_or(u32::MAX).saturating_mul(months);
                first.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
            }
        }
    }

    /// The calendar position of a point.
    pub(crate) fn moment(self, index: usize) -> Moment {
        let (date, hour) = match self {
            Self::Daily { .. } | Self::Weekly { .. } | Self::Monthly { .. } => (self.date(index), 0),
            Self::Hourly { first, zone } => {
                let local = local_hour(hour_at(first, index), zone);
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

    /// The index of the last point of a local date; `None` for a date that ends before the first point.
    pub(crate) fn end_of(self, date: NaiveDate) -> Option<usize> {
        match self {
            Self::Daily { first } => usize::try_from(date.signed_duration_since(first).num_days()).ok(),
            Self::Hourly { first, zone } => {
                let midnight = date.and_hms_opt(0, 0, 0)?.and_utc();
                // No zone is further than 14 hours from UTC, so the last hour of the date is among these.
                let latest = epoch_hour(midnight) + 40;
                let last = (latest - 60..=latest).rev().find(|hour| local_hour(*hour, zone).date_naive() <= date)?;
                usize::try_from(last.checked_sub(first)?).ok()
            }
            Self::Weekly { first } => usize::try_from(date.signed_duration_since(first).num_days().div_euclid(7)).ok(),
            Self::Monthly { first, months } => {
                let since = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
                usize::try_from((since(date) - since(first)).div_euclid(i64::from(months.max(1)))).ok()
            }
        }
    }
}

fn hour_at(first: i64, index: usize) -> i64 {
    first.saturating_add(i64::try_from(index).unwrap_or(i64::MAX))
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
        let timeline = Timeline::Hourly { first: epoch_hour(begin), zone: chrono_tz::America::Lima };
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
        let timeline = Timeline::Hourly { first: epoch_hour(begin), zone: chrono_tz::Europe::Madrid };
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
