//! Rolling-origin backtests: every model forecasts the same points from the same origins, knowing nothing after them
//! (Tashman 2000).
//!
//! Recent origins lie in the latest part of the history, half a test window apart. Where the history is long enough,
//! origins at the same time of earlier years join them: what a model is worth in December is not to be learnt in
//! November. Where a history is so sparse that test windows hold hardly a point, each of the last observations is
//! forecast from the one before it instead. Activity after an origin is taken for unknown, as it is in a forecast.

use std::time::{Duration, Instant};

use atalaya_domain::forecast::ModelId;

use crate::calendar::Timeline;
use crate::models::{FittedModel, Material, ModelError, Past, Settings};
use crate::numeric::count;
use crate::series::{POINTS_AT_LEAST, Series};
use crate::unrest::Unrest;

#[cfg(test)]
mod tests;

/// The most recent origins.
const ORIGINS: usize = 16;
/// The longest test window, in steps: two weeks of days, a day of hours, a quarter of weeks, a year of months.
const LONGEST_WINDOW_DAILY: usize = 14;
const LONGEST_WINDOW_HOURLY: usize = 24;
const LONGEST_WINDOW_WEEKLY: usize = 13;
const LONGEST_WINDOW_MONTHLY: usize = 12;
/// Points before the first origin are this share of the history (in fifths) but need not be more than so many.
const TRAINED_FIFTHS: usize = 2;
const TRAINED_POINTS: usize = 60;
/// Pairs below which test windows are given up for the sparse design.
const PAIRS_AT_LEAST: usize = 3;
/// Years of which the same season is tested.
const YEARS: usize = 4;
/// Windows of earlier years without which they say too little.
const MATCHED_AT_LEAST: usize = 4;

/// Windows that overlap by more than a half say no more than those that do by a half.
const MOST_OVERLAP: f64 = 2.0;

/// One over the share of the recent origins that a model must be able to do: fewer say too little of it.
const DONE_AT_LEAST: usize = 4;

/// One origin and the observed points after it that are forecast from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) origin: usize,
    pub(crate) targets: Vec<usize>,
    /// Whether it tests the same season of an earlier year. Such windows count against a combination, and are neither
    /// scored nor used for intervals, which speak of the present.
    pub(crate) matched: bool,
}

/// How much test windows say: overlapping ones tell little new.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence {
    /// How many windows would lie side by side in what there are.
    pub(crate) independent: f64,
    /// How many windows stand in for each of those, at most 2: 1 where none overlaps.
    pub(crate) overlap: f64,
}

impl Evidence {
    /// Windows that do not overlap.
    pub(crate) fn apart(windows: usize) -> Self {
        Self { independent: count(windows), overlap: 1.0 }
    }

    /// The same without one of the windows that lie side by side.
    pub(crate) fn without_one(self) -> Self {
        Self { independent: self.independent - 1.0, ..self }
    }

    /// The degrees of freedom of a spread that is estimated from them.
    pub(crate) fn freedom(self) -> f64 {
        self.overlap * (self.independent - 1.0).max(1.0)
    }
}

/// Origins, ascending, and their targets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Design {
    pub(crate) splits: Vec<Split>,
    /// How much the recent splits say.
    pub(crate) evidence: Evidence,
    /// What was in doubt at each origin.
    pub(crate) unrest: Unrest,
}

impl Design {
    /// The design for a history, tested as far ahead as is usual for its steps, or `window` steps where that is given.
    pub(crate) fn new(series: &Series, window: Option<usize>) -> Self {
        let windows = Self::windows(series, window);
        if windows.pairs() >= PAIRS_AT_LEAST { windows } else { Self::sparse(series) }
    }

    /// The last `origins` windows of `window` steps, side by side, each with at least [`POINTS_AT_LEAST`] observed
    /// points before it.
    pub(crate) fn side_by_side(series: &Series, window: usize, origins: usize) -> Self {
        let window = window.max(1);
        let mut splits: Vec<Split> = (1..=origins)
            .rev()
            .filter_map(|back| split(series, series.last().checked_sub(back * window)?, window))
            .filter(|split| (0..=split.origin).filter_map(|index| series.value(index)).count() >= POINTS_AT_LEAST)
            .collect();
        splits.dedup_by_key(|split| split.origin);
        let evidence = Evidence::apart(splits.len());
        Self::of(series, splits, evidence)
    }

    fn of(series: &Series, splits: Vec<Split>, evidence: Evidence) -> Self {
        let unrest = Unrest::new(series, splits.iter().map(|split| split.origin));
        Self { splits, evidence, unrest }
    }

