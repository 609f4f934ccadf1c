//! The network's forward pass: five convolutions and a dense layer, in plain safe code that compilers turn into
//! vectors.
//!
//! Values lie pixel by pixel with all channels of a pixel together, so that the part of a row that a kernel covers is
//! one slice. Batch normalisation is folded into the weights by the training.

use wide::f32x8;

use crate::glyph::{Glyph, SIDE};

/// One convolution, with a ramp (`ReLU`) after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Side of the kernel.
    pub kernel: usize,
    /// Channels that go in.
    pub inputs: usize,
    /// Channels that come out, a multiple of [`LANES`].
    pub outputs: usize,
    /// Zeros around what goes in.
    pub padding: usize,
    /// Whether the greatest of 2 × 2 pixels is kept of what comes out.
    pub pooled: bool,
}

impl Convolution {
    /// Weights of one channel that comes out.
    #[must_use]
    pub const fn reach(&self) -> usize {
        self.kernel * self.kernel * self.inputs
    }

    /// Weights and biases.
    #[must_use]
    pub const fn parameters(&self) -> usize {
        (self.reach() + 1) * self.outputs
    }
}

/// The convolutions, from the glyph on: 28 → 14 → 14 → 7 → 5 → 3 pixels a side.
pub const CONVOLUTIONS: [Convolution; 5] = [
    Convolution { kernel: 5, inputs: 1, outputs: 16, padding: 2, pooled: true },
    Convolution { kernel: 3, inputs: 16, outputs: 32, padding: 1, pooled: false },
    Convolution { kernel: 3, inputs: 32, outputs: 32, padding: 1, pooled: true },
    Convolution { kernel: 3, inputs: 32, outputs: 48, padding: 0, pooled: false },
    Convolution { kernel: 3, inputs: 48, outputs: 40, padding: 0, pooled: false },
];
/// Values that the dense layer takes.
pub const FEATURES: usize = 3 * 3 * 40;
/// Digits.
pub const CLASSES: usize = 10;
/// Weights and biases of the whole network.
pub const PARAMETERS: usize = {
    let [one, two, three, four, five] = CONVOLUTIONS;
    let convolutions = one.parameters() + two.parameters() + three.parameters() + four.parameters();
    convolutions + five.parameters() + (FEATURES + 1) * CLASSES
};
/// Channels that are computed together.
pub const LANES: usize = 8;
/// Pixels that are computed together.
const TILE: usize = 4;

/// Pixels with their channels.
struct Map {
    side: usize,
    channels: usize,
    cells: Vec<f32>,
}

/// The network, with its weights in the order in which they are used.
pub struct Network {
    layers: Vec<Layer>,
    /// Ten rows of [`FEATURES`] weights.
    dense: Vec<f32>,
    dense_biases: Vec<f32>,
}

struct Layer {
    shape: Convolution,
    /// For each [`LANES`] channels that come out, their weights for each value that goes in.
    panels: Vec<Panel>,
}

struct Panel {
    biases: f32x8,
    weights: Vec<f32x8>,
}

impl Network {
    /// The network of [`PARAMETERS`] numbers: of each convolution its weights (row, column and channel of what goes in,
    /// then the channel that comes out) and its biases; of the dense layer each digit's weights, then the biases.
    /// `None` of another count of numbers.
    #[must_use]
    pub fn of(parameters: &[f32]) -> Option<Self> {
        if parameters.len() != PARAMETERS {
            return None;
        }
        let mut rest = parameters;
        let mut layers = Vec::with_capacity(CONVOLUTIONS.len());
        for shape in CONVOLUTIONS {
            let weights = rest.split_off(..shape.reach() * shape.outputs)?;
            let biases = rest.split_off(..shape.outputs)?;
            let panels = biases.as_chunks().0.iter().enumerate().map(|(panel, &biases)| {
                let own = |row: &[f32]| row.as_chunks().0.get(panel).copied().map(f32x8::new);
                Panel {
                    biases: f32x8::new(biases),
                    weights: weights.chunks_exact(shape.outputs).filter_map(own).collect(),
                }
            });
            layers.push(Layer { shape, panels: panels.collect() });
        }
        let dense = rest.split_off(..FEATURES * CLASSES)?.to_vec();
        Some(Self { layers, dense, dense_biases: rest.to_vec() })
    }

    /// How much speaks for each of the ten digits, as logarithms that have a common term.
    #[must_use]
    pub fn logits(&self, glyph: &Glyph) -> [f32; CLASSES] {
        let mut map = Map { side: SIDE, channels: 1, cells: glyph.to_vec() };
        for layer in &self.layers {
            map = layer.forward(&map);
        }
        let mut logits = [0.0; CLASSES];
        let weights = self.dense.chunks_exact(FEATURES).zip(&self.dense_biases);
        for (logit, (weights, bias)) in logits.iter_mut().zip(weights) {
            *logit = bias + weights.iter().zip(&map.cells).map(|(weight, cell)| weight * cell).sum::<f32>();
        }
        logits
    }
}

