//! A history and what is expected next, with its intervals.

use atalaya_domain::forecast::Interval;
use chrono::{NaiveDateTime, TimeDelta};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{BLUE, INK, PALE, VERMILION, WIDTH, failed, label, shown, text};

const HEIGHT: u32 = 480;
/// Pixels at the top, for title and legend.
const HEAD: u32 = 92;
/// Points of the history that are shown: four horizons, within these bounds.
const HISTORY: std::ops::RangeInclusive<usize> = 60..=120;

/// One step ahead.
pub(crate) struct Ahead {
    /// Its time.
    pub(crate) at: NaiveDateTime,
    /// The expected value.
    pub(crate) mean: f64,
    /// One interval for each level.
    pub(crate) intervals: Vec<Interval>,
}

/// What is drawn.
pub(crate) struct Picture<'a> {
    /// The series' id.
    pub(crate) title: &'a str,
    /// The model's name.
    pub(crate) model: &'a str,
    /// Times and values, ascending.
    pub(crate) history: &'a [(NaiveDateTime, Option<f64>)],
    /// The steps that follow.
    pub(crate) ahead: &'a [Ahead],
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

impl Picture<'_> {
    /// The SVG.
    ///
    /// # Errors
    /// A drawing error in words.
    pub(crate) fn draw(&self) -> Result<String, String> {
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
            root.fill(&WHITE).map_err(failed)?;
            let (head, body) = root.split_vertically(HEAD);
            self.draw_head(&head).map_err(failed)?;
            self.draw_body(&body).map_err(failed)?;
            root.present().map_err(failed)?;
        }
        Ok(svg)
    }

    /// The part of the history that is shown.
    fn recent(&self) -> &[(NaiveDateTime, Option<f64>)] {
        let points = (self.ahead.len() * 4).clamp(*HISTORY.start(), *HISTORY.end());
        self.history.get(self.history.len().saturating_sub(points)..).unwrap_or_default()
    }

    fn draw_head(&self, head: &Area<'_>) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
        head.draw(&Text::new(shown(self.title, 50), (24, 12), text(34, HPos::Left, VPos::Top)))?;
        let middle = 68;
        let mut left = 24;
        let mut entry = |words: &str, colours: &[RGBAColor], height: i32| {
            let sign = [(left, middle - height / 2), (left + 34, middle + (height + 1) / 2)];
            for colour in colours {
                head.draw(&Rectangle::new(sign, colour.filled()))?;
            }
            head.draw(&Text::new(words.to_owned(), (left + 42, middle), text(27, HPos::Left, VPos::Center)))?;
            left += 42 + 12 * i32::try_from(words.chars().count()).unwrap_or_default() + 28;
            Ok(())
        };
        entry("history", &[INK.to_rgba()], 4)?;
        entry(&format!("forecast ({})", self.model), &[VERMILION.to_rgba()], 4)?;
        // A band lies on the wider ones, here as below.
        let mut beneath = Vec::new();
        for (place, opacity) in self.bands() {
            beneath.push(BLUE.mix(opacity));
            let level = self.ahead.first().and_then(|ahead| ahead.intervals.get(place)).map(|interval| interval.level);
            if let Some(level) = level {
                entry(&format!("{} %", level.percent()), &beneath, 20)?;
            }
        }
        Ok(())
    }

    /// Places of the levels among the intervals with the opacity of each, widest first.
    fn bands(&self) -> Vec<(usize, f64)> {
        let intervals = self.ahead.first().map(|ahead| ahead.intervals.as_slice()).unwrap_or_default();
        let mut places: Vec<usize> = (0..intervals.len()).collect();
        places.sort_by_key(|place| std::cmp::Reverse(intervals.get(*place).map(|interval| interval.level)));
        let steps = (0..).map(|step| (0.22 + 0.16 * f64::from(step)).min(0.7));
        places.into_iter().zip(steps).collect()
    }

    fn draw_body(&self, body: &Area<'_>) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
        let recent = self.recent();
        let width = place(recent.len() + self.ahead.len()).max(2) - 1;
        let (low, high) = self.bounds();
        let step = (high - low) / 5.0;
        let largest = low.abs().max(high.abs());
        let longest =
            [low, high].map(|bound| label(bound, step, largest).chars().count()).into_iter().max().unwrap_or(1);
        let mut chart = ChartBuilder::on(body)
            .margin_top(8)
            .margin_right(66)
            .margin_bottom(6)
            .set_label_area_size(LabelAreaPosition::Left, 28 + 14 * place(longest))
            .set_label_area_size(LabelAreaPosition::Bottom, 42)
            .build_cartesian_2d(0..width, low..high)?;
        let times = self.times();
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(PALE)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .x_labels(6)
            .y_labels(6)
            .x_label_formatter(&|place| {
                usize::try_from(*place).ok().and_then(|at| times.get(at)).cloned().unwrap_or_default()
            })
            .y_label_formatter(&|value| label(*value, step, largest))
            .x_label_style(text(26, HPos::Center, VPos::Top))
            .y_label_style(text(26, HPos::Right, VPos::Center))
            .draw()?;
        for (band, opacity) in self.bands() {
            chart.draw_series([Polygon::new(self.outline(band), BLUE.mix(opacity).filled())])?;
        }
        for run in recent_runs(recent) {
            // A line needs two points.
            if let [alone] = run.as_slice() {
                chart.draw_series([Circle::new(*alone, 3, INK.filled())])?;
            }
            chart.draw_series(LineSeries::new(run, INK.stroke_width(3)))?;
        }
        let expected = self.anchor().into_iter().chain(self.steps().map(|(at, ahead)| (at, ahead.mean)));
        chart.draw_series(LineSeries::new(expected, VERMILION.stroke_width(3)))?;
        Ok(())
    }

    /// The last observed point: from it the forecast goes on.
    fn anchor(&self) -> Option<(i32, f64)> {
        let recent = self.recent();
        recent.last().and_then(|(_, value)| *value).map(|value| (place(recent.len()) - 1, value))
    }

    fn steps(&self) -> impl DoubleEndedIterator<Item = (i32, &Ahead)> {
        let first = self.recent().len();
        self.ahead.iter().enumerate().map(move |(step, ahead)| (place(first + step), ahead))
    }

    /// A band: along the upper bounds, and back along the lower ones.
    fn outline(&self, band: usize) -> Vec<(i32, f64)> {
        let bound = |(at, ahead): (i32, &Ahead), side: fn(&Interval) -> f64| {
            ahead.intervals.get(band).map(|interval| (at, side(interval)))
        };
        let upper = self.steps().filter_map(|step| bound(step, |interval| interval.upper));
        let lower = self.steps().rev().filter_map(|step| bound(step, |interval| interval.lower));
        self.anchor().into_iter().chain(upper).chain(lower).collect()
    }

    /// From below the lowest to above the highest of what is drawn.
    fn bounds(&self) -> (f64, f64) {
        let observed = self.recent().iter().filter_map(|(_, value)| *value);
        let expected = self.ahead.iter().flat_map(|ahead| {
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
        let room = if range > size * 1e-9 { range * 0.05 } else { (size * 0.05).max(1e-9) };
        (low - room, high + room)
    }

    /// The label of every place on the horizontal axis.
    fn times(&self) -> Vec<String> {
        let times = self.recent().iter().map(|(at, _)| *at).chain(self.ahead.iter().map(|ahead| ahead.at));
        let times: Vec<NaiveDateTime> = times.collect();
        let apart = times.iter().zip(times.iter().skip(1)).map(|(one, next)| *next - *one).min();
        let form = match apart {
            Some(apart) if apart < TimeDelta::days(1) => "%m-%d %H:%M",
            Some(apart) if apart >= TimeDelta::days(28) => "%Y-%m",
            _ => "%Y-%m-%d",
        };
        times.into_iter().map(|at| at.format(form).to_string()).collect()
    }
}

/// The observed points that follow one another: a gap stays a gap.
fn recent_runs(recent: &[(NaiveDateTime, Option<f64>)]) -> Vec<Vec<(i32, f64)>> {
    let points: Vec<(i32, Option<f64>)> = (0..).zip(recent.iter().map(|(_, value)| *value)).collect();
    let runs = points.split(|(_, value)| value.is_none());
    runs.map(|run| run.iter().filter_map(|(at, value)| Some((*at, (*value)?))).collect()).collect()
}

fn place(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}