    fn windows(series: &Series, window: Option<usize>) -> Self {
        let (points, last) = (series.len(), series.last());
        let usual = match series.timeline() {
            Timeline::Daily { .. } | Timeline::Spaced { days: ..7, .. } => LONGEST_WINDOW_DAILY,
            Timeline::Hourly { .. } => LONGEST_WINDOW_HOURLY,
            Timeline::Spaced { days: ..28, .. } => LONGEST_WINDOW_WEEKLY,
            Timeline::Spaced { .. } | Timeline::Monthly { .. } => LONGEST_WINDOW_MONTHLY,
        };
        let window = (points / 6).clamp(1, window.unwrap_or(usual).max(1));
        let spacing = (window / 2).max(1);
        let earliest = (points * TRAINED_FIFTHS / 5).min(TRAINED_POINTS);
        let recent = (0..ORIGINS).map(|back| last.checked_sub(window + back * spacing));
        let mut splits: Vec<Split> = recent
            .map_while(|origin| origin.filter(|origin| *origin >= earliest))
            .filter_map(|origin| split(series, origin, window))
            .collect();
        splits.reverse();
        splits.dedup_by_key(|split| split.origin);
        let covered = splits.len().saturating_sub(1) * spacing + window;
        let mut matched = Self::matched(series, window, spacing, splits.first().map_or(0, |split| split.origin));
        matched.append(&mut splits);
        let overlap = (count(window) / count(spacing)).min(MOST_OVERLAP);
        Self::of(series, matched, Evidence { independent: count(covered) / count(window), overlap })
    }

    /// Windows at the same season of earlier years, before `first`, where there are enough of them.
    fn matched(series: &Series, window: usize, spacing: usize, first: usize) -> Vec<Split> {
        let Some(year) = series.timeline().year() else { return Vec::new() };
        let mut origins: Vec<usize> = (1..=YEARS)
            .flat_map(|years| [years * year, years * year + spacing])
            .filter_map(|back| series.last().checked_sub(back))
            .filter(|origin| *origin >= year / 2 && origin + spacing < first)
            .collect();
        origins.sort_unstable();
        let mut splits: Vec<Split> = origins.into_iter().filter_map(|origin| split(series, origin, window)).collect();
        splits.dedup_by_key(|split| split.origin);
        if splits.len() < MATCHED_AT_LEAST {
            return Vec::new();
        }
        splits.into_iter().map(|split| Split { matched: true, ..split }).collect()
    }

    fn sparse(series: &Series) -> Self {
        let observed: Vec<usize> = (0..series.len()).filter(|index| series.value(*index).is_some()).collect();
        let recent = observed.get(observed.len().saturating_sub(ORIGINS + 1)..).unwrap_or_default();
        let splits: Vec<Split> = recent
            .windows(2)
            .filter_map(|pair| Some(Split { origin: *pair.first()?, targets: vec![*pair.last()?], matched: false }))
            .filter(|split| split.origin > 0)
            .collect();
        let evidence = Evidence::apart(splits.len());
        Self::of(series, splits, evidence)
    }

    /// The recent splits, with their numbers.
    pub(crate) fn recent(&self) -> impl Iterator<Item = (usize, &Split)> {
        self.splits.iter().enumerate().filter(|(_, split)| !split.matched)
    }

    /// Recent origins.
    pub(crate) fn origins(&self) -> usize {
        self.recent().count()
    }

    /// Forecast-and-truth pairs of one model over the recent splits.
    pub(crate) fn pairs(&self) -> usize {
        self.recent().map(|(_, split)| split.targets.len()).sum()
    }

    /// The earliest recent origin.
    pub(crate) fn earliest(&self) -> usize {
        self.recent().next().map_or(0, |(_, split)| split.origin)
    }
}

/// The window after the observed point at or before `origin`; `None` where nothing was observed in it.
fn split(series: &Series, origin: usize, window: usize) -> Option<Split> {
    let origin = series.observed_until(origin)?;
    let end = (origin + window).min(series.last());
    let targets: Vec<usize> = (origin + 1..=end).filter(|index| series.value(*index).is_some()).collect();
    (!targets.is_empty()).then_some(Split { origin, targets, matched: false })
}

/// One forecast of a backtest beside the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair {
    /// Which split, counted from 0.
    pub(crate) split: usize,
    /// Grid index of the point.
    pub(crate) index: usize,
    /// Steps from the origin, at least 1.
    pub(crate) step: usize,
    pub(crate) forecast: f64,
    pub(crate) truth: f64,
}

impl Pair {
    /// The absolute error.
    pub(crate) fn size(&self) -> f64 {
        (self.truth - self.forecast).abs()
    }
}

