//! Where the data end and where the forecast does: lines with their date and value, and the numbers at the right.

use super::ForecastPicture;
use super::axes::{Axes, numbers};
use crate::scene::{BLUE, GREY, INK, MARGIN, PALE, Scene, Text, VERMILION, WHITE, WIDTH};
use crate::times;
use crate::words::say;

const SIZE: f64 = 16.0;
const LANE: f64 = 22.0;
/// From one number to the next one at the right, at least.
const APART: f64 = 21.0;

/// The numbers at the end of the forecast: the expected value and the bounds, highest first.
pub(super) struct Labels(Vec<Number>);

struct Number {
    value: f64,
    words: String,
    is_mean: bool,
}

impl Labels {
    pub(super) fn new(picture: &ForecastPicture<'_>) -> Self {
        let numbers = numbers(picture);
        let Some(last) = picture.ahead.last() else { return Self(Vec::new()) };
        let mut labels = vec![Number { value: last.mean, words: numbers.value(last.mean), is_mean: true }];
        // From inside out, above and below the expected value.
        for (place, level) in picture.written_levels().into_iter().rev() {
            let Some(interval) = last.intervals.get(place) else { continue };
            let bound = |value: f64| {
                let words = format!("{} %: {}", level.percent(), numbers.value(value));
                Number { value, words, is_mean: false }
            };
            labels.insert(0, bound(interval.upper));
            labels.push(bound(interval.lower));
        }
        Self(labels)
    }

    pub(super) fn width(&self) -> f64 {
        self.0.iter().map(|number| number.text(0.0, 0.0).width()).fold(0.0, f64::max)
    }

    /// Each at its height, as far as they leave room for one another; a thin line leads from the band to the number.
    pub(super) fn draw(&self, axes: &Axes<'_>, scene: &mut Scene) {
        let heights: Vec<f64> = self.0.iter().map(|number| axes.y(number.value)).collect();
        let places = spread(&heights, axes.top + SIZE / 2.0, axes.bottom - SIZE / 2.0);
        for ((number, height), place) in self.0.iter().zip(heights).zip(places) {
            let end = axes.x(axes.last);
            let left = WIDTH - MARGIN - self.width();
            scene.line(
                vec![(end + 3.0, height), (left - 4.0, place)],
                1.0,
                if number.is_mean { VERMILION } else { PALE },
            );
            scene.text(number.text(left, place + SIZE * 0.36));
        }
        if let Some(mean) = self.0.iter().find(|number| number.is_mean) {
            scene.circle((axes.x(axes.last), axes.y(mean.value)), 5.0, VERMILION);
        }
    }
}

impl Number {
    fn text(&self, left: f64, baseline: f64) -> Text {
        let text = Text::new(&self.words, left, baseline, SIZE);
        if self.is_mean { text.bold().colour(VERMILION) } else { text.colour(BLUE) }
    }
}

/// Heights from top to bottom moved apart as little as need be, within bounds: less the room of those above, the
/// heights of neighbours that are too close become their mean (the pool-adjacent-violators algorithm, Ayer et al.
/// 1955).
fn spread(heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let room = |place: u32| f64::from(place) * APART;
    let mut pools: Vec<(f64, u32)> = Vec::with_capacity(heights.len());
    let mut count = 0;
    for height in heights {
        let mut pool = (height - room(count), 1);
        count += 1;
        while let Some((mean, size)) = pools.pop_if(|(mean, _)| *mean > pool.0) {
            let sum = mean * f64::from(size) + pool.0 * f64::from(pool.1);
            pool = (sum / f64::from(size + pool.1), size + pool.1);
        }
        pools.push(pool);
    }
    let most = (bottom - room(count.saturating_sub(1))).max(top);
    let places = pools.into_iter().flat_map(|(mean, size)| (0..size).map(move |_| mean.clamp(top, most)));
    places.zip(0..).map(|(place, before)| place + room(before)).collect()
}

/// Lines over the height of the plot with a text above: where the data end, and today.
pub(super) struct Flags(Vec<Flag>);

struct Flag {
    x: f64,
    text: Text,
    lane: u32,
    is_today: bool,
}

impl Flags {
    /// Above a plot whose sides are known. Texts that would meet lie in lanes of their own.
    pub(super) fn new(axes: &Axes<'_>) -> Self {
        let picture = axes.picture;
        let mut flags: Vec<Flag> = Vec::new();
        let mut add = |x: f64, words: &str, is_today: bool| {
            let colour = if is_today { INK } else { GREY };
            let text = Text::new(words, 0.0, 0.0, SIZE).colour(colour);
            let (width, least, most) = (text.width(), MARGIN, WIDTH - MARGIN);
            let (before, after) = (x - 6.0 - width, x + 6.0);
            let is_before = before >= least && (!is_today || after + width > most);
            let left = if is_before { before } else { after.min(most - width).max(least) };
            let text = Text { x: left, ..text };
            let meets = |other: &Flag, lane: u32| {
                other.lane == lane && text.left() < other.text.right() + 12.0 && other.text.left() < text.right() + 12.0
            };
            let lane = (0..2).find(|lane| !flags.iter().any(|other| meets(other, *lane))).unwrap_or_default();
            flags.push(Flag { x, text, lane, is_today });
        };
        if let Some((at, value)) = picture.anchor().filter(|(at, _)| axes.shows(*at)) {
            let params = [("date", picture.moment(at)), ("value", axes.numbers.observed(value))];
            add(axes.x(at), &say(picture.language, "data_until", &params), false);
        }
        if let Some(now) = picture.today.filter(|now| axes.shows(*now)) {
            let params = [("date", times::date(picture.language, now.date()))];
            add(axes.x(now), &say(picture.language, "today", &params), true);
        }
        Self(flags)
    }

    pub(super) fn height(&self) -> f64 {
        self.0.iter().map(|flag| f64::from(flag.lane + 1) * LANE).fold(0.0, f64::max)
    }

    /// Where the first text or line begins.
    pub(super) fn left(&self) -> f64 {
        self.0.iter().map(|flag| flag.text.left().min(flag.x)).fold(WIDTH, f64::min)
    }

    pub(super) fn draw(&self, axes: &Axes<'_>, scene: &mut Scene) {
        let baseline = |flag: &Flag| axes.top - 8.0 - f64::from(flag.lane) * LANE;
        for flag in &self.0 {
            let (from, to) = ((flag.x, baseline(flag) - SIZE * 0.7), (flag.x, axes.bottom));
            if flag.is_today {
                scene.line(vec![from, to], 1.5, INK);
            } else {
                scene.dashed(from, to, GREY);
            }
        }
        for flag in &self.0 {
            // The line of a flag above goes on behind the text.
            let text = Text { baseline: baseline(flag), ..flag.text.clone() };
            let corner = (text.left() - 2.0, text.baseline - SIZE * 0.8);
            scene.rectangle(corner, text.width() + 4.0, SIZE * 1.1, WHITE.solid());
            scene.text(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_at_the_right_keep_apart_and_inside() {
        for heights in [[50.0; 5], [10.0, 11.0, 12.0, 13.0, 300.0], [280.0, 290.0, 295.0, 299.0, 300.0], [0.0; 5]] {
            let places = spread(&heights, 10.0, 300.0);
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= APART - 1e-9), "{places:?}");
            assert!(places[0] >= 10.0 && places[4] <= 300.0, "{places:?}");
        }
        assert_eq!(spread(&[50.0, 100.0, 200.0], 10.0, 300.0), [50.0, 100.0, 200.0]);
    }
}
