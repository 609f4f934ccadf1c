//! Bounds within which a forecast may move, so that no recursion can run away.
//!
//! A regressor feeds its own predictions back as inputs. Where they reinforce each other, the path would explode within
//! weeks. The envelope holds, for each number of steps w up to [`LONGEST_WINDOW`], the lowest and highest mean change
//! that the history has shown over w steps, both widened by half of the distance between them. After h steps the mean
//! change since the origin must lie in the bounds for min(h, `LONGEST_WINDOW`): a forecast may go on as fast as the
//! account ever went over such a span and half as fast again, and no faster.

use serde::{Deserialize, Serialize};

use crate::numeric::count;

/// The longest span over which the history's speed is measured, in steps.
const LONGEST_WINDOW: usize = 28;
/// How much wider than the history's range the bounds are, on each side, as a share of the range.
const MARGIN: f64 = 0.5;

/// Lowest and highest mean change by number of steps.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Envelope {
    bounds: Vec<(f64, f64)>,
}

impl Envelope {
    /// Measured on the points up to `origin`.
    pub(crate) fn measure(values: &[Option<f64>], origin: usize) -> Self {
        let known = values.get(..=origin).unwrap_or(values);
        let mut bounds: Vec<(f64, f64)> = Vec::new();
        for window in 1..=LONGEST_WINDOW.min(known.len() / 2) {
            let later = known.get(window..).unwrap_or_default();
            let means = known
                .iter()
                .zip(later)
                .filter_map(|(before, after)| Some((*after.as_ref()? - *before.as_ref()?) / count(window)));
            let (low, high) =
                means.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), mean| (low.min(mean), high.max(mean)));
            if low <= high {
                let margin = MARGIN * (high - low);
                bounds.push((low - margin, high + margin));
            } else if let Some(last) = bounds.last().copied() {
                bounds.push(last);
            }
        }
        Self { bounds }
    }

    /// The level nearest to `level` that `step` steps may lead to from `origin_level`.
    pub(crate) fn bound(&self, origin_level: f64, step: usize, level: f64) -> f64 {
        let Some((low, high)) = self.bounds.get(step.saturating_sub(1)).or(self.bounds.last()) else { return level };
        level.clamp(origin_level + low * count(step), origin_level + high * count(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_at_most_half_as_fast_again_as_the_history() {
        let values: Vec<Option<f64>> = (0..40).map(|day| Some(f64::from(day * day % 7))).collect();
        let envelope = Envelope::measure(&values, 39);
        let furthest = envelope.bound(100.0, 1, 1e9);
        assert!(furthest > 100.0 && furthest < 115.0, "{furthest}");
        assert!(envelope.bound(100.0, 365, f64::MAX) < 100.0 + 365.0);
    }

    #[test]
    fn a_steady_history_allows_its_own_pace_only() {
        let values: Vec<Option<f64>> = (0..30).map(|day| Some(f64::from(3 * day))).collect();
        let envelope = Envelope::measure(&values, 29);
        assert!((envelope.bound(87.0, 10, 1e6) - 117.0).abs() < 1e-9);
        assert!((envelope.bound(87.0, 10, -1e6) - 117.0).abs() < 1e-9);
    }
}