/// What a backtest of one model gave.
#[derive(Debug, Clone)]
pub(crate) struct Backtested {
    pub(crate) model: ModelId,
    /// For each split its pairs; none where the model had no forecast, as before enough points of the history, or soon
    /// after a gap.
    pub(crate) splits: Vec<Vec<Pair>>,
    pub(crate) fit_time: Duration,
}

impl Backtested {
    /// The pairs of the recent splits, in order.
    pub(crate) fn recent(&self, design: &Design) -> Vec<Pair> {
        design.recent().filter_map(|(number, _)| self.splits.get(number)).flatten().copied().collect()
    }

    /// Whether there is a forecast from every recent origin.
    pub(crate) fn is_complete(&self, design: &Design) -> bool {
        self.done(design) == design.origins()
    }

    /// The recent origins from which there is a forecast.
    fn done(&self, design: &Design) -> usize {
        design.recent().filter(|(number, _)| self.splits.get(*number).is_some_and(|pairs| !pairs.is_empty())).count()
    }

    /// The same on the splits in which another has a forecast, and nothing in the others.
    pub(crate) fn where_done(&self, other: &Self) -> Self {
        let splits = self.splits.iter().zip(&other.splits);
        let kept = |(own, other): (&Vec<Pair>, &Vec<Pair>)| if other.is_empty() { Vec::new() } else { own.clone() };
        Self { splits: splits.map(kept).collect(), ..*self }
    }
}

/// Why a backtest ended early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The model cannot be compared.
    Model(ModelError),
    /// The observer wants no more.
    Cancelled,
}

/// Backtests one model. `proceed` is asked before every fit. An origin from which the model has no forecast leaves its
/// split empty: what a model is worth is told by the origins that it can do.
///
/// # Errors
/// [`Stopped`] where it can do less than a quarter of the recent origins, for the reason that it gave last, or
/// `proceed` says no.
pub(crate) fn backtest(
    model: ModelId,
    material: &Material<'_>,
    design: &Design,
    proceed: &dyn Fn() -> bool,
) -> Result<Backtested, Stopped> {
    let mut carried =
        Carried { every: design.origins().div_ceil(Settings::of(model).fits.max(1)).max(1), recent: 0, last: None };
    let mut backtested =
        Backtested { model, splits: Vec::with_capacity(design.splits.len()), fit_time: Duration::ZERO };
    let mut fitted: Result<FittedModel, ModelError> = Err(ModelError::NoOrigin);
    let mut reason = ModelError::NoOrigin;
    for (number, split) in design.splits.iter().enumerate() {
        let material = material.at_split(number);
        if !proceed() {
            return Err(Stopped::Cancelled);
        }
        if carried.is_stale(split) || fitted.is_err() {
            let begun = Instant::now();
            fitted = FittedModel::fit(model, material, split.origin);
            backtested.fit_time += begun.elapsed();
        }
        let forecast = match &fitted {
            Ok(fitted) => pairs(fitted, material, split, number),
            Err(error) => Err(error.clone()),
        };
        backtested.splits.push(forecast.unwrap_or_else(|error| {
            reason = error;
            Vec::new()
        }));
    }
    if backtested.done(design) * DONE_AT_LEAST < design.origins().max(1) {
        return Err(Stopped::Model(reason));
    }
    Ok(backtested)
}

/// Which fit forecasts from which origin.
struct Carried {
    /// Recent origins to each fit.
    every: usize,
    /// Recent origins so far.
    recent: usize,
    /// The origin of the last fit.
    last: Option<usize>,
}

impl Carried {
    /// Whether a split needs a fit of its own. One is carried to the recent origins that follow it, and within the
    /// season of one earlier year, never from year to year: it would be judged by what it could not know.
    fn is_stale(&mut self, split: &Split) -> bool {
        let stale = if split.matched {
            let steps = split.targets.last().map_or(0, |last| last - split.origin);
            self.last.is_none_or(|last| split.origin > last + steps)
        } else {
            self.recent += 1;
            (self.recent - 1).is_multiple_of(self.every)
        };
        if stale {
            self.last = Some(split.origin);
        }
        stale
    }
}

fn pairs(model: &FittedModel, material: &Material<'_>, split: &Split, number: usize) -> Result<Vec<Pair>, ModelError> {
    let series = material.series;
    let steps = split.targets.last().map_or(0, |last| last - split.origin);
    let state = material.state(split.origin);
    let path = model.forecast(Past { state: &state, values: series.bridged_values(split.origin) }, steps)?;
    let pair = |index: &usize| {
        let step = index - split.origin;
        let forecast = path.get(step - 1).copied().ok_or(ModelError::NotFinite)?;
        let truth = series.value(*index).ok_or(ModelError::NotFinite)?;
        Ok(Pair { split: number, index: *index, step, forecast, truth })
    };
    split.targets.iter().map(pair).collect()
}
