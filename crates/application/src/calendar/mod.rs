//! What the calendar holds for everybody: public holidays.

use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use crate::date_span::date_span;
use crate::error::AppError;
use crate::ports::calendar::{Holiday, HolidayCalendar};
use crate::ports::runtime::Clock;

/// Days of one answer at most.
const MOST_DAYS: i64 = 4_000;

/// Holidays of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidaysAnswer {
    /// The country, as ISO 3166-1 writes it in two letters.
    pub country: &'static str,
    /// The dates that were looked at.
    pub span: RangeInclusive<NaiveDate>,
    /// The holidays, by date.
    pub holidays: Vec<Holiday>,
}

/// The use cases of the calendar. What they tell is the same for everybody, so they ask for no proof.
pub trait Calendar: Send + Sync {
    /// The public holidays that forecasts reckon with. A bound that is not named is the beginning or the end of the
    /// other one's year; of this year, by the country's clocks, where neither is.
    ///
    /// # Errors
    /// `Invalid` for a span that ends before it begins or has more than 4,000 days.
    fn holidays(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<HolidaysAnswer, AppError>;
}

/// [`Calendar`] on the ports.
pub struct CalendarService {
    /// The holidays.
    pub holidays: Arc<dyn HolidayCalendar>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Calendar for CalendarService {
    fn holidays(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<HolidaysAnswer, AppError> {
        let span = span(from, to, self.clock.now().with_timezone(&self.holidays.time_zone()).date_naive())?;
        let years = span.start().year()..=span.end().year();
        let mut holidays: Vec<Holiday> = years.flat_map(|year| self.holidays.of_year(year)).collect();
        holidays.retain(|holiday| span.contains(&holiday.date));
        Ok(HolidaysAnswer { country: self.holidays.country(), span, holidays })
    }
}

fn span(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<RangeInclusive<NaiveDate>, AppError> {
    let year = from.or(to).unwrap_or(today).year();
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
    let (from, to) = (from.unwrap_or_else(|| day(1, 1)), to.unwrap_or_else(|| day(12, 31)));
    date_span(from, to, MOST_DAYS)
}
