//! The axes, and the lines and areas between them.

use atalaya_domain::forecast::Interval;
use chrono::{NaiveDateTime, TimeDelta};

use super::ends::{Flags, Labels};
use super::marks::Marks;
use super::{Ahead, ForecastPicture, Measure};
use crate::font::{Weight, fit, width};
use crate::numbers::Numbers;
use crate::scene::{Anchor, BLUE, GREY, INK, MARGIN, PALE, Point, Scene, Text, VERMILION, WHITE, WIDTH};
use crate::times::Ticks;
use crate::words::{capitalised, clean, say, say_count};

const HEIGHT: f64 = 330.0;
const LABEL_SIZE: f64 = 16.0;
/// Labels on the axis of values, about.
const LABELS: u32 = 5;
/// Between an axis and its first point, so that a point on the edge is whole.
const INSET: f64 = 13.0;
/// The strips that numbered marks have to themselves: letters above, numbers of holidays below.
pub(super) const STRIP: f64 = 26.0;

/// Where things are.
pub(super) struct Plot<'a> {
    pub(super) picture: &'a ForecastPicture<'a>,
    pub(super) numbers: Numbers,
    pub(super) marks: Marks,
    pub(super) labels: Labels,
    pub(super) flags: Flags,
    /// The first and last time that is shown.
    pub(super) first: NaiveDateTime,
    pub(super) last: NaiveDateTime,
    pub(super) left: f64,
    pub(super) right: f64,
    /// The baseline of the name of the axis of values.
    title: f64,
    /// The edges of the axes.
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// The pixels that belong to `low` and `high`.
    lowest: f64,
    highest: f64,
    low: f64,
    high: f64,
}