impl Layer {
    fn forward(&self, map: &Map) -> Map {
        let padded = map.padded(self.shape.padding);
        let side = (padded.side + 1).saturating_sub(self.shape.kernel);
        let mut cells = vec![0.0; side * side * self.shape.outputs];
        for (y, row) in cells.chunks_exact_mut(side * self.shape.outputs).enumerate() {
            let mut x = 0;
            for pixels in row.chunks_mut(TILE * self.shape.outputs) {
                if pixels.len() == TILE * self.shape.outputs {
                    self.tile(&padded, (x, y), pixels);
                } else {
                    for (aside, pixel) in pixels.chunks_exact_mut(self.shape.outputs).enumerate() {
                        self.pixel(&padded, (x + aside, y), pixel);
                    }
                }
                x += TILE;
            }
        }
        let map = Map { side, channels: self.shape.outputs, cells };
        if self.shape.pooled { map.pooled() } else { map }
    }

    /// All channels of [`TILE`] pixels that stand side by side.
    fn tile(&self, map: &Map, (x, y): (usize, usize), out: &mut [f32]) {
        let rows = (0..self.shape.kernel).map(|row| map.covered((x, y + row), self.span() + (TILE - 1) * map.channels));
        for (number, panel) in self.panels.iter().enumerate() {
            let mut sums = [panel.biases; TILE];
            for (cells, weights) in rows.clone().zip(panel.weights.chunks_exact(self.span())) {
                accumulate_tile(&mut sums, cells, map.channels, weights);
            }
            for (pixel, sums) in out.chunks_exact_mut(self.shape.outputs).zip(&sums) {
                keep(pixel, number, *sums);
            }
        }
    }

    /// All channels of one pixel.
    fn pixel(&self, map: &Map, (x, y): (usize, usize), out: &mut [f32]) {
        for (number, panel) in self.panels.iter().enumerate() {
            let mut sums = panel.biases;
            for (row, weights) in panel.weights.chunks_exact(self.span()).enumerate() {
                for (cell, weights) in map.covered((x, y + row), self.span()).iter().zip(weights) {
                    sums += f32x8::splat(*cell) * *weights;
                }
            }
            keep(out, number, sums);
        }
    }

    /// Values in one row of the kernel.
    fn span(&self) -> usize {
        self.shape.kernel * self.shape.inputs
    }
}

/// Adds the products of one row of the kernel, for pixels whose values begin `step` apart.
#[inline]
fn accumulate_tile(sums: &mut [f32x8; TILE], cells: &[f32], step: usize, weights: &[f32x8]) {
    let [mut first, mut second, mut third, mut fourth] = *sums;
    let from = |pixel: usize| cells.get(pixel * step..).unwrap_or(&[]).iter();
    let pixels = from(0).zip(from(1)).zip(from(2).zip(from(3)));
    for (weights, ((one, two), (three, four))) in weights.iter().zip(pixels) {
        first += f32x8::splat(*one) * *weights;
        second += f32x8::splat(*two) * *weights;
        third += f32x8::splat(*three) * *weights;
        fourth += f32x8::splat(*four) * *weights;
    }
    *sums = [first, second, third, fourth];
}

/// Writes the sums of one panel, of which negative ones become zero.
#[inline]
fn keep(pixel: &mut [f32], panel: usize, sums: f32x8) {
    if let Some(lanes) = pixel.as_chunks_mut::<LANES>().0.get_mut(panel) {
        *lanes = sums.max(f32x8::ZERO).to_array();
    }
}

impl Map {
    /// So many values from those of a pixel on.
    #[inline]
    fn covered(&self, (x, y): (usize, usize), count: usize) -> &[f32] {
        let from = (y * self.side + x) * self.channels;
        self.cells.get(from..from + count).unwrap_or(&[])
    }

    fn padded(&self, padding: usize) -> Map {
        let side = self.side + 2 * padding;
        let mut cells = vec![0.0; side * side * self.channels];
        let rows = cells.chunks_exact_mut(side * self.channels).skip(padding);
        for (row, old) in rows.zip(self.cells.chunks_exact(self.side * self.channels)) {
            row.iter_mut().skip(padding * self.channels).zip(old).for_each(|(cell, old)| *cell = *old);
        }
        Map { side, channels: self.channels, cells }
    }

