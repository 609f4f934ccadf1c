//! Which model serves.
//!
//! Each measure is divided by its value for the last-value baseline, so that measures of different units mix; R² enters as
//! 1 − R². A measure that the data leave undefined is left out, for every model alike. Where none remains, as for a
//! history that never moves, the mean absolute error decides. The best regressor serves if it beats the best baseline by
//! this criterion; on a tie the baseline does, being the simpler one.

use std::cmp::Ordering;

use atalaya_domain::forecast::{Metric, MetricWeights, ModelId, ModelScore};

use crate::score::loss;

/// Sorts the scores, best first, and baselines before regressors where they are as good.
pub(crate) fn rank(scores: Vec<ModelScore>, weights: &MetricWeights) -> Vec<ModelScore> {
    let reference = scores.iter().find(|score| score.model == ModelId::Naive).cloned();
    let mut rated: Vec<(f64, ModelScore)> =
        scores.into_iter().map(|score| (criterion(&score, reference.as_ref(), weights), score)).collect();
    rated.sort_by(|(a, left), (b, right)| {
        let order = a.total_cmp(b);
        if order == Ordering::Equal { left.model.cmp(&right.model) } else { order }
    });
    rated.into_iter().map(|(_, score)| score).collect()
}

fn criterion(score: &ModelScore, reference: Option<&ModelScore>, weights: &MetricWeights) -> f64 {
    let terms = weights.as_slice().iter().filter(|(_, weight)| *weight > 0.0).filter_map(|(metric, weight)| {
        let own = loss(score, *metric)?;
        let naive = reference.map_or(Some(1.0), |naive| loss(naive, *metric))?;
        Some((weight, relative(own, naive)))
    });
    let (total, weight) = terms.fold((0.0, 0.0), |(sum, mass), (weight, term)| (sum + weight * term, mass + weight));
    if weight > 0.0 { total / weight } else { loss(score, Metric::Mae).unwrap_or(f64::INFINITY) }
}

/// A measure relative to the baseline's; against a perfect baseline, as good is 1 and anything else is hopeless.
fn relative(own: f64, naive: f64) -> f64 {
    if naive > 0.0 {
        own / naive
    } else if own <= 0.0 {
        1.0
    } else {
        f64::MAX
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn score(model: ModelId, error: f64, mase: Option<f64>) -> ModelScore {
        ModelScore {
            model,
            mae: error,
            rmse: error,
            medae: error,
            r2: None,
            evs: None,
            mape: None,
            smape: error,
            mase,
            coverage_80: 0.8,
            coverage_95: 0.95,
            msis_95: None,
            fit_time: Duration::ZERO,
        }
    }

    fn order(scores: Vec<ModelScore>, weights: &MetricWeights) -> Vec<ModelId> {
        rank(scores, weights).into_iter().map(|score| score.model).collect()
    }

    #[test]
    fn a_baseline_goes_before_a_regressor_that_is_only_as_good() {
        let scores = vec![
            score(ModelId::Naive, 2.0, Some(2.0)),
            score(ModelId::Ridge, 1.0, Some(1.0)),
            score(ModelId::Drift, 1.0, Some(1.0)),
        ];
        assert_eq!(order(scores, &MetricWeights::default()), [ModelId::Drift, ModelId::Ridge, ModelId::Naive]);
    }

    #[test]
    fn undefined_measures_leave_the_mean_absolute_error_to_decide() {
        let scores = vec![score(ModelId::Naive, 2.0, None), score(ModelId::Ridge, 1.0, None)];
        let weights = MetricWeights::new(vec![(Metric::Mase, 1.0), (Metric::Mape, 1.0)]).unwrap();
        assert_eq!(order(scores, &weights), [ModelId::Ridge, ModelId::Naive]);
    }

    #[test]
    fn nothing_beats_a_perfect_last_value() {
        let scores = vec![score(ModelId::Ridge, 1e-9, Some(1e-9)), score(ModelId::Naive, 0.0, Some(0.0))];
        assert_eq!(order(scores, &MetricWeights::default()), [ModelId::Naive, ModelId::Ridge]);
    }
}
