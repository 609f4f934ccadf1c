//! The port to whoever knows public holidays: the one that forecasts reckon with.

use chrono::NaiveDate;
use chrono_tz::Tz;

/// A public holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// Its date.
    pub date: NaiveDate,
    /// The word under which the texts have its name, such as `independence`.
    pub code: &'static str,
}

/// Public holidays of one country.
pub trait HolidayCalendar: Send + Sync {
    /// The country, as ISO 3166-1 writes it in two letters.
    fn country(&self) -> &'static str;

    /// By whose clocks a year of the country begins and ends.
    fn time_zone(&self) -> Tz;

    /// The holidays of a year, by date.
    fn of_year(&self, year: i32) -> Vec<Holiday>;
}
