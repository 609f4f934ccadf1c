//! One step of training against what JAX makes of it (`peer.py`).

use std::path::Path;

use atalaya_digits::glyph::Glyph;
use atalaya_digits::numbers::real;
use serde_json::Value;

use crate::chance::Chance;
use crate::learner::{Learner, loss};

const SAMPLES: usize = 16;

/// The formula of `peer.py`.
fn formula(n: usize) -> f32 {
    let number = u32::try_from(n).unwrap().wrapping_mul(2_654_435_761) >> 16;
    f32::from(u16::try_from(number).unwrap()) / 32768.0 - 1.0
}

/// Lengths of the parts of all numbers, and what their numbers are multiplied with.
fn parts() -> Vec<(usize, f32)> {
    let blocks = atalaya_digits::network::CONVOLUTIONS.into_iter().flat_map(|shape| {
        let deviation = (2.0 / real(shape.reach())).sqrt();
        [(shape.reach() * shape.outputs, deviation), (shape.outputs, 1.0), (shape.outputs, 1.0)]
    });
    blocks.chain([(3600, 360.0_f32.sqrt().recip()), (10, 1.0)]).collect()
}

fn near(ours: f32, theirs: &Value) {
    let theirs = theirs.as_f64().unwrap();
    assert!((f64::from(ours) - theirs).abs() < 1e-4, "{ours} {theirs}");
}

#[test]
fn logits_loss_and_derivatives_are_those_of_another_library() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/training.json");
    let expected: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut learner = Learner::new(&mut Chance::new(1));
    let sizes = parts().into_iter().flat_map(|(count, size)| std::iter::repeat_n(size, count));
    learner.numbers().zip(sizes).enumerate().for_each(|(n, (number, size))| *number = formula(n) * size);

    let glyphs: Vec<Glyph> =
        (0..4).map(|glyph| std::array::from_fn(|cell| formula(7 + glyph * 784 + cell).max(0.0))).collect();
    let logits = learner.forward(&glyphs);
    let theirs = expected["logits"].as_array().unwrap().iter().flat_map(|row| row.as_array().unwrap());
    logits.iter().zip(theirs).for_each(|(&ours, theirs)| near(ours, theirs));
    let (loss, slope) = loss(&logits, &[3, 0, 9, 5]);
    near(loss, &expected["loss"]);

    let slopes = learner.backward(&slope);
    assert_eq!(slopes.len(), parts().iter().map(|(count, _)| count).sum::<usize>());
    let mut rest = slopes.as_slice();
    for (part, (count, _)) in parts().into_iter().enumerate() {
        let own = rest.split_off(..count).unwrap();
        let step = (count / SAMPLES).max(1);
        for (sample, theirs) in expected["samples"][part].as_array().unwrap().iter().enumerate() {
            near(own[sample * step], theirs);
        }
        near(own.iter().map(|slope| slope * slope).sum::<f32>().sqrt(), &expected["norms"][part]);
    }
}
