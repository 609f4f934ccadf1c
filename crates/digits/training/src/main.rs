//! Trains the digit reader on MNIST, calibrates it on what was held back, and measures it: `make train-digits`.
//!
//! Nothing of this is in the server. One thread, one seed: the same data give the same weights on the same processor.

mod adam;
mod answers;
mod augmentation;
mod calibration;
mod chance;
mod convolution;
mod learner;
mod measuring;
mod mnist;
mod normalisation;
mod paper;
#[cfg(test)]
mod peer;
mod pooling;
mod scenes;
mod strokes;
mod training;

use std::error::Error;
use std::path::{Path, PathBuf};

use atalaya_digits::Reader;
use atalaya_digits::network::{Network, PARAMETERS};
use atalaya_digits::weights::{Calibration, file, parameters};

use mnist::Mnist;

const USAGE: &str = "usage: atalaya-digits-training train DATA WEIGHTS [PASSES]
       atalaya-digits-training calibrate DATA WEIGHTS
       atalaya-digits-training measure DATA WEIGHTS [PICTURES [FOLDER FOR MISREAD PHOTOGRAPHS]]
       atalaya-digits-training draw FOLDER
       atalaya-digits-training answers FILE FOLDER...";
/// Passes over the examples.
const PASSES: usize = 8;
/// Photographs of each kind.
const PHOTOGRAPHS: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["train", data, weights] => train(data.as_ref(), weights.as_ref(), PASSES),
        ["train", data, weights, passes] => train(data.as_ref(), weights.as_ref(), passes.parse()?),
        ["calibrate", data, weights] => calibrate(&Mnist::read(data.as_ref())?, weights.as_ref()),
        ["measure", data, weights] => measure(data.as_ref(), weights.as_ref(), PHOTOGRAPHS, None),
        ["measure", data, weights, count] => measure(data.as_ref(), weights.as_ref(), count.parse()?, None),
        ["measure", data, weights, count, folder] => {
            measure(data.as_ref(), weights.as_ref(), count.parse()?, Some(folder.as_ref()))
        }
        ["draw", folder] => measuring::draw(folder.as_ref()),
        ["answers", file, ref folders @ ..] if !folders.is_empty() => {
            answers::write(file.as_ref(), &folders.iter().map(PathBuf::from).collect::<Vec<_>>())
        }
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
    training::train(&mnist, passes, keep)?;
    calibrate(&mnist, weights)
}

/// Writes the weights again, with another calibration.
fn calibrate(mnist: &Mnist, weights: &Path) -> Result<(), Box<dyn Error>> {
    let numbers = parameters(&std::fs::read(weights)?).ok_or("the weights are damaged")?;
    let network = Network::of(&numbers).ok_or("the network has another count of numbers")?;
    let calibration = calibration::calibrated(&network, &mnist.held);
    let numbers: &[f32; PARAMETERS] = numbers.as_slice().try_into()?;
    Ok(std::fs::write(weights, file(calibration, numbers))?)
}

fn measure(data: &Path, weights: &Path, count: usize, misread: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let mnist = Mnist::read(data)?;
    let reader = Reader::of(&std::fs::read(weights)?)?;
    measuring::held(&reader, &mnist, count * 100, misread)?;
    measuring::photographs(&reader, &mnist, count, misread)
}
