//! Rolling-origin backtests: every model forecasts the same points from the same origins, knowing nothing after them
//! (Tashman 2000).
//!
//! Origins lie in the later part of the history, one test window apart where there is room and at least half of one.
//! Where a history is so sparse that test windows hold hardly a point, each of the last observations is forecast from the
//! one before it instead. Activity after an origin is taken for unknown, as it is in a forecast.

use std::time::{Duration, Instant};

use atalaya_domain::forecast::ModelId;

use crate::calendar::Timeline;
use crate::features::{FeatureSet, Table};
use crate::models::{Baseline, FittedRegressor, Model, ModelError, Settings, State};
use crate::numeric::count;
use crate::series::Series;

/// The most origins.
const ORIGINS: usize = 10;
/// The longest test window, in steps: two weeks of days, a day of hours.
const LONGEST_WINDOW_DAILY: usize = 14;
const LONGEST_WINDOW_HOURLY: usize = 24;
/// Pairs below which test windows are given up for the sparse design.
const PAIRS_AT_LEAST: usize = 3;

/// One origin and the observed points after it that are forecast from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) origin: usize,
    pub(crate) targets: Vec<usize>,
}

/// Origins, ascending, and their targets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Design {
    pub(crate) splits: Vec<Split>,
    /// How many test windows would lie side by side in what the splits cover: overlapping ones say little new.
    pub(crate) independent: f64,
}

impl Design {
    pub(crate) fn new(series: &Series) -> Self {
        let windows = Self::windows(series);
        if windows.pairs() >= PAIRS_AT_LEAST { windows } else { Self::sparse(series) }
    }

    /// The last `origins` windows of `window` steps, side by side, as far as the history reaches.
    pub(crate) fn of(series: &Series, window: usize, origins: usize) -> Self {
        let window = window.max(1);
        let splits: Vec<Split> = (1..=origins)
            .rev()
            .filter_map(|back| {
                let origin = series.observed_until(series.last().checked_sub(back * window)?)?;
                let targets = (origin + 1..=origin + window).filter(|index| series.value(*index).is_some()).collect();
                Some(Split { origin, targets })
            })
            .filter(|split| !split.targets.is_empty() && split.origin > window)
            .collect();
        let independent = count(splits.len());
        Self { splits, independent }
    }

    fn windows(series: &Series) -> Self {
        let (points, last) = (series.len(), series.last());
        let longest = match series.timeline() {
            Timeline::Hourly { .. } => LONGEST_WINDOW_HOURLY,
            _ => LONGEST_WINDOW_DAILY,
        };
        let window = (points / 6).clamp(1, longest);
        let earliest = points * 3 / 5;
        let latest = last.saturating_sub(window);
        let span = latest.saturating_sub(earliest);
        let spacing = (span / (ORIGINS - 1)).clamp((window / 2).max(1), window);
        let origins = (span / spacing + 1).min(ORIGINS);
        let mut splits: Vec<Split> = (0..origins)
            .rev()
            .filter_map(|back| {
                let origin = series.observed_until(latest.saturating_sub(back * spacing))?;
                let end = (origin + window).min(last);
                let targets = (origin + 1..=end).filter(|index| series.value(*index).is_some()).collect();
                Some(Split { origin, targets })
            })
            .filter(|split| !split.targets.is_empty())
            .collect();
        splits.dedup_by_key(|split| split.origin);
        let covered = splits.len().saturating_sub(1) * spacing + window;
        Self { splits, independent: count(covered) / count(window) }
    }

    fn sparse(series: &Series) -> Self {
        let observed: Vec<usize> = (0..series.len()).filter(|index| series.value(*index).is_some()).collect();
        let recent = observed.get(observed.len().saturating_sub(ORIGINS + 1)..).unwrap_or_default();
        let splits: Vec<Split> = recent
            .windows(2)
            .filter_map(|pair| Some(Split { origin: *pair.first()?, targets: vec![*pair.last()?] }))
            .filter(|split| split.origin > 0)
            .collect();
        let independent = count(splits.len());
        Self { splits, independent }
    }

    /// Forecast-and-truth pairs of one model.
    pub(crate) fn pairs(&self) -> usize {
        self.splits.iter().map(|split| split.targets.len()).sum()
    }

    /// The earliest origin.
    pub(crate) fn earliest(&self) -> usize {
        self.splits.first().map_or(0, |split| split.origin)
    }
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
    /// The absolute error, in followers.
    pub(crate) fn size(&self) -> f64 {
        (self.truth - self.forecast).abs()
    }
}

/// What a backtest of one model gave.
#[derive(Debug, Clone)]
pub(crate) struct Backtested {
    pub(crate) model: ModelId,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) fit_time: Duration,
}

/// The rows that regressors are fitted on.
#[derive(Debug)]
pub(crate) struct Training {
    pub(crate) features: FeatureSet,
    pub(crate) table: Table,
}

