//! Times of uploads as moments, in each order of their parts that the table may have.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::api::parse::moments;
use crate::api::tabular::{DateOrder, TimeFault, plain_time};

/// What is known of the times of an upload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// For times without a zone of their own.
    pub(crate) zone: Tz,
    /// The order of dates, where it is known.
    pub(crate) dates: Option<DateOrder>,
}

/// A time as a moment, or as two of them where clocks show an hour twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    /// The only one, or the one before clocks were put back.
    pub(crate) first: DateTime<Utc>,
    /// The one after that.
    second: Option<DateTime<Utc>>,
}

impl Reading {
    /// Reads a time.
    ///
    /// # Errors
    /// The code of the broken rule.
    pub(crate) fn read(self, text: &str) -> Result<Written, &'static str> {
        let (plain, _) = plain_time(text, self.dates).map_err(|fault| match fault {
            TimeFault::Invalid => "invalid_time",
            TimeFault::Ambiguous => "ambiguous_date",
        })?;
        Written::read(&plain, self.zone).ok_or("invalid_time")
    }
}

impl Written {
    /// Reads a time whose date is `YYYY-MM-DD`; `None` where there is no such time.
    pub(crate) fn read(text: &str, zone: Tz) -> Option<Self> {
        moments(text, zone).map(|(first, second)| Self { first, second })
    }
}

/// The moments of times in the order of their file. Of an hour that clocks show twice the rows are its first pass until
/// the clock goes back, and then its second; a file that descends is read from its end. In a file of no order, of two
/// rows at one time the later one is of the second pass.
pub(crate) fn resolve(times: &[Written]) -> Vec<DateTime<Utc>> {
    let mut moments: Vec<DateTime<Utc>> = times.iter().map(|time| time.first).collect();
    if times.iter().all(|time| time.second.is_none()) {
        return moments;
    }
    let sure = || times.iter().filter(|time| time.second.is_none()).map(|time| time.first);
    let in_order = |steps: fn(&DateTime<Utc>, &DateTime<Utc>) -> bool| sure().is_sorted_by(steps);
    let ascends = in_order(|one, next| one <= next);
    let descends = !ascends && in_order(|one, next| one >= next);
    let places: Vec<usize> = if descends { (0..times.len()).rev().collect() } else { (0..times.len()).collect() };
    let mut earlier: Vec<DateTime<Utc>> = Vec::new();
    let mut second_pass = false;
    for place in places {
        let Some(Written { first, second: Some(second) }) = times.get(place).copied() else {
            earlier.clear();
            continue;
        };
        // Another night begins anew.
        if earlier.last().is_some_and(|last| (first - *last).abs() > TimeDelta::hours(12)) {
            earlier.clear();
        }
        second_pass = if ascends || descends {
            (second_pass && !earlier.is_empty()) || earlier.last().is_some_and(|last| first <= *last)
        } else {
            earlier.contains(&first)
        };
        if let Some(moment) = moments.get_mut(place).filter(|_| second_pass) {
            *moment = second;
        }
        earlier.push(first);
    }
    moments
}
