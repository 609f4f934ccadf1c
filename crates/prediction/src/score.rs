//! Error measures over the pairs of a backtest, each as the field defines it.

use atalaya_domain::forecast::{Metric, ModelScore};

use crate::backtest::{Backtested, Design, Pair};
use crate::interval::Judged;
use crate::numeric::{count, mean, median};

/// Scores one model over the recent splits. `naive_error` is the scale of MASE, `None` where the history never moves.
pub(crate) fn score(backtested: &Backtested, design: &Design, naive_error: Option<f64>) -> ModelScore {
    let pairs = &backtested.recent(design);
    let errors: Vec<f64> = pairs.iter().map(|pair| pair.truth - pair.forecast).collect();
    let sizes: Vec<f64> = pairs.iter().map(Pair::size).collect();
    let truths: Vec<f64> = pairs.iter().map(|pair| pair.truth).collect();
    let mae = mean(&sizes);
    let held = Judged::leave_one_out(pairs, design).held();
    ModelScore {
        model: backtested.model,
        mae,
        rmse: mean_square(&errors).sqrt(),
        medae: median(&sizes),
        r2: explained(&truths, mean_square(&errors)),
        evs: explained(&truths, mean_square(&centred(&errors))),
        mape: relative(&sizes, &truths),
        smape: symmetric(pairs),
        mase: naive_error.map(|scale| mae / scale),
        coverage_80: held.coverage_80,
        coverage_95: held.coverage_95,
        coverage_by_step: held.by_step,
        msis_95: naive_error.map(|scale| held.score_95 / scale),
        fit_time: backtested.fit_time,
    }
}

/// The value of one measure in a score; for R² what it leaves unexplained, so that less is better for all of them.
pub(crate) fn loss(score: &ModelScore, metric: Metric) -> Option<f64> {
    match metric {
        Metric::Mae => Some(score.mae),
        Metric::Rmse => Some(score.rmse),
        Metric::Mape => score.mape,
        Metric::Smape => Some(score.smape),
        Metric::Mase => score.mase,
        Metric::R2 => score.r2.map(|r2| 1.0 - r2),
    }
}

fn mean_square(values: &[f64]) -> f64 {
    mean(&values.iter().map(|value| value * value).collect::<Vec<_>>())
}

fn centred(values: &[f64]) -> Vec<f64> {
    let centre = mean(values);
    values.iter().map(|value| value - centre).collect()
}

fn explained(truths: &[f64], residual: f64) -> Option<f64> {
    let variance = mean_square(&centred(truths));
    (variance > 0.0).then(|| 1.0 - residual / variance)
}

fn relative(sizes: &[f64], truths: &[f64]) -> Option<f64> {
    let ratios: Vec<f64> =
        sizes.iter().zip(truths).filter(|(_, truth)| **truth > 0.0).map(|(size, truth)| size / truth).collect();
    (ratios.len() == truths.len() && !ratios.is_empty()).then(|| 100.0 * mean(&ratios))
}

fn symmetric(pairs: &[Pair]) -> f64 {
    let terms = pairs.iter().map(|pair| {
        let size = pair.truth.abs() + pair.forecast.abs();
        if size > 0.0 { (pair.truth - pair.forecast).abs() / size } else { 0.0 }
    });
    200.0 * terms.sum::<f64>() / count(pairs.len().max(1))
}
