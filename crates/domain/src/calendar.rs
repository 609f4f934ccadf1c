//! Where days begin.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The longest stretch that clocks skip at once where days are still told by dates, in hours.
const LONGEST_SKIP: i64 = 3;

/// The moment at which `date` begins in `zone`. Where clocks skip midnight, the first moment that exists; `None` for a
/// date that a zone skipped whole, and at the ends of time.
#[must_use]
pub fn start_of_day(date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = date.and_time(NaiveTime::MIN);
    let minutes = (0..=LONGEST_SKIP * 60).step_by(30);
    minutes
        .filter_map(|minutes| midnight.checked_add_signed(TimeDelta::minutes(minutes)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|start| start.to_utc())
}

/// The moment at which `date` ends in `zone`: the beginning of the next one.
#[must_use]
pub fn end_of_day(date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    start_of_day(date.succ_opt()?, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(year: i32, month: u32, day: u32, zone: Tz) -> i64 {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        (end_of_day(date, zone).unwrap() - start_of_day(date, zone).unwrap()).num_hours()
    }

    #[test]
    fn days_are_as_long_as_clocks_make_them() {
        assert_eq!(hours(2026, 1, 1, chrono_tz::America::Lima), 24);
        assert_eq!(hours(2026, 10, 25, chrono_tz::Europe::London), 25);
        assert_eq!(hours(2026, 3, 29, chrono_tz::Europe::London), 23);
        assert_eq!(hours(2018, 11, 4, chrono_tz::America::Sao_Paulo), 23);
    }
}
