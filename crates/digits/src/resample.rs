//! Changes the size of a plane: means where it shrinks, straight lines where it grows.

use crate::numbers::{real, whole};
use crate::plane::Plane;

/// What of a row or column becomes one value.
struct Share {
    first: usize,
    weights: Vec<f32>,
}

/// A tent as wide as a new value, and at least as wide as an old one.
fn shares(from: usize, to: usize) -> Vec<Share> {
    let step = real(from) / real(to.max(1));
    let reach = step.max(1.0);
    let share = |place: usize| {
        let centre = (real(place) + 0.5) * step - 0.5;
        let first = whole((centre - reach).ceil().max(0.0));
        let last = whole((centre + reach).floor().max(0.0)).min(from.saturating_sub(1));
        let mut weights: Vec<f32> =
            (first..=last).map(|old| (1.0 - (real(old) - centre).abs() / reach).max(0.0)).collect();
        let sum = weights.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        for weight in &mut weights {
            *weight /= sum;
        }
        Share { first, weights }
    };
    (0..to).map(share).collect()
}

/// The plane in another size.
#[must_use]
pub(crate) fn resampled(plane: &Plane<f32>, width: usize, height: usize) -> Plane<f32> {
    let columns = shares(plane.width(), width);
    let mut narrow = Vec::with_capacity(width * plane.height());
    for row in plane.rows() {
        narrow.extend(columns.iter().map(|share| {
            let cells = row.get(share.first..).unwrap_or(&[]);
            cells.iter().zip(&share.weights).map(|(cell, weight)| cell * weight).sum::<f32>()
        }));
    }
    let narrow = Plane::of_cells(width, narrow);
    let mut result = Plane::filled(width, height, 0.0_f32);
    for (row, share) in result.rows_mut().zip(shares(plane.height(), height)) {
        for (old, &weight) in (share.first..).zip(&share.weights) {
            row.iter_mut().zip(narrow.row(old)).for_each(|(cell, &value)| *cell += weight * value);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_plane_stays_even_in_every_size() {
        let plane = Plane::filled(7, 5, 0.25_f32);
        for (width, height) in [(1, 1), (3, 2), (7, 5), (20, 60)] {
            let other = resampled(&plane, width, height);
            assert_eq!((other.width(), other.height()), (width, height));
            assert!(other.cells().iter().all(|cell| (cell - 0.25).abs() < 1e-5));
        }
    }

    #[test]
    fn the_same_size_is_the_same_plane() {
        let plane = Plane::from_fn(4, 3, |x, y| real(x * y));
        let same = resampled(&plane, 4, 3);
        assert!(same.cells().iter().zip(plane.cells()).all(|(one, other)| (one - other).abs() < 1e-5));
    }
}
