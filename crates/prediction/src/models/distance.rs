//! The distance between two rows of inputs, for the models that are made of distances.

use serde::{Deserialize, Serialize};
use smartcore::metrics::distance::Distance;

/// Terms added side by side, so that they become instructions that work on several numbers at once.
const LANES: usize = 4;

/// The Euclidean distance.
///
/// smartcore's own goes through iterators that it allocates for every pair; k-nearest spends nearly all of its time
/// here.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Euclidean;

impl Distance<Vec<f64>> for Euclidean {
    fn distance(&self, a: &Vec<f64>, b: &Vec<f64>) -> f64 {
        squared_distance(a, b).sqrt()
    }
}

/// The square of the Euclidean distance of two rows of the same width.
pub(super) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let ((a_chunks, a_rest), (b_chunks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += (a - b) * (a - b);
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b)).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use smartcore::metrics::distance::euclidian::Euclidian;

    #[test]
    fn it_agrees_with_that_of_smartcore_at_every_width() {
        for width in 1..=33_u32 {
            let a: Vec<f64> = (0..width).map(|place| f64::from(place * 7 % 11) / 3.0).collect();
            let b: Vec<f64> = (0..width).map(|place| f64::from(place * 5 % 13) / 4.0).collect();
            let known = Euclidian::new().distance(&a, &b);
            assert!((Euclidean.distance(&a, &b) - known).abs() < 1e-12, "{width}");
        }
    }
}
