//! Batch normalisation (Ioffe and Szegedy 2015), and the ramp after it.

use atalaya_digits::numbers::real;
use ndarray::{Array1, Array2, Axis, Zip};

/// Keeps the root of a variance from zero.
pub(crate) const LEAST_VARIANCE: f32 = 1e-5;
/// What a batch adds to the running mean and variance.
const SHARE: f32 = 0.05;

pub(crate) struct Normalise {
    pub(crate) scale: Array1<f32>,
    pub(crate) offset: Array1<f32>,
    pub(crate) running_mean: Array1<f32>,
    pub(crate) running_variance: Array1<f32>,
    /// Of the last forward pass: what came in, normalised.
    normal: Array2<f32>,
    deviation: Array1<f32>,
}

impl Normalise {
    pub(crate) fn new(channels: usize) -> Self {
        Self {
            scale: Array1::ones(channels),
            offset: Array1::zeros(channels),
            running_mean: Array1::zeros(channels),
            running_variance: Array1::ones(channels),
            normal: Array2::zeros((0, 0)),
            deviation: Array1::zeros(channels),
        }
    }

    pub(crate) fn forward(&mut self, map: Array2<f32>) -> Array2<f32> {
        let count = real(map.nrows());
        let mean = map.sum_axis(Axis(0)) / count;
        let mut normal = map - &mean;
        let variance = normal.fold_axis(Axis(0), 0.0, |sum, value| sum + value * value) / count;
        self.running_mean.zip_mut_with(&mean, |running, new| *running += SHARE * (new - *running));
        self.running_variance.zip_mut_with(&variance, |running, new| *running += SHARE * (new - *running));
        self.deviation = variance.mapv(|variance| (variance + LEAST_VARIANCE).sqrt());
        normal /= &self.deviation;
        let result = &normal * &self.scale + &self.offset;
        self.normal = normal;
        result
    }

    /// Derivatives by scale, by offset and by what came in.
    pub(crate) fn backward(&self, slope: &Array2<f32>) -> (Array1<f32>, Array1<f32>, Array2<f32>) {
        let count = real(slope.nrows());
        let by_offset = slope.sum_axis(Axis(0));
        let by_scale = (slope * &self.normal).sum_axis(Axis(0));
        let mut by_map = slope - &(&by_offset / count);
        by_map -= &(&self.normal * &(&by_scale / count));
        by_map *= &(&self.scale / &self.deviation);
        (by_scale, by_offset, by_map)
    }
}

/// Negative values become zero.
pub(crate) fn ramp(map: &mut Array2<f32>) {
    map.mapv_inplace(|value| value.max(0.0));
}

/// Derivatives by what came in, of those by what came out.
pub(crate) fn ramp_backward(slope: &mut Array2<f32>, came_out: &Array2<f32>) {
    Zip::from(slope).and(came_out).for_each(|slope, &value| {
        if value <= 0.0 {
            *slope = 0.0;
        }
    });
}