    /// The greatest of each 2 × 2 pixels.
    fn pooled(&self) -> Map {
        let side = self.side / 2;
        let mut cells = vec![0.0_f32; side * side * self.channels];
        for (y, row) in self.cells.chunks_exact(self.side * self.channels).enumerate() {
            let above = cells.chunks_exact_mut(side * self.channels).nth(y / 2).unwrap_or_default();
            for (x, pixel) in row.chunks_exact(self.channels).enumerate() {
                let greatest = above.iter_mut().skip(x / 2 * self.channels);
                greatest.zip(pixel).for_each(|(greatest, cell)| *greatest = greatest.max(*cell));
            }
        }
        Map { side, channels: self.channels, cells }
    }
}

/// Probabilities of ten logits, flattened by a temperature.
#[must_use]
pub fn probabilities(logits: &[f32; CLASSES], temperature: f32) -> [f32; CLASSES] {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shares = logits.map(|logit| ((logit - greatest) / temperature).exp());
    let sum: f32 = shares.iter().sum();
    shares.map(|share| share / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that differ, of about the size that weights have.
    fn parameters() -> Vec<f32> {
        (0_u32..)
            .map(|n| (f32::from(u16::try_from(n.wrapping_mul(2_654_435_761) >> 16).unwrap()) / 32768.0 - 1.0) * 0.1)
            .take(PARAMETERS)
            .collect()
    }

    #[test]
    fn the_network_is_small() {
        assert_eq!(PARAMETERS, 49_106);
        assert!(CONVOLUTIONS.iter().all(|layer| layer.outputs % LANES == 0));
    }

    #[test]
    fn another_count_of_numbers_is_no_network() {
        assert!(Network::of(&[]).is_none());
        assert!(Network::of(&vec![0.0; PARAMETERS + 1]).is_none());
    }

    /// One convolution, sum by sum.
    fn convolved(map: &[f32], side: usize, layer: Convolution, numbers: &[f32]) -> (Vec<f32>, usize) {
        let Convolution { kernel, inputs, outputs, padding, .. } = layer;
        let (weights, biases) = numbers.split_at(layer.reach() * outputs);
        let new_side = side + 2 * padding - kernel + 1;
        let sum = |place: usize| {
            let (out, right, down) = (place % outputs, place / outputs % new_side, place / outputs / new_side);
            let taps = (0..layer.reach()).map(|tap| {
                let (channel, dx, dy) = (tap % inputs, tap / inputs % kernel, tap / inputs / kernel);
                let (x, y) = ((right + dx).wrapping_sub(padding), (down + dy).wrapping_sub(padding));
                let is_inside = x < side && y < side;
                if is_inside { map[(y * side + x) * inputs + channel] * weights[tap * outputs + out] } else { 0.0 }
            });
            (biases[out] + taps.sum::<f32>()).max(0.0)
        };
        ((0..new_side * new_side * outputs).map(sum).collect(), new_side)
    }

    /// The greatest of each 2 × 2 pixels, one by one.
    fn greatest(map: &[f32], side: usize, channels: usize) -> (Vec<f32>, usize) {
        let half = side / 2;
        let greatest = |place: usize| {
            let (channel, x, y) = (place % channels, place / channels % half * 2, place / channels / half * 2);
            let at = |x: usize, y: usize| map[(y * side + x) * channels + channel];
            at(x, y).max(at(x + 1, y)).max(at(x, y + 1)).max(at(x + 1, y + 1))
        };
        ((0..half * half * channels).map(greatest).collect(), half)
    }

    #[test]
    fn the_forward_pass_is_the_sum_that_is_written_in_books() {
        let parameters = parameters();
        let glyph: Glyph = std::array::from_fn(|place| crate::numbers::real(place % 7) / 6.0);
        let (mut map, mut side, mut rest) = (glyph.to_vec(), SIDE, parameters.as_slice());
        for layer in CONVOLUTIONS {
            let own = rest.split_off(..layer.parameters()).unwrap();
            (map, side) = convolved(&map, side, layer, own);
            if layer.pooled {
                (map, side) = greatest(&map, side, layer.outputs);
            }
        }
        let logits = Network::of(&parameters).unwrap().logits(&glyph);
        let (dense, biases) = rest.split_at(FEATURES * CLASSES);
        for ((logit, weights), bias) in logits.into_iter().zip(dense.chunks_exact(FEATURES)).zip(biases) {
            let expected = weights.iter().zip(&map).map(|(one, other)| one * other).sum::<f32>() + bias;
            assert!((logit - expected).abs() < 1e-5, "{logit} {expected}");
        }
    }

    #[test]
    fn probabilities_sum_to_one_and_a_temperature_flattens_them() {
        let logits = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 90.0];
        let sharp = probabilities(&logits, 1.0);
        let flat = probabilities(&logits, 50.0);
        assert!((sharp.iter().sum::<f32>() - 1.0).abs() < 1e-5 && (flat.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(flat[9] < sharp[9] && flat[8] > sharp[8]);
    }
}
