//! What a version answers for dates inside its history: backtest forecasts where there are any, fitted values elsewhere.

use atalaya_domain::forecast::ModelId;

use crate::backtest::{Backtested, Training};
use crate::models::{Baseline, FittedRegressor, Model, State, possible};
use crate::numeric::stored;
use crate::series::Series;
use crate::trained::{BacktestPoint, Expected, FittedPoint};

/// The value of each point as fitted from the observation before it. In a gap, the straight line between its ends; at
/// the first point, the observation itself. Where a regressor has no row, for lack of history or because of a gap, the
/// best baseline stands in.
pub(crate) fn fitted_points(
    series: &Series,
    regressor: Option<(&FittedRegressor, &Training)>,
    served: ModelId,
    best: Baseline,
) -> Vec<FittedPoint> {
    let own = Baseline::of(served).unwrap_or(best);
    let mut points: Vec<FittedPoint> = Vec::with_capacity(series.len());
    let (mut before, mut line) = (0, series.value(0).unwrap_or_default());
    for index in 0..series.len() {
        line += series.bridged_changes().get(index).copied().unwrap_or_default();
        let step = index - before;
        let expected = if index == 0 || series.value(index).is_none() {
            Expected { mean: possible(line), baseline: possible(line) }
        } else {
            let state = State::at(series, before);
            Expected { mean: one_point(own, &state, step), baseline: one_point(best, &state, step) }
        };
        points.push(FittedPoint { expected, step: stored(step.max(1)) });
        if let Some(value) = series.value(index) {
            (before, line) = (index, value);
        }
    }
    if let Some((regressor, training)) = regressor {
        let rows = training.table.until(series.last(), usize::MAX);
        // Where a model has no finite value for some row, the baseline goes on standing in for all of them.
        let changes = regressor.changes(rows).unwrap_or_default();
        for (index, change) in training.table.indices().iter().zip(changes) {
            let before = index.checked_sub(1).and_then(|before| series.value(before));
            if let (Some(point), Some(level)) = (points.get_mut(*index), before) {
                point.expected.mean = possible(level + change);
            }
        }
    }
    points
}

fn one_point(baseline: Baseline, state: &State, step: usize) -> f64 {
    // Early on there is no season yet; the last value always is.
    let path = baseline.forecast(state, step).or_else(|_| Baseline::Naive.forecast(state, step));
    path.ok().and_then(|path| path.last().copied()).unwrap_or(state.level)
}

/// The backtest's forecast of each point that it reached, from the nearest origin.
pub(crate) fn backtest_points(served: &Backtested, baseline: &Backtested) -> Vec<BacktestPoint> {
    let mut points: Vec<BacktestPoint> = served
        .pairs
        .iter()
        .zip(&baseline.pairs)
        .map(|(own, baseline)| BacktestPoint {
            index: stored(own.index),
            expected: Expected { mean: own.forecast, baseline: baseline.forecast },
            step: stored(own.step),
        })
        .collect();
    points.sort_by_key(|point| (point.index, point.step));
    points.dedup_by_key(|point| point.index);
    points
}
