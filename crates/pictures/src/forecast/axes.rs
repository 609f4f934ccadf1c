//! Where times and values lie: what everything in a plot is placed by.

use chrono::{NaiveDateTime, TimeDelta};

use super::ForecastPicture;
use crate::font::{Weight, width};
use crate::numbers::Numbers;
use crate::scene::{MARGIN, Point, WIDTH};

/// Pixels from the lowest to the highest value.
const HEIGHT: f64 = 330.0;
pub(super) const LABEL_SIZE: f64 = 16.0;
/// Labels on the axis of values, about.
const LABELS: u32 = 5;
/// Between an axis and its first point, so that a point on the edge is whole.
const INSET: f64 = 13.0;
/// The strips that numbered marks have to themselves: letters above, numbers of holidays below.
pub(super) const STRIP: f64 = 26.0;

/// Where things are.
pub(super) struct Axes<'a> {
    pub(super) picture: &'a ForecastPicture<'a>,
    pub(super) numbers: Numbers,
    /// The first and last time that is shown.
    pub(super) first: NaiveDateTime,
    pub(super) last: NaiveDateTime,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// The pixels that belong to `low` and `high`.
    lowest: f64,
    highest: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl<'a> Axes<'a> {
    /// From side to side, with so much room at the right; how far down they lie is told later.
    pub(super) fn new(picture: &'a ForecastPicture<'a>, room: f64) -> Self {
        let (low, high) = bounds(picture);
        let numbers = numbers(picture);
        let ticks = numbers.ticks(low, high);
        let widest = ticks.iter().map(|tick| width(&numbers.tick(*tick), Weight::Regular)).fold(0.0, f64::max);
        let (first, last) = span(picture);
        let left = MARGIN + widest * LABEL_SIZE + 12.0;
        let right = WIDTH - MARGIN - room;
        Self { picture, numbers, first, last, left, right, top: 0.0, bottom: 0.0, lowest: 0.0, highest: 0.0, low, high }
    }

    /// The same from `top` down, with a strip above and one below where they are needed.
    pub(super) fn below(self, top: f64, has_letters: bool, has_holidays: bool) -> Self {
        let room = |is_strip: bool| if is_strip { STRIP } else { INSET };
        let highest = top + room(has_letters);
        let lowest = highest + HEIGHT;
        Self { top, highest, lowest, bottom: lowest + room(has_holidays), ..self }
    }

    /// The pixels from the left of a time.
    pub(super) fn x(&self, at: NaiveDateTime) -> f64 {
        let span = (self.last - self.first).as_seconds_f64();
        let share = if span > 0.0 { (at - self.first).as_seconds_f64() / span } else { 0.5 };
        self.left + INSET + share * (self.right - self.left - 2.0 * INSET)
    }

    /// The pixels from the top of a value that may be beyond the axis.
    pub(super) fn y_held(&self, value: f64) -> f64 {
        self.y(value).clamp(self.highest + 8.0, self.lowest - 8.0)
    }

    /// The pixels from the top of a value.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.lowest - (value - self.low) / (self.high - self.low) * (self.lowest - self.highest)
    }

    pub(super) fn point(&self, at: NaiveDateTime, value: f64) -> Point {
        (self.x(at), self.y(value))
    }

    /// Whether a time is in the picture.
    pub(super) fn shows(&self, at: NaiveDateTime) -> bool {
        (self.first..=self.last).contains(&at)
    }

    /// Whether an observation is of a step that the forecast takes to be still to come.
    pub(super) fn is_unfinished(&self, at: NaiveDateTime) -> bool {
        self.picture.ahead.first().is_some_and(|ahead| at >= ahead.at)
    }
}

/// The first and the last time that is shown; apart from one another, so that there is an axis.
fn span(picture: &ForecastPicture<'_>) -> (NaiveDateTime, NaiveDateTime) {
    let times = || picture.recent().iter().map(|(at, _)| *at).chain(picture.ahead.iter().map(|ahead| ahead.at));
    let (first, last) = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
    if first < last { (first, last) } else { (first, last.checked_add_signed(picture.apart()).unwrap_or(last)) }
}

/// How the values are written.
pub(super) fn numbers(picture: &ForecastPicture<'_>) -> Numbers {
    let (low, high) = bounds(picture);
    let are_whole = picture.history.iter().filter_map(|(_, value)| *value).all(|value| value.fract() == 0.0);
    Numbers::of(picture.language, low, high, LABELS, are_whole)
}

/// From below the lowest to above the highest of what is drawn, without outliers, which would make everything else a
/// flat line. What never falls below zero does not on the axis.
fn bounds(picture: &ForecastPicture<'_>) -> (f64, f64) {
    let kept = picture.recent().iter().filter(|(at, _)| !picture.is_outlier(*at));
    let observed = kept.filter_map(|(_, value)| *value);
    let expected = picture.ahead.iter().flat_map(|ahead| {
        let bounds = ahead.intervals.iter().flat_map(|interval| [interval.lower, interval.upper]);
        bounds.chain([ahead.mean])
    });
    let (low, high) = observed
        .chain(expected)
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let (range, size) = (high - low, high.abs().max(low.abs()));
    // A series that never moves gets room too.
    let room = match size {
        0.0 => 1.0,
        size if range > size * 1e-9 => range * 0.04,
        size => size * 0.05,
    };
    let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
    ((low - room).max(floor), high + room)
}

/// A time as far as it can be told, for marks in the middle of a day.
pub(super) fn midday(day: NaiveDateTime) -> NaiveDateTime {
    day.checked_add_signed(TimeDelta::hours(12)).unwrap_or(day)
}
