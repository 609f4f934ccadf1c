//! Spans of dates that a request asks for.

use std::ops::RangeInclusive;

use chrono::{Days, NaiveDate};

use crate::error::{AppError, Field, Violation};

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
/// later, and the first date makes a span of `usual` days.
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
    let usual = to.checked_sub_days(Days::new(usual.saturating_sub(1))).unwrap_or(NaiveDate::MIN);
    date_span(from.unwrap_or(usual), to, most)
}
