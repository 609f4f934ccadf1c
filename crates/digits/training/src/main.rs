//! Trains the digit reader on MNIST, calibrates it on what was held back, and measures it: `make train-digits`.
//!
//! Nothing of this is in the server. One thread, one seed: the same data give the same weights on the same processor.

mod adam;
mod augmentation;
mod chance;
mod convolution;
mod learner;
mod mnist;
mod normalisation;
#[cfg(test)]
mod peer;
mod pooling;
mod strokes;
mod training;

use std::error::Error;
use std::path::Path;

use atalaya_digits::network::PARAMETERS;
use atalaya_digits::weights::{Calibration, file};

use mnist::Mnist;

const USAGE: &str = "usage: atalaya-digits-training train DATA WEIGHTS [PASSES]";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["train", data, weights] => train(data.as_ref(), weights.as_ref(), 20),
        ["train", data, weights, passes] => train(data.as_ref(), weights.as_ref(), passes.parse()?),
        _ => Err(USAGE.into()),
    }
}

/// Trains, and writes the weights after each pass.
fn train(data: &Path, weights: &Path, passes: usize) -> Result<(), Box<dyn Error>> {
    let mnist = Mnist::read(data)?;
    let keep = |numbers: &[f32]| {
        let numbers: &[f32; PARAMETERS] = numbers.try_into()?;
        let calibration = Calibration { temperature: 1.0, sure: 0.99, margin: 0.98 };
        Ok(std::fs::write(weights, file(calibration, numbers))?)
    };
    training::train(&mnist, passes, keep).map(|_| ())
}
