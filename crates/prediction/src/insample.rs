//! What a version answers for dates inside its history: backtest forecasts where there are any, fitted values
//! elsewhere.

use atalaya_domain::forecast::{Member, ModelId};

use crate::backtest::{Backtested, Design};
use crate::models::{FittedModel, Material, Past, State};
use crate::numeric::stored;
use crate::series::Series;
use crate::trained::{BacktestPoint, Expected, FittedPoint};

/// The value of each point as the best baseline gives it from the observation before it, and as the heaviest regressor
/// does where one serves and has a row. In a short gap, the straight line between its ends; at the first point, the
/// observation itself.
pub(crate) fn fitted_points(
    material: &Material<'_>,
    members: &[(Member, FittedModel)],
    baseline: ModelId,
) -> Vec<FittedPoint> {
    let series = material.series;
    let best = FittedModel::fit(baseline, material, series.last()).ok();
    let mut points: Vec<FittedPoint> = Vec::with_capacity(series.len());
    let (mut before, mut line) = (0, series.value(0).unwrap_or_default());
    for index in 0..series.len() {
        line += series.bridged_changes().get(index).copied().unwrap_or_default();
        let step = index - before;
        let value = if index == 0 || (series.value(index).is_none() && series.is_near_known(index)) {
            line
        } else {
            one_point(best.as_ref(), series, before, step)
        };
        points.push(FittedPoint { expected: Expected { mean: value, baseline: value }, step: stored(step.max(1)) });
        if let Some(value) = series.value(index) {
            (before, line) = (index, value);
        }
    }
    let regressor = members.iter().find_map(|(_, fitted)| fitted.regressor());
    if let (Some(regressor), Some((_, table))) = (regressor, &material.rows) {
        let rows = table.until(series.last(), usize::MAX);
        // Where a model has no finite value for some row, the baseline goes on standing in for all of them.
        let changes = regressor.changes(rows).unwrap_or_default();
        for (index, change) in table.indices().iter().zip(changes) {
            let before = index.checked_sub(1).and_then(|before| series.value(before));
            if let (Some(point), Some(level)) = (points.get_mut(*index), before) {
                point.expected.mean = level + change;
            }
        }
    }
    for (index, point) in points.iter_mut().enumerate() {
        let back = series.taken_out(index);
        point.expected = observed_level(point.expected, back, series);
    }
    points
}

/// What is expected on the level of today, on the level of its time.
fn observed_level(expected: Expected, back: f64, series: &Series) -> Expected {
    let moved = |value: f64| series.bounds().hold(value + back);
    Expected { mean: moved(expected.mean), baseline: moved(expected.baseline) }
}

fn one_point(best: Option<&FittedModel>, series: &Series, before: usize, step: usize) -> f64 {
    let state = State::at(series, before);
    let past = Past { state: &state, values: &[] };
    // Early on there is no season yet; the last value always is.
    let path = best.and_then(|best| best.forecast(past, step).ok());
    path.and_then(|path| path.last().copied()).unwrap_or(state.level)
}

/// The backtest's forecast of each point that it reached, from the nearest recent origin.
pub(crate) fn backtest_points(
    series: &Series,
    served: &Backtested,
    baseline: &Backtested,
    design: &Design,
) -> Vec<BacktestPoint> {
    let pairs = served.recent(design).into_iter().zip(baseline.recent(design));
    let mut points: Vec<BacktestPoint> = pairs
        .map(|(own, baseline)| {
            let back = series.taken_out(own.index);
            let expected = Expected { mean: own.forecast, baseline: baseline.forecast };
            BacktestPoint {
                index: stored(own.index),
                expected: observed_level(expected, back, series),
                step: stored(own.step),
            }
        })
        .collect();
    points.sort_by_key(|point| (point.index, point.step));
    points.dedup_by_key(|point| point.index);
    points
}