impl<'a> Plot<'a> {
    /// Lays it out from `top` on.
    pub(super) fn new(picture: &'a ForecastPicture<'a>, top: f64) -> Self {
        let (low, high) = bounds(picture);
        let numbers = numbers(picture);
        let ticks = numbers.ticks(low, high);
        let widest = ticks.iter().map(|tick| width(&numbers.tick(*tick), Weight::Regular)).fold(0.0, f64::max);
        let labels = Labels::new(picture, numbers);
        let (first, last) = span(picture);
        let mut plot = Self {
            picture,
            numbers,
            marks: Marks::default(),
            flags: Flags::default(),
            first,
            last,
            left: MARGIN + widest * LABEL_SIZE + 12.0,
            right: WIDTH - MARGIN - labels.width() - 14.0,
            labels,
            title: top + 16.0,
            top,
            bottom: top,
            lowest: top,
            highest: top,
            low,
            high,
        };
        plot.flags = Flags::new(&plot);
        plot.marks = Marks::of(&plot);
        // The name of the axis shares a row with the flags where they leave it room.
        let name = Text::new(&axis_name(picture, numbers), MARGIN, 0.0, LABEL_SIZE);
        let row = if plot.flags.left() > name.right() + 16.0 { 0.0 } else { 22.0 };
        plot.top = top + 24.0 + row + (plot.flags.height() - 22.0).max(0.0);
        plot.title = if row > 0.0 { top + 16.0 } else { plot.top - 8.0 };
        plot.highest = plot.top + if plot.marks.letters.is_empty() { INSET } else { STRIP };
        plot.lowest = plot.highest + HEIGHT;
        plot.bottom = plot.lowest + if plot.marks.holidays.is_empty() { INSET } else { STRIP };
        plot
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

    fn point(&self, at: NaiveDateTime, value: f64) -> Point {
        (self.x(at), self.y(value))
    }

    /// Whether a time is in the picture.
    pub(super) fn shows(&self, at: NaiveDateTime) -> bool {
        (self.first..=self.last).contains(&at)
    }

    /// Draws it; where what follows begins.
    pub(super) fn draw(&self, scene: &mut Scene) -> f64 {
        self.draw_values_axis(scene);
        let below = self.draw_time_axis(scene);
        self.flags.draw(self, scene);
        self.draw_bands(scene);
        self.draw_history(scene);
        let expected = self.picture.ahead.iter().map(|ahead| self.point(ahead.at, ahead.mean));
        scene.line(self.anchor().into_iter().chain(expected).collect(), 3.0, VERMILION);
        if let Some(anchor) = self.anchor() {
            scene.circle(anchor, 5.0, INK);
        }
        self.labels.draw(self, scene);
        self.marks.draw(self, scene);
        below
    }

    fn anchor(&self) -> Option<Point> {
        self.picture.anchor().filter(|(at, _)| self.shows(*at)).map(|(at, value)| self.point(at, value))
    }

    fn draw_values_axis(&self, scene: &mut Scene) {
        let name = axis_name(self.picture, self.numbers);
        scene.text(Text::new(&name, MARGIN, self.title, LABEL_SIZE).colour(GREY));
        for tick in self.numbers.ticks(self.low, self.high) {
            let y = self.y(tick);
            scene.line(vec![(self.left, y), (self.right, y)], 1.0, PALE);
            let label = Text::new(&self.numbers.tick(tick), self.left - 10.0, y + LABEL_SIZE * 0.36, LABEL_SIZE);
            scene.text(label.anchor(Anchor::End));
        }
        scene.line(vec![(self.left, self.top), (self.left, self.bottom)], 1.5, INK);
    }

    /// Labels at the starts of periods, below them the first and the last time with the axis' name between.
    fn draw_time_axis(&self, scene: &mut Scene) -> f64 {
        let language = self.picture.language;
        let baseline = self.bottom + 26.0;
        let room = self.right - self.left;
        let ticks = Ticks::of(language, self.first, self.last, |labels| {
            let widths = labels.iter().map(|label| width(&label.words, Weight::SemiBold) * LABEL_SIZE + 18.0);
            let count = u32::try_from(labels.len()).unwrap_or(u32::MAX);
            widths.fold(0.0, f64::max) * f64::from(count) <= room
        });
        for at in &ticks.small {
            scene.line(vec![(self.x(*at), self.bottom), (self.x(*at), self.bottom + 4.0)], 1.0, GREY);
        }
        for (at, label) in &ticks.labelled {
            let x = self.x(*at);
            scene.line(vec![(x, self.bottom), (x, self.bottom + 8.0)], 1.5, INK);
            let text = Text::new(&label.words, x, baseline, LABEL_SIZE).anchor(Anchor::Middle);
            scene.text(if label.is_larger { text.bold() } else { text });
        }
        scene.line(vec![(self.left, self.bottom), (self.right, self.bottom)], 1.5, INK);
        let below = baseline + 26.0;
        let first = Text::new(&self.picture.moment(self.first), self.left, below, LABEL_SIZE).colour(GREY);
        let last = Text::new(&self.picture.moment(self.last), self.right, below, LABEL_SIZE).colour(GREY);
        let last = last.anchor(Anchor::End);
        let (unit, each) = self.picture.pace.unit();
        let name = say_count(language, &format!("pace.{unit}"), each.into(), each.to_string());
        let middle = f64::midpoint(first.right(), last.left());
        let name = Text::new(&name, middle, below, LABEL_SIZE).colour(GREY).anchor(Anchor::Middle);
        for text in [first, name, last] {
            scene.text(text);
        }
        below + 16.0
    }

    fn draw_bands(&self, scene: &mut Scene) {
        for ((place, _), opacity) in self.picture.levels().into_iter().zip(self.picture.opacities()) {
            scene.area(self.outline(place), BLUE.mix(opacity));
        }
    }

    /// A band: along the upper bounds, and back along the lower ones, from the last observed point.
    fn outline(&self, band: usize) -> Vec<Point> {
        let bound = |ahead: &Ahead, side: fn(&Interval) -> f64| {
            ahead.intervals.get(band).map(|interval| self.point(ahead.at, side(interval)))
        };
        let ahead = self.picture.ahead;
        let upper = ahead.iter().filter_map(|ahead| bound(ahead, |interval| interval.upper));
        let lower = ahead.iter().rev().filter_map(|ahead| bound(ahead, |interval| interval.lower));
        self.anchor().into_iter().chain(upper).chain(lower).collect()
    }

    /// Lines along what was observed. A gap stays a gap; what a gap isolates is a dot.
    fn draw_history(&self, scene: &mut Scene) {
        let shown = self.picture.recent();
        // What was left out as a misreading is marked, and no part of the line.
        for run in shown.split(|(at, value)| value.is_none() || self.picture.is_outlier(*at)) {
            let points = run.iter().filter_map(|(at, value)| Some((*at, (*value)?)));
            let (known, unfinished): (Vec<_>, Vec<_>) = points.partition(|(at, _)| !self.is_unfinished(*at));
            let points: Vec<Point> = known.into_iter().map(|(at, value)| self.point(at, value)).collect();
            match points.as_slice() {
                [] => {}
                [alone] => scene.circle(*alone, 3.0, INK),
                _ => scene.line(points, 2.5, INK),
            }
            for (at, value) in unfinished {
                scene.ring(self.point(at, value), 4.0, WHITE, INK);
            }
        }
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

/// What the axis of values counts, and in what.
fn axis_name(picture: &ForecastPicture<'_>, numbers: Numbers) -> String {
    let name = match picture.measure {
        Measure::Followers => capitalised(&say(picture.language, "followers", &[])),
        Measure::Column(name) => clean(name),
    };
    let unit = numbers.counts_in().map(|unit| format!(" ({unit})")).unwrap_or_default();
    let room = (WIDTH - 2.0 * MARGIN) / LABEL_SIZE - width(&unit, Weight::Regular);
    format!("{}{unit}", fit(&name, Weight::Regular, room))
}

/// How the values are written.
pub(super) fn numbers(picture: &ForecastPicture<'_>) -> Numbers {
    let (low, high) = bounds(picture);
    let are_whole = picture.history.iter().filter_map(|(_, value)| *value).all(|value| value.fract() == 0.0);
    Numbers::of(picture.language, low, high, LABELS, are_whole)
}

/// From below the lowest to above the highest of what is drawn, without outliers, which would make everything else a flat
/// line. What never falls below zero does not on the axis.
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
