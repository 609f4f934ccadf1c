//! A convolution as a product of matrices, with its derivatives.
//!
//! A map is a matrix with a row for each pixel, picture by picture, and a column for each channel. What a kernel covers
//! at each pixel is written out as a row (im2col); the product of these rows with the weights is the convolution.

use atalaya_digits::network::Convolution;
use ndarray::Array2;
use ndarray::linalg::general_mat_mul;

use crate::chance::Chance;

/// A convolution without biases: normalisation follows, and has them.
pub(crate) struct Convolve {
    pub(crate) shape: Convolution,
    pub(crate) weights: Array2<f32>,
    /// Of the last forward pass.
    covered: Array2<f32>,
    side: usize,
}

impl Convolve {
    /// Random weights whose outputs vary as their inputs do (He et al. 2015).
    pub(crate) fn new(shape: Convolution, chance: &mut Chance) -> Self {
        let deviation = (2.0 / atalaya_digits::numbers::real(shape.reach())).sqrt();
        let weights = Array2::from_shape_simple_fn((shape.reach(), shape.outputs), || chance.normal(deviation));
        Self { shape, weights, covered: Array2::zeros((0, 0)), side: 0 }
    }

    /// Side of what comes out, of what goes in.
    pub(crate) fn side_after(&self, side: usize) -> usize {
        side + 2 * self.shape.padding + 1 - self.shape.kernel
    }

    pub(crate) fn forward(&mut self, map: &Array2<f32>, side: usize) -> Array2<f32> {
        self.side = side;
        let out = self.side_after(side);
        let pictures = map.nrows() / (side * side);
        let mut covered = Array2::zeros((pictures * out * out, self.shape.reach()));
        let cells = map.as_slice().unwrap_or_default();
        for (pixel, row) in covered.as_slice_mut().unwrap_or_default().chunks_exact_mut(self.shape.reach()).enumerate()
        {
            for (at, from) in Taps::of(self.shape, side, out, pixel) {
                let source = cells.get(from..from + self.shape.inputs).unwrap_or_default();
                row.get_mut(at..at + self.shape.inputs).unwrap_or_default().copy_from_slice(source);
            }
        }
        let result = covered.dot(&self.weights);
        self.covered = covered;
        result
    }

    /// Derivatives by the weights and by what went in, of those by what came out.
    pub(crate) fn backward(&self, slope: &Array2<f32>, first: bool) -> (Array2<f32>, Array2<f32>) {
        let by_weights = self.covered.t().dot(slope);
        if first {
            return (by_weights, Array2::zeros((0, 0)));
        }
        let mut by_covered = Array2::zeros(self.covered.dim());
        general_mat_mul(1.0, slope, &self.weights.t(), 0.0, &mut by_covered);
        let (side, out) = (self.side, self.side_after(self.side));
        let pictures = slope.nrows() / (out * out);
        let mut by_map = Array2::zeros((pictures * side * side, self.shape.inputs));
        let cells = by_map.as_slice_mut().unwrap_or_default();
        for (pixel, row) in by_covered.as_slice().unwrap_or_default().chunks_exact(self.shape.reach()).enumerate() {
            for (at, to) in Taps::of(self.shape, side, out, pixel) {
                let target = cells.get_mut(to..to + self.shape.inputs).unwrap_or_default();
                let source = row.get(at..at + self.shape.inputs).unwrap_or_default();
                target.iter_mut().zip(source).for_each(|(cell, value)| *cell += value);
            }
        }
        (by_weights, by_map)
    }
}

/// Where the pixels that a kernel covers lie in a row, and in the map; those in the margin are left out.
struct Taps {
    shape: Convolution,
    side: usize,
    picture: usize,
    x: usize,
    y: usize,
    tap: usize,
}

impl Taps {
    fn of(shape: Convolution, side: usize, out: usize, pixel: usize) -> Self {
        Self { shape, side, picture: pixel / (out * out), x: pixel % out, y: pixel / out % out, tap: 0 }
    }
}

impl Iterator for Taps {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let Convolution { kernel, padding, inputs, .. } = self.shape;
        while self.tap < kernel * kernel {
            let tap = self.tap;
            self.tap += 1;
            let x = (self.x + tap % kernel).wrapping_sub(padding);
            let y = (self.y + tap / kernel).wrapping_sub(padding);
            if x < self.side && y < self.side {
                return Some((tap * inputs, ((self.picture * self.side + y) * self.side + x) * inputs));
            }
        }
        None
    }
}
