//! Times as files write them, and how to write further ones in the same way.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

/// How a file writes the times of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeForm {
    /// Dates only.
    Date,
    /// Times of day.
    Time {
        /// `T` or a space, between date and time.
        separator: char,
        /// Whether seconds are written.
        seconds: bool,
        /// The zone.
        zone: Zone,
    },
}

/// How a time names its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Not at all.
    None,
    /// As `Z`.
    Utc,
    /// As hours and minutes east of UTC.
    Offset(FixedOffset),
}

impl Zone {
    fn offset(self) -> Option<TimeDelta> {
        match self {
            Self::None => None,
            Self::Utc => Some(TimeDelta::zero()),
            Self::Offset(offset) => Some(TimeDelta::seconds(offset.local_minus_utc().into())),
        }
    }
}

impl TimeForm {
    /// A time in this form.
    #[must_use]
    pub fn write(self, at: NaiveDateTime) -> String {
        match self {
            Self::Date => at.date().to_string(),
            Self::Time { separator, seconds, zone } => {
                let time = if seconds { at.format("%H:%M:%S%.f") } else { at.format("%H:%M") };
                let zone = match zone {
                    Zone::None => String::new(),
                    Zone::Utc => "Z".to_owned(),
                    Zone::Offset(offset) => offset.to_string(),
                };
                format!("{}{separator}{time}{zone}", at.date())
            }
        }
    }
}

/// A time and its form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    local: NaiveDateTime,
    form: TimeForm,
}

impl Stamp {
    /// A date `YYYY-MM-DD`, or a date, `T` or a space, and a time of day, with or without seconds and zone. No leap second.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        // chrono alone would also read 2026-1-2 and +002026-01-02.
        let shaped = date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date = shaped.then(|| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()).flatten()?;
        let mut characters = rest.chars();
        let separator = match characters.next() {
            None => return Some(Self { local: date.into(), form: TimeForm::Date }),
            Some('T' | 't') => 'T',
            Some(' ') => ' ',
            Some(_) => return None,
        };
        let (clock, zone) = split_zone(characters.as_str())?;
        let (time, seconds) = match NaiveTime::parse_from_str(clock, "%H:%M:%S%.f") {
            Ok(time) => (time, true),
            Err(_) => (NaiveTime::parse_from_str(clock, "%H:%M").ok()?, false),
        };
        let leap = time.nanosecond() >= 1_000_000_000;
        (!leap).then_some(Self { local: date.and_time(time), form: TimeForm::Time { separator, seconds, zone } })
    }

    fn zone(&self) -> Option<Zone> {
        match self.form {
            TimeForm::Time { zone, .. } => Some(zone),
            TimeForm::Date => None,
        }
    }
}

fn split_zone(text: &str) -> Option<(&str, Zone)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, Zone::Utc));
    }
    let Some(place) = text.find(['+', '-']) else { return Some((text, Zone::None)) };
    let (clock, offset) = text.split_at(place);
    Some((clock, Zone::Offset(offset.parse().ok()?)))
}

/// The times of one series.
pub(super) struct Times {
    locals: Vec<NaiveDateTime>,
    /// East of UTC, one for each time, once they are known to differ.
    offsets: Vec<TimeDelta>,
    zoned: Option<bool>,
    form: TimeForm,
}

impl Times {
    pub(super) fn of(first: &Stamp) -> Self {
        Self { locals: Vec::new(), offsets: Vec::new(), zoned: None, form: first.form }
    }

    /// Whether a time may stand in this series: all of its times have a zone, or none has. Dates go with either.
    pub(super) fn fit(&mut self, stamp: &Stamp) -> bool {
        let Some(zone) = stamp.zone() else { return true };
        let zoned = zone != Zone::None;
        *self.zoned.get_or_insert(zoned) == zoned
    }

    pub(super) fn push(&mut self, stamp: &Stamp) {
        self.locals.push(stamp.local);
        self.offsets.push(stamp.zone().and_then(Zone::offset).unwrap_or_default());
        if stamp.form != TimeForm::Date {
            self.form = stamp.form;
        }
    }

    /// The times on one clock. Where the offset changes, as with summer time, it is the wall clock if that always shows
    /// the same time of day, and the last offset otherwise.
    pub(super) fn finish(self) -> (Vec<NaiveDateTime>, TimeForm) {
        let Self { mut locals, offsets, form, .. } = self;
        let last = offsets.last().copied().unwrap_or_default();
        let same_offset = offsets.iter().all(|offset| *offset == last);
        let same_time = locals.iter().zip(locals.iter().skip(1)).all(|(one, next)| one.time() == next.time());
        if !same_offset && !same_time {
            for (local, offset) in locals.iter_mut().zip(offsets) {
                *local = local.checked_add_signed(last - offset).unwrap_or(*local);
            }
        }
        (locals, form)
    }
}
