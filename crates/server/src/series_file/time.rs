//! Times as files write them, and how to write further ones in the same way.

use atalaya_web::tabular::{DateOrder, DateStyle, TimeFault, iso_date, plain_time};
use chrono::{FixedOffset, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

/// How a file writes the times of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeForm {
    /// Of dates.
    pub date: DateStyle,
    /// Of times of day; `None` for dates alone.
    pub clock: Option<ClockForm>,
}

/// How a file writes times of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockForm {
    /// `T` or a space, between date and time.
    pub separator: char,
    /// Whether seconds are written.
    pub seconds: bool,
    /// The zone.
    pub zone: Zone,
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
    /// Dates `YYYY-MM-DD` alone.
    pub const DATE: Self = Self { date: DateStyle::ISO, clock: None };
    /// Dates `YYYY-MM-DD` and hours and minutes, without a zone.
    pub const MINUTES: Self =
        Self { date: DateStyle::ISO, clock: Some(ClockForm { separator: ' ', seconds: false, zone: Zone::None }) };

    /// A time in this form.
    #[must_use]
    pub fn write(self, at: NaiveDateTime) -> String {
        let date = self.date.write(at.date());
        let Some(ClockForm { separator, seconds, zone }) = self.clock else { return date };
        let time = if seconds { at.format("%H:%M:%S%.f") } else { at.format("%H:%M") };
        let zone = match zone {
            Zone::None => String::new(),
            Zone::Utc => "Z".to_owned(),
            Zone::Offset(offset) => offset.to_string(),
        };
        format!("{date}{separator}{time}{zone}")
    }
}

/// A time and its form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    local: NaiveDateTime,
    form: TimeForm,
}

impl Stamp {
    /// A date, or a date, `T` or a space, and a time of day, with or without seconds and zone. No leap second. `dates`
    /// is the order of dates that are not `YYYY-MM-DD`.
    pub(super) fn parse(text: &str, dates: Option<DateOrder>) -> Result<Self, TimeFault> {
        let (plain, date) = plain_time(text, dates)?;
        let (local, clock) = plain_stamp(&plain).ok_or(TimeFault::Invalid)?;
        Ok(Self { local, form: TimeForm { date, clock } })
    }

    fn offset(&self) -> TimeDelta {
        self.zone().and_then(Zone::offset).unwrap_or_default()
    }

    /// The moment, in UTC where the zone is known.
    fn instant(&self) -> NaiveDateTime {
        self.local.checked_sub_signed(self.offset()).unwrap_or(self.local)
    }

    fn zone(&self) -> Option<Zone> {
        self.form.clock.map(|clock| clock.zone)
    }
}

/// A time with its date as `YYYY-MM-DD`.
fn plain_stamp(text: &str) -> Option<(NaiveDateTime, Option<ClockForm>)> {
    let (date, rest) = text.split_at_checked(10)?;
    let date = iso_date(date)?;
    let mut characters = rest.chars();
    let separator = match characters.next() {
        None => return Some((date.into(), None)),
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
    (!leap).then_some((date.and_time(time), Some(ClockForm { separator, seconds, zone })))
}

fn split_zone(text: &str) -> Option<(&str, Zone)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, Zone::Utc));
    }
    let Some(place) = text.find(['+', '-']) else { return Some((text, Zone::None)) };
    let (clock, offset) = text.split_at(place);
    Some((clock, Zone::Offset(offset.parse().ok()?)))
}

/// The most that a change of clocks moves them.
const LARGEST_CHANGE: TimeDelta = TimeDelta::hours(2);

/// The times of one series.
pub(super) struct Times {
    stamps: Vec<Stamp>,
    zoned: Option<bool>,
}

/// Times read together.
pub(super) struct Clocks {
    /// As the clocks on the wall showed them.
    pub(super) wall: Vec<NaiveDateTime>,
    /// On the last offset, where clocks changed: hours stay as far apart as they were.
    pub(super) instants: Option<Vec<NaiveDateTime>>,
    /// How the latest of them is written.
    pub(super) form: TimeForm,
}

impl Times {
    pub(super) fn new() -> Self {
        Self { stamps: Vec::new(), zoned: None }
    }

    /// Whether a time may stand in this series: all of its times have a zone, or none has. Dates go with either.
    pub(super) fn fit(&mut self, stamp: &Stamp) -> bool {
        let Some(zone) = stamp.zone() else { return true };
        let zoned = zone != Zone::None;
        *self.zoned.get_or_insert(zoned) == zoned
    }

    pub(super) fn push(&mut self, stamp: &Stamp) {
        self.stamps.push(*stamp);
    }

    /// The times on the clocks of the latest one, whatever the order of rows. Offsets that differ by more than a change
    /// of clocks are of different places, and all times are told on the last one.
    pub(super) fn finish(self) -> Clocks {
        let latest = |stamps: &mut dyn Iterator<Item = &Stamp>| stamps.max_by_key(|stamp| stamp.instant()).copied();
        let timed = latest(&mut self.stamps.iter().filter(|stamp| stamp.form.clock.is_some()));
        let Some(last) = timed.or_else(|| latest(&mut self.stamps.iter())) else {
            return Clocks { wall: Vec::new(), instants: None, form: TimeForm::DATE };
        };
        let offsets = || self.stamps.iter().map(Stamp::offset);
        let (smallest, greatest) = (offsets().min().unwrap_or_default(), offsets().max().unwrap_or_default());
        let wall: Vec<NaiveDateTime> = self.stamps.iter().map(|stamp| stamp.local).collect();
        if smallest == greatest {
            return Clocks { wall, instants: None, form: last.form };
        }
        let moved = |stamp: &Stamp| stamp.local.checked_add_signed(last.offset() - stamp.offset());
        let instants: Vec<NaiveDateTime> =
            self.stamps.iter().map(|stamp| moved(stamp).unwrap_or(stamp.local)).collect();
        if greatest - smallest > LARGEST_CHANGE {
            return Clocks { wall: instants, instants: None, form: last.form };
        }
        Clocks { wall, instants: Some(instants), form: last.form }
    }
}
