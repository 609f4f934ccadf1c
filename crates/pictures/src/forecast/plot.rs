//! The axes, and the lines and areas between them.

use atalaya_domain::forecast::Interval;

use super::axes::{Axes, LABEL_SIZE};
use super::ends::{Flags, Labels};
use super::marks::Marks;
use super::{Ahead, ForecastPicture, Measure};
use crate::font::{Weight, fit, width};
use crate::numbers::Numbers;
use crate::scene::{Anchor, BLUE, GREY, INK, MARGIN, PALE, Point, Scene, Text, VERMILION, WHITE, WIDTH};
use crate::times::Ticks;
use crate::words::{capitalised, clean, say, say_count};

/// Height of a row of texts above the axes.
const ROW: f64 = 22.0;

/// What is drawn between the head and the foot.
pub(super) struct Plot<'a> {
    axes: Axes<'a>,
    marks: Marks,
    labels: Labels,
    flags: Flags,
    /// The baseline of the name of the axis of values.
    title: f64,
}

impl<'a> Plot<'a> {
    /// Lays it out from `top` on.
    pub(super) fn new(picture: &'a ForecastPicture<'a>, top: f64) -> Self {
        let labels = Labels::new(picture);
        let axes = Axes::new(picture, labels.width() + 14.0);
        let (flags, marks) = (Flags::new(&axes), Marks::of(&axes));
        // The name of the axis shares a row with the flags where they leave it room.
        let name = Text::new(&axis_name(picture, axes.numbers), MARGIN, 0.0, LABEL_SIZE);
        let row = if flags.left() > name.right() + 16.0 { 0.0 } else { ROW };
        let edge = top + 24.0 + row + (flags.height() - ROW).max(0.0);
        let axes = axes.below(edge, marks.has_letters(), marks.has_holidays());
        Self { axes, marks, labels, flags, title: if row > 0.0 { top + 16.0 } else { edge - 8.0 } }
    }

    /// Draws it; where what follows begins.
    pub(super) fn draw(&self, scene: &mut Scene) -> f64 {
        self.draw_values_axis(scene);
        let below = self.draw_time_axis(scene);
        self.flags.draw(&self.axes, scene);
        self.draw_bands(scene);
        self.draw_history(scene);
        let expected = self.axes.picture.ahead.iter().map(|ahead| self.axes.point(ahead.at, ahead.mean));
        scene.line(self.anchor().into_iter().chain(expected).collect(), 3.0, VERMILION);
        if let Some(anchor) = self.anchor() {
            scene.circle(anchor, 5.0, INK);
        }
        self.labels.draw(&self.axes, scene);
        self.marks.draw(&self.axes, scene);
        self.marks.draw_legend(&self.axes, scene, below)
    }

    fn anchor(&self) -> Option<Point> {
        self.axes.picture.anchor().filter(|(at, _)| self.axes.shows(*at)).map(|(at, value)| self.axes.point(at, value))
    }

    fn draw_values_axis(&self, scene: &mut Scene) {
        let name = axis_name(self.axes.picture, self.axes.numbers);
        scene.text(Text::new(&name, MARGIN, self.title, LABEL_SIZE).colour(GREY));
        for tick in self.axes.numbers.ticks(self.axes.low, self.axes.high) {
            let y = self.axes.y(tick);
            scene.line(vec![(self.axes.left, y), (self.axes.right, y)], 1.0, PALE);
            let label =
                Text::new(&self.axes.numbers.tick(tick), self.axes.left - 10.0, y + LABEL_SIZE * 0.36, LABEL_SIZE);
            scene.text(label.anchor(Anchor::End));
        }
        scene.line(vec![(self.axes.left, self.axes.top), (self.axes.left, self.axes.bottom)], 1.5, INK);
    }

