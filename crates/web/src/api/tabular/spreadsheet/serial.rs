//! Dates of workbooks: days since an epoch, with the time of day as their fraction.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

/// The last day that workbooks know, 9999-12-31.
const LAST: f64 = 2_958_466.0;
const MILLISECONDS: f64 = 86_400_000.0;

/// The time of a serial number; `None` where it is none: a time of day alone, a day before the epoch, or the 29th of
/// February of 1900, which workbooks count and no calendar has.
pub(super) fn time_of(serial: f64, from_1904: bool) -> Option<NaiveDateTime> {
    let (epoch, first) = if from_1904 { ((1904, 1, 1), 0.0) } else { ((1899, 12, 30), 1.0) };
    if !(first..LAST).contains(&serial) || (!from_1904 && (60.0..61.0).contains(&serial)) {
        return None;
    }
    // Up to that day serial numbers are one less than days since the epoch.
    let serial = if !from_1904 && serial < 60.0 { serial + 1.0 } else { serial };
    let (year, month, day) = epoch;
    let milliseconds: i64 = format!("{:.0}", serial * MILLISECONDS).parse().ok()?;
    let start = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(0, 0, 0)?;
    start.checked_add_signed(TimeDelta::milliseconds(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_the_days_that_workbooks_show() {
        for (serial, from_1904, expected) in [
            (1.0, false, Some("1900-01-01 00:00:00")),
            (59.0, false, Some("1900-02-28 00:00:00")),
            (60.0, false, None),
            (61.0, false, Some("1900-03-01 00:00:00")),
            (46_387.0, false, Some("2026-12-31 00:00:00")),
            (44_925.0, true, Some("2026-12-31 00:00:00")),
            (0.0, true, Some("1904-01-01 00:00:00")),
            (45_943.541_666_666_664, false, Some("2025-10-13 13:00:00")),
            (46_387.999_988_425_9, false, Some("2026-12-31 23:59:59")),
            (2_958_465.0, false, Some("9999-12-31 00:00:00")),
            (2_958_466.0, false, None),
            (0.5, false, None),
            (-1.0, false, None),
            (f64::NAN, false, None),
            (f64::INFINITY, true, None),
        ] {
            let found = time_of(serial, from_1904).map(|time| time.to_string());
            assert_eq!(found.as_deref(), expected, "{serial} {from_1904}");
        }
    }
}
