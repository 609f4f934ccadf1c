//! The training: some passes over the examples, each varied anew, in batches.

use std::error::Error;
use std::io::{Write, stdout};

use atalaya_digits::network::Network;
use atalaya_digits::numbers::real;

use crate::adam::Adam;
use crate::augmentation::{plain, varied};
use crate::chance::Chance;
use crate::learner::{Learner, loss};
use crate::mnist::{Example, Mnist};

const SEED: u64 = 40_712;
const BATCH: usize = 64;
/// Held pictures that are looked at after each pass.
const GLANCED: usize = 2_000;

/// The numbers of a network that has learned for some passes. After each, `keep` is given the numbers so far.
pub(crate) fn train(
    mnist: &Mnist,
    passes: usize,
    mut keep: impl FnMut(&[f32]) -> Result<(), Box<dyn Error>>,
) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut chance = Chance::new(SEED);
    let mut learner = Learner::new(&mut chance);
    let mut adam = Adam::new(learner.numbers().count());
    let batches = mnist.learned.len() / BATCH;
    for pass in 0..passes {
        let order = chance.order(mnist.learned.len());
        let mut sum = 0.0;
        for (number, batch) in order.chunks_exact(BATCH).enumerate() {
            let examples = batch.iter().filter_map(|&place| mnist.learned.get(place));
            let (glyphs, digits): (Vec<_>, Vec<_>) = examples.map(|example| varied(example, &mut chance)).unzip();
            let (loss, slope) = loss(&learner.forward(&glyphs), &digits);
            sum += loss;
            let slopes = learner.backward(&slope);
            let done = real(pass * batches + number) / real(passes * batches);
            adam.step(learner.numbers(), &slopes, done);
        }
        let numbers = learner.folded();
        let glanced = mnist.held.get(..GLANCED).unwrap_or(&mnist.held);
        let (right, loss) = (right_of(&numbers, glanced)?, sum / real(batches));
        writeln!(stdout(), "pass {} of {passes}: loss {loss:.4}, {right} of {} right", pass + 1, glanced.len())?;
        keep(&numbers)?;
    }
    Ok(learner.folded())
}

/// How many of the examples are read right, as they are.
fn right_of(numbers: &[f32], examples: &[Example]) -> Result<usize, Box<dyn Error>> {
    let network = Network::of(numbers).ok_or("the network has another count of numbers")?;
    let is_right = |example: &&Example| {
        let logits = network.logits(&plain(example));
        let best = (0_u8..10).zip(logits).max_by(|one, other| one.1.total_cmp(&other.1));
        best.is_some_and(|(digit, _)| digit == example.digit)
    };
    Ok(examples.iter().filter(is_right).count())
}
