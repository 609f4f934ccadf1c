//! Spans of dates that a request asks for.

use std::ops::RangeInclusive;

use chrono::{Days, NaiveDate};

use crate::error::{AppError, Field, Violation};

/// The first date that answers name: their years have four digits, and there was no year 0.
const FIRST_DATE: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();

/// The dates from the first to the last, both of them among it.
///
/// # Errors
/// `Invalid` for a span that ends before it begins, or has more than `most` days.
pub(crate) fn date_span(from: NaiveDate, to: NaiveDate, most: i64) -> Result<RangeInclusive<NaiveDate>, AppError> {
    match to.signed_duration_since(from).num_days() + 1 {
        ..1 => Err(AppError::invalid(Field::From, "after_to")),
        days if days <= most => Ok(from..=to),
        _ => Err(AppError::Invalid(vec![Violation::new(Field::From, "span_too_long").with("max", &most)])),
    }
}

/// The same where a bound may not be named: the last date is then that of the newest data, or the first one if that is
/// later, and the first date makes a span of `usual` days, or of fewer where the calendar begins.
///
/// # Errors
/// As [`date_span`].
pub(crate) fn recent_dates(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    newest: NaiveDate,
    usual: u64,
    most: i64,
) -> Result<RangeInclusive<NaiveDate>, AppError> {
    let to = to.unwrap_or_else(|| from.map_or(newest, |from| newest.max(from)));
    let usual = to.checked_sub_days(Days::new(usual.saturating_sub(1))).unwrap_or(FIRST_DATE);
    date_span(from.unwrap_or(usual.max(FIRST_DATE)), to, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_span_does_not_begin_before_the_calendar() {
        let until = |to: &str| recent_dates(None, to.parse().ok(), NaiveDate::MAX, 90, 90).unwrap().start().to_string();
        assert_eq!(["0001-01-01", "0001-03-31", "0001-04-01"].map(until), ["0001-01-01", "0001-01-01", "0001-01-02"]);
        assert_eq!(until("9999-12-31"), "9999-10-03");
    }
}