    /// Labels at the starts of periods, below them the first and the last time with the axis' name between.
    fn draw_time_axis(&self, scene: &mut Scene) -> f64 {
        let language = self.axes.picture.language;
        let baseline = self.axes.bottom + 26.0;
        let room = self.axes.right - self.axes.left;
        let ticks = Ticks::of(language, self.axes.first, self.axes.last, |labels| {
            let widths = labels.iter().map(|label| width(&label.words, Weight::SemiBold) * LABEL_SIZE + 18.0);
            let count = u32::try_from(labels.len()).unwrap_or(u32::MAX);
            widths.fold(0.0, f64::max) * f64::from(count) <= room
        });
        for at in &ticks.small {
            scene.line(
                vec![(self.axes.x(*at), self.axes.bottom), (self.axes.x(*at), self.axes.bottom + 4.0)],
                1.0,
                GREY,
            );
        }
        for (at, label) in &ticks.labelled {
            let x = self.axes.x(*at);
            scene.line(vec![(x, self.axes.bottom), (x, self.axes.bottom + 8.0)], 1.5, INK);
            let text = Text::new(&label.words, x, baseline, LABEL_SIZE).anchor(Anchor::Middle);
            scene.text(if label.is_larger { text.bold() } else { text });
        }
        scene.line(vec![(self.axes.left, self.axes.bottom), (self.axes.right, self.axes.bottom)], 1.5, INK);
        let below = baseline + 26.0;
        let first =
            Text::new(&self.axes.picture.moment(self.axes.first), self.axes.left, below, LABEL_SIZE).colour(GREY);
        let last =
            Text::new(&self.axes.picture.moment(self.axes.last), self.axes.right, below, LABEL_SIZE).colour(GREY);
        let last = last.anchor(Anchor::End);
        let (unit, each) = self.axes.picture.pace.unit();
        let name = say_count(language, &format!("pace.{unit}"), each.into(), each.to_string());
        let middle = f64::midpoint(first.right(), last.left());
        let name = Text::new(&name, middle, below, LABEL_SIZE).colour(GREY).anchor(Anchor::Middle);
        for text in [first, name, last] {
            scene.text(text);
        }
        below + 16.0
    }

    fn draw_bands(&self, scene: &mut Scene) {
        for ((place, _), opacity) in self.axes.picture.levels().into_iter().zip(self.axes.picture.opacities()) {
            scene.area(self.outline(place), BLUE.mix(opacity));
        }
    }

    /// A band: along the upper bounds, and back along the lower ones, from the last observed point.
    fn outline(&self, band: usize) -> Vec<Point> {
        let bound = |ahead: &Ahead, side: fn(&Interval) -> f64| {
            ahead.intervals.get(band).map(|interval| self.axes.point(ahead.at, side(interval)))
        };
        let ahead = self.axes.picture.ahead;
        let upper = ahead.iter().filter_map(|ahead| bound(ahead, |interval| interval.upper));
        let lower = ahead.iter().rev().filter_map(|ahead| bound(ahead, |interval| interval.lower));
        self.anchor().into_iter().chain(upper).chain(lower).collect()
    }

    /// Lines along what was observed. A gap stays a gap; what a gap isolates is a dot.
    fn draw_history(&self, scene: &mut Scene) {
        let shown = self.axes.picture.recent();
        // What was left out as a misreading is marked, and no part of the line.
        for run in shown.split(|(at, value)| value.is_none() || self.axes.picture.is_outlier(*at)) {
            let points = run.iter().filter_map(|(at, value)| Some((*at, (*value)?)));
            let (known, unfinished): (Vec<_>, Vec<_>) = points.partition(|(at, _)| !self.axes.is_unfinished(*at));
            let points: Vec<Point> = known.into_iter().map(|(at, value)| self.axes.point(at, value)).collect();
            match points.as_slice() {
                [] => {}
                [alone] => scene.circle(*alone, 3.0, INK),
                _ => scene.line(points, 2.5, INK),
            }
            for (at, value) in unfinished {
                scene.ring(self.axes.point(at, value), 4.0, WHITE, INK);
            }
        }
    }
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
