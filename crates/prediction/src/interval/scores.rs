//! Weighted quantiles of conformal scores.

use serde::{Deserialize, Serialize};

use super::widening;
use crate::numeric::{count, half_normal_quantile};

/// How errors grew with the horizon in versions of format 2, for every account alike.
const EXPONENT: f64 = 0.65;

/// Ascending scores, each with the share of weight up to the middle of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scores(Vec<(f64, f64)>);

impl Scores {
    /// From scores with their weights.
    pub(super) fn new(mut weighted: Vec<(f64, f64)>) -> Self {
        weighted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        let mut below = 0.0;
        for (_, weight) in &mut weighted {
            let middle = (below + *weight / 2.0) / total;
            below += *weight;
            *weight = middle;
        }
        Self(weighted)
    }

    /// The largest; 0 where there is none.
    pub(super) fn largest(&self) -> f64 {
        self.0.last().map_or(0.0, |(largest, _)| *largest)
    }

    pub(super) fn quantile(&self, probability: f64) -> f64 {
        let Some((largest, known)) = self.0.last().copied() else { return 0.0 };
        // The point to be held is one more, and may be the largest of all.
        let sought = probability * (1.0 + 1.0 / count(self.0.len()));
        if sought >= known {
            return largest * (half_normal_quantile(sought.min(0.999)) / half_normal_quantile(known)).max(1.0);
        }
        let above = self.0.partition_point(|(_, share)| *share <= sought);
        let at = |place: usize| self.0.get(place).copied().unwrap_or((largest, known));
        let ((upper, to), Some(before)) = (at(above), above.checked_sub(1)) else { return at(0).0 };
        let (lower, from) = at(before);
        lower + (upper - lower) * (sought - from) / (to - from).max(f64::MIN_POSITIVE)
    }
}

/// Scores of backtest residuals by the common exponent, as versions of format 2 hold them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Conformal {
    scores: Scores,
    freedom: f64,
}

impl Conformal {
    pub(super) fn radius(&self, probability: f64, step: usize) -> f64 {
        let z = half_normal_quantile(probability);
        let radius = self.scores.quantile(probability) * widening(z, self.freedom);
        radius * count(step.max(1)).powf(EXPONENT)
    }

    pub(super) fn is_degenerate(&self) -> bool {
        self.scores.largest() <= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_is_the_split_conformal_one_and_goes_on_beyond_the_largest_score() {
        let scores = Scores::new((1..=9).map(|size| (f64::from(size), 1.0)).collect());
        // Nine scores: the middle of the eighth lies at 7.5 / 9, that of the ninth at 8.5 / 9.
        assert!((scores.quantile(0.75) - 8.0).abs() < 1e-9);
        assert!((scores.quantile(0.85) - 9.0).abs() < 1e-9);
        assert!(scores.quantile(0.99) > 9.0);
    }

    #[test]
    fn a_version_of_format_2_answers_as_it_did() {
        let conformal = Conformal { scores: Scores::new(vec![(1.0, 1.0), (2.0, 1.0)]), freedom: 4.0 };
        let (near, far) = (conformal.radius(0.8, 1), conformal.radius(0.8, 4));
        assert!((far / near - 4.0_f64.powf(0.65)).abs() < 1e-9);
    }
}
