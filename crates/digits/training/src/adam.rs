//! Adam with decoupled decay of weights (Kingma and Ba 2015; Loshchilov and Hutter 2019), in one cycle.

const MEAN: f32 = 0.9;
const SQUARE: f32 = 0.99;
const DECAY: f32 = 0.01;
const GREATEST_STEP: f32 = 4e-3;
/// Share of the steps in which steps grow; then they shrink to nothing.
const WARM_UP: f32 = 0.2;

pub(crate) struct Adam {
    means: Vec<f32>,
    squares: Vec<f32>,
    steps: i32,
}

impl Adam {
    pub(crate) fn new(count: usize) -> Self {
        Self { means: vec![0.0; count], squares: vec![0.0; count], steps: 0 }
    }

    /// Moves numbers against their slopes. `done` is the share of the training that is over, 0 to 1.
    pub(crate) fn step<'a>(&mut self, numbers: impl Iterator<Item = &'a mut f32>, slopes: &[f32], done: f32) {
        self.steps += 1;
        let length = GREATEST_STEP * cycle(done);
        let (first, second) = (1.0 - MEAN.powi(self.steps), 1.0 - SQUARE.powi(self.steps));
        let memories = self.means.iter_mut().zip(&mut self.squares);
        for ((number, slope), (mean, square)) in numbers.zip(slopes).zip(memories) {
            *mean += (1.0 - MEAN) * (slope - *mean);
            *square += (1.0 - SQUARE) * (slope * slope - *square);
            let step = (*mean / first) / ((*square / second).sqrt() + 1e-8);
            *number -= length * (step + DECAY * *number);
        }
    }
}

/// Share of the greatest step: up and down along a cosine (Smith and Topin 2018).
fn cycle(done: f32) -> f32 {
    let along = if done < WARM_UP { done / WARM_UP } else { 1.0 - (done - WARM_UP) / (1.0 - WARM_UP) };
    0.5 - 0.5 * (std::f32::consts::PI * along.clamp(0.0, 1.0)).cos()
}