/// Why a backtest ended early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The model cannot be compared.
    Model(ModelError),
    /// The observer wants no more.
    Cancelled,
}

impl From<ModelError> for Stopped {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

/// Backtests one model. `proceed` is asked before every fit.
///
/// # Errors
/// [`Stopped`] where a fit fails, a forecast is not finite, or `proceed` says no.
pub(crate) fn backtest(
    model: ModelId,
    series: &Series,
    training: Option<&Training>,
    design: &Design,
    proceed: &dyn Fn() -> bool,
) -> Result<Backtested, Stopped> {
    let every = design.splits.len().div_ceil(Settings::of(model).fits.max(1)).max(1);
    let (mut pairs, mut fit_time) = (Vec::with_capacity(design.pairs()), Duration::ZERO);
    let mut fitted: Option<Box<dyn Model>> = None;
    for (number, split) in design.splits.iter().enumerate() {
        if !proceed() {
            return Err(Stopped::Cancelled);
        }
        let current = match fitted.take() {
            Some(kept) if number % every != 0 => kept,
            _ => {
                let begun = Instant::now();
                let fresh = fit(model, series, training, split.origin)?;
                fit_time += begun.elapsed();
                fresh
            }
        };
        let steps = split.targets.last().map_or(0, |last| last - split.origin);
        let path = current.forecast(&State::at(series, split.origin), steps)?;
        for index in &split.targets {
            let step = index - split.origin;
            let forecast =
                path.get(step - 1).copied().filter(|value| value.is_finite()).ok_or(ModelError::NotFinite)?;
            let truth = series.value(*index).ok_or(ModelError::NotFinite)?;
            pairs.push(Pair { split: number, index: *index, step, forecast, truth });
        }
        fitted = Some(current);
    }
    Ok(Backtested { model, pairs, fit_time })
}

fn fit(
    model: ModelId,
    series: &Series,
    training: Option<&Training>,
    origin: usize,
) -> Result<Box<dyn Model>, ModelError> {
    if let Some(baseline) = Baseline::of(model) {
        return Ok(Box::new(baseline));
    }
    let training = training.ok_or(ModelError::TooFewRows { rows: 0, needed: 1 })?;
    Ok(Box::new(FittedRegressor::fit(model, series, &training.features, &training.table, origin)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{daily, rhythm};

    fn run(model: ModelId, series: &Series) -> Vec<Pair> {
        let design = Design::new(series);
        let training = FeatureSet::choose(series, design.earliest())
            .map(|features| Training { table: Table::new(series, &features), features });
        backtest(model, series, training.as_ref(), &design, &|| true).unwrap().pairs
    }

    #[test]
    fn no_model_knows_what_comes_after_an_origin() {
        let mut values = rhythm(200);
        let before = daily(&values);
        let last_origin = Design::new(&before).splits.last().unwrap().origin;
        for value in values.iter_mut().skip(last_origin + 1) {
            *value = value.map(|value| value * 3.0);
        }
        let after = daily(&values);
        for model in Settings::compared() {
            let (one, other) = (run(model, &before), run(model, &after));
            assert!(one.iter().zip(&other).all(|(a, b)| a.forecast.to_bits() == b.forecast.to_bits()), "{model}");
            assert!(one.iter().zip(&other).any(|(a, b)| a.truth < b.truth));
        }
    }

    #[test]
    fn every_model_is_tested_on_the_same_points() {
        let mut values = rhythm(150);
        values[120] = None;
        values[141] = None;
        let series = daily(&values);
        let points = |model| run(model, &series).iter().map(|pair| (pair.split, pair.index)).collect::<Vec<_>>();
        let expected = points(ModelId::Naive);
        assert!(!expected.iter().any(|(_, index)| *index == 120 || *index == 141));
        assert!(Settings::compared().all(|model| points(model) == expected));
    }

    #[test]
    fn three_years_are_tested_on_the_last_140_days_in_windows_side_by_side() {
        let design = Design::new(&daily(&rhythm(1_095)));
        assert_eq!((design.splits.len(), design.pairs(), design.earliest()), (10, 140, 954));
        assert!((design.independent - 10.0).abs() < 1e-9);
        let targets: Vec<usize> = design.splits.iter().flat_map(|split| split.targets.clone()).collect();
        assert_eq!(targets, (955..1_095).collect::<Vec<_>>());
    }

    #[test]
    fn where_windows_would_be_empty_each_observation_is_forecast_from_the_one_before() {
        let values: Vec<Option<f64>> = (0..400).map(|day| (day % 40 == 0 || day == 399).then_some(1.0)).collect();
        let design = Design::new(&daily(&values));
        assert!(design.splits.iter().all(|split| split.targets.len() == 1));
        assert_eq!(design.splits.last().unwrap(), &Split { origin: 360, targets: vec![399] });
    }
}
