//! A history and what is expected next, with its intervals.

mod axes;
mod ends;
mod head;
mod marks;
mod plot;
#[cfg(test)]
mod tests;

use atalaya_domain::forecast::{Interval, Level, Member, Warning};
use atalaya_texts::Language;
use chrono::{NaiveDateTime, TimeDelta};

use crate::Drawing;
use crate::foot::{self, Source};
use crate::numbers::whole;
use crate::scene::Scene;
use crate::times;
use crate::words::{say, say_count};
use plot::Plot;

/// Points of the history that are shown: four horizons, within these bounds.
const HISTORY: std::ops::RangeInclusive<usize> = 60..=120;
/// Levels whose bounds are written; of more of them the widest and the narrowest are.
const LEVELS: usize = 3;

/// One step ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct Ahead {
    /// Its time.
    pub at: NaiveDateTime,
    /// The expected value.
    pub mean: f64,
    /// One interval for each level, the same levels at every step.
    pub intervals: Vec<Interval>,
}

/// What the values count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure<'a> {
    /// Followers of an account.
    Followers,
    /// Whatever the column of that name holds.
    Column(&'a str),
}

/// How far apart points are: so many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Hours.
    Hours(u32),
    /// Days.
    Days(u32),
    /// Months; three of them are a quarter, twelve a year.
    Months(u32),
}

/// What happened at a time of the history that is not of the series' own making.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Irregularity {
    /// The level jumped for good, by so much.
    LevelShift(f64),
    /// A value went away and came back, and was left out.
    Outlier,
}

/// A time that is marked and explained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// When.
    pub at: NaiveDateTime,
    /// What.
    pub what: Irregularity,
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct ForecastPicture<'a> {
    /// The language of the texts.
    pub language: Language,
    /// The series' id.
    pub title: &'a str,
    /// What its values count.
    pub measure: Measure<'a>,
    /// How far apart its points are.
    pub pace: Pace,
    /// Times and values, ascending; without a value where nothing was observed.
    pub history: &'a [(NaiveDateTime, Option<f64>)],
    /// The steps that follow, ascending.
    pub ahead: &'a [Ahead],
    /// What is served, heaviest first.
    pub members: &'a [Member],
    /// What a reader of the forecast should know.
    pub warnings: &'a [Warning],
    /// Level shifts and outliers of the history.
    pub irregularities: &'a [Mark],
    /// Public holidays, with the word of each in the texts. Those outside of the picture are left out.
    pub holidays: &'a [(NaiveDateTime, &'static str)],
    /// The present, where somebody tells it.
    pub today: Option<NaiveDateTime>,
    /// Where the numbers are from.
    pub source: Source<'a>,
}

impl ForecastPicture<'_> {
    /// Lays the picture out.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        let mut scene = Scene::new(self.title);
        scene.description = self.summary();
        let top = head::draw(self, &mut scene);
        let bottom = Plot::new(self, top).draw(&mut scene);
        scene.height = foot::draw(&mut scene, bottom + 4.0, &self.paragraphs());
        Drawing(scene)
    }

    /// The part of the history that is shown.
    fn recent(&self) -> &[(NaiveDateTime, Option<f64>)] {
        let points = (self.ahead.len() * 4).clamp(*HISTORY.start(), *HISTORY.end());
        self.history.get(self.history.len().saturating_sub(points)..).unwrap_or_default()
    }

    /// The point from which the forecast goes on: the last one observed before it.
    fn anchor(&self) -> Option<(NaiveDateTime, f64)> {
        let begins = self.ahead.first().map(|ahead| ahead.at);
        let observed = self.history.iter().rev().filter_map(|(at, value)| Some((*at, (*value)?)));
        observed.into_iter().find(|(at, _)| begins.is_none_or(|begins| *at < begins))
    }

    /// Whether times of day matter.
    fn has_hours(&self) -> bool {
        matches!(self.pace, Pace::Hours(_))
    }

    fn moment(&self, at: NaiveDateTime) -> String {
        times::moment(self.language, at, self.has_hours())
    }

    /// The levels with their place among the intervals, widest first.
    fn levels(&self) -> Vec<(usize, Level)> {
        let intervals = self.ahead.first().map(|ahead| ahead.intervals.as_slice()).unwrap_or_default();
        let mut levels: Vec<_> = intervals.iter().map(|interval| interval.level).enumerate().collect();
        levels.sort_by_key(|(_, level)| std::cmp::Reverse(*level));
        levels
    }

    /// Those of them that are written out.
    fn written_levels(&self) -> Vec<(usize, Level)> {
        let levels = self.levels();
        match levels.as_slice() {
            [first, .., last] if levels.len() > LEVELS => vec![*first, *last],
            _ => levels,
        }
    }

    /// How opaque each band is, widest first: they lie on one another.
    fn opacities(&self) -> impl Iterator<Item = f64> {
        let many = self.levels().len() > LEVELS;
        let count = u32::try_from(self.levels().len().max(1)).unwrap_or(u32::MAX);
        (0_u32..).map(move |step| if many { 0.8 / f64::from(count) } else { (0.2 + 0.14 * f64::from(step)).min(0.6) })
    }

    /// The picture in a sentence, for readers who do not see it.
    fn summary(&self) -> String {
        let Some((last, (at, observed))) = self.ahead.last().zip(self.anchor()) else { return String::new() };
        let numbers = axes::numbers(self);
        let widest = self.levels().first().and_then(|(place, _)| last.intervals.get(*place));
        let params = [
            ("from", self.moment(at)),
            ("value", numbers.observed(observed)),
            ("until", self.moment(last.at)),
            ("mean", numbers.value(last.mean)),
            ("level", widest.map(|interval| interval.level.percent().to_string()).unwrap_or_default()),
            ("lower", widest.map(|interval| numbers.value(interval.lower)).unwrap_or_default()),
            ("upper", widest.map(|interval| numbers.value(interval.upper)).unwrap_or_default()),
        ];
        say(self.language, if widest.is_some() { "summary" } else { "summary_alone" }, &params)
    }

    /// The source, and the warnings.
    fn paragraphs(&self) -> Vec<String> {
        let mut observed = self.history.iter().filter(|(_, value)| value.is_some()).map(|(at, _)| *at);
        let count = u64::try_from(observed.clone().count()).unwrap_or(u64::MAX);
        let mut counted = say_count(self.language, "foot.observations", count, whole(count));
        if let Some((first, last)) = observed.next().zip(observed.next_back()) {
            let span = [("from", self.moment(first)), ("until", self.moment(last))];
            counted = format!("{counted} {}", say(self.language, "foot.span", &span));
        }
        let source = self.source.line(self.language, &counted);
        let warning = |warning: &Warning| {
            say(self.language, "foot.warning", &[("text", atalaya_texts::file_warning(self.language, *warning))])
        };
        [source].into_iter().chain(self.warnings.iter().map(warning)).collect()
    }

    /// The shortest time between two points.
    fn apart(&self) -> TimeDelta {
        match self.pace {
            Pace::Hours(hours) => TimeDelta::hours(hours.into()),
            Pace::Days(days) => TimeDelta::days(days.into()),
            Pace::Months(months) => TimeDelta::days(28 * i64::from(months)),
        }
    }
}
