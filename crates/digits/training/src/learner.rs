//! The network while it learns: forward with batch normalisation, backward, and its numbers folded for the reader.

use atalaya_digits::glyph::{Glyph, SIDE};
use atalaya_digits::network::{CLASSES, CONVOLUTIONS, FEATURES};
use atalaya_digits::numbers::real;
use ndarray::{Array1, Array2, Axis};

use crate::chance::Chance;
use crate::convolution::Convolve;
use crate::normalisation::{LEAST_VARIANCE, Normalise, ramp, ramp_backward};
use crate::pooling::{pooled, pooled_backward};

pub(crate) struct Learner {
    blocks: Vec<Block>,
    /// A row for each feature.
    dense: Array2<f32>,
    dense_biases: Array1<f32>,
    features: Array2<f32>,
}

struct Block {
    convolve: Convolve,
    normalise: Normalise,
    came_out: Array2<f32>,
    places: Vec<usize>,
}

/// Derivatives of the loss by every number, in the order of [`Learner::numbers`].
pub(crate) type Slopes = Vec<f32>;

impl Learner {
    pub(crate) fn new(chance: &mut Chance) -> Self {
        let blocks = CONVOLUTIONS.map(|shape| Block {
            convolve: Convolve::new(shape, chance),
            normalise: Normalise::new(shape.outputs),
            came_out: Array2::zeros((0, 0)),
            places: Vec::new(),
        });
        let deviation = (1.0 / real(FEATURES)).sqrt();
        Self {
            blocks: blocks.into(),
            dense: Array2::from_shape_simple_fn((FEATURES, CLASSES), || chance.normal(deviation)),
            dense_biases: Array1::zeros(CLASSES),
            features: Array2::zeros((0, 0)),
        }
    }

    /// A row of logits for each glyph.
    pub(crate) fn forward(&mut self, glyphs: &[Glyph]) -> Array2<f32> {
        let mut map = Array2::from_shape_fn((glyphs.len() * SIDE * SIDE, 1), |_| 0.0);
        map.iter_mut().zip(glyphs.iter().flatten()).for_each(|(cell, &value)| *cell = value);
        let mut side = SIDE;
        for block in &mut self.blocks {
            let mut out = block.normalise.forward(block.convolve.forward(&map, side));
            ramp(&mut out);
            side = block.convolve.side_after(side);
            if block.convolve.shape.pooled {
                let (smaller, places) = pooled(&out, side);
                (map, block.places, side) = (smaller, places, side / 2);
            } else {
                map.clone_from(&out);
            }
            block.came_out = out;
        }
        self.features = reshaped(map, FEATURES);
        self.features.dot(&self.dense) + &self.dense_biases
    }

    /// Derivatives of the mean loss, of those by the logits of the last forward pass.
    pub(crate) fn backward(&self, slope: &Array2<f32>) -> Slopes {
        let mut parts = vec![slope.sum_axis(Axis(0)).to_vec(), self.features.t().dot(slope).iter().copied().collect()];
        let last = CONVOLUTIONS.last().map_or(1, |shape| shape.outputs);
        let mut slope = reshaped(slope.dot(&self.dense.t()), last);
        for (number, block) in self.blocks.iter().enumerate().rev() {
            if block.convolve.shape.pooled {
                slope = pooled_backward(&slope, &block.places, block.came_out.nrows());
            }
            ramp_backward(&mut slope, &block.came_out);
            let (by_scale, by_offset, by_map) = block.normalise.backward(&slope);
            let (by_weights, by_input) = block.convolve.backward(&by_map, number == 0);
            parts.extend([by_offset.to_vec(), by_scale.to_vec(), by_weights.iter().copied().collect()]);
            slope = by_input;
        }
        parts.into_iter().rev().flatten().collect()
    }

    /// Every number that is learned: of each block weights, scales and offsets; then the dense layer's weights and
    /// biases.
    pub(crate) fn numbers(&mut self) -> impl Iterator<Item = &mut f32> {
        let blocks = self.blocks.iter_mut().flat_map(|block| {
            let normalise = &mut block.normalise;
            block.convolve.weights.iter_mut().chain(normalise.scale.iter_mut()).chain(normalise.offset.iter_mut())
        });
        blocks.chain(self.dense.iter_mut()).chain(self.dense_biases.iter_mut())
    }

    /// The numbers of the reader's network: normalisation by the running means becomes part of weights and biases.
    pub(crate) fn folded(&self) -> Vec<f32> {
        let mut numbers = Vec::new();
        for Block { convolve, normalise, .. } in &self.blocks {
            let factor = &normalise.scale / &normalise.running_variance.mapv(|each| (each + LEAST_VARIANCE).sqrt());
            numbers.extend((&convolve.weights * &factor).iter());
            numbers.extend((&normalise.offset - &(&normalise.running_mean * &factor)).iter());
        }
        numbers.extend(self.dense.t().iter());
        numbers.extend(self.dense_biases.iter());
        numbers
    }
}

/// The same values in rows of another length.
fn reshaped(map: Array2<f32>, columns: usize) -> Array2<f32> {
    let rows = map.len() / columns;
    let (cells, _) = map.into_raw_vec_and_offset();
    Array2::from_shape_vec((rows, columns), cells).unwrap_or_default()
}

/// Mean loss (cross-entropy) of rows of logits, and its derivatives.
pub(crate) fn loss(logits: &Array2<f32>, digits: &[u8]) -> (f32, Array2<f32>) {
    let mut slope = logits.clone();
    let mut sum = 0.0;
    let count = real(digits.len());
    for (mut row, &digit) in slope.rows_mut().into_iter().zip(digits) {
        let greatest = row.fold(f32::NEG_INFINITY, |most, &value| most.max(value));
        row.mapv_inplace(|value| (value - greatest).exp());
        let total = row.sum();
        row /= total;
        if let Some(own) = row.get_mut(usize::from(digit)) {
            sum -= own.max(f32::MIN_POSITIVE).ln();
            *own -= 1.0;
        }
        row /= count;
    }
    (sum / count, slope)
}
